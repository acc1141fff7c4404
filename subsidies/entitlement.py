"""What the treasury owes of a settlement, to whom, and which of its days bear nothing. Pure.

The treasury's part of a settlement is its entitlement: Σ part of the balance × days × rate × share,
rounded once, never above the interest. Where interest is a plan's row, it is shared as the product
sums of its days are. A later revision carries the difference alone.

Exclusions say, in fen·days of principal, what of a settlement's days bears no subsidy, and why: a
balance overdue or misused, the part above the cap, days on which nothing is borne any more because
the subsidy was stopped (then with its reason), or none that the policy gives. What the policy
leaves to the household by its share is no exclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.money import SHARE_MAX_BP, round_half_up
from loans.interest import interest_fen, share_fen
from loans.parts import Closed
from loans.routes import HOUSEHOLD, LENDER

#: kinds of settlement whose principal and days are looked through for what bears no subsidy
LOOKED_THROUGH: Final = ("interest", "penalty")

#: reason of an exclusion -> how papers say it
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "overdue": "逾期",
        "misused": "挪用",
        "lent_on": "转借",
        "falsified": "弄虚作假",
        "off_purpose": "改变用途",
        "status": "不再符合条件",
        "other": "停止贴息（其他）",
        "over_cap": "超过贴息本金上限",
        "no_share": "政策不予贴息的期间",
    }
)


@dataclass(frozen=True, slots=True)
class Stop:
    """The subsidy of a loan was stopped (停止贴息) from a day on."""

    from_on: date
    why: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid: a table of the register and an id in it."""

    kind: str
    id: int


def payee_of(
    route: str, *, lender_id: int, household_id: int | None, organisation_id: int | None
) -> Payee:
    """Who gets the treasury's part: the lender, or whoever has paid it first."""
    if route == LENDER:
        return Payee("organisations", lender_id)
    if route == HOUSEHOLD and household_id is not None:
        return Payee("households", household_id)
    assert organisation_id is not None
    return Payee("organisations", organisation_id)


def treasury_fen(amount_fen: int, pieces: Sequence[Closed], day_base: int, *, fixed: bool) -> int:
    """The treasury's part of interest, from the segments it arose on.

    ``fixed``: the amount is a plan's row, or the broken part of one, and is shared as its days are.
    """
    if fixed:
        product = sum(piece.product for piece in pieces)
        shared = sum(piece.treasury_product * piece.share_bp for piece in pieces)
        return round_half_up(amount_fen * shared, product * SHARE_MAX_BP) if product else 0
    total_fen = interest_fen(sum(piece.product for piece in pieces), day_base)
    pairs = [(piece.treasury_product, piece.share_bp) for piece in pieces]
    return min(total_fen, share_fen(pairs, day_base))


def exclusions(
    pieces: Iterable[Closed], stop: Stop | None = None, *, misuse: str = "misused"
) -> dict[str, int]:
    """Reason -> Σ principal × days left out, fen·days; of a loan that the treasury bears part of.

    ``misuse``: what the misuse was found to be, ``misused`` or ``lent_on``.
    """
    left_out: dict[str, int] = {}
    for piece in pieces:
        reason, part_fen = left_out_of(piece, stop, misuse)
        days = (piece.to_on - piece.from_on).days
        if part_fen:
            left_out[reason] = left_out.get(reason, 0) + part_fen * days
    return left_out


def left_out_of(piece: Closed, stop: Stop | None, misuse: str) -> tuple[str, int]:
    """Why a segment's principal bears no subsidy, and how much of it."""
    if piece.state == "overdue":
        return "overdue", piece.principal_fen
    if piece.state == "misused":
        return misuse, piece.principal_fen
    if piece.share_bp:
        return "over_cap", max(piece.principal_fen - piece.cap_fen, 0)
    if stop is not None and stop.from_on <= piece.from_on:
        return stop.why, piece.principal_fen
    return "no_share", piece.principal_fen
