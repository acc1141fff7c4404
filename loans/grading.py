"""Five-grade classification (五级分类) by days overdue.

Thresholds are data, dated in the policy: ``(days_over, grade)`` means "overdue by more than
``days_over`` days: at least this grade". The rule of 1 July 2023 is ``((0, 2), (90, 3), (270, 4),
(360, 5))``: any overdue is 关注, more than 90 days 次级, more than 270 可疑, more than 360 损失.

Days overdue at the close of day D are D − due date, from 1 on the day after the due date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

#: 正常 1, 关注 2, 次级 3, 可疑 4, 损失 5; from 3 on the loan is bad (不良)
GRADE_BEST: Final = 1
GRADE_BAD: Final = 3
GRADE_WORST: Final = 5

GRADE_NAMES: Final = {1: "正常", 2: "关注", 3: "次级", 4: "可疑", 5: "损失"}

Thresholds = Sequence[tuple[int, int]]


def overdue_days(due_on: date, on: date) -> int:
    """Days overdue at the close of ``on``; none up to and including the due date."""
    return max(0, (on - due_on).days)


def grade(days: int, thresholds: Thresholds) -> int:
    """The grade of a loan overdue by so many days."""
    check_thresholds(thresholds)
    reached = [worse for days_over, worse in thresholds if days > days_over]
    return reached[-1] if reached else GRADE_BEST


def next_change_on(due_on: date, on: date, thresholds: Thresholds) -> date | None:
    """The next day after ``on`` whose close would change the grade; None: it is the last grade."""
    check_thresholds(thresholds)
    days = overdue_days(due_on, on)
    for days_over, _worse in thresholds:
        if days <= days_over:
            return due_on + timedelta(days=days_over + 1)
    return None


def check_thresholds(thresholds: Thresholds) -> None:
    """Days and grades both rise from row to row."""
    for (days_over, better), (later, worse) in pairwise([(-1, GRADE_BEST), *thresholds]):
        if later <= days_over or worse <= better or worse > GRADE_WORST:
            raise ValueError(f"thresholds must rise in days and in grade: {tuple(thresholds)}")
