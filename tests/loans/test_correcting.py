"""Corrections through the front doors: undone and entered late, against a town that knew in time.

Each story is told to two towns. One learns of an event on a later day, or is told of one that never
happened and takes it back; the other knows from the beginning. On the next day both stand alike, to
the fen: balances, dues, credit, limits, lines, and the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

import ledger
import loans
from credit.models import CreditLine
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import open_engine, sum_of
from kernel.refusals import Refusal
from kernel.regions import RegionTree
from kernel.unit_of_work import Books, found_trail
from kernel.vault import Keyring
from ledger.models import Account, Entry, Posting
from loans import limits, record
from loans.models import (
    Correction,
    Disbursement,
    Due,
    LendingLimit,
    LoanCredit,
    LoanDay,
    OpenDue,
    OpenSegment,
    Position,
    Repayment,
    Segment,
)
from loans.operations.repaying import Taken, take
from loans.replay import Event
from policy import Rulebook
from tests import verification
from tests.conftest import Clock
from tests.databases import Maker
from tests.loans.bent import BentRulebook, treasury
from tests.loans.changing import change, last_change, undo
from tests.loans.town import CHECKER, DIRECTOR, OFFICER, Town
from tests.planted import Plant

PLENTY = 10_000_000_000
SEVENTY = treasury((None, None, 7_000, 1_500_000))
#: 20 000 for a year, settled by the quarter
YEAR = {"amount_fen": 2_000_000, "term_months": 12, "annual_rate_ppm": 43_500}
MONTH = {**YEAR, "term_months": 1}
PLAN = {**YEAR, "term_months": 6, "method": "equal-principal", "every_months": 1}
REVOLVING = {**YEAR, "revolving": True}

Towns = Callable[[], Town]


@pytest.fixture
def towns(
    request: pytest.FixtureRequest,
    databases_of_this_process: Maker,
    keyring: Keyring,
    system: Actor,
    rulebook: Rulebook,
    holidays: HolidayTable,
    regions: RegionTree,
) -> Iterator[Towns]:
    """As many towns as are asked for, each verified when the test is over."""

    damaged = request.node.get_closest_marker("damaged") is not None

    @contextmanager
    def one() -> Iterator[Town]:
        url = databases_of_this_process.fresh()
        books = Books(open_engine(url), keyring, Clock())
        with books.write("books.found", by=system) as session:
            found_trail(session)
        bent = BentRulebook(rulebook)
        bent.bend({"interest_bearers": SEVENTY, "household_total_max_fen": 10_000_000})
        town = Town(books, system, keyring, bent, holidays, regions)  # type: ignore[arg-type]
        try:
            yield _with_limits(town.found(date(2016, 5, 30), households=2))
            books.engine.dispose()
            if not damaged:
                verification.verify(url, keyring)
        finally:
            books.engine.dispose()
            databases_of_this_process.drop(url)

    with ExitStack() as stack:
        yield lambda: stack.enter_context(one())


def _with_limits(town: Town) -> Town:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        scope = ("institution", str(town.lender_id))
        limits.set_limit(session, scope=scope, limit_fen=PLENTY, clause="测试")
    return town


# --- telling ------------------------------------------------------------------------------------


@dataclass
class Told:
    """A town, its one contract, and what was entered, by the name the story gives it."""

    town: Town
    number: str
    keys: dict[str, Any]

    def draw(self, name: str, fen: int, on: date | None = None) -> None:
        self.keys[name] = self.town.disburse(self.number, fen, value_date=on)

    def pay(self, name: str, fen: int, on: date | None = None, *, early: bool = False) -> None:
        self.keys[name] = self.town.pay(self.number, fen, early=early, value_date=on)

    def refund(self, name: str, fen: int, on: date | None = None) -> None:
        wanted = loans.Refund(self.number, fen, "counter", f"TK{name}", on)
        with self.town.books.write("loans.refund", by=OFFICER) as session:
            self.keys[name] = loans.refund(
                session,
                wanted=wanted,
                calendar=self.town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    def lose(self, name: str) -> None:
        """Write the loan off, whatever the rules say of the time for it."""
        with self.town.books.write("loans.repay", by=DIRECTOR) as session:
            on = ledger.open_day(session)
            loan_id = self.town.position(self.number).loan_id
            one = record.load(session, [loan_id])[loan_id]
            taken = Taken(one, Event("write_off", on, 2**62), None, None)
            take(session, [taken], on=on, calendar=self.town.calendar)
            self.keys[name] = taken.repayment_id

    def change(self, name: str, kind: str, **more: Any) -> None:
        change(self.town, kind, self.number, **more)
        self.keys[name] = ("change", last_change(self.town, self.number))

    def undo(self, name: str) -> None:
        key = self.keys[name]
        if isinstance(key, str):
            self.town.reverse(key)
        elif isinstance(key, tuple):
            undo(self.town, key[1], CHECKER)
        else:
            self.town.undo_payment(key)


Act = Callable[[Told], None]
#: day of June 2016 counted on (31 is 1 July), what happens on it
Story = Sequence[tuple[int, Act]]


def on(day: int) -> date:
    """Day of June 2016, counted on into July and after."""
    return date.fromordinal(date(2016, 5, 31).toordinal() + day)


def tell(town: Town, asked: dict[str, Any], story: Story, until: int) -> Told:
    (number,) = town.contracts(town.asked(1, **asked))
    told = Told(town, number, {})
    for day, act in sorted(story, key=lambda row: row[0]):
        town.close_to(on(day - 1))
        act(told)
    town.close_to(on(until - 1))
    return told


# --- what stands --------------------------------------------------------------------------------

_OF_POSITION = (
    "state", "matures_on", "method", "every_months", "settle_on_day", "misused",
    "unsubsidised", "drawn_fen",
    "drawn_on", "interest_settled_to", "penalty_settled_to", "compound_settled_to", "plan_from_on",
    "settle_event_on", "plan_event_on", "share_event_on", "review_on", "next_event_on", "grade",
)  # fmt: skip


def stands(town: Town) -> dict[str, Any]:
    """The running state, in which it is forgotten how the town came to know."""
    with town.books.read() as session:

        def rows(*columns: Any) -> list[tuple[Any, ...]]:
            return sorted(tuple(row) for row in session.execute(select(*columns)))

        open_dues: dict[tuple[Any, ...], int] = defaultdict(int)
        for *key, fen in session.execute(
            select(OpenDue.kind, Due.due_on, OpenDue.payable_on, OpenDue.left_fen)
            .join(Due, Due.id == OpenDue.due_id)
        ):  # fmt: skip
            open_dues[tuple(key)] += fen
        balances = session.execute(
            select(Account.kind, Posting.subject_id, sum_of(Posting.amount_fen))
            .join(Account, Account.id == Posting.account_id)
            .group_by(Account.kind, Posting.subject_id)
        )
        return {
            "positions": rows(*(getattr(Position, name) for name in _OF_POSITION)),
            "open_segments": rows(
                OpenSegment.state, OpenSegment.from_on, OpenSegment.principal_fen,
                OpenSegment.rate_ppm, OpenSegment.share_bp, OpenSegment.cap_fen,
                OpenSegment.share_rate_ppm,
            ),
            "segments": sorted(
                (s.state, s.from_on, s.to_on, s.principal_fen, s.rate_ppm, s.share_bp, s.cap_fen)
                for s in session.scalars(select(Segment).where(record.in_force()))
            ),
            "open_dues": dict(open_dues),
            "credit": [row for row in rows(LoanCredit.loan_id, LoanCredit.amount_fen) if row[1]],
            "limits": rows(LendingLimit.used_fen),
            "lines": rows(CreditLine.household_id, CreditLine.used_fen),
            "ledger": {tuple(row[:2]): row[2] for row in balances if row[2]},
        }  # fmt: skip


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def closed_days(town: Town) -> list[tuple[Any, ...]]:
    names = [column.name for column in LoanDay.__table__.columns if column.name != "trail_id"]
    with town.books.read() as session:
        return [
            tuple(row) for row in session.execute(select(*(LoanDay.__table__.c[n] for n in names)))
        ]


# --- stories ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What was known in time, and the same told late."""

    asked: dict[str, Any]
    in_time: Story
    late: Story
    until: int = 45


