"""贷款需求: rounds that ask every household, the township's lists for its bank, and the queue."""

from __future__ import annotations

import tempfile
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
import organisations
from households.models.families import NeedRound
from households.need import queries
from households.need.sheets import NeedFile, read_file, write_template
from kernel.dates import ONE_DAY
from kernel.refusals import NotFound, Refusal
from loans.unmet_need import unmet_need
from office import rights
from organisations import Kind
from web import exports, needing, places, scope, uploads
from web.access import needs
from web.acting import own_institution
from web.context import actor, house, once, reading
from web.fields import row_id
from web.needing import ANSWERS, NEED, OPEN_ROUND
from web.pages import forms, typing
from web.words import language, t

blueprint = Blueprint("need", __name__)

PAGE: Final = 50
FAULTS_MAX: Final = 200
_COUNTS: Final = (
    "乡镇", "主责任银行", "应答户数", "有需求", "无需求", "不符合", "未摸排", "需求金额（元）",
    "有需求已获贷", "应贷尽贷率（%）",
)  # fmt: skip
_ANSWERED: Final = (
    "户编号", "户主", "乡镇村", "需求意愿", "原因", "需求金额（元）", "用途", "答复日期",
)  # fmt: skip
_QUEUED: Final = (
    "户编号", "户主", "乡镇村", "需求金额（元）", "用途", "答复日期", "主责任银行",
)  # fmt: skip


# --- a round --------------------------------------------------------------------------------------


@blueprint.get("/need")
@needs("households.read")
def overview() -> ResponseReturnValue:
    """A round by township: answers, who has a loan, who answers for it."""
    return _overview()


@blueprint.get("/need.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        one = _round(session, on)
        rows = needing.townships(session, one, digits=places.digits_asked(session), on=on)
    told = [
        (
            places.shown(row.count.township_code), row.bank, row.count.households, row.count.wants,
            row.count.no_need, row.count.not_eligible, row.count.unanswered,
            exports.amount(row.count.amount_fen), row.with_loan,
            "" if row.rate_ppm is None else exports.rate(row.rate_ppm),
        )
        for row in rows
    ]  # fmt: skip
    return exports.send_table(t("贷款需求"), [t(title) for title in _COUNTS], told, form)


@blueprint.post("/need/rounds")
@needs("households.need_round")
def open_round() -> ResponseReturnValue:
    """Order a round."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        told: dict[str, Any] = {
            "number": typing.words("number", 32),
            "from_on": typing.day("from_on"),
            "to_on": typing.day("to_on") + ONE_DAY,
            "document": typing.words("document"),
        }
        deed = needing.open_round(actor(), **told)
        answer = once(OPEN_ROUND, deed, key=key, body=[str(one) for one in told.values()])
        flash(t("已开始一轮摸排"))
        return redirect(url_for("need.overview", round=answer["round_id"]))

    return forms.attempt(act, _overview)


@blueprint.post("/need/lead-banks")
@needs("households.need_round")
def name_lead_bank() -> ResponseReturnValue:
    """Name the lender that answers for a township."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        told: dict[str, Any] = {
            "township_code": request.form.get("township", ""),
            "lender_id": row_id(request.form.get("lender_id")),
            "from_on": typing.day("from_on"),
            "document": typing.words("document"),
        }
        house().regions.get(told["township_code"], field="township")
        deed = needing.name_lead_bank(actor(), **told)
        once(OPEN_ROUND, deed, key=key, body=[str(one) for one in told.values()])
        flash(t("已指定主责任银行"))
        return redirect(url_for("need.overview"))

    return forms.attempt(act, _overview)


