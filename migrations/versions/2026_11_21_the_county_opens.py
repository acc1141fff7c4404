"""The county opens: every table of the first release, and the triggers that guard the record.

Until the release this revision makes whatever the models say; ``python -m migrations.draft``
freezes it.
"""

from __future__ import annotations

from alembic import op

from kernel.append_only import append_only_tables, protect
from migrations.models import METADATA

revision = "2026_11_21_the_county_opens"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    protect(op.get_bind(), append_only_tables())


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION fupin_refuse()")
