"""The life of one loan, a day at a time, with fractions: what is owed, by whom, and since when.

The rules, as the design gives them:

* Interest of a day is the balance at the end of that day times the yearly rate, over the base; so
  the day of a payment out counts and the day of a repayment does not. Days are added up exactly and
  a settlement is rounded once, half up. The treasury's part is its share, day by day, of the
  interest on the balance up to its cap, rounded once; the household pays what is left.
* A loan by product sums is settled up to and including its settlement days, and up to its maturity.
  A loan by plan owes the interest of each row; an early payment settles the broken part by actual
  days and the rest of the plan is made anew: due dates stay.
* At the close of a day the household's credit is used first. Principal payable on a working day and
  not paid is overdue from that day on, at the rate with its surcharge; on a holiday every due of
  the household moves to the next day.
* A payment settles penalty up to its day, and after the maturity interest too. It pays what is due,
  bucket by bucket in the contract's order, the oldest first. What is over pays principal early if
  so asked, all of it with its interest where the money reaches; else it is kept as credit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.slow_model.plan import (
    ONE,
    Row,
    due_dates,
    half_up,
    part_of_year,
    plan,
    rows_over,
    settles,
    walk,
)


@dataclass
class Contract:
    amount: int
    matures: date
    rate: Fraction
    penalty_rate: Fraction
    method: str
    every: int
    #: 0: by plan, or one payment at the end
    settle_on: int
    convention: str
    order: list[str]
    #: start, end, share as a fraction of one, cap in fen or None
    shares: list[tuple[date, date, Fraction, int | None]]

    @property
    def base(self) -> int:
        return 365 if self.convention == "act/365" else 360

    @property
    def by_plan(self) -> bool:
        return self.method != "bullet" and self.settle_on == 0


@dataclass
class Debt:
    kind: str
    bearer: str
    due: date
    payable: date
    amount: int
    left: int


@dataclass
class Day:
    """A day that is over: the balance at its end and the treasury's share of its interest."""

    regular: int
    overdue: int
    share: Fraction
    cap: int | None


