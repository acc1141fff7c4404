"""What pages and API both do about the watch: the fuse's lifts, guarantee platforms, the stress."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.refusals import BadValue
from kernel.regions import COUNTY, RegionTree
from policy import ConductRules
from risk_fund import ask_lift, decide_lift, platforms
from risk_fund.fuse import Scope
from risk_fund.platforms import Given, Money
from risk_fund.refusals import StressUnclear
from risk_fund.stress import StressAsked, Stressed, ask
from risk_fund.stress.assumed import SEED
from risk_fund.watch_queries import Watched
from web.context import actor, house
from web.deeds import Deed, deed
from web.fields import row_id

#: runs of a stress that somebody may wait for on the line; the command line takes more
RUNS_MAX: Final = 1_000

#: runs that a page proposes
RUNS: Final = 200

Moved = Literal["call", "release", "recover"]


def rules_of(session: Session, on: date) -> ConductRules:
    """The conduct rules of a day in the county of these books."""
    return house().rulebook.conduct(on=on, region=ledger.books(session).region_code)


def place_of(one: Watched, regions: RegionTree) -> str:
    """What a watched place is called: its lender, or its township, its village."""
    return one.lender or regions.area_name(one.scope[1], below=COUNTY)


# --- the fuse -------------------------------------------------------------------------------------


def ask_for_lift(scope: Scope, *, until_on: date, reason: str) -> Deed:
    """Ask that lending goes on somewhere."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        proposal_id = ask_lift(
            session,
            scope=scope,
            until_on=until_on,
            reason=reason,
            conduct=rules_of(session, on),
            on=on,
            by=by,
            place=house().regions.area_name(scope[1]) if scope[0] == "region" else "",
        )
        return {"proposal_id": proposal_id}

    return work


def decide_on_lift(proposal_id: int, *, approved: bool, reason: str) -> Deed:
    """Let lending go on, or not."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        decide_lift(
            session,
            proposal_id=proposal_id,
            approved=approved,
            conduct=rules_of(session, on),
            on=on,
            by=by,
            reason=reason,
        )
        decision = "approved" if approved else "rejected"
        return {"proposal_id": proposal_id, "decision": decision, "decided_on": on.isoformat()}

    return work


# --- platforms ------------------------------------------------------------------------------------


def set_platform(*, credit_code: str, capital_fen: int, multiple: int, clause: str) -> Deed:
    """Capital and multiple of a platform."""
    by = actor()
    verb = partial(
        platforms.set_platform,
        credit_code=credit_code,
        capital_fen=capital_fen,
        multiple=multiple,
        clause=clause,
    )
    return deed("organisation_id", by, verb)


def guarantee(given: Given) -> Deed:
    """A letter of guarantee."""
    by = actor()
    return deed("guarantee_id", by, partial(platforms.give, given=given))


def move(deed: Moved, money: Money) -> Deed:
    """The company pays, is let go, or gets back what was recovered."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        if deed == "release":
            platforms.release(
                session,
                letter_no=money.letter_no,
                amount_fen=money.amount_fen,
                reason=money.reason,
                on=on,
                by=by,
            )
        else:
            verb = platforms.call if deed == "call" else platforms.recover
            verb(session, money=money, on=on, by=by)
        return {"letter_no": money.letter_no, "on": on.isoformat()}

    return work


# --- the stress -----------------------------------------------------------------------------------


def asked_for(typed: Mapping[str, str]) -> tuple[int, int]:
    """Runs and seed as somebody typed them; what was not typed is as proposed."""
    runs, seed = typed.get("runs", str(RUNS)), typed.get("seed", str(SEED))
    if not 100 <= row_id(runs) <= RUNS_MAX:
        raise StressUnclear(field="runs", most=RUNS_MAX)
    if not re.fullmatch("[0-9]{1,15}", seed, re.ASCII):
        raise BadValue(
            field="seed", name="seed", value=seed[:40], rule_zh="须为至多15位的数字",
            rule_en="a number of at most fifteen digits",
        )  # fmt: skip
    return row_id(runs), int(seed)


def stressed(session: Session, *, runs: int, seed: int, lender: str = "") -> Stressed:
    """Stress what the asker may see, or one lender of it by its credit code."""
    lender_id = organisations.by_credit_code(session, lender).id if lender else None
    return ask(
        session,
        asked=StressAsked(runs, seed, lender_id),
        on=ledger.open_day(session),
        last_closed=ledger.last_closed_day(session),
        by=actor(),
    )
