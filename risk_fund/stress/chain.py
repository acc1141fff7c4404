"""How a loan's grade moves from month to month, and what that makes of its remaining life.

A ``Matrix`` says, for each grade, how many of a million loans are in which grade a month later, or
paid off; a row of its own says what becomes of sound loans in the month of their maturity. A
``path`` gives each month a factor: of a bad year more loans go down. Everything in this file is
arithmetic on probabilities; it draws nothing.

A loan is *claimed* on the fund in the month in which it comes to grade 3 (次级, past the day from
which claims are made), or at once where it is there today. A claimed loan that goes up again or is
paid off is *recovered*, in full and at once; what is not recovered by the end is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PPM: Final = 1_000_000
PAID: Final = 0
GRADES: Final = (1, 2, 3, 4, 5)
#: from this grade on a loan is claimed
CLAIMED: Final = 3

#: to paid off and grades 1 to 5, parts per million
Row = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One month. Every row adds up to a million."""

    #: from grades 1 to 5
    rows: tuple[Row, Row, Row, Row, Row]
    #: from grade 1, in the month of maturity
    maturity: Row

    def __post_init__(self) -> None:
        for row in (*self.rows, self.maturity):
            if sum(row) != PPM or min(row) < 0:
                raise ValueError(f"a row of chances adds up to a million: {row}")


@dataclass(frozen=True, slots=True)
class _Month:
    """Chances of one month, once its factor is in them."""

    #: from grade 1: stay, go to 2, be claimed; the rest is paid off
    sound: tuple[float, float, float]
    #: from grade 2: back to 1, stay, be claimed; the rest is paid off
    late: tuple[float, float, float]
    #: from grade 1 at maturity: go to 2, be claimed; the rest is paid off
    due: tuple[float, float]


def worsened(row: Row, own: int, factor: float) -> tuple[float, ...]:
    """A row with ``factor`` times the chance to go down; all other chances shrink alike."""
    down = sum(row[own + 1 :])
    rest = PPM - down
    wanted = min(down * factor, float(PPM))
    worse = wanted / down if down else 1.0
    better = (PPM - wanted) / rest if rest else 0.0
    return tuple(
        chance * (worse if grade > own else better) / PPM for grade, chance in enumerate(row)
    )


def _month(matrix: Matrix, factor: float) -> _Month:
    one = worsened(matrix.rows[0], 1, factor)
    two = worsened(matrix.rows[1], 2, factor)
    due = worsened(matrix.maturity, 1, factor)
    return _Month(
        (one[1], one[2], sum(one[CLAIMED:])),
        (two[1], two[2], sum(two[CLAIMED:])),
        (due[2], sum(due[CLAIMED:])),
    )


class Lives:
    """The months in which loans of a portfolio come to be claimed, along one path."""

    def __init__(self, matrix: Matrix, path: Sequence[float]) -> None:
        by_factor = {factor: _month(matrix, factor) for factor in set(path)}
        self._months = [by_factor[factor] for factor in path]
        self._running = {grade: self._unmatured(grade) for grade in (1, 2)}
        self._known: dict[tuple[int, int], list[float]] = {}

    def claims(self, grade: int, months_left: int) -> list[float]:
        """The chance to be claimed in each month of the path, for a loan of that grade today that
        matures in so many months (0: it has matured).
        """
        key = (grade, months_left)
        if key not in self._known:
            self._known[key] = self._claims(grade, months_left)
        return self._known[key]

    def _claims(self, grade: int, months_left: int) -> list[float]:
        if grade >= CLAIMED:
            return [1.0] + [0.0] * (len(self._months) - 1)
        # What is sound and past its last day is looked at in the month to come.
        last = max(months_left, 1) if grade == 1 else months_left
        masses, claimed = self._running[grade]
        if last > len(self._months):
            return claimed
        found = claimed[: max(last - 1, 0)]
        sound, late = masses[max(last - 1, 0)]
        for month in self._months[len(found) :]:
            found.append(sound * month.due[1] + late * month.late[2])
            # Past maturity there is nothing to go back to: who catches up has paid.
            sound, late = 0.0, sound * month.due[0] + late * month.late[1]
        return found

    def _unmatured(self, grade: int) -> tuple[list[tuple[float, float]], list[float]]:
        """Shares in grades 1 and 2 before each month, and claims in it, while nothing matures."""
        sound, late = (1.0, 0.0) if grade == 1 else (0.0, 1.0)
        masses, claimed = [(sound, late)], []
        for month in self._months:
            claimed.append(sound * month.sound[2] + late * month.late[2])
            sound, late = (
                sound * month.sound[0] + late * month.late[0],
                sound * month.sound[1] + late * month.late[1],
            )
            masses.append((sound, late))
        return masses, claimed


def recoveries(matrix: Matrix, months: int) -> dict[int, list[float]]:
    """The chance that a loan claimed in grade 3, 4 or 5 is recovered so many months later."""
    return {grade: _recovered(matrix, grade, months) for grade in GRADES[CLAIMED - 1 :]}


def _recovered(matrix: Matrix, grade: int, months: int) -> list[float]:
    bad = GRADES[CLAIMED - 1 :]
    mass = {one: float(one == grade) for one in bad}
    found = []
    for _ in range(months):
        found.append(sum(mass[one] * sum(matrix.rows[one - 1][:CLAIMED]) / PPM for one in bad))
        mass = {to: sum(mass[one] * matrix.rows[one - 1][to] / PPM for one in bad) for to in bad}
    return found
