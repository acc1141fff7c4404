"""What a village fund writes down for the loans: the fund as a lender, its groups, its votes.

For ``mutual_aid/`` alone, which says who may do it and keeps the record behind each of these rows.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from households.models import Household
from loans import booking, mutual
from loans.models import (
    ExtensionPermit,
    JointAgreement,
    JointGroup,
    JointMember,
    JointSigner,
    Loan,
    MutualLender,
    Position,
)
from loans.refusals import HouseholdStillBound, JointMemberElsewhere


def open_lender(
    session: Session, *, lender_id: int, village_code: str, fee_rate_ppm: int, fee_clause: str
) -> None:
    """A fund of one village; it lends once ``set_lending`` says so."""
    session.add(
        MutualLender(
            lender_id=lender_id,
            village_code=village_code,
            fee_rate_ppm=fee_rate_ppm,
            fee_clause=fee_clause,
            lends=False,
        )
    )
    session.flush()
    booking.open_accounts(session, [lender_id])


def set_lending(session: Session, *, lender_id: int, lends: bool) -> None:
    """Whether it lends."""
    _set(session, lender_id, lends=lends)


def set_fee(session: Session, *, lender_id: int, fee_rate_ppm: int, fee_clause: str) -> None:
    """The usage fee of loans signed from now on."""
    _set(session, lender_id, fee_rate_ppm=fee_rate_ppm, fee_clause=fee_clause)


def _set(session: Session, lender_id: int, **values: object) -> None:
    session.execute(
        update(MutualLender).where(MutualLender.lender_id == lender_id).values(**values)
    )
    session.expire_all()


def form_group(session: Session, *, group_id: int, lender_id: int) -> None:
    """An empty group."""
    session.add(JointGroup(id=group_id, lender_id=lender_id, members=0))
    session.flush()


def join_group(session: Session, *, group_id: int, household_id: int) -> None:
    """One household more; the key of the table holds where two groups want it."""
    number = session.scalars(select(Household.number).where(Household.id == household_id)).one()
    known = session.scalar(
        select(JointMember.group_id).where(JointMember.household_id == household_id)
    )
    if known is not None:
        raise JointMemberElsewhere(field="household", number=number)
    try:
        session.add(JointMember(household_id=household_id, group_id=group_id))
        session.flush()
    except IntegrityError as error:
        raise JointMemberElsewhere(field="household", number=number) from error
    _count(session, group_id, 1)


def leave_group(session: Session, *, household_id: int, on: date) -> int | None:
    """One household less; its group, if it had one. Nobody leaves while the group owes."""
    group_id = require_free(session, household_id=household_id, on=on)
    if group_id is not None:
        session.execute(delete(JointMember).where(JointMember.household_id == household_id))
        _count(session, group_id, -1)
    return group_id


def require_free(session: Session, *, household_id: int, on: date) -> int | None:
    """The household's group, held; refused while a loan or an application of it is open, or one
    that the household stands up for.
    """
    group_id = session.scalar(
        select(JointMember.group_id).where(JointMember.household_id == household_id)
    )
    groups = set(
        session.scalars(
            select(JointAgreement.group_id)
            .join(JointSigner, JointSigner.application_id == JointAgreement.application_id)
            .where(JointSigner.household_id == household_id)
        )
    )
    if group_id is not None:
        groups.add(group_id)
    mutual.hold(session, groups)
    bound = mutual.open_of(session, groups, on=on)
    if bound:
        number = session.scalars(select(Household.number).where(Household.id == household_id)).one()
        raise HouseholdStillBound(field="household", number=number, loan=bound[min(bound)])
    return group_id


def _count(session: Session, group_id: int, more: int) -> None:
    session.execute(
        update(JointGroup)
        .where(JointGroup.id == group_id)
        .values(members=JointGroup.members + more)
    )
    session.expire_all()


def permit_extension(session: Session, *, loan_id: int, to_on: date, clause: str, on: date) -> None:
    """A vote lets one loan run on until ``to_on``."""
    session.add(ExtensionPermit(loan_id=loan_id, to_on=to_on, given_on=on, clause=clause))
    session.flush()


def open_loans(session: Session, *, lender_id: int) -> list[str]:
    """Contracts of a fund that are signed or out."""
    return list(
        session.scalars(
            select(Loan.number)
            .join(Position, Position.loan_id == Loan.id)
            .where(Loan.lender_id == lender_id, Position.state.in_(("signed", "active")))
            .order_by(Loan.number)
        )
    )


def hold_group(session: Session, group_id: int) -> int:
    """How many households a group has, held until the end."""
    mutual.hold(session, [group_id])
    return session.scalars(select(JointGroup.members).where(JointGroup.id == group_id)).one()
