"""What a household shares with its family line, as the loans know it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A household, and what it shares its caps by."""

    household_id: int
    #: the lowest of those that share its caps; itself where it is alone
    cap_id: int
    #: how many others share them
    others: int = 0
