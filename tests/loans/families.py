"""Families of the town that split and merge, through the register's own verbs."""

from __future__ import annotations

from sqlalchemy import select

import ledger
from households import families
from households.families import Told
from households.models import Person
from kernel.actor import Actor
from tests.loans.town import OFFICE, VILLAGE, Town, person

REGISTRAR = person(15, "registrar")


def number_of(place: int) -> str:
    """Number of the household at a place."""
    return f"{VILLAGE}{place:04d}"


def people_of(town: Town, number: str) -> list[int]:
    """Who is in a household, the head first."""
    with town.books.read() as session:
        return list(
            session.scalars(
                select(Person.id)
                .where(Person.household_id == town.households[number], Person.left_on.is_(None))
                .order_by(Person.is_head.desc(), Person.id)
            )
        )


def split_off(town: Town, place: int, new: str, *, rated: bool = True, number: str = "") -> str:
    """The last member of a household has one of their own; rated best like all."""
    old = number or number_of(place)
    goer = people_of(town, old)[-1]
    with town.books.write("households.family", by=REGISTRAR) as session:
        on = ledger.open_day(session)
        town.households[new] = families.split(
            session,
            household_id=town.households[old],
            number=new,
            members={goer: "户主"},
            told=Told(on),
            on=on,
            by=REGISTRAR,
        )
    if rated:
        town.rate([new])
    return new


def merge(town: Town, ended: str, into: str) -> None:
    """All of a household go into another."""
    relations = dict.fromkeys(people_of(town, ended), "其他")
    with town.books.write("households.family", by=REGISTRAR) as session:
        on = ledger.open_day(session)
        families.merge(
            session,
            household_id=town.households[ended],
            into_id=town.households[into],
            relations=relations,
            told=Told(on),
            on=on,
            by=REGISTRAR,
        )


def own_limit(town: Town, number: str, by: Actor = OFFICE) -> None:
    """Two persons decide that a household has limits of its own."""
    with town.books.write("households.propose_own_limit", by=REGISTRAR) as session:
        asked = families.propose_own_limit(
            session,
            household_id=town.households[number],
            reason="婚后独立生产生活",
            document="村委会证明3号",
            on=ledger.open_day(session),
            by=REGISTRAR,
        )
    with town.books.write("households.approve_own_limit", by=by) as session:
        families.decide_own_limit(
            session,
            proposal_id=asked.proposal_id,
            approved=True,
            on=ledger.open_day(session),
            by=by,
        )
