"""Rating files: the template filled from the register, every fault told, sheets by village."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

import credit
from credit import queries
from credit.models import RatingSheet
from credit.refusals import SheetHasFaults
from credit.scheme import Scheme
from kernel.actor import Actor
from kernel.tables import Sheet, TableHeadersMissing, open_table, write_xlsx
from kernel.unit_of_work import Books
from tests.credit.conftest import OPEN, OTHER_VILLAGE, VILLAGE, Settle
from tests.planted import Plant

TITLES = ["户编号", "户主", "综合评价", "履约情况", "劳动力人数", "人均纯收入"]
GOOD_ROW = ["较好", "正常", "2", "2500"]


def number(place: int, village: str = VILLAGE) -> str:
    return f"{village}{place:04d}"


def write(path: Path, rows: Sequence[Sequence[str]], titles: Sequence[str] = TITLES) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return path


def read(books: Books, scheme: Scheme, officer: Actor, path: Path) -> credit.RatingFile:
    with books.read() as session:
        return credit.read_file(session, path, scheme=scheme, name=path.name, on=OPEN, by=officer)


def propose(
    books: Books, scheme: Scheme, officer: Actor, file: credit.RatingFile, *, good: bool = False
) -> list[credit.Proposed]:
    with books.write("credit.propose", by=officer) as session:
        return credit.propose_file(
            session, file, scheme=scheme, on=OPEN, by=officer, accept_good=good
        )


def test_the_template_asks_what_the_register_cannot_answer(
    open_books: Books, settle: Settle, scheme: Scheme, tmp_path: Path
) -> None:
    settle(2)
    path = tmp_path / "template.xlsx"
    with open_books.read() as session:
        credit.write_template(session, path, scheme=scheme, on=OPEN, region_digits="431022")
    headers = {title: title for title in TITLES}
    with open_table(path, headers, needed=TITLES) as table:
        rows = [cells for _, cells in table]
    # two labourers of three people; 2 500 yuan a head
    assert rows == [
        [number(1), "王二", "", "", "2", "2500.00"],
        [number(2), "王三", "", "", "2", "2500.00"],
    ]


def test_a_file_of_two_villages_becomes_two_sheets(
    open_books: Books, settle: Settle, scheme: Scheme, officer: Actor, tmp_path: Path
) -> None:
    one, two = settle(2)
    (other,) = settle(1, village=OTHER_VILLAGE)
    rows = [
        [number(2), "王三", *GOOD_ROW],
        [number(1, OTHER_VILLAGE), "", "优秀", "正常", "3", "4000.00"],
        ["", "", "", "", "", ""],
        [number(1), "王二", "一般", "现有拖欠", "0", "0"],
    ]
    file = read(open_books, scheme, officer, write(tmp_path / "county.csv", rows))
    assert (file.rows, file.households, file.faults) == (3, 3, [])
    proposed = propose(open_books, scheme, officer, file)
    assert [(p.village_code, p.households, p.credited) for p in proposed] == [
        (VILLAGE, 2, 1),
        (OTHER_VILLAGE, 1, 1),
    ]
    with open_books.read() as session:
        found = session.scalars(select(RatingSheet).order_by(RatingSheet.id)).all()
        assert {sheet.file_name for sheet in found} == {"county.csv"}
        ids = [household_id for sheet in found for household_id, _ in queries.entries_of(sheet)]
        assert ids == [one, two, other]


def test_every_fault_is_told_by_line_column_and_rule(
    open_books: Books, settle: Settle, scheme: Scheme, officer: Actor, tmp_path: Path
) -> None:
    settle(4)
    rows = [
        [number(1), "王二", *GOOD_ROW],
        [number(2), "王二", *GOOD_ROW],
        [number(3), "", "好", "正常", "2.0", "-5"],
        [number(99), "", *GOOD_ROW],
        [number(1), "", *GOOD_ROW],
        [number(4), "王五", "较好", "", "2", "2500"],
    ]
    file = read(open_books, scheme, officer, write(tmp_path / "faulty.csv", rows))
    assert [(f.line, f.title, f.refusal.code) for f in file.faults] == [
        (3, "户主", "head_differs"),
        (4, "综合评价", "answer_invalid"),
        (4, "劳动力人数", "answer_invalid"),
        (4, "人均纯收入", "answer_invalid"),
        (5, "户编号", "household_unknown"),
        (6, "户编号", "household_twice_on_sheet"),
        (7, "履约情况", "answer_invalid"),
    ]
    assert file.faults[1].as_dict()["value"] == "好"
    with pytest.raises(SheetHasFaults):
        propose(open_books, scheme, officer, file)
    with open_books.read() as session:
        assert session.scalar(select(func.count()).select_from(RatingSheet)) == 0
    assert [p.households for p in propose(open_books, scheme, officer, file, good=True)] == [1]


def test_a_household_out_of_sight_is_as_unknown_as_none(
    open_books: Books, settle: Settle, scheme: Scheme, tmp_path: Path
) -> None:
    settle(1)
    stranger = Actor(13, "stranger", frozenset({"loan_officer"}), "431023")
    file = read(
        open_books, scheme, stranger, write(tmp_path / "a.csv", [[number(1), "", *GOOD_ROW]])
    )
    assert [fault.refusal.code for fault in file.faults] == ["household_unknown"]


def test_a_file_without_a_needed_column_is_refused(
    open_books: Books, scheme: Scheme, officer: Actor, tmp_path: Path
) -> None:
    path = write(tmp_path / "short.csv", [[number(1), "", "较好", "正常", "2"]], TITLES[:-1])
    with pytest.raises(TableHeadersMissing, match="人均纯收入"):
        read(open_books, scheme, officer, path)


def test_a_workbook_is_read_like_csv(
    open_books: Books, settle: Settle, scheme: Scheme, officer: Actor, tmp_path: Path
) -> None:
    settle(1)
    path = tmp_path / "village.xlsx"
    sheet = Sheet(name="评级授信", titles=TITLES, rows=[[number(1), "王二", *GOOD_ROW]])
    write_xlsx(path, [sheet])
    assert read(open_books, scheme, officer, path).households == 1


PLANTED = [
    Plant(
        test_every_fault_is_told_by_line_column_and_rule,
        "credit.sheets._row_faults",
        lambda *_: iter(()),
        catches=(AssertionError, KeyError),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant,
    open_books: Books,
    settle: Settle,
    scheme: Scheme,
    officer: Actor,
    tmp_path: Path,
) -> None:
    plant.prove(
        open_books=open_books, settle=settle, scheme=scheme, officer=officer, tmp_path=tmp_path
    )
