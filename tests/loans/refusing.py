"""Calls that will be refused, and what must stand as it stood afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func, select

import ledger
import loans
from kernel.actor import Actor
from kernel.database import Base
from kernel.unit_of_work import Books
from loans import Draw, Payment
from tests.loans.bent import BentRulebook
from tests.loans.town import CHECKER, FULL, OFFICER, VILLAGE, Town
from tests.register import enter_household

Call = Callable[[], object]
Case = Callable[[Town], Call]


def everything(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """How many rows every table holds, and all rows of what may change."""
    with books.read() as session:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in Base.metadata.sorted_tables:
            found[table.name] = [(session.scalar(select(func.count()).select_from(table)),)]
        for name in ("positions", "open_segments", "open_dues", "loan_credits",
                     "lending_limits", "credit_lines", "business_days"):  # fmt: skip
            table = Base.metadata.tables[name]
            found[name] += sorted(tuple(row) for row in session.execute(select(table)))
        return found


def newcomer(town: Town, number: int, *, rated: bool = True, **more: Any) -> str:
    """One more household; its number."""
    with town.books.write("households.import", by=town.system) as session:
        household_id = enter_household(session, VILLAGE, number, on=town.today, **more)
    name = f"{VILLAGE}{number:04d}"
    town.households[name] = household_id
    if rated:
        town.rate([name])
    return name


def bent(town: Town, **changes: Any) -> None:
    rulebook = BentRulebook(town.rulebook)
    rulebook.bend(changes)
    town.rulebook = rulebook  # type: ignore[assignment]


def disburse(town: Town, *draws: Draw, on: date | None = None, by: Actor = OFFICER) -> object:
    with town.books.write("loans.disburse", by=by) as session:
        day = on or ledger.open_day(session)
        return loans.disburse_many(
            session, draws=draws, rulebook=town.rulebook, calendar=town.calendar, on=day, by=by
        )


def repay(town: Town, *payments: Payment, on: date | None = None, by: Actor = OFFICER) -> object:
    with town.books.write("loans.repay", by=by) as session:
        day = on or ledger.open_day(session)
        return loans.repay_many(
            session, payments_in=payments, calendar=town.calendar, on=day, by=by
        )


def reverse(town: Town, slip: str, reason: str = "录入错误", by: Actor = CHECKER) -> None:
    with town.books.write("loans.reverse", by=by) as session:
        on = ledger.open_day(session)
        loans.reverse_disbursement(
            session, slip_number=slip, reason=reason, calendar=town.calendar, on=on, by=by
        )


def apply(town: Town, *rows: loans.Asked, lender_id: int = 0, by: Actor = OFFICER) -> object:
    with town.books.write("loans.apply", by=by) as session:
        return loans.apply_sheet(
            session,
            lender_id=lender_id or town.lender_id,
            rows=rows,
            rulebook=town.rulebook,
            keyring=town.keyring,
            on=ledger.open_day(session),
            by=by,
        )


def decide(town: Town, sheet_id: int, by: Actor, *, approved: bool = True) -> None:
    with town.books.write("loans.approve", by=by) as session:
        loans.decide_sheet(
            session, sheet_id=sheet_id, approved=approved, on=ledger.open_day(session), by=by
        )


def draw(number: str, fen: int = FULL, voucher: str = "FK900001") -> Draw:
    return Draw(number, fen, "counter", voucher)


def payment(number: str, fen: int = 10_000, voucher: str = "HK900001") -> Payment:
    return Payment(number, fen, "counter", voucher)
