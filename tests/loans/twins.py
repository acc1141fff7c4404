"""A town's loans, and beside each its twin: the pure course alone, driven by hand.

``World`` signs, draws, pays and closes on both sides; ``compare`` reads both and demands that they
say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import loans.batch
from jobs.close import Closer, Program, Step
from kernel.dates import add_months
from kernel.refusals import Refusal
from loans import grading, record, replay
from loans.course import Course
from loans.models import (
    FAR,
    Due,
    GradeChange,
    Loan,
    LoanCredit,
    LoanDay,
    OpenDue,
    OpenSegment,
    PlanRow,
    Position,
    Segment,
    Settlement,
)
from policy import ConductRules, GradeThreshold
from tests.loans import changing
from tests.loans.bent import BentRulebook, treasury
from tests.loans.town import Town

ONE = timedelta(days=1)
REGION = "431022000000"
#: the grading rule of these books changes here
PIVOT = date(2017, 2, 1)
BEFORE = ((0, 2), (10, 3), (40, 4), (100, 5))
AFTER = ((0, 2), (90, 3), (270, 4), (360, 5))


METHODS = (
    # method, months between, settlement day
    ("interest-only", 3, 20),
    ("interest-only", 1, 31),
    ("interest-only", 6, 20),
    ("interest-only", 12, 20),
    ("interest-only", 3, 0),
    ("bullet", 0, 0),
    ("equal-principal", 3, 0),
    ("equal-installment", 1, 0),
)

SHARES = (
    treasury((None, None, 10_000, 5_000_000)),
    treasury((None, None, 7_000, 1_234_567)),
    treasury((None, date(2017, 1, 1), 10_000, 2_000_000), (date(2017, 1, 1), None, 7_000, None)),
    # turns on a settlement day, and on the day after one
    treasury((None, date(2016, 9, 20), 10_000, None), (date(2016, 9, 21), None, 3_333, 999_999)),
    treasury((date(2016, 12, 21), date(2017, 3, 21), 5_000, 1_500_000)),
    # paid first and refunded; at a rate of the subsidy's own, below that of some contracts
    treasury((None, None, 8_000, 2_000_000), route="household"),
    treasury((None, None, 10_000, 1_800_000), rate_ppm=30_000),
    treasury((None, date(2016, 11, 1), 10_000, None), rate_ppm=20_000, route="household")
    + treasury((date(2016, 11, 1), None, 7_000, None), route="household", rate_cap="benchmark"),
    (),
)


@dataclass
class Twin:
    """One loan, by the pure course alone."""

    loan: Loan
    course: Course
    #: how likely the household is to act on a day that matters
    diligence: float
    drawn_fen: int = 0
    grade: int = 1
    plan_version: int = 0
    figures: tuple[int, ...] = ()
    grades: list[tuple[date, int, int]] = field(default_factory=list)

    def over_on(self, day: date) -> bool:
        course = self.course
        if not self.drawn_fen or course.open or course.dues:
            return False
        return not course.terms.revolving or day >= course.terms.matures_on


class World:
    """Books and twins side by side, driven by one random."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.random = Random(seed)
        self.rulebook = BentRulebook(town.rulebook)
        town.rulebook = self.rulebook  # type: ignore[assignment]
        self.twins: dict[str, Twin] = {}
        #: kinds of changes made, and what else was seen
        self.seen: set[str] = set()

    # --- contracts --------------------------------------------------------------------------

    def sign(self, place: int, kind: tuple[str, int, int]) -> str:
        pick = self.random.choice
        method, every, settle_on = kind
        by_plan = method != "bullet" and not settle_on
        self.rulebook.bend(
            {
                "settle_on_day": settle_on,
                "day_count": pick(("act/360", "act/365", *(("30/360", "by-month") * by_plan))),
                "interest_bearers": pick(SHARES),
                "overdue_surcharge_bp": pick((3_000, 5_000, 4_321)),
                "misuse_surcharge_bp": pick((10_000, 4_000)),
                "compound_interest": pick((True, True, False)),
                "principal_first_after_days": pick((90, 20)),
                "allocation_order": pick(
                    (
                        ("penalty", "compound", "interest", "principal"),
                        ("principal", "interest", "penalty", "compound"),
                    )
                ),
                "household_total_max_fen": 10_000_000,
            }
        )
        amount_fen = self.random.choice((2_500_000, 2_000_001, 777_777, 12_345))
        (number,) = self.town.contracts(
            self.town.asked(
                place,
                amount_fen=amount_fen,
                term_months=pick((3, 6, 7, 12, 12)),
                annual_rate_ppm=pick((43_500, 43_499, 10_000)),
                method=method,
                every_months=every,
                revolving=not by_plan and self.random.random() < 0.4,
            )
        )
        self.twins[number] = self._twin(number)
        return number

    def _twin(self, number: str) -> Twin:
        with self.town.books.read() as session:
            loan = session.scalars(select(Loan).where(Loan.number == number)).one()
            session.expunge(loan)
            terms = record.load(session, [loan.id], lock=False)[loan.id].course.terms
        diligence = self.random.choice((0.05, 0.15, 0.4))
        course = replay.begin(terms, number=number, amount_fen=loan.amount_fen).course
        return Twin(loan, course, diligence)

    # --- what a counter does ----------------------------------------------------------------

    def draw(self, number: str, fen: int, on: date) -> None:
        twin = self.twins[number]
        self.town.disburse(number, fen)
        twin.course.draw(fen, on)
        twin.drawn_fen += fen
        self._plan(twin)

    def pay(self, number: str, fen: int, on: date, *, early: bool) -> None:
        twin = self.twins[number]
        self.town.pay(number, fen, early=early)
        twin.course.pay(fen, on, early=early)
        self._plan(twin)

    def change(self, number: str, on: date) -> None:
        """More time, another plan, misuse, no subsidy; what the rules forbid is left."""
        twin, pick = self.twins[number], self.random.choice
        course, terms = twin.course, twin.course.terms
        kind = pick(("extension", "plan", "misuse", "unsubsidised"))
        later = add_months(terms.matures_on, 2)
        plan = pick((("equal-principal", 1), ("interest-only", 3), ("bullet", 0)))
        wanted: dict[str, dict[str, Any]] = {
            "extension": {"matures_on": later},
            "plan": {"method": plan[0], "every_months": plan[1]},
            "misuse": {"evidence": "入户"},
            "unsubsidised": {"why": "status"},
        }
        try:
            changing.change(self.town, kind, number, **wanted[kind])
        except Refusal:
            return
        self.seen.add(kind)
        if kind == "extension":
            course.extend(later, on)
        elif kind == "misuse":
            course.misuse(on)
        elif kind == "unsubsidised":
            course.unsubsidise(on)
        else:
            settles = self.town.position(number).settle_on_day
            course.change_plan(plan[0], plan[1], settles, on)  # type: ignore[arg-type]
        self._plan(twin)

    def _plan(self, twin: Twin) -> None:
        twin.plan_version += len(twin.course.new_plans)
        twin.course.new_plans = []

    def act(self, on: date) -> None:
        """Whatever happens at the counter today."""
        for number, twin in self.twins.items():
            busy = self._busy(twin, on)
            if self.random.random() < (twin.diligence if busy else 0.01):
                self._act_on(number, twin, on)

    def _busy(self, twin: Twin, on: date) -> bool:
        terms, course = twin.course.terms, twin.course
        days = {terms.matures_on, course.plan_event_on, terms.settle_event_after(on)}
        days |= {due.payable_on for due in course.dues}
        days |= {share.from_on for share in terms.shares}
        undrawn = twin.drawn_fen == 0
        return undrawn or any(abs((day - on).days) <= 1 for day in days)

    def _act_on(self, number: str, twin: Twin, on: date) -> None:
        terms = twin.course.terms
        used = twin.course.principal_fen if terms.revolving else twin.drawn_fen
        left, over = twin.loan.amount_fen - used, twin.over_on(on)
        if twin.drawn_fen and not over and self.random.random() < 0.15:
            self.change(number, on)
        elif left and on < terms.matures_on and not over and not terms.misused:
            part = left if twin.course.terms.by_plan else self.random.choice((left, left // 3 + 1))
            self.draw(number, part, on)
        elif twin.drawn_fen and not over:
            owed = sum(due.left_fen for due in twin.course.dues)
            principal = twin.course.principal_fen
            amounts = [1, owed, owed // 2, owed // 9 + 1, owed + 7, owed + principal // 7]
            if self.random.random() < 0.1:
                amounts = [principal, principal + owed, 2 * principal + owed]
            fen = self.random.choice([one for one in amounts if one > 0] or [1])
            self.pay(number, fen, on, early=self.random.random() < 0.4)

    # --- the close --------------------------------------------------------------------------

    def close(self, day: date) -> None:
        chunk = self.random.choice((1, 2, 3, 100))
        Closer(self.town.books, self.town.system, self.program, "test", chunk).close_day(day)
        thresholds = BEFORE if day < PIVOT else AFTER
        working = self.town.calendar.is_working_day(day)
        for twin in sorted(self.twins.values(), key=lambda one: one.loan.id):
            self._close_one(twin, day, working)
            self._grade(twin, day, thresholds)

    def _close_one(self, twin: Twin, day: date, working: bool) -> None:
        twin.course.night(day, working_day=working)
        self.seen |= set(twin.course.open)

    def _grade(self, twin: Twin, day: date, thresholds: tuple[tuple[int, int], ...]) -> None:
        oldest = min((due.payable_on for due in twin.course.dues), default=day)
        days = grading.overdue_days(oldest, day)
        grade = grading.grade(days, thresholds)
        if grade != twin.grade:
            twin.grades.append((day, grade, days))
        twin.grade = grade
        late = [due for due in twin.course.dues if due.payable_on < day]
        twin.figures = (
            twin.drawn_fen,
            twin.course.principal_fen,
            sum(due.left_fen for due in late if due.kind == "principal"),
            sum(due.left_fen for due in late if due.kind != "principal"),
            grade,
        )

    def program(self, day: date) -> Program:
        rules = self._conduct(day)

        def review(session: Session, on: date, _limit: int) -> int:
            if on == PIVOT:
                loans.batch.review_all_overdue(session, day=on)
            return 0

        def close(session: Session, on: date, limit: int) -> int:
            return loans.batch.close_chunk(
                session, day=on, conduct=rules, calendar=self.town.calendar, limit=limit
            )

        return Program((Step("review", review, whole=True), Step("loans", close)), "0" * 64)

    def _conduct(self, day: date) -> ConductRules:
        rules = self.rulebook.conduct(on=day, region=REGION)
        rows = tuple(
            GradeThreshold(grade=grade, overdue_days_from=over + 1)
            for over, grade in (BEFORE if day < PIVOT else AFTER)
        )
        return replace(rules, grading=replace(rules.grading, value=rows))

    # --- both sides, told alike -------------------------------------------------------------

    def expected(self, twin: Twin, day: date) -> dict[str, Any]:
        course, tomorrow = twin.course, day + ONE
        is_open = bool(course.open)
        terms = course.terms
        settled = twin.over_on(tomorrow)
        return {
            "state": "settled" if settled else "active" if twin.drawn_fen else "signed",
            "drawn": twin.drawn_fen,
            "open": {(state, *_told(_STRETCH, one)) for state, one in course.open.items()},
            "closed": sorted(_told(COLUMNS[Segment], one) for one in course.closed),
            "settlements": sorted(_told(COLUMNS[Settlement], one) for one in course.settlements),
            "dues": sorted(_told(COLUMNS[Due], one) for one in course.raised),
            "credit": course.credit_fen,
            "left": sorted((due.kind, due.payable_on, due.left_fen) for due in course.dues),
            "settled to": tuple(course.settled_to.values()),
            "events": (
                terms.settle_event_after(tomorrow) if is_open else FAR,
                course.plan_event_on,
                terms.share_event_after(tomorrow) if is_open else FAR,
                self._review_on(twin, day),
            ),
            "plan": (
                twin.plan_version,
                [_told("nr start due principal_fen interest_fen", row) for row in course.plan],
            ),
            "figures": twin.figures if twin.drawn_fen else (),
            "grades": twin.grades,
        }

    def _review_on(self, twin: Twin, day: date) -> date:
        payable = [due.payable_on for due in twin.course.dues]
        if any(day <= one <= day + ONE for one in payable):
            return day + ONE
        if not payable:
            return FAR
        thresholds = BEFORE if day < PIVOT else AFTER
        return grading.next_change_on(min(payable), day, thresholds) or FAR

    def found(self, rows: Rows, twin: Twin) -> dict[str, Any]:
        (position,) = rows.of(twin, Position)
        days = rows.of(twin, LoanDay)
        return {
            "state": position[1],
            "drawn": position[2],
            "open": set(rows.of(twin, OpenSegment)),
            "closed": rows.of(twin, Segment),
            "settlements": rows.of(twin, Settlement),
            "dues": rows.of(twin, Due),
            "left": rows.of(twin, OpenDue),
            "credit": sum(row[0] for row in rows.of(twin, LoanCredit)),
            "settled to": position[3:6],
            "events": position[6:10],
            "plan": (
                position[0],
                [row[1:] for row in rows.of(twin, PlanRow) if row[0] == position[0]],
            ),
            "figures": days[-1][1:] if days else (),
            "grades": rows.of(twin, GradeChange),
        }

    def compare(self, day: date) -> None:
        with self.town.books.read() as session:
            rows = Rows(session)
            for number, twin in self.twins.items():
                expected, found = self.expected(twin, day), self.found(rows, twin)
                if not twin.course.open or not twin.course.terms.by_plan:
                    # Who no longer has a balance, or has left its plan, has none to come.
                    expected["plan"] = found["plan"]
                assert found == expected, f"{number} ({twin.course.terms.method}) at {day}"


_STRETCH = "from_on principal_fen rate_ppm share_bp cap_fen share_rate_ppm"
#: what is compared of each table, in this order
COLUMNS: dict[type[Any], str] = {
    Position: "plan_version state drawn_fen interest_settled_to penalty_settled_to"
    " compound_settled_to settle_event_on plan_event_on share_event_on review_on",
    OpenSegment: f"state {_STRETCH}",
    Segment: f"state to_on {_STRETCH}",
    Settlement: "kind from_on to_on product plan_nr amount_fen treasury_fen",
    Due: "kind bearer due_on amount_fen",
    OpenDue: "kind payable_on left_fen",
    LoanCredit: "amount_fen",
    PlanRow: "version nr from_on due_on principal_fen interest_fen",
    LoanDay: "on_day drawn_fen outstanding_fen overdue_principal_fen overdue_interest_fen grade",
    GradeChange: "on_day grade overdue_days",
}


def _told(names: str, one: object) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in names.split())


class Rows:
    """Everything the database says of the loans, read at once."""

    def __init__(self, session: Session) -> None:
        self._found: dict[tuple[type[Any], int], list[tuple[Any, ...]]] = {}
        for table, columns in COLUMNS.items():
            names = ["loan_id", *columns.split()]
            for row in session.execute(select(*(getattr(table, name) for name in names))):
                self._found.setdefault((table, row[0]), []).append(tuple(row[1:]))

    def of(self, twin: Twin, table: type[Any]) -> list[tuple[Any, ...]]:
        return sorted(self._found.get((table, twin.loan.id), []))
