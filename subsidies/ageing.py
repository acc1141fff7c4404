"""How long the treasury has owed what it owes (应收财政贴息账龄): for all four sides.

What is owed is what was accrued and is not paid, as ``subsidies.figures`` has it. Its age counts
from the day it fell due, the day after the last that the settlement counts; it is over its deadline
when the days that the policy gives to filing, review, public notice and payment have gone by since
the end of its claim period. The bank sees what is owed on its own loans, the poverty office and the
finance bureau what the treasury owes all, a household what it waits for itself. However old it
gets, it makes no household overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import sum_of
from kernel.money import format_yuan
from loans.due_dates import Rhythm, spans_counted
from loans.models import Loan
from office import rights
from policy import ConductRules
from subsidies import figures
from subsidies.claims.steps import working_days_after
from subsidies.lifecycle import TITLES
from subsidies.models import Claim, ClaimPosition, Entitlement, EntitlementClaim

#: the last day of each class of age; None: without end
CLASSES: Final = (30, 90, 180, None)
#: the same as papers head their columns
CLASS_TITLES: Final = ("30天以内", "31—90天", "91—180天", "180天以上")

#: the conduct rules of a day
RulesOf = Callable[[date], ConductRules]


@dataclass
class AgeLine:
    """What is owed to one bank, place or payee, by age."""

    #: id of the lender, digits of the place, or table and id of the payee
    key: tuple[object, ...]
    #: fen, by class of age
    classes: list[int] = field(default_factory=lambda: [0] * len(CLASSES))
    #: of all of it what is over its deadline, fen
    over_deadline_fen: int = 0
    #: the oldest day on which any of it fell due
    oldest_on: date | None = None

    @property
    def owed_fen(self) -> int:
        """All of it."""
        return sum(self.classes)

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return {
            "key": list(self.key),
            "owed": format_yuan(self.owed_fen),
            "classes": [format_yuan(fen) for fen in self.classes],
            "over_deadline": format_yuan(self.over_deadline_fen),
            "oldest_on": self.oldest_on.isoformat() if self.oldest_on else None,
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """One amount that a household waits for."""

    number: str
    from_on: date
    to_on: date
    owed_fen: int
    days: int
    deadline_on: date | None
    over_deadline: bool
    #: where its claim stands, in Chinese; 未申报 before one holds it
    stands: str


#: what lines may be asked by -> the columns that make their key
GROUPS: Final[dict[str, tuple[Any, ...]]] = {
    "lender": (Entitlement.lender_id, Entitlement.route),
    "township": (Entitlement.village_code,),
    "village": (Entitlement.village_code,),
    "payee": (Entitlement.payee_kind, Entitlement.payee_id),
}
_TOWNSHIP_DIGITS: Final = 9


def class_of(days: int) -> int:
    """The place of an age among the classes; what falls due only tomorrow is in the first."""
    return next(place for place, last in enumerate(CLASSES) if last is None or days <= last)


def period_end(to_on: date, rules: ConductRules) -> date:
    """The end (exclusive) of the claim period that was settled up to ``to_on`` belongs to."""
    rhythm = Rhythm(rules.subsidy_claim_every_months.value, "month")
    day = rules.subsidy_claim_on_day.value
    return spans_counted(to_on - timedelta(days=1), 1, rhythm, settle_on=day)[0].end


def deadline(to_on: date, rules: ConductRules, calendar: HolidayTable) -> date | None:
    """The last day on which what was settled up to ``to_on`` is paid in time.

    None where the holiday table ends before it.
    """
    day: date | None = period_end(to_on, rules)
    for working_days in (
        rules.subsidy_claim_working_days.value,
        rules.subsidy_review_working_days.value,
    ):
        day = day and working_days_after(calendar, day, working_days)
    day = day and day + timedelta(days=rules.subsidy_notice_days.value)
    return day and working_days_after(calendar, day, rules.subsidy_payment_working_days.value)


def by(
    session: Session,
    group: str,
    *,
    on: date,
    actor: Actor,
    rules_of: RulesOf,
    calendar: HolidayTable,
) -> list[AgeLine]:
    """What the treasury owes by lender, township, village or payee, to whom the actor may see."""
    rights.allow(actor, "subsidies.read")
    columns = GROUPS[group]
    unpaid = figures.unpaid(on).subquery()
    rows = session.execute(
        select(*columns, Entitlement.to_on, sum_of(unpaid.c.owed_fen))
        .join(unpaid, unpaid.c.id == Entitlement.id)
        .where(*_scope(actor))
        .group_by(*columns, Entitlement.to_on)
    )
    late = _Deadlines(rules_of, calendar)
    found: dict[tuple[object, ...], AgeLine] = {}
    for *columns_of_key, to_on, fen in rows:
        key = tuple(columns_of_key)
        if group == "township":
            key = (str(key[0])[:_TOWNSHIP_DIGITS],)
        one = found.setdefault(key, AgeLine(key))
        _add(one, to_on, fen, on, late)
    return [found[key] for key in sorted(found, key=str) if any(found[key].classes)]


def total(lines: Iterable[AgeLine]) -> AgeLine:
    """All lines as one."""
    sum_line = AgeLine(())
    for one in lines:
        sum_line.classes = [a + b for a, b in zip(sum_line.classes, one.classes, strict=True)]
        sum_line.over_deadline_fen += one.over_deadline_fen
        oldest = [day for day in (sum_line.oldest_on, one.oldest_on) if day]
        sum_line.oldest_on = min(oldest, default=None)
    return sum_line


def of_household(
    session: Session,
    household_id: int,
    *,
    on: date,
    rules_of: RulesOf,
    calendar: HolidayTable,
) -> list[Waiting]:
    """What a household has paid itself and is given back (先付后补), as long as it is not paid."""
    unpaid = figures.unpaid(on).subquery()
    rows = session.execute(
        select(
            Loan.number, Entitlement.from_on, Entitlement.to_on, unpaid.c.owed_fen,
            ClaimPosition.state,
        )
        .join(unpaid, unpaid.c.id == Entitlement.id)
        .join(Loan, Loan.id == Entitlement.loan_id)
        .outerjoin(EntitlementClaim, EntitlementClaim.entitlement_id == Entitlement.id)
        .outerjoin(Claim, Claim.id == EntitlementClaim.claim_id)
        .outerjoin(ClaimPosition, ClaimPosition.claim_id == Claim.id)
        .where(Entitlement.payee_kind == "households", Entitlement.payee_id == household_id)
        .order_by(Entitlement.to_on, Entitlement.id)
    )  # fmt: skip
    late = _Deadlines(rules_of, calendar)
    return [
        Waiting(
            number,
            from_on,
            to_on,
            fen,
            (on - to_on).days,
            late.of(to_on),
            late.gone(to_on, on),
            TITLES[state][0] if state else "未申报",
        )
        for number, from_on, to_on, fen, state in rows
    ]


class _Deadlines:
    """The deadline of each day settled to, worked out once."""

    def __init__(self, rules_of: RulesOf, calendar: HolidayTable) -> None:
        self._rules_of = rules_of
        self._calendar = calendar
        self._known: dict[date, date | None] = {}

    def of(self, to_on: date) -> date | None:
        if to_on not in self._known:
            rules = self._rules_of(to_on - timedelta(days=1))
            self._known[to_on] = deadline(to_on, rules, self._calendar)
        return self._known[to_on]

    def gone(self, to_on: date, on: date) -> bool:
        last = self.of(to_on)
        return last is not None and last < on


def _add(one: AgeLine, to_on: date, fen: int, on: date, late: _Deadlines) -> None:
    one.classes[class_of((on - to_on).days)] += fen
    if late.gone(to_on, on):
        one.over_deadline_fen += fen
    if fen > 0 and (one.oldest_on is None or to_on < one.oldest_on):
        one.oldest_on = to_on


def _scope(actor: Actor) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        Entitlement.village_code.startswith(actor.region_scope, autoescape=True)
    ]
    if actor.institution_ids is not None:
        wanted.append(Entitlement.lender_id.in_(actor.institution_ids))
    return wanted
