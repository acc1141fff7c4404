"""Loans that may be lent: as their policy would have them, on the first day of each month. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import cast

from kernel.dates import add_months
from kernel.day_count import DayCount
from loans import replay
from loans.bearing import Lent, bearer_rows, route_of
from loans.course import Course
from loans.parts import Share, Terms
from loans.routes import LENDER
from loans.schedule import Pricing
from policy import ContractTerms, Rulebook
from subsidies.foreseeing.asked import MONTHS_MAX, NewLending
from subsidies.foreseeing.living import Cell
from subsidies.refusals import LendingAboveLimit, LendingIncomplete

_SHARE = ("from_on", "to_on", "share_bp", "cap_fen", "runs_on", "rate_ppm")


def cells(lending: NewLending, *, region: str, rulebook: Rulebook, on: date) -> Iterator[Cell]:
    """A cell of whole loans for each month, and one of what is left over."""
    known_on, terms = _terms(lending, region, rulebook, on)
    for limit, value in (
        (terms.amount_max_fen, lending.loan_fen),
        (terms.term_max_months, lending.term_months),
    ):
        if value > limit.value:
            raise LendingAboveLimit(field="lending", clause=limit.cite)
    whole, rest_fen = divmod(lending.monthly_fen, lending.loan_fen)
    for nth in range(1, lending.months + 1):
        day = add_months(on.replace(day=1), nth)
        yield Cell(_drawn(lending, lending.loan_fen, terms, rulebook, known_on, day), whole, day)
        if rest_fen:
            yield Cell(_drawn(lending, rest_fen, terms, rulebook, known_on, day), 1, day)


def _terms(
    lending: NewLending, region: str, rulebook: Rulebook, on: date
) -> tuple[date, ContractTerms]:
    """The day whose published rates count, and the terms: of a later document, its own first."""
    if not lending.policy:
        return on, rulebook.contract_terms(on=on, region=region)
    document = rulebook.document(lending.policy)
    # The rule of another place is supposed as if the loan were lent there.
    place = region if document.covers(region) else document.region
    known_on = max(on, document.start)
    return known_on, rulebook.contract_terms(on=known_on, region=place)


def _drawn(
    lending: NewLending,
    amount_fen: int,
    terms: ContractTerms,
    rulebook: Rulebook,
    known_on: date,
    day: date,
) -> Course:
    """A loan drawn on its signing day, by rates that were published on ``known_on``."""
    months = lending.term_months
    rate_ppm = _rate_ppm(lending, rulebook.rate_cap_ppm(known_on, months, terms).ppm)
    lent = Lent(day, add_months(day, months), rate_ppm)
    rows = bearer_rows(
        terms,
        lent,
        [(amount_fen, 0)],
        lambda reference: rulebook.reference_ppm(reference, known_on, months, terms),
    )
    life = replay.begin(
        _course_terms(terms, lent, tuple(Share(**{n: row[n] for n in _SHARE}) for row in rows)),
        number="",
        amount_fen=amount_fen,
    )
    life.course.draw(amount_fen, day)
    return life.course


def _rate_ppm(lending: NewLending, cap_ppm: int | None) -> int:
    """The rate supposed, at most the cap; where a policy sets none one has to be given."""
    given = [one for one in (lending.annual_rate_ppm, cap_ppm) if one is not None]
    if not given:
        raise LendingIncomplete(field="annual_rate", months=MONTHS_MAX)
    return min(given)


def _course_terms(terms: ContractTerms, lent: Lent, shares: tuple[Share, ...]) -> Terms:
    day_count = cast("DayCount", terms.day_count.value)
    return Terms(
        signed_on=lent.signed_on,
        matures_on=lent.matures_on,
        pricing=Pricing(lent.annual_rate_ppm, day_count),
        method="interest-only",
        every_months=terms.settle_every_months.value,
        settle_on_day=terms.settle_on_day.value,
        day_base=365 if day_count == "act/365" else 360,
        overdue_surcharge_bp=terms.overdue_surcharge_bp.value,
        misuse_surcharge_bp=terms.misuse_surcharge_bp.value,
        compounds=terms.compound_interest.value,
        allocation_order=terms.allocation_order.value,
        principal_first_after_days=None,
        shares=shares,
        refunded=route_of(terms, organisation=False) != LENDER,
    )
