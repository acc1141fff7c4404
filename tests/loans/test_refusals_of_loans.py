"""Every rule of the loans' verbs is refused under its own name, and leaves nothing behind.

Each case sets a town up and hands back the call that must be refused; after it every table holds
as many rows as before and every running figure stands where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
import loans
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from ledger.refusals import DayNotOpen, ReversalOfReversal
from loans import Payment, limits, refusals
from loans.models import Application, Repayment, Reversal
from loans.operations import reversing
from loans.refusals import LendingLimitExceeded
from office import refusals as office
from tests.loans import changing
from tests.loans import test_refusals_of_applying as applying
from tests.loans.bent import treasury
from tests.loans.refusing import (
    Call,
    Case,
    apply,
    bent,
    decide,
    disburse,
    draw,
    everything,
    newcomer,
    payment,
    repay,
    reverse,
)
from tests.loans.town import CHECKER, DIRECTOR, FULL, OFFICER, VILLAGE, Town
from tests.planted import Plant
from tests.register import identity_number

ELSEWHERE = "431023"
START = date(2016, 5, 30)
LATER = date(2016, 5, 31)


def for_a_contract(call: Callable[[Town, str], object]) -> Case:
    def case(town: Town) -> Call:
        (number,) = town.contracts(town.asked(1))
        return lambda: call(town, number)

    return case


def for_a_loan(call: Callable[[Town, str], object], until: date | None = None) -> Case:
    def case(town: Town) -> Call:
        number = town.lend(1, amount_fen=2_000_000, term_months=1, annual_rate_ppm=43_500)
        if until is not None:
            town.close_to(until)
        return lambda: call(town, number)

    return case


def draws_on_a_settled_loan(town: Town) -> Call:
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, 2_000_000)
    town.pay(number, 2_000_000, early=True)
    town.close_to(START)
    return lambda: disburse(town, draw(number, 1))


def pays_a_settled_loan(town: Town) -> Call:
    number = town.lend(1)
    town.pay(number, FULL, early=True)
    return lambda: repay(town, payment(number))


def draws_in_part_by_plan(town: Town) -> Call:
    (number,) = town.contracts(town.asked(1, method="equal-principal", every_months=3))
    return lambda: disburse(town, draw(number, FULL - 1))


def pays_in_the_close(town: Town) -> Call:
    """The close of 20 June has one loan behind it and the other before it."""
    town.lend(1)
    number = town.lend(2)
    town.close_to(date(2016, 6, 19))
    closer = town.closer(chunk=1)
    closer._begin(town.today, town.program(town.today))
    return lambda: repay(town, payment(number))


def reverses_in_the_close(town: Town) -> Call:
    town.lend(1)
    number = town.lend(2)
    closer = town.closer(chunk=1)
    closer._begin(town.today, town.program(town.today))
    return lambda: reverse(town, f"{number}-01")


def limited(town: Town, limit_fen: int, *, stopped: bool = False) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_limit(
            session,
            scope=("region", VILLAGE[:9]),
            limit_fen=limit_fen,
            clause="专户协议第三条",
            stopped=stopped,
        )


def draws_beyond_the_limit(town: Town) -> Call:
    limited(town, FULL - 1)
    (number,) = town.contracts(town.asked(1))
    return lambda: disburse(town, draw(number))


def draws_where_lending_is_stopped(town: Town) -> Call:
    limited(town, 10 * FULL, stopped=True)
    (number,) = town.contracts(town.asked(1))
    return lambda: disburse(town, draw(number))


def draws_beyond_the_line(town: Town) -> Call:
    """Two contracts of 30 000 on a line of 50 000 can be signed before either is drawn."""
    bent(town, household_total_max_fen=10_000_000)
    (first,) = town.contracts(town.asked(1, amount_fen=3_000_000))
    (second,) = town.contracts(town.asked(1, amount_fen=3_000_000))
    town.disburse(first, 3_000_000)
    return lambda: disburse(town, draw(second, 3_000_000))


def a_voucher_again(town: Town) -> Call:
    number = town.lend(1)
    town.pay(number, 100, voucher_no="HK-1")
    return lambda: repay(town, payment(number, 100, "HK-1"))


def the_voucher_of_a_payout_again(town: Town) -> Call:
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, 100, "NR-1")
    return lambda: repay(town, payment(number, 100, "NR-1"))


def approves(by: Callable[[Town], Actor], **asked: Any) -> Case:
    def case(town: Town) -> Call:
        sheet_id = town.apply(town.asked(1, **asked))
        return lambda: decide(town, sheet_id, by(town))

    return case


def approves_an_exception(town: Town) -> Call:
    """Entitled to approve, not to except: the right is asked for by itself."""
    name = newcomer(town, 90, born_on=date(1950, 5, 30))
    asked = replace(town.asked(1), household_number=name, exception_reason="子女共同经营")
    sheet_id = town.apply(asked)
    return lambda: decide(town, sheet_id, CHECKER)


def approves_twice(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    town.approve(sheet_id)
    return lambda: decide(town, sheet_id, DIRECTOR)


def rejects_without_a_reason(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    return lambda: decide(town, sheet_id, DIRECTOR, approved=False)


def approves_a_changed_sheet(town: Town) -> Call:
    """Someone slips one more application onto the sheet behind the director's back."""
    sheet_id = town.apply(town.asked(1))
    with town.books.write("loans.apply", by=OFFICER) as session:
        first = session.scalars(select(Application)).one()
        copied = {
            column.name: getattr(first, column.name)
            for column in Application.__table__.columns
            if column.name not in {"id", "trail_id"}
        }
        session.execute(insert(Application), {**copied, "household_id": 2, "borrower_id": 4})
    return lambda: decide(town, sheet_id, DIRECTOR)


