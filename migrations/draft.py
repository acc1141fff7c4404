"""What the newest revision lacks of the models: ``python -m migrations.draft``.

For developers. Prints, in Alembic's own words, the steps that would bring a database at the newest
revision (or at one that is named) to the models; paste them into a revision and give every row
that stands the value it needs. Alembic compares no CHECK, so those are compared here, by name and
wording, and listed below the steps. Status 1 where anything is missing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

from alembic.autogenerate import api, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import BigInteger, CheckConstraint, Connection, Engine, Table, inspect

from kernel.database import UtcDateTime, open_engine
from migrations.models import METADATA
from migrations.runner import upgrade

#: how columns are compared
OPTIONS = {"compare_type": True, "compare_server_default": True}


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """The house's own types by their names."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, BigInteger):
        return "BigInt"
    return False


def steps(connection: Connection) -> str:
    """The steps that are missing, as code; empty where there is none."""
    context = MigrationContext.configure(
        connection, opts={"target_metadata": METADATA, "render_item": render_item, **OPTIONS}
    )
    found = api.produce_migrations(context, METADATA)
    assert found.upgrade_ops is not None
    if found.upgrade_ops.is_empty():
        return ""
    code = render_python_code(found.upgrade_ops, render_item=render_item, migration_context=context)
    return re.sub(r"^\s*# .*\n?", "", code, flags=re.MULTILINE).strip("\n")


def rules_of_models(table: Table) -> dict[str, str]:
    """The CHECKs of a table by name, as its model words them."""
    return {
        str(rule.name): str(rule.sqltext)
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }


def rules_of_tables(engine: Engine | Connection, table: str) -> dict[str, str]:
    """The CHECKs of a table by name, as the database has them."""
    return {
        str(rule["name"]): str(rule["sqltext"])
        for rule in inspect(engine).get_check_constraints(table)
    }


def unlike_rules(engine: Engine | Connection) -> Iterator[str]:
    """CHECKs that are missing, left over or worded otherwise, and primary keys.

    PostgreSQL puts all words anew, so there a name is all that is compared.
    """
    look = inspect(engine)
    standing = set(look.get_table_names())
    for table in METADATA.sorted_tables:
        if table.name not in standing:
            continue
        key = [column.name for column in table.primary_key.columns]
        if look.get_pk_constraint(table.name)["constrained_columns"] != key:
            yield f"{table.name}: the primary key should be {', '.join(key)}"
        stand, wanted = rules_of_tables(engine, table.name), rules_of_models(table)
        for name in sorted(wanted.keys() - stand.keys()):
            yield f"{table.name}: {name} is missing: {wanted[name]}"
        for name in sorted(stand.keys() - wanted.keys()):
            yield f"{table.name}: {name} is left over"
        if engine.dialect.name == "sqlite":
            for name in sorted(wanted.keys() & stand.keys()):
                if stand[name] != wanted[name]:
                    yield f"{table.name}: {name} should be: {wanted[name]}"


def draft(revision: str = "head") -> str:
    """What a database at a revision lacks of the models; empty where nothing."""
    engine = open_engine("sqlite://")
    upgrade(engine, revision)
    with engine.connect() as connection:
        lacking = [steps(connection), *(f"# {line}" for line in unlike_rules(connection))]
    engine.dispose()
    return "\n".join(part for part in lacking if part)


def main() -> None:
    """Print it."""
    lacking = draft(*sys.argv[1:])
    sys.stdout.write(f"{lacking}\n" if lacking else "")
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()
