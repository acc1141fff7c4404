"""Backup: one portable file, the same from SQLite and from PostgreSQL, sealed against change.

The file is a zip: one member per table with its rows as lines of JSON in the order of the primary
key, and a manifest with the revision, the head of the trail, the row count and SHA-256 of each
table, and its columns in the order of the lines. The manifest's MAC is taken with the key of the
trail, so an altered backup, or one of other books, does not restore. Identity numbers and
attachments stay sealed as they are in the tables: without the key file a backup opens nothing, and
the key file is kept apart from it.

A backup is read from one snapshot, and restored, into an empty database alone, with the tables of
its own revision and their triggers standing; which tables those are is asked of the database
(``jobs.standing``), so books of any revision are backed up and restored. Files of the first format
name no columns: they are of the opening revision, in the order of its tables.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Column, Connection, Engine, Table, func, select, text

from jobs import standing
from jobs.refusals import BackupAltered, BackupOfOtherVersion
from jobs.snapshot import one_moment
from kernel.trail import TrailHead, trail_ids
from kernel.unit_of_work import MacKey

FORMAT: Final = "fupin-backup-2"
#: names no columns, and was written of this revision alone
FIRST_FORMAT: Final = ("fupin-backup-1", "2026_11_21_the_county_opens")
MANIFEST = "manifest.json"
SEAL = "manifest.mac"
#: rows read or written at a time
BATCH = 1_000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Digest:
    """What a table holds: how many rows, and the SHA-256 of their lines."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: str
    revision: str
    taken_at: str
    trail_position: int
    trail_root: str
    tables: dict[str, Digest]
    #: table -> its columns in the order of the lines, each with what it holds
    columns: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Canonical text, which the seal is taken over."""
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @classmethod
    def from_data(cls, read: Row) -> Manifest:
        """Read back what ``to_json`` wrote, in this format or the first."""
        tables = {name: Digest(**digest) for name, digest in read["tables"].items()}
        columns = {
            table: [(name, kind) for name, kind in pairs]
            for table, pairs in read.get("columns", {}).items()
        }
        return cls(**{**read, "tables": tables, "columns": columns})

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


# --- writing ------------------------------------------------------------------------------------


def write(engine: Engine, key: MacKey, file: Path, *, revision: str, now: datetime) -> Manifest:
    """Back up a database into a new file; the file appears whole or not at all."""
    beside = file.with_name(file.name + ".part")
    with one_moment(engine) as connection, zipfile.ZipFile(beside, "w", _DEFLATED) as archive:
        head = connection.execute(select(TrailHead.position, TrailHead.mac)).one()
        found = standing.tables(connection)
        tables = {table.name: _write_table(connection, table, archive) for table in found}
        columns = {table.name: standing.kinds(table) for table in found}
        manifest = Manifest(
            FORMAT, revision, now.isoformat(), head.position, head.mac, tables, columns
        )
        archive.writestr(MANIFEST, manifest.to_json())
        archive.writestr(SEAL, _seal(key, manifest.to_json()))
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(file)
    return manifest


_DEFLATED = zipfile.ZIP_DEFLATED


def digests(engine: Engine) -> dict[str, Digest]:
    """Row count and digest of every table as it stands: what a restored database is compared by."""
    with one_moment(engine) as connection:
        return {
            table.name: _digest(_lines(connection, table.columns))
            for table in standing.tables(connection)
        }


def _write_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> Digest:
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        return _digest(_copied(_lines(connection, table.columns), member))


def _copied(lines: Iterable[bytes], member: IO[bytes]) -> Iterator[bytes]:
    for line in lines:
        member.write(line)
        yield line


def _digest(lines: Iterable[bytes]) -> Digest:
    count, sha256 = 0, hashlib.sha256()
    for line in lines:
        count += 1
        sha256.update(line)
    return Digest(count, sha256.hexdigest())


def _lines(connection: Connection, columns: Iterable[Column[Any]]) -> Iterator[bytes]:
    """A table's rows by these columns of it, each as a line."""
    chosen = list(columns)
    key = chosen[0].table.primary_key.columns
    rows = connection.execute(select(*chosen).order_by(*key).execution_options(yield_per=BATCH))
    for row in rows:
        values = [_plain(value) for value in row]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _seal(key: MacKey, content: bytes) -> str:
    return key.mac(b"backup:" + content).hex()


# --- reading ------------------------------------------------------------------------------------


