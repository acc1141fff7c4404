"""假如: a loan's life lived on, or lived again under another policy, without touching the books.

Everything here is a replay of the loan's events through the same pure course that the product
lives: nothing is written, and no number is reckoned in another way. What lies ahead asks the table
of holidays, and where that ends the answer is its refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from kernel.dates import parse_date
from kernel.day_count import DayCount
from kernel.money import MONEY_MAX_FEN, format_rate, format_share, format_yuan
from loans import record, replay
from loans.bearing import Lent, References, bearer_rows, bearers_of, route_of
from loans.course import Course
from loans.explaining.case import Answer, Case
from loans.models import FAR
from loans.parts import ONE_DAY, Settled, Share, Terms
from loans.refusals import AmountNotPositive, EventBeforeFirstDraw, NothingDisbursed
from loans.replay import Event, Life, WorkingDay
from loans.routes import LENDER
from loans.schedule import PlanRow
from policy import ContractTerms, Rulebook

#: stands for the number of a row that will never be: the last of its day and kind
_NEVER = 2**62

ASSUMED = "此后各期均假定在应还日还清，已逾期的于次一工作日还清；节假日顺延按节假日表"


@dataclass(frozen=True, slots=True)
class Totals:
    """What settlements come to."""

    interest_fen: int
    penalty_fen: int
    compound_fen: int
    treasury_fen: int

    @property
    def household_fen(self) -> int:
        """What the household bears of it."""
        return self.interest_fen + self.penalty_fen + self.compound_fen - self.treasury_fen

    def told(self) -> Answer:
        """In yuan."""
        return {
            "interest": format_yuan(self.interest_fen),
            "penalty": format_yuan(self.penalty_fen),
            "compound": format_yuan(self.compound_fen),
            "treasury": format_yuan(self.treasury_fen),
            "household": format_yuan(self.household_fen),
        }


def totals(settled: Iterable[Settled]) -> Totals:
    """Settlements added up."""
    rows = list(settled)
    by_kind = {
        kind: sum(row.amount_fen for row in rows if row.kind == kind)
        for kind in ("interest", "penalty", "compound")
    }
    return Totals(
        by_kind["interest"],
        by_kind["penalty"],
        by_kind["compound"],
        sum(row.treasury_fen for row in rows),
    )


def _live(case: Case, terms: Terms, events: Iterable[Event], until: date) -> Life:
    life = replay.begin(terms, number=case.loan.number, amount_fen=case.loan.amount_fen)
    return replay.replay(life, events, until=until, working_day=case.calendar.is_working_day)


def _signed(case: Case) -> Terms:
    return record.signed_terms(case.loan, case.one.position, case.one.course.terms.shares)


def run_out(course: Course, day: date, working_day: WorkingDay) -> date:
    """Live to the end, every due paid on the day it is payable; the day of the last payment.

    What is overdue already is paid on the next working day.
    """
    last = day
    while course.open or course.dues:
        late = any(due.payable_on <= day for due in course.dues)
        night = day if late else course.next_night(day)
        if night >= FAR:
            break
        course.night(night, working_day=_asked(course, night, working_day))
        day = night + ONE_DAY
        payable = [due for due in course.dues if due.payable_on <= day]
        if payable and working_day(day):
            course.taker = None
            course.pay(course.bring_up_to(day), day, early=False)
            last = day
    return last


def _asked(course: Course, night: date, working_day: WorkingDay) -> bool:
    """The holiday table is asked where something is due, and nowhere else."""
    due = any(one.payable_on == night for one in course.dues)
    return not due or working_day(night)


# --- if I repay X on day D ------------------------------------------------------------------------


def if_repaid(case: Case, *, amount_fen: int, day: date, early: bool = True) -> Answer:
    """What a payment would pay, what would be left, and what interest it would save."""
    _require_drawn(case, day)
    if amount_fen <= 0:
        raise AmountNotPositive(field="repay")
    kind = "early_payment" if early else "payment"
    event = Event(kind, day, _NEVER, amount_fen)
    without = _live(case, _signed(case), case.events, max(day, case.on))
    paid = _live(case, _signed(case), [*case.events, event], max(day, case.on))
    course = paid.course
    taken = [one for one in course.taken if one.by == event.key]
    told: Answer = {
        "kind": "what_if_repaid",
        "number": case.loan.number,
        "amount": format_yuan(amount_fen),
        "on": day.isoformat(),
        "early": early,
        "pays": [
            {
                "kind": one.due.kind,
                "due_on": one.due.due_on.isoformat(),
                "amount": format_yuan(one.fen),
            }
            for one in taken
        ],
        "to_credit": format_yuan(amount_fen - sum(one.fen for one in taken)),
        "outstanding": format_yuan(course.principal_fen),
        "still_due": format_yuan(sum(due.left_fen for due in course.dues)),
        "plan": [_row(row) for row in course.plan],
        "assumed": ASSUMED,
    }
    return told | _saved(case, without.course, course, max(day, case.on))


def _saved(case: Case, without: Course, paid: Course, day: date) -> Answer:
    """Both lives lived on to their ends, every due paid in time; the difference between them."""
    working_day = case.calendar.is_working_day
    ends = [run_out(course, day, working_day) for course in (without, paid)]
    before, after = totals(without.settlements), totals(paid.settlements)
    return {
        "without": {**before.told(), "ends_on": ends[0].isoformat()},
        "with": {**after.told(), "ends_on": ends[1].isoformat()},
        "saved": {
            "household": format_yuan(before.household_fen - after.household_fen),
            "treasury": format_yuan(before.treasury_fen - after.treasury_fen),
        },
    }


def _row(row: PlanRow) -> Answer:
    return {
        "nr": row.nr,
        "due": row.due.isoformat(),
        "principal": format_yuan(row.principal_fen),
        "interest": format_yuan(row.interest_fen),
        "total": format_yuan(row.total_fen),
        "outstanding": format_yuan(row.outstanding_fen),
    }


def _require_drawn(case: Case, day: date) -> None:
    if not case.one.position.drawn_fen:
        raise NothingDisbursed(field="number", number=case.loan.number)
    if day < case.one.position.drawn_on:
        raise EventBeforeFirstDraw(field="on", number=case.loan.number, day=day)


# --- if it is not paid until D --------------------------------------------------------------------


def if_unpaid(case: Case, *, until: date) -> Answer:
    """What would be owed on a day if nothing more came in before it."""
    _require_drawn(case, until)
    life = _live(case, _signed(case), [one for one in case.events if one.on <= until], until)
    course = life.course
    before = totals(course.settlements)
    course.taker = None
    course.bring_up_to(until)
    late = [due for due in course.dues if due.payable_on < until]
    due_fen = sum(due.left_fen for due in course.dues)
    if course.terms.by_plan:
        course.settle_broken(until)
    course.settle("interest", until)
    whole_fen = sum(due.left_fen for due in course.dues) + course.not_due_fen(until)
    after = totals(course.settlements)
    return {
        "kind": "what_if_unpaid",
        "number": case.loan.number,
        "on": until.isoformat(),
        "overdue": format_yuan(sum(due.left_fen for due in late)),
        "overdue_days": max(((until - due.payable_on).days for due in late), default=0),
        "owed": format_yuan(due_fen),
        "to_settle_all": format_yuan(whole_fen),
        "outstanding": format_yuan(course.principal_fen),
        "dues": [
            {
                "kind": due.kind,
                "due_on": due.due_on.isoformat(),
                "payable_on": due.payable_on.isoformat(),
                "left": format_yuan(due.left_fen),
            }
            for due in course.dues
        ],
        "so_far": before.told(),
        "if_settled_then": after.told(),
    }


# --- if this loan were under policy P -------------------------------------------------------------


def if_under(case: Case, *, policy: str, rulebook: Rulebook) -> Answer:
    """The same events under the terms of another signing day, or of a document's day of effect."""
    day = day_of(policy, rulebook)
    terms = _terms_of_day(case, policy, day, rulebook)
    cap = rulebook.rate_cap_ppm(day, case.loan.term_months, terms)
    own = _signed(case)
    other = _under(case, own, terms, cap.ppm, _references(case, day, terms, rulebook))
    lived = [_live(case, each, case.events, case.on).course for each in (own, other)]
    for course in lived:
        # What has run and is not settled counts: as if all were settled today.
        if course.terms.by_plan:
            course.settle_broken(case.on)
        for kind in ("interest", "penalty", "compound"):
            course.settle(kind, case.on)
    now, then = (totals(course.settlements) for course in lived)
    return {
        "kind": "what_if_under",
        "number": case.loan.number,
        "policy": policy,
        "terms_of": day.isoformat(),
        "until": case.on.isoformat(),
        "documents": sorted({bearers_of(terms)[1].cited_as, terms.overdue_surcharge_bp.cited_as}),
        "rate_cap": None if cap.ppm is None else format_rate(cap.ppm),
        "terms": [_facts(each) for each in (own, other)],
        "as_it_is": {**now.told(), **_stands(lived[0])},
        "as_it_would_be": {**then.told(), **_stands(lived[1])},
        "difference": {
            "household": format_yuan(then.household_fen - now.household_fen),
            "treasury": format_yuan(then.treasury_fen - now.treasury_fen),
        },
        "assumed": "放款、还款、变更照旧；利率沿用合同，超过新政策上限的降至上限；"
        "两边均视同今日结清利息",
    }


