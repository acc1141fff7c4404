"""What a downward revision of a refund that was given back lowers: nothing more (退回预算后的更正).

A settlement's parts stand on one another in the order of their revisions. A downward one takes from
the top. Where the part below it went back to the budget for good, nobody had it and nobody owes it:
the revision is *offset*, and lowers neither the expense a second time nor anybody's next claim.
What was revised upward since is a new entitlement of its own from its day on, claimed and paid like
any other, and the first to be taken from. A revision is offset whole or not at all: one that goes
deeper than what was given back is taken back like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """The treasury's part of one settlement, or what a revision of it changes."""

    amount_fen: int
    #: its payee could not be paid, and it went back to the budget
    given_back: bool = False
    #: it stands in a claim or a clawback
    held: bool = False


def offset(parts: Sequence[Part]) -> list[bool]:
    """Of each part of a settlement, in the order of revisions: whether it is offset."""
    return [_is_offset(parts, nr) for nr in range(len(parts))]


def _is_offset(parts: Sequence[Part], nr: int) -> bool:
    """Below it lies, under nothing that its payee may have, what was given back, and enough."""
    one = parts[nr]
    if one.held or one.amount_fen > 0:
        return False
    for below in range(nr - 1, -1, -1):
        if parts[below].amount_fen < 0:
            continue
        if not parts[below].given_back:
            return False
        if sum(part.amount_fen for part in parts[below : nr + 1]) >= 0:
            return True
    return False
