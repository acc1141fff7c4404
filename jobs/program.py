"""What a close does on a day: the rooms' own steps, given the rules and the holidays of the day.

In the order of the trade, settlement to grades, ``loans`` closes loan by loan; after the last of
them comes what the treasury owes of the day's settlements, the dividends that fall due, and the
snapshot. On a day on which the grading rule changes, every overdue loan is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

import enterprises
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
from risk_fund import close_fuse, recover, refresh_limits


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

    @lru_cache(maxsize=3)
    def conduct(day: date) -> ConductRules | None:
        try:
            return house.rulebook.conduct(on=day, region=region)
        except NoPolicyInForce:
            return None

    def program(day: date) -> Program:
        rules = conduct(day)
        # Where no policy is in force nobody can have borrowed.
        steps = [snapshot(0)] if rules is None else [*_steps(house, rules)]
        if rules is not None and _grades_anew(rules, conduct(day - ONE_DAY)):
            steps.insert(0, REVIEW)
        if rules is not None and conduct(day + ONE_DAY) is not None:
            steps.insert(-1, limits(house))
        return Program(tuple(steps), digest)

    return program


def _steps(house: House, rules: ConductRules) -> Iterator[Step]:
    """In the order of the trade; what is shared and stopped comes after what is owed and graded."""
    yield close_loans(rules, house.calendar)
    yield ENTITLEMENT
    yield DIVIDENDS
    yield recoveries(house)
    yield stop_where_bad(rules)
    yield snapshot(rules.multiple_max.value)


def _grades_anew(rules: ConductRules, before: ConductRules | None) -> bool:
    """Whether the grading rule changes with the day."""
    return before is not None and rules.grading.value != before.grading.value


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


def _find_dividends(session: Session, day: date, _limit: int) -> int:
    # A question where no agreement's period ends or begins.
    enterprises.find_due(session, day)
    return 0


def recoveries(house: House) -> Step:
    """What borrowers repaid of loans that the fund has paid for is shared as the loss was."""

    def work(session: Session, day: date, _limit: int) -> int:
        recover(session, day=day, rulebook=house.rulebook, calendar=house.calendar)
        return 0

    return Step("recoveries", work, whole=True)


def stop_where_bad(rules: ConductRules) -> Step:
    """The fuse: new lending stops where the bad ratio is too high."""

    def work(session: Session, day: date, _limit: int) -> int:
        close_fuse(session, day, rules)
        return 0

    return Step("fuse", work, whole=True)


def limits(house: House) -> Step:
    """The lenders' limits follow from the rules of the day to come, however late they were read."""

    def work(session: Session, day: date, _limit: int) -> int:
        refresh_limits(session, rulebook=house.rulebook, on=day + ONE_DAY)
        return 0

    return Step("limits", work, whole=True)


def snapshot(multiple: int) -> Step:
    """The day's figures, from the last ones and what moved."""

    def work(session: Session, day: date, _limit: int) -> int:
        # Set-based and whole: it leaves nothing to go on with, however many rows it wrote.
        take_snapshot(session, day, multiple=multiple)
        return 0

    return Step("snapshot", work, whole=True)


#: every overdue loan is looked at, because the grading rule changes
REVIEW = Step("review", _review, whole=True)
#: the rounds of dividends that fall due
DIVIDENDS = Step("dividends", _find_dividends, whole=True)
#: what the treasury owes of the day's settlements
ENTITLEMENT = Step("entitlement", _entitle, whole=True)
#: the day's figures where no fund lends
SNAPSHOT = snapshot(0)
