"""Selection: by day, place and kind of household, exactly one answer or a clear refusal.

The expected rules are typed from the table of policy versions in the domain notes.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy
from kernel.calendar import load as load_holidays
from policy import documents
from policy.rulebook import Rulebook
from tests.planted import Plant

YIZHANG = "431022000000"
HUAIHUA = "431200000000"
MAYANG = "431226000000"
QINGYANG = "341723000000"
QINGYANG_VILLAGE = "341723100201"
QINGHUA = "361130101000"

CONFIG = Path(__file__).resolve().parents[2] / "config"
SHIPPED = policy.load(CONFIG / "policies", CONFIG / "rates")

#: the national programmes and the first day of each
PROGRAMMES = (
    (date(2008, 1, 1), "P0"),
    (date(2014, 12, 1), "P1"),
    (date(2017, 8, 17), "P2"),
    (date(2019, 7, 18), "P3"),
    (date(2021, 3, 15), "P4"),
    (date(2026, 3, 6), "P5"),
)
DAYS = st.dates(date(2010, 1, 1), date(2027, 12, 31))
REGIONS = st.sampled_from(
    (YIZHANG, HUAIHUA, MAYANG, QINGYANG, QINGYANG_VILLAGE, QINGHUA, "110000000000")
)


def ids(book: Rulebook, on: date, region: str) -> set[str]:
    return {document.id for document in book.in_force(on=on, region=region)}


@pytest.mark.parametrize(("first", "programme"), PROGRAMMES)
def test_a_programme_holds_from_its_day_of_effect(first: date, programme: str) -> None:
    assert SHIPPED.base(on=first, region=YIZHANG).id == programme
    if programme != "P0":
        before = SHIPPED.base(on=first - timedelta(days=1), region=YIZHANG).id
        assert before == PROGRAMMES[[p for _, p in PROGRAMMES].index(programme) - 1][1]


@settings(max_examples=200)
@given(on=DAYS, region=REGIONS)
def test_every_day_and_place_has_exactly_one_answer(on: date, region: str) -> None:
    """One programme; every value from a document in force; every bond on that programme."""
    in_force = SHIPPED.in_force(on=on, region=region)
    expected = next(name for first, name in reversed(PROGRAMMES) if first <= on)
    assert [d.id for d in in_force if d.kind == "programme"] == [expected]
    names = {d.id for d in in_force}
    for document in in_force:
        assert document.start <= on
        assert document.implements in {"", expected}
        assert not names & set(document.replaces)
    for answer in (
        SHIPPED.contract_terms(on=on, region=region),
        SHIPPED.conduct(on=on, region=region),
        SHIPPED.targets(on=on, region=region),
    ):
        for sourced in policy.values_of(answer).values():
            assert sourced.document in names
            assert sourced.clause or sourced.default


@given(on=DAYS, region=REGIONS, kind=st.sampled_from(tuple(policy.HOUSEHOLD_KINDS)))
def test_a_kind_of_household_is_served_or_refused(on: date, region: str, kind: str) -> None:
    covered = SHIPPED.contract_terms(on=on, region=region).household_kinds.value
    if kind in covered:
        terms = SHIPPED.terms_for(on=on, region=region, household_kind=kind)
        assert terms.household_kinds.value == covered
        return
    with pytest.raises(policy.HouseholdKindNotCovered) as refused:
        SHIPPED.terms_for(on=on, region=region, household_kind=kind)
    assert refused.value.clause


def test_before_the_first_programme_there_is_none() -> None:
    with pytest.raises(policy.NoPolicyInForce):
        SHIPPED.base(on=date(2007, 12, 31), region=YIZHANG)


@pytest.mark.parametrize(
    ("on", "kind", "served"),
    [
        (date(2013, 1, 1), "registered", True),
        (date(2016, 5, 30), "registered", True),
        (date(2016, 5, 30), "monitored", False),
        (date(2020, 7, 2), "monitored", False),
        # 银保监发〔2020〕28号 adds people at risk of falling back
        (date(2020, 7, 3), "monitored", True),
        (date(2021, 3, 15), "monitored", True),
        (date(2021, 3, 15), "lifted", True),
        (date(2021, 3, 15), "registered", False),
        (date(2026, 3, 5), "needs_help", False),
        (date(2026, 3, 6), "needs_help", True),
        (date(2026, 3, 6), "general", False),
    ],
)
def test_who_may_borrow_changes_by_document(on: date, kind: str, served: bool) -> None:
    terms = SHIPPED.contract_terms(on=on, region=YIZHANG)
    assert (kind in terms.household_kinds.value) is served


@pytest.mark.parametrize(
    ("on", "amount_fen", "total_fen"),
    [
        (date(2016, 5, 30), 5_000_000, 5_000_000),
        (date(2020, 1, 1), 5_000_000, 5_000_000),
        # in principle up to 50 000, top-up to 100 000 for the household
        (date(2022, 1, 1), 5_000_000, 10_000_000),
        (date(2026, 3, 6), 10_000_000, 10_000_000),
    ],
)
def test_amounts(on: date, amount_fen: int, total_fen: int) -> None:
    terms = SHIPPED.contract_terms(on=on, region=YIZHANG)
    assert terms.amount_max_fen.value == amount_fen
    assert terms.household_total_max_fen.value == total_fen
    assert terms.amount_max_fen.in_principle is (on == date(2022, 1, 1))


@pytest.mark.parametrize(
    ("signed_on", "term_months", "ppm", "published_on"),
    [
        # benchmark, domain §8: ≤1 year and 1–3 years
        (date(2014, 12, 1), 12, 56_000, date(2014, 11, 22)),
        (date(2014, 12, 1), 36, 60_000, date(2014, 11, 22)),
        (date(2015, 10, 23), 36, 50_000, date(2015, 8, 26)),
        (date(2015, 10, 24), 36, 47_500, date(2015, 10, 24)),
        (date(2016, 5, 30), 12, 43_500, date(2015, 10, 24)),
        (date(2016, 5, 30), 13, 47_500, date(2015, 10, 24)),
        (date(2020, 12, 31), 36, 47_500, date(2015, 10, 24)),
        # LPR: up to a year the 1-year rate, above it the 5-year rate; last published
        (date(2021, 3, 15), 12, 38_500, date(2021, 2, 20)),
        (date(2021, 3, 15), 36, 46_500, date(2021, 2, 20)),
        (date(2021, 3, 22), 36, 46_500, date(2021, 3, 22)),
        # the source's Saturday row, 2024-01-20, is corrected to Monday the 22nd
        (date(2024, 1, 21), 12, 34_500, date(2023, 12, 20)),
        (date(2024, 1, 22), 12, 34_500, date(2024, 1, 22)),
        (date(2024, 2, 19), 36, 42_000, date(2024, 1, 22)),
        (date(2024, 2, 20), 36, 39_500, date(2024, 2, 20)),
        (date(2027, 1, 1), 12, 30_000, date(2025, 5, 20)),
    ],
)
def test_rate_cap_is_the_last_published(
    signed_on: date, term_months: int, ppm: int, published_on: date
) -> None:
    terms = SHIPPED.contract_terms(on=signed_on, region=YIZHANG)
    cap = SHIPPED.rate_cap_ppm(signed_on, term_months, terms)
    assert (cap.ppm, cap.published_on) == (ppm, published_on)


def test_p0_sets_no_cap_and_subsidises_at_a_fixed_rate() -> None:
    terms = SHIPPED.contract_terms(on=date(2013, 1, 1), region=YIZHANG)
    assert SHIPPED.rate_cap_ppm(date(2013, 1, 1), 12, terms).ppm is None
    # 5 % a year for at most a year; nobody but the household bears the bank's own interest
    assert terms.fixed_subsidy_rate_ppm.value == 50_000
    assert terms.subsidy_months_max.value == 12
    assert terms.interest_bearers.value == ()


def test_a_term_beyond_the_bands_is_refused() -> None:
    terms = SHIPPED.contract_terms(on=date(2016, 5, 30), region=YIZHANG)
    with pytest.raises(policy.NoRateBand):
        SHIPPED.rate_cap_ppm(date(2016, 5, 30), 37, terms)


def test_a_rate_asked_before_its_series_began_is_refused() -> None:
    terms = SHIPPED.contract_terms(on=date(2021, 3, 15), region=YIZHANG)
    with pytest.raises(policy.NoRatePublished):
        SHIPPED.rate_cap_ppm(date(2019, 8, 19), 12, terms)


def test_every_published_lpr_falls_on_a_working_day() -> None:
    """Saturday 2021-02-20 was worked in exchange for the Spring Festival; 2024-01-20 was not."""
    holidays = load_holidays(CONFIG / "calendar")
    days = [row.published_on for row in SHIPPED.series["lpr"].publications]
    # monthly without a gap from August 2019 to May 2025: 5 + 5 × 12 + 5
    assert len(days) == 70
    assert [day for day in days if not holidays.is_working_day(day)] == []
    assert not holidays.is_working_day(date(2024, 1, 20))
    assert (days[0], days[-1]) == (date(2019, 8, 20), date(2025, 5, 20))


def test_who_bears_interest_at_qingyang() -> None:
    """All of it to the end of 2023, 70 % in 2024 and 2025, then nothing; on ≤ 50 000 only."""
    terms = SHIPPED.contract_terms(on=date(2023, 10, 1), region=QINGYANG_VILLAGE)
    assert terms.interest_bearers.document == "qingyang-2024"
    shares = {
        day: sum(
            row.share_bp for row in terms.interest_bearers.value if row.covers_interest_of(day)
        )
        for day in (
            date(2023, 10, 1),
            date(2023, 12, 31),
            date(2024, 1, 1),
            date(2025, 12, 31),
            date(2026, 1, 1),
        )
    }
    assert list(shares.values()) == [10_000, 10_000, 7_000, 7_000, 0]
    assert {row.principal_cap_fen for row in terms.interest_bearers.value} == {5_000_000}


def test_qinghua_asks_for_the_signing_day() -> None:
    before = SHIPPED.contract_terms(on=date(2021, 3, 28), region=QINGHUA).interest_bearers
    after = SHIPPED.contract_terms(on=date(2021, 3, 29), region=QINGHUA).interest_bearers
    assert [row.signed_to for row in before.value] == [date(2021, 3, 29)]
    assert [row.signed_from for row in after.value] == [date(2021, 3, 29)]


def test_a_local_document_holds_at_its_place_alone_and_lapses_with_its_programme() -> None:
    assert "qingyang-2024" in ids(SHIPPED, date(2026, 3, 5), QINGYANG_VILLAGE)
    assert "qingyang-2024" not in ids(SHIPPED, date(2026, 3, 5), YIZHANG)
    assert "qingyang-2024" not in ids(SHIPPED, date(2026, 3, 6), QINGYANG_VILLAGE)
    assert "qingyang-2024" not in ids(SHIPPED, date(2021, 3, 14), QINGYANG)
    terms = SHIPPED.contract_terms(on=date(2026, 3, 6), region=QINGYANG)
    assert terms.interest_bearers.document == "P5"


def test_a_supplement_lapses_with_its_programme() -> None:
    assert "P3b" not in ids(SHIPPED, date(2020, 7, 2), YIZHANG)
    assert "P3b" in ids(SHIPPED, date(2021, 3, 14), YIZHANG)
    assert "P3b" not in ids(SHIPPED, date(2021, 3, 15), YIZHANG)


def test_deferral_goes_by_the_day_of_the_event() -> None:
    def until(on: date) -> tuple[int | None, date | None]:
        rules = SHIPPED.conduct(on=on, region=YIZHANG)
        months, last = rules.deferral_months_max, rules.deferral_until_max
        return months.value if months else None, last.value if last else None

    assert until(date(2020, 2, 11)) == (None, None)
    assert until(date(2020, 2, 12)) == (6, None)
    assert until(date(2020, 7, 3)) == (6, date(2021, 3, 31))
    # also after P4 replaced P3 on 15 March
    assert until(date(2021, 3, 31)) == (6, date(2021, 3, 31))
    assert until(date(2021, 4, 1)) == (None, None)


def test_conduct_rules_change_on_their_days() -> None:
    def rules(on: date) -> policy.ConductRules:
        return SHIPPED.conduct(on=on, region=YIZHANG)

    assert rules(date(2017, 12, 31)).entrusted_use_banned.value is False
    assert rules(date(2018, 1, 1)).entrusted_use_banned.value is True
    assert rules(date(2023, 6, 30)).grading.document == "grading-2004"
    assert rules(date(2023, 7, 1)).grading.document == "grading-2023"
    thresholds = [
        (row.grade, row.overdue_days_from) for row in rules(date(2024, 1, 1)).grading.value
    ]
    # any overdue → 2; above 90, 270 and 360 days → 3, 4, 5
    assert thresholds == [(2, 1), (3, 91), (4, 271), (5, 361)]


def test_surcharges_lie_in_the_range_of_the_notice() -> None:
    terms = SHIPPED.contract_terms(on=date(2016, 5, 30), region=YIZHANG)
    low, high = terms.overdue_surcharge_min_bp, terms.overdue_surcharge_max_bp
    assert (low.value, terms.overdue_surcharge_bp.value, high.value) == (3_000, 5_000, 5_000)
    assert not low.default
    assert terms.overdue_surcharge_bp.default
    misused = terms.misuse_surcharge_min_bp, terms.misuse_surcharge_max_bp
    assert tuple(bound.value for bound in misused) == (5_000, 10_000)


def test_targets_of_huaihua_reach_its_counties_and_no_others() -> None:
    for region in (HUAIHUA, MAYANG):
        wanted = SHIPPED.targets(on=date(2016, 5, 29), region=region)
        assert wanted.rating_coverage_ppm is not None
        assert wanted.effective_credit_rate_ppm is not None
        assert wanted.rating_coverage_ppm.value == 1_000_000
        assert wanted.effective_credit_rate_ppm.value == 850_000
        assert wanted.rating_coverage_ppm.document == "targets-huaihua-2016"
    assert SHIPPED.targets(on=date(2016, 5, 29), region=YIZHANG).effective_credit_rate_ppm is None
    assert SHIPPED.targets(on=date(2016, 5, 29), region=QINGYANG).rating_coverage_ppm is None


def keep_p0(folder: Path) -> Rulebook:
    """A county of Yunnan that keeps P0 from 2014 on, to the end of 2016."""
    (folder / "policies" / "menghai.toml").write_text(
        """
