"""The reads of the village funds, for pages and for the auditor.

What a fund has is read from the ledger, which holds all of it under the fund's organisation; what
it lent is read from the loans whose lender it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

import ledger
from households.models import Household, Person
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.regions import in_scope
from loans.models import (
    Allocation,
    Disbursement,
    Due,
    JointAgreement,
    JointSigner,
    Loan,
    Repayment,
    Reversal,
)
from mutual_aid.finding import fund_of
from mutual_aid.models import (
    FundClosing,
    FundMember,
    FundOpening,
    GroupLeaving,
    GroupMember,
    MemberPosition,
    MutualBallot,
    MutualGroup,
    MutualMovement,
    MutualVote,
    VillageFund,
    VoteResult,
)
from office import rights
from organisations.models import Organisation

#: account kinds of a fund, in the order of its balance sheet; its funds, loans and fee beside them
ACCOUNTS = (
    "funds", "loan_principal", "interest_receivable", "penalty_receivable", "write_off_loss",
    "mutual_fee_shared", "mutual_fiscal", "mutual_gifts", "mutual_stakes", "mutual_base_stakes",
    "interest_income", "penalty_income", "mutual_running", "mutual_capital", "mutual_welfare",
    "mutual_reserve", "household_credit", "write_off_recovery",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund in a list."""

    id: int
    name: str
    village_code: str
    opened_on: date | None
    closed_on: date | None
    members: int
    #: what it holds, fen
    held_fen: int


def funds_listed(session: Session, *, by: Actor, open_on: date | None = None) -> list[FundLine]:
    """Funds of the actor's region, by village; those that were proposed and not approved too."""
    rights.allow(by, "mutual_aid.read")
    members = (
        select(func.count())
        .select_from(MemberPosition)
        .where(MemberPosition.fund_id == VillageFund.id, MemberPosition.left_on.is_(None))
        .correlate(VillageFund)
        .scalar_subquery()
    )
    query = (
        select(
            VillageFund.id, Organisation.name, VillageFund.village_code, FundOpening.opened_on,
            FundClosing.closed_on, members, VillageFund.organisation_id,
        )
        .join(Organisation, Organisation.id == VillageFund.organisation_id)
        .outerjoin(FundOpening, FundOpening.fund_id == VillageFund.id)
        .outerjoin(FundClosing, FundClosing.fund_id == VillageFund.id)
        .where(in_scope(VillageFund.village_code, by.region_scope))
        .order_by(VillageFund.village_code, VillageFund.id)
    )  # fmt: skip
    if open_on is not None:
        query = query.where(open_on_day(open_on))
    return [
        FundLine(
            id=row[0],
            name=row[1],
            village_code=row[2],
            opened_on=row[3],
            closed_on=row[4],
            members=row[5],
            held_fen=ledger.balance(session, kind="funds", owner_id=row[6]),
        )
        for row in session.execute(query)
    ]


def open_on_day(day: date) -> ColumnElement[bool]:
    """SQL: of a fund's opening and closing, it is open on a day."""
    return and_(
        FundOpening.opened_on <= day,
        or_(FundClosing.closed_on.is_(None), FundClosing.closed_on > day),
    )


# --- one fund -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member: what it has in the fund and where it stands."""

    household_id: int
    household_number: str
    #: who speaks and votes for it
    speaker: str
    joined_on: date
    left_on: date | None
    stake_fen: int
    base_fen: int
    #: number of its group in the fund; None: in none
    group_nr: int | None


