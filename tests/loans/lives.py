"""A rule machine that drives the product and the slow model side by side.

Three contracts of two households at one lender, of every method; draws, payments of every size,
either entered on its day or with an earlier value date, any of them undone; days closed one at a
time or up to the next day on which something happens. The model lives each loan again from its
events whenever one is entered or undone. After every step both must say the same, and the books
must balance; what the model calls impossible the product must refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import event

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import open_engine
from kernel.refusals import Refusal
from kernel.regions import RegionTree
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from loans import limits
from loans.refusals import EventAlreadyReversed
from policy import Rulebook
from tests import verification
from tests.conftest import Clock
from tests.databases import Maker
from tests.loans.bent import BentRulebook
from tests.loans.contracts import bent_by, contract_of, terms_of
from tests.loans.readings import Reading, books_of, same, told
from tests.loans.town import Town
from tests.slow_model.contract import Contract
from tests.slow_model.life import Event, Impossible, close_day, live
from tests.slow_model.loan import SlowLoan

ONE = timedelta(days=1)
PLENTY = 10_000_000_000
#: the grading rule of 2016 to 2020 in the county's policy
GRADING = [(0, 2), (90, 3), (270, 4), (360, 5)]

FIRST_DAYS = (
    date(2016, 5, 30),  # as published
    date(2016, 6, 20),  # a settlement day
    date(2016, 11, 30),  # maturities at month's ends, a year to turn
    date(2017, 8, 31),
    date(2016, 9, 26),  # the October holidays come
)
#: how much is paid; seldom everything
HOW = ("half", "ninth", "fen", "some", "owed", "more", "half", "ninth", "some", "all", "too much")


#: how many days before the open one an event has its value; mostly none
BACK = (0, 0, 0, 0, 0, 0, 1, 2, 9, 31, 100)


def payments_of(seed: int) -> list[tuple[int, str, bool, int]]:
    """Which contracts are paid, how much, whether early, and with value of how many days before."""
    dice = Random(seed)
    return [
        (dice.randrange(3), dice.choice(HOW), dice.random() < 0.4, dice.choice(BACK))
        for _ in range(dice.randrange(1, 5))
    ]


SEEDS = st.integers(0, 2**32 - 1)
contracts = SEEDS.map(terms_of)


@dataclass(frozen=True)
class Doors:
    """What a machine needs of the test that runs it."""

    maker: Maker
    keyring: Keyring
    system: Actor
    rulebook: Rulebook
    holidays: HolidayTable
    regions: RegionTree


@dataclass
class Entered:
    """An event as both sides know it: the product by the number of its slip or payment."""

    event: Event
    number: str | int
    undone: bool = False


class Lives(RuleBasedStateMachine):
    """The product and the model, step by step."""

    doors: Doors

    def __init__(self) -> None:
        super().__init__()
        self.url = self.doors.maker.fresh()
        engine = open_engine(self.url)
        if engine.dialect.name == "sqlite":
            # Nobody pulls the plug here.
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        books = Books(engine, self.doors.keyring, Clock())
        with books.write("books.found", by=self.doors.system) as session:
            found_trail(session)
        self.rulebook = BentRulebook(self.doors.rulebook)
        self.town = Town(
            books,
            self.doors.system,
            self.doors.keyring,
            self.rulebook,  # type: ignore[arg-type]
            self.doors.holidays,
            self.doors.regions,
        )
        self.numbers: list[str] = []
        self.contracts: list[Contract] = []
        self.models: list[SlowLoan] = []
        self.entered: list[list[Entered]] = []
        #: closed day -> figures of each loan
        self.history: dict[date, list[tuple[int, ...]]] = {}

    @initialize(
        first_day=st.sampled_from(FIRST_DAYS), wanted=st.lists(contracts, min_size=3, max_size=3)
    )
    def found(self, first_day: date, wanted: list[dict[str, Any]]) -> None:
        self.on = first_day
        self.town.found(first_day, households=2)
        with self.town.books.write("risk_fund.limit", by=self.town.system) as session:
            for scope in (("institution", str(self.town.lender_id)), ("region", "431022")):
                limits.set_limit(session, scope=scope, limit_fen=PLENTY, clause="测试")
        for place, terms in zip((1, 1, 2), wanted, strict=True):
            self._sign(place, terms)
        for at, terms in enumerate(wanted):
            if terms["drawn at once"]:
                self.draw(at, whole=True)

    def _sign(self, place: int, terms: dict[str, Any]) -> None:
        # The first two contracts are one household's; a loan with a subsidy takes of the cap.
        first = self.contracts[0] if len(self.contracts) == 1 else None
        committed = first.amount if first and first.shares else 0
        contract = contract_of(terms, self.on, committed)
        self.rulebook.bend(bent_by(terms, contract, self.on))
        asked = self.town.asked(
            place,
            amount_fen=terms["amount"],
            term_months=terms["months"],
            annual_rate_ppm=terms["rate_ppm"],
            method=contract.method,
            every_months=contract.every,
        )
        self.numbers += self.town.contracts(asked)
        self.contracts.append(contract)
        self.models.append(SlowLoan(contract))
        self.entered.append([])

    def teardown(self) -> None:
        try:
            if self.numbers:
                self._every_day_of_the_past()
        finally:
            self.town.books.engine.dispose()
            try:
                verification.verify(self.url, self.doors.keyring)
            finally:
                self.doors.maker.drop(self.url)

    # --- steps ------------------------------------------------------------------------------

    @rule(at=st.integers(0, 2), whole=st.booleans(), back=st.sampled_from(BACK))
    def draw(self, at: int, whole: bool, back: int = 0) -> None:
        model = self.models[at]
        left = model.contract.amount - model.drawn
        fen = max(1, left if whole or model.contract.by_plan else left // 3 + 1)
        event = Event("draw", self._value_day(at, back), fen)
        self._enter(at, event, shut=False)

    @rule(payments=SEEDS.map(payments_of), jump=st.integers(0, 3))
    def pay_and_go_on(self, payments: list[tuple[int, str, bool, int]], jump: int) -> None:
        """Some payments, then a day or the days up to, on or past the next event."""
        for at, how, early, back in payments:
            self.pay(at, how, early, back)
        if jump:
            self.close_up_to_an_event(jump - 1)
        else:
            self.close()

    @rule(
        at=st.integers(0, 2),
        how=st.sampled_from(HOW),
        early=st.booleans(),
        back=st.sampled_from(BACK),
    )
    def pay(self, at: int, how: str, early: bool, back: int) -> None:
        model = self.models[at]
        owed, out = sum(debt.left for debt in model.owed), model.principal
        fen = max(1, {
            "fen": 1, "owed": owed, "half": owed // 2, "ninth": owed // 9, "more": owed + 7,
            "some": owed + out // 5, "all": owed + out, "too much": owed + 2 * out,
        }[how])  # fmt: skip
        event = Event("early" if early else "payment", self._value_day(at, back), fen)
        self._enter(at, event, shut=model.over and event.on == self.on)

    @precondition(lambda self: any(self.entered))
    @rule(at=st.integers(0, 2), dice=SEEDS)
    def undo(self, at: int, dice: int) -> None:
        """Any draw or payment, the youngest more often than the oldest; none twice."""
        entered = self.entered[at][-Random(dice).choice((1, 3, 1000)) :]
        if not entered:
            return
        one = Random(dice).choice(entered)
        if one.undone:
            with pytest.raises(EventAlreadyReversed):
                self._undo(one)
            return
        one.undone = True
        try:
            model = self._lived(at)
        except Impossible:
            one.undone = False
            must_refuse(lambda: self._undo(one), (self.on, one, self.models[at]))
        else:
            self._undo(one)
            self.models[at] = model

    def _value_day(self, at: int, back: int) -> date:
        draws = [one.event.on for one in self.entered[at] if _is_draw(one)]
        return max(self.on - back * ONE, min(draws, default=self.on))

    def _enter(self, at: int, event: Event, *, shut: bool) -> None:
        """On both sides; ``shut``: the loan is over, and its counter takes nothing in today."""
        one = Entered(event, 0)
        self.entered[at].append(one)
        try:
            model = self._lived(at)
            allowed = not shut
        except Impossible:
            allowed = False
        if allowed:
            one.number = self._tell(at, event)
            self.models[at] = model
        else:
            self.entered[at].pop()
            must_refuse(lambda: self._tell(at, event), (self.on, event, self.models[at]))

    def _lived(self, at: int) -> SlowLoan:
        events = [one.event for one in self.entered[at] if not one.undone]
        return live(self.contracts[at], events, self.on, self.doors.holidays.is_working_day)

    def _tell(self, at: int, event: Event) -> str | int:
        number = self.numbers[at]
        if event.kind == "draw":
            return self.town.disburse(number, event.fen, value_date=event.on)
        return self.town.pay(number, event.fen, early=event.kind == "early", value_date=event.on)

    def _undo(self, one: Entered) -> None:
        if isinstance(one.number, str):
            self.town.reverse(one.number)
        else:
            self.town.undo_payment(one.number)

    @rule()
    def close(self) -> None:
        self._close_to(self.on)

    @rule(before=st.integers(0, 2))
    def close_up_to_an_event(self, before: int) -> None:
        """To the eve of the next day on which something happens, or to it, or past it."""
        living = [model for model in self.models if not model.over]
        next_one = min((one.next_day_of_interest(self.on) for one in living), default=self.on)
        last = next_one - 2 * ONE + before * ONE
        self._close_to(min(max(last, self.on), self.on + 92 * ONE))

    @precondition(lambda self: any(model.overdue for model in self.models))
    @rule()
    def close_up_to_a_grade(self) -> None:
        late = max(model.days_late(self.on) for model in self.models)
        over = next((over for over, _ in GRADING if late <= over), late)
        self._close_to(self.on + ONE * min(over - late + 1, 92))

    def _close_to(self, last: date) -> None:
        self.town.close_to(last, chunk=2)
        while self.on <= last:
            for model in self.models:
                close_day(model, self.on, self.doors.holidays.is_working_day)
            self.history[self.on] = [self._figures(model) for model in self.models]
            self.on += ONE

    def _figures(self, model: SlowLoan) -> tuple[int, ...]:
        return (model.drawn, model.principal, *model.late(self.on), model.grade(self.on, GRADING))

    # --- what must hold ---------------------------------------------------------------------

    @invariant()
    def both_say_the_same(self) -> None:
        if not self.numbers:
            return
        with self.town.books.read() as session:
            reading = Reading(session)
        for number, model in zip(self.numbers, self.models, strict=True):
            same(reading.loan(number, self.on), told(model, self.on), (self.on, model.contract))
        assert reading.unbalanced == []
        out = [model.principal for model in self.models]
        assert reading.lines_used == [out[0] + out[1], out[2]]
        assert reading.limits_used == [sum(out)] * 2
        same(reading.whole, books_of(self.models), self.on)
        if self.history:
            yesterday = self.on - ONE
            assert reading.figures(self.numbers, yesterday) == self.history[yesterday]

    def _every_day_of_the_past(self) -> None:
        with self.town.books.read() as session:
            reading = Reading(session)
        for day, figures in self.history.items():
            assert reading.figures(self.numbers, day) == figures, day


def must_refuse(act: Callable[[], object], where: object) -> None:
    """The product says no, by name."""
    try:
        act()
    except Refusal:
        return
    pytest.fail(f"not refused: {where}")


def _is_draw(one: Entered) -> bool:
    return one.event.kind == "draw" and not one.undone
