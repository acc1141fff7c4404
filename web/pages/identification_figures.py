"""Rounds of review, samples with their rates and limits, poverty lines, populations, villages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final, Literal

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households.identification import VILLAGE_STANDINGS, Sampled, queries
from households.identification import reading as reads
from households.identification.rates import NAMES, Limit, Rate
from households.models import STATUS_TITLES, RuralPopulation, SampleCheck
from kernel.dates import ONE_DAY
from kernel.refusals import Refusal
from kernel.regions import in_scope
from office import rights
from web import exports, identifying, places, scope
from web.access import needs
from web.context import actor, house, once, reading
from web.fields import row_id
from web.identifying import DECIDE, HAND_IN, SAMPLE
from web.pages import forms, typing
from web.pages.identification import round_choices
from web.words import language, t

blueprint = Blueprint("identification_figures", __name__, url_prefix="/identification")

#: what a sampling check counts -> how the form asks for it
COUNTS: Final = {
    "sampled_exited": "抽查脱贫人口",
    "wrongly_exited": "错退人口",
    "sampled_unregistered": "抽查未建档人口",
    "missed": "漏评人口",
    "people_checked": "核查人口",
    "people_wrong": "认定有误人口",
    "villages_checked": "核查贫困村",
    "villages_wrong": "认定有误村",
    "surveyed": "调查户",
    "approving": "认可户",
}
STANDINGS: Final = {key: zh for key, (zh, _en) in VILLAGE_STANDINGS.items()}
RATE_TITLES: Final = {code: names[0] for code, names in NAMES.items()}
_SAMPLES: Final = 20
_VILLAGES: Final = ("村代码", "村", "状态", "起始日期", "文号")


# --- rounds and samples ---------------------------------------------------------------------------


@blueprint.get("/rounds")
@needs("households.read")
def rounds() -> ResponseReturnValue:
    """Rounds with what they found, samples with rates and limits, the poverty lines."""
    return _rounds()


@blueprint.post("/rounds")
@needs("households.county_review")
def begin_round() -> ResponseReturnValue:
    """Enter a round."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        told: dict[str, Any] = {
            "number": typing.words("number", 40),
            "year": typing.whole("year", low=1980, high=2100),
            "title": typing.words("title", 80),
            "from_on": typing.day("from_on"),
            "to_on": typing.day("to_on") + ONE_DAY,
            "document": typing.words("document"),
        }
        deed = identifying.begin_round(actor(), **told)
        once(HAND_IN, deed, key=key, body=[str(one) for one in told.values()])
        flash(t("已登记轮次"))
        return redirect(url_for("identification_figures.rounds"))

    return forms.attempt(act, _rounds)


