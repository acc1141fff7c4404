"""``fupin import``: exit status, JSON, progress, the annotated workbook, in whose name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings
from config.wiring import House
from households.models import Household
from kernel.actor import Actor
from kernel.refusals import Refusal
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office import people
from tests.conftest import Clock
from tests.households.conftest import Desk
from tests.households.registers import family
from web.commands.import_ import import_


@pytest.fixture
def house(
    database_url: str, keyring: Keyring, clock: Clock, books: Books, root: Path, desk: Desk
) -> House:
    """A house over this test's books, which the desk has opened on 3 January 2017."""
    assert desk.day == date(2017, 1, 3)
    settings = Settings(
        database_url=database_url,
        key_file=root / "nowhere.json",
        keys=keyring.to_json(),
        config_dir=root / "config",
        reports_dir=root / "nowhere",
        listen="127.0.0.1:0",
    )
    house = House(settings, clock)
    house.__dict__.update(engine=books.engine, keyring=keyring, books=books)
    return house


def run(house: House, *arguments: object, typed: str | None = None) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(import_, words, obj=house, input=typed)


def test_a_good_file_is_imported_with_progress_and_status_0(house: House, desk: Desk) -> None:
    done = run(house, "households", desk.file(family("A1", 1)))
    assert done.exit_code == 0, done.output
    assert "读入 名册1.csv" in done.output
    assert "已入库：新增1户，变更0户，不变0户，不合格0户；新增2人，变更0人，离户0人" in done.output
    again = run(house, "households", desk.file(family("A1", 1)), "--json")
    assert again.exit_code == 0
    assert json.loads(again.output)["households"] == {
        "new": 0, "changed": 0, "unchanged": 1, "refused": 0,
    }  # fmt: skip


def test_a_preview_says_what_would_change_and_changes_nothing(house: House, desk: Desk) -> None:
    run(house, "households", desk.file(family("A1", 1)))
    before = desk.totals()
    shown = run(house, "households", desk.file(family("A1", 1, cause="因病")), "--preview")
    assert shown.exit_code == 0
    assert "预览：新增0户，变更1户" in shown.output
    assert "主要致贫原因：— → 因病" in shown.output
    assert desk.totals() == before


def test_bad_rows_are_status_1_and_come_back_annotated(
    house: House, desk: Desk, tmp_path: Path
) -> None:
    rows = [*family("A1", 1), *family("A2", 3, income_per_person_fen="-1")]
    annotated = tmp_path / "批注.xlsx"
    done = run(house, "households", desk.file(rows), "--annotated", annotated)
    assert done.exit_code == 1
    assert "第4行 户A2 人均纯收入：“人均纯收入”不能为负数〔-1〕" in done.output
    assert annotated.stat().st_size > 0
    assert desk.totals() == (0, 0, 0, 0)
    good = run(house, "households", desk.file(rows), "--accept-good", "--json")
    assert good.exit_code == 1
    assert json.loads(good.output)["state"] == "applied"
    assert desk.totals()[0] == 1


def test_an_answers_file_answers(house: House, desk: Desk, tmp_path: Path) -> None:
    answers = tmp_path / "答复.csv"
    answers.write_text("乡镇,村,现村代码\n白石渡镇,高桥村,431022101202\n", encoding="gb18030")
    source = desk.file(family("A1", 1, village="高桥村"))
    assert run(house, "households", source).exit_code == 1
    assert run(house, "households", source, "--answers", answers).exit_code == 0
    with house.books.read() as session:
        assert session.query(Household.village_code).scalar() == "431022101202"


def test_the_template_can_be_imported(house: House, tmp_path: Path) -> None:
    target = tmp_path / "模板.xlsx"
    assert run(house, "template", "households", target).exit_code == 0
    assert run(house, "households", target).exit_code == 0


def test_an_account_imports_in_its_own_scope(house: House, desk: Desk, system: Actor) -> None:
    with house.books.write("office.manage_users", by=system) as session:
        for login, role in (("li", "registrar"), ("wang", "auditor")):
            people.add_account(
                session,
                person_id=people.add_person(session, name=login),
                login=login,
                password="correct horse battery",
                roles=[role],
                region_scope="431022102",
            )
    file, password = desk.file(family("A1", 1)), "correct horse battery\n"
    outside = run(house, "households", file, "--as", "li", "--password-stdin", typed=password)
    assert outside.exit_code == 1
    assert "该村不在经办人的管辖范围内" in outside.output
    for login, said in (("wang", password), ("nobody", password), ("li", "guessed wrong\n")):
        refused = run(house, "households", file, "--as", login, "--password-stdin", typed=said)
        assert isinstance(refused.exception, Refusal), login


def test_usage_errors_are_status_2(house: House, tmp_path: Path) -> None:
    assert run(house, "households", tmp_path / "missing.xlsx").exit_code == 2
    assert run(house, "households").exit_code == 2
