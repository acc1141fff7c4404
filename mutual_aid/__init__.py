"""Village funds: members, stakes, groups with joint liability, votes, and the fund's own money.

The loans of a fund are loans of ``loans/`` in the mode ``mutual``, outside cover, subsidy and the
county's lending figures. A fund takes no deposits and pays no dividends.
"""
