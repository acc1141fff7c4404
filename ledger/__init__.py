"""The ledger: accounts with owners, immutable balanced entries, and the business day.

Every movement of money in the house passes through ``post`` or ``post_many``; a correction is a
reversing entry. Rooms above name accounts by kind and owner and never touch the tables.
"""

from ledger.chart import CHART, AccountKind
from ledger.checks import check
from ledger.operations import (
    Line,
    account_id,
    begin_close,
    finish_close,
    hold_commands,
    open_accounts,
    open_books,
    post,
    post_many,
    require_bookable,
    reverse,
)
from ledger.queries import (
    balance,
    balances_by_subject,
    books,
    closing_day,
    debits_by_source,
    entry_of,
    last_closed_day,
    lines_of,
    open_day,
    require_closed,
    state_of,
)

__all__ = [
    "CHART",
    "AccountKind",
    "Line",
    "account_id",
    "balance",
    "balances_by_subject",
    "begin_close",
    "books",
    "check",
    "closing_day",
    "debits_by_source",
    "entry_of",
    "finish_close",
    "hold_commands",
    "last_closed_day",
    "lines_of",
    "open_accounts",
    "open_books",
    "open_day",
    "post",
    "post_many",
    "require_bookable",
    "require_closed",
    "reverse",
    "state_of",
]
