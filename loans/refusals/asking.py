"""What an application and a signing may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class HouseholdNotRegistered(Refusal):
    """The household is unknown, or was removed from the register."""

    zh = "农户{number}不在册"
    en = "household {number} is not on the register"


class BorrowerNotMember(Refusal):
    """The borrower must belong to the household on the day."""

    zh = "借款人不是农户{number}的在册家庭成员"
    en = "the borrower is not a member of household {number}"


class BorrowerAgeOutOfRange(Refusal):
    """Age on the signing day, whole years."""

    zh = "借款人签约日年满{age}周岁，须在{lowest}至{highest}周岁之间（含）"
    en = "the borrower is {age} on the signing day; {lowest} to {highest} is required"


class AmountAboveLimit(Refusal):
    """One contract's largest amount."""

    zh = "贷款金额{amount}元超过单笔限额{limit}元"
    en = "{amount} yuan is above the limit of {limit} yuan for one contract"


class HouseholdTotalAboveLimit(Refusal):
    """All of a household's programme loans together, at every lender."""

    zh = "该户贷款合计{total}元超过单户限额{limit}元"
    en = "the household's loans would come to {total} yuan, above {limit} yuan"


class TermTooLong(Refusal):
    """The longest term."""

    zh = "期限{months}个月超过最长{limit}个月"
    en = "{months} months is longer than the {limit} allowed"


class RateAboveCap(Refusal):
    """The rate is above the benchmark or LPR published by the signing day."""

    zh = "年利率{rate}%超过上限{cap}%（{published}）"
    en = "{rate} % a year is above the cap of {cap} % ({published})"


class NoCreditLine(Refusal):
    """No confirmed rating with a line is in force."""

    zh = "农户{number}没有有效的评级授信"
    en = "household {number} has no credit line in force"


class LineTooSmall(Refusal):
    """The amount is above what is left of the household's line."""

    zh = "贷款金额{amount}元超过可用授信{available}元"
    en = "{amount} yuan is above the {available} yuan left of the credit line"


class PurposeBanned(Refusal):
    """A use that the programme forbids."""

    zh = "贷款不得用于{purpose}"
    en = "the loan may not be used for {purpose}"


class CollateralAsked(Refusal):
    """No collateral may be asked for."""

    zh = "不得要求农户提供抵押、质押"
    en = "no collateral may be asked for"


class GuaranteeAsked(Refusal):
    """No guarantee may be asked for; a spouse's signature as co-borrower is none."""

    zh = "不得要求农户提供担保（配偶共同签字不属担保）"
    en = "no guarantee may be asked for (a spouse signing as co-borrower is none)"


class RevolvingNeedsNoPlan(Refusal):
    """What is drawn, repaid and drawn again has no plan of instalments."""

    zh = "随用随贷只能按期付息到期还本或到期一次还本付息"
    en = "a contract that revolves pays interest at settlements or everything at the end"


class ModeUnfit(Refusal):
    """What an application gives does not go with the mode in which it is lent."""

    zh = "贷款模式“{mode}”{rule_zh}"
    en = "the mode of lending {mode!r} {rule_en}"


class EntrustedUseBanned(Refusal):
    """From the day of the ban no new loan of a household may be used by an enterprise."""

    zh = "户贷企用已停止：不得新增由企业使用的农户贷款，存量只收不贷"
    en = "no new loan of a household may be used by an enterprise; old ones are only repaid"


class PayerUnknown(Refusal):
    """Whoever pays, or uses the money and repays it, stands in a register."""

    zh = "名册和机构登记中都没有“{payer}”，不能作为付款人"
    en = "{payer!r} is found in no register and cannot be the payer"


class PayerUnfit(Refusal):
    """Who uses the money is an enterprise or a co-operative that is in business on the day."""

    zh = "“{name}”不是当日在营的企业或农民专业合作社，不能作为用款单位"
    en = "{name!r} is no enterprise or co-operative in business on the day"


class SharesDoNotAddUp(Refusal):
    """The shares of a list of households are the whole amount, to the fen."""

    zh = "分户清单各户份额合计{sum}元，与贷款金额{amount}元不符"
    en = "the shares add up to {sum} yuan, not to the amount of {amount}"


class ShareNotPositive(Refusal):
    """A household on a list has a share."""

    zh = "分户清单中农户{number}的份额须大于零"
    en = "the share of household {number} must be above zero"


class ShareKindNotServed(Refusal):
    """A household on a list is of a kind that the programme does not serve."""

    zh = "分户清单中农户{number}为{kind}，不在借款对象之列"
    en = "household {number} on the list is of a kind ({kind}) that is not served"


class ShareAboveLimit(Refusal):
    """A household's share is within the amount of one contract."""

    zh = "分户清单中农户{number}的份额{share}元超过单笔限额{limit}元"
    en = "the share of household {number}, {share} yuan, is above the limit of {limit} yuan"


class ShareTotalAboveLimit(Refusal):
    """A household's loans and shares together are within its total."""

    zh = "分户清单中农户{number}连同本份额贷款合计{total}元，超过单户限额{limit}元"
    en = "with this share household {number} comes to {total} yuan, above {limit} yuan"


class MethodUnfit(Refusal):
    """A method and a rhythm that do not go together."""

    zh = "还款方式{method}不能配{every}个月的周期"
    en = "method {method} does not go with a rhythm of {every} months"
