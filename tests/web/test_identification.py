"""Finding households at the desks and over the API: the seven steps, notices, lists, figures."""

from __future__ import annotations

import base64
import re
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.wiring import House
from households.identification import queries
from households.models import CaseNotice, CaseSheet, HouseholdStatus
from kernel.actor import Actor
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import Hire
from tests.web.desk import Desk, Seat
from tests.web.village import PROCEDURE, STEPS, household_id, minutes, strangers, to_the_notice
from web.pages import identification_notices


@pytest.fixture
def seat(client: FlaskClient, hire: Hire, settled: dict[str, int]) -> Seat:
    """A desk for a role."""
    assert settled
    return lambda role, **scope: Desk(client, hire(role, **scope))


@pytest.fixture
def found(opened: House, settled: dict[str, int], system: Actor) -> list[str]:
    """Two households that are nothing yet."""
    assert settled
    return strangers(opened, system, 11, 12)


def test_two_households_go_the_seven_steps_and_one_is_objected_to(
    seat: Seat, found: list[str], opened: House, system: Actor
) -> None:
    village = seat("registrar", region_scope=world.VILLAGE, name="村专干")
    township = seat("registrar", region_scope="431022101", name="镇专干")
    offices = [seat("poverty_office", name=f"扶贫办{nr}") for nr in (1, 2)]
    sheet = to_the_notice(village, township, found)
    good, bad = found
    # The list hangs: nobody goes on before its end, and the public page says no number.
    early = offices[0].send(f"{STEPS}/county_review", pick=found)
    assert early.status_code == 409
    assert "公示到2017-06-07为止" in early.text
    told = {"number": bad, "raised_by": "李四", "words": "家里有小汽车"}
    village.done(f"/identification/sheets/{sheet}/objections", **told)
    place = "/identification/objections/1/answer"
    own = village.send(place, which="answer-1", upheld="yes", words="属实")
    assert own.status_code == 403  # who noted it does not answer it
    assert "属实" in own.text
    offices[0].done(place, upheld="yes", words="属实")
    for _ in range(7):
        world.turn_day(opened.books, system)
    offices[0].done(f"{STEPS}/county_review", pick=[good])
    same = offices[0].send(f"{STEPS}/county_decision", pick=[good], document="宜扶〔2017〕3号")
    assert same.status_code == 409
    offices[1].done(f"{STEPS}/county_decision", pick=[good], document="宜扶〔2017〕3号")
    with opened.books.read() as session:
        statuses = session.execute(
            select(HouseholdStatus.status, HouseholdStatus.reason).where(
                HouseholdStatus.case_id.is_not(None)
            )
        ).all()
    assert [tuple(row) for row in statuses] == [("registered", "县级审定公告 宜扶〔2017〕3号")]
    page = village.get("/identification/cases/1").text
    assert "到会20人，同意15票，反对3票，弃权2票" in page
    assert 'data-finding="registered"' in page
    assert "未通过" in village.get("/identification/cases/2").text
    card = village.get(f"/households/{household_id(village, good)}").text
    assert "/identification/cases/1" in card
    assert good in village.get("/identification/cases.csv").get_data(as_text=True)


def test_a_public_list_says_no_number_and_no_cause(
    seat: Seat, found: list[str], client: FlaskClient, opened: House, system: Actor
) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    sheet = to_the_notice(village, seat("registrar", name="镇"), found)
    page = client.get(f"/notices/lists/{sheet}")
    assert page.status_code == 200
    rows = re.findall(r"<li value=.*?</li>", page.text, re.DOTALL)
    assert len(rows) == 2
    for row in rows:
        said = re.sub(r'value="\d+"', "", row)
        assert re.findall(r"\d+", said) == ["3"]  # how many people, and nothing else
    assert found[0] not in page.text
    assert "因病" not in page.text
    assert f"/notices/lists/{sheet}" in client.get("/notices/lists").text
    api = client.get(f"/api/v1/notices/lists/{sheet}").get_json()
    assert set(api[0]) == {"village", "head", "persons"}
    for _ in range(7):
        world.turn_day(opened.books, system)
    assert client.get(f"/notices/lists/{sheet}").status_code == 404
    assert client.get(f"/api/v1/notices/lists/{sheet}").status_code == 404
    assert client.get("/notices/lists").text.count("<section>") == 1


