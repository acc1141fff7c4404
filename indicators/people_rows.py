"""The rows behind the figures of people: households, enterprises, payments, villages, samples.

Households are those of ``standing_days``, each with 1 or its people; of what came to pass each
household with how often, or with how many people, and of the year what came since its start.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select
from sqlalchemy.orm import Session, aliased

from enterprises.models import DividendPayment, DividendReturn
from households.models import Household, RuralPopulation, SampleCheck, VillageStanding
from indicators import paid, people_states, yearly
from indicators.definition import IN_YEAR, Definition
from indicators.people_models import (
    FLOWS,
    PEOPLE_COUNTERS,
    LinkageDay,
    StandingDay,
    VillageStandingDay,
)
from indicators.places import SAMPLES, Places
from kernel.database import sum_of
from kernel.regions import in_scope
from kernel.seals import table_of
from mutual_aid.models import FundClosing, FundOpening, VillageFund
from organisations.models import Organisation

#: counters whose rows are told here
COUNTERS = frozenset(
    (
        *PEOPLE_COUNTERS,
        *SAMPLES,
        "combined_poor",
        "enterprises_linked",
        "rural_people",
        "village_funds",
    )
)

Query = Select[*tuple[Any, ...]]


def query(
    session: Session, known: Definition, region: str, digits: str, on: date, cursor: int
) -> Query | None:
    """The rows of a figure after the cursor: id, number, village, household and amount; None where
    the region has no such figure.
    """
    if known.opens == "enterprises":
        return _enterprises(digits, on, cursor)
    if known.opens == "payments":
        return _payments(digits, on, cursor)
    if known.opens == "villages":
        return _villages(known.base, digits, on, cursor)
    if known.opens == "village_funds":
        return _village_funds(digits, on, cursor)
    if known.opens == "checks":
        return _checks(session, known, (region, digits), on, cursor)
    if known.opens == "populations":
        return _populations(session, (region, digits), on, cursor)
    if known.base in FLOWS:
        return _turns(session, known, digits, on, cursor)
    if known.base != "combined_poor":
        return _households(known.base, digits, on, cursor)
    if not Places(session, region, digits, on).checks(on):
        return None
    return _households("persons_poor", digits, on, cursor)


def _households(counter: str, digits: str, on: date, cursor: int) -> Query:
    rows = table_of(StandingDay)
    part = people_states.named_stocks(rows)[counter]
    return (
        select(rows.c.household_id, Household.number, rows.c.village_code, Household.id, part)
        .join(Household, Household.id == rows.c.household_id)
        .where(in_scope(rows.c.village_code, digits), part != 0)
        .where(rows.c.on_day == _last_day(rows.c.household_id, on))
        .where(rows.c.household_id > cursor)
        .order_by(rows.c.household_id)
    )


def _turns(session: Session, known: Definition, digits: str, on: date, cursor: int) -> Query:
    """Each household with all its turns; its village is where it lived at the last of them."""
    rows = table_of(StandingDay)
    part = people_states.named_flows(rows, people_states.stood_before(rows))[known.base]
    found = select(
        rows.c.household_id, rows.c.village_code, rows.c.on_day, part.label("part")
    ).where(in_scope(rows.c.village_code, digits), rows.c.on_day <= on)
    start = yearly.year_start(yearly.first_told(session), on)
    if known.counter.endswith(IN_YEAR) and start is not None:
        found = found.where(rows.c.on_day > start)
    each = found.subquery("turns")
    return (
        select(
            each.c.household_id,
            Household.number,
            func.max(each.c.village_code),
            Household.id,
            sum_of(each.c.part),
        )
        .join(Household, Household.id == each.c.household_id)
        .where(each.c.part != 0, each.c.household_id > cursor)
        .group_by(each.c.household_id, Household.number, Household.id)
        .order_by(each.c.household_id)
    )


def _enterprises(digits: str, on: date, cursor: int) -> Query:
    """Each organisation that is linked with a household of the scope, once."""
    later = aliased(LinkageDay)
    last_day = (
        select(func.max(later.on_day))
        .where(
            later.organisation_id == LinkageDay.organisation_id,
            later.village_code == LinkageDay.village_code,
            later.on_day <= on,
        )
        .scalar_subquery()
    )
    return (
        select(
            Organisation.id, Organisation.credit_code, Organisation.region_code, null(), literal(1)
        )
        .join(LinkageDay, LinkageDay.organisation_id == Organisation.id)
        .where(in_scope(LinkageDay.village_code, digits), LinkageDay.on_day == last_day)
        .where(LinkageDay.households > 0, Organisation.id > cursor)
        .group_by(Organisation.id, Organisation.credit_code, Organisation.region_code)
        .order_by(Organisation.id)
    )


def _payments(digits: str, on: date, cursor: int) -> Query:
    """What the bank paid, by the household's number, to households that live in the scope now."""
    stands = aliased(StandingDay)
    found = select(
        DividendPayment.id,
        Household.number,
        stands.village_code,
        Household.id,
        DividendPayment.amount_fen,
    )
    return (
        paid.payments(found)
        .join(Household, Household.id == DividendPayment.household_id)
        .join(stands, stands.household_id == Household.id)
        .where(stands.on_day == _last_day(Household.id.expression, on))
        .where(in_scope(stands.village_code, digits), DividendReturn.received_on <= on)
        .where(DividendPayment.id > cursor)
        .order_by(DividendPayment.id)
    )


