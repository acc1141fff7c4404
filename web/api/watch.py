"""The watch over the API: the fuse and its lifts, guarantee platforms, the stress."""

from __future__ import annotations

from typing import Any

from flask import request

import ledger
from risk_fund import fuse as rule
from risk_fund.models import FuseEvent
from risk_fund.platforms import Given, Money
from risk_fund.stress import as_data
from risk_fund.watch_queries import Watched, events_of, guarantees, platforms, watched
from web import watching
from web.api import watch_schemas as schemas
from web.api.decisions import DecisionAnswer, DecisionBody
from web.api.routes import Routes, do_once
from web.context import actor, house, reading

routes = Routes("watch", "风险监测 · the fuse, guarantee platforms, the stress")


# --- the fuse -------------------------------------------------------------------------------------


@routes.get(
    "/fund/fuse", command="risk_fund.read", query=schemas.FuseQuery, answers=schemas.FuseAnswer
)
def fuse(query: dict[str, Any]) -> dict[str, Any]:
    """熔断：各银行、乡镇、村的不良率与状态。Where lending is stopped, lifted, or near it."""
    with reading() as session:
        on = ledger.open_day(session)
        rules = watching.rules_of(session, on)
        found = watched(session, conduct=rules, by=actor())
    threshold, days = rules.fuse_bad_ratio_ppm, rules.fuse_lift_days
    return {
        "on": on,
        "threshold_ppm": threshold.value,
        "clause": threshold.cite,
        "lift_days": days.value,
        "lift_clause": days.cite,
        "items": [_place(one) for one in found if query["event"] in {"", one.event}],
    }


def _place(one: Watched) -> dict[str, Any]:
    kind, code = one.scope
    said = {"scope_kind": kind, "scope": code, "name": watching.place_of(one, house().regions)}
    rest = schemas.WatchedPlace().fields.keys() - said.keys()
    return {**said, **{name: getattr(one, name) for name in rest}}


@routes.get(
    "/fund/fuse/events",
    command="risk_fund.read",
    query=schemas.ScopeQuery,
    answers=schemas.FuseEventRow(many=True),
)
def events(query: dict[str, Any]) -> list[dict[str, Any]]:
    """某一范围历次熔断与解除，最近的在前。What the fuse has said of a place, newest first."""
    with reading() as session:
        found = events_of(session, (query["scope_kind"], query["scope"]), by=actor())
        return [_event(one) for one in found]


def _event(one: FuseEvent) -> dict[str, Any]:
    said = {"ratio_ppm": rule.ratio_ppm(one.bad_fen, one.outstanding_fen)}
    rest = schemas.FuseEventRow().fields.keys() - said.keys()
    return {**said, **{name: getattr(one, name) for name in rest}}


@routes.post(
    "/fund/fuse/lifts",
    command="risk_fund.lift_fuse",
    body=schemas.LiftBody,
    answers=schemas.LiftAsked,
    status=201,
    keyed=True,
)
def ask_for_lift(asked: dict[str, Any]) -> dict[str, Any]:
    """申请解除熔断，由另一人审批。Ask that lending goes on; another person decides."""
    scope = (asked["scope_kind"], asked["scope"])
    deed = watching.ask_for_lift(scope, until_on=asked["until_on"], reason=asked["reason"])
    return do_once("risk_fund.lift_fuse", deed, body=request.get_json())


@routes.post(
    "/fund/fuse/lifts/<int:proposal_id>/decision",
    command="risk_fund.approve_lift",
    body=DecisionBody,
    answers=DecisionAnswer,
    status=201,
    keyed=True,
)
def decide_on_lift(asked: dict[str, Any], proposal_id: int) -> dict[str, Any]:
    """审批解除熔断的申请；退回须有理由。Let lending go on, or not; never one's own proposal."""
    approved = asked["decision"] == "approved"
    deed = watching.decide_on_lift(proposal_id, approved=approved, reason=asked["reason"])
    return do_once("risk_fund.approve_lift", deed, body=[proposal_id, request.get_json()])


# --- platforms ------------------------------------------------------------------------------------


@routes.get("/fund/platforms", command="risk_fund.read", answers=schemas.PlatformAnswer(many=True))
def listed() -> list[Any]:
    """担保平台及其还可担保的金额。Platforms, and how far they still go."""
    with reading() as session:
        return platforms(session, by=actor())


@routes.post(
    "/fund/platforms",
    command="risk_fund.platform",
    body=schemas.PlatformBody,
    answers=schemas.PlatformSet,
    status=201,
    keyed=True,
)
def set_platform(asked: dict[str, Any]) -> dict[str, Any]:
    """登记或变更担保平台的资本与倍数。Capital and multiple of a platform, from today."""
    return do_once("risk_fund.platform", watching.set_platform(**asked), body=request.get_json())


@routes.get(
    "/fund/guarantees",
    command="risk_fund.read",
    query=schemas.GuaranteesQuery,
    answers=schemas.GuaranteeAnswer(many=True),
)
def letters(query: dict[str, Any]) -> list[Any]:
    """担保函清单，最近的在前。Letters of guarantee, newest first."""
    with reading() as session:
        return list(guarantees(session, by=actor(), limit=query["limit"]))


@routes.post(
    "/fund/guarantees",
    command="risk_fund.guarantee",
    body=schemas.GuaranteeBody,
    answers=schemas.GuaranteeGiven,
    status=201,
    keyed=True,
)
def give(asked: dict[str, Any]) -> dict[str, Any]:
    """录入担保函（仅限机构用款的合同）。A letter of guarantee; never for a household's loan."""
    return do_once(
        "risk_fund.guarantee", watching.guarantee(Given(**asked)), body=request.get_json()
    )


@routes.post(
    "/fund/guarantees/release",
    command="risk_fund.call_guarantee",
    body=schemas.ReleaseBody,
    answers=schemas.GuaranteeMoved,
    status=201,
    keyed=True,
)
def release(asked: dict[str, Any]) -> dict[str, Any]:
    """解除担保（全部或部分）。Let a guarantee go, in whole or in part."""
    deed = watching.move("release", Money(**asked, channel="", voucher_no=""))
    return do_once("risk_fund.call_guarantee", deed, body=["release", request.get_json()])


@routes.post(
    "/fund/guarantees/call",
    command="risk_fund.call_guarantee",
    body=schemas.MoneyBody,
    answers=schemas.GuaranteeMoved,
    status=201,
    keyed=True,
)
def call(asked: dict[str, Any]) -> dict[str, Any]:
    """担保代偿入账。The company pays the lender what is past due."""
    deed = watching.move("call", Money(**asked))
    return do_once("risk_fund.call_guarantee", deed, body=["call", request.get_json()])


@routes.post(
    "/fund/guarantees/recovery",
    command="risk_fund.return",
    body=schemas.MoneyBody,
    answers=schemas.GuaranteeMoved,
    status=201,
    keyed=True,
)
def recover(asked: dict[str, Any]) -> dict[str, Any]:
    """返还担保追偿款。The lender gives back what it got in."""
    deed = watching.move("recover", Money(**asked))
    return do_once("risk_fund.return", deed, body=["recover", request.get_json()])


# --- the stress -----------------------------------------------------------------------------------


@routes.get(
    "/fund/stress",
    command="risk_fund.stress",
    query=schemas.StressQuery,
    answers=schemas.StressAnswer,
)
def stress(query: dict[str, Any]) -> dict[str, Any]:
    """压力测试，与 fupin stress --json 相同。What a bad year would cost the fund."""
    with reading() as session:
        told = watching.stressed(session, **query)
    return as_data(told)
