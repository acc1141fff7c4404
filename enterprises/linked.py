"""Who is linked, set-based: one SELECT for any number of households.

A household counts from the day of its list, once the list was approved, up to and not including
the day it left, the agreement's last day, or the day the agreement was ended. ``linked_in`` is
what a period's dividend is split over; ``links_on`` is who is linked on a day.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    DividendRound,
)
from households.family_lines import kin_of
from kernel.actor import Actor
from kernel.database import days_between, sum_of


def linked_in(agreement_id: int, from_on: date, to_on: date) -> Select[int, int, int, int, int]:
    """Household, persons, stake_fen, stake_days and linked_days over some days of an agreement.

    In the order of households; who was not linked for a single day of it is left out.
    """
    member = AgreementHousehold
    days = _days_in(literal(from_on, Date), literal(to_on, Date))
    return (
        select(
            member.household_id,
            func.max(member.persons).label("persons"),
            sum_of(member.stake_fen).label("stake_fen"),
            sum_of(member.stake_fen * days).label("stake_days"),
            func.max(days).label("linked_days"),
        )
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .outerjoin(AgreementLeaving, _left())
        .where(member.agreement_id == agreement_id, days > 0)
        .group_by(member.household_id)
        .order_by(member.household_id)
    )


def linked_by_round(round_ids: Select[int]) -> Select[int, int, int, int, int]:
    """Round, household, persons, stake_days and linked_days over the days of many rounds."""
    member = AgreementHousehold
    days = _days_in(DividendRound.period_from, DividendRound.counted_to)
    return (
        select(
            DividendRound.id.label("round_id"),
            member.household_id,
            func.max(member.persons).label("persons"),
            sum_of(member.stake_fen * days).label("stake_days"),
            func.max(days).label("linked_days"),
        )
        .join(member, member.agreement_id == DividendRound.agreement_id)
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .outerjoin(AgreementLeaving, _left())
        .where(DividendRound.id.in_(round_ids), days > 0)
        .group_by(DividendRound.id, member.household_id)
    )


def links_on(on: date) -> Select[int, int, int, int, int]:
    """Organisation, agreement, household, persons and stake_fen of everybody linked on a day.

    As the books know it: a list counts from the day it was approved.
    """
    member = AgreementHousehold
    return (
        select(
            Agreement.organisation_id,
            member.agreement_id,
            member.household_id,
            func.max(member.persons).label("persons"),
            sum_of(member.stake_fen).label("stake_fen"),
        )
        .join(Agreement, Agreement.id == member.agreement_id)
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .outerjoin(AgreementLeaving, _left())
        .outerjoin(AgreementEnd, AgreementEnd.agreement_id == member.agreement_id)
        .where(
            AgreementApproval.approved_on <= on,
            member.from_on <= on,
            Agreement.to_on > on,
            func.coalesce(AgreementLeaving.from_on, date.max) > on,
            func.coalesce(AgreementEnd.ended_on, date.max) > on,
        )
        .group_by(Agreement.organisation_id, member.agreement_id, member.household_id)
    )


def own_index(session: Session, by: Actor, among: ColumnElement[bool]) -> set[bytes]:
    """The decider's own blind index, where somebody of a household that is linked bears it.

    ``among``: the links in question, of an agreement or of one of its lists.
    """
    if by.identity_index is None:
        return set()
    kin = AgreementHousehold.household_id.in_(kin_of(session, by.identity_index))
    found = session.scalar(select(AgreementHousehold.id).where(among, kin).limit(1))
    return set() if found is None else {by.identity_index}


def _left() -> ColumnElement[bool]:
    return and_(
        AgreementLeaving.agreement_id == AgreementHousehold.agreement_id,
        AgreementLeaving.household_id == AgreementHousehold.household_id,
    )


def _days_in(
    first: SQLColumnExpression[date], last: SQLColumnExpression[date]
) -> ColumnElement[int]:
    """Days up to ``last`` that a row of a list was linked on; below one where there are none."""
    joined, left = AgreementHousehold.from_on, AgreementLeaving.from_on
    start = case((joined > first, joined), else_=first)
    end = case((left < last, left), else_=last)
    return days_between(start, end)
