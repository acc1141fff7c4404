"""贴息申报汇总表、明细表 as a workbook: sums are formulas, long numbers texts, 元 to the fen.

Each formula carries the value that it gives, so that a reader that does not reckon sees it too.
Amounts in 万元 have six decimals, which is exact to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from kernel.capital_amount import capital_amount
from kernel.money import format_rate
from kernel.tables import neutral
from subsidies.documents import ClaimSheet, Group

_OPTIONS: Final = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
SUMMARY: Final = "汇总表"
DETAIL: Final = "明细表"
_SUMMARY_TITLES: Final = (
    "户数",
    "笔数",
    "贷款本金（元）",
    "利息（元）",
    "申请贴息（元）",
    "申请贴息（万元）",
)
_DETAIL_TITLES: Final = (
    "序号",
    "乡镇",
    "村",
    "借款人",
    "合同号",
    "贷款本金（元）",
    "计息起日",
    "计息止日（含）",
    "天数",
    "年利率（%）",
    "利息（元）",
    "贴息（元）",
    "备注",
)
_DETAIL_WIDTHS: Final = (6, 14, 16, 10, 24, 14, 12, 14, 7, 10, 13, 13, 8)


@dataclass(frozen=True)
class _Book:
    """A workbook with the looks of its cells."""

    book: Any
    looks: dict[str, Any]


def claim_book(sheet: ClaimSheet) -> bytes:
    """The workbook of a claim."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    # The same data give the same bytes: the file is of the claim's day, not of the clock's.
    on = sheet.drafted_on
    made_on = datetime(on.year, on.month, on.day)  # noqa: DTZ001  (a document's day has no zone)
    book.set_properties({"title": f"贴息申报表 {sheet.number}", "created": made_on})
    made = _Book(book, _looks(book))
    _summary(made, sheet)
    _detail(made, sheet)
    book.close()
    return file.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    plain = {"border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "line": book.add_format({"num_format": "@"}),
        "head": book.add_format(
            {**plain, "bold": True, "bg_color": "#DDE8E4", "align": "center", "text_wrap": True}
        ),
        "text": book.add_format({**plain, "num_format": "@"}),
        "quoted": book.add_format({**plain, "num_format": "@", "quote_prefix": True}),
        "count": book.add_format({**plain, "num_format": "0"}),
        "yuan": book.add_format({**plain, "num_format": "#,##0.00"}),
        "wan": book.add_format({**plain, "num_format": "0.000000"}),
    }


def _summary(made: _Book, sheet: ClaimSheet) -> None:
    page = made.book.add_worksheet(SUMMARY)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 22)
    page.set_column(1, 6, 17)
    row = _heading(made, page, sheet, f"{sheet.county}扶贫小额信贷财政贴息申报汇总表", 6)
    row = _groups(made, page, row, "乡镇", sheet.by_township)
    row = _groups(made, page, row + 1, "签订年度", sheet.by_vintage)
    looks = made.looks
    capitals = capital_amount(sheet.total.amount_fen) if sheet.total.amount_fen >= 0 else "—"
    page.write_string(row + 1, 0, f"申请贴息合计（大写）：人民币{capitals}", looks["line"])
    hands = sheet.hands
    signed = f"制表：{hands.maker}　　复核：{hands.checker}　　负责人：{hands.submitter}"
    page.write_string(
        row + 3, 0, f"{signed}　　日期：{sheet.drafted_on.isoformat()}", looks["line"]
    )
    page.write_string(row + 4, 0, f"明细摘要（SHA-256）：{sheet.digest}", looks["line"])


def _heading(made: _Book, page: Any, sheet: ClaimSheet, title: str, last: int) -> int:
    """Title, who claims, for which days; the next free row."""
    looks = made.looks
    page.write_string(0, 0, title, looks["title"])
    for place in range(1, last + 1):
        page.write_blank(0, place, None, looks["title"])
    period = f"{sheet.period_from.isoformat()}至{sheet.period_until.isoformat()}"
    page.write_string(1, 0, f"填报单位（章）：{sheet.lender}", looks["line"])
    page.write_string(
        2, 0, f"{sheet.period_title}（{period}）　方式：{sheet.route_title}", looks["line"]
    )
    page.write_string(3, 0, f"申报编号：{sheet.number}　　金额单位：元", looks["line"])
    return 4


