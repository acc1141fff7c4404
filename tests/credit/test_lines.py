"""Lines: drawn and given back by conditional updates, never beyond the limit, all or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Select, literal, select, true, union_all
from sqlalchemy.orm import Session

import credit
from credit import lines
from credit.models import CreditLine
from credit.refusals import LineExceeded, LineReleaseExceedsUse, NoLineInForce
from credit.scheme import Scheme
from kernel.actor import Actor
from kernel.unit_of_work import Books
from tests.credit.conftest import BEST, GOOD, OPEN, POOR, Settle
from tests.credit.test_ratings import IN_A_YEAR, Desk
from tests.planted import Plant

pytestmark = pytest.mark.damaged("lines are drawn here without the loans that verify looks for")


@pytest.fixture
def desk(open_books: Books, scheme: Scheme, officer: Actor, checker: Actor) -> Desk:
    return Desk(open_books, scheme, officer, checker)


def draw(desk: Desk, household_id: int, amount_fen: int, on: date = OPEN) -> None:
    with desk.books.write("loans.disburse", by=desk.officer) as session:
        credit.draw_line(session, household_id=household_id, amount_fen=amount_fen, on=on)


def release(desk: Desk, household_id: int, amount_fen: int) -> None:
    with desk.books.write("loans.repay", by=desk.officer) as session:
        credit.release_line(session, household_id=household_id, amount_fen=amount_fen)


def used(desk: Desk, household_id: int) -> int:
    with desk.books.read() as session:
        line = credit.line(session, household_id, on=OPEN)
        assert line is not None
        return line.used_fen


def demands(rows: dict[int, int] | list[tuple[int, int]]) -> Select[int, int]:
    """A SELECT of household and amount, as a batch of disbursements gives it."""
    pairs = list(rows.items()) if isinstance(rows, dict) else rows
    asked = union_all(
        *(
            select(literal(household_id).label("household_id"), literal(fen).label("amount_fen"))
            for household_id, fen in pairs
        )
    ).subquery("batch")
    return select(asked.c.household_id, asked.c.amount_fen)


def test_draws_and_releases_move_the_use(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    draw(desk, one, 1_000_000)
    draw(desk, one, 2_000_000)
    assert used(desk, one) == 3_000_000
    release(desk, one, 500_000)
    assert used(desk, one) == 2_500_000
    draw(desk, one, 500_000)
    assert used(desk, one) == 3_000_000


def test_a_draw_beyond_the_line_is_refused(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    draw(desk, one, 2_999_999)
    with pytest.raises(LineExceeded) as refused:
        draw(desk, one, 2)
    assert refused.value.facts["available"] == "0.01"
    assert used(desk, one) == 2_999_999
    draw(desk, one, 1)


def test_only_a_line_in_force_can_be_drawn(desk: Desk, settle: Settle) -> None:
    one, two, three = settle(3)
    desk.rate([(one, GOOD), (two, POOR)])
    draw(desk, one, 1, IN_A_YEAR - timedelta(days=1))
    for household_id, day in ((one, OPEN - timedelta(days=1)), (one, IN_A_YEAR), (three, OPEN)):
        with pytest.raises(NoLineInForce):
            draw(desk, household_id, 1, day)
    # rated, but below the pass mark: a line of nothing
    with pytest.raises(LineExceeded):
        draw(desk, two, 1)


def test_a_lowered_line_keeps_its_use_and_takes_no_more(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, BEST)])
    draw(desk, one, 4_000_000)
    desk.rate([(one, GOOD)])
    with desk.books.read() as session:
        line = credit.line(session, one, on=OPEN)
        assert line is not None
        assert (line.limit_fen, line.used_fen, line.available_fen) == (3_000_000, 4_000_000, 0)
    with pytest.raises(LineExceeded):
        draw(desk, one, 1)
    release(desk, one, 1_500_000)
    draw(desk, one, 500_000)


def test_no_more_is_given_back_than_was_drawn(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    draw(desk, one, 100)
    with pytest.raises(LineReleaseExceedsUse):
        release(desk, one, 101)
    assert used(desk, one) == 100


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_an_amount_is_above_zero(desk: Desk, settle: Settle, amount_fen: int) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    for move in (draw, release):
        with pytest.raises(ValueError, match="above zero"):
            move(desk, one, amount_fen)


def test_many_draw_and_give_back_at_once(desk: Desk, settle: Settle) -> None:
    one, two, three = settle(3)
    desk.rate([(one, GOOD), (two, BEST), (three, GOOD)])
    with desk.books.write("loans.disburse", by=desk.officer) as session:
        drew = credit.draw_lines(
            session, demands([(one, 1_000_000), (two, 5_000_000), (one, 2_000_000)]), on=OPEN
        )
    assert drew == 2
    assert [used(desk, household) for household in (one, two, three)] == [3_000_000, 5_000_000, 0]
    with desk.books.write("loans.repay", by=desk.officer) as session:
        assert credit.release_lines(session, demands({one: 1, two: 5_000_000})) == 2
    assert [used(desk, household) for household in (one, two, three)] == [2_999_999, 0, 0]


def test_many_draw_all_or_none(desk: Desk, settle: Settle) -> None:
    one, two, three = settle(3)
    desk.rate([(one, GOOD), (two, GOOD)])
    for rows, refusal in (
        ({one: 1, two: 3_000_001}, LineExceeded),
        ([(one, 1), (two, 2_000_000), (two, 1_000_001)], LineExceeded),
        ({one: 1, three: 1}, NoLineInForce),
    ):
        # the refusal is caught inside the unit of work: what the savepoint took back stays back
        with desk.books.write("loans.disburse", by=desk.officer) as session:
            with pytest.raises(refusal):
                credit.draw_lines(session, demands(rows), on=OPEN)
            assert session.scalars(select(CreditLine.used_fen)).all() == [0, 0]
    with desk.books.write("loans.disburse", by=desk.officer) as session:
        with pytest.raises(NoLineInForce):
            credit.draw_lines(session, demands({one: 1}), on=IN_A_YEAR)
        with pytest.raises(LineReleaseExceedsUse):
            credit.release_lines(session, demands({one: 1}))
        with pytest.raises(LineReleaseExceedsUse):
            credit.release_lines(session, demands({three: 1}))


def test_clerks_at_the_same_line_never_pass_the_limit(desk: Desk, settle: Settle) -> None:
    (one,) = settle(1)
    desk.rate([(one, GOOD)])
    barrier = Barrier(8)
    refused: list[bool] = []

    def clerk() -> None:
        barrier.wait()
        try:
            draw(desk, one, 500_000)
            refused.append(False)
        except LineExceeded:
            refused.append(True)

    clerks = [Thread(target=clerk) for _ in range(8)]
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join()
    # 30 000 yuan hold six draws of 5 000
    assert sorted(refused) == [False] * 6 + [True] * 2
    assert used(desk, one) == 3_000_000


def _without_the_condition(
    session: Session, *, household_id: int, amount_fen: int, on: date
) -> None:
    line = session.get_one(CreditLine, household_id)
    line.used_fen += amount_fen


def _always(session: Session, moved: object, _enough: object, used_fen: object) -> int | None:
    return _MOVE(session, moved, true(), used_fen)  # type: ignore[arg-type]


_MOVE = lines._move

PLANTED = [
    Plant(test_a_draw_beyond_the_line_is_refused, "credit.draw_line", _without_the_condition),
    Plant(
        test_clerks_at_the_same_line_never_pass_the_limit,
        "credit.draw_line",
        _without_the_condition,
    ),
    Plant(test_many_draw_all_or_none, "credit.lines._move", _always),
]


@pytest.mark.damaged("the bugs leave what they leave")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk, settle: Settle) -> None:
    plant.prove(desk=replace(desk), settle=settle)
