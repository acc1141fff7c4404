"""Rating schemes: points by band, grades and lines at their cut-offs, strict files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.refusals import AnswerInvalid, AnswersIncomplete, SchemeInvalid
from credit.scheme import Grade, Item, Scheme, show_points
from credit.scheme_file import load_scheme, load_schemes, recorded_scheme
from tests.credit.conftest import BEST, GOOD, POOR, RATINGS, SCHEMES
from tests.planted import Plant

THREE = SCHEMES["hunan-433"]
FOUR = SCHEMES["hunan-433-four-grades"]


@pytest.mark.parametrize(
    ("score_x10", "name", "line_fen"),
    [
        (0, "不予授信", 0),
        (699, "不予授信", 0),
        (700, "一般", 1_000_000),
        (799, "一般", 1_000_000),
        (800, "较好", 3_000_000),
        (899, "较好", 3_000_000),
        (900, "优秀", 5_000_000),
        (1_000, "优秀", 5_000_000),
    ],
)
def test_433_gives_lines_at_70_80_90(score_x10: int, name: str, line_fen: int) -> None:
    grade = THREE.grade_of(score_x10)
    assert (grade.name, grade.line_fen) == (name, line_fen)


@pytest.mark.parametrize(
    ("score_x10", "line_fen"),
    [
        (699, 0),
        (700, 1_000_000),
        (774, 1_000_000),
        (775, 2_000_000),
        (849, 2_000_000),
        (850, 3_000_000),
        (924, 3_000_000),
        (925, 5_000_000),
        (1_000, 5_000_000),
    ],
)
def test_the_other_reading_gives_lines_at_70_77_5_85_92_5(score_x10: int, line_fen: int) -> None:
    assert FOUR.grade_of(score_x10).line_fen == line_fen


@pytest.mark.parametrize("scheme", [THREE, FOUR], ids=lambda one: one.id)
def test_weights_are_40_30_30(scheme: Scheme) -> None:
    assert [weight for _, weight in scheme.groups.values()] == [400, 300, 300]
    assert scheme.pass_x10 == 700


@pytest.mark.parametrize(
    ("answers", "score_x10", "line_three", "line_four"),
    [
        (GOOD, 830, 3_000_000, 2_000_000),
        (BEST, 1_000, 5_000_000, 5_000_000),
        (POOR, 410, 0, 0),
        # 25 + 10 + 26 + 16 = 77
        (GOOD | {"income_per_head": "1999.99"}, 770, 1_000_000, 1_000_000),
        # 15 + 10 + 26 + 22 = 73
        (GOOD | {"reputation": "一般"}, 730, 1_000_000, 1_000_000),
        # 30 + 10 + 30 + 22 = 92
        (BEST | {"income_per_head": "2799.99"}, 920, 5_000_000, 3_000_000),
    ],
)
def test_assessments(
    answers: dict[str, str], score_x10: int, line_three: int, line_four: int
) -> None:
    assert THREE.assess(answers).score_x10 == score_x10
    assert THREE.assess(answers).line_fen == line_three
    assert FOUR.assess(answers).line_fen == line_four


@pytest.mark.parametrize(
    ("labourers", "points_x10"), [("0", 0), ("1", 110), ("2", 260), ("3", 300), ("9", 300)]
)
def test_labour_bands(labourers: str, points_x10: int) -> None:
    scores = {one.item: one for one in THREE.assess(GOOD | {"labourers": labourers}).items}
    assert scores["labourers"].points_x10 == points_x10


def test_a_rating_explains_itself_item_by_item() -> None:
    one = THREE.assess(GOOD | {"income_per_head": "2500"})
    told = [(item.title_zh, item.answer, item.band, item.points_x10) for item in one.items]
    assert told == [
        ("综合评价", "较好", "较好", 250),
        ("履约情况", "正常", "正常", 100),
        ("劳动力人数", "2", "2人（含）以上，3人以下", 260),
        ("人均纯收入", "2500.00", "2000.00元（含）以上，2800.00元以下", 220),
    ]
    assert sum(item.points_x10 for item in one.items) == one.score_x10
    assert all(item.clause or item.default for item in one.items)


_CHOICE = {
    item.id: [band.choice for band in item.bands] for item in THREE.items if item.kind == "choice"
}
ANSWERS = st.fixed_dictionaries(
    {
        "reputation": st.sampled_from(_CHOICE["reputation"]),
        "performance": st.sampled_from(_CHOICE["performance"]),
        "labourers": st.integers(0, 20).map(str),
        "income_per_head": st.integers(0, 2_000_000).map(
            lambda fen: f"{fen // 100}.{fen % 100:02d}"
        ),
    }
)


@given(ANSWERS, st.sampled_from([THREE, FOUR]))
def test_points_add_up_within_the_weights(answers: dict[str, str], scheme: Scheme) -> None:
    one = scheme.assess(answers)
    for name, (_, weight) in scheme.groups.items():
        assert 0 <= sum(i.points_x10 for i in one.items if i.group == name) <= weight
    assert one.score_x10 == sum(item.points_x10 for item in one.items)
    assert (one.line_fen > 0) is (one.score_x10 >= 700)
    # assessing the kept answers again gives the same
    assert scheme.assess(one.answers) == one


@given(ANSWERS)
def test_more_is_never_less(answers: dict[str, str]) -> None:
    more = answers | {"labourers": str(int(answers["labourers"]) + 1)}
    assert THREE.assess(more).score_x10 >= THREE.assess(answers).score_x10


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("reputation", ""),
        ("reputation", "好"),
        ("labourers", "-1"),
        ("labourers", "2.0"),
        ("labourers", "２"),
        ("labourers", "100"),
        ("labourers", ""),
        ("income_per_head", "-5"),
        ("income_per_head", "2500.001"),
        ("income_per_head", "2.5e3"),
        ("income_per_head", "两千"),
    ],
)
def test_a_wrong_answer_is_refused_by_item(item: str, answer: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        THREE.assess(GOOD | {item: answer})
    assert refused.value.field == item


def test_answers_must_be_those_of_the_scheme() -> None:
    with pytest.raises(AnswersIncomplete, match="履约情况"):
        THREE.assess({key: value for key, value in GOOD.items() if key != "performance"})
    with pytest.raises(AnswersIncomplete, match="colour"):
        THREE.assess(GOOD | {"colour": "red"})


@pytest.mark.parametrize("scheme", [THREE, FOUR], ids=lambda one: one.id)
def test_a_recorded_scheme_is_the_same_scheme(scheme: Scheme) -> None:
    again = recorded_scheme(scheme.content())
    assert again == scheme
    assert again.digest() == scheme.digest()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('weight = "40"', 'weight = "41"', "item"),
        ('points = "25"', 'points = "35"', "item"),
        ('points = "25"', "points = 25", "item.reputation"),
        ('points = "25"', 'points = "25.55"', "item.reputation"),
        ('choice = "较好"', 'choice = "优秀"', "item.reputation"),
        ('kind = "count"', 'kind = "guess"', "item.labourers"),
        ('from = "2", points', 'from = "1", points', "item.labourers"),
        ('from = "0", points', 'from = "1", points', "item.labourers"),
        ('id = "performance"', 'id = "reputation"', "item"),
        ('line = "30000.00"', 'line = "9000.00"', "grade"),
        ('line = "30000.00"', "line = 30000", "grade"),
        ('from = "80"', 'from = "90"', "grade"),
        ('from = "0"\nline', 'from = "10"\nline', "grade"),
        ('clause = "70分以下不授信（C）"', "", "grade"),
        ("version = 1", "version = 0", "scheme.version"),
        ("version = 1", "versions = 1", "scheme"),
        ("[scheme]", "[scheme", ""),
    ],
)
def test_a_broken_scheme_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    text = (RATINGS / "hunan-433.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "broken.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemeInvalid) as refused:
        load_scheme(path)
    assert (refused.value.facts["file"], refused.value.facts["key"]) == ("broken.toml", key)


def test_two_files_may_not_name_one_scheme(tmp_path: Path) -> None:
    text = (RATINGS / "hunan-433.toml").read_text(encoding="utf-8")
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SchemeInvalid):
        load_schemes(tmp_path)


@pytest.mark.parametrize(("points_x10", "text"), [(775, "77.5"), (800, "80"), (5, "0.5")])
def test_points_are_shown_as_people_write_them(points_x10: int, text: str) -> None:
    assert show_points(points_x10) == text


def _above(scheme: Scheme, score_x10: int) -> Grade:
    return [grade for grade in scheme.grades if grade.from_x10 < score_x10 or not grade.from_x10][
        -1
    ]


def _first_band(item: Item, _answer: str) -> object:
    return item.bands[0]


PLANTED = [
    Plant(
        test_433_gives_lines_at_70_80_90,
        "credit.scheme.Scheme.grade_of",
        _above,
        {"score_x10": 700, "name": "一般", "line_fen": 1_000_000},
    ),
    Plant(
        test_labour_bands,
        "credit.scheme.Item.band",
        _first_band,
        {"labourers": "2", "points_x10": 260},
    ),
    Plant(test_points_add_up_within_the_weights, "credit.scheme.Scheme.grade_of", _above),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