@blueprint.post("/samples")
@needs("households.sample")
def record_sample() -> ResponseReturnValue:
    """Record what a sampling check counted."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        counts = {one.name: typing.whole(one.name, blank=0) for one in fields(Sampled)}
        told: dict[str, Any] = {
            "region": typing.words("region", 12),
            "checked_on": typing.day("checked_on"),
            "unit": typing.words("unit", 80),
            "document": typing.words("document"),
            "round_id": row_id(request.form.get("round_id")) or None,
        }
        deed = identifying.record_sample(house(), actor(), Sampled(**counts), **told)
        body = [str(one) for one in (*counts.values(), *told.values())]
        once(SAMPLE, deed, key=key, body=body)
        flash(t("已登记抽查"))
        return redirect(url_for("identification_figures.rounds"))

    return forms.attempt(act, _rounds)


@blueprint.get("/samples.<any(xlsx, csv):form>")
@needs("exports.read")
def samples_exported(form: str) -> Response:
    """Every sample as a file, counts and rates."""
    with reading() as session:
        found = _samples(session)
    rates = [code for code in NAMES if any(code == r.code for one in found for r in rates_of(one))]
    titles = ["抽查日期", "地区", "抽查单位", "文号", *COUNTS.values()]
    rows = []
    for one in found:
        by_code = {rate.code: rate for rate in rates_of(one)}
        rows.append(
            [
                one.checked_on, places.shown(one.region_code), one.unit, one.document,
                *(getattr(one, name) for name in COUNTS),
                *(_percent(by_code.get(code)) for code in rates),
            ]
        )  # fmt: skip
    shown = [t(title) for title in titles] + [f"{t(RATE_TITLES[code])}（%）" for code in rates]
    return exports.send_table(t("抽查"), shown, rows, form)


def rates_of(one: SampleCheck) -> list[Rate]:
    """The rates of a sample."""
    return queries.sample_rates(one)


def held(one: SampleCheck) -> list[tuple[Rate, Limit | None, bool | None]]:
    """Each rate of a sample with the limit of its day, and whether it is kept."""
    lines = house().poverty_lines
    pairs = [(rate, lines.limit(rate.code, one.checked_on)) for rate in rates_of(one)]
    return [(rate, limit, limit.met_by(rate) if limit else None) for rate, limit in pairs]


def _percent(rate: Rate | None) -> str:
    return "" if rate is None or rate.ppm is None else exports.rate(rate.ppm)


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:40] for name in ("q", "region", "round")}


def _samples(
    session: Session, *, before: int = 0, limit: int | None = None
) -> Sequence[SampleCheck]:
    asked = _asked()
    return reads.samples(
        session,
        digits=places.digits_asked(session),
        text=asked["q"],
        round_id=row_id(asked["round"]) or None,
        before=before,
        limit=limit,
    )


def _rounds(refused: Refusal | None = None) -> ResponseReturnValue:
    by, here = actor(), house()
    before = row_id(request.args.get("after"))
    with reading() as session:
        on = ledger.open_day(session)
        found = queries.rounds(session, digits=scope.own_digits(session, by))
        samples = [(one, held(one)) for one in _samples(session, before=before, limit=_SAMPLES + 1)]
        own = scope.own_region(session, by)
        choices = [(own, places.shown(own)), *places.choices(session)]
        named = round_choices(session)
    return forms.page(
        "identification_rounds.html",
        refused,
        rounds=list(reversed(found)),
        samples=samples[:_SAMPLES],
        following=samples[_SAMPLES - 1][0].id if len(samples) > _SAMPLES else None,
        first=before == 0,
        lines=sorted(here.poverty_lines.lines.values(), key=lambda one: -one.year),
        limits=here.poverty_lines.limits,
        counts=COUNTS,
        statuses={status.value: title for status, title in STATUS_TITLES.items()},
        regions=choices,
        named=named,
        on=on,
        place=places.shown,
        sent=forms.entries(),
        asked=_asked(),
        may_begin=rights.may(by, HAND_IN),
        may_sample=rights.may(by, SAMPLE),
        zh=language() == "zh",
        request_key=forms.kept_key(),
    )


# --- villages and populations ---------------------------------------------------------------------


@blueprint.get("/villages")
@needs("households.read")
def villages() -> ResponseReturnValue:
    """Villages that are or were poor, and rural populations."""
    return _villages()


@blueprint.get("/villages.<any(xlsx, csv):form>")
@needs("exports.read")
def villages_exported(form: str) -> Response:
    """The villages as a file."""
    with reading() as session:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        found = queries.villages(session, digits=digits, on=on)
    rows = [
        (code, places.shown(code), t(STANDINGS[one.standing]), one.from_on, one.document)
        for code, one in found.items()
    ]
    return exports.send_table(t("贫困村"), [t(title) for title in _VILLAGES], rows, form)


@blueprint.post("/villages")
@needs("households.county_decide")
def set_villages() -> ResponseReturnValue:
    """Find villages poor, or out of poverty."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        standing = typing.one_of("standing", STANDINGS)
        told: dict[str, Any] = {
            "villages": request.form.get("villages", "").split(),
            "standing": _standing(standing),
            "from_on": typing.day("from_on"),
            "document": typing.words("document"),
        }
        deed = identifying.set_villages(house(), actor(), **told)
        answer = once(DECIDE, deed, key=key, body=[str(one) for one in told.values()])
        flash(t("已登记{count}个村", count=answer["villages"]))
        return redirect(url_for("identification_figures.villages"))

    return forms.attempt(act, _villages)


@blueprint.post("/populations")
@needs("households.sample")
def record_population() -> ResponseReturnValue:
    """Record a region's rural population."""

    def act() -> ResponseReturnValue:
        key = forms.sent_key()
        told: dict[str, Any] = {
            "region": typing.words("region", 12),
            "from_on": typing.day("from_on"),
            "people": typing.whole("people", low=1),
            "source": typing.words("source"),
            "derived": request.form.get("derived") == "yes",
        }
        deed = identifying.record_population(house(), actor(), **told)
        once(SAMPLE, deed, key=key, body=[str(one) for one in told.values()])
        flash(t("已登记农村人口"))
        return redirect(url_for("identification_figures.villages"))

    return forms.attempt(act, _villages)


def _standing(text: str) -> Literal["poor", "exited"]:
    return "exited" if text == "exited" else "poor"


def _villages(refused: Refusal | None = None) -> ResponseReturnValue:
    by = actor()
    asked = {name: request.args.get(name, "") for name in ("region", "state")}
    with reading() as session:
        digits, on = places.digits_asked(session), ledger.open_day(session)
        every = queries.villages(session, digits=digits, on=on)
        people = session.scalars(
            select(RuralPopulation)
            .where(in_scope(RuralPopulation.region_code, digits))
            .order_by(RuralPopulation.region_code, RuralPopulation.from_on.desc())
            .limit(200)
        ).all()
        own = scope.own_region(session, by)
        choices = places.choices(session)
    counted = {key: sum(one.standing == key for one in every.values()) for key in STANDINGS}
    return forms.page(
        "identification_villages.html",
        refused,
        villages=[one for one in every.items() if asked["state"] in {"", one[1].standing}],
        counted=counted,
        people=people,
        standings=STANDINGS,
        places=choices,
        regions=[(own, places.shown(own)), *choices],
        on=on,
        place=places.shown,
        asked=asked,
        sent=forms.entries(),
        may_set=rights.may(by, DECIDE),
        may_count=rights.may(by, SAMPLE),
        request_key=forms.kept_key(),
    )
