"""The four levels as files: a PDF to look at and print, a workbook to keep.

One paper is one set of data; a whole village's book is drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Final
from urllib.parse import quote

from flask import Response

from config.wiring import House
from households.levels import TownshipFile, VillageBook
from kernel.tables import Sheet, write_xlsx
from web.exports import XLSX
from web.level_figures import LevelFigures
from web.levels import Level
from web.papers.level_papers import (
    BookPaper,
    CardPaper,
    FilePaper,
    book_paper,
    file_paper,
    platform_paper,
)
from web.papers.render import draw

LevelPaper = CardPaper | BookPaper | FilePaper

_BOOK_TITLES: Final = (
    "序号", "户编号", "组", "户主", "人口", "状态", "监测", "识别日期", "脱贫日期", "帮扶措施",
    "帮扶责任人", "本年走访次数", "最近走访",
)  # fmt: skip


def level_file(paper: LevelPaper, form: str) -> Response:
    """A paper as an answer; ``form`` is pdf or xlsx."""
    name, content = level_content(paper, form)
    pdf = form == "pdf"
    response = Response(content, mimetype="application/pdf" if pdf else XLSX)
    shown = "inline" if pdf else "attachment"
    response.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(name)}"
    return response


def level_content(paper: LevelPaper, form: str) -> tuple[str, bytes]:
    """A paper's file: its name and its content."""
    kind, title, book = _kind(paper)
    name = f"{title}-{paper.number}.{form}"
    return name, draw(kind, paper) if form == "pdf" else _workbook(book())


def level_paper(house: House, found: Level, beside: LevelFigures | None) -> LevelPaper:
    """A book, a file or the platform as a paper, with what the indicators tell of its place."""
    if isinstance(found, VillageBook):
        return book_paper(found, house.help_rules, house.regions, beside)
    if isinstance(found, TownshipFile):
        return file_paper(found, house.procedures, house.regions, beside)
    return platform_paper(found, beside)


def _kind(paper: LevelPaper) -> tuple[str, str, Callable[[], list[Sheet]]]:
    """Template, title, and the sheets of the workbook."""
    if isinstance(paper, CardPaper):
        return "card", "户卡", lambda: card_sheets(paper)
    if isinstance(paper, BookPaper):
        return "book", "村册", lambda: book_sheets(paper)
    return "file", paper.title, lambda: file_sheets(paper)


def _workbook(sheets: list[Sheet]) -> bytes:
    file = BytesIO()
    write_xlsx(file, sheets)
    return file.getvalue()


def book_sheets(paper: BookPaper) -> list[Sheet]:
    """The book, and its counts."""
    rows = [
        (
            one.nr, one.number, one.group_name, one.head, one.persons, one.standing,
            one.monitored, one.registered_on, one.lifted_on, one.measures, one.helper,
            one.visits, one.visited_on,
        )
        for one in paper.rows
    ]  # fmt: skip
    total = ("合计", f"{len(paper.rows)}户", "", "", paper.persons, *[""] * 8)
    widths = (6, 20, 8, 10, 6, 10, 16, 12, 12, 30, 26, 12, 12)
    counts = [(title, count) for title, count in paper.counters]
    head = [("村", paper.place), ("日期", paper.on.isoformat()), *counts]
    return [
        Sheet("村册", _BOOK_TITLES, [*rows, total], widths=widths),
        Sheet("汇总", ("项目", "数"), head, widths=(20, 30)),
        *_figure_sheets(paper),
    ]


def _figure_sheets(paper: BookPaper | FilePaper) -> list[Sheet]:
    """What the indicators tell; none where no day was closed."""
    if not paper.figures:
        return []
    told = [("日终日期", paper.figures_on), *paper.figures]
    return [Sheet("贷款贴息分红", ("指标", "数"), told, widths=(24, 24))]


def file_sheets(paper: FilePaper) -> list[Sheet]:
    """The places with their counts, the papers, and what else there is."""
    titles = (paper.first, "贫困村状态", *paper.columns)
    rows = [(one.name, one.standing, *one.values) for one in (*paper.rows, paper.total)]
    sheets = [Sheet("分地区", titles, rows, widths=(20, 12, *(12 for _ in paper.columns)))]
    if paper.papers:
        told = [
            (one.held_on.isoformat(), one.place, one.title, one.document, one.households,
             one.votes, one.notice)
            for one in paper.papers
        ]  # fmt: skip
        columns = ("日期", "地点", "事项", "文号", "户数", "到会/应到", "公示")
        sheets.append(Sheet("程序和公示", columns, told, widths=(12, 16, 28, 24, 8, 12, 40)))
    sheets += _figure_sheets(paper)
    facts = [("地区", paper.place), ("日期", paper.on.isoformat()), *paper.facts]
    sheets.append(Sheet("说明", ("项目", "内容"), facts, widths=(24, 50)))
    return sheets


def card_sheets(paper: CardPaper) -> list[Sheet]:
    """The card's parts, a sheet each."""
    facts = [
        ("户编号", paper.number), ("住址", f"{paper.village}{paper.group_name}"),
        ("户主", paper.head), ("状态", paper.standing), ("监测", paper.monitored),
        ("帮扶责任人", paper.helper), ("帮扶单位", paper.helper_unit), *paper.answers,
    ]  # fmt: skip
    members = [(m.name, m.relation, m.born_on.isoformat(), m.answers) for m in paper.members]
    measures = [
        (m.title, m.year, m.from_on.isoformat(), m.detail, m.amount) for m in paper.measures
    ]
    visits = [(v.visited_on.isoformat(), v.name, v.done) for v in paper.visits]
    return [
        Sheet("户卡", ("项目", "内容"), facts, widths=(18, 40)),
        Sheet("家庭成员", ("姓名", "与户主关系", "出生日期", "情况"), members,
              widths=(10, 12, 12, 60)),
        Sheet("帮扶措施", ("措施", "年度", "起始日期", "内容", "金额（元）"), measures,
              widths=(14, 8, 12, 40, 14)),
        Sheet("走访记录", ("日期", "走访人", "工作内容"), visits, widths=(12, 10, 60)),
    ]  # fmt: skip
