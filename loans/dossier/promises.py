"""Whether a promise to pay was kept: reckoned from the repayments, never noted by hand. Pure.

A promise counts what is paid from the day it is given up to and including the promised day. It is
*kept* as soon as that reaches the promised amount, *broken* once the day is over without it, and
*open* until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

#: state -> its name on pages
PROMISE_TITLES: Final = {"open": "未到承诺日", "kept": "已兑现", "broken": "未兑现"}


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as it was given."""

    given_on: date
    promised_on: date
    amount_fen: int


def paid_fen(promise: Promise, payments: Iterable[tuple[date, int]]) -> int:
    """What was paid (value date, fen) in the days that count."""
    return sum(fen for day, fen in payments if promise.given_on <= day <= promise.promised_on)


def state_of(promise: Promise, payments: Iterable[tuple[date, int]], on: date) -> str:
    """kept, broken or open on a business day."""
    if paid_fen(promise, payments) >= promise.amount_fen:
        return "kept"
    return "broken" if promise.promised_on < on else "open"
