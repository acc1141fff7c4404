"""Changes as events of a life: back-dated, undone, refunded; what the close makes of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import ledger
import loans
from households.models import Person
from kernel.actor import Actor
from loans.models import BorrowerChange, Change, GradeChange, Loan
from loans.refusals import (
    AmountNotPositive,
    BucketWouldBeNegative,
    EventAfterWriteOff,
    RefundAboveCredit,
    SheetRefused,
    ValueDateInFuture,
)
from office.refusals import NotEntitled, VoucherUsed
from tests.loans.changing import (
    asked,
    balance,
    change,
    decide,
    dues,
    last_change,
    propose,
    settled,
    undo,
)
from tests.loans.filing import Desk, a_list
from tests.loans.refusing import bent
from tests.loans.town import CHECKER, DIRECTOR, FULL, OFFICER, Town
from tests.planted import Plant
from tests.register import identity_number

# --- deferral -------------------------------------------------------------------------------------


@pytest.fixture
def town_of_2020(new_town: Town) -> Town:
    """Open on 3 February 2020."""
    return new_town.found(date(2020, 2, 3), households=1)


def test_a_deferral_makes_overdue_vanish(town_of_2020: Town) -> None:
    town = town_of_2020
    # Matures on 3 March 2020.
    number = town.lend(1, term_months=1, annual_rate_ppm=41_500)
    town.close_to(date(2020, 4, 1))
    # 50 000 x (4.15 % + 50 %) x 18 / 360 = 155.63, settled on 20 March
    assert settled(town, number, "penalty") == [("2020-03-03", "2020-03-21", 15_563, 0)]
    assert town.position(number).grade == 2
    change(
        town,
        "deferral",
        number,
        matures_on=date(2020, 9, 3),
        value_date=date(2020, 3, 2),
    )
    assert settled(town, number, "penalty") == []
    assert dues(town, number, "penalty") == []
    assert dues(town, number, "principal") == []
    assert balance(town, "penalty_income") == 0
    # 3 February to 21 March is 47 days: 50 000 x 4.15 % x 47 / 360 = 270.90, the treasury's
    assert settled(town, number, "interest") == [("2020-02-03", "2020-03-21", 27_090, 27_090)]
    assert dues(town, number, "interest") == [("2020-03-21", 27_090)]
    town.close_to(date(2020, 4, 2))
    assert town.position(number).grade == 1
    # It is no extension: that may still come.
    propose(town, "extension", asked(number, matures_on=date(2020, 10, 3)))


# --- misuse ---------------------------------------------------------------------------------------


def test_misuse_is_paid_for_until_the_finding_is_undone(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 9, 20))
    before = settled(town, number, "interest")
    # 22 days: 145.14; 92 days: 50 000 x 4.75 % x 92 / 360 = 606.94; both the treasury's
    assert before == [
        ("2016-05-30", "2016-06-21", 14_514, 14_514),
        ("2016-06-21", "2016-09-21", 60_694, 60_694),
    ]
    change(town, "misuse", number, evidence="贷款用于建房", value_date=date(2016, 6, 21))
    # 50 000 x 4.75 % x 2 x 92 / 360 = 1213.89, all of it the household's
    assert settled(town, number, "penalty") == [("2016-06-21", "2016-09-21", 121_389, 0)]
    assert settled(town, number, "interest") == before[:1]
    assert balance(town, "penalty_income") == -121_389
    assert balance(town, "treasury_interest_receivable") == 14_514
    undo(town, last_change(town, number), CHECKER)
    assert settled(town, number, "penalty") == []
    assert settled(town, number, "interest") == before
    assert balance(town, "penalty_income") == 0
    assert balance(town, "treasury_interest_receivable") == 14_514 + 60_694
    assert not town.position(number).misused


def test_a_check_that_found_misuse_is_evidence(town: Town) -> None:
    number = town.lend(1)
    other = town.lend(2)
    desk = Desk(town, a_list({"code": "form", "stage": "application", "required": True}))
    town.close_to(date(2016, 6, 5))
    fits = desk.check(number, "matches")
    built = desk.check(other, "misused", misused_fen=1_000_000)
    with pytest.raises(SheetRefused):
        propose(town, "misuse", asked(number, check_id=fits))
    with pytest.raises(SheetRefused):
        propose(town, "misuse", asked(number, check_id=built))
    change(town, "misuse", other, check_id=built)
    assert town.position(other).misused


# --- extensions that are undone -------------------------------------------------------------------


def test_an_extension_undone_never_happened(town: Town) -> None:
    number = town.lend(1, term_months=3, annual_rate_ppm=43_500)
    town.close_to(date(2016, 7, 29))
    change(town, "extension", number, matures_on=date(2016, 11, 30))
    town.close_to(date(2016, 9, 9))
    undo(town, last_change(town, number), CHECKER)
    # Due on 30 August and unpaid: overdue since then.
    assert dues(town, number, "principal") == [("2016-08-30", FULL)]
    assert town.position(number).matures_on == date(2016, 8, 30)
    town.close_to(date(2016, 9, 10))
    assert town.position(number).grade == 2
    # It counts no longer; but overdue it is.
    with pytest.raises(SheetRefused) as refused:
        propose(
            town,
            "extension",
            asked(number, matures_on=date(2016, 11, 30), value_date=date(2016, 8, 29)),
        )
    assert [one.code for _, one in refused.value.rows] == ["loan_is_overdue"]


def test_an_earlier_value_date_is_lived_again(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 8, 30))
    change(
        town,
        "plan",
        number,
        method="interest-only",
        every_months=1,
        value_date=date(2016, 6, 30),
    )
    # From 30 June by the month: 21 July and 21 August have been settlement days since.
    assert [one[1] for one in settled(town, number, "interest")] == [
        "2016-06-21", "2016-06-30", "2016-07-21", "2016-08-21",
    ]  # fmt: skip


# --- grades and borrowers -------------------------------------------------------------------------


def test_the_worse_of_rule_and_people_stands_and_says_why(town: Town) -> None:
    bent(town, interest_bearers=())
    number = town.lend(1)
    change(town, "grade", number, grade=2, reason="借款人外出失联")
    town.close_to(date(2016, 5, 30))
    with town.books.read() as session:
        (told,) = session.scalars(select(GradeChange)).all()
    assert (told.grade, told.overdue_days, told.clause) == (2, 0, "人工分类调整：借款人外出失联")
    # Interest due on 21 June stays unpaid: on day 90 the rule itself says more (次级).
    town.close_to(date(2016, 9, 23))
    assert town.position(number).grade == 3
    with pytest.raises(SheetRefused) as refused:
        propose(town, "grade", asked(number, grade=2))
    assert [one.code for _, one in refused.value.rows] == ["grade_not_worse"]


def member(place: int) -> str:
    """The identity number of a household's second member."""
    return identity_number(date(1970, 1, 1), place, 1)


