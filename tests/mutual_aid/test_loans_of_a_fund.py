"""互助式: a village fund lends its own money to households of its joint groups, outside the
county's programmes; what each rule refuses; nothing of it is subsidised, covered or counted.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

import ledger
import loans
import mutual_aid
from households.models import HouseholdStatus, Person, Status
from kernel.actor import Actor
from kernel.refusals import Refusal
from loans import bad_by_place, queries, refusals
from loans.models import JointAgreement, JointSigner, LendingLimit, LoanBearer, Settlement
from loans.mutual_rules import FundAsked, FundFacts, broken_fund_rules
from loans.refusals import SheetRefused
from office.refusals import NotEntitled, OwnHousehold, ReasonMissing
from organisations import Kind
from tests.loans.lists import found_organisation, id_of
from tests.loans.refusing import newcomer
from tests.loans.town import DIRECTOR, FULL, OFFICER, VILLAGE, Town
from tests.mutual_aid.fund import FEE, FIRST, LATER, TELLER, Fund
from tests.planted import Plant


def told(fund: Fund, *rows: loans.Asked, lender_id: int = 0) -> set[type[Refusal]]:
    with pytest.raises(SheetRefused) as caught:
        fund.apply(*rows, lender_id=lender_id)
    return {type(refusal) for _, refusal in caught.value.rows}


# --- what it is ----------------------------------------------------------------------------------


def test_a_fund_lends_at_its_fee_outside_subsidy_cover_and_line(fund: Fund) -> None:
    (number,) = fund.lend(fund.asked())
    loan = fund.loan(number)
    assert (loan.mode, loan.lender_id, loan.uses_line) == ("mutual", fund.lender_id, False)
    assert (loan.annual_rate_ppm, loan.cover_cap_fen) == (FEE, 0)
    with fund.town.books.read() as session:
        assert session.scalar(select(func.count()).select_from(LoanBearer)) == 0
    # 50 000.00 fiscal money and 4 stakes of 100.00, less 5 000.00
    assert fund.balance("funds") == 5_000_000 + 40_000 - 500_000


def test_the_fee_is_booked_like_interest_and_paid_by_the_household_alone(fund: Fund) -> None:
    """5 000.00 for 365 days at 6 %, over 360: 5 000 × 365 × 0.06 ÷ 360 = 304.1666… = 304.17."""
    (number,) = fund.lend(fund.asked())
    fund.town.close_to(date(2017, 5, 29))
    with fund.town.books.read() as session:
        (settled,) = session.scalars(select(Settlement)).all()
        parts = (settled.amount_fen, settled.household_fen, settled.treasury_fen)
    assert parts == (30_417, 30_417, 0)
    fund.town.pay(number, FIRST + 30_417)
    assert fund.town.position(number).state == "settled"
    assert fund.balance("funds") == 5_040_000 + 30_417


def test_the_whole_group_signs_and_none_of_it_decides(fund: Fund) -> None:
    sheet_id = fund.apply(fund.asked())
    with fund.town.books.read() as session:
        agreement = session.scalars(select(JointAgreement)).one()
        signers = set(session.scalars(select(JointSigner.household_id)))
        # The head of the fourth household is the director.
        own = session.scalars(
            select(Person.identity_index).where(
                Person.household_id == fund.household(4), Person.is_head
            )
        ).one()
    assert signers == {fund.household(place) for place in (1, 2, 3, 4)}
    assert agreement.number == f"LB2016{agreement.application_id:07d}"
    with pytest.raises(OwnHousehold):
        fund.town.approve(sheet_id, by=replace(DIRECTOR, identity_index=own))


def test_a_mutual_loan_is_not_in_the_households_programme_total(fund: Fund) -> None:
    fund.lend(fund.asked())
    # 50 000 of the programme beside it, and the line is whole.
    fund.town.contracts(fund.town.asked(1, amount_fen=FULL))


def test_a_programme_loan_does_not_bind_the_fund(fund: Fund) -> None:
    fund.town.lend(1)
    fund.contracts(fund.asked())


def test_households_of_no_programme_borrow_too(fund: Fund) -> None:
    with fund.town.books.write("households.import", by=fund.town.system) as session:
        from_day = ledger.open_day(session)
        session.add(_removed(fund.household(2), from_day))
    fund.contracts(fund.asked(2))


def _removed(household_id: int, on: date) -> Any:
    return HouseholdStatus(
        household_id=household_id, status=Status.REMOVED, from_on=on, booked_on=on, reason="清退"
    )


def test_limits_and_stops_of_the_county_do_not_reach_a_fund(fund: Fund) -> None:
    (number,) = fund.contracts(fund.asked())
    with fund.town.books.write("risk_fund.watch", by=fund.town.system) as session:
        loans.set_stop(session, scope=("region", "431022100"), stopped=True, clause="熔断")
    fund.town.disburse(number, FIRST)
    with fund.town.books.read() as session:
        assert set(session.scalars(select(LendingLimit.used_fen))) == {0}


def test_mutual_loans_are_outside_the_countys_bad_ratio(fund: Fund) -> None:
    fund.lend(fund.asked())
    fund.town.close_to(date(2016, 5, 30))
    with fund.town.books.read() as session:
        assert session.execute(bad_by_place.bad_by("bank", day=date(2016, 5, 30))).all() == []


# --- refused -------------------------------------------------------------------------------------


def test_a_fund_lends_mutual_loans_alone_and_nobody_else_does(fund: Fund) -> None:
    for lender_id, row in (
        (fund.lender_id, fund.town.asked(1)),
        (fund.town.lender_id, fund.asked()),
    ):
        with pytest.raises(refusals.LenderUnfitForMode):
            fund.apply(row, lender_id=lender_id)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_fen": FIRST + 1}, refusals.AmountAboveLimit),
        ({"term_months": 13}, refusals.TermTooLong),
        ({"annual_rate_ppm": FEE + 100}, refusals.FeeRateDiffers),
        ({"annual_rate_ppm": FEE - 100}, refusals.FeeRateDiffers),
        ({"revolving": True}, refusals.ModeUnfit),
        ({"renews": "XD20160000001"}, refusals.ModeUnfit),
        ({"collateral": True}, refusals.CollateralAsked),
        ({"use": "wedding"}, refusals.PurposeBanned),
    ],
)
def test_what_a_household_may_not_ask(
    fund: Fund, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    assert refusal in told(fund, fund.asked(**changes))


def test_who_is_in_no_group_borrows_nothing(fund: Fund) -> None:
    assert told(fund, fund.asked(5)) == {refusals.NoJointGroup}
    fund.join(5)
    assert told(fund, fund.asked(5)) == {refusals.NoJointGroup}


def test_a_village_fund_that_was_never_founded_lends_nothing(fund: Fund) -> None:
    other = id_of(fund.town, found_organisation(fund.town, 60, kind=Kind.VILLAGE_FUND))
    assert told(fund, fund.asked(), lender_id=other) == {refusals.FundDoesNotLend}


def test_a_group_that_shrank_below_four_borrows_nothing(fund: Fund) -> None:
    fund.leave_group(4)
    assert told(fund, fund.asked()) == {refusals.JointGroupSize}


RULES_OF = FundFacts(True, VILLAGE, FEE, "章程", group_id=1, members=4)


@pytest.mark.parametrize(
    ("known", "broken"),
    [
        ({}, set()),
        ({"members": 8}, set()),
        ({"members": 3}, {refusals.JointGroupSize}),
        ({"members": 9}, {refusals.JointGroupSize}),
        ({"village_code": "431022100202"}, {refusals.FundOfAnotherVillage}),
        ({"open_number": "XD1"}, {refusals.JointGroupOwes}),
        ({"group_id": None, "open_number": "XD1"}, {refusals.NoJointGroup}),
        ({"lends": False, "village_code": "1"}, {refusals.FundDoesNotLend}),
        ({"fee_rate_ppm": 70_000}, {refusals.FeeRateDiffers}),
    ],
)
def test_the_rules_of_a_fund(town: Town, known: dict[str, Any], broken: set[type[Refusal]]) -> None:
    rules = town.rulebook.mutual(on=date(2016, 5, 30), region=VILLAGE)
    asked = FundAsked("0001", VILLAGE, FEE)
    answers = broken_fund_rules(asked, replace(RULES_OF, **known), rules)
    assert {type(refusal) for refusal, _ in answers} == broken


# --- the group pays first ------------------------------------------------------------------------


def test_a_groups_next_loan_comes_after_the_earlier_ones_are_paid(fund: Fund) -> None:
    """Two of the group on one sheet are one round; a third waits until both have paid."""
    first, second = fund.lend(fund.asked(1), fund.asked(2))
    assert told(fund, fund.asked(3)) == {refusals.JointGroupOwes}
    fund.town.pay(first, FIRST, early=True)
    assert told(fund, fund.asked(3)) == {refusals.JointGroupOwes}
    # Paid on the day of the draw: not a day's fee.
    fund.town.pay(second, FIRST, early=True)
    (third,) = fund.lend(fund.asked(3))
    assert fund.town.position(third).state == "active"


def test_another_groups_loan_does_not_wait(fund: Fund) -> None:
    fund.lend(fund.asked(1))
    for number in (7, 8):
        newcomer(fund.town, number, rated=False)
    fund.group(5, 6, 7, 8)
    fund.lend(fund.asked(5))


@pytest.mark.parametrize("state", ["waiting", "approved", "signed"])
def test_an_open_application_holds_the_group(fund: Fund, state: str) -> None:
    sheet_id = fund.apply(fund.asked(1))
    if state != "waiting":
        fund.town.approve(sheet_id)
    if state == "signed":
        fund.town.sign(sheet_id)
    assert told(fund, fund.asked(2)) == {refusals.JointGroupOwes}
    for goes in (fund.leave, fund.leave_group):
        with pytest.raises(refusals.HouseholdStillBound):
            goes(4)


def test_a_rejected_application_frees_the_group(fund: Fund) -> None:
    sheet_id = fund.apply(fund.asked(1))
    with fund.town.books.write("loans.approve", by=DIRECTOR) as session:
        loans.decide_sheet(
            session, sheet_id=sheet_id, approved=False, reason="资料不全",
            on=ledger.open_day(session), by=DIRECTOR,
        )  # fmt: skip
    fund.apply(fund.asked(2))


def drop(fund: Fund, sheet_id: int, reason: str = "借款人改变主意", by: Actor = OFFICER) -> None:
    with fund.town.books.write("loans.sign", by=by) as session:
        loans.drop_sheet(
            session, sheet_id=sheet_id, reason=reason, on=ledger.open_day(session), by=by
        )


def test_an_approved_application_that_is_dropped_frees_the_group(fund: Fund) -> None:
    """It is never signed then; what waits is rejected and what is signed runs."""
    sheet_id = fund.apply(fund.asked(1))
    with pytest.raises(refusals.SheetNotApproved):
        drop(fund, sheet_id)
    fund.town.approve(sheet_id)
    with pytest.raises(ReasonMissing):
        drop(fund, sheet_id, reason=" ")
    with pytest.raises(NotEntitled):
        drop(fund, sheet_id, by=DIRECTOR)
    assert told(fund, fund.asked(2)) == {refusals.JointGroupOwes}
    drop(fund, sheet_id)
    with pytest.raises(refusals.SheetDropped):
        fund.town.sign(sheet_id)
    with pytest.raises(refusals.SheetDropped):
        drop(fund, sheet_id)
    with fund.town.books.read() as session:
        (line,) = queries.sheets(session, by=OFFICER)
    assert line.state == "dropped"
    other = fund.apply(fund.asked(2))
    fund.town.approve(other)
    fund.town.sign(other)
    with pytest.raises(refusals.AlreadySigned):
        drop(fund, other)


def test_a_later_loan_may_be_twice_the_first(fund: Fund) -> None:
    """5 000.00 at first, 10 000.00 later; of the household, not of its group."""
    (number,) = fund.lend(fund.asked())
    fund.town.pay(number, FIRST, early=True)
    both = {refusals.AmountAboveLimit, refusals.HouseholdTotalAboveLimit}
    assert told(fund, fund.asked(2, amount_fen=LATER)) == both
    assert told(fund, fund.asked(1, amount_fen=LATER + 1)) == both
    fund.contracts(fund.asked(1, amount_fen=LATER))


def test_nobody_leaves_a_group_that_owes(fund: Fund) -> None:
    (number,) = fund.lend(fund.asked())
    with pytest.raises(refusals.HouseholdStillBound) as caught:
        fund.leave(4)
    assert number in caught.value.message("zh")
    fund.town.pay(number, FIRST, early=True)
    fund.leave(4)
    assert told(fund, fund.asked()) == {refusals.JointGroupSize}


def test_a_household_is_in_one_group(fund: Fund) -> None:
    for number in (7,):
        newcomer(fund.town, number, rated=False)
    with pytest.raises(refusals.JointMemberElsewhere):
        fund.group(4, 5, 6, 7)


# --- the fund's money -----------------------------------------------------------------------------


def test_a_fund_pays_out_what_it_has(town: Town) -> None:
    """5 000.00 fiscal money and four stakes of 100.00; two loans of 5 000.00 are agreed."""
    fund = Fund(town).found(fen=FIRST)
    fund.group(1, 2, 3, 4)
    first, second = fund.contracts(fund.asked(1), fund.asked(2))
    town.disburse(first, FIRST)
    with pytest.raises(refusals.FundMoneyShort) as caught:
        town.disburse(second, FIRST)
    assert "可用400.00元，不足以支付5000.00元" in caught.value.message("zh")
    town.disburse(second, 40_000)
    assert fund.balance("funds") == 0


def test_a_payment_whose_money_was_lent_again_is_not_undone(town: Town) -> None:
    """5 000.00 and four stakes of 100.00: lent, paid back, lent to the next; 400.00 are left."""
    fund = Fund(town).found(fen=FIRST)
    fund.group(1, 2, 3, 4)
    first, second = fund.contracts(fund.asked(1), fund.asked(2))
    town.disburse(first, FIRST)
    paid = town.pay(first, FIRST, early=True)
    town.disburse(second, FIRST)
    with pytest.raises(refusals.FundMoneyShort) as caught:
        town.undo_payment(paid)
    assert "可用400.00元，不足以支付5000.00元" in caught.value.message("zh")
    town.pay(second, FIRST, early=True)
    town.undo_payment(paid)
    assert fund.balance("funds") == 40_000


def test_what_was_paid_too_much_comes_back_while_the_fund_has_it(town: Town) -> None:
    """5 600.00 are paid on a loan of 5 000.00 just drawn, which with four stakes of 100.00 makes
    6 000.00; 5 700.00 are lent again: 300.00 are left and 600.00 are owed.
    """
    fund = Fund(town).found(fen=FIRST)
    fund.group(1, 2, 3, 4)
    first, second, third = fund.contracts(
        fund.asked(1), fund.asked(2), fund.asked(3, amount_fen=70_000)
    )
    town.disburse(first, FIRST)
    town.pay(first, FIRST + 60_000, early=True)
    town.disburse(second, FIRST)
    town.disburse(third, 70_000)
    with pytest.raises(refusals.FundMoneyShort):
        give_back(fund, first, 60_000)
    town.pay(third, 70_000, early=True)
    give_back(fund, first, 60_000)
    assert fund.balance("funds") == 40_000


def give_back(fund: Fund, number: str, fen: int) -> None:
    wanted = loans.Refund(number, fen, "counter", fund.voucher())
    with fund.town.books.write("loans.repay", by=OFFICER) as session:
        loans.refund(
            session, wanted=wanted, calendar=fund.town.calendar,
            on=ledger.open_day(session), by=OFFICER,
        )  # fmt: skip


# --- an extension takes a vote --------------------------------------------------------------------


def extend(fund: Fund, number: str, day: date) -> int:
    change = loans.ChangeAsked(number, "母牛产犊推迟", matures_on=day)
    with fund.town.books.write("loans.change", by=OFFICER) as session:
        return loans.propose_changes(
            session, kind="extension", rows=[change], rulebook=fund.town.rulebook,
            keyring=fund.town.keyring, calendar=fund.town.calendar,
            on=ledger.open_day(session), by=OFFICER,
        )  # fmt: skip


def test_an_extension_takes_a_vote_for_that_loan_and_day(fund: Fund) -> None:
    (number,) = fund.lend(fund.asked())
    until = date(2017, 11, 30)
    refused(fund, number, until)
    vote_id = fund.voted("extension", 20171230, loan_number=number)
    refused(fund, number, until)
    fund.do(mutual_aid.permit_extension, TELLER, vote_id=vote_id)
    # Voted until 30 December, not 30 November.
    refused(fund, number, until)
    vote_id = fund.voted("extension", 20171130, loan_number=number)
    fund.do(mutual_aid.permit_extension, TELLER, vote_id=vote_id)
    extend(fund, number, until)


def refused(fund: Fund, number: str, until: date) -> None:
    with pytest.raises(SheetRefused) as caught:
        extend(fund, number, until)
    assert [type(one) for _, one in caught.value.rows] == [refusals.ExtensionNotVoted]


# --- every guard has been seen red ----------------------------------------------------------------


def _nothing(*_args: object, **_more: object) -> Iterator[Any]:
    return iter(())


def _free(_session: object, groups: Any, **_more: object) -> dict[int, str]:
    return {}


PLANTED = [
    Plant(
        test_a_groups_next_loan_comes_after_the_earlier_ones_are_paid,
        "loans.mutual.open_of",
        _free,
    ),
    Plant(test_nobody_leaves_a_group_that_owes, "loans.mutual.open_of", _free),
    Plant(test_a_fund_pays_out_what_it_has, "loans.mutual.pay_out", lambda _s, _d: None),
    Plant(
        test_a_payment_whose_money_was_lent_again_is_not_undone,
        "loans.operations.reversing.mutual.take_money",
        lambda *_: None,
        catches=(pytest.fail.Exception,),
    ),
    Plant(
        test_an_approved_application_that_is_dropped_frees_the_group,
        "loans.operations.signing.require_kept",
        lambda *_: None,
        catches=(pytest.fail.Exception, AssertionError, SheetRefused),
    ),
    Plant(
        test_a_later_loan_may_be_twice_the_first,
        "loans.mutual._earlier",
        lambda _session, _lender, ids: dict.fromkeys(ids, 1),
    ),
    Plant(
        test_a_fund_lends_mutual_loans_alone_and_nobody_else_does,
        "loans.operations.applying.check_lender",
        lambda *_args: None,
        catches=(pytest.fail.Exception, SheetRefused),
    ),
    Plant(
        test_who_is_in_no_group_borrows_nothing,
        "loans.operations.terms_of_day.broken_fund_rules",
        _nothing,
        catches=(pytest.fail.Exception, AssertionError),
    ),
    Plant(
        test_the_whole_group_signs_and_none_of_it_decides,
        "loans.mutual.signers_of",
        lambda _session, _sheet: set(),
    ),
    Plant(
        test_an_extension_takes_a_vote_for_that_loan_and_day,
        "loans.changes.rules.ExtensionNotVoted",
        refusals.MaturityNotLater,
        catches=(AssertionError, KeyError, pytest.fail.Exception),
    ),
]


@pytest.mark.damaged("a loan that a planted bug lets through may stand against the record")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = inspect.signature(plant.test).parameters
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})
