"""利息计算单: every settlement of a loan, so that a household can reckon it again by itself.

The numbers are those of ``loans.explaining``, nothing is computed here a second time. Beside each
settlement stand its dues with what was paid of them, and at the end the payments with their use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from loans import explaining
from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.explaining import Answer, Case
from loans.forms import CHANNELS
from loans.models import Loan, Repayment, Reversal, Settlement
from loans.page import allocations_of
from loans.routes import LENDER
from office.models import Voucher
from policy.values import PARTS

#: what is no plain payment
KINDS: Final = {
    "credit": "溢缴款抵扣",
    "refund": "退还溢缴款",
    "write_off": "核销",
    "recovery": "核销后收回",
}
_BEARERS: Final = {"household": "借款人", "treasury": "财政"}


@dataclass(frozen=True, slots=True)
class DuePaid:
    """A due and what was paid of it; of the treasury's no payment of the loan pays anything."""

    kind: str
    bearer: str
    due_on: date
    amount_fen: int
    paid_fen: int | None
    left_fen: int | None


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """A settlement with its explanation, as ``explaining.why_settlement`` gives it."""

    nr: int
    kind: str
    booked_on: date
    #: what is in force, and what corrections made of it
    why: Answer
    dues: tuple[DuePaid, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """A part of a payment."""

    kind: str
    due_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment and its use, or what took the place of one; what was undone is left out."""

    value_date: date
    channel: str
    voucher_no: str
    amount_fen: int
    used: tuple[Used, ...]
    to_credit_fen: int


@dataclass(frozen=True, slots=True)
class InterestPaper:
    """A statement, ready to be drawn."""

    on: date
    loan: Agreed
    parties: Parties
    day_base: int
    settlements: tuple[SettlementLine, ...]
    #: of all settlements together
    amount_fen: int
    treasury_fen: int
    household_fen: int
    #: of the treasury's part, what is paid first and refunded (先付后补、企业垫付)
    refunded_fen: int
    payments: tuple[PaymentLine, ...]


def interest(desk: Desk, number: str) -> InterestPaper:
    """A statement of one loan, up to the open day."""
    _line, loan = find(desk, number)
    case = explaining.open_case(desk.session, number=number, by=desk.by, calendar=desk.calendar)
    sums = case.standing.settled.values()
    treasury_fen = sum(one.treasury_fen for one in sums)
    return InterestPaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan),
        day_base=loan.day_base,
        settlements=tuple(
            _settlement(case, nr, row) for nr, row in enumerate(explaining.in_force(case), 1)
        ),
        amount_fen=sum(one.amount_fen for one in sums),
        treasury_fen=treasury_fen,
        refunded_fen=0 if loan.subsidy_route == LENDER else treasury_fen,
        household_fen=sum(one.amount_fen - one.treasury_fen for one in sums),
        payments=tuple(_payments(desk, loan)),
    )


def _settlement(case: Case, nr: int, row: Settlement) -> SettlementLine:
    return SettlementLine(
        nr=nr,
        kind=PARTS[row.kind],
        booked_on=row.booked_on,
        why=explaining.settlements.settlement(case, row),
        dues=tuple(_dues(case, row)),
    )


def _dues(case: Case, row: Settlement) -> Iterator[DuePaid]:
    """Who owes which part of it, corrections added up."""
    for bearer, title in _BEARERS.items():
        key = (row.kind, bearer, row.to_on)
        if amount_fen := case.standing.dues.get(key, 0):
            _payable_on, left_fen = case.standing.open_dues.get(key, (row.to_on, 0))
            paid = bearer == "household"
            yield DuePaid(
                kind=PARTS[row.kind],
                bearer=title,
                due_on=row.to_on,
                amount_fen=amount_fen,
                paid_fen=amount_fen - left_fen if paid else None,
                left_fen=left_fen if paid else None,
            )


def _payments(desk: Desk, loan: Loan) -> list[PaymentLine]:
    rows = desk.session.execute(
        select(Repayment, Voucher.channel, Voucher.voucher_no)
        .outerjoin(Voucher, Voucher.id == Repayment.voucher_id)
        .outerjoin(Reversal, Reversal.repayment_id == Repayment.id)
        .where(Repayment.loan_id == loan.id, Reversal.id.is_(None))
        .order_by(Repayment.value_date, Repayment.id)
    )
    return [
        PaymentLine(
            value_date=paid.value_date,
            channel=KINDS.get(paid.kind, CHANNELS.get(channel, "")),
            voucher_no=voucher_no or "",
            amount_fen=paid.amount_fen,
            used=tuple(
                Used(PARTS[one.kind], one.due_on, one.amount_fen)
                for one in allocations_of(desk.session, paid.id)
            ),
            to_credit_fen=paid.to_credit_fen,
        )
        for paid, channel, voucher_no in rows.all()
    ]
