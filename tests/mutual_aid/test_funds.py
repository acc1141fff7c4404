"""A village fund's own life: founded by two, members and stakes, votes, money, the monthly list."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

import ledger
import mutual_aid
from households import families
from households import queries as register
from households.families import EventKind, Successor, Told
from households.models import HouseholdStatus, Status
from kernel.refusals import Refusal
from loans.models import JointGroup, MutualLender
from loans.refusals import AmountNotPositive, FundMoneyShort, HouseholdStillBound
from mutual_aid import checks, figures, queries, refusals
from mutual_aid.counting import Counted, carries, fee_parts
from mutual_aid.models import (
    FundPlace,
    MemberPosition,
    MutualMovement,
    PublicList,
)
from office.refusals import NotEntitled, ReasonMissing, SameMakerAndChecker, VoucherUsed
from policy import Rulebook
from tests.loans.lists import found_organisation, id_of
from tests.loans.refusing import newcomer
from tests.loans.town import OFFICE, OFFICER, VILLAGE, Town
from tests.mutual_aid.fund import BUREAU, FEE, FIRST, KEEPER, STAKE, TELLER, Fund
from tests.planted import Plant

ELSEWHERE = "431022100202"


@pytest.fixture
def proposed(town: Town) -> Fund:
    """A fund that waits for a second person."""
    fund = Fund(town)
    fund.id = fund.propose()
    return fund


# --- founding ------------------------------------------------------------------------------------


def test_two_people_found_a_fund(proposed: Fund) -> None:
    with pytest.raises(refusals.FundNotOpen):
        proposed.take_in(100)
    with pytest.raises(SameMakerAndChecker):
        proposed.decide(proposed.id, by=OFFICE)
    proposed.decide(proposed.id)
    proposed.take_in(100)
    with proposed.town.books.read() as session:
        lender = session.get_one(MutualLender, proposed.lender_id)
        told = (lender.village_code, lender.fee_rate_ppm, lender.fee_clause, lender.lends)
        assert told == (VILLAGE, FEE, "章程第八条", True)


def test_a_fund_that_was_rejected_never_opens(proposed: Fund) -> None:
    proposed.decide(proposed.id, approved=False, reason="章程未经社员大会通过")
    with pytest.raises(refusals.FundNotOpen):
        proposed.take_in(100)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"registration_no": " "}, refusals.FundPaperMissing),
        ({"constitution": ""}, refusals.FundPaperMissing),
        ({"fee_rate_ppm": 59_900}, refusals.FeeRateOutOfRange),
        ({"fee_rate_ppm": 80_100}, refusals.FeeRateOutOfRange),
    ],
)
def test_what_a_fund_needs(town: Town, changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        Fund(town).propose(**changes)


def test_only_a_village_fund_is_one(town: Town) -> None:
    enterprise = id_of(town, found_organisation(town, 70))
    with pytest.raises(refusals.NotAVillageFund):
        Fund(town, lender_id=enterprise).propose()


def test_one_village_one_fund(town: Town) -> None:
    """Two are proposed; the second is refused when it is approved, and a third is not proposed."""
    first, second = Fund(town), Fund(town)
    first.id, second.id = first.propose(), second.propose(serial=51)
    first.decide(first.id)
    with pytest.raises(refusals.VillageHasFund):
        second.decide(second.id)
    with pytest.raises(refusals.VillageHasFund):
        Fund(town).propose(serial=52)
    # And an organisation is one fund.
    with pytest.raises(refusals.VillageHasFund):
        Fund(town, lender_id=first.lender_id).propose(village=ELSEWHERE)


# --- members and stakes --------------------------------------------------------------------------


def test_a_stake_is_the_members_own(fund: Fund) -> None:
    fund.join(5, stake=3 * STAKE)
    assert fund.balance("mutual_stakes") == 4 * STAKE + 3 * STAKE
    with fund.town.books.read() as session:
        lines = {line.household_id: line for line in queries.members_of(session, fund.id)}
    assert lines[fund.household(5)].stake_fen == 30_000
    assert lines[fund.household(5)].group_nr is None
    assert lines[fund.household(1)].group_nr == 1


@pytest.mark.parametrize(
    ("fen", "refusal"),
    [
        (0, AmountNotPositive),
        (STAKE + 1, refusals.StakeNotWholePortions),
        # 100.00 is there: 900.00 more is 1 000.00, 1 000.00 more would be 1 100.00
        (100_000, refusals.DepositsForbidden),
    ],
)
def test_a_stake_is_whole_portions_and_no_deposit(
    fund: Fund, fen: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        fund.pay(1, fen)
    fund.pay(1, 90_000)


def test_a_stake_below_the_smallest_is_refused(town: Town) -> None:
    fund = Fund(town)
    fund.id = fund.propose(stake_unit_fen=5_000)
    fund.decide(fund.id)
    fund.join(1, stake=0)
    with pytest.raises(refusals.StakeTooSmall):
        fund.pay(1, 5_000)


def test_the_fiscal_money_pays_the_base_stake_of_the_poor_alone(fund: Fund) -> None:
    """100.00 change their name: 50 000.00 fiscal money are 49 900.00 and a base stake of 100.00."""
    fund.join(5, base_by="fiscal")
    assert fund.balance("mutual_fiscal") == 4_990_000
    assert fund.balance("mutual_base_stakes") == 10_000
    with fund.town.books.write("households.import", by=fund.town.system) as session:
        on = ledger.open_day(session)
        session.add(
            HouseholdStatus(
                household_id=fund.household(6), status=Status.LIFTED, from_on=on, booked_on=on,
                reason="脱贫",
            )
        )  # fmt: skip
    with pytest.raises(refusals.BaseStakeForPoorOnly):
        fund.join(6, base_by="fiscal")


def test_a_base_stake_needs_fiscal_money(town: Town) -> None:
    fund = Fund(town).found(fen=STAKE)
    fund.join(1, base_by="fiscal")
    with pytest.raises(refusals.FiscalMoneyShort):
        fund.join(2, base_by="fiscal")


def test_one_member_for_a_household_of_the_village(fund: Fund) -> None:
    with pytest.raises(refusals.FundMemberAlready):
        fund.join(1)
    other = Fund(fund.town).found(fen=0, serial=51, village=ELSEWHERE)
    with pytest.raises(refusals.HouseholdOfOtherVillage):
        other.join(5)
    with pytest.raises(refusals.SpeakerUnfit):
        fund.join(5, person_id=1)


def test_a_stake_comes_back_on_leaving_from_another_hand(fund: Fund) -> None:
    fund.pay(1, STAKE)
    with pytest.raises(refusals.StakeStillHeld):
        fund.withdraw(1)
    with pytest.raises(ReasonMissing):
        fund.do(
            mutual_aid.leave, rules=True, fund_id=fund.id, household_id=fund.household(1), reason=""
        )
    fund.leave(1)
    with pytest.raises(SameMakerAndChecker):
        fund.withdraw(1, by=KEEPER)
    with pytest.raises(refusals.FundMemberAlready):
        fund.join(1)
    before = fund.balance("funds")
    fund.withdraw(1)
    # 200.00: the first 100.00 and the second
    assert before - fund.balance("funds") == 20_000
    with pytest.raises(refusals.FundMemberUnknown):
        fund.withdraw(1)
    fund.join(1)


def test_a_base_stake_goes_back_to_the_fiscal_money(fund: Fund) -> None:
    fund.join(5, base_by="fiscal")
    fund.leave(5)
    assert fund.balance("mutual_fiscal") == 5_000_000
    assert fund.balance("mutual_base_stakes") == 0
    with pytest.raises(refusals.FundMemberUnknown):
        fund.withdraw(5)


def test_a_stake_that_is_lent_out_waits(town: Town) -> None:
    """500.00 of stakes and 4 500.00 fiscal money, all lent: nothing is there until it is repaid."""
    fund = Fund(town).found(fen=450_000)
    fund.group(1, 2, 3, 4)
    fund.join(5)
    (number,) = fund.lend(fund.asked(1))
    fund.leave(5)
    with pytest.raises(FundMoneyShort):
        fund.withdraw(5)
    with pytest.raises(HouseholdStillBound):
        fund.leave(2)
    town.pay(number, FIRST, early=True)
    fund.withdraw(5)


def test_nobody_outside_a_fund_does_anything_in_it(fund: Fund) -> None:
    with pytest.raises(refusals.FundMemberUnknown):
        fund.pay(5, STAKE)
    with pytest.raises(NotEntitled):
        fund.leave(1, by=OFFICER)


# --- groups --------------------------------------------------------------------------------------


def test_a_group_is_formed_of_four_to_eight_members(town: Town) -> None:
    for number in range(7, 10):
        newcomer(town, number, rated=False)
    fund = Fund(town).found()
    fund.join(*range(1, 10))
    with pytest.raises(refusals.JointGroupUnfit):
        fund.group(1, 2, 3)
    with pytest.raises(refusals.JointGroupUnfit):
        fund.group(*range(1, 10))
    group_id = fund.group(*range(1, 9))
    with pytest.raises(refusals.JointGroupUnfit):
        enter(fund, group_id, 9)
    fund.leave_group(8)
    enter(fund, group_id, 9)
    with town.books.read() as session:
        assert session.get_one(JointGroup, group_id).members == 8
        assert queries.groups_of(session, fund.id) == {
            1: sorted(fund.household(place) for place in (1, 2, 3, 4, 5, 6, 7, 9))
        }


def enter(fund: Fund, group_id: int, place: int) -> None:
    fund.do(
        mutual_aid.join_group, rules=True, group_id=group_id, household_id=fund.household(place)
    )


# --- votes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eligible", "present", "voted_for", "passed"),
    [
        # two thirds come: 20 of 30; 19 are too few
        (30, 20, 11, True),
        (30, 19, 19, False),
        # more than half of those who came: 11 of 20; 10 are not
        (30, 20, 10, False),
        (3, 2, 2, True),
        (3, 1, 1, False),
    ],
)
def test_a_vote_carries_by_those_who_came(
    rulebook: Rulebook, eligible: int, present: int, voted_for: int, passed: bool
) -> None:
    rules = rulebook.mutual(on=date(2016, 5, 30), region=VILLAGE)
    counted = Counted(eligible, present, voted_for, present - voted_for, 0)
    assert carries(counted, rules) is passed


def test_one_household_one_ballot(fund: Fund) -> None:
    vote_id = fund.open_vote("other")
    cast(fund, vote_id, {1: "for", 2: "against"})
    with pytest.raises(refusals.BallotTwice):
        cast(fund, vote_id, {2: "for", 3: "for"})
    with pytest.raises(refusals.BallotOfNonMember):
        cast(fund, vote_id, {5: "for"})
    with pytest.raises(refusals.ChoiceUnknown):
        cast(fund, vote_id, {3: "perhaps"})
    cast(fund, vote_id, {3: "for"})
    # 3 of 4 came, 2 of 3 are for it
    assert fund.count(vote_id)
    with pytest.raises(refusals.VoteIsCounted):
        cast(fund, vote_id, {4: "for"})
    with pytest.raises(refusals.VoteIsCounted):
        fund.count(vote_id)


def cast(fund: Fund, vote_id: int, ballots: dict[int, str]) -> None:
    by_id = {fund.household(place): choice for place, choice in ballots.items()}
    fund.do(mutual_aid.cast, vote_id=vote_id, ballots=by_id)


@pytest.mark.parametrize(
    "counted",
    [
        # four are members: five cannot come, and four do not cast five ballots
        Counted(4, 5, 3, 1, 1),
        Counted(4, 4, 3, 1, 1),
        Counted(5, 5, 3, 1, 1),
        Counted(4, 4, 5, -1, 0),
    ],
)
def test_more_ballots_than_members_are_refused(fund: Fund, counted: Counted) -> None:
    vote_id = fund.open_vote("other")
    with pytest.raises(refusals.BallotsAboveMembers):
        fund.count(vote_id, by_list=counted, list_document="签到表")
    with pytest.raises(refusals.FundPaperMissing):
        fund.count(vote_id, by_list=Counted(4, 3, 2, 1, 0))
    assert fund.count(vote_id, by_list=Counted(4, 3, 2, 1, 0), list_document="签到表")


@pytest.mark.parametrize(
    "matter",
    [
        {"subject": "lottery"},
        {"subject": "fee_rate"},
        {"subject": "spending", "figure": 0},
        {"subject": "extension", "figure": 20171330, "loan_number": "XD1"},
        {"subject": "extension", "figure": 20171130, "loan_number": "XD1"},
    ],
)
def test_a_vote_names_its_matter(fund: Fund, matter: dict[str, Any]) -> None:
    with pytest.raises(refusals.VoteNeedsItsMatter):
        fund.open_vote(**matter)


def test_the_fee_is_what_the_members_voted_for(fund: Fund) -> None:
    vote_id = fund.open_vote("fee_rate", 70_000)
    with pytest.raises(refusals.VoteDoesNotCarry):
        set_fee(fund, vote_id)
    cast(fund, vote_id, {1: "for", 2: "for", 3: "for"})
    assert fund.count(vote_id)
    with pytest.raises(SameMakerAndChecker):
        set_fee(fund, vote_id, by=KEEPER)
    set_fee(fund, vote_id)
    with pytest.raises(refusals.VoteCarriedOut):
        set_fee(fund, vote_id)
    fund.contracts(fund.asked(annual_rate_ppm=70_000))
    too_high = fund.voted("fee_rate", 90_000)
    with pytest.raises(refusals.FeeRateOutOfRange):
        set_fee(fund, too_high)


def set_fee(fund: Fund, vote_id: int, by: Any = TELLER) -> None:
    fund.do(mutual_aid.set_fee, by, rules=True, vote_id=vote_id)


# --- money ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("deposit", refusals.DepositsForbidden),
        ("dividend", refusals.DividendsForbidden),
        ("loan", refusals.MovementUnknown),
    ],
)
def test_no_deposits_and_no_dividends(fund: Fund, kind: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        fund.take_in(STAKE, kind=kind)
    with pytest.raises(refusal):
        fund.open_vote("spending", STAKE, spent_on=kind)


def test_a_voucher_is_booked_once(fund: Fund) -> None:
    fund.take_in(STAKE, kind="gift")
    assert fund.balance("mutual_gifts") == STAKE
    with pytest.raises(VoucherUsed):
        fund.do(
            mutual_aid.take_in, BUREAU, rules=True, fund_id=fund.id, kind="gift",
            amount_fen=STAKE, document="捐赠", channel="transfer", voucher_no="HZ000051",
        )  # fmt: skip


def test_the_fee_is_set_apart_to_the_fen(rulebook: Rulebook) -> None:
    """304.17 at 40 : 30 : 10 : 20 is 121.668, 91.251, 30.417, 60.834: the floors make 304.15, and
    the two largest remainders (.8 and .7 of a fen, running cost and welfare) take a fen each.
    """
    rules = rulebook.mutual(on=date(2016, 5, 30), region=VILLAGE)
    assert fee_parts(30_417, rules) == [12_167, 9_125, 3_042, 6_083]
    assert sum(fee_parts(30_417, rules)) == 30_417


def lived(fund: Fund) -> Fund:
    """A loan of a year is paid with its fee of 304.17."""
    (number,) = fund.lend(fund.asked())
    fund.town.close_to(date(2017, 5, 29))
    fund.town.pay(number, FIRST + 30_417)
    fund.town.close_to(date(2017, 5, 31))
    return fund


def share(fund: Fund, to_on: date, by: Any = TELLER) -> int:
    vote_id = fund.voted("sharing")
    return int(fund.do(mutual_aid.share_fee, by, rules=True, vote_id=vote_id, to_on=to_on))


def test_fee_that_was_taken_is_set_apart_once_and_spent_by_vote(fund: Fund) -> None:
    lived(fund)
    share(fund, date(2017, 6, 1))
    kinds = ("mutual_running", "mutual_capital", "mutual_welfare", "mutual_reserve")
    assert [fund.balance(kind) for kind in kinds] == [12_167, 9_125, 3_042, 6_083]
    with pytest.raises(refusals.NothingToShare):
        share(fund, date(2017, 6, 1))
    too_much = fund.voted("spending", 12_168)
    with pytest.raises(refusals.SetApartShort):
        fund.spend(too_much)
    vote_id = fund.voted("spending", 12_000)
    with pytest.raises(SameMakerAndChecker):
        fund.spend(vote_id, by=KEEPER)
    fund.spend(vote_id)
    with pytest.raises(refusals.VoteCarriedOut):
        fund.spend(vote_id)
    assert fund.balance("mutual_running") == 167


@pytest.mark.parametrize(
    ("spent_on", "left"), [("running_cost", (11_167, 3_042)), ("welfare", (12_167, 2_042))]
)
def test_a_spending_is_for_what_was_voted(fund: Fund, spent_on: str, left: tuple[int, int]) -> None:
    """10.00 of 121.67 for running costs, or of 30.42 for the village's good: the vote says which,
    and nobody who carries it out says otherwise.
    """
    lived(fund)
    share(fund, date(2017, 6, 1))
    vote_id = fund.voted("spending", 1_000, spent_on=spent_on)
    fund.spend(vote_id)
    assert (fund.balance("mutual_running"), fund.balance("mutual_welfare")) == left
    with fund.town.books.read() as session:
        kinds = session.scalars(
            select(MutualMovement.kind).where(MutualMovement.vote_id == vote_id)
        ).all()
    assert kinds == [spent_on]


def test_fee_due_is_fee_taken_and_owed(fund: Fund) -> None:
    """304.17 fall due on 30 May 2017; 100.00 is paid of it, 204.17 is owed."""
    (number,) = fund.lend(fund.asked())
    fund.town.close_to(date(2017, 5, 29))
    fund.town.pay(number, 10_000)
    with fund.town.books.read() as session:
        fee = queries.fee_until(session, fund.lender_id, date(2017, 5, 30))
        assert (fee.due_fen, fee.taken_fen, fee.owed_fen) == (30_417, 10_000, 20_417)


def test_what_a_fund_turned_over(fund: Fund) -> None:
    """5 000.00 lent of 50 400.00: 0.1 times; 会泽 500万 of 150万 3.3, 旺苍 1.90亿 of 2235万 8.5."""
    fund.lend(fund.asked())
    with fund.town.books.read() as session:
        turned = queries.turnover(session, fund.id, until=date(2016, 5, 30))
    assert (turned.fund_fen, turned.lent_fen, turned.tenths) == (5_040_000, 500_000, 1)
    assert queries.Turnover(150_000_000, 0, 0, 500_000_000).tenths == 33
    assert queries.Turnover(2_235_000_000, 0, 0, 19_000_000_000).tenths == 85
    # 河北: 7 088万 = 4 971万 fiscal money + 2 117万 of stakes
    assert queries.Turnover(4_971_000_000, 2_117_000_000, 0, 0).fund_fen == 7_088_000_000


def test_a_fund_ends_by_vote_when_it_is_empty(fund: Fund) -> None:
    vote_id = fund.voted("closing")
    close: dict[str, Any] = {"rules": True, "vote_id": vote_id, "document": "清算报告"}
    with pytest.raises(refusals.FundNotEmpty):
        fund.do(mutual_aid.close_fund, TELLER, **close)
    for place in (1, 2, 3, 4):
        fund.leave(place)
        fund.withdraw(place)
    with pytest.raises(refusals.FundPaperMissing):
        fund.do(mutual_aid.close_fund, TELLER, **{**close, "document": ""})
    hand_over(fund, vote_id, "mutual_fiscal")
    fund.do(mutual_aid.close_fund, TELLER, **close)
    with pytest.raises(refusals.FundNotOpen):
        fund.join(1)
    with fund.town.books.read() as session:
        assert session.scalar(select(func.count()).select_from(FundPlace)) == 0
    # The village may found another.
    Fund(fund.town).found(serial=51)


def hand_over(fund: Fund, vote_id: int, of_account: str, **more: Any) -> int:
    return int(
        fund.do(
            mutual_aid.hand_over, TELLER, rules=True, vote_id=vote_id, of_account=of_account,
            channel="transfer", voucher_no=fund.voucher(), **{"document": "交接单1号", **more},
        )
    )  # fmt: skip


def test_what_is_left_goes_where_the_rules_say_before_the_end(fund: Fund) -> None:
    """50 000.00 fiscal money goes back to the treasury, 300.00 of gifts to the village, and so do
    25.00 of fee: 5 000.00 at 6 % from 30 May to 29 June, 30 days: 5 000 x 6 % x 30 ÷ 360 = 25.00,
    set apart at 40 : 30 : 10 : 20.
    """
    fund.take_in(30_000, kind="gift")
    (number,) = fund.lend(fund.asked())
    fund.town.close_to(date(2016, 6, 28))
    fund.town.pay(number, FIRST + 2_500, early=True)
    fund.town.close_to(date(2016, 6, 29))
    vote_id = fund.voted("closing")
    share = fund.voted("sharing")
    with pytest.raises(refusals.FundNotEmpty):
        hand_over(fund, vote_id, "mutual_fiscal")
    for place in (1, 2, 3, 4):
        fund.leave(place)
        fund.withdraw(place)
    with pytest.raises(refusals.MovementUnknown):
        hand_over(fund, vote_id, "mutual_stakes")
    with pytest.raises(refusals.FundPaperMissing):
        hand_over(fund, vote_id, "mutual_gifts", document=" ")
    with pytest.raises(refusals.VoteDoesNotCarry):
        hand_over(fund, share, "mutual_gifts")
    with pytest.raises(refusals.NothingLeftThere):
        hand_over(fund, vote_id, "mutual_welfare")
    hand_over(fund, vote_id, "mutual_fiscal")
    hand_over(fund, vote_id, "mutual_gifts")
    close: dict[str, Any] = {"rules": True, "vote_id": vote_id, "document": "清算报告"}
    with pytest.raises(refusals.FundHoldsMoney) as caught:
        fund.do(mutual_aid.close_fund, TELLER, **close)
    assert "还有资金25.00元未处置（未分配占用费）" in caught.value.message("zh")
    fund.do(mutual_aid.share_fee, TELLER, rules=True, vote_id=share, to_on=fund.town.today)
    with pytest.raises(refusals.FundHoldsMoney) as caught:
        fund.do(mutual_aid.close_fund, TELLER, **close)
    assert "运行成本费、公积金、公益金、亏损准备金" in caught.value.message("zh")
    for kind in ("mutual_running", "mutual_capital", "mutual_welfare", "mutual_reserve"):
        hand_over(fund, vote_id, kind)
    assert fund.balance("funds") == 0
    fund.do(mutual_aid.close_fund, TELLER, **close)
    with fund.town.books.read() as session:
        rows = session.execute(
            select(MutualMovement.of_account, MutualMovement.amount_fen, MutualMovement.document)
            .where(MutualMovement.kind == "residue")
            .order_by(MutualMovement.id)
        ).all()
        money = session.execute(figures.money_by_village(fund.town.today)).all()
        assert list(checks.check(session)) == []
    village = "村集体公益事业：交接单1号"
    assert [tuple(row) for row in rows] == [
        ("mutual_fiscal", 5_000_000, "财政（经乡镇交回）：交接单1号"),
        ("mutual_gifts", 30_000, village),
        ("mutual_running", 1_000, village),
        ("mutual_capital", 750, village),
        ("mutual_welfare", 250, village),
        ("mutual_reserve", 500, village),
    ]
    assert [tuple(row) for row in money] == [(VILLAGE, 0, 0)]


# --- the books an auditor asks for ---------------------------------------------------------------


def test_the_months_list(fund: Fund) -> None:
    (number,) = fund.lend(fund.asked())
    fund.voted("fee_rate", 60_000)
    with pytest.raises(refusals.MonthNotClosed):
        post(fund)
    fund.town.close_to(date(2016, 5, 31))
    post(fund)
    with fund.town.books.read() as session:
        row = session.scalars(select(PublicList)).one()
        content = json.loads(row.content)
    assert content["members"] == 4
    assert content["accounts"]["funds"] == "45400.00"
    assert content["accounts"]["loan_principal"] == "5000.00"
    assert [one["number"] for one in content["loans"]] == [number]
    assert [one["kind"] for one in content["moved"]] == ["fiscal", *["stake"] * 4]
    assert [one["passed"] for one in content["votes"]] == [True]
    assert (content["fee_due"], content["fee_taken"]) == ("0.00", "0.00")
    with pytest.raises(refusals.FundPaperMissing):
        post(fund, place=" ")


def test_the_months_list_names_each_loan_once_whoever_heads_the_household(fund: Fund) -> None:
    """The head of the first household dies; the second household moves away, owing."""
    first, second = fund.lend(fund.asked(1), fund.asked(2))
    for place, dies in ((1, True), (2, False)):
        key = fund.household(place)
        with fund.town.books.write("households.family", by=KEEPER) as session:
            on = ledger.open_day(session)
            head, *others = (one.id for one in register.members(session, key, on=on))
            families.depart(
                session,
                kind=EventKind.DEATH if dies else EventKind.MOVED_AWAY,
                household_id=key,
                person_ids=[head] if dies else [head, *others],
                told=Told(on),
                on=on,
                by=KEEPER,
                successor=Successor(others[0], dict.fromkeys(others[1:], "家人")) if dies else None,
            )
    fund.town.close_to(date(2016, 5, 31))
    post(fund)
    with fund.town.books.read() as session:
        heads = [
            register.head(session, fund.household(place), on=date(2016, 5, 31)).name
            for place in (1, 2)
        ]
        content = json.loads(session.scalars(select(PublicList)).one().content)
    assert [(one["number"], one["head"]) for one in content["loans"]] == [
        (first, heads[0]), (second, heads[1]),
    ]  # fmt: skip


def post(fund: Fund, place: str = "村务公开栏") -> None:
    fund.do(mutual_aid.post_list, fund_id=fund.id, month_from=date(2016, 5, 1), place=place)


def test_joint_agreements_and_votes_are_listed(fund: Fund) -> None:
    (number,) = fund.lend(fund.asked())
    fund.voted("other")
    with fund.town.books.read() as session:
        (agreement,) = queries.agreements_of(session, fund.lender_id)
        (vote,) = queries.votes_of(session, fund.id)
        (line,) = queries.funds_listed(session, by=OFFICE)
    assert (agreement.loan_number, len(agreement.signers)) == (number, 4)
    assert (vote.eligible, vote.present, vote.voted_for, vote.passed) == (4, 4, 4, True)
    assert (line.members, line.held_fen) == (4, 4_540_000)


def test_figures_by_village_and_day(fund: Fund) -> None:
    fund.lend(fund.asked())
    fund.town.close_to(date(2016, 5, 30))
    day = date(2016, 5, 30)
    with fund.town.books.read() as session:
        told = [
            [tuple(row) for row in session.execute(query(day))]
            for query in (
                figures.funds_by_village,
                figures.members_by_village,
                figures.money_by_village,
                figures.loans_by_village,
            )
        ]
    assert told == [
        [(VILLAGE, 1)],
        [(VILLAGE, 4)],
        [(VILLAGE, 5_000_000, 40_000)],
        [(VILLAGE, 1, 500_000, 500_000)],
    ]


# --- verify --------------------------------------------------------------------------------------

BENT = [
    (MemberPosition, {"stake_fen": 1}, "mutual_aid.members"),
    (MutualLender, {"fee_rate_ppm": 1}, "mutual_aid.lenders"),
    (JointGroup, {"members": 7}, "mutual_aid.groups"),
    (FundPlace, {"village_code": ELSEWHERE}, "mutual_aid.places"),
]


@pytest.mark.damaged("running rows are bent on purpose")
@pytest.mark.parametrize(("entity", "values", "name"), BENT)
def test_verify_names_what_was_bent(
    fund: Fund, entity: Any, values: dict[str, Any], name: str
) -> None:
    with fund.town.books.read() as session:
        assert list(checks.check(session)) == []
    with fund.town.books.write("tests.bend", by=fund.town.system) as session:
        session.execute(update(entity).values(**values))
    with fund.town.books.read() as session:
        assert name in {found.check for found in checks.check(session)}


# --- every guard has been seen red ----------------------------------------------------------------


def _pass(*_args: object, **_more: object) -> None:
    return None


PLANTED = [
    Plant(test_what_is_left_goes_where_the_rules_say_before_the_end,
          "mutual_aid.ending._require_empty", _pass),
    Plant(test_what_is_left_goes_where_the_rules_say_before_the_end, "mutual_aid.ending.RECEIVERS",
          {"treasury": "村集体公益事业", "village": "村集体公益事业"}),
    Plant(test_one_village_one_fund, "mutual_aid.founding._require_place", _pass),
    Plant(test_a_stake_comes_back_on_leaving_from_another_hand, "mutual_aid.stakes.require_other",
          _pass),
    Plant(test_the_fee_is_what_the_members_voted_for, "mutual_aid.carrying.require_other", _pass),
    Plant(test_more_ballots_than_members_are_refused, "mutual_aid.voting._require_list", _pass,
          {"counted": Counted(4, 4, 3, 1, 1)},
          (refusals.VoteIsCounted,)),
    Plant(test_a_spending_is_for_what_was_voted, "mutual_aid.money.SPENT",
          {"welfare": "mutual_running"}, {"spent_on": "welfare", "left": (12_167, 2_042)}),
    Plant(test_no_deposits_and_no_dividends, "mutual_aid.money.require_known", _pass,
          {"kind": "deposit", "refusal": refusals.DepositsForbidden},
          (KeyError, pytest.fail.Exception)),
    Plant(test_a_group_is_formed_of_four_to_eight_members, "mutual_aid.membership._require_size",
          _pass),
]  # fmt: skip


@pytest.mark.damaged("a planted bug lets through what the books refuse")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = {"town", "fund", "proposed", "rulebook"} & set(
        plant.test.__code__.co_varnames[: plant.test.__code__.co_argcount]
    )
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})
