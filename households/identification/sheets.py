"""Sheets of households as villages and offices hand them in: rows, and the files they stand in.

One line is one household, by its number in the register. A sheet of a step may say how the ballots
fell, whether the household passes, and why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from households.identification.procedure import Vote
from households.identification.refusals import (
    CaseListEmpty,
    HouseholdTwiceOnCaseList,
    ListRowsUnreadable,
)
from kernel.tables import open_table

HEADERS: Final[Mapping[str, str]] = {
    "户编号": "number",
    "编号": "number",
    "结果": "outcome",
    "是否通过": "outcome",
    "同意": "votes_for",
    "同意票": "votes_for",
    "反对": "votes_against",
    "反对票": "votes_against",
    "弃权": "abstained",
    "弃权票": "abstained",
    "说明": "note",
    "理由": "note",
    "备注": "note",
}
#: titles of a sheet to fill in
TITLES: Final = ("户编号", "同意", "反对", "弃权", "结果", "说明")
_OUTCOMES: Final = {
    "通过": "done", "同意": "done", "是": "done", "": None,
    "不通过": "refused", "不同意": "refused", "否": "refused",
}  # fmt: skip
_VOTES: Final = ("votes_for", "votes_against", "abstained")
_LONGEST: Final = 200
#: bad lines that a refusal names
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A household on a sheet."""

    number: str
    #: done, refused, or None: what the ballots say, or done where nobody votes
    outcome: str | None = None
    vote: Vote | None = None
    note: str = ""
    line: int = 0


def read_sheet(path: Path) -> list[SheetRow]:
    """The rows of a file, xlsx or csv; bad lines refuse the file."""
    rows: list[SheetRow] = []
    bad: list[str] = []
    with open_table(path, HEADERS, needed=("number",)) as table:
        for line, cells in table:
            row = {key: cells[place].strip() for key, place in table.places.items()}
            if not any(row.values()):
                continue
            fault = _fault(row)
            if fault:
                bad.append(f"第{line}行{fault}")
            else:
                rows.append(_row(row, line))
    if bad:
        raise ListRowsUnreadable(field="file", bad=len(bad), first="；".join(bad[:_NAMED]))
    return checked(rows)


def _fault(row: Mapping[str, str]) -> str:
    if not row["number"]:
        return "没有户编号"
    if row.get("outcome", "") not in _OUTCOMES:
        return "结果只能填 通过 或 不通过"
    votes = [row.get(key, "") for key in _VOTES]
    if any(votes) and not all(v.isascii() and v.isdigit() and len(v) <= 4 for v in votes):
        return "同意、反对、弃权须都填整数"
    if len(row.get("note", "")) > _LONGEST:
        return f"说明超过{_LONGEST}个字"
    return ""


def _row(row: Mapping[str, str], line: int) -> SheetRow:
    told = [row.get(key, "") for key in _VOTES]
    vote = Vote(*(int(one) for one in told)) if any(told) else None
    outcome = _OUTCOMES[row.get("outcome", "")]
    return SheetRow(row["number"].upper(), outcome, vote, row.get("note", ""), line)


def of_numbers(numbers: Iterable[str]) -> list[SheetRow]:
    """Rows that name households and nothing else."""
    return checked([SheetRow(number.strip().upper()) for number in numbers])


def checked(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """Rows of which there is one at least, and no household twice."""
    if not rows:
        raise CaseListEmpty(field="file")
    seen: set[str] = set()
    for row in rows:
        if row.number in seen:
            raise HouseholdTwiceOnCaseList(field="number", number=row.number)
        seen.add(row.number)
    return list(rows)
