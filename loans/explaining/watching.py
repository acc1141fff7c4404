"""A loan's life lived again, with notes of what was due and which order held at each payment. Pure.

The record keeps what each due took; why it took so much follows from what else was due then, and
since when. That is seen here, in the same course that the product lives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date

from loans import replay
from loans.course import Course
from loans.parts import Terms
from loans.replay import Event, WorkingDay


@dataclass(frozen=True, slots=True)
class DueThen:
    """A due as a payment found it."""

    kind: str
    due_on: date
    payable_on: date
    left_fen: int


@dataclass(frozen=True, slots=True)
class Step:
    """Once through the dues: what was brought, what was there, in which order it was used."""

    on: date
    brought_fen: int
    dues: tuple[DueThen, ...]
    order: tuple[str, ...]
    #: principal came before its place in the contract's order
    principal_first: bool


@dataclass(frozen=True, slots=True)
class FixedThen:
    """Interest by plan: the balance it was counted on, and the terms of then."""

    balance_fen: int
    rate_ppm: int
    terms: Terms
    #: due dates were counted from this day
    plan_from_on: date


@dataclass
class Watched(Course):
    """A course that remembers."""

    #: who paid -> the steps of it
    steps: dict[object, list[Step]] = field(default_factory=dict)
    #: who paid early -> principal that could be paid early
    undue_then: dict[object, int] = field(default_factory=dict)
    #: day settled to -> what a settlement by plan was counted on
    fixed: dict[date, FixedThen] = field(default_factory=dict)
    #: event -> credit before it
    credit_then: dict[object, int] = field(default_factory=dict)
    #: event -> what the household owed when it was written off
    written_off: dict[object, tuple[DueThen, ...]] = field(default_factory=dict)

    def _allocate(self, amount_fen: int, on: date) -> int:
        dues = self._dues_then()
        if dues:
            oldest = min(due.payable_on for due in dues)
            order = self.terms.order_on(on, oldest)
            first = order != self.terms.allocation_order
            step = Step(on, amount_fen, dues, order, first)
            self.steps.setdefault(self.taker, []).append(step)
        return super()._allocate(amount_fen, on)

    def _dues_then(self) -> tuple[DueThen, ...]:
        return tuple(
            DueThen(due.kind, due.due_on, due.payable_on, due.left_fen) for due in self.dues
        )

    def _pay_early(self, left_fen: int, on: date) -> int:
        self.undue_then[self.taker] = self.undue_fen
        return super()._pay_early(left_fen, on)

    def _settle_fixed(self, to: date, amount_fen: int, plan_nr: int) -> None:
        if plan_nr:
            balance_fen = sum(row.principal_fen for row in self.plan if row.nr >= plan_nr)
        else:
            balance_fen = self.not_due_fen(to)
        rate_ppm = self.terms.pricing.annual_rate_ppm
        self.fixed[to] = FixedThen(balance_fen, rate_ppm, self.terms, self.plan_from_on)
        super()._settle_fixed(to, amount_fen, plan_nr)

    def pay(self, amount_fen: int, on: date, *, early: bool) -> int:
        """Use a payment, and remember the credit before it."""
        self.credit_then[self.taker] = self.credit_fen
        return super().pay(amount_fen, on, early=early)

    def refund(self, amount_fen: int) -> None:
        """Pay credit out, and remember how much there was."""
        self.credit_then[self.taker] = self.credit_fen
        super().refund(amount_fen)

    def use_credit(self, day: date) -> int:
        """Put credit to use, and remember how much there was."""
        before_fen = self.credit_fen
        used_fen = super().use_credit(day)
        if used_fen:
            self.credit_then["credit", day] = before_fen
        return used_fen


def watch(
    terms: Terms,
    events: Iterable[Event],
    *,
    number: str,
    amount_fen: int,
    until: date,
    working_day: WorkingDay,
) -> Watched:
    """Live these events up to a day, remembering."""
    life = replay.begin(terms, number=number, amount_fen=amount_fen)
    held = {one.name: getattr(life.course, one.name) for one in fields(Course)}
    life.course = watched = Watched(**held)
    replay.replay(life, events, until=until, working_day=working_day)
    return watched
