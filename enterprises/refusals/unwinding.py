"""What the unwinding of an agreement is refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class UnwindingDayWrong(Refusal):
    """An agreement is unwound within its days."""

    zh = "清退起始日{day}须在协议期内（{start}至{end}），且不早于已分红的{settled}"
    en = "the agreement runs from {start} to {end}, dividends to {settled}: not unwound from {day}"


class UnwindingIncomplete(Refusal):
    """An unwinding has a document and a reason."""

    zh = "清退须有文号和理由"
    en = "an unwinding has a document and a reason"


class UnwindingTwice(Refusal):
    """An agreement is unwound once."""

    status = 409
    zh = "协议{number}已在清退或已终止"
    en = "agreement {number} is being unwound already, or is over"


class NotUnwinding(Refusal):
    """What belongs to an unwinding waits for its approval."""

    status = 409
    zh = "协议{number}没有经批准的清退"
    en = "agreement {number} has no approved unwinding"


class LoanNotBehindStake(Refusal):
    """A loan that is turned over is one behind a stake of the agreement."""

    zh = "贷款{loan}不是该户在协议{number}中的股份来源"
    en = "loan {loan} is not behind that household's stake in agreement {number}"


class ConversionTwice(Refusal):
    """A loan is turned over to the household's own use once."""

    status = 409
    zh = "该笔贷款已转为户用，或已另有申请"
    en = "that loan is the household's own use already, or another wish for it stands"


class UnwindingConditionsOpen(Refusal):
    """An agreement is over when dividends, principal and subsidy all are."""

    status = 409
    zh = "协议{number}尚不能终止：分红未清{dividends}期，本金未收{principal}笔，未停贴{subsidy}笔"
    en = (
        "agreement {number} is not over: {dividends} rounds unpaid, {principal} loans not"
        " recovered, {subsidy} loans still subsidised"
    )
