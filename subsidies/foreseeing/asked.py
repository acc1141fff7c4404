"""What a forecast is asked to suppose. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kernel.money import SHARE_MAX_BP
from subsidies.refusals import ForecastBadShare, ForecastTooLong, LendingIncomplete

#: quarters that a forecast may look ahead: the longest loan, extended by half, and new ones
QUARTERS_MAX: Final = 40
#: months for which new lending may be supposed
MONTHS_MAX: Final = 60
PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ShareFrom:
    """Whatever the treasury bears, it bears this share of the interest of days from a day on."""

    from_on: date
    share_bp: int


@dataclass(frozen=True, slots=True)
class NewLending:
    """New loans of one size, paid out on the first day of each month to come."""

    monthly_fen: int
    loan_fen: int
    term_months: int
    months: int
    #: document whose terms they have; empty: the rule in force at the place on the open day
    policy: str = ""
    #: None: the highest rate that the policy and the published rates allow
    annual_rate_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything supposed; nothing at all: the loans that are out, under their own terms."""

    quarters: int = 12
    share: ShareFrom | None = None
    lending: NewLending | None = None
    #: part of what is out that is repaid early each month, parts per million
    early_ppm: int = 0
    lender_ids: tuple[int, ...] = field(default=())


def require_sound(asked: Asked, *, on: date) -> None:
    """Refuse what cannot be supposed."""
    if not 1 <= asked.quarters <= QUARTERS_MAX:
        raise ForecastTooLong(field="quarters", limit=QUARTERS_MAX)
    if not 0 <= asked.early_ppm <= PPM:
        raise ForecastBadShare(field="early")
    share = asked.share
    if share is not None and (not 0 <= share.share_bp <= SHARE_MAX_BP or share.from_on <= on):
        raise ForecastBadShare(field="share")
    lending = asked.lending
    if lending is not None and not (
        0 < lending.loan_fen <= lending.monthly_fen
        and lending.term_months >= 1
        and 1 <= lending.months <= MONTHS_MAX
    ):
        raise LendingIncomplete(field="lending", months=MONTHS_MAX)
