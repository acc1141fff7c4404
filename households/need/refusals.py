"""What an answer about need may not be, one class each."""

from __future__ import annotations

from kernel.refusals import Refusal


class NeedRoundTaken(Refusal):
    """The number of the round is another's."""

    status = 409
    zh = "需求摸排轮次{number}已经存在"
    en = "there is a round {number} of need already"


class NeedRoundDaysUnfit(Refusal):
    """A round that ends before it begins."""

    zh = "轮次须至少一天：{from_on}至{to_on}"
    en = "a round takes a day at least: {from_on} to {to_on}"


class NeedOutsideRound(Refusal):
    """Answered on a day that the round does not have, or after the open day."""

    status = 409
    zh = "{day}不在轮次{number}之内（{from_on}起，至{to_on}前），或晚于账务日"
    en = "{day} is not in the round {number} (from {from_on}, before {to_on}) or is still to come"


class NeedReasonMissing(Refusal):
    """Who needs none, or may have none, is told why."""

    zh = "“{answer}”须填写原因"
    en = "{answer!r} needs a reason"


class NeedAnswerUnknown(Refusal):
    """None of the three answers."""

    zh = "“{answer}”不是可填的答复，只能填：{choices}"
    en = "{answer!r} is no answer: one of {choices}"


class NeedAmountUnfit(Refusal):
    """An amount of who wants none, or none that can be lent."""

    zh = "需求金额须大于零，且只有“有需求”才填"
    en = "an amount is above zero, and of those who want a loan"


class NeedHouseholdUnknown(Refusal):
    """No household of the register that this person may see."""

    status = 404
    zh = "名册上没有户编号{number}，或不在经办人的管辖范围内"
    en = "no household {number} on the register, or not in your scope"


class NeedHeadDiffers(Refusal):
    """The head's name is not the register's: most likely the rows have shifted."""

    zh = "户编号{number}的户主不是“{value}”"
    en = "the head of household {number} is not {value!r}"


class NeedTwiceOnSheet(Refusal):
    """A household twice on one sheet."""

    zh = "户编号{number}在第{other}行已出现"
    en = "the household {number} stands on line {other} already"


class NeedSheetHasFaults(Refusal):
    """A sheet with faults records nothing unless the good rows alone are asked for."""

    status = 409
    zh = "清单有{count}处不合格，未登记；改正后重传，或只登记合格行"
    en = (
        "the sheet has {count} faults and nothing was recorded: correct them, or take the good rows"
    )


class LeadBankUnchanged(Refusal):
    """The township has that lead bank from that day already."""

    status = 409
    zh = "该乡镇自{from_on}起已登记主责任银行"
    en = "the township has a lead bank from {from_on} already"


class LeadBankNotTownship(Refusal):
    """A lead bank is named for a township."""

    zh = "{region}不是乡镇"
    en = "{region} is not a township"
