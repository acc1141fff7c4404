"""互助资金: the village funds, one fund with its books, and its monthly list to be posted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import mutual_aid
import organisations
from kernel.money import parse_rate, plain_amount, typed_yuan
from kernel.refusals import NotFound, Refusal
from mutual_aid.models import PublicList
from mutual_aid.queries import FundLine
from office import rights
from organisations import Kind, Organisation
from web import exports, mutual_money, mutual_view, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.mutual_steps import BALLOT, FIELDS, OF_FUND, Step, founding
from web.mutual_view import MOVEMENTS, OUT, STATES, FundShown
from web.pages import forms
from web.periods import month_of
from web.words import t

blueprint = Blueprint("mutual", __name__)

TITLES: Final = (
    "互助资金", "村", "状态", "成立日", "终止日", "社员户数", "现有资金（元）",
)  # fmt: skip
#: part of a fund's books -> titles of its file
BOOKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "members": (
            "户编号", "代表人", "入社日", "退社日", "互助金（元）", "财政代缴互助金（元）", "小组",
        ),
        "loans": (
            "合同号", "户编号", "户主", "签订日", "到期日", "合同金额（元）", "借款余额（元）",
            "占用费年费率（%）", "状态", "联保协议",
        ),
        "movements": (
            "日期", "种类", "收入（元）", "支出（元）", "内部转记（元）", "户编号", "凭证号",
            "凭据",
        ),
        "votes": ("编号", "日期", "内容", "应到户数", "到会户数", "赞成", "反对", "弃权", "结果"),
    }
)  # fmt: skip


# --- funds ----------------------------------------------------------------------------------------


@blueprint.get("/mutual")
@needs("mutual_aid.read")
def overview() -> ResponseReturnValue:
    """The funds of the visitor's region."""
    return _overview()


