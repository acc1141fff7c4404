"""Taking money in: what is due first, in the contract's order; the rest early, or as credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import credit
import ledger
from kernel.actor import Actor
from kernel.database import insert_many, sum_of
from loans import booking, limits, record
from loans.models import Allocation, Due, HouseholdCredit, Loan, OpenDue, Repayment
from loans.operations.finding import find_by_number, require_idle
from loans.refusals import AmountNotPositive, LoanOver, NothingDisbursed
from office import payments, rights


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received for a contract, against a voucher.

    ``early``: what is left after everything due goes to principal before its time; if not, it is
    kept as the household's credit.
    """

    number: str
    amount_fen: int
    channel: str
    voucher_no: str
    early: bool = False


def repay_many(
    session: Session, *, payments_in: Sequence[Payment], on: date, by: Actor
) -> list[int]:
    """Take payments in; the repayments' ids, in order.

    Raises the refusal of the first row that breaks a rule; nothing is taken then.
    """
    ledger.require_bookable(session, on)
    ids = find_by_number(session, [payment.number for payment in payments_in])
    loaded = record.load(session, ids.values())
    for payment in payments_in:
        _check(payment, loaded[ids[payment.number]], by)
    require_idle(session, loaded.values())
    vouchers = payments.book_vouchers(
        session,
        [
            payments.VoucherSlip(
                loaded[ids[payment.number]].loan.lender_id,
                payment.channel,
                payment.voucher_no,
                "in",
                payment.amount_fen,
            )
            for payment in payments_in
        ],
        on=on,
    )
    taken = [
        _Taken(
            loaded[ids[payment.number]], payment.amount_fen, "payment", voucher_id, payment.early
        )
        for payment, voucher_id in zip(payments_in, vouchers, strict=True)
    ]
    repayment_ids = _take(session, taken, on)
    booking.book_settlements(session, on)
    booking.book_repayments(session, on)
    return repayment_ids


@dataclass(slots=True)
class _Taken:
    one: record.Loaded
    amount_fen: int
    kind: str
    voucher_id: int | None
    early: bool
    to_credit_fen: int = 0


def _check(payment: Payment, one: record.Loaded, by: Actor) -> None:
    loan = one.loan
    rights.allow(by, "loans.repay", region=loan.village_code, institution_id=loan.lender_id)
    if payment.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if not one.position.drawn_fen:
        raise NothingDisbursed(field="number", number=loan.number)
    if one.position.state == "settled":
        raise LoanOver(field="number", number=loan.number)


def _take(session: Session, taken: Sequence[_Taken], on: date) -> list[int]:
    """Run each payment through its loan's course and write everything down."""
    lowered: list[tuple[int, str, int]] = []
    for one in taken:
        loan, course = one.one.loan, one.one.course
        before_fen = course.principal_fen
        one.to_credit_fen = course.pay(one.amount_fen, on, early=one.early)
        repaid_fen = before_fen - course.principal_fen
        if repaid_fen:
            lowered.append((loan.lender_id, loan.village_code, -repaid_fen))
    record.write(session, [one.one for one in taken], on=on)
    repayment_ids = insert_many(
        session,
        Repayment,
        [
            {
                "loan_id": one.one.loan.id,
                "kind": one.kind,
                "amount_fen": one.amount_fen,
                "to_credit_fen": one.to_credit_fen,
                "value_date": on,
                "booking_date": on,
                "voucher_id": one.voucher_id,
            }
            for one in taken
        ],
    )
    record.insert_allocations(
        session, list(zip(repayment_ids, [one.one for one in taken], strict=True))
    )
    limits.move(session, lowered)
    for ids in record.lots(repayment_ids):
        credit.release_lines(
            session,
            select(Loan.household_id, Allocation.amount_fen)
            .join(Due, Due.loan_id == Loan.id)
            .join(Allocation, Allocation.due_id == Due.id)
            .where(Allocation.repayment_id.in_(ids), Due.kind == "principal", Loan.uses_line),
        )
    _keep_credit(session, taken)
    return repayment_ids


