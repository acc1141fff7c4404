"""The four levels as printed: what each paper says, in words, beside the data it is drawn from.

The papers are for hanging on a wall and for the file drawer: a card names the household and its
members and shows no digit of identity number, phone or account, and no cause of poverty. Names of
measures come from the county's list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from households.card import Card
from households.helping import HelpRules
from households.helping.queries import ProjectLine
from households.identification.procedure import Procedures
from households.levels import PlaceCounts, Platform, SheetLine, TownshipFile, VillageBook
from households.models.helping import LEVELS, PURPOSES
from households.standing import STANDING_TITLES
from kernel.money import format_yuan
from kernel.regions import COUNTY, RegionTree
from web.level_figures import LevelFigures
from web.levels import VILLAGES, WATCHED, step_title
from web.words import eve

#: answers of the form that no printed card tells
UNPRINTED: Final = frozenset({"主要致贫原因", "联系电话", "银行账号", "开户银行", "身份证号"})
#: counter -> what papers call it, in their order
COUNTERS: Final[Mapping[str, str]] = {
    "poor": "未脱贫户",
    "poor_persons": "未脱贫人口",
    "lifted": "已脱贫户",
    "lifted_persons": "已脱贫人口",
    "monitored": "监测户",
    "monitored_persons": "监测人口",
    "removed": "已清退户",
    "helped": "帮扶对象户",
    "paired": "已结对户",
    "visited": "本年走访户",
    "measured": "本年落实措施户",
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member on a printed card."""

    name: str
    relation: str
    born_on: date
    #: the answers that a wall may show, in one line
    answers: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure on a printed card."""

    title: str
    year: int
    from_on: date
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit on a printed card."""

    visited_on: date
    name: str
    done: str


@dataclass(frozen=True, slots=True)
class CardPaper:
    """户卡."""

    number: str
    on: date
    village: str
    group_name: str
    head: str
    standing: str
    monitored: str
    statuses: tuple[tuple[str, str, str], ...]
    members: tuple[MemberRow, ...]
    answers: tuple[tuple[str, str], ...]
    helper: str
    helper_unit: str
    helper_level: str
    helper_from: date | None
    measures: tuple[MeasureRow, ...]
    visits: tuple[VisitRow, ...]
    projects: tuple[ProjectLine, ...]


@dataclass(frozen=True, slots=True)
class BookLine:
    """A row of a printed book."""

    nr: int
    number: str
    group_name: str
    head: str
    persons: int
    standing: str
    monitored: str
    registered_on: str
    lifted_on: str
    measures: str
    helper: str
    visits: int
    visited_on: str


@dataclass(frozen=True, slots=True)
class BookPaper:
    """村册."""

    number: str
    on: date
    place: str
    counters: tuple[tuple[str, int], ...]
    rows: tuple[BookLine, ...]
    persons: int
    #: the closed day of the figures; blank: there is none
    figures_on: str
    #: title -> value, of what the indicators tell
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A village or township of a printed file or platform."""

    name: str
    #: poor village, exited, or blank
    standing: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper in a township's file."""

    held_on: date
    place: str
    title: str
    document: str
    households: int
    votes: str
    notice: str


@dataclass(frozen=True, slots=True)
class FilePaper:
    """乡镇档 or 县级平台."""

    number: str
    on: date
    title: str
    place: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[PlaceRow, ...]
    total: PlaceRow
    papers: tuple[PaperRow, ...]
    #: title -> value, of what else there is to tell
    facts: tuple[tuple[str, str], ...]
    #: the closed day of the figures; blank: there is none
    figures_on: str
    #: title -> value, of what the indicators tell
    figures: tuple[tuple[str, str], ...]


def card_paper(card: Card, rules: HelpRules, on: date) -> CardPaper:
    """A household's card."""
    titles, now = rules.titles(), card.help.helper
    return CardPaper(
        number=card.number,
        on=on,
        village=card.village,
        group_name=card.group_name,
        head=next((one.name for one in card.members), ""),
        standing=STANDING_TITLES[card.standing],
        monitored=WATCHED[card.monitored] if card.monitored is not None else "",
        statuses=tuple(
            (title, since.isoformat(), reason) for title, since, reason in card.statuses
        ),
        members=tuple(
            MemberRow(one.name, one.relation, one.born_on, _told(one.answers))
            for one in card.members
        ),
        answers=tuple((k, v) for k, v in card.answers.items() if k not in UNPRINTED),
        helper=now.name if now else "",
        helper_unit=now.unit if now else "",
        helper_level=LEVELS[now.level] if now else "",
        helper_from=now.from_on if now else None,
        measures=tuple(
            MeasureRow(
                titles.get(one.measure, one.measure),
                one.year,
                one.from_on,
                one.detail,
                format_yuan(one.amount_fen) if one.amount_fen else "",
            )
            for one in card.help.measures
            if not one.withdrawn
        ),
        visits=tuple(
            VisitRow(one.visited_on, one.name, one.done)
            for one in card.help.visits
            if not one.withdrawn
        ),
        projects=card.help.projects,
    )


