"""Claims from evidence to payment, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

import ledger
import risk_fund
from households.models import Person
from kernel.actor import Actor
from loans.refusals import DrawCompensated, LoanUnknown, ValueDateInFuture
from office import approvals
from office.models import Proposal
from office.refusals import (
    NotEntitled,
    OwnHousehold,
    ProposalChanged,
    ReasonMissing,
    SameMakerAndChecker,
    VoucherUsed,
)
from policy import PartyShare
from risk_fund import claim_queries
from risk_fund.checks import check
from risk_fund.claims.amounts import Amounts, Basis, coverable
from risk_fund.explaining import why_claim, why_leverage
from risk_fund.models import FundClaimShare, Recovery
from risk_fund.refusals import (
    ClaimAboveCover,
    ClaimUnderWay,
    CollectionEvidenceMissing,
    FundAccountUnknown,
    FundBalanceTooSmall,
    FundClaimNoLongerOwed,
    FundClaimNotInState,
    FundClaimUnknown,
    FundPartyUnknown,
    LenderWithoutFund,
    LoanNotCovered,
    LoanNotOverdueYet,
    NothingToReturn,
    NothingUnderCover,
    PartyHasPaid,
    ReturnAmountDiffers,
)
from risk_fund.sharing import Table, share
from tests.loans.filing import COMMON, Desk
from tests.loans.full_lives import out_of_the_ordinary
from tests.loans.town import CHECKER, OFFICE, OFFICER, person
from tests.planted import Plant
from tests.risk_fund.fund import CASHIER, CLERK, TREASURER, Fund

SOON = {"claim_trigger_overdue_days": 3}
HENAN = [
    {"party": "guarantee:agricultural", "share": "40"},
    {"party": "guarantee:enterprises", "share": "20"},
    {"party": "fund", "share": "30"},
    {"party": "bank", "share": "10"},
]
LEVELS = [
    {"party": "county", "share": "50"},
    {"party": "township", "share": "30"},
    {"party": "village", "share": "20"},
]


@pytest.fixture
def fund(fund: Fund) -> Fund:
    """Claims are taken from the third day on."""
    return fund.rules(conduct=SOON)


def test_a_claim_from_filing_to_payment(fund: Fund) -> None:
    number = fund.collect(fund.late(1))
    claim_id = fund.file(number)
    # principal 50 000 at 70:30
    assert fund.shares(claim_id) == {"fund": 3_500_000, "bank": 1_500_000}
    assert fund.balance == (10_000_000, 3_500_000, 10_000_000)
    # 10 × (100 000 − 35 000)
    assert fund.limit.limit_fen == 65_000_000
    assert fund.state(fund.approve(claim_id)) == "approved"
    fund.pay(claim_id)
    assert fund.state(claim_id) == "paid"
    assert fund.balance == (6_500_000, 0, 10_000_000)
    assert fund.limit.limit_fen == 65_000_000
    assert fund.ledger("fund_cash") == 6_500_000
    assert fund.ledger("fund_compensation") == 3_500_000
    assert fund.ledger("compensated") == -3_500_000
    # what was paid for is under no cover any more
    assert fund.limit.used_fen == 0
    assert fund.figures().covered_fen == 0


def test_what_a_cap_leaves_above_the_principal_covers_nothing(fund: Fund) -> None:
    """20 000 of 50 000 are repaid before; the claim is for the other 30 000, all that is out."""
    number = fund.town.lend(1, term_months=1, annual_rate_ppm=43_500)
    fund.town.pay(number, 2_000_000, early=True)
    fund.close_to(date(2016, 7, 3))
    claim_id = fund.approve(fund.file(fund.collect(number)))
    # 30 000 at 70:30
    assert fund.shares(claim_id) == {"fund": 2_100_000, "bank": 900_000}
    fund.pay(claim_id)
    assert fund.limit.used_fen == 0
    assert fund.figures().covered_fen == 0


def test_what_is_recovered_is_shared_and_goes_back(fund: Fund) -> None:
    number, claim_id = fund.paid()
    fund.town.pay(number, 1_000_000)
    day = fund.town.today
    fund.close_to(day)
    # R4: 10 000 under 70:30
    assert fund.ledger("recovery_payable") == -700_000
    assert fund.ledger("compensated") == -2_800_000
    with fund.town.books.read() as session:
        (due,) = claim_queries.due_back(session, by=OFFICE, on=fund.town.today)
    assert (due.party, due.amount_fen, due.claim_id) == ("fund", 700_000, claim_id)
    # five working days after Monday 4 July 2016: 5, 6, 7, 8, 11
    assert (day, due.return_by) == (date(2016, 7, 4), date(2016, 7, 11))
    assert not due.is_late(date(2016, 7, 11))
    assert due.is_late(date(2016, 7, 12))
    fund.give_back(700_000)
    assert fund.balance == (7_200_000, 0, 10_000_000)
    assert fund.limit.limit_fen == 72_000_000
    assert fund.ledger("fund_compensation") == 2_800_000
    assert fund.ledger("recovery_payable") == 0
    with pytest.raises(NothingToReturn):
        fund.give_back(700_000)


def test_late_returns_are_listed(fund: Fund) -> None:
    number, _ = fund.paid()
    fund.town.pay(number, 1_000_000)
    fund.close_to(date(2016, 7, 11))
    with fund.town.books.read() as session:
        late = claim_queries.due_back(session, by=OFFICE, on=fund.town.today, late_only=True)
        on_the_day = claim_queries.due_back(
            session, by=OFFICE, on=date(2016, 7, 11), late_only=True
        )
    assert [one.amount_fen for one in late] == [700_000]
    assert on_the_day == []
    with pytest.raises(ReturnAmountDiffers):
        fund.give_back(699_999)
    fund.give_back(700_000)


def test_one_debt_held_in_shares(fund: Fund) -> None:
    number, _ = fund.paid()
    with fund.town.books.read() as session:
        debt = claim_queries.debt_of(session, number=number, on=fund.town.today, by=OFFICER)
    assert debt.owed.principal_fen == 5_000_000
    assert debt.total_fen == 5_000_000 + debt.owed.penalty_fen
    assert [(one.party, one.amount_fen) for one in debt.held] == [("fund", 3_500_000)]
    assert debt.lender_fen == debt.total_fen - 3_500_000
    fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    with fund.town.books.read() as session:
        after = claim_queries.debt_of(session, number=number, on=fund.town.today, by=OFFICER)
    # the fund holds 35 000 − 7 000
    assert [one.amount_fen for one in after.held] == [2_800_000]
    with pytest.raises(LoanUnknown), fund.town.books.read() as session:
        claim_queries.debt_of(
            session,
            number=number,
            on=fund.town.today,
            by=replace(OFFICER, institution_ids=frozenset({999})),
        )


def test_a_debt_written_off_is_owed_all_the_same(fund: Fund) -> None:
    """The lender's books are clean of it; the household owes what it owed, to the same holders."""
    number, _ = fund.paid()

    def debt() -> claim_queries.Debt:
        with fund.town.books.read() as session:
            return claim_queries.debt_of(session, number=number, on=fund.town.today, by=OFFICER)

    # to the day's end the books hold what has run so far
    fund.close_to(fund.town.today)
    out_of_the_ordinary(fund.town, number, "write_off", 1)
    lost = debt()
    # 50 000 at 4.35 % and half of that on top, from maturity on 30 June up to Tuesday 5 July:
    # 5 000 000 × 5 × 0.06525 / 360 = 4 531.25
    assert (lost.owed.principal_fen, lost.owed.penalty_fen) == (0, 0)
    assert (lost.owed.written_off_fen, lost.total_fen) == (5_004_531, 5_004_531)
    assert [(one.party, one.amount_fen) for one in lost.held] == [("fund", 3_500_000)]
    assert lost.lender_fen == 1_504_531
    # 10 000 comes in after all: 70 % of it is the fund's
    out_of_the_ordinary(fund.town, number, "recovery", 1_000_000, voucher="SH000001")
    fund.close_to(fund.town.today)
    after = debt()
    assert (after.total_fen, after.lender_fen) == (4_004_531, 1_204_531)
    assert [one.amount_fen for one in after.held] == [2_800_000]


