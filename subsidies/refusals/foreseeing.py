"""What no forecast supposes."""

from __future__ import annotations

from kernel.refusals import Refusal


class ForecastTooLong(Refusal):
    """A forecast looks ahead as far as loans last."""

    zh = "测算期须在1至{limit}个季度之间"
    en = "a forecast looks 1 to {limit} quarters ahead"


class ForecastBadShare(Refusal):
    """A share lies between 0 and 100 %, and what has arisen already is not supposed anew."""

    zh = "份额须在0至100%之间，并从账簿日之后的日子起算"
    en = "a share lies between 0 and 100 % and begins after the books' day"


class LendingIncomplete(Refusal):
    """New lending is so much a month in loans of one size, for some months."""

    zh = "新增投放须给出每月金额、每笔金额（不大于每月金额）、利率、期限和月数（1至{months}个月）"
    en = "new lending says how much a month, the size, rate and term, for 1 to {months} months"


class LendingAboveLimit(Refusal):
    """What is supposed is lent by the policy's own limits."""

    zh = "假定的新增贷款超过该政策的单笔限额或最长期限"
    en = "a supposed loan exceeds the policy's own largest amount or longest term"