def members_of(session: Session, fund_id: int) -> list[MemberLine]:
    """Members of today, and those whose stake is still to come."""
    group = (
        select(MutualGroup.nr)
        .join(GroupMember, GroupMember.group_id == MutualGroup.id)
        .outerjoin(GroupLeaving, GroupLeaving.group_member_id == GroupMember.id)
        .where(
            GroupMember.member_id == MemberPosition.member_id,
            GroupLeaving.group_member_id.is_(None),
        )
        .correlate(MemberPosition)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            MemberPosition.household_id, Household.number, Person.name, FundMember.joined_on,
            MemberPosition.left_on, MemberPosition.stake_fen, MemberPosition.base_fen, group,
        )
        .join(FundMember, FundMember.id == MemberPosition.member_id)
        .join(Household, Household.id == MemberPosition.household_id)
        .join(Person, Person.id == FundMember.person_id)
        .where(MemberPosition.fund_id == fund_id)
        .order_by(Household.number)
    )  # fmt: skip
    return [MemberLine(*row) for row in rows]


def groups_of(session: Session, fund_id: int) -> dict[int, list[int]]:
    """Number of a group in its fund -> the households in it today."""
    rows = session.execute(
        select(MutualGroup.nr, FundMember.household_id)
        .join(GroupMember, GroupMember.group_id == MutualGroup.id)
        .join(FundMember, FundMember.id == GroupMember.member_id)
        .outerjoin(GroupLeaving, GroupLeaving.group_member_id == GroupMember.id)
        .where(MutualGroup.fund_id == fund_id, GroupLeaving.group_member_id.is_(None))
        .order_by(MutualGroup.nr, FundMember.household_id)
    )
    found: dict[int, list[int]] = {}
    for nr, household_id in rows:
        found.setdefault(nr, []).append(household_id)
    return found


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A vote with its result; what is not counted yet has none."""

    id: int
    nr: int
    subject: str
    question: str
    held_on: date
    eligible: int
    present: int | None
    voted_for: int | None
    against: int | None
    abstained: int | None
    passed: bool | None


def votes_of(session: Session, fund_id: int) -> list[VoteLine]:
    """A fund's votes, in their order."""
    rows = session.execute(
        select(
            MutualVote.id, MutualVote.nr, MutualVote.subject, MutualVote.question,
            MutualVote.held_on, MutualVote.eligible, VoteResult.present, VoteResult.voted_for,
            VoteResult.against, VoteResult.abstained, VoteResult.passed,
        )
        .outerjoin(VoteResult, VoteResult.vote_id == MutualVote.id)
        .where(MutualVote.fund_id == fund_id)
        .order_by(MutualVote.nr)
    )  # fmt: skip
    return [VoteLine(*row) for row in rows]


def ballots_of(session: Session, vote_id: int) -> dict[int, str]:
    """Household -> its ballot."""
    rows = session.execute(
        select(MutualBallot.household_id, MutualBallot.choice).where(
            MutualBallot.vote_id == vote_id
        )
    )
    return {row[0]: row[1] for row in rows}


def movements_of(
    session: Session, fund_id: int, *, from_on: date, to_on: date
) -> Sequence[MutualMovement]:
    """What moved in these days beside the loans."""
    return session.scalars(
        select(MutualMovement)
        .where(
            MutualMovement.fund_id == fund_id,
            MutualMovement.booked_on >= from_on,
            MutualMovement.booked_on < to_on,
        )
        .order_by(MutualMovement.id)
    ).all()


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """A joint agreement, for whose loan, and who signed it."""

    number: str
    group_id: int
    signed_on: date
    loan_number: str | None
    household_id: int
    signers: tuple[int, ...]


def agreements_of(session: Session, lender_id: int) -> list[AgreementLine]:
    """The joint agreements of a fund's loans and applications."""
    rows = session.execute(
        select(
            JointAgreement.number, JointAgreement.group_id, JointAgreement.signed_on, Loan.number,
            Loan.household_id, JointAgreement.application_id,
        )
        .join(Loan, Loan.application_id == JointAgreement.application_id)
        .where(Loan.lender_id == lender_id)
        .order_by(JointAgreement.application_id)
    ).all()  # fmt: skip
    signers: dict[int, list[int]] = {}
    for application_id, household_id in session.execute(
        select(JointSigner.application_id, JointSigner.household_id)
        .join(Loan, Loan.application_id == JointSigner.application_id)
        .where(Loan.lender_id == lender_id)
        .order_by(JointSigner.household_id)
    ):
        signers.setdefault(application_id, []).append(household_id)
    return [AgreementLine(*row[:4], row[4] or 0, tuple(signers.get(row[5], ()))) for row in rows]


