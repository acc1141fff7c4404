"""The course of one loan: what a close, a payment or a change does to it. Pure.

``Course`` is the running state of a loan; what happens to it is noted in it, and the operations
write the notes down. ``loans.batch`` does the same to a whole portfolio in SQL and is proven equal
to this file by test; ``loans.replay`` lives a whole life again through it.

A loan books interest in one of two ways. By *product sums*: interest of the days since the last
settlement, on settlement days and at the end. By *plan*: the plan's interest, row by row. Principal
that is unpaid at the close of its due date leaves its balance for the overdue one, which bears the
penalty rate from the due date on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from loans.allocation import OpenDue, allocate
from loans.earning import Balances
from loans.models import FAR
from loans.parts import (
    EARNED_ON,
    ONE_DAY,
    Closed,
    DueLeft,
    Settled,
    Share,
    Stretch,
    Taken,
    Terms,
)
from loans.schedule import Method, PlanRow, plan, replan, require_bookable


@dataclass
class Course(Balances):
    """The running state of one loan, and the notes of what happened to it here."""

    def draw(self, amount_fen: int, on: date) -> None:
        """Money paid out on ``on``: interest counts from that day."""
        first = self.drawn_on == FAR
        self.drawn_on = min(self.drawn_on, on)
        self.change("regular", amount_fen, on)
        if self.terms.by_plan:
            self.plan_from_on = on
            self._make_plan(plan(self.terms.plan_terms(amount_fen, on)))
            require_bookable(self.plan)
        else:
            if first:
                self.plan_from_on = on
            self.plan_event_on = self.terms.matures_on - ONE_DAY

    # --- the end of a day -----------------------------------------------------------------------

    def night(self, day: date, *, working_day: bool) -> None:
        """The whole close of a day, in its order."""
        self.use_credit(day)
        self.end_of_due_day(day, working_day=working_day)
        if self.open and self.terms.settle_event_after(day) == day:
            self.settle_day(day)
        elif self.terms.share_event_after(day) == day:
            self.close("regular", day + ONE_DAY)
        if self.plan_event_on == day:
            self.eve(day)

    def next_night(self, day: date) -> date:
        """The next close, that of ``day`` included, at which anything happens."""
        nights = [due.payable_on for due in self.dues if due.payable_on >= day]
        nights.append(self.plan_event_on)
        if self.open:
            nights.append(self.terms.settle_event_after(day))
            nights.append(self.terms.share_event_after(day))
        return min(nights)

    def use_credit(self, day: date) -> int:
        """Credit pays dues payable by ``day``; how much of it was used."""
        if not self.credit_fen or not any(due.payable_on <= day for due in self.dues):
            return 0
        fen = min(self.credit_fen, self.bring_up_to(day))
        self.taker = ("credit", day)
        self.credit_fen -= fen - self._allocate(fen, day)
        return fen

    def settle_day(self, day: date) -> None:
        """The close of a settlement day: everything earned up to and including it."""
        for kind in ("penalty", "compound") if self.terms.by_plan else EARNED_ON:
            self.settle(kind, day + ONE_DAY)

    def eve(self, day: date) -> None:
        """The close on the eve of an instalment or of maturity: raise what is due tomorrow."""
        due_on = day + ONE_DAY
        if self.terms.by_plan:
            row = next(row for row in self.plan if row.due == due_on)
            self._settle_fixed(due_on, row.interest_fen, row.nr)
            principal_fen = row.principal_fen
            later = [row.due for row in self.plan if row.due > due_on]
            self.plan_event_on = min(later) - ONE_DAY if later else FAR
        else:
            self.settle("interest", due_on)
            principal_fen = self.not_due_fen(due_on)
            self.plan_event_on = FAR
        if self.terms.misused or not self.terms.by_plan:
            self.settle("penalty", due_on)
            self.settle("compound", due_on)
        if principal_fen:
            self._raise("principal", "household", due_on, principal_fen)

    def end_of_due_day(self, day: date, *, working_day: bool) -> None:
        """The close of a due day: on a holiday it moves on, else what is unpaid is past due."""
        for due in self.dues:
            if due.payable_on != day:
                continue
            if not working_day:
                due.payable_on = day + ONE_DAY
            elif due.kind == "principal":
                self.change(self.undue_state, -due.left_fen, day)
                self.change("overdue", due.left_fen, day)
            elif due.kind == "interest" and self.terms.compounds:
                self.change("arrears", due.left_fen, day)

    # --- a payment ------------------------------------------------------------------------------

    def pay(self, amount_fen: int, on: date, *, early: bool) -> int:
        """Use a payment: what is due first, in the contract's order; the rest early if so asked.

        What no due could take is kept as credit, and returned. Penalty and compound interest are
        settled to the day of payment, and so is the interest of a loan that is past its maturity.
        """
        self.bring_up_to(on)
        left_fen = self._allocate(amount_fen, on)
        if left_fen and early and self.undue_fen:
            left_fen = self._pay_early(left_fen, on)
        self.credit_fen += left_fen
        return left_fen

    def bring_up_to(self, on: date) -> int:
        """Settle what a payment on ``on`` must find settled; all that the household then owes."""
        self.settle("penalty", on)
        self.settle("compound", on)
        if on >= self.terms.matures_on:
            self.settle("interest", on)
        return sum(due.left_fen for due in self.dues)

    def _allocate(self, amount_fen: int, on: date) -> int:
        dues = self.dues
        if not dues:
            return amount_fen
        listed = [
            OpenDue(place, due.kind, due.due_on, due.left_fen) for place, due in enumerate(dues)
        ]
        order = self.terms.order_on(on, min(due.payable_on for due in dues))
        result = allocate(amount_fen, listed, order)
        for paid in result.paid:
            self._take(dues[paid.due_id], paid.fen, on)
        return result.remainder_fen

    def _take(self, due: DueLeft, fen: int, on: date) -> None:
        due.left_fen -= fen
        self.taken.append(Taken(self.taker, due, fen))
        if not due.left_fen:
            self.dues = [other for other in self.dues if other is not due]
        past_due = due.payable_on < on
        if due.kind == "principal":
            # A due that fell overdue has left its balance for the overdue one.
            late = past_due and "overdue" in self.open
            self.change("overdue" if late else self.undue_state, -fen, on)
        elif due.kind == "interest" and past_due and "arrears" in self.open:
            self.change("arrears", -fen, on)

    def _pay_early(self, left_fen: int, on: date) -> int:
        """Principal before its time: all of it with its interest if the money reaches."""
        if self.terms.by_plan:
            self.settle_broken(on)
            left_fen = self._allocate(left_fen, on)
        elif left_fen >= self.undue_fen:
            self.settle("interest", on)
            left_fen = self._allocate(left_fen, on)
        # What is already due of the balance was paid above.
        part_fen = min(left_fen, self.undue_fen)
        if part_fen:
            self._take(self._raise("principal", "household", on, part_fen), part_fen, on)
        if self.terms.by_plan:
            self._replan(on)
        elif not self.undue_fen and not self.terms.revolving:
            self.plan_event_on = FAR
        return left_fen - part_fen

    def refund(self, amount_fen: int) -> None:
        """Credit paid out."""
        self.credit_fen -= amount_fen

    def write_off(self, on: date) -> int:
        """Everything the household owes leaves the books as a loss; how much that is."""
        if self.terms.by_plan:
            self.settle_broken(on)
        self.settle("interest", on)
        self.bring_up_to(on)
        due_fen = sum(due.left_fen for due in self.dues if due.kind == "principal")
        if rest_fen := self.principal_fen - due_fen:
            self._raise("principal", "household", on, rest_fen)
        lost_fen = 0
        for due in self.dues:
            lost_fen += due.left_fen
            self._take(due, due.left_fen, on)
        self.plan, self.plan_event_on = (), FAR
        return lost_fen

    def accrued_household_fen(self, on: date) -> int:
        """What whoever repays would owe of the interest accrued, were it settled on ``on``."""
        raised = self._settled_on(on).raised
        return sum(due.amount_fen for due in raised if due.bearer == "household")

    def accrued_refund_fen(self, on: date) -> int:
        """How much of that it would get back from the treasury (先付后补)."""
        settled = self._settled_on(on).settlements if self.terms.refunded else ()
        return sum(one.treasury_fen for one in settled)

    def _settled_on(self, on: date) -> Course:
        twin = self.twin()
        if self.terms.by_plan:
            twin.settle_broken(on)
        else:
            twin.settle("interest", on)
        return twin

    def twin(self) -> Course:
        """The same state without notes, to try something on."""
        return replace(
            self,
            open=dict(self.open),
            dues=[replace(due) for due in self.dues],
            unsettled=list(self.unsettled),
            settled_to=dict(self.settled_to),
            closed=[],
            settlements=[],
            raised=[],
            taken=[],
            new_plans=[],
        )

    # --- changes --------------------------------------------------------------------------------

    def extend(self, matures_on: date, on: date) -> None:
        """A later maturity, agreed with effect from ``on`` (展期、延期)."""
        if self.terms.by_plan:
            self.settle_broken(on)
        self.terms = replace(self.terms, matures_on=matures_on, extended=True)
        stretch = self.open.get("regular")
        if stretch and stretch.shared != self.terms.share_on(on):
            self.change("regular", 0, on)
        self._plan_on(on)

    def change_plan(self, method: Method, every_months: int, settle_on_day: int, on: date) -> None:
        """Another method or rhythm from ``on``; interest up to then falls due."""
        if self.terms.by_plan:
            self.settle_broken(on)
        self.settle("interest", on)
        self.terms = replace(
            self.terms, method=method, every_months=every_months, settle_on_day=settle_on_day
        )
        self.plan_from_on = on
        self._plan_on(on)

    def misuse(self, on: date) -> None:
        """Found misused from ``on``: no share of the treasury, and the heavier rate until paid."""
        if self.terms.by_plan:
            self.settle_broken(on)
        regular_fen = self.undue_fen
        self.change("regular", -regular_fen, on)
        self.terms = replace(self.terms, misused=True)
        self.change("misused", regular_fen, on)
        for state in ("overdue", "arrears"):
            self.change(state, 0, on)
        self._plan_on(on)

    def unsubsidise(self, on: date) -> None:
        """From ``on`` the treasury bears no share (停止贴息); rate and plan stay as they are."""
        self.terms = replace(self.terms, unsubsidised=True)
        self.change("regular", 0, on)

    def _plan_on(self, on: date) -> None:
        """The events to come, after terms or balance changed on ``on``."""
        if self.terms.by_plan:
            self._replan(on)
            return
        self.plan = ()
        if on < self.terms.matures_on and (self.undue_fen or self.terms.revolving):
            self.plan_event_on = self.terms.matures_on - ONE_DAY

    def _replan(self, on: date) -> None:
        principal_fen = self.not_due_fen(on)
        if not principal_fen:
            self.plan, self.plan_event_on = (), FAR
            return
        wanted = self.terms.plan_terms(principal_fen, self.plan_from_on)
        self._make_plan(replan(wanted, on=on, principal_fen=principal_fen))

    def _make_plan(self, rows: tuple[PlanRow, ...]) -> None:
        self.plan = rows
        self.new_plans.append(rows)
        self.plan_event_on = rows[0].due - ONE_DAY


__all__ = ["Closed", "Course", "DueLeft", "Settled", "Share", "Stretch", "Taken", "Terms"]
