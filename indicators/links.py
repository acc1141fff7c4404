"""Which households are linked with which organisations at the close of a day, as SELECTs.

A household is linked from the day its list was approved, or the later one it names, for as long as
the agreement runs, was not ended, and it has not left. All of it is read from recorded rows by the
day they were booked on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, exists, or_, select

from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
)
from indicators.states import Day, Rows


def links(day: Day) -> Rows:
    """``organisation_id`` and ``household_id``, a row for each stake in force at a close."""
    return _joined(
        select(
            Agreement.organisation_id.label("organisation_id"),
            AgreementHousehold.household_id.label("household_id"),
        )
    ).where(*_in_force(day))


def is_linked(household_id: ColumnElement[int], day: Day) -> ColumnElement[bool]:
    """Whether a household of the query around it is linked."""
    return exists(
        _joined(select(AgreementHousehold.id)).where(
            AgreementHousehold.household_id == household_id, *_in_force(day)
        )
    )


def touched(day: Day) -> Sequence[Select[int]]:
    """Households whose link may have begun or ended with ``day``."""
    of_lists = (
        select(AgreementHousehold.household_id)
        .join(AgreementList, AgreementList.id == AgreementHousehold.list_id)
        .join(Agreement, Agreement.id == AgreementList.agreement_id)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementList.id)
        .where(
            or_(
                AgreementApproval.approved_on == day,
                AgreementList.from_on == day,
                Agreement.from_on == day,
                Agreement.to_on == day,
            )
        )
    )
    left = select(AgreementLeaving.household_id).where(
        or_(AgreementLeaving.booked_on == day, AgreementLeaving.from_on == day)
    )
    ended = (
        select(AgreementHousehold.household_id)
        .join(AgreementEnd, AgreementEnd.agreement_id == AgreementHousehold.agreement_id)
        .where(AgreementEnd.ended_on == day)
    )
    return of_lists, left, ended


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(AgreementHousehold)
        .join(Agreement, Agreement.id == AgreementHousehold.agreement_id)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementHousehold.list_id)
    )


def _in_force(day: Day) -> tuple[ColumnElement[bool], ...]:
    left = exists().where(
        AgreementLeaving.agreement_id == AgreementHousehold.agreement_id,
        AgreementLeaving.household_id == AgreementHousehold.household_id,
        AgreementLeaving.from_on <= day,
        AgreementLeaving.booked_on <= day,
    )
    ended = exists().where(
        AgreementEnd.agreement_id == AgreementHousehold.agreement_id, AgreementEnd.ended_on <= day
    )
    return (
        AgreementApproval.approved_on <= day,
        AgreementHousehold.from_on <= day,
        Agreement.from_on <= day,
        Agreement.to_on > day,
        ~left,
        ~ended,
    )


def organisations_of(households: FromClause) -> Select[int]:
    """Organisations that ever had one of these households on an approved list."""
    return (
        _joined(select(Agreement.organisation_id))
        .where(AgreementHousehold.household_id.in_(select(households.c[0])))
        .distinct()
    )


def organisation() -> ColumnElement[int]:
    """The column of ``links`` that says which organisation, to choose some."""
    return Agreement.organisation_id.expression