def test_a_draw_that_others_have_paid_for_is_not_undone(fund: Fund) -> None:
    """Neither the loan nor the fund moves by a fen."""
    number, _ = fund.paid()
    kinds = ("fund_cash", "fund_compensation", "compensated", "loan_principal", "funds")

    def books() -> list[object]:
        return [fund.balance, fund.limit.used_fen, *(fund.ledger(kind) for kind in kinds)]

    before = books()
    with pytest.raises(DrawCompensated) as caught:
        fund.town.reverse(f"{number}-01")
    assert (caught.value.status, caught.value.field) == (409, "slip_number")
    assert books() == before
    # The loan of another, that the fund has not paid for, is undone as ever.
    other = fund.town.lend(2)
    assert fund.limit.used_fen == 5_000_000
    fund.town.reverse(f"{other}-01")
    assert fund.limit.used_fen == 0


def test_an_undone_payment_is_taken_back(fund: Fund) -> None:
    number, _ = fund.paid()
    first = fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    fund.give_back(700_000)
    fund.town.undo_payment(first)
    fund.close_to(fund.town.today)
    # the 7 000 that went back is set off against what comes next
    assert fund.ledger("compensated") == -3_500_000
    assert fund.ledger("recovery_payable") == 700_000
    with pytest.raises(NothingToReturn):
        fund.give_back(1)
    fund.town.pay(number, 3_000_000)
    fund.close_to(fund.town.today)
    # 30 000 × 70 % − 7 000
    fund.give_back(1_400_000)
    assert fund.balance[0] == 6_500_000 + 700_000 + 1_400_000
    assert fund.ledger("recovery_payable") == 0


