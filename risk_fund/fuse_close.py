"""The fuse at the close of a day: after the grades, before the snapshot.

What each lender has out in each village, and how much of it is bad, is kept beside the record and
moved by the loans whose figures this close wrote; a close reads no other loan. The first close with
loans counts them all. By bank, township and village the sums are compared with the threshold of the
day (``risk_fund.fuse``); where the fuse blows, an event is written and the loans' stop is set, in
the close's unit of work. Asked a second time on the same day it finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Subquery,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

import loans
from kernel.database import sum_of
from loans.models import Loan, LoanDay
from loans.queries import is_bad
from policy import ConductRules
from risk_fund import fuse as rule
from risk_fund.fuse import DIGITS, Scope, Standing
from risk_fund.models import FuseBalance, FuseEvent

#: place, key, bad, outstanding
Sums = tuple[str, str, int, int]


def close_fuse(session: Session, on: date, conduct: ConductRules) -> int:
    """Move the balances of the day, and stop lending where the fuse blows; how often it did."""
    _move_balances(session, on)
    threshold = conduct.fuse_bad_ratio_ppm
    rows = session.execute(sums_by_place(conduct.fuse_scopes.value, FuseBalance.bad_fen > 0))
    risen = [
        (rule.scope_of(place, key), bad, out)
        for place, key, bad, out in rows
        if rule.reached(bad_fen=bad, outstanding_fen=out, threshold_ppm=threshold.value)
    ]
    stand = standings(session, [scope for scope, _, _ in risen])
    blown = [
        (scope, bad, out)
        for scope, bad, out in sorted(risen)
        if rule.blows(
            stand.get(scope),
            bad_fen=bad,
            outstanding_fen=out,
            threshold_ppm=threshold.value,
            on=on,
        )
    ]
    for scope, bad, out in blown:
        _blow(session, on, scope, bad, out, conduct)
    return len(blown)


def sums_by_place(places: Sequence[str], *having_any: ColumnElement[bool]) -> CompoundSelect[Any]:
    """(place, key, bad, outstanding) of the places of these kinds, as the last close left them.

    ``having_any``: only places with such a balance among their own.
    """
    village = FuseBalance.village_code
    keys: dict[str, ColumnElement[str]] = {
        "bank": cast(FuseBalance.lender_id, String),
        "township": func.substr(village, 1, DIGITS["township"]),
        "village": func.substr(village, 1, DIGITS["village"]),
    }
    parts = []
    for place in places:
        query = select(
            literal(place).label("place"),
            keys[place].label("key"),
            sum_of(FuseBalance.bad_fen).label("bad_fen"),
            sum_of(FuseBalance.outstanding_fen).label("outstanding_fen"),
        ).group_by(keys[place])
        for one in having_any:
            query = query.having(func.sum(case((one, 1), else_=0)) > 0)
        parts.append(query)
    return union_all(*parts)


def standings(session: Session, scopes: Sequence[Scope]) -> dict[Scope, Standing]:
    """The last event of each of these scopes."""
    if not scopes:
        return {}
    rows = session.execute(
        select(FuseEvent.scope_kind, FuseEvent.scope, FuseEvent.event, FuseEvent.until_on)
        .where(tuple_(FuseEvent.scope_kind, FuseEvent.scope).in_(list(scopes)))
        .order_by(FuseEvent.id)
    )
    return {
        (row[0], row[1]): Standing("blown" if row[2] == "blown" else "lifted", row[3])
        for row in rows
    }


def _blow(
    session: Session, on: date, scope: Scope, bad: int, out: int, conduct: ConductRules
) -> None:
    kind, code = scope
    threshold = conduct.fuse_bad_ratio_ppm
    session.add(
        FuseEvent(
            scope_kind=kind,
            scope=code,
            event="blown",
            on_day=on,
            bad_fen=bad,
            outstanding_fen=out,
            threshold_ppm=threshold.value,
            until_on=None,
            clause=threshold.cite,
            reason="",
            lift_id=None,
        )
    )
    loans.set_stop(session, scope=scope, stopped=True, clause=_why(on, bad, out, conduct))


def _why(on: date, bad: int, out: int, conduct: ConductRules) -> str:
    """What a refused disbursement cites."""
    threshold = conduct.fuse_bad_ratio_ppm
    ratio, line = percent(rule.ratio_ppm(bad, out)), percent(threshold.value)
    return f"{on}日终不良率{ratio}，达到熔断线{line}；{threshold.cite}"


def percent(ppm: int) -> str:
    """30 000 is "3.00%"; cut, not rounded: 2.996 % is not yet three."""
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d}%"


# --- what is out, and how much of it is bad -------------------------------------------------------


def _move_balances(session: Session, on: date) -> None:
    counted = session.scalar(select(exists().where(FuseBalance.lender_id > 0)))
    moved = _movements(on).subquery() if counted else whole(on).subquery()
    known = FuseBalance.lender_id.is_not(None)
    rows = session.execute(
        select(moved, known.label("known"))
        .outerjoin(
            FuseBalance,
            (FuseBalance.lender_id == moved.c.lender_id)
            & (FuseBalance.village_code == moved.c.village_code),
        )
        .order_by(moved.c.lender_id, moved.c.village_code)
    ).all()
    new = [_row(row) for row in rows if not row.known]
    if new:
        session.execute(insert(FuseBalance), new)
    changed = [row for row in rows if row.known]
    for row in changed:
        session.execute(
            update(FuseBalance)
            .where(
                FuseBalance.lender_id == row.lender_id,
                FuseBalance.village_code == row.village_code,
            )
            .values(
                bad_fen=FuseBalance.bad_fen + row.bad_fen,
                outstanding_fen=FuseBalance.outstanding_fen + row.outstanding_fen,
            )
        )


def _row(row: Any) -> dict[str, object]:
    return {
        name: getattr(row, name)
        for name in ("lender_id", "village_code", "bad_fen", "outstanding_fen")
    }


def whole(on: date) -> Select[Any]:
    """(lender, village, bad, outstanding) at the close of a day, from every loan's last figures."""
    last = (
        select(LoanDay.loan_id, func.max(LoanDay.on_day).label("on_day"))
        .where(LoanDay.on_day <= on)
        .group_by(LoanDay.loan_id)
        .subquery()
    )
    at_last = (LoanDay.loan_id == last.c.loan_id) & (LoanDay.on_day == last.c.on_day)
    query = select(Loan.lender_id, Loan.village_code, _bad(1), _out(1)).join(
        LoanDay, LoanDay.loan_id == Loan.id
    )
    return _summed(query.join(last, at_last).subquery())


