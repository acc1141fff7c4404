"""The verbs of the register of legal persons: register one, change one, close one."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import seals
from kernel.actor import Actor
from kernel.identity import parse_credit_code
from kernel.regions import RegionTree
from office import rights
from organisations.models import Kind, Organisation, OrganisationChange
from organisations.queries import get, subtree_ids
from organisations.refusals import (
    CreditCodeTaken,
    OrganisationDaysInvalid,
    OrganisationKindUnknown,
    OrganisationNameInvalid,
    ParentClosed,
    ParentIsBelow,
)


def register(
    session: Session,
    *,
    credit_code: str,
    name: str,
    kind: str,
    region_code: str,
    regions: RegionTree,
    parent_id: int | None = None,
    opened_on: date | None = None,
    on: date,
    by: Actor,
) -> int:
    """Enter an organisation; its id."""
    rights.allow(by, "organisations.register", region=region_code)
    code = parse_credit_code(credit_code)
    taken = session.scalar(select(Organisation.name).where(Organisation.credit_code == code))
    if taken is not None:
        raise CreditCodeTaken(field="credit_code", name=taken)
    since = opened_on or on
    if since > on:
        raise OrganisationDaysInvalid(field="opened_on", opened_on=since, closed_on="—", on=on)
    if parent_id is not None:
        _check_parent(session, parent_id, on)
    organisation = Organisation(
        credit_code=code,
        name=_checked_name(name),
        kind=_checked_kind(kind),
        region_code=regions.get(region_code, field="region_code").code,
        parent_id=parent_id,
        opened_on=since,
        closed_on=None,
    )
    session.add(organisation)
    session.flush()
    _record(session, organisation.id, "new", {}, on)
    return organisation.id


def change(
    session: Session,
    *,
    organisation_id: int,
    on: date,
    by: Actor,
    name: str | None = None,
    kind: str | None = None,
    parent_id: int | None = None,
    closed_on: date | None = None,
) -> dict[str, list[object]]:
    """Change what is given; column -> [old, new]. What is not given stays."""
    organisation = get(session, organisation_id)
    rights.allow(by, "organisations.register", region=organisation.region_code)
    wanted: dict[str, object] = {}
    if name is not None:
        wanted["name"] = _checked_name(name)
    if kind is not None:
        wanted["kind"] = _checked_kind(kind)
    if parent_id is not None:
        _check_parent(session, parent_id, on)
        if parent_id in subtree_ids(session, organisation_id):
            raise ParentIsBelow(field="parent_id")
        wanted["parent_id"] = parent_id
    if closed_on is not None:
        if closed_on < organisation.opened_on or closed_on > on:
            raise OrganisationDaysInvalid(
                field="closed_on", opened_on=organisation.opened_on, closed_on=closed_on, on=on
            )
        wanted["closed_on"] = closed_on
    changed = {
        column: [getattr(organisation, column), value]
        for column, value in wanted.items()
        if getattr(organisation, column) != value
    }
    if changed:
        for column, (_old, new) in changed.items():
            setattr(organisation, column, new)
        session.flush()
        _record(session, organisation_id, "changed", changed, on)
    return changed


def _record(
    session: Session, organisation_id: int, what: str, fields: dict[str, list[object]], on: date
) -> None:
    seal = seals.seals(session, Organisation, [organisation_id])[organisation_id]
    session.add(
        OrganisationChange(
            organisation_id=organisation_id,
            what=what,
            booked_on=on,
            fields=json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str),
            seal=seal,
        )
    )
    session.flush()


def _check_parent(session: Session, parent_id: int, on: date) -> None:
    parent = get(session, parent_id)
    if parent.closed_on is not None and parent.closed_on <= on:
        raise ParentClosed(field="parent_id", name=parent.name, closed_on=parent.closed_on)


def _checked_kind(kind: str) -> str:
    if kind not in set(Kind):
        raise OrganisationKindUnknown(field="kind", kind=kind[:40])
    return kind


def _checked_name(name: str) -> str:
    bare = " ".join(name.split())
    if not 2 <= len(bare) <= 100:
        raise OrganisationNameInvalid(field="name")
    return bare
