"""What a household's own page says: its line, its applications, its loans, the next payment.

What the household owes is shown as its debt: its own part, or, where the treasury's is refunded
(先付后补), all of it. What the treasury bears is said beside it. An
amount still to come is worked out by the engine that will book it, as the loan stands today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import credit
from credit import LineState
from households import queries as register
from households.families import with_merged
from kernel.calendar import HolidayTable
from kernel.regions import COUNTY, RegionTree
from loans import explaining, record
from loans.explaining import Answer, Case
from loans.models import Application, ApplicationSheet, Loan
from loans.operations.applying import SUBJECT
from loans.page import dues_of, schedule_of
from loans.queries import HeldShare, shares_of_household
from office import approvals
from office.models import Decision, Proposal
from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """An application and how far it has come."""

    applied_on: date
    amount_fen: int
    term_months: int
    #: waiting, approved, rejected or signed
    state: str


@dataclass(frozen=True, slots=True)
class NextPayment:
    """What the household pays next, if nothing changes until then."""

    due_on: date
    principal_fen: int
    interest_fen: int
    #: of the interest, what the treasury gives back (先付后补)
    refund_fen: int

    @property
    def total_fen(self) -> int:
        """Both together."""
        return self.principal_fen + self.interest_fen


@dataclass(frozen=True, slots=True)
class OwnLoan:
    """A loan as its borrower asks about it."""

    number: str
    lender: str
    state: str
    amount_fen: int
    outstanding_fen: int
    annual_rate_ppm: int
    drawn_on: date | None
    matures_on: date
    #: payable now: (day, kind, fen)
    payable: list[tuple[date, str, int]]
    following: NextPayment | None
    #: interest that the treasury has borne so far
    treasury_fen: int
    #: lender; household or enterprise: whoever repays pays that too, and is refunded it
    subsidy_route: str
    #: the treasury bears nothing any more
    unsubsidised: bool
    overdue: bool
    #: the organisation that uses the money and repays it; empty: the household itself
    repaid_by: str
    #: the last settlements as they can be reckoned again
    settled: list[Answer]

    @property
    def payable_fen(self) -> int:
        """All that is payable now."""
        return sum(fen for _day, _kind, fen in self.payable)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Everything on the page."""

    number: str
    head: str
    village: str
    line: LineState | None
    applications: list[OwnApplication]
    loans: list[OwnLoan]
    #: its shares of what organisations borrowed for lists of households: no debts of its own
    shares: list[HeldShare]


#: settlements shown at most; the whole statement is the bank's to print
SETTLED_MAX: Final = 8


def own_page(
    session: Session, household_id: int, *, on: date, regions: RegionTree, calendar: HolidayTable
) -> OwnPage:
    """A household's page on a day."""
    household = register.get(session, household_id, digits=regions_of(regions))
    return OwnPage(
        number=household.number,
        head=register.head(session, household_id, on=on).name,
        village=regions.full_name(household.village_code, below=COUNTY),
        line=credit.line(session, household_id, on=on),
        applications=_applications(session, household_id),
        loans=_loans(session, household_id, on, calendar),
        shares=shares_of_household(session, household_id),
    )


def regions_of(regions: RegionTree) -> str:
    """The digits that all regions of the list share: the whole province."""
    return next(iter(regions)).code[:2]


def _applications(session: Session, household_id: int) -> list[OwnApplication]:
    signed = exists().where(Loan.application_id == Application.id)
    rows = session.execute(
        select(
            ApplicationSheet.applied_on,
            Application.amount_fen,
            Application.term_months,
            Decision.decision,
            signed,
        )
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Proposal, approvals.about(SUBJECT, ApplicationSheet.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(Application.household_id == household_id)
        .order_by(Application.id.desc())
    )
    return [
        OwnApplication(row[0], row[1], row[2], "signed" if row[4] else row[3] or "waiting")
        for row in rows
    ]


def _loans(session: Session, household_id: int, on: date, calendar: HolidayTable) -> list[OwnLoan]:
    # What a household signed that was merged into this one is owed by its people now.
    theirs = with_merged(session, household_id)
    ids = session.scalars(
        select(Loan.id).where(Loan.household_id.in_(theirs)).order_by(Loan.id.desc())
    ).all()
    loaded = record.load(session, ids, lock=False)
    return [_loan(session, loaded[loan_id], on, calendar) for loan_id in ids]


def _loan(session: Session, one: record.Loaded, on: date, calendar: HolidayTable) -> OwnLoan:
    loan, position, course = one.loan, one.position, one.course
    dues = dues_of(session, loan.id)
    payable = [
        (due.payable_on or due.due_on, due.kind, due.left_fen) for due in dues if due.left_fen
    ]
    case = Case(session, loan, calendar)
    return OwnLoan(
        number=loan.number,
        lender=session.get_one(Organisation, loan.lender_id).name,
        state=position.state,
        amount_fen=loan.amount_fen,
        outstanding_fen=course.principal_fen,
        annual_rate_ppm=loan.annual_rate_ppm,
        drawn_on=position.drawn_on if position.drawn_fen else None,
        matures_on=position.matures_on,
        payable=payable,
        following=_following(one, on),
        treasury_fen=sum(settled.treasury_fen for settled in case.standing.settled.values()),
        subsidy_route=loan.subsidy_route,
        unsubsidised=position.unsubsidised,
        overdue=any(day < on for day, _kind, _fen in payable),
        repaid_by=_name(session, loan.organisation_id),
        settled=_settled(case),
    )


def _settled(case: Case) -> list[Answer]:
    """The last settlements, each with the sum to be keyed into a calculator."""
    rows = explaining.in_force(case)[-SETTLED_MAX:]
    return [explaining.settlements.settlement(case, row) for row in rows]


def _name(session: Session, organisation_id: int | None) -> str:
    return "" if organisation_id is None else session.get_one(Organisation, organisation_id).name


def _following(one: record.Loaded, on: date) -> NextPayment | None:
    """The first row of the plan behind today."""
    if not one.course.open:
        return None
    for row in schedule_of(one):
        if row.due > on:
            course = one.course
            interest = row.interest_fen
            if course.terms.shares:
                interest = course.accrued_household_fen(row.due)
            return NextPayment(
                row.due, row.principal_fen, interest, course.accrued_refund_fen(row.due)
            )
    return None
