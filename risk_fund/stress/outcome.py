"""What the runs say: losses to be expected and in bad cases, and how long the fund lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.money import round_half_up
from risk_fund.stress.chain import PPM
from risk_fund.stress.runs import Assumptions, Cell, Run, horizon, simulate

MULTIPLES: Final = range(5, 11)
#: of 100 runs, so many are no worse
BAD, WORST = 95, 99


@dataclass(frozen=True, slots=True)
class Amounts:
    """One amount over all runs."""

    expected_fen: int
    worst95_fen: int
    worst99_fen: int


@dataclass(frozen=True, slots=True)
class Multiple:
    """What one multiple asks of the fund, and how good that is."""

    times: int
    #: covered principal ÷ the multiple, rounded up
    needed_fen: int
    #: what is short of it today
    short_fen: int
    #: runs in which so much would have lasted, parts per million
    lasts_ppm: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One lender's account, or all of them together (None)."""

    lender_id: int | None
    loans: int
    outstanding_fen: int
    covered_fen: int
    fund_part_fen: int
    #: balance less pledged claims
    available_fen: int
    #: most that the account must pay before money comes back
    needed: Amounts
    #: runs in which the account has not run dry by the end of each month, parts per million
    survival_ppm: tuple[int, ...]
    multiples: tuple[Multiple, ...]

    def months_in(self, of_hundred: int) -> int | None:
        """Full months that the account lasts in so many of a hundred runs; None: all of them."""
        for month, survived in enumerate(self.survival_ppm):
            if survived * 100 < of_hundred * PPM:
                return month
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that is printed."""

    assumptions: Assumptions
    months: int
    #: principal lost, whoever bears it
    lost: Amounts
    #: of it, the fund's part
    fund_lost: Amounts
    whole: Standing
    accounts: tuple[Standing, ...]


def stress(cells: Sequence[Cell], available: dict[int, int], assumptions: Assumptions) -> Outcome:
    """Live the portfolio out many times, and say what came of it."""
    runs = simulate(cells, available, assumptions)
    months = horizon(cells, assumptions.workout_months)
    lenders = sorted({cell.lender_id for cell in cells} | set(available))
    return Outcome(
        assumptions,
        months,
        spread([run.lost_fen for run in runs]),
        spread([run.fund_lost_fen for run in runs]),
        _standing(None, lenders, cells, available, runs, months),
        tuple(_standing(one, [one], cells, available, runs, months) for one in lenders),
    )


def spread(amounts: Sequence[int]) -> Amounts:
    """Mean, and the amounts that 95 and 99 of a hundred runs do not pass (nearest rank)."""
    ordered = sorted(amounts)
    return Amounts(
        round_half_up(sum(ordered), len(ordered)),
        *(ordered[-(-len(ordered) * of_hundred // 100) - 1] for of_hundred in (BAD, WORST)),
    )


def _standing(
    lender_id: int | None,
    lenders: Sequence[int],
    cells: Sequence[Cell],
    available: dict[int, int],
    runs: Sequence[Run],
    months: int,
) -> Standing:
    own = [cell for cell in cells if cell.lender_id in lenders]
    covered = {
        lender: sum(cell.covered_fen for cell in own if cell.lender_id == lender)
        for lender in lenders
    }
    return Standing(
        lender_id,
        sum(cell.loans for cell in own),
        sum(cell.outstanding_fen for cell in own),
        sum(covered.values()),
        sum(cell.fund_fen for cell in own),
        sum(available.get(lender, 0) for lender in lenders),
        spread([sum(run.peak_fen[lender] for lender in lenders) for run in runs]),
        _survival(lenders, runs, months),
        tuple(_multiple(times, covered, available, runs) for times in MULTIPLES),
    )


def _survival(lenders: Sequence[int], runs: Sequence[Run], months: int) -> tuple[int, ...]:
    """An account that runs dry is no help to another: together they last while each does."""
    dry = [0] * months
    for run in runs:
        ends = [run.dry[lender] for lender in lenders if lender in run.dry]
        if ends:
            dry[min(ends)] += 1
    left, found = len(runs), []
    for ended in dry:
        left -= ended
        found.append(round_half_up(left * PPM, len(runs)))
    return tuple(found)


def _multiple(
    times: int, covered: dict[int, int], available: dict[int, int], runs: Sequence[Run]
) -> Multiple:
    needed = {lender: -(-fen // times) for lender, fen in covered.items()}
    lasts = _count(runs, lambda run: all(run.peak_fen[one] <= fen for one, fen in needed.items()))
    return Multiple(
        times,
        sum(needed.values()),
        sum(max(0, fen - available.get(lender, 0)) for lender, fen in needed.items()),
        round_half_up(lasts * PPM, len(runs)),
    )


def _count(runs: Sequence[Run], holds: Callable[[Run], bool]) -> int:
    return sum(1 for run in runs if holds(run))
