"""The household's code: what it opens, what it never tells, and how guessing is held off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from config.wiring import House
from households import slips
from households.slips import Budget, Budgets, SlipBudgetSpent
from kernel.actor import Actor
from kernel.refusals import NotFound
from office.refusals import NotEntitled
from tests.conftest import Clock
from tests.web import world

OFFICER = Actor(11, "officer", frozenset({"loan_officer"}), "431022")
CODE = "482109375512"
FAMILY = world.FAMILIES[0]
LAST_FOUR = FAMILY.head_identity[-4:]


@dataclass
class Slips:
    house: House
    ids: dict[str, int]
    clock: Clock

    def issue(self, family: world.Family, code: str, by: Actor = OFFICER) -> str:
        with self.house.books.write(slips.COMMAND, by=by) as session:
            return slips.issue(
                session,
                self.house.keyring,
                household_id=self.ids[family.number],
                on=world.OPEN_DAY,
                by=by,
                new_code=lambda: code,
            )

    def look_up(
        self, code: str, last_four: str, source: str = "10.0.0.1", budgets: Budgets = slips.STANDARD
    ) -> int | None:
        with self.house.books.write("households.own_page", by=Actor(0, "", frozenset(), "")) as s:
            return slips.look_up(
                s,
                self.house.keyring,
                code=code,
                last_four=last_four,
                source=source,
                now=self.clock.now,
                budgets=budgets,
            )


@pytest.fixture
def desk(opened: House, settled: dict[str, int], clock: Clock) -> Slips:
    """A county with a slip for the first family."""
    desk = Slips(opened, settled, clock)
    desk.issue(FAMILY, CODE)
    return desk


def test_code_and_last_four_of_any_member_open_the_household(desk: Slips) -> None:
    assert desk.look_up(CODE, LAST_FOUR) == desk.ids[FAMILY.number]
    spouse = FAMILY.rows()[1][4][-4:]
    assert desk.look_up("4821 0937 5512", spouse.lower()) == desk.ids[FAMILY.number]
    assert desk.look_up("４８２１-０９３７-５５１２", LAST_FOUR) == desk.ids[FAMILY.number]


@pytest.mark.parametrize(
    ("code", "last_four"),
    [(CODE, "0000"), ("482109375513", LAST_FOUR), ("", ""), ("4821", "12"), ("x" * 900, "1234")],
)
def test_anything_else_opens_nothing(desk: Slips, code: str, last_four: str) -> None:
    assert desk.look_up(code, last_four) is None


def test_last_four_of_another_household_open_nothing(desk: Slips) -> None:
    assert desk.look_up(CODE, world.FAMILIES[1].head_identity[-4:]) is None


def test_a_new_slip_ends_the_one_before(desk: Slips) -> None:
    desk.issue(FAMILY, "111122223333")
    assert desk.look_up(CODE, LAST_FOUR) is None
    assert desk.look_up("111122223333", LAST_FOUR) == desk.ids[FAMILY.number]


def test_the_database_holds_neither_the_code_nor_the_four(desk: Slips) -> None:
    with desk.house.books.read() as session:
        kept = [slip.code_digest for slip in session.scalars(select(slips.HouseholdSlip))]
        kept += [answer.answer_digest for answer in session.scalars(select(slips.SlipAnswer))]
    assert len(kept) == 3
    assert all(len(digest) == 32 for digest in kept)
    assert CODE.encode() not in b"".join(kept)


def test_only_who_serves_the_village_gives_a_slip(desk: Slips) -> None:
    with pytest.raises(NotEntitled):
        desk.issue(FAMILY, CODE, Actor(12, "finance", frozenset({"finance"}), "431022"))
    elsewhere = Actor(13, "elsewhere", frozenset({"loan_officer"}), "431022102")
    with pytest.raises(NotFound):
        desk.issue(FAMILY, CODE, elsewhere)


def test_five_misses_close_a_code_for_the_day_wherever_they_come_from(desk: Slips) -> None:
    for number in range(5):
        assert desk.look_up(CODE, "0000", source=f"10.0.0.{number}") is None
    with pytest.raises(SlipBudgetSpent):
        desk.look_up(CODE, LAST_FOUR, source="10.0.0.9")
    desk.clock.now += timedelta(days=1)
    assert desk.look_up(CODE, LAST_FOUR) == desk.ids[FAMILY.number]


def test_a_source_that_guesses_waits_an_hour_and_others_do_not(desk: Slips) -> None:
    budgets = Budgets(source=Budget(3, 3600))
    for number in range(3):
        assert desk.look_up(f"99990000000{number}", "1234", budgets=budgets) is None
    with pytest.raises(SlipBudgetSpent):
        desk.look_up(CODE, LAST_FOUR, budgets=budgets)
    assert desk.look_up(CODE, LAST_FOUR, source="10.0.0.2", budgets=budgets)
    desk.clock.now += timedelta(hours=1)
    assert desk.look_up(CODE, LAST_FOUR, budgets=budgets)


def test_guessing_from_many_sources_meets_the_budget_over_all(desk: Slips) -> None:
    budgets = Budgets(everybody=Budget(20, 3600))
    answers = 0
    for number in range(200):
        try:
            desk.look_up(f"{number:012d}", "1234", source=f"10.0.{number}.1", budgets=budgets)
            answers += 1
        except SlipBudgetSpent:
            continue
    assert answers == 20


def test_hits_cost_nothing(desk: Slips) -> None:
    budgets = Budgets(source=Budget(2, 3600), everybody=Budget(2, 3600))
    for _ in range(6):
        assert desk.look_up(CODE, LAST_FOUR, budgets=budgets)


def test_no_number_of_threads_gets_past_a_budget(desk: Slips) -> None:
    threads = 8
    barrier = Barrier(threads)

    def guess(_: int) -> bool:
        barrier.wait()
        try:
            desk.look_up(CODE, "0000")
        except SlipBudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(guess, range(threads))) == 5


def test_a_household_of_another_scope_is_not_found(desk: Slips) -> None:
    with pytest.raises(NotFound), desk.house.books.write(slips.COMMAND, by=OFFICER) as session:
        slips.issue(session, desk.house.keyring, household_id=10**6, on=world.OPEN_DAY, by=OFFICER)
