"""What pages and API both do with the treasury's money: one unit of work, a plain answer each."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

import ledger
from subsidies import budget
from subsidies.budget import LineEntered
from web.context import actor
from web.deeds import Deed


def enter_line(line: LineEntered) -> Deed:
    """Enter a budget line; another person decides its first amount."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        entry = budget.enter_line(session, line, on=ledger.open_day(session), by=by)
        return {"line_id": entry.line_id, "proposal_id": entry.proposal_id}

    return work


def change_line(line_id: int, *, amount_fen: int, document_no: str, reason: str) -> Deed:
    """Ask for more or less on a budget line."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        proposal_id = budget.propose_change(
            session,
            line_id=line_id,
            amount_fen=amount_fen,
            document_no=document_no,
            reason=reason,
            on=ledger.open_day(session),
            by=by,
        )
        return {"line_id": line_id, "proposal_id": proposal_id}

    return work
