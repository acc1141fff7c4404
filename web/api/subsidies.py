"""Claims of interest subsidies over the API: lists, one claim, its rows, every step of its way."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request
from marshmallow import Schema

from kernel.regions import scope_digits
from subsidies import claims, explaining
from subsidies.documents import claim_sheet
from web import claim_view, claiming
from web.api import paging, staged
from web.api import subsidies_asked as asking
from web.api import subsidies_schemas as schemas
from web.api.lending_schemas import Why
from web.api.routes import Routes, do_once
from web.claiming import WAY
from web.context import actor, house, reading
from web.papers.claim_files import FORMS, send_claim

routes = Routes("subsidies", "贴息申报 · claims of interest subsidies through three offices")

_CLAIM: Final = "/subsidies/claims/<int:claim_id>"
#: step -> what it asks; None: nothing
BODIES: Final[dict[str, type[Schema] | None]] = {
    "check": None,
    "submit": None,
    "withdraw": asking.ReasonBody,
    "recompute": None,
    "confirm": asking.ConfirmBody,
    "notice": asking.NoticeBody,
    "object": asking.ObjectionBody,
    "approve": None,
    "return": asking.ReasonBody,
    "file": asking.FileBody,
    "discard": asking.ReasonBody,
    "send": None,
    "receipt": asking.ReceiptBody,
}


@routes.get("/subsidies/figures", command="subsidies.read", answers=schemas.FiguresAnswer)
def figures() -> claim_view.Totals:
    """应贴息、已申报、已拨付、待收回。The four figures inside one's scope, as last closed."""
    with reading() as session:
        return claim_view.totals(session, actor())


@routes.get(
    "/subsidies/ages",
    command="subsidies.read",
    query=asking.AgesQuery,
    answers=schemas.AgeAnswer(many=True),
)
def ages(query: dict[str, Any]) -> list[claim_view.Age]:
    """应收财政贴息账龄。What the treasury owes, by age, to lender, township, village or payee."""
    with reading() as session:
        return claim_view.ages(session, query["by"], actor())


@routes.get(
    "/subsidies/claims",
    command="subsidies.read",
    query=asking.ClaimsQuery,
    answers=paging.page_of(schemas.ClaimLine),
)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """申报清单。Claims, the latest first."""
    limit = query["limit"]
    with reading() as session:
        found = claims.listed(
            session,
            by=actor(),
            states=[query["state"]] if "state" in query else (),
            lender_id=query.get("lender_id"),
            route=query.get("route"),
            period_to=query.get("period_to"),
            before_id=paging.after(query.get("cursor")) or None,
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1].id if len(found) > limit else None)


@routes.get(
    "/subsidies/claims/waiting",
    command="subsidies.read",
    answers=schemas.ClaimLine(many=True),
)
def waiting() -> list[claims.ListedClaim]:
    """本人可办理下一步的申报。Claims whose next step one may take oneself."""
    with reading() as session:
        return claims.waiting_for(session, actor())


@routes.post(
    "/subsidies/claims",
    command="subsidies.draft",
    body=asking.DraftBody,
    answers=schemas.StepAnswer,
    status=201,
    keyed=True,
)
def draft(asked: dict[str, Any]) -> dict[str, Any]:
    """生成申报，或退回后的下一版。Draft a claim, or the next version of a returned one."""
    asked["left_out"] = {row["number"]: row["reason"] for row in asked["left_out"]}
    return do_once("subsidies.draft", claiming.draft(asked), body=request.get_json())


@routes.get(_CLAIM, command="subsidies.read", answers=schemas.ClaimAnswer)
def one(claim_id: int) -> claim_view.ClaimShown:
    """一件申报：历程、差异、公示、异议、付款。One claim and all that happened to it."""
    with reading() as session:
        return claim_view.shown(session, claim_id, actor())


@routes.get(
    f"{_CLAIM}/rows",
    command="subsidies.read",
    query=asking.RowsQuery,
    answers=paging.page_of(schemas.RowAnswer),
)
def rows(query: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """申报明细。Rows of a claim, searched, a page at a time."""
    limit, village = query["limit"], query["village"]
    if village:
        house().regions.get(village)
    with reading() as session:
        claims.page(session, claim_id, by=actor())
        found = claims.rows_of(
            session,
            claim_id,
            by=actor(),
            text=query["q"],
            village=scope_digits(village) if village else "",
            only=query["which"],
            after_nr=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    return paging.page(found, limit, found[limit - 1].row.nr if len(found) > limit else None)


@routes.get("/subsidies/entitlements/<int:entitlement_id>/why", command="subsidies.read",
            answers=Why)  # fmt: skip
def why(entitlement_id: int) -> dict[str, Any]:
    """贴息依据：分段、承担比例、不予贴息部分、更正、申报。Why a subsidy is this amount."""
    with reading() as session:
        return explaining.why(
            session, entitlement_id=entitlement_id, by=actor(), calendar=house().calendar
        )


@routes.post(
    "/subsidies/objections/<int:objection_id>/answer",
    command="subsidies.answer",
    body=asking.AnswerBody,
    answers=schemas.StepAnswer,
    status=201,
    keyed=True,
)
def answer(asked: dict[str, Any], objection_id: int) -> dict[str, Any]:
    """答复异议；成立的，申报退回。Answer an objection; upheld, it sends the claim back."""
    deed = claiming.answer_objection(objection_id, **asked)
    return do_once("subsidies.answer", deed, body=[objection_id, request.get_json()])


def _offer_paper(kind: str) -> None:
    """The route of one paper."""
    form = FORMS[kind]

    def view(claim_id: int) -> Response:
        with reading() as session:
            sheet = claim_sheet(session, claim_id=claim_id, regions=house().regions, by=actor())
        return send_claim(sheet, kind)

    view.__name__ = f"paper_{kind}"
    view.__doc__ = f"{form.title}。A paper of a claim, as {form.ending}."
    path = f"{_CLAIM}/papers/{kind}.{form.ending}"
    routes.get(path, command="subsidies.read", media=form.mimetype)(view)


staged.offer_steps(routes, WAY, BODIES, schemas.StepAnswer)
for _kind in FORMS:
    _offer_paper(_kind)
