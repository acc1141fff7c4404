"""What a period of an agreement is worth to each household. Pure.

A term holds in some years of the agreement and names a yearly sum: a rate on the stake, or fixed
per household or per person. A period of ``months`` is ``12 ÷ months`` parts of a year, whatever its
days. A household linked for a part of the period's days gets that part of it. All of it is one
fraction, rounded once: that is the household's *floor*.

On top may come a share of the declared profit: what is left of it after the enterprise's fee and
above all floors together, times the share, split over the stakes by the largest remainder, ties to
the earlier household. Of each household's amount the cash part is rounded, the rest is re-invested
(转增股金); it does not raise the stake that later periods are counted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kernel.dates import Period, add_months
from kernel.money import RATE_MAX_PPM, SHARE_MAX_BP, round_half_up, split_by_weights

Basis = Literal["rate_on_stake", "per_household", "per_person"]
BASES: Final[tuple[Basis, ...]] = ("rate_on_stake", "per_household", "per_person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is paid in the years ``year_from`` to ``year_to`` of an agreement, both included."""

    year_from: int
    year_to: int
    basis: Basis
    #: a year, of the stake; 0 for another basis
    rate_ppm: int = 0
    #: a year, per household or person; 0 for a rate
    amount_fen: int = 0
    #: part paid out; the rest is re-invested
    cash_bp: int = SHARE_MAX_BP
    #: the households' part of the profit above all floors
    profit_share_bp: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A household over one period, all its stakes in the agreement together."""

    household_id: int
    #: members when it was linked
    persons: int
    #: all its stakes, fen
    stake_fen: int
    #: each stake times the days of the period it was in, added up
    stake_days: int
    #: days of the period on which the household was linked
    linked_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a household gets for a period."""

    household_id: int
    #: what the terms promise whatever the profit
    floor_fen: int
    #: its part of the profit above all floors
    profit_fen: int
    #: paid out
    cash_fen: int
    #: added to its stakes
    reinvested_fen: int

    @property
    def amount_fen(self) -> int:
        """Everything."""
        return self.floor_fen + self.profit_fen


def period_of(from_on: date, rhythm_months: int, nr: int) -> Period:
    """The agreement's period ``nr``, from 1, counted from its first day."""
    start, end = (nr - 1) * rhythm_months, nr * rhythm_months
    return Period(add_months(from_on, start), add_months(from_on, end))


def periods_in(from_on: date, to_on: date, rhythm_months: int) -> int | None:
    """How many periods an agreement has; None where they do not come out even."""
    months = (to_on.year - from_on.year) * 12 + to_on.month - from_on.month
    count, rest = divmod(months, rhythm_months)
    return count if rest == 0 and count > 0 and add_months(from_on, months) == to_on else None


def year_of(rhythm_months: int, nr: int) -> int:
    """The year of the agreement that its period ``nr`` lies in, from 1."""
    return (nr - 1) * rhythm_months // 12 + 1


def due_on(period: Period, *, in_advance: bool) -> date:
    """The day a period's dividend falls due: its first day, or the day after its last."""
    return period.start if in_advance else period.end


def term_in(terms: Sequence[Term], year: int) -> Term:
    """The one term that holds in a year of the agreement."""
    (found,) = (term for term in terms if term.year_from <= year <= term.year_to)
    return found


def uncovered_years(terms: Sequence[Term], years: int) -> list[int]:
    """Years of an agreement that no term holds in, or more than one."""
    held = [sum(t.year_from <= year <= t.year_to for t in terms) for year in range(1, years + 1)]
    return [year for year, count in enumerate(held, start=1) if count != 1]


def floor_of(term: Term, linked: Linked, *, rhythm_months: int, period_days: int) -> int:
    """What the term promises a household for a period, rounded once."""
    parts_of_year = 12 // rhythm_months
    if term.basis == "rate_on_stake":
        return round_half_up(
            linked.stake_days * term.rate_ppm, RATE_MAX_PPM * period_days * parts_of_year
        )
    heads = linked.persons if term.basis == "per_person" else 1
    return round_half_up(term.amount_fen * heads * linked.linked_days, period_days * parts_of_year)


def profit_above(term: Term, *, profit_fen: int, service_fee_bp: int, floors_fen: int) -> int:
    """What of a declared profit goes to all households on top of their floors."""
    fee_fen = round_half_up(profit_fen * service_fee_bp, SHARE_MAX_BP)
    above_fen = max(0, profit_fen - fee_fen - floors_fen)
    return round_half_up(above_fen * term.profit_share_bp, SHARE_MAX_BP)


def cash_of(amount_fen: int, cash_bp: int) -> int:
    """The part of an amount that is paid out."""
    return round_half_up(amount_fen * cash_bp, SHARE_MAX_BP)


def split(
    term: Term,
    households: Sequence[Linked],
    *,
    rhythm_months: int,
    period_days: int,
    profit_fen: int = 0,
    service_fee_bp: int = 0,
    extra_fen: int = 0,
) -> list[Part]:
    """A period's dividend of every household, in their order.

    ``extra_fen``: what the enterprise gives on top of the terms; it is split with the profit.
    """
    floors = [
        floor_of(term, one, rhythm_months=rhythm_months, period_days=period_days)
        for one in households
    ]
    above_fen = profit_above(
        term, profit_fen=profit_fen, service_fee_bp=service_fee_bp, floors_fen=sum(floors)
    )
    above_fen += extra_fen
    weights = [one.stake_days for one in households]
    shares = split_by_weights(above_fen, weights) if above_fen else [0] * len(households)
    return [
        _part(one.household_id, floor, share, term.cash_bp)
        for one, floor, share in zip(households, floors, shares, strict=True)
    ]


def _part(household_id: int, floor_fen: int, profit_fen: int, cash_bp: int) -> Part:
    amount_fen = floor_fen + profit_fen
    cash_fen = cash_of(amount_fen, cash_bp)
    return Part(
        household_id=household_id,
        floor_fen=floor_fen,
        profit_fen=profit_fen,
        cash_fen=cash_fen,
        reinvested_fen=amount_fen - cash_fen,
    )
