"""四级台账: 户有卡、村有册、乡镇有档、县市有平台, each as a page, a PDF and a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from households.levels import Platform, TownshipFile, VillageBook
from households.models.helping import PURPOSES
from households.standing import STANDING_TITLES
from indicators import FIGURES
from kernel.regions import COUNTY
from web import figures, level_figures, levels, scope
from web.access import needs
from web.context import actor, house, reading
from web.level_figures import LevelFigures
from web.levels import VILLAGES, WATCHED, Level, step_title
from web.pages import forms
from web.papers.level_files import level_file, level_paper
from web.papers.level_papers import COUNTERS, card_paper
from web.words import language

blueprint = Blueprint("levels", __name__)


@blueprint.get("/levels")
@needs("households.read")
def show() -> ResponseReturnValue:
    """The level that one begins with: the county's platform, or one's own township or village."""
    with reading() as session:
        code = scope.own_region(session, actor())
    return _page(code)


@blueprint.get("/levels/<code>")
@needs("households.read")
def one(code: str) -> ResponseReturnValue:
    """A county's platform, a township's file or a village's book."""
    return _page(code)


@blueprint.get("/levels/<code>.<any(pdf, xlsx):form>")
@needs("exports.read")
def printed(code: str, form: str) -> Response:
    """The same as a file."""
    with reading() as session:
        on = levels.day_asked(session)
        found = levels.level_of(session, house(), code, on=on, by=actor())
        beside = _beside(session, code, found, on)
    return level_file(level_paper(house(), found, beside), form)


@blueprint.get("/households/<int:household_id>/card.<any(pdf, xlsx):form>")
@needs("exports.read")
def card(household_id: int, form: str) -> Response:
    """A household's card as a file."""
    with reading() as session:
        on = levels.day_asked(session)
        found = levels.card_seen(session, house(), household_id, on=on, by=actor())
    return level_file(card_paper(found, house().help_rules, on), form)


def _page(code: str) -> ResponseReturnValue:
    here = house()
    with reading() as session:
        on = levels.day_asked(session)
        found = levels.level_of(session, here, code, on=on, by=actor())
        beside = _beside(session, code, found, on)
    template, more = _shown(found)
    return forms.page(
        template,
        level=found,
        beside=beside,
        figure_titles={name: figures.title_of(one) for name, one in FIGURES.items()},
        columns=level_figures.BELOW,
        opens=actor().institution_ids is None,
        region_name=lambda place: here.regions.get(place).name,
        code=code,
        on=on,
        asked_on=request.args.get("on", ""),
        above=_above(code),
        name=here.regions.get(code).name,
        counters=COUNTERS,
        measures=measure_titles(),
        standings=STANDING_TITLES,
        watched=WATCHED,
        villages=VILLAGES,
        purposes=PURPOSES,
        zh=language() == "zh",
        **more,
    )


def _beside(session: Session, code: str, found: Level, on: date) -> LevelFigures | None:
    """What the indicators tell of the place, and of the places below it."""
    below: list[str] = []
    if isinstance(found, TownshipFile):
        below = [one.code for one in found.villages]
    elif isinstance(found, Platform):
        below = [one.code for one in found.townships]
    return level_figures.figures_of(session, house(), code, below, on=on, by=actor())


def _shown(found: Level) -> tuple[str, dict[str, Any]]:
    if isinstance(found, VillageBook):
        return "level_village.html", {}
    if isinstance(found, TownshipFile):
        steps = [step_title(house().procedures, one.procedure, one.step) for one in found.papers]
        return "level_township.html", {"papers": list(zip(found.papers, steps, strict=True))}
    return "level_county.html", {}


def _above(code: str) -> list[tuple[str, str]]:
    """Regions above that this person sees, the widest first."""
    return [
        (region.code, region.name)
        for region in reversed(house().regions.ancestors(code))
        if region.level >= COUNTY and region.code.startswith(actor().region_scope)
    ]


def measure_titles() -> dict[str, str]:
    """Code -> name of a measure in the visitor's language."""
    chinese = language() == "zh"
    return {one.code: one.zh if chinese else one.en for one in house().help_rules.measures}
