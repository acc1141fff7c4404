"""Figures of people: how they stand, who links them, what they were paid, what they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, false, literal, select
from sqlalchemy.exc import DBAPIError

import indicators
from indicators import checks, linkage, people, recompute
from indicators.models import COUNTERS, SUBSIDY_COUNTERS
from indicators.people_models import PEOPLE_COUNTERS
from indicators.refusals import SnapshotDiffers
from kernel.actor import Actor, system_actor
from kernel.database import open_engine
from kernel.regions import RegionTree
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from tests.databases import Maker
from tests.indicators.people_world import PeopleWorld
from tests.indicators.test_figures import all_rows
from tests.indicators.world import COUNTY, FIRST, VILLAGES
from tests.planted import Plant
from tests.slow_model.standing import Family, Stand

#: rows of the rooms are written without the rooms, so their own checks find much
pytestmark = pytest.mark.damaged("rows of the rooms are written without the rooms")

Close = Callable[[], date]
TOWNSHIP = "431022101000"


@pytest.fixture
def first_day() -> date:
    return FIRST


@pytest.fixture
def world(books: Books, system: Actor, first_day: date) -> PeopleWorld:
    """Books of 宜章 that are open and empty."""
    opened = PeopleWorld(books, system, first_day)
    opened.open()
    return opened


@dataclass
class County:
    """Two closed years in small."""

    world: PeopleWorld
    close: Close
    regions: RegionTree

    def figures(self, on: date, *names: str, region: str = COUNTY) -> list[object]:
        with self.world.books.read() as session:
            found = indicators.figures(session, regions=self.regions, region=region, on=on)
        return [found.value(name) for name in names]

    def close_to(self, day: date) -> date:
        """Close every day before ``day``, and it."""
        while self.world.day < day:
            self.close()
        return self.close()


@pytest.fixture
def county(world: PeopleWorld, close: Close, regions: RegionTree) -> County:
    return County(world, close, regions)


# --- how they stand -------------------------------------------------------------------------------


@pytest.mark.parametrize("first_day", [date(2015, 12, 30)])
def test_a_year_of_standing(county: County) -> None:
    """Opened 30 December 2015 with five households of 3, 4, 1, 2 and 5, one lifted out before.

    In 2016 those of 3 and 4 are lifted out, that of 5 falls back, that of 1 is removed and, later,
    taken in again: lifted 7 people of 10 that were poor at the start, fallen back 5 of 5.
    """
    world = county.world
    with world.write():
        for number, persons in enumerate((3, 4, 1, 2, 5), 1):
            world.register(number, VILLAGES[number % 3], persons)
        world.status(5, "lifted")
    county.close_to(date(2015, 12, 31))
    with world.write():
        world.status(1, "lifted")
        world.status(2, "lifted")
        world.status(5, "fallen_back")
        world.status(3, "removed")
    county.close()
    with world.write():
        world.status(3, "registered")
        world.status(4, "monitored")
    on = county.close()
    assert on == date(2016, 1, 2)
    stocks = ("households_poor", "persons_poor", "households_lifted", "persons_lifted")
    assert county.figures(date(2015, 12, 31), *stocks) == [4, 10, 1, 5]
    # Poor: 1 (taken in again), 2, 5; lifted: 3 and 4.
    assert county.figures(on, *stocks) == [3, 8, 2, 7]
    assert county.figures(on, "households_monitored", "persons_monitored") == [1, 2]
    assert county.figures(on, "households_lifted_ever", "persons_lifted_ever") == [3, 12]
    assert county.figures(on, "households_lifted_in_year", "persons_lifted_in_year") == [2, 7]
    assert county.figures(on, "persons_fallen_back_in_year", "persons_removed_in_year") == [5, 1]
    assert county.figures(on, "persons_readmitted_ever", "households_readmitted_in_year") == [1, 1]
    assert county.figures(on, "lifting_rate", "falling_back_rate") == ["0.7000", "1.0000"]
    # Of the year before nothing is in the year: it came to pass before the books.
    assert county.figures(date(2015, 12, 31), "persons_lifted_in_year") == [0]


def test_who_splits_off_was_not_lifted_out_again(county: County) -> None:
    world = county.world
    with world.write():
        world.register(1, VILLAGES[0], 5)
    county.close()
    with world.write():
        world.status(1, "lifted")
    county.close()
    with world.write():
        world.split(1, 2, VILLAGES[0], 2, "registered", "lifted")
    on = county.close()
    names = ("households_lifted", "households_lifted_ever", "persons_lifted_ever")
    assert county.figures(on, *names) == [2, 1, 5]


def test_the_rural_people_and_the_samples(county: County) -> None:
    """34 615 of 535 000 are 6.47 %; here 3 poor of 40 rural, 1 missed and 1 wrongly lifted out."""
    world = county.world
    with world.write():
        world.register(1, VILLAGES[0], 3)
        world.people(COUNTY, 50)
    first = county.close()
    names = ("rural_population", "poverty_incidence", "combined_poverty_incidence")
    assert county.figures(first, *names) == [50, "0.0600", None]
    with world.write():
        world.people(COUNTY, 40)
        world.village(VILLAGES[0], "poor")
        world.village(VILLAGES[1], "poor")
        world.village(VILLAGES[2], "poor")
        world.village(VILLAGES[1], "exited")
        world.sample(VILLAGES[0], people_checked=9, people_wrong=9)
    county.close()
    with world.write():
        world.sample(
            COUNTY,
            sampled_exited=8, wrongly_exited=1, sampled_unregistered=20, missed=1,
            people_checked=1_000, people_wrong=4, villages_checked=4, villages_wrong=0,
            surveyed=10, approving=9,
        )  # fmt: skip
    on = county.close()
    assert county.figures(on, *names) == [40, "0.0750", "0.1250"]  # 3/40, (3 + 1 + 1)/40
    rates = ("wrong_exit_rate", "missed_rate", "identification_accuracy", "approval_rate")
    assert county.figures(on, *rates) == ["0.1250", "0.0500", "0.9960", "0.9000"]
    assert county.figures(on, "village_identification_accuracy") == ["1.0000"]
    assert county.figures(on, "villages_poor", "villages_exited") == [2, 1]
    # A township that nobody counted has none.
    assert county.figures(on, "rural_population", "missed_rate", region="431022102000") == [
        None,
        None,
    ]
    assert county.figures(first, *names) == [50, "0.0600", None]


# --- linkage and dividends ------------------------------------------------------------------------


def linked_county(county: County) -> tuple[int, int]:
    """Three households of 3, 4 and 2 people in three villages; two enterprises, one of two lists.

    The first links 1 and 2, the second 2 and 3; household 1 was paid 4 000.00, and what was sent
    to household 2 came back.
    """
    world = county.world
    with world.write():
        for number, persons in enumerate((3, 4, 2), 1):
            world.register(number, VILLAGES[number - 1], persons)
        one, other = world.enterprise("甲"), world.enterprise("乙")
        first = world.agree(one, 1, 2)
        second = world.agree(other, 2, 3, days=2)
        world.pay(first, h1=400_000)
        world.pay(first, "returned", h2=400_000)
    return first, second


LINKED = ("enterprises_linked", "households_linked", "persons_linked")
PAID = ("households_paid", "persons_paid", "dividends_paid")


def test_each_enterprise_counts_once(county: County) -> None:
    linked_county(county)
    on = county.close()
    assert county.figures(on, *LINKED) == [2, 3, 9]
    assert county.figures(on, *PAID) == [1, 3, "4000.00"]
    # 4 000.00 over 9 people is 444.44, over the 3 who were paid 1 333.33.
    assert county.figures(on, "dividend_per_person_linked", "dividend_per_person_paid") == [
        "444.44",
        "1333.33",
    ]
    # In the first township are villages one and two; enterprise and households count once there.
    assert county.figures(on, *LINKED, region=TOWNSHIP) == [2, 2, 7]
    assert county.figures(on, *LINKED, region=VILLAGES[0]) == [1, 1, 3]


def test_links_end(county: County) -> None:
    """The second agreement runs out on the third day; household 1 leaves, then all is unwound."""
    first, _ = linked_county(county)
    days = [county.close(), county.close(), county.close()]
    with county.world.write():
        county.world.leave_agreement(first, 1)
    days.append(county.close())
    with county.world.write():
        county.world.end_agreement(first)
    days.append(county.close())
    told = [county.figures(day, *LINKED) for day in days]
    assert told == [[2, 3, 9], [2, 3, 9], [1, 2, 7], [1, 1, 4], [0, 0, 0]]
    assert county.figures(days[-1], *PAID) == [1, 3, "4000.00"]


def test_an_agreement_links_from_its_first_day(county: County) -> None:
    world = county.world
    with world.write():
        world.register(1, VILLAGES[0], 3)
        world.agree(world.enterprise("甲"), 1, late=2)
    assert [county.figures(county.close(), *LINKED)[0] for _ in range(4)] == [0, 0, 1, 1]


def test_a_family_that_moves_takes_its_link_along(county: County) -> None:
    linked_county(county)
    county.close()
    with county.world.write():
        county.world.move(1, VILLAGES[2])
    on = county.close()
    assert county.figures(on, *LINKED, region=VILLAGES[0]) == [0, 0, 0]
    assert county.figures(on, *LINKED, region=VILLAGES[2]) == [2, 2, 5]
    assert county.figures(on, *PAID, region=VILLAGES[2]) == [1, 3, "4000.00"]
    assert county.figures(on, *LINKED) == [2, 3, 9]


def test_what_was_paid_is_tied_to_the_ledger(county: County) -> None:
    """Payments without an entry: 4 000.00 in the figure, nothing in the books."""
    linked_county(county)
    county.close()
    with county.world.books.read() as session:
        (found,) = (one for one in checks.check(session) if one.check == "indicators.ledger")
    assert (found.table, found.key) == ("village_standing_days", "dividends 2016-01-30")
    assert "400000" in found.en


# --- need -----------------------------------------------------------------------------------------


def test_need_is_met_by_a_loan_since_the_round_or_a_balance(county: County) -> None:
    """Household 1 owes on an old loan, 2 draws one after it was asked, 3 had one repaid before,
    4 draws from a village fund, 5 wants none.
    """
    world = county.world
    with world.write():
        for number in range(1, 6):
            world.register(number, VILLAGES[0], 2)
        for number, left in ((1, 500), (3, 0)):
            loan, _ = world.lend(number, VILLAGES[0], 1_000)
            world.loan_day(loan, 1_000, left, 0, 0, 1)
    county.close()
    with world.write():
        asked = world.ask()
        for number in range(1, 5):
            world.answer(asked, number, "wants")
        world.answer(asked, 5, "no_need")
    first = county.close()
    with world.write():
        for number, mode in ((2, "credit"), (4, "mutual")):
            loan, _ = world.lend(number, VILLAGES[0], 1_000, mode)
            world.loan_day(loan, 1_000, 1_000, 0, 0, 1)
    second = county.close()
    with world.write():
        world.answer(asked, 3, "no_need")
    third = county.close()
    names = ("households_in_need", "households_need_met", "need_met_rate")
    assert county.figures(first, *names) == [4, 1, "0.2500"]
    assert county.figures(second, *names) == [4, 2, "0.5000"]
    assert county.figures(third, *names) == [3, 2, "0.6667"]
    mutual = ("mutual_loans_count", "mutual_disbursed", "mutual_outstanding")
    assert county.figures(third, *mutual) == [1, "10.00", "10.00"]
    assert county.figures(third, "loans_count", "households_borrowing") == [3, 3]


def test_village_funds_are_counted(county: County) -> None:
    before = county.close()
    with county.world.write():
        county.world.found_fund()
    on = county.close()
    assert county.figures(before, "village_funds") == [0]
    assert county.figures(on, "village_funds") == [1]
    assert county.figures(on, "village_funds", region=VILLAGES[2]) == [0]


# --- rows -----------------------------------------------------------------------------------------


def full_county(county: County) -> date:
    """Something behind every figure of people."""
    linked_county(county)
    world = county.world
    with world.write():
        world.village(VILLAGES[0], "poor")
        world.village(VILLAGES[1], "exited")
        world.people(COUNTY, 40)
        world.sample(
            COUNTY,
            sampled_exited=8, wrongly_exited=1, sampled_unregistered=20, missed=2,
            people_checked=1_000, people_wrong=4, villages_checked=4, villages_wrong=1,
            surveyed=10, approving=9,
        )  # fmt: skip
        world.found_fund()
        asked = world.ask()
        world.answer(asked, 1, "wants")
        for mode in ("credit", "mutual"):
            loan, _ = world.lend(1, VILLAGES[0], 1_000, mode)
            world.loan_day(loan, 1_000, 900, 0, 0, 1)
    county.close()
    for status in ("lifted", "fallen_back", "removed", "monitored"):
        with world.write():
            world.status(1, status)
            if status == "monitored":
                world.status(1, "lifted")
                world.status(2, "monitored")
        on = county.close()
    return on


def test_every_figure_of_people_opens_into_its_rows(county: County) -> None:
    on = full_county(county)
    with county.world.books.read() as session:
        whole = indicators.figures(session, regions=county.regions, region=COUNTY, on=on)
        for name, known in indicators.FIGURES.items():
            rows = all_rows(session, county.regions, name, on)
            wanted = whole.counters.get(known.counter, 0)
            if known.counter == "combined_poor":
                wanted = whole.counters["persons_poor"]
            assert sum(row.amount for row in rows) == wanted, name
            page = indicators.rows_behind(
                session, name, regions=county.regions, region=COUNTY, on=on
            )
            assert page.kind == known.opens
        paid = all_rows(session, county.regions, "dividends_paid", on)
        assert [(row.number, row.household_id, row.amount) for row in paid] == [("H1", 1, 400_000)]
    told = ("lifted", "fallen_back", "removed", "readmitted")
    # The first close is 30 January; all four came to pass since.
    assert county.figures(on, *(f"households_{turn}_ever" for turn in told)) == [1, 1, 1, 1]


def test_the_course_of_the_days_is_each_day(county: County) -> None:
    on = full_county(county)
    since = on - timedelta(days=5)
    with county.world.books.read() as session:
        days = [since + timedelta(days=n) for n in range(6) if since + timedelta(days=n) >= FIRST]
        course = indicators.series(
            session, regions=county.regions, region=COUNTY, since=days[0], until=on
        )
        each = [
            indicators.figures(session, regions=county.regions, region=COUNTY, on=day)
            for day in days
        ]
    assert course == each


@pytest.mark.parametrize("region", [COUNTY, TOWNSHIP])
def test_the_regions_below_are_told_by_few_questions(county: County, region: str) -> None:
    on = full_county(county)
    additive = (*COUNTERS, *(f"subsidy_{name}" for name in SUBSIDY_COUNTERS), *PEOPLE_COUNTERS)
    asked: list[str] = []

    def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        asked.append(sql)

    with county.world.books.read() as session:
        event.listen(session.connection(), "before_cursor_execute", note)
        below = indicators.figures_below(session, regions=county.regions, region=region, on=on)
        # Which books, which books again, the day's state, three tables, since when people are told.
        assert len(asked) == 7
        each = {
            one.code: indicators.figures(session, regions=county.regions, region=one.code, on=on)
            for one in county.regions.children(region)
        }
    there = {code: one for code, one in each.items() if one.value("households_registered")}
    assert there
    assert list(below) == list(there)
    for code, one in there.items():
        assert below[code].counters == {name: one.counters[name] for name in additive}
    # A village has nothing below.
    with county.world.books.read() as session:
        assert not indicators.figures_below(
            session, regions=county.regions, region=VILLAGES[0], on=on
        )


# --- a life of everything -------------------------------------------------------------------------

Step = tuple[str, int, int, int]
STEPS = ("register", "find", "move", "join", "link", "leave", "end", "pay", "answer")
DAYS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(STEPS), *(st.integers(0, 11) for _ in range(3))), max_size=6
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Script:
    """Does the same to the world and to the model."""

    world: PeopleWorld
    model: Stand = field(default_factory=Stand)
    organisations: list[int] = field(default_factory=list)
    #: agreement -> organisation, households, last day; what is over is taken out
    agreements: dict[int, tuple[int, list[int], date]] = field(default_factory=dict)
    asked: int = 0
    #: an agreement that pays and links nobody yet
    payer: int = 0
    findings: set[tuple[int, str, date]] = field(default_factory=set)

    def begin(self) -> None:
        with self.world.write():
            self.organisations = [self.world.enterprise("甲"), self.world.enterprise("乙")]
            self.asked = self.world.ask()

    def do(self, step: Step) -> None:
        verb, which, b, c = step
        if verb == "register":
            number = len(self.model.families) + 1
            self.model.families[number] = Family(VILLAGES[b % 3], 1 + c % 3)
            self.world.register_bare(number, VILLAGES[b % 3], 1 + c % 3)
        elif self.model.families:
            number = sorted(self.model.families)[which % len(self.model.families)]
            getattr(self, f"_{verb}")(number, b, c)

    def expire(self) -> None:
        """Agreements that ran out by now link nobody."""
        for agreement, (organisation, households, last) in list(self.agreements.items()):
            if last <= self.world.day:
                self._over(agreement, organisation, households)

    def _over(self, agreement: int, organisation: int, households: list[int]) -> None:
        for number in households:
            self.model.families[number].links.remove(organisation)
        del self.agreements[agreement]

    def _find(self, number: int, b: int, _c: int) -> None:
        status = ("registered", "lifted", "fallen_back", "removed", "monitored")[b % 5]
        if (found := (number, status, self.world.day)) not in self.findings:
            self.findings.add(found)
            self.world.status(number, status)
            self.model.families[number].find(status)

    def _move(self, number: int, b: int, _c: int) -> None:
        self.world.move(number, VILLAGES[b % 3])
        self.model.families[number].village = VILLAGES[b % 3]

    def _join(self, number: int, _b: int, _c: int) -> None:
        self.world.join(number)
        self.model.families[number].persons += 1

    def _link(self, number: int, b: int, c: int) -> None:
        households = sorted({number, 1})
        organisation = self.organisations[b % 2]
        agreement = self.world.agree(organisation, *households, days=1 + c % 3)
        last = self.world.day + timedelta(days=1 + c % 3)
        self.agreements[agreement] = (organisation, households, last)
        for one in households:
            self.model.families[one].links.append(organisation)

    def _leave(self, number: int, _b: int, _c: int) -> None:
        for agreement, (organisation, households, _last) in self.agreements.items():
            if number in households:
                self.world.leave_agreement(agreement, number)
                households.remove(number)
                self.model.families[number].links.remove(organisation)
                return

    def _end(self, _number: int, b: int, _c: int) -> None:
        if self.agreements:
            agreement = sorted(self.agreements)[b % len(self.agreements)]
            self.world.end_agreement(agreement)
            organisation, households, _last = self.agreements[agreement]
            self._over(agreement, organisation, households)

    def _pay(self, number: int, b: int, c: int) -> None:
        if not self.payer:
            self.payer = self.world.agree(self.organisations[0], number, days=1, late=5_000)
        came_back = c % 4 == 0
        amount = 100 * (1 + b)
        self.world.pay(self.payer, "returned" if came_back else "paid", **{f"h{number}": amount})
        self.model.families[number].paid_fen += 0 if came_back else amount

    def _answer(self, number: int, b: int, _c: int) -> None:
        said = ("wants", "no_need", "not_eligible")[b % 3]
        self.world.answer(self.asked, number, said)
        self.model.families[number].in_need = said == "wants"


def play(world: PeopleWorld, days: list[list[Step]]) -> None:
    """Live through the days; after each close compare snapshots, rows and model."""
    script = Script(world)
    script.begin()
    for number, steps in enumerate([*days, []]):
        script.expire()
        with world.write():
            for step in steps[:-1] if number else steps:
                script.do(step)
        day = world.day
        script.model.close()
        wanted = {v: row for v in VILLAGES if (row := script.model.counters(v))}
        linked = script.model.linkage()
        world.begin_close()
        # The next day's first step is booked while this one is still closing.
        world.day = day + timedelta(days=1)
        script.expire()
        with world.write():
            for step in ([*days, []][number + 1 :] or [[]])[0][-1:]:
                script.do(step)
        world.day = day
        with world.books.write("test.snapshot", by=world.by) as session:
            indicators.take_snapshot(session, day)
        world.finish_close()
        with world.books.read() as session:
            said = people.last_of_villages(session, day)
            told = {v: {n: c for n, c in row.items() if c} for v, row in said.items()}
            assert {v: row for v, row in told.items() if row} == wanted
            assert linkage.at(session, day) == linked
            assert list(recompute.others_differing(session, day)) == []
            # No entry of the ledger stands behind the payments of this world.
            found = (one.check for one in checks.check(session))
            assert set(found) <= {"indicators.ledger"}


def lives_of_days(days: list[list[Step]], maker: Maker, keyring: Keyring) -> None:
    url = maker.fresh()
    engine = open_engine(url)
    try:
        system = system_actor("431022")
        books = Books(engine, keyring)
        with books.write("books.found", by=system) as session:
            found_trail(session)
        world = PeopleWorld(books, system)
        world.open()
        play(world, days)
    finally:
        engine.dispose()
        maker.drop(url)


@settings(max_examples=25, deadline=None)
@given(days=DAYS)
def test_a_snapshot_is_the_last_one_and_what_moved(
    days: list[list[Step]], databases_of_this_process: Maker, keyring: Keyring
) -> None:
    lives_of_days(days, databases_of_this_process, keyring)


#: a life in which everything happens, for the planted bugs
EVERYTHING: list[list[Step]] = [
    [("register", 0, 0, 2), ("register", 0, 1, 1), ("register", 0, 2, 0), ("find", 0, 0, 0),
     ("find", 1, 0, 0), ("find", 2, 1, 0), ("link", 1, 0, 2), ("answer", 0, 0, 0)],
    [("find", 0, 1, 0), ("pay", 0, 3, 1), ("pay", 1, 3, 0), ("move", 1, 2, 0)],
    [("find", 0, 2, 0), ("find", 1, 3, 0), ("link", 2, 1, 0), ("join", 2, 0, 0)],
    [("find", 1, 0, 0), ("find", 2, 4, 0), ("leave", 0, 0, 0), ("find", 2, 1, 0)],
    [("link", 2, 1, 2), ("answer", 0, 1, 0), ("move", 0, 2, 0), ("register", 0, 0, 0)],
    [("end", 0, 0, 0), ("link", 0, 0, 0), ("move", 2, 0, 0), ("find", 2, 3, 0)],
    [("pay", 2, 5, 3), ("find", 2, 1, 0), ("link", 1, 1, 1), ("join", 0, 0, 0)],
    [("pay", 0, 4, 1)], [("pay", 1, 4, 1)], [("pay", 2, 4, 1)],
]  # fmt: skip


def test_everything_happens(databases_of_this_process: Maker, keyring: Keyring) -> None:
    lives_of_days(EVERYTHING, databases_of_this_process, keyring)


#: bugs that a life in which everything happens must bring to light
BUGS = [
    ("indicators.people.states.moved_since", lambda _session, _day: {}),
    ("indicators.people_states.is_watched", lambda _day, **_: literal(value=False)),
    ("indicators.people_states.links.touched", lambda _day: ()),
    ("indicators.people_states.paid.touched", lambda _day: ()),
    ("indicators.people_states.TURNS", {**dict.fromkeys(("a", "b", "c", "d"), ((), ()))}),
    ("indicators.people._day_before", lambda household_id, day: day),
    ("indicators.linkage.links.organisations_of", lambda rows: select(rows.c[0]).where(false())),
]


@pytest.mark.parametrize(("target", "bug"), BUGS, ids=[target for target, _ in BUGS])
def test_planted_bug_turns_red(
    target: str,
    bug: object,
    databases_of_this_process: Maker,
    keyring: Keyring,
    request: pytest.FixtureRequest,
) -> None:
    # Statements are built once; with a bug planted they are built anew, and again after it.
    for kept in (people._statements, linkage._moved_rows):
        request.addfinalizer(kept.cache_clear)
        kept.cache_clear()
    Plant(
        test_everything_happens,
        target,
        bug,
        {"databases_of_this_process": databases_of_this_process, "keyring": keyring},
        catches=(AssertionError, SnapshotDiffers, DBAPIError),
    ).prove()