def test_more_than_the_claim_is_the_lenders(fund: Fund) -> None:
    """40 000 of the 50 000 are claimed; the household repays 49 000, and 5 000 are undone."""
    number, claim_id = fund.paid(principal_fen=4_000_000)
    fund.town.pay(number, 3_000_000)
    last = fund.town.pay(number, 1_900_000)
    fund.close_to(fund.town.today)
    # all 40 000 recovered: the fund has its 28 000 back, 9 000 beyond the claim are the lender's
    assert fund.ledger("compensated") == 0
    assert fund.ledger("recovery_payable") == -2_800_000
    fund.town.undo_payment(last)
    fund.close_to(fund.town.today)
    # 30 000 are left of what was repaid: 21 000
    assert fund.ledger("recovery_payable") == -2_100_000
    with fund.town.books.read() as session:
        rows = session.scalars(select(Recovery).order_by(Recovery.id)).all()
    assert [(row.repaid_fen, row.amount_fen) for row in rows] == [
        (3_000_000, 3_000_000),
        (1_900_000, 1_000_000),
        (-1_900_000, -1_000_000),
    ]
    assert fund.state(claim_id) == "paid"


def test_a_payment_before_compensation_is_no_recovery(fund: Fund) -> None:
    """The household pays in the morning; the claim for what is left is paid in the afternoon."""
    number = fund.collect(fund.late())
    fund.town.pay(number, 1_000_000)
    claim_id = fund.approve(fund.file(number))
    fund.pay(claim_id)
    fund.close_to(fund.town.today)
    with fund.town.books.read() as session:
        assert session.scalars(select(Recovery)).all() == []


# --- guarantee companies and levels ---------------------------------------------------------------


