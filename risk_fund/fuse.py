"""The fuse (熔断): when bad loans of a bank, a township or a village stop new lending there.

The bad ratio is the outstanding principal of loans graded 3 to 5 over all outstanding principal,
at a close. Where it *reaches* the dated threshold the fuse blows: 3.00 % at a threshold of 3 %
does, 2.99 % does not. It is compared by whole numbers, without a division.

A blown fuse stays blown when the ratio goes down again: to lend on is what two people decide, with
a reason, and not what a repayment does on its own. Their lift holds up to and including its day,
whatever the ratio; at the first close after it the fuse is live again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kernel.money import round_half_up

#: a scope as the loans' limits name it: (institution, id) or (region, digits)
Scope = tuple[str, str]

PLACES: Final = ("bank", "township", "village")
#: digits of a region by place
DIGITS: Final = {"township": 9, "village": 12}
PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """The last event of a scope."""

    event: Literal["blown", "lifted"]
    until_on: date | None = None


def reached(*, bad_fen: int, outstanding_fen: int, threshold_ppm: int) -> bool:
    """Whether the bad ratio is at the threshold or above; where nothing is bad, never."""
    return bad_fen > 0 and bad_fen * PPM >= threshold_ppm * outstanding_fen


def blows(
    standing: Standing | None, *, bad_fen: int, outstanding_fen: int, threshold_ppm: int, on: date
) -> bool:
    """Whether the close of ``on`` stops lending in a scope that stands so."""
    if standing is not None:
        if standing.event == "blown":
            return False
        if standing.until_on is not None and on <= standing.until_on:
            return False
    return reached(bad_fen=bad_fen, outstanding_fen=outstanding_fen, threshold_ppm=threshold_ppm)


def ratio_ppm(bad_fen: int, outstanding_fen: int) -> int:
    """The ratio to be shown, half up; what decides is ``reached``."""
    return round_half_up(bad_fen * PPM, outstanding_fen) if outstanding_fen else 0


def longest_lift(on: date, lift_days: int) -> date:
    """The last day up to which a lift asked on ``on`` may hold."""
    return on + timedelta(days=lift_days)


def scope_of(place: str, key: str) -> Scope:
    """The loans' name of a place: its key is an organisation's id, or a region's digits."""
    return ("institution", key) if place == "bank" else ("region", key)


def place_of(scope: Scope) -> str:
    """bank, township or village."""
    kind, code = scope
    if kind == "institution":
        return "bank"
    return "township" if len(code) == DIGITS["township"] else "village"
