"""A life lived again from its events, by the pure engine: what must hold of every life.

Contracts of every method, share and cap, and whatever can happen to them: draws, payments early and
not, refunds, more time, other plans, misuse, losses and recoveries, on working days and holidays.
The events are those that the slow model accepted; it is asked what they come to as well.

FUPIN_PROOF_REPLAYS makes the run longer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.refusals import Refusal
from loans import refusals
from loans.course import Course
from loans.replay import Event, Life
from tests.loans.replaying import (
    FIRST_DAY,
    LAST_DAY,
    begun,
    in_any_order,
    lived,
    lived_day_by_day,
    stands,
    thrown,
)
from tests.planted import Plant
from tests.slow_model import says
from tests.slow_model.contract import Contract
from tests.slow_model.life import live
from tests.slow_model.random_contract import random_contract, surcharged
from tests.slow_model.random_life import weekdays

SEEDS = st.integers(0, 2**32 - 1)
some = settings(max_examples=int(os.environ.get("FUPIN_PROOF_REPLAYS", "15")))


@some
@given(seed=SEEDS, dice=SEEDS)
def test_undone_equals_never_happened(seed: int, dice: int) -> None:
    """An event more, and then without it: nothing of it stays, in the life or beside it."""
    thrown_ = thrown(seed)
    events = thrown_.events
    assume(events)
    one = Random(dice).choice(events)
    rest = [event for event in events if event is not one]
    try:
        never = stands(lived(thrown_.contract, rest))
    except Refusal:
        assume(False)
    lived(thrown_.contract, events)
    assert stands(lived(thrown_.contract, rest)) == never
    # Tried on a twin in the middle of the life, it leaves the life as it is.
    life = lived(thrown_.contract, [e for e in rest if e.on < one.on], until=one.on)
    before = stands(life)
    twin = replace(life, course=life.course.twin())
    twin.course.credit_fen = life.course.credit_fen
    with suppress(Refusal):
        twin.apply(one)
    assert stands(life) == before


@some
@given(seed=SEEDS, dice=SEEDS)
def test_the_order_of_entry_leaves_no_trace(seed: int, dice: int) -> None:
    thrown_ = thrown(seed)
    events = thrown_.events
    assume(in_any_order(events))
    places = list(range(len(events)))
    Random(dice).shuffle(places)
    shuffled = [replace(event, id=place) for event, place in zip(events, places, strict=True)]
    assert stands(lived(thrown_.contract, shuffled)) == stands(lived(thrown_.contract, events))


@some
@given(seed=SEEDS)
def test_the_parts_add_up(seed: int) -> None:
    thrown_ = thrown(seed)
    life = lived(thrown_.contract, thrown_.events)
    course = life.course
    for one in course.settlements:
        assert one.treasury_fen + one.household_fen == one.amount_fen
        assert one.treasury_fen >= 0 <= one.household_fen
    assert min((due.left_fen for due in course.raised), default=0) >= 0
    assert min((stretch.principal_fen for stretch in course.open.values()), default=1) > 0
    assert course.credit_fen >= 0 <= course.not_due_fen(LAST_DAY)
    _nothing_from_nowhere(life, thrown_.events)


def _nothing_from_nowhere(life: Life, events: list[Event]) -> None:
    course = life.course

    def moved(*kinds: str) -> int:
        return sum(event.amount_fen for event in events if event.kind in kinds)

    lost = {event.key for event in events if event.kind == "write_off"}
    used = sum(taken.fen for taken in course.taken if taken.by not in lost)
    assert moved("payment", "early_payment") == used + course.credit_fen + moved("refund")
    assert sum(taken.fen for taken in course.taken if taken.by in lost) == life.lost_fen
    repaid = sum(taken.fen for taken in course.taken if taken.due.kind == "principal")
    assert moved("draw") == life.drawn_fen == course.principal_fen + repaid
    for due in course.raised:
        assert due.amount_fen - due.left_fen == sum(t.fen for t in course.taken if t.due is due)
    arrears = sum(d.left_fen for d in course.dues if d.kind == "interest" and _late(d))
    stretch = course.open.get("arrears")
    assert (stretch.principal_fen if stretch else 0) == (arrears if course.terms.compounds else 0)


def _late(due: object) -> bool:
    # The last close was that of a working day, so what was payable by then is past due.
    return due.payable_on < LAST_DAY  # type: ignore[attr-defined, no-any-return]


@some
@given(seed=SEEDS)
def test_day_by_day_equals_all_at_once(seed: int) -> None:
    """Every night by itself does what only those nights do at which something happens."""
    thrown_ = thrown(seed)
    by_days = lived_day_by_day(thrown_.contract, thrown_.events)
    assert stands(by_days) == stands(lived(thrown_.contract, thrown_.events))


@some
@given(seed=SEEDS, at=st.integers(1, 729))
def test_a_life_goes_on_from_where_it_was_left(seed: int, at: int) -> None:
    """What the running state of a day holds is enough to live on; notes are not asked."""
    thrown_ = thrown(seed)
    day = date.fromordinal(FIRST_DAY.toordinal() + at)
    first = [event for event in thrown_.events if event.on < day]
    whole = lived(thrown_.contract, thrown_.events)
    life = lived(thrown_.contract, first, until=day)
    life.course = replace(life.course.twin(), credit_fen=life.course.credit_fen)
    for event in sorted((e for e in thrown_.events if e.on >= day), key=lambda e: e.place):
        _nights(life.course, day, event.on)
        day = event.on
        life.apply(event)
    _nights(life.course, day, LAST_DAY)
    ours, theirs = stands(life), stands(whole)
    for name in ("balances", "settled to", "left", "payable", "credit", "plan", "terms", "counted"):
        assert ours[name] == theirs[name], name


def _nights(course: Course, day: date, until: date) -> None:
    while day < until:
        course.night(day, working_day=weekdays(day))
        day = date.fromordinal(day.toordinal() + 1)


@some
@given(seed=SEEDS)
def test_the_slow_model_comes_to_the_same(seed: int) -> None:
    thrown_ = thrown(seed)
    ours = stands(lived(thrown_.contract, thrown_.events))
    model = live(thrown_.contract, thrown_.told, LAST_DAY, weekdays)
    assert {state: one.principal_fen for state, one in ours["balances"].items()} == says.balances(
        model
    )
    assert {k: (a, t) for k, (_, a, t) in ours["settled"].items() if a} == says.settled(model)
    assert ours["credit"] == model.credit
    assert ours["left"] == says.left(model)
    assert ours["terms"].matures_on == model.contract.matures
    assert ours["counted"][:3] == (model.drawn, sum(model.losses.values()), model.recovered)
    if not model.losses:
        assert ours["dues"] == says.dues(model)
        taken = {(kind, on): fen for (kind, _, on), fen in ours["taken"].items()}
        assert taken == says.allocated(model)


@some
@given(seed=SEEDS)
def test_what_the_rules_forbid_is_refused(seed: int) -> None:
    thrown_ = thrown(seed)
    for told, day in thrown_.refused:
        if any(event.on > day for event in told):
            continue
        events = replace(thrown_, told=told).events
        with pytest.raises(Refusal):
            lived(thrown_.contract, events, until=day)


# --- refused ------------------------------------------------------------------------------------


def day(number: int) -> date:
    return date.fromordinal(FIRST_DAY.toordinal() + number)


def event(kind: str, on: int, fen: int = 0, **more: object) -> Event:
    return Event(kind, day(on), on, fen, **more)  # type: ignore[arg-type]


DRAWN = event("draw", 0, 100_000)
EXTENDED = event("extension", 10, matures_on=date(2017, 8, 30))
LOST = event("write_off", 20)

REFUSED: list[tuple[type[Refusal], list[Event]]] = [
    (refusals.EventBeforeFirstDraw, [event("payment", 5, 1), event("draw", 6, 1)]),
    (refusals.EventBeforeFirstDraw, [EXTENDED]),
    (refusals.DrawAboveContract, [DRAWN, event("draw", 1, 1)]),
    (refusals.LoanOver, [event("draw", 365, 1)]),
    (refusals.LoanOver, [event("draw", 0, 10), event("early_payment", 5, 10), event("draw", 6, 1)]),
    (refusals.MisusedLoanNotDrawn, [event("draw", 0, 1), event("misuse", 5), event("draw", 6, 1)]),
    (refusals.AlreadyMisused, [DRAWN, event("misuse", 5), event("misuse", 6)]),
    (refusals.MaturityNotLater, [DRAWN, replace(EXTENDED, matures_on=date(2017, 5, 30))]),
    (refusals.ChangeAfterMaturity, [DRAWN, replace(EXTENDED, on=date(2017, 5, 30))]),
    (refusals.ChangeAfterMaturity, [DRAWN, event("plan", 366, method="bullet")]),
    (refusals.BucketWouldBeNegative, [DRAWN, event("payment", 2, 7), event("refund", 3, 8)]),
    (refusals.EventAfterWriteOff, [DRAWN, LOST, event("payment", 21, 1)]),
    (refusals.RecoveryAboveLoss, [DRAWN, event("recovery", 21, 1)]),
    (refusals.RecoveryAboveLoss, [DRAWN, LOST, event("recovery", 21, 200_000)]),
    (refusals.LoanOver, [DRAWN, event("early_payment", 19, 200_000), LOST]),
]


def _contract() -> Contract:
    return replace(
        random_contract(Random(1), FIRST_DAY),
        amount=100_000, matures=date(2017, 5, 30), method="bullet", every=0, settle_on=0,
        convention="act/360", shares=[], revolving=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("refusal", "events"), REFUSED, ids=[f"{n}-{r[0].__name__}" for n, r in enumerate(REFUSED)]
)
def test_refused_by_its_name(refusal: type[Refusal], events: list[Event]) -> None:
    with pytest.raises(refusal):
        lived(_contract(), events)


def test_a_loan_by_plan_is_drawn_once_and_whole() -> None:
    contract = replace(_contract(), method="equal-principal", every=3)
    with pytest.raises(refusals.PlanLoanDrawnOnce):
        lived(contract, [event("draw", 0, 99_999)])
    assert begun(contract).drawn_fen == 0


# --- worked by hand -----------------------------------------------------------------------------


def test_what_waits_for_a_working_day_is_no_part_of_a_new_plan() -> None:
    """1 200.00 at 3.6 % (a ten-thousandth a day), in six parts; more time from Monday 1 August.

    The instalment of Saturday 30 July waits for that Monday and is not paid yet.
    """
    contract = replace(
        _contract(), amount=120_000, matures=date(2016, 11, 30), method="equal-principal", every=1,
        rate=Fraction(36_000, 1_000_000), penalty_rate=surcharged(36_000, 5_000),
        misuse_rate=surcharged(36_000, 10_000),
    )  # fmt: skip
    monday = date(2016, 8, 1)
    # 31 days on 1 200.00: 3.72
    paid = Event("payment", date(2016, 6, 30), 2, 20_372)
    more_time = Event("extension", monday, 3, matures_on=date(2017, 1, 30))
    draw = Event("draw", FIRST_DAY, 1, 120_000)
    course = lived(contract, [draw, paid, more_time], until=monday).course
    # Saturday and Sunday on 800.00, without the 200.00 that were due: 0.16
    assert (course.settlements[-1].to_on, course.settlements[-1].amount_fen) == (monday, 16)
    # 800.00 ÷ 6 = 133.33, and the rest last
    assert [row.principal_fen for row in course.plan] == [13_333] * 5 + [13_335]
    # 29 days on 800.00: 2.32
    assert (course.plan[0].due, course.plan[0].interest_fen) == (date(2016, 8, 30), 232)


# --- seen red -----------------------------------------------------------------------------------

_END_OF_DUE_DAY = Course.end_of_due_day
_NEXT_NIGHT = Course.next_night
_RAISE = Course._raise


def _as_entered(one: Event) -> tuple[int]:
    return (one.id,)


def _all_at_once(course: Course, day: date) -> date:
    """The nights of dues are forgotten."""
    return min(course.plan_event_on, course.terms.settle_event_after(day))


def _never_moved(course: Course, day: date, *, working_day: bool) -> None:
    """A holiday is a day like any other."""
    del working_day
    _END_OF_DUE_DAY(course, day, working_day=True)


def _lenient(course: Course, amount_fen: int) -> None:
    """A refund that leaves the credit as it was."""
    del course, amount_fen


PLANTED = [
    Plant(
        test_the_order_of_entry_leaves_no_trace,
        "loans.replay.Event.place",
        property(_as_entered),
        catches=(AssertionError, Refusal, ValueError),
    ),
    Plant(
        test_the_parts_add_up,
        "loans.course.Course.refund",
        _lenient,
        catches=(AssertionError, Refusal),
    ),
    Plant(test_day_by_day_equals_all_at_once, "loans.course.Course.next_night", _all_at_once),
    Plant(
        test_the_slow_model_comes_to_the_same, "loans.course.Course.end_of_due_day", _never_moved
    ),
    Plant(
        test_what_waits_for_a_working_day_is_no_part_of_a_new_plan,
        "loans.earning.Balances.not_due_fen",
        lambda course, on: course.undue_fen,
    ),
    Plant(
        test_what_the_rules_forbid_is_refused,
        "loans.replay.Life._require_running",
        lambda life, event: None,
    ),
    Plant(
        test_undone_equals_never_happened,
        "loans.course.Course.twin",
        lambda course: course,
    ),
    Plant(
        test_a_life_goes_on_from_where_it_was_left,
        "loans.course.Course.twin",
        lambda course: replace(
            course, unsettled=[], closed=[], settlements=[], raised=[], taken=[]
        ),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
