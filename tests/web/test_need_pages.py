"""Need at the desk and over the API: rounds, sheets, lead banks, who is in need without a loan."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import Hire
from tests.web.desk import Desk, Seat
from web.api.paging import cursor_of

FIRST, SECOND, THIRD, THERE = world.FAMILIES
TOWNSHIP, OTHER = "431022101000", "431022102000"
ROUND = {"number": "2017-1", "from_on": "2017-06-01", "to_on": "2017-06-30", "document": "宜扶9号"}
TITLES = "户编号,户主,需求意愿,原因,需求金额,用途,答复日期"


@pytest.fixture
def seat(client: FlaskClient, hire: Hire, settled: dict[str, int]) -> Seat:
    """A desk for a role."""
    assert settled
    return lambda role, **scope: Desk(client, hire(role, **scope))


def sheet(*lines: str) -> tuple[BytesIO, str]:
    """A filled sheet."""
    return BytesIO("\n".join((TITLES, *lines)).encode("utf-8-sig")), "摸排.csv"


def test_a_round_is_asked_by_sheet_and_its_queue_is_the_lead_banks(
    seat: Seat, opened: House, settled: dict[str, int]
) -> None:
    office, desk = seat("poverty_office"), seat("registrar")
    lender = world.found_lender(opened)
    assert office.send("/need/rounds", **(ROUND | {"to_on": "2017-05-31"})).status_code == 422
    office.done("/need/rounds", **ROUND)
    # The last day is typed, and shown.
    assert "2017-06-01至2017-06-30" in office.get("/need").text
    assert office.send("/need/rounds", **ROUND).status_code == 409
    bank = {"township": TOWNSHIP, "lender_id": str(lender), "from_on": "2017-06-01"}
    office.done("/need/lead-banks", **bank)
    assert office.send("/need/lead-banks", **bank).status_code == 409
    assert office.send("/need/lead-banks", **(bank | {"lender_id": "99"})).status_code in {409, 422}
    wants = f"{FIRST.number},{FIRST.head},有需求,,50000,种茶,2017-06-01"
    other = f"{SECOND.number},{SECOND.head},有需求,,30000,养鸡,2017-06-01"
    bad = f"{THIRD.number},{THIRD.head},无需求,,,,2017-06-01"
    refused = desk.send("/need/sheet", file=sheet(wants, other, bad))
    assert refused.status_code == 409
    assert "须填写原因" in refused.text
    desk.done("/need/sheet", file=sheet(wants, other, bad), accept_good="yes")
    assert desk.get("/need/sheet.xlsx").data[:2] == b"PK"
    one = {"answer": "no_need", "answered_on": "2017-06-01", "which": "need"}
    here = f"/households/{settled[THIRD.number]}/need"
    kept = desk.send(here, **one, purpose="养牛")
    assert kept.status_code == 422
    assert "养牛" in kept.text
    desk.done(here, **one, reason="外出务工")
    world.lend(opened, FIRST, settled[FIRST.number], lender)
    page = office.get("/need").text
    # of two in need one has a loan: 1 ÷ 2
    assert "50.00%" in page
    assert "80,000.00" in page
    assert "宜章示范农村商业银行" in page
    queue = office.get("/need/queue").text
    assert SECOND.number in queue
    assert FIRST.number not in queue
    officer = seat("loan_officer", institution_id=lender)
    assert SECOND.number in officer.get("/need/queue").text
    assert SECOND.number not in office.get(f"/need/queue?region={OTHER}").text
    for path in ("need.csv", "need/answers.xlsx", "need/queue.csv"):
        assert office.get(f"/{path}").status_code == 200
    listed = office.get(f"/need/answers?region={TOWNSHIP}&answer=wants").text
    assert FIRST.number in listed
    assert THIRD.number not in listed
    assert THIRD.number in office.get(f"/need/answers?q={THIRD.head}").text
    there = seat("registrar", region_scope="431022102")
    assert FIRST.number not in there.get("/need/answers").text
    assert there.send(here, **one, reason="x").status_code == 404


def test_need_over_the_api(seat: Seat, opened: House, settled: dict[str, int]) -> None:
    office, desk = seat("poverty_office"), seat("registrar")
    lender = world.found_lender(opened)
    assert office.ask("/need/rounds", ROUND).get_json() == {"round_id": 1}
    named = {"township_code": TOWNSHIP, "lender_id": lender, "from_on": "2017-06-01"}
    assert office.ask("/need/lead-banks", named).status_code == 201
    wants = {"answer": "wants", "amount": "50000.00", "answered_on": "2017-06-01"}
    key = settled[FIRST.number]
    answer = desk.ask(f"/households/{key}/need", wants | {"round": "2017-1"})
    assert answer.status_code == 201
    rows = [wants | {"number": SECOND.number}, wants | {"number": "X9"}]
    whole = desk.ask("/need/answers", {"round": "2017-1", "rows": rows})
    assert whole.status_code == 404
    rows[1] = {"number": THERE.number, "answer": "not_eligible", "reason": "超龄",
               "answered_on": "2017-06-01"}  # fmt: skip
    assert desk.ask("/need/answers", {"round": "2017-1", "rows": rows}).get_json() == {"rows": 2}
    townships = office.get("/api/v1/need/rounds/1/townships").get_json()
    assert [(one["wants"], one["unanswered"], one["amount"]) for one in townships] == [
        (2, 1, "100000.00"), (0, 0, "0.00"),
    ]  # fmt: skip
    queue = office.get(f"/api/v1/need/rounds/1/queue?lender={lender}").get_json()
    assert [one["number"] for one in queue["items"]] == [FIRST.number, SECOND.number]
    assert queue["next"] is None
    answers = office.get("/api/v1/need/rounds/1/answers?answer=not_eligible").get_json()
    assert [one["reason"] for one in answers["items"]] == ["超龄"]
    assert office.get("/api/v1/need/rounds/9/queue").status_code == 404
    assert len(office.get("/api/v1/need/rounds").get_json()) == 1


def test_need_is_asked_for_page_by_page_and_by_name(
    seat: Seat, opened: House, settled: dict[str, int]
) -> None:
    office, desk = seat("poverty_office"), seat("registrar")
    office.ask("/need/rounds", ROUND)
    every = [FIRST, SECOND, THERE]
    rows = [
        {"number": one.number, "answer": "wants", "amount": "1000.00", "answered_on": "2017-06-01"}
        for one in every
    ]
    assert desk.ask("/need/answers", {"round": "2017-1", "rows": rows}).status_code == 201
    # By village and then by number: two in the first township, one in the second.
    for what in ("answers", "queue"):
        path = f"/api/v1/need/rounds/1/{what}"
        seen: list[str] = []
        cursor: str | None = ""
        for _page in range(3):
            page = office.get(f"{path}?limit=1&cursor={cursor}").get_json()
            seen += [one["number"] for one in page["items"]]
            cursor = page["next"]
        assert seen == [one.number for one in every]
        assert cursor is None
        named = office.get(f"{path}?q={SECOND.head}").get_json()
        assert [one["number"] for one in named["items"]] == [SECOND.number]
        assert office.get(f"{path}?cursor=x").get_json()["code"] == "cursor_invalid"
        lost = cursor_of(10**6)
        assert office.get(f"{path}?cursor={lost}").get_json()["code"] == "cursor_invalid"
    page = office.get(f"/need/queue?q={FIRST.number}").text
    assert FIRST.number in page
    assert f'data-household="{SECOND.number}"' not in page
    assert settled[FIRST.number]
    file = office.get(f"/need/queue.csv?q={FIRST.number}").get_data(as_text=True)
    assert file.count("\n") == 2  # the titles and one household


PLANTED = [
    Plant(
        test_need_is_asked_for_page_by_page_and_by_name,
        "web.api.need.queries.place_of",
        lambda _session, _household_id: ("", ""),
    ),
    Plant(
        test_a_round_is_asked_by_sheet_and_its_queue_is_the_lead_banks,
        "web.pages.need.own_institution",
        lambda _by: 99,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, seat: Seat, opened: House, settled: dict[str, int]
) -> None:
    plant.prove(seat=seat, opened=opened, settled=settled)
