"""Interest, bearers and allocation, day by day and fen by fen."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.slow_model.plan import half_up, walk

#: start, end, principal in fen, yearly rate as a fraction of one
Piece = tuple[date, date, int, Fraction]
#: payer, start, end, share as a fraction of one, cap in fen or None
Share = tuple[str, date, date, Fraction, int | None]


def accrued(pieces: list[Piece], base: int) -> Fraction:
    total = Fraction(0)
    for start, end, principal, rate in pieces:
        for _day in walk(start, end):
            total += principal * rate / base
    return total


def accrued_for(payer: str, pieces: list[Piece], shares: list[Share], base: int) -> Fraction:
    total = Fraction(0)
    for start, end, principal, rate in pieces:
        for day in walk(start, end):
            for name, since, until, share, cap in shares:
                if name == payer and since <= day < until:
                    counted = principal if cap is None or cap > principal else cap
                    total += counted * rate * share / base
    return total


def split(pieces: list[Piece], shares: list[Share], base: int) -> tuple[int, list[tuple[str, int]]]:
    left = whole = half_up(accrued(pieces, base))
    parts: list[tuple[str, int]] = []
    for name in dict.fromkeys(share[0] for share in shares):
        part = min(left, half_up(accrued_for(name, pieces, shares, base)))
        left -= part
        parts.append((name, part))
    return whole, parts


def pay(
    payment: int, dues: list[tuple[int, str, date, int]], order: list[str]
) -> tuple[dict[int, int], int]:
    """One fen after the other: each goes to the first due that still wants one."""
    got = {due[0]: 0 for due in dues}
    while payment:
        wanting = [due for due in dues if got[due[0]] < due[3]]
        if not wanting:
            break
        first = min(wanting, key=lambda due: (order.index(due[1]), due[2], due[0]))
        got[first[0]] += 1
        payment -= 1
    return got, payment
