"""Lending limits: how much may be out per institution or region. No row means no limit.

Rooms above set the limit and the stop; this room keeps what is used. A disbursement raises it by
one conditional UPDATE in its own transaction, so that no two of them can pass the limit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.database import sum_of
from kernel.money import format_yuan
from loans.balances import is_principal
from loans.models import LendingLimit, Loan, OpenSegment
from loans.refusals import LendingLimitExceeded, LendingStopped

#: digits of a region's levels
_LEVELS = (2, 4, 6, 9, 12)

Scope = tuple[str, str]


def scopes_of(lender_id: int, village_code: str) -> list[Scope]:
    """Every scope a loan of that lender in that village falls into."""
    regions = [("region", village_code[:digits]) for digits in _LEVELS]
    return [("institution", str(lender_id)), *regions]


def set_limit(
    session: Session, *, scope: Scope, limit_fen: int, clause: str, stopped: bool = False
) -> None:
    """Set a scope's limit and its stop, for rooms above; a first limit counts what is out."""
    kind, code = scope
    limit = session.get(LendingLimit, scope, with_for_update=True)
    if limit is None:
        limit = LendingLimit(scope_kind=kind, scope=code, used_fen=used_by_loans(session, scope))
        session.add(limit)
    limit.limit_fen, limit.stopped, limit.clause = limit_fen, stopped, clause
    session.flush()


def used_by_loans(session: Session, scope: Scope) -> int:
    """Principal out in a scope, counted from the loans."""
    kind, code = scope
    query = select(sum_of(OpenSegment.principal_fen)).join(Loan, Loan.id == OpenSegment.loan_id)
    query = query.where(is_principal())
    if kind == "institution":
        query = query.where(Loan.lender_id == int(code))
    else:
        query = query.where(Loan.village_code.startswith(code, autoescape=True))
    return session.scalar(query) or 0


def move(
    session: Session, amounts: Iterable[tuple[int, str, int]], *, restored: bool = False
) -> None:
    """Raise (above zero) or lower (below) what is used, given (lender, village, fen) each.

    ``restored``: a debt comes back because its repayment was undone; no limit refuses that.
    """
    wanted: dict[Scope, int] = {}
    for lender_id, village_code, fen in amounts:
        for scope in scopes_of(lender_id, village_code):
            wanted[scope] = wanted.get(scope, 0) + fen
    limited = session.execute(select(LendingLimit.scope_kind, LendingLimit.scope))
    _move(session, {(row[0], row[1]): wanted.get((row[0], row[1]), 0) for row in limited}, restored)


def _move(session: Session, wanted: Mapping[Scope, int], restored: bool) -> None:
    for (kind, scope), fen in sorted(wanted.items()):
        if fen == 0:
            continue
        change = (
            update(LendingLimit)
            .where(LendingLimit.scope_kind == kind, LendingLimit.scope == scope)
            .values(used_fen=LendingLimit.used_fen + fen)
        )
        if fen > 0 and not restored:
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
