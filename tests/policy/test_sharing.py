"""Sharing tables of a policy document: read strictly, shown in one line, frozen and thawed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy import PartyShare
from policy.sharing import FUND_ROWS, LOSS_ROWS, whole
from policy.values import FormBroken
from tests.planted import Plant

CONFIG = Path(__file__).resolve().parents[2] / "config"
SHIPPED = policy.load(CONFIG / "policies", CONFIG / "rates")
HUANGPING, NANAO, HENAN, YIZHANG = (
    "522622000000",
    "440523000000",
    "410000000000",
    "431022000000",
)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([], "0%"),
        ([{"party": "fund", "share": "70"}], "70%"),
        ([{"party": "fund", "share": "70"}, {"party": "bank", "share": "30.01"}], "100.01%"),
        ([{"party": "fund", "share": "50"}, {"party": "fund", "share": "50"}], "重复"),
        ([{"party": "county", "share": "100"}], "分担方只能是"),
        ([{"party": "guarantee:", "share": "100"}], "分担方只能是"),
        ([{"party": "guarantee:省农", "share": "100"}], "分担方只能是"),
        ([{"party": 1, "share": "100"}], "分担方只能是"),
        ([{"party": "bank", "share": "100", "name": "行"}], "名称"),
        ([{"party": "bank", "share": 100}], ""),
        ([{"party": "bank"}], "缺少"),
        ({"party": "bank"}, "列表"),
    ],
)
def test_a_table_that_is_none_is_refused(rows: object, word: str) -> None:
    with pytest.raises(FormBroken) as refused:
        LOSS_ROWS.read(rows)
    assert word in refused.value.zh
    assert refused.value.en


def test_levels_are_no_parties() -> None:
    with pytest.raises(FormBroken):
        FUND_ROWS.read([{"party": "bank", "share": "100"}])
    rows = FUND_ROWS.read(
        [{"party": "county", "share": "50"}, {"party": "township", "share": "50"}]
    )
    assert FUND_ROWS.show(rows) == "县级50%，乡镇50%"


def test_a_file_whose_shares_do_not_add_up_is_refused_by_key(tmp_path: Path) -> None:
    shutil.copytree(CONFIG / "policies", tmp_path / "policies")
    shutil.copytree(CONFIG / "rates", tmp_path / "rates")
    file = tmp_path / "policies" / "huangping.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('{ party = "bank", share = "30" }', '{ party = "bank", share = "29" }'),
        encoding="utf-8",
    )
    with pytest.raises(policy.PolicyFileInvalid) as refused:
        policy.load(tmp_path / "policies", tmp_path / "rates")
    assert refused.value.facts["key"] == "contract.loss_sharing.value"
    assert "99%" in str(refused.value.facts["rule_zh"])


def test_what_ships_is_what_the_sources_say() -> None:
    guizhou = SHIPPED.contract_terms(on=date(2016, 5, 30), region=HUANGPING)
    assert guizhou.loss_sharing is not None
    assert guizhou.fund_sharing is not None
    assert [(row.party, row.share_bp) for row in guizhou.loss_sharing.value] == [
        ("fund", 7_000),
        ("bank", 3_000),
    ]
    assert LOSS_ROWS.show(guizhou.loss_sharing.value) == "风险补偿金70%，贷款机构30%"
    assert FUND_ROWS.show(guizhou.fund_sharing.value) == "县级50%，乡镇30%，村20%"
    conduct = SHIPPED.conduct(on=date(2016, 5, 30), region=HUANGPING)
    # 3 %, a month, five working days
    assert conduct.fuse_bad_ratio_ppm.value == 30_000
    assert conduct.claim_trigger_overdue_days.value == 30
    assert conduct.recovery_return_working_days.value == 5
    nanao = SHIPPED.contract_terms(on=date(2025, 9, 1), region=NANAO)
    assert nanao.loss_sharing is not None
    assert [row.share_bp for row in nanao.loss_sharing.value] == [8_000, 2_000]
    assert SHIPPED.conduct(on=date(2025, 9, 1), region=NANAO).claim_trigger_overdue_days.value == 90
    henan = SHIPPED.contract_terms(on=date(2018, 1, 1), region=HENAN)
    assert henan.loss_sharing is not None
    assert LOSS_ROWS.show(henan.loss_sharing.value) == (
        "省农信担保40%，省中小企业担保集团20%，风险补偿金30%，贷款机构10%"
    )
    assert henan.cover_fund_share_bp.value == 3_000


def test_where_no_table_is_named_there_is_none() -> None:
    for on in (date(2016, 5, 30), date(2022, 1, 1)):
        terms = SHIPPED.contract_terms(on=on, region=YIZHANG)
        assert (terms.loss_sharing, terms.fund_sharing) == (None, None)
        conduct = SHIPPED.conduct(on=on, region=YIZHANG)
        assert conduct.fuse_scopes.value == ("bank", "township")
        assert conduct.cover_when_full.value == "stop"
        assert conduct.fuse_lift_days.value == 90
        assert conduct.cover_when_full.default


def test_contracts_keep_their_table() -> None:
    terms = SHIPPED.contract_terms(on=date(2018, 1, 1), region=HENAN)
    assert policy.thaw(policy.ContractTerms, policy.freeze(terms)) == terms


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=6))
def test_only_the_whole_is_a_table(shares: list[int]) -> None:
    rows = tuple(PartyShare(f"guarantee:{nr}", bp) for nr, bp in enumerate(shares))
    if sum(shares) == 10_000:
        assert LOSS_ROWS.read(LOSS_ROWS.plain(whole(rows))) == rows
        return
    with pytest.raises(FormBroken):
        whole(rows)


PLANTED = [
    Plant(
        test_a_file_whose_shares_do_not_add_up_is_refused_by_key,
        "policy.sharing.whole",
        lambda rows: rows,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, tmp_path: Path) -> None:
    plant.prove(tmp_path=tmp_path)
