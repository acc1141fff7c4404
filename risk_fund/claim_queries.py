"""Lists of claims, of what is to be given back, and one debt held in shares.

Each takes ``by`` and shows what lies in the actor's region and at the actor's institution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from households.models import Household, Person
from kernel.actor import Actor
from kernel.database import sum_of
from loans import arrears
from loans.models import Loan
from loans.refusals import LoanUnknown
from office import rights
from organisations.models import Organisation
from risk_fund.lifecycle import NEXT
from risk_fund.models import (
    Compensation,
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
    FundClaimStep,
    FundReturnPart,
    Recovery,
    RecoveryShare,
)

#: rows of a list at most
PAGE = 50


def _loans_seen(by: Actor) -> list[ColumnElement[bool]]:
    rights.allow(by, "risk_fund.read")
    wanted: list[ColumnElement[bool]] = [
        Loan.village_code.startswith(by.region_scope, autoescape=True)
    ]
    if by.institution_ids is not None:
        wanted.append(Loan.lender_id.in_(by.institution_ids))
    return wanted


# --- claims ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim in a list."""

    id: int
    loan_id: int
    number: str
    nr: int
    lender: str
    village_code: str
    #: the borrower, or the organisation where no person borrows
    borrower: str
    state: str
    filed_on: date
    overdue_days: int
    principal_fen: int
    interest_fen: int
    penalty_fen: int
    total_fen: int
    #: the fund's part
    fund_fen: int
    recovered_fen: int
    #: to be decided by this day
    review_by: date


