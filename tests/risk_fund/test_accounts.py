"""Special accounts: movements by two people, balances that never go below zero, the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import ledger
import organisations
import risk_fund
from jobs.close import Closer
from jobs.program import program_of
from loans.limits import set_stop
from loans.refusals import AmountNotPositive, LendingLimitExceeded, ValueDateInFuture
from office.refusals import NotEntitled, ReasonMissing, SameMakerAndChecker, VoucherUsed
from organisations import Kind
from organisations.refusals import OrganisationNotLender
from policy import Rulebook
from risk_fund.refusals import (
    FundAccountIncomplete,
    FundAccountOpen,
    FundAccountUnknown,
    FundBalanceTooSmall,
    FundDocumentMissing,
    FundOrderUnknown,
    FundSourceUnknown,
    WithdrawalAboveContributions,
)
from tests.loans.town import FULL, OFFICE, OFFICER, Town, person
from tests.planted import Plant
from tests.risk_fund.fund import CLERK, Fund

DAY = date(2016, 5, 30)


def balances(town: Town) -> dict[str, int]:
    """The special account's ledger accounts, debit above zero."""
    with town.books.read() as session:
        return {
            kind: ledger.balance(session, kind=kind)
            for kind in ("fund_cash", "fund_contributions", "fund_interest", "fund_compensation")
        }


def test_an_account_begins_with_nothing_and_may_cover_nothing(town: Town) -> None:
    fund = Fund(town)
    fund.account_id = fund.open()
    assert fund.balance == (0, 0, 0)
    assert (fund.limit.limit_fen, fund.limit.used_fen, fund.limit.when_full) == (0, 0, "stop")
    with pytest.raises(LendingLimitExceeded):
        town.lend()


def test_what_is_paid_in_is_booked_and_sets_the_limit(town: Town) -> None:
    fund = Fund(town).opened(0)
    # 100 000.00 by the county, 20 000.00 by the province, 123.45 interest, 5 000.00 withdrawn
    fund.contribute(10_000_000)
    fund.contribute(2_000_000, source="province")
    fund.interest(12_345)
    fund.withdraw(500_000)
    # 100 000.00 + 20 000.00 + 123.45 − 5 000.00 = 115 123.45; contributed 115 000.00
    assert fund.balance == (11_512_345, 0, 11_500_000)
    assert balances(town) == {
        "fund_cash": 11_512_345,
        "fund_contributions": -11_500_000,
        "fund_interest": -12_345,
        "fund_compensation": 0,
    }
    # multiple 10 of P1's defaults: 1 151 234.50
    assert fund.limit.limit_fen == 115_123_450
    assert "放大" in fund.limit.clause


def test_lending_is_held_to_the_multiple(town: Town) -> None:
    """5 000.00 × 10 = 50 000.00: one loan goes out, the second does not."""
    fund = Fund(town).opened(500_000)
    town.lend(1)
    with pytest.raises(LendingLimitExceeded):
        town.lend(2)
    fund.contribute(500_000)
    town.lend(3)
    assert fund.limit.used_fen == 2 * FULL
    one = fund.figures()
    assert (one.balance_fen, one.disbursed_fen, one.covered_fen) == (1_000_000, 2 * FULL, 2 * FULL)
    # 100 000 ÷ 10 000 = 10.00; 10 × 10 000 − 100 000 = 0
    assert (one.cumulative.text, one.outstanding.text) == ("10.00", "10.00")
    assert (one.cumulative.headroom_fen, one.outstanding.headroom_fen) == (0, 0)


