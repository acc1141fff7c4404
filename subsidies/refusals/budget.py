"""What the budget of the subsidies may be refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class BudgetLineUnknown(Refusal):
    """No line by that number."""

    status = 404
    zh = "没有第{line}号预算指标"
    en = "there is no budget line {line}"


class BudgetLineTwice(Refusal):
    """A document and a code stand in a year's budget once."""

    status = 409
    zh = "{year}年度已有资金文号{document_no}、项目代码{code}的预算指标"
    en = "{year} already has a budget line of document {document_no} under code {code}"


class BudgetLineIncomplete(Refusal):
    """A line names its document, its code and who funds it."""

    zh = "预算指标须写明资金文号、项目代码和出资单位"
    en = "a budget line names its document number, its code and who funds it"


class BudgetLevelUnknown(Refusal):
    """Money comes from one of four levels."""

    zh = "资金层级只能是中央、省、市、县，不能是“{level}”"
    en = "money comes from central, province, city or county, not {level!r}"


class BudgetYearOutOfRange(Refusal):
    """A year that nobody budgets for."""

    zh = "预算年度{year}不在2000至2199之间"
    en = "budget year {year} is not between 2000 and 2199"


class BudgetAmountBelowZero(Refusal):
    """An amount that would be less than nothing."""

    zh = "预算指标金额不能为负"
    en = "a budget line cannot be less than nothing"


class BudgetChangeZero(Refusal):
    """A change that changes nothing."""

    zh = "追加或调减的金额不能为零"
    en = "a change of a budget line moves more than nothing"


class BudgetChangeUndocumented(Refusal):
    """A change goes by a document."""

    zh = "追加或调减指标须写明资金文号"
    en = "a change of a budget line names the document that it goes by"


class BudgetExceeded(Refusal):
    """More than is free on the line."""

    status = 409
    zh = "第{line}号预算指标可用余额{free}元，不足{amount}元"
    en = "budget line {line} has {free} yuan free, not {amount}"


class BudgetNotCommitted(Refusal):
    """More is released or paid than was committed on the line."""

    status = 409
    zh = "第{line}号预算指标已安排{committed}元，不能支付或释放{amount}元"
    en = "budget line {line} has {committed} yuan committed: {amount} cannot be paid or released"


class BudgetNotPaid(Refusal):
    """More comes back than was paid from the line."""

    status = 409
    zh = "第{line}号预算指标已支付{paid}元，不能收回{amount}元"
    en = "budget line {line} has {paid} yuan paid: {amount} cannot come back"
