"""Write down the difference between what stands on record and a life lived again.

Nothing recorded is changed. Settlements, dues and allocations get rows that carry the difference,
so that the sums of their keys are those of the life; the segments that differ, and all those that
are not settled yet, are written anew under the number of the correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kernel.database import insert_many
from kernel.lots import lots
from loans.course import Closed, Course
from loans.models import (
    Allocation,
    Correction,
    Due,
    OpenDue,
    Repayment,
    Segment,
    Settlement,
)
from loans.record.loading import Loaded
from loans.record.standing import DueKey, Standing, Sum, Taker


@dataclass(slots=True)
class Difference:
    """What one correction writes."""

    one: Loaded
    stands: Standing
    #: the life lived again
    course: Course
    on: date

    @property
    def loan_id(self) -> int:
        """The contract."""
        return self.one.loan.id

    @property
    def nr(self) -> int:
        """The correction's number."""
        return self.one.position.correction


def first_day(stands: Sequence[Closed], wanted: Sequence[Closed], settled_to: date) -> date:
    """The day from which segments are written anew: none that is kept reaches over it.

    Whatever is not settled is written anew, so that it carries the number of the correction.
    """
    kept = set(stands) & set(wanted)
    changed = set(stands) ^ set(wanted)
    day = min([settled_to, *(segment.from_on for segment in changed)])
    while over := [s.from_on for s in kept if s.from_on < day < s.to_on]:
        day = min(over)
    return day


def write(
    session: Session, difference: Difference, correction: dict[str, object]
) -> tuple[int, list[tuple[Taker, str, int]]]:
    """The correction's rows, given what its own row says beside its number and first day.

    Its id, and what is paid otherwise: who took, kind of due, how much more of it.
    """
    stands, course = difference.stands, difference.course
    first = first_day(
        stands.segments,
        course.closed,
        min(*course.settled_to.values(), *difference.one.course.settled_to.values()),
    )
    (correction_id,) = insert_many(
        session,
        Correction,
        [
            {
                "loan_id": difference.loan_id,
                "nr": difference.nr,
                "from_on": first,
                "booking_date": difference.on,
                **correction,
            }
        ],
    )
    _write_segments(session, difference, first)
    settlement_ids = _write_settlements(session, difference)
    due_ids = _write_dues(session, difference, settlement_ids)
    changed = _write_taken(session, difference, due_ids)
    _write_open_dues(session, difference, due_ids)
    return correction_id, [(taker, due[0], fen) for (taker, due), fen in changed.items()]


def _write_segments(session: Session, difference: Difference, first: date) -> None:
    rows = [
        {
            "loan_id": difference.loan_id,
            "state": closed.state,
            "from_on": closed.from_on,
            "to_on": closed.to_on,
            "principal_fen": closed.principal_fen,
            "rate_ppm": closed.rate_ppm,
            "share_bp": closed.share_bp,
            "cap_fen": closed.cap_fen,
            "share_rate_ppm": closed.share_rate_ppm,
            "correction": difference.nr,
        }
        for closed in difference.course.closed
        if closed.to_on > first
    ]
    if rows:
        session.execute(insert(Segment), rows)


def _write_settlements(session: Session, difference: Difference) -> dict[tuple[str, date], int]:
    """Revisions; the number of each by its key."""
    stands = difference.stands.settled
    wanted = {
        (s.kind, s.to_on): Sum(s.from_on, s.product, s.plan_nr, 0, s.amount_fen, s.treasury_fen)
        for s in difference.course.settlements
    }
    keys = [
        key
        for key in sorted(stands.keys() | wanted.keys())
        if _facts(stands.get(key)) != _facts(wanted.get(key))
    ]
    rows = [_revision(difference, key, stands.get(key), wanted.get(key)) for key in keys]
    if not rows:
        return {}
    return dict(zip(keys, insert_many(session, Settlement, rows), strict=True))


def _facts(one: Sum | None) -> tuple[int, ...] | tuple[object, ...]:
    # A product too small for a fen is a settlement all the same; one taken back has neither.
    if one is None or not (one.product or one.amount_fen):
        return ()
    return one.from_on, one.product, one.plan_nr, one.amount_fen, one.treasury_fen


def _revision(
    difference: Difference, key: tuple[str, date], stood: Sum | None, wanted: Sum | None
) -> dict[str, Any]:
    kind, to_on = key
    facts = wanted or stood
    assert facts is not None
    amount_fen = (wanted.amount_fen if wanted else 0) - (stood.amount_fen if stood else 0)
    treasury_fen = (wanted.treasury_fen if wanted else 0) - (stood.treasury_fen if stood else 0)
    return {
        "loan_id": difference.loan_id,
        "kind": kind,
        "booked_on": difference.on,
        "from_on": facts.from_on,
        "to_on": to_on,
        "revision": stood.revision + 1 if stood else 0,
        "product": wanted.product if wanted else 0,
        "plan_nr": wanted.plan_nr if wanted else 0,
        "amount_fen": amount_fen,
        "treasury_fen": treasury_fen,
        "household_fen": amount_fen - treasury_fen,
    }


