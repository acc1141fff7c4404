"""A household leaves an agreement (退出): from a day on, with all its stakes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import ledger
from enterprises import linking
from enterprises.agreeing import get
from enterprises.models import (
    AgreementApproval,
    AgreementHousehold,
    AgreementLeaving,
    AgreementPosition,
    UnwindingApproval,
)
from enterprises.refusals import EnterpriseReasonMissing, HouseholdNotLinked, UnwindingTwice
from households.models import Household
from kernel.actor import Actor
from kernel.database import sum_of
from office import rights

COMMAND = "enterprises.leave"


def leave(
    session: Session,
    *,
    agreement_id: int,
    household_number: str,
    from_on: date,
    reason: str,
    on: date,
    by: Actor,
) -> None:
    """Note that a household is linked no longer from ``from_on`` on, today at the latest."""
    agreement = get(session, agreement_id)
    ledger.require_bookable(session, on)
    household = session.scalar(select(Household).where(Household.number == household_number))
    rights.allow(by, COMMAND, region=household.village_code if household else agreement.region_code)
    if not reason.strip():
        raise EnterpriseReasonMissing(field="reason")
    counted = None if household is None else _counted(session, agreement_id, household.id, from_on)
    if household is None or counted is None or from_on > min(on, agreement.to_on):
        raise HouseholdNotLinked(
            field="household",
            number=household_number[:40],
            agreement=agreement.number,
            on=from_on,
        )
    persons, stake_fen = counted
    session.execute(
        update(AgreementPosition)
        .where(AgreementPosition.agreement_id == agreement_id)
        .values(
            households=AgreementPosition.households - 1,
            persons=AgreementPosition.persons - persons,
            stake_fen=AgreementPosition.stake_fen - stake_fen,
        )
    )
    # The agreement's row is held by now, which whoever approves an unwinding holds too.
    if session.get(UnwindingApproval, agreement_id) is not None:
        # Its conditions hold for every loan behind a stake; nobody slips out from under them.
        raise UnwindingTwice(field="agreement_id", number=agreement.number)
    linking.require_undeclared(session, agreement, from_on)
    session.add(
        AgreementLeaving(
            agreement_id=agreement_id,
            household_id=household.id,
            from_on=from_on,
            booked_on=on,
            reason=reason.strip(),
        )
    )
    linking.free(session, agreement_id, household.id)
    session.flush()


def _counted(
    session: Session, agreement_id: int, household_id: int, from_on: date
) -> tuple[int, int] | None:
    """Persons and stake of a household that is linked and has not left; None where it is not."""
    member = AgreementHousehold
    left = session.get(AgreementLeaving, (agreement_id, household_id))
    query = (
        select(
            func.max(member.persons).label("persons"),
            sum_of(member.stake_fen).label("stake_fen"),
            func.min(member.from_on).label("since"),
        )
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .where(member.agreement_id == agreement_id, member.household_id == household_id)
    )
    row = session.execute(query).mappings().one()
    since: date | None = row["since"]
    is_linked = since is not None and left is None and since <= from_on
    return (row["persons"], row["stake_fen"]) if is_linked else None
