"""Unwinding of 户贷企用: decided by two people, over when dividends, principal and subsidy are."""
