"""Which budget lines a payment file is paid from, and in which budget year.

The proposal splits the total over the levels that fund it (``subsidy_funding``) by largest
remainder, and takes each level's part from its lines of the year in their order; people may choose
lines of the year themselves. A file carries one project code, which the bank books every row under:
all its lines are of that code. What is paid after the treasury's closing day falls into the next
year; a file that is paid in a later year than its interest was earned says 跨年.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.money import format_yuan, split_by_weights
from policy import ConductRules
from subsidies import budget
from subsidies.budget import LEVELS
from subsidies.models import BudgetLine, BudgetUse
from subsidies.refusals import BudgetLineUnknown
from subsidies.refusals.paying import (
    BudgetLineOfOtherYear,
    BudgetLinesDiffer,
    BudgetLinesOfTwoCodes,
    BudgetShortOfFunds,
)


@dataclass(frozen=True, slots=True)
class FromLine:
    """What a file takes from a line."""

    line_id: int
    amount_fen: int


def budget_year(on: date, conduct: ConductRules) -> int:
    """The budget year that a payment of a day falls into."""
    closing = conduct.subsidy_year_end.value.of(on.year)
    return on.year if on <= closing else on.year + 1


def propose_lines(
    session: Session, *, total_fen: int, year: int, conduct: ConductRules
) -> list[FromLine]:
    """Lines by the shares of those who fund, each level's oldest first, all of the first code that
    holds every share.
    """
    shares = conduct.subsidy_funding.value
    parts = split_by_weights(total_fen, [share.share_bp for share in shares])
    wanted = [(share.party, part_fen) for share, part_fen in zip(shares, parts, strict=True)]
    short: list[BudgetShortOfFunds] = []
    for code in _codes(session, year) or [""]:
        try:
            return [
                line
                for level, part_fen in wanted
                for line in _of_level(session, level, part_fen, year, code)
            ]
        except BudgetShortOfFunds as refused:
            short.append(refused)
    raise short[0]


def check_lines(
    session: Session, lines: Sequence[FromLine], *, total_fen: int, year: int
) -> list[BudgetLine]:
    """The lines chosen, if they are of the year and come to the total."""
    sum_fen = sum(one.amount_fen for one in lines)
    if sum_fen != total_fen or any(one.amount_fen <= 0 for one in lines):
        raise BudgetLinesDiffer(
            field="lines", lines=format_yuan(sum_fen), total=format_yuan(total_fen)
        )
    found: list[BudgetLine] = []
    for one in lines:
        line = session.get(BudgetLine, one.line_id)
        if line is None:
            raise BudgetLineUnknown(field="lines", line=one.line_id)
        if line.year != year:
            raise BudgetLineOfOtherYear(
                field="lines", document_no=line.document_no, line_year=line.year, year=year
            )
        if found and line.code != found[0].code:
            raise BudgetLinesOfTwoCodes(field="lines", code=found[0].code, other=line.code)
        found.append(line)
    return found


def joined(lines: Sequence[FromLine]) -> list[FromLine]:
    """Each line once, with all that is taken from it, in the order in which they were named."""
    fen: dict[int, int] = {}
    for one in lines:
        fen[one.line_id] = fen.get(one.line_id, 0) + one.amount_fen
    return [FromLine(line_id, amount_fen) for line_id, amount_fen in fen.items()]


def commit_lines(session: Session, lines: Sequence[FromLine]) -> None:
    """Speak for the money, in the order of the lines' numbers."""
    for one in sorted(lines, key=lambda line: line.line_id):
        budget.reserve(session, line_id=one.line_id, fen=one.amount_fen)


def _codes(session: Session, year: int) -> list[str]:
    """The project codes of a year's lines, the oldest line's first."""
    rows = session.scalars(
        select(BudgetLine.code).where(BudgetLine.year == year).order_by(BudgetLine.id)
    )
    return list(dict.fromkeys(rows))


def _of_level(
    session: Session, level: str, needed_fen: int, year: int, code: str
) -> list[FromLine]:
    free = BudgetUse.amount_fen - BudgetUse.committed_fen - BudgetUse.paid_fen
    rows = session.execute(
        select(BudgetLine.id, free)
        .join(BudgetUse, BudgetUse.line_id == BudgetLine.id)
        .where(
            BudgetLine.level == level,
            BudgetLine.year == year,
            BudgetLine.code == code,
            free > 0,
        )
        .order_by(BudgetLine.id)
    )
    found: list[FromLine] = []
    left_fen, free_fen = needed_fen, 0
    for line_id, line_fen in rows:
        free_fen += line_fen
        part_fen = min(left_fen, line_fen)
        if part_fen:
            found.append(FromLine(line_id, part_fen))
            left_fen -= part_fen
    if left_fen:
        raise BudgetShortOfFunds(
            field="lines",
            year=year,
            level_zh=LEVELS[level],
            level_en=level,
            free=format_yuan(free_fen),
            needed=format_yuan(needed_fen),
        )
    return found
