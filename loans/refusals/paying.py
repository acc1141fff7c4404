"""What a payment out or in may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


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


class DrawCompensated(Refusal):
    """What others have paid the lender for is not undone: the debt is held in shares."""

    status = 409
    zh = "合同{number}已获代偿，放款不能冲正；农户还款后按分担比例返还"
    en = "contract {number} was compensated: its draw stays, repayments are given back by shares"


class CoverNotLowered(Refusal):
    """A decision leaves less under cover than there was; more comes by new contracts alone."""

    status = 409
    zh = "合同{number}的补偿本金上限为{was}元，只能调低，不能改为{cap}元"
    en = "contract {number} has {was} yuan under cover at most: {cap} is not less"


class DisbursementUnknown(Refusal):
    """No such disbursement."""

    status = 404
    zh = "没有借据{number}"
    en = "there is no slip {number}"


class RefundAboveCredit(Refusal):
    """No more credit is paid out than there is."""

    status = 409
    zh = "合同{number}溢缴款{credit}元，不能退还{amount}元"
    en = "contract {number} has a credit of {credit} yuan; {amount} cannot be refunded"
