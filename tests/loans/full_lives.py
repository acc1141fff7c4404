"""Loans of a town that live through everything: late entries, undone ones, changes, misuse, loss.

By dice, through the product's own doors; what the rules do not allow is tried and leaves nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import ledger
import loans
from kernel.dates import add_months
from kernel.refusals import Refusal
from loans import booking, record
from loans.models import Change
from loans.operations.correcting import Cause, correct
from loans.operations.repaying import Taken, take
from loans.replay import Event
from office import payments
from tests.loans.bent import BentRulebook
from tests.loans.contracts import bent_by, contract_of, terms_of
from tests.loans.town import DIRECTOR, FULL, Town

ONE = timedelta(days=1)
_LAST = 2**62
PLANS = (
    ("interest-only", 3, 20),
    ("interest-only", 6, 20),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
)


def change(town: Town, number: str, kind: str, day: date, **terms: object) -> int:
    """A change in force from a day, as its decision enters it."""
    with town.books.write("loans.change", by=DIRECTOR) as session:
        on = ledger.open_day(session)
        loan_id = town.position(number).loan_id
        one = record.load(session, [loan_id])[loan_id]
        now = one.position
        row = Change(
            loan_id=loan_id,
            item_id=None,
            kind=kind,
            value_date=day,
            booking_date=on,
            clause="测试",
            **{
                "matures_on": now.matures_on,
                "method": now.method,
                "every_months": now.every_months,
                "settle_on_day": now.settle_on_day,
                **terms,
            },
        )
        session.add(row)
        session.flush()
        correct(
            session,
            one,
            record.events_of(session, loan_id),
            Cause("late_change", day, "按审批补记变更"),
            on=on,
            calendar=town.calendar,
        )
        booking.book_settlements(session, on)
        booking.book_repayments(session, on)
        return row.id


def out_of_the_ordinary(town: Town, number: str, kind: str, fen: int, voucher: str = "") -> int:
    """A refund, a write-off or a recovery of today."""
    with town.books.write("loans.repay", by=DIRECTOR) as session:
        on = ledger.open_day(session)
        loan_id = town.position(number).loan_id
        one = record.load(session, [loan_id])[loan_id]
        voucher_id = None
        if voucher:
            way = "out" if kind == "refund" else "in"
            slip = payments.VoucherSlip(one.loan.lender_id, "counter", voucher, way, fen)
            (voucher_id,) = payments.book_vouchers(session, [slip], on=on)
        if kind == "refund" and fen > one.course.credit_fen:
            raise ValueError("no such credit")
        taken = Taken(one, Event(kind, on, _LAST, fen), voucher_id, None)
        take(session, [taken], on=on, calendar=town.calendar)
        return taken.repayment_id


class Liver:
    """One loan, and the dice that decide what happens to it."""

    def __init__(self, town: Town, number: str, dice: Random) -> None:
        self.town, self.number, self.dice = town, number, dice
        self.entered: list[tuple[str, str | int]] = []
        self.vouchers = 0

    def step(self) -> str:
        """Something happens, or is tried in vain; what it was."""
        acts = (
            self.pay, self.pay, self.pay, self.pay, self.undo, self.extend, self.replan,
            self.misuse, self.refund, self.refund, self.write_off, self.recover, self.draw,
            self.stop_subsidy,
        )  # fmt: skip
        act = self.dice.choice(acts)
        try:
            act()
        except (Refusal, ValueError) as refused:
            return f"{act.__name__}: {type(refused).__name__}"
        return act.__name__

    @property
    def today(self) -> date:
        return self.town.today

    def _day(self) -> date:
        back = self.dice.choice((0, 0, 0, 1, 9, 40, 130))
        first = self.town.position(self.number).drawn_on
        return max(min(first, self.today), self.today - self.dice.randint(0, back) * ONE)

    def pay(self) -> None:
        fen = self.dice.choice((1, 9_999, 50_001, 300_000, 1_000_000, 2_600_000))
        early = self.dice.random() < 0.4
        key = self.town.pay(self.number, fen, early=early, value_date=self._day())
        self.entered.append(("payment", key))

    def draw(self) -> None:
        slip = self.town.disburse(self.number, 500_000, value_date=self._day())
        self.entered.append(("draw", slip))

    def extend(self) -> None:
        if self.dice.random() < 0.5:
            return
        later = add_months(self.town.position(self.number).matures_on, 3)
        kind = self.dice.choice(("extension", "deferral"))
        self._changed(kind, matures_on=later)

    def replan(self) -> None:
        method, every, settle_on = self.dice.choice(PLANS)
        self._changed("plan", method=method, every_months=every, settle_on_day=settle_on)

    def misuse(self) -> None:
        if self.dice.random() < 0.4:
            self._changed("misuse")

    def stop_subsidy(self) -> None:
        if self.dice.random() < 0.6:
            self._changed("unsubsidised", why="status")

    def _changed(self, kind: str, **terms: object) -> None:
        self.entered.append(("change", change(self.town, self.number, kind, self._day(), **terms)))

    def refund(self) -> None:
        self._extra("refund", self.dice.choice((1, 5_000, 40_000)))

    def write_off(self) -> None:
        with self.town.books.read() as session:
            loan_id = self.town.position(self.number).loan_id
            course = record.load(session, [loan_id], lock=False)[loan_id].course
        hopeless = course.principal_fen and course.terms.matures_on <= self.today
        if course.credit_fen or not hopeless:
            raise ValueError("not hopeless")
        self._extra("write_off", 1)

    def recover(self) -> None:
        if self.town.position(self.number).state == "written_off":
            self._extra("recovery", self.dice.choice((1, 70_000)))

    def _extra(self, kind: str, fen: int) -> None:
        self.vouchers += 1
        voucher = "" if kind == "write_off" else f"T{self.number}{self.vouchers}"
        key = out_of_the_ordinary(self.town, self.number, kind, fen, voucher)
        self.entered.append(("payment", key))

    def undo(self) -> None:
        if not self.entered:
            return
        kind, key = self.dice.choice(self.entered)
        if kind == "draw":
            self.town.reverse(str(key), "重复放款")
        elif kind == "payment":
            self.town.undo_payment(int(key), "记错户")
        else:
            undo_change(self.town, int(key))


def undo_change(town: Town, change_id: int, reason: str = "审批撤销") -> None:
    """A change that never was."""
    with town.books.write("loans.reverse", by=DIRECTOR) as session:
        loans.reverse_change(
            session,
            change_id=change_id,
            reason=reason,
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=DIRECTOR,
        )


#: what the contracts of a portfolio are made of, whatever the dice say
KINDS: tuple[dict[str, object], ...] = (
    {"kind": ("interest-only", 3, 20), "compound": True, "principal first": 30, "share": "turns"},
    {"kind": ("equal-installment", 1, 0), "months": 12, "share": "part"},
    {"kind": ("bullet", 0, 0), "months": 6, "compound": True, "share": "all"},
)


def portfolio(town: Town, seed: int, *, steps: int = 26) -> list[str]:
    """Contracts of every kind that have lived; their numbers. The rulebook of the town is bent."""
    dice = Random(seed)
    bent = BentRulebook(town.rulebook)
    town.rulebook = bent  # type: ignore[assignment]
    numbers: list[str] = []
    for place, kind in enumerate(KINDS, 1):
        terms = {**terms_of(dice.randrange(2**32)), **kind}
        terms["amount"] = dice.choice((FULL // 2, 2_000_001, 777_777))
        contract = contract_of(terms, town.today)
        bent.bend(bent_by(terms, contract, town.today))
        asked = town.asked(
            place,
            amount_fen=terms["amount"],
            term_months=terms["months"],
            annual_rate_ppm=terms["rate_ppm"],
            method=contract.method,
            every_months=contract.every,
        )
        (number,) = town.contracts(asked)
        whole = contract.by_plan or dice.random() < 0.5
        town.disburse(number, terms["amount"] if whole else terms["amount"] // 2)
        numbers.append(number)
    bent.bend({})
    livers = [Liver(town, number, Random(dice.randrange(2**32))) for number in numbers]
    for _ in range(steps):
        town.close_to(town.today + dice.choice((0, 5, 11, 17, 35)) * ONE - ONE)
        for liver in livers:
            liver.step()
    return numbers
