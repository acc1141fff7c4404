"""The register comes in whole or not at all, and the same file twice changes nothing."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Engine, event, select, text

import ledger
from households import applying, checks, imports, papers, queries
from households.card import identity_of
from households.models import Household, HouseholdStatus, Person, RegisterChange, VillageAnswer
from households.refusals import ImportHasBadRows, ImportNotStaged
from households.staging import ImportBatch, ImportFinding, StagedHousehold, StagedPerson
from kernel.actor import Actor
from kernel.refusals import Refusal
from kernel.tables import TableHeadersMissing, open_table
from kernel.vault import Keyring
from ledger.refusals import DayNotOpen
from office.refusals import NotEntitled
from tests.households import registers
from tests.households.conftest import DAY, Desk
from tests.households.registers import family, head, identity, member
from tests.properties.crowd import is_held_up


def test_a_file_becomes_households_people_statuses_and_sealed_changes(desk: Desk) -> None:
    report = desk.bring([*family("A1", 1), *family("A2", 3)])
    assert (report.state, report.rows) == ("applied", 4)
    assert report.households == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert report.people == {"new": 4, "changed": 0, "unchanged": 0, "left": 0}
    # a status for each household; a change for each household and each person
    assert desk.totals() == (2, 4, 2, 6)
    with desk.office.books.read() as session:
        household = queries.by_number(session, "A1", digits="431022")
        assert household.village_code == registers.VILLAGE_CODE
        assert household.income_per_person_fen == 280_000
        first, second = queries.members(session, household.id, on=DAY)
        assert (first.name, first.pinyin, first.initials) == ("张大山", "zhangdashan", "zds")
        assert (first.is_head, first.sex, second.sex) == (True, "male", "female")
        assert (first.born_on, first.joined_on) == (date(1980, 1, 1), date(2014, 6, 1))
        assert list(checks.check(session)) == []


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    rows = [*family("A1", 1, phone="13812345678", bank_account="6222020200012345670"),
            *family("A2", 3, kind="脱贫户", lifted_on="2016-12-31")]  # fmt: skip
    desk.bring(rows)
    before = desk.totals()
    again = desk.bring(rows)
    assert again.households == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert again.people == {"new": 0, "changed": 0, "unchanged": 4, "left": 0}
    assert again.changes == []
    assert desk.totals() == before


def test_xlsx_and_csv_are_the_same_register(desk: Desk) -> None:
    rows = [*family("A1", 1), *family("A2", 3)]
    desk.bring(rows)
    again = imports.import_file(desk.office, desk.file(rows, ".xlsx"), on=DAY, by=desk.by)
    assert again.households["unchanged"] == 2


def test_a_preview_shows_every_change_field_by_field_and_writes_none(desk: Desk) -> None:
    desk.bring([*family("A1", 1, phone="13812345678"), *family("A2", 3)])
    before = desk.totals()
    rows = [
        head("A1", "张大山", 1, phone="13912345699", income_per_person_fen="3000.00"),
        member("A1", "李秀英", 2, nation="瑶族"),
        head("A2", "张大山", 3),
        member("A2", "张小宝", 5, "之子"),
        *family("A3", 7),
    ]
    report = desk.bring(rows, preview=True)
    assert report.state == "staged"
    assert report.households == {"new": 1, "changed": 2, "unchanged": 0, "refused": 0}
    assert report.people == {"new": 3, "changed": 1, "unchanged": 2, "left": 1}
    assert [(c["number"], c["person"], c["fields"]) for c in report.changes] == [
        (
            "A1",
            "",
            {
                "联系电话": ["138******78", "139******99"],
                "人均纯收入": ["2800.00", "3000.00"],
            },
        ),
        ("A1", "李秀英", {"民族": [None, "瑶族"]}),
        ("A2", "张小宝", {"成员": ["不在册", "在册"]}),
        ("A2", "李秀英", {"成员": ["在册", "离户"]}),
    ]
    assert desk.totals() == before


def test_changes_are_written_recorded_and_sealed(desk: Desk) -> None:
    desk.bring(family("A1", 1, phone="13812345678"))
    desk.turn_to(date(2017, 3, 1))
    desk.bring(
        [
            head("A1", "张大川", 1, phone="13912345699"),
            member("A1", "张小宝", 5, "之子"),
        ]
    )
    with desk.office.books.read() as session:
        household = queries.by_number(session, "A1", digits="431022")
        then = queries.members(session, household.id, on=date(2017, 2, 28))
        now = queries.members(session, household.id, on=date(2017, 3, 1))
        # the son is there from the day he was told; the wife up to it
        assert [person.name for person in then] == ["张大川", "李秀英"]
        assert [(person.name, person.pinyin) for person in now] == [
            ("张大川", "zhangdachuan"),
            ("张小宝", "zhangxiaobao"),
        ]
        told = {(row.what, row.fields) for row in queries.history(session, household.id)}
        assert ("changed", '{"name":["张大山","张大川"]}') in told
        assert ("changed", '{"phone":["138******78","139******99"]}') in told
        assert ("left", '{"left_on":[null,"2017-03-01"]}') in told
        assert list(checks.check(session)) == []


def test_columns_that_a_file_does_not_have_stay_as_they_are(desk: Desk, tmp_path: Path) -> None:
    desk.bring(family("A1", 1, phone="13812345678", cause="因病"))
    narrow = tmp_path / "narrow.csv"
    narrow.write_text(
        "户编号,村代码,姓名,身份证号,与户主关系\n"
        f"A1,{registers.VILLAGE_CODE},张大山,{identity(1)},户主\n"
        f"A1,,李秀英,{identity(2)},配偶\n",
        encoding="utf-8",
    )
    report = imports.import_file(desk.office, narrow, on=DAY, by=desk.by)
    assert report.households["unchanged"] == 1
    with desk.office.books.read() as session:
        assert queries.by_number(session, "A1", digits="431022").cause == "因病"


BAD_ROWS = [
    ("identity_number_check_digit", "身份证号", {"identity_number": "431099198001010017"}),
    ("identity_number_birth_date", "身份证号", {"identity_number": "431099198002300015"}),
    ("identity_number_mangled", "身份证号", {"identity_number": "4.31099198001010E+17"}),
    ("identity_number_old_form", "身份证号", {"identity_number": "431099800101001"}),
    ("identity_number_form", "身份证号", {"identity_number": "无"}),
    ("value_missing", "身份证号", {"identity_number": ""}),
    ("born_after_the_day", "身份证号", {"identity_number": identity(1, "20170104")}),
    ("sex_contradicts_number", "性别", {"sex": "女"}),
    ("value_not_in_list", "性别", {"sex": "男性"}),
    ("name_invalid", "姓名", {"name": "张3"}),
    ("value_missing", "姓名", {"name": ""}),
    ("amount_negative", "人均纯收入", {"income_per_person_fen": "-100"}),
    ("amount_not_numeric", "人均纯收入", {"income_per_person_fen": "约三千"}),
    ("amount_not_numeric", "人均纯收入", {"income_per_person_fen": "2800.005"}),
    ("amount_not_numeric", "家庭总收入", {"total_income_fen": "1e4"}),
    ("date_malformed", "建档日期", {"registered_on": "2014-13-01"}),
    ("registered_after_the_day", "建档日期", {"registered_on": "2017-01-04"}),
    (
        "status_dates_out_of_order",
        "脱贫日期",
        {"registered_on": "2016-06-01", "lifted_on": "2015-01-01"},
    ),
    ("value_not_in_list", "户类型", {"kind": "贫困"}),
    ("mobile_number_invalid", "联系电话", {"phone": "12345"}),
    ("bank_account_invalid", "银行账号", {"bank_account": "6222020200012345671"}),
    ("village_unclear", "村", {"village": ""}),
    ("village_name_unanswered", "村", {"village": "旧塘坪村"}),
    ("head_missing", "与户主关系", {"relation": "之父"}),
    ("household_number_invalid", "户编号", {"number": "户 3"}),
    ("value_missing", "户编号", {"number": ""}),
]


@pytest.mark.parametrize(("rule", "title", "wrong"), BAD_ROWS)
def test_one_bad_row_refuses_its_household_and_with_it_the_file(
    desk: Desk, rule: str, title: str, wrong: dict[str, str]
) -> None:
    bad = head("B2", "张大山", 1) | wrong
    if rule == "head_missing":
        bad = {key: bad[key] for key in ("number", "name", "identity_number", "relation")}
    rows = [*family("A1", 11), bad, member("B2", "李秀英", 2)]
    report = desk.bring(rows)
    first = report.findings[0]
    assert (first["rule"], first["field"], first["line"]) == (rule, title, 4)
    assert report.state == "staged"
    assert desk.totals() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        (
            "person_twice_in_file",
            [*family("B2", 1), head("C3", "王五", 3), member("C3", "李四", 2)],
        ),
        ("head_twice", [head("B2", "张大山", 1), head("B2", "李大山", 3)]),
        (
            "member_in_another_village",
            [
                head("B2", "张大山", 1),
                member("B2", "李秀英", 2, township="白石渡镇", village="新车村"),
            ],
        ),
        (
            "household_column_on_member",
            [head("B2", "张大山", 1), member("B2", "李秀英", 2, income_per_person_fen="1")],
        ),
    ],
)
def test_rules_that_need_more_than_one_row(
    desk: Desk, rule: str, rows: list[registers.Row]
) -> None:
    report = desk.bring([*family("A1", 11), *rows], accept_good=True)
    assert {finding["rule"] for finding in report.findings} == {rule}
    # the good household is in, nothing of the bad ones is
    assert desk.totals() == (1, 2, 1, 3)


def test_a_person_of_another_household_is_refused_by_name_of_that_household(desk: Desk) -> None:
    desk.bring(family("A1", 1))
    report = desk.bring([head("B2", "王五", 3), member("B2", "李秀英", 2)])
    (finding,) = report.findings
    assert finding["rule"] == "person_in_another_household"
    assert "A1" in str(finding["message"])


def test_another_townships_household_is_not_named(desk: Desk) -> None:
    desk.bring(family("A1", 1))
    narrow = dataclasses.replace(desk.by, region_scope="431022102")
    other = {"township": "杨梅山镇", "village": "杨梅山村"}
    report = desk.bring([head("B2", "王五", 3, **other), member("B2", "李秀英", 2)], by=narrow)
    (finding,) = report.findings
    assert "A1" not in str(finding["message"])


def test_a_person_may_move_between_two_households_of_one_file(desk: Desk) -> None:
    desk.bring([*family("A1", 1), *family("A2", 3)])
    moved = [
        head("A1", "张大山", 1),
        head("A2", "张大山", 3),
        member("A2", "李秀英", 4),
        member("A2", "李秀英", 2, "之女"),
    ]
    report = desk.bring(moved)
    assert report.state == "applied"
    assert report.people == {"new": 1, "changed": 0, "unchanged": 3, "left": 1}


def test_a_move_out_of_a_household_that_is_refused_is_refused_too(desk: Desk) -> None:
    """A bad row in A1 keeps its wife there, so A2 cannot have her, so A3 cannot have A2's."""
    desk.bring([*family("A1", 1), *family("A2", 3), *family("A3", 5)])
    chain = [
        head("A1", "张大山", 1, income_per_person_fen="-1"),
        head("A2", "张大山", 3),
        member("A2", "李秀英", 2, "之女"),
        head("A3", "张大山", 5),
        member("A3", "李秀英", 6),
        member("A3", "李秀英", 4, "之女"),
    ]
    report = desk.bring(chain, accept_good=True)
    assert [(f["number"], f["rule"]) for f in report.findings] == [
        ("A1", "amount_negative"),
        ("A2", "person_in_another_household"),
        ("A3", "person_in_another_household"),
    ]
    assert report.people["left"] == 0


