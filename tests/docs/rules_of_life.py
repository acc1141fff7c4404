"""Rules of a loan as it is lived, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, literal, select, true

import policy
from kernel import calendar
from kernel.money import format_rate, format_yuan, parse_rate, parse_share, parse_yuan
from loans import allocation, grading, interest, migration, replay
from loans.allocation import OpenDue
from loans.parts import Share, Terms
from loans.replay import Event
from loans.schedule import Pricing

ROOT: Final = Path(__file__).parents[2]
HOLIDAYS: Final = calendar.load(ROOT / "config" / "calendar")
RULEBOOK: Final = policy.load(ROOT / "config" / "policies", ROOT / "config" / "rates")
YES: Final = {"是": True, "否": False}

Row = dict[str, str]

#: 50 000 at 4.75 %, settled each quarter on the 20th, its interest borne by the treasury
QUARTERLY: Final = Terms(
    signed_on=date(2016, 5, 30),
    matures_on=date(2019, 5, 30),
    pricing=Pricing(47_500, "act/360"),
    method="interest-only",
    every_months=3,
    settle_on_day=20,
    day_base=360,
    overdue_surcharge_bp=5_000,
    misuse_surcharge_bp=10_000,
    compounds=False,
    allocation_order=("penalty", "interest", "principal"),
    principal_first_after_days=None,
    shares=(Share(date(2016, 5, 30), date(2019, 5, 30), 10_000, 5_000_000),),
)


def _fen(text: str) -> int:
    return parse_yuan(text, field="cell")


def heavier(row: Row) -> Row:
    terms = replace(
        QUARTERLY,
        pricing=Pricing(parse_rate(row["rate"], field="cell"), "act/360"),
        overdue_surcharge_bp=parse_share(row["late"], field="cell"),
        misuse_surcharge_bp=parse_share(row["misuse"], field="cell"),
        misused=YES[row["misused"]],
    )
    return {
        "overdue": format_rate(terms.rate_of("overdue")),
        "misused principal": format_rate(terms.rate_of("misused")) if terms.misused else "–",
    }


def compound(row: Row) -> Row:
    product = _fen(row["unpaid"]) * int(row["days"]) * parse_rate(row["penalty rate"], field="cell")
    return {"compound": format_yuan(interest.interest_fen(product, 360))}


DUES: Final = (
    OpenDue(1, "interest", date(2016, 6, 21), 14_514),
    OpenDue(2, "interest", date(2016, 9, 21), 60_694),
    OpenDue(3, "principal", date(2016, 6, 21), 100_000),
    OpenDue(4, "penalty", date(2016, 9, 21), 500),
)


def principal_first(row: Row) -> Row:
    limit = None if row["limit"] == "–" else int(row["limit"])
    terms = replace(QUARTERLY, principal_first_after_days=limit)
    day, oldest = date.fromisoformat(row["on"]), date.fromisoformat(row["oldest"])
    done = allocation.allocate(_fen(row["payment"]), DUES, terms.order_on(day, oldest))
    return {"paid": " ".join(f"{paid.due_id}:{format_yuan(paid.fen)}" for paid in done.paid)}


def entered_late(row: Row) -> Row:
    draw = Event("draw", date(2016, 5, 30), 1, 5_000_000)
    payment = Event("early_payment", date.fromisoformat(row["value date"]), 2, _fen(row["payment"]))
    was, now = (_settled(events) for events in ([draw], [draw, payment]))
    return {
        "was": format_yuan(was), "is": format_yuan(now), "difference": format_yuan(now - was),
    }  # fmt: skip


def _settled(events: list[Event]) -> int:
    """What the interest of 21 June to 21 September comes to."""
    life = replay.replay(
        replay.begin(QUARTERLY, number="甲", amount_fen=5_000_000),
        events,
        until=date(2016, 9, 21),
        working_day=HOLIDAYS.is_working_day,
    )
    return sum(one.amount_fen for one in life.course.settlements if one.to_on == date(2016, 9, 21))


def graded(row: Row) -> Row:
    rule = RULEBOOK.conduct(on=date.fromisoformat(row["close of"]), region="431022000000").grading
    thresholds = [(one.overdue_days_from - 1, one.grade) for one in rule.value]
    by_people = 1 if row["set"] == "–" else int(row["set"])
    by_rule = grading.grade(int(row["days"]), thresholds)
    return {"grade": str(max(by_rule, by_people)), "document": rule.cited_as}


def stands(row: Row) -> Row:
    at = select(
        literal(1).label("loan_id"),
        literal(_fen(row["drawn"])).label("drawn_fen"),
        literal(_fen(row["outstanding"])).label("outstanding_fen"),
        literal(0).label("overdue_principal_fen"),
        literal(_fen(row["overdue interest"])).label("overdue_interest_fen"),
        literal(int(row["grade"])).label("grade"),
    ).subquery("at_start")
    lost = select(literal(1 if YES[row["written off"]] else None).label("loan_id")).subquery("lost")
    asked = select(migration.stands(at, lost)).select_from(at.join(lost, true()))
    with create_engine("sqlite://").connect() as connection:
        return {"stands": str(connection.scalar(asked))}


def ages(row: Row) -> Row:
    first, last = next(
        (first, last)
        for first, last in migration.AGES
        if first <= int(row["days"]) and (last is None or int(row["days"]) <= last)
    )
    return {"age": f"{first}–{last or ''}"}


LIVED: Final[dict[str, Callable[[Row], Row]]] = {
    "heavier": heavier,
    "compound": compound,
    "principal-first": principal_first,
    "entered-late": entered_late,
    "graded": graded,
    "stands": stands,
    "ages": ages,
}

#: a wrong value for the first row of each
WRONG: Final = [
    ("heavier", "overdue", "7.25"),
    ("compound", "compound", "10.94"),
    ("principal-first", "paid", "3:500.00"),
    ("entered-late", "difference", "-110.82"),
    ("graded", "grade", "2"),
    ("stands", "stands", "1"),
    ("ages", "age", "31–90"),
]
