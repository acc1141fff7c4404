"""One claim: what it holds, all that happened to it, why each row, and every step as a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from kernel.regions import scope_digits
from loans.forms import CHANNELS
from office import rights
from policy.values import ROUTES
from subsidies import claims, explaining, lifecycle, payment
from subsidies.budget import LEVELS
from subsidies.claims.reading import RowTold
from subsidies.documents import claim_sheet
from subsidies.lifecycle import ALIVE, NOTICED
from web import claim_view, claiming, exports
from web.access import needs
from web.claiming import WAY
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.pages.loans import DUES
from web.pages.staged import REASONS, RESULTS, Pages, offer_steps
from web.papers.claim_files import FORMS, send_claim
from web.periods import period_name
from web.words import t

blueprint = Blueprint("subsidy_claim", __name__)

PAGE: Final = 100
_LOT: Final = 2_000
STATES: Final = {state: zh for state, (zh, _en) in lifecycle.TITLES.items()}
#: which rows -> title
ONLY: Final = {
    "differing": "只看复算不符",
    "negative": "只看调减",
    "bank_returned": "只看银行退票",
}
PAPERS: Final = {
    "sheet": "申报表（PDF）",
    "workbook": "申报表（Excel）",
    "letter": "请款函（Word）",
}
TITLES: Final = (
    "序号", "合同号", "借款人", "乡镇村", "期末本金（元）", "年利率（%）", "起", "止（不含）",
    "天数", "利息（元）", "贴息（元）", "更正", "复算（元）", "拨付结果", "退票原因",
)  # fmt: skip


@blueprint.get("/subsidies/claims/<int:claim_id>")
@needs("subsidies.read")
def one(claim_id: int) -> ResponseReturnValue:
    """One claim."""
    return claim_page(claim_id)


@blueprint.get("/subsidies/claims/<int:claim_id>/rows.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(claim_id: int, form: str) -> ResponseReturnValue:
    """Its rows as a file."""
    with reading() as session:
        claims.page(session, claim_id, by=actor())
        rows = [_cells(row) for row in _all_rows(session, claim_id)]
    name = t("第{claim}号申报明细", claim=claim_id)
    return exports.send_table(name, [t(title) for title in TITLES], rows, form)


@blueprint.get("/subsidies/claims/<int:claim_id>/papers/<any(sheet, workbook, letter):kind>")
@needs("subsidies.read")
def paper(claim_id: int, kind: str) -> ResponseReturnValue:
    """The sheet, the workbook, the letter."""
    with reading() as session:
        sheet = claim_sheet(session, claim_id=claim_id, regions=house().regions, by=actor())
    return send_claim(sheet, kind)


@blueprint.get("/subsidies/entitlements/<int:entitlement_id>/why")
@needs("subsidies.read")
def why(entitlement_id: int) -> ResponseReturnValue:
    """Why a subsidy is this amount."""
    with reading() as session:
        told = explaining.why(
            session, entitlement_id=entitlement_id, by=actor(), calendar=house().calendar
        )
    return forms.page("subsidy_why.html", why=told, entitlement_id=entitlement_id, dues=DUES)


@blueprint.post("/subsidies/objections/<int:objection_id>/answer")
@needs("subsidies.answer")
def answer(objection_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    claim_id = row_id(request.form.get("claim_id"))

    def act() -> ResponseReturnValue:
        upheld = request.form.get("upheld") == "yes"
        words = request.form.get("words", "").strip()[:500]
        deed = claiming.answer_objection(objection_id, upheld=upheld, words=words)
        body = [objection_id, upheld, words]
        done = once("subsidies.answer", deed, key=forms.sent_key(), body=body)
        flash(t("已答复异议{objection}", objection=objection_id))
        return redirect(url_for("subsidy_claim.one", claim_id=done["claim_id"]))

    return forms.attempt(act, lambda refused: claim_page(claim_id, refused))


# --- the page -------------------------------------------------------------------------------------


def claim_page(claim_id: int, refused: Refusal | None = None, **more: Any) -> ResponseReturnValue:
    """The page of a claim, with a refusal on top if there is one."""
    by, asked = actor(), _asked()
    after = row_id(request.args.get("after"))
    with reading() as session:
        shown = claim_view.shown(session, claim_id, by)
        listed, moves = shown.page.listed, shown.page.moves
        rows = _rows(session, claim_id, after, PAGE + 1)
        on = ledger.open_day(session)
        money = claim_view.money_of(session, claim_id, by) if "file" in moves else None
        account = claim_view.lender_account(session, shown.page, by)
    over = listed.state not in ALIVE
    return forms.page(
        "subsidy_claim.html",
        refused,
        page=shown.page,
        claim=listed,
        shown=shown,
        on=on,
        title=period_name(listed.period_from, listed.period_to),
        rows=[(row, _place(row)) for row in rows[:PAGE]],
        following=rows[PAGE - 1].row.nr if len(rows) > PAGE else None,
        asked=asked,
        money=money,
        account=account,
        drafting=over and shown.page.next_id is None and rights.may(by, "subsidies.draft"),
        objecting=listed.state == NOTICED and rights.may(by, "subsidies.object"),
        answering=listed.state == NOTICED and rights.may(by, "subsidies.answer"),
        may_pay=rights.may(by, "subsidies.pay"),
        may_note=rights.may(by, "subsidies.account"),
        may_give_back=rights.may(by, "subsidies.give_back"),
        typed=request.form,
        broken=getattr(refused, "rows", []),
        faults=more.get("faults", ()),
        states=STATES,
        routes=ROUTES,
        words=_WORDS,
        request_key=forms.kept_key(),
    )


_WORDS: Final = {
    "levels": LEVELS,
    "channels": CHANNELS,
    "only": ONLY,
    "results": RESULTS,
    "reasons": REASONS,
    "papers": PAPERS,
    "encodings": payment.ENCODINGS,
}


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "village", "only")}


def _rows(session: Session, claim_id: int, after: int, limit: int) -> list[RowTold]:
    asked = _asked()
    if asked["village"]:
        house().regions.get(asked["village"], field="village")
    return claims.rows_of(
        session,
        claim_id,
        by=actor(),
        text=asked["q"][:40],
        village=scope_digits(asked["village"]) if asked["village"] else "",
        only=asked["only"] if asked["only"] in ONLY else "",
        after_nr=after,
        limit=limit,
    )


def _all_rows(session: Session, claim_id: int) -> list[RowTold]:
    rows: list[RowTold] = []
    while lot := _rows(session, claim_id, rows[-1].row.nr if rows else 0, _LOT):
        rows += lot
    return rows


def _place(row: RowTold) -> str:
    return house().regions.full_name(row.row.village_code, below=3)


def _cells(told: RowTold) -> list[object]:
    row = told.row
    return [
        row.nr,
        told.number,
        row.borrower,
        _place(told),
        exports.amount(row.principal_fen),
        exports.rate(row.annual_rate_ppm),
        row.from_on.isoformat(),
        row.to_on.isoformat(),
        (row.to_on - row.from_on).days,
        exports.amount(row.interest_fen),
        exports.amount(row.amount_fen),
        row.revision or "",
        exports.amount(told.recomputed_fen),
        t(RESULTS[told.result]) if told.result else "",
        t(REASONS[told.reason]) if told.reason else "",
    ]


# --- the steps ------------------------------------------------------------------------------------


def _text(name: str, longest: int = 200) -> str:
    return request.form.get(name, "").strip()[:longest]


def _reason() -> dict[str, Any]:
    return {"reason": _text("reason")}


def _notice() -> dict[str, Any]:
    return {"place": _text("place"), "number": _text("number", 60)}


def _objection() -> dict[str, Any]:
    nr = row_id(request.form.get("nr")) or None
    return {"raised_by": _text("raised_by", 60), "words": _text("words", 500), "nr": nr}


def _file() -> dict[str, Any]:
    """Lines with an amount beside them; none: as the policy's shares propose."""
    lines = [
        {
            "line_id": row_id(name.removeprefix("line-")),
            "amount_fen": typed_yuan(text.strip(), field="lines"),
        }
        for name, text in request.form.items()
        if name.startswith("line-") and text.strip()
    ]
    return {
        "lines": lines,
        "encoding": _text("encoding", 20) or "gb18030",
        "remark": _text("remark", 20),
        "ready_only": request.form.get("ready_only") == "yes",
    }


def _receipt() -> dict[str, Any]:
    channel = _text("channel", 20)
    return {
        "channel": channel if channel in CHANNELS else "transfer",
        "voucher_no": _text("voucher_no", 64),
    }


_TYPED: Final[Mapping[str, Callable[[], dict[str, Any]]]] = MappingProxyType(
    {
        "withdraw": _reason,
        "confirm": _reason,
        "return": _reason,
        "discard": _reason,
        "notice": _notice,
        "object": _objection,
        "file": _file,
        "receipt": _receipt,
    }
)


PAGES: Final = Pages(WAY, "subsidy_claim.one", claim_page)
offer_steps(blueprint, PAGES, _TYPED)
assert set(PAPERS) == set(FORMS)