def _keep_credit(session: Session, taken: Sequence[_Taken]) -> None:
    kept: dict[tuple[int, int], int] = {}
    for one in taken:
        if one.to_credit_fen:
            key = (one.one.loan.lender_id, one.one.loan.household_id)
            kept[key] = kept.get(key, 0) + one.to_credit_fen
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    for (lender_id, household_id), fen in sorted(kept.items()):
        session.execute(
            dialect.insert(HouseholdCredit)
            .values(lender_id=lender_id, household_id=household_id, amount_fen=fen)
            .on_conflict_do_update(
                index_elements=["lender_id", "household_id"],
                set_={"amount_fen": HouseholdCredit.amount_fen + fen},
            )
        )


def use_credits(session: Session, *, loan_ids: Sequence[int], on: date) -> int:
    """Put households' credit to use on dues payable by ``on``; how many loans took some.

    A step of the close: credit kept by the end of ``on`` pays what the household owes the same
    lender, the oldest contract first, with the penalty that has run up to then.
    """
    wanted = [
        (loan_id, key, credit_fen)
        for ids in record.lots(loan_ids)
        for loan_id, key, credit_fen in credits_wanted(session, on, OpenDue.loan_id.in_(ids))
    ]
    if not wanted:
        return 0
    loaded = record.load(session, [loan_id for loan_id, _, _ in wanted])
    left: dict[tuple[int, int], int] = {}
    taken: list[_Taken] = []
    for loan_id, key, credit_fen in wanted:
        if not left.setdefault(key, credit_fen):
            continue
        one = loaded[loan_id]
        fen = min(left[key], one.course.bring_up_to(on))
        left[key] -= fen
        taken.append(_Taken(one, fen, "credit", None, False))
        _use(session, key, fen)
    if taken:
        _take(session, taken, on)
    return len(taken)


def credits_wanted(
    session: Session, on: date, *which: ColumnElement[bool]
) -> list[tuple[int, tuple[int, int], int]]:
    """(loan, whose credit, credit) where a due is payable by ``on`` and there is credit for it.

    While a day is closed the counters go on: what they keep on the next day is no credit of ``on``.
    """
    later = (
        select(sum_of(Repayment.to_credit_fen))
        .join(Loan, Loan.id == Repayment.loan_id)
        .where(
            Loan.lender_id == HouseholdCredit.lender_id,
            Loan.household_id == HouseholdCredit.household_id,
            Repayment.booking_date > on,
        )
        .correlate(HouseholdCredit)
        .scalar_subquery()
    )
    kept_fen = HouseholdCredit.amount_fen - later
    rows = session.execute(
        select(OpenDue.loan_id, Loan.lender_id, Loan.household_id, kept_fen)
        .join(Loan, Loan.id == OpenDue.loan_id)
        .join(
            HouseholdCredit,
            (HouseholdCredit.lender_id == Loan.lender_id)
            & (HouseholdCredit.household_id == Loan.household_id),
        )
        .where(
            OpenDue.bearer == "household",
            OpenDue.payable_on <= on,
            HouseholdCredit.amount_fen > 0,
            kept_fen > 0,
            *which,
        )
        .distinct()
        .order_by(OpenDue.loan_id)
    )
    return [(row[0], (row[1], row[2]), row[3]) for row in rows]


def _use(session: Session, key: tuple[int, int], fen: int) -> None:
    used = session.execute(
        update(HouseholdCredit)
        .where(
            tuple_(HouseholdCredit.lender_id, HouseholdCredit.household_id) == key,
            HouseholdCredit.amount_fen >= fen,
        )
        .values(amount_fen=HouseholdCredit.amount_fen - fen)
    )
    assert used.rowcount == 1, key  # type: ignore[attr-defined]
