"""Lines and digests: columns that a table gets later, tampering, and no two rows of one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    case,
    insert,
    literal,
    select,
    update,
)

from kernel import digests
from kernel.database import BigInt
from kernel.digests import added, canonical_line, digest_lines
from tests.planted import Plant

OLD = (("id", BigInt), ("purpose", Text()))
#: name, type and what rows before it stand for; out of alphabetical order on purpose
NEW: tuple[tuple[str, Any, object], ...] = (
    ("mode", Text(), "credit"),
    ("early", Boolean(), False),
    ("party", Text(), None),
    ("fen", BigInt, 0),
)


def table(*columns: tuple[Any, ...], name: str = "grown") -> Table:
    made = [
        Column(column, kind, primary_key=column == "id", info=added(before=before[0]))
        if before
        else Column(column, kind, primary_key=column == "id")
        for column, kind, *before in columns
    ]
    return Table(name, MetaData(), *made)


def before() -> Table:
    return table(*OLD)


def after() -> Table:
    """The new columns stand between the old ones, as a model may put them."""
    return table(OLD[0], *NEW, OLD[1])


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened
        opened.rollback()


def lines(connection: Connection, what: Table) -> list[str]:
    return list(connection.scalars(select(canonical_line(what)).order_by(what.c.id)))


def digest(connection: Connection, what: Table) -> str:
    rows = select(canonical_line(what).label("line"), what.c.id).order_by(what.c.id).subquery()
    return str(connection.scalar(select(digest_lines(rows.c.line, rows.c.id))))


def grow(connection: Connection) -> Table:
    """Two rows, and then the table is made anew with the columns of later."""
    old = before()
    old.create(connection)
    rows: list[dict[str, object]] = [{"id": 1, "purpose": "养猪"}, {"id": 2, "purpose": None}]
    connection.execute(insert(old), rows)
    old.drop(connection)
    grown = after()
    grown.create(connection)
    stands_for = {name: value for name, _kind, value in NEW}
    connection.execute(insert(grown), [{**row, **stands_for} for row in rows])
    return grown


def test_rows_written_before_a_column_keep_their_lines(connection: Connection) -> None:
    grown = grow(connection)
    assert lines(connection, grown) == ["1|2:养猪", "2|~"]
    assert digest(connection, grown) == digest(connection, before())


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"mode": "pooled"}, "1|2:养猪|mode=6:pooled"),
        ({"mode": None}, "1|2:养猪|mode=~"),
        ({"early": True}, "1|2:养猪|early=1"),
        ({"early": None}, "1|2:养猪|early=~"),
        ({"party": ""}, "1|2:养猪|party=0:"),
        ({"party": "~"}, "1|2:养猪|party=1:~"),
        ({"fen": -1}, "1|2:养猪|fen=-1"),
        ({"fen": 5, "early": True, "mode": "x"}, "1|2:养猪|early=1|fen=5|mode=1:x"),
    ],
    ids=str,
)
def test_a_change_of_a_new_column_in_an_old_row_shows(
    connection: Connection, changed: dict[str, object], line: str
) -> None:
    grown = grow(connection)
    whole = digest(connection, grown)
    connection.execute(update(grown).where(grown.c.id == 1).values(**changed))
    assert lines(connection, grown) == [line, "2|~"]
    assert digest(connection, grown) != whole


def test_bytes_that_are_missing_are_not_bytes_that_are_empty(connection: Connection) -> None:
    """On SQLite ``hex`` of nothing is an empty text: one line stood for both until then."""
    sealed = table(("id", BigInt), ("sealed", LargeBinary()))
    sealed.create(connection)
    rows: list[dict[str, object]] = [
        {"id": 1, "sealed": None},
        {"id": 2, "sealed": b""},
        {"id": 3, "sealed": b"\x0a\xff"},
    ]
    connection.execute(insert(sealed), rows)
    assert lines(connection, sealed) == ["1|~", "2|", "3|0aff"]
    of_old = select(canonical_line(sealed, of_old=True)).order_by(sealed.c.id)
    assert list(connection.scalars(of_old)) == ["1|", "2|", "3|0aff"]


#: texts that try to look like the end of a line
TEXTS = (
    st.none()
    | st.sampled_from(["", "~", "x|mode=1:y", "|early=1", "1:x", "a\n2|~", "credit", "养"])
    | st.text(max_size=6).filter(lambda text: "\x00" not in text and text.isprintable())
)
ROWS = st.fixed_dictionaries(
    {
        "purpose": TEXTS,
        "mode": TEXTS,
        "early": st.none() | st.booleans(),
        "party": TEXTS,
        "fen": st.none() | st.integers(-2, 2),
    }
)


#: a row that holds what old rows stand for
STANDING = {"purpose": "养", "mode": "credit", "early": False, "party": None, "fen": 0}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(rows=[{**STANDING, "mode": "x"}, {**STANDING, "party": "x"}])
@given(rows=st.lists(ROWS, min_size=2, max_size=12))
def test_two_different_rows_never_have_one_line(engine: Engine, rows: list[dict[str, Any]]) -> None:
    grown = after()
    with engine.connect() as connection:
        grown.create(connection)
        connection.execute(insert(grown), [{"id": place, **row} for place, row in enumerate(rows)])
        # Without the number, which is another in every row.
        said = [line.partition("|")[2] for line in lines(connection, grown)]
        connection.rollback()
    wanted = [repr(sorted(row.items())) for row in rows]
    assert len(set(said)) == len(set(wanted))


def nameless(column: Column[Any]) -> ColumnElement[str]:
    """What differs, without saying where."""
    before = column.info[digests.ADDED]
    same = column.is_not_distinct_from(literal(before, column.type))
    return case((same, ""), else_=literal("|").op("||")(digests._canonical(column)))


PLANTED = [
    Plant(
        test_rows_written_before_a_column_keep_their_lines,
        "kernel.digests._unless_before",
        digests._canonical,
    ),
    Plant(
        test_a_change_of_a_new_column_in_an_old_row_shows,
        "kernel.digests._unless_before",
        lambda _column: literal(""),
        {"changed": {"mode": "pooled"}, "line": "1|2:养猪|mode=6:pooled"},
    ),
    Plant(test_two_different_rows_never_have_one_line, "kernel.digests._unless_before", nameless),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, engine: Engine, connection: Connection) -> None:
    plant.prove(engine=engine, connection=connection)
