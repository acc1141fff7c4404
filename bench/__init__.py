"""Measurements: the close of a day over a portfolio of any size, beside the database's own speed.

A portfolio is built by INSERT … SELECT on a throw-away database, days are closed by the product's
own close, and the same rows are then written without any of its work. One JSON object a line.
"""

from bench.measures import (
    ACTS,
    DIVIDEND,
    FIGURES,
    QUIET_DAY,
    SERIES,
    SETTLE,
    SUBSIDY,
    Result,
    act,
    dividend,
    figures,
    quiet_day,
    series,
    settle,
    subsidy,
)
from bench.throwaway import throwaway

__all__ = [
    "ACTS",
    "DIVIDEND",
    "FIGURES",
    "QUIET_DAY",
    "SERIES",
    "SETTLE",
    "SUBSIDY",
    "Result",
    "act",
    "dividend",
    "figures",
    "quiet_day",
    "series",
    "settle",
    "subsidy",
    "throwaway",
]
