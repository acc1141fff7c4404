"""What each kind of the work queue asks of a loan: conditions, a day, an amount, a word, a row.

``Loan``, ``Position`` and the lender's ``Organisation`` stand in the query around. Nothing is ever
put on the queue or taken off it: each kind is a question to what is recorded, so that doing the
work is what clears the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal, select

from kernel.actor import Actor
from loans.balances import past_due, principal_out
from loans.dossier import standing
from loans.dossier.papers import PaperRules
from loans.dossier.requiring import Wanted
from loans.models import Application, ApplicationSheet, Loan, Position
from loans.models.kept import Contact, LifeEvent, PostCheck, Way
from organisations.models import Organisation
from policy import ConductRules

#: kind -> its name on pages, in the order in which a desk looks at them
KIND_TITLES: Final[Mapping[str, str]] = {
    "maturing": "临近到期未定去向",
    "uncollected": "逾期未催收",
    "promises": "承诺到期未还",
    "misuse": "挪用待处理",
    "life": "借款人身故、外迁",
    "checks": "贷后检查到期未做",
    "papers": "档案缺资料",
    "applications": "申请缺资料",
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The days that the conduct rules of a day give."""

    check_first_days: int
    check_every_months: int
    notice_days: int

    @classmethod
    def of(cls, conduct: ConductRules) -> Deadlines:
        """Taken from the rules in force."""
        return cls(
            conduct.post_check_first_days.value,
            conduct.post_check_every_months.value,
            conduct.maturity_notice_days.value,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose queue, as of which day, narrowed to what."""

    by: Actor
    on: date
    deadlines: Deadlines
    papers: PaperRules
    region_digits: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind asks."""

    #: when the loan stands on the list
    where: tuple[ColumnElement[bool], ...]
    #: the day that the work was due by, or since when it waits
    due_on: Any
    #: what is at stake, fen
    amount: ColumnElement[int] = field(default_factory=lambda: principal_out(Loan.id))
    #: a code that pages have words for
    detail: ColumnElement[str] = field(default_factory=lambda: literal(""))
    #: row of the finding, the promise, the event; 0 for none
    source: ColumnElement[int] = field(default_factory=lambda: literal(0))


_ACTIVE: Final = Position.state == "active"


def _maturing(asked: Asked) -> Part:
    """Near maturity or past it, and no way forward that is still to come."""
    last_day = asked.on + timedelta(days=asked.deadlines.notice_days)
    planned = func.coalesce(standing.last_way(Way.planned_on), date.min)
    return Part(
        (_ACTIVE, Position.matures_on <= last_day, planned < asked.on),
        Position.matures_on,
        detail=func.coalesce(standing.last_way(Way.way), ""),
    )


def _uncollected(asked: Asked) -> Part:
    """Overdue, and nobody has called since it fell overdue."""
    since = standing.overdue_since(asked.on)
    contacted = func.coalesce(standing.last_contact_on(), date.min)
    owed = past_due(Loan.id, asked.on)
    return Part((_ACTIVE, since.is_not(None), contacted < since), since, amount=owed)


def _promises(asked: Asked) -> Part:
    """The last step of collection was a promise, and it was not kept."""
    promised = standing.broken_promise(Contact.promised_on, asked.on)
    return Part(
        (_ACTIVE, promised.is_not(None)),
        promised,
        amount=standing.broken_promise(Contact.promised_fen, asked.on),
        source=standing.broken_promise(Contact.id, asked.on),
    )


def _misuse(_asked: Asked) -> Part:
    """Misuse was found, no later check took it back, and the loan is not treated so yet."""
    found = standing.open_finding(PostCheck.id)
    return Part(
        (_ACTIVE, ~Position.misused, found.is_not(None)),
        standing.open_finding(PostCheck.value_date),
        amount=standing.open_finding(PostCheck.misused_fen),
        detail=standing.open_finding(PostCheck.use_found),
        source=found,
    )


def _life(_asked: Asked) -> Part:
    """The borrower died or moved away, and no way forward was proposed since."""
    kind = standing.last_life_event(LifeEvent.kind)
    noted = standing.last_life_event(LifeEvent.trail_id)
    return Part(
        (_ACTIVE, kind.in_(("died", "moved_away")), ~standing.way_since(noted)),
        standing.last_life_event(LifeEvent.value_date),
        detail=kind,
        source=standing.last_life_event(LifeEvent.id),
    )


def _checks(asked: Asked) -> Part:
    """The day by which the loan was to be looked at has come."""
    due = standing.check_due_on(asked.deadlines.check_first_days)
    return Part((_ACTIVE, due <= asked.on), due)


def _papers(asked: Asked) -> Part:
    """Required papers of the stages that the loan has come to are not on file."""
    wanted = Wanted(asked.papers)
    lacking = (
        select(literal(1))
        .select_from(wanted.table)
        .where(
            wanted.asked_of(_APPLIED_ON),
            wanted.reached(),
            wanted.not_on_file(Loan.application_id),
        )
        .correlate(Loan, Position, Organisation)
        .exists()
    )
    return Part((lacking,), Loan.signed_on)


_APPLIED_ON: Final = (
    select(ApplicationSheet.applied_on)
    .join(Application, Application.sheet_id == ApplicationSheet.id)
    .where(Application.id == Loan.application_id)
    .correlate(Loan)
    .scalar_subquery()
)

#: kind -> what it asks
KINDS: Final[Mapping[str, Callable[[Asked], Part]]] = {
    "maturing": _maturing,
    "uncollected": _uncollected,
    "promises": _promises,
    "misuse": _misuse,
    "life": _life,
    "checks": _checks,
    "papers": _papers,
}
