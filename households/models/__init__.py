"""The tables of the room, one file a subject.

``register`` holds the households and people as they stand and what each household was found to be;
``identifying`` how it was found; ``deciding`` what the county decided and counted; ``families``
how families change and what they need; ``helping`` who helps, with what.
"""

from __future__ import annotations

from households.models import families, helping, identifying
from households.models.deciding import (
    DecidedList,
    DecidedListRow,
    RuralPopulation,
    SampleCheck,
    VillageStanding,
)
from households.models.identifying import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseSheetPaper,
    CaseStep,
    IdentificationCase,
    ReviewRound,
    SurveyAnswer,
)
from households.models.register import (
    MONITORED_KINDS,
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
    "MONITORED_KINDS",
    "STATUS_TITLES",
    "CaseNotice",
    "CaseObjection",
    "CaseObjectionAnswer",
    "CasePosition",
    "CaseSheet",
    "CaseSheetPaper",
    "CaseStep",
    "DecidedList",
    "DecidedListRow",
    "Household",
    "HouseholdFacts",
    "HouseholdStatus",
    "IdentificationCase",
    "Person",
    "PersonFacts",
    "RegisterChange",
    "ReviewRound",
    "RuralPopulation",
    "SampleCheck",
    "Status",
    "SurveyAnswer",
    "VillageAnswer",
    "VillageStanding",
    "families",
    "helping",
    "identifying",
]
