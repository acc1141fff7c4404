"""Renewals: the old principal repaid by the new loan, with nothing but interest in money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

import ledger
import loans
from credit.models import CreditLine
from kernel.actor import Actor
from loans import limits
from loans.models import LendingLimit, Loan, LoanBearer
from loans.refusals import (
    LoanOver,
    NothingToRenew,
    PlanLoanDrawnOnce,
    RenewalBelowOld,
    RenewalInterestUnpaid,
    RenewalUnfit,
    RenewedByRenewalAlone,
    SheetRefused,
)
from office.refusals import NotEntitled
from tests.loans.changing import balance, change, settled
from tests.loans.refusing import bent, disburse, draw
from tests.loans.town import CHECKER, FULL, OFFICER, Town
from tests.planted import Plant


def old_loan(town: Town, **changes: Any) -> str:
    """Three months to 30 August 2016 at 4.35 %."""
    return town.lend(1, **{"term_months": 3, "annual_rate_ppm": 43_500, **changes})


def asked(town: Town, number: str, **changes: Any) -> loans.Asked:
    """A year more."""
    more = {"term_months": 12, "annual_rate_ppm": 43_500, "renews": number}
    return town.asked(1, **{**more, **changes})


def renew(town: Town, number: str, by: Actor = OFFICER) -> loans.Renewal:
    with town.books.write("loans.renew", by=by) as session:
        return loans.renew(
            session,
            number=number,
            rulebook=town.rulebook,
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=by,
        )


def used(town: Town) -> tuple[int, int]:
    """Of the line and of the lender's limit."""
    with town.books.read() as session:
        line = session.scalars(select(CreditLine.used_fen).where(CreditLine.household_id == 1))
        return line.one(), session.scalars(select(LendingLimit.used_fen)).one()


def codes(refused: pytest.ExceptionInfo[SheetRefused]) -> list[str]:
    return [refusal.code for _, refusal in refused.value.rows]


def test_a_loan_is_renewed_without_a_moment_in_which_a_limit_refuses(town: Town) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        scope = ("institution", str(town.lender_id))
        limits.set_limit(session, scope=scope, limit_fen=FULL, clause="专户协议")
    number = old_loan(town)
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked(town, number))
    # Line, limit and the household's total are used up by the old loan, and lending is stopped.
    assert used(town) == (FULL, FULL)
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_limit(session, scope=scope, limit_fen=FULL, clause="专户协议", stopped=True)
    done = renew(town, new)
    # All the interest is the treasury's.
    assert done == loans.Renewal(f"{new}-01", number, FULL, 0)
    assert used(town) == (FULL, FULL)
    assert town.position(number).state == "settled"
    assert town.position(new).state == "active"
    assert balance(town, "loan_principal") == FULL
    # 50 000 went out once: the renewal's two vouchers cancel each other.
    assert balance(town, "funds") == -FULL
    # 21 June to 10 August is 50 days: 50 000 x 4.35 % x 50 / 360 = 302.08
    assert settled(town, number, "interest")[-1][:3] == ("2016-06-21", "2016-08-10", 30_208)
    town.close_to(date(2016, 9, 20))
    # 42 days on: 253.75
    assert settled(town, new, "interest")[-1][:3] == ("2016-08-10", "2016-09-21", 25_375)


def test_interest_up_to_the_day_is_paid_in_money_first(town: Town) -> None:
    bent(town, interest_bearers=())
    number = old_loan(town)
    town.close_to(date(2016, 6, 20))
    # The quarter's 132.92 is due today.
    town.pay(number, 13_292)
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked(town, number))
    with pytest.raises(RenewalInterestUnpaid) as refused:
        renew(town, new)
    assert "302.08" in refused.value.message("zh")
    town.pay(number, 30_000)
    with pytest.raises(RenewalInterestUnpaid) as refused:
        renew(town, new)
    assert "2.08" in refused.value.message("zh")
    town.pay(number, 208)
    assert renew(town, new).interest_fen == 30_208
    assert town.position(number).state == "settled"
    assert balance(town, "household_credit") == 0
    assert balance(town, "interest_receivable") == 0
    assert balance(town, "interest_income") == -(13_292 + 30_208)
    assert balance(town, "funds") == -FULL + 13_292 + 30_208


def test_a_renewal_keeps_the_old_terms_where_their_document_says_so(town: Town) -> None:
    bent(town, renewal_keeps_terms=True, overdue_surcharge_bp=3_000)
    number = old_loan(town)
    bent(town, interest_bearers=())
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked(town, number))
    with town.books.read() as session:
        terms = {loan.number: loan for loan in session.scalars(select(Loan))}
        bearers = session.scalars(select(LoanBearer).order_by(LoanBearer.loan_id)).all()
    assert terms[new].terms == terms[number].terms
    assert terms[new].overdue_surcharge_bp == 3_000
    assert terms[new].renews_id == terms[number].id
    assert [(one.loan_id, one.to_on) for one in bearers] == [
        (terms[number].id, date(2016, 8, 30)),
        (terms[new].id, date(2017, 8, 10)),
    ]
    renew(town, new)