def test_another_member_answers_for_the_loan(town: Town) -> None:
    number = town.lend(1)
    identity, stranger = member(1), member(2)
    for wrong in (stranger, "431099198003019994"):
        with pytest.raises(SheetRefused) as refused:
            propose(town, "borrower", asked(number, borrower_identity=wrong))
        assert [one.code for _, one in refused.value.rows] == ["borrower_not_member"]
    change(town, "borrower", number, borrower_identity=identity, reason="借款人身故")
    with town.books.read() as session:
        (row,) = session.scalars(select(BorrowerChange)).all()
        signed = session.scalars(select(Loan.borrower_id)).one()
        found = session.get_one(Person, row.borrower_id)
        index = town.keyring.blind_index(identity, kind="identity")
        assert (found.identity_index, found.is_head) == (index, False)
    assert row.borrower_id != signed
    with pytest.raises(SheetRefused) as refused:
        propose(town, "borrower", asked(number, borrower_identity=identity))
    assert [one.code for _, one in refused.value.rows] == ["borrower_unchanged"]


# --- refunds --------------------------------------------------------------------------------------


def refund(
    town: Town,
    number: str,
    fen: int,
    voucher_no: str = "TK0001",
    value_date: date | None = None,
    by: Actor = OFFICER,
) -> int:
    wanted = loans.Refund(number, fen, "counter", voucher_no, value_date)
    with town.books.write("loans.repay", by=by) as session:
        return loans.refund(
            session, wanted=wanted, calendar=town.calendar, on=ledger.open_day(session), by=by
        )