def day_of(policy: str, rulebook: Rulebook) -> date:
    """A day as it is, or the day of effect of a document."""
    document = rulebook.documents.get(policy)
    return parse_date(policy, field="policy") if document is None else document.start


def _terms_of_day(case: Case, policy: str, day: date, rulebook: Rulebook) -> ContractTerms:
    region, document = case.loan.village_code, rulebook.documents.get(policy)
    if document is not None and not document.covers(region):
        # The rule of another place: as if the loan were lent there.
        region = document.region
    # Kinds of households have changed their names from document to document.
    return rulebook.contract_terms(on=day, region=region)


def _references(case: Case, day: date, terms: ContractTerms, rulebook: Rulebook) -> References:
    """Reference rates as they were published by another signing day."""
    months = case.loan.term_months
    return lambda reference: rulebook.reference_ppm(reference, day, months, terms)


def _under(
    case: Case, own: Terms, terms: ContractTerms, cap_ppm: int | None, references: References
) -> Terms:
    """The contract's own terms with what a policy gives in their place."""
    own_ppm = own.pricing.annual_rate_ppm
    rate_ppm = own_ppm if cap_ppm is None else min(own_ppm, cap_ppm)
    day_count = cast("DayCount", terms.day_count.value)
    loan = case.loan
    organisation = loan.organisation_id is not None
    lent = Lent(loan.signed_on, loan.matures_on, rate_ppm, organisation)
    rows = bearer_rows(terms, lent, [(MONEY_MAX_FEN, 0)], references)
    by_settlement = own.method == "interest-only" and own.settle_on_day > 0
    first = terms.principal_first_after_days
    return replace(
        own,
        pricing=replace(
            own.pricing,
            annual_rate_ppm=rate_ppm,
            day_count=day_count,
        ),
        settle_on_day=terms.settle_on_day.value if by_settlement else own.settle_on_day,
        every_months=terms.settle_every_months.value if by_settlement else own.every_months,
        day_base=365 if day_count == "act/365" else 360,
        overdue_surcharge_bp=terms.overdue_surcharge_bp.value,
        misuse_surcharge_bp=terms.misuse_surcharge_bp.value,
        compounds=terms.compound_interest.value,
        allocation_order=terms.allocation_order.value,
        principal_first_after_days=None if first is None else first.value,
        shares=tuple(_share(row) for row in rows),
        refunded=route_of(terms, organisation=organisation) != LENDER,
    )


