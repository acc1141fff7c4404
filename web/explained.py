"""A loan that the visitor asks about, and the rules its grades went by."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

import ledger
from loans import explaining
from loans.explaining import Case, RulesOf
from policy import ConductRules
from web.context import actor, house


def case_of(session: Session, number: str) -> Case:
    """A loan by its number, if the visitor may look at it."""
    return explaining.open_case(session, number=number, by=actor(), calendar=house().calendar)


def rules_of(session: Session) -> RulesOf:
    """The conduct rules of a day where these books are kept: those that the close goes by."""
    region = ledger.books(session).region_code

    def rules(day: date) -> ConductRules:
        return house().rulebook.conduct(on=day, region=region)

    return rules
