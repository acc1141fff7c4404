"""Agreements over the API: with their lists, who leaves, and the unwinding of 户贷企用."""

from __future__ import annotations

from typing import Any, Final

from flask import request

import ledger
from enterprises import Asked, Stake, queries
from enterprises.unwinding import LoanOpen
from web import agreement_view, linking_deeds, scope
from web.api import enterprises_asked as asking
from web.api import enterprises_dividends_schemas as deeds
from web.api import enterprises_schemas as schemas
from web.api import paging
from web.api.routes import Routes, do_once
from web.context import actor, reading

routes = Routes("agreements", "利益联结协议 · agreements of enterprises with households")

_ONE: Final = "/enterprises/agreements/<int:agreement_id>"


@routes.get(
    "/enterprises/agreements",
    command="enterprises.read",
    query=asking.AgreementsQuery,
    answers=paging.page_of(schemas.AgreementLine),
)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """协议清单。Agreements, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        scope.own_digits(session, actor())
        found = queries.agreements(
            session,
            organisation_id=query.get("organisation_id"),
            form=query["form"],
            state=query["state"],
            text=query["q"],
            after=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1][0].id if len(found) > limit else None)


@routes.post(
    "/enterprises/agreements",
    command="enterprises.agree",
    body=asking.AgreementBody,
    answers=deeds.HandedAnswer,
    status=201,
    keyed=True,
)
def agree(asked: tuple[Asked, list[Stake]]) -> dict[str, Any]:
    """提交协议和首份名单，待另一人审批。Hand in an agreement with its first list."""
    deed = linking_deeds.agree(*asked)
    return do_once("enterprises.agree", deed, body=request.get_json())


@routes.get(_ONE, command="enterprises.read", answers=schemas.AgreementAnswer)
def one(agreement_id: int) -> agreement_view.AgreementShown:
    """一份协议：签约方、条款、名单、分红、清退。One agreement with all that belongs to it."""
    with reading() as session:
        on = ledger.open_day(session)
        return agreement_view.shown(session, agreement_id, on, by=actor())


@routes.get(
    f"{_ONE}/households",
    command="enterprises.read",
    query=asking.HouseholdsQuery,
    answers=paging.page_of(schemas.StakeAnswer),
)
def households(query: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """联结农户。The stakes of an agreement, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        found = agreement_view.households(
            session,
            agreement_id,
            by=actor(),
            list_id=query["list_id"],
            text=query["q"],
            after=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1][0].id if len(found) > limit else None)


@routes.get(f"{_ONE}/loans", command="enterprises.read", answers=schemas.LoanOpenAnswer(many=True))
def loans(agreement_id: int) -> list[LoanOpen]:
    """股份背后的贷款：本金和贴息是否已结清。The loans behind the stakes, the first hundred."""
    with reading() as session:
        agreement_view.seen(session, agreement_id, actor())
        on = ledger.open_day(session)
        return agreement_view.loans_open(session, agreement_id, on, by=actor())


@routes.post(
    f"{_ONE}/lists",
    command="enterprises.agree",
    body=asking.ListBody,
    answers=deeds.HandedAnswer,
    status=201,
    keyed=True,
)
def join(asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """追加名单，待另一人审批。Hand in a further list."""
    deed = linking_deeds.join(agreement_id, **asked)
    return do_once("enterprises.agree", deed, body=[agreement_id, request.get_json()])


@routes.post(
    f"{_ONE}/leavings",
    command="enterprises.leave",
    body=asking.LeaveBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def leave(asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """登记退出。A household leaves."""
    deed = linking_deeds.leave(agreement_id, **asked)
    return do_once("enterprises.leave", deed, body=[agreement_id, request.get_json()])


@routes.post(
    f"{_ONE}/unwindings",
    command="enterprises.unwind",
    body=asking.UnwindBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def unwind(asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """提出清退，待另一人决定。Ask that an agreement be unwound."""
    deed = linking_deeds.unwind(agreement_id, **asked)
    return do_once("enterprises.unwind", deed, body=[agreement_id, request.get_json()])


@routes.post(
    f"{_ONE}/conversions",
    command="enterprises.unwind",
    body=asking.ConvertBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def convert(asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """申请转为户用，待另一人决定。Ask that a loan become the household's own use."""
    deed = linking_deeds.convert(agreement_id, **asked)
    return do_once("enterprises.unwind", deed, body=[agreement_id, request.get_json()])


@routes.post(
    f"{_ONE}/end",
    command="enterprises.approve_unwind",
    body=asking.NumberBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def end(asked: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """三项条件都满足后终止协议。End an agreement whose unwinding is done."""
    deed = linking_deeds.end_agreement(agreement_id, asked["document_no"])
    return do_once("enterprises.approve_unwind", deed, body=[agreement_id, request.get_json()])
