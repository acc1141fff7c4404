"""The running side of agreements: positions, and which loans are stakes now.

``take_position`` comes first and takes the agreement's row, so that lists of one agreement are
approved one after the other; ``link_loans`` is one INSERT that skips what is linked elsewhere, and
a count short of the list's loans refuses the whole list.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    distinct,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from enterprises.dividends.lifecycle import UNDECLARED
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    AgreementPosition,
    DividendPosition,
    DividendRound,
    LinkedLoan,
)
from enterprises.refusals import (
    AgreementNumberTaken,
    DividendDeclaredSince,
    HouseholdsJoinedMeanwhile,
    LoanLinkedMeanwhile,
    StakeNoLongerCovered,
)
from loans.models import Loan, LoanShare, Position


def open_position(session: Session, agreement: Agreement) -> None:
    """A new agreement waits; its number is taken, also where two clerks race for it."""
    session.add(
        AgreementPosition(
            agreement_id=agreement.id,
            number=agreement.number,
            state="proposed",
            households=0,
            persons=0,
            stake_fen=0,
        )
    )
    try:
        session.flush()
    except IntegrityError:
        raise AgreementNumberTaken(field="number", number=agreement.number) from None


def take_position(session: Session, one: AgreementList) -> None:
    """Count a list in, and hold the agreement's row until the unit of work is over."""
    session.execute(
        update(AgreementPosition)
        .where(AgreementPosition.agreement_id == one.agreement_id)
        .values(
            households=AgreementPosition.households + one.households,
            persons=AgreementPosition.persons + one.persons,
            stake_fen=AgreementPosition.stake_fen + one.stake_fen,
            state=case(
                (AgreementPosition.state == "proposed", "in_force" if one.nr == 1 else "proposed"),
                else_=AgreementPosition.state,
            ),
        )
    )
    session.expire_all()


def require_undeclared(session: Session, agreement: Agreement, from_on: date) -> None:
    """No dividend is declared of days from ``from_on`` on; the agreement's rounds are held.

    Who joins beneath a declared round would never have its part of it, and who leaves beneath one
    would be paid for days it was not linked. What was paid in advance is settled afterwards: of a
    prepaid period it is the declared settlement that nothing changes any more.
    """
    rows = session.execute(
        select(DividendRound, DividendPosition.state)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(DividendRound.agreement_id == agreement.id)
        .order_by(DividendRound.id)
        .with_for_update(of=DividendPosition)
    ).all()
    declared = [
        (found.counted_to, found.id)
        for found, state in rows
        if state not in UNDECLARED and (found.revision or not agreement.in_advance)
    ]
    to_on, round_id = max(declared, default=(from_on, 0))
    if to_on > from_on:
        raise DividendDeclaredSince(
            field="from_on", number=agreement.number, round=round_id, to_on=to_on, from_on=from_on
        )


def require_new_households(session: Session, one: AgreementList) -> None:
    """None of the list's households came in by another list."""
    mine, other = aliased(AgreementHousehold), aliased(AgreementHousehold)
    count = session.scalar(
        select(func.count(distinct(mine.household_id)))
        .join(
            other,
            and_(
                other.agreement_id == one.agreement_id,
                other.household_id == mine.household_id,
                other.list_id != one.id,
            ),
        )
        .join(AgreementApproval, AgreementApproval.list_id == other.list_id)
        .where(mine.list_id == one.id)
    )
    if count:
        raise HouseholdsJoinedMeanwhile(field="list", count=count)


