"""Households of one family line on one sheet: what they ask for is counted row after row. Pure.

A household that split off shares the caps of the one it came from. What both ask for on one sheet,
or have on one list, would pass if each were held only against what stands already; so each row is
held against the rows above it too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from loans.eligibility import Asked, Facts, Sharer
from loans.families import Family


class RowsAbove:
    """What the rows above ask for, by what their households share."""

    def __init__(self) -> None:
        self._asked: Counter[int] = Counter()

    def with_row(self, asked: Asked, facts: Facts) -> Facts:
        """A row's facts with what the rows above ask for; then the row is above the next."""
        if facts.household_id is None:
            return replace(facts, sharers=tuple(self._sharer(one) for one in facts.sharers))
        family = facts.family
        if family is None or facts.fund is not None:
            # What a village fund lends is in nobody's total.
            return facts
        above_fen = self._asked[family.cap_id]
        freed_fen = facts.renewed.committed_fen if facts.renewed is not None else 0
        self._asked[family.cap_id] += asked.amount_fen - freed_fen
        return replace(facts, exposure_fen=facts.exposure_fen + above_fen) if above_fen else facts

    def _sharer(self, one: Sharer) -> Sharer:
        if one.family is None:
            return one
        above_fen = self._asked[one.family.cap_id]
        self._asked[one.family.cap_id] += one.share_fen
        return replace(one, committed_fen=one.committed_fen + above_fen) if above_fen else one


class CapTaken:
    """What is taken of a cap, by others and by the rows above: for the caps frozen at signing."""

    def __init__(self, taken: dict[int, int]) -> None:
        #: household -> what its contracts, and those of who shares its caps, take
        self._taken = taken
        self._above: Counter[int] = Counter()

    def of(self, household_id: int, family: Family | None) -> int:
        """What is taken of a household's cap before this row."""
        above_fen = self._above[family.cap_id] if family is not None else 0
        return self._taken.get(household_id, 0) + above_fen

    def take(self, family: Family | None, fen: int) -> None:
        """A row takes so much."""
        if family is not None:
            self._above[family.cap_id] += fen
