"""The file behind a loan over the API: look, add to it, prove who did what; and the work queue."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from typing import Any, Final

from flask import request
from marshmallow import Schema

import loans
from loans.dossier import deeds as done
from loans.dossier import queue
from loans.dossier.kinds import KIND_TITLES
from loans.dossier.queue import Mark
from loans.dossier.scans import Scan
from web import dossier
from web.api import paging
from web.api.dossier_schemas import (
    CheckForm,
    CheckNoted,
    CheckRow,
    ContactForm,
    ContactNoted,
    ContactRow,
    DeedsAnswer,
    DeedsQuery,
    FileAnswer,
    LifeForm,
    LifeRow,
    LinesQuery,
    Noted,
    PaperForm,
    QueueAnswer,
    QueueQuery,
    QueueRow,
    WayForm,
    WayRow,
)
from web.api.routes import Routes, do_once
from web.context import actor, reading
from web.deeds import Deed
from web.refusals import CursorInvalid

routes = Routes("dossier", "一户一档与待办 · the file behind a loan, the work queue")

_MARK: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,15})", re.ASCII)


@routes.get("/loans/<number>/file", command="loans.read", answers=FileAnswer)
def one(number: str) -> dict[str, Any]:
    """一户一档：资料、贷后检查、催收、借款人情况、到期去向。The file behind a loan."""
    with reading() as session:
        found = dossier.file_of(session, number)
    finding = found.finding
    return {
        "number": found.number,
        "papers": [
            {
                "code": line.paper.code,
                "title": line.paper.zh,
                "stage": line.paper.stage,
                "required": line.paper.required,
                "blocks": line.paper.blocks,
                "on_file": line.on_file,
                "missing": line.missing,
                "noted_on": line.last.noted_on if line.last else None,
            }
            for line in found.papers
        ],
        "check_due_on": found.check_due_on,
        "finding_id": finding.id if finding else None,
        "finding_fen": finding.misused_fen if finding else None,
        "checks": _rows(found.checks, CheckRow),
        "contacts": _rows(found.contacts, ContactRow),
        "away": found.away,
        "lives": _rows(found.lives, LifeRow),
        "needs_way": found.needs_way,
        "ways": _rows(found.ways, WayRow),
    }


def _rows(lines: Any, schema: type[Schema]) -> list[dict[str, Any]]:
    beside = {"noted_by", "promise"}
    return [
        {name: getattr(line.row, name) for name in schema().fields if name not in beside}
        | {"noted_by": line.noted_by, "promise": line.promise}
        for line in lines
    ]


@routes.get("/loans/<number>/deeds", command="loans.read", query=DeedsQuery, answers=DeedsAnswer)
def deeds(query: dict[str, Any], number: str) -> Any:
    """尽职记录：谁在何时办了什么，附留痕序号与校验码。Who did what, with its proof."""
    with reading() as session:
        return done.deeds_of(session, number=number, by=actor(), person_id=query["person"])


@routes.post(
    "/loans/<number>/papers",
    command="loans.note_paper",
    form=PaperForm,
    answers=Noted,
    status=201,
    keyed=True,
)
def note_paper(form: dict[str, Any], number: str) -> dict[str, Any]:
    """登记合同资料（可附扫描件）。Put a paper of a contract on file, or find it missing."""
    scan = dossier.sent_scan()
    noted = loans.PaperNoted(**form, scan=scan)
    return _do("loans.note_paper", dossier.note_paper(noted, number=number), number, scan)


@routes.post(
    "/applications/<int:application_id>/papers",
    command="loans.note_paper",
    form=PaperForm,
    answers=Noted,
    status=201,
    keyed=True,
)
def note_application_paper(form: dict[str, Any], application_id: int) -> dict[str, Any]:
    """登记申请资料（尚无合同）。The same for an application without a contract."""
    scan = dossier.sent_scan()
    noted = loans.PaperNoted(**form, scan=scan)
    deed = dossier.note_paper(noted, application_id=application_id)
    return _do("loans.note_paper", deed, str(application_id), scan)


@routes.post(
    "/loans/<number>/checks",
    command="loans.post_check",
    form=CheckForm,
    answers=CheckNoted,
    status=201,
    keyed=True,
)
def make_check(form: dict[str, Any], number: str) -> dict[str, Any]:
    """登记贷后检查（可附照片）。Record a check after lending."""
    scan = dossier.sent_scan()
    made = loans.CheckMade(**form, photograph=scan)
    return _do("loans.post_check", dossier.make_check(number, made), number, scan)


@routes.post(
    "/loans/<number>/contacts",
    command="loans.contact",
    form=ContactForm,
    answers=ContactNoted,
    status=201,
    keyed=True,
)
def make_contact(form: dict[str, Any], number: str) -> dict[str, Any]:
    """登记催收（电话、上门、催收通知书、承诺还款）。Record a step of collection."""
    scan = dossier.sent_scan()
    made = loans.ContactMade(**form, scan=scan)
    return _do("loans.contact", dossier.make_contact(number, made), number, scan)


@routes.post(
    "/loans/<number>/life-events",
    command="loans.life_event",
    form=LifeForm,
    answers=Noted,
    status=201,
    keyed=True,
)
def tell_life(form: dict[str, Any], number: str) -> dict[str, Any]:
    """登记借款人身故、外迁、返回。Record what became of the borrower."""
    scan = dossier.sent_scan()
    told = loans.LifeTold(**form, scan=scan)
    return _do("loans.life_event", dossier.tell_life(number, told), number, scan)


@routes.post(
    "/loans/<number>/ways",
    command="loans.way",
    form=WayForm,
    answers=Noted,
    status=201,
    keyed=True,
)
def propose_way(form: dict[str, Any], number: str) -> dict[str, Any]:
    """拟定到期去向。Propose how the loan shall end."""
    proposed = loans.WayProposed(**form)
    return _do("loans.way", dossier.propose_way(number, proposed), number, None)


@routes.get("/queue", command="loans.read", query=QueueQuery, answers=QueueAnswer)
def counted(query: dict[str, Any]) -> dict[str, Any]:
    """待办：各类笔数。The queue: how many lines of each kind."""
    with reading() as session:
        asked = dossier.asked(session, region=query.get("region", ""))
        counts = queue.counts(session, asked)
    return {
        "on": asked.on,
        "kinds": [
            {"kind": kind, "title": KIND_TITLES[kind], "count": count}
            for kind, count in counts.items()
        ],
    }


@routes.get(
    "/queue/<kind>",
    command="loans.read",
    query=LinesQuery,
    answers=paging.page_of(QueueRow),
)
def lines(query: dict[str, Any], kind: str) -> dict[str, Any]:
    """一类待办的清单，最早的在前。The lines of a kind, the oldest first."""
    with reading() as session:
        asked = dossier.asked(session, region=query.get("region", ""), text=query["q"])
        found, mark = dossier.lines(
            session, kind, asked, after=_mark(query.get("cursor")), limit=query["limit"]
        )
    return {"items": found, "next": None if mark is None else _cursor(mark)}


def _do(command: str, deed: Deed, where: str, scan: Scan | None) -> dict[str, Any]:
    """The deed under the client's key; the same fields and the same scan are the same request."""
    body = [where, dict(sorted(request.form.items())), scan.sha256 if scan else None]
    return do_once(command, deed, body=body)


def _cursor(mark: Mark) -> str:
    return base64.urlsafe_b64encode(f"{mark.due_on}.{mark.id}".encode()).decode()


def _mark(cursor: str | None) -> Mark | None:
    if not cursor:
        return None
    try:
        found = _MARK.fullmatch(base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii"))
        if found is None:
            raise CursorInvalid(field="cursor")
        return Mark(date.fromisoformat(found[1]), int(found[2]))
    except (ValueError, binascii.Error):
        raise CursorInvalid(field="cursor") from None
