"""The close in SQL owes what the pure functions say, row by row, on random portfolios.

The same random towns as in the loans' own proof, with every route, fixed and shared rates, caps and
shares that change; the loans' twins live beside them through the pure course alone. At the end each
entitlement and each exclusion is what ``subsidies.entitlement`` makes of the twin.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlalchemy import event, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from jobs.close import Program
from jobs.program import ENTITLEMENT
from loans.models import LoanBearer, Settlement
from loans.parts import EARNED_ON, Closed, Settled
from subsidies import batch, entitlement
from subsidies.models import Entitlement, Exclusion, SubsidyRun
from tests.loans import twins
from tests.loans.test_close_equals_course import live
from tests.loans.town import Town
from tests.loans.twins import Twin, World
from tests.planted import Plant
from tests.subsidies.treasury import TreasuryTown, borne

FIRST_DAY = date(2016, 5, 30)
SEEDS = range(int(os.environ.get("FUPIN_PROOF_SEEDS", "1")))
DAYS = int(os.environ.get("FUPIN_PROOF_DAYS", "400"))


#: full and in part, below the principal, turning with the year, at a rate of its own, refunded
SHARES = (
    borne("lender", (10_000, 5_000_000, None)),
    borne("lender", (7_000, 1_234_567, None)),
    borne("lender", (10_000, 2_000_000, None), (7_000, None, None)),
    borne("household", (10_000, 999_999, 30_000)),
    borne("household", (3_333, None, None), (10_000, 1_000_000, 12_345)),
    (),
)


class OwedWorld(World):
    """The world with the treasury's step in its close."""

    def program(self, day: date) -> Program:
        program = super().program(day)
        return replace(program, steps=(*program.steps, ENTITLEMENT))

    def draw(self, number: str, fen: int, on: date) -> None:
        """What was given a plan since is drawn whole or not at all."""
        twin = self.twins[number]
        if not twin.course.terms.by_plan or fen == twin.loan.amount_fen:
            super().draw(number, fen, on)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_close_owes_what_the_pure_functions_say(
    new_town: TreasuryTown, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(twins, "SHARES", SHARES)
    new_town.found(FIRST_DAY)
    world = OwedWorld(new_town, seed)
    for _ in live(world, DAYS):
        pass
    found, wanted = rows_of(world), {}
    for twin in world.twins.values():
        wanted.update(rows_by_hand(new_town, twin))
    assert found == wanted
    owed = [row for row, _ in found.values() if row is not None]
    assert len(owed) > 20
    assert {row[1] for row in owed} == {"lender", "household"}
    reasons = {reason for _, left in found.values() for reason in left}
    assert reasons >= {"overdue", "over_cap"}


Key = tuple[int, str, date]
Row = tuple[object, ...]


def rows_of(world: World) -> dict[Key, tuple[Row | None, dict[str, int]]]:
    """What stands: settlement by settlement, the entitlement and the exclusions."""
    with world.town.books.read() as session:
        owed = {row.settlement_id: row for row in session.scalars(select(Entitlement))}
        left: dict[int, dict[str, int]] = {}
        for one in session.scalars(select(Exclusion)):
            left.setdefault(one.settlement_id, {})[one.reason] = one.principal_days
        return {
            (row.loan_id, row.kind, row.to_on): (
                _told(owed[row.id]) if row.id in owed else None,
                left.get(row.id, {}),
            )
            for row in session.scalars(select(Settlement))
        }


def _told(row: Entitlement) -> Row:
    return (
        row.from_on,
        row.route,
        row.payee_kind,
        row.payee_id,
        row.interest_fen,
        row.amount_fen,
    )


def rows_by_hand(town: TreasuryTown, twin: Twin) -> dict[Key, tuple[Row | None, dict[str, int]]]:
    """The same by the pure functions, from the life of the loan's twin."""
    loan, course = twin.loan, twin.course
    with town.books.read() as session:
        borne_at_all = session.scalar(select(func.count()).where(LoanBearer.loan_id == loan.id))
    payee = entitlement.payee_of(
        loan.subsidy_route,
        lender_id=loan.lender_id,
        household_id=loan.household_id,
        organisation_id=loan.organisation_id,
    )
    rows: dict[Key, tuple[Row | None, dict[str, int]]] = {}
    for settled in course.settlements:
        pieces = _pieces(course.closed, settled)
        fen = entitlement.treasury_fen(
            settled.amount_fen, pieces, loan.day_base, fixed=not settled.product
        )
        assert fen == settled.treasury_fen
        row = (settled.from_on, loan.subsidy_route, payee.kind, payee.id, settled.amount_fen, fen)
        looked_through = borne_at_all and settled.kind in entitlement.LOOKED_THROUGH
        left = entitlement.exclusions(pieces) if looked_through else {}
        rows[loan.id, settled.kind, settled.to_on] = (row if fen else None, left)
    return rows


def _pieces(closed: list[Closed], settled: Settled) -> list[Closed]:
    return [
        piece
        for piece in closed
        if piece.state in EARNED_ON[settled.kind]
        and settled.from_on <= piece.from_on
        and piece.to_on <= settled.to_on
    ]


# --- how it is done -------------------------------------------------------------------------------


def test_a_quiet_day_costs_one_question(town: TreasuryTown) -> None:
    town.lend(1)
    town.close_to(date(2016, 6, 20))
    assert _statements(town, date(2016, 6, 21)) == 1


def test_a_busy_day_costs_the_same_however_many_loans(town: TreasuryTown) -> None:
    for place in (1, 2, 3):
        town.lend(place)
    town.close_to(date(2016, 9, 19))
    assert _statements(town, date(2016, 9, 20)) == BUSY


#: asked, entitlements, exclusions, runs, their sum, the accounts that stand, the day, entries,
#: postings, the paired assertion, whether anything was lowered
BUSY = 11


def _statements(town: TreasuryTown, day: date) -> int:
    """Statements that the step itself sends when a day is closed."""
    counted = {"now": False, "sent": 0}
    engine = town.books.engine

    def count(*_: object) -> None:
        counted["sent"] += counted["now"]

    def work(session: Session, on: date, limit: int) -> int:
        counted["now"] = on == day
        done = ENTITLEMENT.work(session, on, limit)
        session.flush()
        counted["now"] = False
        return done

    program = town.program

    def counting(on: date) -> Program:
        steps = [
            replace(s, work=work) if s.name == ENTITLEMENT.name else s for s in program(on).steps
        ]
        return Program(steps, "0" * 64)

    event.listen(engine, "before_cursor_execute", count)
    town.program = counting  # type: ignore[method-assign, assignment]
    try:
        town.close_to(day)
    finally:
        del town.program
        event.remove(engine, "before_cursor_execute", count)
    return counted["sent"]


def test_each_lender_is_one_entry_of_the_treasury(town: TreasuryTown) -> None:
    """Two loans of 50 000 at 4.75 % to 20 June, 22 days: 145.14 each (V3)."""
    for place in (1, 2):
        town.lend(place)
    town.close_to(date(2016, 6, 20))
    with town.books.read() as session:
        run = session.scalars(select(SubsidyRun)).one()
        assert (run.entitlements, run.amount_fen) == (2, 2 * 145_14)
        entry = ledger.entry_of(session, batch.SOURCE, run.id)
        assert entry is not None
        assert sorted(ledger.lines_of(session, entry)) == [
            ("subsidy_expense", 0, 290_28),
            ("subsidy_payable", 0, -290_28),
        ]


def test_books_that_stood_before_are_taken_in_at_the_first_close(town: TreasuryTown) -> None:
    """Two quarters closed without the step, then one day with it: all is owed, booked today."""
    number = town.lend(1)
    town.program = partial(Town.program, town)  # type: ignore[method-assign]
    town.close_to(date(2016, 9, 30))
    del town.program
    assert town.entitlements(number) == []
    town.close_to(date(2016, 10, 1))
    owed = town.entitlements(number)
    # V3: 22 days to 20 June, then 92 days.
    assert [(row.amount_fen, row.booked_on) for row in owed] == [
        (145_14, date(2016, 10, 1)),
        (606_94, date(2016, 10, 1)),
    ]
    town.close_to(date(2016, 12, 20))
    # the third quarter, 91 days, and nothing twice
    assert [row.amount_fen for row in town.entitlements(number)] == [145_14, 606_94, 600_35]


# --- seen red -------------------------------------------------------------------------------------

batch_lines = batch._lines


def batch_lines_of_half(on: date) -> object:
    """Entries of a half."""
    lines = batch_lines(on).subquery()
    return select(
        lines.c.source_id,
        lines.c.owner_id,
        lines.c.kind,
        lines.c.subject_id,
        (lines.c.amount_fen // 2).label("amount_fen"),
    )


PLANTED = [
    Plant(
        test_each_lender_is_one_entry_of_the_treasury,
        "subsidies.batch._lines",
        batch_lines_of_half,
    ),
]

LONG = [
    *(
        Plant(test_the_close_owes_what_the_pure_functions_say, target, bug, {"seed": 0})
        for target, bug in (
            ("subsidies.batch._something_stands", lambda: literal(False)),
            ("subsidies.batch._earned", lambda: Settlement.kind == "penalty"),
        )
    ),
    Plant(
        test_the_close_owes_what_the_pure_functions_say,
        "subsidies.batch.LENDER",
        "household",
        {"seed": 0},
        # who is to be paid is nobody
        (IntegrityError,),
    ),
]


@pytest.mark.damaged("a planted bug closed these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: TreasuryTown) -> None:
    plant.prove(town=town)


@pytest.mark.damaged("a planted bug closed these books")
@pytest.mark.slow
@pytest.mark.parametrize("plant", LONG, ids=str)
def test_a_planted_bug_turns_the_long_proof_red(
    plant: Plant, new_town: TreasuryTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.prove(new_town=new_town, monkeypatch=monkeypatch)
