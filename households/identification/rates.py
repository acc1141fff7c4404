"""Rates of finding and leaving poverty, each with its numerator and denominator named. Pure.

A rate is a pair of whole numbers and the names of both; in parts per million it is rounded once,
half up. A denominator of zero gives no rate. A *limit* is a dated rule on one: below, at most or
at least; it is held against the exact fraction, never against the rounded one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from households.identification.refusals import NoPovertyLine
from kernel.money import round_half_up

_MILLION: Final = 1_000_000

#: code -> (Chinese, English, numerator zh, en, denominator zh, en)
NAMES: Final[Mapping[str, tuple[str, str, str, str, str, str]]] = MappingProxyType(
    {
        "lifting": (
            "脱贫率", "share lifted out",
            "本年脱贫人口", "people lifted out in the year",
            "年初贫困人口", "poor people at the year's start",
        ),
        "falling_back": (
            "返贫率", "share fallen back",
            "本年返贫人口", "people fallen back in the year",
            "此前脱贫人口", "people lifted out earlier",
        ),
        "wrongly_exited": (
            "错退率", "share wrongly lifted out",
            "抽查错退人口", "people wrongly lifted out among those asked",
            "抽查脱贫人口", "people lifted out who were asked",
        ),
        "missed": (
            "漏评率", "share missed",
            "抽查漏评人口", "people missed among those asked",
            "抽查未建档立卡农村人口", "rural people outside the register who were asked",
        ),
        "accuracy": (
            "识别准确率", "accuracy of finding",
            "核查无误人口", "people found rightly",
            "核查人口", "people checked",
        ),
        "village_accuracy": (
            "贫困村识别准确率", "accuracy of finding villages",
            "核查无误村", "villages found rightly",
            "核查村", "villages checked",
        ),
        "approval": (
            "群众认可度", "approval of the people",
            "认可户", "households that approve",
            "调查户", "households asked",
        ),
        "incidence": (
            "贫困发生率", "poverty incidence",
            "贫困人口", "poor people",
            "农村人口", "rural people",
        ),
        "combined_incidence": (
            "综合贫困发生率", "combined poverty incidence",
            "未脱贫人口＋漏评人口＋错退人口", "people still poor, missed and wrongly lifted out",
            "农村人口", "rural people",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """A numerator over a denominator, and what both count."""

    code: str
    numerator: int
    denominator: int

    @property
    def ppm(self) -> int | None:
        """Parts per million; None over a denominator of zero."""
        if self.denominator == 0:
            return None
        return round_half_up(self.numerator * _MILLION, self.denominator)

    @property
    def names(self) -> tuple[str, str, str, str, str, str]:
        """Chinese and English of the rate, of its numerator, of its denominator."""
        return NAMES[self.code]


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated rule on a rate: below, at most, or at least so many parts per million."""

    code: str
    zh: str
    en: str
    effective_on: date
    #: below, most or least
    how: str
    ppm: int
    clause: str

    def met_by(self, rate: Rate) -> bool | None:
        """Whether the exact fraction keeps it; None where there is none."""
        if rate.denominator == 0:
            return None
        left, right = rate.numerator * _MILLION, self.ppm * rate.denominator
        if self.how == "below":
            return left < right
        return left <= right if self.how == "most" else left >= right


@dataclass(frozen=True, slots=True)
class PovertyLine:
    """The line of a year, fen a person and year."""

    year: int
    value_fen: int
    clause: str
    default: bool
    note: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The poverty lines by year, and the limits of leaving poverty."""

    lines: Mapping[int, PovertyLine]
    limits: Sequence[Limit]

    def line(self, year: int) -> PovertyLine:
        """The line of a year: the last one on or before it."""
        known = [one for one in self.lines if one <= year]
        if not known:
            raise NoPovertyLine(field="year", year=year)
        return self.lines[max(known)]

    def limit(self, code: str, on: date) -> Limit | None:
        """The limit on a rate that is in force on a day; None: there is none yet."""
        fitting = [one for one in self.limits if one.code == code and one.effective_on <= on]
        return max(fitting, key=lambda one: one.effective_on, default=None)


def combined_incidence(*, poor: int, missed: int, wrongly_exited: int, rural: int) -> Rate:
    """综合贫困发生率: who is still poor, was missed or wrongly lifted out, of the rural people."""
    return Rate("combined_incidence", poor + missed + wrongly_exited, rural)


def accuracy(*, checked: int, wrong: int) -> Rate:
    """识别准确率: whoever was checked and not found wrongly."""
    return Rate("accuracy", checked - wrong, checked)
