"""Backup: one portable file, the same from SQLite and from PostgreSQL, sealed against change.

The file is a zip: one member per table with its rows as lines of JSON in the order of the primary
key, and a manifest with the revision, the head of the trail, and the row count and SHA-256 of each
table. The manifest's MAC is taken with the key of the trail, so an altered backup, or one of other
books, does not restore. Identity numbers and attachments stay sealed as they are in the tables:
without the key file a backup opens nothing, and the key file is kept apart from it.

A backup is read from one snapshot, and restored, by a revision's own tables with their triggers
standing, into an empty database alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Boolean, Connection, Date, Engine, LargeBinary, Table, func, select, text

from jobs.refusals import BackupAltered
from jobs.snapshot import one_moment
from kernel.database import Base, UtcDateTime
from kernel.trail import TrailHead, trail_ids
from kernel.unit_of_work import MacKey

FORMAT = "fupin-backup-1"
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

    def to_json(self) -> bytes:
        """Canonical text, which the seal is taken over."""
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Read back what ``to_json`` wrote."""
        read = json.loads(content)
        tables = {name: Digest(**digest) for name, digest in read.pop("tables").items()}
        return cls(tables=tables, **read)

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


# --- writing ------------------------------------------------------------------------------------


def write(engine: Engine, key: MacKey, file: Path, *, revision: str, now: datetime) -> Manifest:
    """Back up a database into a new file; the file appears whole or not at all."""
    beside = file.with_name(file.name + ".part")
    with one_moment(engine) as connection, zipfile.ZipFile(beside, "w", _DEFLATED) as archive:
        head = connection.execute(select(TrailHead.position, TrailHead.mac)).one()
        tables = {
            table.name: _write_table(connection, table, archive)
            for table in Base.metadata.sorted_tables
        }
        manifest = Manifest(FORMAT, revision, now.isoformat(), head.position, head.mac, tables)
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
            table.name: _digest(_lines(connection, table)) for table in Base.metadata.sorted_tables
        }


def _write_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> Digest:
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        return _digest(_copied(_lines(connection, table), member))


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


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    rows = connection.execute(
        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    )
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
    """What a backup says of itself, if its seal holds."""
    try:
        with zipfile.ZipFile(file) as archive:
            content = archive.read(MANIFEST)
            sealed = archive.read(SEAL).decode("ascii", "replace")
    except _BROKEN as error:
        raise _altered(file, "打不开或残缺", "it does not open") from error
    if not hmac.compare_digest(sealed, _seal(key, content)):
        raise _altered(file, "封印不符：已被改动，或出自另一套密钥", "its seal does not hold")
    return Manifest.from_json(content)


def check(file: Path, key: MacKey) -> Manifest:
    """Read a backup to its end and compare every table with the manifest."""
    manifest = read_manifest(file, key)
    if manifest.format != FORMAT or set(manifest.tables) != set(Base.metadata.tables):
        raise _altered(file, "版本或数据表与本程序不符", "its tables are not this program's")
    try:
        with zipfile.ZipFile(file) as archive:
            for name, expected in manifest.tables.items():
                with archive.open(f"{name}.jsonl") as member:
                    if _digest(member) != expected:
                        raise _altered(file, f"表{name}与清单不符", f"table {name} differs")
    except _BROKEN as error:
        raise _altered(file, "打不开或残缺", "it does not open") from error
    return manifest


def restore(engine: Engine, key: MacKey, file: Path) -> Manifest:
    """Fill empty tables from a backup, all or nothing, and compare what stands there afterwards."""
    manifest = check(file, key)
    with engine.begin() as connection, zipfile.ZipFile(file) as archive:
        for table in Base.metadata.sorted_tables:
            with archive.open(f"{table.name}.jsonl") as member:
                _fill(connection, table, io.TextIOWrapper(member, encoding="utf-8"))
        if connection.dialect.name == "postgresql":
            _move_sequences(connection)
        for table in Base.metadata.sorted_tables:
            if _digest(_lines(connection, table)) != manifest.tables[table.name]:
                raise _altered(
                    file, f"表{table.name}恢复后不符", f"{table.name} came out different"
                )
    return manifest


def _altered(file: Path, zh: str, en: str) -> BackupAltered:
    return BackupAltered(field="file", file=file, what_zh=zh, what_en=en)


def _fill(connection: Connection, table: Table, lines: Iterable[str]) -> None:
    batch: list[Row] = []
    for line in lines:
        batch.append(_row(table, json.loads(line)))
        if len(batch) == BATCH:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)


def _row(table: Table, values: list[Any]) -> Row:
    return {
        column.name: None if value is None else _typed(column.type, value)
        for column, value in zip(table.columns, values, strict=True)
    }


def _typed(kind: object, value: Any) -> object:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return value


def _move_sequences(connection: Connection) -> None:
    """Numbers given out from now on follow the restored ones."""
    preparer = connection.dialect.identifier_preparer
    for table in Base.metadata.sorted_tables:
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
