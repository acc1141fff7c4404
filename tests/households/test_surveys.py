"""The dated rules: surveys, procedures and poverty lines as files, and what a survey comes to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households import identification
from households.identification import lines_file, procedure_file, survey_file
from households.identification.files import invalid
from households.identification.refusals import (
    AnswerNotOfItsKind,
    NoPovertyLine,
    NoSurvey,
    ProcedureFileInvalid,
    StepAheadOfTheBooks,
)
from households.models import Status, SurveyAnswer
from kernel.refusals import Refusal
from office.refusals import NotEntitled
from policy.files import read_toml
from tests.households.county import CLERK, HARD, OFFICE, TODAY, Office

CONFIG = Path(__file__).parents[2] / "config"
SURVEY = read_toml(CONFIG / "surveys" / "six-areas-2014.toml", invalid)
PROCEDURE = read_toml(CONFIG / "procedures" / "identify-2014.toml", invalid)
WATCHING = read_toml(CONFIG / "procedures" / "monitor-2021.toml", invalid)
LINES = read_toml(CONFIG / "lines" / "poverty-lines.toml", invalid)

Change = Callable[[Any], object]


def require_good_then_bad(
    parse: Callable[[str, object], object], whole: dict[str, object], change: Change
) -> None:
    """A file is read as it stands, and refused once it is changed."""
    broken = copy.deepcopy(whole)
    parse("good.toml", broken)
    change(broken)
    with pytest.raises(ProcedureFileInvalid):
        parse("bad.toml", broken)


def test_answers_come_to_points_by_area(office: Office) -> None:
    asked = office.surveys.at("six-areas", date(2016, 3, 1))
    results = {r.area.code: r for r in asked.judge(HARD, 295_200)}
    # 35 + 4; 8 + 10; 5 + 0; 10; 5 + 3; 0 + 3
    assert {code: r.points for code, r in results.items()} == {
        "income": 39, "education": 18, "health": 5, "housing": 10, "assets": 8, "surroundings": 3,
    }  # fmt: skip
    # 35 + 10; 8 + 10; 8 + 12; 15; 5 + 3; 5 + 3
    assert {code: r.most for code, r in results.items()} == {
        "income": 45, "education": 18, "health": 20, "housing": 15, "assets": 8, "surroundings": 8,
    }  # fmt: skip
    assert [code for code, r in results.items() if r.hardship] == [
        "income", "education", "housing", "assets",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "points"),
    [
        # the line of 2016 is 2952.00: below it, on it, under 5000 and on it
        ("net_income_per_person", "2951.99", 35),
        ("net_income_per_person", "2952.00", 15),
        ("net_income_per_person", "4999.99", 15),
        ("net_income_per_person", "5000.00", 0),
        ("workers", 0, 10),
        ("workers", 1, 4),
        ("workers", 2, 0),
        ("pupils", 3, 8),
        ("pupils", 1, 4),
        ("pupils", 0, 0),
        ("dropped_out", True, 10),
        ("dropped_out", False, 0),
        ("durable_goods", True, 0),
        ("house", "d", 15),
    ],
)
def test_one_answer(office: Office, question: str, answer: object, points: int) -> None:
    asked = office.surveys.at("six-areas", date(2016, 3, 1))
    (one,) = [q for q in asked.questions if q.code == question]
    assert one.points(answer, 295_200) == points


@pytest.mark.parametrize(
    "changes",
    [
        {"house": "e"}, {"workers": "1"}, {"workers": True}, {"workers": -1}, {"workers": 100},
        {"dropped_out": 1}, {"savings": "1.234"}, {"savings": "-1.00"}, {"cars": True},
    ],
)  # fmt: skip
def test_answers_that_a_question_does_not_take(office: Office, changes: dict[str, object]) -> None:
    asked = office.surveys.at("six-areas", date(2016, 3, 1))
    with pytest.raises(AnswerNotOfItsKind):
        asked.judge(HARD | changes, 295_200)
    with pytest.raises(AnswerNotOfItsKind):
        asked.judge({key: value for key, value in HARD.items() if key != "road"}, 295_200)


def test_a_survey_is_recorded_for_the_open_case(office: Office) -> None:
    office.found(None, Status.REGISTERED)
    office.open("identify", 1)
    office.survey(1)
    office.survey(2)
    with office.books.read() as session:
        rows = session.query(SurveyAnswer).order_by(SurveyAnswer.id).all()
    assert [(row.case_id is None, row.points, row.version) for row in rows] == [
        (False, 83, date(2014, 4, 2)), (True, 83, date(2014, 4, 2)),
    ]  # fmt: skip
    assert '"income":[39,45,true]' in rows[0].areas
    with pytest.raises(NotEntitled):
        office.survey(1, by=OFFICE)
    told: dict[str, Any] = {
        "number": office.numbers(1)[0],
        "answers": HARD,
        "on": TODAY,
        "by": CLERK,
    }
    refused: tuple[tuple[dict[str, Any], type[Refusal]], ...] = (
        ({"survey": "six-areas", "surveyed_on": date(2016, 12, 31)}, StepAheadOfTheBooks),
        ({"survey": "seven-areas"}, NoSurvey),
        ({"survey": "six-areas", "surveyed_on": date(2014, 4, 1)}, NoSurvey),
    )
    for more, rule in refused:
        with pytest.raises(rule), office.books.write("x", by=CLERK) as session:
            identification.record_survey(
                session,
                office.surveys,
                office.lines,
                **told,
                **more,
            )


def test_the_line_of_a_year_holds_until_the_next(office: Office) -> None:
    assert office.lines.line(2014).value_fen == 280_000
    assert office.lines.line(2014).default is False
    assert office.lines.line(2016).default is True
    assert office.lines.line(2024).value_fen == 400_000
    with pytest.raises(NoPovertyLine):
        office.lines.line(2010)


def test_which_procedure_begins_on_a_day(office: Office) -> None:
    rules = office.procedures
    assert rules.at("identify", date(2020, 12, 31)).code == "identify-2014"
    assert rules.at("lift", date(2016, 1, 1)).code == "adjust-2014"
    assert rules.at("monitor", date(2021, 1, 1)).code == "monitor-2021"
    assert [p.code for p in rules.all()] == ["adjust-2014", "identify-2014", "monitor-2021"]


def _step(place: int, **changes: object) -> Change:
    return lambda raw: raw["step"][place].update(changes)


def _drop(*keys: Any) -> Change:
    def change(raw: Any) -> None:
        for key in keys[:-1]:
            raw = raw[key]
        del raw[keys[-1]]

    return change


def _put(*keys_and_value: Any) -> Change:
    def change(raw: Any) -> None:
        *keys, last, value = keys_and_value
        for key in keys:
            raw = raw[key]
        raw[last] = value

    return change


@pytest.mark.parametrize(
    ("whole", "change"),
    [
        (PROCEDURE, _drop("procedure", "clause")),
        (PROCEDURE, _put("procedure", "kinds", ["sing"])),
        (PROCEDURE, _put("procedure", "colour", "red")),
        (PROCEDURE, _put("step", [])),
        (PROCEDURE, _put("step", 0, "zh", " 户主")),
        (PROCEDURE, _step(0, survey=True)),
        (PROCEDURE, _step(1, code="application")),
        (PROCEDURE, _step(1, level="planet")),
        (PROCEDURE, _step(1, vote=True)),
        (PROCEDURE, _step(1, quorum="2/3")),
        (PROCEDURE, _step(2, quorum="3/2")),
        (PROCEDURE, _step(2, quorum="0.67")),
        (PROCEDURE, _step(1, other_than=["county_review"])),
        (PROCEDURE, _step(5, finding=True)),
        (PROCEDURE, _step(6, finding=False)),
        (PROCEDURE, _step(6, notice_days=7)),
        (PROCEDURE, _step(6, ends_watching=True)),
        (WATCHING, _step(5, ends_watching=False)),
        (WATCHING, _put("procedure", "kinds", ["monitor", "lift"])),
    ],
)
def test_procedures_that_break_their_form(whole: dict[str, object], change: Change) -> None:
    require_good_then_bad(procedure_file.parse, whole, change)


@pytest.mark.parametrize(
    "change",
    [
        _drop("survey", "default"),
        _put("area", 1, "code", "income"),
        _put("question", 1, "code", "net_income_per_person"),
        _put("question", 0, "area", "weather"),
        _put("question", 0, "kind", "poem"),
        _put("question", 0, "choices", []),
        _put("question", 0, "bands", [{"points": 3}]),
        _put("question", 0, "bands", [{"points": 3, "below": "1.00", "from": "2.00"}]),
        _put("question", 1, "bands", [{"points": 3, "below": "line"}]),
        _drop("question", 6, "choices"),
    ],
)
def test_surveys_that_break_their_form(change: Change) -> None:
    require_good_then_bad(survey_file.parse, SURVEY, change)


@pytest.mark.parametrize(
    "change",
    [
        _put("line", 1, "year", 2011),
        _put("line", 1, "value", "2625.001"),
        _drop("line", 1, "default"),
        _put("limit", 0, "most", "0.0200"),
        _put("limit", 0, "code", "happiness"),
        _drop("limit", 0, "clause"),
    ],
)
def test_lines_that_break_their_form(change: Change) -> None:
    require_good_then_bad(lines_file.parse, LINES, change)


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("not = = toml", encoding="utf-8")
    with pytest.raises(ProcedureFileInvalid):
        read_toml(path, invalid)
    good = (CONFIG / "surveys" / "six-areas-2014.toml").read_text(encoding="utf-8")
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(good, encoding="utf-8")
    with pytest.raises(ProcedureFileInvalid):
        identification.load_surveys(tmp_path)
    good = (CONFIG / "procedures" / "identify-2014.toml").read_text(encoding="utf-8")
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(good, encoding="utf-8")
    with pytest.raises(ProcedureFileInvalid):
        identification.load_procedures(tmp_path)
