"""The papers around an import: the template, the annotated workbook, the answers handed back.

The annotated workbook holds three sheets: what is wrong (line, column, rule, value), the whole of
every refused household with the bad cells marked, ready to be corrected and handed in again, and
the old village names that wait for an answer. The last sheet, filled in, is what ``answers`` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from households.form import COLUMNS, HEADERS, NEEDED, Column
from households.staging import ImportFinding
from households.villages import OldName, old_name
from kernel.refusals import Refusal
from kernel.tables import Sheet, Table, open_table, write_xlsx

FINDINGS_SHEET: Final = "问题清单"
ROWS_SHEET: Final = "待改正名册"
NAMES_SHEET: Final = "旧村名"

_NAME_TITLES: Final = (
    "乡镇",
    "村",
    "现村代码",
    "待定户数",
    "建议承接村",
    "建议代码",
    "建议理由",
    "依据",
)
_NAME_HEADERS: Final = {
    "乡镇": "township",
    "村": "village",
    "现村代码": "code",
    "旧村名": "village",
}
_WHY: Final = {"predecessor": "撤并表", "similar": "村名相近"}

#: the template's example, a household that does not exist (431099 was never given to anyone)
_EXAMPLE: Final[tuple[Mapping[str, str], ...]] = (
    {
        "number": "EXAMPLE-1", "township": "示例镇", "village": "示例村", "group_name": "3组",
        "name": "示例户主", "sex": "男", "identity_number": "431099198001010016",
        "relation": "户主", "nation": "汉族", "schooling": "初中", "health": "健康",
        "labour": "普通劳动力", "kind": "建档立卡贫困户", "registered_on": "2014-06-01",
        "income_per_person_fen": "2800.00",
    },
)  # fmt: skip


def write_template(target: Path | IO[bytes]) -> None:
    """The empty form as a workbook: titles, notes, lists to choose from, and how to fill it in."""
    rules = [
        [column.title, "必填" if column.needed else "", "、".join(column.choices), column.note]
        for column in COLUMNS
    ]
    example = [[row.get(column.key, "") for column in COLUMNS] for row in _EXAMPLE]
    titles = [column.title for column in COLUMNS]
    write_xlsx(
        target,
        [
            _form_sheet("名册", ()),
            Sheet("填写说明", ("列名", "必填", "可选值", "说明"), rules, widths=(18, 8, 60, 30)),
            Sheet("示例", titles, example, widths=[column.width for column in COLUMNS]),
        ],
    )


def write_annotated(
    source: Path,
    target: Path | IO[bytes],
    found: Iterable[ImportFinding],
    questions: Iterable[Mapping[str, object]],
) -> None:
    """What is wrong with ``source``, beside the rows that are to be corrected."""
    by_line: dict[int, list[ImportFinding]] = {}
    for finding in found:
        by_line.setdefault(finding.line, []).append(finding)
    refused = {finding.number for findings in by_line.values() for finding in findings}
    marks: dict[tuple[int, int], str] = {}
    with (
        open_table(source, HEADERS, needed=NEEDED) as first,
        open_table(source, HEADERS, needed=NEEDED) as second,
    ):
        titles = ("行号", "户编号", "栏目", "问题代码", "问题", "原值")
        listed = _listed(first, by_line)
        rows = _refused_rows(second, by_line, refused, marks)
        write_xlsx(
            target,
            [
                Sheet(FINDINGS_SHEET, titles, listed, widths=(8, 18, 14, 28, 50, 26)),
                _form_sheet(ROWS_SHEET, rows, marks),
                _names_sheet(questions),
            ],
        )


def read_answers(path: Path) -> dict[OldName, str]:
    """The answers of a filled-in sheet of old village names; blank ones are still questions."""
    needed = ("village", "code")
    with open_table(path, _NAME_HEADERS, needed=needed, sheet=NAMES_SHEET) as table:
        places = table.places
        answers = {}
        for _line, cells in table:
            township = cells[places["township"]] if "township" in places else ""
            if code := cells[places["code"]]:
                answers[old_name(township, cells[places["village"]])] = code
        return answers


def _form_sheet(
    name: str, rows: Iterable[list[str]], marks: Mapping[tuple[int, int], str] | None = None
) -> Sheet:
    return Sheet(
        name,
        [column.title for column in COLUMNS],
        rows,
        widths=[column.width for column in COLUMNS],
        choices={place: column.choices for place, column in enumerate(COLUMNS) if column.choices},
        notes={place: column.note for place, column in enumerate(COLUMNS) if column.note},
        needed=frozenset(place for place, column in enumerate(COLUMNS) if column.needed),
        marks=marks if marks is not None else {},
    )


def _listed(
    table: Table, by_line: Mapping[int, list[ImportFinding]]
) -> Iterator[tuple[object, ...]]:
    """One row per finding, with the value as the file has it."""
    for line, cells in table:
        for finding in by_line.get(line, ()):
            place = table.places.get(HEADERS[finding.field])
            value = cells[place] if place is not None else finding.value
            yield line, finding.number, finding.field, finding.rule, finding.message, value


def _refused_rows(
    table: Table,
    by_line: Mapping[int, list[ImportFinding]],
    refused: set[str],
    marks: dict[tuple[int, int], str],
) -> Iterator[list[str]]:
    """All rows of refused households in the form's order; bad cells are marked as they pass."""
    row = 0
    for line, cells in table:
        findings = by_line.get(line, ())
        if not findings and _number(cells[table.places["number"]]) not in refused:
            continue
        for finding in findings:
            place = _PLACES[finding.field]
            told = marks.get((row, place))
            marks[row, place] = f"{told}；{finding.message}" if told else finding.message
        yield [cells[table.places[c.key]] if c.key in table.places else "" for c in COLUMNS]
        row += 1


def _number(text: str) -> str:
    column = _BY_TITLE["户编号"]
    try:
        return str(column.parse(text, column.title))
    except Refusal:
        return ""


def _names_sheet(questions: Iterable[Mapping[str, object]]) -> Sheet:
    return Sheet(
        NAMES_SHEET,
        _NAME_TITLES,
        [row for question in questions for row in _name_rows(question)],
        widths=(16, 16, 16, 10, 26, 16, 12, 24),
        needed=frozenset({2}),
        notes={2: "填入今天的村代码后，连同原名册再次导入；答复会记住"},
    )


def _name_rows(question: Mapping[str, object]) -> Iterator[list[object]]:
    """The name with its first proposal; further proposals on rows of their own, names left out."""
    proposals = question["proposals"]
    assert isinstance(proposals, list)
    township, village, waiting = (question[key] for key in ("township", "village", "households"))
    first, *others = proposals or [{"name": "", "code": "", "why": "", "source": ""}]
    # A document behind the proposal makes it the answer, unless somebody writes another one.
    answer = first["code"] if first["why"] == "predecessor" else ""
    yield [township, village, answer, waiting, *_proposal(first)]
    for other in others:
        yield ["", "", "", "", *_proposal(other)]


def _proposal(proposal: Mapping[str, str]) -> list[object]:
    why = _WHY.get(proposal["why"], "")
    return [proposal["name"], proposal["code"], why, proposal["source"]]


_BY_TITLE: Final[Mapping[str, Column]] = {column.title: column for column in COLUMNS}
_PLACES: Final = {column.title: place for place, column in enumerate(COLUMNS)}
