"""Every subsidy of a random portfolio, corrected or not, is recomputed from its answer alone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kernel.refusals import NotFound
from loans.models import Settlement
from loans.parts import Closed
from subsidies import explaining
from subsidies.models import Entitlement, Exclusion
from tests.loans import recomputing
from tests.loans.full_lives import portfolio
from tests.loans.town import DIRECTOR, FULL, person
from tests.planted import Plant
from tests.subsidies.treasury import TreasuryTown, bend, borne

SEEDS = (1, 2)


def printed(answer: dict[str, Any]) -> dict[str, Any]:
    """As the API sends it."""
    told: dict[str, Any] = json.loads(json.dumps(answer, ensure_ascii=False))
    return told


def why(town: TreasuryTown, key: int) -> dict[str, Any]:
    with town.books.read() as session:
        return printed(
            explaining.why(session, entitlement_id=key, by=DIRECTOR, calendar=town.calendar)
        )


def recomputed(told: dict[str, Any]) -> None:
    """By pocket calculator: the settlement, the treasury's part of it, what bears nothing."""
    recomputing.settlement(told["settlement"])
    treasury_fen = recomputing.fen(told["settlement"]["treasury"]["amount"])
    waits_fen = recomputing.fen(told["waits_for_close"])
    assert treasury_fen == recomputing.fen(told["amount"]) + waits_fen
    assert sum(recomputing.fen(row["amount"]) for row in told["rows"]) == recomputing.fen(
        told["amount"]
    )
    for part in told["left_out"]:
        days = recomputing.days_between(part["from"], part["to"])
        assert days == part["days"]
        assert recomputing.fen(part["balance"]) * days == recomputing.fen(part["balance_days"])
    assert told["clauses"][0]["clause"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_subsidy_of_a_random_portfolio_is_recomputed(town: TreasuryTown, seed: int) -> None:
    portfolio(town, seed)
    town.close_to(town.today)
    seen: Counter[str] = Counter()
    with town.books.read() as session:
        keys = session.scalars(select(Entitlement.id)).all()
        last = {
            (row.loan_id, row.to_on): row
            for row in session.scalars(select(Entitlement).order_by(Entitlement.revision))
        }
        # A revision may change what is left out and none of the treasury's part.
        settled = {
            (row.loan_id, row.to_on): row.id
            for row in session.scalars(
                select(Settlement)
                .where(Settlement.kind == "interest")
                .order_by(Settlement.revision)
            )
        }
        noted = {
            (row.settlement_id, row.reason): row.principal_days
            for row in session.scalars(select(Exclusion))
        }
    for key in keys:
        told = why(town, key)
        recomputed(told)
        seen["owed"] += 1
        seen["revised"] += len(told["rows"]) > 1
    for row in last.values():
        told = why(town, row.id)
        sums: Counter[str] = Counter()
        for part in told["left_out"]:
            sums[part["reason"]] += recomputing.fen(part["balance_days"])
        for reason, days in sums.items():
            assert noted[settled[row.loan_id, row.to_on], reason] == days
            seen[reason] += 1
    assert seen["owed"] > 10
    assert seen["revised"]


def test_what_is_above_the_cap_is_told_with_its_days(town: TreasuryTown) -> None:
    """50 000 of which 30 000 are subsidised, 22 days: 20 000 × 22 = 440 000 yuan-days bear none."""
    bend(town, interest_bearers=borne("lender", (10_000, 3_000_000, None)))
    number = town.lend(1)
    town.close_to(date(2016, 6, 20))
    (row,) = town.entitlements(number)
    told = why(town, row.id)
    recomputed(told)
    # 30 000 × 22 × 4.75 % ÷ 360 = 87.0833
    assert told["amount"] == "87.08"
    assert told["settlement"]["household"] == "58.06"
    (part,) = told["left_out"]
    assert (part["reason"], part["balance"], part["balance_days"], part["cap"]) == (
        "over_cap",
        "20000.00",
        "440000.00",
        "30000.00",
    )


def test_a_correction_is_a_row_with_the_difference(town: TreasuryTown) -> None:
    """Half is repaid with value of 10 June, told on 1 July: the quarter's days after it halve.

    22 days of 50 000 were 145.14; 11 days of 50 000 and 11 of 25 000 are
    (550 000 + 275 000) × 4.75 % ÷ 360 = 108.8542: 36.29 less.
    """
    number = town.lend(1)
    town.close_to(date(2016, 6, 30))
    town.pay(number, FULL // 2, early=True, value_date=date(2016, 6, 10))
    town.close_to(date(2016, 7, 1))
    rows = [row for row in town.entitlements(number) if row.to_on == date(2016, 6, 21)]
    told = why(town, rows[-1].id)
    recomputed(told)
    assert sum(row.amount_fen for row in rows) == recomputing.fen(told["amount"])
    assert {row.booked_on for row in rows[1:]} <= {date(2016, 7, 1)}


def test_who_may_not_see_the_loan_is_told_nothing(town: TreasuryTown) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 20))
    (row,) = town.entitlements(number)
    for by in (person(31, "administrator"), person(32, "finance")):
        stranger = by if by.person_id == 31 else _elsewhere()
        with town.books.read() as session, pytest.raises(NotFound):
            explaining.why(session, entitlement_id=row.id, by=stranger, calendar=town.calendar)


def _elsewhere() -> Any:
    actor = person(32, "finance")
    return type(actor)(actor.person_id, actor.account, actor.roles, "431023")


def without_cap(piece: Closed, _stop: object, _misuse: str) -> tuple[str, int]:
    return "over_cap", piece.principal_fen


PLANTED = [
    Plant(
        test_what_is_above_the_cap_is_told_with_its_days,
        "subsidies.explaining.left_out_of",
        without_cap,
    ),
    Plant(
        test_a_correction_is_a_row_with_the_difference,
        "subsidies.explaining._same_period",
        lambda _session, row: [row],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: TreasuryTown) -> None:
    plant.prove(town=town)
