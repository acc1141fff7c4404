"""The forms of a village fund: each step of the table as a form, and a vote with its ballots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import ledger
from kernel.dates import parse_date
from kernel.money import typed_yuan
from kernel.refusals import BadValue, Refusal
from office import rights
from web import mutual_view
from web.access import needs
from web.context import actor, once, reading
from web.mutual_steps import BALLOTS, CARRIED_FIELDS, FIELDS, OF_FUND, OF_VOTE, Step, take
from web.pages import forms
from web.pages.mutual import WORDS, allowed, body, fund_page, text, typed_rate
from web.periods import month_of
from web.words import t

blueprint = Blueprint("mutual_votes", __name__)


@blueprint.get("/mutual/votes/<int:vote_id>")
@needs("mutual_aid.read")
def vote(vote_id: int) -> ResponseReturnValue:
    """A vote with its ballots."""
    return vote_page(vote_id)


def vote_page(vote_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    """The page of a vote, with a refusal on top if there is one."""
    by = actor()
    with reading() as session:
        found = mutual_view.vote(session, vote_id, ledger.open_day(session), by=by)
    steps = allowed(OF_VOTE)
    if found.result is not None:
        steps.pop("count", None)
    passed = found.result is not None and found.result.passed
    if not passed or found.vote.subject not in CARRIED_FIELDS:
        steps.pop("carry-out", None)
    if not passed or found.vote.subject != "closing":
        steps.pop("hand-over", None)
    return forms.page(
        "mutual_vote.html",
        refused,
        one=found,
        steps=steps,
        carried=CARRIED_FIELDS.get(found.vote.subject, ()),
        may_cast=found.result is None and rights.may(by, BALLOTS.command),
        fields=FIELDS,
        words=WORDS,
        typed=forms.entries(),
        request_key=forms.kept_key(),
    )


@blueprint.post("/mutual/votes/<int:vote_id>/ballots")
@needs("mutual_aid.vote")
def cast(vote_id: int) -> ResponseReturnValue:
    """Take ballots in."""

    def act() -> ResponseReturnValue:
        given = {
            name.removeprefix("ballot-"): choice
            for name, choice in request.form.items()
            if name.startswith("ballot-") and choice
        }
        deed = take(BALLOTS, vote_id, {"ballots": given})
        once(BALLOTS.command, deed, key=forms.sent_key(), body=body())
        flash(t(BALLOTS.done))
        return redirect(url_for("mutual_votes.vote", vote_id=vote_id))

    return forms.attempt(act, lambda refused: vote_page(vote_id, refused))


# --- steps ----------------------------------------------------------------------------------------


def _whole(name: str) -> int:
    typed = text(name, 9)
    if not typed.isascii() or not typed.isdigit():
        raise BadValue(
            field=name, name=name, value=typed, rule_zh="填整数", rule_en="a whole number"
        )
    return int(typed)


_READ: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "yuan": lambda name: typed_yuan(text(name), field=name),
        "rate": typed_rate,
        "day": lambda name: parse_date(text(name, 10), field=name),
        "month": lambda name: month_of(text(name, 7), name),
        "whole": _whole,
        "numbers": lambda name: text(name, 2000).replace("，", " ").replace(",", " ").split(),
    }
)


def _typed(name: str) -> Any:
    """A field of a step; None where it may be left out and was."""
    field = FIELDS[name]
    typed = text(name, field.longest)
    if not typed and not field.required:
        return None
    return _READ[field.kind](name) if field.kind in _READ else typed


@dataclass(frozen=True, slots=True)
class Of:
    """What steps are of: a fund, or a vote."""

    name: str
    rule: str
    page: Callable[[int, Refusal], ResponseReturnValue]
    address: Callable[[int], str]


_FUND: Final = Of("fund", "/mutual", fund_page, lambda key: url_for("mutual.one", fund_id=key))
_VOTE: Final = Of(
    "vote", "/mutual/votes", vote_page, lambda key: url_for("mutual_votes.vote", vote_id=key)
)


def _offer(of: Of, name: str, step: Step) -> None:
    """The form of one step of a fund or a vote."""

    def view(key: int) -> ResponseReturnValue:
        def act() -> ResponseReturnValue:
            asked = {one: _typed(one) for one in step.fields}
            done = once(step.command, take(step, key, asked), key=forms.sent_key(), body=body())
            flash(t(step.done))
            if name == "vote":
                return redirect(url_for("mutual_votes.vote", vote_id=done["id"]))
            return redirect(of.address(key))

        return forms.attempt(act, lambda refused: of.page(key, refused))

    view.__name__ = f"take_{of.name}_{name.replace('-', '_')}"
    blueprint.post(f"{of.rule}/<int:key>/{name}")(needs(step.command)(view))


for _name, _step in OF_FUND.items():
    _offer(_FUND, _name, _step)
for _name, _step in OF_VOTE.items():
    _offer(_VOTE, _name, _step)
