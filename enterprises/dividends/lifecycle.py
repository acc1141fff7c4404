"""What may become of a round: one table of moves.

The close finds a round; the enterprise's declaration is entered, the village checks it after its
notice, finance finds the money in the pool, the poverty office approves it, finance pays it by file
and the village hands in the signed list. A move says from which states it leads where, the right
it takes, and whose steps the mover may not have taken. A round that is returned is declared again:
its next version.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from office.stages import Move

DUE: Final = "due"
DECLARED: Final = "declared"
CHECKED: Final = "checked"
FUNDED: Final = "funded"
APPROVED: Final = "approved"
FILED: Final = "filed"
SENT: Final = "sent"
PART_PAID: Final = "part_paid"
PAID: Final = "paid"
RECEIPTED: Final = "receipted"
RETURNED: Final = "returned"

#: state -> (Chinese, English)
TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        DUE: ("待企业申报", "waiting to be declared"),
        DECLARED: ("已申报", "declared"),
        CHECKED: ("村已核对", "checked by the village"),
        FUNDED: ("资金已到位", "funded"),
        APPROVED: ("已审批", "approved"),
        FILED: ("已制付款文件", "in a payment file"),
        SENT: ("已送银行", "sent to the bank"),
        PART_PAID: ("部分退票", "partly sent back"),
        PAID: ("已发放", "paid"),
        RECEIPTED: ("已签收", "receipted"),
        RETURNED: ("已退回", "returned"),
    }
)

#: the pool holds money for it, or has paid it
GRANTED: Final = frozenset({APPROVED, FILED, SENT, PART_PAID, PAID, RECEIPTED})
#: nothing is declared, or what was is declared anew
UNDECLARED: Final = frozenset({DUE, RETURNED})
#: nothing is owed any more
SETTLED: Final = frozenset({PAID, RECEIPTED})


_GRANTING: Final = (DECLARED, CHECKED, FUNDED)

MOVES: Final[Mapping[str, Move]] = MappingProxyType(
    {
        "declare": Move("enterprises.declare", (DUE, RETURNED), DECLARED),
        "check": Move("enterprises.check", (DECLARED,), CHECKED, (DECLARED,)),
        "fund": Move("enterprises.fund", (CHECKED,), FUNDED, (DECLARED, CHECKED)),
        "approve": Move("enterprises.approve", (FUNDED,), APPROVED, _GRANTING),
        # everything is re-invested: nothing is to be paid
        "approve_kept": Move("enterprises.approve", (FUNDED,), PAID, _GRANTING),
        "return": Move("enterprises.return", _GRANTING, RETURNED, (DECLARED,)),
        "file": Move(
            "enterprises.pay", (APPROVED, PART_PAID), FILED, (DECLARED, CHECKED, APPROVED)
        ),
        "discard": Move("enterprises.pay", (FILED,), APPROVED, undoes=True),
        "discard_again": Move("enterprises.pay", (FILED,), PART_PAID, undoes=True),
        "send": Move("enterprises.send", (FILED,), SENT, (DECLARED, CHECKED, APPROVED, FILED)),
        "answer": Move("enterprises.bank_return", (SENT,), PAID),
        "answer_in_part": Move("enterprises.bank_return", (SENT,), PART_PAID),
        # what is left of it can never be paid, and was given up by two people
        "release": Move("enterprises.approve_release", (APPROVED, PART_PAID), PAID),
        "receipt": Move("enterprises.receipt", (PAID,), RECEIPTED),
    }
)
