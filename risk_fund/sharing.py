"""Who bears a loss and who gets what is recovered (分担), pure: N parties, and levels in the fund.

A sum is split by the largest remainder, ties to the party that stands first in the document's
table; the fund's part is then split over its levels in the same way. What is recovered is split
cumulatively: all that was recovered so far, by the same table, less what was split before; so at
the end each party has back exactly what it bore. (With three parties or more a step may take a fen
back from one and give it to another.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.money import split_by_weights
from policy import BANK, FUND, ContractTerms, PartyShare

#: what stands between the fund and one of its levels
LEVEL = "/"


@dataclass(frozen=True, slots=True)
class Table:
    """The parties of a contract's losses, and the levels of the fund's part."""

    parties: tuple[PartyShare, ...]
    #: levels of the fund's part; empty where the document names none
    levels: tuple[PartyShare, ...]
    #: document and clause
    clause: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one party, or one level of the fund, has of a sum."""

    party: str
    #: place in the table, from 1; of a level, among the levels
    nr: int
    share_bp: int
    amount_fen: int

    @property
    def is_level(self) -> bool:
        """Whether it lies inside the fund's part."""
        return LEVEL in self.party


def table_of(terms: ContractTerms) -> Table:
    """The table of a contract's frozen terms; if none is named, the fund's share and the rest."""
    inside = terms.fund_sharing
    levels = inside.value if inside is not None else ()
    if terms.loss_sharing is not None:
        return Table(terms.loss_sharing.value, levels, terms.loss_sharing.cite)
    fund_bp = terms.cover_fund_share_bp.value
    parties = (PartyShare(FUND, fund_bp), PartyShare(BANK, 10_000 - fund_bp))
    return Table(parties, levels, terms.cover_fund_share_bp.cite)


def share(total_fen: int, table: Table) -> list[Part]:
    """The parties' parts of a sum in the table's order, then the levels' of the fund's part."""
    parts = _split(total_fen, table.parties, "")
    fund_fen = sum(part.amount_fen for part in parts if part.party == FUND)
    if table.levels and any(part.party == FUND for part in parts):
        parts += _split(fund_fen, table.levels, FUND + LEVEL)
    return parts


def _split(total_fen: int, rows: Sequence[PartyShare], prefix: str) -> list[Part]:
    amounts = split_by_weights(total_fen, [row.share_bp for row in rows])
    return [
        Part(prefix + row.party, nr, row.share_bp, amount)
        for nr, (row, amount) in enumerate(zip(rows, amounts, strict=True), 1)
    ]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a payment, or its undoing, changes of what was recovered on one claim."""

    #: of all that was repaid, up to the claim, less what was recovered before
    amount_fen: int
    #: what goes on to the loan's next claim, or stays with the lender
    beyond_fen: int
    #: party -> its part of the change
    parts: dict[str, int]


def recover(claim_fen: int, repaid_before_fen: int, repaid_fen: int, table: Table) -> Recovered:
    """Split ``repaid_fen`` (below zero: taken back) that comes after ``repaid_before_fen``."""
    before_fen = recovered_fen(claim_fen, repaid_before_fen)
    after_fen = recovered_fen(claim_fen, repaid_before_fen + repaid_fen)
    old = {part.party: part.amount_fen for part in share(before_fen, table)}
    new = {part.party: part.amount_fen for part in share(after_fen, table)}
    amount_fen = after_fen - before_fen
    return Recovered(
        amount_fen, repaid_fen - amount_fen, {party: new[party] - old[party] for party in new}
    )


def recovered_fen(claim_fen: int, repaid_fen: int) -> int:
    """What of all that was repaid counts as recovered: never more than the claim."""
    return max(0, min(repaid_fen, claim_fen))
