"""Lending limits: how much covered principal may be out per institution or region.

No row means no limit and no stop. Rooms above set the limit and the stop; this room keeps what is
used. A draw takes room under every limit of its places by one conditional UPDATE in its own
transaction, so that no two of them can pass a limit together; repayments give it back. A stop lets
no draw through, covered or not. At a full limit a draw is refused, or goes on outside the cover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Update, or_, select, tuple_, update
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.money import format_yuan
from kernel.regions import Area
from loans.covered import covered_of_scope
from loans.models import LendingLimit
from loans.refusals import LendingLimitExceeded, LendingStopped

#: digits of a region's levels
_LEVELS = (2, 4, 6, 9, 12)

#: institution or region, and its organisation id or digits
Scope = tuple[str, str]
#: lender and village of a loan
Place = tuple[int, str]


def scopes_of(lender_id: int, village_code: str) -> list[Scope]:
    """Every scope a loan of that lender in that village falls into."""
    regions = [("region", village_code[:digits]) for digits in _LEVELS]
    return [("institution", str(lender_id)), *regions]


# --- set from above -------------------------------------------------------------------------------


def set_limit(
    session: Session,
    *,
    scope: Scope,
    limit_fen: int | None,
    clause: str,
    stopped: bool | None = None,
    when_full: str = "stop",
) -> None:
    """Set a scope's limit, for rooms above; a first one counts what is out.

    ``limit_fen`` None: no limit, the stop alone. ``stopped`` None: as it was. A limit below what is
    used takes nothing back: nothing more goes out under cover until enough is repaid.
    """
    limit = _row(session, scope)
    limit.limit_fen, limit.when_full, limit.clause = limit_fen, when_full, clause
    if stopped is not None:
        limit.stopped = stopped
    session.flush()


def set_stop(session: Session, *, scope: Scope, stopped: bool, clause: str) -> None:
    """Stop lending in a scope, or let it go on, for rooms above; its limit stays as it is."""
    limit = _row(session, scope)
    limit.stopped, limit.clause = stopped, clause
    session.flush()


def limit_of(session: Session, scope: Scope) -> LendingLimit | None:
    """A scope's limit."""
    return session.get(LendingLimit, scope, populate_existing=True)


def _row(session: Session, scope: Scope) -> LendingLimit:
    """The scope's row, locked: no draw that takes of it is in flight."""
    limit = session.get(LendingLimit, scope, with_for_update=True)
    if limit is not None:
        return limit
    # A draw in flight has not seen a row that was not there: it is waited for, and counted.
    ledger.hold_commands(session)
    limit = session.get(LendingLimit, scope, with_for_update=True)
    if limit is not None:
        return limit
    kind, code = scope
    limit = LendingLimit(
        scope_kind=kind,
        scope=code,
        limit_fen=None,
        used_fen=covered_of_scope(session, scope),
        stopped=False,
        when_full="stop",
        clause="",
    )
    session.add(limit)
    return limit


# --- moved by loans -------------------------------------------------------------------------------


def move(session: Session, amounts: Iterable[tuple[int, str, int]]) -> None:
    """Raise or lower what is used, given (lender, village, covered fen) each.

    Nothing refuses it: principal was repaid, or a debt is back because its repayment was undone.
    """
    wanted: dict[Scope, int] = {}
    for lender_id, village_code, fen in amounts:
        for scope in scopes_of(lender_id, village_code):
            wanted[scope] = wanted.get(scope, 0) + fen
    if any(wanted.values()):
        limited = session.execute(select(LendingLimit.scope_kind, LendingLimit.scope))
        known = {(row[0], row[1]) for row in limited}
        for scope, fen in sorted(wanted.items()):
            if fen and scope in known:
                session.execute(_raised(scope, fen))


def _raised(scope: Scope, fen: int) -> Update:
    kind, code = scope
    return (
        update(LendingLimit)
        .where(LendingLimit.scope_kind == kind, LendingLimit.scope == code)
        .values(used_fen=LendingLimit.used_fen + fen)
        .execution_options(synchronize_session=False)
    )


