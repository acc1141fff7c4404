"""Accrued, claimed, paid, to recover: what the four figures mean, in one place, by lender, village.

*Accrued*: entitlements booked by the day, before downward revisions of what was claimed.
*Claimed*: those of claims submitted by the day and not returned. *Paid*: those whose payee the bank
has paid by the day. *To recover*: a downward revision of something that another claim holds stands
beside the three, until its own claim pays it (less money goes out) or a clawback brings the money
back; only then it lowers all three together. A downward revision of what nobody has claimed, or of
what the same claim holds, nets at once. What could not be paid and was given back is in none, nor
is what a later revision takes off it. So accrued ≥ claimed ≥ paid, always.

Everything is asked of recorded rows by their days, so that a closed day answers the same for ever.
``by_place`` reads the whole, ``moved`` what one day changed, found by indexes.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from kernel.database import sum_of
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    Claim,
    ClaimRow,
    ClaimStep,
    Clawback,
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentRow,
    RevisionOffset,
)

FIGURES: Final = ("accrued_fen", "claimed_fen", "paid_fen", "to_recover_fen")

Day = date | ColumnElement[date]
Figures = Select[int, str, int, int, int, int]


def by_place(day: Day) -> Figures:
    """Lender, village and the four figures as of a closed day; every place with an entitlement."""
    rows = _states(day, None).subquery()
    return select(
        rows.c.lender_id,
        rows.c.village_code,
        *(sum_of(rows.c[name]).label(name) for name in FIGURES),
    ).group_by(rows.c.lender_id, rows.c.village_code)


def by_entitlement(day: date) -> Select[*tuple[Any, ...]]:
    """Entitlement by entitlement: its lender, village and what it adds to each figure."""
    return _states(day, None)


def moved(day: Day, day_before: Day) -> Figures:
    """What a day changed in each place, less the day before it; no row where nothing did."""
    keys = _touched(day)
    now, then = (_states(one, keys).subquery() for one in (day, day_before))
    both = union_all(
        *(
            select(
                rows.c.lender_id,
                rows.c.village_code,
                *((rows.c[name] * sign).label(name) for name in FIGURES),
            )
            for rows, sign in ((now, 1), (then, -1))
        )
    ).subquery()
    sums = [sum_of(both.c[name]).label(name) for name in FIGURES]
    return (
        select(both.c.lender_id, both.c.village_code, *sums)
        .group_by(both.c.lender_id, both.c.village_code)
        .having(or_(*(func.sum(both.c[name]) != 0 for name in FIGURES)))
    )


def unpaid(day: Day) -> Select[int, int]:
    """Entitlement and what the treasury owes of it on a closed day; nothing of what is to recover.

    The rows of one settlement net here: what was taken back is owed no more.
    """
    rows = _states(day, None).subquery()
    owed = rows.c.accrued_fen - rows.c.paid_fen
    return select(rows.c.id, owed.label("owed_fen")).where(owed != 0)


def live_claims(day: Day) -> Select[int]:
    """Claims that the treasury had been asked for by a day and had not sent back."""
    later = aliased(ClaimStep)
    gone = exists().where(
        later.claim_id == ClaimStep.claim_id,
        later.state.in_(("returned", "withdrawn")),
        later.on_day <= day,
    )
    return select(ClaimStep.claim_id).where(
        ClaimStep.state == "submitted", ClaimStep.on_day <= day, ~gone
    )


def _states(day: Day, keys: Subquery | None) -> Select[*tuple[object, ...]]:
    """Entitlement by entitlement: what it adds to each figure as of a day."""
    claim_id = _claim_of(Entitlement, day)
    held = select(
        Entitlement.id,
        Entitlement.loan_id,
        Entitlement.to_on,
        Entitlement.lender_id,
        Entitlement.village_code,
        Entitlement.payee_kind,
        Entitlement.payee_id,
        Entitlement.amount_fen,
        claim_id.label("claim_id"),
    ).where(Entitlement.booked_on <= day)
    if keys is not None:
        held = held.join(
            keys, and_(keys.c.loan_id == Entitlement.loan_id, keys.c.to_on == Entitlement.to_on)
        )
    one = held.subquery()
    below = one.c.amount_fen < 0
    clawed = case((below, _is_clawed_back(one, day)), else_=literal(False))
    paid = case((one.c.claim_id.is_not(None), _is_paid(one, day)), else_=literal(False))
    offset = case((below, _is_offset(one, day)), else_=literal(False))
    given = case((one.c.claim_id.is_not(None), _is_given_back(one, day)), else_=literal(False))
    stands = select(
        one,
        # What could not be paid and went back to the budget is owed no more.
        case((or_(given, offset), 0), else_=one.c.amount_fen).label("fen"),
        case((and_(below, ~offset), _is_against_another(one, day)), else_=literal(False)).label(
            "against"
        ),
        or_(paid, clawed).label("done"),
    ).subquery()
    recover = and_(stands.c.against, ~stands.c.done)
    asked = or_(stands.c.claim_id.is_not(None), stands.c.done)
    fen = stands.c.fen
    return select(
        stands.c.id,
        stands.c.lender_id,
        stands.c.village_code,
        case((recover, 0), else_=fen).label("accrued_fen"),
        case((recover, 0), (asked, fen), else_=0).label("claimed_fen"),
        case((stands.c.done, fen), else_=0).label("paid_fen"),
        case((recover, -fen), else_=0).label("to_recover_fen"),
    )


def _claim_of(entitlement: type[Entitlement], day: Day) -> ColumnElement[int | None]:
    """Of an entitlement: the live claim that holds it; NULL without one."""
    return (
        select(ClaimRow.claim_id)
        .where(ClaimRow.entitlement_id == entitlement.id, ClaimRow.claim_id.in_(live_claims(day)))
        .limit(1)
        .correlate(entitlement)
        .scalar_subquery()
    )


def _is_against_another(one: Subquery, day: Day) -> ColumnElement[bool]:
    """Of a downward revision: another claim than its own holds what it takes back."""
    other, row = aliased(Entitlement), aliased(ClaimRow)
    return (
        exists()
        .where(
            other.loan_id == one.c.loan_id,
            other.to_on == one.c.to_on,
            other.amount_fen > 0,
            other.booked_on <= day,
            row.entitlement_id == other.id,
            row.claim_id.in_(live_claims(day)),
            or_(one.c.claim_id.is_(None), row.claim_id != one.c.claim_id),
        )
        .correlate(one)
    )


def _is_clawed_back(one: Subquery, day: Day) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            EntitlementClaim.entitlement_id == one.c.id,
            Clawback.id == EntitlementClaim.clawback_id,
            Clawback.received_on <= day,
        )
        .correlate(one)
    )


def _is_paid(one: Subquery, day: Day) -> ColumnElement[bool]:
    """Of a claimed entitlement: its payee was paid; where its rows cancel out, its claim was."""
    row = aliased(PaymentRow)
    mine = and_(
        row.claim_id == one.c.claim_id,
        row.payee_kind == one.c.payee_kind,
        row.payee_id == one.c.payee_id,
    )
    by_bank = exists().where(
        mine,
        BankReturnRow.payment_row_id == row.id,
        BankReturnRow.result == "paid",
        BankReturn.id == BankReturnRow.return_id,
        BankReturn.received_on <= day,
    )
    over = exists().where(
        ClaimStep.claim_id == one.c.claim_id, ClaimStep.state == "paid", ClaimStep.on_day <= day
    )
    return or_(
        by_bank.correlate(one), and_(over.correlate(one), ~exists().where(mine).correlate(one))
    )


def _is_given_back(one: Subquery, day: Day) -> ColumnElement[bool]:
    """Of a claimed entitlement: its payee could not be paid, for good."""
    row = aliased(PaymentRow)
    return (
        exists()
        .where(
            row.claim_id == one.c.claim_id,
            row.payee_kind == one.c.payee_kind,
            row.payee_id == one.c.payee_id,
            GivenBack.payment_row_id == row.id,
            GivenBack.given_on <= day,
        )
        .correlate(one)
    )


def _is_offset(one: Subquery, day: Day) -> ColumnElement[bool]:
    """Of a downward revision: it takes back what was given back, and lowers nothing."""
    return (
        exists()
        .where(RevisionOffset.entitlement_id == one.c.id, RevisionOffset.offset_on <= day)
        .correlate(one)
    )


def _touched(day: Day) -> Subquery:
    """Loan and end of the settlements of which something happened on a day."""
    claims = select(ClaimStep.claim_id).where(
        ClaimStep.on_day == day,
        ClaimStep.state.in_(("submitted", "returned", "withdrawn", "paid", "part_paid")),
    )
    answered = (
        select(PaymentRow.claim_id)
        .join(BankReturnRow, BankReturnRow.payment_row_id == PaymentRow.id)
        .join(BankReturn, BankReturn.id == BankReturnRow.return_id)
        .where(BankReturn.received_on == day)
    )
    given = (
        select(PaymentRow.claim_id)
        .join(GivenBack, GivenBack.payment_row_id == PaymentRow.id)
        .where(GivenBack.given_on == day)
    )
    clawed = (
        select(EntitlementClaim.entitlement_id)
        .join(Clawback, Clawback.id == EntitlementClaim.clawback_id)
        .where(Clawback.received_on == day)
    )
    offset = select(RevisionOffset.entitlement_id).where(RevisionOffset.offset_on == day)
    key = (Entitlement.loan_id, Entitlement.to_on)
    parts: CompoundSelect[int, date] = union(
        select(*key).where(Entitlement.booked_on == day),
        select(*key)
        .join(ClaimRow, ClaimRow.entitlement_id == Entitlement.id)
        .join(Claim, Claim.id == ClaimRow.claim_id)
        .where(or_(Claim.id.in_(claims), Claim.id.in_(answered), Claim.id.in_(given))),
        select(*key).where(or_(Entitlement.id.in_(clawed), Entitlement.id.in_(offset))),
    )
    return parts.subquery("touched")
