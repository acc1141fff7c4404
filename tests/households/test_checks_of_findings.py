"""Whatever is changed behind the room's back about how households were found is named."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text

from households.identification import checks
from households.models import Status
from kernel.append_only import unprotect
from tests.households.county import TODAY, TOWNSHIP, Office
from tests.households.test_cases import noticed, raise_objection, settle
from tests.households.test_decided_lists import decide, hand_in
from tests.planted import Plant

#: what is changed -> the check that names it
HARM = {
    "UPDATE case_positions SET done = 3": "households.cases.position",
    "UPDATE case_positions SET state = 'open'": "households.cases.position",
    "DELETE FROM case_positions": "households.cases.position",
    "UPDATE case_steps SET nr = 9 WHERE nr = 2": "households.cases.steps",
    "UPDATE case_sheets SET cases = 9 WHERE step = 'village_vote'": "households.cases.sheet",
    "UPDATE case_steps SET votes_for = 30 WHERE nr = 3": "households.cases.ballots",
    "UPDATE case_steps SET votes_for = 12 WHERE nr = 3": "households.cases.ballots",
    "UPDATE case_notices SET to_on = '2016-03-23'": "households.cases.notice",
    # seven days from 15 March, when it was entered, are over on the 22nd
    "UPDATE case_notices SET to_on = '2016-03-21'": "households.cases.notice_days",
    "UPDATE household_statuses SET from_on = '2016-03-24' WHERE case_id > 0": (
        "households.findings.case"
    ),
    "UPDATE household_statuses SET status = 'removed' WHERE case_id > 0": (
        "households.findings.case"
    ),
    "UPDATE household_statuses SET from_on = '2016-03-24' WHERE list_id > 0": (
        "households.findings.list"
    ),
    "UPDATE household_statuses SET household_id = 1 WHERE list_id > 0": (
        "households.findings.list"
    ),
    "DELETE FROM household_statuses WHERE list_id > 0": "households.lists.written",
    "UPDATE decisions SET decided_by = 31": "households.lists.written",
    "UPDATE decided_lists SET households = 5": "households.lists.written",
}


def found(office: Office) -> set[str]:
    with office.books.read() as session:
        return {one.check for one in checks.check(session)}


def harm(engine: Engine, change: str) -> None:
    table = change.replace("DELETE FROM", "UPDATE").split()[1]
    with engine.begin() as connection:
        unprotect(connection, [table])
        connection.execute(text(change))


def lived(office: Office) -> Office:
    """One household found by seven steps, another lifted out by a list."""
    office.found(None, Status.REGISTERED)
    office.open("identify", 1)
    office.walk("county_decision", 1)
    decide(office, hand_in(office, 2).list_id)
    return office


@pytest.mark.damaged("rows are changed behind the room's back")
@pytest.mark.parametrize(("change", "named"), HARM.items())
def test_what_was_changed_is_named(office: Office, engine: Engine, change: str, named: str) -> None:
    lived(office)
    assert found(office) == set()
    harm(engine, change)
    assert named in found(office)


@pytest.mark.damaged("rows are changed behind the room's back")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE case_objection_answers SET by_person = 21", "households.cases.objection"),
        ("UPDATE case_objections SET raised_on = '2016-12-31'", "households.cases.objection"),
    ],
)
def test_objections_that_were_changed_are_named(
    office: Office, engine: Engine, change: str, named: str
) -> None:
    objection = raise_objection(office, noticed(office, held_on=date(2016, 12, 24)))
    settle(office, objection, upheld=True, by=TOWNSHIP)
    assert found(office) == set()
    harm(engine, change)
    assert named in found(office)
    assert office.states() == [(5, "refused"), (5, "open")]
    assert office.today == TODAY


PLANTED = [
    Plant(
        test_what_was_changed_is_named,
        f"households.identification.checks.{name}",
        checks._missing_steps,
        {"change": change, "named": HARM[change]},
    )
    for name, change in (
        ("_positions", "UPDATE case_positions SET done = 3"),
        ("_sheets", "UPDATE case_sheets SET cases = 9 WHERE step = 'village_vote'"),
        ("_ballots", "UPDATE case_steps SET votes_for = 12 WHERE nr = 3"),
        ("_hurried", "UPDATE case_notices SET to_on = '2016-03-23'"),
        ("_short_notices", "UPDATE case_notices SET to_on = '2016-03-21'"),
        ("_findings_of_cases",
         "UPDATE household_statuses SET status = 'removed' WHERE case_id > 0"),
        ("_findings_of_lists",
         "UPDATE household_statuses SET household_id = 1 WHERE list_id > 0"),
        ("_lists", "UPDATE decisions SET decided_by = 31"),
    )
]  # fmt: skip


@pytest.mark.damaged("the check is blinded, and the rows are changed all the same")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_blind_check_is_noticed(plant: Plant, office: Office, engine: Engine) -> None:
    plant.prove(office=office, engine=engine)
