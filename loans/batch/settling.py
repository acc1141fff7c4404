"""What is settled and falls due at the end of the day: INSERT … SELECT."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from kernel.database import days_between, least, sum_of, trail_id_of
from loans.batch.chunk import Chunk
from loans.models import (
    Due,
    Loan,
    LoanBearer,
    OpenDue,
    OpenSegment,
    Position,
    Segment,
    Settlement,
)
from loans.parts import EARNED_ON
from loans.record import BY_PRODUCTS
from loans.routes import owed_by_payer, owed_by_treasury

_PPM = 1_000_000
_WHOLE_BP = 10_000
#: of a segment: what the treasury shares of its days
_SHARED = ("share_bp", "cap_fen", "share_rate_ppm")


def settle(chunk: Chunk) -> None:
    """Close segments at the end of today, settle what is to be settled, raise its dues."""
    _close_segments(chunk)
    at_maturity = and_(chunk.matures, BY_PRODUCTS)
    _insert_settlements(chunk, "interest", or_(and_(chunk.settles, BY_PRODUCTS), at_maturity))
    for kind in ("penalty", "compound"):
        _insert_settlements(chunk, kind, or_(chunk.settles, at_maturity))
    _insert_dues_of_settlements(chunk)


def _close_segments(chunk: Chunk) -> None:
    turns = Position.share_event_on == chunk.day
    closes = or_(
        and_(OpenSegment.state == "regular", or_(chunk.settles, chunk.matures, turns)),
        and_(
            OpenSegment.state != "regular",
            or_(chunk.settles, and_(chunk.matures, BY_PRODUCTS)),
        ),
    )
    columns = (
        "loan_id",
        "state",
        "from_on",
        "principal_fen",
        "rate_ppm",
        *_SHARED,
    )
    closed = (
        select(
            *(getattr(OpenSegment, name) for name in columns),
            literal(chunk.tomorrow),
            Position.correction,
        )
        .join(Position, Position.loan_id == OpenSegment.loan_id)
        .where(chunk.here, closes, OpenSegment.from_on < chunk.tomorrow)
    )
    chunk.session.execute(insert(Segment).from_select([*columns, "to_on", "correction"], closed))
    _change_open_segments(chunk, closes, {"from_on": chunk.tomorrow})
    shares = {name: _share_from_tomorrow(chunk, name) for name in _SHARED}
    _change_open_segments(chunk, and_(OpenSegment.state == "regular", turns), shares)


def _change_open_segments(
    chunk: Chunk, which: ColumnElement[bool], values: Mapping[str, object]
) -> None:
    reached = exists().where(Position.loan_id == OpenSegment.loan_id, chunk.here, which)
    # The range is said of the segments too: SQLite would read every open segment of the house.
    mine = OpenSegment.loan_id.between(chunk.low, chunk.high)
    chunk.change(update(OpenSegment).where(mine, reached.correlate(OpenSegment)).values(**values))


def _share_from_tomorrow(chunk: Chunk, name: str) -> ColumnElement[int | None]:
    own_rate = name == "share_rate_ppm"
    share = (
        select(LoanBearer.rate_ppm if own_rate else getattr(LoanBearer, name))
        .join(Position, Position.loan_id == LoanBearer.loan_id)
        .join(Loan, Loan.id == LoanBearer.loan_id)
        .where(
            LoanBearer.loan_id == OpenSegment.loan_id,
            ~Position.unsubsidised,
            LoanBearer.from_on <= chunk.tomorrow,
            or_(
                LoanBearer.to_on > chunk.tomorrow,
                # ``Terms._end_of``: it lasts to the maturity, and as long as that waits.
                LoanBearer.to_on >= Position.matures_on,
                and_(LoanBearer.runs_on, Position.matures_on > Loan.matures_on),
            ),
        )
        .correlate(OpenSegment)
        .scalar_subquery()
    )
    return share if own_rate else func.coalesce(share, 0)


def _insert_settlements(chunk: Chunk, kind: str, which: ColumnElement[bool]) -> None:
    sums = _product_sums(chunk, kind, which)
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
    chunk.session.execute(
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
                literal(chunk.day),
                parts.c.since,
                literal(chunk.tomorrow),
                literal(0),
                parts.c.product,
                literal(0),
                parts.c.total,
                parts.c.treasury,
                parts.c.total - parts.c.treasury,
            ),
        )
    )


def _product_sums(chunk: Chunk, kind: str, which: ColumnElement[bool]) -> Subquery:
    """Of each loan to be settled: its product sum, and the treasury's part of it in two steps."""
    since = getattr(Position, f"{kind}_settled_to")
    days = days_between(Segment.from_on, Segment.to_on)
    divisor = cast(Loan.day_base, BigInteger) * _PPM
    share_rate = func.coalesce(Segment.share_rate_ppm, Segment.rate_ppm)
    shared = least(Segment.principal_fen, Segment.cap_fen) * days * share_rate
    return (
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
        .where(
            chunk.here,
            which,
            Segment.state.in_(EARNED_ON[kind]),
            Segment.from_on >= since,
            Segment.correction == Position.correction,
        )
        .group_by(Segment.loan_id, since, Loan.day_base)
        .subquery()
    )


def _insert_dues_of_settlements(chunk: Chunk) -> None:
    new = (Settlement.trail_id == trail_id_of(chunk.session)) & (Settlement.to_on == chunk.tomorrow)
    for bearer in ("household", "treasury"):
        part = owed_by_payer() if bearer == "household" else owed_by_treasury()
        _insert_dues(
            chunk,
            select(
                Settlement.loan_id,
                Settlement.kind,
                literal(bearer),
                literal(chunk.tomorrow),
                part,
                Settlement.id,
            )
            .join(Loan, Loan.id == Settlement.loan_id)
            .where(new, part > 0),
        )


def raise_at_maturity(chunk: Chunk) -> None:
    """Principal due tomorrow, of loans that book interest by product sums; what is new is open."""
    _insert_dues(
        chunk,
        select(
            OpenSegment.loan_id,
            literal("principal"),
            literal("household"),
            literal(chunk.tomorrow),
            OpenSegment.principal_fen,
            cast(None, BigInteger),
        )
        .join(Position, Position.loan_id == OpenSegment.loan_id)
        .where(
            chunk.here,
            chunk.matures,
            BY_PRODUCTS,
            OpenSegment.state.in_(("regular", "misused")),
        ),
    )
    _open_new_dues(chunk)


def _insert_dues(chunk: Chunk, rows: Select[int, str, str, date, int, int]) -> None:
    columns = ["loan_id", "kind", "bearer", "due_on", "amount_fen", "settlement_id"]
    chunk.session.execute(insert(Due).from_select(columns, rows))


def _open_new_dues(chunk: Chunk) -> None:
    """What whoever repays owes from tomorrow on, raised in this unit of work, is open.

    A second time is an error.
    """
    chunk.session.execute(
        insert(OpenDue).from_select(
            ["due_id", "loan_id", "kind", "payable_on", "left_fen"],
            select(Due.id, Due.loan_id, Due.kind, Due.due_on, Due.amount_fen).where(
                Due.trail_id == trail_id_of(chunk.session),
                Due.due_on == chunk.tomorrow,
                Due.bearer == "household",
            ),
        )
    )


def _half_up(
    numerator: ColumnElement[int], denominator: ColumnElement[int] | int
) -> ColumnElement[int]:
    """Half up of a quotient of whole numbers not below zero."""
    return (numerator * 2 + denominator) // (denominator * 2)
