"""The entitlements of a day, in SQL: the same rules as ``subsidies.entitlement``.

``entitle`` is a step of the close, after the loans' settlements: every settlement booked on the day
that the treasury bears a part of becomes an entitlement, by one INSERT … SELECT however many there
are; what its days leave out is noted with the reason; each lender's sum is booked as one entry of
the treasury, and what of it takes back what was given back is made good. A day on which nothing was
settled costs one question.

The first time, everything that was settled before is taken as well: books that stood before this
room was built owe it all the same.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

import ledger
from kernel.database import days_between, sum_of
from loans import record
from loans.dossier.standing import MISUSES
from loans.models import Change, Loan, LoanBearer, Reversal, Segment, Settlement
from loans.models.kept import PostCheck
from loans.parts import EARNED_ON
from loans.routes import HOUSEHOLD, LENDER
from subsidies.entitlement import LOOKED_THROUGH
from subsidies.models import Entitlement, Exclusion, SubsidyRun
from subsidies.offsetting import offset_booked
from subsidies.treasury import OWNER_ID, OWNER_KIND, open_accounts

#: source of the treasury's entries for entitlements
SOURCE: Final = "subsidy_runs"

_COLUMNS: Final = (
    "settlement_id",
    "loan_id",
    "lender_id",
    "village_code",
    "route",
    "payee_kind",
    "payee_id",
    "from_on",
    "to_on",
    "revision",
    "booked_on",
    "interest_fen",
    "amount_fen",
)


def entitle(session: Session, on: date) -> int:
    """Write the entitlements of the settlements booked on ``on``, which is closing; how many."""
    settled, begun = session.execute(
        select(
            exists().where(Settlement.booked_on == on),
            or_(exists().where(Entitlement.id > 0), exists().where(Exclusion.settlement_id > 0)),
        )
    ).one()
    if begun and not settled:
        return 0
    which = Settlement.booked_on == on if begun else Settlement.booked_on <= on
    session.execute(
        insert(Entitlement).from_select(list(_COLUMNS), _entitlements(which, literal(on)))
    )
    session.execute(
        insert(Exclusion).from_select(
            ["settlement_id", "reason", "loan_id", "principal_days"], exclusions(which)
        )
    )
    rows = _book(session, on)
    offset_booked(session, on)
    return rows


def _entitlements(
    which: ColumnElement[bool], booked_on: ColumnElement[date]
) -> Select[*tuple[object, ...]]:
    to_lender, to_household = Loan.subsidy_route == LENDER, Loan.subsidy_route == HOUSEHOLD
    refunded = and_(to_household, Loan.household_id.is_not(None))
    return (
        select(
            Settlement.id,
            Settlement.loan_id,
            Loan.lender_id,
            Loan.village_code,
            Loan.subsidy_route,
            case((refunded, "households"), else_="organisations"),
            case(
                (to_lender, Loan.lender_id),
                (refunded, Loan.household_id),
                else_=Loan.organisation_id,
            ),
            Settlement.from_on,
            Settlement.to_on,
            Settlement.revision,
            booked_on,
            Settlement.amount_fen,
            Settlement.treasury_fen,
        )
        .join(Loan, Loan.id == Settlement.loan_id)
        .where(which, Settlement.treasury_fen != 0)
        .order_by(Settlement.id)
    )


def exclusions(which: ColumnElement[bool]) -> Select[int, str, int, int]:
    """Of these settlements: reason and Σ principal × days that bear no subsidy."""
    parts = _parts_left_out(which)
    return (
        select(parts.c.settlement_id, parts.c.reason, parts.c.loan_id, sum_of(parts.c.days_fen))
        .where(parts.c.days_fen > 0)
        .group_by(parts.c.settlement_id, parts.c.reason, parts.c.loan_id)
    )


def _parts_left_out(which: ColumnElement[bool]) -> Subquery:
    """Segment by segment of the settlements of loans that the treasury bears a part of."""
    late = Segment.state.in_(("overdue", "misused"))
    shared = Segment.share_bp > 0
    over_fen = case(
        (Segment.principal_fen > Segment.cap_fen, Segment.principal_fen - Segment.cap_fen),
        else_=0,
    )
    left_fen = case((and_(~late, shared), over_fen), else_=Segment.principal_fen)
    return (
        select(
            Settlement.id.label("settlement_id"),
            Settlement.loan_id,
            case(
                (Segment.state == "misused", func.coalesce(_found_by_check(), "misused")),
                (late, "overdue"),
                (shared, "over_cap"),
                else_=func.coalesce(_why_stopped(), "no_share"),
            ).label("reason"),
            (left_fen * days_between(Segment.from_on, Segment.to_on)).label("days_fen"),
        )
        .join(Segment, Segment.loan_id == Settlement.loan_id)
        .where(
            which,
            exists().where(LoanBearer.loan_id == Settlement.loan_id),
            _earned(),
            Segment.from_on >= Settlement.from_on,
            Segment.to_on <= Settlement.to_on,
            record.in_force(),
            _something_stands(),
        )
        .subquery()
    )


def _earned() -> ColumnElement[bool]:
    """Of a settlement and a segment: the first was earned on the second."""
    return or_(
        *(
            and_(Settlement.kind == kind, Segment.state.in_(EARNED_ON[kind]))
            for kind in LOOKED_THROUGH
        )
    )


def _something_stands() -> ColumnElement[bool]:
    """Of a settlement: its revisions, added up, leave anything at all."""
    every = aliased(Settlement)
    whole = select(sum_of(every.amount_fen)).where(
        every.loan_id == Settlement.loan_id,
        every.kind == Settlement.kind,
        every.to_on == Settlement.to_on,
    )
    return or_(Settlement.revision == 0, whole.correlate(Settlement).scalar_subquery() != 0)


def _why_stopped() -> ColumnElement[str]:
    """Of a segment: why the subsidy was stopped by its first day; NULL where it was not."""
    return (
        select(Change.why)
        .where(
            Change.loan_id == Segment.loan_id,
            Change.kind == "unsubsidised",
            Change.value_date <= Segment.from_on,
            ~exists().where(Reversal.change_id == Change.id),
        )
        .order_by(Change.value_date, Change.id)
        .limit(1)
        .correlate(Segment)
        .scalar_subquery()
    )


def _found_by_check() -> ColumnElement[str]:
    """Of a settlement: what the last check before it found of a misuse; NULL without one."""
    return (
        select(PostCheck.use_found)
        .where(
            PostCheck.loan_id == Settlement.loan_id,
            PostCheck.use_found.in_(MISUSES),
            PostCheck.noted_on <= Settlement.booked_on,
        )
        .order_by(PostCheck.value_date.desc(), PostCheck.id.desc())
        .limit(1)
        .correlate(Settlement)
        .scalar_subquery()
    )


def _book(session: Session, on: date) -> int:
    """A run and an entry of the treasury for each lender: interest subsidies, owed."""
    session.execute(
        insert(SubsidyRun).from_select(
            ["on_day", "lender_id", "entitlements", "amount_fen"],
            select(
                Entitlement.booked_on,
                Entitlement.lender_id,
                func.count(),
                sum_of(Entitlement.amount_fen),
            )
            .where(Entitlement.booked_on == on)
            .group_by(Entitlement.booked_on, Entitlement.lender_id)
            .order_by(Entitlement.lender_id),
        )
    )
    rows = session.scalar(select(sum_of(SubsidyRun.entitlements)).where(SubsidyRun.on_day == on))
    if rows:
        open_accounts(session)
        ledger.post_many(
            session,
            source_kind=SOURCE,
            booking_date=on,
            value_date=on,
            lines=_lines(on),
            owner_kind=OWNER_KIND,
            closing=True,
        )
    return rows or 0


def _lines(on: date) -> Select[int, int, str, int, int]:
    parts = [
        select(
            SubsidyRun.id,
            literal(OWNER_ID),
            literal(kind),
            literal(0),
            SubsidyRun.amount_fen * sign,
        ).where(SubsidyRun.on_day == on)
        for kind, sign in (("subsidy_expense", 1), ("subsidy_payable", -1))
    ]
    both = parts[0].union_all(parts[1]).subquery()
    source_id, owner_id, kind, subject_id, amount_fen = both.c
    return select(
        source_id.label("source_id"),
        owner_id.label("owner_id"),
        kind.label("kind"),
        subject_id.label("subject_id"),
        amount_fen.label("amount_fen"),
    )
