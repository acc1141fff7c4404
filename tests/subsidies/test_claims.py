"""Claims on their way through three offices: what each may do, what is refused, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, true

import ledger
import organisations
from households.models import Status
from kernel.actor import Actor
from kernel.dates import Period
from kernel.refusals import NotFound
from loans.models import Loan
from office.refusals import NotEntitled, OwnHousehold, ReasonMissing, SameMakerAndChecker
from organisations import Kind
from subsidies import claims
from subsidies.claims.periods import Rhythm
from subsidies.models import ClaimDifference, ClaimRow, ClaimStep, EntitlementClaim
from subsidies.refusals.claiming import (
    ClaimAlreadyMade,
    ClaimElsewhere,
    ClaimNotPositive,
    ClaimRowsChanged,
    LoanOfAnotherLender,
    NoSubsidyToClaim,
    NoSuchClaimPeriod,
    NotAmongTheRows,
    NoticeNotOver,
    NoticeNumberUsed,
    NoticeOver,
    ObjectionAnswered,
    ObjectionOpen,
    PeriodNotSettled,
    RouteUnknown,
    WordsMissing,
)
from tests.loans.bent import BentRulebook, treasury
from tests.loans.town import CHECKER, DIRECTOR, OFFICE, OFFICER, person
from tests.planted import Plant
from tests.register import find_household
from tests.subsidies.offices import JUNE, REGISTRAR, Offices
from tests.subsidies.treasury import AUDITOR, FINANCE, SECOND_FINANCE, SECOND_OFFICE

#: 50 000 at 4.75 % from 30 May to 20 June, 22 days: 5 000 000 × 22 × 0.0475 / 360 = 14 513.9
ONE_LOAN_FEN = 14_514
SEPTEMBER = date(2016, 9, 21)
#: 92 days of it: 5 000 000 × 92 × 0.0475 / 360 = 60 694.4
NEXT_FEN = 60_694


def settled(offices: Offices, loans: int = 2, last: date = date(2016, 6, 20)) -> list[str]:
    """So many loans of 50 000, and their first quarter closed."""
    numbers = [offices.lend(place) for place in range(1, loans + 1)]
    offices.close_to(last)
    return numbers


def claim_rows(offices: Offices, claim_id: int) -> list[tuple[int, str, date, int, int]]:
    """Number in the list, contract, end, revision, amount."""
    with offices.books.read() as session:
        rows = session.execute(
            select(ClaimRow.nr, Loan.number, ClaimRow.to_on, ClaimRow.revision, ClaimRow.amount_fen)
            .join(Loan, Loan.id == ClaimRow.loan_id)
            .where(ClaimRow.claim_id == claim_id)
            .order_by(ClaimRow.nr)
        )
        return [(nr, number, to_on, revision, fen) for nr, number, to_on, revision, fen in rows]


def held(offices: Offices) -> int:
    """How many entitlements stand in a claim."""
    with offices.books.read() as session:
        return session.scalar(select(func.count()).select_from(EntitlementClaim)) or 0


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "day", "start", "end"),
    [
        # settled on the 20th, due on the 21st: the end of the quarter, and the first day after it
        (3, date(2016, 6, 21), date(2016, 3, 21), date(2016, 6, 21)),
        (3, date(2016, 6, 22), date(2016, 6, 21), date(2016, 9, 21)),
        (3, date(2017, 1, 1), date(2016, 12, 21), date(2017, 3, 21)),
        (1, date(2016, 1, 21), date(2015, 12, 21), date(2016, 1, 21)),
        (1, date(2016, 1, 31), date(2016, 1, 21), date(2016, 2, 21)),
        (6, date(2016, 6, 22), date(2016, 6, 21), date(2016, 12, 21)),
        # 甘肃 settles once a year, on 20 December
        (12, date(2018, 12, 21), date(2017, 12, 21), date(2018, 12, 21)),
        (12, date(2018, 12, 22), date(2018, 12, 21), date(2019, 12, 21)),
    ],
)
def test_a_period_holds_what_was_settled_up_to_its_end(
    months: int, day: date, start: date, end: date
) -> None:
    assert Rhythm(months, 20).holding(day) == Period(start, end)


def test_a_period_may_end_with_a_month_that_is_shorter() -> None:
    # the 31st of every month: a period ends on the first of the next
    rhythm = Rhythm(1, 31)
    assert rhythm.holding(date(2016, 2, 29)) == Period(date(2016, 2, 1), date(2016, 3, 1))
    assert rhythm.holding(date(2016, 3, 1)) == Period(date(2016, 2, 1), date(2016, 3, 1))
    assert rhythm.holding(date(2016, 3, 2)) == Period(date(2016, 3, 1), date(2016, 4, 1))


def test_periods_from_a_day_to_the_last_that_ended() -> None:
    rhythm = Rhythm(3, 20)
    last = rhythm.last_ended(date(2017, 3, 20))
    assert last == Period(date(2016, 9, 21), date(2016, 12, 21))
    assert [one.end for one in rhythm.between(date(2016, 6, 21), last)] == [
        date(2016, 6, 21), date(2016, 9, 21), date(2016, 12, 21)
    ]  # fmt: skip
    assert list(rhythm.between(date(2016, 9, 22), last)) == [last]


# --- drafting -------------------------------------------------------------------------------------


def test_a_claim_goes_from_draft_to_approval(offices: Offices) -> None:
    settled(offices)
    claim_id = offices.draft()
    claim = offices.claim(claim_id)
    assert (claim.rows, claim.households, claim.total_fen) == (2, 2, 2 * ONE_LOAN_FEN)
    assert (claim.period_from, claim.period_to) == (date(2016, 3, 21), JUNE)
    offices.check(claim_id)
    offices.submit(claim_id)
    assert offices.balance("subsidy_claimed_payable") == -2 * ONE_LOAN_FEN
    assert offices.balance("subsidy_payable") == 0
    found = offices.recompute(claim_id)
    assert found.differing == []
    assert found.total_fen == 2 * ONE_LOAN_FEN
    offices.confirm(claim_id)
    offices.post_notice(claim_id)
    offices.wait(7)
    offices.grant(claim_id)
    assert offices.state(claim_id) == "approved"


def test_a_period_that_is_not_settled_is_not_claimed(offices: Offices) -> None:
    settled(offices, 1, date(2016, 6, 19))
    with pytest.raises(PeriodNotSettled):
        offices.draft()
    offices.close_to(date(2016, 6, 20))
    with pytest.raises(NoSuchClaimPeriod) as refused:
        offices.draft(date(2016, 6, 20))
    assert refused.value.facts["end"] == date(2016, 3, 21)
    with pytest.raises(RouteUnknown):
        offices.draft(route="post")
    with pytest.raises(NoSubsidyToClaim):
        offices.draft(route="household")
    assert offices.claim(offices.draft()).total_fen == ONE_LOAN_FEN


def test_the_job_drafts_every_period_once(offices: Offices) -> None:
    settled(offices, 2, date(2016, 6, 19))
    assert offices.draft_due() == []
    offices.close_to(date(2016, 9, 20))
    first, second = offices.draft_due()
    assert [offices.claim(one).period_to for one in (first, second)] == [JUNE, SEPTEMBER]
    assert [offices.claim(one).total_fen for one in (first, second)] == [
        2 * ONE_LOAN_FEN, 2 * NEXT_FEN
    ]  # fmt: skip
    assert offices.draft_due() == []
    with pytest.raises(ClaimAlreadyMade) as refused:
        offices.draft()
    # the last day that counts, as pages write a period
    assert "截至2016-06-20（含）" in refused.value.message("zh")


def test_only_the_lenders_own_loans_stand_in_its_claim(offices: Offices) -> None:
    (number,) = settled(offices, 1)
    own = offices.lender_id
    with offices.books.write("organisations.register", by=OFFICE) as session:
        other = organisations.register(
            session,
            credit_code="91431000MA4L1A2B3N",
            name="另一农商行",
            kind=Kind.LENDER,
            region_code="431022000000",
            regions=offices.regions,
            opened_on=date(2010, 1, 1),
            on=ledger.open_day(session),
            by=OFFICE,
        )
    offices.lender_id = other
    with pytest.raises(NoSubsidyToClaim):
        offices.draft()
    with pytest.raises(LoanOfAnotherLender):
        offices.draft(left_out={number: "另一家的贷款"})
    offices.lender_id = own
    stranger = replace(OFFICER, institution_ids=frozenset({other}))
    with pytest.raises(NotEntitled):
        offices.draft(by=stranger)
    claim_id = offices.draft()
    with offices.books.read() as session:
        with pytest.raises(NotFound):
            claims.page(session, claim_id, by=stranger)
        assert claims.listed(session, by=stranger) == []
        assert claims.rows_of(session, claim_id, by=stranger) == []
        assert [one.id for one in claims.listed(session, by=AUDITOR)] == [claim_id]


def left_out(offices: Offices, claim_id: int) -> list[tuple[str, date, str]]:
    """What a claim lists as left out."""
    with offices.books.read() as session:
        told = claims.page(session, claim_id, by=AUDITOR).left_out
    return [(one.number, one.to_on, one.reason) for one in told]


# --- four eyes ------------------------------------------------------------------------------------


def test_no_two_steps_that_watch_each_other_are_one_persons(offices: Offices) -> None:
    settled(offices, 1)
    claim_id = offices.draft()
    with pytest.raises(SameMakerAndChecker):
        offices.check(claim_id, by=person(OFFICER.person_id, "checker"))
    offices.check(claim_id)
    for one in (OFFICER, CHECKER):
        with pytest.raises(SameMakerAndChecker):
            offices.submit(claim_id, by=person(one.person_id, "director"))
    offices.submit(claim_id)
    for one in (OFFICER, CHECKER, DIRECTOR):
        with pytest.raises(SameMakerAndChecker):
            offices.recompute(claim_id, by=person(one.person_id, "poverty_office"))
    offices.recompute(claim_id)
    for one in (OFFICER, CHECKER, DIRECTOR, OFFICE):
        with pytest.raises(SameMakerAndChecker):
            offices.confirm(claim_id, by=person(one.person_id, "poverty_office"))
    offices.confirm(claim_id)
    with pytest.raises(SameMakerAndChecker):
        offices.post_notice(claim_id, by=person(DIRECTOR.person_id, "poverty_office"))
    offices.post_notice(claim_id)
    offices.wait(7)
    for one in (OFFICER, CHECKER, DIRECTOR, OFFICE, SECOND_OFFICE):
        with pytest.raises(SameMakerAndChecker):
            offices.grant(claim_id, by=person(one.person_id, "finance"))
    offices.grant(claim_id)


def test_nobody_decides_on_a_claim_with_the_own_household_in_it(
    offices: Offices,
) -> None:
    settled(offices, 1)
    claim_id = offices.draft()
    index = offices.identity_index_of(1)
    with pytest.raises(OwnHousehold):
        offices.check(claim_id, by=replace(CHECKER, identity_index=index))
    offices.check(claim_id, by=replace(CHECKER, identity_index=b"somebody else"))


def test_the_system_drafts_and_does_nothing_else(offices: Offices) -> None:
    settled(offices, 1)
    (claim_id,) = offices.draft_due()
    with pytest.raises(NotEntitled):
        offices.check(claim_id, by=offices.system)
    with offices.books.read() as session:
        steps = claims.page(session, claim_id, by=AUDITOR).steps
    assert [(one.state, one.person) for one in steps] == [("drafted", "系统")]


def test_steps_are_taken_in_their_order(offices: Offices) -> None:
    settled(offices, 1)
    claim_id = offices.draft()
    for step in (
        offices.submit, offices.recompute, offices.confirm, offices.post_notice, offices.grant,
        offices.return_claim,
    ):  # fmt: skip
        with pytest.raises(ClaimElsewhere):
            step(claim_id)
    offices.check(claim_id)
    with pytest.raises(ClaimElsewhere):
        offices.check(claim_id)
    with pytest.raises(NotFound):
        offices.check(claim_id + 1)


def test_steps_keep_their_deadlines(offices: Offices) -> None:
    """Three working days to claim and to review, five to pay (小额担保办法)."""
    settled(offices, 1)
    claim_id = offices.approved()
    with offices.books.read() as session:
        told = {one.state: one for one in claims.page(session, claim_id, by=AUDITOR).steps}
    # Monday 20 June 2016 is the period's last day: 21, 22, 23
    assert told["drafted"].deadline_on == date(2016, 6, 23)
    # submitted on Tuesday the 21st: 22, 23, 24
    assert told["submitted"].deadline_on == date(2016, 6, 24)
    # seven days of notice from the 21st
    assert told["noticed"].deadline_on == date(2016, 6, 28)
    # approved on Tuesday 28 June: 29, 30, 1, 4, 5
    assert told["approved"].deadline_on == date(2016, 7, 5)


# --- a changed row --------------------------------------------------------------------------------


@pytest.mark.damaged("a row of a claim is changed behind the books' back")
def test_a_row_changed_after_freezing_stops_every_step(offices: Offices) -> None:
    settled(offices, 2)
    claim_id = offices.submitted()
    offices.tamper(claim_id)
    with pytest.raises(ClaimRowsChanged):
        offices.recompute(claim_id)
    with pytest.raises(ClaimRowsChanged):
        offices.return_claim(claim_id, by=OFFICE)
    assert offices.state(claim_id) == "submitted"


# --- back to the cooperative ----------------------------------------------------------------------


def test_a_returned_claim_keeps_its_history_and_has_a_next_version(offices: Offices) -> None:
    first, second = settled(offices)
    old = offices.noticed()
    with pytest.raises(ReasonMissing):
        offices.return_claim(old, reason=" ")
    offices.return_claim(old, by=FINANCE, reason="第1行有误")
    assert offices.balance("subsidy_claimed_payable") == 0
    assert offices.balance("subsidy_payable") == -2 * ONE_LOAN_FEN
    assert held(offices) == 0
    with pytest.raises(ReasonMissing):
        offices.draft(left_out={first: ""})
    new = offices.draft(left_out={first: "借款人身份待核"})
    claim = offices.claim(new)
    assert (claim.version, claim.previous_id, claim.total_fen) == (2, old, ONE_LOAN_FEN)
    assert [row[1] for row in claim_rows(offices, new)] == [second]
    with offices.books.read() as session:
        before = claims.page(session, old, by=AUDITOR)
        now = claims.page(session, new, by=AUDITOR)
        assert session.scalar(
            select(func.count()).select_from(ClaimStep).where(ClaimStep.claim_id == old)
        ) == len(before.steps)
    assert [one.state for one in before.steps] == [
        "drafted", "checked", "submitted", "recomputed", "confirmed", "noticed", "returned"
    ]  # fmt: skip
    assert before.steps[-1].reason == "第1行有误"
    assert before.next_id == new
    assert [(one.number, one.reason) for one in now.left_out] == [(first, "借款人身份待核")]
    assert [row[1] for row in claim_rows(offices, old)] == [first, second]


def test_what_is_left_out_waits_until_the_loan_is_corrected(offices: Offices) -> None:
    """Taken up again by hand, or by the job once a correction has revised it."""
    first, _second = settled(offices)
    offices.withdraw(offices.draft())
    offices.draft(left_out={first: "待核"})
    offices.close_to(date(2016, 9, 20))
    (next_claim,) = offices.draft_due()
    # the June row of the first loan is not among them, its September row is
    assert [row[2:] for row in claim_rows(offices, next_claim)] == [
        (SEPTEMBER, 0, NEXT_FEN), (SEPTEMBER, 0, NEXT_FEN)
    ]  # fmt: skip
    offices.withdraw(next_claim)
    again = offices.draft(SEPTEMBER, taking_again=[first])
    assert claim_rows(offices, again)[0][1:3] == (first, JUNE)
    assert left_out(offices, again) == []
    # taken again by a claim that came to nothing: the reason holds as before
    offices.withdraw(again)
    last = offices.draft(SEPTEMBER)
    assert len(claim_rows(offices, last)) == 2
    assert left_out(offices, last) == [(first, JUNE, "待核")]


def test_every_version_lists_what_an_earlier_one_left_out(offices: Offices) -> None:
    """Taken again one by one; what is not stays listed with its reason, and is never just gone."""
    first, second, third = settled(offices, 3)
    offices.withdraw(offices.draft())
    offices.withdraw(offices.draft(left_out={first: "待核", second: "转借待查"}))
    third_version = offices.draft(taking_again=[first])
    assert [row[1] for row in claim_rows(offices, third_version)] == [first, third]
    assert left_out(offices, third_version) == [(second, JUNE, "转借待查")]
    offices.withdraw(third_version)
    # nothing ticked: neither comes back by itself
    fourth = offices.draft()
    assert [row[1] for row in claim_rows(offices, fourth)] == [third]
    assert left_out(offices, fourth) == [(first, JUNE, "待核"), (second, JUNE, "转借待查")]
    offices.withdraw(fourth)
    # a new reason stands in the place of the old one
    fifth = offices.draft(taking_again=[first, second], left_out={second: "已移送"})
    assert [row[1] for row in claim_rows(offices, fifth)] == [first, third]
    assert left_out(offices, fifth) == [(second, JUNE, "已移送")]
    offices.withdraw(fifth)
    assert left_out(offices, offices.draft())[1] == (second, JUNE, "已移送")


def test_a_claim_that_came_back_waits_for_its_next_version(offices: Offices) -> None:
    """On the desk of whoever drafts, until there is one, or nothing is left of the period."""
    settled(offices, 1)
    claim_id = offices.submitted()
    assert waiting(offices, OFFICER) == []
    offices.return_claim(claim_id, by=OFFICE)
    assert waiting(offices, OFFICER) == [claim_id]
    assert waiting(offices, CHECKER) == waiting(offices, OFFICE) == []
    following = offices.draft()
    assert waiting(offices, OFFICER) == []
    offices.withdraw(following)
    assert waiting(offices, OFFICER) == [following]
    # The next quarter's claim holds what this one asked for.
    offices.close_to(date(2016, 9, 20))
    offices.draft(SEPTEMBER)
    assert waiting(offices, OFFICER) == []


def waiting(offices: Offices, by: Actor) -> list[int]:
    """Claims that wait for somebody."""
    with offices.books.read() as session:
        return [one.id for one in claims.waiting_for(session, by)]


def test_a_correction_takes_up_what_was_left_out(offices: Offices) -> None:
    first, _second = settled(offices)
    offices.withdraw(offices.draft())
    offices.draft(left_out={first: "补记还款"})
    offices.pay(first, 1_000_000, early=True, value_date=date(2016, 6, 9))
    offices.close_to(date(2016, 9, 20))
    (next_claim,) = offices.draft_due()
    june = [row for row in claim_rows(offices, next_claim) if row[2] == JUNE]
    # 5 000 000 × 10 × 0.0475 / 360 + 4 000 000 × 12 × 0.0475 / 360 = 6 597.2 + 6 333.3 = 12 930.6
    assert [row[3:] for row in june] == [(0, ONE_LOAN_FEN), (1, 12_931 - ONE_LOAN_FEN)]


def test_what_cannot_be_claimed_cannot_be_left_out(offices: Offices) -> None:
    first, _second = settled(offices)
    claim_id = offices.draft()
    offices.withdraw(claim_id, reason="重报")
    offices.draft(left_out={first: "待核"})
    offices.close_to(date(2016, 9, 20))
    third = offices.lend(3)
    with pytest.raises(NotAmongTheRows):
        offices.draft(SEPTEMBER, left_out={third: "尚未结息"})
    with pytest.raises(LoanOfAnotherLender):
        offices.draft(SEPTEMBER, left_out={"没有这个合同": "待核"})


# --- the poverty office's own computation ---------------------------------------------------------


def test_a_correction_after_the_draft_shows_as_a_difference(offices: Offices) -> None:
    first, _second = settled(offices)
    claim_id = offices.submitted()
    offices.pay(first, 1_000_000, early=True, value_date=date(2016, 6, 9))
    found = offices.recompute(claim_id)
    assert found.total_fen == ONE_LOAN_FEN + 12_931
    (differing,) = found.differing
    assert (differing.nr, differing.claimed_fen, differing.recomputed_fen) == (
        1, ONE_LOAN_FEN, 12_931
    )  # fmt: skip
    with offices.books.read() as session:
        assert len(session.scalars(select(ClaimDifference)).all()) == 1
        (told,) = claims.rows_of(session, claim_id, by=AUDITOR, only="differing")
        assert (told.number, told.recomputed_fen) == (first, 12_931)
    with pytest.raises(ReasonMissing):
        offices.confirm(claim_id)
    offices.confirm(claim_id, reason="下期抵扣")


@pytest.mark.damaged("an entitlement is changed behind the books' back before it is claimed")
def test_the_computation_does_not_rest_on_the_entitlements(offices: Offices) -> None:
    settled(offices)
    offices.tamper_entitlements(plus_fen=100)
    claim_id = offices.submitted()
    assert offices.claim(claim_id).total_fen == 2 * (ONE_LOAN_FEN + 100)
    found = offices.recompute(claim_id)
    assert found.total_fen == 2 * ONE_LOAN_FEN
    assert [one.recomputed_fen for one in found.differing] == [ONE_LOAN_FEN] * 2


@pytest.mark.damaged("an entitlement is hidden behind the books' back before the draft")
def test_what_is_missing_from_a_claim_is_found(offices: Offices) -> None:
    settled(offices)
    offices.hide_entitlement()
    claim_id = offices.submitted()
    assert offices.claim(claim_id).rows == 1
    (differing,) = offices.recompute(claim_id).differing
    assert (differing.nr, differing.claimed_fen, differing.recomputed_fen) == (0, 0, ONE_LOAN_FEN)


def paid_first(offices: Offices) -> str:
    """A loan of 50 000 whose household pays all its interest first, settled on 20 June."""
    (row,) = treasury((None, None, 10_000, None))
    bent = BentRulebook(offices.rulebook)
    bent.bend({"interest_bearers": (replace(row, route="household"),)})
    offices.rulebook = bent  # type: ignore[assignment]
    (number,) = settled(offices, 1)
    return number


def test_what_is_paid_first_is_claimed_when_it_has_come_in(offices: Offices) -> None:
    """先付后补: the bank claims by what it has received (温县)."""
    number = paid_first(offices)
    with pytest.raises(NoSubsidyToClaim):
        offices.draft(route="household")
    offices.pay(number, ONE_LOAN_FEN - 1)
    with pytest.raises(NoSubsidyToClaim):
        offices.draft(route="household")
    offices.pay(number, 1)
    claim_id = offices.submitted(route="household")
    assert offices.claim(claim_id).total_fen == ONE_LOAN_FEN
    assert offices.recompute(claim_id).differing == []


def test_a_payment_undone_after_the_draft_shows_as_a_difference(offices: Offices) -> None:
    number = paid_first(offices)
    repayment_id = offices.pay(number, ONE_LOAN_FEN)
    claim_id = offices.submitted(route="household")
    offices.undo_payment(repayment_id)
    (differing,) = offices.recompute(claim_id).differing
    assert (differing.claimed_fen, differing.recomputed_fen) == (ONE_LOAN_FEN, 0)
    assert differing.why == "uncollected"


@pytest.mark.parametrize(("asked_again", "recomputed_fen"), [(True, 0), (False, ONE_LOAN_FEN)])
def test_a_household_no_longer_served_where_the_contract_asks_again(
    offices: Offices, asked_again: bool, recomputed_fen: int
) -> None:
    """结息时仍须符合条件: removed from the register on 10 June, before its quarter is settled."""
    bent = BentRulebook(offices.rulebook)
    bent.bend({"subsidy_status_at_settlement": asked_again})
    offices.rulebook = bent  # type: ignore[assignment]
    number = offices.lend(1)
    offices.lend(2)
    offices.close_to(date(2016, 6, 9))
    with offices.books.write("households.change", by=OFFICE) as session:
        day = ledger.open_day(session)
        find_household(session, offices.household(1), Status.REMOVED, date(2016, 6, 10), on=day)
    offices.close_to(date(2016, 6, 20))
    claim_id = offices.submitted()
    found = offices.recompute(claim_id)
    assert found.total_fen == ONE_LOAN_FEN + recomputed_fen
    with offices.books.read() as session:
        told = claims.rows_of(session, claim_id, by=AUDITOR, only="differing")
        why = session.scalars(select(ClaimDifference.why)).all()
    assert ([row.number for row in told], why) == (
        ([number], ["status"]) if asked_again else ([], [])
    )


# --- notice and objections ------------------------------------------------------------------------


def test_a_notice_hangs_and_carries_no_secret(offices: Offices) -> None:
    settled(offices)
    offices.give_card(1, "6228480402564890018")
    claim_id = offices.noticed()
    with pytest.raises(NoticeNotOver):
        offices.grant(claim_id)
    with offices.books.read() as session:
        rows = claims.notice_rows(session, claim_id)
    assert [(row.days, row.amount_fen) for row in rows] == [(22, ONE_LOAN_FEN)] * 2
    printed = "|".join(f"{row}" for row in rows)
    for secret in (*offices.secrets(), "6228480402564890018"):
        assert secret not in printed
        assert secret[-6:] not in printed
    assert not any(digit in row.borrower for row in rows for digit in "0123456789")
    offices.wait(6)
    with pytest.raises(NoticeNotOver):
        offices.grant(claim_id)
    offices.wait(1)
    offices.grant(claim_id)


def test_a_notice_has_a_number_of_its_own_and_a_place(offices: Offices) -> None:
    settled(offices)
    claim_id = offices.submitted()
    offices.recompute(claim_id)
    offices.confirm(claim_id)
    with offices.books.read() as session, pytest.raises(NotFound):
        claims.notice_rows(session, claim_id)
    with pytest.raises(WordsMissing), offices.books.write("subsidies.notice", by=OFFICE) as session:
        claims.post_notice(
            session, claim_id=claim_id, place=" ", rulebook=offices.rulebook,
            on=ledger.open_day(session), by=OFFICE,
        )  # fmt: skip
    assert offices.post_notice(claim_id, number="2016年第1号") == "2016年第1号"
    offices.close_to(date(2016, 9, 20))
    other = offices.submitted(SEPTEMBER)
    offices.recompute(other)
    offices.confirm(other)
    with pytest.raises(NoticeNumberUsed):
        offices.post_notice(other, number="2016年第1号")


def test_an_objection_is_answered_before_approval(offices: Offices) -> None:
    settled(offices)
    claim_id = offices.noticed()
    objection = offices.object_to(claim_id, 1)
    with pytest.raises(NotFound):
        offices.object_to(claim_id, 3)
    offices.wait(7)
    with pytest.raises(NoticeOver):
        offices.object_to(claim_id, 1)
    with pytest.raises(ObjectionOpen):
        offices.grant(claim_id)
    with pytest.raises(NotEntitled):
        offices.answer(objection, upheld=False, by=REGISTRAR)
    offices.answer(objection, upheld=False)
    with pytest.raises(ObjectionAnswered):
        offices.answer(objection, upheld=True)
    offices.grant(claim_id)
    with pytest.raises(ClaimElsewhere):
        offices.object_to(claim_id, 1)


def test_an_objection_that_is_right_sends_the_claim_back(offices: Offices) -> None:
    settled(offices)
    claim_id = offices.noticed()
    offices.answer(offices.object_to(claim_id, 1), upheld=True)
    assert offices.state(claim_id) == "returned"
    assert offices.balance("subsidy_claimed_payable") == 0
    assert held(offices) == 0
    assert offices.claim(offices.draft()).version == 2


# --- what is owed back ----------------------------------------------------------------------------


def test_a_downward_revision_stands_in_the_next_claim(offices: Offices) -> None:
    first, _second = settled(offices)
    offices.submitted()
    offices.pay(first, 1_000_000, early=True, value_date=date(2016, 6, 9))
    offices.close_to(date(2016, 9, 20))
    (next_claim,) = offices.draft_due()
    june = [row for row in claim_rows(offices, next_claim) if row[2] == JUNE]
    assert [row[3:] for row in june] == [(1, 12_931 - ONE_LOAN_FEN)]


def test_a_claim_that_only_takes_back_waits(offices: Offices) -> None:
    (first,) = settled(offices, 1)
    offices.submitted()
    offices.pay(first, 5_000_000, early=True, value_date=date(2016, 6, 9))
    offices.close_to(date(2016, 9, 20))
    assert offices.draft_due() == []
    with pytest.raises(ClaimNotPositive):
        offices.draft(SEPTEMBER)


# --- who waits for whom ---------------------------------------------------------------------------


def test_a_claim_waits_for_those_who_may_take_the_next_step(offices: Offices) -> None:
    settled(offices)

    def waits_for() -> set[int]:
        people = (OFFICER, CHECKER, DIRECTOR, OFFICE, SECOND_OFFICE, FINANCE, SECOND_FINANCE)
        with offices.books.read() as session:
            return {one.person_id for one in people if claims.waiting_for(session, one)}

    claim_id = offices.draft()
    assert waits_for() == {CHECKER.person_id}
    offices.check(claim_id)
    assert waits_for() == {DIRECTOR.person_id}
    offices.submit(claim_id)
    assert waits_for() == {OFFICE.person_id, SECOND_OFFICE.person_id}
    offices.recompute(claim_id)
    assert waits_for() == {SECOND_OFFICE.person_id}


def test_rows_are_searched_and_paged(offices: Offices) -> None:
    numbers = settled(offices, 3)
    claim_id = offices.draft()
    with offices.books.read() as session:

        def found(**asked: object) -> list[str]:
            rows = claims.rows_of(session, claim_id, by=AUDITOR, **asked)  # type: ignore[arg-type]
            return [row.number for row in rows]

        assert found() == numbers
        assert found(limit=2) == numbers[:2]
        assert found(after_nr=2) == numbers[2:]
        assert found(text=numbers[1].lower()) == [numbers[1]]
        assert found(text="王四") == [numbers[2]]
        assert found(village="431022100202") == []
        assert (
            found(only="negative") == found(only="differing") == found(only="bank_returned") == []
        )
        assert claims.rows_of(
            session, claim_id, by=replace(AUDITOR, region_scope="431022101"), limit=None
        ) == []  # fmt: skip


PLANTED = [
    Plant(
        test_no_two_steps_that_watch_each_other_are_one_persons,
        "subsidies.claims.steps.makers",
        lambda steps, states: set(),
    ),
    Plant(
        test_a_row_changed_after_freezing_stops_every_step,
        "subsidies.claims.steps.frozen_digest",
        lambda session, claim: claim.digest,
    ),
    Plant(
        test_a_returned_claim_keeps_its_history_and_has_a_next_version,
        "subsidies.claims.office_steps.free",
        lambda session, claim_id: None,
        catches=(Exception,),
    ),
    Plant(
        test_what_is_left_out_waits_until_the_loan_is_corrected,
        "subsidies.claims.freezing.left_out",
        lambda: ClaimRow.nr < 0,
        catches=(Exception,),
    ),
    Plant(
        test_the_computation_does_not_rest_on_the_entitlements,
        "subsidies.claims.recomputing.treasury_fen",
        lambda amount_fen, pieces, day_base, *, fixed: ONE_LOAN_FEN + 100,
    ),
    Plant(
        test_what_is_paid_first_is_claimed_when_it_has_come_in,
        "subsidies.claims.freezing.collected",
        true,
    ),
    Plant(
        test_a_payment_undone_after_the_draft_shows_as_a_difference,
        "subsidies.claims.recomputing._uncollected",
        lambda *_: [],
        catches=(ValueError,),
    ),
    Plant(
        test_a_household_no_longer_served_where_the_contract_asks_again,
        "subsidies.claims.recomputing._not_served",
        lambda *_: [],
        {"asked_again": True, "recomputed_fen": 0},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
