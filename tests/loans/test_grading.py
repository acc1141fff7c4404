"""Five grades by days overdue, and the day on which the grade would change next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans import grading
from tests.planted import Plant

#: 《商业银行金融资产风险分类办法》, from 1 July 2023
RULE_2023 = ((0, 2), (90, 3), (270, 4), (360, 5))
DUE = date(2024, 3, 21)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, 1),
        (1, 2),
        (90, 2),
        (91, 3),
        (270, 3),
        (271, 4),
        (360, 4),
        (361, 5),
        (4_000, 5),
    ],
)
def test_grades_of_2023(days: int, expected: int) -> None:
    assert grading.grade(days, RULE_2023) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 1, 1), date(2024, 3, 22)),  # not due yet: one day after the due date
        (date(2024, 3, 21), date(2024, 3, 22)),  # paid on the due day costs nothing
        (date(2024, 3, 22), date(2024, 6, 20)),  # day 91: 10 + 30 + 31 days to 31 May, and 20
        (date(2024, 6, 19), date(2024, 6, 20)),  # day 90
        (date(2024, 6, 20), date(2024, 12, 17)),  # day 271 is 180 days after day 91
        (date(2024, 12, 17), date(2025, 3, 17)),  # day 361 is 90 days after day 271
        (date(2025, 3, 17), None),
    ],
)
def test_next_change(on: date, expected: date | None) -> None:
    assert grading.next_change_on(DUE, on, RULE_2023) == expected


@given(st.integers(-100, 500))
def test_the_grade_changes_on_that_day_and_not_before(offset: int) -> None:
    on = DUE + timedelta(days=offset)
    now = grading.grade(grading.overdue_days(DUE, on), RULE_2023)
    later, change = on, grading.next_change_on(DUE, on, RULE_2023)
    for _ in range(600):
        later += timedelta(days=1)
        changed = grading.grade(grading.overdue_days(DUE, later), RULE_2023) != now
        if changed:
            assert later == change
            return
    assert change is None


@pytest.mark.parametrize(
    "thresholds",
    [((0, 2), (0, 3)), ((0, 2), (90, 2)), ((90, 3), (0, 2)), ((0, 6),), ((-1, 2),), ((0, 1),)],
)
def test_thresholds_must_rise(thresholds: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        grading.grade(1, thresholds)


def test_every_grade_has_its_name() -> None:
    assert sorted(grading.GRADE_NAMES) == [1, 2, 3, 4, 5]


PLANTED = [
    Plant(
        test_grades_of_2023,
        "loans.grading.grade",
        lambda days, rule: max((g for over, g in rule if days >= over), default=1),
        {"days": 90, "expected": 2},
    ),
    Plant(
        test_the_grade_changes_on_that_day_and_not_before,
        "loans.grading.overdue_days",
        lambda due_on, on: max(0, (on - due_on).days + 1),
    ),
    Plant(
        test_next_change,
        "loans.grading.timedelta",
        lambda days: timedelta(days=days - 1),
        {"on": date(2024, 6, 19), "expected": date(2024, 6, 20)},
    ),
    Plant(
        test_thresholds_must_rise,
        "loans.grading.check_thresholds",
        lambda _thresholds: None,
        {"thresholds": ((0, 6),)},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
