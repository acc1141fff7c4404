"""Reading is strict: what breaks the form is refused with file, key and rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy import values
from tests.planted import Plant


def load(folder: Path) -> policy.Rulebook:
    return policy.load(folder / "policies", folder / "rates")


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("P2.toml", "[contract.term_max_months]", "[contract.term_max]", "contract.term_max"),
        ("P2.toml", "[conduct.npl_tolerance_bp]", "[rules.npl]", "rules"),
        ("P2.toml", 'number = "', 'nummer = "', "document.nummer"),
        ("P2.toml", 'clause = "基准利率放贷"', "", "contract.rate_reference"),
        ("P2.toml", 'clause = "基准利率放贷"', 'clause = ""', "contract.rate_reference"),
        ("P2.toml", 'clause = "基准利率放贷"', "default = false", "contract.rate_reference"),
        (
            "P2.toml", 'clause = "基准利率放贷"',
            'default = "yes"', "contract.rate_reference.default",
        ),
        ("P2.toml", 'value = "50000.00"', "value = 50000.0", "contract.amount_max_fen.value"),
        ("P2.toml", 'value = "50000.00"', 'value = "50000.001"', "contract.amount_max_fen.value"),
        ("P2.toml", "value = 36", 'value = "36"', "contract.term_max_months.value"),
        ("P2.toml", "value = 36", "value = true", "contract.term_max_months.value"),
        ("P2.toml", "value = 36", "value = -1", "contract.term_max_months.value"),
        ("P2.toml", '"benchmark"', '"shibor"', "contract.rate_reference.value"),
        (
            "P2.toml", '"registered", "lifted"',
            '"registered", "registered"', "contract.household_kinds.value",
        ),
        (
            "P2.toml", '"registered", "lifted"',
            '"registered", "rich"', "contract.household_kinds.value",
        ),
        (
            "P2.toml", 'route = "lender" }',
            'route = "lender", colour = 1 }', "contract.interest_bearers.value",
        ),
        ("P2.toml", 'route = "lender" }', 'route = "post" }', "contract.interest_bearers.value"),
        *(
            ("P2.toml", 'route = "lender" }', wrong, "contract.interest_bearers.value")
            for wrong in (
                'route = "lender", rate = 3 }',
                'route = "lender", rate = "101" }',
                'route = "lender", rate_cap = "none" }',
                # one contract's shares all go one way
                'route = "lender" },\n  { bearer = "treasury", share = "0", route = "household" }',
            )
        ),
        ("P2.toml", 'share = "100"', 'share = "101"', "contract.interest_bearers.value"),
        ("P2.toml", "up_to_months = 36", "up_to_months = 12", "contract.rate_bands.value"),
        ("P4.toml", 'force = "in_principle"', 'force = "perhaps"', "contract.age_min_years.force"),
        ("P2.toml", "value = 2017-08-17", 'value = "soon"', "document.effective_on.value"),
        ("P2.toml", 'kind = "programme"', 'kind = "law"', "document.kind"),
        ("P2.toml", 'kind = "programme"', 'kind = "note"', "contract"),
        ("P2.toml", 'kind = "programme"', 'kind = "supplement"', "document.implements"),
        ("P2.toml", 'replaces = ["P1"]', 'replaces = ["P7"]', "document.replaces"),
        ("P2.toml", 'replaces = ["P1"]', 'replaces = ["P3"]', "document.replaces"),
        ("P2.toml", 'id = "P2"', 'id = "P1"', "document.id"),
        ("P2.toml", 'id = "P2"', 'id = ""', "document.id"),
        ("P3b.toml", 'implements = "P3"', 'implements = "P9"', "document.implements"),
        ("P3b-deferral.toml", "value = 2021-04-01", "value = 2020-07-03", "document.lapses_on"),
        ("qingyang-2024.toml", '"341723000000"', '"341723"', "document.region"),
        ("qingyang-2024.toml", 'region = "341723000000"\n', "", "document.region"),
        ("qingyang-2024.toml", 'kind = "local"', 'kind = "general"', "document.region"),
        (
            "qingyang-2024.toml", "arises_from = 2024-01-01",
            "arises_from = 2023-12-31", "contract.interest_bearers.value",
        ),
        (
            "qingyang-2024.toml", "arises_to = 2026-01-01",
            "arises_to = 2024-01-01", "contract.interest_bearers.value",
        ),
        (
            "targets-huaihua-2016.toml", '"0.8500"',
            '"0.85"', "targets.effective_credit_rate_ppm.value",
        ),
        ("targets-huaihua-2016.toml", '"1.0000"', '"1.0001"', "targets.rating_coverage_ppm.value"),
        (
            "04-grading-2023.toml", "overdue_days_from = 271",
            "overdue_days_from = 91", "conduct.grading.value",
        ),
        ("04-grading-2023.toml", "grade = 4", "grade = 5", "conduct.grading.value"),
        ("P2.toml", "[document]", "[document", ""),
    ],
)  # fmt: skip
def test_a_broken_document_is_refused_by_file_and_key(
    folder: Path, name: str, old: str, new: str, key: str
) -> None:
    spoil(folder, f"policies/{name}", old, new)
    with pytest.raises(policy.PolicyFileInvalid) as refused:
        load(folder)
    # Where two files clash, the one read last is named.
    assert refused.value.facts["file"] == name
    assert refused.value.facts["key"] == key
    assert refused.value.facts["rule_zh"]
    assert refused.value.facts["rule_en"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"1y" = "4.25"', '"1y" = 4.25'),
        ('"1y" = "4.25"', '"1y" = "425"'),
        ('"1y" = "4.25"', '"1 year" = "4.25"'),
        ("on = 2019-08-20", "on = 2019-09-20"),
        ('clause = "GH-LPR"', ""),
        ('id = "lpr"', 'id = "shibor"'),
        ("[series]", "[row]"),
    ],
)
def test_a_broken_rate_table_is_refused(folder: Path, old: str, new: str) -> None:
    spoil(folder, "rates/lpr.toml", old, new)
    with pytest.raises(policy.PolicyFileInvalid) as refused:
        load(folder)
    assert refused.value.facts["file"] == "lpr.toml"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        # a second programme in force, and none at all for a parameter
        ("P2.toml", 'replaces = ["P1"]', "replaces = []"),
        ("00-trade.toml", "[contract.day_count]", "[conduct.loan_notice]"),
        ("04-grading-2023.toml", 'replaces = ["grading-2004"]', "replaces = []"),
        ("02-penalty-2003.toml", 'value = "50"\nclause', 'value = "29"\nclause'),
        ("P4.toml", 'value = "100000.00"', 'value = "40000.00"'),
    ],
)
def test_documents_that_contradict_each_other_are_refused(
    folder: Path, name: str, old: str, new: str
) -> None:
    if "day_count" in old:
        text = (folder / "policies" / name).read_text(encoding="utf-8")
        start = text.index(old)
        end = text.index("[contract.settle_on_day]")
        (folder / "policies" / name).write_text(text[:start] + text[end:], encoding="utf-8")
    else:
        spoil(folder, f"policies/{name}", old, new)
    with pytest.raises(policy.PolicyContradicts):
        load(folder)


def test_a_missing_rate_series_is_refused(folder: Path) -> None:
    (folder / "rates" / "lpr.toml").unlink()
    with pytest.raises(policy.PolicyContradicts):
        load(folder)


def test_a_local_document_may_not_end_a_national_one(folder: Path) -> None:
    spoil(
        folder,
        "policies/qingyang-2024.toml",
        'implements = "P4"',
        'implements = "P4"\nreplaces = ["P3"]',
    )
    with pytest.raises(policy.PolicyFileInvalid) as refused:
        load(folder)
    assert refused.value.facts["key"] == "document.replaces"


def test_two_documents_of_one_rank_place_and_day_contradict(folder: Path) -> None:
    """A twin of 青阳's leaflet gives the same parameter on the same day."""
    source = (folder / "policies" / "qingyang-2024.toml").read_text(encoding="utf-8")
    (folder / "policies" / "twin.toml").write_text(
        source.replace('id = "qingyang-2024"', 'id = "twin"'), encoding="utf-8"
    )
    with pytest.raises(policy.PolicyContradicts):
        load(folder)


