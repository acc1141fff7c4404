"""A value with the document and clause behind it, and what the schema says of a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from policy.values import Kind

V = TypeVar("V")
Force = Literal["flat", "in_principle"]
FORCES: Final = ("flat", "in_principle")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[V]):
    """A value with the document and clause behind it."""

    value: V
    #: id of the document
    document: str
    #: how papers cite the document: its number, or its title where the number is not known
    cited_as: str
    #: the clause, in the document's words where they are known; empty for a bare default
    clause: str
    #: no source gives this value: a county may change it in the policy file
    default: bool
    #: what a reader should know about the value
    note: str = ""
    force: Force = "flat"

    @property
    def cite(self) -> str:
        """Document and clause in one line, as refusals and papers print it."""
        said = self.clause or "未见条文"
        return f"{self.cited_as}：{said}{'（默认值）' if self.default else ''}"

    @property
    def in_principle(self) -> bool:
        """Whether a second person may pass it with a reason."""
        return self.force == "in_principle"


@dataclass(frozen=True, slots=True)
class Line:
    """What the schema says of a parameter beside its type."""

    kind: Kind[Any]
    zh: str
    en: str
    optional: bool = False


def line(kind: Kind[Any], zh: str, en: str, *, optional: bool = False) -> Line:
    """A line of the schema; ``optional``: no document need say anything."""
    return Line(kind, zh, en, optional)
