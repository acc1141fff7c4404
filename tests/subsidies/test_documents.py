"""The claim's papers: what stands on the sheet, in the workbook's cells, in the letter.

Two loans of 50 000 at 4.75 % from 2016-05-30, the second of 30 000: 22 days to 20 June are 145.14
and 87.08 (30 000 × 4.75 % × 22 ÷ 360 = 87.0833…), together 232.22, which is 0.023222 万元.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from office.refusals import NotEntitled
from subsidies.documents import ClaimSheet, claim_sheet, wan
from subsidies.documents.sheet import period_title
from tests.loans.town import person
from tests.planted import Plant
from tests.subsidies.offices import JUNE, Offices
from tests.subsidies.treasury import FINANCE
from web.papers.claim_files import FORMS, file_name

#: everything that means something to a spreadsheet, to Typst or to XML
HOSTILE = '=1+1 #panic("x") <b>&'


@pytest.fixture
def offices(offices: Offices) -> Offices:
    """Two loans, settled on 20 June."""
    offices.lend(1)
    offices.lend(2, amount_fen=3_000_000)
    offices.close_to(date(2016, 6, 20))
    return offices


def sheet_of(offices: Offices, claim_id: int) -> ClaimSheet:
    """The sheet as the finance bureau reads it."""
    with offices.books.read() as session:
        return claim_sheet(session, claim_id=claim_id, regions=offices.regions, by=FINANCE)


def test_the_sheet_adds_up_its_rows(offices: Offices) -> None:
    claim_id = offices.draft()
    offices.check(claim_id)
    sheet = sheet_of(offices, claim_id)
    assert [(row.principal_fen, row.days, row.amount_fen) for row in sheet.rows] == [
        (5_000_000, 22, 14_514),
        (3_000_000, 22, 8_708),
    ]
    total = sheet.total
    assert (total.households, total.loans) == (2, 2)
    assert (total.principal_fen, total.interest_fen, total.amount_fen) == (
        8_000_000,
        23_222,
        23_222,
    )
    assert total.amount_wan == "0.023222"
    assert [group.title for group in sheet.by_vintage] == ["2016年签订"]
    assert sum(group.amount_fen for group in sheet.by_township) == 23_222
    assert (sheet.rows[0].from_on, sheet.rows[0].until_on) == (date(2016, 5, 30), date(2016, 6, 20))
    assert sheet.lender == "宜章示范农商行"
    assert sheet.county == "宜章县"


def test_the_workbook_reckons_by_itself(offices: Offices) -> None:
    sheet = sheet_of(offices, offices.draft())
    content = FORMS["workbook"].make(sheet)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    summary = book.get_sheet_by_name("汇总表").to_python()
    sums = [row for row in summary if row[0] == "合计"]
    assert sums[0][1:] == [2, 2, 80_000.0, 232.22, 232.22, 0.023222]
    told = "".join(str(cell) for row in summary for cell in row)
    assert "贰佰叁拾贰元贰角贰分" in told
    assert "宜章示范农商行" in told
    detail = book.get_sheet_by_name("明细表").to_python()
    rows = [row for row in detail if isinstance(row[0], float)]
    assert [row[4] for row in rows] == [one.contract for one in sheet.rows]
    assert [row[11] for row in rows] == [145.14, 87.08]
    assert detail[-1][10:12] == [232.22, 232.22]
    with ZipFile(BytesIO(content)) as parts:
        xml = "".join(parts.read(name).decode() for name in parts.namelist() if "sheet" in name)
    assert xml.count("<f>") == 2 * 6 + 2 + 2
    assert "ROUND(SUM(" in xml


def test_the_pdf_says_the_same(offices: Offices) -> None:
    sheet = sheet_of(offices, offices.draft())
    pages = PdfReader(BytesIO(FORMS["sheet"].make(sheet))).pages
    told = "".join("".join(page.extract_text().split()) for page in pages)
    for said in (
        "贴息申报表",
        "232.22",
        "0.023222",
        "人民币（大写）贰佰叁拾贰元贰角贰分",
        sheet.number,
    ):
        assert said in told
    assert all(row.contract in told for row in sheet.rows)


def test_the_letter_asks_for_the_amount(offices: Offices) -> None:
    sheet = sheet_of(offices, offices.draft())
    letter = Document(BytesIO(FORMS["letter"].make(sheet)))
    told = "".join(paragraph.text for paragraph in letter.paragraphs)
    assert "宜章县财政局：" in told
    assert "共2户2笔，贷款本金80,000.00元" in told
    assert "232.22元（0.023222万元），人民币（大写）贰佰叁拾贰元贰角贰分" in told
    assert "宜章示范农商行（章）" in told


@pytest.mark.parametrize("kind", FORMS)
def test_the_same_data_give_the_same_bytes(offices: Offices, kind: str) -> None:
    sheet = sheet_of(offices, offices.draft())
    form = FORMS[kind]
    assert form.make(sheet) == form.make(sheet)
    assert file_name(sheet, form).endswith(f"{sheet.number}.{form.ending}")


def test_nothing_on_a_paper_is_a_command(offices: Offices) -> None:
    sheet = sheet_of(offices, offices.draft())
    hostile = replace(
        sheet,
        lender=HOSTILE,
        rows=tuple(replace(row, borrower=HOSTILE, village=HOSTILE) for row in sheet.rows),
    )
    book = CalamineWorkbook.from_filelike(BytesIO(FORMS["workbook"].make(hostile)))
    assert HOSTILE in str(book.get_sheet_by_name("明细表").to_python())
    with ZipFile(BytesIO(FORMS["workbook"].make(hostile))) as parts:
        detail = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "1+1" not in "".join(piece.split("</f>")[0] for piece in detail.split("<f>")[1:])
    told = "".join(
        page.extract_text() for page in PdfReader(BytesIO(FORMS["sheet"].make(hostile))).pages
    )
    assert "#panic" in told
    letter = Document(BytesIO(FORMS["letter"].make(hostile)))
    assert any(HOSTILE in paragraph.text for paragraph in letter.paragraphs)


def test_no_paper_without_the_right(offices: Offices) -> None:
    claim_id = offices.draft()
    elsewhere = replace(person(41, "finance"), region_scope="431023")
    for by in (person(41, "administrator"), elsewhere):
        with offices.books.read() as session, pytest.raises(NotEntitled):
            claim_sheet(session, claim_id=claim_id, regions=offices.regions, by=by)


@pytest.mark.parametrize(
    ("fen", "said"),
    [(0, "0.000000"), (1, "0.000001"), (411_099_129, "411.099129"), (-1_000_000, "-1.000000")],
)
def test_wan_is_exact_to_the_fen(fen: int, said: str) -> None:
    assert wan(fen) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2016, 9, 21), date(2016, 12, 21), "2016年第四季度"),
        (date(2016, 12, 21), date(2017, 3, 21), "2017年第一季度"),
        (date(2016, 5, 30), JUNE, "2016-05-30至2016-06-20"),
        (date(2015, 12, 21), date(2016, 12, 21), "2015-12-21至2016-12-20"),
    ],
)
def test_a_quarter_by_its_name(start: date, end: date, said: str) -> None:
    assert period_title(start, end) == said


PLANTED = [
    Plant(test_the_sheet_adds_up_its_rows, "subsidies.documents.sheet.wan", str),
    Plant(
        test_the_workbook_reckons_by_itself,
        "web.papers.claim_book._sum",
        lambda groups, name: getattr(groups[0], name) + 1,
    ),
    Plant(
        test_nothing_on_a_paper_is_a_command,
        "web.papers.claim_book._text",
        lambda _made, page, row, place, text: page.write_formula(row, place, text or "=0"),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, offices: Offices, tmp_path: Path) -> None:
    plant.prove(offices=offices, tmp_path=tmp_path)
