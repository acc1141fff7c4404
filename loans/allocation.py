"""A payment against what is due: which dues it pays, in which order, and what is left of it.

The order is data, a tuple of buckets such as ``("penalty", "interest", "principal")``, frozen in
the contract. The payment goes through the buckets in that order, and within a bucket to the oldest
due first (then to the lower id). Every fen of it is either on a due or in the remainder, and no due
is paid beyond what is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.money import format_yuan
from loans.refusals import PaymentNotPositive


@dataclass(frozen=True, slots=True)
class OpenDue:
    """Something due and not yet paid in full."""

    id: int
    bucket: str
    due_on: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What one due gets; never zero."""

    due_id: int
    bucket: str
    fen: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A payment taken apart: ``paid`` in the order of payment, and what no due wanted."""

    paid: tuple[Paid, ...]
    remainder_fen: int


def allocate(payment_fen: int, dues: Iterable[OpenDue], order: Sequence[str]) -> Allocation:
    """Pay the dues with one payment."""
    if payment_fen <= 0:
        raise PaymentNotPositive(field="amount", amount=format_yuan(payment_fen))
    paid: list[Paid] = []
    left_fen = payment_fen
    for due in in_order(dues, order):
        fen = min(left_fen, due.open_fen)
        if fen:
            paid.append(Paid(due.id, due.bucket, fen))
            left_fen -= fen
    return Allocation(tuple(paid), left_fen)


def in_order(dues: Iterable[OpenDue], order: Sequence[str]) -> list[OpenDue]:
    """The dues in the order in which they are paid. A bucket that the order forgot is an error."""
    rank = {bucket: place for place, bucket in enumerate(order)}
    if len(rank) != len(order):
        raise ValueError(f"a bucket stands twice in the order {tuple(order)}")
    listed = list(dues)
    for due in listed:
        if due.bucket not in rank or due.open_fen < 0:
            raise ValueError(f"{due} cannot be paid in the order {tuple(order)}")
    return sorted(listed, key=lambda due: (rank[due.bucket], due.due_on, due.id))
