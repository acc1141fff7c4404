"""Thirty-two clients at once on one special account, and work on it killed at every point.

Proofs 1, 2, 3 and 4 for contributing, withdrawing, filing, paying and giving back.
FUPIN_PROOF_ROUNDS makes the run longer.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import ledger
import risk_fund
from kernel.actor import Actor
from kernel.unit_of_work import Books
from risk_fund.models import Compensation, FundBalance, FundClaim, FundMovement, FundReturn
from risk_fund.refusals import ClaimUnderWay
from tests.databases import Maker
from tests.loans.town import CHECKER, OFFICE, OFFICER, Town
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, watching
from tests.properties.interrupted import every_interruption
from tests.risk_fund.fund import CASHIER, CLERK, HUNDRED_THOUSAND, TREASURER, Fund

ROUNDS = int(os.environ.get("FUPIN_PROOF_ROUNDS", "2"))
#: loans that the crowd claims on
LATE = 5

pytestmark = pytest.mark.slow


@pytest.fixture
def fund(town: Town) -> Fund:
    """100 000 in the fund; claims from the third day on."""
    return Fund(town).opened().rules(conduct={"claim_trigger_overdue_days": 3})


def late_loans(fund: Fund, loans: int) -> list[str]:
    """So many loans of 10 000, overdue and collected."""
    numbers = [
        fund.town.lend(place, amount_fen=1_000_000, term_months=1, annual_rate_ppm=43_500)
        for place in range(1, loans)
    ]
    numbers.append(fund.late(loans, amount_fen=1_000_000))
    return [fund.collect(number) for number in numbers]


class Desk:
    """The commands under a client's key."""

    def __init__(self, fund: Fund) -> None:
        self.fund = fund
        self.books: Books = fund.town.books

    def once(self, command: str, by: Actor, key: str, work: Callable[[Session], Any]) -> Any:
        return self.books.once(command, work, by=by, key=f"proof-of-the-fund-{key}", body=key)

    def file(self, number: str, key: str) -> Any:
        return self.once("risk_fund.claim", OFFICER, key, partial(self._file, number))

    def _file(self, number: str, session: Session) -> int:
        return risk_fund.file_claim(
            session,
            risk_fund.ClaimAsked(number),
            rulebook=self.fund.town.rulebook,
            calendar=self.fund.town.calendar,
            on=ledger.open_day(session),
            by=OFFICER,
        )

    def judge(self, claim_id: int, by: Actor, key: str) -> Any:
        def work(session: Session) -> str:
            return risk_fund.decide_claim(
                session,
                claim_id=claim_id,
                approved=True,
                rulebook=self.fund.town.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

        return self.once("risk_fund.review", by, key, work)

    def pay(self, claim_id: int, voucher: str, key: str) -> Any:
        def work(session: Session) -> int:
            on = ledger.open_day(session)
            return risk_fund.pay_claim(
                session,
                claim_id=claim_id,
                transfer=risk_fund.Transfer("transfer", voucher, on),
                fund_voucher_no=voucher,
                rulebook=self.fund.town.rulebook,
                on=on,
                by=CASHIER,
            )

        return self.once("risk_fund.pay", CASHIER, key, work)

    def decide(self, proposal_id: int, key: str) -> Any:
        def work(session: Session) -> int | None:
            return risk_fund.decide_order(
                session,
                proposal_id=proposal_id,
                approved=True,
                rulebook=self.fund.town.rulebook,
                on=ledger.open_day(session),
                by=TREASURER,
            )

        return self.once("risk_fund.approve_contribution", TREASURER, key, work)

    def give_back(self, fen: int, voucher: str, key: str) -> Any:
        def work(session: Session) -> int:
            on = ledger.open_day(session)
            return risk_fund.return_recoveries(
                session,
                account_id=self.fund.account_id,
                amount_fen=fen,
                transfer=risk_fund.Transfer("transfer", voucher, on),
                fund_voucher_no=voucher,
                rulebook=self.fund.town.rulebook,
                on=on,
                by=OFFICER,
            )

        return self.once("risk_fund.return", OFFICER, key, work)


def rows(fund: Fund, entity: type[Any]) -> int:
    with fund.town.books.read() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


# --- each thing once ------------------------------------------------------------------------------


def test_one_claim_is_filed_and_paid_once(fund: Fund) -> None:
    desk = Desk(fund)
    (number,) = late_loans(fund, 1)
    same = Crowd([partial(desk.file, number, "file-1")] * CLIENTS)
    assert set(same.answers) == {same.answers[0]}
    assert len(same.answers) == CLIENTS
    other = Crowd([partial(desk.file, number, f"other-{n}") for n in range(CLIENTS)])
    assert other.refused == {"claim_under_way": CLIENTS}
    claim_id = same.answers[0]
    for by in (CHECKER, OFFICE, CLERK):
        judged = Crowd(
            [partial(desk.judge, claim_id, by, f"{by.account}-{n}") for n in range(CLIENTS)]
        )
        assert len(judged.answers) == 1
        assert set(judged.refused) <= {"same_maker_and_checker", "fund_claim_not_in_state"}
    paid = Crowd([partial(desk.pay, claim_id, "V1", "pay-1")] * CLIENTS)
    assert set(paid.answers) == {paid.answers[0]}
    assert len(paid.answers) == CLIENTS
    again = Crowd([partial(desk.pay, claim_id, f"W{n}", f"pay-{n + 2}") for n in range(CLIENTS)])
    assert again.refused == {"fund_claim_not_in_state": CLIENTS}
    assert (rows(fund, FundClaim), rows(fund, Compensation)) == (1, 1)
    # 10 000 × 70 %
    assert fund.balance == (HUNDRED_THOUSAND - 700_000, 0, HUNDRED_THOUSAND)


def test_recovered_money_goes_back_once(fund: Fund) -> None:
    desk = Desk(fund)
    (number,) = late_loans(fund, 1)
    fund.pay(fund.approve(fund.file(number)))
    fund.town.pay(number, 100_000)
    fund.close_to(fund.town.today)
    crowd = Crowd([partial(desk.give_back, 70_000, f"R{n}", f"back-{n}") for n in range(CLIENTS)])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"nothing_to_return": CLIENTS - 1}
    assert rows(fund, FundReturn) == 1


