"""Published figures held against computed ones, with the reason where they cannot agree. Pure.

A print is a fact about a print: a difference is told and explained, never made to vanish. Two
prints of one thing may differ, and some pairs of printed numbers cannot both be true whatever the
books say; such a *pair* carries its arithmetic, which a test does again, and the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from indicators.definitions import FIGURES, Figures, Value

#: as printed; another value; of another day than the print; the books have no such figure
Verdict = Literal["same", "differs", "another_day", "none"]

#: verdict -> (Chinese, English)
VERDICTS: Mapping[str, tuple[str, str]] = {
    "same": ("一致", "the same"),
    "differs": ("不一致", "differs"),
    "another_day": ("公布数属于其他日期", "printed of another day"),
    "none": ("账上无此数", "the books have no such figure"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it was printed."""

    region: str
    #: name of the figure, as ``FIGURES`` calls it
    name: str
    #: in the form our own figure has
    value: str
    #: year and month it is of
    as_of: str
    source_zh: str
    source_en: str
    #: why another print, or the books, say otherwise; empty where nothing does
    why_zh: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two printed statements that cannot both be true, or are of two bases."""

    code: str
    #: region it is about; empty: of no one region
    region: str
    zh: str
    en: str
    #: what each says, with its source
    one_zh: str
    one_en: str
    other_zh: str
    other_en: str
    #: the arithmetic that shows it, such as ``32016000 / 34500 = 928.00``
    arithmetic: tuple[str, ...]
    #: why, and how the books read it
    why_zh: str
    why_en: str
    #: figures it is about
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A print beside what the books say of the same region."""

    published: Published
    computed: Value
    verdict: Verdict
    #: ours less the print's, where both are numbers of one form; else None
    difference: str | None


def hold(
    prints: Sequence[Published], *, on: date, figures_of: Callable[[str], Figures | None]
) -> list[Held]:
    """Each print beside the figures of its region at the close of a day, in the order of figures.

    ``figures_of`` tells the figures of a region, or None where the books do not hold it.
    """
    order = {name: place for place, name in enumerate(FIGURES)}
    every = sorted(prints, key=lambda one: (one.region, order[one.name], one.as_of))
    known: dict[str, Figures | None] = {}
    held = []
    for one in every:
        if one.region not in known:
            known[one.region] = figures_of(one.region)
        found = known[one.region]
        computed = None if found is None else found.value(one.name)
        held.append(Held(one, computed, _verdict(one, computed, on), _difference(one, computed)))
    return held


def _verdict(one: Published, computed: Value, on: date) -> Verdict:
    if computed is None:
        return "none"
    if str(computed) == one.value:
        return "same"
    return "differs" if on.isoformat().startswith(one.as_of) else "another_day"


def _difference(one: Published, computed: Value) -> str | None:
    if computed is None:
        return None
    places = len(one.value.partition(".")[2])
    ours, theirs = (int(str(value).replace(".", "")) for value in (computed, one.value))
    if len(str(computed).partition(".")[2]) != places:
        return None
    whole = abs(ours - theirs)
    shown = str(whole) if not places else f"{whole // 10**places}.{whole % 10**places:0{places}d}"
    return f"-{shown}" if ours < theirs else shown
