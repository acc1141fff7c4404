"""What pages and API do with a subsidy's money: accounts, what is given up, what is paid back."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

import ledger
from kernel.money import format_yuan
from subsidies import clawback, payment
from web.context import actor, house
from web.deeds import Deed, deed


def note_account(noted: payment.AccountNoted) -> Deed:
    """Note a payee's account for a second person to confirm."""
    by, here = actor(), house()
    return deed("proposal_id", by, partial(payment.note_account, noted=noted, keyring=here.keyring))


def ask_give_back(payment_row_id: int, reason: str) -> Deed:
    """Ask that what the bank sent back be given up."""
    by = actor()
    verb = partial(payment.ask_give_back, payment_row_id=payment_row_id, reason=reason)
    return deed("proposal_id", by, verb)


def claw_back(back: clawback.Back) -> Deed:
    """Book what somebody pays back."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        return {
            "clawback_id": clawback.claw_back(session, back, on=on, by=by),
            "amount": format_yuan(back.amount_fen),
            "booked_on": on.isoformat(),
        }

    return work