def test_figures_of_a_closed_day_stay(fund: Fund) -> None:
    town = fund.town
    number = town.lend(1)
    town.close_to(DAY)
    fund.contribute(2_000_000)
    town.pay(number, 1_000_000, early=True)
    town.lend(2)
    closed, now = fund.figures(DAY), fund.figures()
    assert (closed.balance_fen, closed.contributed_fen) == (10_000_000, 10_000_000)
    assert (closed.disbursed_fen, closed.covered_fen) == (5_000_000, 5_000_000)
    # 50 000 ÷ 100 000 = 0.50; 10 × 100 000 − 50 000 = 950 000
    assert (closed.cumulative.text, closed.cumulative.headroom_fen) == ("0.50", 95_000_000)
    assert (now.balance_fen, now.disbursed_fen, now.covered_fen) == (
        12_000_000,
        10_000_000,
        9_000_000,
    )
    # 100 000 ÷ 120 000 = 0.8333; 90 000 ÷ 120 000 = 0.75
    assert (now.cumulative.text, now.outstanding.text) == ("0.83", "0.75")
    town.close_to(DAY + timedelta(days=1))
    assert fund.figures(DAY) == closed


def test_all_accounts_together() -> None:
    one = risk_fund.AccountFigures(1, 1, "甲", "A", 300, 100, 300, 900, 600, 700, 10, "x")
    two = risk_fund.AccountFigures(2, 2, "乙", "B", 100, 0, 50, 100, 150, 150, 5, "y")
    both = risk_fund.total_of([one, two])
    # 1000 ÷ 350 = 2.857; 750 ÷ 300 = 2.50; the lower multiple, 5: 5 × 300 − 750 = 750
    assert (both.cumulative.text, both.outstanding.text) == ("2.86", "2.50")
    assert both.outstanding.headroom_fen == 750
    assert risk_fund.total_of([]).cumulative.text == "—"


def test_one_person_does_not_decide_alone(fund: Fund) -> None:
    proposal_id = fund.propose(fund.order(100))
    # the same person under another account
    twin = person(CLERK.person_id, "finance")
    with pytest.raises(SameMakerAndChecker):
        fund.decide(proposal_id, twin)
    with pytest.raises(ReasonMissing):
        fund.decide(proposal_id, approved=False)
    assert fund.decide(proposal_id, approved=False, reason="文号有误") is None
    assert fund.balance == (10_000_000, 0, 10_000_000)


def test_nothing_goes_below_zero(fund: Fund) -> None:
    fund.interest(100)
    with pytest.raises(FundBalanceTooSmall):
        fund.withdraw(10_000_101)
    # interest stays in the fund
    with pytest.raises(WithdrawalAboveContributions):
        fund.withdraw(10_000_001)
    fund.withdraw(10_000_000)
    assert fund.balance == (100, 0, 0)


