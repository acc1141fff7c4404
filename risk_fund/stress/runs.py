"""The runs: a portfolio lives out its remaining life many times, and what that costs is counted.

Loans are grouped into cells of one lender, grade, remaining months and size; within a cell they
differ by chance alone. Each run draws a kind of year for each year to come, then for each cell how
many loans are claimed, in which months, and which of those come back. Every run has a generator of
its own, seeded by the seed and its number: the same seed gives the same answer, and more runs do
not change the first ones.

Amounts are whole fen: of a cell's amount, ``k`` of ``n`` loans have what the first ``k`` n-ths are,
rounded, so that all of them have all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from kernel.money import round_half_up
from risk_fund.stress.chain import CLAIMED, Lives, Matrix, recoveries
from risk_fund.stress.drawing import Spread, how_many

MONTHS_OF_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """Loans that are alike."""

    lender_id: int
    grade: int
    #: whole months to maturity, begun ones counted; 0: it is past
    months_left: int
    #: size: the upper end of the band, fen; 0: above the last
    band_fen: int
    loans: int
    #: principal outstanding
    outstanding_fen: int
    #: of it, what is under cover
    covered_fen: int
    #: of that, the fund's share, by the contracts' frozen terms
    fund_fen: int


@dataclass(frozen=True, slots=True)
class Year:
    """A kind of year: how often it comes, and how many times as many loans go down in it."""

    zh: str
    en: str
    #: of 10 000 years
    chance_bp: int
    #: hundredths: 100 is as many as ever
    factor_percent: int


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything the runs go by."""

    matrix: Matrix
    years: tuple[Year, ...]
    #: months after the last maturity in which claimed loans are still collected
    workout_months: int
    runs: int
    seed: int

    def __post_init__(self) -> None:
        if sum(year.chance_bp for year in self.years) != 10_000:
            raise ValueError("the chances of the kinds of year add up to 10 000")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to."""

    #: principal lost, whoever bears it
    lost_fen: int
    #: of it, the fund's
    fund_lost_fen: int
    #: by lender: what its account had paid at most, less what had come back by then
    peak_fen: dict[int, int]
    #: by lender: the month in which the account ran dry, from 0; no key: it did not
    dry: dict[int, int]


class _Tally:
    """One run being added up."""

    def __init__(self, months: int, lenders: Sequence[int]) -> None:
        self.lost_fen = 0
        self.fund_lost_fen = 0
        #: out of each account above zero, back into it below, by month
        self.flows = {lender: [0] * months for lender in lenders}
        #: by lender, grade claimed in, size and month: loans, principal, the fund's part
        self.claimed: dict[tuple[int, int, int, int], tuple[int, int, int]] = {}

    def claim(self, cell: Cell, month: int, count: int, lost_fen: int, fund_fen: int) -> None:
        """So many loans of a cell are claimed and paid in a month."""
        self.lost_fen += lost_fen
        self.fund_lost_fen += fund_fen
        self.flows[cell.lender_id][month] += fund_fen
        key = (cell.lender_id, max(cell.grade, CLAIMED), cell.band_fen, month)
        known = self.claimed.get(key, (0, 0, 0))
        self.claimed[key] = (known[0] + count, known[1] + lost_fen, known[2] + fund_fen)

    def finish(self, available: dict[int, int]) -> Run:
        peak: dict[int, int] = {}
        dry: dict[int, int] = {}
        for lender, flow in self.flows.items():
            paid = most = 0
            for month, fen in enumerate(flow):
                paid += fen
                most = max(most, paid)
                if paid > available.get(lender, 0):
                    dry.setdefault(lender, month)
            peak[lender] = most
        return Run(self.lost_fen, self.fund_lost_fen, peak, dry)


def horizon(cells: Sequence[Cell], workout_months: int) -> int:
    """How many months the runs last."""
    return max((cell.months_left for cell in cells), default=0) + workout_months


def simulate(
    cells: Sequence[Cell], available: dict[int, int], assumptions: Assumptions
) -> list[Run]:
    """All runs, in order; ``available`` is what stands in each lender's account, free of claims."""
    months = horizon(cells, assumptions.workout_months)
    paths = [_path(Random(_named(assumptions, run, "years")), months, assumptions)  # noqa: S311
             for run in range(assumptions.runs)]  # fmt: skip
    back = {
        grade: Spread(chances) for grade, chances in recoveries(assumptions.matrix, months).items()
    }
    lenders = sorted({cell.lender_id for cell in cells} | set(available))
    done: dict[int, Run] = {}
    # Runs of like years share their arithmetic, and only one path's is held at a time.
    for path in sorted(set(paths)):
        claims = _Claims(assumptions.matrix, path)
        for run in (number for number, drawn in enumerate(paths) if drawn == path):
            rng = Random(_named(assumptions, run, "loans"))  # noqa: S311
            tally = _Tally(months, lenders)
            for cell in cells:
                _live(rng, cell, claims.of(cell.grade, cell.months_left), tally)
            _recover(rng, back, tally)
            done[run] = tally.finish(available)
    return [done[run] for run in range(assumptions.runs)]


def _named(assumptions: Assumptions, run: int, what: str) -> str:
    return f"{assumptions.seed}/{run}/{what}"


def _path(rng: Random, months: int, assumptions: Assumptions) -> tuple[float, ...]:
    """A factor for each month: that of its year."""
    years = -(-months // MONTHS_OF_YEAR)
    kinds = rng.choices(assumptions.years, [year.chance_bp for year in assumptions.years], k=years)
    return tuple(kinds[month // MONTHS_OF_YEAR].factor_percent / 100 for month in range(months))


class _Claims:
    """The spread of claims over the months, by grade and months left, along one path."""

    def __init__(self, matrix: Matrix, path: Sequence[float]) -> None:
        self._lives = Lives(matrix, path)
        self._known: dict[tuple[int, int], Spread] = {}

    def of(self, grade: int, months_left: int) -> Spread:
        """The spread of loans of a grade with so many months left."""
        key = (grade, months_left)
        if key not in self._known:
            self._known[key] = Spread(self._lives.claims(grade, months_left))
        return self._known[key]


def _live(rng: Random, cell: Cell, claims: Spread, tally: _Tally) -> None:
    """One cell: how many of it are claimed, and when."""
    claimed = how_many(rng, cell.loans, claims.total)
    before = 0
    for month, count in claims.deal(rng, claimed):
        lost = _part(cell.outstanding_fen, before, before + count, cell.loans)
        fund = _part(cell.fund_fen, before, before + count, cell.loans)
        before += count
        tally.claim(cell, month, count, lost, fund)


def _recover(rng: Random, back: dict[int, Spread], tally: _Tally) -> None:
    """What was claimed in one month, of one lender and one size, comes back or not."""
    for (lender_id, grade, _band, month), (count, lost, fund) in tally.claimed.items():
        flow = tally.flows[lender_id]
        came = 0
        for later, some in back[grade].deal_or_not(rng, count, len(flow) - month - 1):
            returned = _part(fund, came, came + some, count)
            tally.lost_fen -= _part(lost, came, came + some, count)
            tally.fund_lost_fen -= returned
            flow[month + later + 1] -= returned
            came += some


def _part(total_fen: int, first: int, last: int, of: int) -> int:
    """What the loans from one place to another have of an amount of ``of`` loans."""
    return round_half_up(total_fen * last, of) - round_half_up(total_fen * first, of)
