"""Drafting claims: by a job for every lender, route and ended period, or by hand.

A draft takes whatever was settled by the end of its period and stands in no other claim; what a
correction adds later is the next claim's. A returned or withdrawn claim is followed by its next
version, which may leave out a loan with a reason until that is corrected; every later claim
lists it with that reason, until one that stands takes it again. Drafts of one lender wait for one
another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import and_, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.dates import ONE_DAY, Period
from kernel.money import format_yuan
from loans.models import Loan
from office.refusals import ReasonMissing
from policy import Rulebook
from policy.values import ROUTES
from subsidies import lifecycle
from subsidies.claims import freezing
from subsidies.claims.freezing import Choice, Totals
from subsidies.claims.periods import Rhythm, rhythm_of
from subsidies.claims.steps import allow, state_of, working_days_after
from subsidies.models import (
    Claim,
    ClaimLeftOut,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Entitlement,
    EntitlementClaim,
)
from subsidies.offsetting import offset, take_turn, unclaimed
from subsidies.refusals.claiming import (
    ClaimAlreadyMade,
    ClaimNotPositive,
    ClaimRowsChanged,
    LoanOfAnotherLender,
    NoSubsidyToClaim,
    NoSuchClaimPeriod,
    NotAmongTheRows,
    PeriodNotSettled,
    RouteUnknown,
    RowsClaimedMeanwhile,
)

COMMAND = "subsidies.draft"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What drafting goes by, at hand."""

    rulebook: Rulebook
    calendar: HolidayTable
    region: str
    #: last closed day
    closed: date
    on: date
    by: Actor

    def rhythm(self, day: date) -> Rhythm:
        """The rhythm in force on the eve of a day."""
        return rhythm_of(self.rulebook.conduct(on=day - ONE_DAY, region=self.region))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A claim to be."""

    choice: Choice
    period: Period
    totals: Totals
    #: the version before
    previous: Claim | None = None
    #: loan -> why it is left out
    reasons: Mapping[int, str] = field(default_factory=dict)


def draft(
    session: Session,
    *,
    lender_id: int,
    route: str,
    period_to: date,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
    left_out: Mapping[str, str] | None = None,
    taking_again: Collection[str] = (),
) -> int:
    """Draft a lender's claim for a period, or the next version of one; its number.

    ``left_out``: contract number -> why it is not claimed; ``taking_again``: contracts that an
    earlier claim left out.
    """
    if route not in ROUTES:
        raise RouteUnknown(field="route", route=route[:20])
    ledger.require_bookable(session, on)
    organisations.lender_on(session, lender_id, on)
    allow(session, COMMAND, lender_id, by)
    _take_up(session, lender_id, route, on)
    desk = _desk(session, rulebook, calendar, on, by)
    period = _period(desk, period_to)
    previous = _previous(session, lender_id, route, period_to)
    choice = Choice(lender_id, route, period_to, desk.closed)
    reasons = _loans(session, choice, dict(left_out or {}))
    again = _loans(session, choice, dict.fromkeys(taking_again, "again"))
    choice = replace(choice, taking_again=tuple(again))
    _require_open(session, choice, reasons)
    choice = replace(choice, leaving_out=tuple(reasons))
    totals = freezing.totals_of(session, choice)
    if totals.rows == 0:
        raise NoSubsidyToClaim(field="period_to", last=period_to - ONE_DAY)
    if totals.total_fen <= 0:
        raise ClaimNotPositive(field="period_to", total=format_yuan(totals.total_fen))
    return _write(session, desk, _Draft(choice, period, totals, previous, reasons))


def draft_due(
    session: Session,
    *,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> list[int]:
    """Draft for every lender, route and ended period with unclaimed entitlements; the numbers.

    A period that has a claim, whatever became of it, is for people; one that would not come to more
    than nothing waits.
    """
    ledger.require_bookable(session, on)
    if ledger.last_closed_day(session) is None:
        return []
    desk = _desk(session, rulebook, calendar, on, by)
    rhythm = desk.rhythm(desk.closed + ONE_DAY)
    last = rhythm.last_ended(desk.closed + ONE_DAY)
    made: list[int] = []
    for lender_id, route, first in _waiting(session, last.end, desk.closed):
        allow(session, COMMAND, lender_id, by)
        # By the lenders' numbers, so that no two jobs wait for each other.
        _take_up(session, lender_id, route, on)
        known = _known(session, lender_id, route)
        for period in rhythm.between(first, last):
            choice = Choice(lender_id, route, period.end, desk.closed)
            if period.end in known:
                continue
            totals = freezing.totals_of(session, choice)
            if totals.total_fen > 0:
                made.append(_write(session, desk, _Draft(choice, period, totals)))
    return made


def _take_up(session: Session, lender_id: int, route: str, on: date) -> None:
    """Nobody else drafts for the lender; what takes back what was given back is for no claim."""
    take_turn(session, lender_id)
    mine = and_(Entitlement.lender_id == lender_id, Entitlement.route == route)
    offset(session, mine, on=on)


def _desk(
    session: Session, rulebook: Rulebook, calendar: HolidayTable, on: date, by: Actor
) -> _Desk:
    closed = ledger.last_closed_day(session)
    if closed is None:
        raise PeriodNotSettled(field="period_to", eve=on)
    return _Desk(rulebook, calendar, ledger.books(session).region_code, closed, on, by)


def _period(desk: _Desk, period_to: date) -> Period:
    """The period that ends on the day, which is over and settled."""
    eve = period_to - ONE_DAY
    if eve > desk.closed:
        raise PeriodNotSettled(field="period_to", eve=eve)
    rhythm = desk.rhythm(period_to)
    period = rhythm.holding(period_to)
    if period.end != period_to:
        end = rhythm.last_ended(period_to).end
        raise NoSuchClaimPeriod(field="period_to", day=period_to, end=end)
    return period


def _previous(session: Session, lender_id: int, route: str, period_to: date) -> Claim | None:
    """The last version for the period, which is over; None: there is none."""
    last = _last(session, lender_id, route, period_to)
    if last is not None:
        state = state_of(session, last.id)
        if state in lifecycle.ALIVE:
            raise _made(last.id, period_to, state)
    return last


def _last(session: Session, lender_id: int, route: str, period_to: date) -> Claim | None:
    return session.scalar(
        select(Claim)
        .where(Claim.lender_id == lender_id, Claim.route == route, Claim.period_to == period_to)
        .order_by(Claim.version.desc())
        .limit(1)
    )


def _made(claim_id: int, period_to: date, state: str) -> ClaimAlreadyMade:
    state_zh, state_en = lifecycle.TITLES[state]
    return ClaimAlreadyMade(
        field="period_to",
        last=period_to - ONE_DAY,
        claim=claim_id,
        state_zh=state_zh,
        state_en=state_en,
    )


def _loans(session: Session, choice: Choice, named: Mapping[str, str]) -> dict[int, str]:
    """Loans of the lender and the route by their numbers, each with its reason."""
    rows = session.execute(
        select(Loan.number, Loan.id).where(
            Loan.number.in_(sorted(named)),
            Loan.lender_id == choice.lender_id,
            Loan.subsidy_route == choice.route,
        )
    )
    known = {row[0]: row[1] for row in rows}
    for number, reason in named.items():
        if number not in known:
            raise LoanOfAnotherLender(field="left_out", number=number[:40])
        if not reason.strip():
            raise ReasonMissing(field="left_out")
    return {known[number]: reason.strip() for number, reason in named.items()}


def _require_open(session: Session, choice: Choice, reasons: Mapping[int, str]) -> None:
    """Refuse to leave out, or to take in again, what is not there to be claimed."""
    wanted = sorted({*reasons, *choice.taking_again})
    found = set(
        session.scalars(
            select(Entitlement.loan_id)
            .where(choice.open(), Entitlement.loan_id.in_(wanted))
            .distinct()
        )
    )
    for loan_id in wanted:
        if loan_id not in found:
            number = session.scalar(select(Loan.number).where(Loan.id == loan_id))
            raise NotAmongTheRows(field="left_out", number=number)


def _waiting(session: Session, period_to: date, closed: date) -> list[tuple[int, str, date]]:
    """Lender, route and first day of settlement of whatever is in no claim."""
    rows = session.execute(
        select(Entitlement.lender_id, Entitlement.route, Entitlement.to_on)
        .where(
            Entitlement.to_on <= period_to,
            Entitlement.booked_on <= closed,
            unclaimed(),
            ~freezing.left_out(),
        )
        .distinct()
        .order_by(Entitlement.lender_id, Entitlement.route, Entitlement.to_on)
    )
    first: dict[tuple[int, str], date] = {}
    for lender_id, route, to_on in rows:
        first.setdefault((lender_id, route), to_on)
    return [(lender_id, route, day) for (lender_id, route), day in first.items()]


def _known(session: Session, lender_id: int, route: str) -> set[date]:
    """The periods that have a claim, whatever became of it."""
    return set(
        session.scalars(
            select(Claim.period_to).where(Claim.lender_id == lender_id, Claim.route == route)
        )
    )


def _write(session: Session, desk: _Desk, one: _Draft) -> int:
    """The claim, its rows, its first step; and a paired assertion: the rows are those meant."""
    claim_id = _insert(session, one, desk.on)
    _leave_out(session, one, claim_id)
    freezing.write_rows(session, one.choice, claim_id)
    lost = one.totals.rows - _hold(session, claim_id)
    if lost:
        raise RowsClaimedMeanwhile(field="period_to", count=lost)
    if freezing.digest_of(session, claim_id) != one.totals.digest:
        raise ClaimRowsChanged(field="claim_id", claim=claim_id)
    conduct = desk.rulebook.conduct(on=desk.on, region=desk.region)
    days = conduct.subsidy_claim_working_days.value
    session.add(ClaimPosition(claim_id=claim_id, state=lifecycle.DRAFTED))
    session.add(
        ClaimStep(
            claim_id=claim_id,
            nr=1,
            state=lifecycle.DRAFTED,
            on_day=desk.on,
            by_person=desk.by.person_id,
            deadline_on=working_days_after(desk.calendar, one.period.end - ONE_DAY, days),
            digest=one.totals.digest,
            reason="",
        )
    )
    session.flush()
    return claim_id


def _insert(session: Session, one: _Draft, on: date) -> int:
    """The claim; the unique key of lender, route, period and version holds where two race."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    choice, totals, previous = one.choice, one.totals, one.previous
    claim_id: int | None = session.scalar(
        dialect.insert(Claim)
        .values(
            lender_id=choice.lender_id,
            route=choice.route,
            period_from=one.period.start,
            period_to=one.period.end,
            version=previous.version + 1 if previous else 1,
            previous_id=previous.id if previous else None,
            drafted_on=on,
            rows=totals.rows,
            households=totals.households,
            total_fen=totals.total_fen,
            digest=totals.digest,
        )
        .on_conflict_do_nothing()
        .returning(Claim.id)
    )
    if claim_id is None:
        # Another was faster; its row is committed by now.
        other = _last(session, choice.lender_id, choice.route, one.period.end)
        raise _made(other.id if other else 0, one.period.end, lifecycle.DRAFTED)
    return claim_id


