"""A procedure: the dated, ordered steps by which a household is found. Pure.

A step says who may take it (a command of the rights table, and how wide the region in that
person's charge must be), what it needs (a vote, papers, a document, a survey), how long its list
hangs in public, and who may not take it because of an earlier step. One step writes the finding;
where households are watched, a last one ends the watching.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from households.identification.refusals import NoProcedure, VoteWithoutQuorum
from households.models import Status

#: kind of case -> (Chinese, English, what it finds)
KINDS: Final[Mapping[str, tuple[str, str, Status]]] = MappingProxyType(
    {
        "identify": ("识别", "identification", Status.REGISTERED),
        "readmit": ("重新纳入", "readmission", Status.REGISTERED),
        "lift": ("脱贫退出", "lifted out", Status.LIFTED),
        "fall_back": ("返贫", "fallen back", Status.FALLEN_BACK),
        "remove": ("清退", "removal", Status.REMOVED),
        "monitor": ("纳入监测", "watching", Status.MONITORED),
    }
)

#: level of a region -> (Chinese, English, digits of its scope)
LEVELS: Final[Mapping[str, tuple[str, str, int]]] = MappingProxyType(
    {
        "village": ("村", "village", 12),
        "township": ("乡镇", "township", 9),
        "county": ("县", "county", 6),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure."""

    code: str
    zh: str
    en: str
    #: the right it takes
    command: str
    #: village, township or county: what the person's scope holds at least
    level: str
    #: steps whose persons may not take this one
    other_than: tuple[str, ...] = ()
    #: it is decided by ballot
    vote: bool = False
    #: share of those with a vote who must be there, as (part, whole)
    quorum: tuple[int, int] = (0, 1)
    #: minutes or photographs belong to it
    papers: bool = False
    #: the number of a document or of the minutes belongs to it
    document: bool = False
    #: the household has answered the survey before it
    survey: bool = False
    #: days that its list hangs in public; 0: it does not
    notice_days: int = 0
    #: it writes what the household is found to be
    finding: bool = False
    #: it ends the watching
    ends_watching: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """Dated steps for some kinds of case."""

    code: str
    title_zh: str
    title_en: str
    document: str
    kinds: tuple[str, ...]
    effective_on: date
    #: first day on which no case may begin by it any more; cases that run end by it
    ends_on: date | None
    clause: str
    note: str
    steps: tuple[Step, ...]

    def place(self, code: str) -> int:
        """The place of a step, from 1; 0: there is no such step."""
        codes = [step.code for step in self.steps]
        return codes.index(code) + 1 if code in codes else 0

    def after(self, done: int) -> Step | None:
        """The step that follows so many; None: there is none."""
        return self.steps[done] if done < len(self.steps) else None

    def begins(self, on: date) -> bool:
        """Whether a case may begin by it on a day."""
        return self.effective_on <= on and (self.ends_on is None or on < self.ends_on)

    def state(self, done: int) -> str:
        """The state of a case after so many steps, none of them refused."""
        if done == len(self.steps):
            return "closed"
        return "standing" if any(step.finding for step in self.steps[:done]) else "open"


@dataclass(frozen=True, slots=True)
class Procedures:
    """All procedures, by code."""

    by_code: Mapping[str, Procedure]

    def get(self, code: str) -> Procedure:
        """A procedure by its code."""
        if code not in self.by_code:
            raise NoProcedure(field="procedure", what=code, on="—")
        return self.by_code[code]

    def at(self, kind: str, on: date) -> Procedure:
        """The procedure by which a case of a kind begins on a day, the latest one."""
        fitting = [p for p in self.by_code.values() if kind in p.kinds and p.begins(on)]
        if not fitting:
            title = KINDS[kind][0] if kind in KINDS else kind
            raise NoProcedure(field="kind", what=title, on=on)
        return max(fitting, key=lambda p: p.effective_on)

    def all(self) -> Sequence[Procedure]:
        """Every procedure, by day of effect."""
        return sorted(self.by_code.values(), key=lambda p: (p.effective_on, p.code))


@dataclass(frozen=True, slots=True)
class Vote:
    """How the ballots of one case fell."""

    votes_for: int
    votes_against: int
    abstained: int

    @property
    def ballots(self) -> int:
        """All of them."""
        return self.votes_for + self.votes_against + self.abstained

    def carried(self, present: int) -> bool:
        """More than half of those who were there were for it."""
        return 2 * self.votes_for > present


def require_quorum(step: Step, *, eligible: int, present: int) -> None:
    """Refuse a meeting to which too few of those with a vote came."""
    part, whole = step.quorum
    if present * whole < eligible * part:
        raise VoteWithoutQuorum(
            field="present",
            present=present,
            eligible=eligible,
            needed=-(-eligible * part // whole),
        )
