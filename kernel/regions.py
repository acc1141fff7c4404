"""Regions: the 12-digit statistical codes, and the rule that says what lies inside what.

A code has five levels: province (2 digits), prefecture (4), county (6), township (9), village (12);
the rest is zeros. A scope is exactly the first 2, 4, 6, 9 or 12 digits of a region *by its level*,
never the code with its zeros cut: county 431230 cut to "43123" would hold its nine neighbours too.

``RegionTree`` is the shipped list. Regions that were merged away live in a second table of
predecessors, with the day and the successor; a ledger may still name them. The tree answers an
unknown name with candidates and never guesses on its own.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from kernel.dates import parse_date
from kernel.refusals import BadValue, Refusal

#: how many digits name a region of each level, from province to village
LEVEL_DIGITS: Final = (2, 4, 6, 9, 12)
PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = range(1, 6)

#: what clerks leave out or add at the end of a village's name, longest first
_SUFFIXES: Final = (
    "社区居民委员会", "社区居委会", "社区村民委员会", "村民委员会", "居民委员会",
    "村委会", "居委会", "社区", "村",
)  # fmt: skip


class UnknownRegion(Refusal):
    """A code that is not in the list of regions."""

    status = 422
    zh = "没有代码为“{region}”的地区"
    en = "there is no region with the code {region!r}"


class BadScope(Refusal):
    """Digits that are no region's scope."""

    zh = "“{scope}”不是地区范围：须为2、4、6、9或12位数字"
    en = "{scope!r} is no scope of a region: 2, 4, 6, 9 or 12 digits"


class BadRegionTable(Refusal):
    """A table of regions or predecessors that contradicts itself."""

    zh = "地区表 {table} 第{line}行有误：{what}"
    en = "table of regions {table}, line {line}: {what}"


class Region(NamedTuple):
    """One row of the list."""

    code: str
    name: str
    level: int
    parent: str


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A region that was merged away, and who took it over."""

    old_code: str
    old_township: str
    old_name: str
    #: the first day on which the successor holds; None: not known
    merged_on: date | None
    successor_code: str
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A region proposed for a name that is not in the list, and why."""

    region: Region
    #: "predecessor" (the table of merged regions says so) or "similar" (the names look alike)
    why: str
    #: document behind it, where there is one
    source: str = ""


def well_formed(code: str) -> bool:
    """Whether ``code`` is twelve ASCII digits of a province that can exist."""
    return len(code) == 12 and code.isascii() and code.isdigit() and code[0] != "0"


def level(code: str) -> int:
    """The level of a well-formed code, 1 (province) to 5 (village)."""
    if not well_formed(code):
        raise BadValue(
            field="region",
            name="region",
            value=code[:40],
            rule_zh="地区代码须为12位数字",
            rule_en="a region's code has twelve digits",
        )
    if code[9:] != "000":
        return VILLAGE
    if code[6:9] != "000":
        return TOWNSHIP
    if code[4:6] != "00":
        return COUNTY
    return PREFECTURE if code[2:4] != "00" else PROVINCE


def scope_digits(code: str) -> str:
    """The digits that all codes inside a region share, and no code outside."""
    return code[: LEVEL_DIGITS[level(code) - 1]]


def check_scope(digits: str) -> str:
    """The digits themselves, if they are a scope."""
    if len(digits) not in LEVEL_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadScope(field="scope", scope=digits[:40])
    return digits


def within(code: str, digits: str) -> bool:
    """Whether a region lies in a scope (a region lies in its own)."""
    return code.startswith(check_scope(digits))


def code_range(digits: str) -> tuple[str, str]:
    """The codes of a scope as a half-open range of text: from the first, below the second."""
    following = str(int(check_scope(digits)) + 1)
    return digits.ljust(12, "0"), following.ljust(12, "0")


def in_scope(
    column: InstrumentedAttribute[str] | ColumnElement[str], digits: str
) -> ColumnElement[bool]:
    """SQL: the column's code lies in the scope; a range, so that an index serves it."""
    low, high = code_range(digits)
    return and_(column >= low, column < high)


def bare_name(name: str) -> str:
    """A village's name without blanks and without 村, 社区, 村民委员会 and their like."""
    bare = "".join(name.split())
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) > len(suffix):
            return bare[: -len(suffix)]
    return bare


@dataclass(frozen=True, slots=True)
class Area:
    """A scope as a fact of a refusal. Rooms know its digits; an edge, which has the list of
    regions at hand, says its name (``spell_out``).
    """

    digits: str

    def __str__(self) -> str:
        return f"地区{self.digits}"


def spell_out(refusal: Refusal, regions: Callable[[], RegionTree]) -> Refusal:
    """The same refusal, with names where the room that refused knew digits alone.

    The list is asked for where a place is told, and not for any other refusal.
    """
    for name, fact in refusal.facts.items():
        if isinstance(fact, Area):
            refusal.facts[name] = regions().area_name(fact.digits)
    return refusal