@given(st.integers(0, 10_000))
def test_ratios_are_read_back(ten_thousandths: int) -> None:
    text = f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"
    assert values.RATIO.read(text) == ten_thousandths * 100
    assert values.RATIO.plain(values.RATIO.read(text)) == text


@given(
    st.lists(
        st.builds(
            values.Bearer,
            bearer=st.sampled_from(("treasury", "enterprise")),
            share_bp=st.integers(0, 5_000),
            principal_cap_fen=st.none() | st.integers(0, 10_000_000),
            route=st.just("lender"),
            rate_ppm=st.none() | st.integers(0, 10_000).map(lambda bp: bp * 100),
            rate_cap=st.none() | st.sampled_from(("benchmark", "lpr")),
            arises_from=st.none() | st.dates(date(2015, 1, 1), date(2019, 12, 31)),
            arises_to=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        ),
        max_size=2,
    ),
    st.sampled_from(("lender", "household", "enterprise")),
)
def test_bearers_are_read_back(rows: list[values.Bearer], route: str) -> None:
    rows = [replace(row, route=route) for row in rows]
    plain = values.BEARER_ROWS.plain(tuple(rows))
    assert values.BEARER_ROWS.read(plain) == tuple(rows)


def _no_check(_rulebook: policy.Rulebook) -> None:
    return None


def _arguments(folder: Path) -> dict[str, object]:
    return {
        "folder": folder,
        "name": "P2.toml",
        "old": 'replaces = ["P1"]',
        "new": "replaces = []",
    }


def test_without_the_check_a_contradiction_would_pass(folder: Path) -> None:
    """The planted bug of the two tests above: ``check`` taken out."""
    Plant(
        test_documents_that_contradict_each_other_are_refused,
        "policy.rulebook.check",
        _no_check,
        _arguments(folder),
    ).prove()


@pytest.mark.parametrize(
    ("target", "bug", "name", "old", "new", "key"),
    [
        (
            "policy.values.pairwise",
            lambda _days: (),
            "04-grading-2023.toml",
            "overdue_days_from = 271",
            "overdue_days_from = 91",
            "conduct.grading.value",
        ),
        (
            "policy.values._share_on",
            lambda _row, _signed, _day: 0,
            "qingyang-2024.toml",
            "arises_from = 2024-01-01",
            "arises_from = 2023-12-31",
            "contract.interest_bearers.value",
        ),
        (
            "policy.rulebook._check_names",
            lambda _document, _documents: None,
            "P2.toml",
            'replaces = ["P1"]',
            'replaces = ["P3"]',
            "document.replaces",
        ),
    ],
)
def test_each_guard_has_been_seen_to_fail(
    folder: Path, target: str, bug: object, name: str, old: str, new: str, key: str
) -> None:
    Plant(
        test_a_broken_document_is_refused_by_file_and_key,
        target,
        bug,
        {"folder": folder, "name": name, "old": old, "new": new, "key": key},
        catches=(AssertionError, pytest.fail.Exception, policy.PolicyContradicts, KeyError),
    ).prove()
