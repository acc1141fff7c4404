"""Figures of fund and subsidies, closed day by day, opened into rows, held to the ledger.

The town: two loans of 50 000 and 30 000 at 4.75 %, the treasury bears all interest; a special
account of 100 000 at a multiple of 10. The first loan's subsidy is stopped from 10 June on after it
was claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import text

import indicators
from indicators import checks, fund_figures, treasury
from indicators.definitions import Figures, multiple
from indicators.models import FUND_STATE
from jobs.close import Program, Step
from jobs.program import snapshot
from loans.refusals import LendingLimitExceeded
from tests.loans import changing
from tests.loans.conftest import Ground, ground, holidays, rulebook
from tests.planted import Plant
from tests.risk_fund.fund import Fund
from tests.subsidies.offices import Offices

__all__ = ["ground", "holidays", "rulebook"]

COUNTY = "431022000000"
TOWNSHIP = "431022101000"
FIRST = date(2016, 5, 30)
SEPTEMBER = date(2016, 9, 21)
SUBSIDIES = ("subsidy_accrued", "subsidy_claimed", "subsidy_paid", "subsidy_to_recover")
FUND = (
    "fund_balance",
    "leverage_cumulative",
    "leverage_outstanding",
    "headroom_cumulative",
    "headroom_outstanding",
)


@dataclass
class Treasury(Offices):
    """The offices, with the day's figures at each close."""

    multiple: int = 10

    def __post_init__(self) -> None:
        self.account = Fund(self)

    def program(self, day: date) -> Program:
        """The loans, what the treasury owes, the figures."""
        program = super().program(day)
        steps: tuple[Step, ...] = (*program.steps, snapshot(self.multiple))
        return Program(steps, program.rulebook_digest)

    def figures(self, on: date, region: str = COUNTY) -> Figures:
        with self.books.read() as session:
            return indicators.figures(session, regions=self.regions, region=region, on=on)

    def subsidies(self, on: date) -> tuple[object, ...]:
        found = self.figures(on)
        return tuple(found.value(name) for name in SUBSIDIES)

    def fund_of(self, on: date, region: str = COUNTY) -> tuple[object, ...]:
        found = self.figures(on, region)
        return tuple(found.value(name) for name in FUND)

    def faults(self) -> list[str]:
        with self.books.read() as session:
            return [finding.en for finding in checks.check(session)]


@pytest.fixture
def town(ground: Ground) -> Treasury:
    """Open on 30 May 2016, with six households and nothing lent."""
    town = Treasury(*ground)
    town.found(FIRST)
    return town


@pytest.fixture
def lent(town: Treasury) -> Treasury:
    """The account with its money, and both loans, on 30 May."""
    town.account.opened()
    town.fund()
    town.bank("810000000012")
    town.lend(1)
    town.lend(2, amount_fen=3_000_000)
    return town


# --- the fund -------------------------------------------------------------------------------------


def test_the_fund_day_by_day(lent: Treasury) -> None:
    lent.close_to(FIRST)
    # 80 000 / 100 000; 10 × 100 000 − 80 000
    first = ("100000.00", "0.80", "0.80", "920000.00", "920000.00")
    assert lent.fund_of(FIRST) == first
    numbers = ["XD20160000001", "XD20160000002"]
    lent.account.interest(100)
    lent.pay(numbers[0], 1_234_567, early=True)
    lent.close_to(date(2016, 5, 31))
    # The interest is the treasury's, so all of the payment is principal: 67 654.33 are out.
    # 67 654.33 / 100 001.00 = 0.6765…; 10 × 100 001 − 67 654.33
    second = ("100001.00", "0.80", "0.68", "920000.00", "932355.67")
    assert lent.fund_of(date(2016, 5, 31)) == second
    # Closed days stay as they were; what is below the county has none.
    assert lent.fund_of(FIRST) == first
    assert lent.fund_of(FIRST, TOWNSHIP) == (None,) * 5
    assert lent.faults() == []


def test_another_multiple_is_another_headroom(lent: Treasury) -> None:
    lent.close_to(FIRST)
    lent.multiple = 5
    lent.close_to(date(2016, 5, 31))
    quiet = lent.fund_of(date(2016, 5, 31))
    assert quiet == ("100000.00", "0.80", "0.80", "420000.00", "420000.00")


