"""Votes of the members: one household, one ballot; no more ballots than members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from loans import mutual
from loans.models import Loan
from mutual_aid.counting import Counted, carries
from mutual_aid.finding import number_of, open_fund, take_turn, vote_of
from mutual_aid.gone import speaking_on
from mutual_aid.kinds import SPENT, require_known
from mutual_aid.models import (
    FundMember,
    MemberLeaving,
    MutualBallot,
    MutualVote,
    VillageFund,
    VoteResult,
)
from mutual_aid.refusals import (
    BallotOfNonMember,
    BallotsAboveMembers,
    BallotTwice,
    ChoiceUnknown,
    FundPaperMissing,
    VoteIsCounted,
    VoteNeedsItsMatter,
)
from policy import Rulebook

COMMAND = "mutual_aid.vote"
CHOICES = {"for": "赞成", "against": "反对", "abstain": "弃权"}
SUBJECTS = {
    "extension": "借款展期",
    "fee_rate": "占用费率",
    "spending": "支出",
    "sharing": "占用费分配",
    "dismissal": "除名",
    "closing": "终止",
    "constitution": "修改章程",
    "other": "其他",
}
#: subjects whose figure is voted on
_FIGURED = frozenset({"extension", "fee_rate", "spending"})


def open_vote(
    session: Session,
    *,
    fund_id: int,
    subject: str,
    question: str,
    figure: int = 0,
    spent_on: str = "",
    loan_number: str = "",
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Put a question to the members of today; the vote's id.

    ``figure``: a rate in ppm, an amount in fen, a last day as YYYYMMDD. A spending says on what, as
    ``kinds.SPENT`` names it; an extension names its loan.
    """
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, COMMAND, by)
    loan_id = _matter(session, fund, subject, question, figure, loan_number)
    if subject == "spending":
        require_known(spent_on, SPENT, fund, rulebook, figure, on, field="spent_on")
    take_turn(session, fund_id)
    last = session.scalar(select(func.max(MutualVote.nr)).where(MutualVote.fund_id == fund_id))
    vote = MutualVote(
        fund_id=fund_id,
        nr=(last or 0) + 1,
        subject=subject,
        subject_kind="" if loan_id is None else "loans",
        subject_id=loan_id,
        figure=figure,
        spent_on=spent_on if subject == "spending" else "",
        question=question.strip(),
        held_on=on,
        eligible=len(speaking_on(session, fund_id, on)),
    )
    if not vote.eligible:
        raise VoteNeedsItsMatter(
            field="fund_id", what_zh="有表决权的社员户", what_en="members who may vote"
        )
    session.add(vote)
    session.flush()
    return vote.id


def _matter(
    session: Session,
    fund: VillageFund,
    subject: str,
    question: str,
    figure: int,
    loan_number: str,
) -> int | None:
    if subject not in SUBJECTS:
        raise VoteNeedsItsMatter(field="subject", what_zh="事项", what_en="what it is about")
    if not question.strip():
        raise VoteNeedsItsMatter(field="question", what_zh="表决内容", what_en="the question")
    if subject in _FIGURED and figure <= 0:
        raise VoteNeedsItsMatter(field="figure", what_zh="表决的数额", what_en="the figure")
    if subject != "extension":
        return None
    try:
        datetime.strptime(str(figure), "%Y%m%d")  # noqa: DTZ007 - a plain date
    except ValueError as error:
        raise VoteNeedsItsMatter(
            field="figure", what_zh="展期到期日", what_en="the last day"
        ) from error
    loan_id = session.scalar(
        select(Loan.id).where(Loan.number == loan_number, Loan.lender_id == fund.organisation_id)
    )
    if loan_id is None:
        raise VoteNeedsItsMatter(
            field="loan", what_zh="本社的借款合同", what_en="a contract of this fund"
        )
    return loan_id


def members_on(session: Session, fund_id: int, day: date) -> set[int]:
    """Member households of a day."""
    return set(
        session.scalars(
            select(FundMember.household_id)
            .outerjoin(MemberLeaving, MemberLeaving.member_id == FundMember.id)
            .where(
                FundMember.fund_id == fund_id,
                FundMember.joined_on <= day,
                MemberLeaving.left_on.is_(None) | (MemberLeaving.left_on > day),
            )
        )
    )


