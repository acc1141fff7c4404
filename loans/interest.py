"""Interest by product sums (积数), who bears it, and how large the numbers get.

A ``Slice`` is a closed stretch of a loan on which balance and rate stood still. Its product is
balance × days × rate; interest is the sum of products over 1 000 000 × the day base, rounded half
up once for the whole settlement, never per slice. Days count the first and not the last.

The treasury and others may bear a share of the interest, on the principal up to a cap, for some
time: a ``Bearing``. Each payer's part is worked out from its own slices and rounded once; the
household pays what is left, so that the parts always add up to the interest. Payers that together
round up to more than there is are cut in their order.

The same sums run in SQL on 64-bit integers. Rounding half up there is (2n + d) ÷ 2d, so a product
sum must stay under 2^62 (``fits``): 1 亿元 at 36 % fits for 1 281 days, 50 000 元 for ever. A
share in basis points is never multiplied into the product, which would overflow, but taken in two
steps that give the same result (``share_fen``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kernel.dates import Period
from kernel.money import SHARE_MAX_BP, round_half_up
from loans.refusals import SharesExceedWhole

_PPM: Final = 1_000_000

#: product sums stay under this, so that twice one and a divisor still fit into 63 bits
PRODUCT_LIMIT: Final = 2**62

#: the highest rate that any policy may allow, surcharges included; the bound of the SQL sums
RATE_HIGHEST_PPM: Final = 360_000


@dataclass(frozen=True, slots=True)
class Slice:
    """A balance at a rate from ``start`` to ``end``, the last day not included."""

    start: date
    end: date
    principal_fen: int
    annual_rate_ppm: int

    @property
    def period(self) -> Period:
        """The days of the slice."""
        return Period(self.start, self.end)

    @property
    def product(self) -> int:
        """Balance × days × rate, in fen · days · ppm."""
        return self.principal_fen * self.period.days * self.annual_rate_ppm


@dataclass(frozen=True, slots=True)
class Bearing:
    """A payer takes a share of the interest that arises from ``start`` to ``end``."""

    payer: str
    start: date
    end: date
    share_bp: int
    #: only interest on the principal up to here is shared; None: on all of it
    cap_fen: int | None = None


@dataclass(frozen=True, slots=True)
class SharedSlice:
    """The stretch on which one bearing meets one slice: what "why" shows of a payer's part."""

    slice: Slice
    share_bp: int


@dataclass(frozen=True, slots=True)
class Borne:
    """Interest of one settlement and who pays it: ``parts`` in the payers' order."""

    interest_fen: int
    parts: tuple[tuple[str, int], ...]

    @property
    def household_fen(self) -> int:
        """What is left for the household."""
        return self.interest_fen - sum(fen for _payer, fen in self.parts)


def product_sum(slices: Iterable[Slice]) -> int:
    """Σ balance × days × rate."""
    return sum(piece.product for piece in slices)


def interest_fen(product: int, day_base: int) -> int:
    """The interest of a product sum, half up once. ``day_base`` is 360 or 365."""
    return round_half_up(product, _PPM * day_base)


def split_interest(slices: Sequence[Slice], bearings: Sequence[Bearing], day_base: int) -> Borne:
    """The interest of one settlement, split between the payers and the household."""
    _check_shares(slices, bearings)
    total_fen = left_fen = interest_fen(product_sum(slices), day_base)
    parts: list[tuple[str, int]] = []
    for payer in dict.fromkeys(bearing.payer for bearing in bearings):
        pieces = shared_slices(slices, [b for b in bearings if b.payer == payer])
        part_fen = min(left_fen, shared_fen(pieces, day_base))
        left_fen -= part_fen
        parts.append((payer, part_fen))
    return Borne(total_fen, tuple(parts))


def shared_slices(slices: Iterable[Slice], bearings: Sequence[Bearing]) -> tuple[SharedSlice, ...]:
    """Where bearings and slices meet, the principal cut to the cap."""
    return tuple(
        SharedSlice(_cut(piece, bearing), bearing.share_bp)
        for piece in slices
        for bearing in bearings
        if _meeting(piece, bearing).days
    )


def shared_fen(pieces: Iterable[SharedSlice], day_base: int) -> int:
    """Σ product × share ÷ (1 000 000 × base × 10 000), half up once."""
    product = sum(piece.slice.product * piece.share_bp for piece in pieces)
    return round_half_up(product, _PPM * day_base * SHARE_MAX_BP)


def share_fen(products: Iterable[tuple[int, int]], day_base: int) -> int:
    """``shared_fen`` from (product, share) pairs in steps that stay within 64 bits, as SQL does it.

    1. Divide each product by d = 1 000 000 × base: whole part w, rest r (r < d).
    2. Add up w × share and r × share; the second sum, divided by d, carries over into the first.
    3. Halve up by 10 000. What step 2 dropped is less than one and cannot reach the next half.
    """
    divisor = _PPM * day_base
    whole = rest = 0
    for product, share_bp in products:
        whole += product // divisor * share_bp
        rest += product % divisor * share_bp
    return round_half_up(whole + rest // divisor, SHARE_MAX_BP)


def surcharged_rate_ppm(annual_rate_ppm: int, surcharge_bp: int) -> int:
    """The penalty rate: 4.75 % and a surcharge of 50 % give 7.125 %.

    This is the rate that the contract prints, four decimals like every rate, half up.
    """
    return round_half_up(annual_rate_ppm * (SHARE_MAX_BP + surcharge_bp), SHARE_MAX_BP)


def fits(principal_fen: int, annual_rate_ppm: int, days: int) -> bool:
    """Whether a product of these, the largest of a sum of ``days`` in all, is safe in SQL."""
    return principal_fen * annual_rate_ppm * days < PRODUCT_LIMIT


def _meeting(piece: Slice, bearing: Bearing) -> Period:
    return piece.period.overlap(Period(bearing.start, bearing.end))


def _cut(piece: Slice, bearing: Bearing) -> Slice:
    meeting = _meeting(piece, bearing)
    cap_fen = piece.principal_fen if bearing.cap_fen is None else bearing.cap_fen
    principal_fen = min(piece.principal_fen, cap_fen)
    return Slice(meeting.start, meeting.end, principal_fen, piece.annual_rate_ppm)


def _check_shares(slices: Sequence[Slice], bearings: Sequence[Bearing]) -> None:
    """On no day may the payers bear more than the whole; the sum can only peak where one starts."""
    for bearing in bearings:
        if bearing.share_bp < 0 or (bearing.cap_fen is not None and bearing.cap_fen < 0):
            raise ValueError(f"a share or a cap below zero: {bearing}")
        day = bearing.start
        share_bp = sum(b.share_bp for b in bearings if b.start <= day < b.end)
        if share_bp > SHARE_MAX_BP:
            raise SharesExceedWhole(field="bearers", day=day)
    for piece in slices:
        if piece.principal_fen < 0 or piece.annual_rate_ppm < 0:
            raise ValueError(f"a balance or a rate below zero: {piece}")
