"""What the API and the pages both do: each deed as one unit of work with a plain answer.

A deed reads the open business day, calls one verb of one room, and answers with what JSON can hold,
so that the answer can be kept under the request's key and given again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

import credit
import ledger
import loans
from credit import RatingFile, Scheme
from kernel.actor import Actor
from kernel.money import format_yuan
from kernel.refusals import NotFound
from loans.operations.applying import proposal_of
from office import rights
from office.models import Proposal
from web import deciding
from web.acting import own_institution
from web.context import actor, house

Deed = Callable[[Session], dict[str, Any]]


def deed(name: str, by: Actor, verb: Callable[..., object]) -> Deed:
    """A verb of one room on the open day; what it answers stands under ``name``."""

    def work(session: Session) -> dict[str, Any]:
        return {name: verb(session, on=ledger.open_day(session), by=by)}

    return work


def apply(lender_id: int, rows: Sequence[loans.Asked]) -> Deed:
    """Take in a sheet of applications."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        sheet_id = loans.apply_sheet(
            session,
            lender_id=lender_id,
            rows=rows,
            rulebook=here.rulebook,
            keyring=here.keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {
            "sheet_id": sheet_id,
            "proposal_id": proposal_of(session, sheet_id),
            "applications": len(rows),
            "total": format_yuan(sum(row.amount_fen for row in rows)),
        }

    return work


def sign(sheet_id: int) -> Deed:
    """Sign the contracts of an approved sheet."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        numbers = loans.sign_sheet(
            session,
            sheet_id=sheet_id,
            rulebook=here.rulebook,
            papers=here.papers,
            on=ledger.open_day(session),
            by=by,
        )
        return {"sheet_id": sheet_id, "contracts": numbers}

    return work


def drop_sheet(sheet_id: int, reason: str) -> Deed:
    """Drop an approved sheet of which nothing was signed."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        loans.drop_sheet(session, sheet_id=sheet_id, reason=reason, on=on, by=by)
        return {"sheet_id": sheet_id, "dropped_on": on.isoformat()}

    return work


def disburse(draws: Sequence[loans.Draw]) -> Deed:
    """Pay out."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        slips = loans.disburse_many(
            session,
            draws=draws,
            rulebook=here.rulebook,
            papers=here.papers,
            calendar=here.calendar,
            on=on,
            by=by,
        )
        return {
            "booked_on": on.isoformat(),
            "count": len(slips),
            "total": format_yuan(sum(fen for _slip, fen in slips)),
            "disbursements": [
                {"slip_number": slip, "amount": format_yuan(fen)} for slip, fen in slips
            ],
        }

    return work


def repay(payments: Sequence[loans.Payment]) -> Deed:
    """Take payments in."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        ids = loans.repay_many(
            session, payments_in=payments, calendar=house().calendar, on=on, by=by
        )
        return {
            "booked_on": on.isoformat(),
            "count": len(ids),
            "total": format_yuan(sum(payment.amount_fen for payment in payments)),
            "repayments": [
                {"id": key, "number": payment.number, "amount": format_yuan(payment.amount_fen)}
                for key, payment in zip(ids, payments, strict=True)
            ],
        }

    return work


def reverse(slip_number: str, reason: str) -> Deed:
    """Undo a disbursement."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        loans.reverse_disbursement(
            session, slip_number=slip_number, reason=reason, calendar=house().calendar, on=on, by=by
        )
        return {"slip_number": slip_number, "booked_on": on.isoformat()}

    return work


def rate(scheme: Scheme, file: RatingFile, *, accept_good: bool) -> Deed:
    """Propose the ratings of a file, a sheet for each village."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        sheets = credit.propose_file(
            session,
            file,
            scheme=scheme,
            on=ledger.open_day(session),
            by=by,
            institution_id=own_institution(by),
            accept_good=accept_good,
        )
        return {
            "sheets": [
                {
                    "sheet_id": one.sheet_id,
                    "proposal_id": one.proposal_id,
                    "village": one.village_code,
                    "households": one.households,
                    "credited": one.credited,
                    "line": format_yuan(one.line_fen),
                }
                for one in sheets
            ]
        }

    return work


def decide(proposal: Proposal, *, approved: bool, reason: str) -> Deed:
    """Decide what another person has proposed; which verb it is, the proposal says."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        deciding.decide(deciding.Said(session, here, proposal, approved, reason, on, by))
        return {
            "proposal_id": proposal.id,
            "decision": "approved" if approved else "rejected",
            "decided_on": on.isoformat(),
        }

    return work


def proposal_seen(session: Session, proposal_id: int) -> Proposal:
    """A proposal inside the visitor's scope; any other is not found."""
    found = session.get(Proposal, proposal_id)
    if found is None or not rights.sees(
        actor(), region=found.region_code, institution_id=found.institution_id
    ):
        raise NotFound(field="proposal_id", what="送审事项")
    return found
