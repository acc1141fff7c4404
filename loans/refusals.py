"""The rules of a loan that say no, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class PrincipalNotPositive(Refusal):
    """A loan of nothing, or of less."""

    zh = "本金须大于零，不能是{principal}元"
    en = "the principal must be above zero, not {principal} yuan"


class MaturityNotAfterStart(Refusal):
    """A loan that ends on or before the day it starts."""

    zh = "到期日{end}须晚于起息日{start}"
    en = "the maturity date {end} must be after the first day of interest {start}"


class CountNotPositive(Refusal):
    """A plan without an instalment."""

    zh = "期数须为正整数，不能是{count}"
    en = "the number of instalments must be above zero, not {count}"


class TooManyInstalments(Refusal):
    """A plan that nobody could read."""

    zh = "期数不得超过{maximum}期"
    en = "a plan has at most {maximum} instalments"


class DueDateTooFar(Refusal):
    """A plan that runs out of the years in which the house reckons."""

    zh = "到期日不得晚于{last_year}年"
    en = "no due date may lie after the year {last_year}"


class GraceTooLong(Refusal):
    """Every instalment would pay interest only, and none the principal."""

    zh = "宽限期数{grace}须少于总期数{count}"
    en = "the grace of {grace} instalments must be shorter than the plan of {count}"


class SettlementRhythmUnfit(Refusal):
    """A settlement day goes with whole quarters of the calendar only."""

    zh = "按结息日结息的周期只能是1、3、6或12个月，不能是{rhythm}"
    en = "a settlement day goes with a rhythm of 1, 3, 6 or 12 months, not {rhythm}"


class SettlementDayUnknown(Refusal):
    """No month has such a day."""

    zh = "结息日须在1至31之间，不能是{day}"
    en = "the settlement day lies between 1 and 31, not {day}"


class DebtWouldGrow(Refusal):
    """A level instalment that does not even pay its own interest: shown, never booked."""

    zh = "第{nr}期等额本息{total}元不足以支付当期利息{interest}元，本金反而增加，不能据此立约"
    en = (
        "instalment {nr} of {total} yuan does not cover its interest of {interest} yuan; the debt "
        "would grow, and no contract can be made on this plan"
    )


class SharesExceedWhole(Refusal):
    """Payers that together bear more than all of the interest."""

    zh = "自{day}起各承担方的承担比例合计超过100%"
    en = "from {day} on the payers together bear more than the whole of the interest"


class PaymentNotPositive(Refusal):
    """A payment of nothing, or of less."""

    zh = "还款金额须大于零，不能是{amount}元"
    en = "a payment must be above zero, not {amount} yuan"


# --- applying and signing -------------------------------------------------------------------------


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


class LenderNotInBusiness(Refusal):
    """Loans are made by lenders that are open."""

    zh = "机构{lender}不是营业中的放贷机构"
    en = "organisation {lender} is not a lender in business"


class BearersOverlap(Refusal):
    """Two bearers of interest on one day cannot be booked yet."""

    zh = "同一天有两个利息承担方，暂不能入账"
    en = "two bearers of interest on one day cannot be booked"


class LoanSheetEmpty(Refusal):
    """A sheet has at least one row."""

    zh = "清单没有任何记录"
    en = "the sheet has no rows"


class HouseholdAppliesTwice(Refusal):
    """A household stands once on a sheet."""

    zh = "农户{number}在申请清单中重复"
    en = "household {number} stands twice on the sheet"


class SheetRefused(Refusal):
    """Some rows of a sheet break a rule; none is taken in."""

    zh = "清单中有{count}处不合规则，全部未受理；第{row}行：{first}"
    en = "{count} rows break a rule and nothing was taken in; row {row}: {first_en}"

    def __init__(self, rows: list[tuple[int, Refusal]]) -> None:
        self.rows = rows
        number, first = rows[0]
        super().__init__(
            field=first.field,
            clause=first.clause,
            count=len(rows),
            row=number,
            first=first.message("zh"),
            first_en=first.message("en"),
        )


class SheetNotApproved(Refusal):
    """Contracts are signed on a sheet that the director has approved."""

    status = 409
    zh = "申请清单{sheet}尚未审批同意"
    en = "application sheet {sheet} is not approved"


class AlreadySigned(Refusal):
    """A sheet is signed once."""

    status = 409
    zh = "申请清单{sheet}已签订合同"
    en = "the contracts of sheet {sheet} are already signed"


# --- disbursing and repaying ---------------------------------------------------------------------


class LoanUnknown(Refusal):
    """No contract by that number that the actor may see."""

    status = 404
    zh = "没有合同{number}"
    en = "there is no contract {number}"


class AmountNotPositive(Refusal):
    """Money moves in amounts above zero."""

    zh = "金额须大于零"
    en = "the amount must be above zero"


class DrawAboveContract(Refusal):
    """Draws together stay within the contract."""

    zh = "合同{number}可支用余额为{left}元，不能发放{amount}元"
    en = "contract {number} has {left} yuan left to draw, not {amount}"


class PlanLoanDrawnOnce(Refusal):
    """A loan repaid by instalments is paid out once and whole."""

    zh = "分期还款的合同{number}须一次足额发放"
    en = "contract {number} is repaid by instalments and is paid out once, whole"


class LoanOver(Refusal):
    """The contract has matured or is settled."""

    status = 409
    zh = "合同{number}已到期或已结清"
    en = "contract {number} has matured or is settled"


class NothingDisbursed(Refusal):
    """A payment before the first disbursement."""

    status = 409
    zh = "合同{number}尚未放款，不能还款"
    en = "contract {number} has not been paid out, so nothing can be repaid"


class LoanInClose(Refusal):
    """The close is at work on this loan; try again in a moment."""

    status = 409
    zh = "合同{number}正在日终处理，请稍后再试"
    en = "the close is at work on contract {number}; try again in a moment"


class LoanTwiceOnSheet(Refusal):
    """A contract stands once on a sheet."""

    zh = "合同{number}在清单中重复"
    en = "contract {number} stands twice on the sheet"


class LendingStopped(Refusal):
    """New lending is stopped in this scope."""

    status = 409
    zh = "{scope}已停止新增贷款"
    en = "new lending is stopped for {scope}"


class LendingLimitExceeded(Refusal):
    """The scope's lending limit is used up."""

    status = 409
    zh = "{scope}的放贷限额剩余{left}元，不足以发放{amount}元"
    en = "{left} yuan is left of the lending limit of {scope}, less than {amount}"


