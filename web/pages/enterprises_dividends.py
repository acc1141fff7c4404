"""分红: rounds from due to receipt, every row with its why, who is behind, each step a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from enterprises import payment
from enterprises.dividends import reading as dividends
from enterprises.dividends.expected import Arrear, arrears
from enterprises.dividends.lifecycle import MOVES, SETTLED
from enterprises.dividends.reading import PoolTold, RoundTold, RowTold
from kernel.dates import ONE_DAY
from kernel.money import typed_yuan
from kernel.refusals import Refusal
from kernel.regions import scope_digits
from loans.forms import CHANNELS
from office import rights
from office.rights import RIGHTS, ROLES
from web import dividend_view, dividend_why, exports, scope
from web.access import needs
from web.agreement_view import term_said
from web.context import actor, house, reading
from web.dividend_deeds import STEP_OF, WAY
from web.dividend_view import ONLY, STATES, RoundShown
from web.fields import row_id
from web.pages import forms
from web.pages.enterprises import day, text
from web.pages.staged import REASONS, Pages, offer_steps
from web.words import language, t

blueprint = Blueprint("enterprises_dividends", __name__)

PAGE: Final = 100
_LOT: Final = 2_000
TITLES: Final = (
    "编号", "企业", "协议编号", "期次", "更正次数", "起", "止（不含）", "应付日", "状态", "户数",
    "分红（元）", "现金（元）", "转增股金（元）",
)  # fmt: skip
ARREAR_TITLES: Final = (
    "编号", "企业", "协议编号", "期次", "应付日", "逾期天数", "状态", "欠付（元）", "依据",
)  # fmt: skip
ROW_TITLES: Final = (
    "序号", "户编号", "户主", "乡镇村", "人口", "入股额（元）", "联结天数", "保底（元）",
    "利润分成（元）", "此前已分（元）", "分红（元）", "现金（元）", "转增股金（元）", "付款次数",
    "付款日",
)  # fmt: skip


# --- rounds ---------------------------------------------------------------------------------------


@blueprint.get("/enterprises/dividends")
@needs("enterprises.read")
def listed() -> ResponseReturnValue:
    """Rounds, narrowed, and who is behind."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        on = ledger.open_day(session)
        scope.own_digits(session, actor())
        found = _found(session, after, PAGE + 1)
        behind = [one for one in arrears(session, on=on, by=actor()) if _is_sought(one)]
        pools = [one for one in dividends.pools(session, by=actor()) if _is_sought(one)]
    return forms.page(
        "dividends.html",
        rows=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        first=after == 0,
        arrears=behind,
        pools=pools,
        asked=_asked(),
        states=STATES,
        settled=SETTLED,
        on=on,
    )


