"""The scope rule over every shipped code, names that differ at the end, merged villages."""

from __future__ import annotations

import csv
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import pytest

from kernel import regions
from kernel.refusals import BadValue, Refusal
from kernel.regions import (
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    Area,
    BadRegionTable,
    BadScope,
    RegionTree,
    UnknownRegion,
    spell_out,
)

FOLDER = Path(__file__).parents[2] / "config" / "regions"
YIZHANG = "431022000000"


@pytest.fixture(scope="module")
def tree() -> RegionTree:
    return RegionTree.load(FOLDER / "hunan.csv", FOLDER / "predecessors.csv")


def test_the_whole_list_ships(tree: RegionTree) -> None:
    assert len(tree) == 31_691
    assert [tree.get(c).name for c in ("430000000000", YIZHANG)] == ["湖南省", "宜章县"]
    # Yizhang's real townships, as the demo county uses them
    assert len(tree.children(YIZHANG)) == 19


def leaking_codes(tree: RegionTree) -> set[str]:
    """Walk all codes: those whose scope holds other codes than the list puts inside them."""
    ordered = sorted(region.code for region in tree)
    inside: dict[str, set[str]] = {}
    for region in tree:
        for holder in (region, *tree.ancestors(region.code)):
            inside.setdefault(holder.code, set()).add(region.code)
    leaking = set()
    for code in ordered:
        digits = regions.scope_digits(code)
        held = ordered[bisect_left(ordered, digits) : bisect_left(ordered, digits + ":")]
        if set(held) != inside[code]:
            leaking.add(code)
    return leaking


def test_every_code_lies_in_its_ancestors_scopes_and_in_no_siblings(tree: RegionTree) -> None:
    assert leaking_codes(tree) == set()
    for region in tree:
        assert regions.level(region.code) == region.level
        assert regions.within(region.code, regions.scope_digits(region.code))
        for ancestor in tree.ancestors(region.code):
            assert regions.within(region.code, regions.scope_digits(ancestor.code))
            assert not regions.within(ancestor.code, regions.scope_digits(region.code))


def test_siblings_are_outside_each_others_scope_in_sql_too(tree: RegionTree) -> None:
    for parent in tree:
        children = tree.children(parent.code)
        ranges = [regions.code_range(regions.scope_digits(child.code)) for child in children]
        # sorted half-open ranges that do not overlap: no sibling's code is in another's range
        for (_low, high), (low, _high) in pairwise(ranges):
            assert high <= low
        for child, (low, high) in zip(children, ranges, strict=True):
            assert low <= child.code < high


def test_cutting_zeros_instead_would_leak(
    tree: RegionTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: 2 463 of the codes would hold a neighbour's rows."""
    monkeypatch.setattr(regions, "scope_digits", lambda code: code.rstrip("0"))
    leaking = leaking_codes(tree)
    assert len(leaking) == 2_463
    with pytest.raises(BadScope):
        regions.within("431230000000", "43123")


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("430000000000", "43"),
        ("431000000000", "4310"),
        ("431230000000", "431230"),
        ("430102010000", "430102010"),
        ("431022101200", "431022101200"),
    ],
)
def test_scope_is_by_level_never_by_zeros(code: str, digits: str) -> None:
    assert regions.scope_digits(code) == digits


@pytest.mark.parametrize(
    "code",
    ["", "43102210120", "4310221012001", "４３１０２２１０１２００", "a31022101200", "0" * 12],
)
def test_malformed_codes_are_refused(code: str) -> None:
    with pytest.raises(BadValue):
        regions.level(code)


@pytest.mark.parametrize("digits", ["", "4", "43102", "43102210", "4310221012", "43102a"])
def test_digits_that_are_no_scope_are_refused(digits: str) -> None:
    with pytest.raises(BadScope):
        regions.within("431022101200", digits)


