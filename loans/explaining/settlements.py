"""Why interest, penalty and compound interest are what they are: segments, rates, sharing, clauses.

A settlement is known by its kind and the day it runs to; its amount is the sum of its first row and
of the revisions that corrections added. The segments are those in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kernel.day_count import actual_fraction, year_fraction
from kernel.money import format_rate, format_share, format_yuan
from loans.explaining.case import Answer, Case
from loans.explaining.watching import FixedThen
from loans.interest import surcharged_rate_ppm
from loans.models import Settlement
from loans.parts import EARNED_ON, Closed
from loans.record.standing import Sum
from loans.routes import LENDER
from policy.values import ROUTES

ROUNDING = "四舍五入到分，每次结息只舍入一次"

_TERMS = {
    "interest": ("day_count", "settle_on_day", "rate_reference", "interest_bearers"),
    "penalty": ("day_count", "overdue_surcharge_bp", "subsidy_when_overdue"),
    "compound": ("day_count", "compound_interest", "overdue_surcharge_bp"),
}

#: what a balance is called on which something is earned
STATES = {
    "regular": "未到期本金",
    "misused": "挪用本金",
    "overdue": "逾期本金",
    "arrears": "逾期未付利息",
}


def settlement(case: Case, row: Settlement) -> Answer:
    """Why a settlement is what it is, and what corrections made of it."""
    key = (row.kind, row.to_on)
    stands = case.standing.settled[key]
    pieces = pieces_of(case, row.kind, stands.from_on, row.to_on) if stands.amount_fen else []
    rows = [one for one in case.settlements if (one.kind, one.to_on) == key]
    return {
        "kind": row.kind,
        "number": case.loan.number,
        "amount": format_yuan(stands.amount_fen),
        "from": stands.from_on.isoformat(),
        "to": row.to_on.isoformat(),
        "days": (row.to_on - stands.from_on).days,
        "segments": [_piece(case, piece) for piece in pieces],
        **_arithmetic(case, row, stands, pieces),
        "rounding": ROUNDING,
        "treasury": _treasury(case, stands, pieces),
        "household": format_yuan(stands.amount_fen - stands.treasury_fen),
        "household_rule": "农户承担部分＝利息合计－财政承担部分",
        "route": _route(case, stands),
        "row": {
            "id": row.id,
            "revision": row.revision,
            "amount": format_yuan(row.amount_fen),
            "booked_on": row.booked_on.isoformat(),
        },
        "revisions": _revisions(case, rows),
        "clauses": case.clauses(_terms(case, row.kind, pieces)),
    }


def pieces_of(case: Case, kind: str, since: date, to: date) -> list[Closed]:
    """The segments in force that a settlement is made of."""
    return [
        piece
        for piece in case.segments
        if piece.state in EARNED_ON[kind] and since <= piece.from_on and piece.to_on <= to
    ]


def _route(case: Case, stands: Sum) -> Answer:
    """Who gets the treasury's part, and what whoever repays owes for that."""
    refunded = case.loan.subsidy_route != LENDER
    owed_fen = stands.amount_fen - (0 if refunded else stands.treasury_fen)
    return {
        "route": case.loan.subsidy_route,
        "title": ROUTES[case.loan.subsidy_route],
        "owed": format_yuan(owed_fen),
        "refunded": format_yuan(stands.treasury_fen if refunded else 0),
        "rule": (
            "利息合计由还款人先付，财政承担部分另行补付还款人"
            if refunded
            else "还款人应付部分＝利息合计－财政承担部分，财政承担部分拨付贷款机构"
        ),
    }


def _terms(case: Case, kind: str, pieces: Sequence[Closed]) -> list[str]:
    names = list(_TERMS[kind])
    if kind == "interest" and case.bearers and not case.terms["interest_bearers"]["value"]:
        names.append("fixed_subsidy_rate_ppm")
    if any(surcharge_of(case, piece) == "misuse" for piece in pieces):
        names.insert(1, "misuse_surcharge_bp")
        names.append("subsidy_when_misused")
    return names


def surcharge_of(case: Case, piece: Closed) -> str:
    """Which surcharge a segment bears: overdue, misuse, or none."""
    if piece.state == "regular":
        return ""
    loan = case.loan
    late_ppm = surcharged_rate_ppm(loan.annual_rate_ppm, loan.overdue_surcharge_bp)
    return "overdue" if piece.state != "misused" and piece.rate_ppm == late_ppm else "misuse"