@blueprint.get("/enterprises/dividends.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The rounds as a file."""
    rows: list[RoundTold] = []
    with reading() as session:
        while lot := _found(session, rows[-1].id if rows else 0, _LOT):
            rows += lot
    return exports.send_table(
        t("分红期次清单"), [t(one) for one in TITLES], (_cells(one) for one in rows), form
    )


@blueprint.get("/enterprises/dividends/arrears.<any(xlsx, csv):form>")
@needs("exports.read")
def arrears_exported(form: str) -> ResponseReturnValue:
    """Who is behind, as a file."""
    with reading() as session:
        every = arrears(session, on=ledger.open_day(session), by=actor())
        found = [one for one in every if _is_sought(one)]
    rows = (_arrear_cells(one) for one in found)
    return exports.send_table(t("欠付分红清单"), [t(one) for one in ARREAR_TITLES], rows, form)


def _asked() -> dict[str, str]:
    names = ("q", "state", "organisation", "agreement")
    return {name: request.args.get(name, "").strip()[:40] for name in names}


def _is_sought(one: Arrear | PoolTold) -> bool:
    """Whether an enterprise is among those that are asked for."""
    asked = _asked()
    if asked["organisation"] not in {"", str(one.organisation_id)}:
        return False
    number = one.agreement_number if isinstance(one, Arrear) else ""
    return asked["q"] in f"{one.organisation}\n{number}"


def _found(session: Session, after: int, limit: int) -> list[RoundTold]:
    asked = _asked()
    return dividends.rounds(
        session,
        by=actor(),
        organisation_id=row_id(asked["organisation"]) or None,
        agreement_id=row_id(asked["agreement"]) or None,
        state=asked["state"] if asked["state"] in STATES else "",
        text=asked["q"],
        after_id=after,
        limit=limit,
    )


def _cells(one: RoundTold) -> list[object]:
    return [
        one.id,
        one.organisation,
        one.agreement_number,
        one.nr,
        one.revision or "",
        one.period_from.isoformat(),
        one.counted_to.isoformat(),
        one.due_on.isoformat(),
        t(STATES[one.state]),
        one.rows,
        exports.amount(one.amount_fen),
        exports.amount(one.cash_fen),
        exports.amount(one.reinvested_fen),
    ]


def _arrear_cells(one: Arrear) -> list[object]:
    return [
        one.round_id,
        one.organisation,
        one.agreement_number,
        one.nr,
        one.due_on.isoformat(),
        one.days,
        t(STATES[one.state]),
        exports.amount(one.amount_fen),
        t("已申报") if one.declared else t("按协议条款"),
    ]


# --- one round ------------------------------------------------------------------------------------


@blueprint.get("/enterprises/dividends/<int:round_id>")
@needs("enterprises.read")
def one(round_id: int) -> ResponseReturnValue:
    """One round."""
    return round_page(round_id)


@blueprint.get("/enterprises/dividends/<int:round_id>/rows.<any(xlsx, csv):form>")
@needs("exports.read")
def rows_exported(round_id: int, form: str) -> ResponseReturnValue:
    """Its rows as a file."""
    rows: list[RowTold] = []
    with reading() as session:
        dividend_view.seen(session, round_id, actor())
        version = _version(session, round_id)
        on = ledger.open_day(session)
        while lot := _rows(session, round_id, version, on, rows[-1].row.nr if rows else 0, _LOT):
            rows += lot
    name = t("第{round}号分红明细", round=round_id)
    cells = (_row_cells(row) for row in rows)
    return exports.send_table(name, [t(title) for title in ROW_TITLES], cells, form)


@blueprint.get("/enterprises/dividends/<int:round_id>/rows/<int:household_id>/why")
@needs("enterprises.read")
def why(round_id: int, household_id: int) -> ResponseReturnValue:
    """Why a household's dividend is this amount."""
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        shown = dividend_view.shown(session, round_id, on, by=by, keyring=house().keyring)
        version = row_id(request.args.get("version")) or shown.page.told.version
        told = dividend_why.why(session, shown, version, household_id, on=on, by=by)
    return forms.page("dividend_why.html", why=told, one=shown, version=version)


def round_page(round_id: int, refused: Refusal | None = None, **more: Any) -> ResponseReturnValue:
    """The page of a round, with a refusal on top if there is one."""
    by, regions = actor(), house().regions
    after = row_id(request.args.get("after"))
    with reading() as session:
        on = ledger.open_day(session)
        shown = dividend_view.shown(session, round_id, on, by=by, keyring=house().keyring)
        version = row_id(request.args.get("version")) or shown.page.told.version
        rows = _rows(session, round_id, version, on, after, PAGE + 1) if version else []
    return forms.page(
        "dividend.html",
        refused,
        one=shown,
        told=shown.page.told,
        version=version,
        declared=next((d for d in shown.page.declarations if d.version == version), None),
        term=term_said(shown.term),
        moves=_steps(shown),
        turn=_turn(shown.page.told.state),
        earliest=on - _days(shown),
        rows=[(row, regions.full_name(row.village_code, below=3)) for row in rows[:PAGE]],
        following=rows[PAGE - 1].row.nr if len(rows) > PAGE else None,
        asked=_asked_rows(),
        on=on,
        late=shown.page.told.due_on < on and shown.page.told.state not in SETTLED,
        may={
            name: rights.may(by, f"enterprises.{name}")
            for name in ("fund", "pay", "send", "account", "release")
        },
        typed=forms.entries(),
        broken=getattr(refused, "rows", []),
        faults=more.get("faults", ()),
        words=_WORDS,
        request_key=forms.kept_key(),
    )


_WORDS: Final[Mapping[str, Any]] = {
    "states": STATES,
    "only": ONLY,
    "reasons": REASONS,
    "encodings": payment.ENCODINGS,
    "channels": CHANNELS,
    "causes": payment.CAUSES,
}


def _days(shown: RoundShown) -> Any:
    return shown.notice_days * ONE_DAY


def _steps(shown: RoundShown) -> set[str]:
    """The steps that may be taken, as the pages name them."""
    steps = {STEP_OF.get(name, name) for name in shown.moves}
    return steps | ({"settle"} if shown.may_settle else set())


#: moves that are off the round's way
_ASIDE: Final = frozenset({"return", "release"})


def _turn(state: str) -> list[str]:
    """Whose desk a round waits at: the roles that may move it on, as people are called."""
    onward = (move for name, move in MOVES.items() if name not in _ASIDE and not move.undoes)
    found = {role for move in onward if state in move.comes_from for role in RIGHTS[move.command]}
    return [ROLES[role][0 if language() == "zh" else 1] for role in ROLES if role in found]


def _asked_rows() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "village", "only")}