class DisbursementUnknown(Refusal):
    """No such disbursement."""

    status = 404
    zh = "没有借据{number}"
    en = "there is no slip {number}"


class LoanFileHasFaults(Refusal):
    """A file with faults is shown, and nothing of it is taken in."""

    zh = "清单有{count}处不合规则，全部未受理"
    en = "the file has {count} faults and nothing of it was taken in"


class VoucherTwiceOnSheet(Refusal):
    """A voucher stands once on a sheet."""

    zh = "凭证{voucher_no}（渠道{channel}）在清单中重复"
    en = "voucher {voucher_no} ({channel}) stands twice on the sheet"


class ControlTotalDiffers(Refusal):
    """The sum that the sheet itself states is the sum of its rows."""

    zh = "合计行写明{stated}元，各行之和为{sum}元"
    en = "the sheet states a total of {stated} yuan, its rows add up to {sum}"


class RowBelowTotal(Refusal):
    """The line of the total is the last one."""

    zh = "合计行之后不能再有记录"
    en = "no row may follow the line of the total"


class EventBeforeFirstDraw(Refusal):
    """A payment or a change dated before any money was paid out."""

    status = 409
    zh = "合同{number}在{day}之前没有放款，不能登记这一天的还款或变更"
    en = "contract {number} had no disbursement before {day}: nothing can be paid or changed on it"


class ValueDateInFuture(Refusal):
    """An event dated after the open business day."""

    status = 422
    zh = "起息日{day}晚于当前营业日{open_day}"
    en = "value date {day} is after the open day {open_day}"


class EventAfterWriteOff(Refusal):
    """After a write-off only recoveries happen to a loan."""

    status = 409
    zh = "合同{number}已核销，{day}只能登记核销后收回"
    en = "contract {number} was written off: on {day} only recoveries can be entered"


class BucketWouldBeNegative(Refusal):
    """A replay in which a balance would fall below zero."""

    status = 409
    zh = "合同{number}重算后，{bucket}在{day}将小于零"
    en = "replayed, contract {number} would have less than nothing of {bucket} on {day}"


class MisusedLoanNotDrawn(Refusal):
    """No money is paid out on a loan found misused."""

    status = 409
    zh = "合同{number}已认定挪用，不得再放款"
    en = "contract {number} was found misused: nothing more is paid out on it"


class RecoveryAboveLoss(Refusal):
    """More recovered than was written off."""

    status = 409
    zh = "合同{number}核销未收回{left}元，收回{amount}元超出"
    en = "contract {number}: {left} yuan written off are left to recover, {amount} is more"


class EventAlreadyReversed(Refusal):
    """An event is undone once."""

    status = 409
    zh = "合同{number}的{what}已经冲正"
    en = "{what} of contract {number} has been reversed already"


