"""A prefecture's desk: two counties' files come in, figures add up, who is missing is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient

import ledger
from config.settings import Settings
from config.wiring import House
from indicators import Handover, handover
from jobs import founding, program
from kernel.actor import Actor
from kernel.database import open_engine
from kernel.vault import Keyring
from office import people
from tests.databases import Maker
from tests.web import world
from tests.web.conftest import PASSWORD, QUICK, Hire
from web.app import create_app

PREFECTURE, FIRST = "431000000000", date(2017, 6, 1)
#: 宜章 and 永兴, and 汝城 whose file never comes
YIZHANG, YONGXING, RUCHENG = "431022000000", "431023000000", "431026000000"
VILLAGES = {YIZHANG: "431022101201", YONGXING: "431023001001"}


def told(county: str, households: int, persons: int, on: date = date(2017, 5, 31)) -> Handover:
    """A county's closed day: its households in one village, half of them rated, and a sample."""
    village = VILLAGES[county]
    return handover.handover(
        county,
        on,
        {
            (county, "people_told"): 1,
            (county, "rural_people"): 100 * households,
            (county, "sample_people"): 50,
            (county, "sample_people_right"): 49 if county == YIZHANG else 50,
            (village, "households_registered"): households,
            (village, "households_rated"): households // 2,
            (village, "households_poor"): households,
            (village, "persons_poor"): persons,
        },
    )


