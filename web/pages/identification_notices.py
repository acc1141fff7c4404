"""公示和异议: what hangs, who disagrees, what was found; and the lists as anybody may read them.

A public list tells the village, the head and how many people: no digit of anybody's number, no
cause of poverty.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from households.identification import notice_rows, queries
from households.identification import reading as reads
from kernel.refusals import Refusal
from office import rights
from web import exports, identifying, places
from web.access import needs, open_to_all
from web.context import actor, house, once
from web.context import reading as books
from web.fields import row_id
from web.pages import forms, typing
from web.pages.identification import staff_names
from web.pages.identification_steps import sheet_page, step_title
from web.words import t

blueprint = Blueprint("identification_notices", __name__)

#: so that a page stays below 50 kB
PAGE: Final = 100
NOTICES: Final = 50
OBJECTIONS: Final = 50
_TITLES: Final = (
    "异议编号", "户编号", "户主", "乡镇村", "日期", "异议人", "异议内容", "答复日期", "结论",
    "答复内容",
)  # fmt: skip


@blueprint.get("/identification/notices")
@needs("households.read")
def listed() -> ResponseReturnValue:
    """Notices of a place, and the objections to them."""
    asked = {name: request.args.get(name, "") for name in ("region", "state")}
    before = row_id(request.args.get("after"))
    with books() as session:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        hanging = on if asked["state"] == "hanging" else None
        found = queries.notices(
            session, digits=digits, on=hanging, before=before, limit=NOTICES + 1
        )
        choices = places.choices(session)
    shown = found[:NOTICES]
    return forms.page(
        "identification_notices.html",
        notices=[(one, sheet, step_title(sheet.procedure, sheet.step)) for one, sheet in shown],
        following=shown[-1][0].sheet_id if len(found) > NOTICES else None,
        first=before == 0,
        on=on,
        places=choices,
        asked=asked,
        place=places.shown,
    )


@blueprint.get("/identification/objections")
@needs("households.read")
def objections() -> ResponseReturnValue:
    """Every objection of a place, the latest first."""
    return _objections()


@blueprint.get("/identification/objections.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> Response:
    """The objections as a file."""
    with books() as session:
        found = _found(session)
    rows = [
        (
            one.objection.id, one.number, one.head, places.shown(one.village_code),
            one.objection.raised_on, one.objection.raised_by, one.objection.words,
            *_said(one),
        )
        for one in found
    ]  # fmt: skip
    return exports.send_table(t("异议"), [t(title) for title in _TITLES], rows, form)


@blueprint.post("/identification/sheets/<int:sheet_id>/objections")
@needs("households.object")
def object_to(sheet_id: int) -> ResponseReturnValue:
    """Note an objection."""

    def act() -> ResponseReturnValue:
        told = {name: typing.words(name) for name in ("number", "raised_by", "words")}
        deed = identifying.object_to(actor(), sheet_id=sheet_id, **told)
        body = [sheet_id, *told.values()]
        once(identifying.OBJECT, deed, key=forms.sent_key(), body=body)
        flash(t("已登记异议"))
        return redirect(url_for("identification_steps.sheet", sheet_id=sheet_id))

    return forms.attempt(act, lambda refused: sheet_page(sheet_id, refused))


@blueprint.post("/identification/objections/<int:objection_id>/answer")
@needs("households.answer")
def answer(objection_id: int) -> ResponseReturnValue:
    """What was found about one."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        upheld = typing.one_of("upheld", ("yes", "no")) == "yes"
        words = typing.words("words")
        deed = identifying.answer(actor(), objection_id=objection_id, upheld=upheld, words=words)
        once(identifying.ANSWER, deed, key=key, body=[objection_id, upheld, words])
        flash(t("已答复异议"))
        return redirect(url_for("identification_notices.objections"))

    return forms.attempt(act, _objections)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "region", "state")}


def _found(
    session: Session, *, before: int = 0, limit: int | None = None
) -> list[reads.ObjectionLine]:
    asked = _asked()
    return reads.objections(
        session,
        digits=places.digits_asked(session),
        on=ledger.open_day(session),
        text=asked["q"],
        state=asked["state"] if asked["state"] in reads.OBJECTION_STATES else "",
        before=before,
        limit=limit,
    )


def _objections(refused: Refusal | None = None) -> ResponseReturnValue:
    before = row_id(request.args.get("after"))
    with books() as session:
        found = _found(session, before=before, limit=OBJECTIONS + 1)
        names = staff_names(session, {one.answer.by_person for one in found if one.answer})
        choices = places.choices(session)
    return forms.page(
        "identification_objections.html",
        refused,
        objections=found[:OBJECTIONS],
        following=found[OBJECTIONS - 1].objection.id if len(found) > OBJECTIONS else None,
        first=before == 0,
        names=names,
        places=choices,
        states=[(key, t(title)) for key, title in reads.OBJECTION_STATES.items()],
        asked=_asked(),
        sent=forms.entries(),
        place=places.shown,
        may_answer=rights.may(actor(), identifying.ANSWER),
        request_key=forms.kept_key(),
    )


def _said(one: reads.ObjectionLine) -> tuple[Any, ...]:
    if one.answer is None:
        return ("", t("待答复"), "")
    ruled = t("异议成立") if one.answer.upheld else t("异议不成立")
    return (one.answer.answered_on, ruled, one.answer.words)


# --- for anybody ----------------------------------------------------------------------------------


@blueprint.get("/notices/lists")
@open_to_all
def hanging() -> ResponseReturnValue:
    """Every list that hangs."""
    with books() as session:
        on = ledger.open_day(session)
        found = reads.hanging(session, on=on)
        demo = ledger.books(session).demo is not None
    return forms.page(
        "identification_public.html",
        found=[
            (one, step_title(sheet.procedure, sheet.step), places.shown(sheet.region_code))
            for one, sheet in found
        ],
        on=on,
        demo=demo,
    )


@blueprint.get("/notices/lists/<int:sheet_id>")
@open_to_all
def hung(sheet_id: int) -> ResponseReturnValue:
    """One of them, a page at a time."""
    after = row_id(request.args.get("after"))
    with books() as session:
        told, sheet = reads.hanging_notice(session, sheet_id, on=ledger.open_day(session))
        every = notice_rows(session, sheet_id)
        demo = ledger.books(session).demo is not None
    rows = list(enumerate(every, 1))[after : after + PAGE]
    return forms.page(
        "identification_public_list.html",
        told=told,
        title=step_title(sheet.procedure, sheet.step),
        rows=[(nr, row, _village(row.village_code)) for nr, row in rows],
        total=len(every),
        following=after + PAGE if len(every) > after + PAGE else None,
        first=after == 0,
        demo=demo,
    )


def _village(code: str) -> str:
    """Names alone: a village that no file knows has none."""
    return places.shown(code) if code in house().regions else ""
