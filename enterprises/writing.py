"""Writing an agreement and its lists down, and putting each list before a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import organisations
from enterprises import linking
from enterprises.asked import Asked, Party, content_of
from enterprises.lists import Known
from enterprises.models import (
    Agreement,
    AgreementHousehold,
    AgreementList,
    AgreementParty,
    AgreementTerm,
)
from enterprises.pledging import LISTS
from enterprises.queries import terms_of
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.money import format_yuan
from office import approvals

SUBJECT: Final = LISTS
APPROVE: Final = "enterprises.approve_agreement"


@dataclass(frozen=True, slots=True)
class File:
    """The file that a list came in; empty where its rows were typed in."""

    name: str = ""
    sha256: str = ""


#: rows that were typed in, and in no file
TYPED: Final = File()


@dataclass(frozen=True, slots=True)
class Handed:
    """What was taken in."""

    agreement_id: int
    list_id: int
    proposal_id: int


def write(
    session: Session,
    asked: Asked,
    passed: Sequence[str],
    recognition_id: int,
    region: str,
    on: date,
) -> Agreement:
    """Write an agreement with its parties and terms; it waits for its first list."""
    row = Agreement(
        number=asked.number.strip(),
        organisation_id=asked.organisation_id,
        recognition_id=recognition_id,
        region_code=region,
        form=asked.form,
        parties=len(asked.parties),
        signed_on=asked.signed_on,
        from_on=asked.from_on,
        to_on=asked.to_on,
        principal_repaid_by=asked.principal_repaid_by,
        rhythm_months=asked.rhythm_months,
        in_advance=asked.in_advance,
        service_fee_bp=asked.service_fee_bp,
        document_no=asked.document_no.strip(),
        exceptions=",".join(passed),
        exception_reason=asked.exception_reason.strip() if passed else "",
        proposed_on=on,
        digest=digest_asked(asked, passed),
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(AgreementParty),
        [
            {"agreement_id": row.id, **asdict(party), "name": party.name.strip()}
            for party in asked.parties
        ],
    )
    session.execute(
        insert(AgreementTerm),
        [
            {"agreement_id": row.id, "nr": nr, **asdict(term)}
            for nr, term in enumerate(asked.terms, start=1)
        ],
    )
    linking.open_position(session, row)
    return row


def digest_asked(asked: Asked, passed: Sequence[str]) -> str:
    """The digest of an agreement without its lists."""
    return approvals.digest_of({**content_of(asked), "exceptions": list(passed)})


def written(session: Session, agreement: Agreement) -> Asked:
    """An agreement as its rows say it, in the form in which it was handed in."""
    parties = select(AgreementParty).where(AgreementParty.agreement_id == agreement.id)
    return Asked(
        number=agreement.number,
        organisation_id=agreement.organisation_id,
        form=agreement.form,
        parties=tuple(
            Party(role=row.role, name=row.name, organisation_id=row.organisation_id)
            for row in session.scalars(parties)
        ),
        terms=tuple(terms_of(session, agreement.id)),
        signed_on=agreement.signed_on,
        from_on=agreement.from_on,
        to_on=agreement.to_on,
        principal_repaid_by=agreement.principal_repaid_by,
        rhythm_months=agreement.rhythm_months,
        in_advance=agreement.in_advance,
        service_fee_bp=agreement.service_fee_bp,
        document_no=agreement.document_no,
    )


def hand_in(
    session: Session,
    agreement: Agreement,
    nr: int,
    from_on: date,
    known: Sequence[Known],
    file: File,
    *,
    on: date,
    by: Actor,
) -> Handed:
    """Write a list down and put it before a second person."""
    rows = [_row(one) for one in known]
    members = {row["household_id"]: row["persons"] for row in rows}
    one = AgreementList(
        agreement_id=agreement.id,
        nr=nr,
        from_on=from_on,
        households=len(members),
        persons=sum(members.values()),
        stakes=len(rows),
        stake_fen=sum(row["stake_fen"] for row in rows),
        file_name=file.name,
        file_sha256=file.sha256,
        proposed_on=on,
        digest=_digest_of(agreement.digest, from_on, rows),
    )
    session.add(one)
    session.flush()
    insert_many(
        session,
        AgreementHousehold,
        [
            {"agreement_id": agreement.id, "list_id": one.id, "from_on": from_on, **row}
            for row in rows
        ],
    )
    proposal_id = approvals.propose(
        session,
        command=APPROVE,
        subject_kind=SUBJECT,
        subject_id=one.id,
        digest=one.digest,
        summary=_summary(session, agreement, one),
        region_code=agreement.region_code,
        on=on,
        by=by,
    )
    return Handed(agreement.id, one.id, proposal_id)


def _summary(session: Session, agreement: Agreement, one: AgreementList) -> str:
    name = organisations.get(session, agreement.organisation_id).name
    what = "利益联结协议" if one.nr == 1 else f"协议第{one.nr}份名单"
    return (
        f"{what}{agreement.number}：{name}，{one.households}户{one.persons}人，"
        f"入股{format_yuan(one.stake_fen)}元"
    )


def _row(one: Known) -> dict[str, Any]:
    return {
        "nr": one.nr,
        "household_id": one.household_id,
        "stake_fen": one.stake_fen,
        "source": one.source,
        "loan_id": one.loan_id,
        "land_mu_hundredths": one.land_mu_hundredths,
        "persons": one.persons,
    }


#: columns of a row that are decided on
_DECIDED: Final = (
    "nr", "household_id", "stake_fen", "source", "loan_id", "land_mu_hundredths", "persons",
)  # fmt: skip


def _digest_of(agreement: str, from_on: date, rows: Sequence[Mapping[str, Any]]) -> str:
    return approvals.digest_of(
        [agreement, from_on.isoformat(), [[row[name] for name in _DECIDED] for row in rows]]
    )


def digest(session: Session, agreement: Agreement, list_id: int, from_on: date) -> str:
    """The digest of a list as its rows stand now."""
    columns = [getattr(AgreementHousehold, name) for name in _DECIDED]
    rows = session.execute(
        select(*columns)
        .where(AgreementHousehold.list_id == list_id)
        .order_by(AgreementHousehold.nr)
    )
    return _digest_of(agreement.digest, from_on, [row._asdict() for row in rows])