class Desk:
    """Somebody of the prefecture's poverty office at a browser."""

    def __init__(self, house: House) -> None:
        self.house = house
        app = create_app(house, hasher=QUICK, limits=False)
        app.testing = True
        self._client = app.test_client()
        self._keys = 0
        by = Actor(0, "system", frozenset({"system"}), "4310")
        with house.books.write("office.manage_users", by=by) as session:
            person = people.add_person(session, name="市扶贫办")
            account = people.add_account(
                session, person_id=person, login="shi", password=PASSWORD,
                roles=["poverty_office"], region_scope="4310", institution_id=None, hasher=QUICK,
            )  # fmt: skip
            token = people.begin_session(session, account_id=account, now=house.clock())
        self._headers = {"Authorization": f"Bearer {token}"}

    def page(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.text

    def hand_in(self, content: bytes, status: int = 302) -> str:
        self._keys += 1
        form = {"request_key": f"file-{self._keys:08d}", "file": (BytesIO(content), "day.json")}
        answer = self._client.post("/snapshots", data=form, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.text

    def close_to(self, day: date) -> date:
        program.close_to(self.house, day)
        return day


@pytest.fixture
def desk(databases_of_this_process: Maker, keyring: Keyring, house: House) -> Iterator[Desk]:
    """The books of 郴州, open on 1 June 2017."""
    url = databases_of_this_process.fresh()
    engine = open_engine(url)
    settings = Settings(
        database_url=url, key_file=house.settings.key_file, keys=keyring.to_json(),
        config_dir=house.settings.config_dir, reports_dir=house.settings.reports_dir,
        listen="127.0.0.1:0",
    )  # fmt: skip
    own = House(settings, house.clock)
    founding.found(own, region=PREFECTURE, first_day=FIRST, mode="held")
    yield Desk(own)
    own.engine.dispose()
    engine.dispose()
    databases_of_this_process.drop(url)


def value(page: str, figure: str) -> str:
    """A figure as its card shows it."""
    found = re.search(rf'data-figure="{figure}">.*?<div class="value">([^<]*)', page, re.S)
    assert found is not None, figure
    return found[1]


def test_two_counties_add_up_and_the_missing_one_is_named(desk: Desk) -> None:
    desk.hand_in(told(YIZHANG, 40, 120).content())
    desk.hand_in(told(YONGXING, 10, 30).content())
    on = desk.close_to(FIRST)
    page = desk.page("/dashboard")
    # 40 + 10 households, 120 + 30 people, 20 + 5 rated: 25 of 50; 49 + 50 of 100 found right.
    assert value(page, "households_registered") == "50"
    assert value(page, "persons_poor") == "150"
    assert value(page, "rating_coverage") == "50.00%"
    assert value(page, "identification_accuracy") == "99.00%"
    # Nobody was asked who was missed: no combined incidence; 9 counties' rural people are unknown.
    assert value(page, "combined_poverty_incidence") == "—"
    assert f'data-missing="{len(desk.house.regions.children(PREFECTURE)) - 2}"' in page
    assert re.search(rf'data-handed="{RUCHENG}">.*?未上报', page)
    assert re.search(r'data-missing="\d+">[^<]*以下合计不含：[^<]*汝城县', page)
    assert 'data-sampled="2"' in page
    for county, households, accuracy in ((YIZHANG, "40", "98.00%"), (YONGXING, "10", "100.00%")):
        down = desk.page(f"/dashboard?region={county}&on={on}")
        assert value(down, "households_registered") == households
        assert value(down, "identification_accuracy") == accuracy
        assert "data-missing" not in down
        # Its only village has all of it; of samples it says that they are the county's alone.
        village = desk.page(f"/dashboard?region={VILLAGES[county]}&on={on}")
        assert value(village, "households_registered") == households
        assert value(village, "identification_accuracy") == "—"
        assert "抽查数据由县整体上报，乡镇和村没有" in village
    # Of a county that handed nothing in, no zeros are shown.
    nothing = desk.page(f"/dashboard?region={RUCHENG}&on={on}")
    assert 'data-missing="1"' in nothing
    assert "data-figure" not in nothing
    rows = desk.page(f"/dashboard/households_registered?on={on}")
    assert re.findall(r'data-row="(\d+)".*?<td class="n">(\d+)<', rows, re.S) == [
        (VILLAGES[YIZHANG], "40"), (VILLAGES[YONGXING], "10"),
    ]  # fmt: skip


def test_the_same_in_english(desk: Desk) -> None:
    desk.hand_in(told(YIZHANG, 40, 120).content())
    desk.close_to(FIRST)
    missing = len(desk.house.regions.children(PREFECTURE)) - 1
    page = desk.page("/dashboard?lang=en")
    assert f"{missing} of {missing + 1} counties have handed nothing in" in page
    assert "Not handed in" in page
    assert f"1 of {missing + 1} counties handed a sampling check in" in page
    own = desk.page("/snapshots?lang=en")
    assert "Take a county&#39;s file in" in own
    assert told(YIZHANG, 40, 120).digest[:16] in own
    township = desk.page(f"/dashboard?region={VILLAGES[YIZHANG][:9]}000&lang=en")
    assert "handed in for the county as a whole" in township


def test_a_sample_that_found_nobody_missed_is_a_rate_of_nought(desk: Desk) -> None:
    """Zeros are left out of a file: 0 missed of 20 is 0 %, and nobody more is poor than the 120."""
    counters = {
        (YIZHANG, "people_told"): 1,
        (YIZHANG, "rural_people"): 4_000,
        (YIZHANG, "sample_unregistered"): 20,
        (VILLAGES[YIZHANG], "persons_poor"): 120,
    }
    desk.hand_in(handover.handover(YIZHANG, date(2017, 5, 31), counters).content())
    on = desk.close_to(FIRST)
    page = desk.page(f"/dashboard?region={YIZHANG}&on={on}")
    assert value(page, "missed_rate") == "0.00%"
    # 120 / 4 000
    assert value(page, "combined_poverty_incidence") == "3.00%"
    # Another county that asked nobody: those missed there are not known, nor is the sum.
    desk.hand_in(told(YONGXING, 10, 30).content())
    desk.close_to(date(2017, 6, 2))
    both = desk.page("/dashboard")
    assert value(both, "poverty_incidence") == "3.00%"  # 150 / 5 000
    assert value(both, "combined_poverty_incidence") == "—"


def test_what_is_no_countys_closed_day_is_refused_on_the_page(desk: Desk) -> None:
    file = told(YIZHANG, 40, 120)
    desk.hand_in(file.content())
    again = desk.hand_in(file.content(), 409)
    assert "已经导入" in again
    assert file.digest in again
    # A day that is not over yet, by the prefecture's own books.
    ahead = desk.hand_in(told(YONGXING, 10, 30, date(2017, 6, 2)).content(), 409)
    assert "晚于本账套的营业日2017-06-01" in ahead
    changed = file.content().replace(b'"households_registered",40', b'"households_registered",41')
    assert "文件被改动过" in desk.hand_in(changed, 422)
    assert "文件不是日终快照" in desk.hand_in(b"", 422)
    elsewhere = handover.handover(YONGXING, file.on, {("431023999999", "persons_poor"): 1})
    assert "没有代码为“431023999999”的地区" in desk.hand_in(elsewhere.content(), 422)
    assert (
        "请选择要上传的文件"
        in desk._client.post(
            "/snapshots", data={"request_key": "file-none"}, headers=desk._headers
        ).text
    )
    listed = desk.page("/snapshots")
    assert listed.count("未上报") == len(desk.house.regions.children(PREFECTURE)) - 1


def test_a_county_keeps_its_file_and_only_of_a_closed_day(
    desk: Desk, client: FlaskClient, opened: House, settled: dict[str, int], hire: Hire
) -> None:
    """What the county's page lets keep is what the prefecture's page takes in."""
    office = hire("poverty_office").headers
    assert client.get("/snapshots", headers=office).status_code == 200
    with opened.books.read() as session:
        day = ledger.open_day(session)
    unclosed = client.get(f"/snapshots/{day}.json", headers=office)
    assert unclosed.status_code == 409
    program.close_to(opened, day)
    page = client.get("/snapshots", headers=office).text
    digest = re.search(r"data-digest>(\w{64})<", page)
    assert digest is not None
    kept = client.get(f"/snapshots/{day}.json", headers=office).data
    desk.hand_in(kept)
    assert digest[1][:16] in desk.page("/snapshots")
    on = desk.close_to(date(2017, 6, 2))
    down = desk.page(f"/dashboard?region={world.COUNTY}&on={on}")
    assert value(down, "households_registered") == str(len(settled)) == "4"
    # A lender's officer neither exports nor imports.
    officer = hire("loan_officer").headers
    assert client.get(f"/snapshots/{day}.json", headers=officer).status_code == 403
    # A county takes nobody in.
    form = {"request_key": "county-takes-in", "file": (BytesIO(kept), "day.json")}
    assert client.post("/snapshots", data=form, headers=office).status_code in {400, 409, 422}
