"""What the runs assume beside the books, each a default that people may argue with."""

from __future__ import annotations

from typing import Final

from risk_fund.stress.runs import Year

#: history counts as ordinary years; a poor one brings twice as many loans down, a calamity (疫病、
#: 洪灾、一个产业垮掉) five times. Households of one county fail together: without this a worst case
#: would hardly differ from the mean.
YEARS: Final = (
    Year("平常年景", "ordinary", 7_000, 100),
    Year("差年景", "poor", 2_500, 200),
    Year("灾年", "calamity", 500, 500),
)
#: months after the last maturity in which claimed loans are still collected
WORKOUT_MONTHS: Final = 24
RUNS: Final = 1_000
RUNS_MAX: Final = 10_000
SEED: Final = 20_170_131
