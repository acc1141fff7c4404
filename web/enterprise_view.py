"""What pages and API tell of an enterprise: recognised until when, pledged what, owes what, uses.

Lists and one enterprise with everything about it; agreements and rounds have files of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

import organisations
from enterprises import queries, standing
from enterprises.dividends import reading
from enterprises.dividends.expected import Arrear, arrears
from enterprises.dividends.reading import FundingTold, PoolTold
from enterprises.models import (
    CounterSecurity,
    CounterSecurityRelease,
    Recognition,
    RecognitionWithdrawal,
)
from enterprises.recognising import LINKABLE, SUBJECT, granted_on, villages_of
from enterprises.standing import ChainPage, Standing
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.refusals import NotFound
from kernel.regions import within
from loans.balances import is_principal
from loans.models import Loan, OpenSegment, Position
from office import rights
from office.models import Decision, Proposal
from organisations import Organisation
from web import scope

READ: Final = "enterprises.read"
#: what a list is narrowed to -> title
ONLY: Final = {
    "recognised": "认定有效的",
    "lapsed": "未认定或已到期的",
    "linked": "有联结户的",
    "arrears": "欠付分红的",
}
#: rules in principle that may have been passed over -> what was not so
EXCEPTIONS: Final = {
    "operating_too_short": "经营不满规定年限",
    "enterprise_not_local": "不在本县注册",
    "agreement_too_long": "协议超过最长期限",
}
#: what became of something that waits for a second person
DECISIONS: Final = {"waiting": "待另一人决定", "approved": "已同意", "rejected": "未同意"}


@dataclass(frozen=True, slots=True)
class Line:
    """An enterprise in the list."""

    standing: Standing
    #: day after the last of the recognitions in force; None: it is not recognised
    recognised_to: date | None
    #: rounds due and not paid, fen
    owed_fen: int
    #: the day since which it owes
    owed_since: date | None
    #: what its pool holds and nobody has spoken for, fen
    free_fen: int


@dataclass(frozen=True, slots=True)
class Word:
    """What a second person said: waiting, approved or rejected."""

    proposal_id: int
    state: str


@dataclass(frozen=True, slots=True)
class RecognitionTold:
    """A recognition with what became of it."""

    recognition: Recognition
    granted_on: date | None
    withdrawal: RecognitionWithdrawal | None
    villages: Sequence[str]
    word: Word | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class PledgeTold:
    """A counter-security, and its release."""

    pledge: CounterSecurity
    release: CounterSecurityRelease | None


@dataclass(frozen=True, slots=True)
class LoanUsed:
    """A loan that an enterprise uses."""

    id: int
    number: str
    mode: str
    village_code: str
    state: str
    drawn_fen: int
    outstanding_fen: int


@dataclass(frozen=True, slots=True)
class EnterpriseShown:
    """An enterprise with everything about it on a day."""

    organisation: Organisation
    line: Line
    recognitions: list[RecognitionTold]
    pledges: list[PledgeTold]
    agreements: Sequence[Row[Any, Any, Any]]
    chains: list[ChainPage]
    arrears: list[Arrear]
    pool: PoolTold | None
    fundings: list[FundingTold]
    loans: list[LoanUsed]


def lines(session: Session, on: date, *, by: Actor, text: str = "", only: str = "") -> list[Line]:
    """Enterprises and co-operatives of the county, those that link most households first."""
    rights.allow(by, READ)
    digits = scope.own_digits(session, by)[:6]
    until = _recognised_to(session, on)
    owed = _owed(session, on, by)
    free = {one.organisation_id: one.free_fen for one in reading.pools(session, by=by)}
    found = []
    for one in standing.standings(session, on, region_digits=digits):
        key = one.organisation_id
        fen, since = owed.get(key, (0, None))
        found.append(Line(one, until.get(key), fen, since, free.get(key, 0)))
    return [one for one in found if _is_asked(one, text, only)]


def _is_asked(one: Line, text: str, only: str) -> bool:
    named = not text or text in one.standing.name or text in one.standing.credit_code
    kept = {
        "recognised": one.recognised_to is not None,
        "lapsed": one.recognised_to is None,
        "linked": one.standing.households > 0,
        "arrears": one.owed_fen > 0,
    }
    return named and kept.get(only, True)


def _recognised_to(session: Session, on: date) -> dict[int, date]:
    query = (
        granted_on(on)
        .with_only_columns(Recognition.organisation_id, func.max(Recognition.to_on))
        .group_by(Recognition.organisation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _owed(session: Session, on: date, by: Actor) -> dict[int, tuple[int, date | None]]:
    """Organisation -> what it is behind with, and since which day."""
    found: dict[int, tuple[int, date | None]] = {}
    for one in arrears(session, on=on, by=by):
        fen, since = found.get(one.organisation_id, (0, None))
        first = one.due_on if since is None else min(since, one.due_on)
        found[one.organisation_id] = (fen + one.amount_fen, first)
    return found


def shown(session: Session, organisation_id: int, on: date, *, by: Actor) -> EnterpriseShown:
    """One enterprise."""
    one = seen(session, organisation_id, by)
    line = next(
        (line for line in lines(session, on, by=by) if line.standing.organisation_id == one.id),
        None,
    )
    if line is None:
        raise NotFound(field="organisation_id", what="企业或合作社")
    pools = [pool for pool in reading.pools(session, by=by) if pool.organisation_id == one.id]
    return EnterpriseShown(
        organisation=one,
        line=line,
        recognitions=_recognitions(session, one.id, on),
        pledges=_pledges(session, one.id),
        agreements=queries.agreements(session, organisation_id=one.id),
        chains=[
            standing.chain_page(session, chain.id, on) for chain in standing.chains(session, one.id)
        ],
        arrears=arrears(session, on=on, by=by, organisation_id=one.id),
        pool=pools[0] if pools else None,
        fundings=reading.fundings(session, one.id, by=by),
        loans=loans_of(session, one.id, by=by),
    )


def seen(session: Session, organisation_id: int, by: Actor) -> Organisation:
    """An enterprise of the visitor's county; any other organisation is not found."""
    rights.allow(by, READ)
    found = organisations.get(session, organisation_id)
    digits = scope.own_digits(session, by)[:6]
    known = found.kind in LINKABLE or queries.recognitions_of(session, organisation_id)
    if not known or not within(found.region_code, digits):
        raise NotFound(field="organisation_id", what="企业或合作社")
    return found


