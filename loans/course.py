"""The course of one loan: what a close or a payment does to its balances, dues and interest. Pure.

``Course`` holds the running state of a loan and notes everything that happens to it; the operations
write the notes down. ``loans.batch`` does the same to a whole portfolio in SQL and is proven equal
to this file by test.

A loan books interest in one of two ways. By *product sums*: interest of the days since the last
settlement, on settlement days and at the end. By *plan*: the plan's interest, row by row. Principal
that is unpaid at the close of its due date leaves the regular balance for the overdue one, which
bears the penalty rate from the due date on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kernel.money import SHARE_MAX_BP, round_half_up
from loans.allocation import OpenDue, allocate
from loans.interest import interest_fen, share_fen
from loans.models import FAR
from loans.parts import ONE_DAY, Closed, DueLeft, Settled, Share, Stretch, Terms
from loans.schedule import (
    PlanRow,
    plan,
    replan,
    require_bookable,
)


@dataclass
class Course:
    """The running state of one loan, and the notes of what happened to it here."""

    terms: Terms
    open: dict[str, Stretch]
    dues: list[DueLeft]
    #: closed segments whose interest is not settled yet
    unsettled: list[Closed]
    interest_settled_to: date
    penalty_settled_to: date
    plan_event_on: date
    #: value date of the first draw
    drawn_on: date
    plan: tuple[PlanRow, ...] = ()
    closed: list[Closed] = field(default_factory=list)
    settlements: list[Settled] = field(default_factory=list)
    allocations: list[tuple[DueLeft, int]] = field(default_factory=list)
    new_plan: tuple[PlanRow, ...] = ()

    @property
    def principal_fen(self) -> int:
        """Everything outstanding."""
        return sum(stretch.principal_fen for stretch in self.open.values())

    @property
    def household_dues(self) -> list[DueLeft]:
        """What the household owes by now."""
        return [due for due in self.dues if due.bearer == "household" and due.left_fen]

    # --- segments -------------------------------------------------------------------------------

    def close(self, state: str, on: date) -> None:
        """Close the open segment at ``on`` and open it again unchanged."""
        stretch = self.open.get(state)
        if stretch is None or stretch.from_on >= on:
            return
        closed = Closed(
            state,
            stretch.from_on,
            on,
            stretch.principal_fen,
            stretch.rate_ppm,
            stretch.share_bp,
            stretch.cap_fen,
        )
        self.closed.append(closed)
        self.unsettled.append(closed)
        share_bp, cap_fen = self.terms.share_on(on) if state == "regular" else (0, 0)
        self.open[state] = Stretch(on, stretch.principal_fen, stretch.rate_ppm, share_bp, cap_fen)

    def change(self, state: str, delta_fen: int, on: date) -> None:
        """Change a balance from ``on``; the segment before it is closed."""
        self.close(state, on)
        stretch = self.open.get(state)
        principal_fen = (stretch.principal_fen if stretch else 0) + delta_fen
        if principal_fen == 0:
            self.open.pop(state, None)
            return
        if state == "regular":
            rate_ppm = self.terms.pricing.annual_rate_ppm
            share_bp, cap_fen = self.terms.share_on(on)
        else:
            rate_ppm, share_bp, cap_fen = self.terms.penalty_rate_ppm, 0, 0
        self.open[state] = Stretch(on, principal_fen, rate_ppm, share_bp, cap_fen)

    def draw(self, amount_fen: int, on: date) -> None:
        """Money paid out on ``on``: interest counts from that day."""
        if not self.open:
            self.drawn_on = min(self.drawn_on, on)
            self.interest_settled_to = on
        self.change("regular", amount_fen, on)
        if self.terms.by_plan:
            self.new_plan = self.plan = plan(self.terms.plan_terms(amount_fen, on))
            require_bookable(self.plan)
            self.plan_event_on = self.plan[0].due - ONE_DAY
        else:
            self.plan_event_on = self.terms.matures_on - ONE_DAY

    # --- settlement -----------------------------------------------------------------------------

    def settle(self, kind: str, to: date) -> None:
        """Settle interest (regular) or penalty (overdue) by product sums, due on ``to``."""
        state = "regular" if kind == "interest" else "overdue"
        since = self.interest_settled_to if kind == "interest" else self.penalty_settled_to
        if to <= since:
            return
        self.close(state, to)
        slices = [closed for closed in self.unsettled if closed.state == state]
        self.unsettled = [closed for closed in self.unsettled if closed.state != state]
        if kind == "interest":
            self.interest_settled_to = to
        else:
            self.penalty_settled_to = to
        product = sum(closed.product for closed in slices)
        if product == 0:
            return
        base = self.terms.day_base
        pairs = [(closed.treasury_product, closed.share_bp) for closed in slices]
        total_fen = interest_fen(product, base)
        treasury_fen = min(total_fen, share_fen(pairs, base))
        self._note(Settled(kind, since, to, product, 0, total_fen, treasury_fen))

    def settle_plan(self, row: PlanRow) -> None:
        """Settle the interest of a plan row, due with it."""
        self._settle_fixed(row.due, row.interest_fen, row.nr)

    def settle_broken(self, to: date) -> None:
        """Settle the broken part of a plan row before an early payment, by actual days."""
        stretch = self.open.get("regular")
        if stretch is None or to <= self.interest_settled_to:
            return
        amount_fen = self.terms.pricing.early_interest_fen(
            stretch.principal_fen, self.interest_settled_to, to
        )
        self._settle_fixed(to, amount_fen, 0)

    def _settle_fixed(self, to: date, amount_fen: int, plan_nr: int) -> None:
        self.close("regular", to)
        slices = [closed for closed in self.unsettled if closed.state == "regular"]
        self.unsettled = [closed for closed in self.unsettled if closed.state != "regular"]
        since, self.interest_settled_to = self.interest_settled_to, to
        if amount_fen == 0:
            return
        # The plan's interest is shared as the product sums of its days are.
        product = sum(closed.product for closed in slices)
        shared = sum(closed.treasury_product * closed.share_bp for closed in slices)
        treasury_fen = round_half_up(amount_fen * shared, product * SHARE_MAX_BP) if product else 0
        self._note(Settled("interest", since, to, 0, plan_nr, amount_fen, treasury_fen))

    def _note(self, settled: Settled) -> None:
        self.settlements.append(settled)
        place = len(self.settlements) - 1
        kind = "interest" if settled.kind == "interest" else "penalty"
        for bearer, fen in (
            ("household", settled.household_fen),
            ("treasury", settled.treasury_fen),
        ):
            if fen:
                self._raise(kind, bearer, settled.to_on, fen, place)

    def _raise(
        self, kind: str, bearer: str, on: date, fen: int, settlement: int | None = None
    ) -> DueLeft:
        due = DueLeft(kind, bearer, on, on, fen, fen, settlement=settlement)
        self.dues.append(due)
        return due

    # --- the end of a day -----------------------------------------------------------------------

    def settle_day(self, day: date) -> None:
        """The close of a settlement day: interest and penalty up to and including it."""
        if not self.terms.by_plan:
            self.settle("interest", day + ONE_DAY)
        self.settle("penalty", day + ONE_DAY)

    def eve(self, day: date) -> None:
        """The close on the eve of an instalment or of maturity: raise what is due tomorrow."""
        due_on = day + ONE_DAY
        if self.terms.by_plan:
            row = next(row for row in self.plan if row.due == due_on)
            self.settle_plan(row)
            principal_fen = row.principal_fen
            later = [row.due for row in self.plan if row.due > due_on]
            self.plan_event_on = min(later) - ONE_DAY if later else FAR
        else:
            self.settle("interest", due_on)
            stretch = self.open.get("regular")
            principal_fen = stretch.principal_fen if stretch else 0
            self.plan_event_on = FAR
        if principal_fen:
            self._raise("principal", "household", due_on, principal_fen)

    def end_of_due_day(self, day: date, *, working_day: bool) -> None:
        """The close of a due day: on a holiday it moves on, else unpaid principal is overdue."""
        for due in self.household_dues:
            if due.payable_on != day:
                continue
            if not working_day:
                due.payable_on = day + ONE_DAY
            elif due.kind == "principal":
                if "overdue" not in self.open:
                    self.penalty_settled_to = day
                self.change("regular", -due.left_fen, day)
                self.change("overdue", due.left_fen, day)

    # --- a payment ------------------------------------------------------------------------------

    def pay(self, amount_fen: int, on: date, *, early: bool) -> int:
        """Use a payment: what is due first, in the contract's order; the rest early if so asked.

        Returns what no due could take. Penalty is settled to the day of payment, and so is the
        interest of a loan that is past its maturity.
        """
        self.bring_up_to(on)
        left_fen = self._allocate(amount_fen, on)
        if left_fen and early and "regular" in self.open:
            left_fen = self._pay_early(left_fen, on)
        return left_fen

    def bring_up_to(self, on: date) -> int:
        """Settle what a payment on ``on`` must find settled; all that the household then owes."""
        self.settle("penalty", on)
        if on >= self.terms.matures_on:
            self.settle("interest", on)
        return sum(due.left_fen for due in self.household_dues)

    def _allocate(self, amount_fen: int, on: date) -> int:
        dues = self.household_dues
        if not dues:
            return amount_fen
        listed = [
            OpenDue(place, due.kind, due.due_on, due.left_fen) for place, due in enumerate(dues)
        ]
        result = allocate(amount_fen, listed, self.terms.allocation_order)
        for paid in result.paid:
            self._take(dues[paid.due_id], paid.fen, on)
        return result.remainder_fen

    def _take(self, due: DueLeft, fen: int, on: date) -> None:
        due.left_fen -= fen
        self.allocations.append((due, fen))
        if due.kind == "principal":
            # A due that fell overdue has left the regular balance for the overdue one.
            overdue = due.payable_on < on and "overdue" in self.open
            self.change("overdue" if overdue else "regular", -fen, on)

    def _pay_early(self, left_fen: int, on: date) -> int:
        """Principal before its time: all of it with its interest if the money reaches."""
        interest = self.accrued_household_fen(on)
        principal_fen = self.open["regular"].principal_fen
        if self.terms.by_plan:
            self.settle_broken(on)
            left_fen = self._allocate(left_fen, on)
        elif left_fen >= principal_fen + interest or left_fen >= principal_fen:
            self.settle("interest", on)
            left_fen = self._allocate(left_fen, on)
        # What is already due of the balance was paid above.
        part_fen = min(
            left_fen, self.open["regular"].principal_fen if "regular" in self.open else 0
        )
        if part_fen:
            self._take(self._raise("principal", "household", on, part_fen), part_fen, on)
        if self.terms.by_plan:
            self._replan(on)
        if "regular" not in self.open:
            self.plan_event_on = FAR
        return left_fen - part_fen

    def accrued_household_fen(self, on: date) -> int:
        """The household's part of the interest accrued and not due, were it settled on ``on``."""
        twin = Course(
            self.terms,
            dict(self.open),
            [],
            list(self.unsettled),
            self.interest_settled_to,
            self.penalty_settled_to,
            self.plan_event_on,
            self.drawn_on,
        )
        if self.terms.by_plan:
            twin.settle_broken(on)
        else:
            twin.settle("interest", on)
        return sum(settled.household_fen for settled in twin.settlements)

    def _replan(self, on: date) -> None:
        stretch = self.open.get("regular")
        if stretch is None:
            self.plan = ()
            return
        self.new_plan = self.plan = replan(
            self.terms.plan_terms(stretch.principal_fen, self.drawn_on),
            on=on,
            principal_fen=stretch.principal_fen,
        )
        self.plan_event_on = self.plan[0].due - ONE_DAY


__all__ = ["Closed", "Course", "DueLeft", "Settled", "Share", "Stretch", "Terms"]
