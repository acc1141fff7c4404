"""What the dice of a random county do to one loan: each act is a person at a desk, one command.

The dice know few rules on purpose: a payment may be dated before the first draw, a draw may exceed
the contract, a thing may be undone twice. What the doors refuse leaves the books as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import loans
from config.wiring import House
from demo import staff
from demo.staff import Lender
from kernel.actor import Actor
from loans import record
from loans.models import Disbursement, Loan
from loans.record import Loaded

DAY = timedelta(days=1)


@dataclass
class Desk:
    """Whoever acts, on the open day."""

    house: House
    lender: Lender
    dice: Random
    on: date

    def __post_init__(self) -> None:
        self._vouchers = count(1)
        self._actors: dict[str, Actor] = {}

    def actor(self, login: str) -> Actor:
        """The person of an account."""
        if login not in self._actors:
            self._actors[login] = staff.actor(self.house, login)
        return self._actors[login]

    def write(self, command: str, login: str, work: Callable[[Session, Actor], None]) -> None:
        """One command in one unit of work."""
        by = self.actor(login)
        with self.house.books.write(command, by=by) as session:
            work(session, by)

    def voucher(self, series: str) -> str:
        """The next voucher's number."""
        return f"{series}{next(self._vouchers):07d}"

    def some_day(self) -> date:
        """Today, or now and then a day that has passed."""
        late = self.dice.random() < 0.25
        return self.on - DAY * self.dice.randint(1, 60) if late else self.on


Act = Callable[[Desk, Loaded], None]


def living(session: Session) -> list[int]:
    """Every contract, the settled ones too: the dice look at them as people do."""
    return list(session.scalars(select(Loan.id).order_by(Loan.id)))


def look(house: House, loan_id: int) -> Loaded:
    """How one loan stands."""
    with house.books.read() as session:
        return record.load(session, [loan_id], lock=False)[loan_id]


def draw(desk: Desk, one: Loaded) -> None:
    """Money out: the rest of the contract, or a part of it."""
    used_fen = one.course.principal_fen if one.loan.revolving else one.position.drawn_fen
    left_fen = max(one.loan.amount_fen - used_fen, 100)
    by_plan = one.course.terms.by_plan
    fen = left_fen if by_plan or desk.dice.random() < 0.5 else left_fen // 3 + 1
    asked = loans.Draw(one.loan.number, fen, "batch", desk.voucher("FK"), desk.some_day())

    def work(session: Session, by: Actor) -> None:
        loans.disburse_many(
            session,
            draws=[asked],
            calendar=desk.house.calendar,
            rulebook=desk.house.rulebook,
            papers=desk.house.papers,
            on=desk.on,
            by=by,
        )

    desk.write("loans.disburse", desk.lender.officer, work)


def pay(desk: Desk, one: Loaded) -> None:
    """Money in: what is owed, less, more, or everything."""
    owed_fen = sum(due.left_fen for due in one.course.dues)
    out_fen = one.course.principal_fen
    fen = desk.dice.choice(
        [
            owed_fen,
            owed_fen // 2,
            owed_fen + 700,
            owed_fen + out_fen // 4,
            owed_fen + out_fen,
            5_000,
        ]
    )
    payment = loans.Payment(
        one.loan.number,
        max(fen, 1),
        "batch",
        desk.voucher("HK"),
        early=desk.dice.random() < 0.5,
        value_date=desk.some_day(),
    )

    def work(session: Session, by: Actor) -> None:
        loans.repay_many(
            session, payments_in=[payment], calendar=desk.house.calendar, on=desk.on, by=by
        )

    desk.write("loans.repay", desk.lender.officer, work)


def pay_what_is_due(desk: Desk, one: Loaded) -> None:
    """Most people, most of the time: what is due, on the day."""
    due_fen = sum(due.left_fen for due in one.course.dues)
    if not due_fen:
        return
    payment = loans.Payment(one.loan.number, due_fen, "batch", desk.voucher("HK"))

    def work(session: Session, by: Actor) -> None:
        loans.repay_many(
            session, payments_in=[payment], calendar=desk.house.calendar, on=desk.on, by=by
        )

    desk.write("loans.repay", desk.lender.officer, work)


def undo(desk: Desk, one: Loaded) -> None:
    """Something that happened should not have."""
    with desk.house.books.read() as session:
        events = sorted(record.events_of(session, one.loan.id), key=lambda event: event.place)
    if not events:
        return
    table, key = desk.dice.choice(events[-4:]).key
    reason = desk.dice.choice(["录入错误", "重复登记", "金额有误"])

    def work(session: Session, by: Actor) -> None:
        rest: Any = {"reason": reason, "calendar": desk.house.calendar, "on": desk.on, "by": by}
        if table == "draw":
            slip = session.get_one(Disbursement, key).slip_number
            loans.reverse_disbursement(session, slip_number=slip, **rest)
        elif table == "change":
            loans.reverse_change(session, change_id=key, **rest)
        else:
            loans.reverse_repayment(session, repayment_id=key, **rest)

    desk.write("loans.reverse", desk.lender.checker, work)
