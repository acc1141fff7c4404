"""When an unwinding is done: dividends settled, principal recovered, subsidy ended.

Each condition is asked household by household, stake by stake, so that a page can say what is still
open and where; the agreement is over by somebody's word, once nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

import ledger
from enterprises import linking
from enterprises.agreeing import get
from enterprises.dividends import lifecycle
from enterprises.linked import own_index
from enterprises.models import (
    AgreementEnd,
    AgreementHousehold,
    AgreementPosition,
    DividendCalendar,
    DividendPosition,
    DividendRound,
    LinkedLoan,
    LoanConversionGrant,
)
from enterprises.refusals import UnwindingConditionsOpen, UnwindingIncomplete, UnwindingTwice
from enterprises.unwinding.deciding import DECIDE, unwinding_of
from households import Household, Person
from households.queries import is_present
from kernel.actor import Actor
from loans.models import Loan, LoanBearer, Position
from office import approvals, rights


@dataclass(frozen=True, slots=True)
class LoanOpen:
    """A loan behind a stake of an agreement that is unwound."""

    household_number: str
    head: str
    village_code: str
    loan_number: str
    stake_fen: int
    #: the loan is repaid, or was turned over to the household's own use
    recovered: bool
    converted: bool
    #: the treasury pays no interest on it any more
    subsidy_ended: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is still open of an unwinding."""

    #: rounds that are not paid, or not even found
    dividends: int
    #: loans whose principal is not recovered
    principal: int
    #: loans that are subsidised still
    subsidy: int

    @property
    def hold(self) -> bool:
        """Whether nothing is open."""
        return not (self.dividends or self.principal or self.subsidy)


def what_is_open(session: Session, agreement_id: int, on: date) -> Conditions:
    """The three conditions of an agreement that is unwound."""
    mine = LinkedLoan.agreement_id == agreement_id
    principal, subsidy = session.execute(
        select(
            func.count().filter(~_recovered()),
            func.count().filter(~_unsubsidised(on)),
        )
        .select_from(LinkedLoan)
        .join(Position, Position.loan_id == LinkedLoan.loan_id)
        .where(mine)
    ).one()
    return Conditions(_rounds_open(session, agreement_id), principal, subsidy)


def loans_of(
    session: Session, agreement_id: int, on: date, *, after: str = "", limit: int = 100
) -> list[LoanOpen]:
    """A page of the loans behind an agreement's stakes, by the numbers of their households."""
    rows = session.execute(_loans(agreement_id, on, after).limit(limit))
    return [LoanOpen(*row) for row in rows]


def _loans(agreement_id: int, on: date, after: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Household.number,
            func.coalesce(Person.name, ""),
            Household.village_code,
            Loan.number,
            LinkedLoan.stake_fen,
            _recovered(),
            _converted(),
            _unsubsidised(on),
        )
        .select_from(LinkedLoan)
        .join(Loan, Loan.id == LinkedLoan.loan_id)
        .join(Position, Position.loan_id == Loan.id)
        .join(Household, Household.id == LinkedLoan.household_id)
        .outerjoin(
            Person, and_(Person.household_id == Household.id, Person.is_head, is_present(on))
        )
        .where(LinkedLoan.agreement_id == agreement_id, Household.number > after)
        .order_by(Household.number, Loan.number)
    )


def _converted() -> ColumnElement[bool]:
    return exists().where(
        LoanConversionGrant.loan_id == LinkedLoan.loan_id,
        LoanConversionGrant.household_id == LinkedLoan.household_id,
    )


def _recovered() -> ColumnElement[bool]:
    return or_(Position.state == "settled", _converted())


def _unsubsidised(on: date) -> ColumnElement[bool]:
    """The treasury was stopped, bears nothing from here on, or the loan is over."""
    bears = exists().where(LoanBearer.loan_id == LinkedLoan.loan_id, LoanBearer.to_on > on)
    return or_(Position.unsubsidised, Position.state == "settled", ~bears)


def _rounds_open(session: Session, agreement_id: int) -> int:
    unpaid = session.scalar(
        select(func.count())
        .select_from(DividendRound)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(
            DividendRound.agreement_id == agreement_id,
            DividendPosition.state.not_in(sorted(lifecycle.SETTLED)),
        )
    )
    to_come = session.scalar(
        select(func.count())
        .select_from(DividendCalendar)
        .where(
            DividendCalendar.agreement_id == agreement_id,
            DividendCalendar.next_due_on.is_not(None),
        )
    )
    found_yet = session.get(DividendCalendar, agreement_id) is not None
    return (unpaid or 0) + (to_come or 0) + (0 if found_yet else 1)


def end_agreement(
    session: Session, *, agreement_id: int, document_no: str, on: date, by: Actor
) -> None:
    """The unwinding is done: the agreement links nobody from today on."""
    agreement = get(session, agreement_id)
    rights.allow(by, DECIDE, region=agreement.region_code)
    ledger.require_bookable(session, on)
    mine = AgreementHousehold.agreement_id == agreement_id
    approvals.require_other(by, (), own_index(session, by, mine))
    if not document_no.strip():
        raise UnwindingIncomplete(field="document_no")
    state = session.scalar(
        select(AgreementPosition.state)
        .where(AgreementPosition.agreement_id == agreement_id)
        .with_for_update()
    )
    unwinding = unwinding_of(session, agreement)
    if state != "in_force":
        raise UnwindingTwice(field="agreement_id", number=agreement.number)
    found = what_is_open(session, agreement_id, on)
    if not found.hold or on < unwinding.from_on:
        raise UnwindingConditionsOpen(
            field="agreement_id",
            number=agreement.number,
            dividends=found.dividends,
            principal=found.principal,
            subsidy=found.subsidy,
        )
    session.add(
        AgreementEnd(
            agreement_id=agreement_id,
            unwinding_id=unwinding.id,
            ended_on=on,
            document_no=document_no.strip(),
        )
    )
    linking.end(session, agreement_id)
    session.flush()
