"""Agreements: handed in whole by one person, approved by another; later lists join the same way.

The first list is decided together with the agreement. Approving a list makes its loans stakes:
one INSERT that another list with the same loan cannot pass, after the agreement's own row was
taken, so that two lists of one agreement are approved one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import linking
from enterprises.asked import Asked, Stake, broken_rules, check_form, check_parties, content_of
from enterprises.lists import Known, Setting, judged
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementList,
    AgreementParty,
    AgreementPosition,
    AgreementTerm,
    Recognition,
)
from enterprises.pledging import pledged_on
from enterprises.recognising import granted_on, passed_over, villages_of
from enterprises.refusals import (
    AgreementListUndecided,
    AgreementNotInForce,
    AgreementNumberTaken,
    AgreementPartiesWrong,
    CounterSecurityMissing,
    EnterpriseNotRecognised,
    ProfitShareWithoutStakes,
)
from households.models import Person
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.money import format_yuan
from kernel.refusals import NotFound
from office import approvals, rights
from office.models import Proposal
from organisations.models import Kind, Organisation
from policy import ConductRules

SUBJECT: Final = "agreement_lists"
AGREE, APPROVE = "enterprises.agree", "enterprises.approve_agreement"


@dataclass(frozen=True, slots=True)
class File:
    """The file that a list came in; empty where its rows were typed in."""

    name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was taken in."""

    agreement_id: int
    list_id: int
    proposal_id: int


def propose_agreement(
    session: Session,
    *,
    asked: Asked,
    stakes: Sequence[Stake],
    conduct: ConductRules,
    on: date,
    by: Actor,
    file: File = File(),
    recognition_id: int | None = None,
) -> Handed:
    """Take in an agreement with its list and put both before a second person.

    ``conduct`` are the rules of the signing day. Raises ``LinkageListRefused`` with every row that
    breaks a rule; then nothing is taken in.
    """
    region = ledger.books(session).region_code
    rights.allow(by, AGREE, region=region)
    ledger.require_bookable(session, on)
    check_form(asked, on=on)
    with_loans = any(stake.source == "loan" for stake in stakes)
    check_parties(asked, with_loans=with_loans)
    one = organisations.open_on(session, asked.organisation_id, asked.signed_on)
    recognition = _recognition(session, one, asked.signed_on, recognition_id)
    _check_lender(session, asked)
    if with_loans:
        _check_security(session, one, asked.signed_on, conduct)
    passed = passed_over(broken_rules(asked, conduct), asked.exception_reason)
    _require_number_free(session, asked.number.strip())
    known = judged(
        session,
        stakes,
        Setting(
            organisation_id=one.id,
            agreement_id=None,
            villages=villages_of(session, recognition.id),
            conduct=conduct,
            on=asked.signed_on,
        ),
    )
    if any(term.profit_share_bp for term in asked.terms) and not any(s.stake_fen for s in stakes):
        raise ProfitShareWithoutStakes(field="terms")
    agreement = _write(session, asked, passed, recognition.id, region, on)
    return _hand_in(session, agreement, 1, asked.from_on, known, file, on=on, by=by)


def propose_list(
    session: Session,
    *,
    agreement_id: int,
    stakes: Sequence[Stake],
    from_on: date,
    conduct: ConductRules,
    on: date,
    by: Actor,
    file: File = File(),
) -> Handed:
    """Take in a further list of an agreement in force, its households linked from a day on."""
    agreement = get(session, agreement_id)
    rights.allow(by, AGREE, region=agreement.region_code)
    ledger.require_bookable(session, on)
    position = session.get_one(AgreementPosition, agreement_id)
    if position.state != "in_force" or not agreement.from_on <= from_on < agreement.to_on:
        raise AgreementNotInForce(field="from_on", number=agreement.number, on=from_on)
    one = organisations.open_on(session, agreement.organisation_id, on)
    recognition = _recognition(session, one, on, None)
    if any(stake.source == "loan" for stake in stakes):
        _check_security(session, one, on, conduct)
        _require_lender(session, agreement_id)
    known = judged(
        session,
        stakes,
        Setting(
            organisation_id=one.id,
            agreement_id=agreement_id,
            villages=villages_of(session, recognition.id),
            conduct=conduct,
            on=on,
        ),
    )
    nr = 1 + max(session.scalars(_numbers_of(agreement_id)))
    return _hand_in(session, agreement, nr, from_on, known, file, on=on, by=by)


