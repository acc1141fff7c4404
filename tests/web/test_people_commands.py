"""``fupin identification``, ``need``, ``helping``: sheets as pages take them; ``levels``: files."""

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


def test_levels_are_told_and_written_as_files(
    opened: House, hire: Hire, settled: dict[str, int], tmp_path: Path
) -> None:
    assert settled
    login = hire("registrar", region_scope=world.VILLAGE).login
    office = hire("poverty_office").login

    def run(*call: str, who: str = "") -> tuple[int, str]:
        named = ["--as", who or office, "--password-stdin"]
        said = CliRunner().invoke(fupin, ["levels", *call, *named], obj=opened, input=PASSWORD)
        return said.exit_code, said.output

    status, text = run("show", world.COUNTY, "--json")
    assert status == 0, text
    told = json.loads(text)
    # Four families, three of them in the first township.
    assert told["totals"]["poor"] == 4
    assert told["places"]["431022101000"]["poor"] == 3
    assert told["figures_on"] is None
    status, text = run("show", "431022101000")
    assert status == 0
    assert "未脱贫户" in text
    assert run("show", world.COUNTY, who=login)[0] == 1  # beyond the village
    assert run("show", world.VILLAGE, "--on", "2099-01-01")[0] == 1
    book, card = tmp_path / "村册.pdf", tmp_path / "户卡.xlsx"
    assert run("export", world.VILLAGE, "--to", str(book), who=login)[0] == 0
    assert book.read_bytes()[:4] == b"%PDF"
    status, text = run("card", world.FAMILIES[0].number, "--to", str(card), "--json")
    assert (status, json.loads(text)["bytes"]) == (0, card.stat().st_size)
    assert card.read_bytes()[:2] == b"PK"
    assert run("export", world.VILLAGE, "--to", str(tmp_path / "x.doc"))[0] == 2
    teller = hire("administrator").login
    assert run("export", world.COUNTY, "--to", str(book), who=teller)[0] == 1


def test_help_is_recorded_by_sheets_once(
    opened: House, hire: Hire, settled: dict[str, int], tmp_path: Path
) -> None:
    assert settled
    login, office = hire("registrar").login, hire("poverty_office").login

    def run(*call: str, who: str = "") -> tuple[int, str]:
        named = ["--as", who or office, "--password-stdin"]
        said = CliRunner().invoke(fupin, ["helping", *call, *named], obj=opened, input=PASSWORD)
        return said.exit_code, said.output

    first, second = (one.number for one in world.FAMILIES[:2])
    pairs = tmp_path / "结对.csv"
    line = "王建国,县税务局,县直,,2017-06-01"
    titles = "户编号,帮扶责任人,帮扶单位,隶属,联系电话,起始日期"
    pairs.write_text(f"{titles}\n{first},{line}\n{second},{line}\n", encoding="utf-8-sig")
    status, text = run("record", "pairs", str(pairs), "--json", who=login)
    assert (status, json.loads(text)["rows"]) == (0, 2), text
    again = run("record", "pairs", str(pairs), "--json", who=login)
    assert (again[0], json.loads(again[1])["rows"]) == (0, 2)  # the same answer, nothing twice
    status, text = run("helpers", "--json")
    assert status == 0, text
    (helper,) = json.loads(text)
    assert (helper["name"], helper["households"]) == ("王建国", 2)
    assert json.loads(run("unvisited", "--days", "1", "--json")[1]) == []
    bad = tmp_path / "走访.csv"
    bad.write_text(f"户编号,走访日期,工作内容\n{first},六月一日,走访\n", encoding="utf-8-sig")
    status, text = run("record", "visits", str(bad), "--json", who=login)
    assert (status, len(json.loads(text)["faults"])) == (1, 1)
    bad.write_text(f"户编号,走访日期,工作内容\n{first},2017-06-01,走访\n", encoding="utf-8-sig")
    assert run("record", "visits", str(bad), who=login)[0] == 0
    assert "2017-06-01" in run("helpers")[1]
    written = CliRunner().invoke(
        fupin, ["helping", "template", "measures", str(tmp_path / "m.xlsx")], obj=opened
    )
    assert written.exit_code == 0
    assert run("record", "pairs", str(pairs), who=hire("finance").login)[0] == 1
