"""The village funds read back: what is kept beside the record, recomputed from the record alone.

* which village is taken, who is a member with how much, and who stands in which group;
* what the loans know of a fund: its village, its fee, its groups;
* every movement and every sharing of the fee is in the ledger once, and stakes are what it holds;
* votes are what their ballots say, with no more ballots than members;
* a loan of a fund has its joint agreement, signed by the whole group, and no fund owes money.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans import mutual
from loans.models import (
    JointAgreement,
    JointGroup,
    JointMember,
    JointSigner,
    Loan,
    MutualLender,
)
from mutual_aid.models import (
    FeeSharing,
    FundClosing,
    FundFeeRate,
    FundMember,
    FundOpening,
    FundPlace,
    GroupLeaving,
    GroupMember,
    MemberLeaving,
    MemberPosition,
    MutualBallot,
    MutualGroup,
    MutualMovement,
    MutualVote,
    VillageFund,
    VoteResult,
)

SOURCES = {"mutual_movements": MutualMovement, "mutual_fee_sharings": FeeSharing}


def check(session: Session) -> Iterator[Finding]:
    """Everything of the room that can be recomputed."""
    yield from _places(session)
    yield from _members(session)
    yield from _groups(session)
    yield from _lenders(session)
    yield from _ledger(session)
    yield from _votes(session)
    yield from _agreements(session)


def _differ(
    name: str, table: str, stands: dict[Any, Any], wanted: dict[Any, Any], zh: str, en: str
) -> Iterator[Finding]:
    """One finding for each key that stands otherwise than the record says."""
    for key in sorted(stands.keys() | wanted.keys()):
        if stands.get(key) != wanted.get(key):
            now, should = stands.get(key), wanted.get(key)
            yield Finding(
                f"mutual_aid.{name}",
                table,
                str(key),
                f"{zh}（{key}）现为{now}，按记录应为{should}",
                f"{en} {key} stands at {now}; the record says {should}",
            )


def _pairs(session: Session, query: Select[*tuple[Any, ...]]) -> dict[Any, Any]:
    return {row[0]: tuple(row[1:]) for row in session.execute(query)}


def _places(session: Session) -> Iterator[Finding]:
    wanted = (
        select(VillageFund.village_code, VillageFund.id)
        .join(FundOpening, FundOpening.fund_id == VillageFund.id)
        .outerjoin(FundClosing, FundClosing.fund_id == VillageFund.id)
        .where(FundClosing.fund_id.is_(None))
    )
    stands = select(FundPlace.village_code, FundPlace.fund_id)
    yield from _differ(
        "places", "fund_places", _pairs(session, stands), _pairs(session, wanted),
        "村互助资金", "the fund of village",
    )  # fmt: skip


def _members(session: Session) -> Iterator[Finding]:
    """Member -> fund, left on, own stake, base stake; who left and has nothing to come is gone."""
    own = _moved(("stake",), ("stake_withdrawn",))
    base = _moved(("base_stake",), ("base_returned",))
    wanted = (
        select(FundMember.id, FundMember.fund_id, MemberLeaving.left_on, own, base)
        .outerjoin(MemberLeaving, MemberLeaving.member_id == FundMember.id)
        .outerjoin(MutualMovement, MutualMovement.member_id == FundMember.id)
        .group_by(FundMember.id, FundMember.fund_id, MemberLeaving.left_on)
        .having(or_(MemberLeaving.left_on.is_(None), own > 0))
    )
    stands = select(
        MemberPosition.member_id, MemberPosition.fund_id, MemberPosition.left_on,
        MemberPosition.stake_fen, MemberPosition.base_fen,
    )  # fmt: skip
    yield from _differ(
        "members", "member_positions", _pairs(session, stands), _pairs(session, wanted),
        "社员", "member",
    )  # fmt: skip
    for kind, query in (("mutual_stakes", own), ("mutual_base_stakes", base)):
        booked = {key: -fen for key, fen in ledger.balances_by_subject(session, kind=kind).items()}
        noted = session.execute(
            select(FundMember.household_id, query)
            .join(MutualMovement, MutualMovement.member_id == FundMember.id)
            .group_by(FundMember.household_id)
            .having(query != 0)
        )
        yield from _differ(
            "stakes", "postings", booked, {row[0]: row[1] for row in noted},
            f"{ledger.CHART[kind].zh}，农户", f"{kind} of household",
        )  # fmt: skip


def _moved(more: tuple[str, ...], less: tuple[str, ...]) -> ColumnElement[int]:
    fen, kind = MutualMovement.amount_fen, MutualMovement.kind
    return sum_of(case((kind.in_(more), fen), (kind.in_(less), -fen), else_=0))


def _groups(session: Session) -> Iterator[Finding]:
    """What the loans know of groups is what the fund noted."""
    inside = (
        select(FundMember.household_id, GroupMember.group_id)
        .join(GroupMember, GroupMember.member_id == FundMember.id)
        .outerjoin(GroupLeaving, GroupLeaving.group_member_id == GroupMember.id)
        .where(GroupLeaving.group_member_id.is_(None))
    )
    stands = select(JointMember.household_id, JointMember.group_id)
    yield from _differ(
        "group_members", "joint_members", _pairs(session, stands), _pairs(session, inside),
        "联保小组成员，农户", "the group of household",
    )  # fmt: skip
    rows = inside.subquery("inside")
    wanted = (
        select(MutualGroup.id, VillageFund.organisation_id, func.count(rows.c.household_id))
        .join(VillageFund, VillageFund.id == MutualGroup.fund_id)
        .outerjoin(rows, rows.c.group_id == MutualGroup.id)
        .group_by(MutualGroup.id, VillageFund.organisation_id)
    )
    groups = select(JointGroup.id, JointGroup.lender_id, JointGroup.members)
    yield from _differ(
        "groups", "joint_groups", _pairs(session, groups), _pairs(session, wanted),
        "联保小组", "group",
    )  # fmt: skip


def _lenders(session: Session) -> Iterator[Finding]:
    """The loans know each fund's village and the fee last decided; none owes money."""
    last = (
        select(FundFeeRate.fee_rate_ppm)
        .where(FundFeeRate.fund_id == VillageFund.id)
        .order_by(FundFeeRate.from_on.desc(), FundFeeRate.vote_id.desc())
        .limit(1)
        .correlate(VillageFund)
        .scalar_subquery()
    )
    wanted = select(
        VillageFund.organisation_id,
        VillageFund.village_code,
        func.coalesce(last, VillageFund.fee_rate_ppm),
    ).join(FundOpening, FundOpening.fund_id == VillageFund.id)
    stands = select(MutualLender.lender_id, MutualLender.village_code, MutualLender.fee_rate_ppm)
    found = _pairs(session, wanted)
    yield from _differ(
        "lenders", "mutual_lenders", _pairs(session, stands), found, "互助资金组织", "lender"
    )
    for lender_id in sorted(found):
        held = mutual.money_of(session, lender_id)
        if held < 0:
            yield Finding(
                "mutual_aid.money",
                "postings",
                f"organisation_id={lender_id}",
                f"互助资金组织（{lender_id}）的资金为{held}分，不应低于零",
                f"the village fund of organisation {lender_id} holds {held} fen, below zero",
            )


