"""What a close does on a day: the rooms' own steps, given the rules and the holidays of the day.

In the order of the trade, settlement to grades, ``loans`` closes loan by loan; after the last of
them comes what the treasury owes of the day's settlements, then the snapshot. On a day on which the
grading rule changes, every overdue loan is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

import ledger
import loans
import subsidies
from config.wiring import House
from indicators.operations import take_snapshot
from jobs.close import CHUNK, ONE_DAY, Closed, Closer, Program, Step
from jobs.lease import worker_name
from kernel.actor import Actor, system_actor
from kernel.calendar import HolidayTable
from kernel.regions import scope_digits
from policy import ConductRules, NoPolicyInForce


def closer(
    house: House, *, by: Actor | None = None, owner: str | None = None, chunk: int = CHUNK
) -> Closer:
    """Closes days of a house; the system does it unless somebody is named."""
    with house.books.read() as session:
        region = ledger.books(session).region_code
    actor = by or system_actor(scope_digits(region))
    return Closer(house.books, actor, program_of(house, region), owner or worker_name(), chunk)


def close_day(house: House, day: date, *, by: Actor | None = None) -> Closed:
    """Close one day."""
    return closer(house, by=by).close_day(day)


def close_to(
    house: House,
    to: date,
    *,
    by: Actor | None = None,
    progress: Callable[[date], None] | None = None,
) -> list[Closed]:
    """Close every day up to and including ``to``, each once and in order."""
    return closer(house, by=by).close_to(to, progress)


def program_of(house: House, region: str) -> Callable[[date], Program]:
    """The steps of a day at a place."""
    digest = house.rulebook.digest()

    @lru_cache(maxsize=2)
    def conduct(day: date) -> ConductRules | None:
        try:
            return house.rulebook.conduct(on=day, region=region)
        except NoPolicyInForce:
            return None

    def program(day: date) -> Program:
        return Program(tuple(_steps(house, conduct(day), conduct(day - ONE_DAY))), digest)

    return program


def _steps(
    house: House, rules: ConductRules | None, rules_before: ConductRules | None
) -> list[Step]:
    """Where no policy is in force nobody can have borrowed."""
    if rules is None:
        return [SNAPSHOT]
    steps = [close_loans(rules, house.calendar), ENTITLEMENT, SNAPSHOT]
    if rules_before is not None and rules.grading.value != rules_before.grading.value:
        return [REVIEW, *steps]
    return steps


def close_loans(rules: ConductRules, calendar: HolidayTable) -> Step:
    """Settlement, maturity, households' credit, overdue, grades: for each loan whose day it is."""

    def work(session: Session, day: date, limit: int) -> int:
        return loans.close_chunk(session, day=day, conduct=rules, calendar=calendar, limit=limit)

    return Step("loans", work)


def _review(session: Session, day: date, _limit: int) -> int:
    loans.review_all_overdue(session, day=day)
    return 0


def _entitle(session: Session, day: date, _limit: int) -> int:
    # One statement for all of them: what was settled today and the treasury bears a part of.
    subsidies.entitle(session, day)
    return 0


def _snapshot(session: Session, day: date, _limit: int) -> int:
    # Set-based and whole: it leaves nothing to go on with, however many rows it wrote.
    take_snapshot(session, day)
    return 0


#: every overdue loan is looked at, because the grading rule changes
REVIEW = Step("review", _review, whole=True)
#: what the treasury owes of the day's settlements
ENTITLEMENT = Step("entitlement", _entitle, whole=True)
#: the day's figures, from the last ones and what moved
SNAPSHOT = Step("snapshot", _snapshot, whole=True)
