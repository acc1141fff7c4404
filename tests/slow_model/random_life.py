"""Random lives that could have been: what is entered about a loan day after day.

A life is a list of entries in the order of entry. Each enters an event, with value of its day or of
an earlier one, or undoes an earlier entry. Every entry is possible when it is entered: the loan can
be lived with it from the beginning. Beside the life stand the tries that the rules did not allow,
some of them plain nonsense. The same dice give the same life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.slow_model.contract import Contract
from tests.slow_model.life import Event, Impossible, IsWorking, close_day, closes, live, spend_day
from tests.slow_model.loan import SlowLoan
from tests.slow_model.plan import ONE, shift


@dataclass(frozen=True)
class Entry:
    """What a clerk enters on an open day: an event, or that an earlier entry is undone."""

    entered: date
    event: Event | None = None
    #: place of the undone entry in the list
    undoes: int | None = None


@dataclass
class Life:
    """What was entered, and what was tried in vain: after so many entries, this one."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[int, Entry]] = field(default_factory=list)


class Implausible(Exception):
    """No rule forbids it, and nobody does it."""


def in_force(entries: Iterable[Entry]) -> list[Event]:
    """The events that nobody undid."""
    entries = list(entries)
    undone = {entry.undoes for entry in entries}
    return [
        entry.event
        for place, entry in enumerate(entries)
        if entry.event is not None and place not in undone
    ]


@dataclass(frozen=True)
class Habits:
    """How lively a life is; chances are of a hundred thousand, each day."""

    payment: int = 1_500
    #: on a day on which something is past due or falls due
    payment_of_dues: int = 6_000
    draw: int = 1_200
    extension: int = 200
    deferral: int = 200
    plan: int = 200
    misuse: int = 100
    unsubsidised: int = 120
    refund: int = 1_000
    #: more than this late, and a loan may be written off
    hopeless_days: int = 180
    write_off: int = 700
    recovery: int = 1_500
    undo: int = 500
    #: undone and entered again on the same day with another amount
    amend: int = 400
    #: what no rule allows: before the first draw, above the contract, above the credit
    nonsense: int = 150
    #: of a hundred events, so many are entered with an earlier day
    back_dated: int = 25
    #: deferrals are decided in these days alone: first, last; None: always
    deferral_window: tuple[date, date] | None = None


LIVELY = Habits()

#: what the plan of a running loan is changed to
CHANGED = (
    ("interest-only", 3, 20),
    ("interest-only", 6, 20),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
    ("equal-installment", 3, 0),
)


def random_events(
    rng: Random,
    contract: Contract,
    first_day: date,
    days: int,
    is_working: IsWorking,
    habits: Habits = LIVELY,
) -> list[Entry]:
    """What is entered about a loan in so many days, the first of which brings its first draw."""
    return random_life(rng, contract, first_day, days, is_working, habits).entries


def random_life(
    rng: Random,
    contract: Contract,
    first_day: date,
    days: int,
    is_working: IsWorking,
    habits: Habits = LIVELY,
) -> Life:
    """The same, and what was tried in vain."""
    clerk = _Clerk(rng, contract, first_day, is_working, habits)
    for _ in range(days):
        clerk.spend_day()
    return clerk.life


