"""The reads of recognition and agreements: lists with filters, and one thing with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Nullable, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    AgreementParty,
    AgreementPosition,
    AgreementTerm,
    Recognition,
    RecognitionGrant,
    RecognitionWithdrawal,
)
from enterprises.terms import Basis, Term
from households.models import Household, Person
from kernel.refusals import NotFound
from kernel.regions import in_scope
from loans.models import Loan
from organisations.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPage:
    """An agreement with everything that belongs to it."""

    agreement: Agreement
    position: AgreementPosition
    organisation: Organisation
    parties: Sequence[AgreementParty]
    terms: Sequence[Term]
    #: each list and the day on which it was approved; None while it waits or was rejected
    lists: Sequence[tuple[AgreementList, date | None]]
    #: households that left
    left: int


def agreements(
    session: Session,
    *,
    organisation_id: int | None = None,
    form: str = "",
    state: str = "",
    on: date | None = None,
    text: str = "",
    after: int = 0,
    limit: int = 100,
) -> Sequence[Row[Agreement, AgreementPosition, str]]:
    """Agreements with their position and the enterprise's name, by number in these books.

    ``on``: those whose days hold that day; ``text``: part of the number or the enterprise's name;
    ``after`` and ``limit`` page through them.
    """
    query = (
        select(Agreement, AgreementPosition, Organisation.name)
        .join(AgreementPosition, AgreementPosition.agreement_id == Agreement.id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .where(Agreement.id > after)
        .order_by(Agreement.id)
        .limit(limit)
    )
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    if form:
        query = query.where(Agreement.form == form)
    if state:
        query = query.where(AgreementPosition.state == state)
    if on is not None:
        query = query.where(Agreement.from_on <= on, Agreement.to_on > on)
    if text:
        query = query.where(
            or_(
                Agreement.number.contains(text, autoescape=True),
                Organisation.name.contains(text, autoescape=True),
            )
        )
    return session.execute(query).all()


def agreement_of(session: Session, number: str) -> Agreement:
    """The agreement that bears a number; one that was rejected bears it no more."""
    found = session.scalar(
        select(Agreement)
        .join(AgreementPosition, AgreementPosition.agreement_id == Agreement.id)
        .where(AgreementPosition.number == number)
    )
    if found is None:
        raise NotFound(field="number", what="协议")
    return found


def terms_of(session: Session, agreement_id: int) -> list[Term]:
    """The terms of an agreement, in their order."""
    rows = session.scalars(
        select(AgreementTerm)
        .where(AgreementTerm.agreement_id == agreement_id)
        .order_by(AgreementTerm.nr)
    )
    return [
        Term(
            year_from=row.year_from,
            year_to=row.year_to,
            basis=cast("Basis", row.basis),
            rate_ppm=row.rate_ppm,
            amount_fen=row.amount_fen,
            cash_bp=row.cash_bp,
            profit_share_bp=row.profit_share_bp,
        )
        for row in rows
    ]


def agreement_page(session: Session, agreement_id: int) -> AgreementPage:
    """An agreement with its parties, terms and lists."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFound(field="agreement_id", what="协议")
    parties = select(AgreementParty).where(AgreementParty.agreement_id == agreement_id)
    lists = (
        select(AgreementList, AgreementApproval.approved_on)
        .outerjoin(AgreementApproval, AgreementApproval.list_id == AgreementList.id)
        .where(AgreementList.agreement_id == agreement_id)
        .order_by(AgreementList.nr)
    )
    left = select(func.count()).where(AgreementLeaving.agreement_id == agreement_id)
    return AgreementPage(
        agreement=agreement,
        position=session.get_one(AgreementPosition, agreement_id),
        organisation=session.get_one(Organisation, agreement.organisation_id),
        parties=session.scalars(parties.order_by(AgreementParty.role)).all(),
        terms=terms_of(session, agreement_id),
        lists=[(row[0], row[1]) for row in session.execute(lists)],
        left=session.scalar(left) or 0,
    )


def households_of(
    session: Session,
    agreement_id: int,
    *,
    region_digits: str | None = None,
    list_id: int | None = None,
    text: str = "",
    after: int = 0,
    limit: int = 100,
) -> Sequence[Row[AgreementHousehold, Household, str | None, date | None]]:
    """The stakes of an agreement: row, household, loan's number, day it left; within a region.

    ``text``: a household's number or part of a member's name; ``after`` is the id of the last row
    of the page before.
    """
    query = (
        _stakes()
        .where(
            AgreementHousehold.agreement_id == agreement_id,
            AgreementHousehold.id > after,
        )
        .order_by(AgreementHousehold.id)
        .limit(limit)
    )
    if region_digits is not None:
        query = query.where(in_scope(Household.village_code, region_digits))
    if list_id is not None:
        query = query.where(AgreementHousehold.list_id == list_id)
    if text:
        member = exists().where(
            Person.household_id == Household.id, Person.name.contains(text, autoescape=True)
        )
        query = query.where(or_(Household.number == text, member))
    return session.execute(query).all()


def links_of_household(
    session: Session, household_id: int
) -> Sequence[Row[AgreementHousehold, Household, str | None, date | None, Agreement, Organisation]]:
    """Every stake a household ever had on an approved list, with its agreement and enterprise."""
    query = (
        _stakes()
        .add_columns(Agreement, Organisation)
        .join(Agreement, Agreement.id == AgreementHousehold.agreement_id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementHousehold.list_id)
        .where(AgreementHousehold.household_id == household_id)
        .order_by(AgreementHousehold.from_on, AgreementHousehold.id)
    )
    return session.execute(query).all()


def recognitions_of(
    session: Session, organisation_id: int
) -> Sequence[Row[Recognition, date | None, date | None]]:
    """Every recognition asked for, with the day it was granted and from which it was withdrawn."""
    return session.execute(
        select(
            Recognition,
            Nullable(RecognitionGrant.granted_on),
            Nullable(RecognitionWithdrawal.from_on),
        )
        .outerjoin(RecognitionGrant, RecognitionGrant.recognition_id == Recognition.id)
        .outerjoin(RecognitionWithdrawal, RecognitionWithdrawal.recognition_id == Recognition.id)
        .where(Recognition.organisation_id == organisation_id)
        .order_by(Recognition.id)
    ).all()


def _stakes() -> Select[AgreementHousehold, Household, str | None, date | None]:
    return (
        select(
            AgreementHousehold,
            Household,
            Nullable(Loan.number.label("loan_number")),
            Nullable(AgreementLeaving.from_on.label("left_on")),
        )
        .join(Household, Household.id == AgreementHousehold.household_id)
        .outerjoin(Loan, Loan.id == AgreementHousehold.loan_id)
        .outerjoin(
            AgreementLeaving,
            and_(
                AgreementLeaving.agreement_id == AgreementHousehold.agreement_id,
                AgreementLeaving.household_id == AgreementHousehold.household_id,
            ),
        )
    )
