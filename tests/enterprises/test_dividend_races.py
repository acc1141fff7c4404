"""A round is declared while a household leaves beneath it: one comes first, and the other knows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

import ledger
from enterprises import leaving
from enterprises.dividends import declaring, steps
from enterprises.refusals import DividendDeclaredSince
from tests.enterprises.dividend_town import DividendTown, dividends, new_dividends
from tests.enterprises.test_dividends import leaves, three
from tests.planted import Plant
from tests.properties.crowd import Crowd, is_held_up
from tests.subsidies.offices import REGISTRAR

__all__ = ["dividends", "new_dividends"]

EARLY = date(2017, 1, 1)
#: 4 000 for the year; 1 June 2016 to 1 January 2017 are 214 of 365 days: 2 345.205
WHOLE, IN_PART = 400_000, 234_521


def agreement_of(town: DividendTown, round_id: int) -> int:
    with town.books.read() as session:
        return steps.agreement_of(session, round_id).id


def amounts(town: DividendTown, round_id: int) -> list[int]:
    return [row.amount_fen for row in town.rows(round_id)]


def test_who_leaves_while_a_round_is_declared_waits_and_is_refused(
    dividends: DividendTown,
) -> None:
    round_id = three(dividends)
    agreement_id, books = agreement_of(dividends, round_id), dividends.books
    declared = declaring.Declared(document_no="股东会〔2017〕1号")
    with ThreadPoolExecutor(1) as other:
        with books.write("enterprises.declare", by=REGISTRAR) as session:
            declaring.declare(
                session, round_id=round_id, declared=declared, on=ledger.open_day(session),
                by=REGISTRAR,
            )  # fmt: skip
            late = other.submit(leaves, dividends, agreement_id, 1, EARLY)
            assert is_held_up(books, late)
        with pytest.raises(DividendDeclaredSince):
            late.result()
    assert amounts(dividends, round_id) == [WHOLE] * 3


def test_a_round_declared_while_somebody_leaves_waits_and_counts_the_days(
    dividends: DividendTown,
) -> None:
    round_id = three(dividends)
    agreement_id, books = agreement_of(dividends, round_id), dividends.books
    number = next(iter(dividends.households))
    with ThreadPoolExecutor(1) as other:
        with books.write("enterprises.leave", by=REGISTRAR) as session:
            leaving.leave(
                session, agreement_id=agreement_id, household_number=number, from_on=EARLY,
                reason="自愿退出", on=ledger.open_day(session), by=REGISTRAR,
            )  # fmt: skip
            late = other.submit(dividends.declare, round_id)
            assert is_held_up(books, late)
        late.result()
    assert amounts(dividends, round_id) == [IN_PART, WHOLE, WHOLE]


def test_one_declares_and_one_leaves_at_once(dividends: DividendTown) -> None:
    """Whichever is first: the rows are of everybody as linked, or the household stays."""
    round_id = three(dividends)
    agreement_id, today = agreement_of(dividends, round_id), dividends.today
    assert today > EARLY
    crowd = Crowd(
        [lambda: dividends.declare(round_id), lambda: leaves(dividends, agreement_id, 1, EARLY)]
    )
    stayed = crowd.refused == {"dividend_declared_since": 1}
    assert stayed or not crowd.refused
    assert amounts(dividends, round_id) == [WHOLE if stayed else IN_PART, WHOLE, WHOLE]


PLANTED = [
    Plant(
        test_who_leaves_while_a_round_is_declared_waits_and_is_refused,
        "enterprises.leaving.linking.require_undeclared",
        lambda *_: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted, a household leaves beneath a declared round")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