def _ledger(session: Session) -> Iterator[Finding]:
    """Every movement and every sharing stands in the ledger once, with its amount."""
    for source, entity in SOURCES.items():
        column = entity.amount_fen if entity is MutualMovement else entity.income_fen  # type: ignore[attr-defined]
        noted = {row[0]: row[1] for row in session.execute(select(entity.id, column))}  # type: ignore[attr-defined]
        booked = ledger.debits_by_source(session, source_kind=source)
        yield from _differ("ledger", source, booked, noted, "总账分录", "the entry of")


def _votes(session: Session) -> Iterator[Finding]:
    """Counted here: the ballots; never more of them than members of the day."""
    parts = [
        func.count(case((MutualBallot.choice == choice, 1)))
        for choice in ("for", "against", "abstain")
    ]
    ballots = (
        select(VoteResult.vote_id, *parts)
        .outerjoin(MutualBallot, MutualBallot.vote_id == VoteResult.vote_id)
        .where(VoteResult.by_list.is_(False))
        .group_by(VoteResult.vote_id)
    )
    counted = select(
        VoteResult.vote_id, VoteResult.voted_for, VoteResult.against, VoteResult.abstained
    ).where(VoteResult.by_list.is_(False))
    yield from _differ(
        "votes", "mutual_vote_results", _pairs(session, counted), _pairs(session, ballots),
        "表决", "vote",
    )  # fmt: skip
    too_many = session.execute(
        select(MutualVote.id, MutualVote.eligible, VoteResult.present)
        .join(VoteResult, VoteResult.vote_id == MutualVote.id)
        .where(VoteResult.present > MutualVote.eligible)
    )
    for vote_id, eligible, present in too_many:
        yield Finding(
            "mutual_aid.voters",
            "mutual_vote_results",
            f"vote_id={vote_id}",
            f"第{vote_id}号表决到会{present}户，多于社员{eligible}户",
            f"vote {vote_id} counts {present} households of {eligible} members",
        )


def _agreements(session: Session) -> Iterator[Finding]:
    """Every loan of a fund has a joint agreement that its household signed with the others."""
    missing = session.scalars(
        select(Loan.number)
        .outerjoin(
            JointSigner,
            and_(
                JointSigner.application_id == Loan.application_id,
                JointSigner.household_id == Loan.household_id,
            ),
        )
        .where(Loan.mode == mutual.MODE, JointSigner.application_id.is_(None))
    )
    for number in missing:
        yield Finding(
            "mutual_aid.agreements",
            "joint_agreements",
            number,
            f"合同{number}没有借款户签署的联保协议",
            f"contract {number} has no joint agreement that its household signed",
        )
    signers: dict[int, list[int]] = {}
    for application_id, household_id in session.execute(
        select(JointSigner.application_id, JointSigner.household_id)
    ):
        signers.setdefault(application_id, []).append(household_id)
    for row in session.scalars(select(JointAgreement)):
        told = mutual.digest_of(
            row.application_id, row.group_id, signers.get(row.application_id, [])
        )
        if told != row.digest:
            yield Finding(
                "mutual_aid.signers",
                "joint_signers",
                row.number,
                f"联保协议{row.number}的签署户与签署时不符",
                f"the signers of joint agreement {row.number} are not those who signed",
            )
