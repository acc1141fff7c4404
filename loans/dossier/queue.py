"""The work queue (待办): what of the loans' files is due, one query for each kind.

A kind (``loans.dossier.kinds``) has one line for a loan (or for an application that
has no contract yet), the day it counts from, and what is at stake. Lines come by that day, the
oldest first, and a page begins behind the last one's mark (day, id).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from households.models import Household, Person
from loans.balances import principal_out
from loans.dossier import standing
from loans.dossier.kinds import KIND_TITLES, KINDS, Asked
from loans.dossier.refusals import QueueUnknown
from loans.dossier.requiring import Wanted
from loans.models import Application, ApplicationSheet, Loan, Position
from loans.operations.applying import SUBJECT
from office import approvals, rights
from office.models import Decision, Proposal
from organisations.models import Organisation

_USER: Final = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of a line in its list."""

    due_on: date
    id: int


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line of the queue."""

    #: contract; of an application without one, the application
    id: int
    #: contract number; empty where there is none yet
    number: str
    application_id: int
    household_id: int | None
    household_number: str
    #: the borrower, or the organisation that borrows
    borrower: str
    village_code: str
    lender: str
    outstanding_fen: int
    matures_on: date | None
    #: the day that the work was due by, or since when it waits
    due_on: date
    #: what is at stake, fen
    amount_fen: int
    #: last way, use found, life event, ...: a code that pages have words for
    detail: str
    #: row of the finding, the promise, the event; 0 for none
    source_id: int
    #: codes of the papers that are missing
    papers: Sequence[str] = field(default=())

    @property
    def mark(self) -> Mark:
        """Where the next page begins."""
        return Mark(self.due_on, self.id)


@dataclass(frozen=True, slots=True)
class _Question:
    """One list: what it reads, from where, of which rows, in which order."""

    source: Callable[[Any], Any]
    columns: tuple[Any, ...]
    where: tuple[ColumnElement[bool], ...]
    due_on: Any
    key: Any

    def select(self, *columns: Any) -> Any:
        """A query for these columns of the list."""
        return self.source(select(*columns)).where(*self.where)


def count(session: Session, kind: str, asked: Asked) -> int:
    """How many lines a kind has."""
    return session.scalar(_question(kind, asked).select(func.count())) or 0


def counts(session: Session, asked: Asked) -> dict[str, int]:
    """How many lines each kind has: one query for each."""
    return {kind: count(session, kind, asked) for kind in KIND_TITLES}


def listed(
    session: Session, kind: str, asked: Asked, *, after: Mark | None = None, limit: int = 50
) -> list[QueueLine]:
    """Lines of a kind behind a mark, the oldest first; two queries where papers are named."""
    question = _question(kind, asked)
    query = question.select(*question.columns)
    if after is not None:
        same_day = and_(question.due_on == after.due_on, question.key > after.id)
        query = query.where(or_(question.due_on > after.due_on, same_day))
    rows = session.execute(query.order_by(question.due_on, question.key).limit(limit))
    lines = [QueueLine(*row) for row in rows]
    if kind in {"papers", "applications"}:
        return _with_papers(session, kind, asked, lines)
    return lines


def _question(kind: str, asked: Asked) -> _Question:
    rights.allow(asked.by, "loans.read")
    if kind == "applications":
        return _applications(asked)
    if kind not in KINDS:
        raise QueueUnknown(field="kind", kind=kind[:40])
    part = KINDS[kind](asked)
    return _Question(
        _loans,
        (
            Loan.id,
            Loan.number,
            Loan.application_id,
            Loan.household_id,
            func.coalesce(Household.number, ""),
            func.coalesce(Person.name, _USER.name, ""),
            Loan.village_code,
            Organisation.name,
            principal_out(Loan.id),
            Position.matures_on,
            part.due_on,
            part.amount,
            part.detail,
            part.source,
        ),
        (*part.where, *_narrowed(asked, Loan.village_code, Loan.lender_id)),
        part.due_on,
        Loan.id,
    )


def _loans(query: Any) -> Any:
    return (
        query.select_from(Loan)
        .join(Position, Position.loan_id == Loan.id)
        .join(Organisation, Organisation.id == Loan.lender_id)
        .outerjoin(Household, Household.id == Loan.household_id)
        .outerjoin(Person, Person.id == standing.borrower_id())
        .outerjoin(_USER, _USER.id == Loan.organisation_id)
    )


def _narrowed(asked: Asked, village: Any, lender: Any) -> list[ColumnElement[bool]]:
    """The actor's scope, and what was asked for inside it."""
    wanted: list[ColumnElement[bool]] = [village.startswith(asked.by.region_scope, autoescape=True)]
    if asked.by.institution_ids is not None:
        wanted.append(lender.in_(asked.by.institution_ids))
    if asked.region_digits:
        wanted.append(village.startswith(asked.region_digits, autoescape=True))
    text = "".join(asked.text.split())
    if text:
        plain = text.lower()
        wanted.append(
            or_(
                Loan.number.startswith(text.upper(), autoescape=True),
                Household.number.startswith(text.upper(), autoescape=True),
                Person.name.startswith(text, autoescape=True),
                Person.pinyin.startswith(plain, autoescape=True),
                Person.initials.startswith(plain, autoescape=True),
                _USER.name.startswith(text, autoescape=True),
            )
        )
    return wanted