def test_a_refused_step_keeps_what_was_typed_and_says_where(seat: Seat, found: list[str]) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    village.done("/identification/new", kind="identify", numbers="\n".join(found))
    again = village.send("/identification/new", kind="identify", numbers=found[0], which="open")
    assert again.status_code == 409
    assert "已有办理中的事项" in again.text
    assert found[0] in again.text
    village.done(f"{STEPS}/group_proposal", pick=found)
    first, second = found
    form = {
        "which": "step", "eligible": "30", "present": "20", "document": "会纪1号",
        f"for-{first}": "19", f"against-{first}": "1", f"abstain-{first}": "1",
        f"for-{second}": "x", f"against-{second}": "1", f"abstain-{second}": "1",
    }  # fmt: skip
    many = village.send(f"{STEPS}/village_vote", pick=[first], papers=minutes(), **form)
    assert many.status_code == 422
    assert "票数21张多于到会20人" in many.text  # 19 + 1 + 1
    assert 'value="19"' in many.text
    assert 'class="fault"' in many.text
    wrong = village.send(f"{STEPS}/village_vote", pick=found, papers=minutes(), **form)
    assert wrong.status_code == 422
    assert f'name="for-{second}"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text
    few = village.send(
        f"{STEPS}/village_vote", pick=[first], papers=minutes(), **(form | {"present": "19"})
    )
    assert few.status_code == 422
    assert "不足20人" in few.text  # two thirds of 30
    bare = village.send(f"{STEPS}/village_vote", pick=[first], **form)
    assert "须附会议记录或照片" in bare.text
    skipped = village.send(f"{STEPS}/village_review", pick=[first])
    assert skipped.status_code == 409
    assert village.send(f"{STEPS}/application", pick=[first]).status_code == 409
    wide = village.send(f"{STEPS}/township_review", pick=[first], document="x", place="y")
    assert wide.status_code == 403


def test_a_step_is_taken_by_a_filled_sheet(seat: Seat, found: list[str]) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    opening = BytesIO(("户编号\n" + "\n".join(found)).encode("utf-8-sig"))
    village.done("/identification/new", kind="identify", file=(opening, "申请.csv"))
    assert village.get(f"{STEPS}/group_proposal.xlsx").data[:2] == b"PK"
    lines = ["户编号,结果,说明", f"{found[0]},通过,", f"{found[1]},不通过,有商品房"]
    sheet = BytesIO("\n".join(lines).encode("utf-8-sig"))
    answer = village.done(f"{STEPS}/group_proposal", file=(sheet, "提名.csv"))
    page = village.get(answer.headers["Location"]).text
    assert "有商品房" in page
    assert village.get(f"{answer.headers['Location']}.csv").status_code == 200
    bad = BytesIO(f"户编号,结果\n{found[0]},也许".encode("utf-8-sig"))
    refused = village.send(f"{STEPS}/village_vote", file=(bad, "票.csv"), eligible="3", present="3")
    assert "结果只能填" in refused.text


def test_papers_of_a_sheet_are_for_those_who_find_and_audit(seat: Seat, found: list[str]) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    to_the_notice(village, seat("registrar", name="镇"), found)
    paper = "/identification/sheets/3/papers/1"
    assert village.get(paper).data == b"\x89PNG minutes"
    assert seat("auditor").get(paper).status_code == 200
    assert seat("loan_officer").get(paper).status_code == 403
    assert village.get("/identification/sheets/2/papers/1").status_code == 404
    elsewhere = seat("registrar", region_scope="431022102")
    assert elsewhere.get(paper).status_code == 404
    assert elsewhere.get("/identification/sheets/3").status_code == 404
    assert elsewhere.get("/identification/cases/1").status_code == 404
    assert found[0] not in elsewhere.get("/identification").text


