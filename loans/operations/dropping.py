"""Dropping an approved sheet whose contracts are not signed (撤销): it binds nobody any more.

A sheet that waits is rejected by its decider; one that was approved would hold a joint group, whose
next loan waits for it, for ever. Whoever may sign it may drop it, with the reason.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from households.family_lines import hold
from kernel.actor import Actor
from loans import mutual
from loans.models import Application, Loan, SheetDrop
from loans.operations.applying import applications_of, proposal_of, shares_of, sheet_of
from loans.refusals import AlreadySigned, SheetDropped, SheetNotApproved
from office import approvals, rights
from office.refusals import ReasonMissing


def drop_sheet(session: Session, *, sheet_id: int, reason: str, on: date, by: Actor) -> None:
    """Drop an approved sheet of which nothing was signed."""
    ledger.require_bookable(session, on)
    sheet = sheet_of(session, sheet_id)
    rights.allow(by, "loans.sign", region=sheet.region_code, institution_id=sheet.lender_id)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if approvals.decision_of(session, proposal_of(session, sheet_id)) != "approved":
        raise SheetNotApproved(field="sheet_id", sheet=sheet_id)
    _wait(session, sheet_id)
    require_kept(session, sheet_id)
    signed = select(Loan.id).join(Application, Application.id == Loan.application_id)
    if session.scalar(signed.where(Application.sheet_id == sheet_id).limit(1)) is not None:
        raise AlreadySigned(field="sheet_id", sheet=sheet_id)
    try:
        session.add(SheetDrop(sheet_id=sheet_id, dropped_on=on, reason=reason.strip()))
        session.flush()
    except IntegrityError as error:
        raise SheetDropped(field="sheet_id", sheet=sheet_id) from error


def require_kept(session: Session, sheet_id: int) -> None:
    """Refuse what is done with a sheet that was dropped."""
    found = session.scalar(select(SheetDrop.sheet_id).where(SheetDrop.sheet_id == sheet_id))
    if found is not None:
        raise SheetDropped(field="sheet_id", sheet=sheet_id)


def _wait(session: Session, sheet_id: int) -> None:
    """Let whoever signs it, or lends to its groups, end first."""
    applications = applications_of(session, sheet_id)
    shares = shares_of(session, applications)
    listed = {household_id for rows in shares.values() for household_id, _ in rows}
    own = {one.household_id for one in applications if one.household_id is not None}
    hold(session, own | listed)
    mutual.hold(session, mutual.groups_of(session, sheet_id))