class DrawBeforeSigning(Refusal):
    """Money cannot have been paid out before the contract was signed."""

    status = 422
    zh = "合同{number}于{signed_on}签订，起息日不能更早"
    en = "contract {number} was signed on {signed_on}: no draw counts from an earlier day"


class RepaymentUnknown(Refusal):
    """No such payment."""

    status = 404
    zh = "没有第{number}号还款"
    en = "there is no repayment {number}"


class ChangeUnknown(Refusal):
    """No such change."""

    status = 404
    zh = "没有第{number}号变更"
    en = "there is no change {number}"


class ChangeAfterMaturity(Refusal):
    """Terms are changed while the contract runs."""

    status = 409
    zh = "合同{number}于{matures_on}到期，{day}起的变更已不能登记"
    en = "contract {number} matured on {matures_on}: no change counts from {day}"


class MaturityNotLater(Refusal):
    """More time is more time."""

    status = 422
    zh = "合同{number}的新到期日{wanted}须晚于现到期日{matures_on}"
    en = "contract {number}: the new maturity {wanted} must be later than {matures_on}"


class AlreadyMisused(Refusal):
    """Misuse is found once."""

    status = 409
    zh = "合同{number}已认定挪用"
    en = "contract {number} was found misused already"


# --- refunds and renewals -------------------------------------------------------------------------


class RefundAboveCredit(Refusal):
    """No more credit is paid out than there is."""

    status = 409
    zh = "合同{number}溢缴款{credit}元，不能退还{amount}元"
    en = "contract {number} has a credit of {credit} yuan; {amount} cannot be refunded"


class RenewalOfOther(Refusal):
    """A household renews its own loan, at the same lender and in the same mode."""

    zh = "合同{number}不是该户在本机构的同类贷款，不能续贷"
    en = "contract {number} is no loan of this kind of this household at this lender"


class RenewalTooEarly(Refusal):
    """A renewal is made shortly before maturity."""

    zh = "合同{number}于{matures_on}到期，到期前{days}天内方可续贷"
    en = "contract {number} matures on {matures_on}; it is renewed in its last {days} days"


class RenewalUnfit(Refusal):
    """A loan that was misused is not renewed."""

    status = 409
    zh = "合同{number}已认定挪用或贷后检查发现资金闲置，不能续贷"
    en = "contract {number} was found misused or its money idle; it is not renewed"


class RenewalInterestUnpaid(Refusal):
    """Interest up to the day is paid in money before the principal is renewed."""

    status = 409
    zh = "合同{number}截至当日应付利息{amount}元尚未归还，须先用现金结清"
    en = "{amount} yuan of interest on contract {number} must be paid in money first"


class RenewalAboveOld(Refusal):
    """A renewal is no new money."""

    zh = "续贷金额{amount}元超过原贷款余额{old}元"
    en = "the renewal of {amount} yuan is above the {old} yuan outstanding"


class RenewalBelowOld(Refusal):
    """The new loan repays all of the old one."""

    status = 409
    zh = "续贷金额{amount}元不足以归还原贷款本金{old}元，差额须先归还"
    en = "a renewal of {amount} yuan does not repay the {old} yuan outstanding"


class RenewedAlready(Refusal):
    """A contract is renewed once."""

    status = 409
    zh = "合同{number}已有续贷合同"
    en = "contract {number} has a contract that renews it already"


class NothingToRenew(Refusal):
    """Only a contract signed as a renewal renews another."""

    status = 409
    zh = "合同{number}不是续贷合同"
    en = "contract {number} was not signed to renew another"


class RenewedByRenewalAlone(Refusal):
    """The money of a renewal repays the old loan, and is not paid out."""

    status = 409
    zh = "合同{number}是续贷合同，只用于归还原贷款，不能另行放款"
    en = "contract {number} is a renewal: its money repays the old loan and is not paid out"


class LoanIsOverdue(Refusal):
    """What is overdue is paid first."""

    status = 409
    zh = "合同{number}已逾期{days}天，不能办理{what}"
    en = "contract {number} is overdue by {days} days ({what})"


class ExtensionsUsedUp(Refusal):
    """A loan is extended or renewed so many times."""

    zh = "合同{number}已展期或续贷{count}次，最多{limit}次"
    en = "contract {number} was extended or renewed {count} times; {limit} are allowed"


class WhatIfUnclear(Refusal):
    """A question of what would be names a payment, a policy or a day."""

    zh = "请写明：还款金额（repay）、政策（policy）或一直不还到哪一天（unpaid_until）"
    en = "say what if: repay, policy or unpaid_until"


class DaysNotClosed(Refusal):
    """Figures of two days are compared when both are closed."""

    zh = "{start}和{end}须是先后两个已日结的日子"
    en = "{start} and {end} must be two closed days, one after the other"