def test_else_it_is_a_contract_of_its_day(town: Town) -> None:
    number = old_loan(town)
    bent(town, overdue_surcharge_bp=4_000)
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked(town, number))
    with town.books.read() as session:
        rates = session.scalars(select(Loan.overdue_surcharge_bp).order_by(Loan.id)).all()
    assert rates == [5_000, 4_000]
    renew(town, new)


# --- refused --------------------------------------------------------------------------------------


def test_what_cannot_be_renewed_is_refused_when_it_is_asked_for(town: Town) -> None:
    number = old_loan(town)
    other = town.lend(2, term_months=3, annual_rate_ppm=43_500)
    town.close_to(date(2016, 6, 30))
    # 60 days before 30 August is 1 July.
    assert town.today == date(2016, 7, 1)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"renews": "XD0"}, ["loan_unknown"]),
        ({"renews": other}, ["renewal_of_other"]),
        ({"amount_fen": FULL + 1}, ["renewal_above_old", "amount_above_limit"]),
    ]
    for changes, wanted in cases:
        with pytest.raises(SheetRefused) as refused:
            town.apply(asked(town, number, **changes))
        assert codes(refused)[: len(wanted)] == wanted
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, town.contracts(town.asked(3))[0], household_number=_third(town)))
    assert codes(refused) == ["loan_over"]


def _third(town: Town) -> str:
    return list(town.households)[2]


def test_a_renewal_comes_in_the_last_days_and_not_twice(town: Town) -> None:
    number = old_loan(town)
    town.close_to(date(2016, 6, 29))
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, number))
    assert codes(refused) == ["renewal_too_early"]
    town.close_to(date(2016, 6, 30))
    (new,) = town.contracts(asked(town, number, term_months=1))
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, number))
    assert "renewed_already" in codes(refused)
    renew(town, new)
    # One renewal is allowed, and the new contract is one.
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, new))
    assert codes(refused) == ["extensions_used_up"]


def test_overdue_or_misused_it_is_not_renewed(town: Town) -> None:
    number = old_loan(town)
    town.close_to(date(2016, 8, 1))
    (new,) = town.contracts(asked(town, number))
    change(town, "misuse", number, evidence="用于建房", value_date=date(2016, 8, 2))
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, number, term_months=6))
    assert "renewal_unfit" in codes(refused)
    with pytest.raises(RenewalUnfit):
        renew(town, new)
    town.close_to(date(2016, 9, 1))
    with pytest.raises(SheetRefused) as refused:
        town.apply(asked(town, number, term_months=6))
    assert "loan_is_overdue" in codes(refused)


def test_the_money_of_a_renewal_is_not_paid_out(town: Town) -> None:
    number = old_loan(town)
    plain = town.contracts(town.asked(2))[0]
    town.close_to(date(2016, 8, 1))
    town.pay(number, 1_000_000, early=True)
    (new,) = town.contracts(asked(town, number, amount_fen=4_000_000))
    with pytest.raises(RenewedByRenewalAlone):
        disburse(town, draw(new, 4_000_000))
    signed_on = town.today
    town.close_to(signed_on)
    with pytest.raises(RenewedByRenewalAlone):
        town.disburse(new, 4_000_000, value_date=signed_on)
    with pytest.raises(NothingToRenew):
        renew(town, plain)
    with pytest.raises(NotEntitled):
        renew(town, new, by=CHECKER)
    with pytest.raises(NotEntitled):
        renew(town, new, by=replace(OFFICER, region_scope="431023"))
    assert renew(town, new).principal_fen == 4_000_000
    with pytest.raises(LoanOver):
        renew(town, new)


def test_a_smaller_renewal_waits_until_the_rest_is_paid(town: Town) -> None:
    number = old_loan(town)
    town.close_to(date(2016, 8, 1))
    (new,) = town.contracts(asked(town, number, amount_fen=4_000_000))
    with pytest.raises(RenewalBelowOld):
        renew(town, new)
    town.pay(number, 1_000_000, early=True)
    assert renew(town, new).principal_fen == 4_000_000


def test_a_plan_is_drawn_whole(town: Town) -> None:
    number = old_loan(town)
    town.close_to(date(2016, 8, 1))
    (new,) = town.contracts(asked(town, number, method="equal-principal", every_months=1))
    town.pay(number, 1_000_000, early=True)
    with pytest.raises(PlanLoanDrawnOnce):
        renew(town, new)


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_interest_up_to_the_day_is_paid_in_money_first,
        "loans.operations.renewing._owed_besides",
        lambda _old, _on: 0,
    ),
    Plant(
        test_a_renewal_keeps_the_old_terms_where_their_document_says_so,
        "loans.renewals.Renewed.kept_terms",
        None,
    ),
    Plant(
        test_a_loan_is_renewed_without_a_moment_in_which_a_limit_refuses,
        "loans.operations.renewing.credit.restore_line",
        lambda *_a, **_k: None,
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
