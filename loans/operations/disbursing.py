"""Paying out, and undoing a payment that nothing has followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import credit
import ledger
from kernel.actor import Actor
from kernel.database import trail_id_of
from kernel.money import format_yuan
from loans import booking, limits, record
from loans.course import Closed
from loans.dossier.papers import PaperRules
from loans.dossier.requiring import require_papers
from loans.models import (
    FAR,
    Disbursement,
    Loan,
    Repayment,
    Reversal,
    Settlement,
)
from loans.operations.finding import find_by_number, require_idle
from loans.refusals import (
    AmountNotPositive,
    DisbursementAlreadyReversed,
    DisbursementHasConsequences,
    DisbursementUnknown,
    DrawAboveContract,
    LoanOver,
    PlanLoanDrawnOnce,
)
from office import payments, rights
from office.refusals import ReasonMissing


@dataclass(frozen=True, slots=True)
class Draw:
    """Money to be paid out on a contract, against a voucher."""

    number: str
    amount_fen: int
    channel: str
    voucher_no: str


def disburse_many(
    session: Session,
    *,
    draws: Sequence[Draw],
    papers: PaperRules | None = None,
    on: date,
    by: Actor,
) -> list[tuple[str, int]]:
    """Pay out; (slip number, fen) of each, in order.

    Raises the refusal of the first row that breaks a rule; nothing is paid then.
    """
    ledger.require_bookable(session, on)
    ids = find_by_number(session, [draw.number for draw in draws])
    loaded = record.load(session, ids.values())
    for draw in draws:
        _check(draw, loaded[ids[draw.number]], on, by)
    require_idle(session, loaded.values())
    files = [one.loan.application_id for one in loaded.values()]
    require_papers(session, papers, files, "disbursement")
    # Vouchers, limits, lines: the order in which every payment, out or in, takes its locks.
    slips = _insert(session, draws, ids, loaded, on)
    limits.move(
        session,
        [
            (one.loan.lender_id, one.loan.village_code, d.amount_fen)
            for d, one in _pairs(draws, ids, loaded)
        ],
    )
    credit.draw_lines(
        session,
        select(Loan.household_id, Disbursement.amount_fen)
        .join(Disbursement, Disbursement.loan_id == Loan.id)
        .where(Disbursement.trail_id == trail_id_of(session), Loan.uses_line),
        on=on,
    )
    for draw, one in _pairs(draws, ids, loaded):
        one.course.draw(draw.amount_fen, on)
        one.position.drawn_fen += draw.amount_fen
        one.position.drawn_on = one.course.drawn_on
        one.position.state = "active"
    record.write(session, list(loaded.values()), on=on)
    booking.book_disbursements(session, on)
    return slips


def _pairs(
    draws: Sequence[Draw], ids: dict[str, int], loaded: dict[int, record.Loaded]
) -> list[tuple[Draw, record.Loaded]]:
    return [(draw, loaded[ids[draw.number]]) for draw in draws]


def _check(draw: Draw, one: record.Loaded, on: date, by: Actor) -> None:
    loan, position = one.loan, one.position
    rights.allow(by, "loans.disburse", region=loan.village_code, institution_id=loan.lender_id)
    if draw.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if position.state == "settled" or on >= loan.matures_on:
        raise LoanOver(field="number", number=loan.number)
    left_fen = loan.amount_fen - position.drawn_fen
    if draw.amount_fen > left_fen:
        raise DrawAboveContract(
            field="amount",
            number=loan.number,
            left=format_yuan(left_fen),
            amount=format_yuan(draw.amount_fen),
        )
    if one.course.terms.by_plan and draw.amount_fen != loan.amount_fen:
        raise PlanLoanDrawnOnce(field="amount", number=loan.number)


def _insert(
    session: Session,
    draws: Sequence[Draw],
    ids: dict[str, int],
    loaded: dict[int, record.Loaded],
    on: date,
) -> list[tuple[str, int]]:
    vouchers = payments.book_vouchers(
        session,
        [
            payments.VoucherSlip(
                one.loan.lender_id, draw.channel, draw.voucher_no, "out", draw.amount_fen
            )
            for draw, one in _pairs(draws, ids, loaded)
        ],
        on=on,
    )
    numbers = _last_numbers(session, list(ids.values()))
    rows, slips = [], []
    for draw, voucher_id in zip(draws, vouchers, strict=True):
        loan_id = ids[draw.number]
        nr = numbers[loan_id] = numbers.get(loan_id, 0) + 1
        slip_number = f"{draw.number}-{nr:02d}"
        slips.append((slip_number, draw.amount_fen))
        rows.append(
            {
                "loan_id": loan_id,
                "nr": nr,
                "slip_number": slip_number,
                "amount_fen": draw.amount_fen,
                "value_date": on,
                "booking_date": on,
                "voucher_id": voucher_id,
            }
        )
    session.execute(insert(Disbursement), rows)
    return slips


def _last_numbers(session: Session, loan_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in record.lots(loan_ids):
        rows = session.execute(
            select(Disbursement.loan_id, func.max(Disbursement.nr))
            .where(Disbursement.loan_id.in_(ids))
            .group_by(Disbursement.loan_id)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def reverse_disbursement(
    session: Session, *, slip_number: str, reason: str, on: date, by: Actor
) -> None:
    """Undo a disbursement that no repayment, settlement or other draw has followed.

    Its segment is voided and bears no interest; the books receive the mirror image as an entry of
    the open day, and closed days keep their figures.
    """
    ledger.require_bookable(session, on)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    slip = session.scalar(select(Disbursement).where(Disbursement.slip_number == slip_number))
    if slip is None:
        raise DisbursementUnknown(field="slip_number", number=slip_number)
    one = record.load(session, [slip.loan_id])[slip.loan_id]
    loan = one.loan
    rights.allow(by, "loans.reverse", region=loan.village_code, institution_id=loan.lender_id)
    require_idle(session, [one])
    _require_alone(session, slip, one)
    reversal = Reversal(disbursement_id=slip.id, booking_date=on, reason=reason.strip())
    session.add(reversal)
    session.flush()
    entry_id = ledger.entry_of(session, "disbursements", slip.id)
    assert entry_id is not None
    ledger.reverse(
        session,
        entry_id=entry_id,
        source_kind="reversals",
        source_id=reversal.id,
        booking_date=on,
        value_date=on,
    )
    limits.move(session, [(loan.lender_id, loan.village_code, -slip.amount_fen)])
    if loan.uses_line:
        credit.release_line(session, household_id=loan.household_id, amount_fen=slip.amount_fen)
    _void(session, one, on)


def _require_alone(session: Session, slip: Disbursement, one: record.Loaded) -> None:
    undone = select(Reversal.disbursement_id)
    if session.scalar(select(Reversal.id).where(Reversal.disbursement_id == slip.id)) is not None:
        raise DisbursementAlreadyReversed(field="slip_number", number=slip.slip_number)
    others = session.scalar(
        select(func.count())
        .select_from(Disbursement)
        .where(
            Disbursement.loan_id == slip.loan_id,
            Disbursement.id != slip.id,
            Disbursement.id.not_in(undone),
        )
    )
    repaid = session.scalar(select(Repayment.id).where(Repayment.loan_id == slip.loan_id).limit(1))
    settled = session.scalar(
        select(Settlement.id).where(Settlement.loan_id == slip.loan_id).limit(1)
    )
    if others or repaid is not None or settled is not None or one.course.dues:
        raise DisbursementHasConsequences(field="slip_number", number=slip.slip_number)


def _void(session: Session, one: record.Loaded, on: date) -> None:
    """Close the open segment as void, and put the loan back to where signing left it."""
    stretch = one.course.open.pop("regular")
    for closed in [*one.course.unsettled]:
        # A change of share may have closed segments on the way: they are voided by a twin.
        one.course.closed.append(
            Closed("void", closed.from_on, closed.to_on, closed.principal_fen, 0, 0, 0)
        )
    if stretch.from_on < on:
        one.course.closed.append(
            Closed("void", stretch.from_on, on, stretch.principal_fen, 0, 0, 0)
        )
    one.course.interest_settled_to = on
    one.course.plan_event_on = FAR
    one.position.drawn_fen = 0
    one.position.drawn_on = FAR
    one.position.state = "signed"
    record.write(session, [one], on=on)