class RegionTree:
    """The list of regions with its parents and children, and the predecessors beside it."""

    def __init__(self, regions: Iterable[Region], predecessors: Iterable[Predecessor] = ()) -> None:
        self._regions: dict[str, Region] = {region.code: region for region in regions}
        self._children: dict[str, list[str]] = {}
        for region in self._regions.values():
            self._children.setdefault(region.parent, []).append(region.code)
        self.predecessors = tuple(predecessors)

    @classmethod
    def load(cls, regions: Path, predecessors: Path | None = None) -> RegionTree:
        """Read the list, and the table of predecessors if there is one; both are checked."""
        tree = cls(_read_regions(regions))
        if predecessors is not None:
            tree.predecessors = tuple(_read_predecessors(predecessors, tree))
        return tree

    def __len__(self) -> int:
        return len(self._regions)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions.values())

    def __contains__(self, code: object) -> bool:
        return code in self._regions

    def get(self, code: str, *, field: str = "region") -> Region:
        """The region of a code; an unknown one is refused."""
        try:
            return self._regions[code]
        except KeyError:
            raise UnknownRegion(field=field, region=code[:40]) from None

    def children(self, code: str) -> list[Region]:
        """The regions directly below, in the order of their codes."""
        return [self._regions[child] for child in sorted(self._children.get(code, ()))]

    def ancestors(self, code: str) -> list[Region]:
        """The regions above, the nearest first."""
        chain = []
        parent = self.get(code).parent
        while parent:
            chain.append(self.get(parent))
            parent = chain[-1].parent
        return chain

    def inside(self, code: str, at_level: int) -> list[Region]:
        """All regions of one level inside a region, itself included, in order."""
        region = self.get(code)
        if region.level >= at_level:
            return [region] if region.level == at_level else []
        return [
            found for child in self.children(code) for found in self.inside(child.code, at_level)
        ]

    def full_name(self, code: str, below: int = PREFECTURE) -> str:
        """The names from the level under ``below`` down: 宜章县白石渡镇高龙桥村."""
        chain = [self.get(code), *self.ancestors(code)]
        return "".join(region.name for region in reversed(chain) if region.level > below)

    def area_name(self, digits: str, below: int = PREFECTURE) -> str:
        """What the region of a scope's digits is called: 宜章县玉溪镇 for 431022100."""
        code = digits.ljust(12, "0")
        if code not in self:
            return str(Area(digits))
        return self.full_name(code, min(below, self.get(code).level - 1))

    def township(self, name: str, county: str) -> Region | None:
        """The township of a county by its name, None if the list has none (not a refusal yet)."""
        wanted = "".join(name.split())
        return next((r for r in self.children(county) if r.name == wanted), None)

    def village(self, township: str, name: str, county: str) -> Region | None:
        """The village by its own and its township's name; None where the list has not just one.

        村, 社区, 村民委员会 at the end may differ. The township may be blank if the county has
        only one village of that name.
        """
        found = self._named(township, county).get(bare_name(name), [])
        exact = [region for region in found if region.name == "".join(name.split())]
        chosen = exact if len(exact) == 1 else found
        return chosen[0] if len(chosen) == 1 else None

    def candidates(self, township: str, name: str, county: str, count: int = 3) -> list[Candidate]:
        """Villages an unknown name may mean: predecessors first, then names that look alike."""
        told = [
            Candidate(self.get(p.successor_code), "predecessor", p.source)
            for p in self.predecessors
            if bare_name(p.old_name) == bare_name(name)
            and p.old_township in {"", township}
            and within(p.successor_code, scope_digits(county))
        ]
        codes = {candidate.region.code for candidate in told}
        alike = [
            Candidate(region, "similar")
            for region in self._alike(township, name, county)
            if region.code not in codes
        ]
        return (told + alike)[:count]

    def _named(self, township: str, county: str) -> dict[str, list[Region]]:
        known = self.township(township, county) if township else None
        if township and known is None:
            return {}
        named: dict[str, list[Region]] = {}
        for region in self.inside(known.code if known else county, VILLAGE):
            named.setdefault(bare_name(region.name), []).append(region)
        return named

    def _alike(self, township: str, name: str, county: str) -> list[Region]:
        known = self.township(township, county) if township else None
        wanted = bare_name(name)
        scored = []
        for region in self.inside(known.code if known else county, VILLAGE):
            likeness = SequenceMatcher(None, wanted, bare_name(region.name)).ratio()
            if likeness > 0:
                scored.append((-likeness, region.code, region))
        return [region for _likeness, _code, region in sorted(scored)[:5]]


def _read_regions(path: Path) -> Iterator[Region]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for code, name, at_level, parent in rows:
            yield Region(code, name, int(at_level), parent)


def _read_predecessors(path: Path, tree: RegionTree) -> Iterator[Predecessor]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if row["successor_code"] not in tree:
                what = f"{row['successor_code']}: unknown successor"
                raise BadRegionTable(table=path.name, line=line, what=what)
            merged_on = row["merged_on"].strip()
            yield Predecessor(
                old_code=row["old_code"].strip(),
                old_township="".join(row["old_township"].split()),
                old_name="".join(row["old_name"].split()),
                merged_on=parse_date(merged_on, field="merged_on") if merged_on else None,
                successor_code=row["successor_code"],
                source=row["source"].strip(),
            )
