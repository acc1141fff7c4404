"""Judging a staged file as a whole: rules that need more than one row, and what would change.

All of it is set-based SQL over the staged rows and the register. A finding refuses the household
it names; a *good* household has none. A person counted in two households of the file, or present
in another household of the register that this file does not say the person has left, refuses the
household; since that can take a household away that another one relied on, the last rule runs
until nothing new is found.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, exists, func, insert, not_, select
from sqlalchemy.orm import Session, aliased

from households.comparing import good
from households.form import BY_KEY
from households.models import Household, Person
from households.models.families import FamilyEvent
from households.reading import Values
from households.refusals import (
    HeadMissing,
    HeadTwice,
    IdentityWasCorrected,
    MemberInAnotherVillage,
    PersonInAnotherHousehold,
    PersonTwiceInFile,
    VillageNameUnanswered,
    VillageOutOfScope,
)
from households.staging import ImportBatch, ImportFinding, StagedHousehold, StagedPerson
from households.villages import Question, VillageFinder
from kernel.refusals import Refusal
from kernel.regions import in_scope, within
from kernel.seals import table_of


def judge(session: Session, batch: ImportBatch, villages: VillageFinder, scope: str) -> None:
    """Add the findings that need the whole file or the register."""
    _persons_twice(session, batch.id)
    _heads_twice(session, batch.id)
    _heads_missing(session, batch.id)
    _members_elsewhere(session, batch.id)
    _households_out_of_scope(session, batch.id, scope)
    _names_unanswered(session, batch.id, villages)
    _numbers_corrected(session, batch.id)
    while _persons_in_other_households(session, batch.id, scope):
        pass


def judge_again(session: Session, batch_id: int, scope: str) -> int:
    """Findings that the register itself has brought about since the batch was judged."""
    found = _households_out_of_scope(session, batch_id, scope)
    found += _numbers_corrected(session, batch_id)
    while new := _persons_in_other_households(session, batch_id, scope):
        found += new
    return found


def questions(session: Session, batch_id: int, villages: VillageFinder) -> list[Question]:
    """The old village names of the file that nobody has answered yet."""
    rows = session.execute(
        select(
            StagedHousehold.asked_township,
            StagedHousehold.asked_village,
            func.count().label("households"),
        )
        .where(StagedHousehold.batch_id == batch_id, StagedHousehold.asked_village.is_not(None))
        .group_by(StagedHousehold.asked_township, StagedHousehold.asked_village)
        .order_by(StagedHousehold.asked_township, StagedHousehold.asked_village)
    )
    return [
        villages.question((row.asked_township, row.asked_village), row.households) for row in rows
    ]


def _add(session: Session, batch_id: int, findings: Iterable[Values]) -> int:
    rows = [{"batch_id": batch_id, **finding} for finding in findings]
    if rows:
        session.execute(insert(table_of(ImportFinding)), rows)
    return len(rows)


def _finding(line: int, number: str, key: str, refusal: Refusal, value: str = "") -> Values:
    return {
        "line": line,
        "number": number,
        "field": BY_KEY[key].title,
        "rule": refusal.code,
        "value": value[:60],
        "message": refusal.message("zh"),
    }


def _persons_twice(session: Session, batch_id: int) -> None:
    one, other = aliased(StagedPerson), aliased(StagedPerson)
    twins = session.execute(
        select(one.line, one.number, func.min(other.line).label("other"))
        .join(
            other,
            and_(
                other.batch_id == batch_id,
                other.identity_index == one.identity_index,
                other.id != one.id,
            ),
        )
        .where(one.batch_id == batch_id)
        .group_by(one.id, one.line, one.number)
        .order_by(one.line)
    )
    _add(
        session,
        batch_id,
        (
            _finding(t.line, t.number, "identity_number", PersonTwiceInFile(other=t.other))
            for t in twins
        ),
    )


def _heads_twice(session: Session, batch_id: int) -> None:
    one, other = aliased(StagedHousehold), aliased(StagedHousehold)
    twins = session.execute(
        select(one.line, one.number, func.min(other.line).label("other"))
        .join(
            other,
            and_(other.batch_id == batch_id, other.number == one.number, other.id != one.id),
        )
        .where(one.batch_id == batch_id)
        .group_by(one.id, one.line, one.number)
        .order_by(one.line)
    )
    _add(
        session,
        batch_id,
        (_finding(t.line, t.number, "relation", HeadTwice(other=t.other), "户主") for t in twins),
    )


def _heads_missing(session: Session, batch_id: int) -> None:
    headless = session.execute(
        select(func.min(StagedPerson.line).label("line"), StagedPerson.number)
        .where(
            StagedPerson.batch_id == batch_id,
            good(batch_id, StagedPerson.number),
            ~exists().where(
                StagedHousehold.batch_id == batch_id, StagedHousehold.number == StagedPerson.number
            ),
        )
        .group_by(StagedPerson.number)
        .order_by(func.min(StagedPerson.line))
    )
    _add(
        session,
        batch_id,
        (_finding(h.line, h.number, "relation", HeadMissing()) for h in headless),
    )


def _members_elsewhere(session: Session, batch_id: int) -> None:
    strangers = session.execute(
        select(StagedPerson.line, StagedPerson.number, StagedPerson.own_village_code.label("own"))
        .join(
            StagedHousehold,
            and_(
                StagedHousehold.batch_id == batch_id, StagedHousehold.number == StagedPerson.number
            ),
        )
        .where(
            StagedPerson.batch_id == batch_id,
            StagedPerson.own_village_code != StagedHousehold.village_code,
        )
        .order_by(StagedPerson.line)
    )
    _add(
        session,
        batch_id,
        (_finding(s.line, s.number, "village", MemberInAnotherVillage(), s.own) for s in strangers),
    )


def _households_out_of_scope(session: Session, batch_id: int, scope: str) -> int:
    """A number that belongs to a household outside the actor's scope takes nothing over."""
    foreign = session.execute(
        select(StagedHousehold.line, StagedHousehold.number)
        .join(Household, Household.number == StagedHousehold.number)
        .where(
            StagedHousehold.batch_id == batch_id,
            good(batch_id, StagedHousehold.number),
            ~in_scope(Household.village_code, scope),
        )
        .order_by(StagedHousehold.line)
    )
    return _add(
        session,
        batch_id,
        (_finding(f.line, f.number, "number", VillageOutOfScope(), f.number) for f in foreign),
    )


