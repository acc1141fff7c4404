"""Agreements: handed in whole by one person, approved by another; later lists join the same way.

The first list is decided together with the agreement. Approving a list makes its loans stakes:
one INSERT that another list with the same loan cannot pass, after the agreement's own row was
taken, so that two lists of one agreement are approved one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import linking
from enterprises.asked import Asked, Stake, broken_rules, check_form, check_parties
from enterprises.linked import own_index
from enterprises.lists import Setting, judged, lenders_of
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementList,
    AgreementParty,
    AgreementPosition,
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
from enterprises.writing import SUBJECT, TYPED, File, Handed, digest, hand_in, write
from kernel.actor import Actor
from kernel.refusals import NotFound
from office import approvals, rights
from organisations.models import Kind, Organisation
from policy import ConductRules

AGREE = "enterprises.agree"


def propose_agreement(
    session: Session,
    *,
    asked: Asked,
    stakes: Sequence[Stake],
    conduct: ConductRules,
    on: date,
    by: Actor,
    file: File = TYPED,
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
    lenders = _check_lender(session, asked)
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
            lenders=lenders,
        ),
    )
    if any(term.profit_share_bp for term in asked.terms) and not any(s.stake_fen for s in stakes):
        raise ProfitShareWithoutStakes(field="terms")
    agreement = write(session, asked, passed, recognition.id, region, on)
    return hand_in(session, agreement, 1, asked.from_on, known, file, on=on, by=by)


def propose_list(
    session: Session,
    *,
    agreement_id: int,
    stakes: Sequence[Stake],
    from_on: date,
    conduct: ConductRules,
    on: date,
    by: Actor,
    file: File = TYPED,
) -> Handed:
    """Take in a further list of an agreement in force, its households linked from a day on."""
    agreement = get(session, agreement_id)
    rights.allow(by, AGREE, region=agreement.region_code)
    ledger.require_bookable(session, on)
    position = session.get_one(AgreementPosition, agreement_id)
    if position.state != "in_force" or not agreement.from_on <= from_on < agreement.to_on:
        raise AgreementNotInForce(field="from_on", number=agreement.number, on=from_on)
    linking.require_undeclared(session, agreement, from_on)
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
            lenders=lenders_of(session, agreement_id),
        ),
    )
    nr = 1 + max(session.scalars(_numbers_of(agreement_id)))
    return hand_in(session, agreement, nr, from_on, known, file, on=on, by=by)


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
        digest=digest(session, agreement, one.id, one.from_on),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own_index(session, by, AgreementHousehold.list_id == one.id),
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
    list_id = approvals.subject_of(session, proposal_id, SUBJECT, "协议名单")
    return session.get_one(AgreementList, list_id)


def _approve(session: Session, agreement: Agreement, one: AgreementList, on: date) -> None:
    linking.take_position(session, one)
    if one.nr > 1:
        if session.get_one(AgreementPosition, agreement.id).state != "in_force":
            raise AgreementListUndecided(field="list", number=agreement.number)
        linking.require_undeclared(session, agreement, one.from_on)
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


def _check_lender(session: Session, asked: Asked) -> frozenset[int]:
    """The lenders among the parties, each of which is one, where named from the register."""
    lenders = {
        party.organisation_id
        for party in asked.parties
        if party.organisation_id is not None and party.role == "lender"
    }
    for lender_id in sorted(lenders):
        if organisations.get(session, lender_id).kind != Kind.LENDER:
            raise AgreementPartiesWrong(field="parties")
    return frozenset(lenders)


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


def _numbers_of(agreement_id: int) -> Any:
    return select(AgreementList.nr).where(AgreementList.agreement_id == agreement_id)
