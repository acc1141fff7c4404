"""Why a household's dividend is this amount: everything needed to reckon it again by hand.

The terms of the year, the stakes and the days give the floor, rounded once; what is declared above
all floors is split over stakes × days by the largest remainder; what earlier rounds of the period
came to is taken off; the cash part is rounded, the rest is re-invested.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enterprises.asked import SOURCES
from enterprises.dividends import reading
from enterprises.dividends.reading import RowTold
from enterprises.linked import linked_in
from enterprises.models import (
    AgreementApproval,
    AgreementHousehold,
    AgreementLeaving,
    DividendDeclaration,
)
from enterprises.terms import profit_above
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import RATE_MAX_PPM, format_rate, format_share, format_yuan
from loans.models import Loan
from web.agreement_view import term_said
from web.dividend_view import RoundShown
from web.words import t


@dataclass(frozen=True, slots=True)
class _Sums:
    """What all households of a round come to together."""

    stake_days: int
    floors_fen: int


def why(
    session: Session, one: RoundShown, version: int, household_id: int, *, on: date, by: Actor
) -> dict[str, Any]:
    """A row with the whole of its reckoning, as plain data."""
    told = reading.row_of(session, one.page.told.id, version, household_id, on=on, by=by)
    declared = next(d for d in one.page.declarations if d.version == version)
    answer = {
        "round": one.page.told.id,
        "version": version,
        "agreement": one.agreement.number,
        "enterprise": one.page.told.organisation,
        "household": told.household_number,
        "head": told.head,
        "from": one.round.period_from.isoformat(),
        "to": one.round.counted_to.isoformat(),
        "period_to": one.round.period_to.isoformat(),
        "clause": {"document": one.agreement.number, "term": term_said(one.term)},
        "amount": format_yuan(told.row.amount_fen),
        "stakes": _stakes(session, one, household_id),
        "floor": _floor(one, told),
        "before": format_yuan(told.row.before_fen),
        "cash_share": format_share(one.term.cash_bp),
        "cash": format_yuan(told.row.cash_fen),
        "reinvested": format_yuan(told.row.reinvested_fen),
        "rounding": t("每户保底只在最后四舍五入到分；现金部分四舍五入，余下转增"),
    }
    if told.row.profit_fen:
        answer["profit"] = _profit(session, one, declared, told)
    return answer


def _stakes(session: Session, one: RoundShown, household_id: int) -> list[dict[str, Any]]:
    """Each stake with the days of the period it was in."""
    start, end = one.round.period_from, one.round.counted_to
    rows: Any = session.execute(
        select(AgreementHousehold, Loan.number, AgreementLeaving.from_on)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementHousehold.list_id)
        .outerjoin(Loan, Loan.id == AgreementHousehold.loan_id)
        .outerjoin(
            AgreementLeaving,
            (AgreementLeaving.agreement_id == AgreementHousehold.agreement_id)
            & (AgreementLeaving.household_id == AgreementHousehold.household_id),
        )
        .where(
            AgreementHousehold.agreement_id == one.agreement.id,
            AgreementHousehold.household_id == household_id,
        )
        .order_by(AgreementHousehold.id)
    )
    found = []
    row: tuple[AgreementHousehold, str | None, date | None]
    for row in rows:
        stake, loan, left_on = row
        last = end if left_on is None else min(end, left_on)
        first = max(start, stake.from_on)
        if first < last:
            days = (last - first).days
            found.append(
                {
                    "source": stake.source,
                    "source_title": t(SOURCES[stake.source]),
                    "loan": loan or "",
                    "stake": format_yuan(stake.stake_fen),
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "days": days,
                    "stake_days": format_yuan(stake.stake_fen * days),
                }
            )
    return found


def _floor(one: RoundShown, told: RowTold) -> dict[str, Any]:
    """What the terms promise, with its formula in numbers."""
    row, term = told.row, one.term
    days = (one.round.period_to - one.round.period_from).days
    parts = 12 // one.agreement.rhythm_months
    answer: dict[str, Any] = {
        "basis": term.basis,
        "period_days": days,
        "parts_of_year": parts,
        "linked_days": row.linked_days,
        "persons": row.persons,
        "stake_days": format_yuan(row.stake_days),
        "amount": format_yuan(row.floor_fen),
    }
    if term.basis == "rate_on_stake":
        rate = format_rate(term.rate_ppm)
        answer |= {
            "annual_rate": rate,
            "formula": t("入股额×天数之和 × 年利率 ÷ 100 ÷ 本期天数 ÷ 每年期数"),
            "keyed": f"{format_yuan(row.stake_days)} × {rate} ÷ 100 ÷ {days} ÷ {parts}",
        }
        return answer
    heads = row.persons if term.basis == "per_person" else 1
    yearly = format_yuan(term.amount_fen)
    answer |= {
        "yearly": yearly,
        "heads": heads,
        "formula": t("每年金额 × 户数或人数 × 联结天数 ÷ 本期天数 ÷ 每年期数"),
        "keyed": f"{yearly} × {heads} × {row.linked_days} ÷ {days} ÷ {parts}",
    }
    return answer


def _profit(
    session: Session, one: RoundShown, declared: DividendDeclaration, told: RowTold
) -> dict[str, Any]:
    """The household's part of what is above all floors, by the largest remainder."""
    sums = _sums(session, one)
    fee_bp = one.agreement.service_fee_bp
    shared_fen = profit_above(
        one.term, profit_fen=declared.profit_fen, service_fee_bp=fee_bp, floors_fen=sums.floors_fen
    )
    above_fen = shared_fen + declared.extra_fen
    whole, remainder = divmod(above_fen * told.row.stake_days, sums.stake_days)
    return {
        "declared_profit": format_yuan(declared.profit_fen),
        "service_fee_share": format_share(fee_bp),
        "floors": format_yuan(sums.floors_fen),
        "profit_share": format_share(one.term.profit_share_bp),
        "shared": format_yuan(shared_fen),
        "extra": format_yuan(declared.extra_fen),
        "above": format_yuan(above_fen),
        "stake_days": format_yuan(told.row.stake_days),
        "all_stake_days": format_yuan(sums.stake_days),
        "keyed": (
            f"{format_yuan(above_fen)} × {format_yuan(told.row.stake_days)}"
            f" ÷ {format_yuan(sums.stake_days)}"
        ),
        "whole": format_yuan(whole),
        "remainder_ppm": remainder * RATE_MAX_PPM // sums.stake_days,
        "cent": format_yuan(told.row.profit_fen - whole),
        "amount": format_yuan(told.row.profit_fen),
        "rule": t("先取整到分，余下的分按余数大小逐户各加一分，余数相同的在前者先得"),
    }


def _sums(session: Session, one: RoundShown) -> _Sums:
    """Of everybody linked in the period, those without an amount included."""
    linked = linked_in(one.agreement.id, one.round.period_from, one.round.counted_to).subquery()
    stake_days = session.scalar(select(sum_of(linked.c.stake_days))) or 0
    return _Sums(stake_days, one.expected_fen)
