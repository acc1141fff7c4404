"""Reads the surveys of a folder; whatever breaks the form is refused by file and key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from households.identification.files import invalid
from households.identification.survey import LINE, Area, Band, Choice, Question, Survey, Surveys
from policy.files import head_of, read_toml, rows, text, texts
from policy.values import DAY, MONEY, WHOLE, FormBroken, one_of, table

_HEAD: Final = {"code", "title_zh", "title_en", "since"}
_NAMES: Final = ("code", "zh", "en")
_KINDS: Final = {"yes_no": "是否", "amount": "金额", "count": "数量", "choice": "单选"}
#: kind of question -> keys that say what its answers are worth
_WORTH: Final = {
    "yes_no": {"points_yes", "points_no"},
    "amount": {"bands"},
    "count": {"bands"},
    "choice": {"choices"},
}


def load_surveys(folder: Path) -> Surveys:
    """The surveys of a folder."""
    found: list[Survey] = []
    for path in sorted(folder.glob("*.toml")):
        one = parse(path.name, read_toml(path, invalid))
        if any((one.code, one.since) == (twin.code, twin.since) for twin in found):
            raise invalid(
                path.name, "survey.since", "同一调查表同日启用两次", "two versions of one day"
            )
        found.append(one)
    return Surveys(tuple(found))


def parse(file: str, raw: object) -> Survey:
    """A survey from plain data, checked as a whole."""
    key = ""
    try:
        whole = table(raw, {"survey", "area", "question"}, set())
        key = "survey"
        head = head_of(whole["survey"], _HEAD, set())
        code, title_zh, title_en = texts(head, ("code", "title_zh", "title_en")).values()
        key = "area"
        areas = [_area(row) for row in rows(whole["area"])]
        _require_single([area.code for area in areas])
        questions = []
        for row in rows(whole["question"]):
            key = f"question.{row.get('code', '?')}"
            questions.append(_question(row, {area.code: area.zh for area in areas}))
        _require_single([question.code for question in questions])
    except FormBroken as error:
        raise invalid(file, key, error.zh, error.en) from error
    return Survey(
        code, title_zh, title_en, DAY.read(head["since"]), str(head.get("note", "")),
        tuple(areas), tuple(questions),
    )  # fmt: skip


def _require_single(codes: list[str]) -> None:
    if len(set(codes)) < len(codes):
        raise FormBroken("代码重复", "a code stands twice")


def _area(raw: Mapping[str, object]) -> Area:
    row = table(raw, {*_NAMES, "hardship_from"}, set())
    code, zh, en = texts(row, _NAMES).values()
    return Area(code, zh, en, WHOLE.read(row["hardship_from"]))


def _question(raw: Mapping[str, object], areas: Mapping[str, str]) -> Question:
    kind = one_of(_KINDS).read(raw.get("kind"))
    worth = _WORTH[kind]
    row = table(raw, {*_NAMES, "area", "kind"} | ({"choices"} & worth), worth)
    code, zh, en = texts(row, _NAMES).values()
    return Question(
        code,
        one_of(areas).read(row["area"]),
        zh,
        en,
        kind,
        points_yes=WHOLE.read(row.get("points_yes", 0)),
        points_no=WHOLE.read(row.get("points_no", 0)),
        bands=tuple(_band(one, kind) for one in rows(row["bands"])) if "bands" in row else (),
        choices=tuple(_choice(one) for one in rows(row["choices"])) if "choices" in row else (),
    )


def _band(raw: Mapping[str, object], kind: str) -> Band:
    row = table(raw, {"points"}, {"below", "from"})
    if ("below" in row) == ("from" in row):
        raise FormBroken("须写明below或from之一", "below or from, and not both")
    read = MONEY.read if kind == "amount" else WHOLE.read
    points = WHOLE.read(row["points"])
    if "from" in row:
        return Band(points, since=read(row["from"]))
    if row["below"] == LINE and kind == "amount":
        return Band(points, below=LINE)
    return Band(points, below=read(row["below"]))


def _choice(raw: Mapping[str, object]) -> Choice:
    row = table(raw, {*_NAMES, "points"}, set())
    code, zh, en = (text(row[name]) for name in _NAMES)
    return Choice(code, zh, en, WHOLE.read(row["points"]))
