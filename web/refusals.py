"""What the edge itself refuses, before a room is asked."""

from __future__ import annotations

from kernel.refusals import Refusal


class NotLoggedIn(Refusal):
    """No session, or one that is over."""

    status = 401
    zh = "请先登录"
    en = "log in first"


class RequestKeyMissing(Refusal):
    """A command that moves money names itself, so that it can be asked for twice and done once."""

    status = 400
    zh = "请求须带幂等键（Idempotency-Key）"
    en = "the request needs an Idempotency-Key header"


class FormStale(Refusal):
    """A form without its token, or with another's: the page was open too long."""

    status = 400
    zh = "页面已过期，请刷新后重试"
    en = "this page is out of date; load it again and retry"


class TooManyTries(Refusal):
    """A budget against guessing is used up."""

    status = 429
    zh = "尝试次数过多，请稍后再试"
    en = "too many tries; wait a while and try again"


class BooksBusy(Refusal):
    """The database cannot be reached or a lock was not had in time; nothing was done."""

    status = 503
    zh = "账务系统繁忙或暂时无法连接，本次操作未办理，请稍后重试"
    en = "the books are busy or out of reach; nothing was done, try again shortly"


class AlreadyThere(Refusal):
    """Two people wrote the same thing at the same moment and the other one was first."""

    status = 409
    zh = "同一内容刚刚已由他人登记，请刷新后核对"
    en = "somebody else recorded the same thing a moment ago; load again and compare"


class FileMissing(Refusal):
    """A form that takes a file was sent without one."""

    zh = "请选择要上传的文件"
    en = "choose a file to upload"


class FileTooLarge(Refusal):
    """An upload beyond what any table of a county needs."""

    status = 413
    zh = "文件过大，最多{limit_mb} MB"
    en = "the file is too large; {limit_mb} MB at most"


class CursorInvalid(Refusal):
    """A cursor that no page of ours gave out."""

    zh = "翻页标记无效，请从第一页重新查询"
    en = "this paging cursor is not ours; start from the first page"


class OneEndNeeded(Refusal):
    """A plan ends on a day or after a number of instalments, not both."""

    zh = "到期日（to）与期数（count）须且只须给出一个"
    en = "give exactly one of to and count"


class NoSettlementRhythm(Refusal):
    """A settlement day goes with certain rhythms."""

    zh = "结息日只能配合1、3、6、12个月的周期"
    en = "a settlement day goes with a rhythm of 1, 3, 6 or 12 months"


class PolicyWithoutLending(Refusal):
    """A policy decides on new loans alone; what is out keeps the terms of its contracts."""

    zh = "政策只用于新增投放，存量贷款按合同条件不变：请填写每月发放"
    en = "a policy is for new lending, those out keep their terms: say what is lent a month"
