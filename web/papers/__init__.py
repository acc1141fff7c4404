"""Papers: what the loans' room says of a loan, drawn on A4 as PDF by Typst.

The data is the room's (``loans.documents``); the edge turns it into words (``plain``) and draws it
with the template of its kind (``render``). One table, ``READ``, names the kinds that are a read
like any other; a contract and a slip are printed by commands of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from loans import documents
from loans.documents import Desk
from web.papers.render import draw


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper."""

    title: str
    gather: Callable[[Desk, str], object]
    #: the loan's state in which a page offers it; empty: any
    state: str = ""


#: the name in addresses and at the terminal -> papers with a masked identity number
READ: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "interest": Kind("利息计算单", documents.interest),
        "notice": Kind("逾期贷款催收通知书", documents.notice, "overdue"),
        "settled": Kind("贷款结清证明", documents.settled, "settled"),
    }
)
#: the two that show the whole number, and are recorded
PRINTED: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "contract": Kind("借款合同", documents.print_contract),
        "slip": Kind("借据", documents.print_slip),
    }
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper as a file."""

    #: what the file is called
    name: str
    content: bytes


def drawn(kind: str, number: str, paper: object) -> Drawn:
    """The file of a paper that a room has made out."""
    title = {**READ, **PRINTED}[kind].title
    return Drawn(f"{title}-{number}.pdf", draw(kind, paper))


__all__ = ["PRINTED", "READ", "Drawn", "Kind", "drawn"]
