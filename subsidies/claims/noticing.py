"""The public notice of a claim (公示), objections to it, and their answers.

The list that hangs shows village, borrower, principal, days, rate and subsidy: no digit of an
identity number, a card or a phone, and no cause of poverty. An objection that is upheld sends the
claim back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.dates import ONE_DAY
from kernel.refusals import NotFound
from policy import Rulebook
from subsidies import lifecycle
from subsidies.claims import booking
from subsidies.claims.steps import (
    allow,
    claim_of,
    elsewhere,
    free,
    state_of,
    take,
)
from subsidies.models import Claim, ClaimRow, Notice, Objection, ObjectionAnswer
from subsidies.refusals.claiming import (
    NoticeNumberUsed,
    NoticeOver,
    ObjectionAnswered,
    WordsMissing,
)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of the list that hangs in public."""

    nr: int
    village_code: str
    borrower: str
    principal_fen: int
    from_on: date
    to_on: date
    days: int
    annual_rate_ppm: int
    amount_fen: int


def post_notice(
    session: Session,
    *,
    claim_id: int,
    place: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    number: str = "",
) -> str:
    """Put the list up for as many days as the policy says; the notice's number."""
    if not place.strip():
        raise _missing("公示地点及联系方式", "the place of the notice and whom to call")
    region = ledger.books(session).region_code
    days = rulebook.conduct(on=on, region=region).subsidy_notice_days.value
    ends_on = on + timedelta(days=max(days, 1))
    take(session, "notice", claim_id, on=on, by=by, deadline_on=ends_on)
    number = number.strip() or f"贴息公示〔{on.year}〕{claim_id}号"
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    posted = session.scalar(
        dialect.insert(Notice)
        .values(
            claim_id=claim_id, number=number, posted_on=on, ends_on=ends_on, place=place.strip()
        )
        .on_conflict_do_nothing()
        .returning(Notice.claim_id)
    )
    if posted is None:
        raise NoticeNumberUsed(field="number", number=number)
    return number


def notice_rows(
    session: Session, claim_id: int, *, after_nr: int = 0, limit: int | None = None
) -> list[NoticeRow]:
    """The list that hangs, or a page of it."""
    if session.get(Notice, claim_id) is None:
        raise NotFound(field="claim_id", what="贴息公示")
    rows = session.execute(
        select(
            ClaimRow.nr,
            ClaimRow.village_code,
            ClaimRow.borrower,
            ClaimRow.principal_fen,
            ClaimRow.from_on,
            ClaimRow.to_on,
            ClaimRow.annual_rate_ppm,
            ClaimRow.amount_fen,
        )
        .where(ClaimRow.claim_id == claim_id, ClaimRow.nr > after_nr)
        .order_by(ClaimRow.nr)
        .limit(limit)
    )
    return [
        NoticeRow(nr, village, name, principal, since, to, (to - since).days, rate, amount)
        for nr, village, name, principal, since, to, rate, amount in rows
    ]


def object_to(
    session: Session,
    *,
    claim_id: int,
    raised_by: str,
    words: str,
    on: date,
    by: Actor,
    nr: int | None = None,
) -> int:
    """Note that somebody says a row, or the list, is wrong; the objection's number."""
    claim = claim_of(session, claim_id)
    allow(session, "subsidies.object", claim.lender_id, by)
    ledger.require_bookable(session, on)
    state = state_of(session, claim_id)
    notice = session.get(Notice, claim_id)
    if notice is None or state != lifecycle.NOTICED:
        raise elsewhere(claim_id, state)
    if on >= notice.ends_on:
        raise NoticeOver(field="on", last=notice.ends_on - ONE_DAY)
    if not raised_by.strip() or not words.strip():
        raise _missing("异议人和异议内容", "who objects, and to what,")
    if nr is not None and session.get(ClaimRow, (claim_id, nr)) is None:
        raise NotFound(field="nr", what="申报明细")
    objection = Objection(
        claim_id=claim_id, nr=nr, raised_on=on, raised_by=raised_by.strip(), words=words.strip()
    )
    session.add(objection)
    session.flush()
    return objection.id


def answer(
    session: Session, *, objection_id: int, upheld: bool, words: str, on: date, by: Actor
) -> int:
    """The office's answer; an objection that is right sends the claim back; the claim's number."""
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound(field="objection_id", what="异议")
    claim = claim_of(session, objection.claim_id)
    allow(session, "subsidies.answer", claim.lender_id, by)
    ledger.require_bookable(session, on)
    if not words.strip():
        raise _missing("答复内容", "what was found")
    state = state_of(session, claim.id)
    if state != lifecycle.NOTICED:
        raise elsewhere(claim.id, state)
    _insert_answer(session, objection_id, upheld, words.strip(), on)
    if upheld:
        _send_back(session, claim, f"异议{objection_id}成立：{words.strip()}", on, by)
    return claim.id


def _insert_answer(session: Session, objection_id: int, upheld: bool, words: str, on: date) -> None:
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    answered = session.scalar(
        dialect.insert(ObjectionAnswer)
        .values(objection_id=objection_id, answered_on=on, upheld=upheld, words=words)
        .on_conflict_do_nothing()
        .returning(ObjectionAnswer.objection_id)
    )
    if answered is None:
        raise ObjectionAnswered(field="objection_id", objection=objection_id)


def _send_back(session: Session, claim: Claim, reason: str, on: date, by: Actor) -> None:
    taken = take(session, "return", claim.id, on=on, by=by, reason=reason)
    booking.undo_submission(session, taken, on=on)
    free(session, claim, on=on)


def open_objections(session: Session, claim_id: int) -> Sequence[Objection]:
    """Objections that wait for an answer."""
    answered = exists().where(ObjectionAnswer.objection_id == Objection.id)
    return session.scalars(
        select(Objection).where(Objection.claim_id == claim_id, ~answered).order_by(Objection.id)
    ).all()


def _missing(what_zh: str, what_en: str) -> WordsMissing:
    return WordsMissing(field="words", what_zh=what_zh, what_en=what_en)
