"""Why a household's dividend is this amount: everything needed to reckon it again by hand.

The terms of the year, the stakes and the days give the floor, rounded once; what is declared above
all floors is split over stakes × days by the largest remainder; what earlier rounds of the period
came to is taken off; the cash part is rounded, the rest is re-invested.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enterprises.asked import SOURCES
from enterprises.dividends import reading
from enterprises.dividends.reading import RowTold
from enterprises.models import (
    AgreementApproval,
    AgreementHousehold,
    DividendDeclaration,
)
from enterprises.terms import profit_above
from kernel.actor import Actor
from kernel.money import RATE_MAX_PPM, format_rate, format_share, format_yuan
from loans.models import Loan
from web.agreement_view import term_said
from web.dividend_view import RoundShown
from web.words import t


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
        "stakes": _stakes(session, one, told),
        "floor": _floor(one, told),
        "before": format_yuan(told.row.before_fen),
        "cash_share": format_share(one.term.cash_bp),
        "cash": format_yuan(told.row.cash_fen),
        "reinvested": format_yuan(told.row.reinvested_fen),
        "rounding": t("每户保底只在最后四舍五入到分；现金部分四舍五入，余下转增"),
    }
    if told.row.profit_fen:
        answer["profit"] = _profit(one, declared, told)
    return answer


def _stakes(session: Session, one: RoundShown, told: RowTold) -> list[dict[str, Any]]:
    """Each stake with the days of the period it counted for when the version was declared.

    A household comes in with all its stakes on one day and leaves with all of them: the days are
    the row's, whenever it left since.
    """
    rows: Any = session.execute(
        select(AgreementHousehold, Loan.number)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementHousehold.list_id)
        .outerjoin(Loan, Loan.id == AgreementHousehold.loan_id)
        .where(
            AgreementHousehold.agreement_id == one.agreement.id,
            AgreementHousehold.household_id == told.row.household_id,
        )
        .order_by(AgreementHousehold.id)
    )
    found = []
    row: tuple[AgreementHousehold, str | None]
    days = told.row.linked_days
    for row in rows:
        stake, loan = row
        first = max(one.round.period_from, stake.from_on)
        found.append(
            {
                "source": stake.source,
                "source_title": t(SOURCES[stake.source]),
                "loan": loan or "",
                "stake": format_yuan(stake.stake_fen),
                "from": first.isoformat(),
                "to": (first + timedelta(days)).isoformat(),
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


def _profit(one: RoundShown, declared: DividendDeclaration, told: RowTold) -> dict[str, Any]:
    """The household's part of what is above all floors, by the largest remainder.

    What all households came to is what the version was split by, whoever came or left since.
    """
    fee_bp = one.agreement.service_fee_bp
    shared_fen = profit_above(
        one.term,
        profit_fen=declared.profit_fen,
        service_fee_bp=fee_bp,
        floors_fen=declared.floors_fen,
    )
    above_fen = shared_fen + declared.extra_fen
    whole, remainder = divmod(above_fen * told.row.stake_days, declared.stake_days)
    return {
        "declared_profit": format_yuan(declared.profit_fen),
        "service_fee_share": format_share(fee_bp),
        "floors": format_yuan(declared.floors_fen),
        "profit_share": format_share(one.term.profit_share_bp),
        "shared": format_yuan(shared_fen),
        "extra": format_yuan(declared.extra_fen),
        "above": format_yuan(above_fen),
        "stake_days": format_yuan(told.row.stake_days),
        "all_stake_days": format_yuan(declared.stake_days),
        "keyed": (
            f"{format_yuan(above_fen)} × {format_yuan(told.row.stake_days)}"
            f" ÷ {format_yuan(declared.stake_days)}"
        ),
        "whole": format_yuan(whole),
        "remainder_ppm": remainder * RATE_MAX_PPM // declared.stake_days,
        "cent": format_yuan(told.row.profit_fen - whole),
        "amount": format_yuan(told.row.profit_fen),
        "rule": t("先取整到分，余下的分按余数大小逐户各加一分，余数相同的在前者先得"),
    }