def _groups(made: _Book, page: Any, row: int, title: str, groups: Sequence[Group]) -> int:
    """A table of groups with its sums; the next free row."""
    looks = made.looks
    for place, text in enumerate((title, *_SUMMARY_TITLES)):
        page.write_string(row, place, text, looks["head"])
    first = row + 1
    for group in groups:
        row += 1
        _text(made, page, row, 0, group.title)
        page.write_number(row, 1, group.households, looks["count"])
        page.write_number(row, 2, group.loans, looks["count"])
        for place, fen in enumerate((group.principal_fen, group.interest_fen, group.amount_fen), 3):
            page.write_number(row, place, fen / 100, looks["yuan"])
        formula = f"=ROUND(F{row + 1}/10000,6)"
        page.write_formula(row, 6, formula, looks["wan"], group.amount_fen / 1_000_000)
    last, row = row, row + 1
    page.write_string(row, 0, "合计", looks["head"])
    for place, count in enumerate((_sum(groups, "households"), _sum(groups, "loans")), 1):
        _total(page, row, place, first, last, looks["count"], count, digits=0)
    for place, name in enumerate(("principal_fen", "interest_fen", "amount_fen"), 3):
        _total(page, row, place, first, last, looks["yuan"], _sum(groups, name) / 100, digits=2)
    wan = _sum(groups, "amount_fen") / 1_000_000
    _total(page, row, 6, first, last, looks["wan"], wan, digits=6)
    return row + 1


def _sum(groups: Sequence[Group], name: str) -> int:
    return sum(getattr(group, name) for group in groups)


def _total(
    page: Any, row: int, place: int, first: int, last: int, look: Any, value: float, *, digits: int
) -> None:
    column = "ABCDEFGHIJKLM"[place]
    formula = f"=ROUND(SUM({column}{first + 1}:{column}{last + 1}),{digits})"
    page.write_formula(row, place, formula, look, value)


def _detail(made: _Book, sheet: ClaimSheet) -> None:
    page = made.book.add_worksheet(DETAIL)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(4)
    looks = made.looks
    for place, width in enumerate(_DETAIL_WIDTHS):
        page.set_column(place, place, width)
    row = _heading(made, page, sheet, f"{sheet.county}扶贫小额信贷财政贴息申报明细表", 12)
    for place, text in enumerate(_DETAIL_TITLES):
        page.write_string(row, place, text, looks["head"])
    first = row + 1
    for one in sheet.rows:
        row += 1
        page.write_number(row, 0, one.nr, looks["count"])
        for place, text in enumerate((one.township, one.village, one.borrower, one.contract), 1):
            _text(made, page, row, place, text)
        page.write_number(row, 5, one.principal_fen / 100, looks["yuan"])
        _text(made, page, row, 6, one.from_on.isoformat())
        _text(made, page, row, 7, one.until_on.isoformat())
        page.write_number(row, 8, one.days, looks["count"])
        _text(made, page, row, 9, format_rate(one.annual_rate_ppm))
        page.write_number(row, 10, one.interest_fen / 100, looks["yuan"])
        page.write_number(row, 11, one.amount_fen / 100, looks["yuan"])
        _text(made, page, row, 12, one.note)
    last, row = row, row + 1
    page.write_string(row, 0, "合计", looks["head"])
    _total(page, row, 10, first, last, looks["yuan"], sheet.total.interest_fen / 100, digits=2)
    _total(page, row, 11, first, last, looks["yuan"], sheet.total.amount_fen / 100, digits=2)


def _text(made: _Book, page: Any, row: int, place: int, text: str) -> None:
    look = "text" if neutral(text) == text else "quoted"
    page.write_string(row, place, text, made.looks[look])
