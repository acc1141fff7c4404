"""A round from the close that finds it to the village's signed list, and what it is refused for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from enterprises import agreeing, leaving, payment
from enterprises.dividends import expected, lifecycle, reading, steps
from enterprises.models import AgreementTerm, DividendPayment
from enterprises.refusals import (
    DeclarationUndocumented,
    DividendAboveFunding,
    DividendDeclaredSince,
    DividendRowsChanged,
    FundingAmountWrong,
    HouseholdNotInRound,
    NobodyToShare,
    NoDividendToPay,
    NoticeBeforeDeclaration,
    NotPrepaid,
    PayerNotTheEnterprise,
    ProfitNotAsked,
    ProfitOutOfRange,
    PublicMoneyNoDividend,
    RoundElsewhere,
    ShareWithoutStakes,
    VillageNoticeShort,
)
from enterprises.terms import Term
from kernel.refusals import NotFound, Refusal
from kernel.seals import table_of
from office import payouts
from office.refusals import NotEntitled, OwnHousehold, ReasonMissing, SameMakerAndChecker
from office.refusals.paying import (
    NameNotHeld,
    PaymentFileDiscarded,
    PaymentRowsChanged,
    PaymentRowsRefused,
    PayoutAccountUnchanged,
    ReturnFileHasFaults,
    ReturnOfAnotherFile,
    ReturnRowDiffers,
    ReturnTakenBefore,
    ReturnTotalDiffers,
)
from organisations import Kind
from tests.enterprises.dividend_town import CHECKER, CODE, START, DividendTown
from tests.loans.filing import statements
from tests.loans.town import OFFICE, OFFICER, person
from tests.planted import Plant
from tests.subsidies.offices import REGISTRAR
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE, SECOND_OFFICE

DUE = date(2017, 6, 1)
#: 5万元
FULL = 5_000_000


def three(town: DividendTown, **changes: Any) -> int:
    """An agreement of three households with 50 000 each, and the round that is due."""
    town.agree(*(town.stake(place, FULL) for place in (1, 2, 3)), **changes)
    (round_id,) = town.find(DUE)
    return round_id


@contextmanager
def refused(kind: type[Refusal], **facts: object) -> Iterator[None]:
    """Refused for this, with these facts."""
    with pytest.raises(kind) as raised:
        yield
    assert {name: raised.value.facts[name] for name in facts} == facts


def test_a_round_from_its_day_to_the_receipt(dividends: DividendTown) -> None:
    """4 000 a year for each of three households: 12 000, due on 1 June 2017."""
    dividends.agree(*(dividends.stake(place, FULL) for place in (1, 2, 3)))
    assert dividends.find(date(2017, 5, 31)) == []
    (round_id,) = dividends.find(DUE)
    dividends.granted(round_id, 1_500_000)
    assert [row.cash_fen for row in dividends.rows(round_id)] == [400_000] * 3
    # 15 000 paid in, 12 000 of it owed to the households
    assert dividends.held("pool_cash") == 1_500_000
    assert dividends.held("pool_held") == -300_000
    assert dividends.held("dividend_payable") == -1_200_000
    booked = dividends.paid_out(round_id)
    assert (booked.paid_fen, booked.returned_fen) == (1_200_000, 0)
    assert dividends.held("dividend_payable") == 0
    assert dividends.held("pool_cash") == 300_000
    dividends.sign_for(round_id)
    assert dividends.round_state(round_id) == "receipted"


# --- finding --------------------------------------------------------------------------------------


def test_rounds_missed_before_the_approval_are_found_at_once(dividends: DividendTown) -> None:
    """Half-years of an agreement from 1 June 2016: due on 1 December 2016 and on 1 June 2017."""
    dividends.agree(dividends.stake(1, FULL), rhythm_months=6)
    assert len(dividends.find(date(2017, 5, 25))) == 1
    assert len(dividends.find(DUE)) == 2
    with dividends.books.read() as session:
        told = reading.rounds(session, by=OFFICE)
    assert [(one.nr, one.period_from, one.counted_to, one.due_on) for one in told] == [
        (1, START, date(2016, 12, 1), date(2016, 12, 1)),
        (2, date(2016, 12, 1), DUE, DUE),
    ]


def test_a_prepaid_round_is_due_on_the_first_day_and_settled_after_the_last(
    dividends: DividendTown,
) -> None:
    """8 % of 50 000 in advance by half-year: 2 000 each. At the end 20 % of what 100 000 of profit
    leaves above the floors: (100 000 - 4 000) x 20 % = 19 200, 9 600 each, which is the difference.
    """
    term = Term(
        year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=80_000, profit_share_bp=2_000
    )
    dividends.agree(
        dividends.stake(1, FULL), dividends.stake(2, FULL),
        term=term, rhythm_months=6, in_advance=True, years=1, from_on=date(2017, 5, 20),
        to_on=date(2018, 5, 20),
    )  # fmt: skip
    (first,) = dividends.find(date(2017, 5, 25))
    with refused(NotPrepaid):
        dividends.settle_prepaid(first)
    dividends.granted(first, 400_000)
    assert [row.amount_fen for row in dividends.rows(first)] == [200_000, 200_000]
    dividends.paid_out(first)
    with refused(NotPrepaid):
        dividends.settle_prepaid(first)
    # the second half-year falls due on 20 November 2017; the first is over then
    assert dividends.find(date(2017, 11, 19)) == [first]
    rounds = dividends.find(date(2017, 11, 20))
    assert len(rounds) == 2
    settled = dividends.settle_prepaid(first)
    with refused(NotPrepaid):
        dividends.settle_prepaid(first)
    dividends.declare(settled, profit_fen=10_000_000)
    rows = dividends.rows(settled)
    assert [(one.floor_fen, one.profit_fen, one.before_fen) for one in rows] == [
        (200_000, 960_000, 200_000)
    ] * 2
    assert [one.amount_fen for one in rows] == [960_000, 960_000]


def test_a_settlement_that_finds_nothing_left_is_refused(dividends: DividendTown) -> None:
    """What was prepaid is all that the terms come to."""
    term = Term(year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=80_000)
    dividends.agree(
        dividends.stake(1, FULL), term=term, rhythm_months=3, in_advance=True, years=1,
        from_on=date(2017, 5, 20), to_on=date(2018, 5, 20),
    )  # fmt: skip
    (first,) = dividends.find(date(2017, 5, 25))
    dividends.granted(first, 100_000)
    dividends.paid_out(first)
    dividends.find(date(2017, 8, 20))
    settled = dividends.settle_prepaid(first)
    with refused(NobodyToShare):
        dividends.declare(settled)
    dividends.declare(settled, extra_fen=5_000)
    assert [row.amount_fen for row in dividends.rows(settled)] == [5_000]


# --- what each gets -------------------------------------------------------------------------------


def test_hongjiang_pays_part_in_cash_and_keeps_part_as_stakes(dividends: DividendTown) -> None:
    """洪江: 5 000 a year = 3 000 in cash and 2 000 added to the stakes; 3 households."""
    round_id = three(
        dividends,
        term=Term(year_from=1, year_to=3, basis="per_household", amount_fen=500_000, cash_bp=6_000),
    )
    dividends.granted(round_id, 900_000)
    assert {(row.cash_fen, row.reinvested_fen) for row in dividends.rows(round_id)} == {
        (300_000, 200_000)
    }
    assert dividends.held("enterprise_retained") == 600_000
    assert dividends.held("reinvested_stakes", dividends.household(2)) == -200_000
    assert dividends.paid_out(round_id).paid_fen == 900_000


def test_what_is_all_kept_needs_no_money_and_no_file(dividends: DividendTown) -> None:
    round_id = three(
        dividends,
        term=Term(year_from=1, year_to=3, basis="per_household", amount_fen=500_000, cash_bp=0),
    )
    dividends.granted(round_id, 0)
    assert dividends.round_state(round_id) == lifecycle.PAID
    assert dividends.held("reinvested_stakes") == -1_500_000
    assert dividends.held("pool_cash") == 0


def test_what_is_given_on_top_is_split_over_the_stakes_to_the_fen(
    dividends: DividendTown,
) -> None:
    """0.01 more than 3 x 33.33: stakes are equal, the first household has the fen."""
    round_id = three(dividends)
    dividends.declare(round_id, extra_fen=10_000)
    assert [row.profit_fen for row in dividends.rows(round_id)] == [3_334, 3_333, 3_333]


def test_whoever_is_linked_by_work_alone_shares_no_profit(dividends: DividendTown) -> None:
    """Nobody has a stake: what goes beyond the terms cannot be split."""
    dividends.agree(dividends.stake(1, source="labour"), form="employment")
    (round_id,) = dividends.find(DUE)
    with refused(ShareWithoutStakes, above="1.00"):
        dividends.declare(round_id, extra_fen=100)
    dividends.declare(round_id)
    assert [row.amount_fen for row in dividends.rows(round_id)] == [400_000]


def test_profit_is_declared_where_the_terms_share_it(dividends: DividendTown) -> None:
    round_id = three(dividends)
    with refused(ProfitNotAsked, profit="1.00"):
        dividends.declare(round_id, profit_fen=100)
    with refused(ProfitOutOfRange):
        dividends.declare(round_id, extra_fen=-1)
    with refused(ProfitOutOfRange):
        dividends.declare(round_id, extra_fen=10**14 + 1)
    with refused(DeclarationUndocumented):
        dividends.declare(round_id, document_no=" ")


# --- steps ----------------------------------------------------------------------------------------


def test_each_step_has_its_place_and_its_own_person(dividends: DividendTown) -> None:
    round_id = three(dividends)
    with refused(RoundElsewhere, state_en="waiting to be declared"):
        dividends.check_round(round_id)
    with refused(NotEntitled):
        dividends.declare(round_id, by=FINANCE)
    dividends.declare(round_id)
    with refused(SameMakerAndChecker):
        dividends.check_round(round_id, by=REGISTRAR)
    dividends.hang(round_id)
    dividends.receive(1_200_000)
    dividends.find_money(round_id)
    with refused(RoundElsewhere):
        dividends.find_money(round_id)
    dividends.grant_round(round_id)
    with refused(RoundElsewhere):
        dividends.grant_round(round_id, by=SECOND_OFFICE)
    dividends.pay_file(round_id)
    with refused(SameMakerAndChecker):
        dividends.send_round(round_id, by=SECOND_FINANCE)
    with refused(NotFound):
        dividends.round_state(round_id + 1)
    with refused(NotFound):
        dividends.declare(round_id + 1)


def test_who_declares_never_grants(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.declare(round_id, by=OFFICE)
    dividends.hang(round_id)
    dividends.receive(1_200_000)
    dividends.find_money(round_id)
    with refused(SameMakerAndChecker):
        dividends.grant_round(round_id, by=OFFICE)
    dividends.grant_round(round_id, by=SECOND_OFFICE)


def test_nobody_checks_their_own_household(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.declare(round_id)
    index = dividends.identity_index_of(1)
    mine = person(61, "registrar")
    cousin = replace(mine, identity_index=index)
    posted_on = dividends.today
    dividends.wait(7)
    with refused(OwnHousehold):
        dividends.check_round(round_id, by=cousin, posted_on=posted_on)


def test_a_villages_registrar_checks_a_village_that_is_all_of_it(dividends: DividendTown) -> None:
    round_id = three(dividends)
    plain = person(62, "registrar")
    other = replace(plain, region_scope="431022100202")
    own = replace(plain, region_scope="431022100201")
    dividends.declare(round_id)
    posted_on = dividends.today
    dividends.wait(7)
    with refused(NotEntitled):
        dividends.check_round(round_id, by=other, posted_on=posted_on)
    dividends.check_round(round_id, by=own, posted_on=posted_on)


def test_the_list_hangs_seven_days_after_it_was_declared(dividends: DividendTown) -> None:
    """Declared and posted on 2 June: checked from 9 June on."""
    round_id = three(dividends)
    dividends.declare(round_id)
    posted_on = dividends.today
    assert posted_on == date(2017, 6, 2)
    with refused(NoticeBeforeDeclaration):
        dividends.check_round(round_id, posted_on=date(2017, 6, 1))
    with refused(NoticeBeforeDeclaration):
        dividends.check_round(round_id, posted_on=date(2017, 6, 3))
    dividends.wait(6)
    with refused(VillageNoticeShort, until=date(2017, 6, 9)):
        dividends.check_round(round_id, posted_on=posted_on)
    dividends.wait(1)
    dividends.check_round(round_id, posted_on=posted_on)


def test_a_returned_round_is_declared_anew_and_the_first_version_kept(
    dividends: DividendTown,
) -> None:
    round_id = three(dividends)
    dividends.declare(round_id, extra_fen=300)
    with refused(ReasonMissing):
        dividends.return_round(round_id, reason=" ")
    dividends.return_round(round_id)
    dividends.declare(round_id)
    assert [row.amount_fen for row in dividends.rows(round_id, 1)] == [400_100] * 3
    assert [row.amount_fen for row in dividends.rows(round_id, 2)] == [400_000] * 3
    with dividends.books.read() as session:
        page = reading.round_page(session, round_id, by=OFFICE)
    assert [(step.state, step.version, step.reason) for step in page.steps] == [
        ("due", 0, ""),
        ("declared", 1, ""),
        ("returned", 1, "名单有误"),
        ("declared", 2, ""),
    ]
    assert (page.told.version, page.told.amount_fen) == (2, 1_200_000)


def hands_in(town: DividendTown, agreement_id: int, place: int, from_on: date) -> int:
    """A later list of one household; its proposal."""
    with town.books.write("enterprises.agree", by=OFFICER) as session:
        return agreeing.propose_list(
            session, agreement_id=agreement_id, stakes=[town.stake(place, FULL)],
            from_on=from_on, conduct=town.conduct(town.today), on=town.today, by=OFFICER,
        ).proposal_id  # fmt: skip


def lets_in(town: DividendTown, proposal_id: int) -> None:
    """It is approved."""
    with town.books.write("enterprises.approve_agreement", by=OFFICE) as session:
        agreeing.decide_list(
            session, proposal_id=proposal_id, approved=True, on=town.today, by=OFFICE
        )


def joins(town: DividendTown, agreement_id: int, place: int, from_on: date) -> None:
    """A later list of one household, approved."""
    lets_in(town, hands_in(town, agreement_id, place, from_on))


def leaves(town: DividendTown, agreement_id: int, place: int, from_on: date) -> None:
    """A household leaves."""
    number = list(town.households)[place - 1]
    with town.books.write("enterprises.leave", by=REGISTRAR) as session:
        leaving.leave(
            session, agreement_id=agreement_id, household_number=number, from_on=from_on,
            reason="自愿退出", on=town.today, by=REGISTRAR,
        )  # fmt: skip


def test_nobody_joins_or_leaves_beneath_a_declared_round(dividends: DividendTown) -> None:
    """The year to 1 June 2017 is declared for three: the fourth comes in after it, none before."""
    round_id = three(dividends)
    dividends.declare(round_id)
    with dividends.books.read() as session:
        agreement_id = steps.agreement_of(session, round_id).id
    early = date(2017, 1, 1)
    with refused(DividendDeclaredSince, to_on=DUE, round=round_id):
        joins(dividends, agreement_id, 4, early)
    with refused(DividendDeclaredSince, to_on=DUE, round=round_id):
        leaves(dividends, agreement_id, 1, early)
    joins(dividends, agreement_id, 4, DUE)
    leaves(dividends, agreement_id, 1, DUE)
    # sent back, it is declared anew, and counts who left in its midst till then
    dividends.return_round(round_id)
    leaves(dividends, agreement_id, 2, early)
    dividends.declare(round_id)
    # 1 June to 1 January are 214 of 365 days: 4 000 x 214 ÷ 365 = 2 345.205
    assert [row.amount_fen for row in dividends.rows(round_id, 2)] == [400_000, 234_521, 400_000]


def test_a_list_that_was_handed_in_before_is_not_approved_after_it(dividends: DividendTown) -> None:
    """Nothing was declared when it was handed in; its households count from the approval on."""
    round_id = three(dividends)
    with dividends.books.read() as session:
        agreement_id = steps.agreement_of(session, round_id).id
    waits = hands_in(dividends, agreement_id, 4, date(2017, 5, 31))
    dividends.declare(round_id)
    with refused(DividendDeclaredSince, to_on=DUE, round=round_id):
        lets_in(dividends, waits)
    dividends.return_round(round_id)
    lets_in(dividends, waits)


def test_who_leaves_in_a_prepaid_period_does_before_its_settlement(
    dividends: DividendTown,
) -> None:
    """A quarter from 20 May, prepaid to two: one may leave in its midst till it is settled."""
    term = Term(year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=80_000)
    agreement_id = dividends.agree(
        *(dividends.stake(place, FULL) for place in (1, 2, 3)),
        term=term, rhythm_months=3, in_advance=True, years=1, from_on=date(2017, 5, 20),
        to_on=date(2018, 5, 20),
    )  # fmt: skip
    (first,) = dividends.find(date(2017, 5, 25))
    dividends.granted(first, 300_000)
    leaves(dividends, agreement_id, 1, date(2017, 5, 27))
    dividends.paid_out(first)
    dividends.find(date(2017, 8, 20))
    settled = dividends.settle_prepaid(first)
    leaves(dividends, agreement_id, 2, date(2017, 8, 19))
    dividends.declare(settled, extra_fen=5_000)
    with refused(DividendDeclaredSince, to_on=date(2017, 8, 20), round=settled):
        leaves(dividends, agreement_id, 3, date(2017, 8, 19))
    with refused(DividendDeclaredSince, to_on=date(2017, 8, 20), round=settled):
        joins(dividends, agreement_id, 4, date(2017, 8, 19))
    leaves(dividends, agreement_id, 3, date(2017, 8, 20))


# --- money ----------------------------------------------------------------------------------------


def test_a_dividend_above_its_funding_is_not_granted(dividends: DividendTown) -> None:
    """Two rounds of 12 000 and 15 000 paid in: the second one waits, whatever finance found."""
    round_id = three(dividends)
    dividends.declare(round_id)
    dividends.hang(round_id)
    dividends.receive(1_199_999)
    with refused(DividendAboveFunding, short="0.01", free="11999.99", needed="12000.00"):
        dividends.find_money(round_id)
    dividends.receive(300_001)
    dividends.find_money(round_id)
    other = dividends.agree(dividends.stake(4, FULL), number="利联2016-002")
    assert other
    (_, second) = dividends.find(dividends.today)
    dividends.declare(second)
    dividends.hang(second)
    dividends.find_money(second)
    dividends.grant_round(round_id)
    with refused(DividendAboveFunding, needed="4000.00", free="3000.00"):
        dividends.grant_round(second)
    dividends.receive(100_000)
    dividends.grant_round(second)
    with dividends.books.read() as session:
        (pool,) = reading.pools(session, by=OFFICE)
        fundings = reading.fundings(session, dividends.enterprise_id, by=OFFICE)
    assert (pool.funded_fen, pool.reserved_fen, pool.paid_fen, pool.free_fen) == (
        1_600_000, 1_600_000, 0, 0,
    )  # fmt: skip
    assert [one.amount_fen for one in fundings] == [100_000, 300_001, 1_199_999]


def test_a_round_that_nobody_declared_is_not_granted(dividends: DividendTown) -> None:
    round_id = three(dividends)
    with refused(RoundElsewhere):
        dividends.grant_round(round_id)


def test_payments_are_told_of_ones_own_villages(dividends: DividendTown) -> None:
    """Holder and the account's last digits of three households, who live in one village."""
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    near = replace(CHECKER, region_scope="431022100201")
    for by, count in ((near, 3), (replace(CHECKER, region_scope="431022101202"), 0)):
        with dividends.books.read() as session:
            file = reading.file_of(session, round_id, 1, by=by)
            told = reading.payments(session, file.id, keyring=dividends.keyring, by=by)
        assert len(told) == count


