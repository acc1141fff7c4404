"""Dividends: rounds found by the close, declared, checked, funded, approved; then paid."""

from enterprises.dividends.declaring import Declared, check, declare, return_round, settle_prepaid
from enterprises.dividends.funding import Funded, approve, find_money, free, receive
from enterprises.dividends.rounds import find_due
from enterprises.dividends.steps import declaration_of, round_of, state_of, steps_of

__all__ = [
    "Declared",
    "Funded",
    "approve",
    "check",
    "declaration_of",
    "declare",
    "find_due",
    "find_money",
    "free",
    "receive",
    "return_round",
    "round_of",
    "settle_prepaid",
    "state_of",
    "steps_of",
]
