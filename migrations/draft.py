"""Draft the opening revision from the models: ``python -m migrations.draft``.

For developers, and only until the first release: it writes the file of the one revision anew, with
every table, index and trigger spelled out, so that later changes of the models leave it alone.
After the release a change of the models is a revision of its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import api, render_python_code
from alembic.operations.ops import DropTableOp
from alembic.runtime.migration import MigrationContext
from sqlalchemy import BigInteger
from sqlalchemy.engine import Connection

from kernel.append_only import append_only_tables
from kernel.database import UtcDateTime, open_engine
from migrations.models import METADATA

REVISION = "2026_11_21_the_county_opens"
FILE = Path(__file__).resolve().parent / "versions" / f"{REVISION}.py"

HEAD = '''"""The county opens: every table of the first release, and the triggers of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

from kernel.append_only import protect
from kernel.database import BigInt, UtcDateTime

revision = "{revision}"
down_revision = None

#: rows of these are written once
APPEND_ONLY = (
{tables}
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CreateSequence(sa.Sequence("trail_ids")))
{up}
    protect(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
{down}
    if op.get_bind().dialect.name == "postgresql":
        op.execute(DropSequence(sa.Sequence("trail_ids")))
        op.execute("DROP FUNCTION fupin_refuse()")
'''


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """The house's own types by their names."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, BigInteger):
        return "BigInt"
    return False


def draft(connection: Connection) -> str:
    """The revision's text, from the models and a connection to an empty SQLite database."""
    context = MigrationContext.configure(
        connection, opts={"target_metadata": METADATA, "render_item": render_item}
    )
    found = api.produce_migrations(context, METADATA)
    assert found.upgrade_ops is not None
    assert found.downgrade_ops is not None
    # A table takes its indexes with it.
    found.downgrade_ops.ops = [op for op in found.downgrade_ops.ops if isinstance(op, DropTableOp)]
    up, down = (
        render_python_code(ops, render_item=render_item, migration_context=context)
        for ops in (found.upgrade_ops, found.downgrade_ops)
    )
    up, down = (re.sub(r"^\s*# .*\n?", "", part, flags=re.MULTILINE) for part in (up, down))
    tables = "\n".join(f'    "{table}",' for table in append_only_tables())
    return HEAD.format(revision=REVISION, tables=tables, up=up, down=down)


def main() -> None:
    """Write the file anew and put it into the house's form."""
    engine = open_engine("sqlite://")
    with engine.begin() as connection:
        FILE.write_text(draft(connection), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(FILE)], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
