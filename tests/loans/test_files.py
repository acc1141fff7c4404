"""Sheets from files: every fault told, totals exact, and the template reads back as itself."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import loans
from kernel.identity import check_character
from kernel.money import format_yuan
from kernel.tables import Sheet, TableHeadersMissing, write_xlsx
from loans import Asked, Draw, Payment
from loans.files import (
    SheetFile,
    read_applications,
    read_disbursements,
    read_repayments,
    read_sheet,
    write_template,
)
from loans.forms import CHANNELS, FORMS, METHOD_TITLES, RHYTHMS, USE_TITLES
from loans.refusals import LoanFileHasFaults, LoanSheetEmpty
from loans.schedule import METHODS
from policy import PURPOSES
from tests.loans.town import OFFICER, Town
from tests.planted import Plant

#: 431099 was never given to a county; the eighteenth character is reckoned
PERSON = "43109919750101001" + check_character("43109919750101001")
ASKED_TITLES = [
    "户编号",
    "借款人身份证号（选填）",
    "金额（元）",
    "期限（月）",
    "年利率（%）",
    "用途",
    "用途类别",
    "还款方式",
    "结息周期（月）",
    "例外理由",
]
GOOD = [
    "4310221002010001",
    PERSON,
    "50000.00",
    "36",
    "4.75",
    "养黑山羊",
    "生产经营",
    "按期付息到期还本",
    "3",
    "",
]
PAID_TITLES = ["合同号", "金额（元）", "渠道", "凭证号"]


def write(
    path: Path, titles: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "gb18030"
) -> Path:
    if path.suffix == ".xlsx":
        write_xlsx(path, [Sheet("清单", titles, rows)])
        return path
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return path


def faults(file: SheetFile[Asked] | SheetFile[Draw] | SheetFile[Payment]) -> list[tuple[str, ...]]:
    """Line, column, value and rule of each."""
    return [(str(f.line), f.title, f.value, f.refusal.code) for f in file.faults]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.xlsx", ""), ("a.csv", "utf-8"), ("b.csv", "utf-8-sig"), ("c.csv", "gb18030")],
)
def test_a_sheet_of_applications(tmp_path: Path, name: str, encoding: str) -> None:
    # Left out: the borrower, the use, the rhythm. An empty line is none.
    spare = [*GOOD]
    spare[0], spare[1], spare[2], spare[6], spare[7], spare[8] = (
        "4310221002010002",
        "",
        "30000.5",
        "",
        "等额本息",
        "",
    )
    path = write(tmp_path / name, ASKED_TITLES, [GOOD, [""] * 10, spare], encoding)
    file = read_applications(path)
    assert file.faults == []
    assert file.taken() == [
        Asked(
            household_number="4310221002010001",
            amount_fen=5_000_000,
            term_months=36,
            annual_rate_ppm=47_500,
            purpose="养黑山羊",
            use="production",
            method="interest-only",
            every_months=3,
            borrower_identity=PERSON,
        ),
        Asked(
            household_number="4310221002010002",
            amount_fen=3_000_050,
            term_months=36,
            annual_rate_ppm=47_500,
            purpose="养黑山羊",
            method="equal-installment",
            every_months=1,
        ),
    ]
    # 50 000.00 + 30 000.50
    assert (file.count, file.total_fen, file.name) == (2, 8_000_050, name)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_numbers_typed_into_a_workbook(tmp_path: Path) -> None:
    rows: list[list[object]] = [["XD20160000001", 50_000, "柜面", "000123"]]
    path = tmp_path / "pay.xlsx"
    write_xlsx(path, [Sheet("清单", PAID_TITLES, rows)])
    assert read_disbursements(path).taken() == [
        Draw("XD20160000001", 5_000_000, "counter", "000123")
    ]


def test_a_list_of_repayments(tmp_path: Path) -> None:
    rows = [
        ["XD20160000001", "606.94", "代扣", "DK1", "否"],
        ["XD20160000002", "50606.94", "转账", "ZZ1", "是"],
        ["XD20160000003", "1", "柜面", "ZZ1", ""],
        ["合计", "51214.88", "", "", ""],
    ]
    path = write(tmp_path / "in.csv", [*PAID_TITLES, "提前还本(是/否)"], rows)
    file = read_repayments(path, name="六月还款.csv")
    assert file.taken() == [
        Payment("XD20160000001", 60_694, "deduction", "DK1", early=False),
        Payment("XD20160000002", 5_060_694, "transfer", "ZZ1", early=True),
        # the same voucher number, of another channel
        Payment("XD20160000003", 100, "counter", "ZZ1", early=False),
    ]
    # 606.94 + 50 606.94 + 1.00
    assert (file.count, file.total_fen, file.name) == (3, 5_121_488, "六月还款.csv")


def test_every_fault_is_told_and_nothing_is_taken(tmp_path: Path) -> None:
    bad = ["", PERSON[:-1] + "Q", "50000.005", "0", "0.0475", "", "炒股", "随便", "1.5", "x" * 101]
    path = write(tmp_path / "bad.csv", ASKED_TITLES, [GOOD, bad, GOOD])
    file = read_applications(path)
    assert faults(file) == [
        ("3", "户编号", "", "bad_value"),
        ("3", "借款人身份证号（选填）", "4***************1Q", "identity_number_form"),
        ("3", "金额（元）", "50000.005", "bad_value"),
        ("3", "期限（月）", "0", "bad_value"),
        ("3", "年利率（%）", "0.0475", "bad_value"),
        ("3", "用途", "", "bad_value"),
        ("3", "用途类别", "炒股", "bad_value"),
        ("3", "还款方式", "随便", "bad_value"),
        ("3", "结息周期（月）", "1.5", "bad_value"),
        ("3", "例外理由", "x" * 60, "bad_value"),
        ("4", "户编号", GOOD[0], "household_applies_twice"),
    ]
    # The unreadable amount is no part of the sum: 2 × 50 000.
    assert (file.count, len(file.rows), file.total_fen) == (3, 1, 10_000_000)
    with pytest.raises(LoanFileHasFaults, match="11 faults"):
        file.taken()


@pytest.mark.parametrize("amount", ["50000", "50,000.00", "５００００"])
def test_an_amount_may_be_written_as_people_write_it(tmp_path: Path, amount: str) -> None:
    path = write(tmp_path / "a.csv", PAID_TITLES, [["XD1", amount, "柜面", "1"]])
    file = read_disbursements(path)
    assert (file.faults, file.total_fen) == ([], 5_000_000)


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1.005",
        "5e4",
        "5E+4",
        "1,00",
        "1 000",
        "1.",
        ".5",
        "五万",
    ],
)
def test_an_amount_is_plain_and_above_zero(tmp_path: Path, amount: str) -> None:
    path = write(tmp_path / "a.csv", PAID_TITLES, [["XD1", amount, "柜面", "1"]])
    file = read_disbursements(path)
    assert [(f.line, f.title, f.value) for f in file.faults] == [(2, "金额（元）", amount)]
    assert (file.total_fen, file.rows) == (0, [])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["XD1", "1", "柜面", ""]], [("2", "凭证号", "", "voucher_missing")]),
        ([["XD1", "1", "柜面", "1 2"]], [("2", "凭证号", "1 2", "bad_value")]),
        ([["XD1", "1", "柜面", "1.2e+17"]], [("2", "凭证号", "1.2e+17", "bad_value")]),
        ([["XD1", "1", "邮寄", "1"]], [("2", "渠道", "邮寄", "bad_value")]),
        ([["", "1", "柜面", "1"]], [("2", "合同号", "", "bad_value")]),
        (
            [["XD1", "1", "柜面", "1"], ["XD1", "1", "柜面", "2"]],
            [("3", "合同号", "XD1", "loan_twice_on_sheet")],
        ),
        (
            [["XD1", "1", "柜面", "1"], ["XD2", "1", "柜台", "1"]],
            [("3", "凭证号", "1", "voucher_twice_on_sheet")],
        ),
        (
            [["XD1", "1.10", "柜面", "1"], ["合计", "1.00", "", ""]],
            [("3", "金额（元）", "1.00", "control_total_differs")],
        ),
        (
            [["合计：", "0", "", ""], ["XD1", "1", "柜面", "1"]],
            [("3", "合同号", "XD1", "row_below_total")],
        ),
        (
            [["XD1", "1", "柜面", "1"], ["合计", "壹", "", ""]],
            [("3", "金额（元）", "壹", "bad_value")],
        ),
    ],
)
def test_what_a_list_of_payments_may_not_hold(
    tmp_path: Path, rows: list[list[str]], told: list[tuple[str, ...]]
) -> None:
    assert faults(read_disbursements(write(tmp_path / "a.csv", PAID_TITLES, rows))) == told


def test_a_sheet_without_rows_or_titles(tmp_path: Path) -> None:
    with pytest.raises(LoanSheetEmpty):
        read_disbursements(write(tmp_path / "a.csv", PAID_TITLES, [])).taken()
    with pytest.raises(TableHeadersMissing, match="凭证号"):
        read_disbursements(write(tmp_path / "b.csv", PAID_TITLES[:3], []))


@pytest.mark.parametrize("kind", FORMS)
def test_a_template_reads_back_as_an_empty_sheet(tmp_path: Path, kind: str) -> None:
    write_template(tmp_path / "t.xlsx", FORMS[kind])
    file = read_sheet(tmp_path / "t.xlsx", FORMS[kind])
    assert (file.count, file.faults, file.unknown) == (0, [], [])


def test_every_method_and_every_use_has_its_words() -> None:
    assert METHOD_TITLES.keys() == RHYTHMS.keys() == set(METHODS)
    assert USE_TITLES.keys() == {"production", *PURPOSES}
    for titles in (METHOD_TITLES, USE_TITLES, CHANNELS):
        assert len(set(titles.values())) == len(titles)


@given(st.lists(st.integers(1, 10_000_000_000), min_size=1, max_size=30))
def test_the_total_is_the_sum_to_the_fen(
    tmp_path_factory: pytest.TempPathFactory, amounts: list[int]
) -> None:
    rows = [
        [f"XD{place}", format_yuan(fen), "柜面", f"V{place}"] for place, fen in enumerate(amounts)
    ]
    rows.append(["合计", format_yuan(sum(amounts)), "", ""])
    folder = tmp_path_factory.mktemp("sums")
    file = read_disbursements(write(folder / "a.csv", PAID_TITLES, rows))
    assert (file.faults, file.total_fen, file.count) == ([], sum(amounts), len(amounts))
    assert [one.amount_fen for one in file.taken()] == amounts


def test_from_the_files_to_the_money(town: Town, tmp_path: Path) -> None:
    numbers = list(town.households)[:2]
    rows = [
        [number, "", "50000.00", "36", "4.75", "养殖", "生产经营", "按期付息到期还本", "3", ""]
        for number in numbers
    ]
    asked = read_applications(write(tmp_path / "apply.csv", ASKED_TITLES, rows)).taken()
    contracts = town.contracts(*asked)
    rows = [[c, "50000.00", "柜面", f"FK{n}"] for n, c in enumerate(contracts)]
    draws = read_disbursements(write(tmp_path / "out.csv", PAID_TITLES, rows)).taken()
    with town.books.write("loans.disburse", by=OFFICER) as session:
        from_files = loans.disburse_many(
            session, draws=draws, calendar=town.calendar, on=town.today, by=OFFICER
        )
    assert [fen for _, fen in from_files] == [5_000_000, 5_000_000]


def _bad_amount_is(fen: int) -> object:
    return lambda _text, **_named: fen


PLANTED = [
    Plant(
        test_every_fault_is_told_and_nothing_is_taken,
        "loans.files._Reader._check_once",
        lambda *_: None,
    ),
    Plant(test_every_fault_is_told_and_nothing_is_taken, "loans.cells._RATE_MIN_PPM", 0),
    Plant(
        test_an_amount_is_plain_and_above_zero,
        "loans.cells.typed_yuan",
        _bad_amount_is(100),
        {"amount": "1.005"},
    ),
    Plant(
        test_what_a_list_of_payments_may_not_hold,
        "loans.files._Reader._check_total",
        lambda *_: None,
        {
            "rows": [["XD1", "1.10", "柜面", "1"], ["合计", "1.00", "", ""]],
            "told": [("3", "金额（元）", "1.00", "control_total_differs")],
        },
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, tmp_path: Path) -> None:
    plant.prove(tmp_path=tmp_path)
