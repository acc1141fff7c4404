"""What the indicators refuse."""

from __future__ import annotations

from kernel.refusals import Refusal


class RegionOutsideBooks(Refusal):
    """A set of books holds the figures of its own region alone."""

    zh = "地区{region}不在本账套（{books}）之内"
    en = "region {region} lies outside these books, which are of {books}"


class FigureUnknown(Refusal):
    """A name that no figure has."""

    status = 404
    zh = "没有名为“{figure}”的指标"
    en = "there is no figure named {figure!r}"


class SnapshotDiffers(Refusal):
    """The day's snapshot, recomputed from rows, does not say the same; the day stays unclosed."""

    status = 409
    zh = "{day}的快照与逐行重算不符：{village}的{counter}记为{snapshot}，重算为{recomputed}"
    en = (
        "the snapshot of {day} differs from its rows: {counter} of {village}"
        " is {snapshot}, recomputed {recomputed}"
    )


class SnapshotOfCountyOnly(Refusal):
    """A county hands in its own closed days; a prefecture has none of its own."""

    zh = "只有县级账套可以导出日终快照，{region}不是县"
    en = "only a county hands in its closed days, and {region} is none"


class BooksHaveNoCounties(Refusal):
    """A county's books count their own rows, and take in nobody's counters."""

    zh = "本账套（{books}）不是市、省账套，不能导入县的日终快照"
    en = "these books ({books}) are not a prefecture's or a province's: no snapshot is taken in"


class SnapshotFileUnreadable(Refusal):
    """The file is no file of a closed day."""

    zh = "文件不是日终快照，或格式不全，未导入"
    en = "the file is no snapshot of a closed day, or not whole; nothing was taken in"


class SnapshotFileChanged(Refusal):
    """What the file says is not what its digest was taken of."""

    zh = "快照文件被改动过：摘要写为{stated}，重算为{counted}；请县里重新导出"
    en = "the file was changed: its digest says {stated}, recomputed it is {counted}"


class SnapshotOfOtherDefinitions(Refusal):
    """Counters of another version of the definitions are not added to these."""

    status = 409
    zh = "快照按指标口径第{stated}版统计，本账套为第{own}版；请先升级较旧的一方"
    en = "counted by version {stated} of the definitions, these books by {own}: upgrade the older"


class SnapshotOfAnotherRegion(Refusal):
    """A file holds counters of a region that is not inside."""

    zh = "快照中的地区{region}不在{books}之内"
    en = "region {region} of the file does not lie inside {books}"


class SnapshotCounterUnknown(Refusal):
    """A counter that these definitions do not have."""

    zh = "快照中有本口径没有的计数“{counter}”"
    en = "the file holds a counter {counter!r} that these definitions do not have"


class SnapshotAhead(Refusal):
    """A county's day that is ahead of these books' own open day."""

    status = 409
    zh = "快照是{on}日终的，晚于本账套的营业日{today}；请先推进本账套的营业日"
    en = "the file is of {on}, ahead of these books' business day {today}: close up to it first"


class SnapshotTakenIn(Refusal):
    """A county's closed day is taken in once; it never changes."""

    status = 409
    zh = "{region}在{on}的快照已经导入（摘要{digest}），不能再次导入"
    en = "the snapshot of {region} at {on} was taken in already (digest {digest})"
