"""Published figures beside computed ones, for page, file and API."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import indicators
import ledger
from indicators import FIGURES, Figures
from indicators.reconciling import VERDICTS, Held, hold
from kernel.regions import scope_digits, within
from web.context import house
from web.figures import form
from web.published import every_print

#: verdict -> what it is called
VERDICT_TITLES: Final = {code: zh for code, (zh, _en) in VERDICTS.items()}
_DAY: Final = len("2017-01-31")


def held(session: Session, region: str, on: date) -> list[Held]:
    """Every print of a region and of those inside it, beside the books at the close of a day."""
    prints = every_print(house().settings.config_dir, region)
    return hold(prints, on=on, figures_of=_figures_of(session, on))


def _figures_of(session: Session, on: date) -> Callable[[str], Figures | None]:
    books = scope_digits(ledger.books(session).region_code)

    def figures_of(region: str) -> Figures | None:
        if not within(region, books):
            return None
        return indicators.figures(session, regions=house().regions, region=region, on=on)

    return figures_of


def shown(one: Held) -> tuple[str, str]:
    """The print and ours, each as people read it."""
    kind = FIGURES[one.published.name].kind
    return form(kind, one.published.value), form(kind, one.computed)


def day_of(as_of: str, last: date) -> date | None:
    """The day whose close a print is held against: the month's end; None where it is not closed."""
    if len(as_of) == _DAY:
        day = date.fromisoformat(as_of)
    else:
        year, month = (int(part) for part in as_of.split("-"))
        day = date(year, month, calendar.monthrange(year, month)[1])
    return day if day <= last else None
