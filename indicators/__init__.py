"""Coverage, lending and arrears by village, township, county and closed day.

The room writes nothing but its own dated snapshots (``take_snapshot``, at the close of a day) and
answers from them: ``figures`` of a region and day, ``series`` over days, ``rows_behind`` a figure.
A day that is not closed has no figures.

A county hands a closed day in to its prefecture as a file (``export``), where ``take_in`` reads it:
the figures of a prefecture's books are what its counties handed in.
"""

from __future__ import annotations

from indicators.checks import check
from indicators.definition import Definition
from indicators.definitions import FIGURES, Figures, definition
from indicators.handing_over import export, take_in
from indicators.handover import Handover
from indicators.imported import HandedIn, handed_in, of_counties, sampled
from indicators.operations import take_snapshot
from indicators.queries import figures, figures_below, series
from indicators.rows import Page, Row, rows_behind

__all__ = [
    "FIGURES",
    "Definition",
    "Figures",
    "HandedIn",
    "Handover",
    "Page",
    "Row",
    "check",
    "definition",
    "export",
    "figures",
    "figures_below",
    "handed_in",
    "of_counties",
    "rows_behind",
    "sampled",
    "series",
    "take_in",
    "take_snapshot",
]
