"""What was claimed and is owed no more, paid back by voucher (追回).

A later change of a loan may lower what the treasury owed for a period that was claimed. The next
claim holds that as a row below nothing; where there is no claim large enough, or nobody wants to
wait, it is paid back: through the lender by the lender, otherwise by whoever was paid. The voucher
is of exactly what is owed back. Its money is on the budget line again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

import ledger
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import format_yuan
from loans.routes import LENDER
from office.payments import VoucherSlip, book_vouchers
from office.refusals import ReasonMissing
from policy.values import ROUTES
from subsidies import budget
from subsidies.claims.steps import allow
from subsidies.lifecycle import PAID, RECEIPTED
from subsidies.models import (
    BankReturnRow,
    ClaimPosition,
    Clawback,
    Entitlement,
    EntitlementClaim,
    PaymentRow,
)
from subsidies.offsetting import take_turn, unclaimed
from subsidies.refusals.claiming import (
    ClawbackDiffers,
    NothingToTakeBack,
    RouteUnknown,
    RowsClaimedMeanwhile,
)
from subsidies.treasury import account as treasury

SOURCE: Final = "subsidy_clawbacks"
#: source of the lender's own entry, where it is the payer: the voucher
LENDER_SOURCE: Final = "vouchers"


@dataclass(frozen=True, slots=True)
class Back:
    """The voucher by which somebody pays back."""

    lender_id: int
    route: str
    payer_kind: str
    payer_id: int
    amount_fen: int
    channel: str
    voucher_no: str
    #: budget line that the money goes back to
    line_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class OwedBack:
    """Somebody who owes the treasury what it claimed too much."""

    lender_id: int
    route: str
    payer_kind: str
    payer_id: int
    amount_fen: int
    rows: int


def claw_back(session: Session, back: Back, *, on: date, by: Actor) -> int:
    """Book what a payer pays back for all it owes back; the clawback's number."""
    allow(session, "subsidies.clawback", back.lender_id, by)
    ledger.require_bookable(session, on)
    if back.route not in ROUTES:
        raise RouteUnknown(field="route", route=back.route[:20])
    if not back.reason.strip():
        raise ReasonMissing(field="reason")
    take_turn(session, back.lender_id)
    found = _owed(session, back)
    if not found:
        raise NothingToTakeBack(field="payer_id")
    owed_fen = -sum(one.amount_fen for one in found)
    if owed_fen != back.amount_fen:
        raise ClawbackDiffers(
            field="amount", paid=format_yuan(back.amount_fen), owed=format_yuan(owed_fen)
        )
    direction = "out" if back.route == LENDER else "in"
    slip = VoucherSlip(back.lender_id, back.channel, back.voucher_no, direction, owed_fen)
    (voucher_id,) = book_vouchers(session, [slip], on=on)
    row = Clawback(
        lender_id=back.lender_id,
        payer_kind=back.payer_kind,
        payer_id=back.payer_id,
        amount_fen=owed_fen,
        line_id=back.line_id,
        received_on=on,
        voucher_id=voucher_id,
        reason=back.reason.strip(),
    )
    session.add(row)
    session.flush()
    _hold(session, row.id, [one.id for one in found])
    budget.take_back(session, line_id=back.line_id, fen=owed_fen)
    _book(session, back, row, on)
    return row.id


def owed_back(session: Session, *, lender_id: int | None = None) -> list[OwedBack]:
    """Who owes how much back, by lender and route; what a claim holds already is not counted."""
    query = (
        select(
            Entitlement.lender_id,
            Entitlement.route,
            Entitlement.payee_kind,
            Entitlement.payee_id,
            -sum_of(Entitlement.amount_fen),
            sum_of(literal(1)),
        )
        .where(recoverable())
        .group_by(
            Entitlement.lender_id, Entitlement.route, Entitlement.payee_kind, Entitlement.payee_id
        )
        .order_by(Entitlement.lender_id, Entitlement.route, Entitlement.payee_id)
    )
    if lender_id is not None:
        query = query.where(Entitlement.lender_id == lender_id)
    return [OwedBack(*row) for row in session.execute(query)]


