"""利息计算单: every settlement of a loan, so that a household can reckon it again by itself.

The numbers are those of ``loans.explaining``, nothing is computed here a second time. Beside each
settlement stand its dues with what was paid of them, and at the end the payments with their use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from loans import explaining
from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.explaining import Answer
from loans.forms import CHANNELS
from loans.models import Loan, Repayment, Reversal, Settlement
from loans.page import DueLine, allocations_of, dues_of
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
    """A due and what was paid of it."""

    kind: str
    bearer: str
    due_on: date
    amount_fen: int
    paid_fen: int
    left_fen: int


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """A settlement with its explanation, as ``explaining.why_settlement`` gives it."""

    nr: int
    kind: str
    booked_on: date
    #: 0 for the settlement itself; a later one carries only the difference
    revision: int
    #: whether there is such a difference
    revised: bool
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
    payments: tuple[PaymentLine, ...]


def interest(desk: Desk, number: str) -> InterestPaper:
    """A statement of one loan, up to the open day."""
    _line, loan = find(desk, number)
    rows = desk.session.scalars(
        select(Settlement)
        .where(Settlement.loan_id == loan.id)
        .order_by(Settlement.to_on, Settlement.id)
    ).all()
    dues = dues_of(desk.session, loan.id)
    revised = {(row.kind, row.to_on) for row in rows if row.revision}
    return InterestPaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan),
        day_base=loan.day_base,
        settlements=tuple(
            _settlement(desk, nr, row, dues, revised=(row.kind, row.to_on) in revised)
            for nr, row in enumerate(rows, 1)
        ),
        amount_fen=sum(row.amount_fen for row in rows),
        treasury_fen=sum(row.treasury_fen for row in rows),
        household_fen=sum(row.household_fen for row in rows),
        payments=tuple(_payments(desk, loan)),
    )


def _settlement(
    desk: Desk, nr: int, row: Settlement, dues: list[DueLine], *, revised: bool
) -> SettlementLine:
    return SettlementLine(
        nr=nr,
        kind=PARTS[row.kind],
        booked_on=row.booked_on,
        revision=row.revision,
        revised=revised,
        why=explaining.why_settlement(desk.session, settlement_id=row.id, by=desk.by),
        dues=tuple(
            DuePaid(
                kind=PARTS[due.kind],
                bearer=_BEARERS[due.bearer],
                due_on=due.due_on,
                amount_fen=due.amount_fen,
                paid_fen=due.amount_fen - due.left_fen,
                left_fen=due.left_fen,
            )
            for due in dues
            if due.settlement_id == row.id
        ),
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
