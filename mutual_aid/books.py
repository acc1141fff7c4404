"""The monthly public list: what the fund has, what it lent to whom, what came in and went out.

It is posted in the village, so it names heads of households and carries no digit of an identity
number, card or phone.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

import ledger
from households.models import Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.dates import add_months
from kernel.money import format_yuan
from loans.models import Loan, LoanDay
from mutual_aid import queries
from mutual_aid.finding import fund_of, open_fund
from mutual_aid.models import MutualVote, PublicList, VillageFund, VoteResult
from mutual_aid.refusals import FundPaperMissing, MonthNotClosed
from mutual_aid.voting import members_on
from office.approvals import digest_of


def month_list(session: Session, *, fund_id: int, month_from: date) -> dict[str, Any]:
    """The figures of a month, of its closed days alone."""
    fund = fund_of(session, fund_id)
    to_on = add_months(month_from, 1)
    last = to_on - timedelta(days=1)
    closed = ledger.last_closed_day(session)
    if month_from.day != 1 or closed is None or closed < last:
        raise MonthNotClosed(field="month", month=f"{month_from:%Y-%m}")
    before = queries.fee_until(session, fund.organisation_id, month_from - timedelta(days=1))
    fee = queries.fee_until(session, fund.organisation_id, last)
    moved = queries.movements_of(session, fund_id, from_on=month_from, to_on=to_on)
    return {
        "fund": fund_id,
        "village": fund.village_code,
        "month": f"{month_from:%Y-%m}",
        "members": len(members_on(session, fund_id, last)),
        "accounts": _accounts(session, fund, last),
        "moved": [
            {
                "kind": one.kind,
                "on": one.booked_on.isoformat(),
                "amount": format_yuan(one.amount_fen),
            }
            for one in moved
        ],
        "fee_due": format_yuan(fee.due_fen - before.due_fen),
        "fee_taken": format_yuan(fee.taken_fen - before.taken_fen),
        "fee_owed": format_yuan(fee.owed_fen),
        "loans": _loans(session, fund, last),
        "votes": _votes(session, fund_id, month_from, to_on),
    }  # fmt: skip


def _accounts(session: Session, fund: VillageFund, last: date) -> dict[str, str]:
    found = {}
    for kind in queries.ACCOUNTS:
        fen = ledger.balance(session, kind=kind, owner_id=fund.organisation_id, until=last)
        if fen:
            sign = 1 if ledger.CHART[kind].side == "debit" else -1
            found[kind] = format_yuan(sign * fen)
    return found


def _loans(session: Session, fund: VillageFund, last: date) -> list[dict[str, Any]]:
    """Loans with something out at the month's end, by the head of the household on that day; of
    one that is no more, by who signed.
    """
    head = (
        select(func.min(Person.name))
        .where(Person.household_id == Loan.household_id, Person.is_head, is_present(last))
        .correlate(Loan)
        .scalar_subquery()
    )
    borrower = aliased(Person)
    latest = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= last)
        .group_by(LoanDay.loan_id)
        .subquery("latest")
    )
    rows = session.execute(
        select(
            Loan.number, func.coalesce(head, borrower.name, ""), Loan.matures_on, LoanDay,
            Loan.signed_on,
        )
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .join(latest, (latest.c.loan_id == Loan.id) & (latest.c.on_day == LoanDay.on_day))
        .outerjoin(borrower, borrower.id == Loan.borrower_id)
        .where(Loan.lender_id == fund.organisation_id, LoanDay.outstanding_fen > 0)
        .order_by(Loan.number)
    )  # fmt: skip
    return [
        {
            "number": number,
            "head": head,
            "drawn": format_yuan(day.drawn_fen),
            "outstanding": format_yuan(day.outstanding_fen),
            "overdue": format_yuan(day.overdue_principal_fen + day.overdue_interest_fen),
            "signed_on": signed_on.isoformat(),
            "matures_on": matures_on.isoformat(),
        }
        for number, head, matures_on, day, signed_on in rows
    ]


def _votes(session: Session, fund_id: int, from_on: date, to_on: date) -> list[dict[str, Any]]:
    rows = session.execute(
        select(MutualVote, VoteResult)
        .join(VoteResult, VoteResult.vote_id == MutualVote.id)
        .where(
            MutualVote.fund_id == fund_id,
            VoteResult.counted_on >= from_on,
            VoteResult.counted_on < to_on,
        )
        .order_by(MutualVote.nr)
    )
    return [
        {
            "nr": vote.nr,
            "question": vote.question,
            "eligible": vote.eligible,
            "present": result.present,
            "for": result.voted_for,
            "against": result.against,
            "abstained": result.abstained,
            "passed": result.passed,
        }
        for vote, result in rows
    ]


def post_list(
    session: Session, *, fund_id: int, month_from: date, place: str, on: date, by: Actor
) -> int:
    """Keep the month's list as it is posted; its number. A corrected one is the next version."""
    ledger.require_bookable(session, on)
    open_fund(session, fund_id, "mutual_aid.publish", by)
    if not place.strip():
        raise FundPaperMissing(field="place", what_zh="公示地点", what_en="where it is posted")
    content = month_list(session, fund_id=fund_id, month_from=month_from)
    version = session.scalar(
        select(func.count())
        .select_from(PublicList)
        .where(PublicList.fund_id == fund_id, PublicList.month_from == month_from)
    )
    row = PublicList(
        fund_id=fund_id,
        month_from=month_from,
        version=(version or 0) + 1,
        posted_on=on,
        place=place.strip(),
        content=json.dumps(content, ensure_ascii=False, sort_keys=True),
        digest=digest_of(content),
    )
    session.add(row)
    session.flush()
    return row.id