def _write_dues(
    session: Session, difference: Difference, settlement_ids: dict[tuple[str, date], int]
) -> dict[DueKey, int]:
    """Dues more or less; the first row of each key, old and new."""
    wanted: dict[DueKey, int] = {}
    for due in difference.course.raised:
        key = (due.kind, due.bearer, due.due_on)
        wanted[key] = wanted.get(key, 0) + due.amount_fen
    stands = difference.stands
    rows = {
        key: wanted.get(key, 0) - stands.dues.get(key, 0)
        for key in sorted(wanted.keys() | stands.dues.keys())
    }
    changed = {key: fen for key, fen in rows.items() if fen}
    due_ids = dict(stands.due_ids)
    if changed:
        ids = insert_many(
            session,
            Due,
            [
                {
                    "loan_id": difference.loan_id,
                    "kind": kind,
                    "bearer": bearer,
                    "due_on": due_on,
                    "amount_fen": fen,
                    "settlement_id": settlement_ids.get((kind, due_on)),
                    "correction": difference.nr,
                }
                for (kind, bearer, due_on), fen in changed.items()
            ],
        )
        for key, due_id in zip(changed, ids, strict=True):
            due_ids.setdefault(key, due_id)
    return due_ids


def _write_taken(
    session: Session, difference: Difference, due_ids: dict[DueKey, int]
) -> dict[tuple[Taker, DueKey], int]:
    """Who paid which due, more or less."""
    wanted: dict[tuple[Taker, DueKey], int] = {}
    for taken in difference.course.taken:
        due = taken.due
        taker = cast("Taker", taken.by)
        key = (taker, (due.kind, due.bearer, due.due_on))
        wanted[key] = wanted.get(key, 0) + taken.fen
    stands = difference.stands.taken
    changed = {
        key: wanted.get(key, 0) - stands.get(key, 0)
        for key in wanted.keys() | stands.keys()
        if wanted.get(key, 0) != stands.get(key, 0)
    }
    rows_of = _credit_rows(session, difference, wanted, {taker for taker, _ in changed})
    rows = [
        {
            "repayment_id": rows_of.get(taker, taker[1]),
            "due_id": due_ids[due],
            "correction": difference.nr,
            "amount_fen": fen,
        }
        for (taker, due), fen in changed.items()
    ]
    if rows:
        session.execute(
            insert(Allocation), sorted(rows, key=lambda row: (row["repayment_id"], row["due_id"]))
        )
    return changed


def _credit_rows(
    session: Session,
    difference: Difference,
    wanted: dict[tuple[Taker, DueKey], int],
    takers: set[Taker],
) -> dict[Taker, int]:
    """The rows that credit put to use at a close stands in; a new one where there was none."""
    found: dict[Taker, int] = {
        ("credit", day): row for day, row in difference.stands.credit_uses.items()
    }
    new = sorted(taker for taker in takers if taker[0] == "credit" and taker not in found)
    if new:
        used = {taker: sum(fen for (by, _), fen in wanted.items() if by == taker) for taker in new}
        ids = insert_many(
            session,
            Repayment,
            [
                {
                    "loan_id": difference.loan_id,
                    "kind": "credit",
                    "early": False,
                    "amount_fen": used[taker],
                    "to_credit_fen": 0,
                    "value_date": taker[1],
                    "booking_date": difference.on,
                    "voucher_id": None,
                    "correction": difference.nr,
                }
                for taker in new
            ],
        )
        found.update(zip(new, ids, strict=True))
    return found


def _write_open_dues(session: Session, difference: Difference, due_ids: dict[DueKey, int]) -> None:
    wanted: dict[DueKey, tuple[date, int]] = {}
    for due in difference.course.dues:
        key = (due.kind, due.bearer, due.due_on)
        payable_on, left_fen = wanted.get(key, (due.payable_on, 0))
        wanted[key] = (max(payable_on, due.payable_on), left_fen + due.left_fen)
    stands = difference.stands.open_dues
    changed = {key for key in wanted.keys() | stands.keys() if wanted.get(key) != stands.get(key)}
    gone = session.scalars(
        select(OpenDue.due_id)
        .join(Due, Due.id == OpenDue.due_id)
        .where(OpenDue.loan_id == difference.loan_id)
    ).all()
    for ids in lots(gone if changed else ()):
        session.execute(delete(OpenDue).where(OpenDue.due_id.in_(ids)))
    rows = [
        {
            "due_id": due_ids[key],
            "loan_id": difference.loan_id,
            "kind": key[0],
            "payable_on": payable_on,
            "left_fen": left_fen,
        }
        for key, (payable_on, left_fen) in sorted(wanted.items())
    ]
    if changed and rows:
        session.execute(insert(OpenDue), rows)