def _leave_out(session: Session, one: _Draft, claim_id: int) -> None:
    """Note what this claim does not ask for: of the loans that were named, and what earlier claims
    left out for a reason that still holds.
    """
    kept = freezing.kept_out(one.choice).subquery()
    session.execute(
        insert(ClaimLeftOut).from_select(
            ["claim_id", "entitlement_id", "reason"],
            select(literal(claim_id), kept.c.id, kept.c.reason),
        )
    )
    for loan_id, reason in one.reasons.items():
        session.execute(
            insert(ClaimLeftOut).from_select(
                ["claim_id", "entitlement_id", "reason"],
                select(literal(claim_id), Entitlement.id, literal(reason)).where(
                    one.choice.open(), Entitlement.loan_id == loan_id
                ),
            )
        )


def _hold(session: Session, claim_id: int) -> int:
    """The entitlements stand in this claim; how many were still free."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(EntitlementClaim)
        .from_select(
            ["entitlement_id", "claim_id"],
            select(ClaimRow.entitlement_id, ClaimRow.claim_id)
            .where(ClaimRow.claim_id == claim_id)
            .order_by(ClaimRow.entitlement_id),
        )
        .on_conflict_do_nothing()
    )
    # Counted, not told by the driver: PostgreSQL's keeps no count of rows inserted.
    held = select(func.count()).where(EntitlementClaim.claim_id == claim_id)
    return session.scalar(held) or 0
