"""A county that lives two years of everything: ``fupin demo random:SEED``.

One township borrows, draws, repays, repays early, late and too much, is undone, entered with
earlier value dates, changed, misused, written off and recovered, all by dice and all through the
doors that people use. What the doors refuse is counted by its code. The same seed makes the same
county.

Even seeds begin in 2020 and live through the deferrals of that year into the rule of 2021, under
which households borrow more than the treasury helps with; odd ones begin in 2016, when households
still borrowed for enterprises, and live to see that banned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from sqlalchemy.orm import Session

import loans
import organisations
from config.wiring import House
from demo import staff
from demo.county import County
from demo.make import Maker, Progress, is_rated, peopled
from demo.random_acts import Act, Desk, draw, living, look, pay, pay_what_is_due, undo
from demo.random_changes import (
    change_plan,
    defer,
    extend,
    grade,
    misuse,
    refund,
    stop_subsidy,
    visit,
    write_off,
)
from demo.random_treasury import DiceTreasury, contributions
from demo.staff import Lender
from kernel.actor import Actor
from kernel.identity import credit_check_character
from kernel.refusals import Refusal
from kernel.regions import TOWNSHIP, scope_digits
from loans.eligibility import Asked, Share
from loans.record import Loaded

PREFIX: Final = "random:"
REGION: Final = "431022000000"
HOUSEHOLDS: Final = 36
PERSONS: Final = 130
YEARS: Final = timedelta(days=731)
#: the register and the ratings come first
BEFORE_LENDING: Final = timedelta(days=7)

#: of a thousand days of a loan: how often each thing is tried
ODDS: Final[tuple[tuple[Act, int], ...]] = (
    (pay, 22),
    (draw, 10),
    (undo, 8),
    (refund, 4),
    (visit, 3),
    (change_plan, 2),
    (extend, 3),
    (defer, 4),
    (misuse, 1),
    (stop_subsidy, 1),
    (grade, 2),
    (write_off, 4),
)
#: of a thousand days on which something is due: how often it is simply paid
_PAYS_WHAT_IS_DUE: Final = 450
#: one in so many pays nothing at all, until it is written off
_NEVER_PAYS: Final = 7
#: of a thousand days: how often somebody asks for a loan
_ASKS: Final = 120

_METHODS: Final = (
    ("interest-only", 3),
    ("interest-only", 1),
    ("interest-only", 12),
    ("bullet", 0),
    ("equal-principal", 3),
    ("equal-installment", 1),
)


def county_of(seed: int) -> County:
    """The size and the two years of a seed's county."""
    opens_on = date(2020, 1, 2) if seed % 2 == 0 else date(2016, 9, 1)
    return County(
        name=f"{PREFIX}{seed}",
        region=REGION,
        townships=1,
        households=HOUSEHOLDS,
        persons=PERSONS,
        loans=0,
        lent_fen=0,
        opens_on=opens_on,
        closes_on=opens_on + YEARS,
        pace=(),
        session_days=14,
        contributions=contributions(opens_on),
        seed=seed,
    )


#: one thing that somebody does
Work = Callable[[], None]


