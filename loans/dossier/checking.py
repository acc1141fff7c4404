"""When a loan is looked at after lending (贷后检查): soon after the money, then at a rhythm.

Pure.
"""

from __future__ import annotations

from datetime import date, timedelta

from kernel.dates import add_months


def first_due(drawn_on: date, first_days: int) -> date:
    """The day by which the first check is made, counted from the first disbursement."""
    return drawn_on + timedelta(days=first_days)


def next_due(checked_on: date, every_months: int) -> date:
    """The day by which the check after this one is made; a month's end clamps it."""
    return add_months(checked_on, max(1, every_months))