def recoverable() -> ColumnElement[bool]:
    """Of an entitlement: it takes back what was paid, and stands in no claim itself.

    Nobody pays back what has not come: of a claim on its way the next one takes it off, and what
    was given back to the budget was never had.
    """
    before, held = aliased(Entitlement), aliased(EntitlementClaim)
    had = exists().where(
        before.loan_id == Entitlement.loan_id,
        before.to_on == Entitlement.to_on,
        before.revision < Entitlement.revision,
        held.entitlement_id == before.id,
        _is_paid(before, held),
    )
    return and_(Entitlement.amount_fen < 0, unclaimed(), had)


def _is_paid(one: type[Entitlement], held: type[EntitlementClaim]) -> ColumnElement[bool]:
    """Of an entitlement in a claim: its payee has the money; where its rows cancel, it is over."""
    mine = and_(
        PaymentRow.claim_id == held.claim_id,
        PaymentRow.payee_kind == one.payee_kind,
        PaymentRow.payee_id == one.payee_id,
    )
    by_bank = exists().where(
        mine, BankReturnRow.payment_row_id == PaymentRow.id, BankReturnRow.result == "paid"
    )
    over = exists().where(
        ClaimPosition.claim_id == held.claim_id, ClaimPosition.state.in_((PAID, RECEIPTED))
    )
    return or_(
        by_bank.correlate(one, held),
        and_(over.correlate(held), ~exists().where(mine).correlate(one, held)),
    )


def _owed(session: Session, back: Back) -> Sequence[Entitlement]:
    return session.scalars(
        select(Entitlement)
        .where(
            Entitlement.lender_id == back.lender_id,
            Entitlement.route == back.route,
            Entitlement.payee_kind == back.payer_kind,
            Entitlement.payee_id == back.payer_id,
            recoverable(),
        )
        .order_by(Entitlement.id)
    ).all()


def _hold(session: Session, clawback_id: int, entitlement_ids: Sequence[int]) -> None:
    """The entitlements stand in this clawback, and were free."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(EntitlementClaim)
        .from_select(
            ["entitlement_id", "clawback_id"],
            select(Entitlement.id, literal(clawback_id))
            .where(Entitlement.id.in_(entitlement_ids))
            .order_by(Entitlement.id),
        )
        .on_conflict_do_nothing()
    )
    # Counted, not told by the driver: PostgreSQL's keeps no count of rows inserted.
    held = select(func.count()).where(EntitlementClaim.clawback_id == clawback_id)
    lost = len(entitlement_ids) - (session.scalar(held) or 0)
    if lost:
        raise RowsClaimedMeanwhile(field="payer_id", count=lost)


def _book(session: Session, back: Back, row: Clawback, on: date) -> None:
    """The treasury has its money back; the lender has paid it, loan by loan."""
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=row.id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(treasury(session, "budget_paid"), row.amount_fen, back.line_id),
            ledger.Line(treasury(session, "subsidy_payable"), -row.amount_fen),
        ],
    )
    if back.route == LENDER:
        ledger.post_many(
            session,
            source_kind=LENDER_SOURCE,
            booking_date=on,
            value_date=on,
            lines=_lender_lines(row),
        )


def _lender_lines(row: Clawback) -> Select[int, int, str, int, int]:
    money = select(
        literal(row.voucher_id).label("source_id"),
        literal(row.lender_id).label("owner_id"),
        literal("funds").label("kind"),
        literal(0).label("subject_id"),
        literal(-row.amount_fen).label("amount_fen"),
    )
    owed = (
        select(
            literal(row.voucher_id),
            literal(row.lender_id),
            literal("treasury_interest_receivable"),
            Entitlement.loan_id,
            -sum_of(Entitlement.amount_fen),
        )
        .join(EntitlementClaim, EntitlementClaim.entitlement_id == Entitlement.id)
        .where(EntitlementClaim.clawback_id == row.id)
        .group_by(Entitlement.loan_id)
    )
    both = union_all(money, owed).subquery()
    return select(
        both.c.source_id, both.c.owner_id, both.c.kind, both.c.subject_id, both.c.amount_fen
    )
