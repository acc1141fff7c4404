"""The set-based split is the pure one, row by row, in as many statements whatever its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select

from enterprises import batch, terms
from enterprises.batch import STAKE_DAYS_MAX, Case
from enterprises.dividends import declaring, rounds, steps
from enterprises.linked import linked_in
from enterprises.models import DividendDeclaration, DividendRound
from enterprises.refusals import StakesTooGreatToSplit
from enterprises.terms import Linked, Part, Term
from kernel.database import trail_id_of
from tests.enterprises.dividend_town import FIRST_DAY, DividendTown
from tests.planted import Plant
from tests.subsidies.offices import REGISTRAR

DUE = date(2017, 6, 1)
#: a stake may be 1亿元
MOST = 10_000_000_000


def case_of(session: Any, round_id: int) -> Case:
    found = session.get_one(DividendRound, round_id)
    agreement = steps.agreement_of(session, round_id)
    return Case(found, agreement, declaring.term_of(session, agreement, found.nr))


def require_equal(town: DividendTown, round_id: int, profit_fen: int, extra_fen: int) -> None:
    """What was written for a round is what the pure split says of the same households."""
    town.declare(round_id, profit_fen=profit_fen, extra_fen=extra_fen)
    with town.books.read() as session:
        one = case_of(session, round_id)
        linked = [
            Linked(**row._asdict())
            for row in session.execute(
                linked_in(one.agreement.id, one.round.period_from, one.round.counted_to)
            )
        ]
        pure = terms.split(
            one.term,
            linked,
            rhythm_months=one.agreement.rhythm_months,
            period_days=one.period_days,
            profit_fen=profit_fen,
            service_fee_bp=one.agreement.service_fee_bp,
            extra_fen=extra_fen,
        )
    wanted = [
        (p.household_id, p.floor_fen, p.profit_fen, p.cash_fen, p.reinvested_fen)
        for p in pure
        if p.amount_fen
    ]
    written = [
        (row.household_id, row.floor_fen, row.profit_fen, row.cash_fen, row.reinvested_fen)
        for row in town.rows(round_id)
    ]
    assert written == wanted
    assert wanted
    require_split_by(town, round_id, sum(one.stake_days for one in linked), pure)


def require_split_by(
    town: DividendTown, round_id: int, stake_days: int, pure: Sequence[Part]
) -> None:
    """What it was split by is written with it: all stakes times their days, and all floors."""
    with town.books.read() as session:
        told = session.get_one(DividendDeclaration, (round_id, 1))
    assert (told.stake_days, told.floors_fen) == (stake_days, sum(one.floor_fen for one in pure))


def some_term(random: Random) -> Term:
    basis = random.choice(terms.BASES)
    return Term(
        year_from=1,
        year_to=9,
        basis=basis,
        rate_ppm=random.randrange(1, 1_000_001) if basis == "rate_on_stake" else 0,
        amount_fen=0 if basis == "rate_on_stake" else random.randrange(1, 100_000_001),
        cash_bp=random.choice([10_000, 6_000, random.randrange(10_001)]),
        profit_share_bp=random.choice([0, random.randrange(1, 10_001)]),
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_split_is_the_pure_one_row_by_row(dividends: DividendTown, seed: int) -> None:
    random = Random(seed)
    term = some_term(random)
    stakes = [
        dividends.stake(place, random.choice([1, random.randrange(1, MOST), 5_000_000]))
        for place in range(1, 7)
    ]
    # 31 August: periods clamp to the ends of months
    dividends.agree(
        *stakes,
        term=term,
        rhythm_months=random.choice([3, 6, 12]),
        service_fee_bp=random.choice([0, 2_000]),
        years=2,
        from_on=date(2016, 8, 31),
        to_on=date(2018, 8, 31),
        in_advance=True,
    )
    round_id = dividends.find(FIRST_DAY)[-1]
    profit_fen = random.randrange(10**14) if term.profit_share_bp else 0
    require_equal(dividends, round_id, profit_fen, random.choice([0, random.randrange(10**12)]))


def test_at_the_largest_operands_nothing_overflows(dividends: DividendTown) -> None:
    """Six stakes of 1亿元 less some fen for a year at 100 %, and the largest profit there is."""
    dividends.agree(
        *(dividends.stake(place, MOST - place) for place in range(1, 7)),
        term=Term(
            year_from=1,
            year_to=3,
            basis="rate_on_stake",
            rate_ppm=1_000_000,
            profit_share_bp=10_000,
        ),
    )
    (round_id,) = dividends.find(DUE)
    require_equal(dividends, round_id, 10**14, 10**14)


def test_stakes_too_great_for_the_split_are_refused(
    dividends: DividendTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2⁵⁰ - 1 fen-days of all stakes fit: 2 x 2⁵⁰ x 2¹² is below 2⁶³."""
    assert 2 * STAKE_DAYS_MAX * batch._BASE < 2**63
    dividends.agree(dividends.stake(1, 5_000_000))
    (round_id,) = dividends.find(DUE)
    monkeypatch.setattr(batch, "STAKE_DAYS_MAX", 5_000_000 * 365 - 1)
    with pytest.raises(StakesTooGreatToSplit):
        dividends.declare(round_id)
    monkeypatch.setattr(batch, "STAKE_DAYS_MAX", 5_000_000 * 365)
    dividends.declare(round_id)


