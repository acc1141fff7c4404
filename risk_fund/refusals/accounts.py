"""What an account, a movement and a statement may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class FundAccountUnknown(Refusal):
    """No special account by that number in the asker's sight."""

    status = 404
    zh = "没有{number}号补偿金专户"
    en = "there is no special account {number}"


class FundAccountOpen(Refusal):
    """A lender has one special account in a county; an account number belongs to one."""

    status = 409
    zh = "“{name}”已在本县开立补偿金专户，或账号已被使用"
    en = "{name} has a special account in this county already, or the number is taken"


class FundAccountIncomplete(Refusal):
    """A special account has a number and a name."""

    zh = "须写明专户账号和户名"
    en = "a special account needs its number and its name"


class FundSourceUnknown(Refusal):
    """Whose money it is."""

    zh = "资金来源“{source}”不在目录中"
    en = "the source {source!r} is not known"


class FundOrderUnknown(Refusal):
    """A contribution is proposed, or it is a withdrawal."""

    zh = "只能提出出资或退回，不能是“{kind}”"
    en = "a contribution or a withdrawal is proposed, not {kind!r}"


class FundDocumentMissing(Refusal):
    """Public money comes with a document number."""

    zh = "须写明资金文号"
    en = "the document number is missing"


class FundBalanceTooSmall(Refusal):
    """What is pledged to claims is not free; nothing goes below zero."""

    status = 409
    zh = "补偿金专户可用余额{free}元（余额减已冻结），不足{amount}元"
    en = "{free} yuan of the special account are free (balance less pledged), not {amount}"


class WithdrawalAboveContributions(Refusal):
    """No more is taken out than was contributed: interest and recoveries stay in the fund."""

    status = 409
    zh = "退回{amount}元超过累计出资{contributed}元"
    en = "a withdrawal of {amount} yuan is above the {contributed} contributed"


class StatementFileHasFaults(Refusal):
    """A statement with a fault is not taken at all; every fault is told."""

    zh = "对账单有{count}处问题，未导入：{first}"
    en = "the statement has {count} faults, nothing was taken: {first}"


class StatementTakenBefore(Refusal):
    """The same file twice."""

    status = 409
    zh = "这份对账单已于{on}导入"
    en = "this statement was taken on {on} already"


class StatementUnknown(Refusal):
    """No statement by that number in the asker's sight."""

    status = 404
    zh = "没有第{number}号对账单"
    en = "there is no statement {number}"


class MonthReconciled(Refusal):
    """A month that two people have reconciled takes no other statement."""

    status = 409
    zh = "{month}已对账确认"
    en = "{month} has been reconciled"


class MonthNotOver(Refusal):
    """A statement is of a month whose last day is closed."""

    zh = "{month}尚未结束，不能对账"
    en = "{month} is not over yet"


class DifferenceUnexplained(Refusal):
    """Differences are confirmed with what explains them."""

    zh = "有{count}处未达账项，差额{difference}元，须写明原因"
    en = "{count} items do not match, {difference} yuan apart: say why"


class StatementSuperseded(Refusal):
    """A corrected statement has taken its place."""

    status = 409
    zh = "第{number}号对账单已被更正后的对账单替代"
    en = "statement {number} was replaced by a corrected one"


class StatementOpeningDiffers(Refusal):
    """A month opens with what the month before closed with."""

    zh = "期初余额{opening}元与上月对账单期末余额{closing}元不符"
    en = "the opening balance of {opening} yuan is not the closing {closing} of the month before"
