"""Family lines: which households share their caps, and whose people are kin.

Links join households into lines; all that is linked is kin for good. The caps are shared along the
links that count: a merger always, a split until two persons have decided that the new household
has limits of its own. ``family_lines`` holds both by the lowest number in them, so that one join
finds the others, and a household that was never linked costs nothing.

Whoever adds to what a household owes holds its whole line first (``hold``): two sides of a family
that sign at two lenders do it one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from households.models import Household, Person
from households.models.families import (
    FamilyEvent,
    FamilyEventPerson,
    FamilyLine,
    HouseholdLink,
    OwnLimit,
)
from kernel.database import trail_id_of
from kernel.lots import lots
from office import approvals
from office.models import Decision, Proposal

#: ids in one IN list
LOT = 5_000
#: subject of the proposals that a household has limits of its own
OWN_LIMITS = "own_limits"


@dataclass(frozen=True, slots=True)
class Pair:
    """SQL: a household and the others that share its caps; a FROM and its two sides."""

    mine: type[FamilyLine]
    others: type[FamilyLine]

    @property
    def on(self) -> ColumnElement[bool]:
        """What joins them."""
        return and_(
            self.others.cap_id == self.mine.cap_id,
            self.others.household_id != self.mine.household_id,
        )


def pair() -> Pair:
    """A fresh pair for one query."""
    return Pair(aliased(FamilyLine), aliased(FamilyLine))


def others_sharing() -> ScalarSelect[int]:
    """SQL: how many others share the caps of the household of the query around it."""
    two = pair()
    return (
        select(func.count())
        .select_from(two.mine)
        .join(two.others, two.on)
        .where(two.mine.household_id == Household.id)
        .correlate(Household)
        .scalar_subquery()
    )


def sharing(ids: Sequence[int]) -> Subquery:
    """SQL: (asked, household): each of the households with itself, and with all that share its
    caps.
    """
    two = pair()
    itself = select(Household.id.label("asked_id"), Household.id.label("household_id"))
    others = (
        select(two.mine.household_id, two.others.household_id)
        .select_from(two.mine)
        .join(two.others, two.on)
        .where(two.mine.household_id.in_(ids))
    )
    return union_all(itself.where(Household.id.in_(ids)), others).subquery("sharing")


def is_alone(household_id: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: no other household shares its caps."""
    two = pair()
    return ~(
        select(literal(1))
        .select_from(two.mine)
        .join(two.others, two.on)
        .where(two.mine.household_id == household_id)
        .exists()
    )


