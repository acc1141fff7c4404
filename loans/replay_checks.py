"""Loans that were corrected, lived again and compared with what stands of them.

A correction writes differences; whether all of them together are what the loan's events come to
can be told by living the loan from its first draw, through the same closes. A change behind the
books' back in a segment, a revision or a running figure of such a loan shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.calendar import HolidayTable
from kernel.findings import Finding
from kernel.refusals import Refusal
from loans import record
from loans.findings import found
from loans.models import Position
from loans.operations.correcting import live
from loans.record import Loaded
from loans.replay import Life


def check(session: Session, calendar: HolidayTable) -> Iterator[Finding]:
    """Every loan with corrections stands where its events lead."""
    corrected = session.scalars(
        select(Position.loan_id).where(Position.correction > 0).order_by(Position.loan_id)
    ).all()
    if not corrected:
        return
    open_day, closing = ledger.open_day(session), ledger.closing_day(session)
    for ids in record.lots(corrected):
        for one in record.load(session, ids, lock=False).values():
            waits = closing is not None and one.position.next_event_on <= closing
            until = closing if waits and closing is not None else open_day
            for what in _differing(session, one, until, calendar):
                yield found(
                    "replayed",
                    "positions",
                    f"loan_id={one.loan.id}",
                    f"合同{one.loan.number}按其全部事项重算，{what}与账面不符",
                    f"contract {one.loan.number}, lived again: {what} is not what stands",
                )


def _differing(session: Session, one: Loaded, until: date, calendar: HolidayTable) -> Iterator[str]:
    try:
        life = live(one, record.events_of(session, one.loan.id), until=until, calendar=calendar)
    except Refusal as refusal:
        yield refusal.code
        return
    wanted, stands = _lived(life), _standing(session, one)
    yield from (name for name in wanted if wanted[name] != stands[name])


def _lived(life: Life) -> dict[str, Any]:
    course = life.course
    dues: dict[Any, int] = {}
    left: dict[Any, int] = {}
    taken: dict[Any, int] = {}
    for due in course.raised:
        key = (due.kind, due.bearer, due.due_on)
        dues[key] = dues.get(key, 0) + due.amount_fen
    for due in course.dues:
        key = (due.kind, due.bearer, due.due_on)
        left[key] = left.get(key, 0) + due.left_fen
    for part in course.taken:
        place = (part.by, (part.due.kind, part.due.bearer, part.due.due_on))
        taken[place] = taken.get(place, 0) + part.fen
    return {
        "segments": set(course.closed),
        "settlements": {
            (one.kind, one.to_on): (one.amount_fen, one.treasury_fen)
            for one in course.settlements
            if one.amount_fen
        },
        "dues": _not_zero(dues),
        "open_dues": _not_zero(left),
        "allocations": _not_zero(taken),
        **_running(course.open, course.credit_fen, course.settled_to),
        "plan": _plan(course),
        "drawn": life.drawn_fen,
        "terms": course.terms,
    }


def _standing(session: Session, one: Loaded) -> dict[str, Any]:
    stands = record.read_standing(session, one.loan.id)
    course = one.course
    return {
        "segments": set(stands.segments),
        "settlements": {
            key: (row.amount_fen, row.treasury_fen)
            for key, row in stands.settled.items()
            if row.amount_fen or row.treasury_fen
        },
        "dues": _not_zero(stands.dues),
        "open_dues": {key: fen for key, (_, fen) in stands.open_dues.items()},
        "allocations": _not_zero(stands.taken),
        **_running(course.open, course.credit_fen, course.settled_to),
        "plan": _plan(course),
        "drawn": one.position.drawn_fen,
        "terms": course.terms,
    }


def _running(open_: Any, credit_fen: int, settled_to: dict[str, date]) -> dict[str, Any]:
    return {"open_segments": dict(open_), "credit": credit_fen, "settled_to": dict(settled_to)}


def _plan(course: Any) -> list[tuple[object, ...]]:
    """What is to come of the plan in force."""
    if not course.terms.by_plan or not course.plan or not course.undue_fen:
        return []
    return [
        (row.due, row.principal_fen, row.interest_fen)
        for row in course.plan
        if row.due > course.plan_event_on
    ]


def _not_zero(sums: dict[Any, int]) -> dict[Any, int]:
    return {key: fen for key, fen in sums.items() if fen}