def test_four_share_and_companies_pay_when_they_do(fund: Fund) -> None:
    """Henan's 40/20/30/10: the fund pays 15 000, the companies 20 000 and 10 000."""
    fund.rules(conduct=SOON, contract={"loss_sharing": HENAN, "fund_sharing": LEVELS})
    number, claim_id = fund.paid()
    assert fund.shares(claim_id) == {
        "guarantee:agricultural": 2_000_000,
        "guarantee:enterprises": 1_000_000,
        "fund": 1_500_000,
        "bank": 500_000,
        "fund/county": 750_000,
        "fund/township": 450_000,
        "fund/village": 300_000,
    }
    assert fund.balance[0] == 8_500_000
    fund.company_pays(claim_id, "guarantee:agricultural")
    fund.town.pay(number, 1_000_000)
    fund.close_to(fund.town.today)
    # of 10 000: 4 000 and 3 000 are owed; 2 000 not, for that company has not paid
    assert fund.ledger("recovery_payable") == -700_000
    with pytest.raises(NothingToReturn):
        fund.give_back(200_000, "guarantee:enterprises")
    fund.company_pays(claim_id, "guarantee:enterprises")
    assert fund.ledger("recovery_payable") == -900_000
    # 45 000 received, 9 000 recovered for others
    assert fund.ledger("compensated") == -3_600_000
    fund.give_back(400_000, "guarantee:agricultural")
    fund.give_back(200_000, "guarantee:enterprises")
    fund.give_back(300_000)
    assert fund.ledger("recovery_payable") == 0
    assert fund.balance[0] == 8_800_000
    with fund.town.books.read() as session:
        debt = claim_queries.debt_of(session, number=number, on=fund.town.today, by=OFFICER)
    assert {one.party: one.amount_fen for one in debt.held} == {
        "fund": 1_200_000,
        "guarantee:agricultural": 1_600_000,
        "guarantee:enterprises": 800_000,
    }


def test_companies_pay_once_their_own_part_of_a_paid_claim(fund: Fund) -> None:
    fund.rules(conduct=SOON, contract={"loss_sharing": HENAN})
    number = fund.collect(fund.late())
    claim_id = fund.approve(fund.file(number))
    with pytest.raises(FundClaimNotInState):
        fund.company_pays(claim_id, "guarantee:enterprises")
    fund.pay(claim_id)
    fund.company_pays(claim_id, "guarantee:enterprises")
    with pytest.raises(PartyHasPaid):
        fund.company_pays(claim_id, "guarantee:enterprises")
    for party in ("bank", "fund", "guarantee:other"):
        with pytest.raises(FundPartyUnknown):
            fund.company_pays(claim_id, party)


# --- what can be asked ----------------------------------------------------------------------------


def test_a_claim_is_principal_and_interest_by_the_frozen_cover(fund: Fund) -> None:
    """Nobody but the household bears interest here: 31 days at 4.35 % on 50 000."""
    fund.rules(conduct=SOON, contract={"interest_bearers": []})
    number = fund.collect(fund.late())
    claim_id = fund.file(number)
    with fund.town.books.read() as session:
        why = why_claim(session, claim_id=claim_id, by=OFFICE)
    # 50 000 × 4.35 % × 31 ÷ 360 = 187.2916…; the settlement of the 20th and the maturity's apart:
    # 22 days 132.92 and 9 days 54.38
    assert why.asked == Amounts(5_000_000, 13_292 + 5_438, 0)
    assert why.asked.total_fen == sum(one.amount_fen for one in why.shares if "/" not in one.party)
    assert coverable(why.basis) == why.most == why.asked
    parts = share(
        why.total_fen,
        Table(
            tuple(PartyShare(one.party, one.share_bp) for one in why.shares),
            (),
            "",
        ),
    )
    assert [part.amount_fen for part in parts] == [one.amount_fen for one in why.shares]


