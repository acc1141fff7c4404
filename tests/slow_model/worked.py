"""What worked lives are made of: three contracts, a plain calendar, events by their names.

Amounts are fen. Unless said otherwise: 50 000 yuan at 4.75 %, over 360, +50 % past due (7.125 %),
+100 % misused (9.5 %), the household bears all of the interest; Saturdays and Sundays are holidays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from tests.slow_model.contract import Contract
from tests.slow_model.life import Event, live
from tests.slow_model.loan import SlowLoan

FULL = 5_000_000
RATE = Fraction("0.0475")
PENALTY_FIRST = ["penalty", "compound", "interest", "principal"]
#: the grading rule since July 2023
GRADING = [(0, 2), (90, 3), (270, 4), (360, 5)]

#: a Monday, and a year later a Tuesday
DRAWN = date(2016, 5, 30)
MATURES = date(2017, 5, 30)

BULLET = Contract(
    amount=FULL,
    matures=MATURES,
    rate=RATE,
    penalty_rate=Fraction("0.07125"),
    method="bullet",
    every=0,
    settle_on=0,
    convention="act/360",
    order=PENALTY_FIRST,
    shares=[],
    misuse_rate=Fraction("0.095"),
)
#: three years, settled on the 20th of the quarter's last month
QUARTERLY = replace(
    BULLET, matures=date(2019, 6, 21), method="interest-only", every=3, settle_on=20
)
#: 12 000 yuan at 6 %, four instalments of principal
PLAN = replace(
    BULLET, amount=1_200_000, matures=date(2018, 1, 10), rate=Fraction("0.06"),
    penalty_rate=Fraction("0.09"), misuse_rate=Fraction("0.12"), method="equal-principal", every=3,
    convention="by-month",
)  # fmt: skip


def weekday(day: date) -> bool:
    return day.weekday() < 5


def lived(contract: Contract, until: date, *events: Event) -> SlowLoan:
    return live(contract, events, until, weekday)


def draw(on: date, fen: int = FULL) -> Event:
    return Event("draw", on, fen)


def paid(on: date, fen: int) -> Event:
    return Event("payment", on, fen)


def early(on: date, fen: int) -> Event:
    return Event("early", on, fen)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