@dataclass
class Township:
    """The people, the lenders and the dice."""

    house: House
    county: County
    maker: Maker
    dice: Random
    lenders: Sequence[Lender]
    firms: Sequence[str]
    desks: dict[str, Desk] = field(default_factory=dict)
    #: what was done and what was refused, by name and code
    counts: Counter[str] = field(default_factory=Counter)

    def day(self, on: date) -> None:
        """Whatever the dice make of a day."""
        if on < self.county.opens_on + BEFORE_LENDING:
            return
        for lender in self.lenders:
            self._desk(lender, on)
        if self.dice.randrange(1000) < _ASKS:
            self.attempt("ask", self._ask)
        with self.house.books.read() as session:
            ids = living(session)
        for loan_id in ids:
            self._meet(loan_id)

    def _desk(self, lender: Lender, on: date) -> Desk:
        desk = self.desks.get(lender.code)
        if desk is None:
            desk = self.desks[lender.code] = Desk(self.house, lender, self.dice, on)
        desk.on = on
        return desk

    def _meet(self, loan_id: int) -> None:
        """What happens to one loan today; mostly nothing."""
        roll = self.dice.randrange(1000)
        due = self.dice.randrange(1000) < _PAYS_WHAT_IS_DUE
        chosen: Act | None = None
        for act, odds in ODDS:
            if roll < odds:
                chosen = act
                break
            roll -= odds
        if chosen is None and not due:
            return
        one = look(self.house, loan_id)
        if chosen is None and not one.course.dues:
            return
        if (
            loan_id % _NEVER_PAYS == 0
            and chosen in {None, pay}
            and one.position.state != "written_off"
        ):
            return
        self._do(chosen or pay_what_is_due, one)

    def _do(self, act: Act, one: Loaded) -> None:
        desk = next(
            desk
            for desk in self.desks.values()
            if desk.lender.organisation_id == one.loan.lender_id
        )
        self.attempt(act.__name__, lambda: act(desk, one))

    def attempt(self, name: str, work: Work) -> None:
        """Do it, and count it or what refused it."""
        try:
            work()
        except Refusal as refused:
            self.counts[f"{name}: {refused.code}"] += 1
        else:
            self.counts[name] += 1

    # --- a new loan -----------------------------------------------------------------------------

    def _ask(self) -> None:
        """From the application to the contract in a day, by two people; drawn when the dice say."""
        desk = self.dice.choice([*self.desks.values()])
        asked = self._asked(desk)
        sheets: list[int] = []

        def apply(session: Session, by: Actor) -> None:
            sheets.append(
                loans.apply_sheet(
                    session,
                    lender_id=desk.lender.organisation_id,
                    rows=[asked],
                    rulebook=self.house.rulebook,
                    keyring=self.house.keyring,
                    on=desk.on,
                    by=by,
                )
            )

        desk.write("loans.apply", desk.lender.officer, apply)
        (sheet_id,) = sheets

        def decide(session: Session, by: Actor) -> None:
            loans.decide_sheet(session, sheet_id=sheet_id, approved=True, on=desk.on, by=by)

        def sign(session: Session, by: Actor) -> None:
            loans.sign_sheet(
                session, sheet_id=sheet_id, rulebook=self.house.rulebook, on=desk.on, by=by
            )

        desk.write("loans.approve", desk.lender.director, decide)
        desk.write("loans.sign", desk.lender.officer, sign)

    def _asked(self, desk: Desk) -> Asked:
        dice = self.dice
        families = [one for one in self.maker.families if is_rated(one)]
        mode = dice.choice(["credit", "credit", "credit", "entrusted", "pooled"])
        method, every = dice.choice(_METHODS)
        some = dice.sample(families, 3)
        shares = tuple(Share(one.number, dice.randint(20, 300) * 10_000) for one in some)
        amount_fen = dice.randint(30, 500) * 10_000
        months = dice.choice([3, 6, 12, 12, 24, 36])
        return Asked(
            household_number="" if mode == "pooled" else some[0].number,
            amount_fen=sum(s.share_fen for s in shares) if mode == "pooled" else amount_fen,
            term_months=months,
            annual_rate_ppm=self._rate(desk.on, months),
            purpose="养殖",
            method=method,
            every_months=every,
            exception_reason="生产周转需要，已入户核实",
            mode=mode,
            organisation_code="" if mode == "credit" else dice.choice(self.firms),
            shares=shares if mode == "pooled" else (),
            revolving=mode == "credit" and not by_plan(method) and dice.random() < 0.4,
        )

    def _rate(self, on: date, months: int) -> int:
        terms = self.house.rulebook.contract_terms(on=on, region=REGION)
        cap = self.house.rulebook.rate_cap_ppm(on, months, terms).ppm
        assert cap is not None
        return cap


def make(house: House, county: County, progress: Progress) -> tuple[list[Lender], Counter[str]]:
    """Live a county in founded, empty books; its lenders, and what was done and refused."""
    with peopled(house, county, progress) as maker:
        lenders = [*maker.lenders.values()]
        dice = Random(county.seed)  # noqa: S311  (a life to be repeated, not a secret)
        township = Township(house, county, maker, dice, lenders, _firms(house, county))
        maker.agenda[county.opens_on].append(maker.register)
        _rate_every_year(house, maker)
        # Dice of its own: what the treasury does moves nothing in the lives of the loans.
        treasury = DiceTreasury(maker, Random(county.seed + 1), township.attempt)  # noqa: S311
        treasury.plan()

        def daily(on: date) -> None:
            township.day(on)
            treasury.day(on)

        maker.daily = daily
        maker.work()
        return lenders, township.counts


def by_plan(method: str) -> bool:
    """Whether a method pays principal in instalments; such a contract is drawn at once."""
    return method.startswith("equal-")


def _rate_every_year(house: House, maker: Maker) -> None:
    """The township's sheets, in the first days and before a rating's year is over."""
    (township,) = house.regions.inside(REGION, TOWNSHIP)[:1]
    digits = scope_digits(township.code)
    lender = next(lender for lender in maker.lenders.values() if digits in lender.townships)
    day = maker.county.opens_on + timedelta(days=1)
    while day < maker.county.closes_on:
        maker.agenda[house.calendar.next_working_day(day)].append(
            maker.propose_ratings(lender, digits)
        )
        day += timedelta(days=340)


def _firms(house: House, county: County) -> list[str]:
    """Two enterprises that use households' money, and borrow for lists of them."""
    codes = []
    by = staff.actor(house, "fupinban")
    for nth, name in enumerate(("宜章示范农业开发有限公司", "宜章示范种养专业合作社")):
        first = f"91431099MA8{nth:06d}"
        code = first + credit_check_character(first)
        with house.books.write("organisations.register", by=by) as session:
            organisations.register(
                session,
                credit_code=code,
                name=name,
                kind=("enterprise", "co_operative")[nth],
                region_code=county.region,
                regions=house.regions,
                on=county.opens_on,
                by=by,
            )
        codes.append(code)
    return codes
