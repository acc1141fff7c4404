"""Enterprises over the API: recognition, counter-securities, chains, framework agreements."""

from __future__ import annotations

from typing import Any

from flask import request

import ledger
from enterprises import Chain, Framework, Pledge, Wish, frameworks, standing
from kernel.money import format_yuan
from web import enterprise_view, linking_deeds, scope
from web.api import enterprises_asked as asking
from web.api import enterprises_dividends_schemas as deeds
from web.api import enterprises_schemas as schemas
from web.api.routes import Routes, do_once
from web.context import actor, reading
from web.pages.enterprises_chains import institutions_of

routes = Routes("enterprises", "扶贫经营组织 · enterprises linked with households")


@routes.get(
    "/enterprises",
    command="enterprises.read",
    query=asking.EnterprisesQuery,
    answers=schemas.EnterpriseLine(many=True),
)
def listed(query: dict[str, Any]) -> list[enterprise_view.Line]:
    """经营组织清单。Enterprises and co-operatives, those that link most households first."""
    with reading() as session:
        on = ledger.open_day(session)
        return enterprise_view.lines(session, on, by=actor(), text=query["q"], only=query["which"])


@routes.get(
    "/enterprises/<int:organisation_id>",
    command="enterprises.read",
    answers=schemas.EnterpriseAnswer,
)
def one(organisation_id: int) -> enterprise_view.EnterpriseShown:
    """认定至何时、抵押了什么、欠付分红、协议、链条、贷款。One enterprise with all about it."""
    with reading() as session:
        on = ledger.open_day(session)
        return enterprise_view.shown(session, organisation_id, on, by=actor())


@routes.post(
    "/enterprises/recognitions",
    command="enterprises.recognise",
    body=asking.WishBody,
    answers=deeds.LinkageProposed,
    status=201,
    keyed=True,
)
def recognise(wish: Wish) -> dict[str, Any]:
    """申请认定，待另一人决定。Put a recognition before a second person."""
    return do_once("enterprises.recognise", linking_deeds.recognise(wish), body=request.get_json())


@routes.post(
    "/enterprises/recognitions/<int:recognition_id>/withdrawal",
    command="enterprises.approve_recognition",
    body=asking.DocumentBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def withdraw(asked: dict[str, Any], recognition_id: int) -> dict[str, Any]:
    """取消认定。Take a recognition back from today on."""
    deed = linking_deeds.withdraw(recognition_id, **asked)
    body = [recognition_id, request.get_json()]
    return do_once("enterprises.approve_recognition", deed, body=body)


@routes.post(
    "/enterprises/securities",
    command="enterprises.pledge",
    body=asking.PledgeBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def pledge(pledged: Pledge) -> dict[str, Any]:
    """登记反抵押。Enter a counter-security."""
    return do_once("enterprises.pledge", linking_deeds.pledge(pledged), body=request.get_json())


@routes.post(
    "/enterprises/securities/<int:security_id>/release",
    command="enterprises.pledge",
    body=asking.DocumentBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def release(asked: dict[str, Any], security_id: int) -> dict[str, Any]:
    """解除反抵押。Give a counter-security back."""
    deed = linking_deeds.release(security_id, **asked)
    return do_once("enterprises.pledge", deed, body=[security_id, request.get_json()])


@routes.get(
    "/enterprises/chains", command="enterprises.read", answers=schemas.ChainAnswer(many=True)
)
def chains() -> list[standing.ChainPage]:
    """产业链条（4+1）。Every chain, read whole."""
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, actor())[:6]
        found = [standing.chain_page(session, one.id, on) for one in standing.chains(session)]
        return [one for one in found if one.organisation.region_code.startswith(digits)]


@routes.post(
    "/enterprises/chains",
    command="enterprises.chain",
    body=asking.ChainBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def open_chain(chain: Chain) -> dict[str, Any]:
    """登记产业链条。Enter a chain."""
    return do_once("enterprises.chain", linking_deeds.open_chain(chain), body=request.get_json())


@routes.post(
    "/enterprises/chains/<int:chain_id>/end",
    command="enterprises.chain",
    body=asking.WhyBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def end_chain(asked: dict[str, Any], chain_id: int) -> dict[str, Any]:
    """终止产业链条。End a chain."""
    deed = linking_deeds.end_chain(chain_id, asked["reason"])
    return do_once("enterprises.chain", deed, body=[chain_id, request.get_json()])


@routes.get(
    "/enterprises/frameworks",
    command="enterprises.read",
    answers=schemas.FrameworkAnswer(many=True),
)
def promised() -> list[dict[str, Any]]:
    """框架协议及用款。Framework agreements and how far each is used, counted both ways."""
    found: list[dict[str, Any]] = []
    with reading() as session:
        on = ledger.open_day(session)
        scope.own_digits(session, actor())
        for one in standing.frameworks(session):
            use = frameworks.use_of(session, one.id, on)
            found.append(
                {
                    "id": one.id,
                    "name": one.name,
                    "document_no": one.document_no,
                    "signed_on": one.signed_on,
                    "to_on": one.to_on,
                    "institutions": [who.name for who in institutions_of(session, one.id)],
                    "amount": format_yuan(use.amount_fen),
                    "used_by_organisations": format_yuan(use.organisations_fen),
                    "used_all": format_yuan(use.all_fen),
                }
            )
    return found


@routes.post(
    "/enterprises/frameworks",
    command="enterprises.framework",
    body=asking.FrameworkBody,
    answers=deeds.Entered,
    status=201,
    keyed=True,
)
def sign(framework: Framework) -> dict[str, Any]:
    """登记框架协议。Enter a framework agreement."""
    deed = linking_deeds.sign_framework(framework)
    return do_once("enterprises.framework", deed, body=request.get_json())