def test_a_voucher_is_booked_once(fund: Fund) -> None:
    order = fund.order(100)
    first, second = fund.propose(order), fund.propose(order)
    fund.decide(first)
    with pytest.raises(VoucherUsed):
        fund.decide(second)
    assert fund.balance[0] == 10_000_100


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"kind": "gift"}, FundOrderUnknown),
        ({"source": "moon"}, FundSourceUnknown),
        ({"amount_fen": 0}, AmountNotPositive),
        ({"amount_fen": -1}, AmountNotPositive),
        ({"document_no": " "}, FundDocumentMissing),
        ({"value_date": date(2016, 5, 31)}, ValueDateInFuture),
        ({"account_id": 99}, FundAccountUnknown),
    ],
)
def test_bad_orders_are_refused(
    fund: Fund, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        fund.propose(fund.order(100, **changes))


def test_bad_accounts_are_refused(fund: Fund) -> None:
    town = fund.town
    with pytest.raises(FundAccountOpen):
        fund.open("8010000000000002")
    with pytest.raises(FundAccountIncomplete):
        fund.open(" ")
    with pytest.raises(NotEntitled):
        fund.open(by=OFFICER)
    with pytest.raises(AmountNotPositive):
        fund.interest(0)
    with pytest.raises(ValueDateInFuture):
        fund.interest(1, value_date=date(2016, 6, 1))
    with pytest.raises(NotEntitled):
        fund.interest(1, by=OFFICER)
    town.lender_id = 99
    with pytest.raises(Exception, match="not found"):
        fund.open("8010000000000003")


def test_only_a_lender_holds_the_fund(town: Town) -> None:
    with town.books.write("organisations.register", by=OFFICE) as session:
        town.lender_id = organisations.register(
            session,
            credit_code="91431000MA4L1A2B3N",
            name="茶叶公司",
            kind=Kind.ENTERPRISE,
            region_code="431022000000",
            regions=town.regions,
            opened_on=date(2010, 1, 1),
            on=DAY,
            by=OFFICE,
        )
    with pytest.raises(OrganisationNotLender):
        Fund(town).open()


def lowered(book: Rulebook) -> Rulebook:
    """The same documents, but for a multiple of 7."""
    trade = book.documents["trade"]
    conduct = dict(trade.sections["conduct"])
    conduct["multiple_max"] = replace(conduct["multiple_max"], value=7)
    seven = replace(trade, sections={**trade.sections, "conduct": conduct})
    return replace(book, documents={**book.documents, "trade": seven})


def test_a_new_multiple_moves_the_limit_at_the_close(fund: Fund) -> None:
    """Huaihua-like: a document of the county lowers the multiple; the eve's close follows it."""
    town = fund.town
    assert fund.limit.limit_fen == 100_000_000
    book = town.rulebook
    lower = lowered(book)
    with town.books.write("jobs.close_day", by=town.system) as session:
        assert risk_fund.refresh_limits(session, rulebook=book, on=DAY) == 0
        assert risk_fund.refresh_limits(session, rulebook=lower, on=DAY) == 1
        assert risk_fund.refresh_limits(session, rulebook=lower, on=DAY) == 0
    # 100 000 × 7
    assert fund.limit.limit_fen == 70_000_000
    with town.books.write("jobs.close_day", by=town.system) as session:
        risk_fund.refresh_limits(session, rulebook=book, on=DAY)


def test_a_document_read_in_after_its_day_reaches_the_limits_at_the_next_close(
    fund: Fund,
) -> None:
    """No rule changes from one day to the next: the books were closed by what was known."""
    town = fund.town

    def limit_after_a_close(book: Rulebook) -> int | None:
        house: Any = SimpleNamespace(rulebook=book, calendar=town.calendar)
        steps = program_of(house, "431022000000")
        Closer(town.books, town.system, steps, "test", 100).close_day(town.today)
        return fund.limit.limit_fen

    assert limit_after_a_close(town.rulebook) == 100_000_000
    # 100 000 × 7
    assert limit_after_a_close(lowered(town.rulebook)) == 70_000_000
    assert limit_after_a_close(town.rulebook) == 100_000_000


def test_a_stop_stays_when_money_comes(fund: Fund) -> None:
    scope = ("institution", str(fund.town.lender_id))
    with fund.town.books.write("jobs.close_day", by=fund.town.system) as session:
        set_stop(session, scope=scope, stopped=True, clause="熔断：不良率5.10%")
    fund.contribute(100)
    limit = fund.limit
    assert (limit.stopped, limit.clause) == (True, "熔断：不良率5.10%")
    assert limit.limit_fen == 10 * 10_000_100
    with fund.town.books.write("jobs.close_day", by=fund.town.system) as session:
        set_stop(session, scope=scope, stopped=False, clause="两人解除")
    fund.contribute(100)
    assert "放大" in fund.limit.clause


PLANTED = [
    Plant(
        test_what_is_paid_in_is_booked_and_sets_the_limit,
        "risk_fund.accounts.limits.follow",
        lambda *_: None,
    ),
    Plant(
        test_nothing_goes_below_zero,
        "risk_fund.accounts.change",
        lambda *_args, **_kw: None,
        catches=(AssertionError, pytest.fail.Exception),
    ),
    Plant(
        test_lending_is_held_to_the_multiple,
        "risk_fund.limits.limit_fen",
        lambda multiple, free: multiple * free + 5_000_000,
    ),
    Plant(
        test_a_document_read_in_after_its_day_reaches_the_limits_at_the_next_close,
        "jobs.program.refresh_limits",
        lambda *_args, **_kw: 0,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("a bug was planted")
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    if "fund" in plant.test.__code__.co_varnames[: plant.test.__code__.co_argcount]:
        plant.prove(fund=Fund(town).opened())
    else:
        plant.prove(town=town)
