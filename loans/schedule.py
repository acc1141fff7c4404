"""The repayment plan of a loan: what falls due, when, and what is left after it.

One engine serves preview and booking. ``plan`` takes the terms of a loan and returns its rows;
``replan`` takes the same terms, a day and the principal left on it, and returns the rest of the
rows: the due dates stay, the first period is broken.

Everything is exact until the one rounding of each amount. Interest of a row is the outstanding
balance times the rate of the row's period, rounded once. The level instalment is
P·Πfᵢ ÷ ΣΠ with fᵢ = 1 + rate of period i, the sum running over the products of the factors after
each row, rounded once; equal principal is P ÷ n, rounded once. The last row pays whatever is
outstanding and so absorbs the remainder of every rounding.

No row pays more principal than is outstanding: where there are fewer fen than rows, the first rows
pay them and the others pay nothing. At absurd rates a level instalment can fall short of the
interest of a long period; the plan shows that, and ``require_bookable`` refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd
from typing import Final, Literal, get_args

from kernel.day_count import DayCount, actual_fraction, year_fraction
from kernel.money import ROUNDINGS, Rounding, format_yuan
from loans.due_dates import Rhythm, Span, as_one, spans_counted, spans_until
from loans.refusals import DebtWouldGrow, GraceTooLong, PrincipalNotPositive

Method = Literal["equal-installment", "equal-principal", "interest-only", "bullet"]

METHODS: Final[tuple[Method, ...]] = get_args(Method)

_PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Pricing:
    """What interest on a balance is: the rate, the day count and the rounding of a contract."""

    annual_rate_ppm: int
    day_count: DayCount
    rounding: Rounding = "half-up"

    def rate(self, span: Span) -> tuple[int, int]:
        """The rate of one span, exactly, as (numerator, denominator)."""
        part, whole = year_fraction(span.start, span.end, self.day_count, regular=span.months)
        return self.annual_rate_ppm * part, _PPM * whole

    def interest_fen(self, balance_fen: int, span: Span) -> int:
        """Interest on a balance over one span, rounded once."""
        numerator, denominator = self.rate(span)
        return self.round(balance_fen * numerator, denominator)

    def early_interest_fen(self, balance_fen: int, start: date, end: date) -> int:
        """Interest on the part of a span before an early payment, by actual days."""
        part, whole = actual_fraction(start, end, self.day_count)
        return self.round(balance_fen * self.annual_rate_ppm * part, _PPM * whole)

    def round(self, numerator: int, denominator: int) -> int:
        """The contract's rounding."""
        return ROUNDINGS[self.rounding](numerator, denominator)


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan is made of. Exactly one of ``end`` (the maturity) and ``count`` is given."""

    principal_fen: int
    pricing: Pricing
    method: Method
    start: date
    rhythm: Rhythm
    end: date | None = None
    count: int | None = None
    #: day of the month up to which, itself included, interest is settled; None: from ``start``
    settle_on: int | None = None
    #: the first instalments that pay interest only
    grace: int = 0

    def spans(self) -> tuple[Span, ...]:
        """The periods of the plan, one for each row."""
        if (self.end is None) == (self.count is None):
            raise ValueError("exactly one of the maturity and the number of instalments is wanted")
        if self.method == "bullet":
            # Nothing is settled on the way to a maturity that is known.
            settle_on = self.settle_on if self.end is None else None
            return (as_one(self._stepped(settle_on)),)
        return self._stepped(self.settle_on)

    def _stepped(self, settle_on: int | None) -> tuple[Span, ...]:
        if self.end is not None:
            return spans_until(self.start, self.end, self.rhythm, settle_on=settle_on)
        return spans_counted(self.start, self.count or 0, self.rhythm, settle_on=settle_on)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One instalment. ``outstanding_fen`` is the principal left after it is paid."""

    nr: int
    start: date
    due: date
    days: int
    principal_fen: int
    interest_fen: int
    outstanding_fen: int

    @property
    def total_fen(self) -> int:
        """What the borrower brings on the due date."""
        return self.principal_fen + self.interest_fen