def signs_before_approval(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    return lambda: town.sign(sheet_id)


def signs_twice(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    town.approve(sheet_id)
    town.sign(sheet_id)
    return lambda: town.sign(sheet_id)


def signs_where_two_bear_the_interest(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    town.approve(sheet_id)
    bent(town, interest_bearers=treasury((None, None, 5_000, None), (None, None, 2_000, None)))
    return lambda: town.sign(sheet_id)


def signs_where_the_subsidy_goes_two_ways(town: Town) -> Call:
    sheet_id = town.apply(town.asked(1))
    town.approve(sheet_id)
    year = date(2017, 1, 1)
    to_lender, to_household = (
        treasury((None, year, 10_000, None)),
        treasury((year, None, 7_000, None), route="household"),
    )
    bent(town, interest_bearers=to_lender + to_household)
    return lambda: town.sign(sheet_id)


def reverses(*, after: Callable[[Town, str], object]) -> Case:
    def case(town: Town) -> Call:
        (number,) = town.contracts(town.asked(1))
        slip = town.disburse(number, 1_000_000)
        after(town, number)
        return lambda: reverse(town, slip)

    return case


def refund(town: Town, number: str, fen: int, on: date | None = None) -> object:
    wanted = loans.Refund(number, fen, "counter", f"TK{fen}", on)
    with town.books.write("loans.refund", by=OFFICER) as session:
        day = ledger.open_day(session)
        return loans.refund(session, wanted=wanted, calendar=town.calendar, on=day, by=OFFICER)


def dated(number: str, days: int) -> Payment:
    """A payment so many days after 30 May."""
    return replace(payment(number), value_date=date.fromordinal(START.toordinal() + days))


def undoes_a_payment_twice(town: Town) -> Call:
    key = town.pay(town.lend(1), 100)
    town.undo_payment(key)
    return lambda: town.undo_payment(key)


def undoes_a_change_twice(town: Town) -> Call:
    number = town.lend(1)
    town.close_to(START)
    changing.change(town, "misuse", number, evidence="入户")
    key = changing.last_change(town, number)
    changing.undo(town, key, CHECKER)
    return lambda: changing.undo(town, key, CHECKER)


def undoes_a_reversal(town: Town) -> Call:
    town.undo_payment(town.pay(town.lend(1), 100))

    def call() -> None:
        with town.books.write("loans.reverse", by=CHECKER) as session:
            (reversal_id,) = session.scalars(select(Reversal.id))
            reversing.refuse_reversal_of_reversal(session, reversal_id)

    return call


def undoes_a_use_of_credit(town: Town) -> Call:
    """The close put it to use, and no person."""
    bent(town, interest_bearers=())
    town.pay(town.lend(1), 20_000)
    town.close_to(date(2016, 6, 21))
    with town.books.read() as session:
        key = session.scalars(select(Repayment.id).where(Repayment.kind == "credit")).one()
    return lambda: town.undo_payment(key)


def undoes_what_was_refunded(town: Town) -> Call:
    number = town.lend(1)
    key = town.pay(number, 20_000)
    refund(town, number, 15_000)
    return lambda: town.undo_payment(key)


def refunds_late_what_came_later(town: Town) -> Call:
    number = town.lend(1)
    town.close_to(LATER)
    town.pay(number, 20_000)
    return lambda: refund(town, number, 1, START)


def draws_late_what_was_out_then(town: Town) -> Call:
    """There is room today, and was none on the day named."""
    (number,) = town.contracts(town.asked(1, revolving=True))
    town.disburse(number, FULL)
    town.close_to(LATER)
    town.pay(number, 3_000_000, early=True)
    return lambda: disburse(town, replace(draw(number, 1), value_date=START))


def _half_drawn_and_misused(town: Town) -> str:
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, 1_000_000)
    town.close_to(START)
    changing.change(town, "misuse", number, evidence="入户")
    return number


def draws_after_misuse(town: Town) -> Call:
    number = _half_drawn_and_misused(town)
    town.close_to(LATER)
    return lambda: disburse(town, draw(number, 1))


def draws_late_after_misuse(town: Town) -> Call:
    number = _half_drawn_and_misused(town)
    town.close_to(date(2016, 6, 2))
    return lambda: disburse(town, replace(draw(number, 1), value_date=date(2016, 6, 1)))


def corrects_in_the_close(town: Town) -> Call:
    """The close of 20 June has not come to this loan yet."""
    town.lend(1)
    number = town.lend(2)
    town.close_to(date(2016, 6, 19))
    closer = town.closer(chunk=1)
    closer._begin(town.today, town.program(town.today))
    return lambda: repay(town, dated(number, 5))


def by_person(actor: Actor, **changes: Any) -> Actor:
    return replace(actor, **changes)


def member(town: Town, place: int) -> Actor:
    """A director who is a member of the first household; 0 is its head."""
    number = identity_number(date(1970, 1, 1), 1, place)
    return by_person(DIRECTOR, identity_index=town.keyring.blind_index(number, kind="identity"))


ELSEWHERE_OFFICER = by_person(OFFICER, region_scope=ELSEWHERE)
OTHER_BANK_DIRECTOR = by_person(DIRECTOR, institution_ids=frozenset({999}))
OTHER_BANK_OFFICER = by_person(OFFICER, institution_ids=frozenset({999}))
#: the loan officer again, as a director under another account
SAME_PERSON = by_person(DIRECTOR, person_id=OFFICER.person_id, account="second account")

CASES: list[tuple[type[Refusal], Case]] = [
    # applying
    (refusals.LoanSheetEmpty, lambda town: lambda: apply(town)),
    (refusals.LenderNotInBusiness, lambda town: lambda: apply(town, town.asked(1), lender_id=99)),
    (office.NotEntitled, lambda town: lambda: apply(town, town.asked(1), by=CHECKER)),
    (office.NotEntitled, lambda town: lambda: apply(town, town.asked(1), by=OTHER_BANK_OFFICER)),
    # deciding
    (office.SameMakerAndChecker, approves(lambda town: SAME_PERSON)),
    (office.OwnHousehold, approves(lambda town: member(town, 0))),
    (office.OwnHousehold, approves(lambda town: member(town, 2))),
    (office.NotEntitled, approves(lambda town: CHECKER)),
    (office.NotEntitled, approves(lambda town: by_person(DIRECTOR, region_scope=ELSEWHERE))),
    (office.NotEntitled, approves(lambda town: OTHER_BANK_DIRECTOR)),
    (office.NotEntitled, approves(lambda town: town.system)),
    (office.SystemNeverApproves, approves(lambda town: by_person(DIRECTOR, person_id=0))),
    (office.NotEntitled, approves_an_exception),
    (office.AlreadyDecided, approves_twice),
    (office.ReasonMissing, rejects_without_a_reason),
    (office.ProposalChanged, approves_a_changed_sheet),
    (NotFound, lambda town: lambda: decide(town, 99, DIRECTOR)),
    # signing
    (refusals.SheetNotApproved, signs_before_approval),
    (refusals.AlreadySigned, signs_twice),
    (refusals.BearersOverlap, signs_where_two_bear_the_interest),
    (refusals.RoutesDiffer, signs_where_the_subsidy_goes_two_ways),
    # disbursing
    (refusals.LoanSheetEmpty, lambda town: lambda: disburse(town)),
    (refusals.LoanUnknown, lambda town: lambda: disburse(town, draw("XD20160000099"))),
    (refusals.AmountNotPositive, for_a_contract(lambda t, n: disburse(t, draw(n, 0)))),
    (refusals.AmountNotPositive, for_a_contract(lambda t, n: disburse(t, draw(n, -1)))),
    (refusals.DrawAboveContract, for_a_contract(lambda t, n: disburse(t, draw(n, FULL + 1)))),
    (refusals.LoanTwiceOnSheet,
     for_a_contract(lambda t, n: disburse(t, draw(n, 1), draw(n, 1, "FK900002")))),
    (refusals.PlanLoanDrawnOnce, draws_in_part_by_plan),
    (refusals.LoanOver, for_a_loan(lambda t, n: disburse(t, draw(n, 1)), date(2016, 6, 29))),
    (refusals.LoanOver, draws_on_a_settled_loan),
    (DayNotOpen, for_a_contract(lambda t, n: disburse(t, draw(n), on=LATER))),
    (DayNotOpen, for_a_contract(lambda t, n: disburse(t, draw(n), on=date(2016, 5, 29)))),
    (office.NotEntitled, for_a_contract(lambda t, n: disburse(t, draw(n), by=ELSEWHERE_OFFICER))),
    (office.NotEntitled, for_a_contract(lambda t, n: disburse(t, draw(n), by=OTHER_BANK_OFFICER))),
    (office.NotEntitled, for_a_contract(lambda t, n: disburse(t, draw(n), by=DIRECTOR))),
    (office.VoucherMissing, for_a_contract(lambda t, n: disburse(t, draw(n, voucher=" ")))),
    (refusals.LendingLimitExceeded, draws_beyond_the_limit),
    (refusals.LendingStopped, draws_where_lending_is_stopped),
    # repaying
    (refusals.NothingDisbursed, for_a_contract(lambda t, n: repay(t, payment(n)))),
    (refusals.AmountNotPositive, for_a_loan(lambda t, n: repay(t, payment(n, 0)))),
    (refusals.LoanUnknown, lambda town: lambda: repay(town, payment("XD20160000099"))),
    (refusals.LoanTwiceOnSheet,
     for_a_loan(lambda t, n: repay(t, payment(n), payment(n, 1, "HK900002")))),
    (refusals.LoanOver, pays_a_settled_loan),
    (refusals.LoanInClose, pays_in_the_close),
    (DayNotOpen, for_a_loan(lambda t, n: repay(t, payment(n), on=LATER))),
    (office.NotEntitled, for_a_loan(lambda t, n: repay(t, payment(n), by=ELSEWHERE_OFFICER))),
    (office.NotEntitled, for_a_loan(lambda t, n: repay(t, payment(n), by=OTHER_BANK_OFFICER))),
    (office.VoucherUsed, a_voucher_again),
    (office.VoucherUsed, the_voucher_of_a_payout_again),
    # reversing
    (refusals.DisbursementUnknown, lambda town: lambda: reverse(town, "XD20160000001-01")),
    (office.ReasonMissing, for_a_loan(lambda t, n: reverse(t, f"{n}-01", " "))),
    (office.NotEntitled, for_a_loan(lambda t, n: reverse(t, f"{n}-01", by=OFFICER))),
    (office.NotEntitled,
     for_a_loan(lambda t, n: reverse(t, f"{n}-01", by=by_person(CHECKER, region_scope=ELSEWHERE)))),
    (refusals.LoanInClose, reverses_in_the_close),
    (refusals.EventAlreadyReversed, reverses(after=lambda t, n: t.reverse(f"{n}-01"))),
    (refusals.EventAlreadyReversed, undoes_a_payment_twice),
    (refusals.EventAlreadyReversed, undoes_a_change_twice),
    (ReversalOfReversal, undoes_a_reversal),
    (refusals.RepaymentUnknown, lambda town: lambda: town.undo_payment(99)),
    (refusals.RepaymentUnknown, undoes_a_use_of_credit),
    (refusals.ChangeUnknown, lambda town: lambda: changing.undo(town, 99, CHECKER)),
    # a draw without which what came after it could not have been
    (refusals.EventBeforeFirstDraw, reverses(after=lambda t, n: t.pay(n, 1))),
    (refusals.BucketWouldBeNegative, undoes_what_was_refunded),
    # with another value date
    (refusals.ValueDateInFuture, for_a_loan(lambda t, n: repay(t, dated(n, 1)))),
    (refusals.ValueDateInFuture,
     for_a_contract(lambda t, n: disburse(t, replace(draw(n), value_date=LATER)))),
    (refusals.EventBeforeFirstDraw, for_a_loan(lambda t, n: repay(t, dated(n, -1)), LATER)),
    (refusals.DrawBeforeSigning,
     for_a_contract(lambda t, n: disburse(t, replace(draw(n), value_date=date(2016, 5, 29))))),
    (refusals.DrawAboveContract, draws_late_what_was_out_then),
    (refusals.MisusedLoanNotDrawn, draws_after_misuse),
    (refusals.MisusedLoanNotDrawn, draws_late_after_misuse),
    (refusals.RefundAboveCredit, for_a_loan(lambda t, n: refund(t, n, 1))),
    (refusals.BucketWouldBeNegative, refunds_late_what_came_later),
    (refusals.LoanInClose, corrects_in_the_close),
]  # fmt: skip


@pytest.mark.parametrize(
    ("refusal", "case"), CASES, ids=[f"{at}-{row[0].__name__}" for at, row in enumerate(CASES)]
)
def test_refused_by_its_name_and_nothing_is_left(
    town: Town, refusal: type[Refusal], case: Case
) -> None:
    call = case(town)
    before = everything(town.books)
    with pytest.raises(Refusal) as caught:
        call()
    assert type(caught.value) is refusal, caught.value
    assert caught.value.message("zh")
    assert everything(town.books) == before


def test_a_line_that_is_used_up_is_refused_at_the_counter(town: Town) -> None:
    call = draws_beyond_the_line(town)
    before = everything(town.books)
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.code == "line_exceeded"
    assert everything(town.books) == before


def test_of_a_sheet_with_one_bad_row_nothing_is_paid(town: Town) -> None:
    numbers = town.contracts(town.asked(1), town.asked(2), town.asked(3))
    before = everything(town.books)
    draws = [draw(number, FULL, f"FK{at}") for at, number in enumerate(numbers)]
    with pytest.raises(refusals.DrawAboveContract):
        disburse(town, *draws[:2], replace(draws[2], amount_fen=FULL + 1))
    assert everything(town.books) == before
    disburse(town, *draws)


#: rules of the calculator and of files have their tests where these live
TESTED_ELSEWHERE = {
    "PrincipalNotPositive", "MaturityNotAfterStart", "CountNotPositive", "TooManyInstalments",
    "DueDateTooFar", "GraceTooLong", "SettlementRhythmUnfit", "SettlementDayUnknown",
    "DebtWouldGrow", "SharesExceedWhole", "PaymentNotPositive", "SheetRefused",
    "LoanFileHasFaults", "VoucherTwiceOnSheet", "ControlTotalDiffers", "RowBelowTotal",
}  # fmt: skip


def test_no_refusal_of_the_loans_is_forgotten() -> None:
    tested = {row[1].__name__ for row in applying.ROWS} | {row[0].__name__ for row in CASES}
    told: set[str] = set()
    for folder in (
        "loans",
        "web",
        "mutual_aid",
        "risk_fund",
        "households",
        "enterprises",
        "indicators",
    ):
        for file in sorted((Path(__file__).parent.parent / folder).glob("test_*.py")):
            if file != Path(__file__):
                told |= set(re.findall(r"\w+", file.read_text("utf-8")))
    own = {r for r in Refusal.registry.values() if r.__module__.startswith("loans.refusals.")}
    assert len(own) > 80
    # By its name, or as a page or an answer tells it, by its code.
    forgotten = {r.__name__ for r in own if not told & {r.__name__, r.code}}
    assert forgotten - tested - TESTED_ELSEWHERE == set()


# --- seen red -----------------------------------------------------------------------------------


def committed_too_early(session: Session, _amounts: object) -> None:
    """A refusal that comes when the voucher is already in the books."""
    transaction = session.connection().get_transaction()
    assert transaction is not None
    transaction.commit()
    raise LendingLimitExceeded(scope="", left="", amount="")


PLANTED = [
    Plant(
        test_refused_by_its_name_and_nothing_is_left,
        "loans.operations.disbursing._check",
        lambda _draw, _one, _on, _by: None,
        {
            "refusal": refusals.DrawAboveContract,
            "case": for_a_contract(lambda t, n: disburse(t, draw(n, FULL + 1))),
        },
    ),
    Plant(
        test_refused_by_its_name_and_nothing_is_left,
        "loans.limits.hold",
        committed_too_early,
        {
            "refusal": refusals.LendingLimitExceeded,
            "case": for_a_contract(lambda t, n: disburse(t, draw(n))),
        },
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=["an unchecked draw", "committed too early"])
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
