"""A loan's life lived again from its events: corrections, and what would be if. Pure.

An event counts from its value date, whenever it was entered. Within a day events apply in one
order, ``RANKS``; payments of one day and kind follow each other, which is the same as one payment
of their sum. Between the days of events the closes pass in which anything happens.

The same life with an event more or less, compared with what is on record, is what the books must
receive: undoing an event leaves what would stand had it never happened, and the order of entry
leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.money import format_yuan
from loans.course import Course
from loans.models import FAR
from loans.parts import EARNED_ON, ONE_DAY, Terms
from loans.refusals import (
    AlreadyMisused,
    AlreadyUnsubsidised,
    BucketWouldBeNegative,
    ChangeAfterMaturity,
    DrawAboveContract,
    EventAfterWriteOff,
    EventBeforeFirstDraw,
    LoanOver,
    MaturityNotLater,
    MisusedLoanNotDrawn,
    NoSubsidyToStop,
    PlanLoanDrawnOnce,
    RecoveryAboveLoss,
)
from loans.schedule import Method

#: kind of event -> its place in the order of a day
RANKS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "draw": 0,
        "extension": 1,
        "deferral": 1,
        "plan": 2,
        "misuse": 3,
        "unsubsidised": 3,
        "payment": 4,
        "early_payment": 5,
        "refund": 6,
        "write_off": 7,
        "recovery": 8,
    }
)

#: events that change the terms
CHANGES: Final = frozenset({"extension", "deferral", "plan", "misuse", "unsubsidised"})

WorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a loan and was not undone."""

    kind: str
    #: value date
    on: date
    #: its number in its table; the order within a day and kind
    id: int
    amount_fen: int = 0
    #: of a change: the terms from then on
    matures_on: date = FAR
    method: Method = "bullet"
    every_months: int = 0
    settle_on_day: int = 0

    @property
    def place(self) -> tuple[date, int, int]:
        """Where it stands in a life."""
        return self.on, RANKS[self.kind], self.id

    @property
    def key(self) -> tuple[str, int]:
        """What it is known by: payments, refunds and the like stand in one table."""
        table = "draw" if self.kind == "draw" else "change" if self.kind in CHANGES else "repayment"
        return table, self.id


