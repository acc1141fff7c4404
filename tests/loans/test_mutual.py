"""互助式: a village fund lends its own money to households of its joint groups, outside the county's
programmes; what each rule refuses, and that nothing of it is subsidised, covered or counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

import ledger
import loans
from households.models import Person
from kernel.refusals import Refusal
from loans import bad_by_place, funds, mutual, mutual_rules, refusals
from loans.changes import rules as change_rules
from loans.models import (
    JointAgreement,
    JointSigner,
    LendingLimit,
    Loan,
    LoanBearer,
    MutualLender,
    Position,
    Settlement,
)
from loans.operations import disbursing
from loans.refusals import SheetRefused
from office.refusals import OwnHousehold
from organisations import Kind
from tests.loans.fund_town import (
    FEE,
    FIRST,
    LATER,
    apply,
    asked,
    contracts,
    form_group,
    found_fund,
    lend,
)
from tests.loans.lists import found_organisation, id_of
from tests.loans.refusing import newcomer
from tests.loans.town import DIRECTOR, FULL, OFFICER, VILLAGE, Town
from tests.planted import Plant


def told(town: Town, lender_id: int, *rows: loans.Asked) -> set[type[Refusal]]:
    with pytest.raises(SheetRefused) as caught:
        apply(town, lender_id, *rows)
    return {type(refusal) for _, refusal in caught.value.rows}


@pytest.fixture
def fund(town: Town) -> int:
    """A fund of 50 000 with a group of the first four households."""
    lender_id = found_fund(town)
    form_group(town, lender_id, 1, 1, 2, 3, 4)
    return lender_id


def loan_of(town: Town, number: str) -> Loan:
    with town.books.read() as session:
        found = session.scalars(select(Loan).where(Loan.number == number)).one()
        session.expunge(found)
        return found


# --- what it is ----------------------------------------------------------------------------------


def test_a_fund_lends_at_its_fee_outside_subsidy_cover_and_line(town: Town, fund: int) -> None:
    (number,) = lend(town, fund, asked(town))
    loan = loan_of(town, number)
    assert (loan.mode, loan.lender_id, loan.uses_line) == ("mutual", fund, False)
    assert (loan.annual_rate_ppm, loan.cover_cap_fen) == (FEE, 0)
    with town.books.read() as session:
        assert session.scalar(select(func.count()).select_from(LoanBearer)) == 0
        # 50 000.00 less 5 000.00
        assert mutual.money_of(session, fund) == 4_500_000


def test_the_fee_is_booked_like_interest_and_paid_by_the_household_alone(
    town: Town, fund: int
) -> None:
    """5 000.00 for 365 days at 6 %, over 360: 5 000 × 365 × 0.06 ÷ 360 = 304.1666… = 304.17."""
    (number,) = lend(town, fund, asked(town))
    town.close_to(date(2017, 5, 29))
    with town.books.read() as session:
        (settled,) = session.scalars(select(Settlement)).all()
        assert (settled.amount_fen, settled.household_fen, settled.treasury_fen) == (
            30_417, 30_417, 0,
        )  # fmt: skip
    town.pay(number, FIRST + 30_417)
    assert town.position(number).state == "settled"
    with town.books.read() as session:
        assert mutual.money_of(session, fund) == 5_000_000 + 30_417


def test_the_whole_group_signs_and_none_of_it_decides(town: Town, fund: int) -> None:
    sheet_id = apply(town, fund, asked(town))
    with town.books.read() as session:
        agreement = session.scalars(select(JointAgreement)).one()
        signers = set(session.scalars(select(JointSigner.household_id)))
    assert signers == set(list(town.households.values())[:4])
    assert agreement.group_id == 1
    assert agreement.number == f"LB2016{agreement.application_id:07d}"
    # The head of the fourth household is the director.
    with town.books.read() as session:
        own = session.scalars(
            select(Person.identity_index).where(
                Person.household_id == list(town.households.values())[3], Person.is_head
            )
        ).one()
    with pytest.raises(OwnHousehold):
        town.approve(sheet_id, by=replace(DIRECTOR, identity_index=own))


def test_households_of_no_programme_are_members_too(town: Town) -> None:
    lender_id = found_fund(town)
    unregistered = newcomer(town, 90, rated=False)
    place = list(town.households).index(unregistered) + 1
    form_group(town, lender_id, 1, 1, 2, 3, place)
    (number,) = contracts(town, lender_id, asked(town, place))
    assert loan_of(town, number).household_id == town.households[unregistered]


def test_a_mutual_loan_is_not_in_the_households_programme_total(town: Town, fund: int) -> None:
    lend(town, fund, asked(town))
    # 50 000 of the programme beside it, and the line is whole.
    town.contracts(town.asked(1, amount_fen=FULL))


def test_a_programme_loan_does_not_bind_the_fund(town: Town, fund: int) -> None:
    town.lend(1)
    contracts(town, fund, asked(town))


def test_limits_and_stops_of_the_county_do_not_reach_a_fund(town: Town, fund: int) -> None:
    (number,) = contracts(town, fund, asked(town))
    with town.books.write("risk_fund.watch", by=town.system) as session:
        loans.set_stop(session, scope=("region", "431022100"), stopped=True, clause="熔断")
    town.disburse(number, FIRST)
    with town.books.read() as session:
        assert set(session.scalars(select(LendingLimit.used_fen))) <= {0}


def test_bad_mutual_loans_are_not_the_countys(town: Town, fund: int) -> None:
    lend(town, fund, asked(town))
    town.close_to(date(2016, 5, 30))
    with town.books.read() as session:
        assert session.execute(bad_by_place.bad_by("bank", day=date(2016, 5, 30))).all() == []


# --- refused -------------------------------------------------------------------------------------


def test_a_fund_lends_mutual_loans_alone_and_nobody_else_does(town: Town, fund: int) -> None:
    for lender_id, row in ((fund, town.asked(1)), (town.lender_id, asked(town))):
        with pytest.raises(refusals.LenderUnfitForMode):
            apply(town, lender_id, row)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_fen": FIRST + 1}, refusals.AmountAboveLimit),
        ({"term_months": 13}, refusals.TermTooLong),
        ({"annual_rate_ppm": FEE + 1}, refusals.FeeRateDiffers),
        ({"annual_rate_ppm": FEE - 100}, refusals.FeeRateDiffers),
        ({"revolving": True}, refusals.ModeUnfit),
        ({"renews": "XD20160000001"}, refusals.ModeUnfit),
        ({"collateral": True}, refusals.CollateralAsked),
        ({"use": "wedding"}, refusals.PurposeBanned),
    ],
)
def test_what_a_household_may_not_ask(
    town: Town, fund: int, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    assert refusal in told(town, fund, asked(town, **changes))


def test_who_is_in_no_group_borrows_nothing(town: Town, fund: int) -> None:
    assert told(town, fund, asked(town, 5)) == {refusals.NoJointGroup}


def test_a_group_of_another_fund_does_not_count(town: Town, fund: int) -> None:
    other = found_fund(town, serial=51, village="431022100202")
    form_group(town, other, 2, 5, 6)
    assert told(town, fund, asked(town, 5)) == {refusals.NoJointGroup}
    # And the other fund lends in its own village alone, to groups that are large enough.
    assert told(town, other, asked(town, 5)) == {
        refusals.FundOfAnotherVillage, refusals.JointGroupSize,
    }  # fmt: skip


@pytest.mark.parametrize(("places", "fits"), [(3, False), (4, True), (8, True), (9, False)])
def test_a_group_has_four_to_eight_households(town: Town, places: int, fits: bool) -> None:
    for number in range(7, 10):
        newcomer(town, number, rated=False)
    lender_id = found_fund(town)
    form_group(town, lender_id, 1, *range(1, places + 1))
    if fits:
        apply(town, lender_id, asked(town))
    else:
        assert told(town, lender_id, asked(town)) == {refusals.JointGroupSize}


def test_a_fund_that_does_not_lend_lends_nothing(town: Town, fund: int) -> None:
    with town.books.write("mutual_aid.close", by=town.system) as session:
        funds.set_lending(session, lender_id=fund, lends=False)
    assert told(town, fund, asked(town)) == {refusals.FundDoesNotLend}


def test_a_village_fund_that_was_never_founded_lends_nothing(town: Town) -> None:
    lender_id = id_of(town, found_organisation(town, 60, kind=Kind.VILLAGE_FUND))
    assert told(town, lender_id, asked(town)) == {refusals.FundDoesNotLend}


def test_a_household_is_in_one_group(town: Town, fund: int) -> None:
    with pytest.raises(refusals.JointMemberElsewhere):
        form_group(town, fund, 2, 4, 5, 6)


# --- the group pays first ------------------------------------------------------------------------


def test_a_groups_next_loan_comes_after_the_earlier_ones_are_paid(town: Town, fund: int) -> None:
    """Two of the group on one sheet are one round; a third waits until both have paid."""
    first, second = lend(town, fund, asked(town, 1), asked(town, 2))
    assert told(town, fund, asked(town, 3)) == {refusals.JointGroupOwes}
    town.pay(first, FIRST, early=True)
    assert told(town, fund, asked(town, 3)) == {refusals.JointGroupOwes}
    town.pay(second, FIRST, early=True)
    # Paid on the day of the draw: not a day's fee.
    (third,) = lend(town, fund, asked(town, 3))
    # Another group's loan does not wait for it.
    form_group(town, fund, 2, 5, 6)
    assert told(town, fund, asked(town, 5)) == {refusals.JointGroupSize}
    assert town.position(third).state == "active"


@pytest.mark.parametrize("state", ["waiting", "approved", "signed"])
def test_an_open_application_holds_the_group(town: Town, fund: int, state: str) -> None:
    sheet_id = apply(town, fund, asked(town, 1))
    if state != "waiting":
        town.approve(sheet_id)
    if state == "signed":
        town.sign(sheet_id)
    assert told(town, fund, asked(town, 2)) == {refusals.JointGroupOwes}
    with pytest.raises(refusals.HouseholdStillBound):
        leave(town, 4)


def test_a_rejected_application_frees_the_group(town: Town, fund: int) -> None:
    sheet_id = apply(town, fund, asked(town, 1))
    with town.books.write("loans.approve", by=DIRECTOR) as session:
        loans.decide_sheet(
            session, sheet_id=sheet_id, approved=False, reason="资料不全",
            on=ledger.open_day(session), by=DIRECTOR,
        )  # fmt: skip
    apply(town, fund, asked(town, 2))


def test_a_later_loan_may_be_twice_the_first(town: Town, fund: int) -> None:
    """5 000.00 at first, 10 000.00 later; of the household, not of its group."""
    (number,) = lend(town, fund, asked(town))
    town.pay(number, FIRST, early=True)
    assert told(town, fund, asked(town, 2, amount_fen=LATER)) == {
        refusals.AmountAboveLimit, refusals.HouseholdTotalAboveLimit,
    }  # fmt: skip
    assert told(town, fund, asked(town, 1, amount_fen=LATER + 1)) == {
        refusals.AmountAboveLimit, refusals.HouseholdTotalAboveLimit,
    }  # fmt: skip
    contracts(town, fund, asked(town, 1, amount_fen=LATER))


def leave(town: Town, place: int) -> None:
    with town.books.write("mutual_aid.group", by=town.system) as session:
        funds.leave_group(
            session,
            household_id=list(town.households.values())[place - 1],
            on=ledger.open_day(session),
        )


def test_nobody_leaves_a_group_that_owes(town: Town, fund: int) -> None:
    (number,) = lend(town, fund, asked(town))
    with pytest.raises(refusals.HouseholdStillBound) as caught:
        leave(town, 4)
    assert number in caught.value.message("zh")
    town.pay(number, FIRST, early=True)
    leave(town, 4)
    assert told(town, fund, asked(town)) == {refusals.JointGroupSize}


# --- the fund's money -----------------------------------------------------------------------------


def test_a_fund_pays_out_what_it_has(town: Town) -> None:
    lender_id = found_fund(town, fen=FIRST + 100)
    form_group(town, lender_id, 1, 1, 2, 3, 4)
    first, second = contracts(town, lender_id, asked(town, 1), asked(town, 2))
    town.disburse(first, FIRST)
    with pytest.raises(refusals.FundMoneyShort) as caught:
        town.disburse(second, FIRST)
    assert "1.00元，不足以支付5000.00元" in caught.value.message("zh")
    town.disburse(second, 100)


# --- an extension takes a vote --------------------------------------------------------------------


def extend(town: Town, number: str, day: date) -> None:
    change = loans.ChangeAsked(number, "母牛产犊推迟", matures_on=day)
    with town.books.write("loans.change", by=OFFICER) as session:
        loans.propose_changes(
            session, kind="extension", rows=[change], rulebook=town.rulebook,
            keyring=town.keyring, calendar=town.calendar, on=ledger.open_day(session), by=OFFICER,
        )  # fmt: skip


def test_an_extension_takes_a_vote_for_that_day(town: Town, fund: int) -> None:
    (number,) = lend(town, fund, asked(town))
    until = date(2017, 11, 30)
    for voted in (None, date(2017, 12, 30)):
        if voted is not None:
            permit(town, number, voted)
        with pytest.raises(Refusal) as caught:
            extend(town, number, until)
        assert "表决" in str(caught.value.message("zh")) or isinstance(caught.value, SheetRefused)
    permit(town, number, until)
    extend(town, number, until)


def permit(town: Town, number: str, until: date) -> None:
    with town.books.write("mutual_aid.vote", by=town.system) as session:
        funds.permit_extension(
            session, loan_id=loan_of(town, number).id, to_on=until, clause="第3号表决",
            on=ledger.open_day(session),
        )  # fmt: skip
