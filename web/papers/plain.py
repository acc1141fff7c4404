"""From a room's data to the words of a paper: plain strings, by the units that the names carry.

``*_fen`` becomes figures and capitals, ``*_ppm`` a yearly and a monthly rate, ``*_bp`` a share, a
date its Chinese and its short form. Text goes through ``printable``: what the faces cannot show is
not lost in silence. The template gets strings and never reckons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from kernel.capital_amount import capital_amount
from kernel.money import format_monthly_permille, format_rate, format_share
from web.papers.glyphs import printable
from web.words import yuan


def plain(value: object) -> object:
    """A value as a template reads it."""
    if is_dataclass(value):
        return {one.name: _named(one.name, getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return day(value)
    return printable(value) if isinstance(value, str) else value


def _named(name: str, value: object) -> object:
    if isinstance(value, int):
        if name.endswith("_fen"):
            return money(value)
        if name.endswith("_ppm"):
            return {"year": format_rate(value), "month": format_monthly_permille(value)}
        if name.endswith("_bp"):
            return format_share(value)
    return plain(value)


def money(fen: int) -> dict[str, str]:
    """An amount in figures and capitals; a difference below zero has no capitals."""
    return {
        "figures": yuan(fen),
        "capitals": capital_amount(fen) if fen >= 0 else "",
        "digits": str(fen),
    }


def day(value: date) -> dict[str, str]:
    """2016年5月30日, and 2016-05-30 for tables."""
    return {
        "long": f"{value.year}年{value.month}月{value.day}日",
        "short": value.isoformat(),
    }