def test_an_account_opened_later_counts_what_was_lent_before(town: Treasury) -> None:
    town.lend(1)
    town.close_to(FIRST)
    assert town.fund_of(FIRST) == ("0.00", None, None, "0.00", "0.00")
    town.account.opened(2_500_000)
    town.close_to(date(2016, 5, 31))
    # 50 000 / 25 000; 10 × 25 000 − 50 000
    assert town.fund_of(date(2016, 5, 31)) == ("25000.00", "2.00", "2.00", "200000.00", "200000.00")
    assert town.faults() == []


def test_a_draw_undone_and_a_withdrawal(town: Treasury) -> None:
    fund = town.account.opened()
    (number,) = town.contracts(town.asked(1))
    slip = town.disburse(number, 5_000_000)
    town.close_to(FIRST)
    town.reverse(slip)
    fund.withdraw(4_000_000)
    town.close_to(date(2016, 5, 31))
    assert town.fund_of(FIRST) == ("100000.00", "0.50", "0.50", "950000.00", "950000.00")
    # Nothing is lent: 10 × 60 000.
    after = ("60000.00", "0.00", "0.00", "600000.00", "600000.00")
    assert town.fund_of(date(2016, 5, 31)) == after
    fund.withdraw(6_000_000)
    with pytest.raises(LendingLimitExceeded):
        town.lend(2)


# --- subsidies ------------------------------------------------------------------------------------


def test_subsidies_from_the_settlement_to_what_is_recovered(lent: Treasury) -> None:
    """22 nights: 50 000 × 4.75 % × 22 ÷ 360 = 145.14, 30 000: 87.08. From 10 June on the first
    bears none: 11 nights, 72.57 instead of 145.14.
    """
    lent.close_to(date(2016, 6, 20))
    assert lent.subsidies(date(2016, 6, 20)) == ("232.22", "0.00", "0.00", "0.00")
    assert lent.subsidies(date(2016, 6, 19)) == ("0.00",) * 4
    claim_id = lent.sent()
    lent.take_answer(claim_id, lent.answer_file(claim_id))
    paid_on = lent.today
    lent.close_to(paid_on)
    assert lent.subsidies(date(2016, 6, 21)) == ("232.22", "232.22", "0.00", "0.00")
    assert lent.subsidies(paid_on) == ("232.22", "232.22", "232.22", "0.00")
    stop = date(2016, 6, 10)
    changing.change(lent, "unsubsidised", "XD20160000001", why="off_purpose", value_date=stop)
    stopped_on = lent.today
    lent.close_to(stopped_on)
    assert lent.subsidies(stopped_on) == ("232.22", "232.22", "232.22", "72.57")
    assert lent.faults() == []
    # The second loan's quarter: 30 000 × 4.75 % × 92 ÷ 360 = 364.17; 364.17 − 72.57 is claimed.
    lent.close_to(date(2016, 9, 20))
    claim_id = lent.sent(SEPTEMBER)
    before = lent.today
    lent.close_to(before)
    assert lent.subsidies(before) == ("596.39", "596.39", "232.22", "72.57")
    lent.take_answer(claim_id, lent.answer_file(claim_id))
    after = lent.today
    lent.close_to(after)
    assert lent.subsidies(after) == ("523.82", "523.82", "523.82", "0.00")
    assert lent.subsidies(stopped_on) == ("232.22", "232.22", "232.22", "72.57")
    assert lent.faults() == []


