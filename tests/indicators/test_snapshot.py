"""The snapshot of a day, written from its movements, equals counting everything again."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, literal, select, union_all
from sqlalchemy.exc import DBAPIError

import indicators
from households.standing import is_watched
from indicators import checks, operations, recompute
from indicators.models import COUNTERS, HouseholdDay, VillageDay
from indicators.people_models import StandingDay, VillageStandingDay
from indicators.refusals import SnapshotDiffers
from kernel.actor import system_actor
from kernel.database import open_engine
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from tests.databases import Maker
from tests.indicators.world import VILLAGES, World
from tests.planted import Plant
from tests.slow_model.coverage import Model, Owed

Step = tuple[str, int, int, int]

STEPS = ("register", "find", "join", "leave", "move", "rate", "lend", "owe", "reverse")
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

    world: World
    model: Model = field(default_factory=Model)
    people: dict[int, list[int]] = field(default_factory=dict)
    payments: dict[int, int] = field(default_factory=dict)
    told: dict[int, Owed] = field(default_factory=dict)
    #: a household is found to be something once a day
    findings: set[tuple[int, str, date]] = field(default_factory=set)

    def do(self, step: Step) -> None:
        verb, which, b, c = step
        if verb == "register":
            self._register(VILLAGES[b % 3], 1 + c % 4)
        elif self.model.homes:
            household = sorted(self.model.homes)[which % len(self.model.homes)]
            getattr(self, f"_{verb}")(household, b, c)

    def tell_loans(self) -> None:
        """What the close of the loans writes before the snapshot."""
        for number, owed in self.model.loans.items():
            if self.told.get(number) != owed:
                self.world.loan_day(number, owed.drawn, owed.left, owed.late, owed.fee, owed.grade)
                self.told[number] = deepcopy(owed)

    def _register(self, village: str, persons: int) -> None:
        number = len(self.model.homes) + 1
        self.world.register(number, village, 0)
        self.people[number] = [self.world.join(number) for _ in range(persons)]
        self.model.home(number, village, persons)

    def _find(self, household: int, b: int, _c: int) -> None:
        status = ("removed", "lifted", "fallen_back", "monitored")[b % 4]
        if (found := (household, status, self.world.day)) in self.findings:
            return
        self.findings.add(found)
        self.world.status(household, status)
        if status != "monitored":
            self.model.homes[household].registered = status != "removed"

    def _join(self, household: int, _b: int, _c: int) -> None:
        self.people[household].append(self.world.join(household))
        self.model.homes[household].persons += 1

    def _leave(self, household: int, _b: int, _c: int) -> None:
        if len(self.people[household]) > 1:
            self.world.leave(household, self.people[household].pop())
            self.model.homes[household].persons -= 1

    def _move(self, household: int, b: int, _c: int) -> None:
        self.world.move(household, VILLAGES[b % 3])
        self.model.homes[household].village = VILLAGES[b % 3]

    def _rate(self, household: int, b: int, c: int) -> None:
        line, days = (0, 1_000_000, 5_000_000)[b % 3], 1 + c % 5
        until = date.fromordinal(self.world.day.toordinal() + days)
        self.world.rate(household, line, days)
        self.model.homes[household].ratings.append((self.world.day, until, line))

    def _lend(self, household: int, b: int, c: int) -> None:
        home, amount = self.model.homes[household], 100_000 * (1 + b)
        mode = ("credit", "entrusted", "pooled", "mutual")[c % 4]
        # A list of one or two: the household and the first of all.
        sharers = sorted({household, 1}) if mode == "pooled" else []
        loan, payment = self.world.lend(household, home.village, amount, mode, *sharers)
        for sharer in sharers:
            self.model.homes[sharer].lists.append(loan)
        if mode != "pooled":
            home.loans.append(loan)
        self.payments[loan] = payment
        self.model.loans[loan] = Owed(home.village, amount, amount, 0, 0, 1, mode)

    def _owed_by(self, household: int) -> list[int]:
        home = self.model.homes[household]
        return [*home.loans, *home.lists]

    def _owe(self, household: int, b: int, c: int) -> None:
        for number in self._owed_by(household):
            owed = self.model.loans[number]
            if owed.drawn:
                owed.left = owed.drawn * b // 11
                owed.late, owed.fee = owed.left * (c % 3) // 2, 700 * (c % 2)
                owed.grade = 1 + c % 5

    def _reverse(self, household: int, _b: int, _c: int) -> None:
        for number in self._owed_by(household):
            owed = self.model.loans[number]
            if owed.drawn and owed.left == owed.drawn:
                self.world.reverse(self.payments[number])
                self.model.loans[number] = Owed(owed.village, 0, 0, 0, 0, 1, owed.mode)
                return


def expected(model: Model, on: date) -> dict[str, dict[str, int]]:
    """Every village that has anything to count."""
    counted = {village: model.counters(village, on) for village in VILLAGES}
    return {village: row for village, row in counted.items() if any(row.values())}


def play(world: World, days: list[list[Step]]) -> None:
    """Live through the days; after each close compare snapshot, rows and model."""
    script = Script(world)
    for number, steps in enumerate([*days, []]):
        with world.write():
            for step in steps[:-1] if number else steps:
                script.do(step)
            script.tell_loans()
        day, wanted = world.day, expected(script.model, world.day)
        world.begin_close()
        # The next day's first step is booked while this one is still closing.
        world.day = date.fromordinal(day.toordinal() + 1)
        following = ([*days, []][number + 1 :] or [[]])[0]
        with world.write():
            for step in following[-1:]:
                script.do(step)
        world.day = day
        with world.books.write("test.snapshot", by=world.by) as session:
            indicators.take_snapshot(session, day)
        world.finish_close()
        with world.books.read() as session:
            snapshot = recompute.last_snapshot(session, day)
            assert {v: row for v, row in snapshot.items() if any(row.values())} == wanted
            assert list(recompute.differences(session, day)) == []
            assert list(checks.check(session)) == []


def lives_of_days(days: list[list[Step]], maker: Maker, keyring: Keyring) -> None:
    url = maker.fresh()
    engine = open_engine(url)
    try:
        system = system_actor("431022")
        books = Books(engine, keyring)
        with books.write("books.found", by=system) as session:
            found_trail(session)
        play(World(books, system).open(), days)
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
    [
        ("register", 0, 0, 2),
        ("register", 0, 1, 3),
        ("register", 0, 2, 0),
        ("rate", 0, 2, 1),
        ("rate", 1, 0, 9),
        ("lend", 0, 4, 0),
        ("join", 1, 0, 0),
    ],
    [("lend", 2, 3, 0), ("find", 1, 0, 0), ("move", 0, 1, 0), ("owe", 0, 9, 2)],
    [("reverse", 2, 0, 0), ("leave", 0, 0, 0), ("owe", 0, 5, 8), ("rate", 2, 1, 2)],
    [("find", 1, 2, 0), ("owe", 0, 5, 1), ("find", 0, 1, 0), ("move", 2, 0, 0)],
    [("rate", 1, 2, 4), ("find", 2, 3, 0), ("owe", 0, 0, 0), ("move", 1, 0, 0)],
    [("lend", 2, 1, 2), ("lend", 1, 6, 1), ("owe", 1, 11, 0)],
    [("move", 2, 1, 0), ("owe", 2, 4, 4), ("owe", 1, 4, 4)],
    [("lend", 1, 2, 2), ("find", 0, 2, 0)],
    [("reverse", 1, 0, 0)],
    [("lend", 0, 1, 3), ("lend", 1, 1, 3)],
]


@pytest.mark.damaged("rows of the rooms are written without the rooms")
def test_everything_happens(databases_of_this_process: Maker, keyring: Keyring) -> None:
    lives_of_days(EVERYTHING, databases_of_this_process, keyring)


@pytest.mark.damaged("rows of the rooms are written without the rooms")
def test_a_quiet_day_is_eight_small_statements_and_no_row(
    world: World, close: Callable[[], date]
) -> None:
    with world.write():
        world.register(1, VILLAGES[0], 2)
    close()
    seen: list[str] = []
    with world.books.write("test.snapshot", by=world.by) as session:
        event.listen(
            world.books.engine,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: seen.append(statement),
        )
        indicators.take_snapshot(session, world.day)
        # Moves of the register; households and villages, how they stand, linkage, subsidies; the
        # special accounts.
        verbs = ["SELECT", "WITH", "INSERT", "WITH", "INSERT", "WITH", "INSERT", "SELECT"]
        assert [statement.split(None, 1)[0] for statement in seen] == verbs
    with world.books.read() as session:
        tables = (HouseholdDay, VillageDay, StandingDay, VillageStandingDay)
        days = session.scalars(union_all(*(select(table.on_day) for table in tables)))
        assert set(days) == {date(2016, 1, 30)}


@pytest.mark.damaged("rows of the rooms are written without the rooms")
def test_on_the_first_of_a_month_a_wrong_snapshot_keeps_the_day_from_closing(
    world: World, close: Callable[[], date]
) -> None:
    with world.write():
        world.register(1, VILLAGES[0], 2)
    close()
    close()
    assert world.day == date(2016, 2, 1)
    with world.books.write("test.damage", by=world.by) as session:
        wrong = dict.fromkeys(COUNTERS, 0) | {"households_registered": 1, "persons_registered": 3}
        session.execute(
            insert(VillageDay).values(village_code=VILLAGES[0], on_day=date(2016, 1, 31), **wrong)
        )
    with pytest.raises(SnapshotDiffers) as refused:
        close()
    assert refused.value.facts["counter"] == "persons_registered"
    assert (refused.value.facts["snapshot"], refused.value.facts["recomputed"]) == (3, 2)


@pytest.mark.damaged("rows of the rooms are written without the rooms")
def test_verify_names_what_differs(world: World, close: Callable[[], date]) -> None:
    with world.write():
        world.register(1, VILLAGES[0], 2)
        world.register(2, VILLAGES[1], 2)
    close()
    with world.books.write("test.damage", by=world.by) as session:
        # Not seen by a snapshot, because it was booked on a day that is over.
        world.session, world.day = session, date(2016, 1, 30)
        world.status(2, "removed")
    with world.books.read() as session:
        found = [(f.check, f.key) for f in checks.check(session)]
    assert found == [
        # Households and people that are registered, and that are poor.
        *(2 * [("indicators.village_days", f"{VILLAGES[1]} 2016-01-30")]),
        *(2 * [("indicators.village_standing_days", f"{VILLAGES[1]} 2016-01-30")]),
        ("indicators.household_days", "household_id=2 2016-01-30"),
        ("indicators.standing_days", "household_id=2 2016-01-30"),
    ]


#: bugs that a life in which everything happens must bring to light
BUGS = [
    ("indicators.states.moved_since", lambda _session, _day: {}),
    ("indicators.states.is_registered", lambda day, booked_by: is_watched(day, booked_by=day)),
    ("indicators.states.COUNTY_MODES", ("credit", "entrusted", "mutual")),
    (
        "indicators.states.touched",
        lambda day: select(HouseholdDay.household_id).where(HouseholdDay.on_day == day),
    ),
    ("indicators.states._has_share", lambda _day: literal(False)),
    ("indicators.operations._loan_day_before", lambda loan_id, day: day),
    ("indicators.operations._household_day_before", lambda household_id, day: day),
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
    request.addfinalizer(operations._statements.cache_clear)
    operations._statements.cache_clear()
    Plant(
        test_everything_happens,
        target,
        bug,
        {"databases_of_this_process": databases_of_this_process, "keyring": keyring},
        catches=(AssertionError, SnapshotDiffers, DBAPIError),
    ).prove()
