"""A rule machine that drives the product and the slow model side by side.

Three contracts of two households at one lender, of every method; draws, payments of every size,
reversals, days closed one at a time or up to the next day on which something happens. After every
step both must say the same, and the books must balance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
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
from kernel.regions import RegionTree
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from loans import limits
from loans.refusals import (
    DisbursementHasConsequences,
    DrawAboveContract,
    LoanOver,
    NothingDisbursed,
)
from policy import Rulebook
from tests import verification
from tests.conftest import Clock
from tests.databases import Maker
from tests.loans.bent import BentRulebook, treasury
from tests.loans.readings import Reading, earned, left, told
from tests.loans.town import Town
from tests.slow_model.contract import Contract
from tests.slow_model.loan import SlowLoan
from tests.slow_model.plan import half_up, shift

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
METHODS = (
    ("interest-only", 3, 20),
    ("interest-only", 1, 20),
    ("interest-only", 6, 20),
    ("interest-only", 12, 20),
    ("interest-only", 3, 0),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
)
#: product sums count actual days alone
BY_DAYS = {"act/360": "act/360", "act/365": "act/365", "30/360": "act/360", "by-month": "act/365"}
ORDERS = (
    ("penalty", "compound", "interest", "principal"),
    ("principal", "interest", "penalty", "compound"),
    ("interest", "penalty", "compound", "principal"),
)

#: how much is paid; seldom everything
HOW = ("half", "ninth", "fen", "some", "owed", "more", "half", "ninth", "some", "all", "too much")


def contract_of(seed: int) -> dict[str, Any]:
    """A contract; by its own dice, which do not lean to the first of every choice."""
    pick = Random(seed).choice
    return {
        "kind": pick(METHODS),
        "amount": pick((2_500_000, 2_000_001, 777_777, 1_234)),
        "months": pick((3, 6, 7, 12)),
        "rate_ppm": pick((43_500, 43_499, 9_999)),
        "surcharge_bp": pick((5_000, 3_000, 4_321)),
        "order": pick(ORDERS),
        # 青阳: all of it to the year's end, then 70 %; or a share throughout; or none
        "share": pick(("none", "turns", "all", "part", "part")),
        "cap": pick((None, 5_000_000, 1_000_001)),
        "drawn at once": pick((True, True, True, False)),
        "convention": pick(("act/360", "act/365", "30/360", "by-month")),
    }


def payments_of(seed: int) -> list[tuple[int, str, bool]]:
    """Which contracts are paid, how much, and whether early."""
    dice = Random(seed)
    return [
        (dice.randrange(3), dice.choice(HOW), dice.random() < 0.4)
        for _ in range(dice.randrange(1, 5))
    ]


SEEDS = st.integers(0, 2**32 - 1)
contracts = SEEDS.map(contract_of)


@dataclass(frozen=True)
class Doors:
    """What a machine needs of the test that runs it."""

    maker: Maker
    keyring: Keyring
    system: Actor
    rulebook: Rulebook
    holidays: HolidayTable
    regions: RegionTree


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
        self.models: list[SlowLoan] = []
        self.slips: list[list[str]] = []
        self.repaid: list[bool] = []
        self.credits = {1: 0, 2: 0}
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
        method, every, settle_on = terms["kind"]
        by_plan = method != "bullet" and not settle_on
        convention = (
            terms["convention"] if by_plan else terms["convention"].replace("30/360", "act/365")
        )
        convention = convention if by_plan else convention.replace("by-month", "act/360")
        matures = shift(self.on, terms["months"])
        shares = self._shares(terms, matures)
        self.rulebook.bend(
            {
                "settle_on_day": settle_on,
                "day_count": convention,
                "interest_bearers": treasury(
                    *((start, end, int(share * 10_000), cap) for start, end, share, cap in shares)
                ),
                "overdue_surcharge_bp": terms["surcharge_bp"],
                "allocation_order": terms["order"],
                "household_total_max_fen": 10_000_000,
            }
        )
        asked = self.town.asked(
            place,
            amount_fen=terms["amount"],
            term_months=terms["months"],
            annual_rate_ppm=terms["rate_ppm"],
            method=method,
            every_months=every,
        )
        self.numbers += self.town.contracts(asked)
        surcharged = Fraction(terms["rate_ppm"] * (10_000 + terms["surcharge_bp"]), 10_000)
        contract = Contract(
            terms["amount"], matures, Fraction(terms["rate_ppm"], 1_000_000),
            Fraction(half_up(surcharged), 1_000_000), method, every, settle_on, convention,
            list(terms["order"]), shares,
        )  # fmt: skip
        self.models.append(SlowLoan(contract))
        self.slips.append([])
        self.repaid.append(False)

    def _shares(
        self, terms: dict[str, Any], matures: date
    ) -> list[tuple[date, date, Fraction, int | None]]:
        # Three years of subsidy at the longest, which no loan here outlives.
        end = shift(self.on, 36)
        new_year = date(self.on.year + 1, 1, 1)
        whole, part = Fraction(1), Fraction(7, 10)
        return {
            "none": [],
            "all": [(self.on, end, whole, terms["cap"])],
            "part": [(self.on, end, part, terms["cap"])],
            "turns": [
                (self.on, new_year, whole, terms["cap"]),
                (new_year, end, part, terms["cap"]),
            ],
        }[terms["share"]]

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

    @rule(at=st.integers(0, 2), whole=st.booleans())
    def draw(self, at: int, whole: bool) -> None:
        model = self.models[at]
        left = model.contract.amount - model.drawn
        fen = left if whole or model.contract.by_plan else left // 3 + 1
        if self.on >= model.contract.matures or model.over:
            with pytest.raises(LoanOver):
                self.town.disburse(self.numbers[at], max(1, fen))
        elif not left:
            with pytest.raises(DrawAboveContract):
                self.town.disburse(self.numbers[at], 1)
        else:
            self.slips[at].append(self.town.disburse(self.numbers[at], fen))
            model.draw(fen, self.on)

    @rule(payments=SEEDS.map(payments_of), jump=st.integers(0, 3))
    def pay_and_go_on(self, payments: list[tuple[int, str, bool]], jump: int) -> None:
        """Some payments, then a day or the days up to, on or past the next event."""
        for at, how, early in payments:
            self.pay(at, how, early)
        if jump:
            self.close_up_to_an_event(jump - 1)
        else:
            self.close()

    @rule(at=st.integers(0, 2), how=st.sampled_from(HOW), early=st.booleans())
    def pay(self, at: int, how: str, early: bool) -> None:
        model, number = self.models[at], self.numbers[at]
        owed, out = sum(debt.left for debt in model.owed), model.principal
        fen = max(1, {
            "fen": 1, "owed": owed, "half": owed // 2, "ninth": owed // 9, "more": owed + 7,
            "some": owed + out // 5, "all": owed + out, "too much": owed + 2 * out,
        }[how])  # fmt: skip
        if not model.drawn:
            with pytest.raises(NothingDisbursed):
                self.town.pay(number, fen)
        elif model.over:
            with pytest.raises(LoanOver):
                self.town.pay(number, fen)
        else:
            self.town.pay(number, fen, early=early)
            self.repaid[at] = True
            self.credits[_household(at)] += model.pay(fen, self.on, early)

    @precondition(lambda self: any(self.slips))
    @rule(at=st.integers(0, 2))
    def reverse(self, at: int) -> None:
        model, slips = self.models[at], self.slips[at]
        if not slips:
            return
        if len(slips) > 1 or self.repaid[at] or model.settled:
            with pytest.raises(DisbursementHasConsequences):
                self.town.reverse(slips[-1])
        else:
            self.town.reverse(slips.pop())
            model.undo()

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
            working = self.doors.holidays.is_working_day(self.on)
            for at, model in enumerate(self.models):
                who = _household(at)
                self.credits[who] = model.use_credit(self.credits[who], self.on)
            for model in self.models:
                model.close(self.on, working)
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
        for at, (number, model) in enumerate(zip(self.numbers, self.models, strict=True)):
            assert reading.loan(number) == told(model), f"{at} {model.contract.method} {self.on}"
        assert reading.unbalanced == []
        assert reading.credits == {key: fen for key, fen in self.credits.items() if fen}
        out = [model.principal for model in self.models]
        assert reading.lines_used == [out[0] + out[1], out[2]]
        assert reading.limits_used == [sum(out)] * 2
        assert reading.whole == {
            "loan_principal": sum(out),
            "interest_receivable": left(self.models, "interest", "household"),
            "penalty_receivable": left(self.models, "penalty", "household"),
            "treasury_interest_receivable": left(self.models, "interest", "treasury"),
            "household_credit": -sum(self.credits.values()),
            "interest_income": -earned(self.models, "interest"),
            "penalty_income": -earned(self.models, "penalty"),
        }
        if self.history:
            yesterday = self.on - ONE
            assert reading.figures(self.numbers, yesterday) == self.history[yesterday]

    def _every_day_of_the_past(self) -> None:
        with self.town.books.read() as session:
            reading = Reading(session)
        for day, figures in self.history.items():
            assert reading.figures(self.numbers, day) == figures, day


def _household(at: int) -> int:
    return 1 if at < 2 else 2
