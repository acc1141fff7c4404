"""Thirty-two clients at once on the commands of a claim: each thing once, nothing claimed twice.

Proofs 1 and 2 for drafting, submitting, paying, the bank's answer and clawbacks.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from subsidies import claims, clawback, payment
from subsidies.models import BankReturn, Claim, ClaimRow, Clawback, EntitlementClaim, PaymentFile
from subsidies.refusals.claiming import RowsClaimedMeanwhile
from tests.loans.town import DIRECTOR, OFFICER
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, is_held_up
from tests.subsidies.conftest import new_offices, offices
from tests.subsidies.offices import JUNE, Offices
from tests.subsidies.test_claims import NEXT_FEN, ONE_LOAN_FEN, SEPTEMBER, settled
from tests.subsidies.test_paying import LENDER_ACCOUNT, back, lender_paid, paid_too_much
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE

__all__ = ["new_offices", "offices"]

pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """The commands under a client's key, as the API sends them."""

    town: Offices

    def draft(
        self,
        period_to: date,
        key: str,
        before_commit: Callable[[], object] = lambda: None,
    ) -> Any:
        def work(session: Session) -> int:
            claim_id = claims.draft(
                session,
                lender_id=self.town.lender_id,
                route="lender",
                period_to=period_to,
                rulebook=self.town.rulebook,
                calendar=self.town.calendar,
                on=ledger.open_day(session),
                by=OFFICER,
            )
            before_commit()
            return claim_id

        return self._once("subsidies.draft", work, key, [period_to.isoformat()], OFFICER)

    def submit(self, claim_id: int, key: str) -> Any:
        def work(session: Session) -> int:
            claims.submit(
                session,
                claim_id=claim_id,
                rulebook=self.town.rulebook,
                calendar=self.town.calendar,
                on=ledger.open_day(session),
                by=DIRECTOR,
            )
            return claim_id

        return self._once("subsidies.submit", work, key, [claim_id], DIRECTOR)

    def make_file(self, claim_id: int, key: str) -> Any:
        def work(session: Session) -> int:
            return payment.make_file(
                session,
                claim_id=claim_id,
                rulebook=self.town.rulebook,
                keyring=self.town.keyring,
                on=ledger.open_day(session),
                by=SECOND_FINANCE,
            )

        return self._once("subsidies.pay", work, key, [claim_id], SECOND_FINANCE)

    def answer(self, claim_id: int, path: Path, key: str) -> Any:
        answer = payment.read_answer(path)

        def work(session: Session) -> int:
            booked = payment.take_answer(
                session,
                claim_id=claim_id,
                answer=answer,
                keyring=self.town.keyring,
                on=ledger.open_day(session),
                by=SECOND_FINANCE,
            )
            return booked.paid_fen

        body = [claim_id, answer.sha256]
        return self._once("subsidies.bank_return", work, key, body, SECOND_FINANCE)

    def claw(self, one: clawback.Back, key: str) -> Any:
        def work(session: Session) -> int:
            return clawback.claw_back(session, one, on=ledger.open_day(session), by=FINANCE)

        return self._once("subsidies.clawback", work, key, [one.voucher_no], FINANCE)

    def _once(
        self, command: str, work: Callable[[Session], Any], key: str, body: object, by: Actor
    ) -> Any:
        return self.town.books.once(command, work, by=by, key=key, body=body)


def rows(town: Offices, entity: type[Any]) -> int:
    with town.books.read() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


def keys(what: str) -> list[str]:
    return [f"{what}-key-{at:04d}" for at in range(CLIENTS)]


def test_one_draft_whatever_the_keys(offices: Offices) -> None:
    settled(offices)
    desk = Desk(offices)
    same = Crowd([partial(desk.draft, JUNE, "the-same-key")] * CLIENTS)
    assert not same.refused
    assert same.answers == [same.answers[0]] * CLIENTS
    others = Crowd([partial(desk.draft, JUNE, key) for key in keys("draft")])
    assert others.refused == {"claim_already_made": CLIENTS}
    assert (rows(offices, Claim), rows(offices, EntitlementClaim)) == (1, 2)


def test_one_draft_of_many_at_once(offices: Offices) -> None:
    settled(offices)
    crowd = Crowd([partial(Desk(offices).draft, JUNE, key) for key in keys("draft")])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"claim_already_made": CLIENTS - 1}


def test_two_periods_drafted_at_once_share_no_row(offices: Offices) -> None:
    settled(offices, 2, date(2016, 9, 20))
    knocks = [
        partial(Desk(offices).draft, JUNE if at % 2 else SEPTEMBER, key)
        for at, key in enumerate(keys("draft"))
    ]
    crowd = Crowd(knocks)
    assert len(crowd.answers) in {1, 2}
    assert set(crowd.refused) <= {"claim_already_made", "no_subsidy_to_claim"}
    with offices.books.read() as session:
        claimed = session.scalars(select(ClaimRow.entitlement_id)).all()
    assert len(claimed) == len(set(claimed)) == rows(offices, EntitlementClaim)


