"""The second revision, up and down, on books that the program of the opening wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select, text

import migrations
from jobs.program import SNAPSHOT
from kernel import trail
from kernel.append_only import append_only_tables, guarded_tables
from kernel.database import Base
from kernel.digests import ADDED
from loans import record
from loans.models import (
    FAR,
    Loan,
    LoanCredit,
    OpenSegment,
    Position,
    PrintedPaper,
    Repayment,
    Settlement,
)
from migrations.refusals import CreditUsedAcrossLoans
from tests import verification
from tests.conftest import NOON, Clock
from tests.loans.conftest import ground, holidays, new_town, regions, rulebook
from tests.loans.town import Town
from tests.migrations import opening_books
from tests.migrations.old_books import Old, blank, opened, verify
from tests.migrations.opening_books import OPENING, TODAY
from tests.planted import Plant

__all__ = ["blank", "ground", "holidays", "new_town", "regions", "rulebook", "verify"]

#: tables of the opening whose rows are running state that this revision or the next moves
MOVED = ("household_credits", "open_dues", "open_segments", "positions")


@pytest.fixture
def old(blank: Engine) -> Old:
    """The frozen books, at the revision that wrote them."""
    tables = opening_books.read()
    opening_books.write(blank, tables)
    return Old(blank, tables, OPENING)


@pytest.fixture
def lived(old: Old, new_town: Town, clock: Clock) -> Town:
    """The frozen books migrated, and people at their desks again."""
    new_town.lender_id = 1
    # The program before stood at noon as well, and read its clock often.
    return opened(old, new_town, clock, NOON + timedelta(hours=1), SNAPSHOT)


def number(nr: int) -> str:
    return f"XD201600000{nr:02d}"


# --- up -------------------------------------------------------------------------------------------


def test_nothing_recorded_changes_and_everything_verifies(
    old: Old, verify: Callable[[], None]
) -> None:
    old.migrate_keeping_all_but(*MOVED)
    verify()


#: contract -> last event and its place in the day, misuse surcharge, interest on interest
POSITIONS = {
    1: ("2016-06-21", 4, 10_000, True),
    2: ("2016-07-05", 4, 10_000, True),
    3: ("2016-09-06", 5, 8_050, True),
    4: ("2016-10-04", 4, 8_050, True),
    5: ("2016-06-21", 0, 8_050, True),
    6: ("2016-05-30", 0, 8_050, True),
    7: ("2016-05-30", 0, 8_050, True),
    8: ("2016-07-21", 5, 10_000, True),
    9: ("2016-07-05", 4, 10_000, True),
    10: ("2016-06-21", 4, 10_000, False),
    11: ("2016-07-21", 5, 10_000, True),
    12: ("2016-06-04", 0, 10_000, True),
}


def test_positions_hold_the_signed_terms_and_the_last_event(old: Old) -> None:
    old.migrate()
    with old.engine.connect() as connection:
        found = connection.execute(
            select(Position.__table__, Loan.number)
            .join(Loan, Loan.id == Position.loan_id)
            .order_by(Loan.number)
        ).all()
        signed = {loan.number: loan for loan in connection.execute(select(Loan.__table__))}
    assert {
        int(row.number[-2:]): (
            row.last_event_on.isoformat(),
            row.last_event_rank,
            row.misuse_surcharge_bp,
            row.compounds,
        )
        for row in found
    } == POSITIONS
    for row in found:
        loan = signed[row.number]
        for name in ("matures_on", "method", "every_months", "settle_on_day"):
            assert getattr(row, name) == getattr(loan, name)
        assert row.plan_from_on == row.drawn_on
        assert (row.misused, row.correction, row.principal_first_after_days) == (False, 0, None)


#: unpaid interest past due, and the penalty rate: 4.35 % and 4.75 % and half as much again
ARREARS = {
    1: (55_583, 65_250),
    4: (5_000, 65_250),
    5: (1_540 + 16_675, 65_250),
    8: (50_605, 71_250),
    9: (2_054 + 1_571, 65_250),
    # 78.54 fall due on 4 October, which is not over.
    12: (10_271 + 55_583, 65_250),
}


def arrears(connection: Connection) -> dict[int, tuple[int, int]]:
    rows = connection.execute(
        select(Loan.number, OpenSegment.principal_fen, OpenSegment.rate_ppm, OpenSegment.from_on)
        .join(Loan, Loan.id == OpenSegment.loan_id)
        .where(OpenSegment.state == "arrears")
    ).all()
    assert {row.from_on for row in rows} == {TODAY}
    return {int(row.number[-2:]): (row.principal_fen, row.rate_ppm) for row in rows}


def test_unpaid_interest_bears_interest_from_the_open_day_on(old: Old) -> None:
    old.migrate()
    with old.engine.connect() as connection:
        assert arrears(connection) == ARREARS
        since = select(Position.loan_id).where(Position.compound_settled_to == TODAY)
        assert set(connection.scalars(since)) == {*ARREARS}


def test_a_loan_without_principal_settles_its_arrears(old: Old) -> None:
    """Contract 09 waited for its next grade alone, on 19 March 2017."""
    old.migrate()
    with old.engine.connect() as connection:
        days = connection.execute(
            select(Position.settle_event_on, Position.next_event_on).where(Position.loan_id == 9)
        ).one()
    assert days == (date(2016, 12, 20), date(2016, 12, 20))


def test_credit_stays_with_the_loan_it_was_paid_for(old: Old) -> None:
    old.migrate()
    with old.engine.connect() as connection:
        rows = connection.execute(select(LoanCredit.loan_id, LoanCredit.amount_fen)).all()
    assert {row.loan_id: row.amount_fen for row in rows} == {4: 0, 11: 194_321}


def test_the_next_closes_go_by_the_new_rules(lived: Town, verify: Callable[[], None]) -> None:
    """Arrears from 4 October to 21 December, 78 days: 555.83 × 6.525 % × 78 ÷ 360 = 7.86."""
    lived.close_to(date(2016, 12, 20))
    verify()
    with lived.books.read() as session:
        compound = select(Settlement.loan_id, Settlement.amount_fen).where(
            Settlement.kind == "compound", Settlement.to_on == date(2016, 12, 21)
        )
        settled = {row.loan_id: row.amount_fen for row in session.execute(compound)}
    # 36.25 × 6.525 % × 78 ÷ 360 = 0.5125; contract 10 knows none.
    assert (settled[1], settled[9]) == (786, 51)
    assert 10 not in settled


def test_an_early_payment_of_old_is_known_for_one(lived: Town) -> None:
    with lived.books.read() as session:
        kinds = {
            nr: [e.kind for e in record.events_of(session, nr) if e.kind != "draw"]
            for nr in (1, 2, 3, 8, 11)
        }
    assert kinds == {
        1: ["payment"],
        2: ["payment"],
        3: ["early_payment"],
        8: ["payment", "early_payment"],
        11: ["early_payment"],
    }


def test_payments_of_old_can_be_undone(lived: Town, verify: Callable[[], None]) -> None:
    """Undone, the early 9 000 of contract 03 stand as owed again: 30 000.01 less what fell due."""
    with lived.books.read() as session:
        last = (
            select(Repayment.loan_id, func.max(Repayment.id).label("id"))
            .where(Repayment.kind == "payment")
            .group_by(Repayment.loan_id)
        )
        ids = {row.loan_id: row.id for row in session.execute(last)}
    for nr in (3, 8, 4, 2, 1, 11):
        lived.undo_payment(ids[nr])
    verify()
    with lived.books.read() as session:
        out = session.scalar(
            select(func.sum(OpenSegment.principal_fen)).where(
                OpenSegment.loan_id == 3, OpenSegment.state != "arrears"
            )
        )
    assert out == 3_000_001
    lived.close_to(date(2016, 10, 10))
    verify()


def test_a_migration_while_a_day_is_closed_is_refused(old: Old) -> None:
    old.refuse_while_closing("2016-10-03")


def test_credit_that_another_loan_used_has_no_place(blank: Engine) -> None:
    """The September use of contract 04 is given to contract 05, which paid nothing in."""
    tables = opening_books.read()
    columns = tables["repayments"]["columns"]
    kind, loan = columns.index("kind"), columns.index("loan_id")
    (use,) = (row for row in tables["repayments"]["rows"] if row[kind] == "credit")
    use[loan] = 5
    opening_books.write(blank, tables)
    with pytest.raises(CreditUsedAcrossLoans, match=number(5)):
        migrations.upgrade(blank)
    assert migrations.current(blank) == OPENING


# --- down -----------------------------------------------------------------------------------------


def test_down_and_up_again(old: Old, verify: Callable[[], None]) -> None:
    old.migrate_back_and_again()
    verify()


def printed(town: Town) -> None:
    with town.books.write("loans.print", by=town.system) as session:
        session.add(
            PrintedPaper(
                loan_id=1, kind="contract", slip_number="", printed_on=TODAY, digest="0" * 64
            )
        )


@pytest.mark.parametrize(
    ("happens", "table"),
    [
        (printed, "printed_papers"),
        (lambda town: town.pay(number(10), 100), "repayments"),
        (lambda town: town.undo_payment(1), "corrections"),
        # What a day ended with, and a night of interest on unpaid interest, would be lost.
        (lambda town: town.close_to(TODAY), "standing_days"),
    ],
    ids=["a paper", "a payment with its payer", "a correction", "a night"],
)
def test_what_the_old_version_cannot_hold_bars_the_way_back(
    old: Old, lived: Town, happens: Callable[[Town], None], table: str
) -> None:
    happens(lived)
    old.refuse_the_way_back(table)
    with lived.books.engine.connect() as connection:
        assert guarded_tables(connection) == set(append_only_tables())
    # All the way down nothing is kept, and nothing bars it.
    migrations.downgrade(lived.books.engine)
    assert migrations.current(lived.books.engine) is None


# --- planted bugs ---------------------------------------------------------------------------------


def test_a_mark_that_names_another_value_is_seen(old: Old, verify: Callable[[], None]) -> None:
    """The trail would tell of every old payment if its rows stood for something else."""
    old.migrate()
    info = Base.metadata.tables["repayments"].c.early.info
    before = info[ADDED]
    info[ADDED] = True
    # Built once, it would still know the mark.
    trail._written_query.cache_clear()
    try:
        with pytest.raises(verification.BooksDoNotAddUp, match="repayments"):
            verify()
    finally:
        info[ADDED] = before
        trail._written_query.cache_clear()


def test_a_new_column_changed_in_an_old_row_is_seen(old: Old, verify: Callable[[], None]) -> None:
    old.migrate()
    with old.engine.begin() as connection:
        unguarded = (
            "DROP TRIGGER repayments_no_update"
            if connection.dialect.name == "sqlite"
            else "DROP TRIGGER repayments_append_only ON repayments"
        )
        connection.execute(text(unguarded))
        connection.execute(text("UPDATE repayments SET payer_id = 7 WHERE id = 1"))
    with pytest.raises(verification.BooksDoNotAddUp, match="repayments"):
        verify()


def nothing(*_: object, **__: object) -> None:
    """Left out."""


PLANTED = [
    Plant(
        test_nothing_recorded_changes_and_everything_verifies,
        "migrations.lived.give_credit_to_loans",
        nothing,
    ),
    Plant(
        test_nothing_recorded_changes_and_everything_verifies,
        "migrations.changing.protect",
        nothing,
    ),
    Plant(
        test_unpaid_interest_bears_interest_from_the_open_day_on,
        "migrations.lived.begin_arrears",
        nothing,
    ),
    Plant(
        test_an_early_payment_of_old_is_known_for_one,
        "loans.record.events._is_early",
        lambda: text("repayments.early"),
    ),
    Plant(
        test_a_loan_without_principal_settles_its_arrears,
        "migrations.lived._next_settlement",
        lambda *_: FAR,
    ),
    Plant(
        test_down_and_up_again,
        "migrations.lived.give_credit_to_households",
        nothing,
    ),
    Plant(
        test_credit_that_another_loan_used_has_no_place,
        "migrations.lived.require_credit_within_loans",
        nothing,
        catches=(Exception,),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, request: pytest.FixtureRequest, verify: Callable[[], None]
) -> None:
    asked = [name for name in ("old", "lived", "blank") if name in plant.test.__code__.co_varnames]
    fixtures = {name: request.getfixturevalue(name) for name in asked}
    plant.prove(**fixtures, verify=verify)
