"""What verify finds of claims whose rows, places or books were changed behind the books' back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from kernel.seals import table_of
from office.models import PayoutAccount
from subsidies import claim_checks
from subsidies.models import (
    BankReturn,
    Claim,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    EntitlementClaim,
    PaymentFile,
)
from tests.subsidies.offices import Offices
from tests.subsidies.test_paying import back, claw, paid_too_much

pytestmark = pytest.mark.damaged("changed behind the books' back, to be found")


def row_changed(connection: Connection) -> None:
    rows = table_of(ClaimRow)
    connection.execute(update(rows).where(rows.c.nr == 1).values(borrower="王五"))


def amount_moved(connection: Connection) -> None:
    """A fen from one row to another: count and total stay."""
    rows = table_of(ClaimRow)
    for nr, fen in ((1, 1), (2, -1)):
        more = rows.c.amount_fen + fen
        connection.execute(update(rows).where(rows.c.nr == nr).values(amount_fen=more))


def row_gone(connection: Connection) -> None:
    rows = table_of(ClaimRow)
    connection.execute(delete(rows).where(rows.c.nr == 2))


def place_moved(connection: Connection) -> None:
    places = table_of(ClaimPosition)
    connection.execute(update(places).values(state="approved", trail_id=places.c.trail_id))


def place_gone(connection: Connection) -> None:
    connection.execute(delete(table_of(ClaimPosition)))


def step_skipped(connection: Connection) -> None:
    steps = table_of(ClaimStep)
    connection.execute(delete(steps).where(steps.c.state == "confirmed"))


def submission_unbooked(connection: Connection) -> None:
    """A second submission that nobody booked."""
    steps = table_of(ClaimStep)
    found = connection.execute(select(steps).where(steps.c.state == "submitted")).mappings().one()
    copied = {**found, "id": found["id"] + 1000, "nr": 99}
    connection.execute(insert(steps).values(copied))


def paid_more(connection: Connection) -> None:
    answers = table_of(BankReturn)
    connection.execute(update(answers).values(paid_fen=answers.c.paid_fen + 1))


def file_changed(connection: Connection) -> None:
    files = table_of(PaymentFile)
    connection.execute(update(files).values(rows=files.c.rows + 1))


def payment_moved(connection: Connection) -> None:
    """A payment of the file goes to another account than it was made with."""
    accounts = table_of(PayoutAccount)
    connection.execute(update(accounts).values(holder=accounts.c.holder + "某"))


def total_changed(connection: Connection) -> None:
    claims = table_of(Claim)
    connection.execute(update(claims).values(total_fen=claims.c.total_fen + 1))


def clawback_forgotten(connection: Connection) -> None:
    held = table_of(EntitlementClaim)
    connection.execute(delete(held).where(held.c.clawback_id.is_not(None)))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (row_changed, {"subsidies.frozen"}),
        (amount_moved, {"subsidies.frozen", "subsidies.cleared"}),
        (row_gone, {"subsidies.frozen", "subsidies.cleared"}),
        (place_moved, {"subsidies.places"}),
        (place_gone, {"subsidies.places", "subsidies.claimed_payable"}),
        (step_skipped, {"subsidies.places"}),
        (submission_unbooked, {"subsidies.places", "subsidies.booked"}),
        (paid_more, {"subsidies.booked", "subsidies.claimed_payable"}),
        (file_changed, {"subsidies.files"}),
        (payment_moved, {"subsidies.files"}),
        (total_changed, {"subsidies.frozen", "subsidies.booked", "subsidies.claimed_payable"}),
        (clawback_forgotten, {"subsidies.cleared", "subsidies.clawed_back"}),
    ],
)
def test_what_was_changed_is_found(
    offices: Offices, change: Callable[[Connection], None], found: set[str]
) -> None:
    _number, _claim, line_id = paid_too_much(offices)
    claw(offices, back(offices, line_id))
    with offices.books.read() as session:
        assert list(claim_checks.check(session)) == []
    with offices.unguarded() as connection:
        change(connection)
    with offices.books.read() as session:
        assert {one.check for one in claim_checks.check(session)} == found