[document]
id = "menghai"
kind = "local"
title_zh = "勐海县扶贫到户贷款贴息"
title_en = "Menghai keeps the old subsidy"
effective_on = { value = 2014-12-01, default = true }
lapses_on = { value = 2017-01-01, clause = "执行到2016年底" }
region = "532822000000"
region_zh = "云南省勐海县"
keeps = "P0"
""",
        encoding="utf-8",
    )
    return policy.load(folder / "policies", folder / "rates")


def test_p1_replaces_p0_except_where_a_local_document_keeps_it(folder: Path) -> None:
    book = keep_p0(folder)
    menghai = "532822101000"
    assert book.base(on=date(2014, 12, 1), region=menghai).id == "P0"
    assert ids(book, date(2016, 12, 31), menghai) >= {"P0", "menghai"}
    assert "P1" not in ids(book, date(2016, 12, 31), menghai)
    assert book.base(on=date(2017, 1, 1), region=menghai).id == "P1"
    assert book.base(on=date(2014, 12, 1), region="532800000000").id == "P1"
    assert book.base(on=date(2014, 12, 1), region=YIZHANG).id == "P1"


def local_bearers(folder: Path, rows: str, since: date, programme: str) -> Rulebook:
    """The county of Yizhang says who bears interest."""
    (folder / "policies" / "yizhang.toml").write_text(
        f"""
