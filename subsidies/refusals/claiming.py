"""What a claim is refused for, from its draft to its approval."""

from __future__ import annotations

from kernel.refusals import Refusal


class RouteUnknown(Refusal):
    """A subsidy goes to the lender, the household or the enterprise."""

    zh = "没有“{route}”这一贴息发放方式"
    en = "there is no way of paying subsidies called {route!r}"


class NoSuchClaimPeriod(Refusal):
    """Claims are for the periods that the policy sets."""

    zh = "{day}不是申报期的截止日；距其最近、已结束的一期截至{end}（不含）"
    en = "no claim period ends on {day}; the last one that has ended did so on {end}"


class PeriodNotSettled(Refusal):
    """A period is claimed when its last day is closed."""

    status = 409
    zh = "申报期的最后一日{eve}尚未日终，利息未结清，不能申报"
    en = "the last day of the period, {eve}, is not closed: its interest is not settled"


class ClaimAlreadyMade(Refusal):
    """A lender claims a period once, until the claim is returned or withdrawn."""

    status = 409
    zh = "该机构截至{last}（含）的贴息已有申报（第{claim}号，{state_zh}），不能重复申报"
    en = "this period, whose last day is {last}, is claimed already: claim {claim} is {state_en}"


class NoSubsidyToClaim(Refusal):
    """A claim has at least one row."""

    status = 409
    zh = "截至{last}（含）没有可申报的贴息"
    en = "there is nothing to claim up to and including {last}"


class ClaimNotPositive(Refusal):
    """A claim that takes back more than it asks for waits for the next, or for a clawback."""

    status = 409
    zh = "本期抵扣后合计{total}元，不足申报：留待下期抵扣，或办理追回"
    en = "the rows add up to {total} yuan: they wait for the next claim, or are clawed back"


class LoanOfAnotherLender(Refusal):
    """A claim holds the claiming lender's own loans."""

    zh = "合同{number}不是该机构、该发放方式的贷款"
    en = "contract {number} is no loan of this lender and this way of paying"


class NotAmongTheRows(Refusal):
    """What is left out or taken in again is something that could be claimed."""

    zh = "合同{number}在本期没有可申报的贴息"
    en = "contract {number} has nothing to claim in this period"


class RowsClaimedMeanwhile(Refusal):
    """An entitlement stands in one claim."""

    status = 409
    zh = "有{count}行贴息已被另一申报占用，请重新生成"
    en = "{count} rows were claimed by somebody else meanwhile; draft again"


class ClaimRowsChanged(Refusal):
    """What an office decides on is what was drafted."""

    status = 409
    zh = "第{claim}号申报的明细与冻结时不一致，不能办理"
    en = "the rows of claim {claim} are not those that were frozen"


class ClaimElsewhere(Refusal):
    """A step is taken from the states that the lifecycle names."""

    status = 409
    zh = "第{claim}号申报目前“{state_zh}”，不能办理此步骤"
    en = "claim {claim} is {state_en}: this step is not to be taken now"


class NoticeNumberUsed(Refusal):
    """A notice has a number of its own."""

    status = 409
    zh = "公示编号{number}已使用"
    en = "the number {number} is that of another notice"


class NoticeNotOver(Refusal):
    """Nothing is approved while the notice hangs."""

    status = 409
    zh = "公示期至{last}（含），期满后方可核准"
    en = "the notice hangs up to and including {last}; the claim is approved after that"


class NoticeOver(Refusal):
    """Objections are raised while the notice hangs."""

    status = 409
    zh = "公示期已于{last}届满，不再受理异议"
    en = "the notice ended on {last}; no objection is taken any more"


class ObjectionOpen(Refusal):
    """Nothing is approved before every objection is answered."""

    status = 409
    zh = "尚有{count}件异议未答复"
    en = "{count} objections are not answered yet"


class ObjectionAnswered(Refusal):
    """An objection is answered once."""

    status = 409
    zh = "第{objection}号异议已答复"
    en = "objection {objection} is answered already"


class WordsMissing(Refusal):
    """An objection, an answer or a notice says something."""

    zh = "须写明{what_zh}"
    en = "{what_en} must be given"


class NothingToTakeBack(Refusal):
    """A clawback is of what was claimed and is owed no more."""

    status = 409
    zh = "没有待追回的贴息"
    en = "there is nothing to claw back"


class ClawbackDiffers(Refusal):
    """What is paid back is what is owed back, to the fen."""

    zh = "凭证金额{paid}元，待追回{owed}元，须一致"
    en = "the voucher is of {paid} yuan, {owed} are to be paid back"