def _version(session: Session, round_id: int) -> int:
    asked = row_id(request.args.get("version"))
    return asked or dividends.round_page(session, round_id, by=actor()).told.version


def _rows(
    session: Session, round_id: int, version: int, on: date, after: int, limit: int
) -> list[RowTold]:
    asked = _asked_rows()
    if asked["village"]:
        house().regions.get(asked["village"], field="village")
    return dividends.rows_page(
        session,
        round_id,
        version,
        on=on,
        by=actor(),
        text=asked["q"],
        village=scope_digits(asked["village"]) if asked["village"] else "",
        only=asked["only"] if asked["only"] in ONLY else "",
        after_nr=after,
        limit=limit,
    )


def _row_cells(told: RowTold) -> list[object]:
    row = told.row
    return [
        row.nr,
        told.household_number,
        told.head,
        house().regions.full_name(told.village_code, below=3),
        row.persons,
        exports.amount(row.stake_fen),
        row.linked_days,
        exports.amount(row.floor_fen),
        exports.amount(row.profit_fen),
        exports.amount(row.before_fen),
        exports.amount(row.amount_fen),
        exports.amount(row.cash_fen),
        exports.amount(row.reinvested_fen),
        told.attempts,
        told.paid_on.isoformat() if told.paid_on else "",
    ]


# --- the steps ------------------------------------------------------------------------------------


def _declared() -> dict[str, Any]:
    return {
        "document_no": text("document_no", 60),
        "profit_fen": _yuan("profit"),
        "extra_fen": _yuan("extra"),
    }


def _yuan(name: str) -> int:
    """An amount that may be left out."""
    return typed_yuan(text(name), field=name) if text(name) else 0


def _file() -> dict[str, Any]:
    return {
        "encoding": text("encoding", 20) or "gb18030",
        "remark": text("remark", 20),
        "ready_only": request.form.get("ready_only") == "yes",
    }


_TYPED: Final[Mapping[str, Callable[[], dict[str, Any]]]] = MappingProxyType(
    {
        "declare": _declared,
        "check": lambda: {"posted_on": day("posted_on")},
        "return": lambda: {"reason": text("reason")},
        "discard": lambda: {"reason": text("reason")},
        "file": _file,
        "receipt": lambda: {"document_no": text("document_no", 60)},
    }
)


PAGES: Final = Pages(WAY, "enterprises_dividends.one", round_page)
offer_steps(blueprint, PAGES, _TYPED)
