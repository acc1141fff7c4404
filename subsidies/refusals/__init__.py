"""Everything the subsidies refuse, by what was asked of them; one class for each rule."""

from subsidies.refusals.budget import (
    BudgetAmountBelowZero,
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

__all__ = [
    "BudgetAmountBelowZero",
    "BudgetChangeZero",
    "BudgetExceeded",
    "BudgetLevelUnknown",
    "BudgetLineIncomplete",
    "BudgetLineTwice",
    "BudgetLineUnknown",
    "BudgetNotCommitted",
    "BudgetNotPaid",
    "BudgetYearOutOfRange",
]
