"""A claim's own sharing table, as its recorded shares say it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from policy import PartyShare
from risk_fund.models import FundClaimShare
from risk_fund.sharing import LEVEL, Table


def table_from(shares: Iterable[FundClaimShare]) -> Table:
    """Parties and levels in their places."""
    rows = sorted(shares, key=lambda row: row.nr)
    return Table(
        tuple(PartyShare(row.party, row.share_bp) for row in rows if LEVEL not in row.party),
        tuple(
            PartyShare(row.party.split(LEVEL)[1], row.share_bp)
            for row in rows
            if LEVEL in row.party
        ),
        "",
    )
