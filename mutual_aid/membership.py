"""Members join and leave, pay a stake and get it back; they stand in groups for each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from households.models import Household, Person
from households.standing import POOR, standing_of
from kernel.actor import Actor
from loans import funds
from mutual_aid import stakes
from mutual_aid.finding import held_position, member, number_of, open_fund, take_turn
from mutual_aid.founding import refresh_lending
from mutual_aid.models import (
    FundMember,
    GroupLeaving,
    GroupMember,
    MemberLeaving,
    MemberPosition,
    MutualGroup,
    VillageFund,
)
from mutual_aid.refusals import (
    BaseStakeForPoorOnly,
    FundMemberAlready,
    HouseholdOfOtherVillage,
    JointGroupUnfit,
    SpeakerUnfit,
)
from office.refusals import ReasonMissing
from policy import Rulebook


def join(
    session: Session,
    *,
    fund_id: int,
    household_id: int,
    person_id: int | None = None,
    base_by: str = "household",
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """A household joins; ``person_id`` None: the head speaks for it. The member's number.

    ``base_by`` fiscal: the fiscal money pays the base stake of a poor household.
    """
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.member", by)
    number = number_of(session, household_id)
    village, standing = session.execute(
        select(Household.village_code, standing_of(on)).where(Household.id == household_id)
    ).one()
    if village != fund.village_code:
        raise HouseholdOfOtherVillage(field="household", number=number)
    if base_by == "fiscal" and standing != POOR:
        clause = rulebook.mutual(on=on, region=village).base_stake_by_fiscal.cite
        raise BaseStakeForPoorOnly(field="household", clause=clause, number=number)
    row = FundMember(
        fund_id=fund_id,
        household_id=household_id,
        person_id=_speaker(session, household_id, person_id, on),
        joined_on=on,
        base_by=base_by,
    )
    if session.get(MemberPosition, household_id) is not None:
        raise FundMemberAlready(field="household", number=number)
    try:
        session.add(row)
        session.flush()
        session.add(
            MemberPosition(
                household_id=household_id, fund_id=fund_id, member_id=row.id, left_on=None
            )
        )
        session.flush()
    except IntegrityError as error:
        raise FundMemberAlready(field="household", number=number) from error
    if base_by == "fiscal":
        stakes.pay_base(session, fund, row, rulebook, on)
        refresh_lending(session, fund, rulebook, on)
    return row.id


def _speaker(session: Session, household_id: int, person_id: int | None, on: date) -> int:
    which = Person.is_head if person_id is None else Person.id == person_id
    found = session.scalar(
        select(Person.id).where(
            Person.household_id == household_id,
            which,
            Person.joined_on <= on,
            Person.left_on.is_(None) | (Person.left_on > on),
        )
    )
    if found is None:
        raise SpeakerUnfit(field="person_id", number=number_of(session, household_id))
    return found


def leave(
    session: Session,
    *,
    fund_id: int,
    household_id: int,
    reason: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> None:
    """A member leaves, of its own will or by vote; not while it, or its group, owes.

    Its stake stays its own until another person pays it out; the base stake goes back to the
    fiscal money.
    """
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.member", by)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    # The group's row first, as whoever applies for a loan does.
    funds.require_free(session, household_id=household_id, on=on)
    position = member(session, fund, household_id)
    _leave_group(session, position, reason, on)
    session.add(
        MemberLeaving(
            member_id=position.member_id, left_on=on, reason=reason.strip(), noted_by=by.person_id
        )
    )
    session.flush()
    if position.base_fen:
        stakes.return_base(session, fund, position, on)
    session.execute(
        update(MemberPosition)
        .where(MemberPosition.household_id == household_id)
        .values(left_on=on, base_fen=0)
    )
    session.expire_all()
    stakes.forget_if_empty(session, held_position(session, fund, household_id))
    refresh_lending(session, fund, rulebook, on)


# --- groups ---------------------------------------------------------------------------------------


def form_group(
    session: Session,
    *,
    fund_id: int,
    household_ids: Sequence[int],
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """A group of members that will stand up for each other; its number."""
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.group", by)
    rules = rulebook.mutual(on=on, region=fund.village_code)
    _require_size(rulebook, fund, len(set(household_ids)), on, least=rules.group_members_min.value)
    take_turn(session, fund_id)
    last = session.scalar(select(func.max(MutualGroup.nr)).where(MutualGroup.fund_id == fund_id))
    group = MutualGroup(fund_id=fund_id, nr=(last or 0) + 1, formed_on=on)
    session.add(group)
    session.flush()
    funds.form_group(session, group_id=group.id, lender_id=fund.organisation_id)
    for household_id in sorted(set(household_ids)):
        _enter(session, fund, group.id, household_id, on)
    return group.id


def join_group(
    session: Session,
    *,
    group_id: int,
    household_id: int,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> None:
    """One member more in a group."""
    ledger.require_bookable(session, on)
    group = session.get_one(MutualGroup, group_id)
    fund = open_fund(session, group.fund_id, "mutual_aid.group", by)
    size = funds.hold_group(session, group_id)
    _require_size(rulebook, fund, size + 1, on, least=0)
    _enter(session, fund, group_id, household_id, on)


def leave_group(
    session: Session, *, fund_id: int, household_id: int, reason: str, on: date, by: Actor
) -> None:
    """A member leaves its group and stays in the fund; not while the group owes."""
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.group", by)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    funds.require_free(session, household_id=household_id, on=on)
    _leave_group(session, member(session, fund, household_id), reason, on)


def _enter(session: Session, fund: VillageFund, group_id: int, household_id: int, on: date) -> None:
    position = member(session, fund, household_id)
    funds.join_group(session, group_id=group_id, household_id=household_id)
    session.add(GroupMember(group_id=group_id, member_id=position.member_id, joined_on=on))
    session.flush()


def _leave_group(session: Session, position: MemberPosition, reason: str, on: date) -> None:
    group_id = funds.leave_group(session, household_id=position.household_id, on=on)
    if group_id is None:
        return
    left = select(GroupLeaving.group_member_id)
    membership = session.scalars(
        select(GroupMember.id).where(
            GroupMember.group_id == group_id,
            GroupMember.member_id == position.member_id,
            GroupMember.id.not_in(left),
        )
    ).one()
    session.add(GroupLeaving(group_member_id=membership, left_on=on, reason=reason.strip()))
    session.flush()


def _require_size(
    rulebook: Rulebook, fund: VillageFund, members: int, on: date, *, least: int
) -> None:
    rules = rulebook.mutual(on=on, region=fund.village_code)
    lowest, highest = rules.group_members_min, rules.group_members_max
    if not least <= members <= highest.value:
        raise JointGroupUnfit(
            field="households",
            clause=(lowest if members < least else highest).cite,
            lowest=lowest.value,
            highest=highest.value,
            members=members,
        )
