"""The notices that hang (公示), for everybody: no login, no scope, nothing but what the list says.

A notice is shown from its first day to its last, as long as its claim was not sent back. Before and
after that its rows are nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from kernel.refusals import NotFound
from organisations import Organisation
from subsidies import lifecycle
from subsidies.models import Claim, ClaimPosition, Notice


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """A notice that hangs, without its rows."""

    claim_id: int
    number: str
    lender: str
    route: str
    period_from: date
    period_to: date
    posted_on: date
    #: day after the last
    ends_on: date
    #: where it hangs, whom to call
    place: str
    rows: int
    households: int
    total_fen: int


def hanging(session: Session, *, on: date) -> list[NoticeTold]:
    """Every notice that hangs on a day, the one that ends first before the others."""
    return _told(session, _hangs(on))


def hanging_notice(session: Session, number: str, *, on: date) -> NoticeTold:
    """One of them by its number."""
    found = _told(session, and_(_hangs(on), Notice.number == number))
    if not found:
        raise NotFound(field="number", what="在公示期内的贴息公示")
    return found[0]


def _hangs(on: date) -> ColumnElement[bool]:
    return and_(
        Notice.posted_on <= on,
        on < Notice.ends_on,
        ClaimPosition.state.in_(sorted(lifecycle.ALIVE)),
    )


def _told(session: Session, which: ColumnElement[bool]) -> list[NoticeTold]:
    rows = session.execute(
        select(Notice, Claim, Organisation.name)
        .join(Claim, Claim.id == Notice.claim_id)
        .join(ClaimPosition, ClaimPosition.claim_id == Claim.id)
        .join(Organisation, Organisation.id == Claim.lender_id)
        .where(which)
        .order_by(Notice.ends_on, Notice.claim_id)
    )
    return [
        NoticeTold(
            claim.id, notice.number, lender, claim.route, claim.period_from, claim.period_to,
            notice.posted_on, notice.ends_on, notice.place, claim.rows, claim.households,
            claim.total_fen,
        )
        for notice, claim, lender in rows
    ]  # fmt: skip
