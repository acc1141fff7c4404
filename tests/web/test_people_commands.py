"""``fupin identification`` and ``fupin need`` take the sheets that pages take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.wiring import House
from kernel.actor import Actor
from tests.web import world
from tests.web.conftest import PASSWORD, Hire
from tests.web.village import PROCEDURE, strangers
from web import needing
from web.cli import fupin


@pytest.fixture
def number(opened: House, settled: dict[str, int], system: Actor) -> str:
    """A household that is nothing yet."""
    assert settled
    return strangers(opened, system, 11)[0]


def test_sheets_are_taken_in_somebodys_name(
    opened: House, hire: Hire, number: str, tmp_path: Path
) -> None:
    login = hire("registrar", region_scope=world.VILLAGE).login
    who = ["--as", login, "--password-stdin"]

    def run(*call: str) -> tuple[int, str]:
        said = CliRunner().invoke(fupin, [*call, *who], obj=opened, input=PASSWORD)
        return said.exit_code, said.output

    sheet = tmp_path / "名单.csv"
    sheet.write_text(f"户编号\n{number}\n", encoding="utf-8-sig")
    status, told = run("identification", "open", str(sheet), "--kind", "identify")
    opening = json.loads(told)
    assert (status, opening["households"]) == (0, 1)
    assert run("identification", "open", str(sheet), "--kind", "identify")[0] == 1
    status, told = run("identification", "step", PROCEDURE, "group_proposal", str(sheet))
    assert status == 0
    assert json.loads(told)["sheet_id"] > opening["sheet_id"]
    assert run("identification", "step", PROCEDURE, "county_decision", str(sheet))[0] == 1
    dates = {"from_on": world.OPEN_DAY, "to_on": world.OPEN_DAY.replace(day=20)}
    with opened.books.write("households.need_round", by=world.OFFICE) as session:
        needing.open_round(world.OFFICE, number="2017-1", document="", **dates)(session)
    family = world.FAMILIES[0]
    answers = tmp_path / "摸排.csv"
    answers.write_text(
        f"户编号,需求意愿,答复日期\n{family.number},有需求,2017-06-01\n", encoding="utf-8-sig"
    )
    status, told = run("need", "record", str(answers), "--round", "2017-1")
    assert (status, json.loads(told)) == (0, {"rows": 1})
    assert run("need", "record", str(answers), "--round", "none")[0] == 1
