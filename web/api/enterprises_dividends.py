"""Rounds of dividends over the API: lists, arrears, rows with their why, every step, the money."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from marshmallow import Schema

import ledger
from enterprises import payment
from enterprises.dividends import reading as dividends
from enterprises.dividends.expected import Arrear, arrears
from enterprises.dividends.funding import Funded
from enterprises.dividends.surplus import Refund
from kernel.regions import scope_digits
from office.payouts import HOUSEHOLDS
from web import dividend_deeds, dividend_view, dividend_why, scope
from web.api import enterprises_asked as asking
from web.api import enterprises_dividends_schemas as deeds
from web.api import enterprises_schemas as schemas
from web.api import paging, staged
from web.api.lending_schemas import Why
from web.api.routes import Routes, do_once
from web.context import actor, house, reading
from web.dividend_deeds import WAY

routes = Routes("dividends", "企业分红 · rounds of dividends from due to receipt")

_ROUND: Final = WAY.path
#: step -> what it asks; None: nothing
BODIES: Final[dict[str, type[Schema] | None]] = {
    "declare": asking.DeclareBody,
    "check": asking.CheckBody,
    "fund": None,
    "approve": None,
    "return": asking.WhyBody,
    "file": asking.MakeFileBody,
    "discard": asking.WhyBody,
    "send": None,
    "receipt": asking.NumberBody,
    "settle": None,
}


@routes.get(
    "/enterprises/dividends",
    command="enterprises.read",
    query=asking.RoundsQuery,
    answers=paging.page_of(schemas.RoundLine),
)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """分红期次。Rounds, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        scope.own_digits(session, actor())
        found = dividends.rounds(
            session,
            by=actor(),
            organisation_id=query.get("organisation_id"),
            agreement_id=query.get("agreement_id"),
            state=query["state"],
            after_id=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1].id if len(found) > limit else None)


@routes.get(
    "/enterprises/dividends/arrears",
    command="enterprises.read",
    query=asking.ArrearsQuery,
    answers=schemas.ArrearAnswer(many=True),
)
def behind(query: dict[str, Any]) -> list[Arrear]:
    """欠付分红：到期未发放的，按天数。Rounds due and not paid, the longest first."""
    with reading() as session:
        on = ledger.open_day(session)
        return arrears(session, on=on, by=actor(), organisation_id=query.get("organisation_id"))


@routes.get("/enterprises/pools", command="enterprises.read", answers=schemas.PoolAnswer(many=True))
def pools() -> list[dividends.PoolTold]:
    """分红专户。What each enterprise has paid in, and what became of it."""
    with reading() as session:
        return dividends.pools(session, by=actor())


@routes.post(
    "/enterprises/fundings",
    command="enterprises.fund",
    body=asking.FundingBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def receive(funded: Funded) -> dict[str, Any]:
    """登记企业缴存的分红资金。Book what an enterprise paid in, its own money alone."""
    deed = dividend_deeds.receive(funded)
    return do_once("enterprises.fund", deed, body=request.get_json())


@routes.post(
    "/enterprises/refunds",
    command="enterprises.refund",
    body=asking.PoolRefundBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def refund(asked: Refund) -> dict[str, Any]:
    """分红专户结余退回企业，待另一人决定。Ask that a pool's surplus go back."""
    deed = dividend_deeds.ask_refund(asked)
    return do_once("enterprises.refund", deed, body=request.get_json())


@routes.post(
    f"{_ROUND}/releases",
    command="enterprises.release",
    body=asking.DividendReleaseBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def release(asked: dict[str, Any], round_id: int) -> dict[str, Any]:
    """无人可付的分红退回专户，待另一人决定。Ask that a dividend go back into the pool."""
    deed = dividend_deeds.ask_release(payment.Release(round_id=round_id, **asked))
    return do_once("enterprises.release", deed, body=[round_id, request.get_json()])


@routes.post(
    "/enterprises/accounts",
    command="enterprises.account",
    body=asking.HouseholdAccountBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def note_account(asked: dict[str, Any]) -> dict[str, Any]:
    """更正农户收款账户，待另一人复核。Note an account; a second person confirms it."""
    noted = payment.AccountNoted(HOUSEHOLDS, asked.pop("household_id"), **asked)
    deed = dividend_deeds.note_account(noted)
    return do_once("enterprises.account", deed, body=request.get_json())


@routes.get(_ROUND, command="enterprises.read", answers=deeds.RoundAnswer)
def one(round_id: int) -> dividend_view.RoundShown:
    """一期分红：版本、历程、付款、退票。One round and all that happened to it."""
    with reading() as session:
        on = ledger.open_day(session)
        return dividend_view.shown(session, round_id, on, by=actor(), keyring=house().keyring)


@routes.get(
    f"{_ROUND}/rows",
    command="enterprises.read",
    query=asking.RowsQuery,
    answers=paging.page_of(deeds.DividendRowAnswer),
)
def rows(query: dict[str, Any], round_id: int) -> dict[str, Any]:
    """分红明细。Rows of a version, searched, a page at a time."""
    limit, village, by = query["limit"], query["village"], actor()
    if village:
        house().regions.get(village)
    with reading() as session:
        dividend_view.seen(session, round_id, by)
        version = query.get("version") or _version(session, round_id)
        found = dividends.rows_page(
            session,
            round_id,
            version,
            on=ledger.open_day(session),
            by=by,
            text=query["q"],
            village=scope_digits(village) if village else "",
            only=query["which"],
            after_nr=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1].row.nr if len(found) > limit else None)


def _version(session: Any, round_id: int) -> int:
    return dividends.round_page(session, round_id, by=actor()).told.version


@routes.get(
    f"{_ROUND}/rows/<int:household_id>/why",
    command="enterprises.read",
    query=asking.VersionQuery,
    answers=Why,
)
def why(query: dict[str, Any], round_id: int, household_id: int) -> dict[str, Any]:
    """分红依据：条款、入股、天数、舍入、分成。Why a household's dividend is this amount."""
    with reading() as session:
        on = ledger.open_day(session)
        shown = dividend_view.shown(session, round_id, on, by=actor(), keyring=house().keyring)
        version = query.get("version") or shown.page.told.version
        return dividend_why.why(session, shown, version, household_id, on=on, by=actor())


staged.offer_files(
    routes,
    WAY,
    form=asking.FileQuery,
    row=deeds.DividendPaymentAnswer,
    answers=deeds.DividendStepAnswer,
)
staged.offer_steps(routes, WAY, BODIES, deeds.DividendStepAnswer)
