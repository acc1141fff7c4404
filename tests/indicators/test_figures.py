"""The figures of a closed day, with every expected value worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

import indicators
from indicators.definitions import Figures, ratio
from indicators.models import COUNTERS
from indicators.refusals import FigureUnknown, RegionOutsideBooks
from kernel.refusals import BadValue
from kernel.regions import RegionTree, UnknownRegion
from ledger.refusals import DayNotClosed
from tests.indicators.world import COUNTY, VILLAGES, World
from tests.planted import Plant

pytestmark = pytest.mark.damaged("rows of the rooms are written without the rooms")

Close = Callable[[], date]

#: the names that the contract of the command asks for, in its order
PROMISED = [
    "region",
    "on",
    "households_registered",
    "persons_registered",
    "households_rated",
    "households_credited",
    "households_borrowing",
    "households_with_balance",
    "rating_coverage",
    "effective_credit_rate",
    "effective_credit_rate_of_registered",
    "borrowing_rate",
    "loans_count",
    "loans_disbursed",
    "loans_outstanding",
    "average_loan",
    "overdue_principal",
    "overdue_interest",
    "overdue_balance",
    "overdue_ratio",
    "bad_balance",
    "bad_ratio",
]


def small_county(world: World) -> tuple[int, int]:
    """Four households in three villages of two townships; loan and payment of the first."""
    first, second, third = VILLAGES
    with world.write():
        world.register(1, first, 3)
        world.register(2, first, 4)
        world.register(3, second, 1)
        world.register(4, third, 2)
        world.rate(1, 5_000_000, 365)
        world.rate(2, 0, 365)
        world.rate(3, 3_000_000, 365)
        loan, payment = world.lend(1, first, 5_000_000)
        world.loan_day(loan, 5_000_000, 4_000_000, 0, 700, 1)
        other, _ = world.lend(3, second, 2_000_001)
        world.loan_day(other, 2_000_001, 2_000_001, 1_000_000, 0, 3)
    return loan, payment


#: of people: ten are poor, and nothing else was ever said of them
STANDING: dict[str, object] = {
    "households_poor": 4,
    "persons_poor": 10,
    "households_lifted": 0,
    "persons_lifted": 0,
    **{
        f"{unit}_{turn}_{when}": 0
        for turn in ("lifted", "fallen_back", "removed", "readmitted")
        for unit in ("households", "persons")
        for when in ("ever", "in_year")
    },
    "households_monitored": 0,
    "persons_monitored": 0,
    # The books' first close starts the year: of ten poor none was lifted out since.
    "lifting_rate": "0.0000",
    "falling_back_rate": None,
    "rural_population": None,
    "poverty_incidence": None,
    "combined_poverty_incidence": None,
    "villages_poor": 0,
    "villages_exited": 0,
    "wrong_exit_rate": None,
    "missed_rate": None,
    "identification_accuracy": None,
    "village_identification_accuracy": None,
    "approval_rate": None,
    "enterprises_linked": 0,
    "households_linked": 0,
    "persons_linked": 0,
    "households_paid": 0,
    "persons_paid": 0,
    "dividends_paid": "0.00",
    "dividend_per_person_linked": None,
    "dividend_per_person_paid": None,
    "households_in_need": 0,
    "households_need_met": 0,
    "need_met_rate": None,
    "village_funds": 0,
    "mutual_loans_count": 0,
    "mutual_disbursed": "0.00",
    "mutual_outstanding": "0.00",
}


def test_every_figure_of_a_county(world: World, close: Close, regions: RegionTree) -> None:
    small_county(world)
    on = close()
    with world.books.read() as session:
        got = indicators.figures(session, regions=regions, region=COUNTY, on=on).as_dict()
    assert list(got)[: len(PROMISED)] == PROMISED
    assert got == {
        "region": "431022000000",
        "on": "2016-01-30",
        "households_registered": 4,
        "persons_registered": 10,  # 3 + 4 + 1 + 2
        "households_rated": 3,  # a rating below the pass mark is a rating
        "households_credited": 2,
        "households_borrowing": 2,
        "households_with_balance": 2,
        "rating_coverage": "0.7500",  # 3 / 4
        "effective_credit_rate": "0.6667",  # 2 / 3
        "effective_credit_rate_of_registered": "0.5000",  # 2 / 4
        "borrowing_rate": "0.5000",
        "loans_count": 2,
        "loans_disbursed": "70000.01",  # 50 000.00 + 20 000.01
        "loans_outstanding": "60000.01",
        "average_loan": "35000.01",  # 35 000.005, half up
        "overdue_principal": "10000.00",
        "overdue_interest": "7.00",
        "overdue_balance": "60000.01",  # one owes interest, the other principal: both whole
        "overdue_ratio": "1.0000",
        "bad_balance": "20000.01",
        "bad_ratio": "0.3333",  # 20 000.01 / 60 000.01 = 0.33333…
        "credit_lines": "80000.00",
        "loans_entrusted_count": 0,
        "disbursed_entrusted": "0.00",
        "outstanding_entrusted": "0.00",
        "loans_pooled_count": 0,
        "disbursed_pooled": "0.00",
        "outstanding_pooled": "0.00",
        "households_in_pooled": 0,
        "fund_balance": "0.00",
        "leverage_cumulative": None,
        "leverage_outstanding": None,
        "headroom_cumulative": "0.00",
        "headroom_outstanding": "0.00",
        "subsidy_accrued": "0.00",
        "subsidy_claimed": "0.00",
        "subsidy_paid": "0.00",
        "subsidy_to_recover": "0.00",
        **STANDING,
    }


def test_the_modes_of_lending(world: World, close: Close, regions: RegionTree) -> None:
    """What is used by an organisation is counted among the loans and once more; what an
    organisation borrows for a list is counted by itself, at its home: here the county.
    """
    small_county(world)
    with world.write():
        entrusted, _ = world.lend(2, VILLAGES[0], 3_000_000, "entrusted")
        world.loan_day(entrusted, 3_000_000, 2_500_000, 0, 0, 1)
        pooled, _ = world.lend(0, COUNTY, 8_000_000, "pooled", 1, 4)
        world.loan_day(pooled, 8_000_000, 8_000_000, 8_000_000, 999, 5)
    on = close()
    with world.books.read() as session:
        got = indicators.figures(session, regions=regions, region=COUNTY, on=on).as_dict()
        behind = {
            name: [
                (row.household_id, row.village_code, row.amount)
                for row in indicators.rows_behind(
                    session, name, regions=regions, region=COUNTY, on=on
                ).rows
            ]
            for name in ("loans_pooled_count", "outstanding_entrusted", "households_in_pooled")
        }
        one_village = indicators.figures(session, regions=regions, region=VILLAGES[0], on=on)
    wanted = {
        "households_borrowing": 3,  # two and the entrusted one; nobody on the list
        "households_with_balance": 3,
        "loans_count": 3,
        "loans_disbursed": "100000.01",  # 70 000.01 + 30 000.00
        "loans_outstanding": "85000.01",  # 60 000.01 + 25 000.00
        "overdue_principal": "10000.00",  # as without the list, though all of it is overdue
        "overdue_interest": "7.00",
        "bad_balance": "20000.01",
        "loans_entrusted_count": 1,
        "disbursed_entrusted": "30000.00",
        "outstanding_entrusted": "25000.00",
        "loans_pooled_count": 1,
        "disbursed_pooled": "80000.00",
        "outstanding_pooled": "80000.00",
        "households_in_pooled": 2,
    }
    assert {name: got[name] for name in wanted} == wanted
    assert behind == {
        "loans_pooled_count": [(None, COUNTY, 1)],
        "outstanding_entrusted": [(2, VILLAGES[0], 2_500_000)],
        "households_in_pooled": [(1, VILLAGES[0], 1), (4, VILLAGES[2], 1)],
    }
    # The loan itself lies in no village; the households on its list do.
    assert one_village.value("loans_pooled_count") == 0
    assert one_village.value("households_in_pooled") == 1


def test_places_add_up(world: World, close: Close, regions: RegionTree) -> None:
    small_county(world)
    on = close()
    with world.books.read() as session:

        def households(region: str) -> object:
            found = indicators.figures(session, regions=regions, region=region, on=on)
            return found.value("households_registered")

        assert [households(village) for village in VILLAGES] == [2, 1, 1]
        assert households("431022101000") == 3
        assert households("431022102000") == 1
        assert households("431022000000") == 4


def test_nothing_has_no_ratio(world: World, close: Close, regions: RegionTree) -> None:
    on = close()
    with world.books.read() as session:
        got = indicators.figures(session, regions=regions, region=COUNTY, on=on)
    assert [name for name in indicators.FIGURES if got.value(name) is None] == [
        "rating_coverage",
        "effective_credit_rate",
        "effective_credit_rate_of_registered",
        "borrowing_rate",
        "average_loan",
        "overdue_ratio",
        "bad_ratio",
        "leverage_cumulative",
        "leverage_outstanding",
        *(name for name, value in STANDING.items() if value is None or name == "lifting_rate"),
    ]


def test_a_reversed_payment_leaves_the_next_day_and_not_the_closed_one(
    world: World, close: Close, regions: RegionTree
) -> None:
    loan, payment = small_county(world)
    before = close()
    with world.write():
        world.reverse(payment)
        world.loan_day(loan, 0, 0, 0, 0, 1)
    after = close()
    with world.books.read() as session:
        names = ("loans_count", "loans_disbursed", "average_loan", "households_borrowing")
        then, now = (
            indicators.figures(session, regions=regions, region=COUNTY, on=day)
            for day in (before, after)
        )
    assert [then.value(name) for name in names] == [2, "70000.01", "35000.01", 2]
    assert [now.value(name) for name in names] == [1, "20000.01", "20000.01", 1]


def test_who_is_removed_counts_nowhere_but_owes_on(
    world: World, close: Close, regions: RegionTree
) -> None:
    small_county(world)
    close()
    with world.write():
        world.status(1, "removed")
        world.status(2, "lifted")
    on = close()
    with world.books.read() as session:
        got = indicators.figures(session, regions=regions, region=COUNTY, on=on).as_dict()
    assert {name: got[name] for name in PROMISED[2:8]} == {
        "households_registered": 3,
        "persons_registered": 7,  # 4 + 1 + 2
        "households_rated": 2,
        "households_credited": 1,
        "households_borrowing": 1,
        "households_with_balance": 1,
    }
    assert (got["loans_count"], got["loans_outstanding"]) == (2, "60000.01")


def test_a_rating_ends(world: World, close: Close, regions: RegionTree) -> None:
    with world.write():
        world.register(1, VILLAGES[0], 2)
        world.rate(1, 1_000_000, 2)
    days = [close(), close(), close()]
    with world.books.read() as session:
        rated = [
            indicators.figures(session, regions=regions, region=COUNTY, on=day).value(
                "households_rated"
            )
            for day in days
        ]
    assert rated == [1, 1, 0]


@pytest.mark.parametrize(
    ("region", "refusal"),
    [
        ("431022999000", UnknownRegion),
        ("431022", UnknownRegion),
        ("430000000000", RegionOutsideBooks),
        ("431023000000", RegionOutsideBooks),
    ],
)
def test_a_region_that_is_none_is_refused(
    world: World, close: Close, regions: RegionTree, region: str, refusal: type[Exception]
) -> None:
    on = close()
    with world.books.read() as session, pytest.raises(refusal):
        indicators.figures(session, regions=regions, region=region, on=on)


def test_a_day_not_closed_is_refused(world: World, close: Close, regions: RegionTree) -> None:
    close()
    with world.books.read() as session:
        for day in (world.day, date(2016, 1, 1), date(2030, 1, 1)):
            with pytest.raises(DayNotClosed):
                indicators.figures(session, regions=regions, region=COUNTY, on=day)
            with pytest.raises(DayNotClosed):
                indicators.rows_behind(
                    session, "loans_count", regions=regions, region=COUNTY, on=day
                )


def test_the_course_of_the_days(world: World, close: Close, regions: RegionTree) -> None:
    small_county(world)
    days = [close(), close()]
    with world.write():
        world.register(5, VILLAGES[2], 6)
    days.append(close())
    with world.books.read() as session:
        course = indicators.series(
            session, regions=regions, region=COUNTY, since=days[0], until=days[2]
        )
        each = [indicators.figures(session, regions=regions, region=COUNTY, on=day) for day in days]
        assert course == each
        with pytest.raises(BadValue):
            indicators.series(session, regions=regions, region=COUNTY, since=days[1], until=days[0])
    assert [day.value("persons_registered") for day in course] == [10, 10, 16]


def test_a_figure_opens_into_its_rows(world: World, close: Close, regions: RegionTree) -> None:
    small_county(world)
    on = close()
    with world.books.read() as session:
        whole = indicators.figures(session, regions=regions, region=COUNTY, on=on)
        for name, known in indicators.FIGURES.items():
            rows = all_rows(session, regions, name, on)
            assert sum(row.amount for row in rows) == whole.counters.get(known.counter, 0), name
        assert [
            (row.number, row.village_code, row.amount)
            for row in all_rows(session, regions, "persons_registered", on)
        ] == [
            ("H1", VILLAGES[0], 3),
            ("H2", VILLAGES[0], 4),
            ("H3", VILLAGES[1], 1),
            ("H4", VILLAGES[2], 2),
        ]
        with pytest.raises(FigureUnknown):
            indicators.rows_behind(session, "leverage", regions=regions, region=COUNTY, on=on)


def all_rows(session: Session, regions: RegionTree, name: str, on: date) -> list[indicators.Row]:
    """Page after page, one row each."""
    rows: list[indicators.Row] = []
    cursor = 0
    while True:
        page = indicators.rows_behind(
            session, name, regions=regions, region=COUNTY, on=on, cursor=cursor, limit=1
        )
        rows.extend(page.rows)
        if page.cursor is None:
            return rows
        cursor = page.cursor


def test_a_ratio_is_rounded_half_up() -> None:
    assert ratio(8_971, 20_410) == "0.4395"  # 0.439539…
    assert ratio(1, 20_000) == "0.0001"  # 0.00005
    assert ratio(1_915, 1_923) == "0.9958"  # 0.995839…
    assert ratio(17, 8) == "2.1250"


def test_the_gap_to_a_target_is_in_whole_households() -> None:
    counters = dict.fromkeys(COUNTERS, 0) | {"households_rated": 100, "households_credited": 84}
    figures = Figures(COUNTY, date(2016, 5, 30), counters)
    assert figures.gap("effective_credit_rate", 850_000) == 1  # 85 wanted
    assert figures.gap("effective_credit_rate", 850_001) == 2  # 85.0001 wanted
    assert figures.gap("effective_credit_rate", 840_000) == 0
    assert figures.gap("effective_credit_rate", 500_000) == 0


PLANTED = [
    Plant(
        test_a_ratio_is_rounded_half_up, "indicators.definitions.round_half_up", lambda n, d: n // d
    ),
    Plant(
        test_the_gap_to_a_target_is_in_whole_households,
        "indicators.definitions.Figures.gap",
        lambda self, name, ppm: 85 - self.counters["households_credited"],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
