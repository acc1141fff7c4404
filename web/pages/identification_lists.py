"""县级审定名单: what the county decided on paper, handed in by one, decided by another."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households.identification import of_numbers, queries, read_sheet
from households.identification.lists import SUBJECT
from households.identification.queries import ListLine
from households.models import MONITORED_KINDS, STATUS_TITLES, Status
from kernel.refusals import NotFound, Refusal
from office import approvals, rights
from office.models import Proposal
from web import deeds, exports, identifying, places, scope, uploads
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.identifying import DECIDE, HAND_IN, Handing, Scan
from web.pages import forms, typing
from web.pages.identification import round_choices, staff_names, status_choices
from web.words import t

blueprint = Blueprint("identification_lists", __name__)

PAGE: Final = 50
#: households of a list on a page
SHOWN: Final = 200
DECISIONS: Final = {"": "待审定", "approved": "已审定", "rejected": "已退回"}
_TITLES: Final = ("户编号", "乡镇村")
_LISTS: Final = ("名单号", "文号", "认定结果", "起始日期", "户数", "提交日期", "状态")


@blueprint.get("/identification/lists")
@needs("households.read")
def listed() -> ResponseReturnValue:
    """Every list of the county."""
    before = row_id(request.args.get("after"))
    with reading() as session:
        found = _found(session, before=before, limit=PAGE + 1)
    return forms.page(
        "identification_lists.html",
        rows=found[:PAGE],
        following=found[PAGE - 1].one.id if len(found) > PAGE else None,
        first=before == 0,
        asked=_asked(),
        statuses={status.value: title for status, title in STATUS_TITLES.items()},
        choices=status_choices(),
        decisions=DECISIONS,
        may_hand_in=rights.may(actor(), HAND_IN),
    )


@blueprint.get("/identification/lists.<any(xlsx, csv):form>")
@needs("exports.read")
def lists_exported(form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        found = _found(session)
    rows = [
        (
            line.one.id, line.one.document, t(STATUS_TITLES[Status(line.one.status)]),
            line.one.from_on, line.one.households, line.one.handed_in_on,
            t(DECISIONS[line.decision or ""]),
        )
        for line in found
    ]  # fmt: skip
    return exports.send_table(t("县级审定名单"), [t(title) for title in _LISTS], rows, form)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "status", "decision")}


def _found(session: Session, *, before: int = 0, limit: int | None = None) -> list[ListLine]:
    asked = _asked()
    known = asked["decision"] in {"waiting", *DECISIONS}
    return queries.lists(
        session,
        text=asked["q"],
        status=asked["status"],
        decision=asked["decision"] if known else "",
        before=before,
        limit=limit,
    )


@blueprint.get("/identification/lists/new")
@needs("households.county_review")
def form() -> ResponseReturnValue:
    """Where a list is handed in."""
    return _form()


@blueprint.post("/identification/lists/new")
@needs("households.county_review")
def hand_in() -> ResponseReturnValue:
    """Hand a list in."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        asked = _handing()
        deed = identifying.hand_in(house(), actor(), asked)
        answer = once(HAND_IN, deed, key=key, body=asked.body())
        flash(t("已提交{count}户，待另一人审定", count=answer["households"]))
        return redirect(url_for("identification_lists.one", list_id=answer["list_id"]))

    return forms.attempt(act, _form)


@blueprint.get("/identification/lists/<int:list_id>")
@needs("households.read")
def one(list_id: int) -> ResponseReturnValue:
    """One list with its households."""
    return _one(list_id)


@blueprint.get("/identification/lists/<int:list_id>.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(list_id: int, form: str) -> Response:
    """Its households as a file."""
    with reading() as session:
        found = queries.list_of(session, list_id)
        digits = scope.own_digits(session, actor())
        rows = queries.list_households(session, list_id, digits=digits, text=_text())
    told = [(number, places.shown(village)) for _line_nr, number, village in rows]
    name = f"{t(STATUS_TITLES[Status(found.one.status)])}{list_id}"
    return exports.send_table(name, [t(title) for title in _TITLES], told, form)


@blueprint.post("/identification/lists/<int:list_id>")
@needs("households.county_decide")
def decide(list_id: int) -> ResponseReturnValue:
    """Another person's decision."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        approved = typing.approved()
        reason = typing.words("reason")
        with reading() as session:
            proposal = _proposal(session, list_id)
        deed = deeds.decide(proposal, approved=approved, reason=reason)
        once(DECIDE, deed, key=key, body=[proposal.id, approved, reason])
        flash(t("已审定") if approved else t("已退回"))
        return redirect(url_for("identification_lists.one", list_id=list_id))

    return forms.attempt(act, lambda refused: _one(list_id, refused))


def _handing() -> Handing:
    status = Status(typing.one_of("status", [key for key, _title in status_choices()]))
    file, rows = None, []
    if typing.has_file():
        with uploads.received() as upload:
            rows = read_sheet(upload.path)
            file = Scan(upload.name, upload.path.read_bytes())
    return Handing(
        document=typing.words("document"),
        status=status,
        from_on=typing.day("from_on"),
        rows=rows or of_numbers(request.form.get("numbers", "").split()),
        monitored_kind=request.form.get("monitored_kind") or None,
        round_id=row_id(request.form.get("round_id")) or None,
        reason=typing.words("reason"),
        file=file,
    )


def _text() -> str:
    return request.args.get("q", "").strip()[:40]


def _proposal(session: Session, list_id: int) -> Proposal:
    found = session.scalar(
        select(Proposal).where(Proposal.subject_kind == SUBJECT, Proposal.subject_id == list_id)
    )
    if found is None:
        raise NotFound(field="list_id", what="审定名单")
    return deeds.proposal_seen(session, found.id)


def _form(refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        on = ledger.open_day(session)
        rounds = round_choices(session)
    return forms.page(
        "identification_list_new.html",
        refused,
        on=on,
        statuses=status_choices(),
        watched=[(kind, t(title)) for kind, title in MONITORED_KINDS.items()],
        rounds=rounds,
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )


def _one(list_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    by, after = actor(), request.args.get("after", "")[:40]
    with reading() as session:
        found = queries.list_of(session, list_id)
        digits = scope.own_digits(session, by)
        rows = queries.list_households(
            session, list_id, digits=digits, text=_text(), after=after, limit=SHOWN + 1
        )
        seen = queries.count_list(session, list_id, digits=digits)
        proposal = session.scalars(
            select(Proposal).where(Proposal.subject_kind == SUBJECT, Proposal.subject_id == list_id)
        ).one()
        decision = approvals.decision_of(session, proposal.id)
        names = staff_names(session, {proposal.proposed_by})
    mine = proposal.proposed_by == by.person_id
    return forms.page(
        "identification_list.html",
        refused,
        line=found,
        rows=rows[:SHOWN],
        following=rows[SHOWN - 1][1] if len(rows) > SHOWN else None,
        first=not after,
        asked={"q": _text(), "list_id": list_id},
        seen=seen,
        proposal=proposal,
        decision=decision or "",
        decisions=DECISIONS,
        names=names,
        mine=mine,
        may_decide=decision is None and not mine and rights.may(by, DECIDE),
        statuses={status.value: title for status, title in STATUS_TITLES.items()},
        watched=MONITORED_KINDS,
        place=places.shown,
        sent=forms.entries(),
        request_key=forms.kept_key(),
    )
