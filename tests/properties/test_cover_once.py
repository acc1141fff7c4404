"""Thirty-two clients at once on limits of covered principal, and a first limit while they draw.

Proofs 1 and 3 where cover is concerned: a limit holds whatever part of a draw it counts, whichever
way it ends for a draw beyond it, and misses no draw in flight. FUPIN_PROOF_ROUNDS makes it longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Event
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import loans
from loans import covered, limits
from loans.models import CoverExclusion, LendingLimit
from tests.loans.bent import BentRulebook
from tests.loans.town import OFFICER, Town
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, is_held_up, watching
from tests.properties.test_loans_once import ROUNDS, contracts, crowded, limit_used

__all__ = ["crowded"]

pytestmark = pytest.mark.slow

COUNTY = ("region", "431022")
#: 10 000 元
TEN = 1_000_000


def set_limit(town: Town, limit_fen: int | None, **more: Any) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_limit(session, scope=COUNTY, limit_fen=limit_fen, clause="专户", **more)


def out_and_covered(town: Town) -> tuple[int, int]:
    with town.books.read() as session:
        ((_, part, out),) = session.execute(covered.covered_by_lender()).all()
        return out, part


def exclusions(town: Town) -> int:
    with town.books.read() as session:
        return len(session.scalars(select(CoverExclusion)).all())


def test_a_limit_holds_for_top_ups_that_are_covered_in_part(crowded: Town) -> None:
    """30 000 of each household are under cover: 25 000 are out, of 10 000 more 5 000 are covered.

    Room for 32 x 25 000 and 77 777 more: fifteen top-ups fit, 75 000.
    """
    bent = BentRulebook(crowded.rulebook)
    bent.bend({"cover_principal_max_fen": 3_000_000})
    crowded.rulebook = bent  # type: ignore[assignment]
    places = range(1, CLIENTS + 1)
    first = crowded.contracts(*(crowded.asked(at, amount_fen=2_500_000) for at in places))
    for number in first:
        crowded.disburse(number, 2_500_000)
    more = crowded.contracts(*(crowded.asked(at, amount_fen=TEN) for at in places))
    base = CLIENTS * 2_500_000
    set_limit(crowded, base + 7_777_700)
    with watching(lambda: limit_used(crowded)) as seen:
        crowd = Crowd([partial(crowded.disburse, number, TEN, f"DE{number}") for number in more])
    fit = min(15, CLIENTS)
    assert len(crowd.answers) == fit
    assert crowd.refused == ({"lending_limit_exceeded": CLIENTS - fit} if fit < CLIENTS else {})
    assert max([*seen, limit_used(crowded)]) == base + fit * 500_000
    assert out_and_covered(crowded) == (base + fit * TEN, base + fit * 500_000)


def test_a_full_limit_lets_draws_go_on_outside_while_repayments_make_room(crowded: Town) -> None:
    """All are paid out; no more than 77 777 is ever under cover, and what is repaid is room."""
    numbers, vouchers = contracts(crowded), count(1)
    set_limit(crowded, 7_777_700, when_full="uncovered")
    half = len(numbers) // 2
    with watching(lambda: limit_used(crowded)) as seen:
        paid_out = Crowd(
            [partial(crowded.disburse, number, TEN, f"FK{next(vouchers)}")
             for number in numbers[:half]]
        )  # fmt: skip
        assert len(paid_out.answers) == half
        fit = min(7, half)
        assert limit_used(crowded) == fit * TEN
        assert exclusions(crowded) == half - fit
        # While covered and uncovered loans are repaid in part, the others draw.
        knocks: list[Any] = [partial(crowded.disburse, number, TEN, f"FK{next(vouchers)}")
                  for number in numbers[half:]]  # fmt: skip
        knocks += [
            partial(crowded.pay, number, TEN // 2, early=True, voucher_no=f"HK{next(vouchers)}")
            for number in numbers[:half]
        ]
        assert not Crowd(knocks).refused
    assert max(seen) <= 7_777_700
    out, part = out_and_covered(crowded)
    assert out == half * TEN // 2 + (len(numbers) - half) * TEN
    assert part == limit_used(crowded) <= 7_777_700
    slips = [f"{number}-01" for number in numbers[half:]]
    assert not Crowd([partial(crowded.reverse, slip) for slip in slips]).refused
    assert limit_used(crowded) == out_and_covered(crowded)[1] <= 7_777_700


class Held(Exception):
    """The draw in flight was not let go in time."""


def test_a_first_limit_misses_no_draw_in_flight(crowded: Town) -> None:
    """A draw that saw no limit commits only after the limit was asked for: it is counted."""
    numbers = contracts(crowded)
    for turn in range(ROUNDS):
        drawn, let_go = Event(), Event()
        with ThreadPoolExecutor(2) as pool:
            draw = pool.submit(_draw_and_wait, crowded, numbers[turn], f"QF{turn}", drawn, let_go)
            assert drawn.wait(30)
            scope = ("region", "431022100201"[: (4, 6, 9, 12)[turn % 4]])
            setting = pool.submit(_limit, crowded, scope)
            # On SQLite it waits for the one writer, on PostgreSQL for the day's row.
            assert is_held_up(crowded.books, setting)
            let_go.set()
            draw.result(60)
            setting.result(60)
        with crowded.books.read() as session:
            limit = session.get_one(LendingLimit, scope)
            assert limit.used_fen == (turn + 1) * TEN


def _draw_and_wait(town: Town, number: str, voucher: str, drawn: Event, let_go: Event) -> None:
    with town.books.write("loans.disburse", by=OFFICER) as session:
        loans.disburse_many(
            session,
            draws=[loans.Draw(number, TEN, "counter", voucher)],
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=OFFICER,
        )
        session.flush()
        drawn.set()
        if not let_go.wait(30):
            raise Held


def _limit(town: Town, scope: tuple[str, str]) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_limit(session, scope=scope, limit_fen=10**9, clause="专户")


def test_a_first_limit_amid_a_crowd_that_draws_and_repays(crowded: Town) -> None:
    numbers, vouchers = contracts(crowded), count(1)
    half = len(numbers) // 2
    for number in numbers[:half]:
        crowded.disburse(number, TEN)
    scopes = [COUNTY, ("institution", str(crowded.lender_id)), ("region", "4310")]
    knocks: list[Any] = [partial(_limit, crowded, scope) for scope in scopes]
    knocks += [partial(crowded.pay, number, TEN // 4, early=True, voucher_no=f"HK{next(vouchers)}")
               for number in numbers[:half]]  # fmt: skip
    knocks += [partial(crowded.disburse, number, TEN, f"FK{next(vouchers)}")
               for number in numbers[half:]]  # fmt: skip
    crowd = Crowd(knocks)
    assert not crowd.refused
    out, part = out_and_covered(crowded)
    assert out == part
    with crowded.books.read() as session:
        assert list(session.scalars(select(LendingLimit.used_fen))) == [part] * 3


def test_one_stop_and_thirty_two_draws(crowded: Town) -> None:
    """What was paid out was paid out before the stop; after it nothing is."""
    numbers, vouchers = contracts(crowded), count(1)

    def stop() -> str:
        with crowded.books.write("risk_fund.stop", by=crowded.system) as session:
            limits.set_stop(session, scope=COUNTY, stopped=True, clause="熔断")
        return "stopped"

    crowd = Crowd([stop, *draws_of_half(crowded, numbers, vouchers)])
    assert set(crowd.refused) <= {"lending_stopped"}
    drawn = len(crowd.answers) - 1
    assert drawn + sum(crowd.refused.values()) == CLIENTS
    assert limit_used(crowded) == drawn * TEN // 2
    again = Crowd(draws_of_half(crowded, numbers, vouchers))
    assert again.refused == {"lending_stopped": CLIENTS}


def draws_of_half(town: Town, numbers: list[str], vouchers: Iterator[int]) -> list[Any]:
    return [partial(town.disburse, number, TEN // 2, f"FK{next(vouchers)}") for number in numbers]


# --- seen red -----------------------------------------------------------------------------------


def unlocked(session: Session, places: Any) -> limits.Room:
    """Every limit has room for ever, and is not written."""
    return limits.Room(session, {})


PLANTED = [
    Plant(test_a_limit_holds_for_top_ups_that_are_covered_in_part, "loans.limits.hold", unlocked),
    Plant(
        test_a_full_limit_lets_draws_go_on_outside_while_repayments_make_room,
        "loans.operations.covering._leave_outside",
        lambda _session, _outside, _on: None,
    ),
    Plant(test_one_stop_and_thirty_two_draws, "loans.limits.hold", unlocked),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, crowded: Town) -> None:
    plant.prove(crowded=crowded)


@pytest.mark.damaged("a first limit is set that misses a draw")
def test_without_waiting_a_draw_is_missed(crowded: Town) -> None:
    """Seen red where writers meet; SQLite has one writer at a time, and nothing to wait for."""
    plant = Plant(
        test_a_first_limit_misses_no_draw_in_flight, "ledger.hold_commands", lambda _session: None
    )
    if crowded.books.engine.dialect.name == "postgresql":
        plant.prove(crowded=crowded)
    else:
        with mock.patch("ledger.hold_commands", plant.bug):
            test_a_first_limit_misses_no_draw_in_flight(crowded)
