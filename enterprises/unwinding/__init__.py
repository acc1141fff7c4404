"""Unwinding of 户贷企用: decided by two people, over when dividends, principal and subsidy are."""

from enterprises.unwinding.conditions import (
    Conditions,
    LoanOpen,
    end_agreement,
    loans_of,
    what_is_open,
)
from enterprises.unwinding.converting import decide_conversion, propose_conversion
from enterprises.unwinding.deciding import decide_unwinding, propose_unwinding, unwinding_of

__all__ = [
    "Conditions",
    "LoanOpen",
    "decide_conversion",
    "decide_unwinding",
    "end_agreement",
    "loans_of",
    "propose_conversion",
    "propose_unwinding",
    "unwinding_of",
    "what_is_open",
]
