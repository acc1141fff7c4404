"""The history of a claim as its page tells it: each step with who took it and what it came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from office.models import Person
from subsidies import lifecycle
from subsidies.models import ClaimStep


@dataclass(frozen=True, slots=True)
class StepTold:
    """What happened: when, who, which rows, why."""

    nr: int
    state: str
    on_day: date
    person_id: int
    #: 系统 where no person stands behind it
    person: str
    deadline_on: date | None
    digest: str
    reason: str
    #: what happened, as pages say it
    title: str


def told(session: Session, claim_id: int, paid: Iterable[int]) -> list[StepTold]:
    """Every step in order; ``paid``: what the bank's answers paid, fen, in their order."""
    rows = session.execute(
        select(
            ClaimStep,
            case((ClaimStep.by_person == 0, "系统"), else_=func.coalesce(Person.name, "—")),
        )
        .outerjoin(Person, Person.id == ClaimStep.by_person)
        .where(ClaimStep.claim_id == claim_id)
        .order_by(ClaimStep.nr)
    )
    answers = iter(paid)
    found: list[StepTold] = []
    before, paid_fen = "", 0
    for step, name in rows:
        if before == lifecycle.SENT:
            paid_fen += next(answers, 0)
        title = title_of(step.state, paid=paid_fen > 0)
        if before == lifecycle.FILED and step.state != lifecycle.SENT:
            title = lifecycle.DISCARDED[0]
        found.append(
            StepTold(
                step.nr, step.state, step.on_day, step.by_person, name, step.deadline_on,
                step.digest, step.reason, title,
            )
        )  # fmt: skip
        before = step.state
    return found


def title_of(state: str, *, paid: bool) -> str:
    """What a state is called; where nothing was paid, all of it came back."""
    whole = state == lifecycle.PART_PAID and not paid
    return lifecycle.ALL_RETURNED[0] if whole else lifecycle.TITLES[state][0]
