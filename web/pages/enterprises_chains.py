"""产业链与框架协议: chains read whole (4+1), and what institutions promised to lend together."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises import Chain, Framework, frameworks, standing
from enterprises.models import FrameworkInstitution
from enterprises.standing import ChainPage
from kernel.dates import ONE_DAY
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from office import rights
from organisations import Kind, Organisation
from web import exports, linking_deeds, scope
from web.access import needs
from web.context import actor, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.enterprises import day, enterprise_page, text
from web.words import t

blueprint = Blueprint("enterprises_chains", __name__)

PAGE: Final = 20
CHAIN_TITLES: Final = (
    "产业链条", "产品", "企业", "销售渠道", "销售单位", "产业项目", "自", "止", "反抵押价值（元）",
    "贷款笔数", "已放款（元）", "贷款余额（元）", "联结户数", "联结人数", "入股额（元）",
)  # fmt: skip


@blueprint.get("/enterprises/chains")
@needs("enterprises.read")
def listed() -> ResponseReturnValue:
    """Chains, each read whole, a page at a time."""
    start = row_id(request.args.get("after"))
    with reading() as session:
        on = ledger.open_day(session)
        known = _found(session)
        rows = [standing.chain_page(session, one, on) for one in known[start : start + PAGE]]
    return forms.page(
        "enterprise_chains.html",
        rows=rows,
        count=len(known),
        following=start + PAGE if len(known) > start + PAGE else None,
        first=start == 0,
        asked=_asked(),
        on=on,
    )


@blueprint.get("/enterprises/chains.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The chains as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        rows = [_cells(standing.chain_page(session, one, on)) for one in _found(session)]
    return exports.send_table(t("产业链条清单"), [t(one) for one in CHAIN_TITLES], rows, form)


@blueprint.post("/enterprises/<int:organisation_id>/chains")
@needs("enterprises.chain")
def opened(organisation_id: int) -> ResponseReturnValue:
    """Enter a chain."""

    def act() -> ResponseReturnValue:
        chain = Chain(
            organisation_id=organisation_id,
            name=text("chain_name", 60),
            product=text("product", 60),
            sales_channel=text("sales_channel"),
            channel_id=row_id(request.form.get("channel_id")) or None,
            project_number=text("project_number", 60),
            from_on=day("from_on"),
        )
        deed = linking_deeds.open_chain(chain)
        once("enterprises.chain", deed, key=forms.sent_key(), body=forms.body())
        flash(t("产业链条已登记"))
        return redirect(url_for("enterprises.one", organisation_id=organisation_id))

    return forms.attempt(act, lambda refused: enterprise_page(organisation_id, refused))


@blueprint.post("/enterprises/<int:organisation_id>/chains/<int:chain_id>/end")
@needs("enterprises.chain")
def ended(organisation_id: int, chain_id: int) -> ResponseReturnValue:
    """End a chain."""

    def act() -> ResponseReturnValue:
        deed = linking_deeds.end_chain(chain_id, text("reason"))
        once("enterprises.chain", deed, key=forms.sent_key(), body=forms.body())
        flash(t("产业链条已终止"))
        return redirect(url_for("enterprises.one", organisation_id=organisation_id))

    return forms.attempt(act, lambda refused: enterprise_page(organisation_id, refused))


def _asked() -> dict[str, str]:
    return {"q": request.args.get("q", "").strip()[:40]}


def _found(session: Session) -> list[int]:
    """The chains that are asked for."""
    asked = _asked()["q"]
    digits = scope.own_digits(session, actor())[:6]
    homes = {one.id: one for one in organisations.listed(session, region_digits=digits)}
    return [
        one.id
        for one in standing.chains(session)
        if one.organisation_id in homes
        and asked in f"{one.name}\n{one.product}\n{homes[one.organisation_id].name}"
    ]


def _cells(one: ChainPage) -> list[object]:
    chain = one.chain
    return [
        chain.name,
        chain.product,
        one.organisation.name,
        chain.sales_channel,
        one.channel.name if one.channel else "",
        chain.project_number,
        chain.from_on.isoformat(),
        one.ended_on.isoformat() if one.ended_on else "",
        exports.amount(one.pledged_fen),
        one.loans,
        exports.amount(one.lent_fen),
        exports.amount(one.outstanding_fen),
        one.households,
        one.persons,
        exports.amount(one.stake_fen),
    ]


# --- frameworks -----------------------------------------------------------------------------------


@blueprint.get("/enterprises/frameworks")
@needs("enterprises.read")
def promised() -> ResponseReturnValue:
    """Framework agreements and how far each is used."""
    return _frameworks()


@blueprint.post("/enterprises/frameworks")
@needs("enterprises.framework")
def sign() -> ResponseReturnValue:
    """Enter a framework agreement."""

    def act() -> ResponseReturnValue:
        signed = Framework(
            name=text("name", 100),
            signed_on=day("signed_on"),
            to_on=day("to_on") + ONE_DAY,
            amount_fen=typed_yuan(
                text("amount"), field="amount", maximum=frameworks.AMOUNT_MAX_FEN
            ),
            document_no=text("document_no", 60),
            institution_ids=tuple(row_id(one) for one in request.form.getlist("institution")),
        )
        deed = linking_deeds.sign_framework(signed)
        once("enterprises.framework", deed, key=forms.sent_key(), body=forms.body())
        flash(t("框架协议已登记"))
        return redirect(url_for("enterprises_chains.promised"))

    return forms.attempt(act, _frameworks)


def _frameworks(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, by)[:6]
        found = [
            (one, frameworks.use_of(session, one.id, on), institutions_of(session, one.id))
            for one in standing.frameworks(session)
        ]
        lenders = organisations.listed(session, region_digits=digits, kind=Kind.LENDER.value)
    return forms.page(
        "enterprise_frameworks.html",
        refused,
        rows=found,
        lenders=lenders,
        chosen=request.form.getlist("institution"),
        may=rights.may(by, "enterprises.framework"),
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


def institutions_of(session: Session, framework_id: int) -> list[Organisation]:
    """Who signed."""
    return list(
        session.scalars(
            select(Organisation)
            .join(FrameworkInstitution, FrameworkInstitution.institution_id == Organisation.id)
            .where(FrameworkInstitution.framework_id == framework_id)
            .order_by(Organisation.id)
        )
    )
