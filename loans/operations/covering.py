"""What a contract has under cover: frozen at signing, taken with each draw, given back with it.

A draw raises covered principal by what the contract's cap still leaves, and the limits of its
places by as much. Where a limit is full and lets draws go on outside the cover, the contract's cap
stays at what was covered before, by a row of record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from kernel.lots import lots
from kernel.money import format_yuan
from loans import limits, record
from loans.cover import contract_cap_fen, covered_fen, household_cap_fen
from loans.covered import cap_in_force
from loans.eligibility import Facts
from loans.household_caps import cover_taken
from loans.models import CoverExclusion, Disbursement, Loan, Position
from loans.record import Loaded
from loans.refusals import CoverNotLowered, DrawCompensated
from loans.rows_above import CapTaken
from policy import ContractTerms

FUND_FULL: Final = "fund_full"
DECIDED: Final = "decided"
#: others have paid the lender for this principal
COMPENSATED: Final = "compensated"


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract about to be signed, as its cover sees it."""

    terms: ContractTerms
    facts: Facts
    amount_fen: int

    @property
    def parts(self) -> list[tuple[int, int]]:
        """The households behind it, each with the principal that is its own."""
        if self.facts.household_id is not None:
            return [(self.facts.household_id, self.amount_fen)]
        return [(one.household_id, one.share_fen) for one in self.facts.sharers]


def caps_at_signing(session: Session, signed: Sequence[Signed], *, on: date) -> list[int]:
    """The cover cap of each contract of a sheet, in order; a household stands once on it."""
    covered = [one for one in signed if household_cap_fen(one.terms)]
    households = {key for one in covered for key, _ in one.parts}
    # What is renewed ends where its renewal begins.
    old = [one.facts.renewed.loan_id for one in covered if one.facts.renewed is not None]
    taken = CapTaken(
        cover_taken(session, sorted(households), on=on, without=old) if covered else {}
    )
    return [_cap_of(one, taken) for one in signed]


def _cap_of(one: Signed, taken: CapTaken) -> int:
    """The cap of a contract, which the contracts below it on the sheet find taken."""
    families = one.facts.parts(one.amount_fen)
    parts = [
        (fen, taken.of(key, family))
        for (key, fen), (family, _) in zip(one.parts, families, strict=True)
    ]
    cap_fen = contract_cap_fen(one.terms, parts)
    for family, fen in families:
        taken.take(family, min(fen, cap_fen))
    return cap_fen


# --- draws ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slip:
    """A draw that has its row: the loan, the slip's number, how much."""

    one: Loaded
    number: str
    amount_fen: int


def cover_draws(session: Session, slips: Sequence[Slip], *, on: date) -> list[int]:
    """Take room under the limits for what these draws put under cover: how much of each, in order.

    Refuses the first that a stop or a full limit does not let through; one that a full limit lets
    through outside the cover leaves its contract's cap at what was covered before.
    """
    loans = [slip.one.loan for slip in slips]
    room = limits.hold(session, [(loan.lender_id, loan.village_code) for loan in loans])
    out = {slip.one.loan.id: slip.one.course.principal_fen for slip in slips}
    covered: list[int] = []
    outside: list[_Outside] = []
    for slip in slips:
        loan, position = slip.one.loan, slip.one.position
        before_fen = covered_fen(out[loan.id], position.cover_cap_fen)
        out[loan.id] += slip.amount_fen
        more_fen = covered_fen(out[loan.id], position.cover_cap_fen) - before_fen
        clause = room.take(loan.lender_id, loan.village_code, more_fen)
        if clause is not None:
            outside.append(_Outside(slip, position.cover_cap_fen, before_fen, clause))
            position.cover_cap_fen, more_fen = before_fen, 0
        covered.append(more_fen)
    room.write()
    _leave_outside(session, outside, on)
    return covered


def cover_renewal(session: Session, slip: Slip, given_back_fen: int, *, on: date) -> None:
    """Take what a renewal's draw covers; it is the debt of the old loan, so nothing refuses it.

    What it would cover beyond what the old loan gave back is new cover: where it does not fit, it
    stays outside.
    """
    loan, position = slip.one.loan, slip.one.position
    more_fen = covered_fen(slip.amount_fen, position.cover_cap_fen)
    same_fen = min(given_back_fen, more_fen)
    room = limits.hold(session, [(loan.lender_id, loan.village_code)])
    room.restore(loan.lender_id, loan.village_code, same_fen)
    clause = room.take(loan.lender_id, loan.village_code, more_fen - same_fen, refuses=False)
    if clause is not None:
        outside = _Outside(slip, position.cover_cap_fen, same_fen, clause)
        position.cover_cap_fen = same_fen
        _leave_outside(session, [outside], on)
    room.write()


