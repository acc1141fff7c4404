"""The loans' reads. This file alone defines overdue and bad balance.

Figures of a closed day come from ``loan_days``: a loan's last row on or before the day is how it
stood at that close. A loan is *overdue* if household's principal, interest or penalty is past due;
its *overdue balance* is its whole outstanding principal. It is *bad* (不良) from grade 3 on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from households.models import Household, Person
from kernel.actor import Actor
from loans.balances import past_due, principal_out
from loans.grading import GRADE_BAD
from loans.models import (
    Application,
    ApplicationSheet,
    Loan,
    LoanDay,
    LoanShare,
    Position,
    SheetDrop,
)
from loans.operations.applying import SUBJECT
from loans.refusals import LoanUnknown
from office import approvals, rights
from office.models import Decision, Proposal
from organisations.models import Organisation


def is_overdue() -> ColumnElement[bool]:
    """Of a ``LoanDay``: something of the household's is past due."""
    return LoanDay.overdue_principal_fen + LoanDay.overdue_interest_fen > 0


def is_bad() -> ColumnElement[bool]:
    """Of a ``LoanDay``: graded 次级, 可疑 or 损失."""
    return LoanDay.grade >= GRADE_BAD


#: who uses the money of a loan and repays it, beside its lender
_User = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class LoanLine:
    """A loan in a list."""

    id: int
    number: str
    #: None and empty where an organisation borrows
    household_id: int | None
    household_number: str
    #: the member who signed, or the organisation
    borrower: str
    village_code: str
    lender: str
    state: str
    amount_fen: int
    outstanding_fen: int
    annual_rate_ppm: int
    signed_on: date
    matures_on: date
    grade: int
    #: household's dues payable before the open day, fen
    overdue_fen: int
    #: credit, entrusted or pooled
    mode: str
    #: the borrower's relation to the head; empty where an organisation borrows
    relation: str
    #: the household's head; empty where an organisation borrows
    head: str
    #: who uses the money and repays it; empty: the household itself
    organisation: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of loans is narrowed to."""

    region_digits: str = ""
    text: str = ""
    state: str = ""
    overdue_only: bool = False
    household_id: int | None = None
    #: credit, entrusted or pooled; empty: all
    mode: str = ""


def listed(
    session: Session,
    *,
    by: Actor,
    open_day: date,
    wanted: Filter | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> list[LoanLine]:
    """Loans the actor may see, by id; the next page begins after the last one's."""
    wanted = wanted or Filter()
    query = _lines(open_day).where(*_scope(by), *_narrowed(wanted, open_day), Loan.id > after_id)
    return [LoanLine(*row) for row in session.execute(query.order_by(Loan.id).limit(limit))]


def line_of(session: Session, *, number: str, by: Actor, open_day: date) -> LoanLine:
    """One loan as a list shows it; refused as unknown outside the actor's scope."""
    row = session.execute(_lines(open_day).where(*_scope(by), Loan.number == number)).one_or_none()
    if row is None:
        raise LoanUnknown(field="number", number=number)
    return LoanLine(*row)


def _scope(by: Actor) -> list[ColumnElement[bool]]:
    rights.allow(by, "loans.read")
    wanted: list[ColumnElement[bool]] = [
        Loan.village_code.startswith(by.region_scope, autoescape=True)
    ]
    if by.institution_ids is not None:
        wanted.append(Loan.lender_id.in_(by.institution_ids))
    return wanted


def _narrowed(wanted: Filter, open_day: date) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.region_digits:
        narrowed.append(Loan.village_code.startswith(wanted.region_digits, autoescape=True))
    if wanted.state:
        narrowed.append(Position.state == wanted.state)
    if wanted.mode:
        narrowed.append(Loan.mode == wanted.mode)
    if wanted.household_id is not None:
        narrowed.append(Loan.household_id == wanted.household_id)
    if wanted.overdue_only:
        narrowed.append(past_due(Loan.id, open_day) > 0)
    if text := wanted.text.strip():
        narrowed.append(
            or_(
                Loan.number.startswith(text, autoescape=True),
                Household.number.startswith(text, autoescape=True),
                Person.name.startswith(text, autoescape=True),
                Person.pinyin.startswith(text.lower(), autoescape=True),
                Person.initials.startswith(text.lower(), autoescape=True),
                _User.name.contains(text, autoescape=True),
            )
        )
    return narrowed


