"""Importing the register from a file: stage, judge, show, and write all or nothing.

A file is read once, as a stream, and waits in staging tables: chunk by chunk, a unit of work each,
so that nobody else waits long. Then the whole of it is judged. Writing is one unit of work over all
good households: killed at any moment, the register is as before or as after, and starting again is
always right. The same file twice changes nothing.

This is a front door that opens its own units of work, because an import is many of them; the
command line, the pages and the demo county all come through here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

import ledger
from households import applying, judging, papers
from households.form import HEADERS, NEEDED
from households.reading import ReadRow, RowReader
from households.refusals import ImportHasBadRows, ImportNotStaged
from households.reporting import Report, report_on
from households.staging import ImportBatch, ImportFinding, StagedHousehold, StagedPerson
from households.villages import OldName, VillageFinder, remember, remembered
from kernel.actor import Actor
from kernel.regions import RegionTree
from kernel.seals import table_of
from kernel.table_files import sha256_of
from kernel.tables import Table, open_table
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office import rights

COMMAND: Final = "households.import"
#: rows of the file in one unit of work
CHUNK: Final = 4_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Office:
    """What an import needs of its surroundings."""

    books: Books
    regions: RegionTree
    keyring: Keyring
    #: the county of these books
    county: str


def import_file(
    office: Office,
    path: Path,
    *,
    on: date,
    by: Actor,
    answers: Mapping[OldName, str] | None = None,
    preview: bool = False,
    accept_good: bool = False,
    annotated: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Stage, judge and (unless it is a preview) write a file; the report.

    With bad rows nothing is written unless ``accept_good``; the report then says ``staged``. The
    annotated workbook is written where there is something to say in it.
    """
    batch_id, report = stage(office, path, on=on, by=by, answers=answers, progress=progress)
    if annotated is not None and not report.clean:
        annotate(office, batch_id, path, annotated)
    if not preview and (report.clean or accept_good):
        return apply(office, batch_id, on=on, by=by, accept_good=accept_good)
    with office.books.write(COMMAND, by=by, reason="预览后放弃") as session:
        _forget(session, batch_id)
    return report


def stage(
    office: Office,
    path: Path,
    *,
    on: date,
    by: Actor,
    answers: Mapping[OldName, str] | None = None,
    progress: Progress | None = None,
) -> tuple[int, Report]:
    """Read and judge a file: the number of its batch and the report that a person decides on."""
    rights.allow(by, COMMAND)
    sha256 = sha256_of(path)
    with open_table(path, HEADERS, needed=NEEDED) as table:
        with office.books.write(COMMAND, by=by, reason=path.name) as session:
            _forget_unfinished(session, by)
            if answers:
                remember(
                    session, answers=answers, regions=office.regions, county=office.county, on=on
                )
            batch_id = _begin(session, table, path.name, sha256, office.county, on, by)
            known = remembered(session)
        villages = VillageFinder(office.regions, office.county, by.region_scope, known)
        reader = RowReader(table.places, villages, office.keyring, on)
        for chunk in _chunks(table, reader, progress):
            with office.books.write(COMMAND, by=by, reason=path.name) as session:
                _stage(session, batch_id, chunk)
        unknown = table.unknown
    with office.books.write(COMMAND, by=by, reason=path.name) as session:
        batch = _batch(session, batch_id, "staging")
        judging.judge(session, batch, villages, by.region_scope)
        asked = judging.questions(session, batch_id, villages)
        report = report_on(session, office.keyring, batch, on)
        report.questions = [question.as_dict() for question in asked]
        report.unknown_columns = unknown
        batch.state = "staged"
        batch.report = applying.canonical_json(report.as_dict())
    return batch_id, report


def apply(
    office: Office, batch_id: int, *, on: date, by: Actor, accept_good: bool = False
) -> Report:
    """Write a staged batch in one unit of work; its report, now ``applied``.

    A batch may be staged on one day and applied on another: ``on`` is the open day, and its close
    waits until this is written. A day that has ended meanwhile is refused; start again.
    """
    rights.allow(by, COMMAND)
    with office.books.write(COMMAND, by=by) as session:
        ledger.require_bookable(session, on)
        batch = _batch(session, batch_id, "staged")
        report = Report(**json.loads(batch.report or "{}"))
        if judging.judge_again(session, batch_id, by.region_scope):
            # Somebody else has changed the register since this batch was shown.
            asked, unknown = report.questions, report.unknown_columns
            report = report_on(session, office.keyring, batch, on)
            report.questions, report.unknown_columns = asked, unknown
        if not report.clean and not accept_good:
            raise ImportHasBadRows(field="file", bad=report.households["refused"])
        applying.write(session, batch, office.keyring, on)
        _forget_rows(session, batch_id)
        report.state = batch.state = "applied"
        batch.report = applying.canonical_json(report.as_dict())
    return report


def annotate(office: Office, batch_id: int, source: Path, target: Path | IO[bytes]) -> None:
    """Write the annotated workbook of a staged batch."""
    found = select(ImportFinding).where(ImportFinding.batch_id == batch_id)
    with office.books.read() as session:
        batch = session.get(ImportBatch, batch_id)
        report = Report(**json.loads((batch.report if batch else None) or "{}"))
        in_order = session.scalars(found.order_by(ImportFinding.line, ImportFinding.id))
        papers.write_annotated(source, target, in_order, report.questions)


def _begin(
    session: Session, table: Table, name: str, sha256: str, county: str, on: date, by: Actor
) -> int:
    batch = ImportBatch(
        state="staging",
        file_name=name,
        file_sha256=sha256,
        region_code=county,
        staged_on=on,
        account=by.account,
        columns=",".join(sorted(table.places)),
        report=None,
    )
    session.add(batch)
    session.flush()
    return batch.id


def _batch(session: Session, batch_id: int, state: str) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None or batch.state != state:
        raise ImportNotStaged(state=batch.state if batch else "—")
    return batch


def _chunks(table: Table, reader: RowReader, progress: Progress | None) -> Iterator[list[ReadRow]]:
    chunk: list[ReadRow] = []
    for line, cells in table:
        chunk.append(reader.read(line, cells))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
            if progress is not None:
                progress(table.consumed, table.total)
    if chunk:
        yield chunk
    if progress is not None:
        progress(table.total, table.total)


def _stage(session: Session, batch_id: int, chunk: list[ReadRow]) -> None:
    people = [row.person for row in chunk if row.person is not None]
    households = [row.household for row in chunk if row.household is not None]
    found = [finding for row in chunk for finding in row.findings]
    for entity, rows in (
        (StagedPerson, people), (StagedHousehold, households), (ImportFinding, found)
    ):  # fmt: skip
        if rows:
            for row in rows:
                row["batch_id"] = batch_id
            session.execute(insert(table_of(entity)), rows)


def _forget_unfinished(session: Session, by: Actor) -> None:
    """Drop what this account has left staged: an import that was killed, a preview."""
    unfinished = select(ImportBatch.id).where(
        ImportBatch.account == by.account, ImportBatch.state != "applied"
    )
    for batch_id in session.scalars(unfinished).all():
        _forget(session, batch_id)


def _forget(session: Session, batch_id: int) -> None:
    _forget_rows(session, batch_id)
    session.execute(delete(ImportBatch).where(ImportBatch.id == batch_id))


def _forget_rows(session: Session, batch_id: int) -> None:
    for entity in (StagedPerson, StagedHousehold, ImportFinding):
        table = table_of(entity)
        session.execute(delete(table).where(table.c.batch_id == batch_id))
