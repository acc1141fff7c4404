"""The file behind one loan as its page shows it: every paper, check, contact, event and way.

A fixed number of statements, whatever is in the file. What is said of a promise or of the next
check is reckoned here from what is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.models import Household, Person
from kernel.actor import Actor
from kernel.refusals import NotFound
from loans.dossier import standing
from loans.dossier.checking import first_due
from loans.dossier.kinds import Deadlines
from loans.dossier.papers import Paper, PaperList, PaperRules
from loans.dossier.promises import Promise, state_of
from loans.models import (
    FAR,
    Application,
    ApplicationSheet,
    Loan,
    Position,
    Repayment,
    Reversal,
)
from loans.models.kept import Contact, LifeEvent, LoanPaper, PostCheck, Way
from loans.refusals import LoanUnknown
from office import rights
from office.models import Person as Staff
from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper of the list, and the last row noted of it."""

    paper: Paper
    on_file: bool
    #: required, of a stage that was reached, and not there
    missing: bool
    #: the last row noted; None where there is none
    last: LoanPaper | None
    noted_by: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the name of who noted it; of a promise also what became of it."""

    row: Any
    noted_by: str
    promise: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The whole file."""

    number: str
    state: str
    application_id: int
    papers: Sequence[PaperLine]
    checks: Sequence[Line]
    #: the day by which the loan is to be looked at next; None where nothing is out
    check_due_on: date | None
    #: the last finding of misuse that nothing has answered
    finding: PostCheck | None
    contacts: Sequence[Line]
    lives: Sequence[Line]
    #: died or moved_away, where that is the last thing known
    away: str
    ways: Sequence[Line]
    #: the way proposed for the maturity in force; None where there is none
    way: Way | None
    #: the loan is near its maturity and has no way that is still to come
    needs_way: bool


@dataclass(frozen=True, slots=True)
class ApplicationFile:
    """The papers of an application."""

    id: int
    household_number: str
    borrower: str
    lender: str
    applied_on: date
    amount_fen: int
    purpose: str
    #: its contract; empty where there is none yet
    number: str
    papers: Sequence[PaperLine]


def dossier_of(
    session: Session,
    *,
    number: str,
    rules: PaperRules,
    deadlines: Deadlines,
    by: Actor,
    on: date,
) -> Dossier:
    """The file of a contract; one outside the actor's scope is unknown."""
    rights.allow(by, "loans.read")
    row = session.execute(
        select(Loan, Position, ApplicationSheet.applied_on, Organisation.credit_code, _borrower())
        .join(Position, Position.loan_id == Loan.id)
        .join(Application, Application.id == Loan.application_id)
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == Loan.lender_id)
        .where(Loan.number == number)
    ).one_or_none()
    if row is None or not rights.sees(
        by, region=row[0].village_code, institution_id=row[0].lender_id
    ):
        raise LoanUnknown(field="number", number=number[:40])
    loan, position, applied_on, credit_code, borrower_id = row
    checks = _noted(session, PostCheck, PostCheck.loan_id == loan.id)
    contacts = collection_of(session, loan.id, on)
    lives = _noted(session, LifeEvent, LifeEvent.person_id == borrower_id)
    ways = _noted(session, Way, Way.loan_id == loan.id)
    reached = _reached(position, checks, contacts)
    way = next((one.row for one in ways if one.row.matures_on == position.matures_on), None)
    last_day = on + timedelta(days=deadlines.notice_days)
    active = position.state == "active"
    return Dossier(
        number=loan.number,
        state=position.state,
        application_id=loan.application_id,
        papers=_papers(session, loan.application_id, rules.of(credit_code), reached, applied_on),
        checks=checks,
        check_due_on=_check_due(position, checks, deadlines) if active else None,
        finding=None if position.misused else _finding(checks),
        contacts=contacts,
        lives=lives,
        away=lives[0].row.kind if lives and lives[0].row.kind != "back" else "",
        ways=ways,
        way=way,
        needs_way=active
        and position.matures_on <= last_day
        and (way is None or way.planned_on < on),
    )