def _piece(case: Case, piece: Closed) -> Answer:
    days = (piece.to_on - piece.from_on).days
    told: Answer = {
        "from": piece.from_on.isoformat(),
        "to": piece.to_on.isoformat(),
        "days": days,
        "balance": format_yuan(piece.principal_fen),
        "annual_rate": format_rate(piece.rate_ppm),
        # 积数: balance × days, in yuan-days
        "balance_days": format_yuan(piece.principal_fen * days),
        "state": piece.state,
        "state_title": STATES[piece.state],
    }
    if surcharge := surcharge_of(case, piece):
        bp = (
            case.loan.overdue_surcharge_bp
            if surcharge == "overdue"
            else case.one.position.misuse_surcharge_bp
        )
        told |= {
            "surcharge": format_share(bp),
            "surcharge_for": surcharge,
            "contract_rate": format_rate(case.loan.annual_rate_ppm),
        }
    return told


def _arithmetic(case: Case, row: Settlement, stands: Sum, pieces: Sequence[Closed]) -> Answer:
    if not stands.amount_fen:
        return {"formula": "更正后这一笔不再计收"} if stands.revision else _by_products(case, ())
    if stands.product:
        return _by_products(case, pieces)
    fixed = case.watched.fixed[row.to_on]
    if stands.plan_nr:
        return _by_plan(case, row, stands, fixed)
    return _broken(case, row, stands, fixed)


def _by_products(case: Case, pieces: Sequence[Closed]) -> Answer:
    base = case.loan.day_base
    keyed = "＋".join(
        f"{format_yuan(p.principal_fen)}×{(p.to_on - p.from_on).days}×{format_rate(p.rate_ppm)}"
        for p in pieces
    )
    told: Answer = {"day_base": base, "formula": f"∑（余额×天数×年利率%）÷100÷{base}"}
    if any(piece.state != "regular" for piece in pieces):
        told["rate_rule"] = (
            "罚息利率＝合同利率×（1＋加收比例），取四位小数；逾期与挪用并存时取重者，不并罚"
        )
    return told | ({"keyed": f"（{keyed}）÷100÷{base}"} if keyed else {})


def _by_plan(case: Case, row: Settlement, stands: Sum, fixed: FixedThen) -> Answer:
    """An instalment: the balance before it, and the fraction of a year that its period is."""
    pricing = fixed.terms.pricing
    spans = fixed.terms.plan_terms(fixed.balance_fen, fixed.plan_from_on).spans()
    span = next(span for span in spans if span.end == row.to_on).cut(stands.from_on)
    part, whole = year_fraction(span.start, span.end, pricing.day_count, regular=span.months)
    return {
        "day_count": case.loan.day_count,
        "day_base": case.loan.day_base,
        "plan_nr": stands.plan_nr,
        **_counted(fixed, part, whole),
        "formula": f"还款计划第{stands.plan_nr}期：期初余额×年利率%÷100×年数，四舍五入到分",
    }


def _broken(case: Case, row: Settlement, stands: Sum, fixed: FixedThen) -> Answer:
    part, whole = actual_fraction(stands.from_on, row.to_on, fixed.terms.pricing.day_count)
    return {
        "day_count": case.loan.day_count,
        "day_base": case.loan.day_base,
        **_counted(fixed, part, whole),
        "formula": "计划变动前的零头天数：余额×年利率%÷100×年数，四舍五入到分",
    }


def _counted(fixed: FixedThen, part: int, whole: int) -> Answer:
    balance, rate = format_yuan(fixed.balance_fen), format_rate(fixed.rate_ppm)
    return {
        "balance": balance,
        "annual_rate": rate,
        "year_fraction": f"{part}/{whole}",
        "keyed": f"{balance}×{rate}÷100×{part}÷{whole}",
    }


