"""Rights on PostgreSQL: the application's role may add to books and trail, never change them.

The owner of the tables migrates; the application logs in as another role. Triggers guard the
record against mistakes of the program, rights guard it against whoever holds the application's
password.
"""

from __future__ import annotations

from sqlalchemy import Connection

from kernel.append_only import append_only_tables
from migrations.models import METADATA


def grant(connection: Connection, role: str) -> None:
    """Give an existing role what the application needs and nothing more."""
    quote = connection.dialect.identifier_preparer.quote
    to, guarded = quote(role), set(append_only_tables())
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {to}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {to}")
    for table in METADATA.sorted_tables:
        name = quote(table.name)
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {to}")
        rights = "SELECT, INSERT" if table.name in guarded else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"GRANT {rights} ON {name} TO {to}")
