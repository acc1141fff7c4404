"""Covered principal: what of a loan's principal risk compensation stands for. Pure: no session.

A contract says how much of a household's principal is under cover at most. On the signing day that
cap is frozen for the contract: what the household's other contracts leave of it, never more than
the contract's amount. Of what is out, the part up to the cap in force is covered; so a repayment
lowers what is outside the cover first.

    household with 50 000 out, cap 50 000; a second contract of 30 000: its cap is 0
    the first repays 20 000: 30 000 + 0 covered of 60 000 out
    a third contract of 25 000 signed then: 20 000 of it is under cover
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from loans.shares import cap_left
from policy import FUND, ContractTerms

#: the part of a debt whose cover a cap on principal speaks of
PRINCIPAL: Final = "principal"


def covered_fen(outstanding_fen: int, cap_fen: int) -> int:
    """How much of what is out is under cover."""
    return min(outstanding_fen, cap_fen)


def fund_share_bp(terms: ContractTerms) -> int:
    """The share of a loss that the fund bears, basis points."""
    if terms.loss_sharing is not None:
        return sum(row.share_bp for row in terms.loss_sharing.value if row.party == FUND)
    return terms.cover_fund_share_bp.value


def household_cap_fen(terms: ContractTerms) -> int:
    """Principal of one household under cover at most; 0 where the terms cover none."""
    if PRINCIPAL not in terms.cover_parts.value or not fund_share_bp(terms):
        return 0
    return terms.cover_principal_max_fen.value


def contract_cap_fen(terms: ContractTerms, parts: Sequence[tuple[int, int]]) -> int:
    """Principal of a contract under cover at most.

    ``parts``: (principal, what other contracts take of the cap) of each household behind it.
    """
    return cap_left(household_cap_fen(terms), parts)