@dataclass
class Life:
    """A loan's course together with what its contract counts."""

    number: str
    amount_fen: int
    course: Course
    drawn_fen: int = 0
    lost_fen: int = 0
    recovered_fen: int = 0
    last_event: tuple[date, int] = (date.min, 0)

    @property
    def written_off(self) -> bool:
        """Whether its debt has left the books."""
        return self.lost_fen > 0

    def apply(self, event: Event) -> None:
        """One event, in its place."""
        if event.kind != "draw" and self.course.drawn_on == FAR:
            raise EventBeforeFirstDraw(field="value_date", number=self.number, day=event.on)
        if self.written_off and event.kind != "recovery":
            raise EventAfterWriteOff(field="value_date", number=self.number, day=event.on)
        self.course.taker = event.key
        _APPLY[event.kind](self, event)
        self.last_event = (event.on, RANKS[event.kind])

    def _draw(self, event: Event) -> None:
        course = self.course
        if course.terms.misused:
            raise MisusedLoanNotDrawn(field="number", number=self.number)
        if event.on >= course.terms.matures_on or self.over_on(event.on):
            raise LoanOver(field="number", number=self.number)
        if course.terms.by_plan and (self.drawn_fen or event.amount_fen < self.amount_fen):
            raise PlanLoanDrawnOnce(field="amount", number=self.number)
        used_fen = course.principal_fen if course.terms.revolving else self.drawn_fen
        if used_fen + event.amount_fen > self.amount_fen:
            raise DrawAboveContract(
                field="amount",
                number=self.number,
                left=format_yuan(self.amount_fen - used_fen),
                amount=format_yuan(event.amount_fen),
            )
        self.drawn_fen += event.amount_fen
        course.draw(event.amount_fen, event.on)

    def over_on(self, day: date) -> bool:
        """Whether nothing is owed any more, and nothing can be drawn again."""
        course = self.course
        if not self.drawn_fen or course.principal_fen or course.dues:
            return False
        return not course.terms.revolving or day >= course.terms.matures_on

    def _require_running(self, event: Event) -> None:
        """Refuse to change what has matured or is over."""
        terms = self.course.terms
        if event.on >= terms.matures_on:
            raise ChangeAfterMaturity(
                field="value_date", number=self.number, matures_on=terms.matures_on, day=event.on
            )
        if self.over_on(event.on):
            raise LoanOver(field="number", number=self.number)

    def _extend(self, event: Event) -> None:
        self._require_running(event)
        matures_on = self.course.terms.matures_on
        if event.matures_on <= matures_on:
            raise MaturityNotLater(
                field="matures_on",
                number=self.number,
                wanted=event.matures_on,
                matures_on=matures_on,
            )
        self.course.extend(event.matures_on, event.on)

    def _change_plan(self, event: Event) -> None:
        self._require_running(event)
        self.course.change_plan(event.method, event.every_months, event.settle_on_day, event.on)

    def _misuse(self, event: Event) -> None:
        if self.over_on(event.on):
            raise LoanOver(field="number", number=self.number)
        if self.course.terms.misused:
            raise AlreadyMisused(field="number", number=self.number)
        self.course.misuse(event.on)

    def _unsubsidise(self, event: Event) -> None:
        if self.over_on(event.on):
            raise LoanOver(field="number", number=self.number)
        if self.course.terms.unsubsidised:
            raise AlreadyUnsubsidised(field="number", number=self.number)
        if not self.course.terms.shares:
            raise NoSubsidyToStop(field="number", number=self.number)
        self.course.unsubsidise(event.on)

    def _pay(self, event: Event) -> None:
        self.course.pay(event.amount_fen, event.on, early=event.kind == "early_payment")

    def _refund(self, event: Event) -> None:
        if event.amount_fen > self.course.credit_fen:
            raise BucketWouldBeNegative(
                field="amount", number=self.number, day=event.on, bucket="溢缴款"
            )
        self.course.refund(event.amount_fen)

    def _write_off(self, event: Event) -> None:
        if self.over_on(event.on):
            raise LoanOver(field="number", number=self.number)
        self.lost_fen += self.course.write_off(event.on)

    def _recover(self, event: Event) -> None:
        left_fen = self.lost_fen - self.recovered_fen
        if event.amount_fen > left_fen:
            raise RecoveryAboveLoss(
                field="amount",
                number=self.number,
                left=format_yuan(left_fen),
                amount=format_yuan(event.amount_fen),
            )
        self.recovered_fen += event.amount_fen


_APPLY: Final[Mapping[str, Callable[[Life, Event], None]]] = MappingProxyType(
    {
        "draw": Life._draw,  # noqa: SLF001
        "extension": Life._extend,  # noqa: SLF001
        "deferral": Life._extend,  # noqa: SLF001
        "plan": Life._change_plan,  # noqa: SLF001
        "misuse": Life._misuse,  # noqa: SLF001
        "unsubsidised": Life._unsubsidise,  # noqa: SLF001
        "payment": Life._pay,  # noqa: SLF001
        "early_payment": Life._pay,  # noqa: SLF001
        "refund": Life._refund,  # noqa: SLF001
        "write_off": Life._write_off,  # noqa: SLF001
        "recovery": Life._recover,  # noqa: SLF001
    }
)


def begin(terms: Terms, *, number: str, amount_fen: int) -> Life:
    """A contract on its signing day."""
    course = Course(
        terms=terms,
        open={},
        dues=[],
        unsettled=[],
        settled_to=dict.fromkeys(EARNED_ON, terms.signed_on),
        plan_event_on=FAR,
        drawn_on=FAR,
        plan_from_on=FAR,
    )
    return Life(number, amount_fen, course, last_event=(terms.signed_on, 0))


def replay(life: Life, events: Iterable[Event], *, until: date, working_day: WorkingDay) -> Life:
    """Live these events, and every close before ``until``."""
    day = life.course.terms.signed_on
    for event in sorted(events, key=lambda event: event.place):
        day = pass_nights(life.course, day, event.on, working_day)
        life.apply(event)
    pass_nights(life.course, day, until, working_day)
    return life


def pass_nights(course: Course, day: date, until: date, working_day: WorkingDay) -> date:
    """Every close from ``day`` up to the eve of ``until`` at which anything happens."""
    while day < until and (night := course.next_night(day)) < until:
        due = any(one.payable_on == night for one in course.dues)
        # The holiday table is asked where something is due, and nowhere else.
        course.night(night, working_day=not due or working_day(night))
        day = night + ONE_DAY
    return max(day, until)
