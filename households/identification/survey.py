"""A survey of households: questions in areas, asked from a day on, and what answers come to. Pure.

Each answer is worth points; an area whose points reach its mark is one of hardship. The points
help those who vote and decide; they decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from households.identification.refusals import AnswerNotOfItsKind, NoSurvey
from kernel.money import parse_yuan
from kernel.refusals import BadValue
from office.approvals import digest_of

#: stands for the poverty line of the day in a band
LINE: Final = "line"
_MOST_COUNT: Final = 99


@dataclass(frozen=True, slots=True)
class Band:
    """So many points for a number below, or from, a mark; ``LINE`` is the poverty line."""

    points: int
    below: int | str | None = None
    since: int | None = None

    def holds(self, value: int, line_fen: int) -> bool:
        """Whether a number falls in it."""
        if self.below is not None:
            return value < (line_fen if self.below == LINE else int(self.below))
        return self.since is not None and value >= self.since


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a closed list."""

    code: str
    zh: str
    en: str
    points: int


@dataclass(frozen=True, slots=True)
class Area:
    """One of the areas in which a household may be in hardship."""

    code: str
    zh: str
    en: str
    hardship_from: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question: yes_no, amount (yuan), count or choice."""

    code: str
    area: str
    zh: str
    en: str
    kind: str
    points_yes: int = 0
    points_no: int = 0
    bands: tuple[Band, ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def most(self) -> int:
        """The most points it can give."""
        return max(
            self.points_yes,
            self.points_no,
            *(band.points for band in self.bands),
            *(choice.points for choice in self.choices),
        )

    def points(self, answer: object, line_fen: int) -> int:
        """What an answer is worth; one that the question does not take is refused."""
        if self.kind == "yes_no":
            return self.points_yes if self._truth(answer) else self.points_no
        if self.kind == "choice":
            return self._choice(answer).points
        value = self._amount(answer) if self.kind == "amount" else self._count(answer)
        return next((b.points for b in self.bands if b.holds(value, line_fen)), 0)

    def _truth(self, answer: object) -> bool:
        if not isinstance(answer, bool):
            raise self._not_its_kind(answer, "须答是或否", "yes or no")
        return answer

    def _choice(self, answer: object) -> Choice:
        for choice in self.choices:
            if choice.code == answer:
                return choice
        listed = "、".join(choice.code for choice in self.choices)
        raise self._not_its_kind(answer, f"只能是 {listed}", f"one of {listed}")

    def _amount(self, answer: object) -> int:
        try:
            return parse_yuan(str(answer), field=self.code)
        except BadValue as refusal:
            rules = str(refusal.facts["rule_zh"]), str(refusal.facts["rule_en"])
            raise self._not_its_kind(answer, *rules) from refusal

    def _count(self, answer: object) -> int:
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise self._not_its_kind(answer, "须为整数", "a whole number")
        if not 0 <= answer <= _MOST_COUNT:
            raise self._not_its_kind(answer, f"须在0至{_MOST_COUNT}", f"0 to {_MOST_COUNT}")
        return answer

    def _not_its_kind(self, answer: object, zh: str, en: str) -> AnswerNotOfItsKind:
        return AnswerNotOfItsKind(
            field=self.code, question=self.zh, value=str(answer)[:40], rule_zh=zh, rule_en=en
        )


@dataclass(frozen=True, slots=True)
class AreaResult:
    """What the answers come to in an area."""

    area: Area
    points: int
    most: int

    @property
    def hardship(self) -> bool:
        """Whether the area is one of hardship."""
        return self.points >= self.area.hardship_from


@dataclass(frozen=True, slots=True)
class Survey:
    """Questions that are asked from a day on."""

    code: str
    title_zh: str
    title_en: str
    since: date
    note: str
    areas: tuple[Area, ...]
    questions: tuple[Question, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all that it asks."""
        return digest_of(asdict(self) | {"since": self.since.isoformat()})

    def judge(self, answers: Mapping[str, object], line_fen: int) -> list[AreaResult]:
        """Points by area; every question is answered, and no other."""
        known = {question.code: question for question in self.questions}
        for code in answers.keys() - known.keys():
            raise AnswerNotOfItsKind(
                field=code, question=code, value=str(answers[code])[:40],
                rule_zh="表中没有这一项", rule_en="the survey does not ask it",
            )  # fmt: skip
        for code in known.keys() - answers.keys():
            raise AnswerNotOfItsKind(
                field=code, question=known[code].zh, value="",
                rule_zh="未作答", rule_en="no answer was given",
            )  # fmt: skip
        return [
            AreaResult(
                area,
                sum(q.points(answers[q.code], line_fen) for q in self.questions_of(area)),
                sum(q.most for q in self.questions_of(area)),
            )
            for area in self.areas
        ]

    def questions_of(self, area: Area) -> list[Question]:
        """The questions of an area."""
        return [question for question in self.questions if question.area == area.code]


@dataclass(frozen=True, slots=True)
class Surveys:
    """All surveys, each in its versions."""

    versions: tuple[Survey, ...]

    def at(self, code: str, on: date) -> Survey:
        """The version of a survey that is asked on a day."""
        fitting = [one for one in self.versions if one.code == code and one.since <= on]
        if not fitting:
            raise NoSurvey(field="survey", code=code, on=on)
        return max(fitting, key=lambda one: one.since)
