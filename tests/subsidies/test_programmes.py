"""A programme is read from the dated documents, line by line with its clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policy import Rulebook
from policy.month_day import MONTH_DAY, RHYTHM_MONTHS, MonthDay
from policy.sharing import FUNDING_ROWS
from policy.values import FormBroken
from subsidies.programmes import Programme, is_subsidised, programme
from tests.planted import Plant

HERE = "431022000000"
QINGYANG = "341723000000"


def told(one: Programme) -> dict[str, str]:
    return {line.name: line.shown for line in (*one.contract, *one.conduct)}


def test_a_quarterly_programme_through_the_bank(rulebook: Rulebook) -> None:
    one = programme(rulebook, on=date(2016, 5, 30), region=HERE)
    lines = told(one)
    assert (one.document, one.subsidised) == ("P1", True)
    assert "财政承担100%（本金50000.00元以内部分），经由贷款机构" in lines["interest_bearers"]
    assert lines["subsidy_claim_every_months"] == "3个月"
    assert lines["subsidy_claim_on_day"] == "20日"
    assert lines["subsidy_funding"] == "县级100%"
    assert lines["subsidy_year_end"] == "12月20日"
    assert lines["subsidy_notice_days"] == "7天"
    assert lines["subsidy_status_at_settlement"] == "否"


def test_the_old_programme_pays_five_percent_for_a_year(rulebook: Rulebook) -> None:
    one = programme(rulebook, on=date(2013, 6, 1), region=HERE)
    lines = told(one)
    assert (one.document, one.subsidised) == ("P0", True)
    assert lines["fixed_subsidy_rate_ppm"] == "5.00%"
    assert lines["subsidy_months_max"] == "12个月"
    assert lines["subsidy_claim_every_months"] == "12个月"


def test_a_share_that_changes_with_the_year(rulebook: Rulebook) -> None:
    lines = told(programme(rulebook, on=date(2023, 10, 1), region=QINGYANG))
    shown = lines["interest_bearers"]
    assert "2024-01-01前产生的利息财政承担100%" in shown
    assert "2024-01-01至2026-01-01前产生的利息财政承担70%" in shown


def test_a_place_fixes_the_rate_of_the_subsidy_and_hangs_its_notice_longer(
    rulebook: Rulebook,
) -> None:
    """莲都 2022: 3 % whatever the loan bears, ten days; 景东 2020: ten days."""
    lines = told(programme(rulebook, on=date(2022, 6, 1), region="331102000000"))
    assert "3.00%" in lines["interest_bearers"]
    assert lines["subsidy_notice_days"] == "10天"
    lines = told(programme(rulebook, on=date(2020, 6, 10), region="530823000000"))
    assert lines["subsidy_notice_days"] == "10天"


def test_every_line_says_where_it_comes_from(rulebook: Rulebook) -> None:
    one = programme(rulebook, on=date(2021, 6, 1), region=HERE)
    for line in (*one.contract, *one.conduct):
        assert all((line.zh, line.en, line.cite))
        assert ("默认值" in line.cite) == line.default
    data = one.as_data()
    assert data["on"] == "2021-06-01"
    assert len(data["conduct"]) == 8  # type: ignore[arg-type]


def test_nothing_borne_is_no_programme(rulebook: Rulebook) -> None:
    terms = rulebook.contract_terms(on=date(2016, 5, 30), region=HERE)
    none = replace(terms, interest_bearers=replace(terms.interest_bearers, value=()))
    assert is_subsidised(terms)
    assert not is_subsidised(none)


@pytest.mark.parametrize("raw", ["02-29", "13-01", "12-32", "1220", "", 1220, "12-20 "])
def test_a_day_that_does_not_come_every_year_is_refused(raw: object) -> None:
    with pytest.raises(FormBroken):
        MONTH_DAY.read(raw)


def test_a_day_of_every_year_is_read_back() -> None:
    assert MONTH_DAY.read("12-20") == MonthDay(12, 20)
    assert MONTH_DAY.plain(MonthDay(2, 3)) == "02-03"
    assert MonthDay(12, 20).of(2016) == date(2016, 12, 20)


@pytest.mark.parametrize("months", [0, 2, 5, 24, True, "3"])
def test_claims_follow_a_rhythm_that_settlements_know(months: object) -> None:
    with pytest.raises(FormBroken):
        RHYTHM_MONTHS.read(months)


def test_who_funds_adds_up_to_the_whole() -> None:
    rows = [{"party": "central", "share": "60"}, {"party": "county", "share": "40"}]
    assert FUNDING_ROWS.show(FUNDING_ROWS.read(rows)) == "中央60%，县级40%"
    for wrong in (rows[:1], [{"party": "village", "share": "100"}], [rows[0], rows[0]]):
        with pytest.raises(FormBroken):
            FUNDING_ROWS.read(wrong)


PLANTED = [
    Plant(
        test_nothing_borne_is_no_programme, "tests.subsidies.test_programmes.is_subsidised",
        lambda _terms: True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, rulebook: Rulebook) -> None:
    plant.prove(rulebook=rulebook)