# --- statements -----------------------------------------------------------------------------------


@contextmanager
def counting(town: DividendTown) -> Iterator[list[str]]:
    """The statements meanwhile, but for what begins a transaction."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(town.books.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(town.books.engine, "before_cursor_execute", note)


def test_a_quiet_day_costs_one_question(dividends: DividendTown) -> None:
    dividends.agree(dividends.stake(1, 5_000_000))
    dividends.find(FIRST_DAY)
    with dividends.books.read() as session, counting(dividends) as seen:
        assert rounds.find_due(session, date(2017, 5, 31)) == 0
    assert len(seen) == 1


def statements_of(town: DividendTown, places: range, number: str) -> dict[str, int]:
    """Of each step of a round of so many households."""
    town.agree(*(town.stake(place, 5_000_001) for place in places), number=number)
    round_id = town.find(max(DUE, town.today))[-1]
    counted: dict[str, int] = {}
    steps: dict[str, Any] = {
        "declare": lambda: town.declare(round_id, extra_fen=1_001),
        "check": lambda: town.hang(round_id),
        "receive": lambda: town.receive(10_000_000),
        "find": lambda: town.find_money(round_id),
        "approve": lambda: town.grant_round(round_id),
        "file": lambda: town.pay_file(round_id),
        "send": lambda: town.send_round(round_id),
    }
    for name, step in steps.items():
        with counting(town) as seen:
            step()
        counted[name] = len(seen)
    said = town.bank_says(round_id)
    with counting(town) as seen:
        town.take_bank(round_id, said)
    return {**counted, "answer": len(seen)} | {"check": 0}


def test_the_statements_of_a_round_do_not_grow_with_its_households(
    new_dividends: DividendTown,
) -> None:
    town = new_dividends
    town.found(FIRST_DAY, households=44)
    for place in range(1, 45):
        town.give_card(place, f"1800000000{place:05d}")
    town.enterprise_id = town.settle_in()
    town.recognise(town.enterprise_id)
    first = statements_of(town, range(1, 3), "利联2016-001")
    few = statements_of(town, range(3, 5), "利联2016-002")
    many = statements_of(town, range(5, 45), "利联2016-003")
    assert few == many
    assert all(first[name] >= few[name] for name in few)


def test_what_is_written_names_its_trail(dividends: DividendTown) -> None:
    dividends.agree(dividends.stake(1, 5_000_000))
    (round_id,) = dividends.find(DUE)
    dividends.declare(round_id)
    with dividends.books.write("enterprises.declare", by=REGISTRAR) as session:
        new = trail_id_of(session)
    assert 0 < dividends.rows(round_id)[0].trail_id < new
    with dividends.books.read() as session:
        assert session.scalar(select(DividendRound.revision)) == 0


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_at_the_largest_operands_nothing_overflows,
        "enterprises.batch._DIGITS",
        1,
        catches=(Exception, pytest.fail.Exception),
    ),
    Plant(
        test_at_the_largest_operands_nothing_overflows,
        "enterprises.batch._BASE",
        2**40,
        catches=(Exception, pytest.fail.Exception),
    ),
    Plant(
        test_the_split_is_the_pure_one_row_by_row,
        "enterprises.batch.half_up",
        lambda numerator, divisor: numerator // divisor,
        arguments={"seed": 1},
    ),
    Plant(
        test_the_split_is_the_pure_one_row_by_row,
        "enterprises.batch.expected_fen",
        lambda session, one: 1,
        arguments={"seed": 2},
    ),
    Plant(
        test_stakes_too_great_for_the_split_are_refused,
        "enterprises.batch._check_stakes",
        lambda session, one: 5_000_000 * 365,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(
    plant: Plant, dividends: DividendTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.prove(dividends=dividends, monkeypatch=monkeypatch)
