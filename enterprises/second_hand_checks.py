"""What only two people may do with dividends and unwindings, read back.

* money went back to an enterprise, or a dividend was given up, as one asked and another granted,
  of the amount that was asked; what was given up is the household's row and was never paid;
* an unwinding in force, and a loan that became the household's own, were granted by another person
  on what was proposed;
* an agreement is over by its own unwinding, not before its first day, with every round settled and
  every loan behind a stake repaid or turned over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

import ledger
from enterprises.dividend_money import finding
from enterprises.dividends import lifecycle, surplus
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    DividendPayment,
    DividendPosition,
    DividendRelease,
    DividendReleaseAsked,
    DividendReturnRow,
    DividendRound,
    DividendRow,
    LoanConversion,
    LoanConversionGrant,
    PoolRefund,
    PoolRefundAsked,
    Unwinding,
    UnwindingApproval,
)
from enterprises.payment import releasing
from enterprises.unwinding import converting, deciding
from kernel.findings import Finding
from loans.models import LoanDay
from office import approvals
from office.models import Proposal


def check(session: Session) -> Iterator[Finding]:
    """Everything that took a second person."""
    yield from _refunds(session)
    yield from _releases(session)
    yield from _unwindings(session)
    yield from _conversions(session)
    yield from _ends(session)


def _named(
    session: Session, query: Select[Any], rule: str, table: str, zh: str, en: str
) -> Iterator[Finding]:
    for key in session.scalars(query):
        yield finding(rule, table, f"id={key}", f"{table}第{key}号：{zh}", f"{table} {key} {en}")


def _refunds(session: Session) -> Iterator[Finding]:
    wrong = (
        select(PoolRefund.id)
        .join(PoolRefundAsked, PoolRefundAsked.id == PoolRefund.asked_id)
        .where(
            or_(
                PoolRefundAsked.amount_fen != PoolRefund.amount_fen,
                PoolRefundAsked.organisation_id != PoolRefund.organisation_id,
                ~approvals.by_two(surplus.SUBJECT, PoolRefund.asked_id),
            )
        )
        .order_by(PoolRefund.id)
    )
    yield from _named(
        session, wrong, "refunds", "pool_refunds", "退回与申请不符，或未经第二人批准",
        "is not what was asked, or was granted by nobody else",
    )  # fmt: skip


def _releases(session: Session) -> Iterator[Finding]:
    released, asked = DividendRelease, DividendReleaseAsked
    owed = exists().where(
        DividendPosition.round_id == released.round_id,
        DividendRow.round_id == released.round_id,
        DividendRow.version == DividendPosition.version,
        DividendRow.household_id == released.household_id,
        DividendRow.cash_fen == released.amount_fen,
    )
    paid = exists().where(
        DividendPayment.round_id == released.round_id,
        DividendPayment.household_id == released.household_id,
        DividendReturnRow.payment_id == DividendPayment.id,
        DividendReturnRow.result == "paid",
    )
    same = and_(
        asked.round_id == released.round_id,
        asked.household_id == released.household_id,
        asked.amount_fen == released.amount_fen,
    )
    wrong = (
        select(released.id)
        .join(asked, asked.id == released.asked_id)
        .where(or_(~same, ~owed, paid, ~approvals.by_two(releasing.SUBJECT, released.asked_id)))
        .order_by(released.id)
    )
    yield from _named(
        session, wrong, "releases", "dividend_releases", "退回专户的分红与明细或申请不符，或已发放",
        "is not the household's row, was paid, or was granted by nobody else",
    )  # fmt: skip


def _unwindings(session: Session) -> Iterator[Finding]:
    """In force by another person, on the digest that was proposed."""
    said = "清退与送审内容不符，或未经第二人批准", "is not what was proposed, or not by two people"
    proposed = session.execute(
        select(Unwinding, Agreement.number, Proposal.digest)
        .join(Agreement, Agreement.id == Unwinding.agreement_id)
        .outerjoin(Proposal, approvals.about(deciding.SUBJECT, Unwinding.id))
        .order_by(Unwinding.id)
    )
    for row, number, digest in proposed:
        stands = deciding.digest_of(number, row.from_on, row.document_no, row.reason)
        if not stands == row.digest == digest:
            yield finding("unwindings", "unwindings", f"id={row.id}", *said)
    wrong = (
        select(Unwinding.id)
        .join(UnwindingApproval, UnwindingApproval.unwinding_id == Unwinding.id)
        .where(
            or_(
                UnwindingApproval.agreement_id != Unwinding.agreement_id,
                ~approvals.by_two(deciding.SUBJECT, Unwinding.id),
            )
        )
        .order_by(Unwinding.id)
    )
    yield from _named(session, wrong, "unwindings", "unwindings", *said)


def _conversions(session: Session) -> Iterator[Finding]:
    granted, asked = LoanConversionGrant, LoanConversion
    wrong = (
        select(granted.conversion_id)
        .join(asked, asked.id == granted.conversion_id)
        .where(
            or_(
                asked.unwinding_id != granted.unwinding_id,
                asked.loan_id != granted.loan_id,
                asked.household_id != granted.household_id,
                ~approvals.by_two(converting.SUBJECT, granted.conversion_id),
            )
        )
        .order_by(granted.conversion_id)
    )
    yield from _named(
        session, wrong, "conversions", "loan_conversion_grants",
        "转为户用与申请不符，或未经第二人批准",
        "is not what was asked, or was granted by nobody else",
    )  # fmt: skip


def _ends(session: Session) -> Iterator[Finding]:
    """An agreement is over by its unwinding, when nothing of it was open."""
    own = exists().where(
        UnwindingApproval.agreement_id == AgreementEnd.agreement_id,
        UnwindingApproval.unwinding_id == AgreementEnd.unwinding_id,
        Unwinding.id == AgreementEnd.unwinding_id,
        Unwinding.from_on <= AgreementEnd.ended_on,
    )
    unpaid = exists().where(
        DividendRound.agreement_id == AgreementEnd.agreement_id,
        DividendPosition.round_id == DividendRound.id,
        DividendPosition.state.not_in(sorted(lifecycle.SETTLED)),
    )
    wrong = (
        select(AgreementEnd.agreement_id)
        .where(or_(~own, unpaid, _unrecovered(ledger.last_closed_day(session))))
        .order_by(AgreementEnd.agreement_id)
    )
    yield from _named(
        session, wrong, "ends", "agreement_ends", "终止时没有经批准的清退，或分红、本金尚未了结",
        "is over without its unwinding, or with dividends or principal open",
    )  # fmt: skip


def _unrecovered(closed: date | None) -> ColumnElement[bool]:
    """Of an end on a closed day: a loan behind a stake was then neither repaid nor turned over.

    Asked of the figures of that day, which never change: a payment undone later is the loan's.
    """
    if closed is None:
        return false()
    turned_over = exists().where(
        LoanConversionGrant.loan_id == AgreementHousehold.loan_id,
        LoanConversionGrant.household_id == AgreementHousehold.household_id,
        LoanConversionGrant.unwinding_id == AgreementEnd.unwinding_id,
    )
    left = exists().where(
        AgreementLeaving.agreement_id == AgreementEnd.agreement_id,
        AgreementLeaving.household_id == AgreementHousehold.household_id,
    )
    later = aliased(LoanDay)
    newest = ~exists().where(
        later.loan_id == LoanDay.loan_id,
        later.on_day > LoanDay.on_day,
        later.on_day <= AgreementEnd.ended_on,
    )
    return exists().where(
        AgreementEnd.ended_on <= closed,
        AgreementHousehold.agreement_id == AgreementEnd.agreement_id,
        AgreementApproval.list_id == AgreementHousehold.list_id,
        LoanDay.loan_id == AgreementHousehold.loan_id,
        LoanDay.on_day <= AgreementEnd.ended_on,
        LoanDay.outstanding_fen > 0,
        newest,
        ~turned_over,
        ~left,
    )
