"""Recognitions, agreements and their lists read back: what ``fupin verify`` recomputes of them.

* a recognition in force and a list that counts were each approved by a second person, on the
  digest that stands in the proposal; the list's rows still give that digest and its totals;
* an agreement's position is what its approved lists and leavings say;
* a linked loan is a stake on an approved list of an agreement not over, and every such stake whose
  agreement still runs is linked;
* no stake is above what was drawn of the loan before it was approved, and its loan is of a lender
  that signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from enterprises import recognising
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    AgreementParty,
    AgreementPosition,
    LinkedLoan,
    Recognition,
    RecognitionGrant,
)
from enterprises.terms import periods_in, uncovered_years
from enterprises.writing import SUBJECT, digest, digest_asked, written
from kernel.database import sum_of
from kernel.findings import Finding
from loans.models import Disbursement, Loan, LoanShare
from office import approvals
from office.models import Decision, Proposal


def check(session: Session) -> Iterator[Finding]:
    """Everything, by agreement."""
    yield from _granted(session)
    yield from _approved(session)
    yield from _lists(session)
    yield from _agreements(session)
    yield from _positions(session)
    yield from _linked(session)
    yield from _stakes(session)
    yield from _lenders(session)


def _granted(session: Session) -> Iterator[Finding]:
    unfounded = select(RecognitionGrant.recognition_id).where(
        ~approvals.by_two(recognising.SUBJECT, RecognitionGrant.recognition_id)
    )
    for key in session.scalars(unfounded):
        yield _found("recognition_grants", key, "认定未经第二人批准", "granted by nobody else")
    changed = (
        select(Recognition.id)
        .join(Proposal, approvals.about(recognising.SUBJECT, Recognition.id))
        .where(Proposal.digest != Recognition.digest)
    )
    for key in session.scalars(changed):
        yield _found("recognitions", key, "与送审内容不符", "is not what was proposed")


def _approved(session: Session) -> Iterator[Finding]:
    unfounded = select(AgreementApproval.list_id).where(
        ~approvals.by_two(SUBJECT, AgreementApproval.list_id)
    )
    for key in session.scalars(unfounded):
        yield _found("agreement_approvals", key, "名单未经第二人批准", "approved by nobody else")


def _lists(session: Session) -> Iterator[Finding]:
    """Totals and digests of lists, each recomputed from its rows."""
    member = AgreementHousehold
    per_household = (
        select(
            member.list_id,
            member.household_id,
            func.max(member.persons).label("persons"),
            func.count().label("stakes"),
            sum_of(member.stake_fen).label("stake_fen"),
        )
        .group_by(member.list_id, member.household_id)
        .subquery()
    )
    sums = select(
        per_household.c.list_id,
        func.count(),
        sum_of(per_household.c.persons),
        sum_of(per_household.c.stakes),
        sum_of(per_household.c.stake_fen),
    ).group_by(per_household.c.list_id)
    counted = {row[0]: tuple(row[1:]) for row in session.execute(sums)}
    rows = (
        select(AgreementList, Agreement, Proposal.digest)
        .join(Agreement, Agreement.id == AgreementList.agreement_id)
        .outerjoin(Proposal, approvals.about(SUBJECT, AgreementList.id))
    )
    for one, agreement, proposed in session.execute(rows):
        said = (one.households, one.persons, one.stakes, one.stake_fen)
        if counted.get(one.id) != said:
            yield _found("agreement_lists", one.id, "合计与明细不符", "totals are not its rows'")
        if one.digest != proposed or digest(session, agreement, one.id, one.from_on) != proposed:
            yield _found("agreement_lists", one.id, "与送审内容不符", "is not what was proposed")


def _agreements(session: Session) -> Iterator[Finding]:
    """What was handed in, with whole periods and one term for each year."""
    for one in session.scalars(select(Agreement)).all():
        asked = written(session, one)
        passed = one.exceptions.split(",") if one.exceptions else []
        if digest_asked(asked, passed) != one.digest:
            yield _found("agreements", one.number, "与送审内容不符", "is not what was handed in")
        whole = periods_in(one.from_on, one.to_on, one.rhythm_months) is not None
        if not whole or uncovered_years(asked.terms, asked.years):
            yield _found("agreements", one.number, "期限或收益条款有缺漏", "has gaps in its terms")


def _positions(session: Session) -> Iterator[Finding]:
    lists = select(
        AgreementApproval.agreement_id,
        sum_of(AgreementList.households),
        sum_of(AgreementList.persons),
        sum_of(AgreementList.stake_fen),
    ).join(AgreementList, AgreementList.id == AgreementApproval.list_id)
    by_agreement = lists.group_by(AgreementApproval.agreement_id)
    joined = {row[0]: row[1:] for row in session.execute(by_agreement)}
    left = {row[0]: row[1:] for row in session.execute(_left())}
    ended = set(session.scalars(select(AgreementEnd.agreement_id)))
    rejected = set(session.scalars(_rejected()))
    placed = select(AgreementPosition.agreement_id)
    for number in session.scalars(select(Agreement.number).where(Agreement.id.not_in(placed))):
        yield _found("agreement_positions", number, "缺少状态", "has no position")
    rows = select(Agreement.number, AgreementPosition).join(
        AgreementPosition, AgreementPosition.agreement_id == Agreement.id
    )
    for number, kept in session.execute(rows):
        key = kept.agreement_id
        came, went = joined.get(key, (0, 0, 0)), left.get(key, (0, 0, 0))
        counts = tuple(one - other for one, other in zip(came, went, strict=True))
        state = "in_force" if key in joined else "proposed"
        state = "ended" if key in ended else "rejected" if key in rejected else state
        named = None if state == "rejected" else number
        if (kept.state, kept.number, kept.households, kept.persons, kept.stake_fen) != (
            state,
            named,
            *counts,
        ):
            yield _found("agreement_positions", number, "与名单不符", "is not what its lists say")


def _left() -> Select[Any]:
    """Households that left, with people and stakes, by agreement."""
    member = AgreementHousehold
    once = (
        select(
            member.agreement_id,
            member.household_id,
            func.max(member.persons).label("persons"),
            sum_of(member.stake_fen).label("stake_fen"),
        )
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .join(AgreementLeaving, _is_left())
        .group_by(member.agreement_id, member.household_id)
        .subquery()
    )
    return select(
        once.c.agreement_id, func.count(), sum_of(once.c.persons), sum_of(once.c.stake_fen)
    ).group_by(once.c.agreement_id)


def _is_left() -> Any:
    return and_(
        AgreementLeaving.agreement_id == AgreementHousehold.agreement_id,
        AgreementLeaving.household_id == AgreementHousehold.household_id,
    )


def _rejected() -> Select[int]:
    return (
        select(AgreementList.agreement_id)
        .join(Proposal, approvals.about(SUBJECT, AgreementList.id))
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(AgreementList.nr == 1, Decision.decision == "rejected")
    )


def _linked(session: Session) -> Iterator[Finding]:
    """Both ways: what is linked is an approved stake, and a running stake is linked."""
    member = AgreementHousehold
    stakes = (
        select(
            member.loan_id, member.household_id, member.agreement_id, member.stake_fen,
            Agreement.to_on,
        )
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .join(Agreement, Agreement.id == member.agreement_id)
        .outerjoin(AgreementLeaving, _is_left())
        .outerjoin(AgreementEnd, AgreementEnd.agreement_id == member.agreement_id)
        .where(
            member.loan_id.is_not(None),
            AgreementLeaving.agreement_id.is_(None),
            AgreementEnd.agreement_id.is_(None),
        )
    ).subquery()  # fmt: skip
    same = and_(
        stakes.c.loan_id == LinkedLoan.loan_id,
        stakes.c.household_id == LinkedLoan.household_id,
        stakes.c.agreement_id == LinkedLoan.agreement_id,
        stakes.c.stake_fen == LinkedLoan.stake_fen,
    )
    unfounded = select(LinkedLoan.loan_id).outerjoin(stakes, same).where(stakes.c.loan_id.is_(None))
    for key in session.scalars(unfounded):
        yield _found("linked_loans", key, "没有相应的入股", "is no stake on an approved list")
    # A loan whose agreement is over may be a stake in a later one.
    missing = (
        select(stakes.c.loan_id)
        .outerjoin(
            LinkedLoan,
            and_(
                LinkedLoan.loan_id == stakes.c.loan_id,
                LinkedLoan.household_id == stakes.c.household_id,
            ),
        )
        .where(LinkedLoan.loan_id.is_(None))
    )
    for key in session.scalars(missing):
        yield _found("linked_loans", key, "缺少入股的贷款", "a stake on a list is not linked")


def _stakes(session: Session) -> Iterator[Finding]:
    """Stakes within what was ever drawn of the loan by the day of approval."""
    member = AgreementHousehold
    drawn = (
        select(sum_of(Disbursement.amount_fen))
        .where(
            Disbursement.loan_id == member.loan_id,
            Disbursement.booking_date <= AgreementApproval.approved_on,
        )
        .scalar_subquery()
    )
    above = (
        select(member.id)
        .join(AgreementApproval, AgreementApproval.list_id == member.list_id)
        .join(Loan, Loan.id == member.loan_id)
        .outerjoin(
            LoanShare,
            and_(
                LoanShare.application_id == Loan.application_id,
                LoanShare.household_id == member.household_id,
            ),
        )
        .where(
            or_(
                member.stake_fen > case((Loan.mode == "pooled", LoanShare.share_fen), else_=drawn),
                and_(Loan.mode == "pooled", LoanShare.share_fen.is_(None)),
            )
        )
    )
    for key in session.scalars(above):
        yield _found("agreement_households", key, "入股额超过贷款", "a stake is above its loan")


def _lenders(session: Session) -> Iterator[Finding]:
    """A loan behind a stake is of a lender that signed, where lenders are named by the register."""
    member, named, signed = AgreementHousehold, aliased(AgreementParty), aliased(AgreementParty)
    other = (
        select(member.id)
        .join(Loan, Loan.id == member.loan_id)
        .where(
            exists().where(
                named.agreement_id == member.agreement_id,
                named.role == "lender",
                named.organisation_id.is_not(None),
            ),
            ~exists().where(
                signed.agreement_id == member.agreement_id,
                signed.role == "lender",
                signed.organisation_id == Loan.lender_id,
            ),
        )
    )
    for key in session.scalars(other):
        yield _found(
            "agreement_households",
            key,
            "入股的贷款不是签约银行发放",
            "its loan is of a lender that never signed",
        )


def _found(table: str, key: object, zh: str, en: str) -> Finding:
    return Finding(
        f"enterprises.{table}", table, str(key), f"{table} {key}：{zh}", f"{table} {key}: {en}"
    )