def hold(session: Session, places: Iterable[Place]) -> Room:
    """The limits of these places, locked until the unit of work ends."""
    scopes = sorted({scope for place in places for scope in scopes_of(*place)})
    found: dict[Scope, _Held] = {}
    for start in range(0, len(scopes), 200):
        rows = session.execute(
            select(
                LendingLimit.scope_kind,
                LendingLimit.scope,
                LendingLimit.limit_fen,
                LendingLimit.used_fen,
                LendingLimit.stopped,
                LendingLimit.when_full,
                LendingLimit.clause,
            )
            .where(
                tuple_(LendingLimit.scope_kind, LendingLimit.scope).in_(scopes[start : start + 200])
            )
            .order_by(LendingLimit.scope_kind, LendingLimit.scope)
            .with_for_update()
        )
        found.update({(row[0], row[1]): _Held(*row) for row in rows})
    return Room(session, found)


@dataclass(slots=True)
class _Held:
    """A limit at hand, with what the unit of work takes of it."""

    scope_kind: str
    scope: str
    limit_fen: int | None
    used_fen: int
    stopped: bool
    when_full: str
    clause: str
    #: taken by draws
    more_fen: int = 0
    #: a debt that was there before and is taken over
    restored_fen: int = 0

    @property
    def left_fen(self) -> int | None:
        """What is left; None where there is no limit."""
        if self.limit_fen is None:
            return None
        return self.limit_fen - self.used_fen - self.more_fen - self.restored_fen

    def is_full_for(self, fen: int) -> bool:
        """Whether so much more does not fit; nothing always fits."""
        left_fen = self.left_fen
        return fen > 0 and left_fen is not None and fen > left_fen

    def name(self, session: Session) -> str | Area:
        """The scope in a sentence."""
        if self.scope_kind == "institution":
            return organisations.get(session, int(self.scope)).name
        return Area(self.scope)

    def stop(self, session: Session) -> LendingStopped:
        """Why nothing goes out here."""
        return LendingStopped(field="amount", clause=self.clause, scope=self.name(session))

    def exceeded(self, session: Session, fen: int) -> LendingLimitExceeded:
        """Why so much does not go out here."""
        return LendingLimitExceeded(
            field="amount",
            clause=self.clause,
            scope=self.name(session),
            left=format_yuan(max(0, self.left_fen or 0)),
            amount=format_yuan(fen),
        )


class Room:
    """What is left under the limits of some places, while a unit of work takes of it."""

    def __init__(self, session: Session, held: dict[Scope, _Held]) -> None:
        self._session = session
        self._held = held

    def take(
        self, lender_id: int, village_code: str, fen: int, *, refuses: bool = True
    ) -> str | None:
        """Room for a draw that puts so much under cover; ``fen`` may be none at all.

        The clause of the limit where the draw stays outside the cover; None where it fits.
        ``refuses`` False: what is stopped or does not fit stays outside, whatever the limit says.
        """
        here = self._here(lender_id, village_code)
        stopped = [limit for limit in here if limit.stopped]
        full = [limit for limit in here if limit.is_full_for(fen)]
        if refuses:
            for limit in stopped:
                raise limit.stop(self._session)
            for limit in full:
                if limit.when_full == "stop":
                    raise limit.exceeded(self._session, fen)
        elif fen:
            full = [*stopped, *full]
        if full:
            return full[0].clause
        for limit in here:
            limit.more_fen += fen
        return None

    def restore(self, lender_id: int, village_code: str, fen: int) -> None:
        """A debt that was under cover is so again."""
        for limit in self._here(lender_id, village_code):
            limit.restored_fen += fen

    def write(self) -> None:
        """Write what was taken; a limit that would be passed after all refuses it."""
        for scope, limit in sorted(self._held.items()):
            if limit.restored_fen:
                self._session.execute(_raised(scope, limit.restored_fen))
            if not limit.more_fen:
                continue
            change = _raised(scope, limit.more_fen).where(
                ~LendingLimit.stopped,
                or_(
                    LendingLimit.limit_fen.is_(None),
                    LendingLimit.used_fen + limit.more_fen <= LendingLimit.limit_fen,
                ),
            )
            if self._session.execute(change).rowcount != 1:  # type: ignore[attr-defined]
                raise limit.exceeded(self._session, limit.more_fen)

    def _here(self, lender_id: int, village_code: str) -> list[_Held]:
        scopes = scopes_of(lender_id, village_code)
        return [self._held[scope] for scope in scopes if scope in self._held]
