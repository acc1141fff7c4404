"""Files of the modes: a village's entrusted loans, the list of a pooled one, who pays."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from kernel.tables import Sheet, write_xlsx
from loans import Asked, Share, files
from loans.refusals import LoanFileHasFaults
from tests.loans.lists import code_of, found_organisation
from tests.loans.test_files import ASKED_TITLES, GOOD, PAID_TITLES
from tests.loans.test_loans_command import answer, house, run
from tests.loans.town import Town
from tests.planted import Plant

__all__ = ["house"]

LIST_TITLES = ["户编号", "份额（元）"]
WHO = "用款单位统一社会信用代码"


def write(path: Path, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    if path.suffix == ".xlsx":
        write_xlsx(path, [Sheet("清单", titles, rows)])
        return path
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return path


def faults(file: files.SheetFile[Asked] | files.SheetFile[Share]) -> list[tuple[int, str, str]]:
    return [(one.line, one.title, one.refusal.code) for one in file.faults]


def test_a_village_is_lent_to_for_an_organisation_by_file(town: Town, tmp_path: Path) -> None:
    code = found_organisation(town)
    rows = [[number, "", *GOOD[2:], "分贷统还", code, ""] for number in list(town.households)[:3]]
    rows[2][-3:] = ["信用式", "", "是"]
    path = write(tmp_path / "a.csv", [*ASKED_TITLES, "贷款模式", WHO, "随用随贷（是/否）"], rows)
    taken = files.read_applications(path).taken()
    assert [(one.mode, one.organisation_code, one.revolving) for one in taken] == [
        ("entrusted", code, False), ("entrusted", code, False), ("credit", "", True),
    ]  # fmt: skip
    assert len(town.contracts(*taken)) == 3


def test_a_list_for_which_an_organisation_borrows(tmp_path: Path) -> None:
    rows = [["4310221002010001", "50000.00"], ["4310221002010002", "30000"], ["合计", "80000"]]
    for name in ("a.csv", "a.xlsx"):
        file = files.read_shares(write(tmp_path / name, LIST_TITLES, rows))
        listed = (Share("4310221002010001", 5_000_000), Share("4310221002010002", 3_000_000))
        assert (tuple(file.taken()), file.count, file.total_fen) == (listed, 2, 8_000_000)
    asked = files.asked_for_list(
        file, organisation_code=code_of(1), amount_fen=8_000_000, term_months=12,
        annual_rate_ppm=43_500, purpose="茶园", method="bullet",
    )  # fmt: skip
    assert (asked.mode, asked.household_number, asked.shares) == ("pooled", "", listed)
    assert (asked.method, asked.every_months) == ("bullet", 0)


def test_every_fault_of_a_list_is_told(tmp_path: Path) -> None:
    rows = [
        ["4310221002010001", "50000.00"],
        ["4310221002010001", "1.00"],
        ["", "1.00"],
        ["4310221002010002", "0"],
        ["4310221002010003", "1.005"],
        ["合计", "50003.00"],
    ]
    file = files.read_shares(write(tmp_path / "a.csv", LIST_TITLES, rows))
    assert faults(file) == [
        (3, "户编号", "household_applies_twice"),
        (4, "户编号", "bad_value"),
        (5, "份额（元）", "amount_not_positive"),
        (6, "份额（元）", "bad_value"),
        # 50 000.00 + 1.00 + 1.00 could be read
        (7, "份额（元）", "control_total_differs"),
    ]
    with pytest.raises(LoanFileHasFaults):
        file.taken()


def test_the_mode_and_the_code_of_a_line_are_judged(tmp_path: Path) -> None:
    titles = [*ASKED_TITLES, "贷款模式", WHO]
    rows = [
        [*GOOD, "统贷统还", ""],
        [*GOOD, "分贷统还", code_of(1)[:-1] + ("0" if code_of(1)[-1] != "0" else "1")],
        [*GOOD, "委托帮扶", code_of(1)],
    ]
    for place, row in enumerate(rows):
        row[0] = f"431022100201000{place}"
    file = files.read_applications(write(tmp_path / "a.csv", titles, rows))
    told = faults(file)
    assert [(line, title) for line, title, _ in told] == [(2, "贷款模式"), (3, WHO)]
    assert file.rows[0].mode == "entrusted"


def test_who_brings_the_money_stands_on_the_list(tmp_path: Path) -> None:
    rows = [["XD1", "1.00", "转账", "A1", code_of(1)], ["XD2", "1.00", "转账", "A2", ""]]
    path = write(tmp_path / "a.csv", [*PAID_TITLES, "付款单位"], rows)
    assert [one.payer for one in files.read_repayments(path).taken()] == [code_of(1), ""]


def test_the_command_takes_a_list_in(house: object, town: Town, tmp_path: Path) -> None:
    code = found_organisation(town)
    numbers = list(town.households)
    sheet = write(
        tmp_path / "a.csv", LIST_TITLES, [[numbers[0], "50000.00"], [numbers[1], "30000.00"]]
    )
    words = ("pool", str(sheet), "--lender", str(town.lender_id), "--organisation", code,
             "--months", "12", "--rate", "4.35", "--purpose", "茶园")  # fmt: skip
    short = run(house, *words, "--amount", "80000.01")  # type: ignore[arg-type]
    assert short.exit_code == 1
    assert "shares_do_not_add_up" in short.stdout
    told = answer(run(house, *words, "--amount", "80000.00"))  # type: ignore[arg-type]
    assert (told["done"], told["rows"], told["total"]) == (True, 2, "80000.00")
    sheet_id = told["sheet_id"]
    assert isinstance(sheet_id, int)
    town.approve(sheet_id)
    assert len(town.sign(sheet_id)) == 1


PLANTED = [
    Plant(
        test_the_mode_and_the_code_of_a_line_are_judged,
        "loans.cells.parse_credit_code",
        lambda text, *, field: text,
    ),
    Plant(
        test_a_list_for_which_an_organisation_borrows,
        "loans.files.RHYTHMS",
        dict.fromkeys(("interest-only", "bullet"), 3),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, tmp_path: Path) -> None:
    plant.prove(tmp_path=tmp_path)
