"""Dividends: rounds found by the close, declared, checked, funded, approved; then paid."""
