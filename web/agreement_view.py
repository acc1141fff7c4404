"""What pages and API tell of an agreement: parties, terms, lists, households, rounds, unwinding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from enterprises import queries
from enterprises.asked import FORMS, REPAYERS, RHYTHMS, ROLES, SOURCES
from enterprises.dividends import reading
from enterprises.dividends.reading import RoundTold
from enterprises.models import (
    AgreementEnd,
    AgreementList,
    LoanConversion,
    Recognition,
    Unwinding,
    UnwindingApproval,
)
from enterprises.queries import AgreementPage
from enterprises.terms import Term
from enterprises.unwinding import Conditions, LoanOpen, loans_of, what_is_open
from enterprises.unwinding.converting import SUBJECT as CONVERSIONS
from enterprises.unwinding.deciding import SUBJECT as UNWINDINGS
from enterprises.writing import SUBJECT as LISTS
from households import Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.money import format_rate, format_share, format_yuan
from kernel.refusals import NotFound
from kernel.regions import within
from loans.models import Loan
from office import rights
from web import scope
from web.enterprise_view import READ, Word, words_of
from web.words import t

__all__ = ["FORMS", "REPAYERS", "RHYTHMS", "ROLES", "SOURCES"]

#: state of an agreement -> title
STATES: Final = {
    "proposed": "待审批",
    "rejected": "未批准",
    "in_force": "有效",
    "ended": "已终止",
}
#: what a term is counted on -> title
BASES: Final = {"rate_on_stake": "按入股额", "per_household": "按户", "per_person": "按人"}
#: a form of conversion
LINKED: Final = "enterprises.agree"


@dataclass(frozen=True, slots=True)
class UnwindingTold:
    """An unwinding as it was proposed, and what was said."""

    unwinding: Unwinding
    word: Word | None


@dataclass(frozen=True, slots=True)
class ConversionTold:
    """A loan that is to become the household's own use."""

    conversion: LoanConversion
    loan_number: str
    word: Word | None


@dataclass(frozen=True, slots=True)
class ListTold:
    """A list of an agreement, and the day on which it was approved."""

    list: AgreementList
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """An agreement with everything that belongs to it on a day."""

    page: AgreementPage
    recognition: Recognition
    words: Mapping[int, Word]
    rounds: list[RoundTold]
    unwindings: list[UnwindingTold]
    #: the day since which it is unwound; None: it is not
    unwinding: Unwinding | None
    conditions: Conditions | None
    conversions: list[ConversionTold]
    end: AgreementEnd | None

    @property
    def lists(self) -> list[ListTold]:
        """Its lists in order."""
        return [ListTold(one, approved_on) for one, approved_on in self.page.lists]


def shown(session: Session, agreement_id: int, on: date, *, by: Actor) -> AgreementShown:
    """One agreement."""
    page = seen(session, agreement_id, by)
    approval = session.get(UnwindingApproval, agreement_id)
    unwinding = None if approval is None else session.get_one(Unwinding, approval.unwinding_id)
    return AgreementShown(
        page=page,
        recognition=session.get_one(Recognition, page.agreement.recognition_id),
        words=words_of(session, LISTS, [one.id for one, _day in page.lists]),
        rounds=reading.rounds(session, by=by, agreement_id=agreement_id),
        unwindings=_unwindings(session, agreement_id),
        unwinding=unwinding,
        conditions=None if unwinding is None else what_is_open(session, agreement_id, on),
        conversions=[] if unwinding is None else _conversions(session, unwinding.id),
        end=session.get(AgreementEnd, agreement_id),
    )


def seen(session: Session, agreement_id: int, by: Actor) -> AgreementPage:
    """An agreement of the visitor's county; any other is not found."""
    rights.allow(by, READ)
    page = queries.agreement_page(session, agreement_id)
    if not within(page.agreement.region_code, scope.own_digits(session, by)[:6]):
        raise NotFound(field="agreement_id", what="协议")
    return page


def households(
    session: Session, agreement_id: int, *, by: Actor, list_id: int = 0, text: str = "",
    after: int = 0, limit: int = 100,
) -> Sequence[Row[Any, Any, str | None, date | None]]:  # fmt: skip
    """The stakes of an agreement that the visitor may see."""
    seen(session, agreement_id, by)
    return queries.households_of(
        session,
        agreement_id,
        region_digits=scope.own_digits(session, by),
        list_id=list_id or None,
        text=text,
        after=after,
        limit=limit,
    )


def heads_of(session: Session, ids: Sequence[int], on: date) -> dict[int, str]:
    """The heads of some households."""
    rows = session.execute(
        select(Person.household_id, Person.name).where(
            Person.household_id.in_(ids), Person.is_head, is_present(on)
        )
    )
    return {row[0]: row[1] for row in rows}


def loans_open(
    session: Session, agreement_id: int, on: date, *, by: Actor, after: str = ""
) -> list[LoanOpen]:
    """The loans behind the stakes of an agreement, inside the visitor's region."""
    digits = scope.own_digits(session, by)
    found = loans_of(session, agreement_id, on, after=after, limit=100)
    return [one for one in found if within(one.village_code, digits)]


def _unwindings(session: Session, agreement_id: int) -> list[UnwindingTold]:
    rows = session.scalars(
        select(Unwinding).where(Unwinding.agreement_id == agreement_id).order_by(Unwinding.id)
    ).all()
    words = words_of(session, UNWINDINGS, [row.id for row in rows])
    return [UnwindingTold(row, words.get(row.id)) for row in rows]


def _conversions(session: Session, unwinding_id: int) -> list[ConversionTold]:
    rows = session.execute(
        select(LoanConversion, Loan.number)
        .join(Loan, Loan.id == LoanConversion.loan_id)
        .where(LoanConversion.unwinding_id == unwinding_id)
        .order_by(LoanConversion.id)
    ).all()
    words = words_of(session, CONVERSIONS, [row[0].id for row in rows])
    return [ConversionTold(row[0], row[1], words.get(row[0].id)) for row in rows]


# --- terms in words -------------------------------------------------------------------------------


def term_said(term: Term) -> str:
    """A term as people say it: 第1至3年，按入股额年8%，现金60%，另按超额利润的20%分成."""
    years = (
        t("第{year}年", year=term.year_from)
        if term.year_from == term.year_to
        else t("第{first}至{last}年", first=term.year_from, last=term.year_to)
    )
    parts = [years, _floor_said(term)]
    if term.cash_bp < 10_000:
        parts.append(t("现金{share}%，其余转增股金", share=format_share(term.cash_bp)))
    if term.profit_share_bp:
        parts.append(t("另分超出部分利润的{share}%", share=format_share(term.profit_share_bp)))
    return t("，").join(parts)


def _floor_said(term: Term) -> str:
    if term.basis == "rate_on_stake":
        if not term.rate_ppm:
            return t("不设保底")
        return t("按入股额年{rate}%", rate=format_rate(term.rate_ppm))
    if not term.amount_fen:
        return t("不设保底")
    amount = format_yuan(term.amount_fen)
    if term.basis == "per_person":
        return t("每人每年{amount}元", amount=amount)
    return t("每户每年{amount}元", amount=amount)
