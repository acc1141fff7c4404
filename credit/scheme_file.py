"""Reads a rating scheme from its TOML file, or from the JSON recorded beside its ratings.

Strict: unknown keys, points that do not add up to the weights, bands with gaps and values without
a clause or a default mark are refused with file, key and rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

from credit.refusals import SchemeInvalid
from credit.scheme import FULL_X10, Band, Grade, Item, Scheme
from policy.files import read_toml, rows
from policy.values import MONEY, FormBroken, table

KINDS: Final = ("choice", "count", "amount")
_POINTS: Final = re.compile(r"(0|[1-9][0-9]{0,2})(?:\.([0-9]))?", re.ASCII)
_HEAD: Final = {"id", "version", "title_zh", "title_en"}
_ITEM: Final = {"id", "title_zh", "title_en", "group", "kind", "bands"}
_SOURCED: Final = {"clause", "default"}


def load_schemes(folder: Path) -> dict[str, Scheme]:
    """All schemes of a folder by id."""
    schemes: dict[str, Scheme] = {}
    for path in sorted(folder.glob("*.toml")):
        scheme = load_scheme(path)
        if scheme.id in schemes:
            raise _invalid(path.name, "scheme.id", "与另一文件重复", "the same as in another file")
        schemes[scheme.id] = scheme
    return schemes


def load_scheme(path: Path) -> Scheme:
    """The scheme of a file."""
    return parse(path.name, read_toml(path, _invalid))


def recorded_scheme(content: str) -> Scheme:
    """The scheme as it was recorded."""
    return parse("recorded", json.loads(content))


def parse(file: str, raw: object) -> Scheme:
    """A scheme from plain data, checked as a whole."""
    key = ""
    try:
        whole = table(raw, {"scheme", "group", "item", "grade"}, set())
        key = "scheme"
        head = table(whole["scheme"], _HEAD, {"note", "sources"})
        key = "group"
        groups = dict(_group(row) for row in rows(whole["group"]))
        items = []
        for row in rows(whole["item"]):
            key = f"item.{row.get('id', '?')}"
            items.append(_item(row, groups))
        key = "item"
        _check_weights(groups, items)
        key = "grade"
        grades = _grades(whole["grade"])
        key = "scheme.version"
        version = head["version"]
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise FormBroken("须为正整数", "a whole number from 1 on")
    except FormBroken as error:
        raise _invalid(file, key, error.zh, error.en) from error
    return Scheme(
        id=str(head["id"]),
        version=version,
        title_zh=str(head["title_zh"]),
        title_en=str(head["title_en"]),
        note=str(head.get("note", "")),
        sources=tuple(str(one) for one in cast("list[object]", head.get("sources", []))),
        groups=groups,
        items=tuple(items),
        grades=grades,
    )


def points_x10(raw: object) -> int:
    """Tenths of a point: "77.5" is 775."""
    match = _POINTS.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise FormBroken("分值须为最多一位小数的文字", "points are text with at most one decimal")
    return int(match[1]) * 10 + int(match[2] or 0)


def _group(raw: object) -> tuple[str, tuple[str, int]]:
    row = table(raw, {"id", "title_zh", "weight"}, set())
    return str(row["id"]), (str(row["title_zh"]), points_x10(row["weight"]))


def _item(raw: object, groups: Mapping[str, object]) -> Item:
    row = table(raw, _ITEM, {"register_field", *_SOURCED})
    kind = str(row["kind"])
    if kind not in KINDS or row["group"] not in groups:
        raise FormBroken("指标的类型或所属大类未知", "the kind or the group is not known")
    clause, default = _source(row)
    bands = tuple(_band(band, kind) for band in rows(row["bands"]))
    _check_bands(bands, kind)
    return Item(
        id=str(row["id"]),
        title_zh=str(row["title_zh"]),
        title_en=str(row["title_en"]),
        group=str(row["group"]),
        kind=kind,
        bands=bands,
        clause=clause,
        default=default,
        register_field=str(row.get("register_field", "")),
    )


def _band(raw: object, kind: str) -> Band:
    if kind == "choice":
        row = table(raw, {"choice", "points"}, set())
        return Band(points_x10(row["points"]), choice=str(row["choice"]))
    row = table(raw, {"from", "points"}, set())
    if kind == "amount":
        return Band(points_x10(row["points"]), start=MONEY.read(row["from"]))
    start = row["from"]
    if not isinstance(start, str) or not start.isascii() or not start.isdigit():
        raise FormBroken("人数下限须为整数的文字", "the bound is a whole number as text")
    return Band(points_x10(row["points"]), start=int(start))


def _check_bands(bands: tuple[Band, ...], kind: str) -> None:
    if kind == "choice":
        if len({band.choice for band in bands}) != len(bands):
            raise FormBroken("选项重复", "a choice stands twice")
        return
    if bands[0].start != 0 or any(one.start >= two.start for one, two in pairwise(bands)):
        raise FormBroken("分段须从0起逐段增大", "bands begin at 0 and rise")


def _check_weights(groups: Mapping[str, tuple[str, int]], items: Iterable[Item]) -> None:
    full = dict.fromkeys(groups, 0)
    names: set[str] = set()
    for item in items:
        full[item.group] += item.max_x10
        if item.id in names:
            raise FormBroken(f"指标{item.id}重复", f"item {item.id} stands twice")
        names.add(item.id)
    if sum(weight for _, weight in groups.values()) != FULL_X10:
        raise FormBroken("各大类权重之和须为100", "the weights add up to 100")
    wrong = [name for name, (_, weight) in groups.items() if full[name] != weight]
    if wrong:
        raise FormBroken(
            f"{'、'.join(wrong)}各指标满分之和不等于权重",
            f"full marks of {', '.join(wrong)} are not the weight",
        )


def _grades(raw: object) -> tuple[Grade, ...]:
    grades = tuple(_grade(row) for row in rows(raw))
    if grades[0].from_x10 != 0 or grades[-1].from_x10 > FULL_X10:
        raise FormBroken("等级须从0分起，不超过100分", "grades begin at 0 and end by 100")
    for one, two in pairwise(grades):
        if one.from_x10 >= two.from_x10 or one.line_fen > two.line_fen:
            raise FormBroken("等级和额度须逐级提高", "grades and lines rise")
    if not grades[-1].line_fen:
        raise FormBroken("最高等级须有额度", "the best grade has a line")
    return grades


def _grade(raw: object) -> Grade:
    row = table(raw, {"name", "from", "line"}, _SOURCED)
    clause, default = _source(row)
    return Grade(
        str(row["name"]), points_x10(row["from"]), MONEY.read(row["line"]), clause, default
    )


def _source(row: Mapping[str, object]) -> tuple[str, bool]:
    clause, default = row.get("clause", ""), row.get("default", False)
    if not isinstance(clause, str) or not isinstance(default, bool) or not (clause or default):
        raise FormBroken(
            "须写明条文（clause），或标明为默认值（default = true）",
            "needs a clause, or default = true",
        )
    return clause, default


def _invalid(file: str, key: str, zh: str, en: str) -> SchemeInvalid:
    return SchemeInvalid(field=key, file=file, key=key, rule_zh=zh, rule_en=en)
