"""Rating files: one row a household, one column an item; out as a template, in as sheets.

A file may hold many villages; it becomes one sheet for each, all from one file. Rows are matched to
the register by the household's number, and the head's name, where it stands, must agree, so that a
shifted row shows. Every fault is told by line, column, value and rule; with any fault nothing is
proposed, unless the good rows alone are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit import operations, queries
from credit.operations import Entry, Proposed
from credit.refusals import HeadDiffers, HouseholdTwiceOnSheet, HouseholdUnknown, SheetHasFaults
from credit.scheme import Item, Scheme, show_points
from households.models import Household, Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.money import format_yuan
from kernel.refusals import Refusal
from kernel.regions import in_scope
from kernel.table_faults import RowFault
from kernel.tables import Sheet, bare_header, open_table, write_xlsx

NUMBER: Final = "户编号"
HEAD: Final = "户主"
_ALIASES: Final = {
    "户编号": "number", "编号": "number", "户号": "number",
    "户主": "head", "户主姓名": "head", "姓名": "head",
}  # fmt: skip
#: A12: who counts as a labourer
_ABLE: Final = ("ordinary", "skilled")


@dataclass(slots=True)
class RatingFile:
    """A file as read: the good rows by village, and the faults."""

    name: str
    rows: int = 0
    villages: dict[str, list[Entry]] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def households(self) -> int:
        """How many households can be proposed."""
        return sum(map(len, self.villages.values()))


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says of a household, as far as a sheet asks for it."""

    id: int
    number: str
    village_code: str
    head: str
    labourers: int
    income_per_person_fen: int | None

    def answer(self, item: Item) -> str:
        """What the register would answer to an item; empty where it cannot."""
        if item.register_field == "labourers":
            return str(self.labourers)
        if item.register_field == "income_per_person" and self.income_per_person_fen is not None:
            return format_yuan(self.income_per_person_fen)
        return ""


def register_of(session: Session, *, on: date, region_digits: str) -> list[Registered]:
    """The registered households of a region, by village and number."""
    people = (
        select(
            Person.household_id,
            func.min(Person.name).filter(Person.is_head.is_(True)).label("head"),
            func.count().filter(Person.labour.in_(_ABLE)).label("labourers"),
        )
        .where(is_present(on))
        .group_by(Person.household_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Household.id,
            Household.number,
            Household.village_code,
            func.coalesce(people.c.head, ""),
            func.coalesce(people.c.labourers, 0),
            Household.income_per_person_fen,
        )
        .outerjoin(people, people.c.household_id == Household.id)
        .where(in_scope(Household.village_code, region_digits), queries.is_ratable(on))
        .order_by(Household.village_code, Household.number)
    )
    return [Registered(*row) for row in rows]


def write_template(
    session: Session, target: Path | IO[bytes], *, scheme: Scheme, on: date, region_digits: str
) -> None:
    """A workbook of the region's households with what the register can answer filled in."""
    register = register_of(session, on=on, region_digits=region_digits)
    titles = [NUMBER, HEAD, *(item.title_zh for item in scheme.items)]
    sheet = Sheet(
        name="评级授信",
        titles=titles,
        rows=(
            [one.number, one.head, *(one.answer(item) for item in scheme.items)] for one in register
        ),
        widths=[18, 12, *(16 for _ in scheme.items)],
        choices={
            place: [band.choice for band in item.bands]
            for place, item in enumerate(scheme.items, start=2)
            if item.kind == "choice"
        },
        notes={
            place: "\n".join(
                f"{item.shown(band)}：{show_points(band.points_x10)}分" for band in item.bands
            )
            for place, item in enumerate(scheme.items, start=2)
        },
        needed=frozenset({0, *range(2, len(titles))}),
    )
    write_xlsx(target, [sheet])


def read_file(
    session: Session, path: Path, *, scheme: Scheme, name: str, on: date, by: Actor
) -> RatingFile:
    """Read and judge a file; nothing is written. One query, whatever the file's length."""
    register = {
        one.number: one for one in register_of(session, on=on, region_digits=by.region_scope)
    }
    found = RatingFile(name)
    headers = _headers(scheme)
    with open_table(path, headers, needed=_needed(scheme)) as table:
        seen: set[int] = set()
        for line, cells in table:
            if not any(cells):
                continue
            found.rows += 1
            row = {key: cells[place] for key, place in table.places.items()}
            _read_row(found, line, row, register, scheme, seen)
    return found


def propose_file(
    session: Session,
    file: RatingFile,
    *,
    scheme: Scheme,
    on: date,
    by: Actor,
    institution_id: int | None = None,
    accept_good: bool = False,
) -> list[Proposed]:
    """Propose a sheet for each village of a file that was read."""
    if file.faults and not accept_good:
        raise SheetHasFaults(field="file", count=len(file.faults))
    return [
        operations.propose(
            session,
            scheme=scheme,
            village_code=village_code,
            entries=entries,
            on=on,
            by=by,
            file_name=file.name,
            institution_id=institution_id,
        )
        for village_code, entries in sorted(file.villages.items())
    ]


def _read_row(
    found: RatingFile,
    line: int,
    row: Mapping[str, str],
    register: Mapping[str, Registered],
    scheme: Scheme,
    seen: set[int],
) -> None:
    faults = list(_row_faults(line, row, register, scheme, seen))
    found.faults += faults
    if faults:
        return
    one = register[row["number"]]
    answers = {item.id: row[item.id] for item in scheme.items}
    found.villages.setdefault(one.village_code, []).append(Entry(one.id, answers))


def _row_faults(
    line: int,
    row: Mapping[str, str],
    register: Mapping[str, Registered],
    scheme: Scheme,
    seen: set[int],
) -> Iterator[RowFault]:
    number, head = row["number"], row.get("head", "")
    one = register.get(number)
    if one is None:
        yield RowFault(line, NUMBER, number, HouseholdUnknown(field="number", household=number))
    else:
        if one.id in seen:
            twice = HouseholdTwiceOnSheet(field="number", household=number)
            yield RowFault(line, NUMBER, number, twice)
        seen.add(one.id)
        if head and head != one.head:
            differs = HeadDiffers(field="head", household=number, value=head)
            yield RowFault(line, HEAD, head, differs)
    for item in scheme.items:
        try:
            item.band(row[item.id])
        except Refusal as refusal:
            yield RowFault(line, item.title_zh, row[item.id], refusal)


def _headers(scheme: Scheme) -> dict[str, str]:
    return {**_ALIASES, **{bare_header(item.title_zh): item.id for item in scheme.items}}


def _needed(scheme: Scheme) -> Sequence[str]:
    return ["number", *(item.id for item in scheme.items)]
