"""The reads of the register of legal persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.refusals import NotFound
from kernel.regions import in_scope
from organisations.models import Kind, Organisation
from organisations.refusals import OrganisationClosed, OrganisationNotLender


def get(session: Session, organisation_id: int) -> Organisation:
    """An organisation by id."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(field="organisation_id", what="机构")
    return organisation


def by_credit_code(session: Session, credit_code: str) -> Organisation:
    """An organisation by its unified social credit code."""
    found = session.scalar(select(Organisation).where(Organisation.credit_code == credit_code))
    if found is None:
        raise NotFound(field="credit_code", what="机构")
    return found


def open_on(session: Session, organisation_id: int, on: date) -> Organisation:
    """The organisation, if it is open on the day."""
    organisation = get(session, organisation_id)
    closed = organisation.closed_on is not None and organisation.closed_on <= on
    if closed or on < organisation.opened_on:
        raise OrganisationClosed(field="organisation_id", name=organisation.name, on=on)
    return organisation


def lender_on(session: Session, organisation_id: int, on: date) -> Organisation:
    """The lender, if it is one and open on the day."""
    organisation = open_on(session, organisation_id, on)
    if organisation.kind != Kind.LENDER:
        raise OrganisationNotLender(field="lender_id", name=organisation.name)
    return organisation


def subtree_ids(session: Session, organisation_id: int) -> frozenset[int]:
    """The organisation and everything below it, whatever the depth."""
    top = select(Organisation.id).where(Organisation.id == organisation_id).cte(recursive=True)
    below = select(Organisation.id).join(top, Organisation.parent_id == top.c.id)
    return frozenset(session.scalars(select(top.union(below).c.id)))


def listed(
    session: Session, *, region_digits: str, kind: str | None = None, on: date | None = None
) -> Sequence[Organisation]:
    """Organisations at home in a scope, by name; of one kind, open on a day, where asked."""
    query = select(Organisation).where(in_scope(Organisation.region_code, region_digits))
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    if on is not None:
        query = query.where(
            Organisation.opened_on <= on,
            or_(Organisation.closed_on.is_(None), Organisation.closed_on > on),
        )
    return session.scalars(query.order_by(Organisation.name, Organisation.id)).all()
