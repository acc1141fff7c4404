"""What a dividend is refused for: its round, its declaration, its funding, its payment."""

from __future__ import annotations

from kernel.refusals import Refusal


class RoundElsewhere(Refusal):
    """A step is taken from where the round stands."""

    status = 409
    zh = "第{round}号分红目前{state_zh}，不能办理此步"
    en = "dividend round {round} is {state_en}: this step is not to be taken"


class DividendRowsChanged(Refusal):
    """What is checked, approved and paid is what was declared."""

    status = 409
    zh = "第{round}号分红的明细与申报时不一致"
    en = "the rows of dividend round {round} are not those that were declared"


class NobodyToShare(Refusal):
    """A dividend has at least one household."""

    status = 409
    zh = "第{round}号分红在本期没有可分红的联结户"
    en = "nobody is linked in the period of dividend round {round}, or nothing is left to share"


class ProfitOutOfRange(Refusal):
    """A profit, and what is given on top, is an amount of this world."""

    zh = "利润和追加分红须在0至{maximum}元之间"
    en = "profit and what is given on top lie between 0 and {maximum} yuan"


class ProfitNotAsked(Refusal):
    """Terms without a share of the profit ask for no profit."""

    zh = "协议本年度没有利润分成条款，不应申报利润{profit}元；多分的部分请填追加分红"
    en = "the terms of the year share no profit: {profit} yuan of it are not to be declared"


class ShareWithoutStakes(Refusal):
    """What goes beyond the terms is split over the stakes."""

    zh = "第{round}号分红的联结户都没有股份，超出条款的{above}元无从分摊"
    en = "no household of dividend round {round} has a stake to split {above} yuan over"


class StakesTooGreatToSplit(Refusal):
    """The set-based split holds stakes up to a bound, by test."""

    zh = "第{round}号分红的股份合计过大，请拆分协议"
    en = "the stakes of dividend round {round} are too great to be split: divide the agreement"


class DeclarationUndocumented(Refusal):
    """A declaration, a receipt names its paper."""

    zh = "须填写{what_zh}编号"
    en = "the number of the {what_en} is required"


class VillageNoticeShort(Refusal):
    """The list hangs in the village so many days before it is checked."""

    status = 409
    zh = "分红名单须在村内公示{days}日：{posted}起公示的，{until}及以后方可核对"
    en = (
        "the list hangs in the village for {days} days: posted on {posted}, checked from {until} on"
    )


class NoticeBeforeDeclaration(Refusal):
    """What hangs in the village is what was declared."""

    zh = "公示首日{posted}须在申报日{declared}至今日之间"
    en = "the notice began on {posted}: not before the declaration of {declared} nor in the future"


class PayerNotTheEnterprise(Refusal):
    """A dividend is paid by the enterprise of the agreement alone."""

    zh = "付款人{payer}不是协议企业{enterprise}：分红只能由企业自己出资"
    en = "{payer} is not {enterprise}: a dividend is paid by the enterprise of the agreement alone"


class PublicMoneyNoDividend(Refusal):
    """No public or cooperative money ever pays a dividend."""

    zh = "{payer}（{kind_zh}）的资金不得用于分红：财政、银行、基金和互助资金一律不得代企业分红"
    en = "the money of {payer} ({kind_en}) pays no dividend: an enterprise pays it from its own"


class FundingAmountWrong(Refusal):
    """A payment into the pool has an amount."""

    zh = "缴存金额须大于0"
    en = "a payment into the pool is above zero"


class DividendAboveFunding(Refusal):
    """What is declared is covered by what the enterprise has paid in."""

    status = 409
    zh = "应付现金{needed}元，企业分红专户可用{free}元，尚差{short}元"
    en = "{needed} yuan are to be paid, the enterprise's pool has {free} free: {short} are missing"


class NoDividendToPay(Refusal):
    """A payment file has at least one row."""

    status = 409
    zh = "第{round}号分红没有可付款的农户"
    en = "dividend round {round} has nobody to be paid now"


class HouseholdNotInRound(Refusal):
    """An account is noted of a household."""

    status = 404
    zh = "没有这一农户"
    en = "there is no such household"


class NotPrepaid(Refusal):
    """A settlement compares what was paid in advance with what is due."""

    status = 409
    zh = "第{round}号分红不是预付，或本期尚未结束，或已结算"
    en = "dividend round {round} was not paid in advance, its period runs, or it is settled already"


class SurplusShort(Refusal):
    """What goes back to an enterprise is neither granted to households nor due to them."""

    status = 409
    zh = "分红专户可用{free}元，到期未审批的分红{owed}元，不能退回{wanted}元"
    en = (
        "the pool has {free} yuan free and {owed} yuan of dividends are due:"
        " {wanted} yuan do not go back"
    )


class DividendNotOwed(Refusal):
    """What is given up is what a round owes a household still."""

    status = 409
    zh = "第{round}号分红不欠该户，或已付清、已退回专户"
    en = "dividend round {round} owes that household nothing"


class ReleaseUnfounded(Refusal):
    """Giving a dividend up names its cause, what was done, and the village's certificate."""

    zh = "须填写不能发放的原因、查找经过和村委会证明"
    en = "the cause, what was done to find out and the village's certificate are required"


class ReleaseAsked(Refusal):
    """One wish for it waits at a time."""

    status = 409
    zh = "农户{number}的这笔分红已有退回专户的申请待决定"
    en = "a wish to give up household {number}'s dividend waits for a decision"
