"""Tables of the village funds (贫困村互助资金).

*Founding*: a fund, one for a village, of an organisation that lends. *Members*: one for each
household, with a stake that stays theirs, and groups with joint liability. *Votes*: one household,
one ballot. *Money*: what comes in and goes out beside the loans, fee income set apart, and the
monthly public list. All of it is recorded; who is a member today with how much, and which village
is taken, is running state, recomputable. A fund's loans are loans of ``loans/``.
"""

from __future__ import annotations

from mutual_aid.models.founding import (
    FundClosing,
    FundFeeRate,
    FundOpening,
    FundPlace,
    VillageFund,
)
from mutual_aid.models.members import (
    FundMember,
    GroupLeaving,
    GroupMember,
    MemberLeaving,
    MemberPosition,
    MutualGroup,
)
from mutual_aid.models.money import FeeSharing, MutualMovement, PublicList
from mutual_aid.models.voting import MutualBallot, MutualVote, VoteExtension, VoteResult

__all__ = [
    "FeeSharing",
    "FundClosing",
    "FundFeeRate",
    "FundMember",
    "FundOpening",
    "FundPlace",
    "GroupLeaving",
    "GroupMember",
    "MemberLeaving",
    "MemberPosition",
    "MutualBallot",
    "MutualGroup",
    "MutualMovement",
    "MutualVote",
    "PublicList",
    "VillageFund",
    "VoteExtension",
    "VoteResult",
]
