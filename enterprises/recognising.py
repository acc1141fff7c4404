"""Recognising an organisation (认定扶贫经营组织): put forward by one person, granted by another.

The rules are those of the first day: it has worked so many full years, it is registered in the
county. A rule in principle may be passed with a reason, which the second person reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises.models import (
    Recognition,
    RecognitionGrant,
    RecognitionVillage,
    RecognitionWithdrawal,
)
from enterprises.refusals import (
    EnterpriseDocumentMissing,
    EnterpriseNotLocal,
    EnterpriseReasonMissing,
    OperatingTooShort,
    OrganisationCannotLink,
    RecognitionDaysWrong,
    RecognitionNotGranted,
    RecognitionOverlaps,
    RecognitionVillageWrong,
)
from kernel.actor import Actor
from kernel.dates import ONE_DAY, whole_months
from kernel.refusals import Refusal
from kernel.regions import scope_digits, within
from office import approvals, rights
from organisations.models import Kind, Organisation
from policy import ConductRules

SUBJECT = "recognitions"
ASK, DECIDE = "enterprises.recognise", "enterprises.approve_recognition"
#: kinds of organisations that may link up with households
LINKABLE = frozenset({Kind.ENTERPRISE, Kind.CO_OPERATIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A recognition as it is put forward."""

    organisation_id: int
    from_on: date
    #: day after the last
    to_on: date
    document_no: str
    operating_since: date
    industry: str
    #: empty: as a whole
    project: str = ""
    #: 12 digits each; none: the whole county
    villages: tuple[str, ...] = ()
    #: why a rule in principle may be passed; empty where none is
    exception_reason: str = ""


def propose_recognition(
    session: Session, *, wish: Wish, conduct: ConductRules, on: date, by: Actor
) -> int:
    """Put a recognition before a second person; the proposal's id."""
    region = ledger.books(session).region_code
    rights.allow(by, ASK, region=region)
    ledger.require_bookable(session, on)
    one = organisations.open_on(session, wish.organisation_id, on)
    _check_form(session, wish, one, region)
    local = within(one.region_code, scope_digits(region))
    passed = passed_over(_broken(wish, one.name, local, conduct), wish.exception_reason)
    row = Recognition(
        organisation_id=one.id,
        from_on=wish.from_on,
        to_on=wish.to_on,
        document_no=wish.document_no.strip(),
        operating_since=wish.operating_since,
        years_operating=years_between(wish.operating_since, wish.from_on),
        local=local,
        industry=wish.industry.strip(),
        project=wish.project.strip(),
        exceptions=",".join(passed),
        exception_reason=wish.exception_reason.strip() if passed else "",
        proposed_on=on,
        digest=_digest(wish, passed),
    )
    session.add(row)
    session.flush()
    villages = sorted(set(wish.villages))
    if villages:
        session.execute(
            insert(RecognitionVillage),
            [{"recognition_id": row.id, "village_code": code} for code in villages],
        )
    return approvals.propose(
        session,
        command=DECIDE,
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=row.digest,
        summary=f"认定扶贫经营组织：{one.name}，{wish.from_on}起",
        region_code=region,
        on=on,
        by=by,
    )


