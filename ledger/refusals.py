"""What the ledger refuses."""

from __future__ import annotations

from kernel.refusals import Refusal


class EntryUnbalanced(Refusal):
    """The postings of an entry do not add up to zero for an owner."""

    zh = "分录借贷不平：{source}，差额{difference}分"
    en = "the entry does not balance: {source}, off by {difference} fen"


class DayNotOpen(Refusal):
    """Entries are booked on the open business day alone."""

    status = 409
    zh = "营业日{day}未开账或已日终，不能记账；当前营业日为{open_day}"
    en = "{day} is not the open business day; {open_day} is"


class DayAlreadyClosed(Refusal):
    """The day asked for is closed."""

    status = 409
    zh = "{day}已日终"
    en = "{day} is already closed"


class DayNotClosed(Refusal):
    """Figures are given for closed days alone."""

    status = 409
    zh = "{day}尚未日终，不能出具该日数据"
    en = "{day} is not closed yet, so its figures do not exist"


class BooksNotOpened(Refusal):
    """The database holds no books yet."""

    status = 409
    zh = "账套尚未建立，请先运行 fupin init"
    en = "there are no books yet: run fupin init first"


class AlreadyReversed(Refusal):
    """An entry is undone once."""

    status = 409
    zh = "该笔分录已冲正"
    en = "this entry is already reversed"


class ReversalOfReversal(Refusal):
    """A reversal cannot itself be reversed."""

    status = 409
    zh = "冲正分录不能再冲正"
    en = "a reversal cannot be reversed"