def test_penalty_only_where_the_cover_has_it(fund: Fund) -> None:
    fund.rules(
        conduct=SOON, contract={"cover_parts": ["principal", "interest", "penalty", "compound"]}
    )
    number = fund.collect(fund.late(days=90))
    claim_id = fund.file(number)
    with fund.town.books.read() as session:
        why = why_claim(session, claim_id=claim_id, by=OFFICE)
    assert why.basis.penalty_fen > 0
    assert why.asked.penalty_fen == why.basis.penalty_fen + why.basis.compound_fen


BASIS = Basis(6_000_000, 5_000_000, 6_000_000, 60_000, 12_000, 600, (), Amounts(0, 0, 0))
ALL = ("principal", "interest", "penalty", "compound")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 600 × 5 ÷ 6 = 500; (120 + 6) × 5 ÷ 6 = 105
        ({"parts": ALL}, (5_000_000, 50_000, 10_500)),
        ({"parts": ("principal",)}, (5_000_000, 0, 0)),
        ({"parts": ("principal", "interest")}, (5_000_000, 50_000, 0)),
        ({"parts": ("principal", "penalty")}, (5_000_000, 0, 10_000)),
        # only what is due: 20 000 of an instalment
        ({"parts": ALL, "principal_due_fen": 2_000_000}, (2_000_000, 50_000, 10_500)),
        # an earlier claim took 20 000 of principal and all the interest
        (
            {"parts": ALL, "earlier": Amounts(2_000_000, 50_000, 0)},
            (3_000_000, 0, 10_500),
        ),
        # nothing due any more
        ({"parts": ALL, "principal_due_fen": 0, "interest_fen": 0}, (0, 0, 10_500)),
        # half up: 0.01 × 5 ÷ 6 = 0.0083
        ({"parts": ALL, "interest_fen": 1, "penalty_fen": 0, "compound_fen": 0}, (5_000_000, 1, 0)),
        # principal repaid, interest left: all of it
        (
            {"parts": ALL, "outstanding_fen": 0, "covered_fen": 0, "principal_due_fen": 0},
            (0, 60_000, 12_600),
        ),
    ],
)
def test_what_can_be_claimed(changes: dict[str, Any], expected: tuple[int, int, int]) -> None:
    assert coverable(replace(BASIS, **changes)) == Amounts(*expected)


@pytest.mark.parametrize(
    "asked",
    [
        {"principal_fen": 5_000_001},
        {"principal_fen": -1},
        # what the treasury bears of the interest is nobody's to claim
        {"interest_fen": 1},
        {"penalty_fen": 1},
    ],
)
def test_no_more_is_claimed_than_is_covered(fund: Fund, asked: dict[str, Any]) -> None:
    number = fund.collect(fund.late())
    with pytest.raises(ClaimAboveCover):
        fund.file(number, **asked)
    assert fund.balance[1] == 0


def test_a_claim_waits_for_its_day_and_its_evidence(fund: Fund) -> None:
    number = fund.late(days=2)
    with pytest.raises(LoanNotOverdueYet):
        fund.file(number)
    fund.close_to(fund.town.today)
    with pytest.raises(CollectionEvidenceMissing) as refused:
        fund.file(number)
    for missing in ("催收记录", "催收通知书", "借款合同", "借据"):
        assert missing in refused.value.message("zh")
    desk = Desk(fund.town, COMMON)
    desk.contact(number, "call")
    desk.paper(number, "contract")
    desk.paper(number, "slip")
    with pytest.raises(CollectionEvidenceMissing) as again:
        fund.file(number)
    assert "借款合同" not in again.value.message("zh")
    assert "催收通知书" in again.value.message("zh")
    desk.contact(number, "notice")
    fund.file(number)


def test_a_loan_of_another_bank_is_unknown(fund: Fund) -> None:
    number = fund.collect(fund.late())
    elsewhere = replace(OFFICER, institution_ids=frozenset({fund.town.lender_id + 1}))
    with pytest.raises(LoanUnknown):
        fund.file(number, by=elsewhere)
    with pytest.raises(LoanUnknown):
        fund.file("XD999999")
    with pytest.raises(NotEntitled):
        fund.file(number, by=CLERK)


