"""Whether a household may have the loan it asks for. Pure: request, facts, terms in; answers out.

Every rule answers with a refusal that names the field and the clause. A rule that holds in
principle (原则上) may be passed by a second person with a reason; a flat one may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.money import format_rate, format_yuan
from kernel.refusals import Refusal
from loans.interest import RATE_HIGHEST_PPM
from loans.refusals import (
    AmountAboveLimit,
    AmountNotPositive,
    BorrowerAgeOutOfRange,
    CollateralAsked,
    GuaranteeAsked,
    HouseholdTotalAboveLimit,
    LineTooSmall,
    MethodUnfit,
    NoCreditLine,
    PurposeBanned,
    RateAboveCap,
    TermTooLong,
)
from loans.schedule import METHODS
from policy import PURPOSES, ContractTerms, RateCap, Sourced

#: methods that settle on settlement days, with the months between them
_SETTLED_EVERY = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application asks for."""

    household_number: str
    amount_fen: int
    term_months: int
    annual_rate_ppm: int
    #: what the household will do with it, in its words
    purpose: str
    #: ``production``, or one of the uses that ``policy.PURPOSES`` names
    use: str = "production"
    method: str = "interest-only"
    every_months: int = 3
    #: identity number of the member who signs; empty: the head
    borrower_identity: str = ""
    collateral: bool = False
    guarantee: bool = False
    #: why a rule that holds in principle is to be passed
    exception_reason: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows of who asks."""

    household_id: int
    village_code: str
    household_kind: str
    borrower_id: int
    borrower_born_on: date
    #: principal out and agreed at all lenders, fen
    exposure_fen: int
    #: what is left of the line; None: no line in force
    line_available_fen: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule that the application breaks."""

    refusal: Refusal
    in_principle: bool


def age_on(born_on: date, day: date) -> int:
    """Whole years on a day; a birthday counts from the day itself."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def broken_rules(
    asked: Asked, facts: Facts, terms: ContractTerms, cap: RateCap, *, on: date
) -> list[Answer]:
    """Every rule that the application breaks were it signed on ``on``."""
    return [
        *_form(asked),
        *_amounts(asked, facts, terms),
        *_term_and_rate(asked, terms, cap),
        *_borrower(facts, terms, on),
        *_line(asked, facts, terms),
        *_use(asked, terms),
    ]


def _form(asked: Asked) -> Iterator[Answer]:
    if asked.amount_fen <= 0:
        yield Answer(AmountNotPositive(field="amount"), False)
    settled = asked.method in {"interest-only", "bullet"}
    rhythm_fits = (
        asked.every_months in _SETTLED_EVERY
        or (asked.method == "bullet" and not asked.every_months)
        if settled
        else 1 <= asked.every_months <= asked.term_months
    )
    if asked.method not in METHODS or not rhythm_fits:
        yield Answer(
            MethodUnfit(field="method", method=asked.method, every=asked.every_months), False
        )
    if asked.annual_rate_ppm > RATE_HIGHEST_PPM:
        yield Answer(
            RateAboveCap(
                field="annual_rate",
                rate=format_rate(asked.annual_rate_ppm),
                cap=format_rate(RATE_HIGHEST_PPM),
                published="计息精度所限",
            ),
            False,
        )


def _amounts(asked: Asked, facts: Facts, terms: ContractTerms) -> Iterator[Answer]:
    if asked.amount_fen > terms.amount_max_fen.value:
        yield _broken(
            terms.amount_max_fen,
            AmountAboveLimit(
                field="amount",
                clause=terms.amount_max_fen.cite,
                amount=format_yuan(asked.amount_fen),
                limit=format_yuan(terms.amount_max_fen.value),
            ),
        )
    total_fen = facts.exposure_fen + asked.amount_fen
    if total_fen > terms.household_total_max_fen.value:
        yield _broken(
            terms.household_total_max_fen,
            HouseholdTotalAboveLimit(
                field="amount",
                clause=terms.household_total_max_fen.cite,
                total=format_yuan(total_fen),
                limit=format_yuan(terms.household_total_max_fen.value),
            ),
        )


def _term_and_rate(asked: Asked, terms: ContractTerms, cap: RateCap) -> Iterator[Answer]:
    if not 1 <= asked.term_months <= terms.term_max_months.value:
        yield _broken(
            terms.term_max_months,
            TermTooLong(
                field="term_months",
                clause=terms.term_max_months.cite,
                months=asked.term_months,
                limit=terms.term_max_months.value,
            ),
        )
    if cap.ppm is not None and asked.annual_rate_ppm > cap.ppm:
        yield Answer(
            RateAboveCap(
                field="annual_rate",
                clause=cap.cite,
                rate=format_rate(asked.annual_rate_ppm),
                cap=format_rate(cap.ppm),
                published=cap.rate_cite,
            ),
            cap.in_principle,
        )


def _borrower(facts: Facts, terms: ContractTerms, on: date) -> Iterator[Answer]:
    age = age_on(facts.borrower_born_on, on)
    lowest, highest = terms.age_min_years, terms.age_max_years
    if not lowest.value <= age <= highest.value:
        rule = lowest if age < lowest.value else highest
        yield _broken(
            rule,
            BorrowerAgeOutOfRange(
                field="borrower",
                clause=rule.cite,
                age=age,
                lowest=lowest.value,
                highest=highest.value,
            ),
        )


def _line(asked: Asked, facts: Facts, terms: ContractTerms) -> Iterator[Answer]:
    rule = terms.rating_required
    if not rule.value:
        return
    if facts.line_available_fen is None:
        yield _broken(
            rule,
            NoCreditLine(field="household", clause=rule.cite, number=asked.household_number),
        )
    elif asked.amount_fen > facts.line_available_fen:
        yield _broken(
            rule,
            LineTooSmall(
                field="amount",
                clause=rule.cite,
                amount=format_yuan(asked.amount_fen),
                available=format_yuan(facts.line_available_fen),
            ),
        )


def _use(asked: Asked, terms: ContractTerms) -> Iterator[Answer]:
    if asked.use in terms.purposes_banned.value:
        rule = terms.purposes_banned
        yield _broken(
            rule,
            PurposeBanned(
                field="use", clause=rule.cite, purpose=PURPOSES.get(asked.use, asked.use)
            ),
        )
    if asked.collateral and terms.collateral_forbidden.value:
        yield _broken(
            terms.collateral_forbidden,
            CollateralAsked(field="collateral", clause=terms.collateral_forbidden.cite),
        )
    if asked.guarantee and terms.guarantee_forbidden.value:
        yield _broken(
            terms.guarantee_forbidden,
            GuaranteeAsked(field="guarantee", clause=terms.guarantee_forbidden.cite),
        )


def _broken(rule: Sourced[Any], refusal: Refusal) -> Answer:
    return Answer(refusal, rule.in_principle)