def test_a_row_without_a_number_refuses_the_household_above(desk: Desk) -> None:
    rows = [*family("A1", 1), {**member("", "张小宝", 5, "之子")}, *family("A2", 7)]
    report = desk.bring(rows, accept_good=True)
    assert [(f["line"], f["number"]) for f in report.findings] == [(4, "A1")]
    assert desk.totals()[0] == 1


def test_accept_good_takes_the_good_and_says_what_is_missing(desk: Desk) -> None:
    rows = [*family("A1", 1), *family("A2", 3, income_per_person_fen="-5")]
    report = desk.bring(rows, accept_good=True)
    assert (report.state, report.clean) == ("applied", False)
    assert report.households == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert desk.totals() == (1, 2, 1, 3)
    rows[2]["income_per_person_fen"] = "5"
    assert desk.bring(rows).households == {
        "new": 1, "changed": 0, "unchanged": 1, "refused": 0,
    }  # fmt: skip


def test_an_old_village_name_is_a_question_and_its_answer_is_remembered(desk: Desk) -> None:
    rows = family("A1", 1, village="高桥村")
    asked = desk.bring(rows)
    (question,) = asked.questions
    assert (question["township"], question["village"], question["households"]) == (
        "白石渡镇", "高桥", 1,
    )  # fmt: skip
    proposals = question["proposals"]
    assert isinstance(proposals, list)
    assert proposals[0]["name"] == "白石渡镇高龙桥村"
    assert desk.totals()[0] == 0
    answered = desk.bring(rows, answers={("白石渡镇", "高桥"): registers.VILLAGE_CODE})
    assert answered.state == "applied"
    # for every later file, without asking again
    assert desk.bring(family("A2", 3, village="高桥村委会")).state == "applied"
    with desk.office.books.read() as session:
        assert session.scalars(select(VillageAnswer.successor_code)).all() == [
            registers.VILLAGE_CODE
        ]