@dataclass
class _Clerk:
    """Somebody who enters what happens, and what was entered wrongly."""

    rng: Random
    contract: Contract
    today: date
    is_working: IsWorking
    habits: Habits
    life: Life = field(default_factory=Life)

    def __post_init__(self) -> None:
        self.first_day = self.today
        #: per cent of the chances of a payment; some hardly ever pay
        self.willing = self.rng.choice((0, 10, 30, 100, 100, 100))
        #: the loan before today's events, and after them
        self.morning = SlowLoan(self.contract)
        self.loan = self.morning
        whole = self.contract.by_plan or self.rng.random() < 0.6
        fen = self.contract.amount if whole else self.contract.amount // 3 + 1
        assert self._event("draw", fen=fen)

    def spend_day(self) -> None:
        for chance, act in self._acts():
            if self.rng.randrange(100_000) < chance:
                act()
        close_day(self.loan, self.today, self.is_working)
        self.morning = self.loan
        self.today += ONE

    def _acts(self) -> list[tuple[int, Callable[[], object]]]:
        habits, loan = self.habits, self.loan
        # What is over is seldom looked at again.
        seldom = 5 if loan.over else 1
        acts: list[tuple[int, Callable[[], object]]] = [
            (habits.undo // seldom, self._undo),
            (habits.amend // seldom, self._amend),
            (habits.nonsense // seldom, self._nonsense),
        ]
        if loan.written_off_on is not None:
            return [*acts, (habits.recovery, self._recover)]
        if not loan.over:
            acts += [
                (self._chance_of_payment(), self._pay),
                (habits.draw, self._draw),
                (habits.extension, self._extend),
                (habits.deferral, self._defer),
                (habits.plan, self._replan),
                (habits.misuse, self._misuse),
                (habits.unsubsidised, self._unsubsidise),
            ]
        if loan.credit:
            acts.append((habits.refund, self._refund))
        if loan.days_late(self.today) > habits.hopeless_days:
            acts.append((habits.write_off, self._write_off))
        return acts

    def _chance_of_payment(self) -> int:
        habits = self.habits
        return (habits.payment_of_dues if self.loan.owed else habits.payment) * self.willing // 100

    # --- what happens -----------------------------------------------------------------------

    def _value_day(self) -> date:
        """Mostly today."""
        if self.rng.randrange(100) >= self.habits.back_dated:
            return self.today
        back = self.rng.choice((1, 3, 10, 40, 120))
        return max(self.first_day, self.today - self.rng.randint(1, back) * ONE)

    def _event(self, kind: str, on: date | None = None, **more: object) -> bool:
        event = Event(kind, on or self.today, **more)  # type: ignore[arg-type]
        return self._enter(Entry(self.today, event))

    def _pay(self) -> None:
        owed, out = sum(debt.left for debt in self.loan.owed), self.loan.principal
        fen = self.rng.choice(
            (1, owed // 2, owed // 9, owed, owed, owed, owed + 7, owed + out // 20,
             owed + out // 9, owed + out // 5, self.rng.choice((owed + out, owed + 2 * out)))
        )  # fmt: skip
        kind = "early" if self.rng.random() < 0.4 else "payment"
        self._event(kind, self._value_day(), fen=max(1, fen))

    def _draw(self) -> None:
        terms, loan = self.contract, self.loan
        room = terms.amount - (loan.principal if terms.revolving else loan.drawn)
        if room > 0:
            self._event("draw", self._value_day(), fen=self.rng.choice((room, room // 2 + 1)))

    def _extend(self) -> None:
        """Once, by no more than the first term, or half of it where that was over a year."""
        if any(event.kind == "extension" for event in in_force(self.entries)):
            return
        first_term = (self.contract.matures - self.first_day).days
        longest = first_term // 2 if first_term > 366 else first_term
        latest = self.loan.contract.matures + longest * ONE
        matures = shift(self.loan.contract.matures, self.rng.choice((1, 3, 6)))
        if matures <= latest:
            self._event("extension", self._value_day(), matures=matures)

    def _defer(self) -> None:
        """Often of a loan whose maturity is past."""
        window = self.habits.deferral_window
        if window is not None and not window[0] <= self.today <= window[1]:
            return
        if any(event.kind == "deferral" for event in in_force(self.entries)):
            return
        last = self.loan.contract.matures
        on = self._value_day() if last > self.today else last - self.rng.randint(1, 20) * ONE
        if on >= self.first_day:
            self._event("deferral", on, matures=shift(last, self.rng.choice((3, 6))))

    def _replan(self) -> None:
        terms = self.loan.contract
        plan = self.rng.choice(CHANGED)
        by_days = plan[0] == "bullet" or plan[2] > 0
        if plan == (terms.method, terms.every, terms.settle_on):
            return
        if (terms.revolving and not by_days) or (
            by_days and not terms.convention.startswith("act")
        ):
            return
        self._event("plan", self._value_day(), plan=plan)

    def _misuse(self) -> None:
        self._event("misuse", self._value_day())

    def _unsubsidise(self) -> None:
        if self.contract.shares:
            self._event("unsubsidised", self._value_day())

    def _refund(self) -> None:
        credit = self.loan.credit
        if credit:
            self._event(
                "refund", fen=self.rng.choice((credit, credit, self.rng.randint(1, credit)))
            )

    def _write_off(self) -> None:
        if not self.loan.credit:
            self._event("write-off")

    def _recover(self) -> None:
        room = sum(self.loan.losses.values()) - self.loan.recovered
        if room:
            self._event("recovery", fen=self.rng.randint(1, room))

    # --- what was entered wrongly -----------------------------------------------------------

    def _standing(self) -> list[int]:
        """Places of entries that can be undone."""
        undone = {entry.undoes for entry in self.entries}
        return [
            place
            for place, entry in enumerate(self.entries)
            if entry.event is not None and place not in undone
        ]

    def _undo(self) -> None:
        """The youngest more often than the oldest."""
        standing = self._standing()[-self.rng.choice((1, 3, 1000)) :]
        if standing:
            self._enter(Entry(self.today, undoes=self.rng.choice(standing)))

    def _amend(self) -> None:
        """Another amount, or another day; a write-off has the day of its decision."""
        standing = self._standing()
        if not standing:
            return
        place = self.rng.choice(standing)
        was = self.entries[place].event
        if was is None or was.kind in ("write-off", "recovery"):
            return
        on = min(self.today, was.on + self.rng.choice((-1, 0, 0, 3)) * ONE)
        fen = was.fen and max(1, self.rng.choice((was.fen - 1, was.fen // 10, was.fen + 900)))
        again = Event(was.kind, on, fen, was.matures, was.plan)
        undone = Entry(self.today, undoes=place)
        if again != was and on >= self.first_day and self._enter(undone):
            self._enter(Entry(self.today, again))

    def _nonsense(self) -> None:
        before = self.first_day - ONE
        above = Event("draw", self.today, self.contract.amount + 1)
        kinds = [Event("payment", before, 100), above, Event("refund", before, 1)]
        kinds += [Event("refund", self.today, self.loan.credit + 1)]
        kinds += [Event("extension", self.today, matures=self.loan.contract.matures)]
        entered = self._enter(Entry(self.today, self.rng.choice(kinds)))
        assert not entered

    # --- entering ---------------------------------------------------------------------------

    @property
    def entries(self) -> list[Entry]:
        return self.life.entries

    def _enter(self, new: Entry) -> bool:
        """Whether the rules allow it; if not, it was tried in vain."""
        try:
            self.morning, self.loan = self._lived_with(new)
        except Impossible:
            self.life.refused.append((len(self.entries), new))
            return False
        except Implausible:
            return False
        self.entries.append(new)
        return True

    def _lived_with(self, new: Entry) -> tuple[SlowLoan, SlowLoan]:
        """The loan in the morning, and now."""
        events = in_force([*self.entries, new])
        _draws_begin_it(events)
        before = self.morning
        if new.event is None or new.event.on < self.today:
            before = self._lived_before(events)
        after = deepcopy(before)
        spend_day(after, [event for event in events if event.on == self.today], self.today)
        _no_credit_is_lost(self.contract, events, self.is_working)
        return before, after

    def _lived_before(self, events: list[Event]) -> SlowLoan:
        loan = SlowLoan(self.contract)
        earlier = [event for event in events if event.on < self.today]
        for _day, lived in closes(self.contract, earlier, self.today - ONE, self.is_working):
            loan = lived
        return loan


def _draws_begin_it(events: list[Event]) -> None:
    """No draw is entered with value of a day before the first."""
    draws = [event.on for event in events if event.kind == "draw"]
    if len(draws) > 1 and draws[-1] < min(draws[:-1]):
        raise Implausible


def _no_credit_is_lost(contract: Contract, events: list[Event], is_working: IsWorking) -> None:
    """No loan is written off that still has credit."""
    for gone in events:
        if gone.kind == "write-off":
            others = [event for event in events if event.on <= gone.on and event is not gone]
            if live(contract, others, gone.on, is_working).credit:
                raise Implausible


def weekdays(day: date) -> bool:
    """A calendar without feasts, with one long holiday a year."""
    golden_week = (date(day.year, 10, 1), date(day.year, 10, 7))
    return day.weekday() < 5 and not golden_week[0] <= day <= golden_week[1]
