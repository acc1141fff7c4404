"""What the credit room refuses."""

from __future__ import annotations

from kernel.refusals import Refusal


class SchemeInvalid(Refusal):
    """A rating scheme's file breaks the form or does not add up."""

    zh = "评级办法文件{file}的“{key}”有误：{rule_zh}"
    en = "rating scheme {file}, {key}: {rule_en}"


class SchemeUnknown(Refusal):
    """No scheme of that name is on file."""

    status = 404
    zh = "没有名为“{scheme}”的评级办法"
    en = "there is no rating scheme {scheme!r}"


class AnswersIncomplete(Refusal):
    """Every item of the scheme needs an answer, and nothing else has a place."""

    zh = "评级指标不齐或多余：{items}"
    en = "rating answers are missing or not of the scheme: {items}"


class AnswerInvalid(Refusal):
    """An answer is not of its item's form."""

    zh = "“{item}”的值“{value}”不合格式：{rule_zh}"
    en = "{item}: {value!r} is not valid: {rule_en}"


class SheetEmpty(Refusal):
    """A sheet without a household."""

    zh = "评级表中没有农户"
    en = "the rating sheet holds no household"


class HouseholdTwiceOnSheet(Refusal):
    """A household stands on a sheet once."""

    zh = "农户{household}在评级表中出现多次"
    en = "household {household} stands on the sheet more than once"


class HouseholdNotOfVillage(Refusal):
    """A sheet is of one village; its households are registered there."""

    zh = "农户{household}不是{region}在册农户"
    en = "household {household} is not registered in {region}"


class NoLineInForce(Refusal):
    """The household has no line in force on the day."""

    status = 409
    zh = "农户{household}在{on}没有有效的授信额度"
    en = "household {household} has no credit line in force on {on}"


class LineExceeded(Refusal):
    """A draw may not go beyond the line."""

    status = 409
    zh = "农户{household}申请用信{amount}元，超过可用授信额度{available}元"
    en = "household {household} asks for {amount} yuan; {available} yuan of its line are available"


class LineReleaseExceedsUse(Refusal):
    """No more can be given back than is drawn."""

    status = 409
    zh = "农户{household}归还额度{amount}元，超过已用额度"
    en = "household {household} gives back {amount} yuan, more than it has drawn"


class LinesInMotion(Refusal):
    """Others drew on the same lines at the same moment."""

    status = 409
    zh = "授信额度正被同时使用，请重试"
    en = "the same lines are being drawn on at this moment; try again"


class HouseholdUnknown(Refusal):
    """Not in the register, or not in the asker's region: the two are not told apart."""

    zh = "登记册中没有户编号为{household}的在册农户"
    en = "there is no registered household {household}"


class HeadDiffers(Refusal):
    """The row's head is not the head in the register: most likely a shifted row."""

    zh = "户主与登记册不符：户编号{household}的户主不是{value}"
    en = "{value} is not the head of household {household} in the register"


class SheetHasFaults(Refusal):
    """A file with faulty rows is taken only when the good rows alone are asked for."""

    zh = "评级表有{count}处错误，未提交任何一户"
    en = "the rating file has {count} faults; nothing was proposed"
