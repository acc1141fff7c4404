"""What a figure is: its name, its meaning, and the counters it is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from indicators.people_models import PEOPLE_COUNTERS

Kind = Literal["count", "money", "ratio", "average", "multiple"]
#: what the rows behind a figure are; in a prefecture's books they are ``regions``, always
Opens = Literal[
    "households",
    "loans",
    "entitlements",
    "movements",
    "enterprises",
    "payments",
    "villages",
    "village_funds",
    "populations",
    "checks",
    "regions",
]

#: after a counter's name: what it gained since the year's start, what it was then
IN_YEAR, AT_START = "@year", "@start"

#: how counters begin that are taken from loans
_OF_LOANS = ("loans_", "disbursed", "outstanding", "overdue", "bad", "fund_", "mutual_")

#: counters of the fourth revision, that days closed before it do not have
LATE = frozenset((*PEOPLE_COUNTERS, "enterprises_linked", "rural_people"))

#: counters that open into rows of their own
_OPENS: Mapping[str, Opens] = MappingProxyType(
    {
        "fund_balance_fen": "movements",
        "enterprises_linked": "enterprises",
        "dividends_paid_fen": "payments",
        "villages_poor": "villages",
        "villages_exited": "villages",
        "village_funds": "village_funds",
        "rural_people": "populations",
    }
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is called, what it means, and what it is computed from."""

    name: str
    kind: Kind
    zh: str
    en: str
    #: the definition, with its denominator named
    meaning_zh: str
    #: counter, or counter above the line; ``@year`` and ``@start`` after it are told above
    counter: str
    #: counter below the line
    over: str = ""

    @property
    def base(self) -> str:
        """The counter above the line, whatever of the year is asked."""
        return self.counter.split("@")[0]

    @property
    def opens(self) -> Opens:
        """What its rows are."""
        if self.base in _OPENS:
            return _OPENS[self.base]
        if self.counter.startswith("subsidy_"):
            return "entitlements"
        if self.counter.startswith("sample_"):
            return "checks"
        if self.counter.startswith(_OF_LOANS):
            return "loans"
        return "households"

    @property
    def may_be_none(self) -> bool:
        """Whether a region may have no such figure: nothing to divide by, no fund of its own, or
        days before there were such figures.
        """
        return bool(self.over) or self.counter.startswith("fund_") or self.late

    @property
    def late(self) -> bool:
        """Whether books that stood for long may hold days without it."""
        return self.base in LATE


def count(name: str, zh: str, en: str, meaning: str, counter: str = "") -> Definition:
    """A figure that is a counter."""
    return Definition(name, "count", zh, en, meaning, counter or name)


def ratio_of(name: str, zh: str, en: str, meaning: str, counter: str, over: str) -> Definition:
    """A figure that is a counter over another."""
    return Definition(name, "ratio", zh, en, meaning, counter, over)