def link_loans(session: Session, one: AgreementList, on: date) -> None:
    """Make the list's loans stakes; what is a stake elsewhere, or no longer out, refuses it."""
    _free_expired(session, one, on)
    twice = session.scalar(select(func.count()).select_from(_on_the_same_days(one).subquery()))
    if twice:
        raise LoanLinkedMeanwhile(field="list", count=twice)
    short = session.scalar(select(func.count()).select_from(_uncovered(one).subquery()))
    if short:
        raise StakeNoLongerCovered(field="list", count=short)
    mine = AgreementHousehold
    wanted = session.scalar(
        select(func.count()).where(mine.list_id == one.id, mine.loan_id.is_not(None))
    )
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    rows = (
        select(mine.loan_id, mine.household_id, mine.agreement_id, mine.stake_fen)
        .where(mine.list_id == one.id, mine.loan_id.is_not(None))
        # In the order of the key, so that two lists with the same loans do not wait for each other.
        .order_by(mine.loan_id, mine.household_id)
    )
    session.execute(
        dialect.insert(LinkedLoan)
        .from_select(["loan_id", "household_id", "agreement_id", "stake_fen"], rows)
        .on_conflict_do_nothing(index_elements=["loan_id", "household_id"])
    )
    # Counted, not told by the driver: PostgreSQL's answers -1 to an INSERT … SELECT.
    linked = session.scalar(
        select(func.count())
        .select_from(LinkedLoan)
        .join(
            mine,
            and_(
                mine.loan_id == LinkedLoan.loan_id,
                mine.household_id == LinkedLoan.household_id,
                mine.agreement_id == LinkedLoan.agreement_id,
            ),
        )
        .where(mine.list_id == one.id)
    )
    if linked != wanted:
        raise LoanLinkedMeanwhile(field="list", count=(wanted or 0) - (linked or 0))


def free(session: Session, agreement_id: int, household_id: int | None = None) -> None:
    """Loans are stakes no more: of one household that leaves, or of an agreement that ended."""
    query = delete(LinkedLoan).where(LinkedLoan.agreement_id == agreement_id)
    if household_id is not None:
        query = query.where(LinkedLoan.household_id == household_id)
    session.execute(query)


def end(session: Session, agreement_id: int) -> None:
    """An agreement that ends before its last day: whoever ends it has written why."""
    free(session, agreement_id)
    session.execute(
        update(AgreementPosition)
        .where(AgreementPosition.agreement_id == agreement_id)
        .values(state="ended")
    )


def _free_expired(session: Session, one: AgreementList, on: date) -> None:
    """A loan of the list that was a stake in an agreement whose days are over is free."""
    mine = AgreementHousehold
    session.execute(
        delete(LinkedLoan).where(
            exists().where(
                mine.list_id == one.id,
                mine.loan_id == LinkedLoan.loan_id,
                mine.household_id == LinkedLoan.household_id,
                Agreement.id == LinkedLoan.agreement_id,
                Agreement.to_on <= on,
            )
        )
    )


def _on_the_same_days(one: AgreementList) -> Select[Any]:
    """Rows of a list whose loan is a stake elsewhere on a day from the list's first on, though it
    is free today: no loan earns twice for one day.
    """
    mine, other = aliased(AgreementHousehold), aliased(AgreementHousehold)
    return (
        select(mine.id)
        .join(
            other,
            and_(
                other.loan_id == mine.loan_id,
                other.household_id == mine.household_id,
                other.list_id != mine.list_id,
            ),
        )
        .join(AgreementApproval, AgreementApproval.list_id == other.list_id)
        .join(Agreement, Agreement.id == other.agreement_id)
        .outerjoin(
            AgreementLeaving,
            and_(
                AgreementLeaving.agreement_id == other.agreement_id,
                AgreementLeaving.household_id == other.household_id,
            ),
        )
        .outerjoin(AgreementEnd, AgreementEnd.agreement_id == other.agreement_id)
        .where(
            mine.list_id == one.id,
            Agreement.to_on > one.from_on,
            func.coalesce(AgreementLeaving.from_on, date.max) > one.from_on,
            func.coalesce(AgreementEnd.ended_on, date.max) > one.from_on,
        )
        .distinct()
    )


def _uncovered(one: AgreementList) -> Select[Any]:
    """Rows of a list whose loan no longer carries the stake."""
    mine = AgreementHousehold
    return (
        select(mine.id)
        .join(Loan, Loan.id == mine.loan_id)
        .join(Position, Position.loan_id == Loan.id)
        .outerjoin(
            LoanShare,
            and_(
                LoanShare.application_id == Loan.application_id,
                LoanShare.household_id == mine.household_id,
            ),
        )
        .where(
            mine.list_id == one.id,
            or_(Position.state != "active", mine.stake_fen > principal()),
        )
    )


def principal() -> ColumnElement[int]:
    """SQL: what was drawn of a loan; of an organisation's loan, the household's share of it."""
    return case((Loan.mode == "pooled", LoanShare.share_fen), else_=Position.drawn_fen)
