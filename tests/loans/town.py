"""A small town for tests of the loans: people at their desks, households with lines, one lender.

Everything passes the rooms' own front doors; only the register's rows are written as an import
would leave them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

import credit
import ledger
import loans
import organisations
from credit.scheme_file import load_schemes
from jobs.close import Closer, Program, Step
from kernel.actor import Actor
from kernel.append_only import append_only_tables, protect, unprotect
from kernel.calendar import HolidayTable
from kernel.regions import RegionTree
from kernel.unit_of_work import Books
from kernel.vault import Keyring
from loans.models import Loan, Position
from organisations import Kind
from policy import Rulebook
from tests.register import enter_household

CONFIG = Path(__file__).resolve().parents[2] / "config"
VILLAGE = "431022100201"
#: answers worth 100 points: a line of 50 000
BEST = {
    "reputation": "优秀",
    "performance": "正常",
    "labourers": "3",
    "income_per_head": "4000.00",
}
#: 50 000 元
FULL = 5_000_000


def person(number: int, role: str) -> Actor:
    """Somebody at a desk."""
    return Actor(number, f"{role}{number}", frozenset({role}), "431022")


OFFICER = person(11, "loan_officer")
CHECKER = person(12, "checker")
DIRECTOR = person(13, "director")
OFFICE = person(14, "poverty_office")


@dataclass
class Town:
    """Books of 宜章 with a lender and households, and the verbs a test speaks."""

    books: Books
    system: Actor
    keyring: Keyring
    rulebook: Rulebook
    calendar: HolidayTable
    regions: RegionTree
    lender_id: int = 0
    households: dict[str, int] = field(default_factory=dict)
    _vouchers: Iterator[int] = field(default_factory=lambda: count(1))

    def found(self, first_day: date, households: int = 6) -> Town:
        """Open the books, register the lender, enter households and give them lines."""
        with self.books.write("books.open", by=self.system) as session:
            ledger.open_books(session, region_code="431022000000", mode="held", first_day=first_day)
        with self.books.write("organisations.register", by=OFFICE) as session:
            self.lender_id = organisations.register(
                session,
                credit_code="91431022MA4L16HQ8P",
                name="宜章示范农商行",
                kind=Kind.LENDER,
                region_code="431022000000",
                regions=self.regions,
                opened_on=date(2010, 1, 1),
                on=first_day,
                by=OFFICE,
            )
        with self.books.write("households.import", by=self.system) as session:
            for number in range(1, households + 1):
                household_id = enter_household(
                    session, VILLAGE, number, on=first_day, keyring=self.keyring
                )
                self.households[f"{VILLAGE}{number:04d}"] = household_id
        self.rate(list(self.households))
        return self

    @property
    def today(self) -> date:
        """The open business day."""
        with self.books.read() as session:
            return ledger.open_day(session)

    def rate(self, numbers: list[str]) -> None:
        """Rate these households best: a line of 50 000."""
        entries = [credit.Entry(self.households[number], BEST) for number in numbers]
        with self.books.write("credit.propose", by=OFFICER) as session:
            proposed = credit.propose(
                session,
                scheme=load_schemes(CONFIG / "ratings")["hunan-433"],
                village_code=VILLAGE,
                entries=entries,
                on=ledger.open_day(session),
                by=OFFICER,
            )
        with self.books.write("credit.confirm", by=CHECKER) as session:
            credit.decide(
                session,
                proposal_id=proposed.proposal_id,
                approved=True,
                validity_months=120,
                on=ledger.open_day(session),
                by=CHECKER,
            )

    def asked(self, place: int = 1, **changes: object) -> loans.Asked:
        """An application that breaks no rule, with changes."""
        ordinary: dict[str, object] = {
            "household_number": list(self.households)[place - 1],
            "amount_fen": FULL,
            "term_months": 36,
            "annual_rate_ppm": 47_500,
            "purpose": "养殖",
        }
        return loans.Asked(**{**ordinary, **changes})  # type: ignore[arg-type]

    def apply(self, *rows: loans.Asked) -> int:
        """Hand a sheet in."""
        with self.books.write("loans.apply", by=OFFICER) as session:
            return loans.apply_sheet(
                session,
                lender_id=self.lender_id,
                rows=rows,
                rulebook=self.rulebook,
                keyring=self.keyring,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    def approve(self, sheet_id: int, by: Actor = DIRECTOR) -> None:
        """Approve a sheet."""
        with self.books.write("loans.approve", by=by) as session:
            loans.decide_sheet(
                session, sheet_id=sheet_id, approved=True, on=ledger.open_day(session), by=by
            )

    def sign(self, sheet_id: int) -> list[str]:
        """Sign its contracts."""
        with self.books.write("loans.sign", by=OFFICER) as session:
            return loans.sign_sheet(
                session,
                sheet_id=sheet_id,
                rulebook=self.rulebook,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    def contracts(self, *rows: loans.Asked) -> list[str]:
        """From the application to the contract."""
        sheet_id = self.apply(*rows)
        self.approve(sheet_id)
        return self.sign(sheet_id)

    def disburse(
        self,
        number: str,
        fen: int,
        voucher_no: str | None = None,
        *,
        value_date: date | None = None,
    ) -> str:
        """Pay out; the slip's number."""
        voucher_no = voucher_no or self._voucher("FK")
        draw = loans.Draw(number, fen, "counter", voucher_no, value_date)
        with self.books.write("loans.disburse", by=OFFICER) as session:
            return loans.disburse_many(
                session,
                draws=[draw],
                rulebook=self.rulebook,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )[0][0]

    def lend(self, place: int = 1, **changes: object) -> str:
        """From the application to the money; the contract's number."""
        asked = self.asked(place, **changes)
        (number,) = self.contracts(asked)
        self.disburse(number, asked.amount_fen)
        return number

    def pay(
        self,
        number: str,
        fen: int,
        *,
        early: bool = False,
        voucher_no: str | None = None,
        value_date: date | None = None,
    ) -> int:
        """Take a payment in."""
        voucher_no = voucher_no or self._voucher("HK")
        payment = loans.Payment(number, fen, "counter", voucher_no, early, value_date)
        with self.books.write("loans.repay", by=OFFICER) as session:
            return loans.repay_many(
                session,
                payments_in=[payment],
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )[0]

    def reverse(self, slip: str, reason: str = "录入错误") -> None:
        """Undo a disbursement."""
        with self.books.write("loans.reverse", by=CHECKER) as session:
            loans.reverse_disbursement(
                session,
                slip_number=slip,
                reason=reason,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=CHECKER,
            )

    def undo_payment(self, repayment_id: int, reason: str = "录入错误") -> None:
        """Undo a payment."""
        with self.books.write("loans.reverse", by=CHECKER) as session:
            loans.reverse_repayment(
                session,
                repayment_id=repayment_id,
                reason=reason,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=CHECKER,
            )

    @contextmanager
    def back_door(self) -> Iterator[Connection]:
        """The record without its triggers, as somebody with the file would have it."""
        with self.books.engine.begin() as connection:
            unprotect(connection, append_only_tables())
            yield connection
            protect(connection, append_only_tables())

    def close_to(self, day: date, chunk: int = 100) -> None:
        """Close every day up to and including ``day``."""
        if day >= self.today:
            self.closer(chunk).close_to(day)

    def closer(self, chunk: int = 100) -> Closer:
        """The close with the loans' step alone."""
        return Closer(self.books, self.system, self.program, "test", chunk)

    def program(self, day: date) -> Program:
        """What these closes do."""
        conduct = self.rulebook.conduct(on=day, region="431022000000")

        def step(session: Session, day: date, limit: int) -> int:
            return loans.close_chunk(
                session,
                day=day,
                conduct=conduct,
                calendar=self.calendar,
                limit=limit,
            )

        return Program((Step("loans", step),), "0" * 64)

    def position(self, number: str) -> Position:
        """Where a loan stands."""
        with self.books.read() as session:
            found = session.scalars(
                select(Position)
                .join(Loan, Loan.id == Position.loan_id)
                .where(Loan.number == number)
            ).one()
            session.expunge(found)
            return found

    def _voucher(self, prefix: str) -> str:
        return f"{prefix}{next(self._vouchers):06d}"
