"""The forecast: what the loans that are out will cost, and what more may be lent.

The numbers are those of the trade's worked example V3 (50 000 at 4.75 % from 2016-05-30 to
2019-05-30, settled on the 20th of each quarter's last month): 145.14 for 22 days, then 606.94 for
92, 600.35 for 91 and 593.75 for 90 days in turn, 461.81 for the last 70.
"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import true

from kernel.refusals import Refusal
from office.refusals import NotEntitled
from subsidies import budget, foreseeing
from subsidies.foreseeing import Asked, Forecast, NewLending, Quarter, ShareFrom
from subsidies.refusals import (
    ForecastBadShare,
    ForecastTooLong,
    LendingAboveLimit,
    LendingIncomplete,
)
from tests.loans.filing import statements
from tests.loans.town import person
from tests.planted import Plant
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE, TreasuryTown

#: V3, by quarter, fen
V3 = {
    Quarter(2016, 2): 14_514,
    Quarter(2016, 3): 60_694,
    Quarter(2016, 4): 60_035,
    Quarter(2017, 1): 59_375,
    Quarter(2017, 2): 60_694,
    Quarter(2017, 3): 60_694,
    Quarter(2017, 4): 60_035,
    Quarter(2018, 1): 59_375,
    Quarter(2018, 2): 60_694,
    Quarter(2018, 3): 60_694,
    Quarter(2018, 4): 60_035,
    Quarter(2019, 1): 59_375,
    Quarter(2019, 2): 46_181,
}


def foresee(town: TreasuryTown, asked: Asked | None = None, unpaid_fen: int = 0) -> Forecast:
    """A forecast of the finance bureau."""
    with town.books.read() as session:
        return foreseeing.foresee(
            session,
            asked or Asked(quarters=13),
            unpaid_fen=unpaid_fen,
            rulebook=town.rulebook,
            by=FINANCE,
        )


def costs(forecast: Forecast) -> dict[Quarter, int]:
    """The cost of each quarter that has one."""
    return {line.quarter: line.total_fen for line in forecast.quarters if line.total_fen}


def test_two_loans_that_stand_alike_are_lived_once(town: TreasuryTown) -> None:
    town.lend(1)
    town.lend(2)
    told = foresee(town)
    assert costs(told) == {quarter: 2 * fen for quarter, fen in V3.items()}
    assert told.total_fen == 2 * 722_395
    assert (told.loans, told.cells) == (2, 1)


def test_what_is_settled_is_no_longer_ahead(town: TreasuryTown) -> None:
    town.lend(1)
    town.close_to(date(2016, 6, 20))
    ahead = {quarter: fen for quarter, fen in V3.items() if quarter > Quarter(2016, 2)}
    assert costs(foresee(town)) == ahead


def test_loans_that_differ_are_lived_each(town: TreasuryTown) -> None:
    # 30 000 at 4.75 %: 22 days 87.0833…, 92 days 364.1666…
    town.lend(1)
    town.lend(2, amount_fen=3_000_000)
    told = foresee(town)
    assert told.cells == 2
    assert costs(told)[Quarter(2016, 2)] == 14_514 + 8_708
    assert costs(told)[Quarter(2016, 3)] == 60_694 + 36_417


def test_a_share_of_70_percent_from_new_year(town: TreasuryTown) -> None:
    # 6.597222… a day: 11 days whole and 79 at 70 % are 437.3958; 92 at 70 % are 424.8611
    town.lend(1)
    told = costs(foresee(town, Asked(13, share=ShareFrom(date(2017, 1, 1), 7_000))))
    assert told[Quarter(2016, 4)] == V3[Quarter(2016, 4)]
    assert told[Quarter(2017, 1)] == 43_740
    assert told[Quarter(2017, 2)] == 42_486


def test_no_share_from_new_year_costs_nothing_after_it(town: TreasuryTown) -> None:
    town.lend(1)
    told = costs(foresee(town, Asked(13, share=ShareFrom(date(2017, 1, 1), 0))))
    # 11 days of the first quarter: 72.5694
    assert max(told) == Quarter(2017, 1)
    assert told[Quarter(2017, 1)] == 7_257


def test_a_tenth_repaid_early_each_month(town: TreasuryTown) -> None:
    # the middle of 92 days from 21 June lies 68 days on, two months: 606.94 × 0.81 = 491.6214
    town.lend(1)
    told = costs(foresee(town, Asked(13, early_ppm=100_000)))
    assert told[Quarter(2016, 2)] == V3[Quarter(2016, 2)]
    assert told[Quarter(2016, 3)] == 49_162


def test_new_lending_by_the_policy_in_force(town: TreasuryTown) -> None:
    # two of 50 000 from 1 June at the benchmark of a year, 4.35 %: 20 days 120.83, 92 days 555.83,
    # 91 days 549.79, 90 days 543.75, the last 72 days 435.00
    lending = NewLending(monthly_fen=10_000_000, loan_fen=5_000_000, term_months=12, months=1)
    told = foresee(town, Asked(13, lending=lending))
    assert costs(told) == {
        Quarter(2016, 2): 2 * 12_083,
        Quarter(2016, 3): 2 * 55_583,
        Quarter(2016, 4): 2 * 54_979,
        Quarter(2017, 1): 2 * 54_375,
        Quarter(2017, 2): 2 * 43_500,
    }
    assert {line.standing_fen for line in told.quarters} == {0}


def test_a_supposed_share_holds_from_the_first_day_of_a_new_loan(town: TreasuryTown) -> None:
    # 20 days of 50 000 at 4.35 % are 120.8333; 70 % of them 84.5833
    lending = NewLending(monthly_fen=5_000_000, loan_fen=5_000_000, term_months=12, months=1)
    share = ShareFrom(date(2016, 6, 1), 7_000)
    assert costs(foresee(town, Asked(1, share, lending))) == {Quarter(2016, 2): 8_458}
    none = ShareFrom(date(2016, 6, 1), 0)
    assert costs(foresee(town, Asked(13, none, lending))) == {}


def test_what_a_month_leaves_over_is_a_smaller_loan(town: TreasuryTown) -> None:
    # 50 000 and 10 000 at 4.35 % for 20 days: 120.83 and 24.17
    lending = NewLending(monthly_fen=6_000_000, loan_fen=5_000_000, term_months=12, months=1)
    assert costs(foresee(town, Asked(1, lending=lending))) == {Quarter(2016, 2): 12_083 + 2_417}


def test_another_policy_lends_by_its_own_terms(town: TreasuryTown) -> None:
    # P4 takes effect on 2021-03-15, when the LPR of a year is 3.85 %: 20 days of 50 000 are 106.94;
    # 清华镇 and 青阳 are other places, and the whole is the treasury's
    lending = NewLending(10_000_000, 5_000_000, 12, 1, policy="P4")
    told = foresee(town, Asked(1, lending=lending))
    assert any("P4" in line for line in told.assumptions)
    assert costs(told) == {Quarter(2016, 2): 2 * 10_694}


def test_70_percent_in_2024_by_a_county_s_own_document(town: TreasuryTown) -> None:
    # 青阳: signed in June 2016 by its terms, all of it arises before 2024 and is borne whole
    lending = NewLending(10_000_000, 5_000_000, 12, 1, policy="qingyang-2024")
    assert costs(foresee(town, Asked(1, lending=lending))) == {Quarter(2016, 2): 2 * 10_694}


def test_the_budget_runs_out(town: TreasuryTown) -> None:
    town.lend(1)
    with town.books.write("subsidies.budget", by=FINANCE) as session:
        entry = budget.enter_line(
            session,
            budget.LineEntered("虚拟财农〔2016〕1号", "2130506", "county", 2016, "县财政", 50_000),
            on=town.today,
            by=FINANCE,
        )
    # What one of finance alone entered pays for nothing.
    assert foresee(town).years[0].free_fen == 0
    assert entry.proposal_id is not None
    with town.books.write("subsidies.approve_budget", by=SECOND_FINANCE) as session:
        budget.decide_change(
            session,
            proposal_id=entry.proposal_id,
            approved=True,
            on=town.today,
            by=SECOND_FINANCE,
        )
    told = foresee(town)
    # 145.14 + 606.94 + 600.35 = 1352.43 of which 500.00 is there
    assert told.runs_out == Quarter(2016, 3)
    first = told.years[0]
    assert (first.year, first.cost_fen, first.free_fen) == (2016, 135_243, 50_000)
    assert first.short_fen == 85_243
    # what is owed already comes on top of it
    assert foresee(town, unpaid_fen=50_001).runs_out == Quarter(2016, 2)


def test_a_forecast_takes_few_statements(town: TreasuryTown) -> None:
    for place in range(1, 4):
        town.lend(place)
    with statements(town) as seen:
        foresee(town)
    one = len(seen)
    for place in range(4, 7):
        town.lend(place)
    with statements(town) as seen:
        foresee(town)
    assert len(seen) == one


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (Asked(0), ForecastTooLong),
        (Asked(41), ForecastTooLong),
        (Asked(4, early_ppm=1_000_001), ForecastBadShare),
        (Asked(4, share=ShareFrom(date(2016, 5, 30), 7_000)), ForecastBadShare),
        (Asked(4, share=ShareFrom(date(2017, 1, 1), 10_001)), ForecastBadShare),
        (Asked(4, lending=NewLending(100, 200, 12, 1)), LendingIncomplete),
        (Asked(4, lending=NewLending(5_000_000, 5_000_000, 12, 61)), LendingIncomplete),
        (Asked(4, lending=NewLending(6_000_000, 6_000_000, 12, 1)), LendingAboveLimit),
        (Asked(4, lending=NewLending(5_000_000, 5_000_000, 37, 1)), LendingAboveLimit),
    ],
)
def test_what_no_forecast_supposes(
    town: TreasuryTown, asked: Asked, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        foresee(town, asked)


def test_an_administrator_asks_for_none(town: TreasuryTown) -> None:
    with town.books.read() as session, pytest.raises(NotEntitled):
        foreseeing.foresee(
            session,
            Asked(4),
            unpaid_fen=0,
            rulebook=town.rulebook,
            by=person(31, "administrator"),
        )


PLANTED = [
    Plant(
        test_what_is_settled_is_no_longer_ahead,
        "subsidies.foreseeing.living.quarter_of",
        lambda to_on: Quarter(to_on.year + 1, 1),
    ),
    Plant(
        test_a_share_of_70_percent_from_new_year,
        "subsidies.foreseeing.living.with_share",
        lambda shares, _supposed: shares,
    ),
    Plant(
        test_a_tenth_repaid_early_each_month,
        "subsidies.foreseeing.living.still_there",
        lambda fen, *_: fen,
    ),
    Plant(
        test_two_loans_that_stand_alike_are_lived_once,
        "subsidies.foreseeing.portfolio._stands_alone",
        true,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: TreasuryTown) -> None:
    plant.prove(town=town)