PUBLIC = [
    ("91431022MA4L16HQ8P", "宜章示范农商行"),
    ("11431022006000000G", "宜章县财政局"),
    ("51431022MA4L00001R", "某村互助社"),
]


def test_no_public_or_cooperative_money_pays_a_dividend(dividends: DividendTown) -> None:
    dividends.settle_in("11431022006000000G", Kind.OFFICE, "宜章县财政局")
    dividends.settle_in("51431022MA4L00001R", Kind.VILLAGE_FUND, "某村互助社")
    for code, name in PUBLIC:
        with refused(PublicMoneyNoDividend, payer=name):
            dividends.receive(100, payer_code=code)
    with refused(PublicMoneyNoDividend):
        dividends.receive(100, organisation_id=dividends.lender_id, payer_code=CODE)
    dividends.settle_in("91431022MA4L2RT070", name="另一家企业")
    with refused(PayerNotTheEnterprise, payer="另一家企业"):
        dividends.receive(100, payer_code="91431022MA4L2RT070")
    with refused(PayerNotTheEnterprise, payer="91430000000000000X"):
        dividends.receive(100, payer_code="91430000000000000X")
    with refused(FundingAmountWrong):
        dividends.receive(0)
    with refused(NotEntitled):
        dividends.receive(100, by=OFFICER)
    assert dividends.held("pool_cash") == 0


