"""The life of one loan, a day at a time, with fractions: what is owed, by whom, and since when.

The rules, as they were agreed:

* Principal is regular; or misused, after a finding of misuse; or overdue, past due. Regular bears
  the contract's rate, misused the rate of misuse, overdue the penalty rate, and of a misused loan
  the heavier of the two. Where the contract says so, the household's interest past due (arrears)
  bears the rate that overdue principal bears; it is no principal.
* Interest of a day is the balance at the end of that day times the yearly rate, over the base; so
  the day of a payment out counts and the day of a repayment does not. Days are added up exactly and
  a settlement is rounded once, half up. The treasury's part is its share, day by day, of the
  interest on the regular balance up to its cap, rounded once; the household pays what is left.
  Where the treasury shares at a lower rate than the contract's, its part is counted at that rate.
  Where it refunds, the household owes its part too, and nothing is due from the treasury.
* From the day on which the subsidy is stopped the treasury bears nothing; all else stays.
* A loan by product sums is settled up to and including its settlement days, and up to its maturity.
  A loan by plan owes the interest of each row; whatever breaks a row settles the broken part by
  actual days and the rest of the plan is made anew: due dates stay.
* At the close of a day the loan's credit is used first. What is payable on a working day and not
  paid is late from that day on: principal is overdue, interest is arrears; on a holiday every due
  of the household moves to the next day.
* A payment settles penalty and compound interest up to its day, and from the maturity on interest
  too. It pays what is due, bucket by bucket in the contract's order, the oldest first; principal
  first where the oldest has waited longer than the contract says. What is over pays principal early
  if so asked, all of it with its interest where the money reaches; else it is kept as credit.

``changes.py`` holds what is decided about a loan, ``life.py`` the days in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from tests.slow_model.contract import Contract, Day, Debt, Unsettled
from tests.slow_model.plan import (
    ONE,
    Row,
    due_dates,
    half_up,
    part_of_year,
    rows_over,
    settles,
    walk,
)


@dataclass
class SlowLoan:
    contract: Contract
    drawn: int = 0
    #: principal that is not past due
    regular: int = 0
    misused: int = 0
    misused_from: date | None = None
    unsubsidised_from: date | None = None
    credit: int = 0
    #: kind of debt -> what left the books as a loss
    losses: dict[str, int] = field(default_factory=dict)
    recovered: int = 0
    written_off_on: date | None = None
    debts: list[Debt] = field(default_factory=list)
    unsettled: Unsettled = field(default_factory=Unsettled)
    #: a loan by plan owes interest since this day
    interest_since: date | None = None
    #: the day from which due dates are counted: of the draw, or of the change that made the plan
    plan_start: date | None = None
    rows: list[Row] = field(default_factory=list)
    #: every due date of the plan, and whether it is one of the rhythm
    all_dues: list[tuple[date, bool]] = field(default_factory=list)
    #: kind, day, amount, treasury's part
    settled: list[tuple[str, date, int, int]] = field(default_factory=list)
    #: kind, due date, amount taken, in the order taken
    taken: list[tuple[str, date, int]] = field(default_factory=list)
    #: the day after the last close
    today: date = date.min

    def __post_init__(self) -> None:
        self.contract = replace(self.contract, shares=list(self.contract.shares))

    # --- what is owed -----------------------------------------------------------------------

    @property
    def owed(self) -> list[Debt]:
        return [debt for debt in self.debts if debt.bearer == "household" and debt.left]

    @property
    def overdue(self) -> int:
        return sum(debt.left for debt in self.owed if debt.kind == "principal" and debt.late)

    @property
    def arrears(self) -> int:
        if not self.contract.compound:
            return 0
        return sum(debt.left for debt in self.owed if debt.kind == "interest" and debt.late)

    @property
    def principal(self) -> int:
        return self.regular + self.misused + self.overdue

    @property
    def not_due(self) -> int:
        """Principal before its time: what is due today, or waits for a working day, is not."""
        due = sum(debt.left for debt in self.owed if debt.kind == "principal" and not debt.late)
        return self.regular + self.misused - due

    @property
    def over(self) -> bool:
        if not self.drawn or self.principal or self.owed:
            return False
        return not self.contract.revolving or self.today >= self.contract.matures

    @property
    def late_rate(self) -> Fraction:
        """Of what is past due: never both surcharges, the heavier."""
        if self.misused_from is None:
            return self.contract.penalty_rate
        return max(self.contract.penalty_rate, self.contract.misuse_rate)

    # --- money out --------------------------------------------------------------------------

    def draw(self, fen: int, on: date) -> None:
        if not self.drawn:
            self.plan_start = self.interest_since = self.today = on
        self.drawn += fen
        self.regular += fen
        if self.contract.by_plan:
            self.count_dues(on)
            self.plan_anew(on)

    def undo(self) -> None:
        """The only draw is taken back; it never bore anything."""
        contract = self.contract
        self.__init__(contract)  # type: ignore[misc]

    # --- settling ---------------------------------------------------------------------------

    def settle_interest(self, to: date) -> None:
        """By product sums."""
        days, self.unsettled.interest = self.unsettled.interest, []
        self.interest_since = to
        whole = sum((day.interest for day in days), Fraction(0))
        shared = sum((day.treasury for day in days), Fraction(0))
        if whole:
            base = self.contract.base
            amount = half_up(whole / base)
            self._settled("interest", to, amount, min(amount, half_up(shared / base)))

    def settle_penalty(self, to: date) -> None:
        """Penalty, and compound interest."""
        days, self.unsettled.penalty = self.unsettled.penalty, []
        self._settle_late("penalty", to, sum((day.penalty for day in days), Fraction(0)))
        days, self.unsettled.compound = self.unsettled.compound, []
        self._settle_late("compound", to, sum((day.compound for day in days), Fraction(0)))

    def _settle_late(self, kind: str, to: date, whole: Fraction) -> None:
        if whole:
            self._settled(kind, to, half_up(whole / self.contract.base), 0)

    def settle_broken(self, to: date) -> None:
        """The part of the running row of a plan that is over, by actual days."""
        assert self.interest_since is not None
        if self.not_due and to > self.interest_since:
            days = len(walk(self.interest_since, to))
            rate = Fraction(0) if self.misused_from else self.contract.rate
            self._settle_plan(to, half_up(self.not_due * rate * days / self.contract.base))

    def _settle_plan(self, to: date, amount: int) -> None:
        """An amount that the plan gives, shared as the balances of its days are."""
        days, self.unsettled.interest = self.unsettled.interest, []
        self.interest_since = to
        if amount:
            whole = sum((day.interest for day in days), Fraction(0))
            shared = sum((day.treasury for day in days), Fraction(0))
            self._settled("interest", to, amount, half_up(amount * shared / whole) if whole else 0)

    def _settled(self, kind: str, to: date, amount: int, treasury: int) -> None:
        self.settled.append((kind, to, amount, treasury))
        if self.contract.refunded:
            self._owe(kind, "household", to, amount)
        else:
            self._owe(kind, "household", to, amount - treasury)
            self._owe(kind, "treasury", to, treasury)

    def _owe(self, kind: str, bearer: str, on: date, fen: int) -> None:
        if fen:
            self.debts.append(Debt(kind, bearer, on, on, fen, fen))

    # --- money in ---------------------------------------------------------------------------

    def bring_up_to(self, on: date) -> int:
        """All that the household owes by then."""
        self.settle_penalty(on)
        if on >= self.contract.matures:
            self.settle_interest(on)
        return sum(debt.left for debt in self.owed)

    def pay(self, fen: int, on: date, early: bool) -> int:
        """What is over."""
        self.bring_up_to(on)
        fen = self._pay_debts(fen, on)
        if fen and early and self.not_due:
            if self.contract.by_plan:
                fen = self._early_by_plan(fen, on)
            else:
                fen = self._early_by_products(fen, on)
        return fen

    def _order(self, on: date) -> list[str]:
        order, limit = self.contract.order, self.contract.principal_first_after
        if limit is not None and self.days_late(on) > limit:
            return ["principal", *(kind for kind in order if kind != "principal")]
        return order

    def _pay_debts(self, fen: int, on: date) -> int:
        for kind in self._order(on):
            debts = [debt for debt in self.owed if debt.kind == kind]
            for debt in sorted(debts, key=lambda debt: debt.due):
                part = min(fen, debt.left)
                if part:
                    debt.left -= part
                    fen -= part
                    self.taken.append((kind, debt.due, part))
                    if kind == "principal" and not debt.late:
                        self.lower(part)
        return fen

    def lower(self, fen: int) -> None:
        """Principal that was not past due is so much less."""
        if self.misused_from is None:
            self.regular -= fen
        else:
            self.misused -= fen

    def _early_by_products(self, fen: int, on: date) -> int:
        if fen >= self.not_due:
            self.settle_interest(on)
            fen = self._pay_debts(fen, on)
        return self._early_principal(fen, on)

    def _early_by_plan(self, fen: int, on: date) -> int:
        self.settle_broken(on)
        fen = self._pay_debts(fen, on)
        fen = self._early_principal(fen, on)
        self.plan_anew(on)
        return fen

    def _early_principal(self, fen: int, on: date) -> int:
        part = min(fen, self.not_due)
        if part:
            self.lower(part)
            self.debts.append(Debt("principal", "household", on, on, part, 0))
            self.taken.append(("principal", on, part))
        return fen - part

    # --- the plan ---------------------------------------------------------------------------

    def count_dues(self, start: date) -> None:
        """Due dates of the whole plan, counted from a day."""
        terms = self.contract
        self.plan_start = start
        self.all_dues = due_dates(start, terms.every, "month", None, terms.matures, None)

    def plan_anew(self, on: date) -> None:
        """The rest of the plan over the due dates that are left."""
        terms = self.contract
        if not self.not_due:
            self.rows = []
            return
        parts: list[tuple[date, date, int | None]] = []
        assert self.plan_start is not None
        edge = self.plan_start
        for due, regular in self.all_dues:
            if due > on:
                months = terms.every if regular and edge >= on else None
                parts.append((max(edge, on), due, months))
            edge = due
        rate = Fraction(0) if self.misused_from else terms.rate
        rates = [rate * part_of_year(s, e, terms.convention, m) for s, e, m in parts]
        self.rows = rows_over(self.not_due, terms.method, parts, rates, 0, half_up)

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
            else:
                debt.late = True
                if debt.kind == "principal":
                    self.lower(debt.left)
        self._count(on)
        if self._settlement_day(on) and (self.principal or self.arrears):
            self.settle_interest(on + ONE)
            self.settle_penalty(on + ONE)
        self._raise(on + ONE)
        self.today = on + ONE

    def _count(self, on: date) -> None:
        """The day is over and its balances count."""
        share, cap = self._share(on)
        rate, shared_rate = self.contract.rate, self.contract.shared_rate
        counted = self.regular if cap is None else min(self.regular, cap)
        day = Day(
            interest=self.regular * rate,
            treasury=counted * share * (rate if shared_rate is None else min(rate, shared_rate)),
            penalty=self.misused * self.contract.misuse_rate + self.overdue * self.late_rate,
            compound=self.arrears * self.late_rate,
        )
        self.unsettled.interest.append(day)
        self.unsettled.penalty.append(day)
        self.unsettled.compound.append(day)

    def _settlement_day(self, on: date) -> bool:
        settle_on = self.contract.settle_on
        if self.contract.method == "bullet" or not settle_on:
            return False
        return settles(on, self.contract.every, settle_on)

    def _raise(self, due: date) -> None:
        """What falls due tomorrow by the contract, beside interest on settlement days."""
        if not self.contract.by_plan:
            if due == self.contract.matures:
                self.settle_interest(due)
                self.settle_penalty(due)
                self._owe("principal", "household", due, self.not_due)
            return
        for row in self.rows:
            if row.due == due:
                if self.misused_from is not None:
                    self.settle_penalty(due)
                self._settle_plan(due, row.interest)
                self._owe("principal", "household", due, row.principal)

    def _share(self, on: date) -> tuple[Fraction, int | None]:
        if self.unsubsidised_from is not None:
            return Fraction(0), 0
        for start, end, share, cap in self.contract.shares:
            # One that lasts to the maturity holds while that waits for a working day.
            if start <= on and (on < end or end >= self.contract.matures):
                return share, cap
        return Fraction(0), 0

    # --- figures at a close -----------------------------------------------------------------

    def days_late(self, on: date) -> int:
        return max([0, *((on - debt.payable).days for debt in self.owed)])

    def late(self, on: date) -> tuple[int, int]:
        """Principal, and everything else, past due."""
        late = [debt for debt in self.owed if debt.payable < on]
        principal = sum(debt.left for debt in late if debt.kind == "principal")
        return principal, sum(debt.left for debt in late) - principal

    def grade(self, on: date, thresholds: list[tuple[int, int]], override: int = 1) -> int:
        """``thresholds``: more than so many days late, at least this grade; rising."""
        worst = 1
        for over, grade in thresholds:
            if self.days_late(on) > over:
                worst = grade
        return max(worst, override)

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
