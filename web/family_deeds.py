"""What pages and API do with families: one unit of work, a plain answer each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

import ledger
from households import families
from households.families import EventKind, Newcomer, Successor, Told
from households.families.own_limits import ASK
from households.families.recording import COMMAND
from kernel.actor import Actor
from kernel.vault import Keyring
from web.deeds import Deed

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

    def work(session: Session) -> dict[str, Any]:
        event_id = families.arrive(
            session,
            kind=kind,
            household_id=household_id,
            newcomers=newcomers,
            told=told,
            keyring=keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {"event_id": event_id}

    return work


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

    def work(session: Session) -> dict[str, Any]:
        event_id = families.depart(
            session,
            kind=kind,
            household_id=household_id,
            person_ids=person_ids,
            told=told,
            on=ledger.open_day(session),
            by=by,
            successor=successor,
        )
        return {"event_id": event_id}

    return work


def new_head(by: Actor, *, household_id: int, successor: Successor, told: Told) -> Deed:
    """Somebody else heads the household."""

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        event_id = families.new_head(
            session, household_id=household_id, successor=successor, told=told, on=on, by=by
        )
        return {"event_id": event_id}

    return work


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

    def work(session: Session) -> dict[str, Any]:
        new_id = families.split(
            session,
            household_id=household_id,
            number=number,
            members=members,
            told=told,
            on=ledger.open_day(session),
            by=by,
            successor=successor,
        )
        return {"household_id": new_id}

    return work


def merge(
    by: Actor, *, household_id: int, into_id: int, relations: Mapping[int, str], told: Told
) -> Deed:
    """All of a household go into another."""

    def work(session: Session) -> dict[str, Any]:
        event_id = families.merge(
            session,
            household_id=household_id,
            into_id=into_id,
            relations=relations,
            told=told,
            on=ledger.open_day(session),
            by=by,
        )
        return {"event_id": event_id}

    return work


def correct_identity(
    by: Actor, keyring: Keyring, *, person_id: int, number: str, told: Told
) -> Deed:
    """Give a person the right identity number."""

    def work(session: Session) -> dict[str, Any]:
        event_id = families.correct_identity(
            session,
            person_id=person_id,
            number=number,
            told=told,
            keyring=keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {"event_id": event_id}

    return work


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