def sums_at(session: Session, scope: Scope, on: date) -> tuple[int, int]:
    """Bad and outstanding of a scope at the close of a day, from every loan's figures."""
    kind, code = scope
    rows = whole(on).subquery()
    mine = (
        rows.c.lender_id == int(code)
        if kind == "institution"
        else rows.c.village_code.startswith(code, autoescape=True)
    )
    found = session.execute(
        select(sum_of(rows.c.bad_fen), sum_of(rows.c.outstanding_fen)).where(mine)
    ).one()
    return found[0], found[1]


def _movements(on: date) -> Select[Any]:
    """What the figures that this close wrote add, less what stood before them."""
    today, earlier = aliased(LoanDay), aliased(LoanDay)
    day_before = (
        select(func.max(earlier.on_day))
        .where(earlier.loan_id == today.loan_id, earlier.on_day < on)
        .correlate(today)
        .scalar_subquery()
    )
    place = (Loan.lender_id, Loan.village_code)
    added = (
        select(*place, _bad(1), _out(1))
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .where(LoanDay.on_day == on)
    )
    gone = (
        select(*place, _bad(-1), _out(-1))
        .join(LoanDay, LoanDay.loan_id == Loan.id)
        .join(today, today.loan_id == LoanDay.loan_id)
        .where(today.on_day == on, LoanDay.on_day == day_before)
    )
    return _summed(union_all(added, gone).subquery())


def _summed(parts: Subquery) -> Select[Any]:
    bad, out = sum_of(parts.c.bad_fen), sum_of(parts.c.outstanding_fen)
    return (
        select(
            parts.c.lender_id,
            parts.c.village_code,
            bad.label("bad_fen"),
            out.label("outstanding_fen"),
        )
        .group_by(parts.c.lender_id, parts.c.village_code)
        .having(or_(bad != 0, out != 0))
    )


def _bad(sign: int) -> ColumnElement[int]:
    return (sign * case((is_bad(), LoanDay.outstanding_fen), else_=0)).label("bad_fen")


def _out(sign: int) -> ColumnElement[int]:
    return (sign * LoanDay.outstanding_fen).label("outstanding_fen")
