"""Which papers a loan's file must hold, stage by stage, as each lender lists them. Pure.

A list holds for every lender, or for the one whose credit code it names, where it takes the place
of the common one. It asks for the papers of applications handed in from ``since`` on: older files
stay in the cupboard. A *required* paper that is not there stands on the work queue; one that
*blocks* must be there before its stage is done, and before every stage after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

#: stage -> (Chinese, English), in the order in which a loan passes them
STAGES: Final[Mapping[str, tuple[str, str]]] = {
    "application": ("申请", "the application"),
    "investigation": ("调查", "the investigation"),
    "approval": ("审批", "the decision"),
    "signing": ("签约", "signing"),
    "disbursement": ("放款", "paying out"),
    "post_lending": ("贷后", "after lending"),
    "collection": ("催收", "collection"),
    "settlement": ("结清", "settlement"),
}
_ORDER: Final = {stage: place for place, stage in enumerate(STAGES)}
#: stages that a missing paper can hold up
STOPPABLE: Final = ("application", "investigation", "approval", "signing", "disbursement")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a list."""

    code: str
    zh: str
    en: str
    stage: str
    required: bool
    blocks: bool


@dataclass(frozen=True, slots=True)
class PaperList:
    """What one lender, or every lender, asks for."""

    id: str
    title_zh: str
    title_en: str
    #: the lender's unified social credit code; empty: every lender without its own list
    credit_code: str
    #: applications handed in from this day on
    since: date
    papers: tuple[Paper, ...]

    def paper(self, code: str) -> Paper | None:
        """A paper by its code."""
        return next((one for one in self.papers if one.code == code), None)

    def required(self) -> Iterator[Paper]:
        """Papers without which a file is not whole."""
        return (one for one in self.papers if one.required)

    def missing(
        self, on_file: Collection[str], reached: Collection[str], applied_on: date
    ) -> list[Paper]:
        """Required papers of the stages reached that are not on file."""
        if applied_on < self.since:
            return []
        return [p for p in self.required() if p.stage in reached and p.code not in on_file]

    def blocking(self, on_file: Collection[str], stage: str, applied_on: date) -> list[Paper]:
        """Papers not on file that hold up a stage: its own, and those of the stages before."""
        if applied_on < self.since:
            return []
        return [
            one
            for one in self.papers
            if one.blocks and _ORDER[one.stage] <= _ORDER[stage] and one.code not in on_file
        ]


NONE: Final = PaperList("none", "", "", "", date.max, ())


@dataclass(frozen=True, slots=True)
class PaperRules:
    """All lists, by credit code; the common one under the empty code."""

    lists: Mapping[str, PaperList] = field(default_factory=dict)

    def of(self, credit_code: str) -> PaperList:
        """The list that a lender goes by; an empty one where there is none."""
        return self.lists.get(credit_code) or self.lists.get("") or NONE

    def block(self) -> bool:
        """Whether any list holds anything up."""
        return any(paper.blocks for one in self.lists.values() for paper in one.papers)
