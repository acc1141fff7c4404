"""Why each row of a plan is what it is: the balance, the part of a year, the level instalment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kernel.day_count import year_fraction
from kernel.money import format_rate, format_yuan
from loans.due_dates import Span
from loans.explaining.case import Answer, Case
from loans.parts import Terms
from loans.schedule import PlanRow, level_instalment_fen

_PRINCIPAL = {
    "equal-installment": "本金＝每期还款额－利息；末期还清余额",
    "equal-principal": "本金＝期初总额÷期数，四舍五入到分；末期还清余额",
    "interest-only": "各期只付息，末期还清本金",
    "bullet": "到期一次还本付息",
}


def plan(case: Case, rows: Sequence[PlanRow]) -> Answer:
    """The rows in force, each as it is reckoned."""
    terms = case.one.course.terms
    principal_fen = sum(row.principal_fen for row in rows)
    # Rows that are booked are counted from the plan's first day, a preview from its own.
    booked = bool(case.one.course.plan)
    start = case.one.position.plan_from_on if booked or not rows else rows[0].start
    spans = _spans(terms, rows, principal_fen, start)
    told: Answer = {
        "kind": "plan",
        "number": case.loan.number,
        "amount": format_yuan(principal_fen),
        "method": terms.method,
        "day_count": case.loan.day_count,
        "rows": _rows(terms, rows, spans, principal_fen),
        "formula": "利息＝期初余额×年利率%÷100×年数，四舍五入到分",
        "rule": _PRINCIPAL[terms.method],
        "clauses": case.clauses(("day_count", "rate_reference")),
    }
    if terms.method == "equal-installment" and spans:
        pricing = terms.plan_terms(principal_fen, start).pricing
        told["level_payment"] = format_yuan(level_instalment_fen(principal_fen, pricing, spans))
        told["level_rule"] = "每期还款额＝P·Πf÷ΣΠ，f＝1＋各期利率，四舍五入到分"
    return told


def _spans(terms: Terms, rows: Sequence[PlanRow], principal_fen: int, start: date) -> list[Span]:
    """The periods of these rows, in months where they are whole."""
    if not rows or not principal_fen:
        return []
    wanted = replace(terms.plan_terms(principal_fen, start), end=rows[-1].due)
    by_end = {span.end: span for span in wanted.spans()}
    return [
        by_end[row.due].cut(row.start) if row.due in by_end else Span(row.start, row.due)
        for row in rows
    ]


def _rows(
    terms: Terms, rows: Sequence[PlanRow], spans: Sequence[Span], principal_fen: int
) -> list[Answer]:
    told: list[Answer] = []
    balance_fen = principal_fen
    rate_ppm = 0 if terms.misused else terms.pricing.annual_rate_ppm
    for row, span in zip(rows, spans, strict=True):
        part, whole = year_fraction(
            span.start, span.end, terms.pricing.day_count, regular=span.months
        )
        told.append(
            {
                "nr": row.nr,
                "from": row.start.isoformat(),
                "due": row.due.isoformat(),
                "days": (row.due - row.start).days,
                "balance": format_yuan(balance_fen),
                "annual_rate": format_rate(rate_ppm),
                "year_fraction": f"{part}/{whole}",
                "principal": format_yuan(row.principal_fen),
                "interest": format_yuan(row.interest_fen),
            }
        )
        balance_fen -= row.principal_fen
    return told