def test_without_a_fund_or_without_cover_nothing_is_claimed(town: Any) -> None:
    fund = Fund(town).rules(conduct=SOON)
    number = fund.collect(fund.late())
    with pytest.raises(LenderWithoutFund):
        fund.file(number)
    fund.opened()
    fund.rules(conduct=SOON, contract={"loss_sharing": [{"party": "bank", "share": "100"}]})
    with pytest.raises(LoanNotCovered):
        fund.file(fund.collect(fund.late(2)))
    # too little for the fund to bear a fen of: 70 % of nothing
    with pytest.raises(NothingUnderCover):
        fund.file(number, principal_fen=0)


def test_the_fund_pledges_no_more_than_it_has(town: Any) -> None:
    fund = Fund(town).opened(6_000_000).rules(conduct=SOON)
    first, second = fund.late(1, days=0), fund.late(2, days=6)
    fund.file(fund.collect(first))
    # 60 000 − 35 000 = 25 000, the second claim needs 35 000
    with pytest.raises(FundBalanceTooSmall):
        fund.file(fund.collect(second))
    with pytest.raises(FundBalanceTooSmall):
        fund.withdraw(2_500_001)
    fund.withdraw(2_500_000)
    assert fund.balance == (3_500_000, 3_500_000, 3_500_000)
    assert fund.limit.limit_fen == 0


# --- offices --------------------------------------------------------------------------------------


def test_nobody_takes_two_steps(fund: Fund) -> None:
    number = fund.collect(fund.late())
    claim_id = fund.file(number)
    # the officer under a checker's account, and with every role there is
    everything = frozenset({"checker", "poverty_office", "finance", "loan_officer"})
    for maker in (person(OFFICER.person_id, "checker"), replace(OFFICER, roles=everything)):
        with pytest.raises(SameMakerAndChecker):
            fund.judge(claim_id, maker)
    fund.judge(claim_id, CHECKER)
    # who checked it in the cooperative does not approve it two offices later
    fund.judge(claim_id, OFFICE)
    with pytest.raises(SameMakerAndChecker):
        fund.judge(claim_id, replace(CHECKER, roles=everything))
    fund.judge(claim_id, TREASURER)
    with pytest.raises(SameMakerAndChecker):
        fund.pay(claim_id, TREASURER)
    fund.pay(claim_id, CASHIER)


def test_each_office_in_its_turn(fund: Fund) -> None:
    claim_id = fund.file(fund.collect(fund.late()))
    with pytest.raises(NotEntitled):
        fund.judge(claim_id, CLERK)
    with pytest.raises(FundClaimNotInState):
        fund.pay(claim_id)
    fund.approve(claim_id)
    with pytest.raises(FundClaimNotInState):
        fund.judge(claim_id, TREASURER)
    fund.pay(claim_id)
    with pytest.raises(FundClaimNotInState):
        fund.pay(claim_id)
    with pytest.raises(FundClaimUnknown):
        fund.judge(99, CHECKER)


def test_one_of_the_household_does_not_decide(fund: Fund) -> None:
    claim_id = fund.file(fund.collect(fund.late()))
    with fund.town.books.read() as session:
        own = session.scalars(
            select(Person.identity_index).where(Person.identity_index.is_not(None)).limit(1)
        ).one()
    with pytest.raises(OwnHousehold):
        fund.judge(claim_id, replace(CHECKER, identity_index=own))


