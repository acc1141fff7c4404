"""What pages, API and commands do with changes of loans; each deed one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

import ledger
import loans
from kernel.money import format_yuan
from loans.changes.page import SheetPage, sheet_page
from loans.changes.sheets import SUBJECT
from office import approvals
from web.context import actor, house, reading
from web.deeds import Deed


def propose(kind: str, rows: Sequence[loans.ChangeAsked]) -> Deed:
    """Put changes of one kind before the director."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        sheet_id = loans.propose_changes(
            session,
            kind=kind,
            rows=rows,
            rulebook=here.rulebook,
            calendar=here.calendar,
            keyring=here.keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {
            "sheet_id": sheet_id,
            "proposal_id": approvals.proposal_of(session, SUBJECT, sheet_id).id,
            "loans": len(rows),
        }

    return work


def decide(sheet_id: int, *, approved: bool, reason: str, left_out: Mapping[str, str]) -> Deed:
    """The second person's word on a sheet, with what is taken out of it."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        changed = loans.decide_changes(
            session,
            sheet_id=sheet_id,
            approved=approved,
            reason=reason,
            left_out=left_out,
            rulebook=here.rulebook,
            calendar=here.calendar,
            on=on,
            by=by,
        )
        return {
            "sheet_id": sheet_id,
            "decision": "approved" if approved else "rejected",
            "decided_on": on.isoformat(),
            "changed": changed,
        }

    return work


def refund(wanted: loans.Refund) -> Deed:
    """Pay credit back."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        key = loans.refund(session, wanted=wanted, calendar=here.calendar, on=on, by=by)
        return {
            "id": key,
            "number": wanted.number,
            "amount": format_yuan(wanted.amount_fen),
            "booked_on": on.isoformat(),
        }

    return work


def renew(number: str) -> Deed:
    """Repay the loan that a signed contract renews."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        done = loans.renew(
            session,
            number=number,
            rulebook=here.rulebook,
            calendar=here.calendar,
            papers=here.papers,
            on=ledger.open_day(session),
            by=by,
        )
        return {
            "number": number,
            "slip_number": done.slip_number,
            "renewed": done.renewed,
            "principal": format_yuan(done.principal_fen),
            "interest": format_yuan(done.interest_fen),
        }

    return work


def sheet_seen(sheet_id: int) -> SheetPage:
    """A sheet inside the visitor's scope; any other is not found."""
    with reading() as session:
        return sheet_page(session, sheet_id, by=actor())
