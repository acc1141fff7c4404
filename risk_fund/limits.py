"""The lender's lending limit: the multiple times what is free in its special account.

``loans`` keeps the limit and what is used of it; this room sets it, in the unit of work of every
change of balance or pledge, and at the close of a day on which the multiple or the document behind
it has changed. A stop that the fuse has set stays, and so does the clause that it cites.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, and_, cast, select, update
from sqlalchemy.orm import Session

import loans
from loans.models import LendingLimit
from policy import ConductRules, Rulebook
from risk_fund.leverage import limit_fen
from risk_fund.models import FundAccount, FundBalance


def found(session: Session, lender_id: int, conduct: ConductRules) -> None:
    """The limit of a lender whose account is being opened: nothing is in it yet."""
    _set(session, lender_id, 0, conduct)


def follow(session: Session, account: FundAccount, conduct: ConductRules) -> None:
    """Set the limit to what the account allows now; its row of the balances is locked."""
    (free_fen,) = session.execute(
        update(FundBalance)
        .where(FundBalance.account_id == account.id)
        .values(multiple=conduct.multiple_max.value)
        .returning(FundBalance.balance_fen - FundBalance.pledged_fen)
        .execution_options(synchronize_session=False)
    ).one()
    _set(session, account.lender_id, free_fen, conduct)


def _set(session: Session, lender_id: int, free_fen: int, conduct: ConductRules) -> None:
    scope = ("institution", str(lender_id))
    # Locked before it is read: a stop that the fuse is setting is waited for, and kept.
    known = session.get(LendingLimit, scope, with_for_update=True, populate_existing=True)
    stopped = known is not None and known.stopped
    loans.set_limit(
        session,
        scope=scope,
        limit_fen=limit_fen(conduct.multiple_max.value, free_fen),
        clause=known.clause if known is not None and stopped else conduct.multiple_max.cite,
        when_full=conduct.cover_when_full.value,
    )


def refresh_limits(session: Session, *, rulebook: Rulebook, on: date) -> int:
    """Set the limits that do not follow from the rules of the day; how many.

    A step of every close, as of the day after: what is lent on it goes by its rules, whether a
    document takes effect on it, lapses, or was read in after its day.
    """
    rows = session.execute(
        select(FundAccount, FundBalance, LendingLimit)
        .join(FundBalance, FundBalance.account_id == FundAccount.id)
        .outerjoin(
            LendingLimit,
            and_(
                LendingLimit.scope_kind == "institution",
                LendingLimit.scope == cast(FundAccount.lender_id, String),
            ),
        )
        .order_by(FundAccount.id)
    ).all()
    changed = 0
    for account, balance, row in rows:
        limit: LendingLimit | None = row
        conduct = rulebook.conduct(on=on, region=account.region_code)
        if limit is None or _differs(limit, balance, conduct):
            # Locked before it is read again: a movement in flight is waited for.
            session.get_one(FundBalance, account.id, with_for_update=True, populate_existing=True)
            follow(session, account, conduct)
            changed += 1
    return changed


def _differs(limit: LendingLimit, balance: FundBalance, conduct: ConductRules) -> bool:
    free_fen = balance.balance_fen - balance.pledged_fen
    cited = limit.stopped or limit.clause == conduct.multiple_max.cite
    return (
        balance.multiple != conduct.multiple_max.value
        or limit.limit_fen != limit_fen(conduct.multiple_max.value, free_fen)
        or limit.when_full != conduct.cover_when_full.value
        or not cited
    )
