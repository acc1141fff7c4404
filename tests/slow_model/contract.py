"""What a slow loan is made of: its contract, a debt, a day that is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


@dataclass
class Contract:
    """The terms; a change of a living loan changes its own copy of them."""

    amount: int
    matures: date
    rate: Fraction
    #: of principal past due
    penalty_rate: Fraction
    method: str
    every: int
    #: 0: by plan, or one payment at the end
    settle_on: int
    convention: str
    order: list[str]
    #: start, end, share as a fraction of one, cap in fen or None
    shares: list[tuple[date, date, Fraction, int | None]]
    #: of principal after a finding of misuse
    misuse_rate: Fraction = Fraction(0)
    #: whether interest past due bears interest
    compound: bool = False
    #: whether what was repaid can be drawn again
    revolving: bool = False
    #: more days than this past due, and principal is paid first; None: never
    principal_first_after: int | None = None
    subsidy_in_extension: bool = False
    #: rate at which the treasury shares, where it is lower than the contract's; None: that one
    shared_rate: Fraction | None = None
    #: the household pays the treasury's part as well, and gets it back
    refunded: bool = False

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
    #: went unpaid through a working day on which it was payable
    late: bool = False


@dataclass
class Day:
    """A day that is over: what its balances, at its end, bear in a year."""

    #: of the regular balance, and what the treasury bears of that
    interest: Fraction
    treasury: Fraction
    penalty: Fraction
    compound: Fraction


@dataclass
class Unsettled:
    """Days whose interest, penalty or compound interest is not settled."""

    interest: list[Day] = field(default_factory=list)
    penalty: list[Day] = field(default_factory=list)
    compound: list[Day] = field(default_factory=list)
