"""Everything the subsidies refuse, by what was asked of them; one class for each rule."""

from subsidies.refusals.budget import (
    BudgetAmountBelowZero,
    BudgetChangeUndocumented,
    BudgetChangeZero,
    BudgetExceeded,
    BudgetLevelUnknown,
    BudgetLineIncomplete,
    BudgetLineTwice,
    BudgetLineUnknown,
    BudgetNotCommitted,
    BudgetNotPaid,
    BudgetYearOutOfRange,
)
from subsidies.refusals.foreseeing import (
    ForecastBadShare,
    ForecastTooLong,
    LendingAboveLimit,
    LendingIncomplete,
)

__all__ = [
    "BudgetAmountBelowZero",
    "BudgetChangeUndocumented",
    "BudgetChangeZero",
    "BudgetExceeded",
    "BudgetLevelUnknown",
    "BudgetLineIncomplete",
    "BudgetLineTwice",
    "BudgetLineUnknown",
    "BudgetNotCommitted",
    "BudgetNotPaid",
    "BudgetYearOutOfRange",
    "ForecastBadShare",
    "ForecastTooLong",
    "LendingAboveLimit",
    "LendingIncomplete",
]
