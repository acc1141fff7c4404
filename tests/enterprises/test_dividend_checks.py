"""What ``fupin verify`` finds of dividends that were changed behind the books' back, one by one."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from enterprises import dividend_checks
from tests.enterprises.dividend_town import DividendTown
from tests.enterprises.test_dividends import DUE, three
from tests.planted import Plant


def found(town: DividendTown) -> set[str]:
    """The rules that the books break."""
    with town.books.read() as session:
        return {one.check.removeprefix("enterprises.") for one in dividend_checks.check(session)}


def lived(town: DividendTown) -> int:
    """A round that was partly sent back, and paid with another attempt; one more is due."""
    round_id = three(town)
    town.granted(round_id, 1_500_000, extra_fen=10_000)
    town.paid_out(round_id, {2: "销户"})
    town.correct_account(2, "190000000000002")
    town.paid_out(round_id)
    town.sign_for(round_id)
    return round_id


def test_books_that_were_lived_add_up(dividends: DividendTown) -> None:
    lived(dividends)
    assert found(dividends) == set()


class Change(NamedTuple):
    """What somebody changes, and the rule that finds it."""

    sql: str
    rule: str

    def __str__(self) -> str:
        return f"{self.rule}-{self.sql[:60]}"


CHANGES = [
    Change("DELETE FROM dividend_rounds", "rounds"),
    Change("UPDATE dividend_rounds SET due_on = '2017-06-02'", "rounds"),
    Change("UPDATE dividend_calendar SET next_nr = next_nr + 1", "calendar"),
    Change("UPDATE dividend_calendar SET next_due_on = NULL", "calendar"),
    Change("DELETE FROM dividend_calendar", "calendar"),
    Change("UPDATE dividend_rows SET persons = persons + 1", "frozen"),
    Change("DELETE FROM dividend_rows WHERE nr = 3", "frozen"),
    Change("UPDATE dividend_declarations SET digest = replace(digest, 'a', 'b')", "frozen"),
    Change(
        "UPDATE dividend_rows SET floor_fen = floor_fen + 1, amount_fen = amount_fen + 1,"
        " cash_fen = cash_fen + 1",
        "terms",
    ),
    Change("UPDATE agreement_households SET persons = persons + 1", "linked"),
    Change("UPDATE agreement_households SET from_on = '2016-06-02' WHERE nr = 2", "linked"),
    Change("DELETE FROM agreement_households WHERE nr = 3", "linked"),
    Change("UPDATE dividend_declarations SET extra_fen = extra_fen + 1", "terms"),
    # 33.34, 33.33 and 33.33 given on top: the fen that is left over is the first household's
    Change(
        "UPDATE dividend_rows SET profit_fen = 3333 + nr / 3,"
        " amount_fen = floor_fen + 3333 + nr / 3, cash_fen = floor_fen + 3333 + nr / 3",
        "terms",
    ),
    Change("UPDATE dividend_rows SET stake_days = stake_days + 1 WHERE nr = 3", "terms"),
    Change("UPDATE dividend_declarations SET floors_fen = floors_fen - 1", "terms"),
    Change("UPDATE dividend_declarations SET stake_days = stake_days - 1", "terms"),
    Change("UPDATE dividend_declarations SET stake_days = stake_days + 365", "split_by"),
    Change("UPDATE dividend_declarations SET floors_fen = floors_fen + 1", "split_by"),
    Change("UPDATE dividend_positions SET state = 'sent'", "places"),
    Change("UPDATE dividend_positions SET version = 2", "places"),
    Change("DELETE FROM dividend_steps WHERE state = 'checked'", "places"),
    Change("UPDATE dividend_payments SET amount_fen = amount_fen + 1 WHERE nr = 1", "paid_once"),
    Change("UPDATE dividend_files SET rows = rows + 1 WHERE nr = 1", "files"),
    Change("UPDATE dividend_files SET total_fen = total_fen - 1 WHERE nr = 2", "files"),
    Change("UPDATE dividend_files SET digest = replace(digest, 'a', 'b')", "files"),
    Change("UPDATE dividend_payments SET account_id = 1 WHERE nr = 3", "files"),
    Change("UPDATE payout_accounts SET holder = holder || '某' WHERE id = 1", "files"),
    Change("UPDATE dividend_return_rows SET result = 'paid', reason = ''", "paid_once"),
    Change("UPDATE dividend_payments SET attempt = 3 WHERE attempt = 2", "paid_once"),
    Change("UPDATE dividend_fundings SET payer_code = '91431022MA4L16HQ8P'", "payer"),
    Change("UPDATE organisations SET kind = 'office' WHERE kind = 'enterprise'", "payer"),
    Change("UPDATE vouchers SET amount_fen = amount_fen + 1", "payer"),
    Change("UPDATE dividend_pools SET paid_fen = paid_fen - 1", "pools"),
    Change("UPDATE dividend_pools SET funded_fen = funded_fen + 1", "pools"),
    Change("DELETE FROM dividend_fundings", "pools"),
    Change("UPDATE dividend_fundings SET amount_fen = amount_fen + 1", "booked"),
    Change("UPDATE dividend_returns SET paid_fen = paid_fen + 1", "booked"),
    Change("DELETE FROM dividend_returns", "booked"),
    Change("UPDATE dividend_return_rows SET result = 'returned', reason = 'other'", "households"),
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.damaged("a row of the record is changed behind the books' back")
def test_what_was_changed_is_named(dividends: DividendTown, change: Change) -> None:
    lived(dividends)
    with dividends.unguarded() as connection:
        connection.exec_driver_sql(change.sql)
    assert change.rule in found(dividends)


def test_an_agreement_approved_today_has_no_round_to_miss(dividends: DividendTown) -> None:
    """Its rounds are found by the close of the day on which it was approved."""
    dividends.find(date(2017, 5, 25))
    dividends.agree(dividends.stake(1, 100), rhythm_months=3)
    assert found(dividends) == set()
    assert len(dividends.find(DUE)) == 4


PLANTED = [
    Plant(
        test_what_was_changed_is_named,
        f"enterprises.{module}.{name}",
        lambda _session: iter(()),
        arguments={"change": next(one for one in CHANGES if one.rule == rule)},
    )
    for module, name, rule in (
        ("dividend_checks", "_frozen", "frozen"),
        ("dividend_checks", "_split", "terms"),
        ("dividend_checks", "_split_by", "split_by"),
        ("dividend_checks", "_places", "places"),
        ("dividend_money", "_files", "files"),
        ("dividend_money", "_paid_once", "paid_once"),
        ("dividend_money", "_payers", "payer"),
        ("dividend_money", "_pools", "pools"),
        ("dividend_money", "_in_the_ledger", "booked"),
    )
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