def test_the_answer_may_come_back_in_the_annotated_workbook(desk: Desk, tmp_path: Path) -> None:
    rows = [*family("A1", 1, village="高桥村"), *family("A2", 3, income_per_person_fen="-5")]
    annotated = tmp_path / "批注.xlsx"
    source = desk.file(rows)
    report = imports.import_file(desk.office, source, on=DAY, by=desk.by, annotated=annotated)
    assert report.households["refused"] == 2
    headers = {"行号": "line", "栏目": "field", "问题代码": "rule", "原值": "value"}
    with open_table(annotated, headers, needed=headers.values(), sheet="问题清单") as table:
        listed = [
            [cells[table.places[key]] for key in ("line", "field", "rule", "value")]
            for _line, cells in table
        ]
    assert listed == [
        ["2", "村", "village_name_unanswered", "高桥村"],
        ["4", "人均纯收入", "amount_negative", "-5"],
    ]
    assert papers.read_answers(annotated) == {}
    filled = tmp_path / "答复.csv"
    filled.write_text(
        f"乡镇,村,现村代码\n白石渡镇,高桥,{registers.VILLAGE_CODE}\n白石渡镇,别村,\n",
        encoding="utf-8",
    )
    answers = papers.read_answers(filled)
    assert answers == {("白石渡镇", "高桥"): registers.VILLAGE_CODE}
    # the whole of both refused households, ready to be handed in again
    with open_table(annotated, {"户编号": "n"}, needed=["n"], sheet="待改正名册") as table:
        assert [cells[table.places["n"]] for _line, cells in table] == ["A1", "A1", "A2", "A2"]