@dataclass
class SlowLoan:
    contract: Contract
    drawn: int = 0
    drawn_on: date | None = None
    regular: int = 0
    overdue: int = 0
    debts: list[Debt] = field(default_factory=list)
    #: days whose interest, and whose penalty, is not settled
    interest_days: list[Day] = field(default_factory=list)
    penalty_days: list[Day] = field(default_factory=list)
    #: a loan by plan owes interest since this day
    interest_since: date | None = None
    rows: list[Row] = field(default_factory=list)
    #: every due date of the first plan, and whether it is one of the rhythm
    all_dues: list[tuple[date, bool]] = field(default_factory=list)
    #: kind, day, amount, treasury's part
    settled: list[tuple[str, date, int, int]] = field(default_factory=list)
    #: kind, due date, amount taken, in the order taken
    taken: list[tuple[str, date, int]] = field(default_factory=list)

    @property
    def principal(self) -> int:
        return self.regular + self.overdue

    @property
    def owed(self) -> list[Debt]:
        return [debt for debt in self.debts if debt.bearer == "household" and debt.left]

    @property
    def over(self) -> bool:
        return self.drawn > 0 and not self.principal and not self.owed

    # --- money out --------------------------------------------------------------------------

    def draw(self, fen: int, on: date) -> None:
        terms = self.contract
        if not self.principal:
            self.interest_days, self.interest_since = [], on
            self.drawn_on = on
        self.drawn += fen
        self.regular += fen
        if terms.by_plan:
            rate = terms.rate * 100
            self.all_dues = due_dates(on, terms.every, "month", None, terms.matures, None)
            self.rows = plan(fen, rate, terms.method, on, terms.every, "month", terms.convention,
                             None, terms.matures, None, 0, "half-up")  # fmt: skip

    def undo(self) -> None:
        """The only draw is taken back; it never bore anything."""
        contract = self.contract
        self.__init__(contract)  # type: ignore[misc]

    # --- settling ---------------------------------------------------------------------------

    def settle_interest(self, to: date) -> None:
        days, self.interest_days = self.interest_days, []
        self.interest_since = to
        whole = sum((day.regular * self.contract.rate for day in days), Fraction(0))
        shared = sum((_capped(day) * self.contract.rate * day.share for day in days), Fraction(0))
        if whole:
            base = self.contract.base
            amount = half_up(whole / base)
            self._settled("interest", to, amount, min(amount, half_up(shared / base)))

    def settle_penalty(self, to: date) -> None:
        days, self.penalty_days = self.penalty_days, []
        whole = sum((day.overdue * self.contract.penalty_rate for day in days), Fraction(0))
        if whole:
            self._settled("penalty", to, half_up(whole / self.contract.base), 0)

    def _settle_plan(self, to: date, amount: int) -> None:
        """An amount that the plan gives, shared as the balances of its days are."""
        days, self.interest_days = self.interest_days, []
        self.interest_since = to
        if amount:
            whole = sum(day.regular for day in days)
            shared = sum((_capped(day) * day.share for day in days), Fraction(0))
            self._settled("interest", to, amount, half_up(amount * shared / whole) if whole else 0)

    def _settled(self, kind: str, to: date, amount: int, treasury: int) -> None:
        self.settled.append((kind, to, amount, treasury))
        self._owe(kind, "household", to, amount - treasury)
        self._owe(kind, "treasury", to, treasury)

    def _owe(self, kind: str, bearer: str, on: date, fen: int) -> None:
        if fen:
            self.debts.append(Debt(kind, bearer, on, on, fen, fen))

    # --- money in ---------------------------------------------------------------------------

    def bring_up_to(self, on: date) -> int:
        self.settle_penalty(on)
        if on >= self.contract.matures:
            self.settle_interest(on)
        return sum(debt.left for debt in self.owed)

    def pay(self, fen: int, on: date, early: bool) -> int:
        """What is over."""
        self.bring_up_to(on)
        fen = self._pay_debts(fen, on)
        if fen and early and self.regular:
            if self.contract.by_plan:
                fen = self._early_by_plan(fen, on)
            else:
                fen = self._early_by_products(fen, on)
        return fen

    def _pay_debts(self, fen: int, on: date) -> int:
        for kind in self.contract.order:
            debts = [debt for debt in self.owed if debt.kind == kind]
            for debt in sorted(debts, key=lambda debt: debt.due):
                part = min(fen, debt.left)
                if part:
                    debt.left -= part
                    fen -= part
                    self.taken.append((kind, debt.due, part))
                    if kind == "principal" and debt.payable < on:
                        self.overdue -= part
                    elif kind == "principal":
                        self.regular -= part
        return fen

    def _early_by_products(self, fen: int, on: date) -> int:
        if fen >= self.regular:
            self.settle_interest(on)
            fen = self._pay_debts(fen, on)
        return self._early_principal(fen, on)

    def _early_by_plan(self, fen: int, on: date) -> int:
        terms = self.contract
        assert self.interest_since is not None
        if on > self.interest_since:
            days = len(walk(self.interest_since, on))
            self._settle_plan(on, half_up(self.regular * terms.rate * days / terms.base))
        fen = self._pay_debts(fen, on)
        fen = self._early_principal(fen, on)
        self._plan_anew(on)
        return fen

    def _early_principal(self, fen: int, on: date) -> int:
        part = min(fen, self.regular)
        if part:
            self.regular -= part
            self.debts.append(Debt("principal", "household", on, on, part, 0))
            self.taken.append(("principal", on, part))
        return fen - part

    def _plan_anew(self, on: date) -> None:
        terms = self.contract
        parts: list[tuple[date, date, int | None]] = []
        assert self.drawn_on is not None
        edge = self.drawn_on
        for due, regular in self.all_dues:
            if due > on:
                months = terms.every if regular and edge >= on else None
                parts.append((max(edge, on), due, months))
            edge = due
        if not self.regular:
            self.rows = []
            return
        rates = [terms.rate * part_of_year(s, e, terms.convention, m) for s, e, m in parts]
        self.rows = rows_over(self.regular, terms.method, parts, rates, 0, half_up)

    # --- the close of a day -----------------------------------------------------------------

    def use_credit(self, credit: int, on: date) -> int:
        """What is left of the credit."""
        if not credit or not self.owed:
            return credit
        part = min(credit, self.bring_up_to(on))
        assert self.pay(part, on, early=False) == 0
        return credit - part

    def close(self, on: date, working: bool) -> None:
        for debt in self.owed:
            if debt.payable != on:
                continue
            if not working:
                debt.payable = on + ONE
            elif debt.kind == "principal":
                self.regular -= debt.left
                self.overdue += debt.left
        share, cap = self._share(on)
        day = Day(self.regular, self.overdue, share, cap)
        self.interest_days.append(day)
        self.penalty_days.append(day)
        if self.principal and self._settlement_day(on):
            self.settle_interest(on + ONE)
            self.settle_penalty(on + ONE)
        if self.regular:
            self._raise(on + ONE)

    def _settlement_day(self, on: date) -> bool:
        settle_on = self.contract.settle_on
        return settle_on > 0 and settles(on, self.contract.every, settle_on)

    def _raise(self, due: date) -> None:
        """What falls due tomorrow by the contract, beside interest on settlement days."""
        if not self.contract.by_plan:
            if due == self.contract.matures:
                self.settle_interest(due)
                self._owe("principal", "household", due, self.regular)
            return
        for row in self.rows:
            if row.due == due:
                self._settle_plan(due, row.interest)
                self._owe("principal", "household", due, row.principal)

    def _share(self, on: date) -> tuple[Fraction, int | None]:
        for start, end, share, cap in self.contract.shares:
            if start <= on < end:
                return share, cap
        return Fraction(0), 0

    # --- figures at a close -----------------------------------------------------------------

    def days_late(self, on: date) -> int:
        return max([0, *(len(walk(debt.payable, on)) for debt in self.owed)])

    def late(self, on: date) -> tuple[int, int]:
        """Principal, and interest and penalty, past due."""
        late = [debt for debt in self.owed if debt.payable < on]
        principal = sum(debt.left for debt in late if debt.kind == "principal")
        return principal, sum(debt.left for debt in late) - principal

    def grade(self, on: date, thresholds: list[tuple[int, int]]) -> int:
        """``thresholds``: more than so many days late, at least this grade; rising."""
        worst = 1
        for over, grade in thresholds:
            if self.days_late(on) > over:
                worst = grade
        return worst

    def next_day_of_interest(self, after: date) -> date:
        """The next day on which something of the contract happens, for tests that look for it."""
        day = after + ONE
        while not self._happens(day):
            day += ONE
            if day > after + 400 * ONE:
                break
        return day

    def _happens(self, day: date) -> bool:
        terms = self.contract
        return (
            day == terms.matures
            or self._settlement_day(day)
            or any(day == row.due for row in self.rows)
            or any(day in (start, end) for start, end, _, _ in terms.shares)
        )


def _capped(day: Day) -> int:
    return day.regular if day.cap is None else min(day.regular, day.cap)
