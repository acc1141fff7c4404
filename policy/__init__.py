"""Dated policy documents: which rule is in force on a day, at a place, for a kind of household.

A room of pure functions: ``load`` reads the folders once, the ``Rulebook`` answers. Contract terms
go by the signing day and are frozen with ``freeze``; conduct rules go by the day of the event.
Every value names its document and clause, or is marked as a default.
"""

from __future__ import annotations

from policy.bands import RateBand
from policy.conduct import ConductRules
from policy.documents import NATION, Document
from policy.fund_terms import terms_of_fund
from policy.mutual import MutualRules
from policy.refusals import (
    HouseholdKindNotCovered,
    NoPolicyInForce,
    NoRateBand,
    NoRatePublished,
    PolicyContradicts,
    PolicyFileInvalid,
)
from policy.rulebook import RateCap, Rulebook, load
from policy.sharing import BANK, FUND, GUARANTEE, LEVEL_TITLES, PARTY_TITLES, PartyShare
from policy.sourced import Sourced
from policy.terms import (
    SCHEMAS,
    ContractTerms,
    Targets,
    freeze,
    schema,
    thaw,
    values_of,
)
from policy.values import HOUSEHOLD_KINDS, PURPOSES, Bearer, GradeThreshold

__all__ = [
    "BANK",
    "FUND",
    "GUARANTEE",
    "HOUSEHOLD_KINDS",
    "LEVEL_TITLES",
    "NATION",
    "PARTY_TITLES",
    "PURPOSES",
    "SCHEMAS",
    "Bearer",
    "ConductRules",
    "ContractTerms",
    "Document",
    "GradeThreshold",
    "HouseholdKindNotCovered",
    "MutualRules",
    "NoPolicyInForce",
    "NoRateBand",
    "NoRatePublished",
    "PartyShare",
    "PolicyContradicts",
    "PolicyFileInvalid",
    "RateBand",
    "RateCap",
    "Rulebook",
    "Sourced",
    "Targets",
    "freeze",
    "load",
    "schema",
    "terms_of_fund",
    "thaw",
    "values_of",
]
