"""What was due, paid and kept, read back: dues against settlements, payments against dues.

Where corrections added differences, all rows of one key go together.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from kernel.database import sum_of
from kernel.findings import Finding
from loans.findings import rows
from loans.models import (
    Allocation,
    Due,
    Loan,
    LoanCredit,
    OpenDue,
    Position,
    Repayment,
    Reversal,
    Settlement,
)
from loans.routes import owed_by_payer, owed_by_treasury


def check(session: Session) -> Iterator[Finding]:
    """Dues, payments and credit."""
    yield from _parts_are_dues(session)
    yield from _open_dues(session)
    yield from _repayments_add_up(session)
    yield from _credits(session)


def _parts_are_dues(session: Session) -> Iterator[Finding]:
    for bearer, part in (("household", owed_by_payer()), ("treasury", owed_by_treasury())):
        # Added up once: no index serves looking up the dues of one settlement.
        dues = (
            select(Due.settlement_id, sum_of(Due.amount_fen).label("fen"))
            .where(Due.bearer == bearer)
            .group_by(Due.settlement_id)
            .subquery()
        )
        due = func.coalesce(dues.c.fen, 0)
        yield from rows(
            session,
            select(Settlement.id, part, due)
            .join(Loan, Loan.id == Settlement.loan_id)
            .outerjoin(dues, dues.c.settlement_id == Settlement.id)
            .where(part != due),
            "parts_are_dues",
            "settlements",
            f"第{{0}}号结息中{bearer}应付{{1}}分，应收却为{{2}}分",
            f"settlement {{0}}: {bearer} owes {{1}} fen, the dues say {{2}}",
        )


def _open_dues(session: Session) -> Iterator[Finding]:
    """What is open of a due of whoever repays is the due less what was allocated to it.

    Nothing stands open of what the treasury owes, and no payment of a loan is for it. Where
    corrections added differences, all rows of one kind, bearer and due date go together.
    """
    paid = (
        select(sum_of(Allocation.amount_fen)).where(Allocation.due_id == Due.id).scalar_subquery()
    )
    left = func.coalesce(OpenDue.left_fen, 0)
    owed = case((Due.bearer == "household", Due.amount_fen), else_=0)
    yield from rows(
        session,
        select(Due.id, owed, paid, left)
        .join(Position, Position.loan_id == Due.loan_id)
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(
            or_(
                and_(Position.correction == 0, owed - paid != left),
                and_(OpenDue.due_id.is_not(None), Due.bearer != "household"),
                OpenDue.kind != Due.kind,
                OpenDue.loan_id != Due.loan_id,
                OpenDue.payable_on < Due.due_on,
            )
        ),
        "open_dues",
        "open_dues",
        "第{0}号应收{1}分，已收{2}分，未收却记为{3}分",
        "due {0} of {1} fen, {2} paid, but {3} stand open",
    )
    key = (Due.loan_id, Due.kind, Due.bearer, Due.due_on)
    whole = (
        select(func.min(Due.id), sum_of(owed), sum_of(paid), sum_of(left))
        .join(Position, Position.loan_id == Due.loan_id)
        .outerjoin(OpenDue, OpenDue.due_id == Due.id)
        .where(Position.correction > 0)
        .group_by(*key)
        .having(or_(sum_of(owed) - sum_of(paid) != sum_of(left), sum_of(paid) < 0))
    )
    yield from rows(
        session,
        whole,
        "open_dues",
        "open_dues",
        "第{0}号应收更正后{1}分，已收{2}分，未收却记为{3}分",
        "due {0}, corrected, of {1} fen, {2} paid, but {3} stand open",
    )


def _taken() -> ColumnElement[int]:
    return (
        select(sum_of(Allocation.amount_fen))
        .where(Allocation.repayment_id == Repayment.id)
        .correlate(Repayment)
        .scalar_subquery()
    )


def _undone() -> ColumnElement[bool]:
    return exists().where(Reversal.repayment_id == Repayment.id)


def _repayments_add_up(session: Session) -> Iterator[Finding]:
    """A repayment is what dues took and what was kept; undone, it is nothing."""
    taken = _taken()
    uses_all = Repayment.kind.in_(("credit", "write_off"))
    wrong = case(
        (or_(_undone(), Repayment.kind.in_(("refund", "recovery"))), taken != 0),
        (Position.correction > 0, or_(taken < 0, and_(~uses_all, taken > Repayment.amount_fen))),
        else_=Repayment.amount_fen != taken + Repayment.to_credit_fen,
    )
    yield from rows(
        session,
        select(Repayment.id, Repayment.amount_fen, taken, Repayment.to_credit_fen)
        .join(Position, Position.loan_id == Repayment.loan_id)
        .where(wrong),
        "repayments_add_up",
        "repayments",
        "第{0}号还款{1}分，冲抵{2}分、转溢缴款{3}分，合计不符",
        "repayment {0} of {1} fen: {2} allocated and {3} kept do not add up",
    )


def _credits(session: Session) -> Iterator[Finding]:
    """A loan's credit is what payments left over, less what was used and refunded of it."""
    moved = case(
        (Repayment.kind == "payment", case((_undone(), 0), else_=Repayment.amount_fen) - _taken()),
        (Repayment.kind == "credit", -_taken()),
        (Repayment.kind == "refund", case((_undone(), 0), else_=-Repayment.amount_fen)),
        else_=0,
    )
    kept = (
        select(Repayment.loan_id, sum_of(moved).label("fen")).group_by(Repayment.loan_id).subquery()
    )
    stands = func.coalesce(LoanCredit.amount_fen, 0)
    yield from rows(
        session,
        select(Loan.number, func.coalesce(kept.c.fen, 0), stands)
        .outerjoin(LoanCredit, LoanCredit.loan_id == Loan.id)
        .outerjoin(kept, kept.c.loan_id == Loan.id)
        .where(func.coalesce(kept.c.fen, 0) != stands),
        "credits",
        "loan_credits",
        "合同{0}的溢缴款应为{1}分，记为{2}分",
        "contract {0} has {1} fen of credit by the record, {2} noted",
    )
