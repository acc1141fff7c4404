"""One moment of the books: a transaction that reads and does not move while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection whose every read sees the same moment; it may not write."""
    # A plain BEGIN of SQLite holds its snapshot from the first read on.
    options: dict[str, Any] = (
        {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        if engine.dialect.name == "postgresql"
        else {"fupin_reading": True}
    )
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
