"""A county's closed day handed in to its prefecture: the same figures there, once, unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

import indicators
import ledger
from indicators import Handover, handover, imported
from indicators.refusals import (
    BooksHaveNoCounties,
    SnapshotAhead,
    SnapshotCounterUnknown,
    SnapshotFileChanged,
    SnapshotFileUnreadable,
    SnapshotOfAnotherRegion,
    SnapshotOfCountyOnly,
    SnapshotOfOtherDefinitions,
    SnapshotTakenIn,
)
from kernel.actor import Actor, system_actor
from kernel.database import open_engine
from kernel.refusals import Refusal
from kernel.regions import RegionTree, UnknownRegion
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from ledger.refusals import DayNotClosed
from office.refusals import NotEntitled
from tests.databases import Maker
from tests.indicators.test_people import County, county, first_day, full_county, world
from tests.indicators.world import COUNTY, VILLAGES

__all__ = ["county", "first_day", "world"]

pytestmark = pytest.mark.damaged("rows of the rooms are written without the rooms")

PREFECTURE = "431000000000"
#: another county of the same prefecture
OTHER = "431023000000"
#: and what stands there for the places of this one
ELSEWHERE = dict(
    zip(
        ("431022101000", "431022102000", *VILLAGES),
        ("431023001000", "431023002000", "431023001001", "431023001002", "431023002001"),
        strict=True,
    )
)
REGIONS = (PREFECTURE, COUNTY, "431022101000", VILLAGES[0])


@dataclass
class Prefecture:
    """Books of 郴州, whose open day moves by hand."""

    books: Books
    regions: RegionTree
    day: date

    def take(self, content: bytes, by: Actor | None = None) -> Handover:
        actor = by or system_actor("4310")
        with self.books.write("test.import", by=actor) as session:
            return indicators.take_in(session, content, regions=self.regions, by=actor)

    def close(self) -> date:
        """Close the open day as a close does."""
        day = self.day
        by = system_actor("4310")
        with self.books.write("test.close", by=by) as session:
            ledger.begin_close(session, day)
        with self.books.write("test.close", by=by) as session:
            indicators.take_snapshot(session, day)
            ledger.finish_close(session, day)
        self.day += timedelta(days=1)
        return day

    def figures(self, on: date, region: str = PREFECTURE) -> dict[str, int | str | None]:
        with self.books.read() as session:
            found = indicators.figures(session, regions=self.regions, region=region, on=on)
        return found.as_dict()


@pytest.fixture
def prefecture(
    databases_of_this_process: Maker, keyring: Keyring, regions: RegionTree
) -> Iterator[Prefecture]:
    """Open on 4 February 2016."""
    url = databases_of_this_process.fresh()
    engine = open_engine(url)
    books = Books(engine, keyring)
    by, first = system_actor("4310"), date(2016, 2, 4)
    with books.write("books.found", by=by) as session:
        found_trail(session)
        ledger.open_books(session, region_code=PREFECTURE, mode="held", first_day=first)
    yield Prefecture(books, regions, first)
    engine.dispose()
    databases_of_this_process.drop(url)


def handed(county: County, on: date) -> Handover:
    with county.world.books.read() as session:
        return indicators.export(session, on=on, by=system_actor("431022"))


def moved(found: Handover, to: str = OTHER) -> Handover:
    """The same counters as another county's."""
    place = {**ELSEWHERE, COUNTY: to}
    rows = tuple((place[code], name, value) for code, name, value in found.counters)
    return replace(found, region=to, counters=rows)


def test_the_prefecture_has_the_countys_figures(county: County, prefecture: Prefecture) -> None:
    """Every figure of the county and of its regions; the prefecture's are the one county's."""
    on = full_county(county)
    prefecture.take(handed(county, on).content())
    there = prefecture.close()
    for region in REGIONS[1:]:
        with county.world.books.read() as session:
            own = indicators.figures(session, regions=county.regions, region=region, on=on)
        assert prefecture.figures(there, region) == own.as_dict() | {"on": there.isoformat()}
    whole = prefecture.figures(there)
    assert whole | {"region": COUNTY} == prefecture.figures(there, COUNTY)


def test_two_counties_add_up(county: County, prefecture: Prefecture) -> None:
    on = full_county(county)
    found = handed(county, on)
    prefecture.take(found.content())
    prefecture.take(moved(found).content())
    day = prefecture.close()
    one, both = prefecture.figures(day, COUNTY), prefecture.figures(day)
    for name in ("households_registered", "persons_linked", "enterprises_linked", "loans_count"):
        assert both[name] == 2 * int(str(one[name])), name
    assert both["dividends_paid"] == "8000.00"
    for name in ("dividend_per_person_paid", "poverty_incidence", "rating_coverage"):
        assert both[name] == one[name], name
    # A county without a number of rural people leaves the prefecture without a denominator.
    prefecture.take(replace(found, region="431024000000", counters=()).content())
    assert prefecture.figures(prefecture.close())["poverty_incidence"] is None


def test_a_closed_day_never_changes(county: County, prefecture: Prefecture) -> None:
    """What comes in later counts from the day it came in on; a later day of a county replaces."""
    first = county.close()
    on = full_county(county)
    prefecture.take(handed(county, first).content())
    before = prefecture.close()
    told = prefecture.figures(before)
    assert (told["households_registered"], told["persons_linked"]) == (0, 0)
    prefecture.take(handed(county, on).content())
    after = prefecture.close()
    assert prefecture.figures(before) == told
    assert prefecture.figures(after)["persons_linked"] == 7  # 3 and 4; of 2 it ran out
    with prefecture.books.read() as session:
        course = indicators.series(
            session, regions=prefecture.regions, region=PREFECTURE, since=before, until=after
        )
        assert [one.as_dict() for one in course] == [
            prefecture.figures(before),
            prefecture.figures(after),
        ]
        known = indicators.handed_in(session, "4310", after)
    assert [(one.region, one.on) for one in known] == [(COUNTY, on)]