[document]
id = "yizhang"
kind = "local"
title_zh = "宜章县贴息办法"
title_en = "Yizhang's own subsidy"
effective_on = {{ value = {since}, default = true }}
region = "431022000000"
region_zh = "湖南省宜章县"
implements = "{programme}"

[contract.interest_bearers]
value = [{rows}]
default = true
""",
        encoding="utf-8",
    )
    return policy.load(folder / "policies", folder / "rates")


def test_a_row_may_say_a_rate_of_its_own_and_a_reference(folder: Path) -> None:
    book = local_bearers(
        folder,
        '{ bearer = "treasury", share = "100", rate = "3", rate_cap = "benchmark",'
        ' route = "household" }',
        date(2018, 1, 1),
        "P2",
    )
    terms = book.contract_terms(on=date(2018, 3, 1), region=YIZHANG)
    (row,) = terms.interest_bearers.value
    assert (row.rate_ppm, row.rate_cap, row.route) == (30_000, "benchmark", "household")
    frozen = policy.freeze(terms)
    assert frozen["interest_bearers"]["value"] == [
        {
            "bearer": "treasury",
            "share": "100",
            "route": "household",
            "rate": "3.00",
            "rate_cap": "benchmark",
        }
    ]
    assert policy.thaw(policy.ContractTerms, frozen) == terms
    # since 24 October 2015: 4.35 % up to a year, 4.75 % up to three
    assert book.reference_ppm("benchmark", date(2018, 3, 1), 12, terms) == 43_500
    assert book.reference_ppm("benchmark", date(2018, 3, 1), 36, terms) == 47_500


def test_a_reference_must_be_published_for_every_band_of_terms(folder: Path) -> None:
    # P3 lends up to a year and up to three; the LPR has no rate for three years.
    rows = '{ bearer = "treasury", share = "100", rate_cap = "lpr", route = "lender" }'
    with pytest.raises(policy.PolicyContradicts, match="every band"):
        local_bearers(folder, rows, date(2019, 9, 2), "P3")


def test_terms_freeze_and_thaw_without_loss() -> None:
    for region in (YIZHANG, QINGYANG):
        for on in (first for first, _ in PROGRAMMES):
            terms = SHIPPED.contract_terms(on=on, region=region)
            assert policy.thaw(policy.ContractTerms, policy.freeze(terms)) == terms
    with pytest.raises(ValueError, match="frozen terms lack"):
        policy.thaw(policy.ContractTerms, {})


def test_the_digest_covers_content_and_nothing_else(folder: Path) -> None:
    def digest() -> str:
        return policy.load(folder / "policies", folder / "rates").digest()

    before = digest()
    assert before == SHIPPED.digest()
    path = folder / "policies" / "P2.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 一行注释\n", encoding="utf-8")
    assert digest() == before
    path.write_text(
        path.read_text(encoding="utf-8").replace("2个百分点以内", "2个百分点内"), encoding="utf-8"
    )
    changed = digest()
    assert changed != before
    rates = folder / "rates" / "lpr.toml"
    rates.write_text(rates.read_text(encoding="utf-8").replace("3.50", "3.51"), encoding="utf-8")
    assert digest() not in {before, changed}


def _live_for_ever(book: Rulebook, on: date) -> list[documents.Document]:
    return [d for d in book.documents.values() if d.start <= on]


def _first_programme(book: Rulebook, *, on: date, region: str) -> documents.Document:
    return next(d for d in book.documents.values() if d.kind == "programme" and d.runs(on))


def _everywhere(_document: documents.Document, _region: str) -> bool:
    return True


def _day_after(series: object, _day: date) -> object:
    return series.publications[-1]  # type: ignore[attr-defined]


def _blind(sourced: object, _on: date) -> object:
    return sourced


def _any_kind(book: Rulebook, *, on: date, region: str, household_kind: str) -> object:
    return book.contract_terms(on=on, region=region)


def _strongest_first(document: documents.Document) -> tuple[int, str]:
    return -documents.KINDS.index(document.kind), document.id


CLASS = "policy.rulebook.Rulebook"
PLANTED = [
    Plant(
        test_every_day_and_place_has_exactly_one_answer,
        f"{CLASS}._live",
        _live_for_ever,
        catches=(AssertionError, policy.PolicyContradicts),
    ),
    Plant(
        test_a_programme_holds_from_its_day_of_effect,
        f"{CLASS}.base",
        _first_programme,
        {"first": date(2017, 8, 17), "programme": "P2"},
    ),
    Plant(
        test_a_local_document_holds_at_its_place_alone_and_lapses_with_its_programme,
        "policy.documents.Document.covers",
        _everywhere,
    ),
    Plant(
        test_targets_of_huaihua_reach_its_counties_and_no_others,
        "policy.documents.Document.covers",
        _everywhere,
    ),
    Plant(
        test_rate_cap_is_the_last_published,
        "policy.rates.RateSeries.on",
        _day_after,
        {
            "signed_on": date(2024, 2, 19),
            "term_months": 36,
            "ppm": 42_000,
            "published_on": date(2024, 1, 22),
        },
    ),
    Plant(test_qinghua_asks_for_the_signing_day, "policy.rulebook._signed", _blind),
    Plant(test_a_kind_of_household_is_served_or_refused, f"{CLASS}.terms_for", _any_kind),
    Plant(test_who_bears_interest_at_qingyang, "policy.rulebook._strength", _strongest_first),
    Plant(
        test_who_bears_interest_at_qingyang,
        "policy.values.Bearer.covers_interest_of",
        lambda _row, _day: True,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
