"""Measures, helpers, visits: who may tell of them, of whom, when, and what undoes it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, true

from households import Status, helping
from households import checks as room_checks
from households.helping import figures, forms, measures
from households.helping import queries as help_queries
from households.helping.finding import FileSlip
from households.helping.forms import PairRow, VisitRow
from households.helping.queries import Help
from households.helping.refusals import (
    HelperLevelDiffers,
    HelpingFileTwice,
    HelpNeedsStanding,
    HelpRulesInvalid,
    MeasureUnknown,
    NoHelperPaired,
    PairBeforeTheLast,
    PairedAlready,
    PairedTwiceOnSheet,
    PairEnded,
    PairVisitedLater,
    WithdrawnAlready,
)
from households.models.helping import HelperPairEnd
from households.refusals import (
    HouseholdSheetEmpty,
    HouseholdSheetHasFaults,
    RegisteredAfterTheDay,
    ValueMissing,
    ValueNotInList,
)
from households.sheets import SheetFile, SheetForm, read_sheet, write_template
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from kernel.regions import RegionTree
from kernel.tables import Sheet, write_xlsx
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from office.refusals import NotEntitled, ReasonMissing
from tests.households.help_desk import (
    DAY,
    OFFICER,
    POVERTY_OFFICE,
    REGISTRAR,
    RULES,
    TOWNSHIP,
    HelpDesk,
    counted,
    helper,
    measure,
)
from tests.planted import Plant

HERE = "431022"


@pytest.fixture
def desk(books: Books, keyring: Keyring, regions: RegionTree) -> HelpDesk:
    """Books of 宜章 on an open day."""
    return HelpDesk(books, keyring, regions).open()


def help_of(desk: HelpDesk, number: str, on: date = DAY) -> Help:
    key = desk.id_of(number)
    return desk.read(
        lambda session: help_queries.help_of(session, key, keyring=desk.keyring, on=on)
    )


# --- the list of measures -------------------------------------------------------------------------


def test_ten_measures_are_known_by_code_and_by_name() -> None:
    assert len(RULES.measures) == 10
    assert RULES.measure("microcredit") is RULES.measure("小额信贷")
    # no source lists them: each says that it is a default
    assert all(one.default for one in RULES.measures)
    with pytest.raises(MeasureUnknown, match="发钱"):
        RULES.measure("发钱")


def test_the_share_rule_holds_in_its_place_from_its_day() -> None:
    rule = RULES.share_rule("431202000000", date(2015, 1, 1))
    assert rule is not None
    assert (rule.industry_bp, rule.linked_bp) == (7_000, 7_000)
    assert RULES.share_rule("431202000000", date(2014, 12, 31)) is None
    assert RULES.share_rule("431022000000", date(2015, 1, 1)) is None  # not Huaihua


_HEAD = {"title_zh": "甲", "title_en": "a", "source": "S"}
_ROW = {"code": "road", "zh": "路", "en": "road", "default": True}


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({}, "measures"),
        ({"measures": {**_HEAD, "source": " "}}, "measures"),
        ({"measures": _HEAD, "measure": [{**_ROW, "code": "Road"}]}, "measure[1]"),
        ({"measures": _HEAD, "measure": [{**_ROW, "default": False}]}, "measure[1]"),
        ({"measures": _HEAD, "measure": [_ROW, _ROW]}, "measure[2]"),
        ({"measures": _HEAD, "special_funds": [{"id": "x"}]}, "special_funds[1]"),
    ],
)
def test_a_broken_file_is_refused_by_its_place(raw: dict[str, object], key: str) -> None:
    with pytest.raises(HelpRulesInvalid) as refused:
        measures.parse("measures.toml", raw)
    assert refused.value.field == key


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "measures.toml"
    path.write_text("[[", encoding="utf-8")
    with pytest.raises(HelpRulesInvalid):
        helping.load_measures(path)


# --- measures -------------------------------------------------------------------------------------


def test_measures_add_up_by_kind_and_a_withdrawn_one_counts_no_more(desk: HelpDesk) -> None:
    one, two = desk.household(1), desk.household(2)
    desk.note(
        measure(one), measure(one, "教育培训", amount_fen=None, detail="雨露计划"), measure(two)
    )
    assert counts(desk) == {"industry": (2, 2, 240_000), "education": (1, 1, 0)}
    first = help_of(desk, one).measures[0]
    withdraw(desk, "measure", first.id)
    assert counts(desk) == {"industry": (1, 1, 120_000), "education": (1, 1, 0)}
    told = help_of(desk, one).measures
    assert [(line.measure, line.withdrawn) for line in told] == [
        ("industry", "户编号填错"),
        ("education", ""),
    ]
    with pytest.raises(WithdrawnAlready):
        withdraw(desk, "measure", first.id)


def counts(desk: HelpDesk) -> dict[str, tuple[int, int, int]]:
    found = desk.read(
        lambda session: figures.measure_counts(session, RULES, digits=HERE, on=DAY, year=2016)
    )
    assert len(found) == 10
    return {one.code: (one.times, one.households, one.amount_fen) for one in found if one.times}


def withdraw(
    desk: HelpDesk, kind: str, row_id: int, reason: str = "户编号填错", by: Actor = REGISTRAR
) -> None:
    desk.write(
        lambda session: helping.withdraw(session, kind, row_id, reason=reason, on=DAY, by=by),
        by,
    )


def test_what_cannot_be_withdrawn(desk: HelpDesk) -> None:
    desk.note(measure(desk.household(1)))
    with pytest.raises(ReasonMissing):
        withdraw(desk, "measure", 1, reason=" ")
    with pytest.raises(NotFound):
        withdraw(desk, "measure", 99)
    with pytest.raises(NotFound):
        withdraw(desk, "household", 1)
    with pytest.raises(NotFound):  # another township's
        withdraw(desk, "measure", 1, by=TOWNSHIP)
    with pytest.raises(NotEntitled):
        withdraw(desk, "measure", 1, by=OFFICER)


@pytest.mark.parametrize(
    ("status", "from_on", "served"),
    [
        (Status.REGISTERED, date(2014, 1, 1), True),
        (Status.LIFTED, date(2016, 2, 29), True),
        (Status.MONITORED, date(2016, 3, 1), True),
        (Status.REMOVED, date(2016, 3, 1), False),
        (Status.REMOVED, date(2016, 3, 2), True),  # the day after the measure's
    ],
)
def test_help_is_for_whom_the_register_serves_on_its_day(
    desk: HelpDesk, status: Status, from_on: date, served: bool
) -> None:
    number = desk.household(1)
    if status is not Status.REGISTERED:
        desk.find(number, status, from_on)
    if served:
        assert desk.note(measure(number)) == 1
    else:
        with pytest.raises(HelpNeedsStanding):
            desk.note(measure(number))


def test_one_row_says_its_rule_and_a_sheet_how_many_and_the_first(desk: HelpDesk) -> None:
    number = desk.household(1)
    with pytest.raises(NotFound):
        desk.note(measure("X-1"))
    with pytest.raises(NotFound):  # another township's is not told apart
        desk.note(measure(number), by=TOWNSHIP)
    with pytest.raises(RegisteredAfterTheDay):
        desk.note(measure(number, from_on=date(2017, 1, 4)))
    with pytest.raises(MeasureUnknown):
        desk.note(measure(number, "发钱"))
    with pytest.raises(HouseholdSheetHasFaults) as refused:
        desk.note(measure(number), measure("X-1"), measure("X-2"))
    assert refused.value.facts["count"] == 2
    assert "第2条" in refused.value.message("zh")
    with pytest.raises(HouseholdSheetEmpty):
        desk.note()
    with pytest.raises(NotEntitled):
        desk.note(measure(number), by=OFFICER)
    assert counts(desk) == {}


# --- helpers --------------------------------------------------------------------------------------


def test_another_helper_ends_the_pair_before_on_the_day_that_the_new_one_begins(
    desk: HelpDesk,
) -> None:
    number = desk.household(1)
    desk.pair(helper(number, phone="13900000000"))
    desk.pair(helper(number, "李爱民", from_on=date(2016, 7, 1), reason="宜扶办〔2016〕9号"))
    told = help_of(desk, number).pairs
    assert [(pair.name, pair.from_on, pair.to_on, pair.phone) for pair in told] == [
        ("李爱民", date(2016, 7, 1), None, ""),
        ("王建国", date(2016, 1, 1), date(2016, 7, 1), "139******00"),
    ]
    now = help_of(desk, number).helper
    assert now is not None
    assert now.name == "李爱民"
    listed = desk.read(lambda session: help_queries.helpers(session, digits=HERE))
    assert [(one.name, one.level, one.households) for one in listed] == [("李爱民", "county", 1)]


def test_one_helper_for_many_is_one_row(desk: HelpDesk) -> None:
    one, two = desk.household(1), desk.household(2)
    assert desk.pair(helper(one), helper(two)) == 2
    listed = desk.read(lambda session: help_queries.helpers(session, digits=HERE))
    assert [(line.name, line.households) for line in listed] == [("王建国", 2)]
    assert (
        desk.read(lambda session: help_queries.helpers(session, digits=HERE, level="village")) == []
    )


def test_what_no_pair_may_be(desk: HelpDesk) -> None:
    number = desk.household(1)
    desk.pair(helper(number))
    with pytest.raises(PairedAlready):
        desk.pair(helper(number, from_on=date(2016, 7, 1)))
    with pytest.raises(PairBeforeTheLast):
        desk.pair(helper(number, "李爱民"))
    with pytest.raises(HelperLevelDiffers):
        desk.pair(helper(desk.household(2), level="village"))
    with pytest.raises(HouseholdSheetHasFaults, match="2 faults"):
        desk.pair(helper(desk.household(3), "周明"), helper(f"{'431022101202'}0003", "陈红"))
    with pytest.raises(HouseholdSheetHasFaults) as refused:
        desk.pair(helper(number, "周明"), helper(number, "陈红"))
    assert PairedTwiceOnSheet.zh.format(number=number) in refused.value.message("zh")
    with pytest.raises(NotEntitled):
        desk.pair(helper(number), by=OFFICER)


def test_two_clerks_who_pair_one_household_at_once_leave_one_helper(desk: HelpDesk) -> None:
    number = desk.household(1)
    barrier = Barrier(8)

    def attempt(nr: int) -> str:
        barrier.wait()
        try:
            desk.pair(helper(number, "甲乙丙丁戊己庚辛"[nr] * 2))
        except Refusal as refusal:
            return refusal.code
        return "paired"

    with ThreadPoolExecutor(8) as clerks:
        ends = sorted(clerks.map(attempt, range(8)))
    # all begin on the same day: the first pairs, the others find a pair that began that day
    assert ends == ["pair_before_the_last"] * 7 + ["paired"]
    assert len(help_of(desk, number).pairs) == 1


def test_a_pair_ends_once_and_not_before_a_visit(desk: HelpDesk) -> None:
    number = desk.household(1)
    desk.pair(helper(number))
    desk.visit(VisitRow(number, date(2016, 5, 1), "送化肥，讲贴息政策"))
    with pytest.raises(PairVisitedLater):
        end(desk, date(2016, 5, 1))
    with pytest.raises(PairVisitedLater):
        desk.pair(helper(number, "李爱民", from_on=date(2016, 4, 1)))
    with pytest.raises(RegisteredAfterTheDay):
        end(desk, date(2017, 1, 4))
    with pytest.raises(ReasonMissing):
        end(desk, date(2016, 6, 1), reason="")
    with pytest.raises(NotFound):
        end(desk, date(2016, 6, 1), pair_id=9)
    end(desk, date(2016, 5, 2))
    with pytest.raises(PairEnded):
        end(desk, date(2016, 6, 1))
    assert help_of(desk, number).helper is None
    # after a withdrawal the visit is no visit
    desk.pair(helper(number, "李爱民", from_on=date(2016, 5, 2)))


def end(
    desk: HelpDesk, to_on: date, reason: str = "调离", pair_id: int = 1, by: Actor = REGISTRAR
) -> None:
    desk.write(
        lambda session: helping.end_pair(
            session, pair_id, to_on=to_on, reason=reason, on=DAY, by=by
        ),
        by,
    )


# --- visits ---------------------------------------------------------------------------------------


def test_a_visit_is_of_the_helper_of_its_day(desk: HelpDesk) -> None:
    number = desk.household(1)
    desk.pair(helper(number))
    desk.pair(helper(number, "李爱民", from_on=date(2016, 7, 1)))
    desk.visit(
        VisitRow(number, date(2016, 6, 30), "核对收入"),
        VisitRow(number, date(2016, 7, 1), "送种苗"),
    )
    told = help_of(desk, number).visits
    assert [(visit.visited_on, visit.name) for visit in told] == [
        (date(2016, 7, 1), "李爱民"),
        (date(2016, 6, 30), "王建国"),
    ]
    with pytest.raises(NoHelperPaired):
        desk.visit(VisitRow(number, date(2015, 12, 31), "早了一天"))
    with pytest.raises(RegisteredAfterTheDay):
        desk.visit(VisitRow(number, date(2017, 1, 4), "还没到"))
    with pytest.raises(NotEntitled):
        desk.visit(VisitRow(number, date(2016, 7, 1), "送种苗"), by=OFFICER)


def test_who_was_not_visited_stands_on_a_list(desk: HelpDesk) -> None:
    one, two, three = (desk.household(nr) for nr in (1, 2, 3))
    desk.household(4)  # has no helper
    new = desk.household(5)
    desk.pair(helper(one), helper(two), helper(three), helper(new, from_on=date(2016, 7, 1)))
    desk.visit(VisitRow(one, date(2016, 12, 1), "看望"), VisitRow(two, date(2016, 3, 1), "看望"))
    desk.find(three, Status.REMOVED, date(2016, 12, 31))  # needs no visit any more

    def waiting() -> list[tuple[str, date | None]]:
        found = desk.read(
            lambda session: help_queries.unvisited(
                session, digits=HERE, since=date(2016, 7, 1), on=DAY
            )
        )
        return [(one.number, one.visited_on) for one in found]

    assert waiting() == [(two, date(2016, 3, 1))]
    withdraw(desk, "visit", help_of(desk, one).visits[0].id)
    # alone since the pair began on 1 January, before the one visited on 1 March
    assert waiting() == [(one, None), (two, date(2016, 3, 1))]


# --- sheets ---------------------------------------------------------------------------------------


def sheet(path: Path, form: SheetForm[PairRow], *rows: list[str]) -> SheetFile[PairRow]:
    titles = [column.title for column in form.columns]
    write_xlsx(path, [Sheet(form.title, titles, rows)])
    return read_sheet(path, form)


def test_a_sheet_is_judged_cell_by_cell(tmp_path: Path) -> None:
    good = ["A1", "王建国", "县税务局", "县直", "2016-01-01", "", "13900000000"]
    bad = ["A2", "", "县税务局", "区直", "2016-01-01", "", ""]
    file = sheet(tmp_path / "结对.xlsx", forms.PAIRS, good, bad)
    assert file.rows == [
        helper("A1", unit="县税务局", phone="13900000000", from_on=date(2016, 1, 1))
    ]
    assert [(fault.line, fault.title, type(fault.refusal)) for fault in file.faults] == [
        (3, "帮扶责任人", ValueMissing),
        (3, "隶属", ValueNotInList),
    ]
    with pytest.raises(HouseholdSheetHasFaults, match="2 faults"):
        file.taken()
    with pytest.raises(HouseholdSheetEmpty):
        sheet(tmp_path / "空.xlsx", forms.PAIRS).taken()


def test_a_template_can_be_read_and_a_file_comes_in_once(desk: HelpDesk, tmp_path: Path) -> None:
    every: list[SheetForm[Any]] = [forms.MEASURES, forms.PAIRS, forms.VISITS, forms.PROJECTS]
    for form in every:
        write_template(tmp_path / f"{form.kind}.xlsx", form)
        assert read_sheet(tmp_path / f"{form.kind}.xlsx", form).count == 0
    rows = [measure(desk.household(1))]
    slip = FileSlip("措施.xlsx", "a" * 64)

    def take() -> int:
        return desk.write(
            lambda session: helping.note_measures(
                session, rows, rules=RULES, on=DAY, by=POVERTY_OFFICE, file=slip
            ),
            POVERTY_OFFICE,
        )

    assert take() == 1
    with pytest.raises(HelpingFileTwice, match="2017-01-03"):
        take()


def test_a_sheet_takes_the_same_statements_whatever_its_rows(
    desk: HelpDesk, engine: Engine
) -> None:
    numbers = [desk.household(nr) for nr in range(1, 41)]

    def statements(some: list[str]) -> list[int]:
        works: tuple[Callable[[], int], ...] = (
            lambda: desk.pair(*(helper(one) for one in some)),
            lambda: desk.visit(*(VisitRow(one, date(2016, 6, 1), "走访") for one in some)),
            lambda: desk.note(*(measure(one) for one in some)),
        )
        sent = []
        for work in works:
            with counted(engine) as told:
                work()
            sent.append(len(told))
        return sent

    few, many = statements(numbers[:2]), statements(numbers[2:])
    # the helper is known by then: its row is not written again
    assert many == [few[0] - 1, *few[1:]]


# --- verify ---------------------------------------------------------------------------------------


@pytest.mark.damaged("a pair is ended behind the back of the household's helper and of a visit")
def test_verify_names_a_helper_that_is_not_of_the_pairs(desk: HelpDesk) -> None:
    one, two = desk.household(1), desk.household(2)
    desk.pair(helper(one), helper(two))
    desk.visit(VisitRow(one, date(2016, 6, 1), "走访"))
    with desk.books.write("damage", by=REGISTRAR) as session:
        session.add(HelperPairEnd(pair_id=1, to_on=date(2016, 5, 1), reason="改动", booked_on=DAY))
    found = desk.read(lambda session: list(room_checks.check(session)))
    assert [(one.check, one.key) for one in found] == [
        ("households.helpers", str(desk.id_of(one))),
        ("households.visits", "1"),
    ]


PLANTED = [
    Plant(
        test_help_is_for_whom_the_register_serves_on_its_day,
        "households.helping.finding.Found.served_on",
        lambda *_: True,
        {"status": Status.REMOVED, "from_on": date(2016, 3, 1), "served": False},
    ),
    Plant(
        test_measures_add_up_by_kind_and_a_withdrawn_one_counts_no_more,
        "households.helping.figures.standing_rows",
        lambda _kind: true(),
    ),
    Plant(
        test_another_helper_ends_the_pair_before_on_the_day_that_the_new_one_begins,
        "households.helping.pairing._end_before",
        lambda *_: None,
    ),
    Plant(
        test_a_pair_ends_once_and_not_before_a_visit,
        "households.helping.pairing._check_visits",
        lambda *_: None,
    ),
    Plant(
        test_a_visit_is_of_the_helper_of_its_day,
        "households.helping.noting._pair_on",
        lambda pairs, household, _row: pairs[household.id][-1][2],
    ),
    Plant(
        test_a_template_can_be_read_and_a_file_comes_in_once,
        "households.helping.finding.take_file",
        lambda *_, **__: None,
    ),
    Plant(
        test_verify_names_a_helper_that_is_not_of_the_pairs,
        "households.helping.checks._helpers",
        lambda _session: iter(()),
    ),
]


@pytest.mark.damaged("a planted bug leaves what it leaves")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: HelpDesk, tmp_path: Path) -> None:
    plant.prove(desk=desk, tmp_path=tmp_path)
