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
from risk_fund.claims.deciding import decide_claim, withdraw_claim
from risk_fund.claims.filing import ClaimAsked, file_claim
from risk_fund.claims.paying import Transfer, note_compensation, pay_claim
from risk_fund.figures import AccountFigures, figures, total_of
from risk_fund.fuse_close import close_fuse
from risk_fund.leverage import Leverage
from risk_fund.lifting import ask_lift, decide_lift
from risk_fund.limits import refresh_limits
from risk_fund.reconciling import (
    compare,
    decide_reconciliation,
    propose_reconciliation,
    take_statement,
)
from risk_fund.recoveries import recover
from risk_fund.returning import return_recoveries

__all__ = [
    "AccountFigures",
    "ClaimAsked",
    "Leverage",
    "Order",
    "Transfer",
    "ask_lift",
    "book_interest",
    "close_fuse",
    "compare",
    "decide_claim",
    "decide_lift",
    "decide_order",
    "decide_reconciliation",
    "figures",
    "file_claim",
    "note_compensation",
    "open_account",
    "pay_claim",
    "propose_order",
    "propose_reconciliation",
    "recover",
    "refresh_limits",
    "return_recoveries",
    "take_statement",
    "total_of",
    "withdraw_claim",
]