def test_a_returned_payment_is_another_attempt_on_another_account(
    dividends: DividendTown,
) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    booked = dividends.paid_out(round_id, {2: "销户"})
    assert (booked.paid_fen, booked.returned_fen) == (800_000, 400_000)
    assert dividends.round_state(round_id) == lifecycle.PART_PAID
    assert dividends.held("dividend_payable", dividends.household(2)) == -400_000
    with pytest.raises(PaymentRowsRefused) as raised:
        dividends.pay_file(round_id)
    assert type(raised.value.rows[0][1]) is PayoutAccountUnchanged
    with refused(NoDividendToPay):
        dividends.pay_file(round_id, ready_only=True)
    dividends.correct_account(2, "190000000000002")
    dividends.pay_file(round_id)
    dividends.discard_round(round_id)
    assert dividends.round_state(round_id) == lifecycle.PART_PAID
    again = dividends.paid_out(round_id)
    assert (again.paid_fen, again.returned_fen) == (400_000, 0)
    assert dividends.round_state(round_id) == lifecycle.PAID
    with dividends.books.read() as session:
        attempts = session.execute(
            select(DividendPayment.attempt, DividendPayment.amount_fen)
            .where(DividendPayment.household_id == dividends.household(2))
            .order_by(DividendPayment.attempt)
        ).all()
        rows = reading.household_rows(
            session, dividends.household(2), on=dividends.today, by=OFFICE
        )
        paid = session.execute(reading.paid_cash().order_by("household_id")).all()
    # the discarded file's attempt counts as one
    assert [tuple(row) for row in attempts] == [(1, 400_000), (2, 400_000), (3, 400_000)]
    assert [(row.attempts, row.paid_on) for row in rows] == [(3, dividends.today)]
    assert [row.amount_fen for row in paid] == [400_000] * 3


