"""What a loan of a village fund may be refused for, and what its groups may not do meanwhile."""

from __future__ import annotations

from kernel.refusals import Refusal


class LenderUnfitForMode(Refusal):
    """A village fund lends in the mode of village funds alone, and nobody else does."""

    zh = "互助式借款只能由互助资金组织发放，互助资金组织也只能发放互助式借款"
    en = "a village fund lends mutual loans alone, and nobody else lends them"


class FundDoesNotLend(Refusal):
    """A fund lends once it is open and its members have paid in what the rules ask for."""

    status = 409
    zh = "该互助资金组织目前不能发放借款（未成立、已终止或互助金未达到要求）"
    en = "this village fund does not lend: it is not open, has ended, or its stakes are too few"


class FundOfAnotherVillage(Refusal):
    """One village, one fund: it lends to households of its village."""

    zh = "农户{number}不在本社所在村，互助资金不得跨村发放"
    en = "household {number} does not live in the fund's village; a fund lends in its village alone"


class NoJointGroup(Refusal):
    """A fund lends to households that stand in one of its groups."""

    zh = "农户{number}不在本社的联保小组内"
    en = "household {number} is in no joint group of this fund"


class JointGroupSize(Refusal):
    """A group has so many households."""

    zh = "联保小组须有{lowest}至{highest}户，现为{members}户"
    en = "a joint group has {lowest} to {highest} households; there are {members}"


class JointGroupOwes(Refusal):
    """A group's next loan only after the earlier ones are paid."""

    status = 409
    zh = "该联保小组还有未结清的借款或未结束的申请（{number}），还清后方可再借"
    en = "the joint group still has a loan or an application ({number}); it is paid off first"


class FeeRateDiffers(Refusal):
    """The usage fee is the one the members decided, for everybody."""

    zh = "占用费率{rate}%与社员确定的{decided}%不一致"
    en = "the usage fee of {rate} % is not the {decided} % that the members decided"


class FundMoneyShort(Refusal):
    """A fund pays out what it has."""

    status = 409
    zh = "互助资金账上可用{held}元，不足以支付{wanted}元"
    en = "the fund holds {held} yuan, which does not pay {wanted} yuan"


class ExtensionNotVoted(Refusal):
    """A fund's loan runs on only by a vote of the members."""

    status = 409
    zh = "合同{number}为互助资金借款，展期至{wanted}须先经社员表决同意"
    en = "contract {number} is of a village fund: running on until {wanted} takes a members' vote"


class JointMemberElsewhere(Refusal):
    """A household stands in one group."""

    status = 409
    zh = "农户{number}已在一个联保小组内"
    en = "household {number} is in a joint group already"


class HouseholdStillBound(Refusal):
    """Who owes a fund, or stands up for somebody who does, stays until it is paid."""

    status = 409
    zh = "农户{number}或其联保小组还有未结清的借款或未结束的申请（{loan}），不能退出"
    en = "household {number} or its joint group still has a loan or an application ({loan})"
