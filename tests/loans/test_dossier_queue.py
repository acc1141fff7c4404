"""The work queue: each line appears when its work is due, and goes when it is done."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import literal

from kernel.actor import Actor
from loans.dossier import queue
from loans.dossier.kinds import KIND_TITLES
from loans.dossier.refusals import MisuseAmountUnfit, QueueUnknown
from office.refusals import NotEntitled
from tests.loans.filing import COMMON, Desk, a_list, statements
from tests.loans.town import FULL, OFFICER, VILLAGE, Town, person
from tests.planted import Plant

#: one paper that every application needs, one that paying out needs
LIST = a_list(
    {"code": "form", "stage": "application", "required": True},
    {"code": "slip", "stage": "disbursement", "required": True},
    {"code": "sketch", "stage": "investigation"},
)


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town on 30 May 2016."""
    return Desk(town, LIST)


def short(desk: Desk) -> str:
    """A loan of three months, at the rate of a year's."""
    return desk.town.lend(term_months=3, annual_rate_ppm=43_500)


def test_a_check_is_due_after_thirty_days_and_then_every_six_months(desk: Desk) -> None:
    number = desk.town.lend()
    desk.town.close_to(date(2016, 6, 27))
    assert desk.due("checks") == {}
    desk.town.close_to(date(2016, 6, 28))
    # 30 May + 30 days = 29 June, which is today.
    assert desk.due("checks") == {number: "2016-06-29"}
    desk.check(number)
    assert desk.due("checks") == {}
    desk.town.close_to(date(2016, 12, 28))
    assert desk.due("checks") == {number: "2016-12-29"}
    # The latest visit counts, whichever was noted last.
    desk.check(number, value_date=date(2016, 6, 28))
    assert desk.due("checks") == {number: "2016-12-29"}
    desk.check(number, value_date=date(2016, 7, 1))
    assert desk.due("checks") == {}


def test_a_loan_near_its_maturity_stands_there_until_its_way_is_found(desk: Desk) -> None:
    number = short(desk)
    # Matures on 30 August 2016; 60 days before is 1 July.
    desk.town.close_to(date(2016, 6, 29))
    assert desk.due("maturing") == {}
    desk.town.close_to(date(2016, 6, 30))
    assert desk.due("maturing") == {number: "2016-08-30"}
    desk.way(number, "repay", date(2016, 8, 30))
    assert desk.due("maturing") == {}
    desk.town.close_to(date(2016, 8, 30))
    # Its day went by and the loan is still there.
    (line,) = desk.queue("maturing")
    assert (line.number, line.detail, line.amount_fen) == (number, "repay", FULL)
    desk.way(number, "sue", date(2016, 12, 1))
    assert desk.due("maturing") == {}


def test_whoever_falls_overdue_is_called(desk: Desk) -> None:
    number = short(desk)
    desk.contact(number, "call", note="提醒到期")
    desk.town.close_to(date(2016, 8, 29))
    assert desk.due("uncollected") == {}
    desk.town.close_to(date(2016, 8, 30))
    # The principal fell due on 30 August; the treasury bears the interest.
    (line,) = desk.queue("uncollected")
    assert (line.number, line.due_on, line.amount_fen) == (number, date(2016, 8, 30), FULL)
    desk.contact(number, "visit")
    assert desk.due("uncollected") == {}


def test_a_broken_promise_stands_there_until_the_next_step(desk: Desk) -> None:
    town = desk.town
    kept, broken = town.lend(1), town.lend(2)
    for number in (kept, broken):
        desk.promise(number, date(2016, 6, 10), 100_000)
    town.close_to(date(2016, 6, 9))
    town.pay(kept, 100_000)
    town.pay(broken, 99_999)
    assert desk.due("promises") == {}
    town.close_to(date(2016, 6, 10))
    (line,) = desk.queue("promises")
    assert (line.number, line.due_on, line.amount_fen) == (broken, date(2016, 6, 10), 100_000)
    assert line.source_id == 2
    desk.contact(broken, "visit")
    assert desk.due("promises") == {}