def test_a_file_that_was_discarded_is_not_answered(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    said = dividends.bank_says(round_id)
    with refused(RoundElsewhere):
        dividends.take_bank(round_id, said)
    dividends.discard_round(round_id)
    with refused(PaymentFileDiscarded):
        dividends.take_bank(round_id, said)
    assert dividends.round_state(round_id) == lifecycle.APPROVED


def test_an_answer_that_is_not_to_the_file_is_refused_whole(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    batch_no = dividends.send_round(round_id)
    good = dividends.bank_says(round_id)
    lines = good.splitlines()
    twice = "\r\n".join([*lines[:3], lines[2], lines[4]])
    with refused(ReturnFileHasFaults):
        dividends.take_bank(round_id, twice)
    unknown = "\r\n".join(
        [*lines[:3], lines[3].replace(f"{batch_no},3,", f"{batch_no},9,"), lines[4]]
    )
    with refused(ReturnRowDiffers):
        dividends.take_bank(round_id, unknown)
    with refused(ReturnTotalDiffers):
        dividends.take_bank(round_id, good.replace("合计,3,,,12000.00", "合计,3,,,12000.01"))
    with refused(ReturnOfAnotherFile):
        dividends.take_bank(round_id, good.replace(batch_no, batch_no.replace("431022", "431023")))
    assert dividends.held("dividend_payable") == -1_200_000
    dividends.take_bank(round_id, good)
    with refused(ReturnTakenBefore):
        dividends.take_bank(round_id, good)
    with refused(ReturnTakenBefore):
        dividends.take_bank(round_id, good + "\r\n")


def test_what_the_bank_cannot_read_is_told_before_a_file_is_made(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.rename_head(1, "王㙍")
    dividends.granted(round_id, 1_200_000)
    with pytest.raises(PaymentRowsRefused) as raised:
        dividends.pay_file(round_id, encoding="gbk")
    assert type(raised.value.rows[0][1]) is NameNotHeld
    dividends.pay_file(round_id)
    with dividends.books.read() as session:
        name, content = payment.file_content(
            session, round_id=round_id, keyring=dividends.keyring, by=FINANCE
        )
        page = reading.round_page(session, round_id, by=OFFICE)
        told = reading.payments(
            session, page.files[0].id, keyring=dividends.keyring, by=FINANCE, limit=1
        )
    text = content.decode("gb18030")
    assert name.endswith(".csv")
    assert "企业分红" in text
    assert "180000000000001" in text
    assert told[0].account.endswith("0001")
    assert "180000000000001" not in told[0].account


def test_a_signed_list_has_a_number(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.paid_out(round_id)
    with refused(DeclarationUndocumented):
        dividends.sign_for(round_id, document_no="")
    dividends.sign_for(round_id)


def test_an_account_is_noted_of_a_household(dividends: DividendTown) -> None:
    noted = payouts.AccountNoted("organisations", 1, "a", "180000000000009", "b", "c")
    with (
        refused(HouseholdNotInRound),
        dividends.books.write("enterprises.account", by=REGISTRAR) as session,
    ):
        payment.note_account(
            session, noted, keyring=dividends.keyring, on=dividends.today, by=REGISTRAR
        )
    with refused(HouseholdNotInRound), dividends.books.read() as session:
        reading.household_rows(session, 999, on=dividends.today, by=OFFICE)


@pytest.mark.damaged("a declared row is changed behind the books' back")
def test_rows_that_were_changed_are_not_checked(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.declare(round_id)
    posted_on = dividends.today
    dividends.wait(7)
    with dividends.unguarded() as connection:
        connection.exec_driver_sql("UPDATE dividend_rows SET persons = persons + 1")
    with refused(DividendRowsChanged):
        dividends.check_round(round_id, posted_on=posted_on)


@pytest.mark.damaged("a payment is changed behind the books' back")
def test_a_payment_that_was_changed_is_not_sent(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    with dividends.unguarded() as connection:
        table = table_of(DividendPayment)
        connection.execute(table.update().values(amount_fen=table.c.amount_fen + 1))
    with refused(PaymentRowsChanged):
        dividends.send_round(round_id)


# --- arrears --------------------------------------------------------------------------------------


def test_an_enterprises_arrears_by_days(dividends: DividendTown) -> None:
    """Due on 1 June: 12 000 by the terms; on 12 June eleven days late; then what is not paid."""
    round_id = three(dividends)

    def late() -> list[tuple[int, int, bool]]:
        with dividends.books.read() as session:
            found = expected.arrears(
                session,
                on=dividends.today,
                by=OFFICE,
                organisation_id=dividends.enterprise_id,
            )
        return [(one.days, one.amount_fen, one.declared) for one in found]

    assert late() == [(1, 1_200_000, False)]
    dividends.declare(round_id, extra_fen=300)
    assert late() == [(1, 1_200_300, True)]
    dividends.hang(round_id)
    dividends.receive(1_200_300)
    dividends.find_money(round_id)
    dividends.grant_round(round_id)
    dividends.paid_out(round_id, {1: "死亡"})
    dividends.wait(3)
    # 1 June to 12 June
    assert late() == [(11, 400_100, True)]
    dividends.correct_account(1, "190000000000001")
    dividends.paid_out(round_id)
    assert late() == []


def test_arrears_are_one_question_however_many_rounds(dividends: DividendTown) -> None:
    """Four agreements by 1 June 2017: a year, quarters, heads by half-year, a step paid in advance.

    Each promise is what ``expected_fen`` says of that round alone, and the terms on paper.
    """
    rate = Term(year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=80_000)
    heads = Term(year_from=1, year_to=3, basis="per_person", amount_fen=50_001)
    steps_up = (
        Term(year_from=1, year_to=1, basis="per_household", amount_fen=100_000),
        Term(year_from=2, year_to=3, basis="per_household", amount_fen=200_000),
    )
    dividends.agree(dividends.stake(1, FULL), number="甲")
    dividends.agree(
        dividends.stake(2, FULL), dividends.stake(3, FULL), number="乙", term=rate,
        rhythm_months=3, years=1,
    )  # fmt: skip
    dividends.agree(dividends.stake(4, FULL), number="丙", term=heads, rhythm_months=6)
    left = dividends.agree(
        dividends.stake(5, FULL), dividends.stake(6, FULL), number="丁", term=steps_up,
        in_advance=True,
    )  # fmt: skip
    leaves(dividends, left, 5, date(2017, 5, 22))
    dividends.find(DUE)
    on = dividends.today
    with dividends.books.read() as session:
        session.connection()
        with statements(dividends) as noted:
            found = expected.arrears(session, on=on, by=OFFICE)
        assert len(noted) == 1
        alone = [
            expected.expected_fen(
                session, steps.round_of(session, one.round_id),
                steps.agreement_of(session, one.round_id),
            )
            for one in found
        ]  # fmt: skip
    assert [one.amount_fen for one in found] == alone
    assert [one.amount_fen for one in found if one.agreement_number == "甲"] == [400_000]
    # 50 000 x 8 % ÷ 4, for two, and four quarters
    assert [one.amount_fen for one in found if one.agreement_number == "乙"] == [200_000] * 4
    # three heads x 500.01 ÷ 2 = 750.015, twice
    assert [one.amount_fen for one in found if one.agreement_number == "丙"] == [75_002] * 2
    # 1 June 2016 to 22 May 2017 are 355 of 365 days: 1 000 x 355 ÷ 365 = 972.603, and 1 000;
    # in the second year one is left, with 2 000
    assert [one.amount_fen for one in found if one.agreement_number == "丁"] == [197_260, 200_000]


def test_the_reads_for_the_figures(dividends: DividendTown) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_500_000)
    with dividends.books.read() as session:
        assert session.execute(reading.declared_sums()).all() == [
            (dividends.enterprise_id, date(2017, 6, 2), 1_200_000, 1_200_000)
        ]
        assert session.execute(reading.funding_sums()).all() == [
            (dividends.enterprise_id, date(2017, 6, 9), 1_500_000)
        ]
        assert session.execute(reading.paid_cash()).all() == []
        rows = reading.rows_page(session, round_id, 1, on=dividends.today, by=CHECKER, limit=2)
        assert [row.row.nr for row in rows] == [1, 2]
        assert len(reading.rounds(session, by=CHECKER, state="approved")) == 1
        assert reading.rounds(session, by=CHECKER, state="due") == []
        agreement_id = reading.rounds(session, by=CHECKER)[0].agreement_id
        mine = reading.rounds(
            session, by=CHECKER, agreement_id=agreement_id, organisation_id=dividends.enterprise_id
        )
        assert [one.id for one in mine] == [round_id]


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_a_dividend_above_its_funding_is_not_granted,
        "enterprises.dividends.funding._reserve",
        lambda session, organisation_id, fen: None,
    ),
    Plant(
        test_no_public_or_cooperative_money_pays_a_dividend,
        "enterprises.dividends.funding._require_own_money",
        lambda session, enterprise, code: None,
    ),
    Plant(
        test_nobody_checks_their_own_household,
        "enterprises.dividends.steps.own_index",
        lambda session, found, by: set(),
    ),
    Plant(
        test_rows_that_were_changed_are_not_checked,
        "enterprises.dividends.steps.declared_digest",
        lambda session, round_id, version: "0" * 64,
    ),
    Plant(
        test_a_payment_that_was_changed_is_not_sent,
        "enterprises.payment.sending._require_unchanged",
        lambda session, file: None,
    ),
    Plant(
        test_an_answer_that_is_not_to_the_file_is_refused_whole,
        "enterprises.payment.answering.compare",
        lambda head, answer, sent, keyring: None,
        catches=(Exception,),
    ),
    Plant(
        test_a_list_that_was_handed_in_before_is_not_approved_after_it,
        "enterprises.linking.require_undeclared",
        lambda session, agreement, from_on: None,
    ),
    Plant(
        test_who_leaves_in_a_prepaid_period_does_before_its_settlement,
        "enterprises.linking.require_undeclared",
        lambda session, agreement, from_on: None,
    ),
    Plant(
        test_arrears_are_one_question_however_many_rounds,
        "enterprises.dividends.promised._of_its_year",
        lambda: AgreementTerm.year_from == 1,
    ),
    Plant(
        test_a_prepaid_round_is_due_on_the_first_day_and_settled_after_the_last,
        "enterprises.batch.Case.period_days",
        property(lambda one: 365),
        catches=(Exception,),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
