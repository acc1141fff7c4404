"""How a step comes out for each household of a sheet: by ballot, or as it is told. Pure.

A meeting counts when its quorum came. A household passes when more than half of those who were
there are for it; who abstains or hands in no ballot is not for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from households.identification.procedure import Step, require_quorum
from households.identification.refusals import (
    MoreBallotsThanVoters,
    MorePresentThanEligible,
    ReasonNeeded,
    RiskNotRemoved,
    VoteMissing,
    VoteSaysOtherwise,
)
from households.identification.sheets import SheetRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who had a vote and who came."""

    eligible: int
    present: int


def outcomes_of(step: Step, rows: Sequence[SheetRow], meeting: Meeting | None) -> list[str]:
    """Done or refused for each row; where people vote, as the ballots fell."""
    if step.vote:
        if meeting is None:
            raise _no_vote(step, "须写明应到人数和到会人数", "it needs who could vote and who came")
        if not 1 <= meeting.present <= meeting.eligible:
            raise MorePresentThanEligible(
                field="present", present=meeting.present, eligible=meeting.eligible
            )
        require_quorum(step, eligible=meeting.eligible, present=meeting.present)
        return [_by_ballot(step, row, meeting.present) for row in rows]
    if meeting is not None or any(row.vote is not None for row in rows):
        raise _no_vote(step, "不是票决步骤，不填票数", "it is not decided by ballot")
    for row in rows:
        if row.outcome == "refused" and step.ends_watching:
            raise RiskNotRemoved(field="outcome", number=row.number)
        if row.outcome == "refused" and not row.note.strip():
            raise ReasonNeeded(field="note", number=row.number)
    return [row.outcome or "done" for row in rows]


def _no_vote(step: Step, zh: str, en: str) -> VoteMissing:
    return VoteMissing(field="votes", step=step.zh, what_zh=zh, what_en=en)


def _by_ballot(step: Step, row: SheetRow, present: int) -> str:
    vote = row.vote
    if vote is None:
        raise _no_vote(step, f"缺少农户{row.number}的票数", f"there are none for {row.number}")
    if vote.ballots > present:
        raise MoreBallotsThanVoters(
            field="votes", number=row.number, ballots=vote.ballots, present=present
        )
    outcome = "done" if vote.carried(present) else "refused"
    if row.outcome not in {None, outcome}:
        result = ("通过", "carried") if outcome == "done" else ("不通过", "not carried")
        raise VoteSaysOtherwise(
            field="outcome", number=row.number, votes_for=vote.votes_for, present=present,
            result_zh=result[0], result_en=result[1],
        )  # fmt: skip
    return outcome