class Held(Exception):
    """The draft in flight was not let go in time."""


def test_a_draft_waits_for_one_in_flight_and_takes_what_that_left(offices: Offices) -> None:
    """June's two rows are its own by the time that September's are chosen."""
    settled(offices, 2, date(2016, 9, 20))
    desk, drawn, let_go = Desk(offices), Event(), Event()

    def linger() -> None:
        drawn.set()
        if not let_go.wait(60):
            raise Held

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.draft, JUNE, "draft-key-june", linger)
        assert drawn.wait(30)
        second = pool.submit(desk.draft, SEPTEMBER, "draft-key-september")
        held_up = is_held_up(offices.books, second)
        let_go.set()
        both = [first.result(60), second.result(60)]
    assert held_up
    with offices.books.read() as session:
        drafted = [(one.rows, one.total_fen) for one in map(partial(session.get_one, Claim), both)]
    assert drafted == [(2, 2 * ONE_LOAN_FEN), (2, 2 * NEXT_FEN)]


def test_one_submission_whatever_the_keys(offices: Offices) -> None:
    settled(offices)
    claim_id = offices.draft()
    offices.check(claim_id)
    crowd = Crowd([partial(Desk(offices).submit, claim_id, key) for key in keys("submit")])
    assert crowd.answers == [claim_id]
    assert crowd.refused == {"claim_elsewhere": CLIENTS - 1}
    assert offices.balance("subsidy_claimed_payable") == -2 * ONE_LOAN_FEN


def test_one_payment_whatever_the_keys(offices: Offices, tmp_path: Path) -> None:
    claim_id, line_id = lender_paid(offices)
    desk = Desk(offices)
    made = Crowd([partial(desk.make_file, claim_id, key) for key in keys("file")])
    assert len(made.answers) == rows(offices, PaymentFile) == 1
    assert made.refused == {"claim_elsewhere": CLIENTS - 1}
    offices.send(claim_id)
    path = tmp_path / "answer.csv"
    path.write_text(offices.answer_file(claim_id), encoding="utf-8")
    same = Crowd([partial(desk.answer, claim_id, path, "the-same-key")] * CLIENTS)
    assert same.answers == [2 * ONE_LOAN_FEN] * CLIENTS
    again = Crowd([partial(desk.answer, claim_id, path, key) for key in keys("again")])
    assert again.refused == {"return_taken_before": CLIENTS}
    assert rows(offices, BankReturn) == 1
    assert offices.balance("budget_paid", line_id) == -2 * ONE_LOAN_FEN


def test_one_answer_of_many_at_once(offices: Offices, tmp_path: Path) -> None:
    settled(offices)
    offices.fund()
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.sent()
    path = tmp_path / "answer.csv"
    path.write_text(offices.answer_file(claim_id), encoding="utf-8")
    crowd = Crowd([partial(Desk(offices).answer, claim_id, path, key) for key in keys("answer")])
    assert crowd.answers == [2 * ONE_LOAN_FEN]
    assert set(crowd.refused) <= {"return_taken_before", "claim_elsewhere"}
    assert offices.balance("budget_paid") == -2 * ONE_LOAN_FEN


def test_one_clawback_of_many_vouchers(offices: Offices) -> None:
    _number, _claim, line_id = paid_too_much(offices)
    knocks = [
        partial(Desk(offices).claw, back(offices, line_id, voucher_no=f"ZH{at}"), key)
        for at, key in enumerate(keys("claw"))
    ]
    crowd = Crowd(knocks)
    assert len(crowd.answers) == rows(offices, Clawback) == 1
    assert set(crowd.refused) <= {"nothing_to_take_back", "rows_claimed_meanwhile"}


# --- seen red -----------------------------------------------------------------------------------


def test_without_waiting_two_drafts_want_one_row(offices: Offices) -> None:
    """Seen red where writers meet; SQLite has one writer at a time, and nothing to wait for."""
    plant = Plant(
        test_a_draft_waits_for_one_in_flight_and_takes_what_that_left,
        "subsidies.claims.drafting.take_turn",
        lambda _session, _lender_id: None,
        catches=(RowsClaimedMeanwhile,),
    )
    if offices.books.engine.dialect.name == "postgresql":
        plant.prove(offices=offices)
    else:
        with mock.patch("subsidies.claims.drafting.take_turn", plant.bug):
            test_a_draft_waits_for_one_in_flight_and_takes_what_that_left(offices)
