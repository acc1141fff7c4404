"""The forecast: cost by quarter and year, beside what the budget holds, with what was supposed.

The first quarter of a year is paid from that year's lines, and what is settled in December too
where it is paid before the treasury's closing day: the forecast goes by the year of settlement.
What the treasury owes already and has not paid is counted into the first year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_rate, format_share, format_yuan
from office import rights
from policy import Rulebook
from subsidies import budget
from subsidies.foreseeing import lending, living, portfolio
from subsidies.foreseeing.asked import Asked, require_sound
from subsidies.foreseeing.living import Quarter

ASSUMED = (
    "存量贷款按冻结的合同条款、名义结息日测算，各期假定按期还清，已逾期的视同次日还清，"
    "不考虑节假日顺延和未来的更正"
)


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """A quarter's cost, fen."""

    quarter: Quarter
    standing_fen: int
    new_fen: int

    @property
    def total_fen(self) -> int:
        """Both."""
        return self.standing_fen + self.new_fen


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year's cost beside its budget, fen."""

    year: int
    #: settled and not paid by now; of the first year alone
    unpaid_fen: int
    cost_fen: int
    budget_fen: int
    committed_fen: int
    paid_fen: int

    @property
    def free_fen(self) -> int:
        """What of the year's lines is neither spoken for nor paid."""
        return self.budget_fen - self.committed_fen - self.paid_fen

    @property
    def needed_fen(self) -> int:
        """What the year's lines still have to carry beside what they are committed to."""
        return self.unpaid_fen + self.cost_fen - self.committed_fen

    @property
    def short_fen(self) -> int:
        """How much is missing; 0 where the lines reach."""
        return max(0, self.needed_fen - self.free_fen)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast with all that it rests on."""

    on: date
    asked: Asked
    quarters: tuple[QuarterLine, ...]
    years: tuple[YearLine, ...]
    #: loans that were lived on, and how many different ones
    loans: int
    cells: int
    #: the first quarter in which a year's lines do not reach; None: they do
    runs_out: Quarter | None
    assumptions: tuple[str, ...]

    @property
    def total_fen(self) -> int:
        """All quarters."""
        return sum(line.total_fen for line in self.quarters)


def foresee(
    session: Session, asked: Asked, *, unpaid_fen: int, rulebook: Rulebook, by: Actor
) -> Forecast:
    """The cost of the quarters to come; ``unpaid_fen``: what is settled and not paid by now."""
    county = ledger.books(session).region_code
    rights.allow(by, "subsidies.read", region=None)
    on = ledger.open_day(session)
    require_sound(asked, on=on)
    standing = portfolio.cells(session, on=on, by=by, lender_ids=asked.lender_ids)
    supposed = (
        []
        if asked.lending is None
        else list(lending.cells(asked.lending, region=county, rulebook=rulebook, on=on))
    )
    costs = [
        living.by_quarter(cells, share=asked.share, early_ppm=asked.early_ppm, since=on)
        for cells in (standing, supposed)
    ]
    first = Quarter(on.year, (on.month - 1) // 3 + 1)
    quarters = tuple(
        QuarterLine(quarter, costs[0].get(quarter, 0), costs[1].get(quarter, 0))
        for quarter in (first.later(nth) for nth in range(asked.quarters))
    )
    lines: dict[int, list[budget.LineStanding]] = {}
    for line in budget.lines(session, by=by):
        lines.setdefault(line.year, []).append(line)
    years = tuple(_years(quarters, lines, unpaid_fen))
    return Forecast(
        on=on,
        asked=asked,
        quarters=quarters,
        years=years,
        loans=sum(cell.loans for cell in standing),
        cells=len(standing),
        runs_out=_runs_out(quarters, years),
        assumptions=tuple(_assumptions(asked)),
    )


def _years(
    quarters: tuple[QuarterLine, ...],
    lines: Mapping[int, list[budget.LineStanding]],
    unpaid_fen: int,
) -> list[YearLine]:
    found: list[YearLine] = []
    for year in sorted({line.quarter.year for line in quarters}):
        held = lines.get(year, [])
        found.append(
            YearLine(
                year,
                0 if found else unpaid_fen,
                sum(line.total_fen for line in quarters if line.quarter.year == year),
                sum(line.amount_fen for line in held),
                sum(line.committed_fen for line in held),
                sum(line.paid_fen for line in held),
            )
        )
    return found


def _runs_out(quarters: tuple[QuarterLine, ...], years: tuple[YearLine, ...]) -> Quarter | None:
    """The quarter whose cost is the first that the lines of its year do not carry."""
    left = {
        year.year: year.free_fen + year.committed_fen - year.unpaid_fen
        for year in years
        if year.budget_fen
    }
    for line in quarters:
        year = line.quarter.year
        if year not in left:
            continue
        left[year] -= line.total_fen
        if left[year] < 0:
            return line.quarter
    return None


def _assumptions(asked: Asked) -> list[str]:
    told = [ASSUMED]
    if asked.share is not None:
        share = format_share(asked.share.share_bp)
        told.append(f"自{asked.share.from_on}起产生的利息，财政承担部分一律按{share}%计")
    if (new := asked.lending) is not None:
        told.append(
            f"新增投放：自下月起{new.months}个月，每月1日发放{format_yuan(new.monthly_fen)}元，"
            f"每笔{format_yuan(new.loan_fen)}元，期限{new.term_months}个月，利率取账簿日公布的上限，"
            f"政策：{new.policy or '账簿日当地执行的政策'}"
        )
    if asked.early_ppm:
        told.append(f"每月有{format_rate(asked.early_ppm)}%的余额提前归还")
    return told