def _overview(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        one = needing.round_asked(session, request.args.get("round", ""), on)
        digits = places.digits_asked(session)
        rows = needing.townships(session, one, digits=digits, on=on) if one else []
        content: dict[str, Any] = {
            "rounds": [(row.id, row.number) for row in queries.rounds(session)],
            "townships": [(row.code, row.name) for row in places.townships(session)],
            "lenders": _lenders(session, on),
        }
    return forms.page(
        "need.html",
        refused,
        one=one,
        rows=rows,
        total=needing.total_of(rows),
        asked={"round": str(one.id) if one else "", "region": request.args.get("region", "")},
        on=on,
        place=places.shown,
        sent=forms.entries(),
        may_open=rights.may(by, OPEN_ROUND),
        may_answer=rights.may(by, NEED),
        request_key=forms.kept_key(),
        **content,
    )


def _lenders(session: Session, on: date) -> list[tuple[int, str]]:
    digits = scope.own_digits(session, actor())[:6]
    found = organisations.queries.listed(
        session, region_digits=digits, kind=Kind.LENDER.value, on=on
    )
    return [(one.id, one.name) for one in found]


def _round(session: Session, on: date) -> NeedRound:
    one = needing.round_asked(session, request.args.get("round", ""), on)
    if one is None:
        raise NotFound(field="round", what="需求摸排轮次")
    return one


# --- lists ----------------------------------------------------------------------------------------


@blueprint.get("/need/answers")
@needs("households.read")
def answers() -> ResponseReturnValue:
    """What each household answered: the list of a township for its bank."""
    with reading() as session:
        on = ledger.open_day(session)
        one = needing.round_asked(session, request.args.get("round", ""), on)
        found = _answers(session, one, on, limit=PAGE + 1) if one else []
        choices = [(row.code, row.name) for row in places.townships(session)]
        rounds = [(row.id, row.number) for row in queries.rounds(session)]
    return forms.page(
        "need_answers.html",
        one=one,
        rows=found[:PAGE],
        following=_mark(found[PAGE - 1]) if len(found) > PAGE else None,
        first=not request.args.get("after"),
        answers=ANSWERS,
        rounds=rounds,
        townships=choices,
        asked=_asked("q", "region", "round", "answer"),
        place=places.shown,
    )


@blueprint.get("/need/answers.<any(xlsx, csv):form>")
@needs("exports.read")
def answers_exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        found = _answers(session, _round(session, on), on)
    rows = [
        (
            row.number, row.head, places.shown(row.village_code), t(ANSWERS[row.answer]),
            row.reason, exports.amount(row.amount_fen), row.purpose, row.answered_on,
        )
        for row in found
    ]  # fmt: skip
    return exports.send_table(t("需求清单"), [t(title) for title in _ANSWERED], rows, form)


@blueprint.get("/need/queue")
@needs("households.read")
def queue() -> ResponseReturnValue:
    """Households in need without a loan."""
    with reading() as session:
        on = ledger.open_day(session)
        one = needing.round_asked(session, request.args.get("round", ""), on)
        lender_id = _lender()
        found = (
            unmet_need(
                session, one.number, digits=places.digits_asked(session), on=on,
                lender_id=lender_id, text=_text(), after=_after(), limit=PAGE + 1,
            )
            if one
            else []
        )  # fmt: skip
        lenders = _lenders(session, on)
        choices = [(row.code, row.name) for row in places.townships(session)]
        rounds = [(row.id, row.number) for row in queries.rounds(session)]
    return forms.page(
        "need_queue.html",
        one=one,
        rows=found[:PAGE],
        following=_mark(found[PAGE - 1]) if len(found) > PAGE else None,
        first=not request.args.get("after"),
        banks=dict(lenders),
        lenders=lenders,
        rounds=rounds,
        townships=choices,
        asked=_asked("q", "region", "round") | {"lender": str(lender_id or "")},
        place=places.shown,
    )


@blueprint.get("/need/queue.<any(xlsx, csv):form>")
@needs("exports.read")
def queue_exported(form: str) -> Response:
    """The queue as a file."""
    with reading() as session:
        on = ledger.open_day(session)
        one = _round(session, on)
        found = unmet_need(
            session, one.number, digits=places.digits_asked(session), on=on,
            lender_id=_lender(), text=_text(),
        )  # fmt: skip
        banks = dict(_lenders(session, on))
    rows = [
        (
            row.number, row.head, places.shown(row.village_code), exports.amount(row.amount_fen),
            row.purpose, row.answered_on, banks.get(row.lender_id or 0, ""),
        )
        for row in found
    ]  # fmt: skip
    return exports.send_table(t("应贷未贷清单"), [t(title) for title in _QUEUED], rows, form)


def _answers(
    session: Session, one: NeedRound, on: date, limit: int | None = None
) -> list[queries.NeedLine]:
    said = request.args.get("answer", "")
    return queries.answers(
        session,
        one.number,
        digits=places.digits_asked(session),
        on=on,
        answer=said if said in ANSWERS else None,
        text=_text(),
        after=_after() if limit else ("", ""),
        limit=limit,
    )


def _lender() -> int | None:
    """The lender that is asked for; a lender's own staff begin with their own."""
    text = request.args.get("lender")
    return own_institution(actor()) if text is None else row_id(text) or None


def _after() -> tuple[str, str]:
    village, _, number = request.args.get("after", "").partition("~")
    return village[:12], number[:40]


def _text() -> str:
    return request.args.get("q", "").strip()[:40]


def _mark(row: Any) -> str:
    return f"{row.village_code}~{row.number}"


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args.get(name, "") for name in names}


# --- sheets and one household ---------------------------------------------------------------------


@blueprint.get("/need/sheet")
@needs("households.need")
def sheet() -> ResponseReturnValue:
    """Where a sheet of answers is handed in."""
    return _sheet()


@blueprint.get("/need/sheet.xlsx")
@needs("households.need")
def template() -> Response:
    """The households of one's place, to be filled in."""
    with reading() as session, tempfile.TemporaryFile() as file:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        write_template(session, file, on=on, digits=digits)
        file.seek(0)
        return exports.send_workbook("需求摸排表.xlsx", file.read())


@blueprint.post("/need/sheet")
@needs("households.need")
def record() -> ResponseReturnValue:
    """Record a sheet, whole, or its good rows."""
    read: list[NeedFile] = []

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        accept_good = request.form.get("accept_good") == "yes"
        with uploads.received() as upload, reading() as session:
            number = request.form.get("round", "")
            on = ledger.open_day(session)
            one = needing.round_asked(session, number, on)
            file = read_file(
                session, upload.path, number=one.number if one else number, name=upload.name,
                on=on, by=actor(),
            )  # fmt: skip
            sha256 = upload.sha256()
        read.append(file)
        deed = needing.record(actor(), file, accept_good=accept_good)
        answer = once(NEED, deed, key=key, body=[file.number, sha256, accept_good])
        flash(t("已登记{count}户", count=answer["rows"]))
        return redirect(url_for("need.answers"))

    return forms.attempt(act, lambda refused: _sheet(refused, read))


def _sheet(
    refused: Refusal | None = None, read: list[NeedFile] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        rounds = [(row.id, row.number) for row in queries.rounds(session)]
        one = needing.round_asked(session, request.form.get("round", ""), on)
        choices = [(row.code, row.name) for row in places.townships(session)]
    return forms.page(
        "need_sheet.html",
        refused,
        file=read[0] if read else None,
        faults_max=FAULTS_MAX,
        rounds=rounds,
        current=one.id if one else "",
        townships=choices,
        sent=forms.entries(),
        asked={"region": ""},
        zh=language() == "zh",
        request_key=forms.kept_key(),
    )
