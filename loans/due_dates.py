"""Due dates, and the periods of interest between them.

Two ways to step. Without a settlement day the dates are counted from the loan's first day, every
N months (clamped to the month's end), weeks or days. With a settlement day (结息日) interest is
counted up to and including that day of each settlement month and falls due the day after; the
settlement months are those whose number N divides, so that 3 means March, June, September and
December.

A ``Span`` is the period that one row of a plan pays for. It is regular, exactly N months, when both
its ends are dates of the rhythm; a span cut short by the first day, the maturity or a change of the
loan is broken (``months`` is None), and so is every span of weeks or days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as counting
from typing import Final, Literal, cast

from kernel.dates import ONE_DAY, YEAR_MAX, add_months, day_of_month
from kernel.refusals import BadValue
from loans.refusals import (
    CountNotPositive,
    DueDateTooFar,
    MaturityNotAfterStart,
    SettlementDayUnknown,
    SettlementRhythmUnfit,
    TooManyInstalments,
)

Unit = Literal["month", "week", "day"]

#: ten years of days, with room to spare
INSTALMENTS_MAX: Final = 4_000

#: the rhythms in months that a settlement day goes with
SETTLEMENT_MONTHS: Final = (1, 3, 6, 12)

_RHYTHM: Final = re.compile(r"([1-9][0-9]{0,3})-(month|week|day)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far one due date lies from the next: ``every`` months, weeks or days."""

    every: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.every}-{self.unit}"

    @property
    def months(self) -> int | None:
        """N of a rhythm of N months."""
        return self.every if self.unit == "month" else None

    def date(self, start: date, steps: int) -> date:
        """The due date ``steps`` after ``start``, always counted from ``start`` itself."""
        if self.unit == "month":
            return add_months(start, self.every * steps)
        return start + timedelta(days=self.every * steps * (7 if self.unit == "week" else 1))


@dataclass(frozen=True, slots=True)
class Span:
    """The days from ``start`` to ``end``, the last one not included; due on ``end``."""

    start: date
    end: date
    #: the exact number of months of a regular span; None: broken
    months: int | None = None

    @property
    def days(self) -> int:
        """Calendar days, whatever the day count."""
        return (self.end - self.start).days

    def cut(self, start: date) -> Span:
        """What is left from ``start`` on: the span itself, or a broken one."""
        return self if start <= self.start else Span(start, self.end)


def parse_rhythm(text: str, *, field: str) -> Rhythm:
    """The rhythm of "3-month", "2-week" or "10-day"."""
    match = _RHYTHM.fullmatch(text)
    if match is None:
        raise BadValue(
            field=field,
            name=field,
            value=text[:40],
            rule_zh="周期写作 N-month、N-week 或 N-day，N 为正整数",
            rule_en="a rhythm is written N-month, N-week or N-day, N above zero",
        )
    return Rhythm(int(match[1]), cast("Unit", match[2]))


def spans_until(
    start: date, end: date, rhythm: Rhythm, *, settle_on: int | None = None
) -> tuple[Span, ...]:
    """The spans from ``start`` to the maturity ``end``, which is always the last due date."""
    if end <= start:
        raise MaturityNotAfterStart(field="to", start=start, end=end)
    endless = _endless(start, rhythm, settle_on)
    spans: list[Span] = []
    while (span := next(endless)).end < end:
        spans.append(span)
        _check_number(len(spans) + 1, "every")
    return (*spans, span if span.end == end else Span(span.start, end))


def spans_counted(
    start: date, count: int, rhythm: Rhythm, *, settle_on: int | None = None
) -> tuple[Span, ...]:
    """The first ``count`` spans from ``start``."""
    if count < 1:
        raise CountNotPositive(field="count", count=count)
    _check_number(count, "count")
    endless = _endless(start, rhythm, settle_on)
    return tuple(_within_years(next(endless)) for _ in range(count))


def as_one(spans: tuple[Span, ...]) -> Span:
    """The single span of a bullet payment: regular when every one of its parts is."""
    months = [span.months for span in spans]
    exact = None if None in months else sum(cast("list[int]", months))
    return Span(spans[0].start, spans[-1].end, exact)


def _endless(start: date, rhythm: Rhythm, settle_on: int | None) -> Iterator[Span]:
    """Every span from ``start`` on; where the calendar of Python ends, so does the last one."""
    if settle_on is None:
        dates = _stepped(start, rhythm)
        regular = True
    else:
        _check_settlement(rhythm, settle_on)
        dates = _settled(start, rhythm.every, settle_on)
        regular = _is_settlement_due(start, rhythm.every, settle_on)
    while True:
        end = _next_or_never(dates)
        yield Span(start, end, rhythm.months if regular else None)
        start, regular = end, True


def _stepped(start: date, rhythm: Rhythm) -> Iterator[date]:
    for steps in counting(1):
        yield rhythm.date(start, steps)


def _settled(start: date, every: int, day: int) -> Iterator[date]:
    """The day after each settlement day, as far as it lies after ``start``."""
    # One month early: the day after the last of a month belongs to the next.
    for offset in counting(-1):
        month = add_months(start.replace(day=1), offset)
        due = _settlement_due(month.year, month.month, day)
        if month.month % every == 0 and due > start:
            yield due


def _settlement_due(year: int, month: int, day: int) -> date:
    return day_of_month(year, month, day) + ONE_DAY


def _is_settlement_due(start: date, every: int, day: int) -> bool:
    settled = start - ONE_DAY
    return settled.month % every == 0 and settled == day_of_month(settled.year, settled.month, day)


def _next_or_never(dates: Iterator[date]) -> date:
    try:
        return next(dates)
    except (OverflowError, ValueError):
        return date.max


def _within_years(span: Span) -> Span:
    if span.end.year > YEAR_MAX:
        raise DueDateTooFar(field="to", last_year=YEAR_MAX)
    return span


def _check_number(count: int, field: str) -> None:
    if count > INSTALMENTS_MAX:
        raise TooManyInstalments(field=field, maximum=INSTALMENTS_MAX)


def _check_settlement(rhythm: Rhythm, settle_on: int) -> None:
    if rhythm.months not in SETTLEMENT_MONTHS:
        raise SettlementRhythmUnfit(field="every", rhythm=rhythm)
    if not 1 <= settle_on <= 31:
        raise SettlementDayUnknown(field="settle_on", day=settle_on)
