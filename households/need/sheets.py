"""Need by the sheet: one row a household; out as a template, in as answers, every fault told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.form import cell_amount, cell_day
from households.models import Household
from households.models.families import NeedRound
from households.need.operations import ANSWER_TITLES, Need, check, record, round_of
from households.need.queries import head_name
from households.need.refusals import (
    NeedAnswerUnknown,
    NeedHeadDiffers,
    NeedHouseholdUnknown,
    NeedSheetHasFaults,
    NeedTwiceOnSheet,
)
from households.queries import is_listed
from kernel.actor import Actor
from kernel.refusals import Refusal
from kernel.regions import in_scope
from kernel.table_faults import RowFault
from kernel.tables import Sheet, open_table, write_xlsx

TITLES: Final = ("户编号", "户主", "需求意愿", "原因", "需求金额", "用途", "答复日期")
_KEYS: Final = ("number", "head", "answer", "reason", "amount", "purpose", "answered_on")
_HEADERS: Final = {
    **dict(zip(TITLES, _KEYS, strict=True)),
    "户主姓名": "head", "是否有需求": "answer", "贷款需求": "answer", "金额": "amount",
    "贷款用途": "purpose", "摸排日期": "answered_on",
}  # fmt: skip
_ANSWERS: Final = {title: answer for answer, title in ANSWER_TITLES.items()}


@dataclass(slots=True)
class NeedFile:
    """A sheet as read: the good rows and the faults."""

    name: str
    number: str
    rows: int = 0
    needs: list[Need] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def write_template(session: Session, target: Path | IO[bytes], *, on: date, digits: str) -> None:
    """A workbook of a scope's households, to be filled in."""
    rows = session.execute(
        select(Household.number, head_name(on))
        .where(in_scope(Household.village_code, digits), is_listed(on))
        .order_by(Household.village_code, Household.number)
    )
    sheet = Sheet(
        name="需求摸排",
        titles=TITLES,
        rows=([row[0], row[1], "", "", "", "", ""] for row in rows),
        widths=[18, 12, 12, 24, 14, 16, 14],
        choices={2: list(_ANSWERS)},
        notes={3: "无需求、不符合须填", 4: "元；有需求才填"},
        needed=frozenset({0, 2, 6}),
    )
    write_xlsx(target, [sheet])


def read_file(
    session: Session, path: Path, *, number: str, name: str, on: date, by: Actor
) -> NeedFile:
    """Read and judge a sheet; nothing is written. Two queries, whatever its length."""
    one = round_of(session, number)
    known = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(Household.number, Household.id, head_name(on)).where(
                in_scope(Household.village_code, by.region_scope), is_listed(on)
            )
        )
    }
    found = NeedFile(name, one.number)
    seen: dict[str, int] = {}
    with open_table(path, _HEADERS, needed=["number", "answer", "answered_on"]) as table:
        for line, cells in table:
            if any(cells):
                found.rows += 1
                row = {key: cells[place] for key, place in table.places.items()}
                _read_row(found, line, row, one, known, seen, on)
    return found


def record_file(
    session: Session, file: NeedFile, *, on: date, by: Actor, accept_good: bool = False
) -> int:
    """Record the answers of a sheet that was read; how many."""
    if file.faults and not accept_good:
        raise NeedSheetHasFaults(field="file", count=len(file.faults))
    return record(session, number=file.number, needs=file.needs, on=on, by=by)


def _read_row(
    found: NeedFile,
    line: int,
    row: Mapping[str, str],
    one: NeedRound,
    known: Mapping[str, tuple[int, str]],
    seen: dict[str, int],
    on: date,
) -> None:
    faults: list[RowFault] = []
    number, told = row["number"].upper(), row.get("head", "")
    household_id, head = known.get(number, (0, ""))
    if not household_id:
        unknown = NeedHouseholdUnknown(field="number", number=number[:40])
        faults.append(RowFault(line, TITLES[0], number, unknown))
    elif number in seen:
        twice = NeedTwiceOnSheet(field="number", number=number, other=seen[number])
        faults.append(RowFault(line, TITLES[0], number, twice))
    elif told and told != head:
        differs = NeedHeadDiffers(field="head", number=number, value=told[:20])
        faults.append(RowFault(line, TITLES[1], told, differs))
    seen.setdefault(number, line)
    for result in _need(line, row, household_id, one, on):
        if isinstance(result, RowFault):
            faults.append(result)
        elif not faults:
            found.needs.append(result)
    found.faults += faults


def _need(
    line: int, row: Mapping[str, str], household_id: int, one: NeedRound, on: date
) -> Iterator[Need | RowFault]:
    """The row's answer, or the first rule it breaks."""
    field = "answer"
    try:
        title = row["answer"].strip()
        if title not in _ANSWERS:
            choices = "、".join(_ANSWERS)
            raise NeedAnswerUnknown(field=field, answer=title[:20], choices=choices)
        field, amount = "amount", row.get("amount", "")
        amount_fen = cell_amount(amount, TITLES[4]) if amount else None
        field = "answered_on"
        need = Need(
            household_id=household_id,
            answer=_ANSWERS[title],
            answered_on=cell_day(row["answered_on"], TITLES[6]),
            reason=row.get("reason", ""),
            amount_fen=amount_fen,
            purpose=row.get("purpose", ""),
        )
        check(need, one, on)
    except Refusal as refusal:
        key = refusal.field if refusal.field in _KEYS else field
        yield RowFault(line, TITLES[_KEYS.index(key)], row.get(key, ""), refusal)
        return
    yield need