def test_a_list_of_the_county_is_decided_by_another(seat: Seat, settled: dict[str, int]) -> None:
    first, second = (seat("poverty_office", name=f"办{nr}") for nr in (1, 2))
    family = world.FAMILIES[0]
    content = BytesIO(f"户编号\n{family.number}".encode("utf-8-sig"))
    form = {"document": "宜扶〔2017〕5号", "status": "lifted", "from_on": "2017-06-01"}
    assert first.send("/identification/lists/new", **form).status_code == 422  # nobody on it
    first.done("/identification/lists/new", **form, file=(content, "脱贫.csv"))
    assert "待审定" in first.get("/identification/lists").text
    assert first.send("/identification/lists/1", decision="approved").status_code == 403
    assert second.send("/identification/lists/1", decision="rejected").status_code == 422
    assert second.send("/identification/lists/1", decision="maybe").status_code == 422
    assert family.number in second.get("/identification/lists/1").text
    second.done("/identification/lists/1", decision="approved")
    assert "脱贫" in second.get(f"/households/{settled[family.number]}").text
    assert second.get("/identification/lists/1.csv").status_code == 200
    assert second.get("/identification/lists/9").status_code == 404
    there = seat("registrar", region_scope="431022102")
    assert family.number not in there.get("/identification/lists/1").text


def test_rounds_samples_and_villages_stand_with_their_rates(seat: Seat) -> None:
    office = seat("poverty_office")
    round_of = {
        "number": "2017-1", "year": "2017", "title": "建档立卡回头看", "from_on": "2017-06-01",
        "to_on": "2017-08-31", "document": "国开办〔2017〕1号",
    }  # fmt: skip
    office.done("/identification/rounds", **round_of)
    assert office.send("/identification/rounds", **round_of).status_code == 409
    sample = {"region": world.COUNTY, "checked_on": "2017-05-31", "unit": "第三方评估组",
              "document": "评估报告", "sampled_exited": "1000", "wrongly_exited": "20",
              "sampled_unregistered": "500", "missed": "11", "surveyed": "200",
              "approving": "181"}  # fmt: skip
    office.done("/identification/samples", **sample)
    page = office.get("/identification/rounds").text
    # 20 ÷ 1000 = 2 % is at most 2 %; 11 ÷ 500 = 2.2 % is not; 181 ÷ 200 = 90.5 % is at least 90 %
    assert "2017-08-31" in page
    assert "20 ÷ 抽查脱贫人口 1,000" in page
    assert "2.20%" in page
    assert page.count("未达标") == 1
    more = office.send("/identification/samples", **(sample | {"missed": "501"}))
    assert more.status_code == 422
    village = {"standing": "poor", "from_on": "2017-06-01", "document": "湘扶1号"}
    office.done("/identification/villages", villages=world.VILLAGE, **village)
    assert office.send("/identification/villages", villages="431022", **village).status_code == 422
    people = {"region": world.COUNTY, "from_on": "2017-01-01", "people": "535000",
              "source": "人口÷发生率", "derived": "yes"}  # fmt: skip
    office.done("/identification/populations", **people)
    page = office.get("/identification/villages").text
    assert "535,000" in page
    assert "推算" in page
    for path in ("samples.csv", "villages.xlsx", "objections.csv"):
        assert office.get(f"/identification/{path}").status_code == 200
    api = office.get("/api/v1/identification/samples").get_json()
    rates = {one["code"]: one["met"] for one in api["items"][0]["rates"]}
    assert rates == {"wrongly_exited": True, "missed": False, "approval": True}
    assert office.get("/api/v1/identification/rounds").get_json()[0]["number"] == "2017-1"
    assert len(office.get("/api/v1/identification/villages").get_json()) == 1


