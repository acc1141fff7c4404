"""Checks after lending, collection, lives and ways forward: what is noted, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.refusals import BadValue
from loans.dossier.promises import Promise, state_of
from loans.dossier.refusals import (
    BeforeDisbursement,
    DayNotCome,
    LifeEventUnfit,
    LoanSettled,
    MisuseAmountUnfit,
    PromiseIncomplete,
    PromiseLooksBack,
    PromiseMisplaced,
    SuccessorWithoutCause,
    WayLooksBack,
)
from loans.dossier.scans import Scan
from loans.models.kept import Contact, PostCheck
from loans.refusals import LoanUnknown
from office.refusals import NotEntitled
from tests.loans.filing import COMMON, JPEG, Desk
from tests.loans.town import CHECKER, DIRECTOR, FULL, Town, person
from tests.planted import Plant


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town on 30 May 2016, under the list that ships."""
    return Desk(town, COMMON)


# --- checks ---------------------------------------------------------------------------------------


def test_the_first_check_is_due_after_thirty_days_and_then_every_six_months(desk: Desk) -> None:
    number = desk.town.lend()
    # 30 May 2016 + 30 days = 29 June 2016.
    assert desk.file(number).check_due_on == date(2016, 6, 29)
    desk.town.close_to(date(2016, 6, 19))
    desk.check(number, photograph=Scan("照片.jpg", JPEG))
    # Six months after 20 June 2016.
    assert desk.file(number).check_due_on == date(2016, 12, 20)
    (line,) = desk.file(number).checks
    assert (line.row.use_found, line.row.misused_fen) == ("matches", 0)
    assert line.row.attachment_id is not None


def test_a_check_noted_late_counts_from_its_own_day(desk: Desk) -> None:
    number = desk.town.lend()
    desk.town.close_to(date(2016, 7, 14))
    desk.check(number, value_date=date(2016, 7, 10))
    desk.check(number, value_date=date(2016, 6, 15))
    # The last visit is that of 10 July, whichever was noted last.
    assert desk.file(number).check_due_on == date(2017, 1, 10)


def test_a_finding_of_misuse_stands_until_a_later_check_takes_it_back(desk: Desk) -> None:
    number = desk.town.lend()
    key = desk.check(number, "misused", note="用于建房", misused_fen=2_000_000)
    found = desk.file(number).finding
    assert found is not None
    assert (found.id, found.misused_fen) == (key, 2_000_000)
    desk.check(number, "idle", note="余款在卡上")
    assert desk.file(number).finding is not None
    desk.check(number, "matches")
    assert desk.file(number).finding is None


@pytest.mark.parametrize(
    ("use_found", "fen"),
    [("misused", 0), ("lent_on", -1), ("misused", FULL + 1), ("matches", 1), ("idle", 1)],
)
def test_the_amount_of_a_misuse_fits_what_was_found(desk: Desk, use_found: str, fen: int) -> None:
    number = desk.town.lend()
    with pytest.raises(MisuseAmountUnfit):
        desk.check(number, use_found, note="现场", misused_fen=fen)


def test_checks_of_no_day_no_words_and_no_such_use_are_refused(desk: Desk) -> None:
    (signed,) = desk.town.contracts(desk.town.asked(2))
    with pytest.raises(BeforeDisbursement):
        desk.check(signed)
    desk.town.close_to(date(2016, 6, 4))
    number = desk.town.lend()
    with pytest.raises(DayNotCome):
        desk.check(number, value_date=date(2016, 6, 6))
    with pytest.raises(BeforeDisbursement):
        desk.check(number, value_date=date(2016, 6, 4))
    with pytest.raises(BadValue):
        desk.check(number, "feasted")
    with pytest.raises(BadValue, match="note"):
        desk.check(number, "misused", note=" ", misused_fen=100)
    with pytest.raises(BadValue):
        desk.check(number, note="\x00")
    with pytest.raises(LoanUnknown):
        desk.check("XD20160000000")
    with pytest.raises(NotEntitled):
        Desk(desk.town, COMMON, DIRECTOR).check(number)
    assert desk.file(number).checks == []
    desk.check(number, value_date=date(2016, 6, 5))


