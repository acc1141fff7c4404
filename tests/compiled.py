"""Every engine of a test process keeps its compiled SQL in one place.

Each test has books of its own, thus engines of its own, and SQLAlchemy keeps what it compiled with
the engine: two thirds of a test's time went into compiling the same statements again. What is
compiled depends on the statement and on the dialect alone, never on what is in a database; so all
engines of one kind are given the dialect that the first of them made known, and one cache.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

#: statements kept; the whole house has fewer
MOST: Final = 20_000

_dialects: dict[tuple[str, str, object], Dialect] = {}
_statements: LRUCache[Any, Any] = LRUCache(MOST)


def share() -> None:
    """From here on, in this process."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    own = connection.dialect
    # An engine that begins every connection in another way than the house's is another kind.
    kind = (own.name, own.driver, own._on_connect_isolation_level)
    shared = _dialects.setdefault(kind, own)
    engine = connection.engine
    connection.dialect = engine.dialect = shared
    engine._compiled_cache = _statements