def _told(answers: Mapping[str, str]) -> str:
    return "；".join(f"{k}{v}" for k, v in answers.items() if k not in UNPRINTED | {"出生日期"})


def book_paper(
    book: VillageBook, rules: HelpRules, regions: RegionTree, beside: LevelFigures | None = None
) -> BookPaper:
    """A village's book."""
    titles = rules.titles()
    return BookPaper(
        number=book.village_code,
        on=book.on,
        place=regions.full_name(book.village_code, below=COUNTY - 1),
        counters=tuple((title, getattr(book.totals, name)) for name, title in COUNTERS.items()),
        rows=tuple(
            BookLine(
                nr=row.nr,
                number=row.number,
                group_name=row.group_name,
                head=row.head,
                persons=row.persons,
                standing=STANDING_TITLES[row.standing],
                monitored=WATCHED[row.monitored] if row.monitored is not None else "",
                registered_on=_iso(row.registered_on),
                lifted_on=_iso(row.lifted_on),
                measures="、".join(titles.get(code, code) for code in row.measures),
                helper=f"{row.helper}（{row.helper_unit}）" if row.helper else "",
                visits=row.visits,
                visited_on=_iso(row.visited_on),
            )
            for row in book.rows
        ),
        persons=book.persons,
        figures_on=_day_of(beside),
        figures=beside.facts if beside else (),
    )


def file_paper(
    file: TownshipFile,
    procedures: Procedures,
    regions: RegionTree,
    beside: LevelFigures | None = None,
) -> FilePaper:
    """A township's file."""
    return FilePaper(
        number=file.code,
        on=file.on,
        title="乡镇扶贫档案",
        place=file.name,
        first="村",
        columns=(*COUNTERS.values(), "产业项目"),
        rows=tuple(
            PlaceRow(one.name, VILLAGES[one.standing], (*_values(one.counts), one.projects))
            for one in file.villages
        ),
        total=PlaceRow("合计", "", (*_values(file.totals), file.projects)),
        papers=tuple(_paper(one, procedures, regions) for one in file.papers),
        facts=(),
        figures_on=_day_of(beside),
        figures=beside.facts if beside else (),
    )


def platform_paper(board: Platform, beside: LevelFigures | None = None) -> FilePaper:
    """A county's platform."""
    shares = board.shares
    facts = [
        (one.title, f"{one.households}户、{one.times}项次、{format_yuan(one.amount_fen)}元")
        for one in board.measures
    ]
    projects = board.projects
    facts.append(
        (
            "产业项目（上报数）",
            f"{projects.projects}个、{projects.villages}个村、{projects.households}户、{projects.persons}人",
        )
    )
    facts += [
        (f"专项资金用于{PURPOSES[key]}", f"{format_yuan(fen)}元")
        for key, fen in shares.purposes.items()
    ]
    return FilePaper(
        number=board.code,
        on=board.on,
        title="扶贫对象和帮扶情况",
        place=board.name,
        first="乡镇",
        columns=tuple(COUNTERS.values()),
        rows=tuple(PlaceRow(one.name, "", _values(one.counts)) for one in board.townships),
        total=PlaceRow("合计", "", _values(board.totals)),
        papers=(),
        facts=tuple(facts),
        figures_on=_day_of(beside),
        figures=beside.facts if beside else (),
    )


def _day_of(beside: LevelFigures | None) -> str:
    return beside.on.isoformat() if beside else ""


def _paper(one: SheetLine, procedures: Procedures, regions: RegionTree) -> PaperRow:
    votes = f"{one.present}/{one.eligible}" if one.eligible is not None else ""
    notice = ""
    if one.notice_from is not None and one.notice_to is not None:
        notice = f"{one.notice}（{one.notice_from.isoformat()}至{eve(one.notice_to)}）"
    return PaperRow(
        held_on=one.held_on,
        place=regions.get(one.region_code).name if one.region_code in regions else "",
        title=step_title(procedures, one.procedure, one.step),
        document=one.document,
        households=one.households,
        votes=votes,
        notice=notice,
    )


def _values(counts: PlaceCounts) -> tuple[int, ...]:
    known = {one.name for one in fields(PlaceCounts)}
    return tuple(getattr(counts, name) for name in COUNTERS if name in known)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
