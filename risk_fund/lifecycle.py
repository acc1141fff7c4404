"""The states of a claim on the fund, and who may bring it from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STATES: Final[Mapping[str, str]] = {
    "filed": "已申请",
    "checked": "已复核",
    "reviewed": "已审核",
    "approved": "已批准",
    "paid": "代偿已付",
    "rejected": "已退回",
    "withdrawn": "已撤回",
}

#: a claim in these states is over: nothing is pledged for it any more
OVER: Final = ("paid", "rejected", "withdrawn")


@dataclass(frozen=True, slots=True)
class Decision:
    """A step that somebody decides: the state it leads to, the command that it takes."""

    leads_to: str
    command: str


#: state -> the decision it waits for; a rejection ends in ``rejected``
WAITS_FOR: Final[Mapping[str, Decision]] = {
    "filed": Decision("checked", "risk_fund.check_claim"),
    "checked": Decision("reviewed", "risk_fund.review"),
    "reviewed": Decision("approved", "risk_fund.approve"),
}
#: state -> the only next ones
NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "filed": ("checked", "rejected", "withdrawn"),
    "checked": ("reviewed", "rejected", "withdrawn"),
    "reviewed": ("approved", "rejected", "withdrawn"),
    "approved": ("paid", "withdrawn"),
    "paid": (),
    "rejected": (),
    "withdrawn": (),
}