def _treasury(case: Case, stands: Sum, pieces: Sequence[Closed]) -> Answer:
    shared = [piece for piece in pieces if piece.share_bp]
    own_rate = any(piece.share_rate_ppm is not None for piece in shared)
    rate = bool(stands.product) or own_rate
    base = case.loan.day_base
    keyed = "＋".join(_shared_keyed(piece, rate=rate) for piece in shared)
    over = "＋".join(_balance_keyed(piece, rate=own_rate) for piece in pieces)
    sums = (
        f"（{keyed}）÷100÷100÷{base}"
        if stands.product
        else f"{format_yuan(stands.amount_fen)}×（{keyed}）÷100÷（{over}）"
    )
    return {
        "amount": format_yuan(stands.treasury_fen),
        "formula": _shared_formula(by_days=bool(stands.product), own_rate=own_rate),
        "segments": [_shared_piece(case, piece) for piece in shared],
        **({"keyed": sums} if shared else {}),
    }


def _shared_formula(*, by_days: bool, own_rate: bool) -> str:
    rate = "贴息年利率" if own_rate else "年利率"
    if by_days:
        told = f"∑（不超过封顶额的余额×天数×{rate}%×财政承担比例%）÷100÷100÷计息基数"
    elif own_rate:
        told = (
            "本期利息×∑（不超过封顶额的余额×天数×贴息年利率%×财政承担比例%）"
            "÷100÷∑（余额×天数×年利率%）"
        )
    else:
        told = "本期利息×∑（不超过封顶额的余额×天数×财政承担比例%）÷100÷∑（余额×天数）"
    return told + "，四舍五入到分，不超过利息合计"


def _balance_keyed(piece: Closed, *, rate: bool) -> str:
    parts = [format_yuan(piece.principal_fen), str((piece.to_on - piece.from_on).days)]
    return "×".join([*parts, format_rate(piece.rate_ppm)] if rate else parts)


def shared_rate_ppm(piece: Closed) -> int:
    """The rate that is shared: a lower one of the subsidy's own, or the contract's."""
    return piece.rate_ppm if piece.share_rate_ppm is None else piece.share_rate_ppm


def _shared_keyed(piece: Closed, *, rate: bool) -> str:
    days = (piece.to_on - piece.from_on).days
    parts = [format_yuan(min(piece.principal_fen, piece.cap_fen)), str(days)]
    if rate:
        parts.append(format_rate(shared_rate_ppm(piece)))
    return "×".join([*parts, format_share(piece.share_bp)])


def _shared_piece(case: Case, piece: Closed) -> Answer:
    # The last share may run on to a later maturity.
    begun = [one.clause for one in case.bearers if one.from_on <= piece.from_on]
    return {
        "from": piece.from_on.isoformat(),
        "to": piece.to_on.isoformat(),
        "days": (piece.to_on - piece.from_on).days,
        "balance": format_yuan(min(piece.principal_fen, piece.cap_fen)),
        "annual_rate": format_rate(shared_rate_ppm(piece)),
        "loan_rate": format_rate(piece.rate_ppm),
        "share": format_share(piece.share_bp),
        "cap": format_yuan(piece.cap_fen),
        "clause": begun[-1] if begun else "",
    }


def _revisions(case: Case, rows: Sequence[Settlement]) -> list[Answer]:
    """Row by row: what it was, the difference, what it is, and why; empty if never changed."""
    told: list[Answer] = []
    before_fen = 0
    for row in rows:
        correction = case.correction_of(row)
        after_fen = before_fen + row.amount_fen
        told.append(
            {
                "id": row.id,
                "revision": row.revision,
                "booked_on": row.booked_on.isoformat(),
                "was": format_yuan(before_fen),
                "difference": format_yuan(row.amount_fen),
                "is": format_yuan(after_fen),
                "treasury": format_yuan(row.treasury_fen),
                "household": format_yuan(row.household_fen),
                **correction_facts(correction),
            }
        )
        before_fen = after_fen
    return told if len(told) > 1 or (told and told[0].get("correction")) else []


CAUSES = {
    "reversal": "冲正",
    "late_draw": "补记放款",
    "late_disbursement": "补记放款",
    "late_repayment": "补记收付",
    "late_change": "补记变更",
}


def correction_facts(correction: Any) -> Answer:
    """Which correction it was, and why; nothing where there was none."""
    if correction is None:
        return {}
    return {
        "correction": correction.nr,
        "cause": correction.cause,
        "cause_title": CAUSES.get(correction.cause, correction.cause),
        "value_date": correction.value_date.isoformat(),
        "reason": correction.reason,
    }