def _applications(asked: Asked) -> _Question:
    """Applications that are not rejected, have no contract yet, and lack papers."""
    wanted = Wanted(asked.papers)
    lacking = (
        select(literal(1))
        .select_from(wanted.table)
        .where(
            wanted.asked_of(ApplicationSheet.applied_on),
            wanted.before_contract(),
            wanted.not_on_file(Application.id),
        )
        .correlate(Application, ApplicationSheet, Organisation)
        .exists()
    )
    village = func.coalesce(Household.village_code, ApplicationSheet.region_code)
    return _Question(
        _applied,
        (
            Application.id,
            literal(""),
            Application.id,
            Application.household_id,
            func.coalesce(Household.number, ""),
            func.coalesce(Person.name, _USER.name, ""),
            village,
            Organisation.name,
            literal(0),
            null(),
            ApplicationSheet.applied_on,
            Application.amount_fen,
            literal(""),
            literal(0),
        ),
        (
            Loan.id.is_(None),
            ~_rejected(),
            lacking,
            *_narrowed(asked, village, ApplicationSheet.lender_id),
        ),
        ApplicationSheet.applied_on,
        Application.id,
    )


def _applied(query: Any) -> Any:
    return (
        query.select_from(Application)
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == ApplicationSheet.lender_id)
        .outerjoin(Loan, Loan.application_id == Application.id)
        .outerjoin(Household, Household.id == Application.household_id)
        .outerjoin(Person, Person.id == Application.borrower_id)
        .outerjoin(_USER, _USER.id == Application.organisation_id)
    )


def _rejected() -> ColumnElement[bool]:
    return (
        select(Decision.proposal_id)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(
            approvals.about(SUBJECT, ApplicationSheet.id),
            Decision.decision == "rejected",
        )
        .correlate(ApplicationSheet)
        .exists()
    )


def _with_papers(
    session: Session, kind: str, asked: Asked, lines: Sequence[QueueLine]
) -> list[QueueLine]:
    """The lines with the papers that each lacks, fetched for this page alone."""
    wanted = Wanted(asked.papers)
    reached = wanted.before_contract() if kind == "applications" else wanted.reached()
    rows = session.execute(
        select(Application.id)
        .select_from(Application)
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == ApplicationSheet.lender_id)
        .outerjoin(Loan, Loan.application_id == Application.id)
        .outerjoin(Position, Position.loan_id == Loan.id)
        .add_columns(wanted.table.c.paper)
        .where(
            wanted.asked_of(ApplicationSheet.applied_on),
            Application.id.in_([line.application_id for line in lines]),
            reached,
            wanted.not_on_file(Application.id),
        )
    )
    lacking: dict[int, list[str]] = {}
    for application_id, paper in rows:
        lacking.setdefault(application_id, []).append(paper)
    return [replace(line, papers=tuple(lacking.get(line.application_id, ()))) for line in lines]
