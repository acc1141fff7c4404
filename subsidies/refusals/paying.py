"""What a payment from the budget, a give-back or a clawback is refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class NothingToPay(Refusal):
    """A payment file has at least one row."""

    status = 409
    zh = "第{claim}号申报没有可付款的收款人"
    en = "claim {claim} has nobody to be paid now"


class BudgetLinesDiffer(Refusal):
    """The lines of a file come to its total."""

    zh = "所选指标合计{lines}元，付款文件合计{total}元，须一致"
    en = "the budget lines come to {lines} yuan, the file to {total}"


class BudgetLineOfOtherYear(Refusal):
    """A file is paid from lines of its budget year."""

    zh = "指标{document_no}为{line_year}年度，本次付款列{year}年度"
    en = "line {document_no} is of {line_year}; this file is paid in the budget of {year}"


class BudgetLinesOfTwoCodes(Refusal):
    """A file carries one project code."""

    zh = "一个付款文件只有一个项目代码，所选指标有{code}和{other}两个：请只选同一项目代码的指标"
    en = "a payment file carries one project code, the lines chosen have {code} and {other}"


class BudgetShortOfFunds(Refusal):
    """The lines of a level and a year do not hold its share of a file."""

    status = 409
    zh = "{year}年度{level_zh}指标可用{free}元，按比例须负担{needed}元"
    en = "the {level_en} lines of {year} have {free} yuan left; their share is {needed}"


class PaymentNotReturned(Refusal):
    """What the bank paid, or what waits for its answer, is not given back."""

    status = 409
    zh = "该笔付款未被银行退回，或已另行处理"
    en = "the bank did not send this payment back, or it was dealt with already"


class PaymentYearOver(Refusal):
    """What is sent after the treasury's closing day is paid from lines of the new year (跨年)."""

    status = 409
    zh = "付款文件列支{year}年度预算，{on}送银行已属{now}年度：请作废后按新年度指标重制"
    en = "the file draws on the budget of {year}, {on} falls into {now}: discard and remake it"
