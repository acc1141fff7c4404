"""SQL: village funds by village and day, for the county's figures; from recorded rows alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select

from kernel.database import sum_of
from loans.models import Loan, LoanDay
from loans.mutual import MODE
from mutual_aid.models import (
    FundClosing,
    FundMember,
    FundOpening,
    MemberLeaving,
    MutualMovement,
    VillageFund,
)
from mutual_aid.queries import open_on_day


def funds_by_village(day: date) -> Select[str, int]:
    """SQL: village -> 1, of funds open on a day by the books of that day."""
    return (
        select(VillageFund.village_code, func.count())
        .join(FundOpening, FundOpening.fund_id == VillageFund.id)
        .outerjoin(FundClosing, FundClosing.fund_id == VillageFund.id)
        .where(open_on_day(day))
        .group_by(VillageFund.village_code)
    )


def members_by_village(day: date) -> Select[str, int]:
    """SQL: village -> member households on a day."""
    return (
        select(VillageFund.village_code, func.count())
        .join(FundMember, FundMember.fund_id == VillageFund.id)
        .outerjoin(MemberLeaving, MemberLeaving.member_id == FundMember.id)
        .where(
            FundMember.joined_on <= day,
            or_(MemberLeaving.left_on.is_(None), MemberLeaving.left_on > day),
        )
        .group_by(VillageFund.village_code)
    )


def money_by_village(day: date) -> Select[str, int, int]:
    """SQL: village -> fiscal money and members' stakes that stand in its fund on a day, fen."""
    fen, kind = MutualMovement.amount_fen, MutualMovement.kind
    returned = or_(
        kind == "fiscal_returned",
        and_(kind == "residue", MutualMovement.of_account == "mutual_fiscal"),
    )
    fiscal = case((kind == "fiscal", fen), (returned, -fen), else_=0)
    stakes = case((kind == "stake", fen), (kind == "stake_withdrawn", -fen), else_=0)
    return (
        select(VillageFund.village_code, sum_of(fiscal), sum_of(stakes))
        .join(MutualMovement, MutualMovement.fund_id == VillageFund.id)
        .where(MutualMovement.booked_on <= day)
        .group_by(VillageFund.village_code)
    )


def loans_by_village(day: date) -> Select[str, int, int, int]:
    """SQL: village -> mutual loans ever drawn, drawn and outstanding (fen) at a closed day."""
    last = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= day)
        .group_by(LoanDay.loan_id)
        .subquery("last")
    )
    return (
        select(
            Loan.village_code,
            sum_of(case((LoanDay.drawn_fen > 0, 1), else_=0)),
            sum_of(LoanDay.drawn_fen),
            sum_of(LoanDay.outstanding_fen),
        )
        .join(last, and_(last.c.loan_id == LoanDay.loan_id, last.c.on_day == LoanDay.on_day))
        .join(Loan, Loan.id == LoanDay.loan_id)
        .where(Loan.mode == MODE)
        .group_by(Loan.village_code)
    )
