"""请款函: the letter that asks for a claim's money, as a document that may still be edited."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kernel.capital_amount import capital_amount
from subsidies.documents import ClaimSheet
from web.words import yuan

_TITLE_FACE: Final = "方正小标宋简体"
_BODY_FACE: Final = "仿宋"
_SIZE: Final = Pt(16)


def request_letter(sheet: ClaimSheet) -> bytes:
    """The letter of a claim, laid out as public papers are (GB/T 9704: A4, 仿宋三号)."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    title = f"关于申请拨付{sheet.period_title}扶贫小额信贷财政贴息资金的函"
    _line(document, title, face=_TITLE_FACE, size=Pt(22), align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, f"{sheet.county}财政局：")
    for text in _body(sheet):
        _line(document, text, indent=True)
    _line(document, "")
    _line(document, f"附件：贴息申报汇总表、明细表（申报编号{sheet.number}）", indent=True)
    _line(document, "")
    _line(document, f"{sheet.lender}（章）", align=WD_ALIGN_PARAGRAPH.RIGHT)
    on = sheet.drafted_on
    _line(document, f"{on.year}年{on.month}月{on.day}日", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _of_the_day(document, sheet, title)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _body(sheet: ClaimSheet) -> tuple[str, ...]:
    total, last = sheet.total, sheet.period_until
    start = sheet.period_from
    period = f"{start.year}年{start.month}月{start.day}日至{last.year}年{last.month}月{last.day}日"
    vintages = "；".join(
        f"{one.title}的{one.loans}笔、贴息{yuan(one.amount_fen)}元" for one in sheet.by_vintage
    )
    asked = (
        f"本期申请贴息的贷款共{total.households}户{total.loans}笔，"
        f"贷款本金{yuan(total.principal_fen)}元，产生利息{yuan(total.interest_fen)}元，"
        f"其中由财政承担{yuan(total.amount_fen)}元（{total.amount_wan}万元），"
        f"人民币（大写）{capital_amount(total.amount_fen)}。按签订年度：{vintages}。"
        "逾期、挪用、转借、弄虚作假和超过贴息限额的部分未计入。"
    )
    return (
        f"根据扶贫小额信贷财政贴息有关规定，现将{period}结息的贷款贴息申报如下。",
        asked,
        f"发放方式：{sheet.route_title}。请予审核拨付。",
    )


def _line(
    document: Any,
    text: str,
    *,
    face: str = _BODY_FACE,
    size: Any = _SIZE,
    align: Any = None,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(30)
    paragraph.paragraph_format.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = 2 * size
    run = paragraph.add_run(text)
    run.font.size = size
    run.font.name = face
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _of_the_day(document: Any, sheet: ClaimSheet, title: str) -> None:
    """What the file says of itself: the claim's day, no name, nothing of the clock."""
    on = sheet.drafted_on
    made = datetime(on.year, on.month, on.day)  # noqa: DTZ001  (a document's own day has no zone)
    facts = document.core_properties
    facts.title, facts.author, facts.comments = title, sheet.lender, ""
    facts.created = facts.modified = made
    facts.last_modified_by, facts.revision = "", 1