def test_the_steps_over_the_api_are_the_same_verbs(
    seat: Seat, found: list[str], settled: dict[str, int]
) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    opening = {"kind": "identify", "numbers": found}
    first = village.ask("/identification/cases", opening, key="the-same-list")
    assert first.status_code == 201
    again = village.ask("/identification/cases", opening, key="the-same-list")
    assert again.get_json() == first.get_json() == {"sheet_id": 1, "households": 2}
    assert village.ask("/identification/cases", opening).get_json()["code"] == "case_open_already"
    steps = f"/identification/steps/{PROCEDURE}"
    rows = [{"number": number} for number in found]
    assert village.ask(f"{steps}/group_proposal", {"rows": rows}).status_code == 201
    voted = [row | {"votes_for": 15, "votes_against": 5, "abstained": 0} for row in rows]
    scan = {"name": "会议记录.png", "content": base64.b64encode(b"minutes").decode()}
    vote = {"rows": voted, "eligible": 30, "present": 20, "document": "会纪1号"}
    assert village.ask(f"{steps}/village_vote", vote).get_json()["code"] == "step_needs_papers"
    broken = vote | {"papers": [scan | {"content": "?"}]}
    assert village.ask(f"{steps}/village_vote", broken).status_code == 422
    assert village.ask(f"{steps}/village_vote", vote | {"papers": [scan]}).status_code == 201
    survey = {"survey": "six-areas", "answers": {"workers": 1}}
    key = household_id(village, found[0])
    assert village.ask(f"/households/{key}/surveys", survey).status_code == 422
    told = village.get("/api/v1/identification/waiting").get_json()
    assert [(one["step"], one["cases"]) for one in told] == [("village_review", 2)]
    case = village.get("/api/v1/identification/cases/1").get_json()
    assert [one["votes_for"] for one in case["steps"]] == [None, None, 15]
    assert case["awaited"] == "village_review"
    listed = village.get("/api/v1/identification/cases?limit=1").get_json()
    assert listed["items"][0]["number"] == found[0]
    assert listed["next"]
    handed = {"document": "宜扶6号", "status": "lifted", "from_on": "2017-06-01",
              "numbers": [world.FAMILIES[0].number]}  # fmt: skip
    offices = [seat("poverty_office", name=f"办{nr}") for nr in (1, 2)]
    answer = offices[0].ask("/identification/lists", handed).get_json()
    word = {"decision": "approved", "reason": ""}
    place = f"/proposals/{answer['proposal_id']}/decision"
    assert offices[0].ask(place, word).get_json()["code"] == "same_maker_and_checker"
    assert offices[1].ask(place, word).status_code == 201
    lists = offices[1].get("/api/v1/identification/lists?decision=approved").get_json()
    assert [(one["id"], one["decision"]) for one in lists["items"]] == [(1, "approved")]
    waiting = offices[1].get("/api/v1/identification/lists?decision=waiting").get_json()
    assert waiting == {"items": [], "next": None}
    assert len(village.get("/api/v1/identification/procedures").get_json()) == 3


