"""What ``fupin verify`` reads back of help: who has whom now, what of the funds is spoken for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from households.helping.noting import standing_rows
from households.models.helping import (
    FundUse,
    HelperPair,
    HelperPairEnd,
    HelperVisit,
    HouseholdHelper,
    SpecialFund,
    SpecialFundUse,
)
from kernel.findings import Finding


def check(session: Session) -> Iterator[Finding]:
    """Helpers, visits and funds that differ from their rows."""
    yield from _helpers(session)
    yield from _visits(session)
    yield from _funds(session)


def _helpers(session: Session) -> Iterator[Finding]:
    """A household has the one pair that did not end, and no other."""
    ended = select(HelperPairEnd.pair_id).where(HelperPairEnd.pair_id == HelperPair.id).exists()
    held = session.execute(select(HelperPair.household_id, HelperPair.id).where(~ended))
    open_pairs = {(row.household_id, row.id) for row in held}
    told = session.execute(select(HouseholdHelper.household_id, HouseholdHelper.pair_id))
    stands = {(row.household_id, row.pair_id) for row in told}
    for household_id, pair_id in sorted(open_pairs ^ stands):
        yield Finding(
            "households.helpers",
            "household_helpers",
            str(household_id),
            f"现有帮扶责任人与结对记录不符（结对{pair_id}）",
            f"the helper it has now is not that of its pairs (pair {pair_id})",
        )


def _visits(session: Session) -> Iterator[Finding]:
    """A visit lies within the days of its pair."""
    rows = session.scalars(
        select(HelperVisit.id)
        .join(HelperPair, HelperPair.id == HelperVisit.pair_id)
        .outerjoin(HelperPairEnd, HelperPairEnd.pair_id == HelperPair.id)
        .where(
            standing_rows("visit"),
            or_(
                HelperVisit.visited_on < HelperPair.from_on,
                HelperVisit.visited_on >= HelperPairEnd.to_on,
            ),
        )
        .order_by(HelperVisit.id)
    )
    for visit_id in rows:
        yield Finding(
            "households.visits",
            "helper_visits",
            str(visit_id),
            "走访日期不在结对期间内",
            "the visit is not within its pair's days",
        )


def _funds(session: Session) -> Iterator[Finding]:
    """What of a fund is spoken for is the sum of its uses."""
    used = (
        select(func.coalesce(func.sum(FundUse.amount_fen), 0))
        .where(FundUse.fund_id == SpecialFund.id)
        .correlate(SpecialFund)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            SpecialFund.id,
            SpecialFund.amount_fen,
            used.label("used_fen"),
            SpecialFundUse.amount_fen.label("stands_fen"),
            SpecialFundUse.used_fen.label("stands_used_fen"),
        )
        .outerjoin(SpecialFundUse, SpecialFundUse.fund_id == SpecialFund.id)
        .order_by(SpecialFund.id)
    )
    for row in rows:
        if (row.stands_fen, row.stands_used_fen) != (row.amount_fen, int(row.used_fen)):
            yield Finding(
                "households.special_funds",
                "special_fund_uses",
                str(row.id),
                "专项资金已安排数与安排记录之和不符",
                "what is spoken for is not the sum of the fund's uses",
            )
