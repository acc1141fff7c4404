"""What help there is, as data: the ten measures, and how special money is to be shared.

One file, ``config/measures.toml``. A measure is known by its code, which recorded rows name. A
share rule holds from its day of effect until a later one of the same or a wider place; the most
particular place wins. Values that no source gives say so (``default``). No session, no clock.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from households.helping.refusals import HelpRulesInvalid, MeasureUnknown
from kernel.money import parse_share
from kernel.refusals import Refusal
from kernel.regions import scope_digits

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
_HEAD: Final = ("title_zh", "title_en", "source")
_BROKEN: Final = (KeyError, TypeError, AttributeError, ValueError, Refusal)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the ten measures."""

    code: str
    zh: str
    en: str
    #: no source lists it: a default that may be edited
    default: bool


@dataclass(frozen=True, slots=True)
class ShareRule:
    """How much of the special money goes to industry, and how much of that is linked."""

    id: str
    title_zh: str
    title_en: str
    effective_on: date
    #: digits of the place it holds for
    digits: str
    #: at least so much of the special money to industry, basis points
    industry_bp: int
    #: at least so much of that linked with poor households, basis points
    linked_bp: int
    source: str
    #: the day of effect is a default
    day_default: bool


@dataclass(frozen=True, slots=True)
class HelpRules:
    """All of it."""

    title_zh: str
    title_en: str
    source: str
    measures: tuple[Measure, ...]
    shares: tuple[ShareRule, ...]

    def measure(self, code: str) -> Measure:
        """A measure by its code, or by its name on papers."""
        for one in self.measures:
            if code in (one.code, one.zh):
                return one
        choices = "、".join(one.zh for one in self.measures)
        raise MeasureUnknown(field="measure", measure=code[:40], choices=choices)

    def titles(self) -> dict[str, str]:
        """Code -> name, in the file's order."""
        return {one.code: one.zh for one in self.measures}

    def share_rule(self, region: str, on: date) -> ShareRule | None:
        """The rule in force at a place on a day; None: there is none."""
        here = [
            rule
            for rule in self.shares
            if rule.effective_on <= on and scope_digits(region).startswith(rule.digits)
        ]
        return max(here, key=lambda rule: (len(rule.digits), rule.effective_on), default=None)


def load_measures(path: Path) -> HelpRules:
    """The file; whatever breaks its form is refused by its place."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid(path.name, "", str(error)) from error
    return parse(path.name, raw)


def parse(file: str, raw: Mapping[str, Any]) -> HelpRules:
    """The rules from plain data."""
    try:
        head = raw["measures"]
        title_zh, title_en, source = (_text(head[key]) for key in _HEAD)
    except _BROKEN as error:
        raise _invalid(file, "measures", str(error)) from error
    measures = _rows(file, raw, "measure", _measure)
    for nr, one in enumerate(measures, 1):
        if any(one.code == other.code for other in measures[: nr - 1]):
            raise _invalid(file, f"measure[{nr}]", "the code stands twice")
    shares = _rows(file, raw, "special_funds", _share)
    return HelpRules(title_zh, title_en, source, measures, shares)


def _rows(
    file: str, raw: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any]], Read]
) -> tuple[Read, ...]:
    found = []
    for nr, row in enumerate(raw.get(key, ()), 1):
        try:
            found.append(read(row))
        except _BROKEN as error:
            raise _invalid(file, f"{key}[{nr}]", str(error)) from error
    return tuple(found)


def _measure(row: Mapping[str, Any]) -> Measure:
    if not _CODE.fullmatch(row["code"]):
        raise ValueError("a code is of a-z, 0-9 and _")
    default = row.get("default", False)
    if not default and not row.get("source"):
        raise ValueError("needs a source, or default = true")
    return Measure(row["code"], _text(row["zh"]), _text(row["en"]), bool(default))


def _share(row: Mapping[str, Any]) -> ShareRule:
    effective = row["effective_on"]
    marked = isinstance(effective, Mapping)
    day = effective["value"] if marked else effective
    if type(day) is not date:
        raise ValueError("effective_on is a date")
    return ShareRule(
        id=_text(row["id"]),
        title_zh=_text(row["title_zh"]),
        title_en=_text(row["title_en"]),
        effective_on=day,
        digits=scope_digits(row["region"]),
        industry_bp=parse_share(row["industry_share"], field="industry_share"),
        linked_bp=parse_share(row["linked_share"], field="linked_share"),
        source=_text(row["source"]),
        day_default=bool(marked and effective.get("default")),
    )


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw or raw != raw.strip():
        raise ValueError("text without blanks at its ends")
    return raw


def _invalid(file: str, key: str, what: str) -> HelpRulesInvalid:
    return HelpRulesInvalid(field=key, file=file, key=key or "-", what=what[:200])
