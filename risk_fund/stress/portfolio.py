"""The portfolio as the runs take it: loans that owe principal, grouped into cells in SQL.

What has been claimed on the fund already is no risk to it any more: a claim that was paid is spent,
one under way is pledged. Such loans stay in the portfolio with nothing of the fund's in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

from kernel.database import days_between, least, sum_of
from kernel.lots import lots
from kernel.money import round_half_up
from loans.balances import is_principal
from loans.cover import fund_share_bp
from loans.models import Loan, OpenSegment, Position
from policy import ContractTerms, thaw
from risk_fund.models import FundAccount, FundBalance, FundClaim, FundClaimStep
from risk_fund.stress.chain import CLAIMED
from risk_fund.stress.runs import Cell

#: upper ends of the sizes, fen; the last is open
BANDS: Final = (1_000_000, 3_000_000, 5_000_000, 10_000_000)
_WHOLE_BP: Final = 10_000


def cells(session: Session, *, on: date, scope: Sequence[ColumnElement[bool]] = ()) -> list[Cell]:
    """The loans of a scope that owe principal, in cells."""
    rows = session.execute(_grouped(on, scope)).all()
    shares = _fund_shares(session, {row.contract for row in rows})
    sums: dict[tuple[int, int, int, int], list[int]] = {}
    for row in rows:
        # What is claimed at once does not wait for its maturity.
        months = row.months if row.grade < CLAIMED else 0
        found = sums.setdefault((row.lender_id, row.grade, months, row.band), [0, 0, 0, 0])
        part = round_half_up(row.asked_fen * shares[row.contract], _WHOLE_BP)
        for place, fen in enumerate((row.loans, row.out_fen, row.covered_fen, part)):
            found[place] += fen
    return [Cell(*key, *amounts) for key, amounts in sorted(sums.items())]


def available(session: Session, scope_digits: str, lenders: Iterable[int] | None) -> dict[int, int]:
    """By lender: the balance of its special account, less what is pledged to claims."""
    query = (
        select(FundAccount.lender_id, sum_of(FundBalance.balance_fen - FundBalance.pledged_fen))
        .join(FundBalance, FundBalance.account_id == FundAccount.id)
        .where(FundAccount.region_code.startswith(scope_digits, autoescape=True))
        .group_by(FundAccount.lender_id)
    )
    if lenders is not None:
        query = query.where(FundAccount.lender_id.in_(lenders))
    return {row[0]: row[1] for row in session.execute(query)}


def _grouped(on: date, scope: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Sums by lender, grade, months, size, and by what the contract's terms were taken from."""
    out = (
        select(OpenSegment.loan_id, sum_of(OpenSegment.principal_fen).label("fen"))
        .where(is_principal())
        .group_by(OpenSegment.loan_id)
        .subquery("out")
    )
    covered = least(out.c.fen, Position.cover_cap_fen)
    one = (
        select(
            Loan.lender_id,
            Position.grade,
            _months(on).label("months"),
            case(*[(out.c.fen <= band, band) for band in BANDS], else_=0).label("band"),
            func.min(Loan.id)
            .over(
                partition_by=[
                    Loan.policy, Loan.rulebook_digest, Loan.household_kind, Loan.signed_on
                ]
            )
            .label("contract"),
            out.c.fen.label("out_fen"),
            covered.label("covered_fen"),
            case((_claimed(), 0), else_=covered).label("asked_fen"),
        )
        .join(out, out.c.loan_id == Loan.id)
        .join(Position, Position.loan_id == Loan.id)
        .where(*scope)
        .subquery("one")
    )  # fmt: skip
    keys = [one.c.lender_id, one.c.grade, one.c.months, one.c.band, one.c.contract]
    sums = [sum_of(one.c[name]).label(name) for name in ("out_fen", "covered_fen", "asked_fen")]
    return select(*keys, func.count().label("loans"), *sums).group_by(*keys)


def _months(on: date) -> ColumnElement[int]:
    """Months to the last day in force, a begun one counted; 0 where it is past.

    Four years are 1 461 days and 48 months: three years with their leap day are 36 of them.
    """
    days = days_between(on, Position.matures_on)
    return case((days > 0, (days - 1) * 48 // 1461 + 1), else_=0)


def _claimed() -> ColumnElement[bool]:
    """A claim of the loan is under way or was paid."""
    ended = exists().where(
        FundClaimStep.claim_id == FundClaim.id,
        FundClaimStep.state.in_(("rejected", "withdrawn")),
    )
    return exists().where(FundClaim.loan_id == Loan.id, ~ended)


def _fund_shares(session: Session, contracts: set[int]) -> dict[int, int]:
    """The fund's share by the frozen terms of each contract that stands for its like, bp."""
    known: dict[str, int] = {}
    found: dict[int, int] = {}
    for some in lots(contracts):
        for loan_id, terms in session.execute(select(Loan.id, Loan.terms).where(Loan.id.in_(some))):
            if terms not in known:
                known[terms] = fund_share_bp(thaw(ContractTerms, json.loads(terms)))
            found[loan_id] = known[terms]
    return found
