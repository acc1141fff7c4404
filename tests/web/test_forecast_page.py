"""The forecast and the budget on pages, over the API and at the command line: the same figures.

One loan of 50 000 at 4.75 %, lent on 1 June 2017 for three years and settled on the 20th of each
quarter's last month; all its interest is the treasury's: 20 days 131.94, 92 days 606.94, 91 days
600.35, 90 days 593.75.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from config.wiring import House
from jobs import program
from kernel.tables import open_table
from tests.planted import Plant
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from web.cli import fupin

LINE: dict[str, Any] = {
    "document_no": "宜财农〔2017〕8号",
    "code": "2130507",
    "level": "county",
    "year": 2017,
    "funder": "宜章县财政局",
    "amount": "500.00",
}


@pytest.fixture
def bureau(opened: House, settled: dict[str, int], client: FlaskClient, hire: Hire) -> Bureau:
    here = world.FAMILIES[0]
    world.lend(opened, here, settled[here.number], world.found_lender(opened))
    return Bureau(client, opened, hire)


def agree(bureau: Bureau, proposal_id: int) -> None:
    """Another of finance agrees."""
    where = f"/proposals/{proposal_id}/decision"
    bureau.post(where, {"decision": "approved"}, clerk="second")


def costs(told: dict[str, object]) -> list[str]:
    return [row["total"] for row in told["quarters"]]  # type: ignore[attr-defined]


def test_the_cost_by_quarter_and_year_is_the_same_everywhere(bureau: Bureau) -> None:
    told = bureau.get("/subsidies/forecast?quarters=4")
    assert costs(told) == ["131.94", "606.94", "600.35", "593.75"]
    # 131.94 + 606.94 + 600.35 and 593.75
    assert [(row["year"], row["cost"]) for row in told["years"]] == [
        (2017, "1339.23"), (2018, "593.75"),
    ]  # fmt: skip
    assert told["total"] == "1932.98"
    assert told["beside_total"] is None
    page = bureau.page("/subsidies/forecast?quarters=4")
    for shown in ("131.94", "606.94", "600.35", "593.75", "1,339.23", "1,932.98", "测算假定"):
        assert shown in page
    printed = CliRunner().invoke(
        fupin, ["subsidies", "forecast", "--quarters", "4", "--json"], obj=bureau.house
    )
    assert json.loads(printed.output) == told


def test_seventy_percent_stands_beside_the_contract(bureau: Bureau) -> None:
    # 6.597222… a day: 10 days whole, 82 at 70 %: 65.9722 + 378.6806; 91 at 70 %: 420.2431
    asked = "quarters=3&share=70&share_from=2017-07-01"
    told = bureau.get(f"/subsidies/forecast?{asked}")
    assert costs(told) == ["131.94", "444.65", "420.24"]
    assert [row["beside"] for row in told["quarters"]] == ["131.94", "606.94", "600.35"]
    assert any("70%" in one for one in told["assumptions"])
    page = bureau.page(f"/subsidies/forecast?{asked}")
    # 996.83 beside 1 339.23
    for shown in ("996.83", "1,339.23", "-342.40", "对照"):
        assert shown in page
    english = bureau.page(f"/subsidies/forecast?{asked}&lang=en")
    assert "2017 Q3" in english
    assert "from 2017-07-01 on, the treasury bears 70% of its part" in english


def test_english_assumes_as_much_as_chinese(bureau: Bureau) -> None:
    program.close_to(bureau.house, date(2017, 6, 21))
    asked = (
        "quarters=2&share=70&share_from=2017-07-01&early=1"
        "&monthly=50000&size=50000&term=12&months=1"
    )
    told = bureau.get(f"/subsidies/forecast?{asked}")["assumptions"]
    page = bureau.page(f"/subsidies/forecast?{asked}&lang=en")
    items = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    assert len(items) == len(told) == 5
    assert [one for one in items if re.search(r"[\u3400-\u9fff]", one)] == []


def test_new_lending_under_one_policy_beside_another(bureau: Bureau) -> None:
    # 50 000 on 1 July 2017 at the benchmark of a year, 4.35 %: 82 days 495.42; under P4, when the
    # LPR of a year is 3.85 %: 438.47
    asked = "quarters=2&monthly=50000&size=50000&term=12&months=1"
    told = bureau.get(f"/subsidies/forecast?{asked}&against=P4")
    assert [row["new"] for row in told["quarters"]] == ["0.00", "495.42"]
    assert [row["beside"] for row in told["quarters"]] == ["131.94", "1045.41"]
    assert bureau.get(f"/subsidies/forecast?{asked}&policy=P4")["quarters"][1]["new"] == "438.47"


def test_only_documents_that_loans_are_lent_under_are_offered(bureau: Bureau) -> None:
    page = bureau.page("/subsidies/forecast")
    offered = set(re.findall(r'<option value="([^"]+)"', page.split('name="against"')[1]))
    assert {"P1", "P3", "P4", "P5"} <= offered
    # The trade's practice, a plan of targets, a note: nothing is lent under them.
    for other in ("P3a", "P3b", "P5a", "hunan-targets-2014", "trade"):
        assert other not in offered
    documents = bureau.house.rulebook.documents
    assert {documents[one].kind for one in offered} == {"programme", "local"}


def test_the_budget_warns_before_it_runs_out(bureau: Bureau) -> None:
    entry = bureau.post("/subsidies/budget", LINE)
    line_id = entry["line_id"]
    # What one of finance alone entered is not there yet.
    told = bureau.get("/subsidies/forecast?quarters=4")
    assert told["years"][0]["budget"] == "0.00"
    agree(bureau, entry["proposal_id"])
    told = bureau.get("/subsidies/forecast?quarters=4")
    # 131.94 + 606.94 is more than 500; 1 339.23 − 500 is missing
    assert told["runs_out"] == {"year": 2017, "quarter": 3}
    assert (told["years"][0]["budget"], told["years"][0]["short"]) == ("500.00", "839.23")
    assert "预算到2017年第三季度不够用" in bureau.page("/subsidies/forecast?quarters=4")
    change = {"direction": "more", "amount": "839.23", "document_no": "宜财农〔2017〕9号"}
    asked = bureau.post(f"/subsidies/budget/{line_id}/changes", change)
    agree(bureau, asked["proposal_id"])
    told = bureau.get("/subsidies/forecast?quarters=4")
    assert (told["runs_out"], told["years"][0]["short"]) == (None, "0.00")


def test_what_is_settled_and_unpaid_counts_into_the_first_year(bureau: Bureau) -> None:
    program.close_to(bureau.house, date(2017, 6, 21))
    told = bureau.get("/subsidies/forecast?quarters=3")
    assert (told["unpaid_as_of"], told["years"][0]["unpaid"]) == ("2017-06-21", "131.94")
    # What is settled lies no longer ahead: 606.94 + 600.35.
    assert told["years"][0]["cost"] == "1207.29"
    assert "131.94" in bureau.page("/subsidies/forecast?quarters=3")


def test_a_lender_sees_its_own_loans_in_the_forecast(bureau: Bureau, hire: Hire) -> None:
    other = world.found_lender(bureau.house, "宜章示范村镇银行", "002")
    bureau.who("director", institution_id=other)
    assert bureau.get("/subsidies/forecast", "director")["loans"] == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("quarters=41", "request_malformed"),
        ("share=70", "forecast_bad_share"),
        ("share=70&share_from=2017-06-01", "forecast_bad_share"),
        ("monthly=50000", "lending_incomplete"),
        ("monthly=500000&size=500000&term=12&months=1", "lending_above_limit"),
        ("against=P4", "policy_without_lending"),
        ("policy=P4", "policy_without_lending"),
    ],
)
def test_what_cannot_be_supposed_is_refused(bureau: Bureau, asked: str, code: str) -> None:
    assert bureau.get(f"/subsidies/forecast?{asked}", status=422)["code"] == code
    page = bureau.page(f"/subsidies/forecast?{asked}", status=422)
    assert 'role="alert"' in page


def test_a_line_is_entered_changed_by_two_and_kept_as_a_file(
    bureau: Bureau, tmp_path: Path
) -> None:
    where = bureau.done("/subsidies/budget", **LINE)
    assert "已录入预算指标，金额待另一人审批" in bureau.page(where)
    assert 'data-figure="amount_fen"><div class="name">预算</div><div class="value">0.00' in (
        bureau.page(where)
    )
    assert "待审批" in bureau.page("/subsidies/budget")
    (first,) = re.findall(rf'action="({where}/changes/\d+)"', bureau.page(where, clerk="second"))
    assert bureau.fill(first, decision="approved").status_code == 403
    bureau.done(first, clerk="second", decision="approved")
    assert "待审批" not in bureau.page("/subsidies/budget")
    again = bureau.fill("/subsidies/budget", **LINE)
    assert again.status_code == 409
    assert "已有资金文号" in again.text
    assert LINE["funder"] in again.text
    change = {"sign": "less", "amount": "100", "document_no": "宜财农〔2017〕9号", "reason": "收回"}
    bureau.done(f"{where}/changes", **change)
    waiting = bureau.page(where, clerk="second")
    assert "待审批" in waiting
    (decide,) = re.findall(rf'action="({where}/changes/\d+)"', waiting)
    # Who asked does not decide: no form, and no way round it.
    assert 'value="approved"' not in bureau.page(where)
    assert bureau.fill(decide, decision="approved").status_code == 403
    bureau.done(decide, clerk="second", decision="approved")
    assert "400.00" in bureau.page(where)
    path = tmp_path / "lines.xlsx"
    path.write_bytes(bureau.file("/subsidies/budget.xlsx?year=2017"))
    heads = {"资金文号": "document_no", "预算": "amount", "可用": "free"}
    with open_table(path, heads, needed=heads.values()) as table:
        ((_, row),) = list(table)
        assert [row[table.places[k]] for k in ("document_no", "amount", "free")] == [
            LINE["document_no"], "400.00", "400.00",
        ]  # fmt: skip
    assert bureau.fill("/subsidies/budget", "director", **LINE).status_code == 403


def test_a_key_enters_a_line_once(bureau: Bureau) -> None:
    first = bureau.post("/subsidies/budget", LINE, key="one-budget-line")
    assert bureau.post("/subsidies/budget", LINE, key="one-budget-line") == first
    assert len(bureau.get("/subsidies/budget?year=2017")["items"]) == 1
    printed = CliRunner().invoke(fupin, ["subsidies", "budget", "--json"], obj=bureau.house)
    assert json.loads(printed.output) == bureau.get("/subsidies/budget")["items"]


def test_a_proposal_of_another_kind_is_no_change_of_a_line(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    where = bureau.done("/subsidies/budget", **LINE)
    family = world.FAMILIES[1]
    rating = world.rate(bureau.house, family.village, [settled[family.number]])
    answer = bureau.fill(f"{where}/changes/{rating}", decision="approved")
    assert answer.status_code == 404


def test_the_forecast_as_a_workbook(bureau: Bureau, tmp_path: Path) -> None:
    path = tmp_path / "forecast.xlsx"
    path.write_bytes(bureau.file("/subsidies/forecast.xlsx?quarters=2"))
    heads = {"季度": "quarter", "合计": "total"}
    with open_table(path, heads, needed=heads.values()) as table:
        rows = [[row[table.places[k]] for k in ("quarter", "total")] for _, row in table]
    assert rows == [["2017年第二季度", "131.94"], ["2017年第三季度", "606.94"]]


def test_the_rules_in_force_are_told_with_their_clauses(bureau: Bureau) -> None:
    told = bureau.get("/subsidies/programme?on=2017-06-01")
    assert told["subsidised"] is True
    page = bureau.page("/subsidies/programmes?on=2017-06-01")
    for line in (*told["contract"], *told["conduct"]):
        assert f'data-rule="{line["name"]}"' in page
    assert 'role="alert"' in bureau.page("/subsidies/programmes?region=1", status=422)


PLANTED = (
    Plant(
        test_what_is_settled_and_unpaid_counts_into_the_first_year,
        "web.forecasting.unpaid",
        lambda *_, **__: 0,
    ),
)


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, bureau: Bureau) -> None:
    plant.prove(bureau=bureau)
