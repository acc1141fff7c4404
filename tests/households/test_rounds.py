"""Rounds, samples, populations and villages: what they refuse, and the rates they give."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest

from households import identification
from households.identification import Sampled, queries
from households.identification.rates import Rate
from households.identification.refusals import (
    CountsDoNotFit,
    FigureAheadOfTheBooks,
    PopulationInvalid,
    RoundDaysInvalid,
    RoundNumberUsed,
    StepNeedsDocument,
    VillageStandingSame,
)
from households.models import Status
from kernel.refusals import NotFound, Refusal
from kernel.regions import UnknownRegion
from office.refusals import NotEntitled
from tests.households.county import AUDITOR, CLERK, COUNTY, OFFICE, OTHER_VILLAGE, TODAY, Office
from tests.households.test_decided_lists import decide, hand_in

#: Huaihua 2015: people 99.61 % accurate is 39 wrong of 10 000, every village right
SAMPLED = Sampled(
    sampled_exited=500, wrongly_exited=10, sampled_unregistered=2000, missed=41,
    people_checked=10_000, people_wrong=39, villages_checked=1237, villages_wrong=0,
    surveyed=300, approving=270,
)  # fmt: skip


def begin(office: Office, **changes: Any) -> int:
    told: dict[str, Any] = {
        "number": "2016-1", "year": 2016, "title": "建档立卡“回头看”",
        "from_on": date(2016, 5, 1), "to_on": date(2016, 8, 1), "document": "宜扶办〔2016〕5号",
    }  # fmt: skip
    by = changes.pop("by", OFFICE)
    with office.books.write("households.begin_round", by=by) as session:
        return identification.begin_round(session, on=TODAY, by=by, **(told | changes))


def sample(office: Office, sampled: Sampled = SAMPLED, **changes: Any) -> int:
    told: dict[str, Any] = {
        "region": COUNTY, "checked_on": date(2016, 7, 1), "unit": "第三方评估组",
        "document": "评估报告",
    }  # fmt: skip
    by = changes.pop("by", AUDITOR)
    with office.books.write("households.sample", by=by) as session:
        return identification.record_sample(
            session, office.regions, sampled, on=TODAY, by=by, **(told | changes)
        )


def people(office: Office, **changes: Any) -> int:
    told: dict[str, Any] = {
        "region": COUNTY, "from_on": date(2016, 1, 1), "people": 535_000,
        "source": "贫困发生率6.47%倒推", "derived": True,
    }  # fmt: skip
    with office.books.write("households.population", by=OFFICE) as session:
        return identification.record_population(
            session, office.regions, on=TODAY, by=OFFICE, **(told | changes)
        )


def villages(office: Office, standing: Literal["poor", "exited"], day: date, **changes: Any) -> int:
    told: dict[str, Any] = {"villages": [OTHER_VILLAGE], "document": "省扶贫办公告"} | changes
    with office.books.write("households.villages", by=OFFICE) as session:
        return identification.set_village_standings(
            session, office.regions, standing=standing, from_on=day, on=TODAY, by=OFFICE, **told
        )


def test_a_round_names_what_was_found_in_it(office: Office) -> None:
    office.found(Status.REGISTERED, Status.REGISTERED, None, Status.REMOVED)
    one = begin(office)
    day = date(2016, 6, 1)
    for places, status in (((1, 2), Status.REMOVED), ((3, 4), Status.REGISTERED)):
        handed = hand_in(office, *places, status=status, from_on=day, round_id=one)
        decide(office, handed.list_id)
    # A list of no round is no finding of this one.
    decide(office, hand_in(office, 3, status=Status.LIFTED).list_id)
    sample(office, round_id=one)
    with office.books.read() as session:
        (found,) = queries.rounds(session, digits="431022")
        (elsewhere,) = queries.rounds(session, digits="431023")
    assert found.found == {"removed": 2, "registered": 2}
    assert elsewhere.found == {}
    assert [check.unit for check in found.samples] == ["第三方评估组"]


def test_a_sample_s_rates_name_what_they_count(office: Office) -> None:
    office.found(None)
    sample(office)
    with office.books.read() as session:
        found = queries.latest_sample(session, region=COUNTY, on=date(2016, 7, 1))
        assert found is not None
        assert queries.latest_sample(session, region=COUNTY, on=date(2016, 6, 30)) is None
        rates = {rate.code: rate for rate in queries.sample_rates(found)}
    # 10 ÷ 500; 41 ÷ 2000; 1 − 39 ÷ 10 000; 1237 ÷ 1237; 270 ÷ 300
    assert {code: rate.ppm for code, rate in rates.items()} == {
        "wrongly_exited": 20_000, "missed": 20_500, "accuracy": 996_100,
        "village_accuracy": 1_000_000, "approval": 900_000,
    }  # fmt: skip
    limits = {
        code: office.lines.limit(code, date(2016, 7, 1)).met_by(rate)  # type: ignore[union-attr]
        for code, rate in rates.items()
        if code in {"wrongly_exited", "missed", "approval"}
    }
    assert limits == {"wrongly_exited": True, "missed": False, "approval": True}
    assert office.lines.limit("missed", date(2016, 4, 22)) is None


def test_what_a_sample_did_not_look_at_gives_no_rate(office: Office) -> None:
    office.found(None)
    sample(office, Sampled(people_checked=10, people_wrong=0))
    with office.books.read() as session:
        found = queries.latest_sample(session, region=COUNTY, on=TODAY)
        assert found is not None
        assert [rate.code for rate in queries.sample_rates(found)] == ["accuracy"]
    assert Rate("missed", 0, 0).ppm is None
    limit = office.lines.limit("missed", TODAY)
    assert limit is not None
    assert limit.met_by(Rate("missed", 0, 0)) is None


@pytest.mark.parametrize(
    ("sampled", "changes", "rule"),
    [
        (Sampled(sampled_exited=1, wrongly_exited=2), {}, CountsDoNotFit),
        (Sampled(missed=1), {}, CountsDoNotFit),
        (Sampled(people_checked=1, people_wrong=2), {}, CountsDoNotFit),
        (Sampled(villages_wrong=1), {}, CountsDoNotFit),
        (Sampled(surveyed=5, approving=6), {}, CountsDoNotFit),
        (Sampled(surveyed=-1, approving=-1), {}, CountsDoNotFit),
        (SAMPLED, {"checked_on": date(2016, 12, 31)}, FigureAheadOfTheBooks),
        (SAMPLED, {"document": ""}, StepNeedsDocument),
        (SAMPLED, {"round_id": 7}, NotFound),
        (SAMPLED, {"region": "431022999999"}, UnknownRegion),
        (SAMPLED, {"by": CLERK}, NotEntitled),
    ],
)
def test_samples_that_cannot_be(
    office: Office, sampled: Sampled, changes: dict[str, Any], rule: type[Refusal]
) -> None:
    office.found(None)
    with pytest.raises(rule):
        sample(office, sampled, **changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, RoundNumberUsed),
        ({"number": "2", "to_on": date(2016, 5, 1)}, RoundDaysInvalid),
        ({"number": "2", "document": " "}, StepNeedsDocument),
        ({"number": "2", "by": CLERK}, NotEntitled),
    ],
)
def test_rounds_that_cannot_be(
    office: Office, changes: dict[str, Any], rule: type[Refusal]
) -> None:
    office.found(None)
    begin(office)
    with pytest.raises(rule):
        begin(office, **changes)


def test_a_population_holds_from_its_day_and_a_later_row_replaces(office: Office) -> None:
    office.found(None)
    people(office, from_on=date(2015, 1, 1), people=540_000)
    people(office)
    people(office, people=535_100)
    with office.books.read() as session:
        told = [
            queries.population(session, region=COUNTY, on=day)
            for day in (date(2014, 12, 31), date(2015, 12, 31), date(2016, 1, 1))
        ]
    assert [None if one is None else one.people for one in told] == [None, 540_000, 535_100]
    for changes in ({"people": 0}, {"source": " "}):
        with pytest.raises(PopulationInvalid):
            people(office, **changes)
    with pytest.raises(FigureAheadOfTheBooks):
        people(office, from_on=date(2017, 1, 1))


def test_a_village_is_found_so_once_a_day(office: Office) -> None:
    office.found(None)
    villages(office, "poor", date(2014, 6, 1))
    villages(office, "exited", date(2014, 6, 1))
    with pytest.raises(VillageStandingSame):
        villages(office, "poor", date(2014, 6, 1))


def test_a_village_is_poor_and_leaves_poverty(office: Office) -> None:
    office.found(None)
    with pytest.raises(VillageStandingSame):
        villages(office, "exited", date(2016, 12, 1))
    assert villages(office, "poor", date(2014, 6, 1)) == 1
    with pytest.raises(VillageStandingSame):
        villages(office, "poor", date(2015, 6, 1))
    villages(office, "exited", date(2016, 12, 1))
    for changes, rule in (
        ({"villages": ["431022100000"]}, UnknownRegion),
        ({"villages": ["431023101001"]}, NotFound),
        ({"document": ""}, StepNeedsDocument),
    ):
        with pytest.raises(rule):
            villages(office, "poor", date(2016, 12, 30), **changes)
    with pytest.raises(FigureAheadOfTheBooks):
        villages(office, "poor", date(2016, 12, 31))
    with office.books.read() as session:
        stood = [
            queries.villages(session, digits="431022", on=day)
            for day in (date(2014, 5, 31), date(2014, 6, 1), date(2016, 12, 1))
        ]
    assert [[one.standing for one in day.values()] for day in stood] == [[], ["poor"], ["exited"]]
