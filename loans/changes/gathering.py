"""What the house knows of loans that are to be changed, for a whole sheet in a few statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import policy
from households.models import Household, Person
from loans.batch import thresholds_of
from loans.changes.asked import ChangeAsked, Facts, Member
from loans.dossier.standing import MISUSES
from loans.grading import GRADE_BEST, grade
from loans.models import BorrowerChange, ExtensionPermit, GradeOverride, Loan
from loans.models.kept import LifeEvent, PostCheck
from loans.mutual import MODE
from loans.prolonged import Moved, moved_of, renewals_of
from loans.record import Loaded, lots
from policy import ConductRules, ContractTerms


@dataclass(slots=True)
class Known:
    """Facts of many loans, by loan or by what they are about."""

    moved: dict[int, Moved] = field(default_factory=dict)
    renewals: dict[int, int] = field(default_factory=dict)
    overrides: dict[int, int] = field(default_factory=dict)
    borrowers: dict[int, int] = field(default_factory=dict)
    #: post-lending checks that found misuse: number -> loan
    misuses: dict[int, int] = field(default_factory=dict)
    members: dict[int, Person] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    households: dict[int, str] = field(default_factory=dict)
    terms: dict[str, ContractTerms] = field(default_factory=dict)
    #: days that the members of a village fund voted to let a loan run on to
    voted: dict[int, set[date]] = field(default_factory=dict)


def gather(session: Session, loans: Iterable[Loaded], asked: Sequence[ChangeAsked]) -> Known:
    """Look up everything that the rules of a sheet ask for."""
    contracts = [one.loan for one in loans]
    known = Known(
        moved=moved_of(session, contracts),
        renewals=renewals_of(session, contracts),
    )
    for ids in lots(one.id for one in contracts):
        _read_overrides(session, ids, known)
    for ids in lots(one.id for one in contracts if one.mode == MODE):
        permits = session.execute(
            select(ExtensionPermit.loan_id, ExtensionPermit.to_on).where(
                ExtensionPermit.loan_id.in_(ids)
            )
        )
        for loan_id, to_on in permits:
            known.voted.setdefault(loan_id, set()).add(to_on)
    for ids in lots(one.household_id for one in contracts if one.household_id is not None):
        rows = session.execute(select(Household.id, Household.number).where(Household.id.in_(ids)))
        known.households.update({row[0]: row[1] for row in rows})
    for ids in lots(one.check_id for one in asked if one.check_id is not None):
        checks = session.execute(
            select(PostCheck.id, PostCheck.loan_id).where(
                PostCheck.id.in_(ids), PostCheck.use_found.in_(MISUSES)
            )
        )
        known.misuses.update({row[0]: row[1] for row in checks})
    for ids in lots(one.borrower_id for one in asked if one.borrower_id is not None):
        _read_members(session, ids, known)
    return known


def facts_of(
    one: Loaded, asked: ChangeAsked, known: Known, conduct: ConductRules, *, on: date
) -> Facts:
    """What the rules ask of one loan, as of the day."""
    loan, position = one.loan, one.position
    moved = known.moved[loan.id]
    oldest = oldest_unpaid(one)
    since = oldest if oldest is not None and oldest < on else None
    days = (on - since).days if since else 0
    finds = None if asked.check_id is None else known.misuses.get(asked.check_id) == loan.id
    return Facts(
        number=loan.number,
        state=position.state,
        amount_fen=loan.amount_fen,
        drawn_fen=position.drawn_fen,
        drawn_on=position.drawn_on,
        term_months=loan.term_months,
        signed_matures_on=loan.matures_on,
        matures_on=position.matures_on,
        method=position.method,
        every_months=position.every_months,
        revolving=loan.revolving,
        misused=position.misused,
        subsidised=bool(one.course.terms.shares),
        unsubsidised=position.unsubsidised,
        overdue_since=since,
        credit_fen=one.course.credit_fen,
        extensions=moved.extensions,
        renewals=known.renewals.get(loan.id, 0),
        deferred_days=moved.deferred_days,
        before_deferral_on=moved.before_deferral_on or position.matures_on,
        grade_by_rule=grade(days, thresholds_of(conduct)),
        override=known.overrides.get(loan.id, GRADE_BEST),
        household_number=known.households.get(loan.household_id or 0),
        borrower_id=known.borrowers.get(loan.id, loan.borrower_id),
        check_finds_misuse=finds,
        member=_member(loan, asked, known, on),
        terms=terms_of(loan, known.terms),
        voted_until=frozenset(known.voted.get(loan.id, ())),
    )


def oldest_unpaid(one: Loaded) -> date | None:
    """The oldest day from which the household's dues wait to be paid."""
    return min((due.payable_on for due in one.course.dues), default=None)


def terms_of(loan: Loan, known: dict[str, ContractTerms]) -> ContractTerms:
    """The terms frozen on the signing day, read once for all contracts that share them."""
    if loan.terms not in known:
        known[loan.terms] = policy.thaw(ContractTerms, json.loads(loan.terms))
    return known[loan.terms]


def _member(loan: Loan, asked: ChangeAsked, known: Known, on: date) -> Member | None:
    person = known.members.get(asked.borrower_id or 0)
    if person is None:
        return None
    left = person.left_on is not None and person.left_on <= on
    return Member(
        id=person.id,
        belongs=person.household_id == loan.household_id and person.joined_on <= on and not left,
        born_on=person.born_on,
        died=person.id in known.dead,
    )


def _read_overrides(session: Session, ids: Sequence[int], known: Known) -> None:
    """The last row of each loan holds: of grades set by people, and of borrowers."""
    grades = session.execute(
        select(GradeOverride.loan_id, GradeOverride.grade)
        .where(GradeOverride.loan_id.in_(ids))
        .order_by(GradeOverride.id)
    )
    known.overrides.update({row[0]: row[1] for row in grades})
    borrowers = session.execute(
        select(BorrowerChange.loan_id, BorrowerChange.borrower_id)
        .where(BorrowerChange.loan_id.in_(ids))
        .order_by(BorrowerChange.id)
    )
    known.borrowers.update({row[0]: row[1] for row in borrowers})


def _read_members(session: Session, ids: Sequence[int], known: Known) -> None:
    for person in session.scalars(select(Person).where(Person.id.in_(ids))):
        known.members[person.id] = person
    last: dict[int, str] = {}
    lives = session.execute(
        select(LifeEvent.person_id, LifeEvent.kind)
        .where(LifeEvent.person_id.in_(ids))
        .order_by(LifeEvent.id)
    )
    last.update({row[0]: row[1] for row in lives})
    known.dead |= {person_id for person_id, kind in last.items() if kind == "died"}
