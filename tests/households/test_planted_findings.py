"""Bugs planted in how households are found: each guard is seen red."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import literal
from sqlalchemy.exc import IntegrityError

from households.identification import Meeting, Sampled, procedure, steps
from households.identification.rates import Rate
from households.identification.refusals import (
    CountsDoNotFit,
    MonitoredKindMissing,
    MoreBallotsThanVoters,
    PublicNoticeRuns,
    StatusDoesNotFollow,
    StepAheadOfTheBooks,
    StepNeedsPapers,
    StepNeedsWiderScope,
    StepTakenBySamePerson,
    VoteWithoutQuorum,
)
from households.models import Status
from kernel.refusals import Refusal
from tests.households import test_cases as cases
from tests.households import test_decided_lists as lists
from tests.households import test_rounds as rounds
from tests.households import test_standing as standings
from tests.households.county import CLERK, OFFICE, Office
from tests.planted import Plant

RED = (AssertionError, pytest.fail.Exception, Refusal, IntegrityError)


def nothing(*_: object, **__: object) -> None:
    """A guard that is asleep."""


def refused_step(step: str, upto: str, rule: type[Refusal], **changes: Any) -> dict[str, Any]:
    return {"upto": upto, "step": step, "changes": changes, "rule": rule}


_post_notice = steps._post_notice

PLANTED = [
    Plant(
        cases.test_a_notice_counts_its_days_from_the_day_it_was_entered,
        "households.identification.steps._post_notice",
        # as it was: from the day on the paper
        lambda session, sheet, step, held, _on, place: _post_notice(
            session, sheet, step, held, held, place
        ),
        catches=RED,
    ),
    Plant(
        cases.test_seven_steps_find_a_household_poor,
        "households.identification.procedure.Procedure.state",
        lambda _procedure, _done: "open",
        catches=RED,
    ),
    Plant(
        cases.test_a_vote_that_does_not_carry_ends_the_case,
        "households.identification.procedure.Vote.carried",
        lambda vote, present: 2 * vote.votes_for >= present,
        catches=RED,
    ),
    Plant(
        cases.test_ballots_that_cannot_be,
        "households.identification.procedure.Vote.ballots",
        property(lambda vote: vote.votes_for),
        {"vote": procedure.Vote(24, 1, 0), "meeting": Meeting(30, 24), "outcome": None,
         "rule": MoreBallotsThanVoters},
    ),
    Plant(
        cases.test_ballots_that_cannot_be,
        "households.identification.voting.require_quorum",
        nothing,
        {"vote": procedure.Vote(19, 0, 0), "meeting": Meeting(30, 19), "outcome": None,
         "rule": VoteWithoutQuorum},
    ),
    Plant(
        cases.test_steps_that_may_not_be_taken,
        "households.identification.steps.require_day",
        nothing,
        refused_step("village_review", "village_vote", StepAheadOfTheBooks,
                     held_on=date(2016, 3, 4)),
        catches=RED,
    ),
    Plant(
        cases.test_steps_that_may_not_be_taken,
        "households.identification.steps._require_given",
        nothing,
        refused_step("village_vote", "group_proposal", StepNeedsPapers, papers=[]),
    ),
    Plant(
        cases.test_steps_that_may_not_be_taken,
        "households.identification.steps._require_free",
        nothing,
        refused_step("county_decision", "county_review", StepTakenBySamePerson, by=OFFICE),
    ),
    Plant(
        cases.test_steps_that_may_not_be_taken,
        "households.identification.steps.require_step",
        nothing,
        refused_step("township_review", "village_review", StepNeedsWiderScope,
                     by=CLERK),
        catches=RED,
    ),
    Plant(
        cases.test_steps_that_may_not_be_taken,
        "households.identification.steps._post_notice",
        nothing,
        refused_step("county_review", "township_review", PublicNoticeRuns,
                     held_on=date(2016, 3, 21)),
    ),
    Plant(
        cases.test_an_objection_blocks_and_one_that_is_right_ends_the_case,
        "households.identification.notices._end",
        lambda *_: True,
    ),
    Plant(
        cases.test_cases_that_may_not_begin,
        "households.identification.cases.require_following",
        nothing,
        {"kind": "lift", "standing": None, "more": {}, "rule": StatusDoesNotFollow},
    ),
    Plant(
        cases.test_watching_begins_and_the_end_of_the_risk_gives_back_what_was,
        "households.standing._last",
        lambda *_: literal("monitored"),
        catches=RED,
    ),
    Plant(
        lists.test_who_hands_in_does_not_decide_and_nobody_decides_twice,
        "households.identification.lists.approvals.require_other",
        nothing,
        catches=RED,
    ),
    Plant(
        lists.test_nobody_decides_about_their_own_household,
        "households.identification.lists._own",
        lambda *_: [],
    ),
    Plant(
        lists.test_what_happened_between_handing_in_and_deciding_counts,
        "households.identification.lists.require_following",
        nothing,
        catches=RED,
    ),
    Plant(
        lists.test_lists_that_cannot_be,
        "households.identification.lists.require_kind",
        nothing,
        {"standing": Status.REGISTERED, "status": Status.LIFTED,
         "more": {"monitored_kind": "edge"}, "rule": MonitoredKindMissing},
        catches=RED,
    ),
    Plant(
        rounds.test_a_sample_s_rates_name_what_they_count,
        "households.identification.queries.accuracy",
        lambda *, checked, wrong: Rate("accuracy", wrong, checked),
    ),
    Plant(
        rounds.test_samples_that_cannot_be,
        "households.identification.rounds._PARTS",
        (),
        {"sampled": Sampled(missed=1), "changes": {}, "rule": CountsDoNotFit},
        catches=RED,
    ),
    Plant(
        standings.test_sql_says_what_the_pure_rule_says_on_every_day,
        "households.standing.watched",
        lambda findings: Status.MONITORED in findings,
    ),
    Plant(
        standings.test_sql_says_what_the_pure_rule_says_on_every_day,
        "households.standing.in_force",
        lambda findings: findings[-1] if findings else None,
    ),
]  # fmt: skip


@pytest.mark.damaged("a bug was planted")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, office: Office) -> None:
    plant.prove(office=office)
