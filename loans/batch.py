"""The close of a day over the whole portfolio, in SQL: the same rules as ``loans.course``.

``close_chunk`` takes the next loans whose ``next_event_on`` has come, does everything the day asks
of them and moves their events past it, so that a close that was killed goes on where it stopped.
What happens to many loans at once (settlement, maturity, change of share, grades, day-end figures)
is INSERT … SELECT; what happens to few (credit put to use, principal falling overdue, instalments)
runs through the pure course, in bulk.

Order within a loan: credit is used and what is unpaid falls overdue with value of the day itself,
then the segments are closed at the day's end and settled. So a due paid by credit costs no day of
penalty, and one that is not paid bears it from the due date on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from kernel.calendar import HolidayTable
from kernel.database import days_between, least, sum_of, trail_id_of
from loans import booking, record
from loans.due_dates import Rhythm, spans_counted
from loans.grading import next_change_on
from loans.models import (
    FAR,
    Due,
    GradeChange,
    Loan,
    LoanBearer,
    LoanDay,
    OpenDue,
    OpenSegment,
    Position,
    Segment,
    Settlement,
)
from loans.operations.repaying import use_credits
from policy import ConductRules

ONE_DAY = timedelta(days=1)
_PPM = 1_000_000
_WHOLE_BP = 10_000

#: interest by product sums: everything but a plan of instalments
_BY_PRODUCTS = or_(Loan.method == "bullet", Loan.settle_on_day > 0)


def close_chunk(
    session: Session,
    *,
    day: date,
    conduct: ConductRules,
    calendar: HolidayTable,
    limit: int,
) -> int:
    """Close ``day`` for the next loans, at most ``limit``; how many there were."""
    ids = session.scalars(
        select(Position.loan_id)
        .where(Position.next_event_on <= day)
        .order_by(Position.loan_id)
        .limit(limit)
        .with_for_update()
    ).all()
    if not ids:
        return 0
    chunk = _Chunk(session, day, ids[0], ids[-1])
    chunk.use_credits()
    chunk.end_due_day(calendar)
    chunk.settle()
    chunk.raise_at_maturity()
    chunk.raise_instalments()
    booking.book_settlements(session, day, closing=True)
    booking.book_repayments(session, day, closing=True)
    thresholds = thresholds_of(conduct)
    chunk.grade(thresholds, conduct.grading.cite)
    chunk.write_day_ends()
    chunk.move_events(thresholds)
    return len(ids)


def thresholds_of(conduct: ConductRules) -> list[tuple[int, int]]:
    """The grading rule as ``loans.grading`` takes it: more than so many days, at least this."""
    return [(row.overdue_days_from - 1, row.grade) for row in conduct.grading.value]


def review_all_overdue(session: Session, *, day: date) -> None:
    """Have the close of ``day`` look at every overdue loan: the grading rule changes on it."""
    session.execute(
        update(Position)
        .where(
            Position.review_on > day,
            exists().where(
                OpenDue.loan_id == Position.loan_id,
                OpenDue.bearer == "household",
                OpenDue.payable_on < day,
            ),
        )
        .values(review_on=day, next_event_on=least(Position.next_event_on, literal(day)))
    )


class _Chunk:
    """One unit of work of the close: the loans from ``low`` to ``high`` whose day has come."""

    def __init__(self, session: Session, day: date, low: int, high: int) -> None:
        self._session = session
        self._day = day
        self._eve_of = day + ONE_DAY
        self._here = and_(Position.loan_id.between(low, high), Position.next_event_on <= day)
        self._settles = Position.settle_event_on == day
        self._matures = Position.plan_event_on == day

    # --- what happens to few: through the course ------------------------------------------------

    def use_credits(self) -> None:
        """Households' credit pays dues payable by today."""
        ids = self._ids_with_due(OpenDue.payable_on <= self._day)
        if ids:
            use_credits(self._session, loan_ids=ids, on=self._day)

    def end_due_day(self, calendar: HolidayTable) -> None:
        """Dues payable today: on a holiday they move on, else unpaid principal is overdue."""
        ids = self._ids_with_due(OpenDue.payable_on == self._day)
        if not ids:
            return
        if not calendar.is_working_day(self._day):
            for lot in record.lots(ids):
                self._session.execute(
                    update(OpenDue)
                    .where(
                        OpenDue.loan_id.in_(lot),
                        OpenDue.bearer == "household",
                        OpenDue.payable_on == self._day,
                    )
                    .values(payable_on=self._eve_of)
                )
            return
        ids = self._ids_with_due(OpenDue.payable_on == self._day, OpenDue.kind == "principal")
        loaded = list(record.load(self._session, ids).values())
        for one in loaded:
            one.course.end_of_due_day(self._day, working_day=True)
        record.write(self._session, loaded, on=self._day)

    def raise_instalments(self) -> None:
        """Instalments due tomorrow, of loans that book interest by plan."""
        ids = self._session.scalars(
            select(Position.loan_id)
            .join(Loan, Loan.id == Position.loan_id)
            .where(self._here, self._matures, ~_BY_PRODUCTS)
        ).all()
        if not ids:
            return
        loaded = list(record.load(self._session, ids).values())
        for one in loaded:
            one.course.eve(self._day)
        record.write(self._session, loaded, on=self._day)

    def _ids_with_due(self, *which: ColumnElement[bool]) -> Sequence[int]:
        return self._session.scalars(
            select(Position.loan_id)
            .join(OpenDue, OpenDue.loan_id == Position.loan_id)
            .where(self._here, OpenDue.bearer == "household", *which)
            .distinct()
        ).all()

    # --- what happens to many: in SQL -----------------------------------------------------------

    def settle(self) -> None:
        """Close segments at the end of today, settle what is to be settled, raise its dues."""
        self._close_segments()
        self._insert_settlements("interest", and_(or_(self._settles, self._matures), _BY_PRODUCTS))
        self._insert_settlements("penalty", self._settles)
        self._insert_dues_of_settlements()
        settled = select(Loan.id).where(_BY_PRODUCTS)
        self._update(
            and_(or_(self._settles, self._matures), Position.loan_id.in_(settled)),
            interest_settled_to=self._eve_of,
        )
        self._update(self._settles, penalty_settled_to=self._eve_of)

    def _close_segments(self) -> None:
        turns = Position.share_event_on == self._day
        closes = or_(
            and_(OpenSegment.state == "regular", or_(self._settles, self._matures, turns)),
            and_(OpenSegment.state == "overdue", self._settles),
        )
        columns = (
            "loan_id",
            "state",
            "from_on",
            "principal_fen",
            "rate_ppm",
            "share_bp",
            "cap_fen",
        )
        closed = (
            select(*(getattr(OpenSegment, name) for name in columns), literal(self._eve_of))
            .join(Position, Position.loan_id == OpenSegment.loan_id)
            .where(self._here, closes, OpenSegment.from_on < self._eve_of)
        )
        self._session.execute(insert(Segment).from_select([*columns, "to_on"], closed))
        self._change_open_segments(closes, {"from_on": self._eve_of})
        shares = {name: self._share_from_tomorrow(name) for name in ("share_bp", "cap_fen")}
        self._change_open_segments(and_(OpenSegment.state == "regular", turns), shares)

    def _change_open_segments(
        self, which: ColumnElement[bool], values: Mapping[str, object]
    ) -> None:
        reached = exists().where(Position.loan_id == OpenSegment.loan_id, self._here, which)
        self._session.execute(
            update(OpenSegment).where(reached.correlate(OpenSegment)).values(**values)
        )

    def _share_from_tomorrow(self, name: str) -> ColumnElement[int]:
        share = (
            select(getattr(LoanBearer, name))
            .where(
                LoanBearer.loan_id == OpenSegment.loan_id,
                LoanBearer.from_on <= self._eve_of,
                LoanBearer.to_on > self._eve_of,
            )
            .correlate(OpenSegment)
            .scalar_subquery()
        )
        return func.coalesce(share, 0)

    def _insert_settlements(self, kind: str, which: ColumnElement[bool]) -> None:
        state = "regular" if kind == "interest" else "overdue"
        since = Position.interest_settled_to if kind == "interest" else Position.penalty_settled_to
        days = days_between(Segment.from_on, Segment.to_on)
        divisor = cast(Loan.day_base, BigInteger) * _PPM
        shared = least(Segment.principal_fen, Segment.cap_fen) * days * Segment.rate_ppm
        sums = (
            select(
                Segment.loan_id,
                since.label("since"),
                divisor.label("divisor"),
                sum_of(Segment.principal_fen * days * Segment.rate_ppm).label("product"),
                # ``interest.share_fen``: in two steps that stay within 64 bits.
                sum_of(shared // divisor * Segment.share_bp).label("whole"),
                sum_of(shared % divisor * Segment.share_bp).label("rest"),
            )
            .join(Position, Position.loan_id == Segment.loan_id)
            .join(Loan, Loan.id == Segment.loan_id)
            .where(self._here, which, Segment.state == state, Segment.from_on >= since)
            .group_by(Segment.loan_id, since, Loan.day_base)
            .subquery()
        )
        total = _half_up(sums.c.product, sums.c.divisor)
        treasury = least(total, _half_up(sums.c.whole + sums.c.rest // sums.c.divisor, _WHOLE_BP))
        parts = (
            select(
                sums.c.loan_id,
                sums.c.since,
                sums.c.product,
                total.label("total"),
                treasury.label("treasury"),
            )
            .where(sums.c.product > 0)
            .subquery()
        )
        self._session.execute(
            insert(Settlement).from_select(
                [
                    "loan_id",
                    "kind",
                    "booked_on",
                    "from_on",
                    "to_on",
                    "revision",
                    "product",
                    "plan_nr",
                    "amount_fen",
                    "treasury_fen",
                    "household_fen",
                ],
                select(
                    parts.c.loan_id,
                    literal(kind),
                    literal(self._day),
                    parts.c.since,
                    literal(self._eve_of),
                    literal(0),
                    parts.c.product,
                    literal(0),
                    parts.c.total,
                    parts.c.treasury,
                    parts.c.total - parts.c.treasury,
                ),
            )
        )

    def _insert_dues_of_settlements(self) -> None:
        new = (Settlement.trail_id == trail_id_of(self._session)) & (
            Settlement.to_on == self._eve_of
        )
        for bearer in ("household", "treasury"):
            part = Settlement.household_fen if bearer == "household" else Settlement.treasury_fen
            self._insert_dues(
                select(
                    Settlement.loan_id,
                    Settlement.kind,
                    literal(bearer),
                    literal(self._eve_of),
                    part,
                    Settlement.id,
                ).where(new, part > 0)
            )
        self._open_new_dues()

    def raise_at_maturity(self) -> None:
        """Principal due tomorrow, of loans that book interest by product sums."""
        self._insert_dues(
            select(
                OpenSegment.loan_id,
                literal("principal"),
                literal("household"),
                literal(self._eve_of),
                OpenSegment.principal_fen,
                cast(None, BigInteger),
            )
            .join(Position, Position.loan_id == OpenSegment.loan_id)
            .join(Loan, Loan.id == OpenSegment.loan_id)
            .where(self._here, self._matures, _BY_PRODUCTS, OpenSegment.state == "regular")
        )
        self._open_new_dues()
        products = select(Loan.id).where(_BY_PRODUCTS)
        self._update(and_(self._matures, Position.loan_id.in_(products)), plan_event_on=FAR)

    def _insert_dues(self, rows: Select[int, str, str, date, int, int]) -> None:
        columns = ["loan_id", "kind", "bearer", "due_on", "amount_fen", "settlement_id"]
        self._session.execute(insert(Due).from_select(columns, rows))

    def _open_new_dues(self) -> None:
        """Whatever was raised in this unit of work for tomorrow is open."""
        self._session.execute(
            insert(OpenDue).from_select(
                ["due_id", "loan_id", "kind", "bearer", "payable_on", "left_fen"],
                select(Due.id, Due.loan_id, Due.kind, Due.bearer, Due.due_on, Due.amount_fen).where(
                    Due.trail_id == trail_id_of(self._session),
                    Due.due_on == self._eve_of,
                    ~exists().where(OpenDue.due_id == Due.id),
                ),
            )
        )

    # --- grades, figures, events ----------------------------------------------------------------

    def grade(self, thresholds: Sequence[tuple[int, int]], clause: str) -> None:
        """Five-grade classification by days overdue."""
        oldest = (
            select(func.min(OpenDue.payable_on))
            .where(OpenDue.loan_id == Position.loan_id, OpenDue.bearer == "household")
            .correlate(Position)
            .scalar_subquery()
        )
        days = func.coalesce(days_between(oldest, literal(self._day)), 0)
        worst_first = [(days > over, grade) for over, grade in reversed(thresholds)]
        grades = (
            select(
                Position.loan_id,
                case(*worst_first, else_=1).label("grade"),
                case((days > 0, days), else_=0).label("days"),
            )
            .where(self._here, Position.review_on <= self._day)
            .subquery()
        )
        self._session.execute(
            insert(GradeChange).from_select(
                ["loan_id", "on_day", "grade", "overdue_days", "clause"],
                select(
                    grades.c.loan_id,
                    literal(self._day),
                    grades.c.grade,
                    grades.c.days,
                    literal(clause),
                )
                .join(Position, Position.loan_id == grades.c.loan_id)
                .where(Position.grade != grades.c.grade),
            )
        )
        changed = (
            select(GradeChange.grade)
            .where(GradeChange.loan_id == Position.loan_id, GradeChange.on_day == self._day)
            .correlate(Position)
            .scalar_subquery()
        )
        self._update(
            exists().where(
                GradeChange.loan_id == Position.loan_id, GradeChange.on_day == self._day
            ),
            grade=changed,
        )

    def write_day_ends(self) -> None:
        """Day-end figures of the loans looked at, where they differ from the last ones."""
        now = (
            select(
                Position.loan_id,
                Position.drawn_fen,
                _outstanding().label("outstanding_fen"),
                _past_due(self._day, OpenDue.kind == "principal").label("overdue_principal_fen"),
                _past_due(self._day, OpenDue.kind != "principal").label("overdue_interest_fen"),
                Position.grade,
            )
            .where(self._here, Position.review_on <= self._day)
            .subquery()
        )
        figures = (
            "drawn_fen",
            "outstanding_fen",
            "overdue_principal_fen",
            "overdue_interest_fen",
            "grade",
        )
        last_day = (
            select(func.max(LoanDay.on_day))
            .where(LoanDay.loan_id == now.c.loan_id)
            .correlate(now)
            .scalar_subquery()
        )
        same = exists().where(
            LoanDay.loan_id == now.c.loan_id,
            LoanDay.on_day == last_day,
            *(getattr(LoanDay, name) == now.c[name] for name in figures),
        )
        never = ~exists().where(LoanDay.loan_id == now.c.loan_id)
        self._session.execute(
            insert(LoanDay).from_select(
                ["loan_id", "on_day", *figures],
                select(now.c.loan_id, literal(self._day), *(now.c[name] for name in figures)).where(
                    ~same, ~and_(never, now.c.drawn_fen == 0)
                ),
            )
        )

    def move_events(self, thresholds: Sequence[tuple[int, int]]) -> None:
        """Move every event of these loans past today."""
        self._move_settlements()
        self._move_shares()
        looked_at = Position.review_on <= self._day
        overdue = self._oldest_overdue(looked_at)
        self._update(looked_at, review_on=FAR)
        self._move_reviews(overdue, thresholds)
        soon = exists().where(
            OpenDue.loan_id == Position.loan_id,
            OpenDue.bearer == "household",
            OpenDue.payable_on.between(self._day, self._eve_of),
        )
        self._update(soon, review_on=self._eve_of)
        self._session.execute(
            update(Position)
            .where(self._here)
            .values(
                next_event_on=least(
                    Position.settle_event_on,
                    Position.plan_event_on,
                    Position.share_event_on,
                    Position.review_on,
                )
            )
        )

    def _move_settlements(self) -> None:
        """The next settlement day, the same for all loans of one rhythm."""
        rhythms = self._session.execute(
            select(Loan.every_months, Loan.settle_on_day)
            .join(Position, Position.loan_id == Loan.id)
            .where(self._here, self._settles)
            .distinct()
        ).all()
        for every, on_day in rhythms:
            following = spans_counted(self._eve_of, 1, Rhythm(every, "month"), settle_on=on_day)[
                0
            ].end
            same = select(Loan.id).where(Loan.every_months == every, Loan.settle_on_day == on_day)
            self._update(
                and_(self._settles, Position.loan_id.in_(same)),
                settle_event_on=following - ONE_DAY,
            )

    def _move_shares(self) -> None:
        rows = self._session.execute(
            select(LoanBearer.loan_id, LoanBearer.from_on, LoanBearer.to_on)
            .join(Position, Position.loan_id == LoanBearer.loan_id)
            .where(self._here, Position.share_event_on == self._day)
        ).all()
        turns: dict[int, list[date]] = {}
        for loan_id, from_on, to_on in rows:
            turns.setdefault(loan_id, []).extend((from_on, to_on))
        self._update_each(
            "share_event_on",
            {
                loan_id: min(
                    (turn - ONE_DAY for turn in days if self._eve_of < turn < FAR), default=FAR
                )
                for loan_id, days in turns.items()
            },
        )

    def _oldest_overdue(self, which: ColumnElement[bool]) -> dict[int, date]:
        rows = self._session.execute(
            select(OpenDue.loan_id, func.min(OpenDue.payable_on))
            .join(Position, Position.loan_id == OpenDue.loan_id)
            .where(self._here, which, OpenDue.bearer == "household", OpenDue.payable_on < self._day)
            .group_by(OpenDue.loan_id)
        )
        return {row[0]: row[1] for row in rows}

    def _move_reviews(
        self, overdue: dict[int, date], thresholds: Sequence[tuple[int, int]]
    ) -> None:
        """Overdue loans are looked at again when their grade would change."""
        self._update_each(
            "review_on",
            {
                loan_id: next_change_on(oldest, self._day, thresholds) or FAR
                for loan_id, oldest in overdue.items()
            },
        )

    def _update(self, which: ColumnElement[bool], **values: object) -> None:
        self._session.execute(update(Position).where(self._here, which).values(**values))

    def _update_each(self, column: str, days: dict[int, date]) -> None:
        if days:
            self._session.connection().execute(
                update(Position.__table__)  # type: ignore[arg-type]
                .where(Position.loan_id == bindparam("key"))
                .values({column: bindparam("day")}),
                [{"key": loan_id, "day": day} for loan_id, day in days.items()],
            )


def _half_up(
    numerator: ColumnElement[int], denominator: ColumnElement[int] | int
) -> ColumnElement[int]:
    """Half up of a quotient of whole numbers not below zero."""
    return (numerator * 2 + denominator) // (denominator * 2)


def _outstanding() -> ColumnElement[int]:
    return (
        select(sum_of(OpenSegment.principal_fen))
        .where(OpenSegment.loan_id == Position.loan_id)
        .correlate(Position)
        .scalar_subquery()
    )


def _past_due(day: date, which: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(sum_of(OpenDue.left_fen))
        .where(
            OpenDue.loan_id == Position.loan_id,
            OpenDue.bearer == "household",
            OpenDue.payable_on < day,
            which,
        )
        .correlate(Position)
        .scalar_subquery()
    )