def plan(terms: PlanTerms) -> tuple[PlanRow, ...]:
    """Every row of the plan."""
    spans = terms.spans()
    if terms.grace and terms.grace >= len(spans):
        raise GraceTooLong(field="grace", grace=terms.grace, count=len(spans))
    return plan_rows(
        terms.principal_fen, terms.pricing, terms.method, spans, grace=terms.grace, first_nr=1
    )


def replan(terms: PlanTerms, *, on: date, principal_fen: int) -> tuple[PlanRow, ...]:
    """The rest of the plan from ``on``, with that principal: due dates kept, first span broken.

    Interest of the days before ``on`` is not in it; see ``Pricing.early_interest_fen``.
    """
    spans = terms.spans()
    if not terms.start <= on < spans[-1].end:
        raise ValueError(f"{on} lies outside the plan from {terms.start} to {spans[-1].end}")
    passed = sum(span.end <= on for span in spans)
    rest = (spans[passed].cut(on), *spans[passed + 1 :])
    grace = max(0, terms.grace - passed)
    return plan_rows(
        principal_fen, terms.pricing, terms.method, rest, grace=grace, first_nr=passed + 1
    )


def plan_rows(
    principal_fen: int,
    pricing: Pricing,
    method: Method,
    spans: Sequence[Span],
    *,
    grace: int = 0,
    first_nr: int = 1,
) -> tuple[PlanRow, ...]:
    """The rows over the given spans; the engine behind ``plan`` and ``replan``."""
    if principal_fen <= 0:
        raise PrincipalNotPositive(field="principal", principal=format_yuan(principal_fen))
    part_of = _PARTS[method](principal_fen, pricing, spans[grace:])
    outstanding_fen = principal_fen
    rows: list[PlanRow] = []
    for index, span in enumerate(spans):
        interest_fen = pricing.interest_fen(outstanding_fen, span)
        if index == len(spans) - 1:
            part_fen = outstanding_fen
        else:
            part_fen = 0 if index < grace else min(part_of(interest_fen), outstanding_fen)
        outstanding_fen -= part_fen
        rows.append(
            PlanRow(
                first_nr + index,
                span.start,
                span.end,
                span.days,
                part_fen,
                interest_fen,
                outstanding_fen,
            )
        )
    return tuple(rows)


def require_bookable(rows: Sequence[PlanRow]) -> None:
    """Refuse a plan in which the debt grows on the way."""
    for row in rows:
        if row.principal_fen < 0:
            raise DebtWouldGrow(
                field="rate",
                nr=row.nr,
                total=format_yuan(row.total_fen),
                interest=format_yuan(row.interest_fen),
            )


#: from a row's interest to the principal it pays
_Part = Callable[[int], int]


def _no_part(_principal_fen: int, _pricing: Pricing, _spans: Sequence[Span]) -> _Part:
    return lambda _interest_fen: 0


def _equal_part(principal_fen: int, pricing: Pricing, spans: Sequence[Span]) -> _Part:
    part_fen = pricing.round(principal_fen, len(spans))
    return lambda _interest_fen: part_fen


def _level_part(principal_fen: int, pricing: Pricing, spans: Sequence[Span]) -> _Part:
    total_fen = level_instalment_fen(principal_fen, pricing, spans)
    return lambda interest_fen: total_fen - interest_fen


def level_instalment_fen(principal_fen: int, pricing: Pricing, spans: Sequence[Span]) -> int:
    """P·Πfᵢ ÷ ΣΠ, rounded once; at a rate of zero that is P ÷ n.

    With fᵢ = aᵢ ÷ bᵢ, both sides times Πbᵢ: Πaᵢ and, row after row, s ← s·aᵢ + b₁…bᵢ.
    """
    grown, unit, divisor = 1, 1, 0
    for span in spans:
        numerator, denominator = pricing.rate(span)
        common = gcd(numerator, denominator)
        factor = (denominator + numerator) // common
        unit *= denominator // common
        divisor = divisor * factor + unit
        grown *= factor
    return pricing.round(principal_fen * grown, divisor)


_PARTS: Final[dict[Method, Callable[[int, Pricing, Sequence[Span]], _Part]]] = {
    "equal-installment": _level_part,
    "equal-principal": _equal_part,
    "interest-only": _no_part,
    "bullet": _no_part,
}
