"""Families at the desk and over the API: events, splits, mergers, limits of their own."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config.wiring import House
from households import families
from households.models import HouseholdStatus, Person
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import Hire
from tests.web.desk import Desk, Seat

FIRST, SECOND, THIRD, _THERE = world.FAMILIES
NEW = "4310221002010099"
DAY = {"happened_on": "2017-06-01"}


@pytest.fixture
def seat(client: FlaskClient, hire: Hire, settled: dict[str, int]) -> Seat:
    """A desk for a role."""
    assert settled
    return lambda role, **scope: Desk(client, hire(role, **scope))


def people_of(house: House, household_id: int) -> list[int]:
    """Who belongs to a household, the head first."""
    with house.books.read() as session:
        return list(
            session.scalars(
                select(Person.id)
                .where(Person.household_id == household_id, Person.left_on.is_(None))
                .order_by(Person.is_head.desc(), Person.id)
            )
        )


def test_a_household_splits_and_another_person_decides_its_own_limit(
    seat: Seat, settled: dict[str, int], opened: House
) -> None:
    desk, office = seat("registrar"), seat("poverty_office")
    old = settled[FIRST.number]
    _head, wife = people_of(opened, old)
    here = f"/households/{old}/family"
    form: dict[str, Any] = {"which": "split", "number": NEW, "person": [str(wife)], **DAY}
    nobody = desk.send(f"{here}/split", **form, **{f"new-{wife}": ""})
    assert nobody.status_code == 422
    assert f'value="{NEW}"' in nobody.text
    answer = desk.done(f"{here}/split", **form, **{f"new-{wife}": "户主"})
    new_page = answer.headers["Location"]
    new = int(new_page.split("/")[2])
    with opened.books.read() as session:
        assert families.cap_group(session, new) == {old, new}
    assert "合并计算" in desk.get(new_page).text
    ask = {"which": "own-limit", "reason": "子女成家，已分灶", "document": "宜扶〔2017〕7号"}
    bare = desk.send(f"/households/{new}/family/own-limit", **(ask | {"document": ""}))
    assert bare.status_code == 422
    assert "子女成家，已分灶" in bare.text
    desk.done(f"/households/{new}/family/own-limit", **ask)
    assert desk.send(f"/households/{new}/family/own-limit", **ask).status_code == 409
    page = office.get(new_page).text
    assert "去审定" in page
    (proposal,) = office.get("/api/v1/proposals").get_json()
    office.done(f"/proposals/{proposal['id']}", decision="approved", reason="")
    assert "单独核算" in desk.get(new_page).text
    with opened.books.read() as session:
        assert families.cap_group(session, new) == {new}
    listed = desk.get("/families").text
    assert NEW in listed
    assert NEW in desk.get("/families.csv").get_data(as_text=True)
    assert NEW not in seat("registrar", region_scope="431022102").get("/families").text


def test_a_household_found_by_a_list_splits_and_its_finding_goes_along(
    seat: Seat, settled: dict[str, int], opened: House
) -> None:
    """The new household's finding is the split's: the list never named it (verify looks)."""
    first, second = (seat("poverty_office", name=f"办{nr}") for nr in (1, 2))
    handed = {"document": "宜扶6号", "status": "lifted", "from_on": "2017-06-01"}
    first.done("/identification/lists/new", numbers=FIRST.number, **handed)
    second.done("/identification/lists/1", decision="approved")
    wife = people_of(opened, settled[FIRST.number])[1]
    split = {"number": NEW, "person": [str(wife)], f"new-{wife}": "户主", **DAY}
    answer = seat("registrar").done(f"/households/{settled[FIRST.number]}/family/split", **split)
    new = int(answer.headers["Location"].split("/")[2])
    with opened.books.read() as session:
        rows = session.scalars(
            select(HouseholdStatus).where(HouseholdStatus.household_id == new)
        ).all()
    assert [(one.status, one.case_id, one.list_id) for one in rows] == [("lifted", None, None)]


def test_people_come_and_go_and_no_identity_number_is_shown(
    seat: Seat, settled: dict[str, int], opened: House
) -> None:
    desk = seat("registrar")
    household = settled[FIRST.number]
    here = f"/households/{household}/family"
    born = world.identity(1990, 77)
    come = {"name": "赵小燕", "identity": born, "relation": "之儿媳", **DAY}
    wrong = desk.send(
        f"{here}/marriage_in", **(come | {"identity": born[:-1] + "0"}), which="marriage_in"
    )
    assert wrong.status_code == 422
    assert "赵小燕" in wrong.text
    desk.done(f"{here}/marriage_in", **come)
    assert born not in desk.get(here).text
    head, wife, new = people_of(opened, household)
    right = {"who": str(new), "identity": world.identity(1990, 79), **DAY}
    desk.done(f"{here}/identity", **right)
    assert desk.send(f"{here}/identity", **(right | {"who": "999"})).status_code == 404
    alone = desk.send(f"{here}/death", person=str(head), which="death", **DAY)
    assert alone.status_code == 422  # nobody comes after
    after = {"successor": str(wife), f"left-{new}": "之儿媳"}
    desk.done(f"{here}/death", person=str(head), **after, **DAY)
    assert people_of(opened, household)[0] == wife
    desk.done(f"{here}/new_head", successor=str(new), **{f"left-{wife}": "之婆婆"}, **DAY)
    assert desk.send(f"{here}/new_head", **DAY).status_code == 422
    page = desk.get(here).text
    for word in ("婚入", "更正身份证号", "死亡", "变更户主"):
        assert word in page
    desk.done(f"{here}/moved_away", person=[str(wife), str(new)], **DAY)
    assert "本户已无成员" in desk.get(here).text
    assert seat("loan_officer").send(f"{here}/birth", **come).status_code == 403


def test_a_household_is_merged_over_the_api(
    seat: Seat, settled: dict[str, int], opened: House
) -> None:
    desk = seat("registrar")
    ended, into = settled[SECOND.number], settled[THIRD.number]
    rows = [
        {"person_id": one, "relation": relation}
        for one, relation in zip(people_of(opened, ended), ("之兄弟姐妹", "其他"), strict=True)
    ]
    body = {**DAY, "into_id": into, "relations": rows}
    assert desk.ask(f"/households/{ended}/family/merge", body).status_code == 201
    told = desk.get(f"/api/v1/households/{into}/family").get_json()
    assert told["shares_caps_with"] == [ended]
    assert [one["kind"] for one in told["events"]] == ["merge"]
    events = desk.get("/api/v1/family-events?kind=merge").get_json()["items"]
    assert events[0]["other_number"] == THIRD.number
    arrival = {**DAY, "kind": "moved_in", "name": "赵小燕", "relation": "其他",
               "identity_number": world.identity(1990, 81)}  # fmt: skip
    first = desk.ask(f"/households/{into}/family/arrivals", arrival, key="one-newcomer")
    assert first.status_code == 201
    again = desk.ask(f"/households/{into}/family/arrivals", arrival, key="one-newcomer")
    assert again.get_json() == first.get_json()
    gone = desk.ask(f"/households/{ended}/family/arrivals", arrival)
    assert gone.get_json()["code"] == "household_closed"
    head, *_others, new = people_of(opened, into)
    leave = {**DAY, "kind": "death", "person_ids": [head]}
    assert desk.ask(f"/households/{into}/family/departures", leave).status_code == 422
    crown = {"person_id": new, "relations": [
        {"person_id": one, "relation": "其他"} for one in people_of(opened, into) if one != new
    ]}  # fmt: skip
    assert (
        desk.ask(f"/households/{into}/family/head", {**DAY, "successor": crown}).status_code == 201
    )
    number = {**DAY, "person_id": new, "identity_number": world.identity(1990, 83)}
    assert desk.ask(f"/households/{into}/family/identity", number).status_code == 201
    split = {**DAY, "number": NEW, "members": [{"person_id": head, "relation": "户主"}]}
    made = desk.ask(f"/households/{into}/family/split", split)
    assert made.status_code == 201
    limit = {"reason": "分灶", "document": "宜扶8号"}
    asked = desk.ask(f"/households/{made.get_json()['household_id']}/own-limit", limit)
    assert asked.status_code == 201
    assert desk.ask(f"/households/{into}/own-limit", limit).get_json()["code"] == "shares_no_caps"


PLANTED = [
    Plant(
        test_people_come_and_go_and_no_identity_number_is_shown,
        "households.card.mask_identity",
        lambda number: number,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, seat: Seat, settled: dict[str, int], opened: House
) -> None:
    plant.prove(seat=seat, settled=settled, opened=opened)