def test_a_payment_undone_breaks_the_promise_again(desk: Desk) -> None:
    """What SQL says of a promise is what the rule says, payment by payment."""
    town = desk.town
    number = town.lend()
    town.close_to(date(2016, 6, 1))
    town.pay(number, 50_000)
    town.close_to(date(2016, 6, 4))
    desk.promise(number, date(2016, 6, 10), 100_000)
    for day, fen in ((date(2016, 6, 7), 50_000), (date(2016, 6, 9), 49_999)):
        town.close_to(day)
        town.pay(number, fen)
    town.close_to(date(2016, 6, 10))
    town.pay(number, 50_000)
    assert [one.promise for one in desk.file(number).contacts] == ["broken"]
    assert desk.due("promises") == {number: "2016-06-10"}


def test_misuse_found_stands_there_with_its_amount(desk: Desk) -> None:
    number = desk.town.lend()
    key = desk.check(number, "lent_on", note="借给弟弟", misused_fen=3_000_000)
    (line,) = desk.queue("misuse")
    assert (line.source_id, line.amount_fen, line.detail) == (key, 3_000_000, "lent_on")
    assert line.due_on == date(2016, 5, 30)
    desk.check(number, "idle", note="钱在卡上")
    assert desk.due("misuse") == {number: "2016-05-30"}
    desk.check(number, "matches")
    assert desk.due("misuse") == {}


def test_a_death_stands_there_until_a_way_is_decided(desk: Desk) -> None:
    town = desk.town
    number = town.lend()
    desk.way(number, "repay", date(2016, 12, 31))
    desk.life(number, "died", value_date=date(2016, 5, 20))
    (line,) = desk.queue("life")
    assert (line.number, line.detail, line.due_on) == (number, "died", date(2016, 5, 20))
    desk.way(number, "successor", date(2016, 6, 30))
    assert desk.due("life") == {}


def test_who_comes_back_is_off_the_list(desk: Desk) -> None:
    number = desk.town.lend()
    desk.life(number, "moved_away")
    assert number in desk.due("life")
    desk.life(number, "back")
    assert desk.due("life") == {}


def test_missing_papers_are_named_and_the_page_says_the_same(desk: Desk) -> None:
    town = desk.town
    number = town.lend(1)
    (signed,) = town.contracts(town.asked(2))
    lines = {line.number: set(line.papers) for line in desk.queue("papers")}
    assert lines == {number: {"form", "slip"}, signed: {"form"}}
    for one, papers in lines.items():
        shown = {line.paper.code for line in desk.file(one).papers if line.missing}
        assert shown == papers
    desk.paper(number, "form")
    desk.paper(number, "slip")
    assert set(desk.due("papers")) == {signed}
    desk.paper(number, "slip", on_file=False)
    first = desk.queue("papers")[0]
    assert (first.number, first.papers) == (number, ("slip",))


def test_an_application_lacks_papers_until_it_is_signed_or_rejected(desk: Desk) -> None:
    town = desk.town
    sheet_id = town.apply(town.asked(1))
    (line,) = desk.queue("applications")
    assert (line.number, line.papers, line.amount_fen) == ("", ("form",), FULL)
    desk.application_paper(line.application_id, "form")
    assert desk.queue("applications") == []
    town.apply(town.asked(2))
    assert len(desk.queue("applications")) == 1
    town.approve(sheet_id)
    town.sign(sheet_id)
    assert set(desk.due("papers")) == set()


def test_a_lenders_own_list_is_asked_for(town: Town) -> None:
    number = town.lend()
    own = a_list(
        {"code": "own", "stage": "application", "required": True},
        credit_code="91431022MA4L16HQ8P",
    )
    both = type(LIST)({**LIST.lists, **own.lists})
    assert [line.papers for line in Desk(town, both).queue("papers")] == [("own",)]
    assert set(Desk(town, LIST).queue("papers")[0].papers) == {"form", "slip"}
    assert number in Desk(town, both).due("papers")


# --- scope, search, pages, cost -------------------------------------------------------------------


def scoped(**more: Any) -> Actor:
    return Actor(51, "officer51", frozenset({"loan_officer"}), **{"region_scope": "431022", **more})