def application_file(
    session: Session, *, application_id: int, rules: PaperRules, by: Actor
) -> ApplicationFile:
    """The papers of an application; one outside the actor's scope is not found."""
    rights.allow(by, "loans.read")
    row = session.execute(
        select(
            Application,
            ApplicationSheet,
            Organisation,
            Household.number,
            Household.village_code,
            Person.name,
            Loan.number,
        )
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == ApplicationSheet.lender_id)
        .outerjoin(Household, Household.id == Application.household_id)
        .outerjoin(Person, Person.id == Application.borrower_id)
        .outerjoin(Loan, Loan.application_id == Application.id)
        .where(Application.id == application_id)
    ).one_or_none()
    if row is None or not rights.sees(
        by, region=row[4] or row[1].region_code, institution_id=row[2].id
    ):
        raise NotFound(field="application_id", what="贷款申请")
    application, sheet, lender, household_number, _village, borrower, number = row
    reached = {"application", "investigation", "approval"}
    return ApplicationFile(
        id=application.id,
        household_number=household_number or "",
        borrower=borrower or "",
        lender=lender.name,
        applied_on=sheet.applied_on,
        amount_fen=application.amount_fen,
        purpose=application.purpose,
        number=number or "",
        papers=_papers(
            session, application.id, rules.of(lender.credit_code), reached, sheet.applied_on
        ),
    )


def attachment_belongs(session: Session, *, application_id: int, attachment_id: int) -> bool:
    """Whether a scan is one of a file's own: of its papers, or of what was noted on its loan."""
    loan_id = select(Loan.id).where(Loan.application_id == application_id).scalar_subquery()
    held = [
        select(LoanPaper.id).where(
            LoanPaper.application_id == application_id, LoanPaper.attachment_id == attachment_id
        ),
        *(
            select(table.id).where(table.loan_id == loan_id, table.attachment_id == attachment_id)
            for table in (PostCheck, Contact, LifeEvent)
        ),
    ]
    found = held[0].union_all(*held[1:]).limit(1)
    return session.execute(found).first() is not None


def _borrower() -> Any:
    return standing.borrower_id().label("borrower")


def _noted(session: Session, table: Any, *where: Any) -> list[Line]:
    """Rows with who noted them, the newest first."""
    day = getattr(table, "value_date", table.noted_on)
    rows = session.execute(
        select(table, Staff.name)
        .outerjoin(Staff, Staff.id == table.noted_by)
        .where(*where)
        .order_by(day.desc(), table.id.desc())
    )
    return [Line(row, name or "") for row, name in rows]


def collection_of(session: Session, loan_id: int, on: date) -> list[Line]:
    """The steps of collection of a loan, the newest first; each promise with what became of it."""
    lines = _noted(session, Contact, Contact.loan_id == loan_id)
    paid = session.execute(
        select(Repayment.value_date, Repayment.amount_fen)
        .outerjoin(Reversal, Reversal.repayment_id == Repayment.id)
        .where(
            Repayment.loan_id == loan_id,
            Repayment.kind.in_(standing.MONEY_IN),
            Reversal.id.is_(None),
        )
    ).all()
    payments = [(day, fen) for day, fen in paid]
    return [Line(one.row, one.noted_by, _promise(one.row, payments, on)) for one in lines]


def _promise(row: Contact, payments: Iterable[tuple[date, int]], on: date) -> str:
    if row.promised_on is None:
        return ""
    return state_of(Promise(row.value_date, row.promised_on, row.promised_fen), payments, on)


def _reached(position: Position, checks: Sequence[Line], contacts: Sequence[Line]) -> set[str]:
    """Stages that a loan has come to; ``Wanted.reached`` says the same in SQL."""
    reached = {"application", "investigation", "approval", "signing"}
    if position.drawn_on != FAR:
        reached.add("disbursement")
    if checks:
        reached.add("post_lending")
    if any(one.row.kind == "notice" for one in contacts):
        reached.add("collection")
    if position.state == "settled":
        reached.add("settlement")
    return reached


def _papers(
    session: Session, application_id: int, wanted: PaperList, reached: set[str], applied_on: date
) -> list[PaperLine]:
    noted = _noted(session, LoanPaper, LoanPaper.application_id == application_id)
    last: Mapping[str, Line] = {one.row.paper: one for one in reversed(_by_id(noted))}
    on_file = {code for code, one in last.items() if one.row.on_file}
    missing = {paper.code for paper in wanted.missing(on_file, reached, applied_on)}
    return [
        PaperLine(
            paper,
            paper.code in on_file,
            paper.code in missing,
            last[paper.code].row if paper.code in last else None,
            last[paper.code].noted_by if paper.code in last else "",
        )
        for paper in wanted.papers
    ]


def _by_id(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.row.id, reverse=True)


def _check_due(position: Position, checks: Sequence[Line], deadlines: Deadlines) -> date:
    if checks:
        due: date = checks[0].row.next_due_on
        return due
    return first_due(position.drawn_on, deadlines.check_first_days)


def _finding(checks: Sequence[Line]) -> PostCheck | None:
    """The newest finding of misuse that no later check took back."""
    for one in checks:
        if one.row.use_found == "matches":
            return None
        if one.row.use_found in standing.MISUSES:
            found: PostCheck = one.row
            return found
    return None
