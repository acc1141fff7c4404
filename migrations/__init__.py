"""Migrations: how a database comes to hold the tables of this house, and goes back.

A revision is a file of ``versions/`` with a dated name; Alembic walks them inside one transaction,
on both databases. There is no ini file and no environment script: ``upgrade`` and ``downgrade``
take a URL or an engine. Invariants, each a test: tables equal models, and every append-only table
has its triggers, whichever way a database came to its revision.
"""

from __future__ import annotations

from migrations.runner import current, downgrade, revisions, upgrade

__all__ = ["current", "downgrade", "revisions", "upgrade"]
