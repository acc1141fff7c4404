"""The trail: one row for every committed unit of work, chained so that tampering shows.

Key: ``position``, gapless from 1 in a set of books. A row holds who did what, why and when, and
for each recorded table the count and digest of the rows it wrote. ``mac`` is keyed over all of
that and the row before; the key lies outside the database's folder. The day's root, printed on the
closing report, is the ``mac`` of the last row of that day's close: a cut tail no longer holds it.

``check`` recomputes every digest and the whole chain and names what differs.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    Sequence,
    Table,
    bindparam,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.actor import Actor
from kernel.database import (
    Base,
    BigInt,
    Running,
    Work,
    recorded_tables,
)
from kernel.digests import canonical_line, digest_lines
from kernel.findings import Finding

#: hex of the chain's beginning
GENESIS = "0" * 64

trail_ids = Sequence("trail_ids", metadata=Base.metadata)

Mac = Callable[[bytes], bytes]


class TrailRow(Base):
    """One committed unit of work. Append-only; not covered by itself but by the chain."""

    __tablename__ = "trail"

    #: number of the unit of work, named by every row it wrote
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: place in the chain, gapless from 1
    position: Mapped[int] = mapped_column(unique=True)
    #: what was done, ``room.verb``
    command: Mapped[str]
    #: who did it; 0 is the system
    person_id: Mapped[int]
    #: through which account
    account: Mapped[str]
    #: with which roles, sorted, comma between
    roles: Mapped[str]
    #: why, in the actor's words
    reason: Mapped[str]
    #: when it began
    began_at: Mapped[datetime]
    #: when it was about to commit
    ended_at: Mapped[datetime]
    #: canonical JSON: recorded table -> [rows, digest]
    contents: Mapped[str]
    #: MAC of the row before, hex
    previous_mac: Mapped[str]
    #: MAC of this row and the one before, hex
    mac: Mapped[str]

    def message(self) -> bytes:
        """What the MAC is taken over."""
        parts = [
            self.id,
            self.position,
            self.command,
            self.person_id,
            self.account,
            self.roles,
            self.reason,
            self.began_at.isoformat(),
            self.ended_at.isoformat(),
            self.contents,
            self.previous_mac,
        ]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


class TrailHead(Running, Base):
    """The chain's end: the one row that serialises commits for the moment of chaining."""

    __tablename__ = "trail_head"

    #: always 1
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: position of the last trail row
    position: Mapped[int]
    #: its MAC
    mac: Mapped[str]


def next_id(connection: Connection) -> int:
    """The number of a new unit of work."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(trail_ids.next_value()).scalar_one())
    # SQLite's writers are alone, so the next number is safe.
    highest = connection.execute(select(func.coalesce(func.max(TrailRow.id), 0))).scalar_one()
    return int(highest) + 1


def contents_of(connection: Connection, tables: set[str], trail_id: int) -> str:
    """Canonical JSON of what one unit of work wrote: table -> [rows, digest]; one statement."""
    query = _contents_query(frozenset(tables))
    if query is None:
        return "{}"
    rows = connection.execute(query, {"trail_id": trail_id}).all()
    return _canonical_json({row[0]: [row[1], row[2]] for row in rows if row[1]})


@lru_cache(maxsize=256)
def _contents_query(tables: frozenset[str]) -> CompoundSelect[str, int, str] | None:
    """Building this takes longer than running it, and every unit of work asks."""
    recorded = [table for name, table in recorded_tables().items() if name in tables]
    return union_all(*map(_digest_of, recorded)) if recorded else None


def _canonical_json(contents: dict[str, list[object]]) -> str:
    return json.dumps(contents, sort_keys=True, separators=(",", ":"))


def _digest_of(table: Table) -> Select[str, int, str]:
    keys = table.primary_key.columns
    lines = (
        select(canonical_line(table).label("line"), *keys)
        .where(table.c.trail_id == bindparam("trail_id", type_=BigInt))
        .order_by(*keys)
        .subquery()
    )
    return select(
        literal(table.name),
        func.count(),
        digest_lines(lines.c.line, *(lines.c[key.name] for key in keys)),
    )


def append(
    session: Session,
    *,
    work: Work,
    command: str,
    by: Actor,
    reason: str,
    began_at: datetime,
    clock: Callable[[], datetime],
    mac: Mac,
) -> None:
    """Chain the trail row of the unit of work about to commit."""
    contents = contents_of(session.connection(), work.inserted, work.trail_id)
    head = session.get_one(TrailHead, 1, with_for_update=True)
    row = TrailRow(
        id=work.trail_id,
        position=head.position + 1,
        command=command,
        person_id=by.person_id,
        account=by.account,
        roles=",".join(sorted(by.roles)),
        reason=reason,
        began_at=began_at,
        ended_at=clock(),
        contents=contents,
        previous_mac=head.mac,
    )
    row.mac = mac(row.message()).hex()
    head.position, head.mac = row.position, row.mac
    session.add(row)
    session.flush()


def root(session: Session) -> str:
    """The MAC of the chain's last row: what a closing report prints."""
    return session.get_one(TrailHead, 1).mac