def claims(
    session: Session,
    *,
    by: Actor,
    on: date,
    state: str = "",
    text: str = "",
    loan_id: int | None = None,
    overdue_only: bool = False,
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[ClaimLine]:
    """Claims, the last first. ``text``: contract, borrower, household's number.

    ``overdue_only``: those that the offices should have decided before ``on``.
    """
    query = _claim_lines().where(*_loans_seen(by))
    under_way = [key for key, following in NEXT.items() if following]
    asked = (
        (bool(state), FundClaimPosition.state == state),
        (loan_id is not None, FundClaim.loan_id == loan_id),
        (before_id is not None, FundClaim.id < (before_id or 0)),
        (
            overdue_only,
            and_(FundClaimPosition.state.in_(under_way), FundClaim.review_by < on),
        ),
        (
            bool(text),
            or_(
                Loan.number.contains(text, autoescape=True),
                Person.name.contains(text, autoescape=True),
                Household.number.contains(text, autoescape=True),
            ),
        ),
    )
    query = query.where(*(condition for wanted, condition in asked if wanted))
    rows = session.execute(query.order_by(FundClaim.id.desc()).limit(limit))
    return [ClaimLine(*row) for row in rows]


def _claim_lines() -> Any:
    user = Organisation.__table__.alias("loan_user")
    return (
        select(
            FundClaim.id,
            FundClaim.loan_id,
            Loan.number,
            FundClaim.nr,
            Organisation.name,
            Loan.village_code,
            func.coalesce(Person.name, user.c.name, ""),
            FundClaimPosition.state,
            FundClaim.filed_on,
            FundClaim.overdue_days,
            FundClaim.principal_fen,
            FundClaim.interest_fen,
            FundClaim.penalty_fen,
            FundClaim.total_fen,
            func.coalesce(FundClaimShare.amount_fen, 0),
            FundClaimPosition.recovered_fen,
            FundClaim.review_by,
        )
        .join(Loan, Loan.id == FundClaim.loan_id)
        .join(Organisation, Organisation.id == Loan.lender_id)
        .join(FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id)
        .outerjoin(
            FundClaimShare,
            and_(FundClaimShare.claim_id == FundClaim.id, FundClaimShare.party == "fund"),
        )
        .outerjoin(Person, Person.id == Loan.borrower_id)
        .outerjoin(Household, Household.id == Loan.household_id)
        .outerjoin(user, user.c.id == Loan.organisation_id)
    )


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a claim."""

    nr: int
    state: str
    on_day: date
    by_person: int
    reason: str


def steps_of(session: Session, claim_id: int) -> list[StepLine]:
    """A claim's steps in order; for callers that may see the claim."""
    rows = session.execute(
        select(
            FundClaimStep.nr,
            FundClaimStep.state,
            FundClaimStep.on_day,
            FundClaimStep.by_person,
            FundClaimStep.reason,
        )
        .where(FundClaimStep.claim_id == claim_id)
        .order_by(FundClaimStep.nr)
    )
    return [StepLine(*row) for row in rows]


# --- recoveries -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueBack:
    """A party's part of a recovery that the lender has not given back."""

    recovery_id: int
    claim_id: int
    account_id: int
    number: str
    lender: str
    party: str
    amount_fen: int
    booked_on: date
    return_by: date

    def is_late(self, on: date) -> bool:
        """Its deadline has passed."""
        return self.return_by < on


def not_given_back(*columns: Any) -> Select[Any]:
    """Parts of recoveries that the lender holds for parties which have paid it, and no others."""
    return (
        select(*columns)
        .select_from(Recovery)
        .join(RecoveryShare, RecoveryShare.recovery_id == Recovery.id)
        .join(FundClaim, FundClaim.id == Recovery.claim_id)
        .join(
            Compensation,
            and_(
                Compensation.claim_id == Recovery.claim_id,
                Compensation.party == RecoveryShare.party,
            ),
        )
        .where(
            RecoveryShare.amount_fen != 0,
            ~exists().where(
                FundReturnPart.recovery_id == Recovery.id,
                FundReturnPart.party == RecoveryShare.party,
            ),
        )
    )


def due_back(
    session: Session,
    *,
    by: Actor,
    on: date,
    party: str = "",
    late_only: bool = False,
    account_id: int | None = None,
) -> list[DueBack]:
    """What lenders have recovered for others and not given back, the oldest deadline first."""
    query = (
        not_given_back(
            Recovery.id,
            Recovery.claim_id,
            FundClaim.account_id,
            Loan.number,
            Organisation.name,
            RecoveryShare.party,
            RecoveryShare.amount_fen,
            Recovery.booked_on,
            Recovery.return_by,
        )
        .join(Loan, Loan.id == FundClaim.loan_id)
        .join(Organisation, Organisation.id == Loan.lender_id)
        .where(*_loans_seen(by))
        .order_by(Recovery.return_by, Recovery.id, RecoveryShare.party)
    )
    if party:
        query = query.where(RecoveryShare.party == party)
    if account_id is not None:
        query = query.where(FundClaim.account_id == account_id)
    if late_only:
        query = query.where(Recovery.return_by < on)
    return [DueBack(*row) for row in session.execute(query)]


# --- one debt, held in shares ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """What a party holds of the debt: what it paid, less what was recovered for it."""

    party: str
    paid_fen: int
    recovered_fen: int

    @property
    def amount_fen(self) -> int:
        """What it holds."""
        return self.paid_fen - self.recovered_fen


@dataclass(frozen=True, slots=True)
class Debt:
    """What the household owes, which no compensation changes, and who holds it."""

    number: str
    owed: arrears.Owed
    #: parties other than the lender
    held: Sequence[Held]

    @property
    def total_fen(self) -> int:
        """The household's one debt: principal out, what is in the books and unpaid, and what the
        lender has written off, which is owed all the same.
        """
        owed = self.owed
        booked = owed.interest_fen + owed.penalty_fen + owed.compound_fen
        return owed.principal_fen + booked + owed.written_off_fen

    @property
    def lender_fen(self) -> int:
        """The lender's own balance: the debt less what others hold."""
        return self.total_fen - sum(one.amount_fen for one in self.held)


def debt_of(session: Session, *, number: str, on: date, by: Actor) -> Debt:
    """A loan's debt with its holders."""
    seen = _loans_seen(by)
    loan_id = session.scalar(select(Loan.id).where(Loan.number == number, *seen))
    if loan_id is None:
        raise LoanUnknown(field="number", number=number[:40])
    recovered = (
        select(sum_of(RecoveryShare.amount_fen))
        .join(Recovery, Recovery.id == RecoveryShare.recovery_id)
        .where(
            Recovery.claim_id == Compensation.claim_id, RecoveryShare.party == Compensation.party
        )
        .correlate(Compensation)
        .scalar_subquery()
    )
    held: dict[str, tuple[int, int]] = {}
    for party, paid_fen, back_fen in session.execute(
        select(Compensation.party, Compensation.amount_fen, recovered)
        .join(FundClaim, FundClaim.id == Compensation.claim_id)
        .where(FundClaim.loan_id == loan_id)
        .order_by(Compensation.id)
    ):
        before = held.get(party, (0, 0))
        held[party] = (before[0] + paid_fen, before[1] + back_fen)
    owed = arrears.owed(session, [loan_id], on=on)[loan_id]
    return Debt(number, owed, [Held(party, *sums) for party, sums in held.items()])