def decide_list(
    session: Session, *, proposal_id: int, approved: bool, on: date, by: Actor, reason: str = ""
) -> None:
    """A second person approves a list, the first one together with its agreement, or neither."""
    ledger.require_bookable(session, on)
    one = list_of(session, proposal_id)
    agreement = get(session, one.agreement_id)
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(session, agreement, one.id, one.from_on),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own_identity(session, one.id, by),
    )
    if approved:
        _approve(session, agreement, one, on)
    elif one.nr == 1:
        position = session.get_one(AgreementPosition, agreement.id)
        position.state, position.number = "rejected", None
    session.flush()


def get(session: Session, agreement_id: int) -> Agreement:
    """An agreement by id."""
    found = session.get(Agreement, agreement_id)
    if found is None:
        raise NotFound(field="agreement_id", what="协议")
    return found


def list_of(session: Session, proposal_id: int) -> AgreementList:
    """The list that a proposal is about."""
    found = session.scalar(
        select(AgreementList)
        .join(Proposal, Proposal.subject_id == AgreementList.id)
        .where(Proposal.id == proposal_id, Proposal.subject_kind == SUBJECT)
    )
    if found is None:
        raise NotFound(field="proposal_id", what="协议名单")
    return found


def _approve(session: Session, agreement: Agreement, one: AgreementList, on: date) -> None:
    linking.take_position(session, one)
    if one.nr > 1:
        if session.get_one(AgreementPosition, agreement.id).state != "in_force":
            raise AgreementListUndecided(field="list", number=agreement.number)
        linking.require_new_households(session, one)
    linking.link_loans(session, one, on)
    session.add(AgreementApproval(list_id=one.id, agreement_id=agreement.id, approved_on=on))


def _recognition(
    session: Session, one: Organisation, on: date, recognition_id: int | None
) -> Recognition:
    """The recognition an organisation signs under: the one named, or the latest in force."""
    query = granted_on(on).where(Recognition.organisation_id == one.id)
    if recognition_id is not None:
        query = query.where(Recognition.id == recognition_id)
    found = session.scalar(
        query.order_by(Recognition.from_on.desc(), Recognition.id.desc()).limit(1)
    )
    if found is None:
        raise EnterpriseNotRecognised(field="organisation_id", name=one.name, on=on)
    return found


def _check_lender(session: Session, asked: Asked) -> None:
    """The lender among the parties is one, where it is named from the register."""
    for party in asked.parties:
        if party.organisation_id is None or party.role != "lender":
            continue
        if organisations.get(session, party.organisation_id).kind != Kind.LENDER:
            raise AgreementPartiesWrong(field="parties")


def _require_lender(session: Session, agreement_id: int) -> None:
    roles = select(AgreementParty.role).where(AgreementParty.agreement_id == agreement_id)
    if "lender" not in set(session.scalars(roles)):
        raise AgreementPartiesWrong(field="list")


def _check_security(session: Session, one: Organisation, on: date, conduct: ConductRules) -> None:
    rule = conduct.enterprise_counter_security
    if rule.value and not pledged_on(session, one.id, on):
        raise CounterSecurityMissing(field="organisation_id", clause=rule.cite, name=one.name)


def _require_number_free(session: Session, number: str) -> None:
    taken = select(AgreementPosition.agreement_id).where(AgreementPosition.number == number)
    if session.scalar(taken) is not None:
        raise AgreementNumberTaken(field="number", number=number)


def _write(
    session: Session,
    asked: Asked,
    passed: Sequence[str],
    recognition_id: int,
    region: str,
    on: date,
) -> Agreement:
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
        digest=approvals.digest_of({**content_of(asked), "exceptions": list(passed)}),
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


def _hand_in(
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


def _digest(session: Session, agreement: Agreement, list_id: int, from_on: date) -> str:
    """The digest of a list as its rows stand now."""
    columns = [getattr(AgreementHousehold, name) for name in _DECIDED]
    rows = session.execute(
        select(*columns)
        .where(AgreementHousehold.list_id == list_id)
        .order_by(AgreementHousehold.nr)
    )
    return _digest_of(agreement.digest, from_on, [row._asdict() for row in rows])


def _own_identity(session: Session, list_id: int, by: Actor) -> tuple[bytes, ...]:
    """The decider's own blind index, where somebody of a household on the list bears it."""
    if by.identity_index is None:
        return ()
    found = session.scalar(
        select(Person.id)
        .join(AgreementHousehold, AgreementHousehold.household_id == Person.household_id)
        .where(AgreementHousehold.list_id == list_id, Person.identity_index == by.identity_index)
        .limit(1)
    )
    return () if found is None else (by.identity_index,)


def _numbers_of(agreement_id: int) -> Any:
    return select(AgreementList.nr).where(AgreementList.agreement_id == agreement_id)