def test_unknown_regions_are_refused_by_name(tree: RegionTree) -> None:
    with pytest.raises(UnknownRegion) as caught:
        tree.get("341723000000", field="village_code")
    assert caught.value.field == "village_code"


def test_a_village_is_found_by_name_whatever_its_ending(tree: RegionTree) -> None:
    for name in ("高龙桥村", "高龙桥", "高龙桥村委会", " 高龙桥 村 "):
        found = tree.village("白石渡镇", name, YIZHANG)
        assert found is not None
        assert found.code == "431022101202"
    assert tree.village("白石渡镇", "无此村", YIZHANG) is None
    assert tree.village("无此镇", "高龙桥村", YIZHANG) is None


def test_two_villages_that_differ_in_their_ending_are_told_apart(tree: RegionTree) -> None:
    # 杨梅山镇 has 高枧社区 and, if it had 高枧村 too, the full name would decide.
    twins = [
        region
        for region in tree
        if region.level == VILLAGE
        and len(_same(tree, region.parent, regions.bare_name(region.name))) > 1
    ]
    assert twins
    for twin in twins[:50]:
        township = tree.get(twin.parent)
        county = tree.get(township.parent)
        assert county.level == COUNTY
        assert tree.village(township.name, twin.name, county.code) == twin


def _same(tree: RegionTree, parent: str, bare: str) -> list[str]:
    return [r.code for r in tree.children(parent) if regions.bare_name(r.name) == bare]


def test_an_unknown_village_gets_candidates_predecessors_first(
    tree: RegionTree, tmp_path: Path
) -> None:
    table = tmp_path / "old.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["old_code", "old_township", "old_name", "merged_on", "successor_code", "source"]
        )
        writer.writerow(["", "白石渡镇", "旧塘村", "2016-01-01", "431022101203", "测试批复1号"])
    merged = RegionTree.load(FOLDER / "hunan.csv", table)
    first, *others = merged.candidates("白石渡镇", "旧塘", YIZHANG)
    assert (first.region.code, first.why, first.source) == (
        "431022101203",
        "predecessor",
        "测试批复1号",
    )
    assert all(candidate.why == "similar" for candidate in others)
    alike = tree.candidates("白石渡镇", "高桥村", YIZHANG)
    assert alike[0].region.name == "高龙桥村"


def test_a_predecessor_with_an_unknown_successor_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "old.csv"
    table.write_text(
        "old_code,old_township,old_name,merged_on,successor_code,source\n,,旧村,,999999999999,\n",
        encoding="utf-8",
    )
    with pytest.raises(BadRegionTable):
        RegionTree.load(FOLDER / "hunan.csv", table)


def test_full_names_start_below_the_prefecture(tree: RegionTree) -> None:
    assert tree.full_name("431022101202") == "宜章县白石渡镇高龙桥村"
    assert tree.full_name("431022101202", below=COUNTY) == "白石渡镇高龙桥村"


@pytest.mark.parametrize(
    ("digits", "name"),
    [
        ("431022101", "宜章县白石渡镇"),
        ("431022101202", "宜章县白石渡镇高龙桥村"),
        ("431022", "宜章县"),
        # What lies above a county has its own name alone.
        ("43", "湖南省"),
        # No such township: its digits.
        ("431022999", "地区431022999"),
    ],
)
def test_a_refusal_says_the_name_of_an_area(tree: RegionTree, digits: str, name: str) -> None:
    refusal = BadScope(scope=Area(digits))
    assert f"“地区{digits}”" in refusal.message("zh")
    assert f"“{name}”" in spell_out(refusal, lambda: tree).message("zh")
    assert {region.level for region in tree.inside(YIZHANG, TOWNSHIP)} == {TOWNSHIP}


def test_refusals_speak_both_languages() -> None:
    for rule in (UnknownRegion, BadScope, BadRegionTable):
        assert issubclass(rule, Refusal)
        assert rule.zh
        assert rule.en