def test_figures_there_open_into_regions(county: County, prefecture: Prefecture) -> None:
    on = full_county(county)
    prefecture.take(handed(county, on).content())
    day = prefecture.close()
    with prefecture.books.read() as session:
        for name in ("persons_linked", "dividends_paid", "fund_balance"):
            page = indicators.rows_behind(
                session, name, regions=prefecture.regions, region=PREFECTURE, on=day
            )
            assert page.kind == "regions"
        linked = indicators.rows_behind(
            session, "persons_linked", regions=prefecture.regions, region=PREFECTURE, on=day,
            limit=1,
        )  # fmt: skip
        assert linked.cursor is not None
        rest = indicators.rows_behind(
            session, "persons_linked", regions=prefecture.regions, region=PREFECTURE, on=day,
            cursor=linked.cursor,
        )  # fmt: skip
    rows = [(row.number, row.amount) for row in (*linked.rows, *rest.rows)]
    assert rows == [(VILLAGES[0], 3), (VILLAGES[1], 4)]


# --- refused --------------------------------------------------------------------------------------


def edited(found: Handover, **changes: object) -> bytes:
    said = json.loads(found.content())
    return json.dumps(said | changes).encode()


def with_counter(found: Handover, *row: object) -> bytes:
    return replace(found, counters=(*found.counters, row)).content()  # type: ignore[arg-type]


REFUSED: dict[str, tuple[Callable[[Handover], bytes], type[Refusal]]] = {
    "not a file of ours": (lambda _: b"PK\x03\x04", SnapshotFileUnreadable),
    "no object": (lambda _: b"[1]", SnapshotFileUnreadable),
    "another format": (lambda f: edited(f, format="x"), SnapshotFileUnreadable),
    "half a number": (lambda f: edited(f, definitions=1.5), SnapshotFileUnreadable),
    "a counter twice": (
        lambda f: with_counter(f, *f.counters[0]),
        SnapshotFileUnreadable,
    ),
    "another day": (lambda f: edited(f, on="2016-01-29"), SnapshotFileChanged),
    "another number": (
        lambda f: edited(f, counters=[[c, n, v + 1] for c, n, v in f.counters]),
        SnapshotFileChanged,
    ),
    "other definitions": (
        lambda f: replace(f, definitions=2).content(),
        SnapshotOfOtherDefinitions,
    ),
    "another prefecture": (lambda f: moved(f, "431226000000").content(), SnapshotOfAnotherRegion),
    "no county": (lambda f: replace(f, region="431022101000").content(), SnapshotOfAnotherRegion),
    "nowhere": (lambda f: moved(f, "431099000000").content(), UnknownRegion),
    "a village of another": (
        lambda f: with_counter(f, "431023101001", "loans_count", 1),
        SnapshotOfAnotherRegion,
    ),
    "an unknown counter": (
        lambda f: with_counter(f, COUNTY, "households_happy", 1),
        SnapshotCounterUnknown,
    ),
    "a day ahead": (
        lambda f: replace(f, on=date(2016, 3, 1)).content(),
        SnapshotAhead,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_refused(county: County, prefecture: Prefecture, what: str) -> None:
    with county.world.write():
        county.world.register(1, VILLAGES[0], 3)
    make, refusal = REFUSED[what]
    with pytest.raises(refusal):
        prefecture.take(make(handed(county, county.close())))


def test_a_closed_day_is_taken_in_once(county: County, prefecture: Prefecture) -> None:
    found = handed(county, county.close())
    prefecture.take(found.content())
    for content in (found.content(), replace(found, counters=()).content()):
        with pytest.raises(SnapshotTakenIn):
            prefecture.take(content)


def test_who_hands_in_and_who_takes_in(county: County, prefecture: Prefecture) -> None:
    on = county.close()
    found = handed(county, on)
    farmer = Actor(7, "x", frozenset({"loan_officer"}), "431022")
    neighbour = Actor(7, "x", frozenset({"poverty_office"}), "431023")
    with county.world.books.read() as session:
        for by in (farmer, neighbour):
            with pytest.raises(NotEntitled):
                indicators.export(session, on=on, by=by)
        with pytest.raises(DayNotClosed):
            indicators.export(session, on=county.world.day, by=system_actor("431022"))
    with pytest.raises(NotEntitled):
        prefecture.take(found.content(), farmer)
    with prefecture.books.read() as session, pytest.raises(SnapshotOfCountyOnly):
        indicators.export(session, on=on, by=system_actor("4310"))
    with (
        county.world.books.write("test.import", by=county.world.by) as session,
        pytest.raises(BooksHaveNoCounties),
    ):
        indicators.take_in(
            session, found.content(), regions=county.regions, by=system_actor("431022")
        )


# --- the definitions ------------------------------------------------------------------------------


def test_another_set_of_counters_is_another_version() -> None:
    """A counter that is added, taken away or counted in another way raises ``DEFINITIONS``."""
    assert (handover.DEFINITIONS, len(imported.ADDITIVE)) == (1, 73)