# --- nothing overspent ----------------------------------------------------------------------------


def test_nothing_is_withdrawn_twice(fund: Fund) -> None:
    """32 withdrawals of 10 000 each from 100 000: ten."""
    desk = Desk(fund)
    waiting = [fund.propose(fund.order(1_000_000, "withdrawal")) for _ in range(CLIENTS)]
    seen: list[int]
    with watching(lambda: fund.balance[0]) as seen:
        crowd = Crowd([partial(desk.decide, one, f"order-{one}") for one in waiting])
    assert min(seen) >= 0
    assert len(crowd.answers) == 10
    assert crowd.refused == {"fund_balance_too_small": CLIENTS - 10}
    assert fund.balance == (0, 0, 0)
    assert fund.limit.limit_fen == 0


def test_everything_at_once_never_below_zero(fund: Fund) -> None:
    """Contributions, withdrawals, filings and payments on one account, round after round."""
    desk = Desk(fund)
    draw = random.Random(20161)
    numbers = late_loans(fund, LATE)
    fund.withdraw(9_000_000)
    keys = count(1)
    for _ in range(ROUNDS):
        claims = [fund.approve(claim) for claim in _filed(fund, numbers[:2])]
        numbers = numbers[2:]
        knocks: list[Callable[[], Any]] = []
        for client in range(CLIENTS):
            key = f"all-{next(keys)}"
            fen = draw.randrange(1, 400_000)
            if client % 4 == 0 and numbers:
                knocks.append(partial(desk.file, draw.choice(numbers), key))
            elif client % 4 == 1 and claims:
                knocks.append(partial(desk.pay, draw.choice(claims), f"P{key}", key))
            else:
                kind = draw.choice(["contribution", "withdrawal", "withdrawal"])
                proposal_id = fund.propose(fund.order(fen, kind))
                knocks.append(partial(desk.decide, proposal_id, key))
        with watching(lambda: _free(fund)) as seen:
            crowd = Crowd(knocks)
        assert min(seen) >= 0
        assert crowd.answers
        _ties(fund)


def _filed(fund: Fund, numbers: list[str]) -> list[int]:
    found = []
    for number in numbers:
        fund.contribute(800_000)
        # The crowd may have been faster.
        with suppress(ClaimUnderWay):
            found.append(fund.file(number))
    return found


def _free(fund: Fund) -> int:
    """Balance less pledged; below zero if either is."""
    balance_fen, pledged_fen, contributed_fen = fund.balance
    return min(balance_fen - pledged_fen, pledged_fen, contributed_fen)


def _ties(fund: Fund) -> None:
    """The balance is the sum of the movements, in rows and ledger; the limit follows it."""
    with fund.town.books.read() as session:
        moved = session.scalar(select(func.sum(FundMovement.amount_fen)))
    balance_fen, pledged_fen, _ = fund.balance
    assert balance_fen == moved == fund.ledger("fund_cash")
    assert fund.limit.limit_fen == 10 * (balance_fen - pledged_fen)


# --- killed at every point ------------------------------------------------------------------------


def test_a_filing_killed_anywhere_is_filed_once(
    fund: Fund, databases_of_this_process: Maker
) -> None:
    (number,) = late_loans(fund, 1)

    def work(books: Books) -> None:
        desk = Desk(fund)
        desk.books = books
        desk.file(number, "file-it")

    assert every_interruption(databases_of_this_process, fund.town.books, work) > 20


def test_a_payment_killed_anywhere_is_paid_once(
    fund: Fund, databases_of_this_process: Maker
) -> None:
    (number,) = late_loans(fund, 1)
    claim_id = fund.approve(fund.file(number))

    def work(books: Books) -> None:
        desk = Desk(fund)
        desk.books = books
        desk.pay(claim_id, "V1", "pay-it")

    assert every_interruption(databases_of_this_process, fund.town.books, work) > 30


# --- planted bugs ---------------------------------------------------------------------------------


def careless(
    session: Session,
    account: Any,
    *,
    balance_fen: int = 0,
    pledged_fen: int = 0,
    contributed_fen: int = 0,
    conduct: Any,
) -> None:
    """Reads what stands, and writes what it reckoned from it, past every CHECK."""
    row = session.get_one(FundBalance, account.id)
    if row.balance_fen - row.pledged_fen + balance_fen - pledged_fen < 0:
        return
    row.balance_fen += balance_fen
    row.pledged_fen += pledged_fen
    row.contributed_fen = max(0, row.contributed_fen + contributed_fen)
    session.flush()
    session.execute(text("SELECT 1"))


PLANTED = [Plant(test_nothing_is_withdrawn_twice, "risk_fund.accounts.change", careless)]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("a bug was planted")
def test_planted_bug_turns_red(plant: Plant, fund: Fund) -> None:
    plant.prove(fund=fund)