def _names_unanswered(session: Session, batch_id: int, villages: VillageFinder) -> None:
    proposals = {
        (question.township, question.village): question.proposals
        for question in questions(session, batch_id, villages)
    }
    asking = session.execute(
        select(
            StagedHousehold.line,
            StagedHousehold.number,
            StagedHousehold.asked_township,
            StagedHousehold.asked_village,
        )
        .where(StagedHousehold.batch_id == batch_id, StagedHousehold.asked_village.is_not(None))
        .order_by(StagedHousehold.line)
    ).all()
    found = []
    for row in asking:
        proposed = proposals[row.asked_township, row.asked_village]
        words = f"{proposed[0][1]}（{proposed[0][0]}）" if proposed else "无相近村名，请指定"
        refusal = VillageNameUnanswered(proposal=words)
        name = f"{row.asked_township}{row.asked_village}"
        found.append(_finding(row.line, row.number, "village", refusal, name))
    _add(session, batch_id, found)


def _numbers_corrected(session: Session, batch_id: int) -> int:
    """A file that brings a number back that was found to be wrong, and is nobody's, is refused."""
    corrected = session.execute(
        select(
            StagedPerson.line,
            StagedPerson.number,
            func.max(FamilyEvent.booked_on).label("corrected_on"),
        )
        .join(FamilyEvent, FamilyEvent.old_identity_index == StagedPerson.identity_index)
        .where(
            StagedPerson.batch_id == batch_id,
            ~exists().where(Person.identity_index == StagedPerson.identity_index),
        )
        .group_by(StagedPerson.id, StagedPerson.line, StagedPerson.number)
        .order_by(StagedPerson.line)
    )
    return _add(
        session,
        batch_id,
        (
            _finding(c.line, c.number, "identity_number", IdentityWasCorrected(on=c.corrected_on))
            for c in corrected
        ),
    )


def _persons_in_other_households(session: Session, batch_id: int, scope: str) -> int:
    """Present elsewhere, and no good household of this file says that they have left there."""
    stated, still = aliased(StagedHousehold), aliased(StagedPerson)
    leaves = and_(
        exists().where(
            stated.batch_id == batch_id,
            stated.number == Household.number,
            good(batch_id, stated.number),
        ),
        ~exists().where(
            still.batch_id == batch_id,
            still.number == Household.number,
            still.identity_index == Person.identity_index,
        ),
    )
    elsewhere = session.execute(
        select(
            StagedPerson.line,
            StagedPerson.number,
            Household.number.label("there"),
            Household.village_code,
        )
        .join(
            Person,
            and_(Person.identity_index == StagedPerson.identity_index, Person.left_on.is_(None)),
        )
        .join(Household, Household.id == Person.household_id)
        .where(
            StagedPerson.batch_id == batch_id,
            good(batch_id, StagedPerson.number),
            Household.number != StagedPerson.number,
            not_(leaves),
        )
        .order_by(StagedPerson.line)
    )
    found = []
    for row in elsewhere:
        # Another township's household is not named to somebody who may not see it.
        seen = row.there if within(row.village_code, scope) else "—"
        refusal = PersonInAnotherHousehold(village=row.village_code, number=seen)
        found.append(_finding(row.line, row.number, "identity_number", refusal))
    return _add(session, batch_id, found)
