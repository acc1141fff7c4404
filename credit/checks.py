"""What ``fupin verify`` reads back of the credit room.

* a sheet's hash is that of its village, scheme and rows;
* a rating has an approved decision by the person it names, about its own sheet, and recomputes from
  its answers under the recorded scheme;
* a line is that of the household's last rating, and every rated household has one.

What is drawn on a line is recomputed by the loans room, which knows the loans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from credit import queries
from credit.models import CreditLine, Rating, RatingScheme, RatingSheet
from credit.operations import sheet_digest
from credit.scheme import Scheme
from credit.scheme_file import recorded_scheme
from kernel.findings import Finding
from office.models import Decision, Proposal


def check(session: Session) -> Iterator[Finding]:
    """Everything the room promises, read back."""
    yield from _sheets(session)
    yield from _decided(session)
    yield from _recomputed(session)
    yield from _lines(session)


def _sheets(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(RatingSheet, RatingScheme.digest).join(
            RatingScheme, RatingScheme.id == RatingSheet.scheme_id
        )
    )
    for sheet, scheme_digest in rows:
        entries = queries.entries_of(sheet)
        if sheet_digest(sheet.village_code, scheme_digest, entries) != sheet.digest:
            yield Finding(
                "credit.sheet_digest",
                "rating_sheets",
                f"id={sheet.id}",
                f"第{sheet.id}号评级表与送审时的摘要不符",
                f"rating sheet {sheet.id} differs from its digest",
            )


def _decided(session: Session) -> Iterator[Finding]:
    rows = session.scalars(
        select(Rating.id)
        .outerjoin(Proposal, Proposal.id == Rating.proposal_id)
        .outerjoin(Decision, Decision.proposal_id == Rating.proposal_id)
        .where(
            or_(
                Decision.id.is_(None),
                Decision.decision != "approved",
                Decision.decided_by != Rating.confirmed_by,
                Decision.decided_on != Rating.valid_from,
                Proposal.proposed_by != Rating.proposed_by,
                Proposal.subject_kind != RatingSheet.__tablename__,
                Proposal.subject_id != Rating.sheet_id,
            )
        )
    )
    for rating_id in rows:
        yield Finding(
            "credit.decided",
            "ratings",
            f"id={rating_id}",
            f"第{rating_id}号评级没有相应的审定记录",
            f"rating {rating_id} is not backed by its decision",
        )


def _recomputed(session: Session) -> Iterator[Finding]:
    schemes = {
        row.id: recorded_scheme(row.content) for row in session.scalars(select(RatingScheme))
    }

    @cache
    def expected(scheme_id: int, answers: str) -> tuple[int, str, int]:
        return _assessed(schemes[scheme_id], answers)

    rows = session.execute(
        select(
            Rating.id,
            Rating.scheme_id,
            Rating.answers,
            Rating.score_x10,
            Rating.grade,
            Rating.line_fen,
        )
    )
    for rating_id, scheme_id, answers, *stands in rows:
        if tuple(stands) != expected(scheme_id, answers):
            yield Finding(
                "credit.recomputed",
                "ratings",
                f"id={rating_id}",
                f"第{rating_id}号评级与按答案重算的结果不符",
                f"rating {rating_id} differs from what its answers give",
            )


def _assessed(scheme: Scheme, answers: str) -> tuple[int, str, int]:
    one = scheme.assess(json.loads(answers))
    return one.score_x10, one.grade.name, one.line_fen


def _lines(session: Session) -> Iterator[Finding]:
    later = aliased(Rating)
    last = (
        select(Rating)
        .where(
            ~select(later.id)
            .where(
                later.household_id == Rating.household_id,
                tuple_(later.valid_from, later.id) > tuple_(Rating.valid_from, Rating.id),
            )
            .exists()
        )
        .subquery("last")
    )
    same = and_(
        last.c.id == CreditLine.rating_id,
        last.c.line_fen == CreditLine.limit_fen,
        last.c.valid_from == CreditLine.valid_from,
        last.c.valid_to == CreditLine.valid_to,
    )
    rows = session.execute(
        select(func.coalesce(last.c.household_id, CreditLine.household_id))
        .select_from(last)
        .outerjoin(CreditLine, CreditLine.household_id == last.c.household_id, full=True)
        .where(or_(CreditLine.household_id.is_(None), last.c.id.is_(None), ~same))
    )
    for (household_id,) in rows:
        yield Finding(
            "credit.line",
            "credit_lines",
            f"household_id={household_id}",
            f"农户{household_id}的授信额度与其最近一次评级不符",
            f"the line of household {household_id} is not that of its last rating",
        )
