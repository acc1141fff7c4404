"""The four levels for every edge: which of them a region's code means, read for who asks.

A county's or prefecture's code is the platform, a township's its file, a village's its book; a
household's card is asked for by its number. The day is any day up to the open one.
"""

from __future__ import annotations

from datetime import date

from flask import request
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from households import levels
from households.card import Card
from households.card import card as card_of
from households.helping.figures import ShareReport, share_report
from households.identification.procedure import Procedures
from households.levels import Platform, TownshipFile, VillageBook
from households.models import STATUS_TITLES, Status
from kernel.actor import Actor
from kernel.dates import parse_date
from kernel.refusals import BadValue
from kernel.regions import TOWNSHIP, VILLAGE
from office import rights
from web import scope

Level = Platform | TownshipFile | VillageBook

#: watched as -> how papers say it; the blank one: the list did not say
WATCHED = {
    "": "监测对象",
    "unstable": "脱贫不稳定户",
    "edge": "边缘易致贫户",
    "sudden": "突发严重困难户",
}
#: standing of a village -> how papers say it
VILLAGES = {"": "", "poor": "贫困村", "exited": "已出列"}


def day_asked(session: Session) -> date:
    """The day of ``?on=``, up to the open one; the open one where none is named."""
    return day_named(session, request.args.get("on", ""))


def day_named(session: Session, text: str) -> date:
    """A day up to the open one; the open one for a blank text."""
    today = ledger.open_day(session)
    if not text:
        return today
    on = parse_date(text, field="on")
    if on > today:
        raise BadValue(
            field="on", name="on", value=text, rule_zh=f"日期不得晚于账务日{today}",
            rule_en=f"a day up to the business day {today}",
        )  # fmt: skip
    return on


def level_of(session: Session, house: House, code: str, *, on: date, by: Actor) -> Level:
    """What a region's code means, for somebody who sees that region."""
    regions = house.regions
    region = regions.get(code)
    rights.allow(by, "households.read", region=code)
    scope.own_digits(session, by)
    if region.level == VILLAGE:
        return levels.village_book(session, code, on=on)
    if region.level == TOWNSHIP:
        return levels.township_file(session, code, regions=regions, on=on)
    return levels.county_platform(session, code, regions=regions, rules=house.help_rules, on=on)


def card_seen(session: Session, house: House, household_id: int, *, on: date, by: Actor) -> Card:
    """The card of a household that somebody sees."""
    return card_of(
        session,
        household_id,
        on=on,
        digits=scope.own_digits(session, by),
        regions=house.regions,
        keyring=house.keyring,
    )


def shares_of(session: Session, house: House, *, year: int, on: date) -> ShareReport:
    """How a year's special money is shared, by the rule at its end or on the day."""
    region = ledger.books(session).region_code
    rule = house.help_rules.share_rule(region, min(on, date(year, 12, 31)))
    return share_report(session, rule, year=year, on=on)


def step_title(procedures: Procedures, procedure: str, step: str) -> str:
    """What a paper of a township's file is: a step of a procedure, or a list of the county."""
    if not procedure:
        return f"县级名单：{STATUS_TITLES[Status(step)]}"
    known = next((one for one in procedures.all() if one.code == procedure), None)
    if known is None:
        return f"{procedure} · {step}"
    return next((one.zh for one in known.steps if one.code == step), step)