def test_what_was_noted_is_never_edited(desk: Desk) -> None:
    number = desk.town.lend()
    desk.check(number)
    with (
        pytest.raises(DBAPIError),
        desk.town.books.write("loans.post_check", by=CHECKER) as session,
    ):
        session.execute(update(PostCheck).values(note="改过"))


# --- collection -----------------------------------------------------------------------------------


def test_a_notice_is_numbered_by_loan_and_year(desk: Desk) -> None:
    first, second = desk.town.lend(1), desk.town.lend(2)
    assert desk.contact(first, "notice") == "CS20160000001-01"
    assert desk.contact(second, "notice") == "CS20160000002-01"
    assert desk.contact(first, "call") == ""
    desk.town.close_to(date(2016, 12, 31))
    assert desk.contact(first, "notice") == "CS20170000001-02"


def test_a_promise_is_kept_or_broken_by_what_was_paid(desk: Desk) -> None:
    town = desk.town
    kept, broken = town.lend(1), town.lend(2)
    town.close_to(date(2016, 6, 30))
    for number in (kept, broken):
        desk.promise(number, date(2016, 7, 10), 100_000)
    assert [one.promise for one in desk.file(kept).contacts] == ["open"]
    town.close_to(date(2016, 7, 9))
    town.pay(kept, 60_000)
    town.pay(kept, 40_000)  # together 1000.00 on the promised day itself
    town.pay(broken, 99_999)
    assert [one.promise for one in desk.file(kept).contacts] == ["kept"]
    assert [one.promise for one in desk.file(broken).contacts] == ["open"]
    town.close_to(date(2016, 7, 10))
    town.pay(broken, 100_000)  # a day late
    assert [one.promise for one in desk.file(kept).contacts] == ["kept"]
    assert [one.promise for one in desk.file(broken).contacts] == ["broken"]


TENTH = Promise(date(2016, 7, 1), date(2016, 7, 10), 100_000)


@pytest.mark.parametrize(
    ("payments", "on", "state"),
    [
        ([], date(2016, 7, 10), "open"),
        ([], date(2016, 7, 11), "broken"),
        ([(date(2016, 6, 30), 100_000)], date(2016, 7, 11), "broken"),  # before it was given
        ([(date(2016, 7, 1), 100_000)], date(2016, 7, 1), "kept"),
        ([(date(2016, 7, 10), 99_999)], date(2016, 7, 11), "broken"),
        ([(date(2016, 7, 9), 50_000), (date(2016, 7, 10), 50_000)], date(2016, 8, 1), "kept"),
        ([(date(2016, 7, 11), 100_000)], date(2016, 7, 11), "broken"),
    ],
)
def test_the_rule_of_a_promise(payments: list[tuple[date, int]], on: date, state: str) -> None:
    assert state_of(TENTH, payments, on) == state


def test_contacts_that_say_too_little_or_too_much_are_refused(desk: Desk) -> None:
    town = desk.town
    number = town.lend()
    tomorrow = date(2016, 5, 31)
    wrong: list[tuple[type[Exception], Callable[[], object]]] = [
        (DayNotCome, lambda: desk.contact(number, value_date=tomorrow)),
        (BeforeDisbursement, lambda: desk.contact(number, value_date=date(2016, 5, 29))),
        (BadValue, lambda: desk.contact(number, "pigeon")),
        (BadValue, lambda: desk.contact(number, met="  ")),
        (BadValue, lambda: desk.contact(number, met="长" * 61)),
        (PromiseIncomplete, lambda: desk.contact(number, "promise", promised_fen=100)),
        (PromiseIncomplete, lambda: desk.contact(number, "promise", promised_on=tomorrow)),
        (PromiseIncomplete, lambda: desk.promise(number, tomorrow, 0)),
        (PromiseIncomplete, lambda: desk.promise(number, tomorrow, -1)),
        (PromiseLooksBack, lambda: desk.promise(number, date(2016, 5, 29), 100)),
        (PromiseMisplaced, lambda: desk.contact(number, "call", promised_on=tomorrow)),
        (PromiseMisplaced, lambda: desk.contact(number, "visit", promised_fen=100)),
        (NotEntitled, lambda: Desk(town, COMMON, person(20, "finance")).contact(number)),
    ]
    for refusal, act in wrong:
        with pytest.raises(refusal):
            act()
    with town.books.read() as session:
        assert session.scalars(select(Contact)).all() == []


