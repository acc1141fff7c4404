"""A small world of register, ratings and loans, written row by row as the rooms would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

import ledger
from credit.models import Rating, RatingScheme, RatingSheet
from households.models import Household, HouseholdStatus, Person, RegisterChange
from kernel.actor import Actor
from kernel.database import Base
from kernel.unit_of_work import Books
from loans.models import (
    Application,
    ApplicationSheet,
    Disbursement,
    Loan,
    LoanDay,
    LoanShare,
    Reversal,
)
from office.models import Proposal, Voucher
from organisations.models import Organisation

COUNTY = "431022000000"
VILLAGES = ("431022101001", "431022101201", "431022102001")
FIRST = date(2016, 1, 30)
DIGEST = "0" * 64


_BLANKS: dict[type, object] = {
    int: 1,
    str: "",
    bytes: b"",
    bool: False,
    date: FIRST,
    datetime: datetime(2016, 1, 1, tzinfo=UTC),
}


def filled(row: Base) -> Base:
    """The row with something harmless in every column that needs a value and was given none."""
    given = row.__dict__
    for column in type(row).__table__.columns:
        needs = not column.nullable and column.default is None and not column.primary_key
        if needs and column.key not in given:
            setattr(row, column.key, _BLANKS[column.type.python_type])
    return row


@dataclass
class World:
    """Writes rows of the rooms on the open day."""

    books: Books
    by: Actor
    day: date = FIRST
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    session: Session | None = None

    def open(self) -> World:
        """Open the books and lay what other rows hang on."""
        with self.books.write("test.open", by=self.by) as session:
            ledger.open_books(session, region_code=COUNTY, mode="held", first_day=self.day)
            session.add(
                Organisation(
                    id=1,
                    credit_code="91431022MA4L16HQ8Q",
                    name="宜章示范农商行",
                    kind="lender",
                    region_code=COUNTY,
                    parent_id=None,
                    opened_on=self.day,
                    closed_on=None,
                )
            )
            session.add(RatingScheme(id=1, scheme="test", version=1, digest=DIGEST, content="{}"))
            session.add(filled(Proposal(id=1, digest=DIGEST)))
            session.flush()
            session.add(filled(ApplicationSheet(id=1, lender_id=1, applications=1, digest=DIGEST)))
        return self

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit of work; the verbs below write into it."""
        with self.books.write("test.write", by=self.by) as session:
            self.session = session
            yield session
            session.flush()
        self.session = None

    # --- register -------------------------------------------------------------------------------

    def register(self, household: int, village: str, persons: int) -> None:
        """A household with its people enters the register."""
        self.register_bare(household, village, persons)
        self.status(household, "registered")

    def register_bare(self, household: int, village: str, persons: int) -> None:
        """The same without a finding."""
        self._add(Household(id=household, number=f"H{household}", village_code=village))
        self._change(household, None, "new", "{}")
        for _ in range(persons):
            self.join(household)

    def status(self, household: int, status: str) -> None:
        """A finding about a household."""
        self._add(
            HouseholdStatus(
                household_id=household,
                status=status,
                from_on=self.day,
                booked_on=self.day,
                reason=str(next(self._numbers)),
            )
        )

    def join(self, household: int) -> int:
        """A person joins; the person's number."""
        number = next(self._numbers)
        person = Person(
            id=number,
            household_id=household,
            joined_on=self.day,
            name="某",
            pinyin="mou",
            initials="m",
            sex="male",
            born_on=date(1980, 1, 1),
            identity_sealed=b"",
            identity_index=str(number).encode(),
            is_head=False,
            relation="之子",
        )
        self._add(person)
        self._change(household, number, "new", "{}")
        return number

    def leave(self, household: int, person: int) -> None:
        """A person leaves."""
        assert self.session is not None
        row = self.session.get_one(Person, person)
        row.left_on = self.day
        self._change(household, person, "left", "{}")

    def move(self, household: int, village: str) -> None:
        """A household moves to another village."""
        assert self.session is not None
        row = self.session.get_one(Household, household)
        fields = f'{{"village_code":["{row.village_code}","{village}"]}}'
        row.village_code = village
        self._change(household, None, "changed", fields)

    # --- credit ---------------------------------------------------------------------------------

    def rate(self, household: int, line_fen: int, days: int) -> None:
        """A rating is confirmed."""
        number = next(self._numbers)
        self._add(
            RatingSheet(
                id=number,
                scheme_id=1,
                village_code=VILLAGES[0],
                content="[]",
                digest=DIGEST,
                households_count=1,
                file_name="",
                proposed_by=1,
                proposed_on=self.day,
            )
        )
        self._add(
            Rating(
                household_id=household,
                sheet_id=number,
                scheme_id=1,
                proposal_id=1,
                answers="{}",
                score_x10=0,
                grade="",
                line_fen=line_fen,
                valid_from=self.day,
                valid_to=self.day + timedelta(days=days),
                proposed_by=1,
                confirmed_by=2,
            )
        )

    # --- loans ----------------------------------------------------------------------------------

    def lend(
        self, household: int, village: str, amount_fen: int, mode: str = "credit", *sharers: int
    ) -> tuple[int, int]:
        """A loan is disbursed; numbers of loan and disbursement. ``sharers``: the list for which
        an organisation borrows.
        """
        loan, payment = next(self._numbers), next(self._numbers)
        pooled, alone = mode == "pooled", mode in {"credit", "mutual"}
        parties: dict[str, Any] = {
            "mode": mode,
            "household_id": None if pooled else household,
            "borrower_id": None if pooled else self._borrower(household),
            "organisation_id": None if alone else 1,
        }
        self._add(
            Application(
                id=loan,
                sheet_id=1,
                **parties,
                amount_fen=amount_fen,
                term_months=36,
            )
        )
        for sharer in sharers:
            self._add(LoanShare(application_id=loan, household_id=sharer, share_fen=1))
        self._add(
            Loan(
                id=loan,
                number=str(loan),
                application_id=loan,
                lender_id=1,
                **parties,
                payer_kind="households" if alone else "organisations",
                payer_id=household if alone else 1,
                borrower_age_years=None if pooled else 40,
                village_code=village,
                signed_on=self.day,
                matures_on=self.day + timedelta(days=1_096),
                amount_fen=amount_fen,
                day_base=360,
            )
        )
        self._add(
            Voucher(
                id=payment,
                institution_id=1,
                channel="counter",
                voucher_no=str(payment),
                direction="out",
                amount_fen=amount_fen,
                booked_on=self.day,
            )
        )
        self._add(
            Disbursement(
                id=payment,
                loan_id=loan,
                nr=1,
                slip_number=str(payment),
                amount_fen=amount_fen,
                value_date=self.day,
                booking_date=self.day,
                voucher_id=payment,
            )
        )
        return loan, payment

    def reverse(self, disbursement: int) -> None:
        """A disbursement is undone."""
        self._add(Reversal(disbursement_id=disbursement, booking_date=self.day, reason="test"))

    def loan_day(self, loan: int, drawn: int, left: int, late: int, fee: int, grade: int) -> None:
        """The day-end figures of a loan."""
        self._add(
            LoanDay(
                loan_id=loan,
                on_day=self.day,
                drawn_fen=drawn,
                outstanding_fen=left,
                overdue_principal_fen=late,
                overdue_interest_fen=fee,
                grade=grade,
            )
        )

    # --- the day --------------------------------------------------------------------------------

    def begin_close(self) -> None:
        """Set the day to closing; the next is open."""
        with self.books.write("test.close", by=self.by) as session:
            ledger.begin_close(session, self.day)

    def finish_close(self) -> None:
        """The day is closed, and the next one is at work."""
        with self.books.write("test.close", by=self.by) as session:
            ledger.finish_close(session, self.day)
        self.day += timedelta(days=1)

    # --- what rows hang on ----------------------------------------------------------------------

    def _add(self, row: Base) -> None:
        assert self.session is not None
        self.session.add(filled(row))
        self.session.flush()

    def _change(self, household: int, person: int | None, what: str, fields: str) -> None:
        self._add(
            RegisterChange(
                household_id=household,
                person_id=person,
                what=what,
                booked_on=self.day,
                fields=fields,
                seal=DIGEST,
            )
        )

    def _borrower(self, household: int) -> int:
        assert self.session is not None
        found = self.session.query(Person.id).filter(Person.household_id == household).first()
        assert found is not None
        return int(found[0])
