"""A rating scheme as data: items with bands of points, and grades with lines.

Scores are whole tenths of a point (``*_x10``: 77.5 points are 775). The items of a group add up to
the group's weight, the groups to 100. A household's answers, one for each item, are text as it
stands on the sheet; ``assess`` turns them into points item by item, a score, a grade and a line,
and says for each point which band gave it. Nothing here knows a session, a day or a user.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credit.refusals import AnswerInvalid, AnswersIncomplete
from kernel.money import format_yuan, parse_yuan
from kernel.refusals import BadValue

#: a full score
FULL_X10: Final = 1_000
_COUNT: Final = re.compile(r"0|[1-9][0-9]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Band:
    """Answers that earn the same points: one choice, or numbers from a bound on."""

    points_x10: int
    #: the choice; empty for numbers
    choice: str = ""
    #: lowest number of the band (people, or fen); 0 for choices
    start: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the scheme."""

    id: str
    title_zh: str
    title_en: str
    group: str
    #: choice, count (people) or amount (yuan)
    kind: str
    #: best first for choices, rising for numbers
    bands: tuple[Band, ...]
    clause: str
    default: bool
    #: field of the register that can answer it; empty where only people can
    register_field: str = ""

    @property
    def max_x10(self) -> int:
        """The most points the item gives."""
        return max(band.points_x10 for band in self.bands)

    def canonical(self, answer: str) -> str:
        """The answer in the one form in which it is kept."""
        return answer if self.kind == "choice" else self._written(self._number(answer))

    def band(self, answer: str) -> Band:
        """The band an answer falls in."""
        if self.kind == "choice":
            found = [band for band in self.bands if band.choice == answer]
            if not found:
                names = "、".join(band.choice for band in self.bands)
                raise self._invalid(answer, f"只能是{names}之一", f"one of {names}")
            return found[0]
        number = self._number(answer)
        return [band for band in self.bands if band.start <= number][-1]

    def shown(self, band: Band) -> str:
        """A band in words."""
        if self.kind == "choice":
            return band.choice
        unit = "人" if self.kind == "count" else "元"
        following = [other.start for other in self.bands if other.start > band.start]
        upper = f"，{self._written(following[0])}{unit}以下" if following else ""
        return f"{self._written(band.start)}{unit}（含）以上{upper}"

    def _number(self, answer: str) -> int:
        if self.kind == "amount":
            try:
                return parse_yuan(answer, field=self.id)
            except BadValue as refusal:
                facts = refusal.facts
                raise self._invalid(
                    answer, str(facts["rule_zh"]), str(facts["rule_en"])
                ) from refusal
        if not _COUNT.fullmatch(answer):
            raise self._invalid(answer, "须为0至99的整数", "a whole number, 0 to 99")
        return int(answer)

    def _written(self, number: int) -> str:
        return format_yuan(number) if self.kind == "amount" else str(number)

    def _invalid(self, answer: str, zh: str, en: str) -> AnswerInvalid:
        return AnswerInvalid(
            field=self.id, item=self.title_zh, value=answer[:40], rule_zh=zh, rule_en=en
        )


@dataclass(frozen=True, slots=True)
class Grade:
    """From so many points on, this grade and this line."""

    name: str
    from_x10: int
    line_fen: int
    clause: str
    default: bool


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Why an item gave the points it gave."""

    item: str
    title_zh: str
    group: str
    answer: str
    band: str
    points_x10: int
    max_x10: int
    clause: str
    default: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """A household's rating under a scheme, item by item."""

    answers: Mapping[str, str]
    items: tuple[ItemScore, ...]
    score_x10: int
    grade: Grade

    @property
    def line_fen(self) -> int:
        """The credit line that the grade gives."""
        return self.grade.line_fen


@dataclass(frozen=True, slots=True)
class Scheme:
    """A rating scheme in one version."""

    id: str
    version: int
    title_zh: str
    title_en: str
    note: str
    sources: tuple[str, ...]
    #: group → (title, weight × 10)
    groups: Mapping[str, tuple[str, int]]
    items: tuple[Item, ...]
    #: rising
    grades: tuple[Grade, ...]

    @property
    def pass_x10(self) -> int:
        """The least score that earns a line."""
        return min(grade.from_x10 for grade in self.grades if grade.line_fen)

    def grade_of(self, score_x10: int) -> Grade:
        """The grade of a score."""
        return [grade for grade in self.grades if grade.from_x10 <= score_x10][-1]

    def assess(self, answers: Mapping[str, str]) -> Assessment:
        """Points, score, grade and line of a household's answers."""
        wrong = sorted({item.id for item in self.items} ^ set(answers))
        if wrong:
            titles = {item.id: item.title_zh for item in self.items}
            raise AnswersIncomplete(
                field=wrong[0], items="、".join(titles.get(name, name) for name in wrong)
            )
        scores = tuple(_score(item, answers[item.id]) for item in self.items)
        total = sum(score.points_x10 for score in scores)
        kept = {score.item: score.answer for score in scores}
        return Assessment(kept, scores, total, self.grade_of(total))

    def content(self) -> str:
        """The scheme as canonical JSON: what is recorded beside the ratings made with it."""
        return json.dumps(_content(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content().encode()).hexdigest()


def show_points(points_x10: int) -> str:
    """Tenths of a point as people write them: 775 is "77.5", 800 is "80"."""
    whole, tenth = divmod(points_x10, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _score(item: Item, answer: str) -> ItemScore:
    kept = item.canonical(answer)
    band = item.band(kept)
    return ItemScore(
        item=item.id,
        title_zh=item.title_zh,
        group=item.group,
        answer=kept,
        band=item.shown(band),
        points_x10=band.points_x10,
        max_x10=item.max_x10,
        clause=item.clause,
        default=item.default,
    )


def _content(scheme: Scheme) -> dict[str, object]:
    """The very form that ``scheme_file.parse`` reads."""
    return {
        "scheme": {
            "id": scheme.id,
            "version": scheme.version,
            "title_zh": scheme.title_zh,
            "title_en": scheme.title_en,
            "note": scheme.note,
            "sources": list(scheme.sources),
        },
        "group": [
            {"id": name, "title_zh": title, "weight": show_points(weight)}
            for name, (title, weight) in scheme.groups.items()
        ],
        "item": [_item_content(item) for item in scheme.items],
        "grade": [
            {
                "name": grade.name,
                "from": show_points(grade.from_x10),
                "line": format_yuan(grade.line_fen),
                "clause": grade.clause,
                "default": grade.default,
            }
            for grade in scheme.grades
        ],
    }


def _item_content(item: Item) -> dict[str, object]:
    if item.kind == "choice":
        bands = [{"choice": b.choice, "points": show_points(b.points_x10)} for b in item.bands]
    else:
        write = format_yuan if item.kind == "amount" else str
        bands = [{"from": write(b.start), "points": show_points(b.points_x10)} for b in item.bands]
    return {
        "id": item.id,
        "title_zh": item.title_zh,
        "title_en": item.title_en,
        "group": item.group,
        "kind": item.kind,
        "register_field": item.register_field,
        "clause": item.clause,
        "default": item.default,
        "bands": bands,
    }
