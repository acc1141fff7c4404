"""Day counts and repayment plans, with fractions and by walking.

Written from the rule, not from the product: days are counted one at a time, months are stepped one
at a time, and the level instalment is found by solving for the payment that leaves nothing (the
balance after the last row is a straight line in the payment).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

ONE = timedelta(days=1)


def half_up(value: Fraction) -> int:
    magnitude = int(abs(value) + Fraction(1, 2))
    return magnitude if value >= 0 else -magnitude


def half_even(value: Fraction) -> int:
    return round(value)


def walk(start: date, end: date) -> list[date]:
    days = []
    while start < end:
        days.append(start)
        start += ONE
    return days


def shift(anchor: date, months: int) -> date:
    year, month = anchor.year, anchor.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    for day in (anchor.day, 30, 29, 28):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


def part_of_year(start: date, end: date, convention: str, months: int | None) -> Fraction:
    if convention == "act/360":
        return Fraction(len(walk(start, end)), 360)
    if convention == "act/365":
        return Fraction(len(walk(start, end)), 365)
    if convention == "act/act":
        return sum(
            (
                Fraction(1, len(walk(date(d.year, 1, 1), date(d.year + 1, 1, 1))))
                for d in walk(start, end)
            ),
            Fraction(0),
        )
    if months is not None:
        return Fraction(months, 12)
    if convention == "30/360":
        serials = [
            360 * d.year + 30 * d.month + (30 if d.day == 31 else d.day) for d in (start, end)
        ]
        return Fraction(serials[1] - serials[0], 360)
    assert convention == "by-month"
    whole = 0
    while shift(start, whole + 1) <= end:
        whole += 1
    return Fraction(whole, 12) + Fraction(len(walk(shift(start, whole), end)), 360)


@dataclass
class Row:
    due: date
    days: int
    principal: int
    interest: int
    outstanding: int


def due_dates(
    start: date, every: int, unit: str, settle_on: int | None, end: date | None, count: int | None
) -> list[tuple[date, bool]]:
    """Each due date, and whether it is one of the rhythm rather than a maturity that cuts it."""
    found: list[tuple[date, bool]] = []
    day, step = start, 1
    while True:
        if settle_on is None:
            if unit == "month":
                due = shift(start, every * step)
            else:
                due = start + ONE * (every * step * (7 if unit == "week" else 1))
            step += 1
        else:
            # Walk on to the next day whose eve was the settlement day of a settlement month.
            day += ONE
            while not settles(day - ONE, every, settle_on):
                day += ONE
            due = day
        if end is not None and due >= end:
            return [*found, (end, due == end)]
        found.append((due, True))
        if count is not None and len(found) == count:
            return found


def settles(day: date, every: int, settle_on: int) -> bool:
    if day.month % every:
        return False
    return day.day == settle_on or (day.day < settle_on and (day + ONE).month != day.month)


def plan(
    principal: int,
    rate_percent: Fraction,
    method: str,
    start: date,
    every: int,
    unit: str,
    convention: str,
    settle_on: int | None,
    end: date | None,
    count: int | None,
    grace: int,
    rounding: str,
) -> list[Row]:
    rounded = half_up if rounding == "half-up" else half_even
    if method == "bullet" and end is not None:
        settle_on = None
    dues = due_dates(start, every, unit, settle_on, end, count)
    first_regular = settle_on is None or settles(start - ONE, every, settle_on)
    parts: list[tuple[date, date, int | None]] = []
    edge, regular = start, first_regular
    for due, on_rhythm in dues:
        parts.append((edge, due, every if unit == "month" and regular and on_rhythm else None))
        edge, regular = due, True
    if method == "bullet":
        months = [m for _s, _e, m in parts]
        whole = None if None in months else sum(m for m in months if m is not None)
        parts = [(start, parts[-1][1], whole)]
    rates = [rate_percent / 100 * part_of_year(s, e, convention, m) for s, e, m in parts]
    return rows_over(principal, method, parts, rates, grace, rounded)


def rows_over(
    principal: int,
    method: str,
    parts: list[tuple[date, date, int | None]],
    rates: list[Fraction],
    grace: int,
    rounded: Callable[[Fraction], int],
) -> list[Row]:
    level = rounded(level_payment(principal, rates[grace:]))
    share = rounded(Fraction(principal, len(parts) - grace))
    rows: list[Row] = []
    left = principal
    for index, ((begin, due, _m), rate) in enumerate(zip(parts, rates, strict=True)):
        interest = rounded(left * rate)
        if index == len(parts) - 1:
            paid = left
        elif method in ("interest-only", "bullet") or index < grace:
            paid = 0
        elif method == "equal-principal":
            paid = share if share < left else left
        else:
            paid = level - interest if level - interest < left else left
        left -= paid
        rows.append(Row(due, len(walk(begin, due)), paid, interest, left))
    return rows


def level_payment(principal: int, rates: list[Fraction]) -> Fraction:
    def left(payment: int) -> Fraction:
        balance = Fraction(principal)
        for rate in rates:
            balance = balance + balance * rate - payment
        return balance

    return left(0) / (left(0) - left(1))