def _villages(counter: str, digits: str, on: date, cursor: int) -> Query:
    """Villages, each by the finding that says what it is; its number is the cursor."""
    later, rows = aliased(VillageStanding), aliased(VillageStandingDay)
    last_finding = (
        select(later.id)
        .where(later.village_code == VillageStanding.village_code, later.booked_on <= on)
        .order_by(later.from_on.desc(), later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    last_day = (
        select(func.max(rows.on_day))
        .where(rows.village_code == VillageStanding.village_code, rows.on_day <= on)
        .scalar_subquery()
    )
    code = VillageStanding.village_code
    return (
        select(VillageStanding.id, code, code, null(), literal(1))
        .join(VillageStandingDay, VillageStandingDay.village_code == code)
        .where(VillageStanding.id == last_finding, VillageStandingDay.on_day == last_day)
        .where(in_scope(code, digits), getattr(VillageStandingDay, counter) == 1)
        .where(VillageStanding.id > cursor)
        .order_by(VillageStanding.id)
    )


def _village_funds(digits: str, on: date, cursor: int) -> Query:
    return (
        select(
            VillageFund.id,
            VillageFund.registration_no,
            VillageFund.village_code,
            null(),
            literal(1),
        )
        .join(FundOpening, FundOpening.fund_id == VillageFund.id)
        .outerjoin(FundClosing, FundClosing.fund_id == VillageFund.id)
        .where(in_scope(VillageFund.village_code, digits), FundOpening.opened_on <= on)
        .where(FundClosing.closed_on.is_(None) | (FundClosing.closed_on > on))
        .where(VillageFund.id > cursor)
        .order_by(VillageFund.id)
    )


def _checks(
    session: Session, known: Definition, region: tuple[str, str], on: date, cursor: int
) -> Query:
    """The latest sampling checks, each with its part above the line."""
    checks = Places(session, *region, on).checks(on)
    amount: ColumnElement[int] = (
        case({one.id: SAMPLES[known.counter](one) for one in checks}, value=SampleCheck.id, else_=0)
        if checks
        else literal(0)
    )
    return (
        select(SampleCheck.id, SampleCheck.document, SampleCheck.region_code, null(), amount)
        .where(SampleCheck.id.in_([one.id for one in checks]), SampleCheck.id > cursor)
        .order_by(SampleCheck.id)
    )


def _populations(session: Session, region: tuple[str, str], on: date, cursor: int) -> Query:
    found = Places(session, *region, on).population(on)
    return select(
        RuralPopulation.id,
        RuralPopulation.source,
        RuralPopulation.region_code,
        null(),
        RuralPopulation.people,
    ).where(RuralPopulation.id == (found.id if found else 0), RuralPopulation.id > cursor)


def _last_day(household_id: ColumnElement[int], on: date) -> ColumnElement[date]:
    rows = aliased(StandingDay)
    return (
        select(func.max(rows.on_day))
        .where(rows.household_id == household_id, rows.on_day <= on)
        .scalar_subquery()
    )