@dataclass(frozen=True, slots=True)
class _Outside:
    slip: Slip
    was_fen: int
    cap_fen: int
    clause: str


def _leave_outside(session: Session, outside: Sequence[_Outside], on: date) -> None:
    if not outside:
        return
    ids: dict[str, int] = {}
    for numbers in lots(one.slip.number for one in outside):
        rows = session.execute(
            select(Disbursement.slip_number, Disbursement.id).where(
                Disbursement.slip_number.in_(numbers)
            )
        )
        ids.update({row[0]: row[1] for row in rows})
    session.execute(
        insert(CoverExclusion),
        [
            {
                "loan_id": one.slip.one.loan.id,
                "from_on": on,
                "was_fen": one.was_fen,
                "cap_fen": one.cap_fen,
                "reason": FUND_FULL,
                "disbursement_id": ids[one.slip.number],
                "clause": one.clause,
            }
            for one in outside
        ],
    )
    for one in outside:
        _set_cap(session, one.slip.one.position, one.cap_fen)


def _set_cap(session: Session, position: Position, cap_fen: int) -> None:
    """Written at once: ``record.write`` lets go of positions with what it knows of them."""
    position.cover_cap_fen = cap_fen
    session.flush()


# --- undone, and decided --------------------------------------------------------------------------


def lift(session: Session, one: Loaded, disbursement_id: int, *, on: date) -> None:
    """A draw was undone: its exclusion goes with it, but nothing comes under cover by that.

    Where the cap of before would cover more of what is still out than was covered, a row of record
    keeps it where it is.
    """
    gone = session.scalar(
        select(CoverExclusion).where(CoverExclusion.disbursement_id == disbursement_id)
    )
    if gone is None:
        return
    position, cap_fen = session.execute(
        select(Position, cap_in_force())
        .join(Loan, Loan.id == Position.loan_id)
        .where(Loan.id == one.loan.id)
    ).one()
    outstanding_fen = one.course.principal_fen
    covered = covered_fen(outstanding_fen, position.cover_cap_fen)
    if covered_fen(outstanding_fen, cap_fen) > covered:
        session.add(_exclusion(one.loan.id, on, cap_fen, covered, FUND_FULL, gone.clause))
        cap_fen = covered
    _set_cap(session, position, cap_fen)


def exclude_from_cover(
    session: Session,
    *,
    loan_id: int,
    cap_fen: int,
    clause: str,
    on: date,
    reason: str = DECIDED,
) -> None:
    """Leave no more than ``cap_fen`` of a loan's principal under cover, by decision of others or
    because they have paid for the rest.

    For rooms above, who say who may decide it.
    """
    ledger.require_bookable(session, on)
    one = record.load(session, [loan_id])[loan_id]
    loan, position = one.loan, one.position
    was_fen, outstanding_fen = position.cover_cap_fen, one.course.principal_fen
    if not 0 <= cap_fen < was_fen:
        raise CoverNotLowered(
            field="cap",
            number=loan.number,
            cap=format_yuan(cap_fen),
            was=format_yuan(was_fen),
        )
    session.add(_exclusion(loan_id, on, was_fen, cap_fen, reason, clause))
    _set_cap(session, position, cap_fen)
    freed_fen = covered_fen(outstanding_fen, was_fen) - covered_fen(outstanding_fen, cap_fen)
    limits.move(session, [(loan.lender_id, loan.village_code, -freed_fen)])


def refuse_compensated(session: Session, one: Loaded) -> None:
    """A draw for which others have paid the lender is not undone: their money would be lost."""
    paid = session.scalar(
        select(CoverExclusion.clause).where(
            CoverExclusion.loan_id == one.loan.id, CoverExclusion.reason == COMPENSATED
        )
    )
    if paid is not None:
        raise DrawCompensated(field="slip_number", clause=paid, number=one.loan.number)


def _exclusion(
    loan_id: int, on: date, was_fen: int, cap_fen: int, reason: str, clause: str
) -> CoverExclusion:
    return CoverExclusion(
        loan_id=loan_id,
        from_on=on,
        was_fen=was_fen,
        cap_fen=cap_fen,
        reason=reason,
        disbursement_id=None,
        clause=clause,
    )
