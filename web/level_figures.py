"""Loans, subsidy, dividends and coverage beside the register: the figures of a level's region.

The register is told of any day; what the indicators tell stands in snapshots of closed days, and is
never reckoned here again. A level shows them of the last day closed up to the day it is asked for;
each leads to its rows on the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import indicators
import ledger
from config.wiring import House
from indicators import FIGURES, Figures
from kernel.actor import Actor
from office import rights
from web.figures import form

#: heading -> figures, in the order of the page
GROUPS: Final = (
    ("贷款", (
        "loans_count", "loans_disbursed", "loans_outstanding", "overdue_balance", "bad_balance",
    )),
    ("财政贴息", ("subsidy_accrued", "subsidy_paid")),
    ("企业联结与分红", ("households_linked", "households_paid", "dividends_paid")),
    ("覆盖", (
        "rating_coverage", "effective_credit_rate", "borrowing_rate", "need_met_rate",
    )),
)  # fmt: skip
#: columns of the places below
BELOW: Final = (
    "loans_count", "loans_disbursed", "loans_outstanding", "overdue_balance", "subsidy_paid",
    "households_linked", "dividends_paid", "rating_coverage", "borrowing_rate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A place below, with its figures as they are read."""

    code: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """The figures of a region and of the places below it, of one closed day."""

    on: date
    #: heading -> (name, value as it is read)
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    rows: tuple[Row, ...]

    @property
    def values(self) -> dict[str, str]:
        """Name -> value as it is read."""
        return dict(one for _, group in self.groups for one in group)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What each figure is called on a paper, and its value."""
        return tuple((FIGURES[name].zh, value) for _, group in self.groups for name, value in group)


def figures_of(
    session: Session, house: House, code: str, below: Iterable[str], *, on: date, by: Actor
) -> LevelFigures | None:
    """What a region's level shows beside the register; None where no day was closed by then."""
    if not rights.may(by, "indicators.read"):
        return None
    last = ledger.last_closed_day(session)
    day = min(on, last) if last is not None else None
    if day is None or ledger.state_of(session, day) != "closed":
        return None
    told = indicators.figures(session, regions=house.regions, region=code, on=day)
    each = indicators.figures_below(session, regions=house.regions, region=code, on=day)
    rows = tuple(
        Row(place, tuple(_shown(each[place], name) for name in BELOW))
        for place in below
        if place in each
    )
    groups = tuple(
        (title, tuple((name, _shown(told, name)) for name in names)) for title, names in GROUPS
    )
    return LevelFigures(day, groups, rows)


def _shown(found: Figures, name: str) -> str:
    return form(FIGURES[name].kind, found.value(name))
