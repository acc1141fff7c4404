"""What cannot have happened to a loan, and what cannot be undone."""

from __future__ import annotations

from kernel.refusals import Refusal


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


class AlreadyUnsubsidised(Refusal):
    """A subsidy stops once."""

    status = 409
    zh = "合同{number}已停止贴息"
    en = "the subsidy of contract {number} has been stopped"


class NoSubsidyToStop(Refusal):
    """Nobody but the household bears the interest of the contract."""

    status = 409
    zh = "合同{number}没有财政贴息，无可停止"
    en = "contract {number} has no subsidy to stop"
