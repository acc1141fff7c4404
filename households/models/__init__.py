"""The tables of the room, one file a subject.

``register`` holds the households and people as they stand and what each household was found to be;
``identifying`` how it was found; ``families`` how families change and what they need; ``helping``
who helps, with what.
"""

from __future__ import annotations

from households.models import families, helping, identifying
from households.models.register import (
    STATUS_TITLES,
    Household,
    HouseholdFacts,
    HouseholdStatus,
    Person,
    PersonFacts,
    RegisterChange,
    Status,
    VillageAnswer,
)

__all__ = [
    "STATUS_TITLES",
    "Household",
    "HouseholdFacts",
    "HouseholdStatus",
    "Person",
    "PersonFacts",
    "RegisterChange",
    "Status",
    "VillageAnswer",
    "families",
    "helping",
    "identifying",
]