def test_a_queue_is_ones_own(desk: Desk) -> None:
    town = desk.town
    number = town.lend()
    for by in (scoped(region_scope=VILLAGE), scoped(institution_ids=frozenset({town.lender_id}))):
        assert [line.number for line in desk.queue("papers", by=by)] == [number]
    for by in (
        scoped(region_scope="431022101"),
        scoped(region_scope="431023"),
        scoped(institution_ids=frozenset({999})),
    ):
        for kind in KIND_TITLES:
            assert desk.queue(kind, by=by) == []
    with pytest.raises(NotEntitled):
        desk.queue("papers", by=person(60, "administrator"))
    with pytest.raises(QueueUnknown):
        desk.queue("holidays")


def test_a_list_is_searched_and_narrowed(desk: Desk) -> None:
    town = desk.town
    first, second = town.lend(1), town.lend(2)
    (line,) = desk.queue("papers", text=first)
    assert line.number == first
    household = list(town.households)[1]
    assert [x.number for x in desk.queue("papers", text=household)] == [second]
    name = line.borrower
    assert first in {x.number for x in desk.queue("papers", text=name[:1])}
    assert desk.queue("papers", text="%") == []
    assert len(desk.queue("papers", region_digits=VILLAGE)) == 2
    assert desk.queue("papers", region_digits="431022101") == []


def test_pages_hold_every_line_once_the_oldest_first(desk: Desk) -> None:
    town = desk.town
    numbers = [town.lend(1), town.lend(2)]
    town.close_to(date(2016, 5, 30))
    numbers += [town.lend(3), town.lend(4)]
    asked = desk.asked()
    seen: list[str] = []
    mark = None
    with town.books.read() as session:
        while lines := queue.listed(session, "papers", asked, after=mark, limit=3):
            seen += [line.number for line in lines]
            mark = lines[-1].mark
    assert seen == numbers


def test_a_queue_costs_one_statement_a_list_however_long(desk: Desk) -> None:
    town = desk.town

    def cost() -> dict[str, int]:
        asked = desk.asked()
        costs = {}
        with town.books.read() as session:
            session.connection()
            for kind in KIND_TITLES:
                with statements(town) as noted:
                    queue.listed(session, kind, asked)
                costs[kind] = len(noted)
            with statements(town) as noted:
                queue.counts(session, asked)
            costs["all counts"] = len(noted)
        return costs

    expected = dict.fromkeys(KIND_TITLES, 1) | {"papers": 2, "applications": 2, "all counts": 8}
    town.lend(1)
    town.apply(town.asked(6))
    assert cost() == expected
    for place in (2, 3, 4):
        number = town.lend(place)
        desk.check(number, "misused", note="建房", misused_fen=100)
        desk.life(number, "died")
        desk.promise(number, town.today, 100)
    town.close_to(date(2016, 7, 10))
    assert cost() == expected


def test_a_file_costs_the_same_however_thick(desk: Desk) -> None:
    number = desk.town.lend()
    with statements(desk.town) as noted:
        desk.file(number)
    thin = len(noted)
    for _ in range(5):
        desk.check(number)
        desk.contact(number)
        desk.paper(number, "form")
    with statements(desk.town) as noted:
        desk.file(number)
    assert len(noted) == thin


PLANTED = [
    Plant(
        test_a_broken_promise_stands_there_until_the_next_step,
        "loans.dossier.standing._paid_for_promise",
        lambda: literal(0),
        catches=(ValueError,),  # two lines where one is asked for
    ),
    Plant(
        test_a_queue_is_ones_own,
        "loans.dossier.queue._narrowed",
        lambda *_: [],
    ),
    Plant(
        test_misuse_found_stands_there_with_its_amount,
        "loans.dossier.standing.MISUSES",
        ("misused",),
        catches=(MisuseAmountUnfit,),  # an amount where none belongs
    ),
    Plant(
        test_a_death_stands_there_until_a_way_is_decided,
        "loans.dossier.standing.way_since",
        lambda _trail_id: literal(1) == literal(1),
        catches=(AssertionError, ValueError),
    ),
    Plant(
        test_missing_papers_are_named_and_the_page_says_the_same,
        "loans.dossier.page._reached",
        lambda *_: {"application"},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk) -> None:
    plant.prove(desk=desk)


def test_the_list_that_ships_asks_nothing_of_2016(town: Town) -> None:
    town.lend()
    assert Desk(town, COMMON, OFFICER).queue("papers") == []
