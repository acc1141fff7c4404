"""The parts that a loan's course is made of: terms, shares, segments, settlements, dues. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from loans.due_dates import Rhythm, spans_counted
from loans.interest import surcharged_rate_ppm
from loans.models import FAR
from loans.schedule import Method, PlanTerms, Pricing

ONE_DAY = timedelta(days=1)

#: kind of settlement -> the balances it is earned on
EARNED_ON: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"interest": ("regular",), "penalty": ("misused", "overdue"), "compound": ("arrears",)}
)


@dataclass(frozen=True, slots=True)
class Share:
    """The treasury's share of the interest from ``from_on`` to ``to_on``."""

    from_on: date
    to_on: date
    share_bp: int
    cap_fen: int
    #: to a later maturity, where the loan is given one
    runs_on: bool = False
    #: the yearly rate that is shared, below the contract's; None: the contract's
    rate_ppm: int | None = None


#: share in basis points, principal it is counted on, rate that is shared where it is not the loan's
Shared = tuple[int, int, int | None]
UNSHARED: Final[Shared] = (0, 0, None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the course needs of a contract, as it stands after its changes."""

    signed_on: date
    matures_on: date
    pricing: Pricing
    method: Method
    every_months: int
    #: 0: interest follows a plan, or the end
    settle_on_day: int
    day_base: int
    overdue_surcharge_bp: int
    misuse_surcharge_bp: int
    #: unpaid interest bears interest
    compounds: bool
    allocation_order: tuple[str, ...]
    #: overdue for more than so many days, a payment goes to principal first
    principal_first_after_days: int | None
    shares: tuple[Share, ...]
    #: draw, repay and draw again
    revolving: bool = False
    #: found misused
    misused: bool = False
    #: given a later maturity than was signed
    extended: bool = False
    #: the treasury bears no share any more
    unsubsidised: bool = False
    #: the treasury's part is owed by whoever repays as well, and refunded (先付后补、企业垫付)
    refunded: bool = False

    @property
    def by_plan(self) -> bool:
        """Whether interest is booked row by row of a plan."""
        return self.method != "bullet" and self.settle_on_day == 0

    @property
    def misuse_rate_ppm(self) -> int:
        """Rate of misused principal."""
        return surcharged_rate_ppm(self.pricing.annual_rate_ppm, self.misuse_surcharge_bp)

    @property
    def penalty_rate_ppm(self) -> int:
        """Rate of overdue principal and of unpaid interest: misuse or lateness, the heavier."""
        late_bp = self.overdue_surcharge_bp
        worst_bp = max(late_bp, self.misuse_surcharge_bp) if self.misused else late_bp
        return surcharged_rate_ppm(self.pricing.annual_rate_ppm, worst_bp)

    def rate_of(self, state: str) -> int:
        """The rate of a balance, by its state."""
        if state == "regular":
            return self.pricing.annual_rate_ppm
        return self.misuse_rate_ppm if state == "misused" else self.penalty_rate_ppm

    def order_on(self, day: date, oldest: date | None) -> tuple[str, ...]:
        """What a payment on a day goes to first, the oldest unpaid due being payable on ``oldest``.

        Source: after 90 days overdue a bank may take principal first, to save what can be saved.
        """
        limit = self.principal_first_after_days
        if limit is None or oldest is None or (day - oldest).days <= limit:
            return self.allocation_order
        rest = (bucket for bucket in self.allocation_order if bucket != "principal")
        return ("principal", *rest)

    def share_on(self, day: date) -> Shared:
        """What the treasury shares of the interest of a day."""
        if self.misused or self.unsubsidised:
            return UNSHARED
        for share in self.shares:
            if share.from_on <= day < self._end_of(share):
                return share.share_bp, share.cap_fen, share.rate_ppm
        return UNSHARED

    def shared_in(self, state: str, day: date) -> Shared:
        """The same of a balance, by its state; only of what is regular is anything shared."""
        return self.share_on(day) if state == "regular" else UNSHARED

    def _end_of(self, share: Share) -> date:
        """A share that lasts to the maturity holds while that waits for a working day.

        What is regular after the maturity waits: whoever is not late pays no interest for it alone.
        """
        lasts = share.to_on >= self.matures_on or (self.extended and share.runs_on)
        return FAR if lasts else share.to_on

    def share_event_after(self, day: date) -> date:
        """The next close, that of ``day`` included, on the eve of a change of share."""
        turns = {turn for share in self.shares for turn in (share.from_on, self._end_of(share))}
        return min((turn - ONE_DAY for turn in turns if day < turn < FAR), default=FAR)

    def settle_event_after(self, day: date) -> date:
        """The next close, that of ``day`` included, at which interest is settled."""
        if not self.settle_on_day or not self.every_months:
            return FAR
        rhythm = Rhythm(self.every_months, "month")
        return spans_counted(day, 1, rhythm, settle_on=self.settle_on_day)[0].end - ONE_DAY

    def plan_terms(self, principal_fen: int, start: date) -> PlanTerms:
        """What the calculator makes the plan of; a misused loan bears no interest by plan."""
        return PlanTerms(
            principal_fen,
            replace(self.pricing, annual_rate_ppm=0) if self.misused else self.pricing,
            self.method,
            start,
            Rhythm(self.every_months or 12, "month"),
            end=self.matures_on,
            settle_on=self.settle_on_day or None,
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """An open segment: a balance, its rate and the treasury's share since a day."""

    from_on: date
    principal_fen: int
    rate_ppm: int
    share_bp: int = 0
    cap_fen: int = 0
    #: the rate that is shared; None: the rate itself
    share_rate_ppm: int | None = None

    @property
    def shared(self) -> Shared:
        """What the treasury shares of it."""
        return self.share_bp, self.cap_fen, self.share_rate_ppm


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed segment."""

    state: str
    from_on: date
    to_on: date
    principal_fen: int
    rate_ppm: int
    share_bp: int
    cap_fen: int
    #: the rate that is shared; None: the rate itself
    share_rate_ppm: int | None = None

    @property
    def product(self) -> int:
        """Balance × days × rate."""
        return self.principal_fen * (self.to_on - self.from_on).days * self.rate_ppm

    @property
    def treasury_product(self) -> int:
        """The same of what the treasury's share is counted on: part of the balance, at its rate."""
        part_fen = min(self.principal_fen, self.cap_fen)
        rate_ppm = self.rate_ppm if self.share_rate_ppm is None else self.share_rate_ppm
        return part_fen * (self.to_on - self.from_on).days * rate_ppm


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement: interest, penalty or compound interest of a stretch of days."""

    kind: str
    from_on: date
    to_on: date
    product: int
    plan_nr: int
    amount_fen: int
    treasury_fen: int

    @property
    def household_fen(self) -> int:
        """What is left for the household."""
        return self.amount_fen - self.treasury_fen


@dataclass(slots=True)
class DueLeft:
    """A due and what is left of it. ``id`` is None until it is written down."""

    kind: str
    bearer: str
    due_on: date
    payable_on: date
    amount_fen: int
    left_fen: int
    id: int | None = None
    #: place of its settlement among the course's notes
    settlement: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one due took. ``by`` says of which payment; None where there is only one."""

    by: object
    due: DueLeft
    fen: int
