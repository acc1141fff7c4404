"""Reads the poverty lines and the limits of leaving poverty; broken files are refused by key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from households.identification.files import invalid
from households.identification.rates import NAMES, Limit, Lines, PovertyLine
from policy.files import head_of, read_toml, rows, texts
from policy.values import DAY, MONEY, RATIO, WHOLE, FormBroken, one_of, table

_HOW: Final = ("below", "most", "least")
_LIMITED: Final = {code: names[0] for code, names in NAMES.items()}


def load_lines(path: Path) -> Lines:
    """The lines and limits of a file."""
    return parse(path.name, read_toml(path, invalid))


def parse(file: str, raw: object) -> Lines:
    """Lines and limits from plain data, checked as a whole."""
    key = ""
    try:
        whole = table(raw, {"lines", "line"}, {"limit"})
        key = "lines"
        head_of(whole["lines"], {"title_zh", "title_en"}, set())
        lines: dict[int, PovertyLine] = {}
        for row in rows(whole["line"]):
            key = f"line.{row.get('year', '?')}"
            one = _line(row)
            if one.year in lines:
                raise FormBroken("年份重复", "the year stands twice")
            lines[one.year] = one
        limits = []
        for row in rows(whole["limit"]) if "limit" in whole else []:
            key = f"limit.{row.get('code', '?')}"
            limits.append(_limit(row))
    except FormBroken as error:
        raise invalid(file, key, error.zh, error.en) from error
    return Lines(lines, tuple(limits))


def _line(raw: Mapping[str, object]) -> PovertyLine:
    row = head_of(raw, {"year", "value"}, set())
    return PovertyLine(
        WHOLE.read(row["year"]),
        MONEY.read(row["value"]),
        str(row.get("clause", "")),
        row.get("default") is True,
        str(row.get("note", "")),
    )


def _limit(raw: Mapping[str, object]) -> Limit:
    row = head_of(raw, {"code", "zh", "en", "effective_on"}, set(_HOW))
    given = [how for how in _HOW if how in row]
    if len(given) != 1:
        raise FormBroken("须写明below、most、least之一", "one of below, most and least")
    zh, en = texts(row, ("zh", "en")).values()
    return Limit(
        one_of(_LIMITED).read(row["code"]),
        zh,
        en,
        DAY.read(row["effective_on"]),
        given[0],
        RATIO.read(row[given[0]]),
        str(row.get("clause", "")),
    )
