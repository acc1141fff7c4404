"""Counter-securities (反抵押): what an enterprise pledges to the fund, and its release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises.models import (
    Agreement,
    AgreementHousehold,
    CounterSecurity,
    CounterSecurityRelease,
    LinkedLoan,
)
from enterprises.recognising import LINKABLE
from enterprises.refusals import (
    CounterSecurityIncomplete,
    CounterSecurityInUse,
    CounterSecurityReleased,
    EnterpriseDocumentMissing,
    EnterpriseReasonMissing,
    OrganisationCannotLink,
)
from kernel.actor import Actor
from kernel.database import Base
from kernel.refusals import NotFound
from office import approvals, rights
from organisations.models import Organisation
from policy import ConductRules

COMMAND = "enterprises.pledge"
#: what a list of an agreement is proposed as
LISTS: Final = "agreement_lists"
#: kind -> its name on papers
KINDS: Final = {
    "land": "土地经营权",
    "building": "房屋厂房",
    "machinery": "机器设备",
    "inventory": "存货",
    "livestock": "活体畜禽",
    "forest": "林权",
    "deposit": "保证金",
    "guarantee": "保证",
    "other": "其他",
}
_VALUE_MAX_FEN: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What is pledged."""

    organisation_id: int
    fund_account_id: int
    kind: str
    description: str
    value_fen: int
    document_no: str
    from_on: date


def pledge(session: Session, *, pledged: Pledge, on: date, by: Actor) -> int:
    """Enter a counter-security; its number."""
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    one = organisations.open_on(session, pledged.organisation_id, on)
    if one.kind not in LINKABLE:
        raise OrganisationCannotLink(field="organisation_id", name=one.name)
    if not pledged.document_no.strip():
        raise EnterpriseDocumentMissing(field="document_no")
    worth = 1 <= pledged.value_fen <= _VALUE_MAX_FEN
    if pledged.kind not in KINDS or not pledged.description.strip() or not worth:
        raise CounterSecurityIncomplete(field="value")
    _require_fund_account(session, pledged.fund_account_id)
    row = CounterSecurity(
        organisation_id=one.id,
        fund_account_id=pledged.fund_account_id,
        kind=pledged.kind,
        description=pledged.description.strip(),
        value_fen=pledged.value_fen,
        document_no=pledged.document_no.strip(),
        from_on=pledged.from_on,
        booked_on=on,
    )
    session.add(row)
    session.flush()
    return row.id


def release(
    session: Session,
    *,
    security_id: int,
    document_no: str,
    reason: str,
    conduct: ConductRules,
    on: date,
    by: Actor,
) -> None:
    """Give a counter-security back from today on."""
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    row = session.get(CounterSecurity, security_id)
    if row is None:
        raise NotFound(field="security_id", what="反抵押")
    before = session.get(CounterSecurityRelease, security_id)
    if before is not None:
        raise CounterSecurityReleased(field="security_id", released_on=before.released_on)
    if not reason.strip():
        raise EnterpriseReasonMissing(field="reason")
    rule = conduct.enterprise_counter_security
    # Two releases of the same enterprise wait for each other here.
    session.scalars(
        select(Organisation.id).where(Organisation.id == row.organisation_id).with_for_update()
    ).one()
    last = len(pledged_on(session, row.organisation_id, on)) == 1
    if rule.value and last and _uses_loans(session, row.organisation_id):
        name = organisations.get(session, row.organisation_id).name
        raise CounterSecurityInUse(field="security_id", clause=rule.cite, name=name)
    session.add(
        CounterSecurityRelease(
            security_id=security_id,
            released_on=on,
            document_no=document_no.strip(),
            reason=reason.strip(),
        )
    )
    session.flush()


def pledged_on(session: Session, organisation_id: int, on: date) -> list[CounterSecurity]:
    """What an enterprise has pledged on a day."""
    released = CounterSecurityRelease.released_on
    return list(
        session.scalars(
            select(CounterSecurity)
            .outerjoin(
                CounterSecurityRelease, CounterSecurityRelease.security_id == CounterSecurity.id
            )
            .where(
                CounterSecurity.organisation_id == organisation_id,
                CounterSecurity.from_on <= on,
                or_(released.is_(None), released > on),
            )
            .order_by(CounterSecurity.id)
        )
    )


def _require_fund_account(session: Session, account_id: int) -> None:
    """The fund is a sibling: its account is known by table and number alone."""
    accounts = Base.metadata.tables["fund_accounts"]
    found = session.scalar(
        select(func.count()).select_from(accounts).where(accounts.c.id == account_id)
    )
    if not found:
        raise NotFound(field="fund_account_id", what="风险补偿金专户")


def _uses_loans(session: Session, organisation_id: int) -> bool:
    """Whether loans are stakes in it, or would be by a list that waits."""
    linked = exists().where(
        LinkedLoan.agreement_id == Agreement.id, Agreement.organisation_id == organisation_id
    )
    waiting = exists().where(
        AgreementHousehold.loan_id.is_not(None),
        AgreementHousehold.agreement_id == Agreement.id,
        Agreement.organisation_id == organisation_id,
        approvals.about(LISTS, AgreementHousehold.list_id),
        approvals.undecided(),
    )
    return bool(session.scalar(select(or_(linked, waiting))))
