"""Random lives: the same from the same dice, of every kind, and no fen comes from nowhere."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from tests.planted import Plant
from tests.slow_model.contract import Contract
from tests.slow_model.life import ORDER, Event, Impossible, live
from tests.slow_model.loan import SlowLoan
from tests.slow_model.random_contract import random_contract
from tests.slow_model.random_life import Life, in_force, random_life, weekdays
from tests.slow_model.says import allocated, everything, left, of_treasury, settled

FIRST_DAY = date(2016, 5, 30)
#: two years
DAYS = 730
LAST_DAY = date(2018, 5, 30)
LIVES = 60


def life_of(seed: int) -> tuple[Contract, Life]:
    rng = Random(seed)
    contract = random_contract(rng, FIRST_DAY)
    return contract, random_life(rng, contract, FIRST_DAY, DAYS, weekdays)


@pytest.fixture(scope="module")
def lives() -> list[tuple[Contract, Life]]:
    return [life_of(seed) for seed in range(LIVES)]


def sum_of(events: list[Event], *kinds: str) -> int:
    return sum(event.fen for event in events if event.kind in kinds)


def test_the_same_dice_give_the_same_life() -> None:
    assert life_of(7) == life_of(7)
    assert life_of(7) != life_of(8)


def test_every_kind_of_event_is_lived_undone_and_entered_late(
    lives: list[tuple[Contract, Life]],
) -> None:
    seen: Counter[str] = Counter()
    for _contract, life in lives:
        entries = life.entries
        for entry in entries:
            if entry.event is None:
                assert entry.undoes is not None
                undone = entries[entry.undoes].event
                assert undone is not None
                seen[f"undone {undone.kind}"] += 1
            else:
                seen[entry.event.kind] += 1
                if entry.event.on < entry.entered:
                    seen[f"late {entry.event.kind}"] += 1
    often = ("draw", "payment", "early", "extension", "deferral", "plan", "misuse", "unsubsidised")
    wanted = {*ORDER, *(f"late {kind}" for kind in often), *(f"undone {kind}" for kind in often)}
    assert wanted - seen.keys() == set()


def test_every_entry_is_possible_on_its_day(lives: list[tuple[Contract, Life]]) -> None:
    for contract, life in lives[:20]:
        for place, entry in enumerate(life.entries):
            live(contract, in_force(life.entries[: place + 1]), entry.entered, weekdays)


def test_what_was_refused_is_impossible(lives: list[tuple[Contract, Life]]) -> None:
    tries = [(contract, life, *refused) for contract, life in lives for refused in life.refused]
    assert len(tries) > LIVES
    for contract, life, place, entry in tries[:50]:
        with pytest.raises(Impossible):
            live(contract, in_force([*life.entries[:place], entry]), entry.entered, weekdays)


def test_the_order_of_entry_is_lost(lives: list[tuple[Contract, Life]]) -> None:
    for contract, life in lives[:20]:
        events = in_force(life.entries)
        expected = everything(live(contract, events, LAST_DAY, weekdays))
        Random(1).shuffle(events)
        assert everything(live(contract, events, LAST_DAY, weekdays)) == expected


def test_no_fen_comes_from_nowhere(lives: list[tuple[Contract, Life]]) -> None:
    for contract, life in lives:
        events = in_force(life.entries)
        loan = live(contract, events, LAST_DAY, weekdays)
        _nothing_from_nowhere(loan, events)


def _nothing_from_nowhere(loan: SlowLoan, events: list[Event]) -> None:
    """What went out and what came in, whichever way it is counted."""
    used = sum(allocated(loan).values())
    came = sum_of(events, "payment", "early")
    assert came == used + loan.credit + sum_of(events, "refund")
    of_principal = sum(fen for (kind, _), fen in allocated(loan).items() if kind == "principal")
    lost = loan.losses
    assert loan.drawn == loan.principal + of_principal + lost.get("principal", 0)
    for kind in ("interest", "penalty", "compound"):
        earned = sum(sum_ for (name, _), (sum_, _) in settled(loan).items() if name == kind)
        paid = sum(fen for (name, _), fen in allocated(loan).items() if name == kind)
        still = sum(fen for (name, _), fen in left(loan).items() if name == kind)
        claimed = of_treasury(loan) if kind == "interest" else 0
        assert earned == paid + still + lost.get(kind, 0) + claimed, kind
    assert min(loan.regular, loan.misused, loan.not_due, loan.credit) >= 0


# --- seen red -----------------------------------------------------------------------------------


_LOWER = SlowLoan.lower


def _keeps_a_fen(loan: SlowLoan, fen: int) -> None:
    _LOWER(loan, fen - 1)


PLANTED = [
    Plant(test_no_fen_comes_from_nowhere, "tests.slow_model.loan.SlowLoan.lower", _keeps_a_fen)
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, lives: list[tuple[Contract, Life]]) -> None:
    plant.prove(lives=lives)
