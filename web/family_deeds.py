"""What pages and API do with families: one unit of work, a plain answer each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

import ledger
from households import families
from households.families import EventKind, Newcomer, Successor, Told
from households.families.own_limits import ASK
from households.families.recording import COMMAND
from kernel.actor import Actor
from kernel.vault import Keyring
from web.deeds import Deed, deed

FAMILY: Final = COMMAND
ASK_LIMIT: Final = ASK


def arrive(
    by: Actor,
    keyring: Keyring,
    *,
    kind: EventKind,
    household_id: int,
    newcomers: Sequence[Newcomer],
    told: Told,
) -> Deed:
    """Somebody is born, marries in or moves in."""
    verb = partial(
        families.arrive,
        kind=kind,
        household_id=household_id,
        newcomers=newcomers,
        told=told,
        keyring=keyring,
    )
    return deed("event_id", by, verb)


def depart(
    by: Actor,
    *,
    kind: EventKind,
    household_id: int,
    person_ids: Sequence[int],
    told: Told,
    successor: Successor | None,
) -> Deed:
    """Somebody dies, marries out or moves away."""
    verb = partial(
        families.depart,
        kind=kind,
        household_id=household_id,
        person_ids=person_ids,
        told=told,
        successor=successor,
    )
    return deed("event_id", by, verb)


def new_head(by: Actor, *, household_id: int, successor: Successor, told: Told) -> Deed:
    """Somebody else heads the household."""
    verb = partial(families.new_head, household_id=household_id, successor=successor, told=told)
    return deed("event_id", by, verb)


def split(
    by: Actor,
    *,
    household_id: int,
    number: str,
    members: Mapping[int, str],
    told: Told,
    successor: Successor | None,
) -> Deed:
    """Some of a household become one of their own."""
    verb = partial(
        families.split,
        household_id=household_id,
        number=number,
        members=members,
        told=told,
        successor=successor,
    )
    return deed("household_id", by, verb)


def merge(
    by: Actor, *, household_id: int, into_id: int, relations: Mapping[int, str], told: Told
) -> Deed:
    """All of a household go into another."""
    verb = partial(
        families.merge,
        household_id=household_id,
        into_id=into_id,
        relations=relations,
        told=told,
    )
    return deed("event_id", by, verb)


def correct_identity(
    by: Actor, keyring: Keyring, *, person_id: int, number: str, told: Told
) -> Deed:
    """Give a person the right identity number."""
    verb = partial(
        families.correct_identity,
        person_id=person_id,
        number=number,
        told=told,
        keyring=keyring,
    )
    return deed("event_id", by, verb)


def ask_own_limit(by: Actor, *, household_id: int, reason: str, document: str) -> Deed:
    """Ask that a household which split off has limits of its own."""

    def work(session: Session) -> dict[str, Any]:
        asked = families.propose_own_limit(
            session,
            household_id=household_id,
            reason=reason,
            document=document,
            on=ledger.open_day(session),
            by=by,
        )
        return {"own_limit_id": asked.own_limit_id, "proposal_id": asked.proposal_id}

    return work