def _lines(open_day: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Loan.id,
            Loan.number,
            Loan.household_id,
            func.coalesce(Household.number, ""),
            func.coalesce(Person.name, _User.name),
            Loan.village_code,
            Organisation.name,
            Position.state,
            Loan.amount_fen,
            principal_out(Loan.id),
            Loan.annual_rate_ppm,
            Loan.signed_on,
            Loan.matures_on,
            Position.grade,
            past_due(Loan.id, open_day),
            Loan.mode,
            func.coalesce(Person.relation, ""),
            func.coalesce(_head(), ""),
            func.coalesce(_User.name, ""),
        )
        .join(Position, Position.loan_id == Loan.id)
        .outerjoin(Household, Household.id == Loan.household_id)
        .outerjoin(Person, Person.id == Loan.borrower_id)
        .outerjoin(_User, _User.id == Loan.organisation_id)
        .join(Organisation, Organisation.id == Loan.lender_id)
    )


def _head() -> ScalarSelect[str]:
    """The name of the household's head of today."""
    head = aliased(Person)
    return (
        select(head.name)
        .where(head.household_id == Loan.household_id, head.is_head, head.left_on.is_(None))
        .order_by(head.id)
        .limit(1)
        .correlate(Loan)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A household on the list for which an organisation borrowed."""

    household_id: int
    household_number: str
    head: str
    village_code: str
    share_fen: int


def shares_of_loan(session: Session, loan_id: int) -> list[ShareLine]:
    """The list behind an organisation's loan, in the order of the register; else nothing."""
    head = aliased(Person)
    rows = session.execute(
        select(
            Household.id,
            Household.number,
            func.coalesce(head.name, ""),
            Household.village_code,
            LoanShare.share_fen,
        )
        .select_from(Loan)
        .join(LoanShare, LoanShare.application_id == Loan.application_id)
        .join(Household, Household.id == LoanShare.household_id)
        .outerjoin(
            head,
            and_(head.household_id == Household.id, head.is_head, head.left_on.is_(None)),
        )
        .where(Loan.id == loan_id)
        .order_by(Household.number)
    )
    return [ShareLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class HeldShare:
    """A share that a household has of an organisation's loan."""

    number: str
    organisation: str
    lender: str
    state: str
    share_fen: int
    #: of the whole loan
    amount_fen: int
    outstanding_fen: int
    signed_on: date
    matures_on: date


def shares_of_household(session: Session, household_id: int) -> list[HeldShare]:
    """A household's shares of organisations' loans, the newest first. For whoever may see the
    household: the loan itself may lie outside their scope.
    """
    rows = session.execute(
        select(
            Loan.number,
            _User.name,
            Organisation.name,
            Position.state,
            LoanShare.share_fen,
            Loan.amount_fen,
            principal_out(Loan.id),
            Loan.signed_on,
            Loan.matures_on,
        )
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .join(Position, Position.loan_id == Loan.id)
        .join(_User, _User.id == Loan.organisation_id)
        .join(Organisation, Organisation.id == Loan.lender_id)
        .where(LoanShare.household_id == household_id)
        .order_by(Loan.id.desc())
    )
    return [HeldShare(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """An application sheet and how far it is: waiting, approved, rejected, dropped or signed."""

    id: int
    lender_id: int
    region_code: str
    applied_on: date
    applications: int
    total_fen: int
    state: str


def sheets(session: Session, *, by: Actor, limit: int = 100) -> list[SheetLine]:
    """Application sheets the actor may see, the newest first."""
    rights.allow(by, "loans.read")
    signed = exists().where(
        Application.sheet_id == ApplicationSheet.id, Loan.application_id == Application.id
    )
    dropped = exists().where(SheetDrop.sheet_id == ApplicationSheet.id)
    query = (
        select(
            ApplicationSheet.id,
            ApplicationSheet.lender_id,
            ApplicationSheet.region_code,
            ApplicationSheet.applied_on,
            ApplicationSheet.applications,
            ApplicationSheet.total_fen,
            Decision.decision,
            signed,
            dropped,
        )
        .join(Proposal, approvals.about(SUBJECT, ApplicationSheet.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(ApplicationSheet.region_code.startswith(by.region_scope, autoescape=True))
        .order_by(ApplicationSheet.id.desc())
        .limit(limit)
    )
    if by.institution_ids is not None:
        query = query.where(ApplicationSheet.lender_id.in_(by.institution_ids))
    return [
        SheetLine(*row[:6], "signed" if row[7] else "dropped" if row[8] else (row[6] or "waiting"))
        for row in session.execute(query)
    ]


def contracts_of_sheet(session: Session, sheet_id: int) -> list[tuple[str, int]]:
    """Number and amount of each contract signed from a sheet."""
    rows = session.execute(
        select(Loan.number, Loan.amount_fen)
        .join(Application, Application.id == Loan.application_id)
        .where(Application.sheet_id == sheet_id)
        .order_by(Loan.id)
    )
    return [(row[0], row[1]) for row in rows]