def _share(row: dict[str, Any]) -> Share:
    names = ("from_on", "to_on", "share_bp", "cap_fen", "runs_on", "rate_ppm")
    return Share(**{name: row[name] for name in names if name in row})


def _facts(terms: Terms) -> Answer:
    return {
        "annual_rate": format_rate(terms.pricing.annual_rate_ppm),
        "overdue_surcharge": format_share(terms.overdue_surcharge_bp),
        "misuse_surcharge": format_share(terms.misuse_surcharge_bp),
        "compounds": terms.compounds,
        "settle_on_day": terms.settle_on_day,
        "every_months": terms.every_months,
        "allocation_order": list(terms.allocation_order),
        "shares": [
            {
                "from": share.from_on.isoformat(),
                "to": share.to_on.isoformat(),
                "share": format_share(share.share_bp),
                "cap": format_yuan(share.cap_fen),
                "rate": format_rate(
                    terms.pricing.annual_rate_ppm if share.rate_ppm is None else share.rate_ppm
                ),
            }
            for share in terms.shares
        ],
        "refunded": terms.refunded,
    }


def _stands(course: Course) -> Answer:
    return {
        "outstanding": format_yuan(course.principal_fen),
        "owed": format_yuan(sum(due.left_fen for due in course.dues)),
        "credit": format_yuan(course.credit_fen),
    }
