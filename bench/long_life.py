"""A loan to which two thousand things have happened, and what one thing more costs.

The portfolio's first loan is paid fifty times a day on forty days, half of it principal before its
time; each day's payments are written as one unit of work through the pure course, then the day is
closed. Then one more payment, one with the earliest value date, and one undone are measured beside
the bare writing of the rows that each of them wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Engine, MetaData, Table, func, insert, select
from sqlalchemy.orm import Session

import ledger
import loans
from bench import portfolio
from bench.limits import bare
from bench.profile import Profile, profiled
from config.wiring import House
from jobs import program
from kernel.actor import Actor
from kernel.database import Base, insert_many
from kernel.trail import TrailHead, TrailRow
from loans import booking, record
from loans.models import Allocation, Repayment
from loans.record import Loaded
from office import payments

EVENTS: Final = 2_000
#: payments of a day
_A_DAY: Final = 50
#: the loan that lives long, and those beside it that nothing may touch
LOAN_ID: Final = 1
NUMBER: Final = "XD1"
_CLERK: Final = Actor(2, "bench", frozenset({"loan_officer", "checker"}), "431022")


def build(house: House, loans_count: int, events: int = EVENTS) -> None:
    """A portfolio whose first loan has lived through so many events; the next day is open."""
    portfolio.build(house, loans_count)
    program.close_to(house, portfolio.FIRST_DAY)
    done = 0
    while done < events:
        with house.books.write("loans.repay", by=_CLERK) as session:
            day = ledger.open_day(session)
            done += _pay_often(session, day, min(_A_DAY, events - done), done)
        program.close_to(house, day)


def _pay_often(session: Session, day: date, times: int, before: int) -> int:
    one = record.load(session, [LOAN_ID])[LOAN_ID]
    amounts = [100 + nr for nr in range(times)]
    slips = [
        payments.VoucherSlip(one.loan.lender_id, "bench", f"{before + nr}", "in", fen)
        for nr, fen in enumerate(amounts)
    ]
    vouchers = payments.book_vouchers(session, slips, on=day)
    # Those that keep what is over as credit come first in the order of a day.
    early = [nr >= times // 2 for nr in range(times)]
    kept = [_pay(one, nr, fen, day, early=early[nr]) for nr, fen in enumerate(amounts)]
    one.position.last_event_on, one.position.last_event_rank = day, 5
    course = one.course
    record.write(session, [one], on=day)
    ids = insert_many(
        session,
        Repayment,
        [
            {
                "loan_id": LOAN_ID,
                "kind": "payment",
                "early": early[nr],
                "amount_fen": fen,
                "to_credit_fen": kept[nr],
                "payer_kind": one.loan.payer_kind,
                "payer_id": one.loan.payer_id,
                "value_date": day,
                "booking_date": day,
                "voucher_id": vouchers[nr],
            }
            for nr, fen in enumerate(amounts)
        ],
    )
    sums: dict[tuple[int, int], int] = {}
    for taken in course.taken:
        assert isinstance(taken.by, int)
        assert taken.due.id is not None
        key = (ids[taken.by], taken.due.id)
        sums[key] = sums.get(key, 0) + taken.fen
    rows = [{"repayment_id": r, "due_id": d, "amount_fen": fen} for (r, d), fen in sums.items()]
    if rows:
        session.execute(insert(Allocation), rows)
    booking.book_settlements(session, day)
    booking.book_repayments(session, day)
    return times


def _pay(one: Loaded, nr: int, fen: int, day: date, *, early: bool) -> int:
    one.course.taker = nr
    return one.course.pay(fen, day, early=early)


# --- one thing more -----------------------------------------------------------------------------


def pay(house: House, voucher_no: str, value_date: date | None = None) -> None:
    """One payment more, today or with an earlier value date."""
    payment = loans.Payment(NUMBER, 77_777, "bench", voucher_no, True, value_date)
    with house.books.write("loans.repay", by=_CLERK) as session:
        loans.repay_many(
            session,
            payments_in=[payment],
            calendar=house.calendar,
            on=ledger.open_day(session),
            by=_CLERK,
        )


def pay_late(house: House, voucher_no: str) -> None:
    """One with value of the second day of the loan: everything after it is lived again."""
    pay(house, voucher_no, portfolio.QUIET)


def undo(house: House, repayment_id: int) -> None:
    """The payment with this number never happened."""
    with house.books.write("loans.reverse", by=_CLERK) as session:
        loans.reverse_repayment(
            session,
            repayment_id=repayment_id,
            reason="测速",
            calendar=house.calendar,
            on=ledger.open_day(session),
            by=_CLERK,
        )


ACTS: Final[dict[str, Callable[[House, int], None]]] = {
    "repay": lambda house, run: pay(house, f"now{run}"),
    "correct": lambda house, run: pay_late(house, f"late{run}"),
    "reverse": lambda house, run: undo(house, 60 + run),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of an act, of its bare rows, how many these were, and its statements."""

    seconds: float
    naked: float
    rows: int
    profile: Profile


def cost(house: House, name: str, run: int) -> Cost:
    """What one act costs."""
    act = ACTS[name]
    with profiled(house.engine) as profile:
        began = perf_counter()
        act(house, run)
        seconds = perf_counter() - began
    naked, rows = _again(house.engine)
    return Cost(seconds, naked, rows, profile)


def _again(engine: Engine) -> tuple[float, int]:
    """Seconds for the rows of the last unit of work in tables with a primary key alone."""
    metadata = MetaData()
    found: dict[Table, list[dict[str, Any]]] = {}
    with engine.begin() as connection:
        trail_id = connection.scalar(select(func.max(TrailRow.id)))
        for table in Base.metadata.sorted_tables:
            key = table.c.id if table.name == TrailRow.__tablename__ else table.c.get("trail_id")
            if key is None or table.name == TrailHead.__tablename__:
                continue
            rows = connection.execute(select(table).where(key == trail_id)).mappings().all()
            if rows:
                found[bare(table, metadata)] = [dict(row) for row in rows]
    metadata.create_all(engine)
    began = perf_counter()
    with engine.begin() as connection:
        for copy, rows_of in found.items():
            connection.execute(insert(copy), rows_of)
    seconds = perf_counter() - began
    metadata.drop_all(engine)
    return seconds, sum(map(len, found.values()))
