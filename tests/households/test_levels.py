"""The four levels on one small township: the book, the file, the platform, and the card."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from households import Status, helping, levels
from households.card import card
from households.helping.forms import VisitRow
from households.helping.funds import FundEntered, UseEntered
from households.levels import PlaceCounts
from households.levels.township_file import is_township
from households.models import CaseNotice, CaseSheet, VillageStanding
from kernel.refusals import NotFound
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from tests.households.help_desk import (
    COUNTY,
    DAY,
    FINANCE,
    OTHER_VILLAGE,
    REGISTRAR,
    RULES,
    VILLAGE,
    HelpDesk,
    counted,
    helper,
    measure,
)
from tests.households.test_special_funds import project, take
from tests.planted import Plant

TOWNSHIP_CODE = "431022101000"


@pytest.fixture
def desk(books: Books, keyring: Keyring, regions: RegionTree) -> HelpDesk:
    """A village of four households of three and one of another township."""
    desk = HelpDesk(books, keyring, regions).open()
    poor, lifted, gone, edge = (desk.household(nr) for nr in range(1, 5))
    desk.household(5, OTHER_VILLAGE)
    desk.find(lifted, Status.LIFTED, date(2016, 12, 20))
    desk.find(gone, Status.REMOVED, date(2016, 6, 30))
    desk.find(edge, Status.REMOVED, date(2015, 6, 30))
    desk.find(edge, Status.MONITORED, date(2016, 8, 1))
    desk.pair(helper(poor), helper(lifted))
    desk.visit(
        VisitRow(poor, date(2016, 12, 30), "看望"),
        VisitRow(poor, date(2017, 1, 2), "送年货"),
    )
    desk.note(
        measure(poor),
        measure(poor, "教育培训", year=2017, from_on=date(2017, 1, 2)),
        measure(edge, "医疗救助", from_on=date(2016, 9, 1), amount_fen=None),
    )
    return desk


def test_the_book_has_a_row_for_every_household_that_the_register_tells_of(
    desk: HelpDesk,
) -> None:
    book = desk.read(lambda session: levels.village_book(session, VILLAGE, on=DAY))
    told = [
        (row.nr, row.standing, row.monitored, row.persons, row.measures, row.helper, row.visits)
        for row in book.rows
    ]
    assert told == [
        (1, "poor", None, 3, ("industry", "education"), "王建国", 1),
        (2, "lifted", None, 3, (), "王建国", 0),
        (3, "removed", None, 3, (), "", 0),
        (4, "removed", "", 3, ("health",), "", 0),
    ]
    one, two = book.rows[:2]
    assert (one.registered_on, one.lifted_on, one.visited_on) == (
        date(2014, 1, 1),
        None,
        date(2017, 1, 2),
    )
    assert (two.lifted_on, two.visited_on) == (date(2016, 12, 20), None)
    # helped are the poor one, the lifted one and the one that is watched: 9 people
    assert book.totals == PlaceCounts(
        VILLAGE, poor=1, poor_persons=3, lifted=1, lifted_persons=3, removed=2, monitored=1,
        monitored_persons=3, helped=3, helped_persons=9, paired=2, visited=1, measured=1,
    )  # fmt: skip
    assert book.persons == 12


def test_a_book_of_an_earlier_day_knows_nothing_of_later_ones(desk: HelpDesk) -> None:
    book = desk.read(lambda s: levels.village_book(s, VILLAGE, on=date(2015, 12, 31)))
    assert [(row.standing, row.helper, row.measures) for row in book.rows] == [
        ("poor", "", ()),
        ("poor", "", ()),
        ("poor", "", ()),
        ("removed", "", ()),
    ]
    before = desk.read(lambda s: levels.village_book(s, VILLAGE, on=date(2013, 12, 31)))
    assert (before.rows, before.totals) == ((), PlaceCounts(VILLAGE))


def test_a_book_takes_the_same_statements_whatever_its_rows(desk: HelpDesk, engine: Engine) -> None:
    def statements(code: str) -> int:
        with counted(engine) as sent:
            desk.read(lambda session: levels.village_book(session, code, on=DAY))
        return len(sent)

    assert statements(VILLAGE) == statements(OTHER_VILLAGE) == statements("431022101201")


@pytest.mark.damaged("sheets stand in the file without the cases on them")
def test_the_file_has_every_village_and_the_papers_in_their_order(desk: HelpDesk) -> None:
    take(desk, project(), project(OTHER_VILLAGE))
    with desk.books.write("identify", by=REGISTRAR) as session:
        for nr, (step, held) in enumerate(
            (("vote", date(2016, 10, 8)), ("apply", date(2016, 10, 1))), 1
        ):
            session.add(
                CaseSheet(
                    procedure="identify-2014", step=step, region_code=VILLAGE, held_on=held,
                    booked_on=DAY, by_person=7, document=f"记录{nr}", eligible=None, present=None,
                    cases=2, digest="0" * 64,
                )
            )  # fmt: skip
        session.flush()
        session.add(
            CaseNotice(
                sheet_id=1, number="公示1", from_on=date(2016, 10, 9), to_on=date(2016, 10, 17),
                notice_days=7, place="村务公开栏",
            )
        )  # fmt: skip
        session.add(
            VillageStanding(
                village_code=VILLAGE, standing="poor", from_on=date(2014, 1, 1), booked_on=DAY,
                document="湘扶办发〔2014〕1号",
            )
        )  # fmt: skip
    file = desk.read(lambda s: levels.township_file(s, TOWNSHIP_CODE, regions=desk.regions, on=DAY))
    assert file.name == "宜章县白石渡镇"
    assert len(file.villages) == len(desk.regions.children(TOWNSHIP_CODE))
    here = next(one for one in file.villages if one.code == VILLAGE)
    assert (here.standing, here.counts.poor, here.projects) == ("poor", 1, 1)
    # the other township's household and village are not of this file
    assert (file.totals.helped, file.totals.removed) == (3, 2)
    assert [(one.step, one.held_on.day, one.notice) for one in file.papers] == [
        ("apply", 1, ""),
        ("vote", 8, "公示1"),
    ]
    early = desk.read(
        lambda s: levels.township_file(s, TOWNSHIP_CODE, regions=desk.regions, on=date(2016, 10, 1))
    )
    assert [one.step for one in early.papers] == ["apply"]
    assert is_township(TOWNSHIP_CODE, desk.regions)
    assert not is_township(VILLAGE, desk.regions)


def test_a_project_in_two_villages_is_one_of_the_township(desk: HelpDesk) -> None:
    beside = sorted(one.code for one in desk.regions.children(TOWNSHIP_CODE))[-1]
    take(desk, project(), project(beside))
    file = desk.read(lambda s: levels.township_file(s, TOWNSHIP_CODE, regions=desk.regions, on=DAY))
    assert sum(one.projects for one in file.villages) == 2
    assert file.projects == 1


def test_the_platform_adds_its_townships_up(desk: HelpDesk) -> None:
    fund = FundEntered(2017, "湘财农指〔2017〕1号", "province", "省级专项", 100)
    desk.write(lambda s: helping.enter_fund(s, fund, on=DAY, by=FINANCE), FINANCE)
    given = UseEntered(1, "industry", 60, DAY, "宜财农〔2017〕1号")
    desk.write(lambda s: helping.use_fund(s, given, on=DAY, by=FINANCE), FINANCE)
    take(desk, project())
    board = desk.read(
        lambda s: levels.county_platform(s, COUNTY, regions=desk.regions, rules=RULES, on=DAY)
    )
    assert board.name == "宜章县"
    with_households = {one.name: one.counts.helped for one in board.townships if one.counts.helped}
    assert with_households == {"白石渡镇": 3, "杨梅山镇": 1}
    assert (board.totals.helped, board.totals.helped_persons, board.totals.paired) == (4, 12, 2)
    assert {one.code: one.households for one in board.measures if one.times} == {
        "industry": 1, "education": 1, "health": 1,
    }  # fmt: skip
    assert (board.projects.villages, board.projects.households) == (1, 40)
    assert (board.shares.given_fen, board.shares.industry.numerator_fen) == (60, 60)
    assert board.shares.industry.kept is None  # 宜章 has no rule


def test_the_card_shows_help_and_masks_the_phone(desk: HelpDesk) -> None:
    number = f"{VILLAGE}0001"
    key = desk.id_of(number)

    def look(digits: str = "431022") -> object:
        return desk.read(
            lambda session: card(
                session, key, on=DAY, digits=digits, regions=desk.regions, keyring=desk.keyring
            )
        )

    told = look()
    assert told.standing == "poor"  # type: ignore[attr-defined]
    assert told.help.helper.name == "王建国"  # type: ignore[attr-defined]
    assert len(told.help.measures) == 2  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        look("431022102")


PLANTED = [
    Plant(
        test_the_book_has_a_row_for_every_household_that_the_register_tells_of,
        "households.levels.village_book._helpers",
        lambda *_: {},
    ),
    Plant(
        test_a_book_of_an_earlier_day_knows_nothing_of_later_ones,
        "households.levels.village_book.paired_on",
        lambda _day: True,
        catches=(Exception,),
    ),
    Plant(
        test_the_platform_adds_its_townships_up,
        "households.levels.county_platform.TOWNSHIP_DIGITS",
        6,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: HelpDesk) -> None:
    plant.prove(desk=desk)
