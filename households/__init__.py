"""Households: the register (建档立卡), its import, identification and status over the years.

One row per household and per person; see ``models``. Files come in through ``imports``; what is
registered on a day is asked of ``queries``. Rights: ``households.import``, ``households.change``.
"""

from __future__ import annotations

from households import imports
from households.models import STATUS_TITLES, Household, HouseholdStatus, Person, Status

__all__ = ["STATUS_TITLES", "Household", "HouseholdStatus", "Person", "Status", "imports"]
