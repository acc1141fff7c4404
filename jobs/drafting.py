"""Claims drafted by the system: for every period that has ended and every lender with something in
no claim. Asked again it drafts nothing twice; what people have begun is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import ledger
from config.wiring import House
from jobs.close import Closed
from kernel.actor import system_actor
from kernel.regions import scope_digits
from policy import NoPolicyInForce
from subsidies import claims

COMMAND = "subsidies.draft"


def draft_after(house: House, done: Sequence[Closed]) -> list[int]:
    """Draft what these closes have settled; the claims' numbers."""
    if done:
        # Before the first policy nobody has borrowed, and nothing is claimed.
        with suppress(NoPolicyInForce):
            return draft_claims(house)
    return []


def draft_claims(house: House) -> list[int]:
    """Draft what is due on the open day; the claims' numbers."""
    with house.books.read() as session:
        by = system_actor(scope_digits(ledger.books(session).region_code))
    with house.books.write(COMMAND, by=by) as session:
        return claims.draft_due(
            session,
            rulebook=house.rulebook,
            calendar=house.calendar,
            on=ledger.open_day(session),
            by=by,
        )
