"""Single changes behind the books' back, triggers off: every one is found and named (proof 18)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, and_, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from config.wiring import House
from jobs import verify
from jobs.close import Closer
from jobs.program import program_of
from kernel.append_only import append_only_tables, protect, unprotect
from kernel.database import Base, recorded_tables
from kernel.findings import Finding
from kernel.trail import TrailHead, TrailRow
from kernel.unit_of_work import Books
from ledger.models import BusinessDay
from tests.databases import Maker
from tests.jobs.conftest import house
from tests.loans.town import FULL, Town
from tests.planted import Plant
from tests.properties.interrupted import Mould

__all__ = ["house"]

pytestmark = pytest.mark.slow

CHANGES = 40

Row = dict[str, Any]


@pytest.fixture
def mould(
    town: Town, databases_of_this_process: Maker, shelf: dict[str, object]
) -> Iterator[Mould]:
    """A town that has lent, settled, taken payments, reversed and entered late, and closed days."""
    steps = program_of(type("Rules", (), shelf), "431022000000")  # type: ignore[arg-type]
    numbers = [town.lend(place) for place in (1, 2)]
    # A month's loan that is not repaid: something is due, and past due.
    town.lend(4, term_months=1, annual_rate_ppm=43_500)
    (third,) = town.contracts(town.asked(3))
    town.reverse(town.disburse(third, FULL))
    Closer(town.books, town.system, steps, "town", 100).close_to(date(2016, 6, 22))
    town.pay(numbers[0], 1_000_00, early=True)
    Closer(town.books, town.system, steps, "town", 100).close_to(date(2016, 7, 2))
    town.pay(numbers[1], 2_000_00, early=True, value_date=date(2016, 6, 15))
    town.undo_payment(town.pay(numbers[0], 300, value_date=date(2016, 6, 21)))
    Closer(town.books, town.system, steps, "town", 100).close_to(date(2016, 7, 3))
    made = Mould.of(databases_of_this_process, town.books)
    yield made
    made.close()


def findings(mould: Mould, house: House, root: str | None = None) -> list[Finding]:
    """What ``fupin verify`` finds in the copy."""
    seen = House(replace(house.settings, database_url=mould.copy), house.clock)
    vars(seen).update({name: vars(house)[name] for name in ("regions", "rulebook", "calendar")})
    vars(seen)["engine"] = mould.engine
    return verify.run(seen, root).findings


class Unguarded:
    """A connection to which nothing is refused: no trigger, no foreign key."""

    def __init__(self, books: Books) -> None:
        self._engine = books.engine

    def __enter__(self) -> Connection:
        self._connection = self._engine.connect()
        if self._engine.dialect.name == "sqlite":
            driver: Any = self._connection.connection.dbapi_connection
            driver.execute("PRAGMA foreign_keys=OFF")
        self._transaction = self._connection.begin()
        if self._engine.dialect.name == "postgresql":
            self._connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            unprotect(self._connection, append_only_tables())
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            if self._engine.dialect.name == "sqlite":
                protect(self._connection, append_only_tables())
            self._transaction.commit()
        else:
            self._transaction.rollback()
        self._connection.close()
        self._engine.dispose()


@dataclass
class Tamperer:
    """Makes one random change at a time; says what it did."""

    connection: Connection
    dice: random.Random

    def change(self) -> str | None:
        """One change to one recorded table; None where this one cannot be made."""
        table = self.dice.choice(self._tables_with_rows())
        verb = self.dice.choice([self._alter, self._alter, self._remove, self._insert, self._swap])
        try:
            with self.connection.begin_nested():
                return verb(table)
        except IntegrityError:
            return None

    def _tables_with_rows(self) -> list[Table]:
        return [
            table
            for table in [*recorded_tables().values(), TrailRow.__table__]
            if isinstance(table, Table)
            and self.connection.scalar(select(func.count()).select_from(table))
        ]

    def _row(self, table: Table) -> Row:
        rows = self.connection.execute(select(table)).mappings().all()
        return dict(self.dice.choice(rows))

    def _this(self, table: Table, row: Row) -> Any:
        return and_(*(key == row[key.name] for key in table.primary_key.columns))

    def _column(self, table: Table, row: Row) -> Column[Any]:
        return self.dice.choice([c for c in table.columns if row[c.name] is not None])

    def _alter(self, table: Table) -> str | None:
        row = self._row(table)
        column = self._column(table, row)
        other = altered(row[column.name])
        self.connection.execute(update(table).where(self._this(table, row)).values({column: other}))
        return f"{table.name}.{column.name}: {row[column.name]!r} became {other!r}"

    def _remove(self, table: Table) -> str:
        row = self._row(table)
        self.connection.execute(delete(table).where(self._this(table, row)))
        return f"{table.name}: {row} removed"

    def _insert(self, table: Table) -> str:
        row = self._row(table)
        for key in table.primary_key.columns:
            row[key.name] = altered(row[key.name])
        self.connection.execute(insert(table).values(row))
        return f"{table.name}: {row} inserted"

    def _swap(self, table: Table) -> str | None:
        one, other = self._row(table), self._row(table)
        column = self._column(table, one)
        if column.primary_key or one[column.name] == other[column.name]:
            return None
        for row, value in ((one, other[column.name]), (other, one[column.name])):
            self.connection.execute(
                update(table).where(self._this(table, row)).values({column: value})
            )
        return f"{table.name}.{column.name}: {one} and {other} swapped"


def altered(value: Any) -> Any:
    """The same, but for the least there is."""
    changes: list[tuple[type, Callable[[Any], Any]]] = [
        (bool, lambda v: not v),
        (int, lambda v: v + 1),
        (str, lambda v: v + "x"),
        (bytes, lambda v: bytes([v[0] ^ 1]) + v[1:] if v else b"x"),
        (datetime, lambda v: v + timedelta(seconds=1)),
        (date, lambda v: v + timedelta(days=1)),
    ]
    return next(change(value) for kind, change in changes if isinstance(value, kind))


def test_untouched_books_raise_no_alarm(mould: Mould, house: House) -> None:
    mould.pour()
    assert findings(mould, house) == []


def test_every_single_change_is_found(mould: Mould, house: House) -> None:
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    made = 0
    while made < CHANGES:
        with Unguarded(mould.pour()) as connection:
            what = Tamperer(connection, dice).change()
        if what is None:
            continue
        made += 1
        assert findings(mould, house) != [], f"seed {seed}, change {made} was not found: {what}"


def cut(connection: Connection, rows: int) -> str:
    """Cut the last units of work away, with all they wrote, and mend the head; the old root."""
    head = connection.execute(select(TrailHead.position, TrailHead.mac)).one()
    last = connection.execute(
        select(TrailRow.id, TrailRow.position, TrailRow.mac).where(
            TrailRow.position == head.position - rows
        )
    ).one()
    gone = select(TrailRow.id).where(TrailRow.position > last.position)
    ids = connection.scalars(gone).all()
    for table in recorded_tables().values():
        connection.execute(delete(table).where(table.c.trail_id.in_(ids)))
    connection.execute(delete(TrailRow).where(TrailRow.position > last.position))
    connection.execute(
        update(TrailHead).values(position=last.position, mac=last.mac, trail_id=last.id)
    )
    return str(head.mac)


def test_a_tail_cut_off_whole_shows_by_the_printed_root(mould: Mould, house: House) -> None:
    """The chain itself holds: only a paper that names the root tells."""
    with Unguarded(mould.pour()) as connection:
        root = cut(connection, 2)
    found = findings(mould, house, root)
    assert {(f.check, f.key) for f in found} >= {("trail.chain", root)}


def test_the_trail_s_clock_set_back_is_found(mould: Mould, house: House) -> None:
    with Unguarded(mould.pour()) as connection:
        connection.execute(
            update(TrailRow)
            .where(TrailRow.position == 5)
            .values(ended_at=datetime.fromisoformat("2001-01-01T00:00:00+00:00"))
        )
    assert "trail.chain" in {f.check for f in findings(mould, house)}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("positions", "drawn_fen"),
        ("open_dues", "left_fen"),
        ("open_segments", "principal_fen"),
    ],
)
def test_running_state_that_differs_from_the_record_is_found(
    mould: Mould, house: House, table: str, column: str
) -> None:
    books = mould.pour()
    which = Base.metadata.tables[table]
    with Unguarded(books) as connection:
        changed = connection.execute(
            update(which).values({column: which.c[column] + 1, "trail_id": which.c.trail_id})
        )
    assert changed.rowcount > 0
    assert findings(mould, house) != []


@pytest.mark.parametrize(
    ("table", "column", "which"),
    [
        ("segments", "principal_fen", "correction > 0"),
        ("segments", "rate_ppm", "correction > 0"),
        ("settlements", "to_on", "revision > 0"),
        ("allocations", "amount_fen", "correction > 0"),
        ("open_segments", "from_on", "1 = 1"),
        ("positions", "interest_settled_to", "correction > 0"),
        ("positions", "matures_on", "correction > 0"),
    ],
)
def test_a_corrected_loan_is_lived_again(
    mould: Mould, house: House, table: str, column: str, which: str
) -> None:
    """Whatever of it says otherwise than its events is named by the loan."""
    target = Base.metadata.tables[table]
    with Unguarded(mould.pour()) as connection:
        row = connection.execute(select(target).where(text(which)).limit(1)).mappings().one()
        this = and_(*(key == row[key.name] for key in target.primary_key.columns))
        connection.execute(
            update(target)
            .where(this)
            .values({column: altered(row[column]), "trail_id": row["trail_id"]})
        )
    assert "loans.replayed" in {finding.check for finding in findings(mould, house)}


def test_a_business_day_left_out_is_found(mould: Mould, house: House) -> None:
    with Unguarded(mould.pour()) as connection:
        connection.execute(delete(BusinessDay).where(BusinessDay.day == date(2016, 6, 10)))
    assert {"ledger.days"} <= {f.check for f in findings(mould, house)}


PLANTED = [
    Plant(test_every_single_change_is_found, "kernel.trail._check_contents", lambda *_: iter(())),
    Plant(test_a_tail_cut_off_whole_shows_by_the_printed_root, "jobs.verify.trail.check",
          lambda *_: iter(())),
    Plant(test_a_corrected_loan_is_lived_again, "loans.replay_checks._differing",
          lambda *_: iter(()),
          {"table": "open_segments", "column": "from_on", "which": "1 = 1"}),
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, mould: Mould, house: House) -> None:
    plant.prove(mould=mould, house=house)
