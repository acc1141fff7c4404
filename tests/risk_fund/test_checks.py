"""Single changes behind the fund's back, triggers off: its own checks find each and name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.append_only import append_only_tables, unprotect
from kernel.unit_of_work import Books
from risk_fund.checks import check
from tests.databases import Maker
from tests.loans.town import CHECKER, Town
from tests.planted import Plant
from tests.properties.interrupted import Mould
from tests.risk_fund.fund import Fund
from tests.risk_fund.test_claims import HENAN, LEVELS
from tests.risk_fund.test_reconciling import MAY, Bank, moved, row

pytestmark = pytest.mark.slow

GUARANTOR = "guarantee:agricultural"


@pytest.fixture
def mould(town: Town, databases_of_this_process: Maker, tmp_path: Path) -> Iterator[Mould]:
    """An account that has lived: a month reconciled, a claim paid, recovered, given back, undone;
    another claim under way, a third rejected.
    """
    fund = Fund(town).opened()
    fund.rules(
        conduct={"claim_trigger_overdue_days": 3},
        contract={"loss_sharing": HENAN, "fund_sharing": LEVELS},
    )
    second, third = (town.lend(place, term_months=1, annual_rate_ppm=43_500) for place in (2, 3))
    fund.close_to(date(2016, 5, 31))
    fund.interest(1_234)
    fund.withdraw(100_000)
    bank = Bank(fund, tmp_path)
    statement = (
        row("期初余额", "0.00"),
        moved("ZH000001", "100000.00", **{"in": "100000.00"}),
        row("期末余额", "100000.00"),
    )
    bank.decide(bank.propose(bank.take(statement, MAY)))
    number, claim_id = fund.paid()
    fund.company_pays(claim_id, GUARANTOR)
    town.pay(number, 1_000_000)
    fund.close_to(town.today)
    fund.give_back(300_000)
    undone = town.pay(number, 500_000)
    fund.close_to(town.today)
    town.undo_payment(undone)
    town.pay(number, 700_000)
    fund.close_to(town.today)
    fund.file(fund.collect(second))
    fund.judge(fund.file(fund.collect(third)), CHECKER, approved=False, reason="缺签章")
    made = Mould.of(databases_of_this_process, town.books)
    yield made
    made.close()


@dataclass(frozen=True)
class Change:
    """One statement that no operation would make, and the check that must name it."""

    sql: str
    finds: str

    def __str__(self) -> str:
        return self.sql[:70]


CHANGES = [
    Change("UPDATE fund_balances SET balance_fen = balance_fen + 1", "balances"),
    Change("UPDATE fund_balances SET pledged_fen = pledged_fen - 1", "balances"),
    Change("UPDATE fund_balances SET contributed_fen = contributed_fen - 1", "balances"),
    Change("UPDATE fund_balances SET multiple = multiple + 1", "limits"),
    Change("UPDATE lending_limits SET limit_fen = limit_fen + 1", "limits"),
    Change("DELETE FROM lending_limits", "limits"),
    Change(
        "UPDATE fund_movements SET amount_fen = amount_fen + 1 WHERE kind = 'interest'", "ledger"
    ),
    Change(
        "UPDATE fund_movements SET amount_fen = amount_fen - 1 WHERE kind = 'compensation'",
        "movements",
    ),
    Change("UPDATE fund_movements SET source = 'social' WHERE source = 'county'", "orders"),
    Change("UPDATE fund_movements SET document_no = 'x' WHERE document_no <> ''", "orders"),
    Change("UPDATE fund_orders SET amount_fen = amount_fen + 1", "orders"),
    Change("DELETE FROM fund_movements WHERE kind = 'recovery'", "balances"),
    Change("UPDATE fund_claims SET overdue_days = overdue_days + 1", "claims"),
    Change("UPDATE fund_claims SET evidence = '{}'", "claims"),
    Change(f"UPDATE fund_claims SET digest = '{'0' * 64}'", "claims"),
    Change(
        "UPDATE fund_claims SET principal_fen = principal_fen + 1, total_fen = total_fen + 1",
        "claims",
    ),
    Change(
        "UPDATE fund_claim_shares SET amount_fen = amount_fen + 1 WHERE party = 'fund'", "claims"
    ),
    Change(
        "UPDATE fund_claim_shares SET amount_fen = amount_fen + 1 WHERE party = 'fund/village'",
        "claims",
    ),
    Change("DELETE FROM fund_claim_shares WHERE party = 'bank'", "claims"),
    Change("UPDATE fund_claim_steps SET by_person = 11", "claims"),
    Change("UPDATE fund_claim_steps SET state = 'approved' WHERE state = 'reviewed'", "claims"),
    Change("DELETE FROM fund_claim_steps WHERE nr = 2", "claims"),
    Change("UPDATE fund_claim_positions SET state = 'checked' WHERE state = 'filed'", "claims"),
    Change("UPDATE fund_claim_positions SET open_loan_id = NULL", "claims"),
    Change("UPDATE fund_claim_positions SET recovered_fen = recovered_fen + 1", "recoveries"),
    Change("UPDATE fund_claim_positions SET repaid_fen = repaid_fen + 1", "recoveries"),
    Change(
        "UPDATE fund_compensations SET amount_fen = amount_fen + 1 WHERE party = 'fund'",
        "compensations",
    ),
    Change(f"DELETE FROM fund_compensations WHERE party = '{GUARANTOR}'", "compensations"),
    Change("UPDATE fund_recoveries SET amount_fen = amount_fen + 1 WHERE id = 1", "recoveries"),
    Change("UPDATE fund_recoveries SET repaid_fen = repaid_fen + 1 WHERE id = 1", "recoveries"),
    Change("DELETE FROM fund_recoveries WHERE undone", "recoveries"),
    Change(
        "UPDATE fund_recovery_shares SET amount_fen = amount_fen + 1 WHERE party = 'fund'",
        "recoveries",
    ),
    Change("UPDATE fund_returns SET amount_fen = amount_fen + 1", "returns"),
    Change("DELETE FROM fund_return_parts", "returns"),
    Change("UPDATE fund_return_parts SET party = 'bank'", "returns"),
    Change("UPDATE fund_statements SET closing_fen = closing_fen + 1", "statements"),
    Change("UPDATE fund_statement_rows SET amount_fen = amount_fen + 1", "statements"),
    Change("UPDATE fund_statement_rows SET voucher_no = 'x'", "matches"),
    Change("DELETE FROM fund_reconciliations", "matches"),
]


def findings(books: Books, sql: str) -> set[str]:
    """What the fund's checks say after one statement; everything is put back."""
    tables = append_only_tables()
    with books.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver = connection.connection.dbapi_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("PRAGMA ignore_check_constraints=ON")
        with connection.begin() as transaction:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                unprotect(connection, tables)
            assert connection.execute(text(sql)).rowcount > 0
            with Session(connection) as session:
                found = {one.check for one in check(session)}
            transaction.rollback()
    return found


def test_books_that_were_left_alone_are_clean(mould: Mould) -> None:
    books = mould.pour()
    with books.read() as session:
        assert list(check(session)) == []


def test_every_change_is_found_and_named(mould: Mould) -> None:
    books = mould.pour()
    for change in CHANGES:
        found = findings(books, change.sql)
        assert f"risk_fund.{change.finds}" in found, f"{change.sql}: {sorted(found)}"


def blind(*_args: object, **_options: object) -> Iterator[object]:
    """A check that sees nothing."""
    return iter(())


PLANTED = [
    Plant(test_every_change_is_found_and_named, f"risk_fund.checks.{name}", blind)
    for name in ("_balances", "_limits", "_movements", "_orders", "_statements", "_matches")
] + [
    Plant(test_every_change_is_found_and_named, f"risk_fund.claim_checks.{name}", blind)
    for name in ("_claim", "_steps", "_stands", "_paid")
] + [
    Plant(test_every_change_is_found_and_named, f"risk_fund.recovery_checks.{name}", blind)
    for name in ("_split", "_returns")
]  # fmt: skip


def test_planted_bugs_turn_red(mould: Mould) -> None:
    for plant in PLANTED:
        plant.prove(mould=mould)