def test_the_course_of_the_days_and_the_rows_behind(lent: Treasury) -> None:
    lent.close_to(date(2016, 6, 20))
    lent.submitted()
    last = date(2016, 6, 22)
    lent.close_to(last)
    with lent.books.read() as session:
        for region in (COUNTY, TOWNSHIP):
            course = indicators.series(
                session, regions=lent.regions, region=region, since=FIRST, until=last
            )
            assert course == [lent.figures(one.on, region) for one in course]
        whole = lent.figures(last)
        kinds = {}
        for name in (*FUND, *SUBSIDIES):
            page = indicators.rows_behind(
                session, name, regions=lent.regions, region=COUNTY, on=last
            )
            kinds[name] = page.kind
            known = indicators.definition(name)
            if not name.startswith("headroom"):
                wanted = whole.counters[known.counter]
                assert sum(row.amount for row in page.rows) == wanted, name
            below = indicators.rows_behind(
                session, name, regions=lent.regions, region=TOWNSHIP, on=last
            )
            assert below.rows == (), "nothing was lent there, and no account lies there"
        behind = indicators.rows_behind(
            session, "subsidy_claimed", regions=lent.regions, region=COUNTY, on=last
        )
        loans = indicators.rows_behind(
            session, "headroom_outstanding", regions=lent.regions, region=COUNTY, on=last
        )
    assert set(kinds.values()) == {"movements", "loans", "entitlements"}
    assert [(row.number, row.amount) for row in behind.rows] == [
        ("XD20160000001", 145_14),
        ("XD20160000002", 87_08),
    ]
    assert [(row.number, row.amount) for row in loans.rows] == [
        ("XD20160000001", 5_000_000),
        ("XD20160000002", 3_000_000),
    ]


# --- held to rows and ledger ----------------------------------------------------------------------

DAMAGES = {
    "a counter of a village": "UPDATE subsidy_days SET to_recover_fen = to_recover_fen + 1",
    "a balance of the account": "UPDATE fund_days SET balance_fen = balance_fen + 1",
    "what is covered": "UPDATE fund_days SET covered_fen = covered_fen - 1",
    "the ledger's money": "UPDATE postings SET amount_fen = amount_fen + 1 WHERE account_id IN"
    " (SELECT id FROM accounts WHERE kind = 'fund_cash')",
    "the ledger's subsidies": "UPDATE postings SET amount_fen = amount_fen + 1 WHERE account_id IN"
    " (SELECT id FROM accounts WHERE kind = 'subsidy_expense')",
}


@pytest.mark.damaged("a snapshot or the ledger is changed by hand")
@pytest.mark.parametrize("what", DAMAGES)
def test_what_differs_is_found(lent: Treasury, what: str) -> None:
    lent.close_to(date(2016, 6, 20))
    assert lent.faults() == []
    with lent.books.engine.begin() as connection:
        for table in ("subsidy_days", "fund_days", "postings"):
            for trigger in (f"{table}_no_update", f"{table}_append_only"):
                on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
        connection.execute(text(DAMAGES[what]))
    assert lent.faults()


def test_a_multiple_has_two_decimals_half_up() -> None:
    assert multiple(35_175_000_000, 4_500_000_000) == "7.82"  # 7.81666…
    assert multiple(1_005, 1_000) == "1.01"
    assert multiple(1_004_999, 1_000_000) == "1.00"


def test_headroom_is_added_up_account_by_account() -> None:
    """10 × (100 − 20) − 500 = 300; 5 × 60 − 400 = −100: over its own, and no other's."""
    one = dict(zip(FUND_STATE, (100, 20, 90, 700, 500, 10), strict=True))
    two = dict(zip(FUND_STATE, (60, 0, 60, 400, 400, 5), strict=True))
    found = fund_figures.counters([one, two])
    assert found["fund_free_fen"] == 140
    assert found["fund_headroom_outstanding_fen"] == 200
    assert found["fund_headroom_cumulative_fen"] == 100  # 900 − 700 + 300 − 400


def no_movement(*_: object) -> dict[int, tuple[int, int]]:
    return {}


def nothing(*_: object) -> Iterator[treasury.Difference]:
    return iter(())


PLANTED = [
    Plant(test_the_fund_day_by_day, "indicators.fund_states.moved", no_movement),
    Plant(
        test_an_account_opened_later_counts_what_was_lent_before,
        "indicators.fund_states.whole",
        no_movement,
    ),
    Plant(test_the_fund_day_by_day, "indicators.fund_figures.has_fund", lambda _digits: True),
    Plant(
        test_what_differs_is_found,
        "indicators.treasury.differing",
        nothing,
        {"what": "what is covered"},
    ),
    Plant(
        test_what_differs_is_found,
        "indicators.ties.untied",
        nothing,
        {"what": "the ledger's money"},
    ),
]


@pytest.mark.damaged("a snapshot or the ledger is changed by hand")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    asked = [name for name in ("lent", "town") if name in plant.test.__code__.co_varnames]
    plant.prove(**{name: request.getfixturevalue(name) for name in asked[:1]})
