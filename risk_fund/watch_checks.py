"""The watch read back: what ``fupin verify`` recomputes of fuse and guarantees.

* the fuse's balances are those of every loan's figures at the last closed day;
* an event of the fuse says what stood at its close, and blew at the threshold it names;
* where the last event of a scope is blown, the loans' stop is set; a lift was asked by one person
  and approved by another;
* what a platform has in force and called adds up from its guarantees, and its capital is that of
  its last row; no guarantee is called or released beyond its amount, or recovered beyond its calls;
* money that moved on a guarantee is its voucher and its entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans.models import LendingLimit, Loan
from office import approvals
from office.models import Decision, Proposal, Voucher
from risk_fund.fuse import reached
from risk_fund.fuse_close import sums_at, whole
from risk_fund.lifting import DECIDE, SUBJECT
from risk_fund.models import (
    FuseBalance,
    FuseEvent,
    FuseLift,
    Guarantee,
    GuaranteeEvent,
    GuaranteePlatform,
    PlatformUse,
)
from risk_fund.platforms import SOURCE


def check(session: Session) -> Iterator[Finding]:
    """Everything the watch promises."""
    yield from _balances(session)
    yield from _events(session)
    yield from _stops(session)
    yield from _lifts(session)
    yield from _uses(session)
    yield from _guarantees(session)
    yield from _money(session)


def _balances(session: Session) -> Iterator[Finding]:
    """While a day closes they are on their way from one day to the next."""
    last = ledger.last_closed_day(session)
    kept = _by_place(session.execute(select(FuseBalance)).scalars())
    if not kept or last is None or ledger.closing_day(session) is not None:
        return
    counted = {
        (row.lender_id, row.village_code): (row.bad_fen, row.outstanding_fen)
        for row in session.execute(whole(last))
    }
    for place in sorted({*kept, *counted}):
        one, other = kept.get(place, (0, 0)), counted.get(place, (0, 0))
        if one != other:
            yield _found(
                "fuse_balances",
                f"lender={place[0]} village={place[1]}",
                f"不良与余额为{one}，按贷款重算为{other}",
                f"bad and outstanding are {one}, {other} from the loans",
            )


def _by_place(rows: Any) -> dict[tuple[int, str], tuple[int, int]]:
    return {(row.lender_id, row.village_code): (row.bad_fen, row.outstanding_fen) for row in rows}


def _events(session: Session) -> Iterator[Finding]:
    for event in session.scalars(select(FuseEvent).where(FuseEvent.event == "blown")):
        stood = sums_at(session, (event.scope_kind, event.scope), event.on_day)
        if stood != (event.bad_fen, event.outstanding_fen):
            yield _found(
                "fuse_events",
                f"id={event.id}",
                f"不良与余额记为{event.bad_fen}、{event.outstanding_fen}，当日为{stood}",
                f"it says {event.bad_fen} of {event.outstanding_fen}, the day said {stood}",
            )
        if not reached(
            bad_fen=event.bad_fen,
            outstanding_fen=event.outstanding_fen,
            threshold_ppm=event.threshold_ppm,
        ):
            yield _found(
                "fuse_events",
                f"id={event.id}",
                "未达熔断线而熔断",
                "it blew below its threshold",
            )


def _stops(session: Session) -> Iterator[Finding]:
    last = select(func.max(FuseEvent.id)).group_by(FuseEvent.scope_kind, FuseEvent.scope)
    rows = session.execute(
        select(FuseEvent.scope_kind, FuseEvent.scope, LendingLimit.stopped)
        .outerjoin(
            LendingLimit,
            and_(
                LendingLimit.scope_kind == FuseEvent.scope_kind,
                LendingLimit.scope == FuseEvent.scope,
            ),
        )
        .where(FuseEvent.id.in_(last), FuseEvent.event == "blown")
    )
    for kind, scope, stopped in rows:
        if not stopped:
            yield _found(
                "lending_limits",
                f"{kind} {scope}",
                "已熔断而未停止放贷",
                "the fuse is blown and lending goes on",
            )


def _lifts(session: Session) -> Iterator[Finding]:
    """A lifted scope: asked by one, approved by another, as it was asked."""
    rows: Any = session.execute(
        select(FuseEvent, FuseLift, Proposal.proposed_by, Decision.decided_by, Decision.decision)
        .outerjoin(FuseLift, FuseLift.id == FuseEvent.lift_id)
        .outerjoin(
            Proposal,
            and_(approvals.about(SUBJECT, FuseLift.id), Proposal.command == DECIDE),
        )
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(FuseEvent.event == "lifted")
    )
    for event, lift, asked_by, decided_by, decision in rows:
        as_asked = lift is not None and (event.scope_kind, event.scope, event.until_on) == (
            lift.scope_kind,
            lift.scope,
            lift.until_on,
        )
        if not as_asked or decision != "approved" or asked_by == decided_by:
            yield _found(
                "fuse_events",
                f"id={event.id}",
                "解除熔断未经两人批准，或与所批不符",
                "it was not lifted by two people, or not as they agreed",
            )


def _uses(session: Session) -> Iterator[Finding]:
    events = _signed({"called": -1, "released": -1})
    given = session.execute(
        select(Guarantee.organisation_id, sum_of(Guarantee.amount_fen)).group_by(
            Guarantee.organisation_id
        )
    )
    in_force = {row[0]: row[1] for row in given}
    moved = session.execute(
        select(
            Guarantee.organisation_id,
            sum_of(events),
            sum_of(_signed({"called": 1, "recovered": -1})),
        )
        .join(GuaranteeEvent, GuaranteeEvent.guarantee_id == Guarantee.id)
        .group_by(Guarantee.organisation_id)
    )
    ends = {row[0]: (row[1], row[2]) for row in moved}
    last = select(func.max(GuaranteePlatform.id)).group_by(GuaranteePlatform.organisation_id)
    rows: Any = session.execute(
        select(PlatformUse, GuaranteePlatform)
        .outerjoin(
            GuaranteePlatform,
            and_(
                GuaranteePlatform.organisation_id == PlatformUse.organisation_id,
                GuaranteePlatform.id.in_(last),
            ),
        )
        .order_by(PlatformUse.organisation_id)
    )
    seen = set()
    for use, row in rows:
        seen.add(use.organisation_id)
        ended, called = ends.get(use.organisation_id, (0, 0))
        wanted = (in_force.get(use.organisation_id, 0) + ended, called)
        registered = (row.capital_fen, row.multiple) if row is not None else None
        if (use.in_force_fen, use.called_fen) != wanted:
            yield _found(
                "guarantee_platform_uses",
                f"organisation={use.organisation_id}",
                f"在保与代偿为{use.in_force_fen}、{use.called_fen}，按担保函重算为{wanted}",
                f"in force and called are {use.in_force_fen}, {use.called_fen}, not {wanted}",
            )
        if (use.capital_fen, use.multiple) != registered:
            yield _found(
                "guarantee_platform_uses",
                f"organisation={use.organisation_id}",
                "资本或倍数与登记不符",
                "capital or multiple is not what was registered",
            )
    for organisation_id in sorted(set(in_force) - seen):
        yield _found(
            "guarantee_platform_uses",
            f"organisation={organisation_id}",
            "有担保函而无平台",
            "there are guarantees and no platform",
        )


def _guarantees(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(
            Guarantee.id,
            Guarantee.amount_fen,
            sum_of(_signed({"called": 1, "released": 1})),
            sum_of(_signed({"called": 1, "recovered": -1})),
            Loan.organisation_id,
        )
        .join(Loan, Loan.id == Guarantee.loan_id)
        .outerjoin(GuaranteeEvent, GuaranteeEvent.guarantee_id == Guarantee.id)
        .group_by(Guarantee.id, Guarantee.amount_fen, Loan.organisation_id)
        .order_by(Guarantee.id)
    )
    for number, amount, ended, unrecovered, user in rows:
        if ended > amount or unrecovered < 0:
            yield _found(
                "guarantees",
                f"id={number}",
                "代偿、解除超过担保金额，或收回超过代偿",
                "more is called and released than was given, or more recovered than called",
            )
        if user is None:
            yield _found(
                "guarantees",
                f"id={number}",
                "为农户自用的贷款提供了担保",
                "it is of a loan that a household uses",
            )


def _money(session: Session) -> Iterator[Finding]:
    booked = ledger.debits_by_source(session, source_kind=SOURCE)
    rows: Any = session.execute(
        select(GuaranteeEvent, Voucher, Loan.lender_id)
        .join(Guarantee, Guarantee.id == GuaranteeEvent.guarantee_id)
        .join(Loan, Loan.id == Guarantee.loan_id)
        .outerjoin(Voucher, Voucher.id == GuaranteeEvent.voucher_id)
        .order_by(GuaranteeEvent.id)
    )
    for event, voucher, lender_id in rows:
        entry = booked.pop(event.id, None)
        if event.kind == "released":
            right = entry is None
        else:
            direction = "in" if event.kind == "called" else "out"
            right = (
                voucher is not None
                and (voucher.amount_fen, voucher.direction, voucher.institution_id)
                == (event.amount_fen, direction, lender_id)
                and entry == event.amount_fen
            )
        if not right:
            yield _found(
                "guarantee_events",
                f"id={event.id}",
                "与凭证或分录不符",
                "it does not agree with its voucher or its entry",
            )
    for source_id in sorted(booked):
        yield _found(
            "guarantee_events", f"id={source_id}", "有分录而无此笔", "there is an entry and no row"
        )


def _signed(signs: dict[str, int]) -> Any:
    """The amount of an event with the sign of its kind."""
    kind, amount = GuaranteeEvent.kind, GuaranteeEvent.amount_fen
    return case(*[(kind == name, sign * amount) for name, sign in signs.items()], else_=0)


def _found(table: str, key: str, zh: str, en: str) -> Finding:
    return Finding("risk_fund.watch", table, key, f"{key}：{zh}", f"{key}: {en}")