def test_an_answer_outside_the_county_is_refused(desk: Desk) -> None:
    with pytest.raises(Refusal) as caught:
        desk.bring(family("A1", 1), answers={("", "某村"): "430102001000"})
    assert caught.value.code == "village_answer_invalid"


def test_the_template_is_a_file_that_can_be_handed_in(desk: Desk, tmp_path: Path) -> None:
    template = tmp_path / "模板.xlsx"
    papers.write_template(template)
    report = imports.import_file(desk.office, template, on=DAY, by=desk.by)
    assert (report.rows, report.unknown_columns, report.clean) == (0, [], True)


def test_a_file_of_something_else_is_refused_before_anything_is_staged(
    desk: Desk, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("商品,价格\n米,3\n", encoding="utf-8")
    with pytest.raises(TableHeadersMissing):
        imports.import_file(desk.office, other, on=DAY, by=desk.by)


def test_who_may_import_and_where(desk: Desk) -> None:
    officer = Actor(9, "officer", frozenset({"loan_officer"}), "431022")
    with pytest.raises(NotEntitled):
        desk.bring(family("A1", 1), by=officer)
    township = dataclasses.replace(desk.by, region_scope="431022102")
    report = desk.bring(family("A1", 1), by=township)
    assert [finding["rule"] for finding in report.findings] == ["village_out_of_scope"]
    desk.bring(family("A1", 1))
    # a known number of another township cannot be moved over
    taken = desk.bring(family("A1", 1, township="杨梅山镇", village="杨梅山村"), by=township)
    assert [finding["rule"] for finding in taken.findings] == ["village_out_of_scope"]


def test_a_batch_is_applied_once(desk: Desk) -> None:
    batch_id, _report = imports.stage(desk.office, desk.file(family("A1", 1)), on=DAY, by=desk.by)
    imports.apply(desk.office, batch_id, on=DAY, by=desk.by)
    with pytest.raises(ImportNotStaged):
        imports.apply(desk.office, batch_id, on=DAY, by=desk.by)
    bad, _report = imports.stage(
        desk.office, desk.file(family("A2", 3, income_per_person_fen="-1")), on=DAY, by=desk.by
    )
    with pytest.raises(ImportHasBadRows):
        imports.apply(desk.office, bad, on=DAY, by=desk.by)


def test_what_others_wrote_between_preview_and_confirmation_is_judged_again(desk: Desk) -> None:
    """Two clerks preview the same wife in two households; the second confirmation is refused."""
    other = dataclasses.replace(desk.by, person_id=8, account="other")
    rows = [*family("B2", 5), member("B2", "李秀英", 2, "之女")]
    batch_id, report = imports.stage(desk.office, desk.file(rows), on=DAY, by=other)
    assert report.clean
    desk.bring(family("A1", 1))
    before = desk.totals()
    with pytest.raises(ImportHasBadRows):
        imports.apply(desk.office, batch_id, on=DAY, by=other)
    assert desk.totals() == before
    taken = imports.apply(desk.office, batch_id, on=DAY, by=other, accept_good=True)
    assert [f["rule"] for f in taken.findings] == ["person_in_another_household"]
    assert desk.totals() == before


def test_nothing_staged_is_left_behind(desk: Desk) -> None:
    desk.bring(family("A1", 1))
    desk.bring(family("A2", 3, income_per_person_fen="-1"))
    imports.stage(desk.office, desk.file(family("A3", 5)), on=DAY, by=desk.by)
    desk.bring(family("A4", 7))
    with desk.office.books.read() as session:
        for table in (StagedPerson, StagedHousehold, ImportFinding):
            assert session.scalars(select(table)).all() == []
        states = session.scalars(select(ImportBatch.state)).all()
        assert set(states) == {"applied"}


def test_an_import_that_dies_in_the_middle_leaves_the_register_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*family("A1", 1), *family("A2", 3)]

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(applying, "seal_new_rows", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.bring(rows)
    assert desk.totals() == (0, 0, 0, 0)
    assert desk.bring(rows).state == "applied"
    assert desk.totals() == (2, 4, 2, 6)


def test_it_may_fail_at_every_statement_and_starting_again_is_right(
    desk: Desk, engine: Engine
) -> None:
    desk.bring(family("A1", 1))
    rows = [
        head("A1", "张大川", 1),
        member("A1", "张小宝", 5, "之子"),
        *family("A2", 7, kind="脱贫户"),
    ]
    source = desk.file(rows)
    left = 0

    def fail(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise RuntimeError("planned")

    event.listen(engine, "before_cursor_execute", fail)
    before = (1, 2, 1, 3)
    nth = 0
    try:
        while True:
            nth += 1
            left = nth
            try:
                imports.import_file(desk.office, source, on=DAY, by=desk.by)
            except RuntimeError:
                left = 0
                assert desk.totals() == before
                continue
            break
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert nth > 60
    # A1: renamed, wife left, son joined; A2: registered and lifted out
    assert desk.totals() == (2, 5, 3, 9)


def test_no_digit_of_a_secret_stands_in_the_database(
    desk: Desk, keyring: Keyring, database_url: str
) -> None:
    phone, account = "13812345678", "6222020200012345670"
    rows = family("A1", 1, phone=phone, bank_account=account)
    imports.stage(desk.office, desk.file(rows), on=DAY, by=desk.by)
    desk.bring(rows)
    desk.bring(family("A9", 1, phone="138123456789"))
    with desk.office.books.read() as session:
        person = session.scalars(select(Person)).first()
        assert person is not None
        assert identity_of(person, keyring) == identity(1)
        tables = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type='table'")
            if database_url.startswith("sqlite")
            else text("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        ).all()
        dump = "".join(
            repr(session.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables
        )
    assert "张大山" in dump
    for secret in (identity(1), identity(2), phone, account):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_random_interleavings_end_where_the_last_file_says(desk: Desk) -> None:
    """Files of shuffled families, imported one after another: the register is the last word."""
    rng = random.Random(20170103)
    truth: dict[str, set[str]] = {}
    for _ in range(8):
        stated: dict[str, set[str]] = {}
        # people of households that this file does not state may not be taken
        numbers = rng.sample(["A1", "A2", "A3", "A4"], rng.randrange(1, 5))
        taken = {person for n in truth if n not in numbers for person in truth[n]}
        rows = []
        for number in numbers:
            wanted = [identity(serial) for serial in rng.sample(range(1, 40), 3)]
            free = [one for one in wanted if one not in taken]
            taken |= set(free)
            stated[number] = set(free)
            rows.append(head(number, "张大山", 1, identity_number=free[0]))
            rows += [member(number, "李秀英", 1, identity_number=one) for one in free[1:]]
        rng.shuffle(rows)
        assert desk.bring(rows).state == "applied"
        truth |= stated
        assert present_people(desk) == truth
    assert desk.totals()[0] == 4


def present_people(desk: Desk) -> dict[str, set[str]]:
    """Household number -> identity numbers of who is present; checked to be sealed."""
    keyring, found = desk.office.keyring, {}
    with desk.office.books.read() as session:
        for household in session.scalars(select(Household)):
            people = session.scalars(
                select(Person).where(Person.household_id == household.id, Person.left_on.is_(None))
            )
            found[household.number] = {identity_of(person, keyring) for person in people}
        assert list(checks.check(session)) == []
    return found


def statements_of(engine: Engine, desk: Desk, households: int, first: int) -> int:
    """Statements that one import of so many households takes."""
    rows = []
    for n in range(households):
        number, serial = f"H{first + n}", 2 * (n % 499) + 1
        born = f"19{50 + n // 499 % 50}01{1 + first % 28:02d}"
        rows.append(head(number, "张大山", 1, identity_number=identity(serial, born)))
        rows.append(member(number, "李秀英", 1, identity_number=identity(serial + 1, born)))
    source = desk.file(rows)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(engine, "before_cursor_execute", count)
    report = imports.import_file(desk.office, source, on=DAY, by=desk.by)
    event.remove(engine, "before_cursor_execute", count)
    assert report.households["new"] == households
    return statements


@pytest.mark.slow
def test_two_thousand_households_take_no_more_statements_than_twenty(
    desk: Desk, engine: Engine
) -> None:
    few = statements_of(engine, desk, 20, 0)
    many = statements_of(engine, desk, 2_000, 10_000)
    # 4 000 rows are one chunk, as 40 are
    assert many == few
    with desk.office.books.read() as session:
        counted = queries.counts_by_village(session, digits="431022", on=DAY)
    assert [(c.village_code, c.households, c.persons) for c in counted] == [
        (registers.VILLAGE_CODE, 2_020, 4_040)
    ]


@pytest.mark.damaged("rows of the register are changed behind its back")
def test_rows_changed_behind_the_register_are_found(desk: Desk, database_url: str) -> None:
    desk.bring([*family("A1", 1), *family("A2", 3)])
    if not database_url.startswith("sqlite"):
        with desk.office.books.write("x", by=desk.by) as session:
            session.execute(text("UPDATE households SET income_per_person_fen = 1 WHERE id = 1"))
            session.execute(text("UPDATE people SET left_on = '2017-01-03' WHERE id = 3"))
    else:
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as file:
            file.execute("UPDATE households SET income_per_person_fen = 1 WHERE id = 1")
            file.execute("UPDATE people SET left_on = '2017-01-03' WHERE id = 3")
    with desk.office.books.read() as session:
        found = [(f.table, f.key) for f in checks.check(session)]
        assert found == [("households", "1"), ("people", "3")]
        assert session.scalars(select(RegisterChange.id)).all()
        assert session.scalars(select(HouseholdStatus.id)).all()
        assert session.scalars(select(Household.id)).all()


def test_a_batch_is_not_written_on_a_day_that_has_ended(desk: Desk) -> None:
    """What is booked on a day is known before its close: an import that was staged before is
    written on the open day, or not at all.
    """
    batch_id, _report = imports.stage(desk.office, desk.file(family("A1", 1)), on=DAY, by=desk.by)
    desk.turn_to(date(2017, 1, 4))
    before = desk.totals()
    with pytest.raises(DayNotOpen):
        imports.apply(desk.office, batch_id, on=DAY, by=desk.by)
    assert desk.totals() == before
    assert imports.apply(desk.office, batch_id, on=desk.day, by=desk.by).state == "applied"


def test_a_close_waits_for_an_import_that_is_being_written(desk: Desk) -> None:
    """On PostgreSQL the day's row is held from before the first row is written; on SQLite there is
    one writer.
    """
    batch_id, _report = imports.stage(desk.office, desk.file(family("A1", 1)), on=DAY, by=desk.by)
    write = applying.write
    held: list[tuple[Future[None], bool]] = []

    def close() -> None:
        with desk.office.books.write("close", by=desk.by) as session:
            ledger.begin_close(session, DAY)

    def slowly(*told: Any) -> None:
        write(*told)
        closing = pool.submit(close)
        held.append((closing, is_held_up(desk.office.books, closing)))

    with ThreadPoolExecutor(1) as pool, mock.patch.object(applying, "write", slowly):
        imports.apply(desk.office, batch_id, on=DAY, by=desk.by)
        ((closing, waited),) = held
        closing.result()
    assert waited
