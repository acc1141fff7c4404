"""Renewing (无还本续贷): the new contract's draw repays the old principal, and no money moves.

Interest up to the day is paid in money before: what of it is not due yet stands as the old loan's
credit, passes through this renewal, and pays it. Both vouchers are on the channel ``renewal``, out
and in alike. Limits and line are given back by the old loan and taken by the new one in the same
unit of work; it is the same debt, so no limit refuses it. What the new contract would have under
cover beyond that, and does not fit under a limit, stays outside the cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import credit
import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.money import format_yuan
from loans import booking, record, renewals
from loans.cover import covered_fen
from loans.dossier.papers import PaperRules
from loans.dossier.requiring import require_papers
from loans.models import Loan
from loans.operations.covering import Slip, cover_renewal
from loans.operations.disbursing import Draw, draw_now, insert_draws
from loans.operations.finding import find_by_number, require_idle
from loans.operations.paying_party import payer_of
from loans.operations.repaying import Taken, take
from loans.record import Loaded
from loans.refusals import (
    LoanOver,
    NothingToRenew,
    PlanLoanDrawnOnce,
    RenewalBelowOld,
    RenewalInterestUnpaid,
)
from loans.replay import Event
from office import payments, rights
from policy import Rulebook

#: vouchers of renewals: out on the new contract, in on the old one
CHANNEL: Final = "renewal"
#: stands for the number of a row to come: the last of its day and kind
_TO_COME: Final = 2**62


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal did."""

    slip_number: str
    #: the old contract
    renewed: str
    #: principal that the new contract repaid
    principal_fen: int
    #: interest that the old loan's credit paid
    interest_fen: int


def renew(
    session: Session,
    *,
    number: str,
    rulebook: Rulebook,
    calendar: HolidayTable,
    papers: PaperRules | None = None,
    on: date,
    by: Actor,
) -> Renewal:
    """Repay the loan that a signed contract renews, by that contract's draw."""
    ledger.require_bookable(session, on)
    new_id = find_by_number(session, [number])[number]
    old_id = session.get_one(Loan, new_id).renews_id
    if old_id is None:
        raise NothingToRenew(field="number", number=number)
    loaded = record.load(session, [old_id, new_id])
    old, new = loaded[old_id], loaded[new_id]
    loan = new.loan
    rights.allow(by, "loans.renew", region=loan.village_code, institution_id=loan.lender_id)
    require_idle(session, loaded.values())
    require_papers(session, papers, [loan.application_id], "disbursement")
    _check(session, old, new, rulebook, on)
    principal_fen = old.course.principal_fen
    given_back_fen = covered_fen(principal_fen, old.position.cover_cap_fen)
    interest_fen = _owed_besides(old, on)
    _repay_old(session, old, number, interest_fen, calendar, on)
    slip = _draw_new(session, old, new, principal_fen, given_back_fen, on)
    booking.book_settlements(session, on)
    booking.book_repayments(session, on)
    booking.book_disbursements(session, on)
    return Renewal(slip, old.loan.number, principal_fen, interest_fen)


def _check(session: Session, old: Loaded, new: Loaded, rulebook: Rulebook, on: date) -> None:
    """The rules once more, as of the day on which it happens."""
    if new.position.state != "signed" or on >= new.position.matures_on:
        raise LoanOver(field="number", number=new.loan.number)
    conduct = rulebook.conduct(on=on, region=new.loan.village_code)
    number = old.loan.number
    found = renewals.renewed_of(session, [number], on=on)[number]
    for refusal, in_principle in renewals.broken_rules(
        new.loan.amount_fen, found, conduct, on=on, signed=True
    ):
        if not in_principle:
            raise refusal
    _check_amounts(old, new, on)


def _check_amounts(old: Loaded, new: Loaded, on: date) -> None:
    principal_fen, amount_fen = old.course.principal_fen, new.loan.amount_fen
    if principal_fen > amount_fen:
        raise RenewalBelowOld(
            field="number", amount=format_yuan(amount_fen), old=format_yuan(principal_fen)
        )
    if new.course.terms.by_plan and principal_fen != amount_fen:
        raise PlanLoanDrawnOnce(field="number", number=new.loan.number)
    missing_fen = _owed_besides(old, on) - old.course.credit_fen
    if missing_fen > 0:
        raise RenewalInterestUnpaid(
            field="number", number=old.loan.number, amount=format_yuan(missing_fen)
        )


def _owed_besides(old: Loaded, on: date) -> int:
    """Everything but principal that the household owes up to the day, due or not."""
    twin = old.course.twin()
    if twin.terms.by_plan:
        twin.settle_broken(on)
    else:
        twin.settle("interest", on)
    twin.bring_up_to(on)
    return sum(due.left_fen for due in twin.dues if due.kind != "principal")


def _repay_old(
    session: Session,
    old: Loaded,
    new_number: str,
    interest_fen: int,
    calendar: HolidayTable,
    on: date,
) -> None:
    """Principal and interest in from the new contract; the interest's money out of the credit."""
    paid_fen = old.course.principal_fen + interest_fen
    slips = [payments.VoucherSlip(old.loan.lender_id, CHANNEL, f"{new_number}-SH", "in", paid_fen)]
    if interest_fen:
        slips.append(
            payments.VoucherSlip(
                old.loan.lender_id, CHANNEL, f"{new_number}-ZX", "out", interest_fen
            )
        )
    vouchers = payments.book_vouchers(session, slips, on=on)
    payer = payer_of(old.loan)
    event = Event("early_payment", on, _TO_COME, paid_fen)
    take(session, [Taken(old, event, vouchers[0], payer)], on=on, calendar=calendar, booked=False)
    if interest_fen:
        again = record.load(session, [old.loan.id])[old.loan.id]
        back = Event("refund", on, _TO_COME, interest_fen)
        moved = [Taken(again, back, vouchers[1], payer)]
        take(session, moved, on=on, calendar=calendar, booked=False)


def _draw_new(
    session: Session, old: Loaded, new: Loaded, fen: int, given_back_fen: int, on: date
) -> str:
    """The new contract's draw; what the old one gave back is taken again."""
    loan = new.loan
    draw = Draw(loan.number, fen, CHANNEL, f"{loan.number}-FK")
    ((slip, _),) = insert_draws(session, [draw], {loan.number: loan.id}, {loan.id: new}, on)
    cover_renewal(session, Slip(new, slip, fen), given_back_fen, on=on)
    if loan.uses_line and loan.household_id is not None:
        if old.loan.uses_line:
            credit.restore_line(session, household_id=loan.household_id, delta_fen=fen)
        else:
            credit.draw_line(session, household_id=loan.household_id, amount_fen=fen, on=on)
    draw_now([(draw, new)], on)
    record.write(session, [new], on=on)
    return slip