def test_rejected_or_withdrawn_the_pledge_is_free(fund: Fund) -> None:
    number = fund.collect(fund.late())
    claim_id = fund.file(number)
    with pytest.raises(ClaimUnderWay):
        fund.file(number)
    with pytest.raises(ReasonMissing):
        fund.judge(claim_id, CHECKER, approved=False)
    assert fund.judge(claim_id, CHECKER, approved=False, reason="缺少签章") == "rejected"
    assert fund.balance == (10_000_000, 0, 10_000_000)
    assert fund.limit.limit_fen == 100_000_000
    again = fund.file(number)
    fund.judge(again, CHECKER)
    with pytest.raises(ReasonMissing):
        fund.withdraw_claim(again, " ")
    fund.withdraw_claim(again)
    assert fund.balance[1] == 0
    # It still lies on the next desk, which can send it back and nothing else.
    with pytest.raises(FundClaimNotInState):
        fund.judge(again, OFFICE)
    assert fund.judge(again, OFFICE, approved=False, reason="申请已撤回") == "withdrawn"
    with fund.town.books.read() as session:
        assert approvals.waiting(session, OFFICE) == []
    with pytest.raises(FundClaimNotInState):
        fund.withdraw_claim(again)
    third = fund.approve(fund.file(number))
    with fund.town.books.read() as session:
        lines = claim_queries.claims(session, by=OFFICE, on=fund.town.today)
    assert [(one.id, one.nr, one.state) for one in lines] == [
        (third, 3, "approved"),
        (again, 2, "withdrawn"),
        (claim_id, 1, "rejected"),
    ]


def test_what_was_repaid_meanwhile_is_not_paid_for(fund: Fund) -> None:
    number = fund.collect(fund.late())
    claim_id = fund.file(number)
    fund.judge(claim_id, CHECKER)
    fund.town.pay(number, 1_000_000)
    with pytest.raises(FundClaimNoLongerOwed):
        fund.judge(claim_id, OFFICE)
    fund.withdraw_claim(claim_id)
    fund.pay(fund.approve(fund.file(number)))
    # 40 000 and a little penalty are left: 70 % of 40 000
    assert fund.balance[0] <= 10_000_000 - 2_800_000


def test_repaid_after_approval_is_not_paid(fund: Fund) -> None:
    number = fund.collect(fund.late())
    claim_id = fund.approve(fund.file(number))
    fund.town.pay(number, 5_000_000)
    with pytest.raises(FundClaimNoLongerOwed):
        fund.pay(claim_id)
    assert fund.balance == (10_000_000, 3_500_000, 10_000_000)
    fund.withdraw_claim(claim_id)


@pytest.mark.damaged("a share of a filed claim was changed past the rules")
def test_a_changed_claim_is_not_decided(fund: Fund) -> None:
    claim_id = fund.file(fund.collect(fund.late()))
    with fund.town.books.write("test.damage", by=fund.town.system) as session:
        session.execute(
            insert(FundClaimShare),
            [{"claim_id": claim_id, "party": "x", "nr": 9, "share_bp": 0, "amount_fen": 0}],
        )
    with pytest.raises(ProposalChanged):
        fund.judge(claim_id, CHECKER)
    with fund.town.books.read() as session:
        found = {one.check for one in check(session)}
    assert "risk_fund.claims" in found


def test_a_voucher_pays_once(fund: Fund) -> None:
    first = fund.approve(fund.file(fund.collect(fund.late(1))))
    fund.pay(first)
    second = fund.approve(fund.file(fund.collect(fund.late(2))))
    used = f"ZH{next(fund._vouchers) - 1:06d}"
    transfer = risk_fund.Transfer("transfer", used + "A", fund.town.today)
    with (
        pytest.raises(VoucherUsed),
        fund.town.books.write("risk_fund.pay", by=CASHIER) as session,
    ):
        risk_fund.pay_claim(
            session,
            claim_id=second,
            transfer=transfer,
            fund_voucher_no=used,
            rulebook=fund.town.rulebook,
            on=ledger.open_day(session),
            by=CASHIER,
        )
    assert fund.state(second) == "approved"
    with (
        pytest.raises(ValueDateInFuture),
        fund.town.books.write("risk_fund.pay", by=CASHIER) as session,
    ):
        risk_fund.pay_claim(
            session,
            claim_id=second,
            transfer=replace(transfer, value_date=fund.town.today + timedelta(days=1)),
            fund_voucher_no="NEW",
            rulebook=fund.town.rulebook,
            on=ledger.open_day(session),
            by=CASHIER,
        )