def cast(
    session: Session, *, vote_id: int, ballots: Mapping[int, str], on: date, by: Actor
) -> None:
    """Take ballots in: household -> for, against or abstain."""
    ledger.require_bookable(session, on)
    vote = vote_of(session, vote_id)
    fund = open_fund(session, vote.fund_id, COMMAND, by)
    # Whoever counts, and whoever casts, does it one after the other.
    mutual.hold_fund(session, fund.organisation_id)
    _require_uncounted(session, vote)
    may = speaking_on(session, vote.fund_id, vote.held_on)
    for household_id, choice in ballots.items():
        if choice not in CHOICES:
            raise ChoiceUnknown(field="choice", choice=choice[:20])
        if household_id not in may:
            raise BallotOfNonMember(field="household", number=number_of(session, household_id))
    given = session.scalar(
        select(MutualBallot.household_id)
        .where(MutualBallot.vote_id == vote_id, MutualBallot.household_id.in_(ballots))
        .limit(1)
    )
    if given is not None:
        raise BallotTwice(field="household", number=number_of(session, given))
    rows = [
        {"vote_id": vote_id, "household_id": household_id, "choice": choice}
        for household_id, choice in sorted(ballots.items())
    ]
    first = number_of(session, rows[0]["household_id"]) if rows else ""  # type: ignore[arg-type]
    try:
        if rows:
            session.execute(insert(MutualBallot), rows)
    except IntegrityError as error:
        # The same household's ballot came in a moment ago.
        raise BallotTwice(field="household", number=first) from error


def count(
    session: Session,
    *,
    vote_id: int,
    by_list: Counted | None = None,
    list_document: str = "",
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> bool:
    """Count the ballots, or take the meeting's signed list; whether it carries by today's rule."""
    ledger.require_bookable(session, on)
    vote = vote_of(session, vote_id)
    fund = open_fund(session, vote.fund_id, COMMAND, by)
    mutual.hold_fund(session, fund.organisation_id)
    _require_uncounted(session, vote)
    cast_here = counted_ballots(session, vote)
    counted = by_list or cast_here
    if by_list is not None:
        _require_list(by_list, vote, cast_here, list_document)
    rules = rulebook.mutual(on=on, region=fund.village_code)
    passed, nr = carries(counted, rules), vote.nr
    try:
        session.add(
            VoteResult(
                vote_id=vote_id,
                present=counted.present,
                voted_for=counted.voted_for,
                against=counted.against,
                abstained=counted.abstained,
                by_list=by_list is not None,
                list_document=list_document.strip() if by_list is not None else "",
                passed=passed,
                clause=rules.vote_for_above_bp.cite,
                counted_on=on,
                counted_by=by.person_id,
            )
        )
        session.flush()
    except IntegrityError as error:
        raise VoteIsCounted(field="vote_id", nr=nr) from error
    return passed


def _require_list(
    counted: Counted, vote: MutualVote, cast_here: Counted, list_document: str
) -> None:
    if not list_document.strip():
        raise FundPaperMissing(
            field="list_document", what_zh="签到和计票单", what_en="the signed list"
        )
    if cast_here.present or counted.eligible != vote.eligible or not counted.is_possible:
        raise BallotsAboveMembers(
            field="counted",
            counted=counted.ballots + cast_here.ballots,
            present=counted.present,
            eligible=vote.eligible,
        )


def counted_ballots(session: Session, vote: MutualVote) -> Counted:
    """The ballots that were cast here: who voted was present."""
    rows = session.execute(
        select(MutualBallot.choice, func.count())
        .where(MutualBallot.vote_id == vote.id)
        .group_by(MutualBallot.choice)
    )
    by_choice = {row[0]: row[1] for row in rows}
    parts = [by_choice.get(choice, 0) for choice in CHOICES]
    return Counted(vote.eligible, sum(parts), *parts)


def _require_uncounted(session: Session, vote: MutualVote) -> None:
    if session.get(VoteResult, vote.id) is not None:
        raise VoteIsCounted(field="vote_id", nr=vote.nr)
