"""农户查询: the household's own page. No script, large type, light enough for any phone.

A slip's code and four characters open it; nothing is stored in the browser, no session begins. Hit
or miss, the same work is done before the answer; tries are counted in the database, and a miss is
committed before it is told.
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

import ledger
from households import slips
from households.slips import SlipUnknown
from kernel.actor import system_actor
from kernel.refusals import Refusal
from web.access import open_to_all, takes_no_token
from web.context import house, reading
from web.own import own_page
from web.own_people import own_people
from web.own_subsidy import own_subsidy
from web.pages import forms
from web.pages.loans import DUES
from web.words import LOAN_STATES, SHEET_STATES

blueprint = Blueprint("own", __name__)


@blueprint.get("/mine")
@open_to_all
def form() -> ResponseReturnValue:
    """Ask for the code and the last four."""
    return _form()


@blueprint.post("/mine")
@open_to_all
@takes_no_token
def show() -> ResponseReturnValue:
    """The household's page."""
    return forms.attempt(_show, _form)


def _show() -> ResponseReturnValue:
    books, keyring = house().books, house().keyring
    with books.write("households.own_page", by=system_actor("")) as session:
        found = slips.look_up(
            session,
            keyring,
            code=request.form.get("code", "")[:40],
            last_four=request.form.get("last_four", "")[:8],
            source=request.remote_addr or "",
            now=house().clock(),
        )
    if found is None:
        raise SlipUnknown(field="code")
    with reading() as session:
        on = ledger.open_day(session)
        page = own_page(session, found, on=on, regions=house().regions, calendar=house().calendar)
        subsidy = own_subsidy(session, found)
        people = own_people(session, found, on=on, keyring=keyring)
    return forms.page(
        "own.html",
        page=page,
        subsidy=subsidy,
        people=people,
        on=on,
        demo=_demo(),
        dues=DUES,
        states=LOAN_STATES,
        sheet_states=SHEET_STATES,
    )


def _form(refused: Refusal | None = None) -> ResponseReturnValue:
    return forms.page("own_form.html", refused, demo=_demo())


def _demo() -> bool:
    with reading() as session:
        return ledger.books(session).demo is not None