#: everything a zip may break with when a byte of it changes
_BROKEN = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_manifest(file: Path, key: MacKey) -> Manifest:
    """What a backup says of itself, if its seal holds and its format is known."""
    try:
        with zipfile.ZipFile(file) as archive:
            content = archive.read(MANIFEST)
            sealed = archive.read(SEAL).decode("ascii", "replace")
    except _BROKEN as error:
        raise _altered(file, "打不开或残缺", "it does not open") from error
    if not hmac.compare_digest(sealed, _seal(key, content)):
        raise _altered(file, "封印不符：已被改动，或出自另一套密钥", "its seal does not hold")
    read = json.loads(content)
    if read["format"] != FORMAT and (read["format"], read["revision"]) != FIRST_FORMAT:
        raise of_other_version(file, read["revision"])
    return Manifest.from_data(read)


def of_other_version(file: Path, revision: str) -> BackupOfOtherVersion:
    """The refusal of a backup whose revision or format this program does not know."""
    return BackupOfOtherVersion(field="file", file=file, revision=revision)


def check(file: Path, key: MacKey) -> Manifest:
    """Read a backup to its end and compare every table with the manifest."""
    manifest = read_manifest(file, key)
    with _opened(file) as archive:
        for name, expected in manifest.tables.items():
            with archive.open(f"{name}.jsonl") as member:
                if _digest(member) != expected:
                    raise _altered(file, f"表{name}与清单不符", f"table {name} differs")
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except _BROKEN as error:
        raise _altered(file, "打不开或残缺", "it does not open") from error


def restore(engine: Engine, key: MacKey, file: Path) -> Manifest:
    """Fill the empty tables of a backup's revision, all or nothing, and compare what stands there.

    Rows are compared one by one and not in their order: two databases may sort text differently.
    """
    manifest = check(file, key)
    with engine.begin() as connection, zipfile.ZipFile(file) as archive:
        layout = _layout(connection, manifest, file)
        written = {}
        for name, columns in layout.items():
            with archive.open(f"{name}.jsonl") as member:
                written[name] = _sum(_filled(connection, columns, member))
        if connection.dialect.name == "postgresql":
            _move_sequences(connection)
        for name, columns in layout.items():
            if _sum(_lines(connection, columns)) != written[name]:
                raise _altered(file, f"表{name}恢复后不符", f"{name} came out different")
    return manifest


def _layout(connection: Connection, manifest: Manifest, file: Path) -> dict[str, list[Column[Any]]]:
    """The columns of each table in the order of a backup's lines."""
    tables = standing.tables(connection)
    said = manifest.columns or {table.name: standing.kinds(table) for table in tables}
    if not said.keys() == manifest.tables.keys() == {table.name for table in tables} or any(
        sorted(said[table.name]) != sorted(standing.kinds(table)) for table in tables
    ):
        raise _altered(file, "数据表与其版本不符", "its tables are not those of its own revision")
    return {table.name: [table.c[name] for name, _ in said[table.name]] for table in tables}


def _sum(lines: Iterable[bytes]) -> tuple[int, int]:
    """How many lines, and a sum of their digests that does not depend on their order."""
    count, total = 0, 0
    for line in lines:
        count += 1
        total += int.from_bytes(hashlib.sha256(line).digest())
    return count, total


def _altered(file: Path, zh: str, en: str) -> BackupAltered:
    return BackupAltered(field="file", file=file, what_zh=zh, what_en=en)


def _filled(
    connection: Connection, columns: list[Column[Any]], lines: Iterable[bytes]
) -> Iterator[bytes]:
    """Write a backup's lines into their table, and hand them on."""
    insert = columns[0].table.insert()
    batch: list[Row] = []
    for line in lines:
        batch.append(_row(columns, json.loads(line)))
        yield line
        if len(batch) == BATCH:
            connection.execute(insert, batch)
            batch = []
    if batch:
        connection.execute(insert, batch)


def _row(columns: list[Column[Any]], values: list[Any]) -> Row:
    return {
        column.name: None if value is None else _typed(standing.kind_of(column.type), value)
        for column, value in zip(columns, values, strict=True)
    }


def _typed(kind: str, value: Any) -> object:
    if kind == "instant":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "bytes":
        return base64.b64decode(value)
    return value


def _move_sequences(connection: Connection) -> None:
    """Numbers given out from now on follow the restored ones."""
    preparer = connection.dialect.identifier_preparer
    for table in standing.tables(connection):
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.scalar(
            select(func.pg_get_serial_sequence(preparer.quote(table.name), column.name))
        )
        highest = connection.scalar(select(func.max(column)))
        if sequence is not None and highest is not None:
            connection.execute(select(func.setval(sequence, highest)))
    highest = connection.scalar(text("SELECT max(id) FROM trail"))
    if highest is not None:
        connection.execute(select(func.setval(trail_ids.name, highest)))
