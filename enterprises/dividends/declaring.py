"""Declaring a round's dividend, checking it in the village, sending it back.

An enterprise has no account here: a registrar enters what it declares. What each household gets
follows from the agreement's terms, the stakes and the days; declared are the profit, where the
terms share it, and what the enterprise gives on top. Another person checks the list, once it has
hung in the village for the days of notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from enterprises import batch, terms
from enterprises.batch import Case
from enterprises.dividends import lifecycle
from enterprises.dividends.rounds import open_positions
from enterprises.dividends.steps import (
    agreement_of,
    allow,
    declaration_of,
    lock,
    round_of,
    take,
    write_step,
)
from enterprises.models import Agreement, AgreementTerm, DividendDeclaration, DividendRound
from enterprises.refusals import (
    DeclarationUndocumented,
    NoticeBeforeDeclaration,
    NotPrepaid,
    ProfitNotAsked,
    ProfitOutOfRange,
    VillageNoticeShort,
)
from enterprises.terms import Term
from kernel.actor import Actor
from kernel.money import format_yuan
from office import approvals
from policy import ConductRules

#: the largest profit of a period, 1万亿元
PROFIT_MAX_FEN: Final = 10**14


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What an enterprise declares for a round."""

    #: accounts or resolution
    document_no: str
    #: the period's profit; 0 where the terms share none
    profit_fen: int = 0
    #: given on top of the terms
    extra_fen: int = 0


def declare(
    session: Session, *, round_id: int, declared: Declared, on: date, by: Actor
) -> DividendDeclaration:
    """Enter what the enterprise declares: the next version of the round."""
    taken = take(session, "declare", round_id, on=on, by=by, declares=True)
    one = Case(taken.round, taken.agreement, term_of(session, taken.agreement, taken.round.nr))
    _check(one, declared)
    version = taken.step.version
    totals, base = batch.write_rows(
        session,
        one,
        version=version,
        profit_fen=declared.profit_fen,
        extra_fen=declared.extra_fen,
    )
    row = DividendDeclaration(
        round_id=round_id,
        version=version,
        declared_on=on,
        profit_fen=declared.profit_fen,
        extra_fen=declared.extra_fen,
        document_no=declared.document_no.strip(),
        rows=totals.rows,
        amount_fen=totals.amount_fen,
        cash_fen=totals.cash_fen,
        reinvested_fen=totals.reinvested_fen,
        stake_days=base.stake_days,
        floors_fen=base.floors_fen,
        digest=totals.digest,
    )
    session.add(row)
    taken.step.digest = totals.digest
    write_step(session, taken.step)
    return row


def _check(one: Case, declared: Declared) -> None:
    if not declared.document_no.strip():
        raise DeclarationUndocumented(
            field="document_no", what_zh="分红方案（决议或报表）", what_en="resolution or accounts"
        )
    if not all(0 <= fen <= PROFIT_MAX_FEN for fen in (declared.profit_fen, declared.extra_fen)):
        raise ProfitOutOfRange(field="profit", maximum=format_yuan(PROFIT_MAX_FEN))
    if declared.profit_fen and not one.term.profit_share_bp:
        raise ProfitNotAsked(field="profit", profit=format_yuan(declared.profit_fen))


def term_of(session: Session, agreement: Agreement, nr: int) -> Term:
    """The term of the year that an agreement's period lies in."""
    rows = session.scalars(
        select(AgreementTerm)
        .where(AgreementTerm.agreement_id == agreement.id)
        .order_by(AgreementTerm.nr)
    )
    every = [
        Term(
            year_from=row.year_from,
            year_to=row.year_to,
            basis=row.basis,  # type: ignore[arg-type]
            rate_ppm=row.rate_ppm,
            amount_fen=row.amount_fen,
            cash_bp=row.cash_bp,
            profit_share_bp=row.profit_share_bp,
        )
        for row in rows
    ]
    return terms.term_in(every, terms.year_of(agreement.rhythm_months, nr))


def check(
    session: Session,
    *,
    round_id: int,
    posted_on: date,
    conduct: ConductRules,
    on: date,
    by: Actor,
) -> None:
    """The village has checked the list, which hung there from ``posted_on`` on."""
    # A day to come is refused below, by its name.
    take(session, "check", round_id, on=on, by=by, posted_on=min(posted_on, on))
    _check_notice(declaration_of(session, round_id).declared_on, posted_on, conduct, on)


def _check_notice(declared_on: date, posted_on: date, conduct: ConductRules, on: date) -> None:
    if not declared_on <= posted_on <= on:
        raise NoticeBeforeDeclaration(field="posted_on", posted=posted_on, declared=declared_on)
    days = conduct.dividend_notice_days
    until = posted_on + timedelta(days=days.value)
    if on < until:
        raise VillageNoticeShort(
            field="posted_on", clause=days.cite, days=days.value, posted=posted_on, until=until
        )


def return_round(session: Session, *, round_id: int, reason: str, on: date, by: Actor) -> None:
    """Send it back: the enterprise declares anew, and the version stays readable."""
    approvals.require_reason(reason)
    take(session, "return", round_id, on=on, by=by, reason=reason)


def settle_prepaid(session: Session, *, round_id: int, on: date, by: Actor) -> int:
    """A prepaid period is over: open the round that pays what was still due; its number.

    What is declared for it is compared with what households had, and only the difference is paid.
    """
    first, agreement = round_of(session, round_id), agreement_of(session, round_id)
    allow(session, "enterprises.declare", agreement, by)
    ledger.require_bookable(session, on)
    state = lock(session, round_id).state
    later = _revisions(session, first)
    settled = state in lifecycle.SETTLED and later == first.revision
    if not agreement.in_advance or on < first.counted_to or not settled:
        raise NotPrepaid(field="round_id", round=round_id)
    row = DividendRound(
        agreement_id=agreement.id,
        nr=first.nr,
        revision=later + 1,
        period_from=first.period_from,
        period_to=first.period_to,
        counted_to=first.counted_to,
        due_on=first.counted_to,
        found_on=on,
    )
    session.add(row)
    session.flush()
    open_positions(session, [row.id], on, by_person=by.person_id)
    return row.id


def _revisions(session: Session, first: DividendRound) -> int:
    query = select(func.max(DividendRound.revision)).where(
        DividendRound.agreement_id == first.agreement_id, DividendRound.nr == first.nr
    )
    return session.scalar(query) or 0