def whole(t: Told) -> None:
    t.draw("money", 2_000_000)


def first(t: Told) -> None:
    t.draw("first", 1_000_000)


#: 30 May is day -1 of these stories
START = -1
BORROWED: Story = [(START, whole)]
PAID = 1_000_000

CASES: dict[str, Case] = {
    "a payment on an ordinary loan": Case(
        YEAR,
        [*BORROWED, (25, lambda t: t.pay("p", PAID, early=True))],
        [*BORROWED, (40, lambda t: t.pay("p", PAID, on(25), early=True))],
    ),
    "a payment before the settlement of the quarter": Case(
        YEAR,
        [*BORROWED, (10, lambda t: t.pay("p", PAID, early=True)), (30, lambda t: t.pay("q", 777))],
        [*BORROWED, (30, lambda t: t.pay("q", 777)),
         (33, lambda t: t.pay("p", PAID, on(10), early=True))],
    ),
    "a draw": Case(
        YEAR,
        [(START, first), (10, lambda t: t.draw("second", 500_000))],
        [(START, first), (35, lambda t: t.draw("second", 500_000, on(10)))],
    ),
    "an early payment of a plan": Case(
        PLAN,
        [*BORROWED, (15, lambda t: t.pay("p", PAID, early=True))],
        [*BORROWED, (38, lambda t: t.pay("p", PAID, on(15), early=True))],
    ),
    "principal paid on its day, heard of when overdue": Case(
        MONTH,
        [*BORROWED, (30, lambda t: t.pay("p", 2_000_000))],
        [*BORROWED, (42, lambda t: t.pay("p", 2_000_000, on(30)))],
    ),
    "a payment on a loan that was settled since": Case(
        MONTH,
        [*BORROWED, (29, lambda t: t.pay("p", 600_000)), (35, lambda t: t.pay("q", 2_100_000))],
        [*BORROWED, (35, lambda t: t.pay("q", 2_100_000)),
         (41, lambda t: t.pay("p", 600_000, on(29)))],
    ),
    "a payment undone on an overdue loan": Case(
        MONTH,
        [*BORROWED, (36, lambda t: t.pay("q", 500_000))],
        [*BORROWED, (30, lambda t: t.pay("p", 2_100_000)), (36, lambda t: None),
         (41, lambda t: t.undo("p")), (41, lambda t: t.pay("q", 500_000, on(36)))],
    ),
    "the first of two draws undone": Case(
        YEAR,
        [(10, lambda t: t.draw("second", 500_000))],
        [(START, first), (10, lambda t: t.draw("second", 500_000)),
         (33, lambda t: t.undo("first"))],
    ),
    "a draw by plan undone and paid out again": Case(
        PLAN,
        [(12, whole)],
        [(START, whole), (8, lambda t: t.pay("p", 300, early=True)), (34, lambda t: t.undo("p")),
         (34, lambda t: t.undo("money")), (34, lambda t: t.draw("again", 2_000_000, on(12)))],
    ),
    "misuse found late": Case(
        YEAR,
        [*BORROWED, (15, lambda t: t.change("m", "misuse", evidence="入户"))],
        [*BORROWED, (36, lambda t: t.change("m", "misuse", evidence="入户", value_date=on(15)))],
    ),
    "misuse found by mistake": Case(
        YEAR,
        BORROWED,
        [*BORROWED, (15, lambda t: t.change("m", "misuse", evidence="入户")),
         (36, lambda t: t.undo("m"))],
    ),
    "more time, taken back": Case(
        {**YEAR, "term_months": 3},
        BORROWED,
        [*BORROWED, (15, lambda t: t.change("e", "extension", matures_on=date(2016, 10, 30))),
         (36, lambda t: t.undo("e"))],
    ),
    "another plan, taken back": Case(
        PLAN,
        BORROWED,
        [*BORROWED, (15, lambda t: t.change("e", "plan", method="equal-installment",
                                            every_months=1)),
         (36, lambda t: t.undo("e"))],
    ),
    "a refund undone": Case(
        YEAR,
        [*BORROWED, (10, lambda t: t.pay("p", PAID))],
        [*BORROWED, (10, lambda t: t.pay("p", PAID)), (12, lambda t: t.refund("r", 900_000)),
         (36, lambda t: t.undo("r"))],
    ),
    "a loss undone": Case(
        MONTH,
        BORROWED,
        [*BORROWED, (35, lambda t: t.lose("w")), (38, lambda t: t.pay("recovered", 100_000)),
         (40, lambda t: t.undo("recovered")), (40, lambda t: t.undo("w"))],
    ),
    "drawn, repaid and drawn again, one of it late": Case(
        REVOLVING,
        [*BORROWED, (10, lambda t: t.pay("p", PAID, early=True)),
         (25, lambda t: t.draw("again", 900_000))],
        [*BORROWED, (10, lambda t: t.pay("p", PAID, early=True)),
         (37, lambda t: t.draw("again", 900_000, on(25)))],
    ),
    "a second correction over the first, then taken back": Case(
        YEAR,
        [*BORROWED, (28, lambda t: t.pay("q", 5_000))],
        [*BORROWED, (33, lambda t: t.pay("p", PAID, on(10), early=True)),
         (35, lambda t: t.pay("q", 5_000, on(28))), (40, lambda t: t.undo("p"))],
    ),
    "entered late, undone, entered late again": Case(
        MONTH,
        [*BORROWED, (20, lambda t: t.pay("q", 400_000))],
        [*BORROWED, (33, lambda t: t.pay("p", 300_000, on(20))), (36, lambda t: t.undo("p")),
         (40, lambda t: t.pay("q", 400_000, on(20)))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_told_late_equals_known_in_time(towns: Towns, name: str) -> None:
    case = CASES[name]
    knew, heard = towns(), towns()
    tell(knew, case.asked, case.in_time, case.until)
    last = max(day for day, _ in case.late)
    before = [act for act in case.late if act[0] < last]
    tell_in_parts = tell(heard, case.asked, before, last)
    told = closed_days(heard)
    for day, act in case.late:
        if day == last:
            act(tell_in_parts)
    assert closed_days(heard) == told
    heard.close_to(on(case.until - 1))
    assert closed_days(heard)[: len(told)] == told
    assert differences(stands(knew), stands(heard)) == {}


# --- the entry of a correction ------------------------------------------------------------------


def postings(town: Town, source_kind: str) -> list[tuple[str, str, int]]:
    """Booking day, account and amount of every posting of a kind of entries."""
    with town.books.read() as session:
        rows = session.execute(
            select(Entry.booking_date, Account.kind, Posting.amount_fen)
            .join(Posting, Posting.entry_id == Entry.id)
            .join(Account, Account.id == Posting.account_id)
            .where(Entry.source_kind == source_kind)
        )
        return sorted((day.isoformat(), kind, fen) for day, kind, fen in rows)


def test_the_books_receive_the_difference_and_no_more(towns: Towns) -> None:
    """50 000 at 4.35 % without subsidy; 200.00 of 25 June are heard of on 10 July."""
    town = towns()
    town.rulebook.bend({"interest_bearers": ()})  # type: ignore[attr-defined]
    asked = {**YEAR, "amount_fen": 5_000_000}
    told = tell(town, asked, [(START, lambda t: t.draw("money", 5_000_000))], 40)
    was = postings(town, "settlements")
    told.pay("p", 20_000, on(25))
    # Due on 21 June: 22 days, 50 000 × 4.35 % × 22 ÷ 360 = 132.92. Unpaid for 4 days, to the 25th:
    # 132.92 × 6.525 % × 4 ÷ 360 = 0.0964, so 0.10. 200.00 − 132.92 − 0.10 = 66.98 of credit.
    assert postings(town, "corrections") == [
        ("2016-07-10", "funds", 20_000),
        ("2016-07-10", "household_credit", -6_698),
        ("2016-07-10", "interest_receivable", -13_292),
        ("2016-07-10", "penalty_receivable", -10),
    ]
    new = [row for row in postings(town, "settlements") if row not in was]
    assert new == [
        ("2016-07-10", "penalty_income", -10),
        ("2016-07-10", "penalty_receivable", 10),
    ]
    told.undo("p")
    assert sum(fen for _, _, fen in postings(town, "corrections")) == 0
    with town.books.read() as session:
        assert session.scalars(select(Correction.nr).order_by(Correction.nr)).all() == [1, 2]
        assert ledger.balance(session, kind="funds") == -5_000_000
        assert ledger.balance(session, kind="household_credit") == 0
        assert ledger.balance(session, kind="penalty_income") == 0
        assert ledger.balance(session, kind="interest_receivable") == 13_292


def test_nothing_on_record_is_changed(towns: Towns) -> None:
    """A correction adds rows; those before it stand as they stood."""
    town = towns()
    told = tell(town, MONTH, [(START, whole), (32, lambda t: t.pay("q", 700_000))], 40)

    def rows() -> dict[str, set[tuple[Any, ...]]]:
        with town.books.read() as session:
            return {
                table.__tablename__: {
                    tuple(row) for row in session.execute(select(table.__table__))
                }
                for table in (Segment, Due, Repayment, Disbursement, LoanDay)
            }

    before = rows()
    told.pay("p", 900_000, on(29))
    after = rows()
    for name, kept in before.items():
        assert kept <= after[name], name
    assert len(after["segments"]) > len(before["segments"])


# --- seen red -----------------------------------------------------------------------------------

_ORDINARY = "a payment before the settlement of the quarter"


def _red(name: str, target: str, bug: object) -> Plant:
    catches = (AssertionError, Refusal)
    return Plant(test_told_late_equals_known_in_time, target, bug, {"name": name}, catches)


PLANTED = [
    _red("a payment on an ordinary loan", "loans.operations.correcting._move_limits",
         lambda *_: None),
    _red(_ORDINARY, "loans.record.differing._write_segments", lambda *_: None),
    _red(_ORDINARY, "loans.record.differing._write_open_dues", lambda *_: None),
    _red(_ORDINARY, "loans.booking.book_correction", lambda *_, **__: None),
    _red("misuse found by mistake", "loans.record.events._changes", lambda *_: []),
    _red("principal paid on its day, heard of when overdue", "loans.replay.pass_nights",
         lambda course, day, until, working_day: until),
    Plant(test_the_books_receive_the_difference_and_no_more, "loans.booking._credit_of",
          lambda loan: ("funds", 0)),
]  # fmt: skip


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, towns: Towns) -> None:
    plant.prove(towns=towns)
