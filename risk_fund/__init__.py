"""The risk-compensation fund: what is paid in, what it covers, what it pays and gets back.

Each lender has a special account per county. What is in it, less what is pledged, times the
multiple is what may be out under cover; the loans keep the limit. A loss is shared by a dated
table; what is recovered goes back the same way.
"""

from risk_fund.accounts import (
    Order,
    book_interest,
    decide_order,
    open_account,
    propose_order,
)
from risk_fund.figures import AccountFigures, figures, total_of
from risk_fund.leverage import Leverage
from risk_fund.limits import refresh_limits
from risk_fund.reconciling import (
    compare,
    decide_reconciliation,
    propose_reconciliation,
    take_statement,
)

__all__ = [
    "AccountFigures",
    "Leverage",
    "Order",
    "book_interest",
    "compare",
    "decide_order",
    "decide_reconciliation",
    "figures",
    "open_account",
    "propose_order",
    "propose_reconciliation",
    "refresh_limits",
    "take_statement",
    "total_of",
]