def test_a_settled_loan_promises_nothing_and_has_no_way_forward(desk: Desk) -> None:
    number = desk.town.lend()
    desk.town.pay(number, FULL, early=True)
    assert desk.town.position(number).state == "settled"
    with pytest.raises(LoanSettled):
        desk.promise(number, date(2016, 6, 30), 100)
    with pytest.raises(LoanSettled):
        desk.way(number)


# --- lives ----------------------------------------------------------------------------------------


def test_what_became_of_a_borrower_is_shown_on_all_their_loans(desk: Desk) -> None:
    town = desk.town
    first = town.lend(amount_fen=2_000_000)
    second = town.lend(amount_fen=1_000_000)
    other = town.lend(2)
    desk.life(first, "moved_away", note="去广东", value_date=date(2016, 5, 1))
    assert (desk.file(first).away, desk.file(second).away) == ("moved_away", "moved_away")
    assert desk.file(other).away == ""
    desk.life(second, "back")
    assert desk.file(first).away == ""


def test_lives_follow_what_is_known(desk: Desk) -> None:
    number = desk.town.lend()
    with pytest.raises(LifeEventUnfit):
        desk.life(number, "back")
    with pytest.raises(DayNotCome):
        desk.life(number, "died", value_date=date(2016, 5, 31))
    with pytest.raises(BadValue):
        desk.life(number, "sulked")
    with pytest.raises(BadValue):
        desk.life(number, "died", reported_by="")
    desk.life(number, "moved_away")
    with pytest.raises(LifeEventUnfit):
        desk.life(number, "moved_away")
    with pytest.raises(LifeEventUnfit):
        desk.life(number, "back", value_date=date(2016, 5, 29))
    desk.life(number, "died")
    for kind in ("died", "moved_away"):
        with pytest.raises(LifeEventUnfit):
            desk.life(number, kind)
    desk.life(number, "back", note="误报")
    assert desk.file(number).away == ""


# --- ways -----------------------------------------------------------------------------------------


def test_a_way_forward_is_for_the_maturity_in_force(desk: Desk) -> None:
    number = desk.town.lend(term_months=3, annual_rate_ppm=43_500)
    assert not desk.file(number).needs_way, "three months to go"
    # It matures on 30 August 2016; 60 days before is 1 July.
    desk.town.close_to(date(2016, 6, 30))
    assert desk.file(number).needs_way
    desk.way(number, "renew", date(2016, 8, 20))
    file = desk.file(number)
    assert file.way is not None
    assert (file.way.way, file.way.matures_on, file.needs_way) == (
        "renew", date(2016, 8, 30), False,
    )  # fmt: skip
    desk.way(number, "sue", date(2016, 9, 30))
    assert [one.row.way for one in desk.file(number).ways] == ["sue", "renew"]


def test_ways_that_lead_nowhere_are_refused(desk: Desk) -> None:
    (signed,) = desk.town.contracts(desk.town.asked(2))
    with pytest.raises(BeforeDisbursement):
        desk.way(signed)
    number = desk.town.lend()
    with pytest.raises(WayLooksBack):
        desk.way(number, planned_on=date(2016, 5, 29))
    with pytest.raises(BadValue):
        desk.way(number, "pray")
    with pytest.raises(SuccessorWithoutCause):
        desk.way(number, "successor")
    desk.life(number, "died")
    desk.way(number, "successor")


PLANTED = [
    Plant(
        test_a_promise_is_kept_or_broken_by_what_was_paid,
        "loans.dossier.promises.paid_fen",
        lambda promise, payments: sum(fen for _day, fen in payments),
    ),
    Plant(
        test_a_check_noted_late_counts_from_its_own_day,
        "loans.dossier.page._check_due",
        lambda position, checks, deadlines: (
            max(checks, key=lambda line: line.row.id).row.next_due_on
        ),
    ),
    Plant(
        test_lives_follow_what_is_known,
        "loans.dossier.operations._require_follows",
        lambda *_: None,
    ),
    Plant(
        test_contacts_that_say_too_little_or_too_much_are_refused,
        "loans.dossier.finding.require_past",
        lambda *_: None,
        catches=(IntegrityError,),  # the database holds that line too
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk) -> None:
    plant.prove(desk=desk)
