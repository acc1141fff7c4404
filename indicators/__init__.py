"""Coverage, lending and arrears by village, township, county and closed day.

The room writes nothing but its own dated snapshots (``take_snapshot``, at the close of a day) and
answers from them: ``figures`` of a region and day, ``series`` over days, ``rows_behind`` a figure.
A day that is not closed has no figures.
"""

from __future__ import annotations

from indicators.checks import check
from indicators.definition import Definition
from indicators.definitions import FIGURES, Figures, definition
from indicators.operations import take_snapshot
from indicators.queries import figures, series
from indicators.rows import Page, Row, rows_behind

__all__ = [
    "FIGURES",
    "Definition",
    "Figures",
    "Page",
    "Row",
    "check",
    "definition",
    "figures",
    "rows_behind",
    "series",
    "take_snapshot",
]