# --- the fee --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fee:
    """Usage fee and penalty up to a day: what fell due is what was taken, written off, or owed."""

    due_fen: int
    taken_fen: int
    written_off_fen: int
    owed_fen: int


def fee_until(session: Session, lender_id: int, day: date) -> Fee:
    """Fee due against fee taken, of everything booked up to and including a day."""

    def stands(*kinds: str) -> int:
        return sum(
            ledger.balance(session, kind=kind, owner_id=lender_id, until=day) for kind in kinds
        )

    due_fen = -stands("interest_income", "penalty_income")
    owed_fen = stands("interest_receivable", "penalty_receivable")
    lost_fen = _written_off(session, lender_id, day)
    return Fee(due_fen, due_fen - owed_fen - lost_fen, lost_fen, owed_fen)


def _written_off(session: Session, lender_id: int, day: date) -> int:
    found = session.scalar(
        select(sum_of(Allocation.amount_fen))
        .join(Repayment, Repayment.id == Allocation.repayment_id)
        .join(Due, Due.id == Allocation.due_id)
        .join(Loan, Loan.id == Due.loan_id)
        .where(
            Loan.lender_id == lender_id,
            Repayment.kind == "write_off",
            Repayment.booking_date <= day,
            Due.kind != "principal",
            ~select(Reversal.id).where(Reversal.repayment_id == Repayment.id).exists(),
        )
    )
    return int(found or 0)


def fee_taken(session: Session, lender_id: int, *, from_on: date, to_on: date) -> int:
    """Fee that came in in these days, what was undone of it in them taken off, fen."""
    eve = timedelta(days=1)
    return (
        fee_until(session, lender_id, to_on - eve).taken_fen
        - fee_until(session, lender_id, from_on - eve).taken_fen
    )


@dataclass(frozen=True, slots=True)
class Turnover:
    """How often a fund has lent its money (周转)."""

    fiscal_fen: int
    stakes_fen: int
    gifts_fen: int
    #: everything ever lent and not undone
    lent_fen: int

    @property
    def fund_fen(self) -> int:
        """Fiscal money, stakes and gifts together."""
        return self.fiscal_fen + self.stakes_fen + self.gifts_fen

    @property
    def tenths(self) -> int | None:
        """How many times, in tenths, rounded half up; None for a fund without money."""
        if not self.fund_fen:
            return None
        return (self.lent_fen * 20 + self.fund_fen) // (2 * self.fund_fen)


def turnover(session: Session, fund_id: int, *, until: date) -> Turnover:
    """A fund's money and what was lent of it, of everything booked up to a day."""
    fund = fund_of(session, fund_id)

    def stands(*kinds: str) -> int:
        return -sum(
            ledger.balance(session, kind=kind, owner_id=fund.organisation_id, until=until)
            for kind in kinds
        )

    undone = select(Reversal.id).where(
        Reversal.disbursement_id == Disbursement.id, Reversal.booking_date <= until
    )
    lent = session.scalar(
        select(sum_of(Disbursement.amount_fen))
        .join(Loan, Loan.id == Disbursement.loan_id)
        .where(
            Loan.lender_id == fund.organisation_id,
            Disbursement.booking_date <= until,
            ~undone.exists(),
        )
    )
    # A base stake is fiscal money under another name.
    return Turnover(
        stands("mutual_fiscal", "mutual_base_stakes"),
        stands("mutual_stakes"),
        stands("mutual_gifts"),
        int(lent or 0),
    )
