"""What may become of a claim: one table of moves.

A claim goes through three offices: the cooperative drafts, checks and submits it; the poverty
office recomputes, confirms and publishes it; the finance bureau approves and pays it, file by file,
and the cooperative confirms the receipt. A move says from which states it leads where, the right it
takes, and whose steps the mover may not have taken: two steps of one claim that watch each other
are never one person's, under whatever account. A claim that is returned or withdrawn is over; the
cooperative drafts the next version of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from office.stages import Move

DRAFTED: Final = "drafted"
CHECKED: Final = "checked"
SUBMITTED: Final = "submitted"
RECOMPUTED: Final = "recomputed"
CONFIRMED: Final = "confirmed"
NOTICED: Final = "noticed"
APPROVED: Final = "approved"
FILED: Final = "filed"
SENT: Final = "sent"
PART_PAID: Final = "part_paid"
PAID: Final = "paid"
RECEIPTED: Final = "receipted"
RETURNED: Final = "returned"
WITHDRAWN: Final = "withdrawn"

#: state -> (Chinese, English)
TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        DRAFTED: ("已生成", "drafted"),
        CHECKED: ("已复核", "checked"),
        SUBMITTED: ("已申报", "submitted"),
        RECOMPUTED: ("已复算", "recomputed"),
        CONFIRMED: ("已审核", "confirmed"),
        NOTICED: ("公示中", "under public notice"),
        APPROVED: ("已核准", "approved"),
        FILED: ("已制付款文件", "payment file made"),
        SENT: ("已送银行", "sent to the bank"),
        PART_PAID: ("部分退票", "partly sent back"),
        PAID: ("已拨付", "paid"),
        RECEIPTED: ("已回执", "receipted"),
        RETURNED: ("已退回", "returned"),
        WITHDRAWN: ("已撤回", "withdrawn"),
    }
)

#: part paid where the bank has paid nothing at all yet
ALL_RETURNED: Final = ("全部退票", "all sent back")
#: a step from filed back to where the file was made
DISCARDED: Final = ("付款文件已作废", "payment file discarded")

_COOPERATIVE: Final = (DRAFTED, CHECKED, SUBMITTED)
_POVERTY_OFFICE: Final = (RECOMPUTED, CONFIRMED, NOTICED)

#: the claim holds its entitlements
ALIVE: Final = frozenset(TITLES) - {RETURNED, WITHDRAWN}
#: the treasury has been asked for the money
CLAIMED: Final = ALIVE - {DRAFTED, CHECKED}


MOVES: Final[Mapping[str, Move]] = MappingProxyType(
    {
        "check": Move("subsidies.check", (DRAFTED,), CHECKED, (DRAFTED,)),
        "submit": Move("subsidies.submit", (CHECKED,), SUBMITTED, (DRAFTED, CHECKED)),
        "withdraw": Move("subsidies.withdraw", (DRAFTED, CHECKED), WITHDRAWN),
        "recompute": Move("subsidies.recompute", (SUBMITTED,), RECOMPUTED, _COOPERATIVE),
        "confirm": Move("subsidies.confirm", (RECOMPUTED,), CONFIRMED, (*_COOPERATIVE, RECOMPUTED)),
        "notice": Move("subsidies.notice", (CONFIRMED,), NOTICED, _COOPERATIVE),
        "approve": Move(
            "subsidies.approve", (NOTICED,), APPROVED, (*_COOPERATIVE, *_POVERTY_OFFICE)
        ),
        "return": Move(
            "subsidies.return",
            (SUBMITTED, RECOMPUTED, CONFIRMED, NOTICED, APPROVED),
            RETURNED,
            _COOPERATIVE,
        ),
        "file": Move(
            "subsidies.pay",
            (APPROVED, PART_PAID),
            FILED,
            (*_COOPERATIVE, *_POVERTY_OFFICE, APPROVED),
        ),
        "discard": Move("subsidies.pay", (FILED,), APPROVED, undoes=True),
        "discard_again": Move("subsidies.pay", (FILED,), PART_PAID, undoes=True),
        "send": Move("subsidies.send", (FILED,), SENT, (*_COOPERATIVE, *_POVERTY_OFFICE, FILED)),
        "answer": Move("subsidies.bank_return", (SENT,), PAID),
        "answer_in_part": Move("subsidies.bank_return", (SENT,), PART_PAID),
        "give_back": Move("subsidies.approve_give_back", (PART_PAID,), PAID),
        "receipt": Move("subsidies.receipt", (PAID,), RECEIPTED),
    }
)
