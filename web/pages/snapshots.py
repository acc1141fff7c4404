"""日终数据上报: a county's closed day as a file, a prefecture's counties and their files."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import indicators
import ledger
from kernel.dates import parse_date
from kernel.refusals import Refusal
from office import rights
from web import exports, handed, uploads
from web.access import needs
from web.context import actor, house, once, reading
from web.pages import forms
from web.pages.dashboard import asked_day
from web.words import t

blueprint = Blueprint("snapshots", __name__)


@blueprint.get("/snapshots")
@needs("indicators.export")
def show() -> ResponseReturnValue:
    """What to hand in, or what was."""
    return _page()


@blueprint.get("/snapshots/<day>.json")
@needs("indicators.export")
def export(day: str) -> ResponseReturnValue:
    """A county's closed day."""
    on = parse_date(day, field="on")
    with reading() as session:
        told = indicators.export(session, on=on, by=actor())
    name = house().regions.get(told.region).name
    return exports.send_file_of(f"{name}-{t('日终数据')}-{on.isoformat()}.json", told.content())


@blueprint.post("/snapshots")
@needs("indicators.import")
def take_in() -> ResponseReturnValue:
    """Take a county's file in."""

    def act() -> ResponseReturnValue:
        with uploads.received() as upload:
            content, sent, name = upload.path.read_bytes(), upload.sha256(), upload.name

        def deed(session: Session) -> dict[str, str]:
            told = indicators.take_in(session, content, regions=house().regions, by=actor())
            return {"region": told.region, "on": told.on.isoformat(), "digest": told.digest}

        done = once("indicators.import", deed, key=forms.sent_key(), body=sent, reason=name)
        place = house().regions.get(done["region"]).name
        flash(
            t(
                "{place}{day}日终数据已导入，摘要{digest}，请与县里另行告知的核对",
                place=place,
                day=done["on"],
                digest=done["digest"],
            )
        )
        return redirect(url_for("snapshots.show"))

    return forms.attempt(act, _page)


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        own = ledger.books(session).region_code
        rights.allow(by, "indicators.export", region=own)
        here = house().regions.get(own)
        last = ledger.last_closed_day(session)
        found = handed.handed(session, here, ledger.open_day(session))
        on = asked_day(last) if last else None
        told = indicators.export(session, on=on, by=by) if found is None and on else None
    return forms.page(
        "snapshots.html",
        refused,
        here=here,
        last=last,
        on=on,
        handed=found,
        told=told,
        request_key=forms.kept_key(),
    )
