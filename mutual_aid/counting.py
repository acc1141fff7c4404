"""Whether a vote carries, and how the fee is set apart. Pure.

30 households may vote, 20 come, 11 are for it: 20/30 ≥ 66.66 %, 11/20 > 50 %: it carries.
304.17 of fee at 40 : 30 : 10 : 20: 121.67 + 91.25 + 30.42 + 60.83 = 304.17
"""

from __future__ import annotations

from dataclasses import dataclass

from kernel.money import SHARE_MAX_BP, split_by_weights
from policy import MutualRules


@dataclass(frozen=True, slots=True)
class Counted:
    """Ballots as they were counted."""

    eligible: int
    present: int
    voted_for: int
    against: int
    abstained: int

    @property
    def ballots(self) -> int:
        """All of them."""
        return self.voted_for + self.against + self.abstained

    @property
    def is_possible(self) -> bool:
        """No number below zero, no more ballots than present, no more present than members."""
        parts = (self.voted_for, self.against, self.abstained)
        return min(parts) >= 0 and self.ballots <= self.present <= self.eligible


def carries(counted: Counted, rules: MutualRules) -> bool:
    """Enough came, and of those who came enough are for it."""
    came = counted.present * SHARE_MAX_BP >= counted.eligible * rules.vote_present_min_bp.value
    wanted = counted.voted_for * SHARE_MAX_BP > counted.present * rules.vote_for_above_bp.value
    return came and wanted


def fee_parts(income_fen: int, rules: MutualRules) -> list[int]:
    """Running cost, the fund, welfare, reserve; to the fen, by the largest remainder."""
    shares = (
        rules.fee_running_bp, rules.fee_capital_bp, rules.fee_welfare_bp, rules.fee_reserve_bp,
    )  # fmt: skip
    return split_by_weights(income_fen, [one.value for one in shares])
