"""Claims drafted by the system: for every period that has ended and every lender with something in
no claim. Asked again it drafts nothing twice; what people have begun is left to them.
"""

from __future__ import annotations

import ledger
from config.wiring import House
from kernel.actor import system_actor
from kernel.regions import scope_digits
from subsidies import claims

COMMAND = "subsidies.draft"


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
