"""What a second person sees of a list the county decided, a limit of its own, a village fund."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from households.family_lines import OWN_LIMITS
from households.identification.lists import SUBJECT as DECIDED_LISTS
from households.models import (
    STATUS_TITLES,
    DecidedList,
    DecidedListRow,
    Household,
    Person,
    Status,
)
from households.models.families import HouseholdLink, OwnLimit
from kernel.money import format_rate
from mutual_aid.founding import SUBJECT as VILLAGE_FUNDS
from mutual_aid.models import VillageFund
from organisations.models import Organisation
from web.context import house
from web.words import t, yuan

#: titles, rows, how many rows in all
Shown = tuple[tuple[str, ...], list[tuple[str, ...]], int]

_FACTS: Final = ("事项", "内容")
LIST_TITLES: Final = ("户编号", "户主", "行政村", "审定结果", "起始日")
#: what members' money is called in a fund's constitution
WORDINGS: Final[Mapping[str, str]] = MappingProxyType({"stake": "互助金", "share": "股金"})


def _list(session: Session, list_id: int, most: int) -> Shown:
    one = session.get_one(DecidedList, list_id)
    finding, day = t(STATUS_TITLES[Status(one.status)]), one.from_on.isoformat()
    rows = session.execute(
        select(Household.number, Person.name, Household.village_code)
        .join(DecidedListRow, DecidedListRow.household_id == Household.id)
        .outerjoin(Person, _heads())
        .where(DecidedListRow.list_id == list_id)
        .order_by(DecidedListRow.line)
        .limit(most)
    )
    regions = house().regions
    shown: list[tuple[str, ...]] = [
        (number, head or "—", regions.full_name(village, below=3), finding, day)
        for number, head, village in rows
    ]
    return LIST_TITLES, shown, one.households


def _own_limit(session: Session, own_limit_id: int, _most: int) -> Shown:
    row = session.get_one(OwnLimit, own_limit_id)
    link = session.get_one(HouseholdLink, row.link_id)
    facts: list[tuple[str, ...]] = [
        (t("分出户"), _household(session, link.household_id)),
        (t("原户"), _household(session, link.origin_id)),
        (t("分户日"), link.since.isoformat()),
        (t("依据文件"), row.document),
        (t("理由"), row.reason),
    ]
    return _FACTS, facts, len(facts)


def _fund(session: Session, fund_id: int, _most: int) -> Shown:
    fund = session.get_one(VillageFund, fund_id)
    facts: list[tuple[str, ...]] = [
        (t("互助资金"), session.get_one(Organisation, fund.organisation_id).name),
        (t("行政村"), house().regions.full_name(fund.village_code, below=3)),
        (t("民政登记证号"), fund.registration_no),
        (t("章程"), fund.constitution),
        (t("社员出资名称"), t(WORDINGS[fund.wording])),
        (t("每份金额（元）"), yuan(fund.stake_unit_fen)),
        (t("占用费率（年）"), f"{format_rate(fund.fee_rate_ppm)}%"),
    ]
    return _FACTS, facts, len(facts)


def _household(session: Session, household_id: int) -> str:
    number, head = session.execute(
        select(Household.number, Person.name)
        .outerjoin(Person, _heads())
        .where(Household.id == household_id)
    ).one()
    return f"{number} {head or ''}".strip()


def _heads() -> ColumnElement[bool]:
    return and_(Person.household_id == Household.id, Person.is_head, Person.left_on.is_(None))


#: kind of subject -> what is shown of it
CONTENTS: Final[Mapping[str, Callable[[Session, int, int], Shown]]] = MappingProxyType(
    {DECIDED_LISTS: _list, OWN_LIMITS: _own_limit, VILLAGE_FUNDS: _fund}
)
