"""Drawing numbers of loans: how many of ``n``, and in which months. Seeded, so repeatable."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Final

#: up to so many expected, the draw is exact; above, the normal curve with its mean and spread
EXACT_UP_TO: Final = 16
#: up to so many are given their months one by one; more are dealt out month by month
ONE_BY_ONE: Final = 24


def how_many(rng: Random, n: int, chance: float) -> int:
    """How many of ``n`` loans, each with the same chance."""
    if n <= 0 or chance <= 0.0:
        return 0
    if chance >= 1.0:
        return n
    if chance > 0.5:
        return n - how_many(rng, n, 1.0 - chance)
    if n * chance <= EXACT_UP_TO:
        return _one_after_another(rng, n, chance)
    drawn = rng.gauss(n * chance, math.sqrt(n * chance * (1.0 - chance)))
    return min(n, max(0, round(drawn)))


def _one_after_another(rng: Random, n: int, chance: float) -> int:
    """From one that is hit to the next, skipping those between."""
    found, at = 0, 0
    missed = math.log1p(-chance)
    while True:
        # 1 - random() is never 0.
        at += int(math.log(1.0 - rng.random()) / missed) + 1
        if at > n:
            return found
        found += 1


class Spread:
    """Chances of each of some months, ready to be drawn from; together they are at most 1."""

    def __init__(self, chances: Sequence[float]) -> None:
        self._chances = list(chances)
        self._sums = list(accumulate(chances))
        #: the chance that it is any of them
        self.total = self._sums[-1] if self._sums else 0.0

    def deal(self, rng: Random, count: int) -> Iterator[tuple[int, int]]:
        """``count`` loans that are hit, each in some month: month and loans."""
        return self._deal(rng, count, self.total, len(self._chances))

    def deal_or_not(self, rng: Random, count: int, months: int) -> Iterator[tuple[int, int]]:
        """``count`` loans, each in one of the first months or in none of them."""
        return self._deal(rng, count, 1.0, months)

    def _deal(
        self, rng: Random, count: int, whole: float, months: int
    ) -> Iterator[tuple[int, int]]:
        if count <= ONE_BY_ONE:
            return self._one_by_one(rng, count, whole, months)
        return self._month_by_month(rng, count, whole, months)

    def _one_by_one(
        self, rng: Random, count: int, whole: float, months: int
    ) -> Iterator[tuple[int, int]]:
        found: dict[int, int] = {}
        for _ in range(count):
            month = bisect_right(self._sums, rng.random() * whole)
            found[month] = found.get(month, 0) + 1
        if whole == self.total and (over := found.pop(len(self._sums), 0)):
            # A product rounded up to the whole: it is the last month all the same.
            found[len(self._sums) - 1] = found.get(len(self._sums) - 1, 0) + over
        return ((month, n) for month, n in sorted(found.items()) if month < months)

    def _month_by_month(
        self, rng: Random, count: int, whole: float, months: int
    ) -> Iterator[tuple[int, int]]:
        left, rest = count, whole
        for month, chance in enumerate(self._chances[:months]):
            if not left or rest <= 0.0:
                return
            n = how_many(rng, left, min(1.0, chance / rest))
            if n:
                yield month, n
            left, rest = left - n, rest - chance
