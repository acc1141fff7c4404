"""The office: the desks every room uses. People and accounts, rights, approvals, vouchers."""

from office import approvals, payments, people, rights

__all__ = ["approvals", "payments", "people", "rights"]