def test_lists_of_the_county_are_searched_paged_and_exported(
    seat: Seat, settled: dict[str, int]
) -> None:
    office, other = (seat("poverty_office", name=f"办{nr}") for nr in (1, 2))
    numbers = [one.number for one in world.FAMILIES]
    for nr, status in enumerate(("lifted", "removed", "lifted"), 1):
        body = {"document": f"宜扶{nr}号", "status": status, "from_on": "2017-06-01",
                "numbers": numbers}  # fmt: skip
        assert office.ask("/identification/lists", body).status_code == 201
    other.done("/identification/lists/2", decision="approved")
    path = "/api/v1/identification/lists"
    seen: list[str] = []
    cursor: str | None = ""
    for _page in range(3):
        page = office.get(f"{path}?limit=1&cursor={cursor}").get_json()
        seen += [one["document"] for one in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == (["宜扶3号", "宜扶2号", "宜扶1号"], None)  # the latest first
    waiting = office.get(f"{path}?decision=waiting&status=lifted").get_json()["items"]
    assert [one["id"] for one in waiting] == [3, 1]
    assert [one["id"] for one in office.get(f"{path}?q=2号").get_json()["items"]] == [2]
    assert office.get(f"{path}?decision=x").status_code == 422
    page = office.get("/identification/lists?decision=approved").text
    assert re.findall(r'data-list="(\d+)"', page) == ["2"]
    file = office.get("/identification/lists.csv?decision=waiting").get_data(as_text=True)
    assert file.count("待审定") == 2
    # its households by number, two at a time; another township's clerk sees that township's alone
    rows: list[str] = []
    cursor = ""
    for _page in range(2):
        page = office.get(f"{path}/1/households?limit=2&cursor={cursor}").get_json()
        rows += [one["number"] for one in page["items"]]
        cursor = page["next"]
    assert (rows, cursor) == (sorted(numbers), None)
    there = seat("registrar", region_scope="431022102")
    (one,) = there.get(f"{path}/1/households").get_json()["items"]
    assert one["number"] == world.FAMILIES[3].number
    assert there.get(f"{path}/9/households").status_code == 404
    shown = office.get(f"/identification/lists/1?q={numbers[0]}").text
    assert numbers[0] in shown
    assert numbers[1] not in shown
    assert settled


def test_objections_and_samples_are_searched_and_paged(
    seat: Seat, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    village = seat("registrar", region_scope=world.VILLAGE)
    office = seat("poverty_office")
    sheet = to_the_notice(village, seat("registrar", name="镇"), found)
    for number in found:
        told = {"number": number, "raised_by": "李四", "words": "有车"}
        village.done(f"/identification/sheets/{sheet}/objections", **told)
    office.done("/identification/objections/1/answer", upheld="no", words="不属实")
    path = "/api/v1/identification/objections"
    first = office.get(f"{path}?limit=1").get_json()
    second = office.get(f"{path}?limit=1&cursor={first['next']}").get_json()
    assert [first["items"][0]["id"], second["items"][0]["id"], second["next"]] == [2, 1, None]
    for state, ids in (("waiting", [2]), ("dismissed", [1]), ("upheld", [])):
        assert [o["id"] for o in office.get(f"{path}?state={state}").get_json()["items"]] == ids
    assert [o["id"] for o in office.get(f"{path}?q={found[0]}").get_json()["items"]] == [1]
    monkeypatch.setattr(identification_notices, "OBJECTIONS", 1)
    page = office.get("/identification/objections").text
    assert re.findall(r'data-objection="(\d+)"', page) == ["2"]
    assert "下一页" in page
    assert 'data-objection="1"' in office.get("/identification/objections?after=2").text
    waiting = office.get("/identification/objections.csv?state=waiting").get_data(as_text=True)
    assert found[1] in waiting
    assert found[0] not in waiting
    for nr in (1, 2):
        sample = {"region": world.COUNTY, "checked_on": "2017-05-31", "unit": f"第{nr}组",
                  "document": "评估报告", "surveyed": "200", "approving": "181"}  # fmt: skip
        office.done("/identification/samples", **sample)
    path = "/api/v1/identification/samples"
    page = office.get(f"{path}?limit=1").get_json()
    assert page["items"][0]["unit"] == "第2组"
    assert office.get(f"{path}?cursor={page['next']}").get_json()["items"][0]["unit"] == "第1组"
    named = office.get("/identification/rounds?q=第1组").text
    assert "第1组" in named
    assert "第2组" not in named
    assert office.get(f"/identification/samples.csv?region={world.VILLAGE}").text.count("组") == 0


def _whoever_asks(_session: object, _by: object) -> str:
    return "431022"


def _whatever_hung(session: Session, sheet_id: int, *, on: date) -> tuple[CaseNotice, CaseSheet]:
    assert isinstance(on, date)
    found = queries.notices(session, digits="431022")
    return next(pair for pair in found if pair[0].sheet_id == sheet_id)


PLANTED = [
    Plant(
        test_a_public_list_says_no_number_and_no_cause,
        "web.pages.identification_notices.reads.hanging_notice",
        _whatever_hung,
    ),
    Plant(
        test_papers_of_a_sheet_are_for_those_who_find_and_audit,
        "web.pages.identification_steps.scope.own_digits",
        _whoever_asks,
    ),
    Plant(
        test_a_refused_step_keeps_what_was_typed_and_says_where,
        "web.pages.typing.one_of",
        lambda *_: "lift",
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant,
    seat: Seat,
    found: list[str],
    client: FlaskClient,
    opened: House,
    system: Actor,
) -> None:
    plant.prove(seat=seat, found=found, client=client, opened=opened, system=system)
