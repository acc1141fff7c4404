"""Interest subsidies: what the treasury owes for each settlement, claimed, checked, paid, foreseen.

The treasury's part of a settlement becomes an entitlement at the close of its day. A lender claims
the entitlements of a period; three offices check, publish, approve and pay the claim; the bank's
answer says what has come. A household owes nothing more however late the treasury pays.
"""

from subsidies.batch import entitle

__all__ = ["entitle"]