@blueprint.get("/mutual.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The list as a file."""
    with reading() as session:
        found = _found(session)
    cells = (_cells(one) for one in found)
    return exports.send_table(t("互助资金清单"), [t(one) for one in TITLES], cells, form)


@blueprint.post("/mutual")
@needs("mutual_aid.found")
def propose() -> ResponseReturnValue:
    """Put a fund before a second person."""

    def act() -> ResponseReturnValue:
        village = house().regions.get(text("village_code", 12), field="village_code")
        asked = {
            "organisation_id": row_id(request.form.get("organisation_id")),
            "village_code": village.code,
            "registration_no": text("registration_no", 60),
            "constitution": text("constitution", 100),
            "fee_rate_ppm": typed_rate("fee_rate"),
            "stake_unit_fen": typed_yuan(text("stake_unit"), field="stake_unit"),
        }
        done = once("mutual_aid.found", founding(asked), key=forms.sent_key(), body=body())
        flash(t("已提交，待另一人决定"))
        return redirect(url_for("mutual.one", fund_id=done["id"]))

    return forms.attempt(act, _overview)


def _overview(refused: Refusal | None = None) -> ResponseReturnValue:
    by, regions = actor(), house().regions
    with reading() as session:
        found = _found(session)
        may_found = rights.may(by, "mutual_aid.found")
        candidates = _candidates(session) if may_found else []
    return forms.page(
        "mutual.html",
        refused,
        rows=[(one, regions.full_name(one.village_code, below=2), _state(one)) for one in found],
        held_fen=sum(one.held_fen for one in found),
        members=sum(one.members for one in found),
        asked=_asked(),
        states=STATES,
        may_found=may_found,
        candidates=candidates,
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


def _candidates(session: Session) -> Sequence[Organisation]:
    """Organisations of the kind that may be a fund."""
    return organisations.queries.listed(
        session,
        region_digits=scope.own_digits(session, actor())[:6],
        kind=Kind.VILLAGE_FUND,
        on=ledger.open_day(session),
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "state")}


def _found(session: Session) -> list[FundLine]:
    asked = _asked()
    state = asked["state"] if asked["state"] in STATES else ""
    return mutual_view.lines(session, by=actor(), text=asked["q"], state=state)


def _state(one: FundLine) -> str:
    return mutual_view.state_of(one.opened_on, one.closed_on)


def _cells(one: FundLine) -> list[object]:
    return [
        one.name,
        house().regions.full_name(one.village_code, below=2),
        t(STATES[_state(one)]),
        one.opened_on.isoformat() if one.opened_on else "",
        one.closed_on.isoformat() if one.closed_on else "",
        one.members,
        exports.amount(one.held_fen),
    ]


# --- one fund -------------------------------------------------------------------------------------


@blueprint.get("/mutual/<int:fund_id>")
@needs("mutual_aid.read")
def one(fund_id: int) -> ResponseReturnValue:
    """One fund."""
    return fund_page(fund_id)


def fund_page(fund_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """The page of a fund, with a refusal on top if there is one."""
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        found = mutual_view.shown(session, fund_id, on, by=by)
        moved = mutual_money.lines(session, fund_id)
        may_see_loans = rights.may(by, "loans.read")
    return forms.page(
        "mutual_fund.html",
        refused,
        one=found,
        place=house().regions.full_name(found.fund.village_code, below=2),
        moved=moved,
        steps=allowed(OF_FUND) if found.state == "open" else {},
        fields=FIELDS,
        words=WORDS,
        on=on,
        may_see_loans=may_see_loans,
        may_name=rights.may(by, "households.read"),
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


#: accounts that a village calls otherwise than a lender does
_OF_FUNDS: Final = {
    "funds": ("现有资金", "money held"),
    "loan_principal": ("在外借款", "lent out"),
    "interest_receivable": ("应收占用费", "usage fee owed"),
    "interest_income": ("占用费收入", "usage fee"),
}
WORDS: Final[Mapping[str, Any]] = {
    "states": STATES,
    "movements": MOVEMENTS,
    "out": OUT,
    "inner": mutual_money.INNER,
    "chart": {code: (kind.zh, kind.en) for code, kind in ledger.CHART.items()} | _OF_FUNDS,
    "subjects": FIELDS["subject"].options,
    "ballot": BALLOT,
    "spent": FIELDS["spent_on"].options,
}


def allowed(every: Mapping[str, Step]) -> dict[str, Step]:
    """The steps that the visitor may take."""
    return {name: step for name, step in every.items() if rights.may(actor(), step.command)}


_FILES: Final = "<any(members, loans, movements, votes):what>.<any(xlsx, csv):form>"


@blueprint.get(f"/mutual/<int:fund_id>/{_FILES}")
@needs("exports.read")
def books(fund_id: int, what: str, form: str) -> ResponseReturnValue:
    """A part of a fund's books as a file."""
    with reading() as session:
        found = mutual_view.shown(session, fund_id, ledger.open_day(session), by=actor())
        cells = _BOOKS[what](session, found)
        titles = [t(title) for title in BOOKS[what]]
        return exports.send_table(f"{found.name}-{what}", titles, cells, form)


def _member_cells(_session: Session, found: FundShown) -> Iterator[list[object]]:
    for one in found.members:
        left = one.left_on.isoformat() if one.left_on else ""
        yield [
            one.household_number, one.speaker, one.joined_on.isoformat(), left,
            exports.amount(one.stake_fen), exports.amount(one.base_fen), one.group_nr or "",
        ]  # fmt: skip


def _loan_cells(_session: Session, found: FundShown) -> Iterator[list[object]]:
    for one in found.loans:
        yield [
            one.number, one.household_number, one.head, one.signed_on.isoformat(),
            one.matures_on.isoformat(), exports.amount(one.amount_fen),
            exports.amount(one.outstanding_fen), exports.rate(one.fee_rate_ppm), one.state,
            one.agreement_number,
        ]  # fmt: skip


def _movement_cells(session: Session, found: FundShown) -> Iterator[list[object]]:
    for one in mutual_money.lines(session, found.fund.id):
        amount = exports.amount(one.amount_fen)
        came, went = ("", amount) if one.kind in OUT else (amount, "")
        inner = amount if one.is_inner else ""
        if one.is_inner:
            came = went = ""
        yield [
            one.booked_on.isoformat(), t(MOVEMENTS[one.kind]), came, went, inner,
            one.household_number, one.voucher_no, one.document,
        ]  # fmt: skip


def _vote_cells(_session: Session, found: FundShown) -> Iterator[list[object]]:
    for one in found.votes:
        passed = "" if one.passed is None else t("通过") if one.passed else t("未通过")
        counted = [one.present, one.voted_for, one.against, one.abstained]
        yield [
            one.nr, one.held_on.isoformat(), one.question, one.eligible,
            *("" if each is None else each for each in counted), passed,
        ]  # fmt: skip


_BOOKS: Final[Mapping[str, Callable[[Session, FundShown], Iterator[list[object]]]]] = (
    MappingProxyType(
        {
            "members": _member_cells,
            "loans": _loan_cells,
            "movements": _movement_cells,
            "votes": _vote_cells,
        }
    )
)


# --- the monthly list -----------------------------------------------------------------------------


@blueprint.get("/mutual/<int:fund_id>/lists/<month>")
@needs("mutual_aid.read")
def month(fund_id: int, month: str) -> ResponseReturnValue:
    """The list of a month, as it was posted or as it would be: to be printed."""
    by = actor()
    with reading() as session:
        fund = mutual_view.seen(session, fund_id, by)
        name = organisations.queries.get(session, fund.organisation_id).name
        posted = _posted(session, fund_id, row_id(request.args.get("list")))
        versions = [] if posted else _versions(session, fund_id, month_of(month))
        told = (
            json.loads(posted.content)
            if posted
            else mutual_aid.month_list(session, fund_id=fund_id, month_from=month_of(month))
        )
    return forms.page(
        "mutual_list.html",
        told=told,
        posted=posted,
        versions=versions,
        fund=fund,
        name=name,
        place=house().regions.full_name(fund.village_code, below=2),
        words=WORDS,
    )


def _posted(session: Session, fund_id: int, list_id: int) -> PublicList | None:
    if not list_id:
        return None
    found = session.get(PublicList, list_id)
    if found is None or found.fund_id != fund_id:
        raise NotFound(field="list", what="公示表")
    return found


def _versions(session: Session, fund_id: int, month_from: date) -> list[PublicList]:
    """What was posted of a month, the first version first."""
    return list(
        session.scalars(
            select(PublicList)
            .where(PublicList.fund_id == fund_id, PublicList.month_from == month_from)
            .order_by(PublicList.version)
        )
    )


# --- what was typed -------------------------------------------------------------------------------


def text(name: str, longest: int = 200) -> str:
    """What was typed into a field."""
    return request.form.get(name, "").strip()[:longest]


def body() -> list[Any]:
    """All that was sent, as the content of a command."""
    return [request.path, sorted(request.form.items(multi=True))]


def typed_rate(name: str) -> int:
    """A yearly rate of a form."""
    return parse_rate(plain_amount(text(name, 20)), field=name)