def cap_groups(session: Session, household_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Of each household, all that share its caps, itself among them."""
    wanted = set(household_ids)
    found = {one: {one} for one in wanted}
    two = pair()
    for ids in lots(wanted, LOT):
        rows = session.execute(
            select(two.mine.household_id, two.others.household_id)
            .select_from(two.mine)
            .join(two.others, two.on)
            .where(two.mine.household_id.in_(ids))
        )
        for one, other in rows:
            found[one].add(other)
    return {one: frozenset(group) for one, group in found.items()}


def cap_group(session: Session, household_id: int) -> frozenset[int]:
    """All that share a household's caps, itself among them."""
    return cap_groups(session, [household_id])[household_id]


def line_of(session: Session, household_ids: Iterable[int]) -> set[int]:
    """The households, and all that were ever linked with them."""
    wanted = set(household_ids)
    mine, others = aliased(FamilyLine), aliased(FamilyLine)
    found = set(wanted)
    for ids in lots(wanted, LOT):
        found.update(
            session.scalars(
                select(others.household_id)
                .join(mine, others.line_id == mine.line_id)
                .where(mine.household_id.in_(ids))
            )
        )
    return found


def with_line(ids: Sequence[int]) -> Select[int]:
    """SQL: SELECT of the households and of all that were ever linked with them."""
    mine, others = aliased(FamilyLine), aliased(FamilyLine)
    kin = (
        select(others.household_id)
        .join(mine, others.line_id == mine.line_id)
        .where(mine.household_id.in_(ids))
    )
    both = union(select(Household.id).where(Household.id.in_(ids)), kin).subquery("held")
    return select(both.c[0])


@dataclass(frozen=True, slots=True)
class Held:
    """Households that are locked, each with its line."""

    numbers: Mapping[int, str]
    #: how many others shared a household's caps when the lock was asked for
    others: Mapping[int, int]


def hold(session: Session, household_ids: Iterable[int]) -> Held:
    """Lock the households and their lines, in order."""
    numbers: dict[int, str] = {}
    caps: dict[int, int] = {}
    for ids in lots(household_ids, LOT):
        rows = session.execute(
            select(Household.id, Household.number, func.coalesce(FamilyLine.cap_id, Household.id))
            .outerjoin(FamilyLine, FamilyLine.household_id == Household.id)
            .where(Household.id.in_(with_line(ids)))
            .order_by(Household.id)
            .with_for_update(of=Household)
        )
        for household_id, number, cap_id in rows:
            numbers[household_id], caps[household_id] = number, cap_id
    sizes = Counter(caps.values())
    return Held(numbers, {one: sizes[cap_id] - 1 for one, cap_id in caps.items()})


def hold_line(session: Session, household_ids: Collection[int]) -> None:
    """``hold``, and whoever came into the line while this waited."""
    held: set[int] = set()
    line = set(household_ids)
    while not line <= held:
        held |= hold(session, line).numbers.keys()
        line = line_of(session, household_ids)


# --- kin ------------------------------------------------------------------------------------------


def carried(identity_index: bytes) -> ColumnElement[bool]:
    """SQL: a person's row carries this number, or carried it before it was corrected."""
    corrected = (
        select(FamilyEventPerson.person_id)
        .join(FamilyEvent, FamilyEvent.id == FamilyEventPerson.event_id)
        .where(FamilyEvent.old_identity_index == identity_index)
    )
    return or_(Person.identity_index == identity_index, Person.id.in_(corrected))


def kin_of(session: Session, identity_index: bytes) -> set[int]:
    """Households of a person: those the person ever belonged to, and their lines.

    Found by the number as it is, and as it was before a correction.
    """
    mine, others = aliased(FamilyLine), aliased(FamilyLine)
    rows = session.execute(
        select(Person.household_id, others.household_id)
        .outerjoin(mine, mine.household_id == Person.household_id)
        .outerjoin(others, others.line_id == mine.line_id)
        .where(carried(identity_index))
    )
    return {one for row in rows for one in row if one is not None}


def own_index(
    session: Session, identity_index: bytes | None, household_ids: Collection[int]
) -> set[bytes]:
    """A decider's index, if one of the households is of the decider's own family line."""
    if identity_index is None or not household_ids:
        return set()
    own = not kin_of(session, identity_index).isdisjoint(household_ids)
    return {identity_index} if own else set()


def with_merged(session: Session, household_id: int) -> list[int]:
    """A household and all that were merged into it, by whatever way: what they signed is owed by
    its people now.
    """
    found = [household_id]
    for one in found:
        found += session.scalars(
            select(HouseholdLink.origin_id)
            .where(HouseholdLink.household_id == one, HouseholdLink.kind == "merge")
            .order_by(HouseholdLink.id)
        )
    return found


# --- writing --------------------------------------------------------------------------------------


def released() -> ColumnElement[bool]:
    """SQL: of a link, that two persons have decided that it counts no more."""
    return (
        select(OwnLimit.id)
        .join(Proposal, approvals.about(OWN_LIMITS, OwnLimit.id))
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(OwnLimit.link_id == HouseholdLink.id, Decision.decision == "approved")
        .exists()
    )


def links(
    session: Session, household_ids: Collection[int] | None = None
) -> list[tuple[int, int, bool]]:
    """Household, origin, and whether the link counts for the caps; of some, or of all."""
    query = select(HouseholdLink.household_id, HouseholdLink.origin_id, ~released())
    if household_ids is None:
        return [(row[0], row[1], bool(row[2])) for row in session.execute(query)]
    found = []
    for ids in lots(household_ids, LOT):
        among = or_(HouseholdLink.household_id.in_(ids), HouseholdLink.origin_id.in_(ids))
        found += [(row[0], row[1], bool(row[2])) for row in session.execute(query.where(among))]
    return found


def lines_of(joined: Iterable[tuple[int, int, bool]]) -> dict[int, tuple[int, int]]:
    """Pure: household -> (line, caps) by the links; the lowest number names each."""
    rows = list(joined)
    line = _components((one, other) for one, other, _ in rows)
    caps = _components((one, other) for one, other, counts in rows if counts)
    return {one: (line[one], caps.get(one, one)) for one in line}


def _components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each node with the lowest node that it hangs together with."""
    above: dict[int, int] = {}

    def top(node: int) -> int:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for one, other in edges:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    return {node: top(node) for node in above}


def rebuild(session: Session, household_ids: Collection[int]) -> None:
    """Bring ``family_lines`` of these households to what links and decisions say.

    Both ends of a new link are named; whoever calls holds their lines.
    """
    session.flush()
    _write(session, lines_of(links(session, line_of(session, household_ids))))


def _write(session: Session, lines: Mapping[int, tuple[int, int]]) -> None:
    if not lines:
        return
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    trail_id = trail_id_of(session)
    statement = dialect.insert(FamilyLine)
    changed = {name: statement.excluded[name] for name in ("line_id", "cap_id", "trail_id")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["household_id"], set_=changed),
        [
            {"household_id": one, "line_id": line, "cap_id": cap, "trail_id": trail_id}
            for one, (line, cap) in sorted(lines.items())
        ],
    )


def counted(session: Session) -> int:
    """How many households share their caps with another."""
    two = pair()
    shared = select(func.count(two.mine.household_id.distinct())).select_from(two.mine)
    return session.scalar(shared.join(two.others, two.on)) or 0
