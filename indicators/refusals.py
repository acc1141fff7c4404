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
