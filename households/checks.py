"""What ``fupin verify`` reads back: every current row stands as its last change left it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from households.families import checks as families_checks
from households.helping import checks as helping_checks
from households.identification import checks as identification_checks
from households.models import Household, Person, RegisterChange
from kernel import seals
from kernel.database import Base
from kernel.findings import Finding


def check(session: Session) -> Iterator[Finding]:
    """Households and people that differ from their last seal."""
    own = RegisterChange.person_id.is_(None)
    yield from _broken(session, Household, "household_id", own)
    yield from _broken(session, Person, "person_id")
    yield from identification_checks.check(session)
    yield from helping_checks.check(session)
    yield from families_checks.check(session)


def _broken(
    session: Session, entity: type[Base], key: str, *where: ColumnElement[bool]
) -> Iterator[Finding]:
    table = seals.table_of(entity).name
    for row_id, stands in seals.broken_seals(session, entity, RegisterChange, key, *where):
        what = ("被改动", "was altered") if stands else ("被删除", "was deleted")
        yield Finding(
            check="households.seal",
            table=table,
            key=str(row_id),
            zh=f"登记{what[0]}，与最近一次变更记录不符",
            en=f"the row {what[1]} since its last recorded change",
        )
