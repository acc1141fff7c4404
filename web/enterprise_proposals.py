"""What a second person sees of a recognition, a list, an unwinding, a conversion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from enterprises import queries
from enterprises.asked import FORMS, REPAYERS, RHYTHMS, ROLES, SOURCES
from enterprises.dividends.surplus import SUBJECT as REFUNDS
from enterprises.models import (
    AgreementList,
    DividendReleaseAsked,
    LoanConversion,
    PoolRefundAsked,
    Recognition,
    Unwinding,
)
from enterprises.payment.releasing import CAUSES
from enterprises.payment.releasing import SUBJECT as RELEASES
from enterprises.recognising import SUBJECT as RECOGNITIONS
from enterprises.unwinding.converting import SUBJECT as CONVERSIONS
from enterprises.unwinding.deciding import SUBJECT as UNWINDINGS
from enterprises.writing import SUBJECT as LISTS
from households import Household
from kernel.dates import ONE_DAY
from kernel.money import format_share
from loans.models import Loan
from web.agreement_view import term_said
from web.enterprise_view import EXCEPTIONS
from web.words import t, yuan

#: titles, rows, how many rows in all, where more of it is: title and address
Shown = tuple[tuple[str, ...], list[tuple[str, ...]], int, tuple[tuple[str, str], ...]]

_FACTS: Final = ("事项", "内容")
STAKE_TITLES: Final = ("序号", "户编号", "入股来源", "入股额（元）", "借款合同号", "人口")


def _recognition(session: Session, recognition_id: int, _most: int) -> Shown:
    row = session.get_one(Recognition, recognition_id)
    facts: list[tuple[str, ...]] = [
        (t("认定文号"), row.document_no),
        (t("期限"), f"{row.from_on} — {row.to_on - ONE_DAY}"),
        (t("经营年限"), t("满{years}年，自{day}", years=row.years_operating,
                      day=row.operating_since)),
        (t("本县注册"), t("是") if row.local else t("否")),
        (t("产业类型"), row.industry),
        (t("范围"), row.project or t("整体")),
        *_passed(row.exceptions, row.exception_reason),
    ]  # fmt: skip
    return _FACTS, facts, len(facts), (_enterprise(row.organisation_id),)


def _list(session: Session, list_id: int, most: int) -> Shown:
    one = session.get_one(AgreementList, list_id)
    page = queries.agreement_page(session, one.agreement_id)
    stakes = queries.households_of(session, one.agreement_id, list_id=list_id, limit=most)
    rows = [
        (
            str(stake.nr),
            household.number,
            t(SOURCES[stake.source]),
            yuan(stake.stake_fen),
            loan or "",
            str(stake.persons),
        )
        for stake, household, loan, _left in stakes
    ]
    where = url_for("enterprises_agreements.one", agreement_id=one.agreement_id)
    links = (
        (t("协议{number}", number=page.agreement.number), where),
        _enterprise(page.agreement.organisation_id),
    )
    heads = _agreed(page) if one.nr == 1 else []
    said = [(name, text, "", "", "", "") for name, text in heads]
    return STAKE_TITLES, [*said, *rows], one.stakes + len(said), links


def _agreed(page: queries.AgreementPage) -> list[tuple[str, str]]:
    """The agreement's own words, above the rows of its first list."""
    one = page.agreement
    rhythm = t(RHYTHMS[one.rhythm_months])
    return [
        (t("联结形式"), t(FORMS[one.form])),
        (t("期限"), f"{one.from_on} — {one.to_on - ONE_DAY}"),
        (t("签约方"), t("、").join(f"{t(ROLES[p.role])} {p.name}" for p in page.parties)),
        (t("分红周期"), rhythm + (t("，预付") if one.in_advance else "")),
        (t("本金由谁归还"), t(REPAYERS[one.principal_repaid_by])),
        (t("企业服务费"), f"{format_share(one.service_fee_bp)}%"),
        *((t("收益条款"), term_said(term)) for term in page.terms),
        *_passed(one.exceptions, one.exception_reason),
    ]


def _unwinding(session: Session, unwinding_id: int, _most: int) -> Shown:
    row = session.get_one(Unwinding, unwinding_id)
    facts: list[tuple[str, ...]] = [
        (t("不再计分红的首日"), row.from_on.isoformat()),
        (t("文号"), row.document_no),
        (t("理由"), row.reason),
    ]
    return _FACTS, facts, len(facts), (_agreement(session, row.agreement_id),)


def _conversion(session: Session, conversion_id: int, _most: int) -> Shown:
    row = session.get_one(LoanConversion, conversion_id)
    unwinding = session.get_one(Unwinding, row.unwinding_id)
    loan = session.scalar(select(Loan.number).where(Loan.id == row.loan_id)) or ""
    household = session.get_one(Household, row.household_id)
    facts: list[tuple[str, ...]] = [
        (t("户编号"), household.number),
        (t("合同号"), loan),
        (t("农户同意书编号"), row.document_no),
        (t("用途"), row.purpose),
    ]
    return _FACTS, facts, len(facts), (_agreement(session, unwinding.agreement_id),)


def _refund(session: Session, asked_id: int, _most: int) -> Shown:
    row = session.get_one(PoolRefundAsked, asked_id)
    facts: list[tuple[str, ...]] = [
        (t("退回金额（元）"), yuan(row.amount_fen)),
        (t("企业收款账号"), row.payee_account),
        (t("凭证号"), row.voucher_no),
        (t("理由"), row.reason),
    ]
    return _FACTS, facts, len(facts), (_enterprise(row.organisation_id),)


def _release(session: Session, asked_id: int, _most: int) -> Shown:
    row = session.get_one(DividendReleaseAsked, asked_id)
    facts: list[tuple[str, ...]] = [
        (t("金额（元）"), yuan(row.amount_fen)),
        (t("原因"), t(CAUSES[row.cause])),
        (t("村级证明编号"), row.document_no),
        (t("核实情况"), row.reason),
    ]
    where = url_for("enterprises_dividends.one", round_id=row.round_id)
    return _FACTS, facts, len(facts), ((t("第{round}号分红", round=row.round_id), where),)


def _passed(codes: str, reason: str) -> list[tuple[str, str]]:
    """Rules in principle that were passed over, and why."""
    if not codes:
        return []
    names = t("，").join(t(EXCEPTIONS[c]) if c in EXCEPTIONS else c for c in codes.split(","))
    return [(t("例外"), names), (t("例外理由"), reason)]


def _enterprise(organisation_id: int) -> tuple[str, str]:
    return t("企业的页面"), url_for("enterprises.one", organisation_id=organisation_id)


def _agreement(session: Session, agreement_id: int) -> tuple[str, str]:
    number = queries.agreement_page(session, agreement_id).agreement.number
    where = url_for("enterprises_agreements.one", agreement_id=agreement_id)
    return t("协议{number}", number=number), where


#: kind of subject -> what is shown of it
CONTENTS: Final[Mapping[str, Callable[[Session, int, int], Shown]]] = MappingProxyType(
    {
        RECOGNITIONS: _recognition,
        LISTS: _list,
        UNWINDINGS: _unwinding,
        CONVERSIONS: _conversion,
        REFUNDS: _refund,
        RELEASES: _release,
    }
)