def decide_recognition(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person grants it, or not."""
    ledger.require_bookable(session, on)
    row = session.get_one(
        Recognition, approvals.subject_of(session, proposal_id, SUBJECT, "认定申请")
    )
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=row.digest,
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if not approved:
        return
    # Two grants for the same days wait for each other here.
    one = session.scalars(
        select(Organisation).where(Organisation.id == row.organisation_id).with_for_update()
    ).one()
    _check_overlap(session, row.organisation_id, row.project, row.from_on, row.to_on, one.name)
    session.add(RecognitionGrant(recognition_id=row.id, granted_on=on))
    session.flush()


def withdraw_recognition(
    session: Session,
    *,
    recognition_id: int,
    document_no: str,
    reason: str,
    on: date,
    by: Actor,
) -> None:
    """Take a recognition back from today on; agreements that stand go on."""
    rights.allow(by, DECIDE, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    if not reason.strip():
        raise EnterpriseReasonMissing(field="reason")
    if not document_no.strip():
        raise EnterpriseDocumentMissing(field="document_no")
    granted = session.get(RecognitionGrant, recognition_id)
    if granted is None or session.get(RecognitionWithdrawal, recognition_id) is not None:
        raise RecognitionNotGranted(field="recognition_id")
    session.add(
        RecognitionWithdrawal(
            recognition_id=recognition_id,
            from_on=on,
            document_no=document_no.strip(),
            reason=reason.strip(),
        )
    )
    session.flush()


def granted_on(on: date) -> Select[Recognition]:
    """SELECT of the recognitions in force on a day."""
    return (
        select(Recognition)
        .join(RecognitionGrant, RecognitionGrant.recognition_id == Recognition.id)
        .outerjoin(RecognitionWithdrawal, RecognitionWithdrawal.recognition_id == Recognition.id)
        .where(
            Recognition.from_on <= on,
            Recognition.to_on > on,
            or_(RecognitionWithdrawal.recognition_id.is_(None), RecognitionWithdrawal.from_on > on),
        )
    )


def villages_of(session: Session, recognition_id: int) -> frozenset[str]:
    """The villages that a recognition is for; none: the whole county."""
    return frozenset(
        session.scalars(
            select(RecognitionVillage.village_code).where(
                RecognitionVillage.recognition_id == recognition_id
            )
        )
    )


def passed_over(broken: Iterable[tuple[Refusal, bool]], reason: str) -> list[str]:
    """Codes of the rules in principle that a reason passes; any other broken rule refuses."""
    passed: list[str] = []
    for refusal, in_principle in broken:
        if not (in_principle and reason.strip()):
            raise refusal
        passed.append(refusal.code)
    return passed


def years_between(start: date, end: date) -> int:
    """Full years."""
    return whole_months(start, end) // 12


def _broken(
    wish: Wish, name: str, local: bool, conduct: ConductRules
) -> Iterable[tuple[Refusal, bool]]:
    least, home = conduct.enterprise_years_min, conduct.enterprise_local
    years = years_between(wish.operating_since, wish.from_on)
    if years < least.value:
        refusal = OperatingTooShort(
            field="operating_since",
            clause=least.cite,
            name=name,
            years=years,
            minimum=least.value,
        )
        yield refusal, least.in_principle
    if home.value and not local:
        refused = EnterpriseNotLocal(field="organisation_id", clause=home.cite, name=name)
        yield refused, home.in_principle


def _check_form(session: Session, wish: Wish, one: Organisation, region: str) -> None:
    if one.kind not in LINKABLE:
        raise OrganisationCannotLink(field="organisation_id", name=one.name)
    if not wish.document_no.strip():
        raise EnterpriseDocumentMissing(field="document_no")
    if not wish.operating_since <= wish.from_on < wish.to_on:
        raise RecognitionDaysWrong(
            field="from_on",
            from_on=wish.from_on,
            last_on=wish.to_on - ONE_DAY,
            operating_since=wish.operating_since,
        )
    _check_villages(wish.villages, region)
    _check_overlap(session, one.id, wish.project.strip(), wish.from_on, wish.to_on, one.name)


def _check_villages(villages: Sequence[str], region: str) -> None:
    for code in villages:
        is_village = len(code) == 12 and code.isdigit() and code[9:] != "000"
        if not is_village or not within(code, scope_digits(region)):
            raise RecognitionVillageWrong(field="villages", village=code[:20])


def _check_overlap(
    session: Session, organisation_id: int, project: str, from_on: date, to_on: date, name: str
) -> None:
    """One recognition at a time for a project; one taken back leaves its later days free."""
    other = session.scalar(
        select(Recognition.document_no)
        .join(RecognitionGrant, RecognitionGrant.recognition_id == Recognition.id)
        .outerjoin(RecognitionWithdrawal, RecognitionWithdrawal.recognition_id == Recognition.id)
        .where(
            Recognition.organisation_id == organisation_id,
            Recognition.project == project,
            Recognition.from_on < to_on,
            Recognition.to_on > from_on,
            or_(
                RecognitionWithdrawal.recognition_id.is_(None),
                RecognitionWithdrawal.from_on > from_on,
            ),
        )
        .limit(1)
    )
    if other is not None:
        raise RecognitionOverlaps(field="from_on", name=name, document_no=other)


def _digest(wish: Wish, passed: Sequence[str]) -> str:
    return approvals.digest_of(
        {
            "organisation": wish.organisation_id,
            "from_on": wish.from_on.isoformat(),
            "to_on": wish.to_on.isoformat(),
            "document_no": wish.document_no.strip(),
            "operating_since": wish.operating_since.isoformat(),
            "industry": wish.industry.strip(),
            "project": wish.project.strip(),
            "villages": sorted(set(wish.villages)),
            "exceptions": list(passed),
            "exception_reason": wish.exception_reason.strip() if passed else "",
        }
    )