# --- lists and why --------------------------------------------------------------------------------


def test_lists_are_searched_and_scoped(fund: Fund) -> None:
    number = fund.collect(fund.late())
    claim_id = fund.file(number)
    # ten working days after Monday 4 July: Monday 18 July
    fund.close_to(date(2016, 7, 18))

    def asked(by: Actor = OFFICE, **wanted: Any) -> list[int]:
        with fund.town.books.read() as session:
            found = claim_queries.claims(session, by=by, on=fund.town.today, **wanted)
            return [one.id for one in found]

    assert asked() == asked(text=number) == asked(state="filed") == [claim_id]
    assert asked(overdue_only=True) == [claim_id]
    assert asked(text="没有") == asked(state="paid") == asked(loan_id=99) == []
    assert asked(before_id=claim_id) == []
    assert asked(replace(OFFICER, institution_ids=frozenset({99}))) == []
    assert asked(replace(OFFICE, region_scope="431023")) == []
    with fund.town.books.read() as session:
        assert [one.state for one in claim_queries.steps_of(session, claim_id)] == ["filed"]
        waiting = session.scalars(select(Proposal.command)).all()
    assert "risk_fund.check_claim" in waiting
    fund.withdraw_claim(claim_id)
    assert asked(overdue_only=True) == []


def test_why_leverage_is_reckoned_from_the_answer(fund: Fund) -> None:
    fund.interest(12_345)
    fund.town.lend(2)
    fund.file(fund.collect(fund.late(1)))
    with fund.town.books.read() as session:
        why = why_leverage(
            session,
            account_id=fund.account_id,
            rulebook=fund.town.rulebook,
            on=fund.town.today,
            by=OFFICE,
        )
    one = why.figures
    assert sum(fen for _, fen in why.movements) == one.balance_fen == 10_012_345
    assert sum(source.amount_fen for source in why.sources) == one.contributed_fen
    # 100 000.00 ÷ (100 123.45 − 35 000.00) = 1.5356
    assert one.outstanding.text == "1.54"
    assert why.limit_fen == one.multiple * (one.balance_fen - one.pledged_fen)
    assert "倍" in one.clause
    with pytest.raises(FundAccountUnknown), fund.town.books.read() as session:
        why_leverage(
            session,
            account_id=fund.account_id,
            rulebook=fund.town.rulebook,
            on=fund.town.today,
            by=replace(OFFICER, institution_ids=frozenset({99})),
        )


# --- planted bugs ---------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_a_claim_from_filing_to_payment,
        "risk_fund.claims.paying._spend_cover",
        lambda *_: None,
    ),
    Plant(
        test_what_a_cap_leaves_above_the_principal_covers_nothing,
        "risk_fund.claims.paying.covered_fen",
        lambda _out_fen, cap_fen: cap_fen,
    ),
    Plant(
        test_rejected_or_withdrawn_the_pledge_is_free,
        "risk_fund.claims.deciding.pledged",
        lambda *_: 0,
    ),
    Plant(
        test_nobody_takes_two_steps,
        "risk_fund.claims.deciding.makers_of",
        lambda *_: set(),
    ),
    Plant(
        test_repaid_after_approval_is_not_paid,
        "risk_fund.claims.paying.require_still_owed",
        lambda *_, **__: None,
    ),
    Plant(
        test_a_payment_before_compensation_is_no_recovery,
        "risk_fund.claims.paying._last_repayment",
        lambda *_: 0,
    ),
    Plant(
        test_a_debt_written_off_is_owed_all_the_same,
        "loans.arrears._written_off",
        lambda *_: {},
    ),
    Plant(
        test_a_draw_that_others_have_paid_for_is_not_undone,
        "loans.operations.reversing.refuse_compensated",
        lambda *_: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("a bug was planted")
def test_planted_bug_turns_red(plant: Plant, fund: Fund) -> None:
    plant.prove(fund=fund)
