"""What ``fupin verify`` reads back: every organisation stands as its last change left it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from kernel import seals
from kernel.findings import Finding
from organisations.models import Organisation, OrganisationChange


def check(session: Session) -> Iterator[Finding]:
    """Rows that differ from their last seal."""
    broken = seals.broken_seals(session, Organisation, OrganisationChange, "organisation_id")
    for row_id, stands in broken:
        what = ("被改动", "was altered") if stands else ("被删除", "was deleted")
        yield Finding(
            check="organisations.seal",
            table="organisations",
            key=str(row_id),
            zh=f"机构登记{what[0]}，与最近一次变更记录不符",
            en=f"the row {what[1]} since its last recorded change",
        )
