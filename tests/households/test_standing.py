"""What a household stands as: the pure rule and its SQL twin, held against each other."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from households import queries, standing
from households.models import Household, HouseholdStatus, Status
from tests.households.county import TODAY, Office

R, L, F, M, N, X, E = (
    Status.REGISTERED, Status.LIFTED, Status.FALLEN_BACK, Status.MONITORED, Status.NEEDS_HELP,
    Status.REMOVED, Status.RISK_REMOVED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "stands", "watched", "in_force"),
    [
        ([], "none", False, None),
        ([R], "poor", False, R),
        ([R, L], "lifted", False, L),
        ([R, L, F], "poor", False, F),
        ([R, X], "removed", False, X),
        ([R, X, R], "poor", False, R),
        # watched: the standing stays, the finding in force is the watching
        ([R, L, M], "lifted", True, M),
        ([M], "none", True, M),
        # the risk is removed: lifted again, from the edge nothing
        ([R, L, M, E], "lifted", False, L),
        ([M, E], "none", False, None),
        ([M, E, M], "none", True, M),
        # a later deciding finding ends the watching as well
        ([R, L, M, F], "poor", False, F),
        ([M, R], "poor", False, R),
        # help it needs changes neither
        ([R, L, N], "lifted", False, N),
        ([R, L, M, N], "lifted", True, N),
        ([R, L, M, N, E], "lifted", False, N),
    ],
)
def test_findings_in_their_order(
    findings: list[Status], stands: str, watched: bool, in_force: Status | None
) -> None:
    assert standing.standing(findings) == stands
    assert standing.watched(findings) is watched
    assert standing.in_force(findings) == in_force


def test_sql_says_what_the_pure_rule_says_on_every_day(office: Office) -> None:
    office.found(*[None] * 40)
    chance = random.Random(20161230)
    first = date(2016, 1, 1)
    told: dict[int, list[tuple[date, date, Status]]] = {}
    with office.books.write("households.find", by=office.system) as session:
        for key in office.ids.values():
            days = [first + timedelta(days=chance.randrange(6)) for _ in range(6)]
            said = {(chance.choice(list(Status)), day) for day in days}
            rows = [(day, day + timedelta(days=chance.randrange(4)), s) for s, day in said]
            told[key] = rows
            for day, booked, status in rows:
                session.add(HouseholdStatus(household_id=key, status=status, from_on=day,
                                            booked_on=booked, reason="名册"))  # fmt: skip
                session.flush()
    for offset in range(9):
        day = first + timedelta(days=offset)
        for booked_by in (None, day):
            with office.books.read() as session:
                found = session.execute(
                    select(
                        Household.id,
                        standing.standing_of(day, booked_by=booked_by),
                        standing.is_watched(day, booked_by=booked_by),
                        standing.is_registered(day, booked_by=booked_by),
                        standing.last_status(day, booked_by=booked_by),
                    )
                ).all()
            assert len(found) == 40
            for key, stands, watched, registered, last in found:
                # Python's sort is stable: of one day, the row written first comes first.
                known = [
                    status
                    for on, booked, status in sorted(told[key], key=lambda row: row[0])
                    if on <= day and (booked_by is None or booked <= booked_by)
                ]
                assert (stands, bool(watched), last) == (
                    standing.standing(known), standing.watched(known), standing.in_force(known),
                )  # fmt: skip
                assert bool(registered) is (stands in {"poor", "lifted"})


def test_a_kind_of_watching_is_the_last_one_told(office: Office) -> None:
    office.found(Status.LIFTED)
    key = office.ids[office.numbers(1)[0]]
    with office.books.write("households.find", by=office.system) as session:
        for day, kind in ((date(2016, 2, 1), "unstable"), (date(2016, 3, 1), "sudden")):
            session.add(
                HouseholdStatus(
                    household_id=key,
                    status=Status.MONITORED,
                    from_on=day,
                    booked_on=TODAY,
                    reason="名册",
                    monitored_kind=kind,
                )
            )
    with office.books.read() as session:
        kinds = [
            session.scalar(select(standing.watched_as(day)).where(Household.id == key))
            for day in (date(2016, 1, 31), date(2016, 2, 1), date(2016, 3, 1))
        ]
        assert kinds == [None, "unstable", "sudden"]
        assert queries.status_on(session, key, on=TODAY) is Status.MONITORED
