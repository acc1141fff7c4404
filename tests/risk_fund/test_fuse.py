"""The fuse: exactly at the threshold, in its own place and no other, until two people lift it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from jobs.close import Step
from kernel.refusals import NotFound, Refusal
from loans.models import LendingLimit
from loans.refusals import LendingStopped
from office.refusals import NotEntitled, ReasonMissing, SameMakerAndChecker
from risk_fund import fuse_close as room
from risk_fund import watch_checks
from risk_fund.fuse import Standing, blows, place_of, ratio_ppm, reached, scope_of
from risk_fund.models import FuseBalance
from risk_fund.refusals import (
    FuseLiftOverlong,
    FuseLiftWaiting,
    FuseNotBlown,
    FuseReasonMissing,
)
from risk_fund.watch_queries import Watched, events_of, watched
from tests.loans.town import OFFICER, VILLAGE, Town, person
from tests.planted import Plant
from tests.risk_fund.watching import (
    BAD_ON,
    FINANCE,
    NEXT_TOWNSHIP,
    NEXT_VILLAGE,
    POVERTY,
    Watch,
)

TOWNSHIP = ("region", VILLAGE[:9])
DAY = timedelta(days=1)


@pytest.fixture
def watch(town: Town) -> Watch:
    return Watch(town)


# --- the rule -------------------------------------------------------------------------------------

ON = date(2017, 1, 31)


@pytest.mark.parametrize(
    ("bad", "out", "threshold", "is_reached"),
    [
        # 3 of 100 is 3 %; one fen more outstanding is less than that.
        (3_000_000, 100_000_000, 30_000, True),
        (3_000_000, 100_000_001, 30_000, False),
        (2_999_999, 100_000_000, 30_000, False),
        (5_000_000, 100_000_000, 50_000, True),
        (4_999_999, 100_000_000, 50_000, False),
        (1, 1, 1_000_000, True),
        # Nothing out, nothing bad: nothing to stop, even at a threshold of nothing.
        (0, 0, 30_000, False),
        (0, 100, 0, False),
        (1, 10**13, 0, True),
        # 1 000 亿元, beyond what an SQL product would hold.
        (3 * 10**11, 10**13, 30_000, True),
        (3 * 10**11 - 1, 10**13, 30_000, False),
    ],
)
def test_the_threshold_is_reached_at_the_fen(
    bad: int, out: int, threshold: int, is_reached: bool
) -> None:
    found = reached(bad_fen=bad, outstanding_fen=out, threshold_ppm=threshold)
    assert found is is_reached


@pytest.mark.parametrize(
    ("standing", "does"),
    [
        (None, True),
        # Blown, it does not blow again; lifted, it waits up to and including its day.
        (Standing("blown"), False),
        (Standing("lifted", ON), False),
        (Standing("lifted", ON + DAY), False),
        (Standing("lifted", ON - DAY), True),
    ],
)
def test_what_stood_before_says_whether_it_blows(standing: Standing | None, does: bool) -> None:
    said = {"outstanding_fen": 100, "threshold_ppm": 30_000, "on": ON}
    assert blows(standing, bad_fen=3, **said) is does  # type: ignore[arg-type]
    assert not blows(standing, bad_fen=2, **said)  # type: ignore[arg-type]


def test_places_and_scopes_name_each_other() -> None:
    for place, key in (("bank", "7"), ("township", "431022100"), ("village", "431022100201")):
        assert place_of(scope_of(place, key)) == place
    assert ratio_ppm(1, 3) == 333_333
    assert ratio_ppm(0, 0) == 0


# --- the close ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("threshold", "bad"), [(30_000, 150_000), (50_000, 250_000)])
def test_a_bank_at_the_threshold_lends_no_more(watch: Watch, threshold: int, bad: int) -> None:
    """1 500 of 50 000 yuan is 3.00 %, 2 500 of them 5.00 %: that is enough."""
    watch.threshold_ppm, watch.scopes = threshold, ("bank",)
    watch.goes_bad(1, bad)
    watch.town.lend(2, amount_fen=5_000_000 - bad)
    watch.close_to(BAD_ON - DAY)
    # A day late, and graded 2: not bad yet.
    assert watch.events() == []
    (waiting,) = watch.town.contracts(watch.town.asked(3, amount_fen=100_000))
    watch.close_to(BAD_ON)
    lender = str(watch.town.lender_id)
    assert watch.events() == [("blown", lender, BAD_ON, bad, 5_000_000, None)]
    assert watch.stopped() == {lender}
    with pytest.raises(LendingStopped) as refused:
        watch.town.disburse(waiting, 100_000)
    said = refused.value.message("zh")
    assert f"2016-07-02日终不良率{threshold // 10_000}.00%" in said
    assert watch.conduct(BAD_ON).fuse_bad_ratio_ppm.cite in said


@pytest.mark.parametrize(("threshold", "bad"), [(30_000, 150_000), (50_000, 250_000)])
def test_a_fen_below_the_threshold_stops_nothing(watch: Watch, threshold: int, bad: int) -> None:
    watch.threshold_ppm, watch.scopes = threshold, ("bank",)
    watch.goes_bad(1, bad)
    watch.town.lend(2, amount_fen=5_000_000 - bad)
    watch.town.lend(3, amount_fen=1)
    watch.close_to(BAD_ON + DAY)
    assert (watch.events(), watch.stopped()) == ([], set())
    watch.town.lend(4, amount_fen=100_000)


def test_a_township_is_stopped_and_the_next_one_is_not(watch: Watch) -> None:
    watch.threshold_ppm, watch.scopes = 50_000, ("township",)
    next_door, far = watch.neighbour(NEXT_VILLAGE), watch.neighbour(NEXT_TOWNSHIP)
    watch.goes_bad(1, 1_000_000)
    watch.town.lend(far, amount_fen=4_000_000)
    watch.close_to(BAD_ON)
    # All that is out in the township is bad; in the county a fifth is, and the bank is not watched.
    assert watch.events() == [("blown", VILLAGE[:9], BAD_ON, 1_000_000, 1_000_000, None)]
    for place in (2, next_door):
        with pytest.raises(LendingStopped):
            watch.town.lend(place, amount_fen=100_000)
    watch.town.lend(watch.neighbour(NEXT_TOWNSHIP), amount_fen=100_000)


def test_a_village_is_stopped_and_the_next_one_is_not(watch: Watch) -> None:
    watch.scopes = ("village",)
    next_door = watch.neighbour(NEXT_VILLAGE)
    watch.goes_bad(1, 1_000_000)
    watch.town.lend(next_door, amount_fen=1_000_000)
    watch.close_to(BAD_ON)
    assert watch.stopped() == {VILLAGE}
    with pytest.raises(LendingStopped):
        watch.town.lend(2, amount_fen=100_000)
    watch.town.lend(watch.neighbour(NEXT_VILLAGE), amount_fen=100_000)


def test_the_balances_follow_every_day_and_begin_with_what_is_out(watch: Watch) -> None:
    """The first days are closed without the fuse, as books were before there was one."""
    town = watch.town
    bad = watch.goes_bad(1, 1_000_000)
    town.lend(2, amount_fen=2_000_000)
    town.close_to(date(2016, 6, 9))
    assert watch.balances() == {}
    watch.close_to(date(2016, 6, 10))
    mine = (town.lender_id, VILLAGE)
    assert watch.balances() == {mine: (0, 3_000_000)}
    far = watch.neighbour(NEXT_TOWNSHIP)
    town.lend(far, amount_fen=500_000)
    watch.close_to(BAD_ON)
    other = (town.lender_id, NEXT_TOWNSHIP)
    assert watch.balances() == {mine: (1_000_000, 3_000_000), other: (0, 500_000)}
    town.pay(bad, 2_000_000)
    watch.close_to(BAD_ON + DAY)
    assert watch.balances() == {mine: (0, 2_000_000), other: (0, 500_000)}


def test_a_quiet_day_costs_three_statements(watch: Watch) -> None:
    watch.goes_bad(1, 1_000_000)
    watch.close_to(BAD_ON + DAY)
    said: list[str] = []
    engine = watch.town.books.engine

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "WITH")):
            said.append(statement)

    with watch.town.books.read() as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            room.close_fuse(session, BAD_ON + DAY + DAY, replace(
                watch.conduct(BAD_ON), fuse_scopes=replace(
                    watch.conduct(BAD_ON).fuse_scopes, value=("village",)
                )))  # fmt: skip
        finally:
            event.remove(engine, "before_cursor_execute", note)
    # Is anything counted, what moved, who has bad loans; and, for those, how they stand.
    assert len(said) == 4, said


def test_a_close_that_is_killed_goes_on_and_stops_once(watch: Watch) -> None:
    """The unit of work with the fuse in it is lost; the next worker does it again."""
    watch.scopes = ("bank", "village")
    watch.goes_bad(1, 1_000_000)
    watch.close_to(BAD_ON - DAY)
    left = ["once"]

    def die(_session: Session, _day: date, _limit: int) -> int:
        if left:
            left.pop()
            raise RuntimeError("killed")
        return 0

    closer = watch.closer(Step("die", die, whole=True))
    with pytest.raises(RuntimeError, match="killed"):
        closer.close_day(BAD_ON)
    assert (watch.events(), watch.stopped()) == ([], set())
    closer.close_day(BAD_ON)
    lender = str(watch.town.lender_id)
    assert watch.events() == [
        ("blown", lender, BAD_ON, 1_000_000, 1_000_000, None),
        ("blown", VILLAGE, BAD_ON, 1_000_000, 1_000_000, None),
    ]
    watch.close_to(BAD_ON + DAY)
    assert len(watch.events()) == 2


# --- the way back ---------------------------------------------------------------------------------


def blown(watch: Watch) -> str:
    """A bank that is stopped; its bad loan."""
    watch.scopes = ("bank",)
    number = watch.goes_bad(1, 1_000_000)
    watch.close_to(BAD_ON)
    return number


def test_it_stays_blown_when_the_ratio_goes_down_again(watch: Watch) -> None:
    number = blown(watch)
    watch.town.pay(number, 2_000_000)
    watch.close_to(BAD_ON + DAY)
    assert watch.stopped() == {str(watch.town.lender_id)}
    (bank, *_), day = seen(watch), BAD_ON
    assert (bank.event, bank.since, bank.ratio_ppm, bank.reached) == ("blown", day, 0, False)
    watch.decide(watch.ask(watch.bank, watch.town.today))
    watch.town.lend(2, amount_fen=100_000)


def test_two_people_lift_it_and_it_holds_up_to_its_day(watch: Watch) -> None:
    blown(watch)
    today, until = watch.town.today, BAD_ON + 4 * DAY
    proposal = watch.ask(watch.bank, until)
    with pytest.raises(LendingStopped):
        watch.town.lend(2, amount_fen=100_000)
    watch.decide(proposal)
    watch.town.lend(3, amount_fen=100_000)
    lender = str(watch.town.lender_id)
    watch.close_to(until)
    assert watch.events()[1:] == [("lifted", lender, today, 1_000_000, 1_000_000, until)]
    # The first close after its day finds the same ratio, and stops again.
    watch.close_to(until + DAY)
    again = ("blown", lender, until + DAY, 1_000_000, 1_100_000, None)
    assert watch.events()[2:] == [again]
    with pytest.raises(LendingStopped):
        watch.town.lend(4, amount_fen=100_000)


def test_who_asks_does_not_decide_and_a_digest_is_what_was_asked(watch: Watch) -> None:
    blown(watch)
    both = person(31, "finance")
    proposal = watch.ask(watch.bank, BAD_ON + 2 * DAY)
    with pytest.raises(SameMakerAndChecker):
        watch.decide(proposal, by=both)
    with pytest.raises(NotEntitled):
        watch.decide(proposal, by=POVERTY)
    with pytest.raises(NotEntitled):
        watch.ask(watch.bank, BAD_ON + 2 * DAY, by=FINANCE)
    with pytest.raises(NotEntitled):
        watch.ask(TOWNSHIP, BAD_ON + 2 * DAY, by=replace(POVERTY, region_scope="431022101"))
    with pytest.raises(NotFound):
        watch.decide(proposal + 1)
    assert watch.stopped() == {str(watch.town.lender_id)}


def test_a_rejected_lift_says_why_and_may_be_asked_again(watch: Watch) -> None:
    blown(watch)
    proposal = watch.ask(watch.bank, BAD_ON + 2 * DAY)
    with pytest.raises(FuseLiftWaiting):
        watch.ask(watch.bank, BAD_ON + 3 * DAY)
    assert seen(watch)[0].lift_proposal == proposal
    with pytest.raises(ReasonMissing):
        watch.decide(proposal, approved=False)
    watch.decide(proposal, approved=False, reason="先清收")
    assert seen(watch)[0].lift_proposal is None
    assert watch.stopped() == {str(watch.town.lender_id)}
    watch.decide(watch.ask(watch.bank, BAD_ON + 2 * DAY))
    assert watch.stopped() == set()


def test_what_a_lift_is_refused_for(watch: Watch) -> None:
    watch.lift_days = 30
    for scope in (watch.bank, TOWNSHIP, ("region", "4310"), ("region", "43102210x")):
        with pytest.raises(FuseNotBlown):
            watch.ask(scope, watch.town.today)
    blown(watch)
    today = watch.town.today
    for until in (today - DAY, today + 31 * DAY):
        with pytest.raises(FuseLiftOverlong) as refused:
            watch.ask(watch.bank, until)
        assert str(today + 30 * DAY) in refused.value.message("zh")
    with pytest.raises(FuseReasonMissing):
        watch.ask(watch.bank, today, reason=" ")
    proposal = watch.ask(watch.bank, today)
    watch.close_to(today)
    # Its day is over before anybody decided.
    with pytest.raises(FuseLiftOverlong):
        watch.decide(proposal)
    assert [row[0] for row in watch.events()] == ["blown"]


# --- what is shown --------------------------------------------------------------------------------


def seen(watch: Watch, by: Any = POVERTY) -> list[Watched]:
    with watch.town.books.read() as session:
        return watched(session, conduct=watch.conduct(BAD_ON), by=by)


def test_stops_come_first_then_the_worst(watch: Watch) -> None:
    blown(watch)
    found = [(one.place, one.event, one.watched, one.ratio_ppm) for one in seen(watch)]
    assert found == [
        ("bank", "blown", True, 1_000_000),
        ("township", "", False, 1_000_000),
        ("village", "", False, 1_000_000),
    ]


def test_a_lenders_people_see_their_own_figures_and_of_regions_the_stops(watch: Watch) -> None:
    blown(watch)
    mine = replace(OFFICER, institution_ids=frozenset({watch.town.lender_id}))
    (bank,) = seen(watch, mine)
    assert (bank.lender, bank.bad_fen) == ("宜章示范农商行", 1_000_000)
    assert seen(watch, replace(OFFICER, institution_ids=frozenset({99}))) == []
    watch.scopes = ("township",)
    watch.close_to(BAD_ON + DAY)
    shown = {one.place: (one.bad_fen, one.event) for one in seen(watch, mine)}
    assert shown == {"bank": (1_000_000, "blown"), "township": (None, "blown")}
    with watch.town.books.read() as session:
        assert [one.event for one in events_of(session, TOWNSHIP, by=mine)] == ["blown"]
        other = replace(POVERTY, region_scope="431022101")
        assert events_of(session, TOWNSHIP, by=other) == []
        with pytest.raises(NotEntitled):
            events_of(session, TOWNSHIP, by=person(9, "nobody"))


# --- verify ---------------------------------------------------------------------------------------


@pytest.mark.damaged("balances and stops are bent on purpose")
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (update(FuseBalance).values(bad_fen=FuseBalance.bad_fen - 1), "from the loans"),
        (
            update(FuseBalance).values(outstanding_fen=FuseBalance.outstanding_fen + 1),
            "from the loans",
        ),
        (update(LendingLimit).values(stopped=False), "lending goes on"),
    ],
)
def test_verify_finds_a_bent_watch(watch: Watch, damage: Any, words: str) -> None:
    blown(watch)
    with watch.town.books.write("test.bend", by=watch.town.system) as session:
        assert list(watch_checks.check(session)) == []
        session.execute(damage)
    with watch.town.books.read() as session:
        (found,) = watch_checks.check(session)
    assert words in found.en


PLANTED = [
    Plant(
        test_the_threshold_is_reached_at_the_fen,
        "tests.risk_fund.test_fuse.reached",
        lambda *, bad_fen, outstanding_fen, threshold_ppm: (
            bad_fen * 1_000_000 > threshold_ppm * outstanding_fen
        ),
        {"bad": 3_000_000, "out": 100_000_000, "threshold": 30_000, "is_reached": True},
    ),
    Plant(
        test_the_threshold_is_reached_at_the_fen,
        "tests.risk_fund.test_fuse.reached",
        lambda *, bad_fen, outstanding_fen, threshold_ppm: (
            ratio_ppm(bad_fen, outstanding_fen) >= threshold_ppm
        ),
        {"bad": 3_000_000, "out": 100_000_001, "threshold": 30_000, "is_reached": False},
    ),
    Plant(
        test_a_township_is_stopped_and_the_next_one_is_not,
        "risk_fund.fuse_close.DIGITS",
        {"township": 6, "village": 12},
        catches=(AssertionError, Refusal),
    ),
    Plant(
        test_it_stays_blown_when_the_ratio_goes_down_again,
        "risk_fund.fuse_close.loans.set_stop",
        lambda *_, **__: None,
    ),
    Plant(
        test_two_people_lift_it_and_it_holds_up_to_its_day,
        "risk_fund.fuse_close.rule.blows",
        lambda standing, *, on, **said: (
            standing is None or (standing.event == "lifted" and on >= standing.until_on)
        ),
    ),
    Plant(
        test_the_balances_follow_every_day_and_begin_with_what_is_out,
        "risk_fund.fuse_close._movements",
        room.whole,
        catches=(AssertionError, Exception),
    ),
]


@pytest.mark.damaged("a planted bug closed these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    plant.prove(watch=request.getfixturevalue("watch") if _asks(plant.test) else None)


def _asks(test: Callable[..., None]) -> bool:
    return "watch" in test.__code__.co_varnames[: test.__code__.co_argcount]
