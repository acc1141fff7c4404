"""The seven steps and the watching: sheets, votes, notices, objections, and what each refuses."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

import ledger
from households import identification, queries
from households.identification import Meeting, SheetRow, Vote
from households.identification.refusals import (
    CaseHouseholdUnknown,
    CaseListEmpty,
    CaseObjectionOpen,
    CaseOpenAlready,
    HouseholdTwiceOnCaseList,
    MonitoredKindDoesNotFit,
    MonitoredKindMissing,
    MoreBallotsThanVoters,
    MorePresentThanEligible,
    NoProcedure,
    NotOnPublicNotice,
    ObjectionDealtWith,
    PublicNoticeEnded,
    PublicNoticeRuns,
    ReasonNeeded,
    RiskNotRemoved,
    StatusDoesNotFollow,
    StepAheadOfTheBooks,
    StepNeedsDocument,
    StepNeedsPapers,
    StepNeedsPlace,
    StepNeedsWiderScope,
    StepNotNext,
    StepTakenBySamePerson,
    SurveyMissing,
    VoteMissing,
    VoteSaysOtherwise,
    VoteWithoutQuorum,
    WordsNeeded,
)
from households.models import Status
from households.refusals import StatusAlreadySo
from kernel.refusals import NotFound, Refusal
from office.refusals import NotEntitled, OwnHousehold, SameMakerAndChecker
from tests.households.county import (
    CLERK,
    OFFICE,
    SECOND,
    SEVEN,
    TODAY,
    TOWNSHIP,
    WATCHING,
    Office,
    person,
)

Step = dict[str, Any]


def test_seven_steps_find_a_household_poor(office: Office) -> None:
    office.found(None, None)
    office.open("identify")
    office.walk("county_review")
    assert office.findings() == []
    office.walk("county_decision", story={"county_decision": SEVEN["county_decision"]},
                procedure="identify-2014")  # fmt: skip
    assert office.findings() == [("registered", date(2016, 3, 25))]
    assert office.findings(2) == [("registered", date(2016, 3, 25))]
    assert office.states() == [(7, "closed"), (7, "closed")]
    with office.books.read() as session:
        line, _other = identification.queries.cases(session, digits="431022")
        told = identification.queries.case_file(
            session, office.procedures, line.case_id, digits="431022"
        )
    assert [step.rule.zh for step in told.steps] == [
        "户主自愿申请", "村民小组提名", "村民代表评议和票决", "村委会审查", "乡镇审核公示",
        "县扶贫办复核", "县级审定公告",
    ]  # fmt: skip
    assert [step.sheet.by_person for step in told.steps] == [21, 21, 21, 21, 23, 31, 32]
    vote = told.steps[2]
    assert (vote.sheet.eligible, vote.sheet.present, vote.step.votes_for) == (30, 24, 20)
    # 35 + 4, 8 + 10, 5 + 0, 10, 5 + 3, 0 + 3
    assert [survey.points for survey in told.surveys] == [83]
    assert told.awaited is None
    assert [row.status for row in told.findings] == ["registered"]


def test_a_removed_household_is_readmitted_and_a_lifted_one_falls_back(office: Office) -> None:
    office.found(Status.REMOVED, Status.LIFTED, Status.REGISTERED)
    office.open("readmit", 1)
    office.walk("county_decision", 1)
    assert office.findings(1) == [("registered", date(2016, 3, 25))]
    story = {
        "village_meeting": (CLERK, date(2016, 3, 5)),
        "verification": (CLERK, date(2016, 3, 6)),
        "village_notice": (CLERK, date(2016, 3, 7)),
        "township_review": (TOWNSHIP, date(2016, 3, 14)),
        "county_review": (OFFICE, date(2016, 3, 15)),
        "county_decision": (SECOND, date(2016, 3, 16)),
    }
    office.open("fall_back", 2)
    office.open("lift", 3)
    # Both kinds go one way, and on one sheet.
    office.walk("county_decision", 2, 3, story=story, procedure="adjust-2014")
    assert office.findings(2) == [("fallen_back", date(2016, 3, 16))]
    assert office.findings(3) == [("lifted", date(2016, 3, 16))]


def test_watching_begins_and_the_end_of_the_risk_gives_back_what_was(office: Office) -> None:
    office.today = date(2021, 12, 1)
    office.found(Status.LIFTED, None)
    office.open("monitor", 1, monitored_kind="unstable")
    office.open("monitor", 2, monitored_kind="edge")
    office.walk("county_decision", story=WATCHING)
    assert office.states() == [(5, "standing"), (5, "standing")]
    with office.books.read() as session:
        keys = list(office.ids.values())
        day = date(2021, 3, 20)
        assert [queries.policy_kind(session, k, on=day) for k in keys] == ["monitored"] * 2
    office.walk("risk_removal", story={"risk_removal": WATCHING["risk_removal"]})
    assert office.states() == [(6, "closed"), (6, "closed")]
    assert office.findings(1) == [
        ("monitored", date(2021, 3, 20)),
        ("risk_removed", date(2021, 11, 1)),
    ]
    with office.books.read() as session:
        day = date(2021, 11, 1)
        assert [queries.status_on(session, k, on=day) for k in keys] == [Status.LIFTED, None]
        assert [queries.policy_kind(session, k, on=day) for k in keys] == ["lifted", "general"]


def test_a_vote_that_does_not_carry_ends_the_case(office: Office) -> None:
    office.found(None, None)
    office.open("identify")
    office.step("group_proposal", office.rows(), by=CLERK, held_on=date(2016, 3, 2))
    one, two = office.numbers()
    # 24 came: 13 are more than half of them, 12 are not
    rows = [SheetRow(one, vote=Vote(13, 11, 0)), SheetRow(two, vote=Vote(12, 0, 12))]
    office.step("village_vote", rows, by=CLERK, held_on=date(2016, 3, 5))
    assert office.states() == [(3, "open"), (3, "refused")]
    # The way is free again for another year.
    office.open("identify", 2, held_on=date(2016, 12, 1))
    assert office.states() == [(3, "open"), (3, "refused"), (1, "open")]


@pytest.mark.parametrize(
    ("vote", "meeting", "outcome", "rule"),
    [
        (Vote(24, 1, 0), Meeting(30, 24), None, MoreBallotsThanVoters),
        (Vote(24, 0, 0), Meeting(23, 24), None, MorePresentThanEligible),
        (Vote(0, 0, 0), Meeting(0, 0), None, MorePresentThanEligible),
        # two thirds of 30 are 20
        (Vote(19, 0, 0), Meeting(30, 19), None, VoteWithoutQuorum),
        # two thirds of 31 are 20 and two thirds: 21
        (Vote(20, 0, 0), Meeting(31, 20), None, VoteWithoutQuorum),
        (Vote(12, 0, 0), Meeting(30, 24), "done", VoteSaysOtherwise),
        (Vote(13, 0, 0), Meeting(30, 24), "refused", VoteSaysOtherwise),
        (None, Meeting(30, 24), None, VoteMissing),
        (Vote(20, 0, 0), None, None, VoteMissing),
    ],
)
def test_ballots_that_cannot_be(
    office: Office, vote: Vote | None, meeting: Meeting | None, outcome: str | None,
    rule: type[Refusal],
) -> None:  # fmt: skip
    office.found(None)
    office.open("identify")
    office.step("group_proposal", office.rows(), by=CLERK, held_on=date(2016, 3, 2))
    with pytest.raises(rule):
        office.step(
            "village_vote", office.rows(vote=vote, outcome=outcome), by=CLERK,
            held_on=date(2016, 3, 5), meeting=meeting,
        )  # fmt: skip
    assert office.states() == [(2, "open")]


@pytest.mark.parametrize(
    ("upto", "step", "changes", "rule"),
    [
        ("group_proposal", "village_review", {}, StepNotNext),
        ("group_proposal", "group_proposal", {}, StepNotNext),
        ("group_proposal", "application", {}, StepNotNext),
        ("group_proposal", "no_such_step", {}, StepNotNext),
        ("village_vote", "village_review", {"held_on": date(2016, 3, 4)}, StepAheadOfTheBooks),
        ("village_vote", "village_review", {"held_on": date(2016, 12, 31)}, StepAheadOfTheBooks),
        ("village_vote", "village_review", {}, SurveyMissing),
        ("village_review", "township_review", {"by": CLERK}, StepNeedsWiderScope),
        ("village_review", "township_review", {"by": OFFICE}, NotEntitled),
        ("village_review", "township_review", {"document": " "}, StepNeedsDocument),
        ("village_review", "township_review", {"place": ""}, StepNeedsPlace),
        ("village_review", "township_review", {"meeting": Meeting(3, 3)}, VoteMissing),
        ("village_review", "township_review", {"outcome": "refused"}, ReasonNeeded),
        # it hangs from the 15th for seven days: the 22nd is free, the 21st is not
        ("township_review", "county_review", {"held_on": date(2016, 3, 21)}, PublicNoticeRuns),
        ("county_review", "county_decision", {"by": OFFICE}, StepTakenBySamePerson),
        ("county_review", "county_decision", {"document": ""}, StepNeedsDocument),
        ("group_proposal", "village_vote", {"papers": []}, StepNeedsPapers),
    ],
)
def test_steps_that_may_not_be_taken(
    office: Office, upto: str, step: str, changes: Step, rule: type[Refusal]
) -> None:
    office.found(None)
    office.open("identify")
    office.walk(upto)
    by, held_on = SEVEN.get(step, (CLERK, date(2016, 3, 10)))
    asked: Step = {"by": by, "held_on": held_on} | changes
    rows = office.rows(
        vote=Vote(20, 0, 0) if step == "village_vote" else None, outcome=asked.pop("outcome", None)
    )
    before = office.states()
    with pytest.raises(rule):
        office.step(step, rows, **asked)
    assert office.states() == before


def test_a_township_step_is_not_for_who_took_the_village_s(office: Office) -> None:
    office.found(None)
    wide = person(21, "registrar", "431022100")
    office.open("identify", by=wide)
    office.walk("village_review", story={k: v for k, v in SEVEN.items() if k != "application"},
                procedure="identify-2014")  # fmt: skip
    with pytest.raises(StepTakenBySamePerson):
        office.step("township_review", office.rows(), by=wide, held_on=date(2016, 3, 15))


def test_nobody_takes_a_step_of_their_own_household(office: Office) -> None:
    office.found(None)
    office.open("identify")
    clerk = person(24, "registrar", CLERK.region_scope)
    kin = dataclasses.replace(clerk, identity_index=office.member(1))
    with pytest.raises(OwnHousehold):
        office.step("group_proposal", office.rows(), by=kin, held_on=date(2016, 3, 2))


@pytest.mark.parametrize(
    ("kind", "standing", "more", "rule"),
    [
        ("identify", Status.REGISTERED, {}, StatusAlreadySo),
        ("identify", Status.LIFTED, {}, StatusDoesNotFollow),
        ("lift", None, {}, StatusDoesNotFollow),
        ("fall_back", Status.REGISTERED, {}, StatusDoesNotFollow),
        ("remove", Status.REMOVED, {}, StatusAlreadySo),
        ("remove", None, {}, StatusDoesNotFollow),
        ("monitor", Status.REGISTERED, {"monitored_kind": "sudden"}, StatusDoesNotFollow),
        ("monitor", Status.LIFTED, {"monitored_kind": "edge"}, MonitoredKindDoesNotFit),
        ("monitor", None, {"monitored_kind": "unstable"}, MonitoredKindDoesNotFit),
        ("monitor", None, {}, MonitoredKindMissing),
        ("monitor", None, {"monitored_kind": "rich"}, MonitoredKindMissing),
        ("identify", None, {"monitored_kind": "edge"}, MonitoredKindMissing),
        ("sing", None, {}, NoProcedure),
        ("identify", None, {"held_on": date(2021, 1, 1)}, NoProcedure),
        ("identify", None, {"held_on": date(2021, 12, 2)}, NoProcedure),
        ("monitor", None, {"monitored_kind": "edge", "held_on": date(2021, 12, 2)},
         StepAheadOfTheBooks),
        ("identify", None, {"round_id": 9}, NotFound),
    ],
)  # fmt: skip
def test_cases_that_may_not_begin(
    office: Office, kind: str, standing: Status | None, more: Step, rule: type[Refusal]
) -> None:
    office.today = date(2021, 12, 1)
    office.found(standing)
    with pytest.raises(rule):
        office.open(kind, **more)
    assert office.states() == []


def test_a_household_goes_one_way_at_a_time(office: Office) -> None:
    office.found(Status.LIFTED)
    office.open("remove")
    with pytest.raises(CaseOpenAlready):
        office.open("fall_back")


def test_sheets_that_cannot_be_read(office: Office) -> None:
    office.found(None)
    for rows, rule in (
        ([], CaseListEmpty),
        ([SheetRow("H9")], CaseHouseholdUnknown),
        (office.rows() * 2, HouseholdTwiceOnCaseList),
    ):
        with pytest.raises(rule), office.books.write("x", by=CLERK) as session:
            identification.open_cases(
                session, office.procedures, kind="identify", rows=rows, on=TODAY, by=CLERK
            )
    with pytest.raises(NoProcedure):
        office.step("y", office.rows(), by=CLERK, held_on=TODAY, procedure="x")


def test_who_is_still_at_risk_is_not_on_the_sheet_that_ends_it(office: Office) -> None:
    office.today = date(2021, 12, 1)
    office.found(Status.LIFTED)
    office.open("monitor", monitored_kind="sudden")
    office.walk("county_decision", story=WATCHING)
    with pytest.raises(RiskNotRemoved):
        office.step(
            "risk_removal", office.rows(outcome="refused", note="仍有风险"), by=SECOND,
            held_on=date(2021, 11, 1), procedure="monitor-2021",
        )  # fmt: skip


# --- notices and objections ---------------------------------------------------------------------


def noticed(office: Office, *, held_on: date, **more: date) -> int:
    """A sheet of two households that hangs in public; its number."""
    office.found(None, None)
    office.open("identify")
    office.walk("village_review")
    return office.step("township_review", office.rows(), by=TOWNSHIP, held_on=held_on, **more)


def raise_objection(office: Office, sheet: int, place: int = 1, **changes: str) -> int:
    told = {"raised_by": "村民李某", "words": "家有小汽车"} | changes
    with office.books.write("households.object", by=CLERK) as session:
        return identification.object_to(
            session, sheet_id=sheet, number=office.numbers(place)[0], on=office.today, by=CLERK,
            **told,
        )  # fmt: skip


def settle(
    office: Office, objection: int, *, upheld: bool, by: Any = TOWNSHIP, words: str = "查实"
) -> None:
    with office.books.write("households.answer", by=by) as session:
        identification.answer(
            session, objection_id=objection, upheld=upheld, words=words, on=office.today, by=by
        )


def test_an_objection_blocks_and_one_that_is_right_ends_the_case(office: Office) -> None:
    # It hangs from 24 December to 30 December, the day of the books.
    sheet = noticed(office, held_on=date(2016, 12, 24))
    with office.books.read() as session:
        rows = identification.notice_rows(session, sheet)
        ((notice, _sheet),) = identification.queries.notices(session, digits="431022", on=TODAY)
    assert [(row.head, row.persons, row.votes_for) for row in rows] == [
        ("王二", 3, None),
        ("王三", 3, None),
    ]
    assert (notice.from_on, notice.to_on) == (date(2016, 12, 24), date(2016, 12, 31))
    first, second = raise_objection(office, sheet, 1), raise_objection(office, sheet, 2)
    with office.books.read() as session:
        waiting = identification.open_objections(session, digits="431022100")
        assert [one.id for one in waiting] == [first, second]
    settle(office, first, upheld=True)
    assert office.states() == [(5, "refused"), (5, "open")]
    with pytest.raises(ObjectionDealtWith):
        settle(office, first, upheld=False)
    with pytest.raises(SameMakerAndChecker):
        settle(office, second, upheld=False, by=CLERK)
    with pytest.raises(WordsNeeded):
        settle(office, second, upheld=False, words=" ")
    settle(office, second, upheld=False, words="车已报废")
    assert office.states() == [(5, "refused"), (5, "open")]


def test_an_open_objection_holds_the_step_up(office: Office) -> None:
    sheet = noticed(office, held_on=date(2016, 12, 24))
    raise_objection(office, sheet)
    # Later, with the notice over and the objection unanswered.
    with office.books.write("ledger.begin_close", by=office.system) as session:
        ledger.begin_close(session, TODAY)
    with office.books.write("ledger.finish_close", by=office.system) as session:
        ledger.finish_close(session, TODAY)
    office.today = date(2016, 12, 31)
    with pytest.raises(CaseObjectionOpen):
        office.step("county_review", office.rows(), by=OFFICE, held_on=date(2016, 12, 31))


def test_an_objection_after_the_notice_has_ended_is_refused(office: Office) -> None:
    # It hung from 23 December to 29 December; it is the 30th.
    sheet = noticed(office, held_on=date(2016, 12, 23))
    with pytest.raises(PublicNoticeEnded):
        raise_objection(office, sheet)


def test_objections_that_say_nothing_or_miss(office: Office) -> None:
    sheet = noticed(office, held_on=date(2016, 12, 24))
    with pytest.raises(WordsNeeded):
        raise_objection(office, sheet, raised_by="")
    with pytest.raises(WordsNeeded):
        raise_objection(office, sheet, words=" ")
    with pytest.raises(NotFound):
        raise_objection(office, 1)
    with office.books.write("households.import", by=office.system) as session:
        office.enter(session, "H3", 3, None)
    with pytest.raises(NotOnPublicNotice):
        raise_objection(office, sheet, 3)


def test_a_notice_counts_its_days_from_the_day_it_was_entered(office: Office) -> None:
    """A paper of 1 December, entered on the 20th, hangs seven days from the 20th: to the 26th. On
    the 26th somebody objects still; the next step is of the 27th at the earliest.
    """
    sheet = noticed(office, held_on=date(2016, 12, 1), entered_on=date(2016, 12, 20))
    with office.books.read() as session:
        ((notice, _sheet),) = identification.queries.notices(session, digits="431022")
    assert (notice.from_on, notice.to_on) == (date(2016, 12, 1), date(2016, 12, 27))
    for day in (date(2016, 12, 8), date(2016, 12, 26)):
        with pytest.raises(PublicNoticeRuns):
            office.step("county_review", office.rows(), by=OFFICE, held_on=day)
    with office.wound_to(date(2016, 12, 26)):
        told = {"raised_by": "村民李某", "words": "家有小汽车"}
        with office.books.write("households.object", by=CLERK) as session:
            identification.object_to(
                session, sheet_id=sheet, number=office.numbers(1)[0], on=date(2016, 12, 26),
                by=CLERK, **told,
            )  # fmt: skip
    office.step("county_review", office.rows(2), by=OFFICE, held_on=date(2016, 12, 27))
    assert office.states() == [(5, "open"), (6, "open")]
