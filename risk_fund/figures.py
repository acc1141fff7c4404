"""Figures of the special accounts, now or at the close of a day: balances, leverage, headrooms.

A closed day is told from recorded rows alone: movements booked by it, claims filed and not over by
it, lending as it stood. Four statements for any number of accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import sum_of
from loans.covered import covered_by_lender, disbursed_ever
from office import rights
from organisations.models import Organisation
from policy import Rulebook
from risk_fund.leverage import Leverage
from risk_fund.lifecycle import OVER
from risk_fund.models import (
    FundAccount,
    FundBalance,
    FundClaim,
    FundClaimShare,
    FundClaimStep,
    FundMovement,
)


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """An account, or all of them: what is in it, what is lent over it."""

    #: 0 and empty for the sum of several
    account_id: int
    lender_id: int
    lender: str
    number: str
    balance_fen: int
    pledged_fen: int
    #: contributions ever less withdrawals
    contributed_fen: int
    #: lending ever disbursed, of contracts under cover
    disbursed_fen: int
    #: covered principal out
    covered_fen: int
    #: principal out, covered or not
    outstanding_fen: int
    multiple: int
    #: document and clause of the multiple
    clause: str

    @property
    def free_fen(self) -> int:
        """Balance less pledged."""
        return self.balance_fen - self.pledged_fen

    @property
    def cumulative(self) -> Leverage:
        """As the press reports."""
        return Leverage(self.disbursed_fen, self.contributed_fen, self.multiple)

    @property
    def outstanding(self) -> Leverage:
        """What controls lending."""
        return Leverage(self.covered_fen, self.free_fen, self.multiple)


def figures(
    session: Session, *, rulebook: Rulebook, on: date, day: date | None = None
) -> list[AccountFigures]:
    """Every account in order; ``day``: at the close of that day, else now (``on`` is today)."""
    stands = _at_close(day) if day is not None else _now()
    covered = {row[0]: (row[1], row[2]) for row in session.execute(covered_by_lender(day=day))}
    disbursed = {row[0]: row[1] for row in session.execute(disbursed_ever(day=day))}
    found = []
    for account, lender, balance_fen, pledged_fen, contributed_fen in session.execute(stands):
        multiple = rulebook.conduct(on=day or on, region=account.region_code).multiple_max
        covered_fen, outstanding_fen = covered.get(account.lender_id, (0, 0))
        found.append(
            AccountFigures(
                account_id=account.id,
                lender_id=account.lender_id,
                lender=lender,
                number=account.number,
                balance_fen=balance_fen,
                pledged_fen=pledged_fen,
                contributed_fen=contributed_fen,
                disbursed_fen=disbursed.get(account.lender_id, 0),
                covered_fen=covered_fen,
                outstanding_fen=outstanding_fen,
                multiple=multiple.value,
                clause=multiple.cite,
            )
        )
    return found


def seen_figures(
    session: Session, *, rulebook: Rulebook, on: date, by: Actor, day: date | None = None
) -> list[AccountFigures]:
    """The accounts that the actor may see."""
    rights.allow(by, "risk_fund.read")
    return [
        one
        for one in figures(session, rulebook=rulebook, on=on, day=day)
        if rights.sees(by, institution_id=one.lender_id)
    ]


def total_of(accounts: Sequence[AccountFigures]) -> AccountFigures:
    """All accounts as one; the multiple is the lowest of them, so that no room is told twice."""
    lowest = min(accounts, key=lambda one: one.multiple, default=None)

    return AccountFigures(
        account_id=0,
        lender_id=0,
        lender="",
        number="",
        balance_fen=sum(one.balance_fen for one in accounts),
        pledged_fen=sum(one.pledged_fen for one in accounts),
        contributed_fen=sum(one.contributed_fen for one in accounts),
        disbursed_fen=sum(one.disbursed_fen for one in accounts),
        covered_fen=sum(one.covered_fen for one in accounts),
        outstanding_fen=sum(one.outstanding_fen for one in accounts),
        multiple=lowest.multiple if lowest else 0,
        clause=lowest.clause if lowest else "",
    )


def _now() -> Select[FundAccount, str, int, int, int]:
    return (
        select(
            FundAccount,
            Organisation.name,
            FundBalance.balance_fen,
            FundBalance.pledged_fen,
            FundBalance.contributed_fen,
        )
        .join(FundBalance, FundBalance.account_id == FundAccount.id)
        .join(Organisation, Organisation.id == FundAccount.lender_id)
        .order_by(FundAccount.id)
    )


def _at_close(day: date) -> Select[FundAccount, str, int, int, int]:
    moved = balances_until(day).subquery()
    pledged = pledges_until(day).subquery()
    return (
        select(
            FundAccount,
            Organisation.name,
            func.coalesce(moved.c.balance_fen, 0),
            func.coalesce(pledged.c.pledged_fen, 0),
            func.coalesce(moved.c.contributed_fen, 0),
        )
        .join(Organisation, Organisation.id == FundAccount.lender_id)
        .outerjoin(moved, moved.c.account_id == FundAccount.id)
        .outerjoin(pledged, pledged.c.account_id == FundAccount.id)
        .where(FundAccount.opened_on <= day)
        .order_by(FundAccount.id)
    )


def balances_until(day: date | None) -> Select[int, int, int]:
    """(account, balance, contributed) from movements booked by the end of a day; None: all."""
    given = case(
        (FundMovement.kind.in_(("contribution", "withdrawal")), FundMovement.amount_fen), else_=0
    )
    query = select(
        FundMovement.account_id,
        sum_of(FundMovement.amount_fen).label("balance_fen"),
        sum_of(given).label("contributed_fen"),
    )
    if day is not None:
        query = query.where(FundMovement.booking_date <= day)
    return query.group_by(FundMovement.account_id)


def pledges_until(day: date | None) -> Select[int, int]:
    """(account, pledged): the fund's part of claims filed and not over by the end of a day."""
    over = [FundClaimStep.claim_id == FundClaim.id, FundClaimStep.state.in_(OVER)]
    query = select(FundClaim.account_id, sum_of(FundClaimShare.amount_fen).label("pledged_fen"))
    if day is not None:
        over.append(FundClaimStep.on_day <= day)
        query = query.where(FundClaim.filed_on <= day)
    return (
        query.join(
            FundClaimShare,
            and_(FundClaimShare.claim_id == FundClaim.id, FundClaimShare.party == "fund"),
        )
        .where(~exists().where(*over))
        .group_by(FundClaim.account_id)
    )
