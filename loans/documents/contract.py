"""借款合同: what was agreed on the signing day, with the document behind each condition.

Everything comes from the contract's own row and its frozen terms, so that the paper says the same
whenever it is printed. The plan is the one of the signing day, as if the whole amount were paid out
then; what was really paid out is on the slips.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from sqlalchemy import select

import policy
from kernel.day_count import DayCount
from kernel.money import MONEY_MAX_FEN
from loans.documents.digest import ADDED
from loans.documents.parties import Agreed, Desk, Parties, agreed, find, parties
from loans.due_dates import Rhythm
from loans.interest import surcharged_rate_ppm
from loans.models import FAR, Loan, LoanBearer
from loans.routes import LENDER
from loans.schedule import Method, PlanTerms, Pricing, plan
from policy import ContractTerms, Sourced, schema, values_of
from policy.values import PARTS, PURPOSES, ROUTES


@dataclass(frozen=True, slots=True)
class BearerLine:
    """Who, besides the borrower, bears interest, and from when to when."""

    from_on: date
    #: day after the last; None: to the end
    to_on: date | None
    share_bp: int
    #: principal on which the share is counted; None: all of it
    cap_fen: int | None
    route: str
    clause: str
    #: rate that is shared; None: the contract's
    rate_ppm: int | None = field(metadata={ADDED: None})


@dataclass(frozen=True, slots=True)
class PlanLine:
    """An instalment."""

    nr: int
    due_on: date
    days: int
    principal_fen: int
    interest_fen: int
    total_fen: int
    outstanding_fen: int


@dataclass(frozen=True, slots=True)
class TermLine:
    """A frozen condition and its source."""

    title: str
    value: str
    cite: str


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What a breach costs, and where it says so."""

    surcharge_bp: int
    rate_ppm: int
    cite: str


@dataclass(frozen=True, slots=True)
class ContractPaper:
    """A contract, ready to be drawn."""

    on: date
    loan: Agreed
    parties: Parties
    day_base: int
    day_count: str
    every_months: int
    #: 0: interest follows the plan or the end
    settle_on_day: int
    rate_cite: str
    rate_fixed: bool
    bearers: tuple[BearerLine, ...]
    #: whoever repays pays the treasury's part as well, and is refunded it
    refunded: bool = field(metadata={ADDED: False})
    overdue: Surcharge
    misuse: Surcharge
    #: whether unpaid interest bears interest
    compound: bool
    compound_cite: str
    subsidy_when_overdue: bool
    subsidy_when_misused: bool
    allocation: str
    purposes_banned: str
    no_collateral: bool
    no_guarantee: bool
    plan: tuple[PlanLine, ...]
    terms: tuple[TermLine, ...]


def contract(desk: Desk, number: str) -> ContractPaper:
    """A contract with the whole identity number, for who may print it."""
    _line, loan = find(desk, number)
    terms = policy.thaw(ContractTerms, json.loads(loan.terms))
    return ContractPaper(
        on=desk.on,
        loan=agreed(loan),
        parties=parties(desk, loan, whole=True),
        day_base=loan.day_base,
        day_count=loan.day_count,
        every_months=loan.every_months,
        settle_on_day=loan.settle_on_day,
        rate_cite=terms.rate_reference.cite,
        rate_fixed=terms.rate_fixed_for_term.value,
        bearers=tuple(_bearers(desk, loan)),
        refunded=loan.subsidy_route != LENDER,
        overdue=_surcharge(loan, terms.overdue_surcharge_bp),
        misuse=_surcharge(loan, terms.misuse_surcharge_bp),
        compound=terms.compound_interest.value,
        compound_cite=terms.compound_interest.cite,
        subsidy_when_overdue=terms.subsidy_when_overdue.value,
        subsidy_when_misused=terms.subsidy_when_misused.value,
        allocation="、".join(PARTS[part] for part in loan.allocation_order.split(",")),
        purposes_banned="、".join(PURPOSES[one] for one in terms.purposes_banned.value),
        no_collateral=terms.collateral_forbidden.value,
        no_guarantee=terms.guarantee_forbidden.value,
        plan=tuple(_plan(loan)),
        terms=_terms(terms),
    )


def _surcharge(loan: Loan, term: Sourced[int]) -> Surcharge:
    rate_ppm = surcharged_rate_ppm(loan.annual_rate_ppm, term.value)
    return Surcharge(term.value, rate_ppm, term.cite)


def _bearers(desk: Desk, loan: Loan) -> list[BearerLine]:
    rows = select(LoanBearer).where(LoanBearer.loan_id == loan.id).order_by(LoanBearer.from_on)
    return [
        BearerLine(
            from_on=row.from_on,
            to_on=None if row.to_on == FAR else row.to_on,
            share_bp=row.share_bp,
            cap_fen=None if row.cap_fen == MONEY_MAX_FEN else row.cap_fen,
            rate_ppm=row.rate_ppm,
            route=ROUTES.get(row.route, row.route),
            clause=row.clause,
        )
        for row in desk.session.scalars(rows)
    ]


def _plan(loan: Loan) -> list[PlanLine]:
    wanted = PlanTerms(
        principal_fen=loan.amount_fen,
        pricing=Pricing(loan.annual_rate_ppm, cast("DayCount", loan.day_count)),
        method=cast("Method", loan.method),
        start=loan.signed_on,
        rhythm=Rhythm(loan.every_months or 12, "month"),
        end=loan.matures_on,
        settle_on=loan.settle_on_day or None,
    )
    return [
        PlanLine(
            nr=row.nr,
            due_on=row.due,
            days=row.days,
            principal_fen=row.principal_fen,
            interest_fen=row.interest_fen,
            total_fen=row.total_fen,
            outstanding_fen=row.outstanding_fen,
        )
        for row in plan(wanted)
    ]


def _terms(terms: ContractTerms) -> tuple[TermLine, ...]:
    lines = schema(ContractTerms)
    return tuple(
        TermLine(lines[name].zh, lines[name].kind.show(sourced.value), sourced.cite)
        for name, sourced in values_of(terms).items()
    )
