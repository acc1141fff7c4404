"""农户: the list that one searches, the card of a household, and the slip that it is given."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import credit
import ledger
from households import card as cards
from households import identification, slips
from households.families import with_merged
from households.models import STATUS_TITLES
from kernel.refusals import Refusal
from kernel.regions import scope_digits
from loans import queries as loan_queries
from loans.eligibility import MODES
from loans.queries import Filter, LoanLine
from office import rights
from web import exports, household_links, registers, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.pages import forms
from web.registers import Sought
from web.words import t

blueprint = Blueprint("households", __name__)

PAGE = 50


@blueprint.get("/households")
@needs("households.read")
def listed() -> ResponseReturnValue:
    """Households of a place, searched and narrowed."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        sought = _sought(session)
        found = registers.households(session, sought, house().regions, after=after, limit=PAGE + 1)
        total = registers.count(session, sought)
        places = _places(session)
    return forms.page(
        "households.html",
        rows=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        first=after == 0,
        total=total,
        statuses=[(status.value, title) for status, title in STATUS_TITLES.items()],
        places=places,
        asked={name: request.args.get(name, "") for name in ("q", "region", "status")},
    )


@blueprint.get("/households.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same list as a file."""
    titles = [
        t(title)
        for title in (
            "户编号",
            "户主",
            "乡镇村",
            "人口",
            "户类型",
            "授信额度（元）",
            "贷款余额（元）",
        )
    ]
    with reading() as session:
        sought = _sought(session)
        rows = (
            [
                row.number,
                row.head,
                row.village,
                row.persons,
                row.status,
                exports.amount(row.line_fen),
                exports.amount(row.outstanding_fen),
            ]
            for row in registers.all_households(session, sought, house().regions)
        )
        return exports.send_table(t("农户名册"), titles, rows, form)


@blueprint.get("/households/<int:household_id>")
@needs("households.read")
def card(household_id: int) -> ResponseReturnValue:
    """户卡."""
    return _card(household_id)


@blueprint.post("/households/<int:household_id>/slip")
@needs("households.slip")
def give_slip(household_id: int) -> ResponseReturnValue:
    """A new code, shown this once."""
    keyring = house().keyring

    def work(session: Session) -> dict[str, str]:
        code = slips.issue(
            session, keyring, household_id=household_id, on=ledger.open_day(session), by=actor()
        )
        # The answer is kept for a repeated request: sealed, since it opens the household's page.
        sealed = keyring.seal(code, place=f"slip:{household_id}")
        return {"sealed": sealed.hex()}

    def act() -> ResponseReturnValue:
        answer = once(slips.COMMAND, work, key=forms.sent_key(), body=[household_id])
        code = keyring.open(bytes.fromhex(answer["sealed"]), place=f"slip:{household_id}")
        return _card(household_id, code=slips.show_code(code))

    return forms.attempt(act, lambda refused: _card(household_id, refused))


def _card(household_id: int, refused: Refusal | None = None, code: str = "") -> ResponseReturnValue:
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        digits = scope.own_digits(session, by)
        found = cards.card(
            session,
            household_id,
            on=on,
            digits=digits,
            regions=house().regions,
            keyring=house().keyring,
        )
        ratings = credit.history(session, household_id)
        rating = credit.rating_of(session, household_id, on=on)
        return forms.page(
            "household.html",
            refused,
            card=found,
            code=code,
            on=on,
            line=credit.line(session, household_id, on=on),
            rating=rating,
            why=credit.explain(session, rating) if rating else None,
            ratings=ratings,
            loans=_loans(session, household_id, on) if rights.may(by, "loans.read") else [],
            shares=(
                loan_queries.shares_of_household(session, household_id)
                if rights.may(by, "loans.read")
                else []
            ),
            modes=MODES,
            cases=[
                (one.case_id, identification.KINDS[one.kind][0])
                for one in identification.queries.cases_of(session, household_id, digits=digits)
            ],
            linked=household_links.linked(
                session, household_id, on=on, by=by, keyring=house().keyring
            ),
            link_words=household_links.WORDS,
            may_give_slip=rights.may(by, slips.COMMAND),
            request_key=forms.new_key(),
        )


def _loans(session: Session, household_id: int, on: date) -> list[LoanLine]:
    """The loans of the household, and of those merged into it, that this person may see."""
    return [
        loan
        for one in with_merged(session, household_id)
        for loan in loan_queries.listed(
            session, by=actor(), open_day=on, wanted=Filter(household_id=one)
        )
    ]


def _sought(session: Session) -> Sought:
    digits = scope.own_digits(session, actor())
    region = request.args.get("region", "")
    if region:
        rights.allow(actor(), "households.read", region=house().regions.get(region).code)
        digits = max(digits, scope_digits(region), key=len)
    return Sought(
        digits=digits,
        on=ledger.open_day(session),
        text=request.args.get("q", "")[:40],
        status=request.args.get("status", "")[:20],
    )


def _places(session: Session) -> list[tuple[str, str]]:
    """Townships, or villages of a narrow scope, to choose from."""
    regions = house().regions
    here = scope.own_region(session, actor())
    return [(region.code, region.name) for region in regions.children(here)]
