"""The place that a list is narrowed to: one's own, or one inside it that was chosen."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from kernel.regions import COUNTY, TOWNSHIP, Region, scope_digits
from office import rights
from web import scope
from web.context import actor, house


def digits_asked(session: Session, command: str = "households.read") -> str:
    """Digits of ``?region=``, or of one's own scope; a place outside it is refused."""
    digits = scope.own_digits(session, actor())
    region = request.args.get("region", "")
    if not region:
        return digits
    rights.allow(actor(), command, region=house().regions.get(region).code)
    return max(digits, scope_digits(region), key=len)


def choices(session: Session) -> list[tuple[str, str]]:
    """Townships, or villages of a narrow scope, to choose from."""
    here = scope.own_region(session, actor())
    return [(region.code, region.name) for region in house().regions.children(here)]


def townships(session: Session) -> list[Region]:
    """The townships of one's own scope; of a village's clerk the one above."""
    regions = house().regions
    here = regions.get(scope.own_region(session, actor()))
    if here.level >= TOWNSHIP:
        chain = [here, *regions.ancestors(here.code)]
        return [region for region in chain if region.level == TOWNSHIP]
    below = [here]
    while below and below[0].level < TOWNSHIP:
        below = [child for one in below for child in regions.children(one.code)]
    return below


def shown(code: str) -> str:
    """A place as lists write it: township and village, or the county's name."""
    regions = house().regions
    if code not in regions:
        return code
    return regions.full_name(code, below=COUNTY) or regions.get(code).name
