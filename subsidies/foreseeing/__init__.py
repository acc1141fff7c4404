"""What the subsidies will cost: the loans that are out lived on, and loans that may be lent.

A forecast is a run of the same pure course that the books live by, on nominal dates, every due paid
on its day. Loans that stand alike are lived once and counted. Nothing is written.
"""

from __future__ import annotations

from subsidies.foreseeing.asked import Asked, NewLending, ShareFrom
from subsidies.foreseeing.forecast import Forecast, QuarterLine, YearLine, foresee
from subsidies.foreseeing.living import Quarter, quarter_of

__all__ = [
    "Asked",
    "Forecast",
    "NewLending",
    "Quarter",
    "QuarterLine",
    "ShareFrom",
    "YearLine",
    "foresee",
    "quarter_of",
]