def check(session: Session, mac: Mac | None, expected_root: str | None = None) -> Iterator[Finding]:
    """Recompute the chain and every digest; without the key only the digests."""
    if mac is None:
        yield Finding(
            "trail.key",
            "trail",
            "*",
            "没有密钥，无法核对操作留痕的链条",
            "the chain of the trail was not checked: the key is missing",
        )
    claimed: dict[int, dict[str, list[object]]] = {}
    yield from _check_chain(session, mac, expected_root, claimed)
    yield from _check_contents(session, claimed)


def _check_chain(
    session: Session,
    mac: Mac | None,
    expected_root: str | None,
    claimed: dict[int, dict[str, list[object]]],
) -> Iterator[Finding]:
    previous, position, before = GENESIS, 0, None
    roots = {GENESIS}
    for row in session.scalars(
        select(TrailRow).order_by(TrailRow.position).execution_options(yield_per=1000)
    ):
        position += 1
        where = f"#{row.position} {row.command} {row.ended_at.isoformat()}"
        if row.position != position:
            yield _broken(where, f"缺第{position}号", f"number {position} is missing")
            position = row.position
        if row.previous_mac != previous:
            yield _broken(where, "与上一行不相连", "it does not follow the row before")
        if mac is not None and not hmac.compare_digest(mac(row.message()).hex(), row.mac):
            yield _broken(where, "内容被改动", "its content was changed")
        if before is not None and row.ended_at < before:
            yield _broken(where, "时间早于上一行", "it is earlier than the row before")
        previous, before = row.mac, row.ended_at
        roots.add(row.mac)
        claimed[row.id] = json.loads(row.contents)
    head = session.get(TrailHead, 1)
    if head is None or (head.position, head.mac) != (position, previous):
        yield _broken("head", "链尾与记录不符", "the head does not match the last row")
    if expected_root is not None and expected_root not in roots:
        yield _broken(
            expected_root,
            "给出的根不在链中，链尾可能被截去",
            "the root given is not in the chain: its tail may be cut",
        )


def _broken(where: str, zh: str, en: str) -> Finding:
    return Finding("trail.chain", "trail", where, f"留痕{where}：{zh}", f"trail {where}: {en}")


def _check_contents(
    session: Session, claimed: dict[int, dict[str, list[object]]]
) -> Iterator[Finding]:
    for name, table in recorded_tables().items():
        found = session.execute(_written_query(table))
        seen = {trail_id: [count, hexdigest] for trail_id, count, hexdigest in found}
        expected = {key: value[name] for key, value in claimed.items() if name in value}
        for trail_id in sorted(seen.keys() | expected.keys()):
            if seen.get(trail_id) != expected.get(trail_id):
                yield _differs(name, trail_id, seen.get(trail_id), expected.get(trail_id))


@lru_cache(maxsize=256)
def _written_query(table: Table) -> Select[int, int, str]:
    """Rows and digest of each unit of work; told by the table alone, so built once."""
    keys = table.primary_key.columns
    lines = (
        select(table.c.trail_id, canonical_line(table).label("line"), *keys)
        .order_by(table.c.trail_id, *keys)
        .subquery()
    )
    digest = digest_lines(lines.c.line, *(lines.c[key.name] for key in keys))
    return select(lines.c.trail_id, func.count(), digest).group_by(lines.c.trail_id)


def _differs(
    table: str, trail_id: int, seen: list[object] | None, expected: list[object] | None
) -> Finding:
    now, then = (seen or [0])[0], (expected or [0])[0]
    return Finding(
        "trail.contents",
        table,
        f"trail_id={trail_id}",
        f"表{table}中第{trail_id}号操作写下的记录被改动（当时{then}行，现在{now}行）",
        f"rows of {table} written by unit of work {trail_id} changed: {then} then, {now} now",
    )
