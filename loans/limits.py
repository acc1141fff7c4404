"""Lending limits: how much may be out per institution or region. No row means no limit.

Rooms above set the limit and the stop; this room keeps what is used. A disbursement raises it by
one conditional UPDATE in its own transaction, so that no two of them can pass the limit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.money import format_yuan
from loans.models import LendingLimit
from loans.refusals import LendingLimitExceeded, LendingStopped

#: digits of a region's levels
_LEVELS = (2, 4, 6, 9, 12)

Scope = tuple[str, str]


def scopes_of(lender_id: int, village_code: str) -> list[Scope]:
    """Every scope a loan of that lender in that village falls into."""
    regions = [("region", village_code[:digits]) for digits in _LEVELS]
    return [("institution", str(lender_id)), *regions]


def move(session: Session, amounts: Iterable[tuple[int, str, int]]) -> None:
    """Raise (above zero) or lower (below) what is used, given (lender, village, fen) each."""
    wanted: dict[Scope, int] = {}
    for lender_id, village_code, fen in amounts:
        for scope in scopes_of(lender_id, village_code):
            wanted[scope] = wanted.get(scope, 0) + fen
    limited = session.execute(select(LendingLimit.scope_kind, LendingLimit.scope))
    _move(session, {(row[0], row[1]): wanted.get((row[0], row[1]), 0) for row in limited})


def _move(session: Session, wanted: Mapping[Scope, int]) -> None:
    for (kind, scope), fen in sorted(wanted.items()):
        if fen == 0:
            continue
        change = (
            update(LendingLimit)
            .where(LendingLimit.scope_kind == kind, LendingLimit.scope == scope)
            .values(used_fen=LendingLimit.used_fen + fen)
        )
        if fen > 0:
            change = change.where(
                ~LendingLimit.stopped, LendingLimit.used_fen + fen <= LendingLimit.limit_fen
            )
        if session.execute(change).rowcount != 1:  # type: ignore[attr-defined]
            _refuse(session, kind, scope, fen)


def _refuse(session: Session, kind: str, scope: str, fen: int) -> None:
    limit = session.scalars(
        select(LendingLimit).where(LendingLimit.scope_kind == kind, LendingLimit.scope == scope)
    ).one()
    name = f"机构{scope}" if kind == "institution" else f"地区{scope}"
    if limit.stopped:
        raise LendingStopped(field="amount", clause=limit.clause, scope=name)
    raise LendingLimitExceeded(
        field="amount",
        clause=limit.clause,
        scope=name,
        left=format_yuan(limit.limit_fen - limit.used_fen),
        amount=format_yuan(fen),
    )