def test_credit_is_paid_back(town: Town) -> None:
    number = town.lend(1)
    town.pay(number, 100_000)
    assert balance(town, "household_credit") == -100_000
    refunded = refund(town, number, 40_000)
    assert balance(town, "household_credit") == -60_000
    assert balance(town, "funds") == -FULL + 60_000
    with pytest.raises(RefundAboveCredit):
        refund(town, number, 60_001, "TK0002")
    with pytest.raises(VoucherUsed):
        refund(town, number, 1)
    town.undo_payment(refunded)
    assert balance(town, "household_credit") == -100_000
    refund(town, number, 100_000, "TK0003")
    assert balance(town, "household_credit") == 0


def test_a_refund_of_an_earlier_day_is_of_the_credit_it_had(town: Town) -> None:
    number = town.lend(1)
    town.close_to(date(2016, 6, 5))
    town.pay(number, 100_000)
    town.close_to(date(2016, 6, 9))
    with pytest.raises(BucketWouldBeNegative):
        refund(town, number, 1, value_date=date(2016, 6, 5))
    refund(town, number, 100_000, value_date=date(2016, 6, 6))
    assert balance(town, "household_credit") == 0
    with pytest.raises(ValueDateInFuture):
        refund(town, number, 1, value_date=date(2016, 6, 11))


def test_refunds_that_are_refused(town: Town) -> None:
    number = town.lend(1)
    with pytest.raises(AmountNotPositive):
        refund(town, number, 0)
    with pytest.raises(NotEntitled):
        refund(town, number, 1, by=DIRECTOR)
    change(town, "grade", number, grade=5)
    change(town, "write_off", number)
    with pytest.raises(EventAfterWriteOff):
        refund(town, number, 1)


def test_what_is_overpaid_is_not_lost(town: Town) -> None:
    number = town.lend(1)
    change(town, "grade", number, grade=5)
    town.pay(number, 100)
    with pytest.raises(SheetRefused) as refused:
        propose(town, "write_off", asked(number))
    assert [one.code for _, one in refused.value.rows] == ["credit_before_write_off"]


# --- what cannot be lived is not proposed ---------------------------------------------------------


def test_a_plan_that_cannot_be_booked_is_refused_before_it_is_proposed(town: Town) -> None:
    """The life itself is asked: an extension before one that stands reaches no later day."""
    bent(town, extensions_max=3)
    number = town.lend(1, term_months=12, annual_rate_ppm=43_500)
    town.close_to(date(2016, 6, 9))
    change(town, "extension", number, matures_on=date(2017, 7, 30))
    with pytest.raises(SheetRefused) as refused:
        propose(
            town,
            "extension",
            asked(number, matures_on=date(2017, 8, 30), value_date=date(2016, 6, 1)),
        )
    assert [one.code for _, one in refused.value.rows] == ["maturity_not_later"]


def test_the_terms_before_stay_readable(town: Town) -> None:
    number = town.lend(1)
    sheet_id = propose(town, "plan", asked(number, method="interest-only", every_months=1))
    decide(town, sheet_id)
    with town.books.read() as session:
        loan = session.scalars(select(Loan)).one()
        row = session.scalars(select(Change)).one()
    assert (loan.method, loan.every_months) == ("interest-only", 3)
    assert (row.method, row.every_months, row.settle_on_day) == ("interest-only", 1, 20)


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_misuse_is_paid_for_until_the_finding_is_undone,
        "loans.changes.taking.is_last",
        lambda *_a: True,
        catches=(AssertionError, IntegrityError),
    ),
    Plant(
        test_credit_is_paid_back,
        "loans.operations.refunding.is_last",
        lambda *_a: False,
        catches=(AssertionError, IntegrityError),
    ),
    Plant(
        test_the_worse_of_rule_and_people_stands_and_says_why,
        "loans.changes.taking._override",
        lambda *_a: None,
        catches=(AssertionError, ValueError),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
