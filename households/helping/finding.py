"""What a sheet about households asks of the register, for the whole sheet in a few statements.

Households by number inside the scope of who acts, their findings, the pairs that hold; and the
file itself, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from households import standing
from households.helping.refusals import HelpingFileTwice, HelpNeedsStanding
from households.models import Household, HouseholdStatus, Status
from households.models.helping import HelpingFile
from households.refusals import HouseholdSheetEmpty, HouseholdSheetHasFaults, RegisteredAfterTheDay
from kernel.actor import Actor
from kernel.lots import lots
from kernel.refusals import NotFound, Refusal
from kernel.regions import in_scope

COMMAND: Final = "households.help"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class FileSlip:
    """The file that rows came in."""

    name: str
    sha256: str


@dataclass(slots=True)
class Found:
    """A household of a sheet, and what it was found to be over time."""

    id: int
    village_code: str
    #: (from, status) in the order in which they hold
    findings: list[tuple[date, Status]] = field(default_factory=list)

    def served_on(self, day: date) -> bool:
        """Registered, lifted or monitored on a day."""
        told = [status for from_on, status in self.findings if from_on <= day]
        inside = standing.standing(told) in (standing.POOR, standing.LIFTED)
        return inside or standing.watched(told)


def households(session: Session, numbers: Iterable[str], *, by: Actor) -> dict[str, Found]:
    """Households of a scope by number, those that there are."""
    found: dict[str, Found] = {}
    for chunk in lots(numbers):
        here = Household.number.in_(chunk), in_scope(Household.village_code, by.region_scope)
        for one in session.execute(
            select(Household.number, Household.id, Household.village_code).where(*here)
        ):
            found[one.number] = Found(one.id, one.village_code)
        for row in session.execute(
            select(Household.number, HouseholdStatus.from_on, HouseholdStatus.status)
            .join(HouseholdStatus, HouseholdStatus.household_id == Household.id)
            .where(*here)
            .order_by(HouseholdStatus.from_on, HouseholdStatus.id)
        ):
            found[row.number].findings.append((row.from_on, Status(row.status)))
    return found


def served(found: dict[str, Found], number: str, day: date, *, title: str, on: date) -> Found:
    """The household of a row, that help may be told of on a day."""
    household = found.get(number)
    if household is None:
        raise NotFound(field="number", what=f"户编号{number}的农户")
    if day > on:
        raise RegisteredAfterTheDay(field=title, title=title, on=on)
    if not household.served_on(day):
        raise HelpNeedsStanding(field="number", number=number, day=day)
    return household


def judged(rows: Sequence[Row], judge: Callable[[Row], None]) -> None:
    """Every row is judged; one row gives its own refusal, a sheet the number and the first."""
    if not rows:
        raise HouseholdSheetEmpty(field="file")
    refused: list[tuple[int, Refusal]] = []
    for nr, row in enumerate(rows, 1):
        try:
            judge(row)
        except Refusal as refusal:
            refused.append((nr, refusal))
    if not refused:
        return
    if len(rows) == 1:
        raise refused[0][1]
    nr, one = refused[0]
    raise HouseholdSheetHasFaults(
        field="file", count=len(refused), first=f"第{nr}条 {one.message('zh')}"
    )


def take_file(
    session: Session, kind: str, file: FileSlip | None, rows: int, *, on: date
) -> int | None:
    """The number of the file, which comes in once; None: entered by hand."""
    if file is None:
        return None
    twin = session.scalars(
        select(HelpingFile).where(HelpingFile.kind == kind, HelpingFile.digest == file.sha256)
    ).first()
    if twin is not None:
        raise HelpingFileTwice(field="file", booked_on=twin.booked_on, name=twin.name)
    row = HelpingFile(kind=kind, name=file.name, digest=file.sha256, rows=rows, booked_on=on)
    session.add(row)
    session.flush()
    return row.id
