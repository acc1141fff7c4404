"""Need and what came of it: who wants a loan and has none stands on somebody's queue.

A household in need *has a loan* if money was paid out to it, or for it on an organisation's list,
since the round began, or if principal is out from before. What a village fund lends answers to its
own members and counts for nothing here. 应贷尽贷率 is those in need with a loan over all in need.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from households.models import Household
from households.models.families import NeedAnswer, NeedRound
from households.need import operations
from households.need.operations import WANTS, round_of
from households.need.queries import (
    begins_with,
    head_name,
    is_behind,
    last_answer_id,
    lead_bank,
)
from kernel.actor import Actor
from kernel.money import round_half_up
from kernel.regions import in_scope
from loans import mutual
from loans.balances import principal_out
from loans.facts import is_fund, is_open_lender
from loans.models import Disbursement, Loan, LoanShare, Reversal
from loans.refusals import LenderNotInBusiness


@dataclass(frozen=True, slots=True)
class Unmet:
    """A household in need without a loan."""

    household_id: int
    number: str
    village_code: str
    head: str
    amount_fen: int | None
    purpose: str
    answered_on: date
    #: the lender that answers for the township; None: nobody was named
    lender_id: int | None


@dataclass(frozen=True, slots=True)
class NeedMet:
    """Of those in need in a township, who has a loan."""

    township_code: str
    in_need: int
    with_loan: int

    @property
    def rate_ppm(self) -> int | None:
        """应贷尽贷率; None where nobody is in need."""
        return round_half_up(self.with_loan * 1_000_000, self.in_need) if self.in_need else None


def has_loan(since: date | ColumnElement[date]) -> ColumnElement[bool]:
    """SQL: the household of the query around it was paid a loan since a day, or owes principal."""
    undone = exists().where(Reversal.disbursement_id == Disbursement.id)
    paid = exists().where(
        Disbursement.loan_id == Loan.id, Disbursement.booking_date >= since, ~undone
    )
    real = and_(Loan.mode != mutual.MODE, or_(paid, principal_out(Loan.id) > 0))
    own = exists().where(Loan.household_id == Household.id, real)
    listed = (
        select(LoanShare.application_id)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .where(LoanShare.household_id == Household.id, real)
        .exists()
    )
    return or_(own, listed)


def unmet_need(
    session: Session,
    number: str,
    *,
    digits: str,
    on: date,
    lender_id: int | None = None,
    text: str = "",
    after: tuple[str, str] = ("", ""),
    limit: int | None = None,
) -> list[Unmet]:
    """The queue of a scope: households in need without a loan, by village and number.

    ``lender_id``: of the townships that this lender answers for. ``text``: the beginning of a
    household's number or of the head's name. ``after``: the village and number of the last one
    seen.
    """
    one = round_of(session, number)
    bank = lead_bank(_township(), on)
    query = (
        select(
            Household.id,
            Household.number,
            Household.village_code,
            head_name(on),
            NeedAnswer.amount_fen,
            NeedAnswer.purpose,
            NeedAnswer.answered_on,
            bank,
        )
        .join(NeedAnswer, _holds(one, on))
        .where(
            in_scope(Household.village_code, digits),
            ~has_loan(one.from_on),
            is_behind(after),
        )
        .order_by(Household.village_code, Household.number)
        .limit(limit)
    )
    if lender_id is not None:
        query = query.where(bank == lender_id)
    if text:
        query = query.where(begins_with(text, on))
    return [Unmet(*row) for row in session.execute(query)]


def need_met(session: Session, number: str, *, digits: str, on: date) -> list[NeedMet]:
    """Each township of a scope with households in need."""
    one = round_of(session, number)
    township = _township()
    rows = session.execute(
        select(
            township,
            func.count(),
            func.sum(case((has_loan(one.from_on), 1), else_=0)),
        )
        .select_from(Household)
        .join(NeedAnswer, _holds(one, on))
        .where(in_scope(Household.village_code, digits))
        .group_by(township)
        .order_by(township)
    )
    return [NeedMet(code, int(needing), int(lent)) for code, needing, lent in rows]


def name_lead_bank(
    session: Session,
    *,
    township_code: str,
    lender_id: int,
    from_on: date,
    document: str = "",
    on: date,
    by: Actor,
) -> int:
    """Name the lender (主责任银行) that answers for a township from a day on; the id of the row."""
    if not is_open_lender(session, lender_id, on) or is_fund(session, lender_id):
        raise LenderNotInBusiness(field="lender_id", lender=lender_id)
    return operations.name_lead_bank(
        session,
        township_code=township_code,
        lender_id=lender_id,
        from_on=from_on,
        document=document,
        on=on,
        by=by,
    )


def _township() -> ColumnElement[str]:
    return func.substr(Household.village_code, 1, 9).concat("000")


def _holds(one: NeedRound, on: date) -> ColumnElement[bool]:
    """The household's answer that holds in a round, and says that it wants a loan."""
    return and_(NeedAnswer.id == last_answer_id(one.id, on), NeedAnswer.answer == WANTS)
