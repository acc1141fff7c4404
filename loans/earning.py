"""What a loan owes and earns: balances in stretches of days, settlements, dues. Pure.

Up to four balances: ``regular`` principal, at the contract's rate, whose interest the treasury may
share; ``misused`` principal; ``overdue`` principal, which was unpaid at the close of its due date;
and ``arrears``, the household's interest that was. Interest is earned on the first, penalty on the
second and third, compound interest on the fourth. ``loans.course`` says when.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kernel.money import SHARE_MAX_BP, round_half_up
from loans.interest import interest_fen, share_fen
from loans.parts import EARNED_ON, Closed, DueLeft, Settled, Stretch, Taken, Terms
from loans.schedule import PlanRow


@dataclass
class Balances:
    """Balances, what they have earned and what is due, and the notes of what happened to them."""

    terms: Terms
    open: dict[str, Stretch]
    #: what whoever repays owes by now; the treasury's dues are raised alone, and claimed elsewhere
    dues: list[DueLeft]
    #: closed segments that are not settled yet
    unsettled: list[Closed]
    #: kind of settlement -> settled up to this day
    settled_to: dict[str, date]
    plan_event_on: date
    #: value date of the first draw
    drawn_on: date
    #: due dates of the plan are counted from this day
    plan_from_on: date
    plan: tuple[PlanRow, ...] = ()
    #: what payments could not use
    credit_fen: int = 0
    closed: list[Closed] = field(default_factory=list)
    settlements: list[Settled] = field(default_factory=list)
    #: every due raised here, paid or not
    raised: list[DueLeft] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    #: every plan made here, in order; the last one is in force
    new_plans: list[tuple[PlanRow, ...]] = field(default_factory=list)
    #: what is noted as taken is taken by this
    taker: object = None

    @property
    def principal_fen(self) -> int:
        """Everything outstanding; unpaid interest is no principal."""
        return sum(s.principal_fen for state, s in self.open.items() if state != "arrears")

    @property
    def undue_state(self) -> str:
        """Where principal stands that is not past due."""
        return "misused" if self.terms.misused else "regular"

    @property
    def undue_fen(self) -> int:
        """Principal that is not past due."""
        stretch = self.open.get(self.undue_state)
        return stretch.principal_fen if stretch else 0

    def not_due_fen(self, on: date) -> int:
        """Principal before its time: not what is due today, nor what waits for a working day."""
        waiting = (d for d in self.dues if d.kind == "principal" and d.payable_on >= on)
        return self.undue_fen - sum(due.left_fen for due in waiting)

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
            *stretch.shared,
        )
        self.closed.append(closed)
        self.unsettled.append(closed)
        shared = self.terms.shared_in(state, on)
        self.open[state] = Stretch(on, stretch.principal_fen, stretch.rate_ppm, *shared)

    def change(self, state: str, delta_fen: int, on: date) -> None:
        """Change a balance from ``on``; the segment before it is closed."""
        self.close(state, on)
        stretch = self.open.get(state)
        principal_fen = (stretch.principal_fen if stretch else 0) + delta_fen
        if principal_fen == 0:
            self.open.pop(state, None)
            return
        if stretch is None:
            self._begin(state, on)
        rate_ppm, shared = self.terms.rate_of(state), self.terms.shared_in(state, on)
        self.open[state] = Stretch(on, principal_fen, rate_ppm, *shared)

    def _begin(self, state: str, on: date) -> None:
        """A balance begins: there is nothing of its kind to settle before this day."""
        for kind, states in EARNED_ON.items():
            if state in states and not any(
                other in self.open or any(closed.state == other for closed in self.unsettled)
                for other in states
            ):
                self.settled_to[kind] = on

    # --- settlement -----------------------------------------------------------------------------

    def settle(self, kind: str, to: date) -> None:
        """Settle interest, penalty or compound interest by product sums, due on ``to``."""
        since = self.settled_to[kind]
        if to <= since:
            return
        slices = self._take_slices(kind, to)
        product = sum(closed.product for closed in slices)
        if product == 0:
            return
        base = self.terms.day_base
        pairs = [(closed.treasury_product, closed.share_bp) for closed in slices]
        total_fen = interest_fen(product, base)
        treasury_fen = min(total_fen, share_fen(pairs, base))
        self._note(Settled(kind, since, to, product, 0, total_fen, treasury_fen))

    def _take_slices(self, kind: str, to: date) -> list[Closed]:
        """The closed segments that a settlement of this kind up to ``to`` is made of."""
        states = EARNED_ON[kind]
        for state in states:
            self.close(state, to)
        slices = [closed for closed in self.unsettled if closed.state in states]
        self.unsettled = [closed for closed in self.unsettled if closed.state not in states]
        self.settled_to[kind] = to
        return slices

    def settle_broken(self, to: date) -> None:
        """Settle the broken part of a plan row before an early payment, by actual days."""
        since = self.settled_to["interest"]
        if "regular" not in self.open or to <= since:
            return
        # Principal that waits for a working day bears no interest of the plan's any more.
        principal_fen = self.not_due_fen(to)
        self._settle_fixed(to, self.terms.pricing.early_interest_fen(principal_fen, since, to), 0)

    def _settle_fixed(self, to: date, amount_fen: int, plan_nr: int) -> None:
        since = self.settled_to["interest"]
        slices = self._take_slices("interest", to)
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
        treasury_fen = 0 if self.terms.refunded else settled.treasury_fen
        for bearer, fen in (
            ("household", settled.amount_fen - treasury_fen),
            ("treasury", treasury_fen),
        ):
            if fen:
                self._raise(settled.kind, bearer, settled.to_on, fen, place)

    def _raise(
        self, kind: str, bearer: str, on: date, fen: int, settlement: int | None = None
    ) -> DueLeft:
        due = DueLeft(kind, bearer, on, on, fen, fen, settlement=settlement)
        if bearer == "household":
            self.dues.append(due)
        self.raised.append(due)
        return due