def _recognitions(session: Session, organisation_id: int, on: date) -> list[RecognitionTold]:
    rows = queries.recognitions_of(session, organisation_id)
    words = words_of(session, SUBJECT, [row[0].id for row in rows])
    found = []
    for recognition, granted, withdrawn_from in rows:
        holds = granted is not None and recognition.from_on <= on < recognition.to_on
        found.append(
            RecognitionTold(
                recognition,
                granted,
                session.get(RecognitionWithdrawal, recognition.id),
                sorted(villages_of(session, recognition.id)),
                words.get(recognition.id),
                holds and (withdrawn_from is None or withdrawn_from > on),
            )
        )
    return found


def _pledges(session: Session, organisation_id: int) -> list[PledgeTold]:
    rows = session.execute(
        select(CounterSecurity, CounterSecurityRelease)
        .outerjoin(CounterSecurityRelease, CounterSecurityRelease.security_id == CounterSecurity.id)
        .where(CounterSecurity.organisation_id == organisation_id)
        .order_by(CounterSecurity.id)
    )
    return [PledgeTold(*row) for row in rows]


def words_of(session: Session, kind: str, ids: Sequence[int]) -> Mapping[int, Word]:
    """What second persons said of some subjects."""
    rows = session.execute(
        select(Proposal.subject_id, Proposal.id, Decision.decision)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.subject_kind == kind, Proposal.subject_id.in_(ids))
        .order_by(Proposal.id)
    )
    return {row[0]: Word(row[1], row[2] or "waiting") for row in rows}


def loans_of(
    session: Session, organisation_id: int, *, by: Actor, after: int = 0, limit: int = 100
) -> list[LoanUsed]:
    """Loans that an enterprise uses, whose lender the visitor may see, in the order of signing."""
    query = _loans().where(
        Loan.organisation_id == organisation_id,
        Loan.id > after,
        Loan.village_code.startswith(by.region_scope, autoescape=True),
    )
    if by.institution_ids is not None:
        query = query.where(Loan.lender_id.in_(sorted(by.institution_ids)))
    return [LoanUsed(*row) for row in session.execute(query.order_by(Loan.id).limit(limit))]


def _loans() -> Select[int, str, str, str, str, int, int]:
    out = (
        select(sum_of(OpenSegment.principal_fen))
        .where(OpenSegment.loan_id == Loan.id, is_principal())
        .correlate(Loan)
        .scalar_subquery()
    )
    return select(
        Loan.id,
        Loan.number,
        Loan.mode,
        Loan.village_code,
        Position.state,
        Position.drawn_fen,
        func.coalesce(out, 0).label("outstanding_fen"),
    ).join(Position, Position.loan_id == Loan.id)
