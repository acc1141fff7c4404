"""The four levels and help at the desk and over the API: what is shown, refused, and never told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.wiring import House
from households import helping
from households.card import Card, MemberLine
from households.helping.forms import PairRow
from households.helping.queries import Help, PairLine
from kernel.actor import Actor
from kernel.tables import open_table
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import Hire, Staff
from web.pages import helping_lists
from web.papers.level_papers import card_paper

DAY = world.OPEN_DAY
FIRST, SECOND, _THIRD, THERE = world.FAMILIES
TOWNSHIP = "431022101000"


class Desk:
    """Somebody at a browser, and the same person over the API."""

    def __init__(self, client: FlaskClient, staff: Staff) -> None:
        self.client = client
        self.headers = staff.headers
        self._keys = 0

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def send(self, path: str, **form: Any) -> TestResponse:
        self._keys += 1
        data = {"request_key": f"level-pages-{self._keys:04d}", **form}
        return self.client.post(path, data=data, headers=self.headers)

    def ask(self, path: str, body: dict[str, Any], key: str = "") -> TestResponse:
        self._keys += 1
        headers = {**self.headers, "Idempotency-Key": key or f"level-api-{self._keys:06d}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)


Seat = Callable[..., Desk]


@pytest.fixture
def seat(client: FlaskClient, hire: Hire, settled: dict[str, int]) -> Seat:
    """A desk for a role."""
    assert settled
    return lambda role, **scope: Desk(client, hire(role, **scope))


@pytest.fixture
def paired(opened: House, settled: dict[str, int]) -> int:
    """The first household has a helper with a phone; its id."""
    row = PairRow(FIRST.number, "王建国", "宜章县税务局", "county", DAY, phone="13900000000")
    with opened.books.write("help", by=world.REGISTRAR) as session:
        helping.pair(session, [row], keyring=opened.keyring, on=DAY, by=world.REGISTRAR)
    return settled[FIRST.number]


# --- levels ---------------------------------------------------------------------------------------


def test_each_level_leads_to_the_one_below(seat: Seat, paired: int) -> None:
    desk = seat("poverty_office")
    board = desk.get("/levels").text
    assert f"/levels/{TOWNSHIP}" in board
    file = desk.get(f"/levels/{TOWNSHIP}").text
    assert f"/levels/{world.VILLAGE}" in file
    book = desk.get(f"/levels/{world.VILLAGE}").text
    assert f"/households/{paired}" in book
    assert "王建国" in book
    assert THERE.head not in book
    assert "13900000000" not in book
    card = desk.get(f"/households/{paired}").text
    assert f"/households/{paired}/help" in card


def test_a_township_begins_with_its_file_and_sees_no_other(seat: Seat) -> None:
    desk = seat("registrar", region_scope="431022101")
    assert "白石渡镇" in desk.get("/levels").text
    for code in ("431022000000", "431022102000", world.OTHER_VILLAGE):
        assert desk.get(f"/levels/{code}").status_code == 403
        assert desk.get(f"/levels/{code}.xlsx").status_code == 403
    assert desk.get("/levels/431022999999").status_code == 422
    assert desk.get("/levels?on=2017-06-02").status_code == 422
    assert desk.get("/levels?on=2017-05-31").status_code == 200


def test_every_level_is_a_pdf_and_a_workbook(seat: Seat, paired: int, tmp_path: Path) -> None:
    desk = seat("poverty_office")
    for path in (
        "/levels/431022000000", f"/levels/{TOWNSHIP}", f"/levels/{world.VILLAGE}",
        f"/households/{paired}/card",
    ):  # fmt: skip
        pdf = desk.get(f"{path}.pdf")
        assert pdf.data[:5] == b"%PDF-", path
        assert desk.get(f"{path}.pdf").data == pdf.data, path
        assert desk.get(f"{path}.xlsx").data[:2] == b"PK", path
    book = tmp_path / "村册.xlsx"
    book.write_bytes(desk.get(f"/levels/{world.VILLAGE}.xlsx").data)
    headers = {"户编号": "number", "户主": "head", "人口": "persons", "帮扶责任人": "helper"}
    with open_table(book, headers, needed=["number"]) as table:
        rows = [[cells[table.places[key]] for key in headers.values()] for _line, cells in table]
    assert rows[0] == [FIRST.number, FIRST.head, "2", "王建国（宜章县税务局）"]
    assert rows[-1][2] == "6"


def test_a_printed_card_tells_no_secret(opened: House) -> None:
    member = MemberLine(
        1, "王大山", "户主", "4***************31", date(1970, 3, 1),
        {"健康状况": "健康", "身份证号": "4***************31"},
    )  # fmt: skip
    pair = PairLine(1, "王建国", "宜章县税务局", "county", "139******00", DAY, None, "")
    told = card_paper(
        Card(
            household_id=1, number="A1", village="白石渡镇白石渡村", group_name="3组",
            status="建档立卡", statuses=(("建档立卡", DAY, "名册导入"),), phone="138******11",
            bank_account="****1234", members=(member,), standing="poor", monitored=None,
            answers={"主要致贫原因": "因病", "产业类型": "种植茶叶"},
            help=Help((), (pair,), (), ()),
        ),
        opened.help_rules,
        DAY,
    )  # fmt: skip
    assert told.answers == (("产业类型", "种植茶叶"),)
    assert (told.members[0].answers, told.helper) == ("健康状况健康", "王建国")
    for secret in ("因病", "138", "139", "1234", "4***"):
        assert secret not in str(told)


# --- help at the desk -----------------------------------------------------------------------------


def test_help_is_recorded_and_withdrawn_at_the_desk(seat: Seat, paired: int) -> None:
    desk = seat("registrar")
    here = f"/households/{paired}/help"
    measure = {
        "measure": "industry", "year": "2017", "from_on": "2017-06-01",
        "detail": "脐橙苗200株", "amount": "1,200.00",
    }  # fmt: skip
    assert desk.send(f"{here}/measures", **measure).status_code == 302
    visit = {"visited_on": "2017-06-01", "done": "送种苗"}
    assert desk.send(f"{here}/visits", **visit).status_code == 302
    page = desk.get(here).text
    assert "脐橙苗200株" in page
    assert "1,200.00" in page
    assert "139******00" in page
    assert desk.send(f"{here}/measure/1", reason="记错户").status_code == 302
    assert desk.send(f"{here}/measure/1", reason="再来").status_code == 409
    assert "记错户" in desk.get(here).text
    other = {"name": "李爱民", "unit": "县林业局", "level": "county", "from_on": "2017-06-01"}
    refused = desk.send(f"{here}/helper", **other)
    # today's pair cannot be replaced on its own first day; what was typed stays
    assert refused.status_code == 409
    assert "李爱民" in refused.text
    assert desk.send(f"{here}/helper", **(other | {"level": "king"})).status_code == 422
    ended = {"to_on": "2017-06-01", "reason": "调离"}
    assert desk.send(f"{here}/pairs/1/end", **ended).status_code == 422
    assert desk.send(f"{here}/visits", visited_on="2017-06-01", done="").status_code == 422
    assert desk.send(f"{here}/measures", **(measure | {"year": "17"})).status_code == 422


def test_a_sheet_comes_in_whole_and_once(seat: Seat) -> None:
    desk = seat("registrar")
    place = "/helping/sheets/measures"
    title = "户编号,帮扶措施,年度,起始日期,具体内容,金额"
    good = f"{FIRST.number},产业扶持,2017,2017-06-01,脐橙苗,1200.00"

    def upload(*lines: str) -> TestResponse:
        content = "\n".join((title, *lines)).encode("utf-8-sig")
        return desk.send(place, file=(BytesIO(content), "措施.csv"))

    bad = upload(good, f"{SECOND.number},产业扶持,17,2017-06-01,脐橙苗,")
    assert bad.status_code == 409
    assert "2000至2199" in bad.text
    unknown = upload(good, "X-9,产业扶持,2017,2017-06-01,脐橙苗,")
    assert unknown.status_code == 409
    assert "第2条" in unknown.text
    assert upload(good).status_code == 302
    again = upload(good)
    assert again.status_code == 409
    assert "收过" in again.text
    assert desk.get(f"{place}.xlsx").data[:2] == b"PK"
    assert "1,200.00" in desk.get("/helping").text


def test_projects_and_funds_at_the_desk(seat: Seat, paired: int) -> None:
    desk = seat("poverty_office")
    title = "项目编号,项目名称,产业类型,依据文件,批准日期,投资额,村代码,户数,人数"
    line = f"YZ-01,脐橙项目,脐橙,宜扶组2号,2017-02-01,500000,{world.VILLAGE},40,130"
    content = BytesIO(f"{title}\n{line}".encode("utf-8-sig"))
    assert desk.send("/helping/sheets/projects", file=(content, "项目.csv")).status_code == 302
    assert "脐橙项目" in desk.get("/helping/projects").text
    households = "/helping/projects/1/households"
    listed = {"numbers": FIRST.number, "from_on": "2017-06-01"}
    assert desk.send(households, **listed).status_code == 302
    assert desk.send(households, **listed).status_code == 409
    assert desk.send(households, numbers="", from_on="2017-06-01").status_code == 422
    assert desk.send(f"{households}/1/withdraw", reason="重名").status_code == 302
    assert desk.get("/helping/projects/9").status_code == 404
    assert f"/households/{paired}" not in desk.get("/helping/projects/1").text
    fund = {
        "year": "2017", "document_no": "湘财农指〔2017〕8号", "level": "province",
        "title": "省级专项", "amount": "10,000,000.00",
    }  # fmt: skip
    assert desk.send("/helping/funds", **fund).status_code == 302
    assert desk.send("/helping/funds", **fund).status_code == 409
    used = {
        "purpose": "industry", "project_id": "1", "linked": "yes", "amount": "4900000",
        "used_on": "2017-06-01", "document": "宜财农3号",
    }  # fmt: skip
    assert desk.send("/helping/funds/1/uses", **used).status_code == 302
    assert desk.send("/helping/funds/1/uses", **(used | {"amount": "0"})).status_code == 422
    page = desk.get("/helping/funds?year=2017").text
    assert "4,900,000.00 ÷ 4,900,000.00" in page
    assert desk.send("/helping/funds/1/uses/1/back", reason="取消").status_code == 302
    assert desk.send("/helping/funds/1/uses/1/back", reason="取消").status_code == 409
    assert seat("finance").get("/helping/funds/1").status_code == 200


# --- over the API ---------------------------------------------------------------------------------


def test_the_levels_over_the_api(seat: Seat, paired: int) -> None:
    desk = seat("poverty_office")
    book = desk.get(f"/api/v1/villages/{world.VILLAGE}/book").get_json()
    assert [row["number"] for row in book["rows"]] == [f.number for f in world.FAMILIES[:3]]
    assert book["totals"] | {"place": ""} == {
        "place": "", "poor": 3, "poor_persons": 6, "lifted": 0, "lifted_persons": 0, "removed": 0,
        "monitored": 0, "monitored_persons": 0, "helped": 3, "helped_persons": 6, "paired": 1,
        "visited": 0, "measured": 0,
    }  # fmt: skip
    file = desk.get(f"/api/v1/townships/{TOWNSHIP}/file").get_json()
    assert file["totals"]["poor"] == 3
    board = desk.get("/api/v1/regions/431022000000/platform").get_json()
    assert board["totals"]["poor"] == 4
    assert board["shares"]["industry"]["kept"] is None
    help_of = desk.get(f"/api/v1/households/{paired}/help").get_json()
    assert help_of["pairs"][0]["phone"] == "139******00"
    for path in (
        f"/villages/{TOWNSHIP}/book", f"/townships/{world.VILLAGE}/file",
        f"/regions/{TOWNSHIP}/platform",
    ):  # fmt: skip
        assert desk.get(f"/api/v1{path}").status_code == 404


def test_help_and_funds_over_the_api(seat: Seat, paired: int) -> None:
    assert paired
    desk = seat("poverty_office")
    measure = {
        "number": FIRST.number, "measure": "industry", "year": 2017, "from_on": "2017-06-01",
        "detail": "脐橙苗", "amount": "1200.00",
    }  # fmt: skip
    first = desk.ask("/help/measures", {"rows": [measure]}, key="the-same-key-1")
    again = desk.ask("/help/measures", {"rows": [measure]}, key="the-same-key-1")
    assert (first.status_code, first.get_json()) == (201, {"rows": 1})
    assert again.get_json() == {"rows": 1}
    visit = {"number": FIRST.number, "visited_on": "2017-06-01", "done": "走访"}
    assert desk.ask("/help/visits", {"rows": [visit]}).status_code == 201
    pair = {
        "number": SECOND.number, "name": "李爱民", "unit": "县林业局", "level": "county",
        "from_on": "2017-06-01",
    }  # fmt: skip
    assert desk.ask("/help/pairs", {"rows": [pair]}).status_code == 201
    assert desk.ask("/help/pairs", {"rows": []}).status_code == 422
    withdrawal = {"kind": "measure", "id": 1, "reason": "记错"}
    assert desk.ask("/help/withdrawals", withdrawal).status_code == 201
    assert desk.ask("/help/withdrawals", withdrawal).status_code == 409
    end = {"to_on": "2017-06-01", "reason": "调离"}
    assert desk.ask("/help/pairs/2/end", end).status_code == 422
    fund = {
        "year": 2017, "document_no": "湘财农指8号", "level": "province", "title": "专项",
        "amount": "100.00",
    }  # fmt: skip
    assert desk.ask("/special-funds", fund).get_json() == {"fund_id": 1}
    use = {
        "purpose": "industry", "amount": "70.00", "used_on": "2017-06-01", "document": "3号",
        "linked": True,
    }  # fmt: skip
    assert desk.ask("/special-funds/1/uses", use).get_json() == {"use_id": 1}
    assert desk.ask("/special-funds/1/uses", use | {"amount": "40.00"}).status_code == 409
    assert desk.ask("/special-funds/uses/1/back", {"reason": "取消"}).get_json() == {"use_id": 2}
    told = desk.get("/api/v1/special-funds?year=2017").get_json()
    assert (told["shares"]["given"], told["items"][0]["free"]) == ("0.00", "100.00")
    assert desk.get("/api/v1/industry-projects").get_json()["items"] == []
    officer = seat("loan_officer")
    assert officer.ask("/help/visits", {"rows": [visit]}).status_code == 403


def test_helpers_and_the_unvisited_are_searched_paged_and_exported(
    seat: Seat, paired: int, opened: House, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paired
    monkeypatch.setattr(helping_lists, "UNVISITED_DAYS", 1)
    desk = seat("poverty_office")
    pairs = [
        {"number": one.number, "name": name, "unit": unit, "level": level, "from_on": "2017-06-01"}
        for one, name, unit, level in (
            (SECOND, "李爱民", "县林业局", "county"), (THERE, "何建", "南京洞村委会", "village"),
        )
    ]  # fmt: skip
    assert desk.ask("/help/pairs", {"rows": pairs}).status_code == 201
    seen: list[tuple[str, int]] = []
    path = "/api/v1/help/helpers"
    cursor: str | None = ""
    for _page in range(3):
        page = desk.get(f"{path}?limit=1&cursor={cursor}").get_json()
        seen += [(one["name"], one["households"]) for one in page["items"]]
        cursor = page["next"]
    assert seen == [("王建国", 1), ("李爱民", 1), ("何建", 1)]
    assert cursor is None
    by_level = desk.get(f"{path}?level=village").get_json()["items"]
    assert [one["unit"] for one in by_level] == ["南京洞村委会"]
    listed = desk.get("/helping/helpers?q=林业").text
    assert "李爱民" in listed
    assert "王建国" not in listed
    with desk.get("/helping/helpers.csv?level=village") as answer:
        assert "何建" in answer.get_data(as_text=True)
    # On the day of the pair nobody is late; two days later all three are, by their numbers.
    assert desk.get("/api/v1/help/unvisited?days=1").get_json()["items"] == []
    for _ in range(2):
        world.turn_day(opened.books, system)
    visit = {"number": SECOND.number, "visited_on": "2017-06-03", "done": "走访"}
    assert desk.ask("/help/visits", {"rows": [visit]}).status_code == 201
    page = desk.get("/api/v1/help/unvisited?days=1&limit=1").get_json()
    assert [one["number"] for one in page["items"]] == [FIRST.number]
    rest = desk.get(f"/api/v1/help/unvisited?days=1&cursor={page['next']}").get_json()
    assert [one["number"] for one in rest["items"]] == [THERE.number]
    assert THERE.number in desk.get("/helping/unvisited?q=何建").text
    assert FIRST.number not in desk.get("/helping/unvisited?q=何建").text
    assert SECOND.number not in desk.get("/helping/unvisited").text
    with desk.get("/helping/unvisited.csv") as answer:
        assert answer.get_data(as_text=True).count("2017-06-01") == 2
    there = seat("registrar", region_scope="431022102")
    assert FIRST.number not in there.get("/helping/unvisited").text


PLANTED = [
    Plant(
        test_a_township_begins_with_its_file_and_sees_no_other,
        "web.levels.rights.allow",
        lambda *_, **__: None,
    ),
    Plant(
        test_a_printed_card_tells_no_secret,
        "web.papers.level_papers.UNPRINTED",
        frozenset(),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, seat: Seat, opened: House) -> None:
    plant.prove(seat=seat, opened=opened)
