"""Why a loan stands graded as it does: days overdue, thresholds of the day, people's grades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select

from kernel.dates import ONE_DAY
from loans.explaining.case import Answer, Case
from loans.grading import GRADE_NAMES
from loans.models import GradeChange
from policy import ConductRules

#: the conduct rules of a day
RulesOf = Callable[[date], ConductRules]

RULE = (
    "逾期天数＝日终日－最早未付款项的应还日，到期日当日为零天；"
    "超过门槛天数的，取所超过的最高一档；人工认定只能更差，取两者中较差的一级"
)


def grade(case: Case, rules: RulesOf) -> Answer:
    """As at the last close, and at the close that set it."""
    changes = case.session.scalars(
        select(GradeChange).where(GradeChange.loan_id == case.loan.id).order_by(GradeChange.on_day)
    ).all()
    last_closed = case.on - ONE_DAY
    oldest = _oldest(case)
    days = 0 if oldest is None else max(0, (last_closed - oldest).days)
    told: Answer = {
        "kind": "grade",
        "number": case.loan.number,
        "grade": case.one.position.grade,
        "grade_title": GRADE_NAMES[case.one.position.grade],
        "oldest_unpaid_due": None if oldest is None else oldest.isoformat(),
        "last_closed": last_closed.isoformat(),
        "overdue_days": days,
        "today": _judged(case, days, last_closed, rules),
        "graded_on": None,
        "clause": "",
        "changes": [_change(case, change, rules) for change in changes],
        "rule": RULE,
    }
    if changes:
        told |= {"graded_on": changes[-1].on_day.isoformat(), "clause": changes[-1].clause}
    return told


def _oldest(case: Case) -> date | None:
    days = [
        payable_on
        for (_kind, bearer, _due_on), (payable_on, _left) in case.standing.open_dues.items()
        if bearer == "household"
    ]
    return min(days, default=None)


def _change(case: Case, change: GradeChange, rules: RulesOf) -> Answer:
    told = _judged(case, change.overdue_days, change.on_day, rules)
    if change.overdue_days:
        oldest = change.on_day - timedelta(days=change.overdue_days)
        told["oldest_unpaid_due"] = oldest.isoformat()
    return {
        "on": change.on_day.isoformat(),
        "grade": change.grade,
        "grade_title": GRADE_NAMES[change.grade],
        "recorded_clause": change.clause,
        **told,
    }


def _judged(case: Case, days: int, on: date, rules: RulesOf) -> Answer:
    """What rule and override make of so many days overdue at the close of a day."""
    grading = rules(on).grading
    override = next((one for one in reversed(case.overrides) if one.booking_date <= on), None)
    told: Answer = {
        "overdue_days": days,
        "thresholds": [
            {"days_over": row.overdue_days_from - 1, "grade": row.grade} for row in grading.value
        ],
        "document": grading.cited_as,
        "clause": grading.clause,
        "default": grading.default,
    }
    if override is not None and override.grade > 1:
        told["override"] = {
            "grade": override.grade,
            "from": override.booking_date.isoformat(),
            "reason": override.reason,
        }
    return told
