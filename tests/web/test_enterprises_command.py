"""``fupin enterprises``: it tells what the pages tell; files are taken in once and whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.web import linkage_world as told
from tests.web import world
from tests.web.conftest import PASSWORD, Hire
from tests.web.linkage_world import Linked, linked
from web.cli import fupin

__all__ = ["linked"]

Run = Callable[..., Result]
TITLES = "户编号,入股来源,入股金额（元）,贷款合同号（选填）,土地（亩）\n"


@pytest.fixture
def run(linked: Linked) -> Run:
    """A command over the linked county's books; ``by`` hands something in."""

    def command(*arguments: str, by: str = "") -> Result:
        acting = ("--as", by, "--password-stdin") if by else ()
        return CliRunner().invoke(
            fupin, ("enterprises", *arguments, *acting), obj=linked.house, input=f"{PASSWORD}\n"
        )

    return command


def test_lists_tell_who_is_linked_and_who_is_behind(run: Run) -> None:
    (one,) = json.loads(run("list", "--json").output)
    assert (one["households"], one["stake"], one["owed"]) == (3, "92345.67", told.FLOOR_TOTAL)
    (behind,) = json.loads(run("arrears", "--json").output)
    assert (behind["days"], behind["amount"]) == (1, told.FLOOR_TOTAL)
    assert "莽山茶业" in run("list").output
    assert told.FLOOR_TOTAL in run("arrears").output
    assert json.loads(run("rounds", "--state", "paid", "--json").output) == []
    assert "待企业申报" in run("rounds").output


def test_a_list_joins_by_file_and_one_with_a_fault_does_not(
    run: Run, hire: Hire, tmp_path: Path
) -> None:
    officer = hire("loan_officer").login
    good, bad = tmp_path / "好.csv", tmp_path / "坏.csv"
    good.write_text(f"{TITLES}{world.FAMILIES[3].number},自有资金,800.00,,\n", "utf-8-sig")
    bad.write_text(f"{TITLES}无此户,自有资金,800.00,,\n", "utf-8-sig")
    where = ("join", "利联2016-001")
    refused = run(*where, str(bad), "--from", "2017-06-02", by=officer)
    assert refused.exit_code == 1
    assert "第2行" in refused.output
    first = run(*where, str(good), "--from", "2017-06-02", "--json", by=officer)
    assert first.exit_code == 0, first.output
    again = run(*where, str(good), "--from", "2017-06-02", "--json", by=officer)
    assert json.loads(again.output) == json.loads(first.output)
    assert json.loads(first.output)["list_id"] == 2


def test_a_round_is_paid_by_file_and_the_banks_answer(
    run: Run, linked: Linked, hire: Hire, tmp_path: Path
) -> None:
    linked.granted()
    clerk = hire("finance", name="贺付").login
    made = run("pay", str(linked.round_id), by=clerk)
    assert made.exit_code == 0, made.output
    assert run("pay", str(linked.round_id), by=clerk).exit_code == 1
    linked.town.send_round(linked.round_id)
    answer = tmp_path / "回盘.csv"
    said = linked.town.bank_says(linked.round_id, {2: "户名不符"})
    answer.write_bytes(said.encode("gb18030"))
    taken = run("bank-return", str(linked.round_id), str(answer), "--json", by=clerk)
    # 7 487.65 − 2 432.49 = 5 055.16
    assert (json.loads(taken.output)["paid"], json.loads(taken.output)["returned"]) == (
        "5055.16", told.AMOUNTS[1]
    )  # fmt: skip
    assert "部分退票" in run("rounds").output


def test_the_template_is_a_workbook(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "名单.xlsx"
    assert run("template", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"PK")
