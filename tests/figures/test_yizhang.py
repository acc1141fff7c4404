"""宜章, the whole county: made by one command, its figures asked for by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

import indicators
from config.settings import Settings
from config.wiring import House
from tests.figures.conftest import Fupin

pytestmark = pytest.mark.slow

REGION, DAY = "431022000000", "2017-01-31"


@pytest.fixture(scope="module")
def yizhang(made: Callable[[str], Fupin]) -> Fupin:
    """``fupin`` on the books of the county."""
    return made("yizhang-2017")


def ask(fupin: Fupin, on: str, region: str = REGION) -> dict[str, Any]:
    return fupin.ask(region, on)


def test_the_published_figures_come_out(yizhang: Fupin, figures: list[dict[str, Any]]) -> None:
    got = ask(yizhang, DAY)
    assert {
        "households_registered": 20410,
        "persons_registered": 76115,
        "households_borrowing": 8971,
        "borrowing_rate": "0.4395",  # 8 971 / 20 410 = 0.43953…
        "loans_count": 8971,
        "loans_disbursed": "351750000.00",
        "average_loan": "39209.68",  # 351 750 000 / 8 971 = 39 209.675…
        "overdue_balance": "0.00",
    }.items() <= got.items()
    for line in figures:
        if line["how"] == "demo" and line["demo"] == "yizhang-2017":
            asked = ask(yizhang, line["on"].isoformat(), line["region"])
            assert line["values"].items() <= asked.items(), line["id"]


def test_the_treasurys_two_hands_come_out(yizhang: Fupin) -> None:
    """45 000 000 at a multiple of 10; all claimed and paid that was settled by 20 December 2016."""
    got = ask(yizhang, DAY)
    assert {
        "fund_balance": "45000000.00",  # 25 000 000 + 2 × 10 000 000
        "leverage_cumulative": "7.82",  # 351 750 000 / 45 000 000 = 7.81666…
        "headroom_cumulative": "98250000.00",  # 10 × 45 000 000 − 351 750 000
        "subsidy_to_recover": "0.00",
    }.items() <= got.items()
    out = Decimal(got["loans_outstanding"])
    # Every contract is below 50 000, so all that is out is covered.
    assert Decimal(got["headroom_outstanding"]) == 450_000_000 - out
    hundredths = (out * 100 / 45_000_000).quantize(Decimal(1), ROUND_HALF_UP)
    assert Decimal(got["leverage_outstanding"]) * 100 == hundredths
    assert ask(yizhang, "2014-11-30")["fund_balance"] == "0.00"
    assert ask(yizhang, "2015-01-14")["fund_balance"] == "25000000.00"
    assert ask(yizhang, "2015-01-15")["fund_balance"] == "35000000.00"
    assert ask(yizhang, DAY, "431022101000")["fund_balance"] is None


def test_who_is_linked_and_who_was_paid(yizhang: Fupin) -> None:
    """Neither of two printed numbers per head is wrong: each has its own people below the line."""
    got = ask(yizhang, DAY)
    assert {
        "enterprises_linked": 112,
        "households_linked": 10101,  # 8 004 + 967 + 1 130
        "persons_linked": 34500,  # 5 336 × 3 + 2 668 × 4 + 7 820
        "households_paid": 8004,
        "persons_paid": 26680,  # 5 336 × 3 + 2 668 × 4
        "dividends_paid": "32016000.00",  # 8 004 × 4 000
        "dividend_per_person_linked": "928.00",  # 32 016 000 / 34 500
        "dividend_per_person_paid": "1200.00",  # 32 016 000 / 26 680
    }.items() <= got.items()
    assert ask(yizhang, "2016-11-30")["dividends_paid"] == "0.00"


def test_who_left_poverty_and_who_is_left(yizhang: Fupin) -> None:
    before, year = (ask(yizhang, day) for day in ("2015-12-31", "2016-12-31"))
    assert before["persons_lifted"] == 26_085
    assert year["persons_lifted_in_year"] == 15_415
    assert year["persons_lifted"] == 26_085 + 15_415
    assert year["persons_poor"] == 34_615  # 76 115 − 26 085 − 15 415
    # 15 415 of the 50 030 that were poor when the year began
    assert year["lifting_rate"] == "0.3081"
    assert (before["villages_exited"], year["villages_exited"]) == (0, 17)
    assert (year["rural_population"], year["poverty_incidence"]) == (535_000, "0.0647")


def test_subsidies_are_claimed_and_paid_by_quarter(yizhang: Fupin) -> None:
    """Loans of a year that end between two settlement nights were settled and wait for a claim."""
    quarter, end = (ask(yizhang, day) for day in ("2016-12-20", DAY))
    owed = Decimal(quarter["subsidy_accrued"])
    assert Decimal(quarter["subsidy_paid"]) == Decimal(quarter["subsidy_claimed"]) < owed
    assert Decimal(end["subsidy_claimed"]) == Decimal(end["subsidy_paid"]) == owed
    assert Decimal(end["subsidy_accrued"]) >= owed
    assert ask(yizhang, "2014-12-20")["subsidy_accrued"] > "0.00"
    assert ask(yizhang, "2014-12-19")["subsidy_accrued"] == "0.00"


def test_the_county_lends_at_a_pace_that_can_be_believed(yizhang: Fupin) -> None:
    by_2014, by_2015 = (
        Decimal(ask(yizhang, day)["loans_disbursed"]) for day in ("2014-12-31", "2015-12-31")
    )
    assert ask(yizhang, "2014-11-30")["loans_count"] == 0
    assert 0 < by_2014 < 250_000_000
    assert by_2014 < by_2015 < 350_000_000


def test_half_were_rated_by_the_end_of_2014_and_all_by_the_middle_of_2015(yizhang: Fupin) -> None:
    """The targets of the pilot counties; households that the state keeps are not rated."""
    assert ask(yizhang, "2014-12-31")["rating_coverage"] >= "0.5000"
    assert ask(yizhang, "2015-06-30")["rating_coverage"] >= "0.9900"


def test_townships_add_up_to_the_county(yizhang: Fupin) -> None:
    house = House(Settings.from_environment(yizhang.environment))
    townships = house.regions.children(REGION)
    assert len(townships) == 19
    with house.books.read() as session:
        parts = [
            indicators.figures(
                session, regions=house.regions, region=township.code, on=date(2017, 1, 31)
            ).counters
            for township in townships
        ]
    house.engine.dispose()
    assert sum(part["persons_registered"] for part in parts) == 76115
    assert sum(part["loans_count"] for part in parts) == 8971
    assert sum(part["disbursed_fen"] for part in parts) == 35_175_000_000


def test_both_printed_numbers_of_people_are_named(yizhang: Fupin) -> None:
    shown = yizhang("indicators", "--beside", "published").stdout
    assert "76,115" in shown
    assert "84,858" in shown
    assert "扶贫攻坚之“宜章模式”" in shown


def test_a_second_start_takes_seconds_and_another_demo_is_refused(yizhang: Fupin) -> None:
    again = yizhang("demo", "yizhang-2017", "--if-missing")
    assert again.returncode == 0
    assert "已在" in again.stdout
    assert yizhang("demo", "yizhang-2017").returncode == 1
    assert yizhang("demo", "yizhang-small").returncode == 1
    assert yizhang("demo", "nowhere").returncode == 1


def test_verify_finds_nothing(yizhang: Fupin) -> None:
    found = yizhang("verify", "--json")
    assert found.returncode == 0, found.stdout[:2_000]
