"""Why is it this amount? Each answer can be recomputed from what it prints, by pocket calculator.

A settlement answers with its segments (from, to, days, balance, rate, 积数), the divisor, the
rounding, the split between treasury and household, and the clauses frozen in the contract. A
repayment answers with the order it was used in and what each due took; a grade with the days
overdue and the thresholds in force.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import sum_of
from kernel.day_count import actual_fraction, year_fraction
from kernel.money import format_rate, format_share, format_yuan
from kernel.refusals import NotFound
from loans import record
from loans.models import (
    GradeChange,
    Loan,
    OpenDue,
    PlanRow,
    Position,
    Repayment,
    Segment,
    Settlement,
)
from loans.page import allocations_of
from office import rights

Answer = dict[str, Any]

ROUNDING = "四舍五入到分，每次结息只舍入一次"


def why_settlement(session: Session, *, settlement_id: int, by: Actor) -> Answer:
    """Why interest or penalty of a settlement is what it is."""
    settlement = session.get(Settlement, settlement_id)
    loan = _loan(session, None if settlement is None else settlement.loan_id, by)
    assert settlement is not None
    pieces = _segments(session, settlement)
    return {
        "kind": settlement.kind,
        "number": loan.number,
        "amount": format_yuan(settlement.amount_fen),
        "from": settlement.from_on.isoformat(),
        "to": settlement.to_on.isoformat(),
        "days": (settlement.to_on - settlement.from_on).days,
        "segments": [_piece(piece) for piece in pieces],
        **_arithmetic(session, settlement, loan),
        "rounding": ROUNDING,
        "treasury": _treasury(settlement, pieces),
        "household": format_yuan(settlement.household_fen),
        "household_rule": "农户承担部分＝利息合计－财政承担部分",
        "clauses": _clauses(loan, settlement.kind),
    }


def _loan(session: Session, loan_id: int | None, by: Actor) -> Loan:
    loan = None if loan_id is None else session.get(Loan, loan_id)
    if (
        loan is None
        or not rights.may(by, "loans.read")
        or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id)
    ):
        raise NotFound(field="id", what="这笔金额")
    return loan


def _segments(session: Session, settlement: Settlement) -> list[Segment]:
    state = "regular" if settlement.kind == "interest" else "overdue"
    return list(
        session.scalars(
            select(Segment)
            .where(
                Segment.loan_id == settlement.loan_id,
                Segment.state == state,
                Segment.from_on >= settlement.from_on,
                Segment.to_on <= settlement.to_on,
            )
            .order_by(Segment.from_on, Segment.id)
        )
    )


def _piece(segment: Segment) -> Answer:
    days = (segment.to_on - segment.from_on).days
    return {
        "from": segment.from_on.isoformat(),
        "to": segment.to_on.isoformat(),
        "days": days,
        "balance": format_yuan(segment.principal_fen),
        "annual_rate": format_rate(segment.rate_ppm),
        # 积数: balance × days, in yuan-days
        "balance_days": format_yuan(segment.principal_fen * days),
        "state": segment.state,
    }


def _arithmetic(session: Session, settlement: Settlement, loan: Loan) -> Answer:
    if settlement.product:
        return {
            "day_base": loan.day_base,
            "formula": f"∑（余额×天数×年利率%）÷100÷{loan.day_base}",
        }
    one = record.load(session, [loan.id], lock=False)[loan.id]
    if settlement.plan_nr:
        return _plan_arithmetic(session, settlement, one)
    part, whole = actual_fraction(
        settlement.from_on, settlement.to_on, one.course.terms.pricing.day_count
    )
    return {
        "day_count": loan.day_count,
        "day_base": loan.day_base,
        "year_fraction": f"{part}/{whole}",
        "formula": "提前还款前的零头天数：余额×年利率%÷100×年数，四舍五入到分",
    }


def _plan_arithmetic(session: Session, settlement: Settlement, one: record.Loaded) -> Answer:
    """An instalment: the balance before it, and the fraction of a year that its period is."""
    row = session.scalars(
        select(PlanRow)
        .where(
            PlanRow.loan_id == one.loan.id,
            PlanRow.nr == settlement.plan_nr,
            PlanRow.due_on == settlement.to_on,
        )
        .order_by(PlanRow.version.desc())
        .limit(1)
    ).one()
    balance_fen = session.scalar(
        select(sum_of(PlanRow.principal_fen)).where(
            PlanRow.loan_id == one.loan.id,
            PlanRow.version == row.version,
            PlanRow.nr >= row.nr,
        )
    )
    terms = one.course.terms
    spans = terms.plan_terms(balance_fen or 1, one.position.drawn_on).spans()
    span = next(span for span in spans if span.end == row.due_on).cut(row.from_on)
    part, whole = year_fraction(span.start, span.end, terms.pricing.day_count, regular=span.months)
    return {
        "day_count": one.loan.day_count,
        "day_base": one.loan.day_base,
        "plan_nr": row.nr,
        "balance": format_yuan(balance_fen or 0),
        "annual_rate": format_rate(terms.pricing.annual_rate_ppm),
        "year_fraction": f"{part}/{whole}",
        "formula": f"还款计划第{row.nr}期：期初余额×年利率%÷100×年数，四舍五入到分",
    }


def _treasury(settlement: Settlement, pieces: list[Segment]) -> Answer:
    shared = [piece for piece in pieces if piece.share_bp]
    return {
        "amount": format_yuan(settlement.treasury_fen),
        "formula": "∑（不超过封顶额的余额×天数×年利率%×财政承担比例%）÷100÷100÷计息基数",
        "segments": [
            {
                "from": piece.from_on.isoformat(),
                "to": piece.to_on.isoformat(),
                "days": (piece.to_on - piece.from_on).days,
                "balance": format_yuan(min(piece.principal_fen, piece.cap_fen)),
                "annual_rate": format_rate(piece.rate_ppm),
                "share": format_share(piece.share_bp),
                "cap": format_yuan(piece.cap_fen),
            }
            for piece in shared
        ],
    }


_TERMS = {
    "interest": ("day_count", "settle_on_day", "rate_reference", "interest_bearers"),
    "penalty": ("day_count", "overdue_surcharge_bp", "subsidy_when_overdue"),
    "payment": ("allocation_order",),
}


def _clauses(loan: Loan, kind: str) -> list[Answer]:
    terms = json.loads(loan.terms)
    return [
        {
            "term": name,
            "value": terms[name]["value"],
            "document": terms[name]["cited_as"],
            "clause": terms[name]["clause"],
            "default": terms[name]["default"],
        }
        for name in _TERMS[kind]
    ]


def why_repayment(session: Session, *, repayment_id: int, by: Actor) -> Answer:
    """Why a repayment was used the way it was."""
    repayment = session.get(Repayment, repayment_id)
    loan = _loan(session, None if repayment is None else repayment.loan_id, by)
    assert repayment is not None
    return {
        "kind": "repayment",
        "number": loan.number,
        "amount": format_yuan(repayment.amount_fen),
        "on": repayment.value_date.isoformat(),
        "order": loan.allocation_order.split(","),
        "taken": [
            {
                "kind": taken.kind,
                "due_on": taken.due_on.isoformat(),
                "amount": format_yuan(taken.amount_fen),
            }
            for taken in allocations_of(session, repayment_id)
        ],
        "to_credit": format_yuan(repayment.to_credit_fen),
        "rule": "按约定顺序冲抵，同类先到期先冲；冲抵合计＋转溢缴款＝还款金额",
        "clauses": _clauses(loan, "payment"),
    }


def why_grade(session: Session, *, number: str, by: Actor) -> Answer:
    """Why a loan stands graded as it does."""
    loan = session.scalar(select(Loan).where(Loan.number == number))
    loan = _loan(session, None if loan is None else loan.id, by)
    position = session.get_one(Position, loan.id)
    last = session.scalars(
        select(GradeChange)
        .where(GradeChange.loan_id == loan.id)
        .order_by(GradeChange.on_day.desc())
        .limit(1)
    ).one_or_none()
    oldest = session.scalar(
        select(OpenDue.payable_on)
        .where(OpenDue.loan_id == loan.id, OpenDue.bearer == "household")
        .order_by(OpenDue.payable_on)
        .limit(1)
    )
    return {
        "kind": "grade",
        "number": loan.number,
        "grade": position.grade,
        "oldest_unpaid_due": None if oldest is None else oldest.isoformat(),
        "graded_on": None if last is None else last.on_day.isoformat(),
        "overdue_days": 0 if last is None else last.overdue_days,
        "clause": "" if last is None else last.clause,
        "rule": "逾期天数＝日终日－最早未付的到期日；到期日当日为零天",
    }
