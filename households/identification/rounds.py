"""Review rounds, sampling checks, rural populations and the standing of villages: dated figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import ledger
from households.identification.refusals import (
    CountsDoNotFit,
    FigureAheadOfTheBooks,
    PopulationInvalid,
    RoundDaysInvalid,
    RoundNumberUsed,
    StepNeedsDocument,
    VillageStandingSame,
)
from households.models import ReviewRound, RuralPopulation, SampleCheck, VillageStanding
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.regions import VILLAGE, RegionTree, UnknownRegion
from office import rights

#: standing of a village -> (Chinese, English)
VILLAGE_STANDINGS: Final = {"poor": ("贫困村", "poor village"), "exited": ("已出列", "exited")}

#: part -> whole, each with Chinese and English: no part is more than its whole
_PARTS: Final = (
    ("wrongly_exited", "错退人口", "people wrongly lifted out",
     "sampled_exited", "抽查脱贫人口", "people lifted out who were asked"),
    ("missed", "漏评人口", "people missed",
     "sampled_unregistered", "抽查未建档人口", "people outside the register who were asked"),
    ("people_wrong", "认定有误人口", "people found wrongly",
     "people_checked", "核查人口", "people checked"),
    ("villages_wrong", "认定有误村", "villages found wrongly",
     "villages_checked", "核查村", "villages checked"),
    ("approving", "认可户", "approving households",
     "surveyed", "调查户", "households asked"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a sampling check counted; what it did not look at is zero."""

    sampled_exited: int = 0
    wrongly_exited: int = 0
    sampled_unregistered: int = 0
    missed: int = 0
    people_checked: int = 0
    people_wrong: int = 0
    villages_checked: int = 0
    villages_wrong: int = 0
    surveyed: int = 0
    approving: int = 0


def begin_round(
    session: Session,
    *,
    number: str,
    year: int,
    title: str,
    from_on: date,
    to_on: date,
    document: str,
    on: date,
    by: Actor,
) -> int:
    """Enter a round of review; its id."""
    ledger.require_bookable(session, on)
    rights.allow(by, "households.county_review", region=ledger.books(session).region_code)
    _require_document(document, "核查轮次")
    if to_on <= from_on:
        raise RoundDaysInvalid(field="to_on")
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    entered = session.scalar(
        dialect.insert(ReviewRound)
        .values(
            number=number.strip(), year=year, title=title.strip(), from_on=from_on, to_on=to_on,
            document=document.strip(), booked_on=on,
        )
        .on_conflict_do_nothing()
        .returning(ReviewRound.id)
    )  # fmt: skip
    if entered is None:
        raise RoundNumberUsed(field="number", number=number.strip())
    return int(entered)


def record_sample(
    session: Session,
    regions: RegionTree,
    sampled: Sampled,
    *,
    region: str,
    checked_on: date,
    unit: str,
    document: str,
    on: date,
    by: Actor,
    round_id: int | None = None,
) -> int:
    """Record what a sampling check counted in a region; its id."""
    ledger.require_bookable(session, on)
    rights.allow(by, "households.sample", region=region)
    code = regions.get(region, field="region").code
    _require_past(checked_on, "抽查", on)
    _require_document(document, "抽查")
    if round_id is not None and session.get(ReviewRound, round_id) is None:
        raise NotFound(field="round_id", what="核查轮次")
    counts = asdict(sampled)
    for part, part_zh, part_en, whole, whole_zh, whole_en in _PARTS:
        if not 0 <= counts[part] <= counts[whole]:
            raise CountsDoNotFit(
                field=part, part_zh=part_zh, part_en=part_en, part=counts[part],
                whole_zh=whole_zh, whole_en=whole_en, whole=counts[whole],
            )  # fmt: skip
    row = SampleCheck(
        round_id=round_id, region_code=code, checked_on=checked_on, booked_on=on,
        unit=unit.strip(), document=document.strip(), **counts,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def record_population(
    session: Session,
    regions: RegionTree,
    *,
    region: str,
    from_on: date,
    people: int,
    source: str,
    derived: bool,
    on: date,
    by: Actor,
) -> int:
    """Record a region's rural population from a day on, with its source; the id of the row."""
    ledger.require_bookable(session, on)
    rights.allow(by, "households.sample", region=region)
    code = regions.get(region, field="region").code
    _require_past(from_on, "农村人口", on)
    if people <= 0 or not source.strip():
        raise PopulationInvalid(field="people")
    row = RuralPopulation(
        region_code=code,
        from_on=from_on,
        booked_on=on,
        people=people,
        source=source.strip(),
        derived=derived,
    )
    session.add(row)
    session.flush()
    return row.id


def set_village_standings(
    session: Session,
    regions: RegionTree,
    *,
    villages: list[str],
    standing: Literal["poor", "exited"],
    from_on: date,
    document: str,
    on: date,
    by: Actor,
) -> int:
    """Find villages poor, or out of poverty (出列), by the county's document; how many."""
    ledger.require_bookable(session, on)
    rights.allow(by, "households.county_decide", region=ledger.books(session).region_code)
    _require_past(from_on, "贫困村认定", on)
    _require_document(document, VILLAGE_STANDINGS[standing][0])
    for code in villages:
        if regions.get(code, field="villages").level != VILLAGE:
            raise UnknownRegion(field="villages", region=code)
        if not code.startswith(by.region_scope):
            raise NotFound(field="villages", what="村")
        now = standing_of_village(session, code, on=from_on)
        never = now is None and standing == "exited"
        row = {"village_code": code, "standing": standing, "from_on": from_on, "booked_on": on}
        if never or now == standing or not _enter(session, row | {"document": document.strip()}):
            said = "非贫困村" if never else VILLAGE_STANDINGS[standing][0]
            raise VillageStandingSame(
                field="villages", village=regions.get(code).name, on=from_on, standing=said
            )
    return len(villages)


def _enter(session: Session, row: dict[str, object]) -> bool:
    """Whether a standing is new."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    new = dialect.insert(VillageStanding).values(row).on_conflict_do_nothing()
    return session.scalar(new.returning(VillageStanding.id)) is not None


def standing_of_village(session: Session, village: str, *, on: date) -> str | None:
    """poor, exited, or None: it never was a poor village."""
    return session.scalar(
        select(VillageStanding.standing)
        .where(VillageStanding.village_code == village, VillageStanding.from_on <= on)
        .order_by(VillageStanding.from_on.desc(), VillageStanding.id.desc())
        .limit(1)
    )


def _require_past(day: date, what: str, on: date) -> None:
    if day > on:
        raise FigureAheadOfTheBooks(field="from_on", what=what, day=day, on=on)


def _require_document(document: str, what: str) -> None:
    if not document.strip():
        raise StepNeedsDocument(field="document", step=what)
