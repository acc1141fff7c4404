"""Thirty-two clients at once on the commands of a dividend: each thing once, nobody paid twice.

Proofs 1 and 2 for declaring, funding, granting, paying, the bank's answer and ending.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from enterprises import payment
from enterprises.dividends import declaring, funding
from enterprises.models import (
    DividendDeclaration,
    DividendFile,
    DividendFunding,
    DividendPool,
    DividendReturn,
)
from kernel.actor import Actor
from tests.enterprises.dividend_town import ACCOUNT, CODE, DividendTown
from tests.enterprises.test_dividends import FULL, three
from tests.loans.town import OFFICE
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, watching
from tests.subsidies.offices import REGISTRAR
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE

pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """The commands under a client's key, as the API sends them."""

    town: DividendTown

    def declare(self, round_id: int, key: str) -> Any:
        declared = declaring.Declared(document_no="股东会〔2017〕1号")

        def work(session: Session) -> int:
            on = ledger.open_day(session)
            row = declaring.declare(
                session, round_id=round_id, declared=declared, on=on, by=REGISTRAR
            )
            return row.version

        return self._once("enterprises.declare", work, key, [round_id], REGISTRAR)

    def receive(self, fen: int, voucher_no: str, key: str) -> Any:
        funded = funding.Funded(
            organisation_id=self.town.enterprise_id,
            amount_fen=fen,
            payer_code=CODE,
            payer_account=ACCOUNT,
            voucher_no=voucher_no,
        )

        def work(session: Session) -> int:
            return funding.receive(session, funded, on=ledger.open_day(session), by=FINANCE)

        return self._once("enterprises.fund", work, key, [fen, voucher_no], FINANCE)

    def grant(self, round_id: int, key: str) -> Any:
        def work(session: Session) -> int:
            on = ledger.open_day(session)
            funding.approve(session, round_id=round_id, on=on, by=OFFICE)
            return round_id

        return self._once("enterprises.approve", work, key, [round_id], OFFICE)

    def make_file(self, round_id: int, key: str) -> Any:
        def work(session: Session) -> int:
            return payment.make_file(
                session,
                round_id=round_id,
                keyring=self.town.keyring,
                on=ledger.open_day(session),
                by=SECOND_FINANCE,
            )

        return self._once("enterprises.pay", work, key, [round_id], SECOND_FINANCE)

    def answer(self, round_id: int, path: Path, key: str) -> Any:
        answer = payment.read_answer(path)

        def work(session: Session) -> int:
            booked = payment.take_answer(
                session,
                round_id=round_id,
                answer=answer,
                keyring=self.town.keyring,
                on=ledger.open_day(session),
                by=SECOND_FINANCE,
            )
            return booked.paid_fen

        body = [round_id, answer.sha256]
        return self._once("enterprises.bank_return", work, key, body, SECOND_FINANCE)

    def _once(
        self, command: str, work: Callable[[Session], Any], key: str, body: object, by: Actor
    ) -> Any:
        return self.town.books.once(command, work, by=by, key=key, body=body)


def rows(town: DividendTown, entity: type[Any]) -> int:
    with town.books.read() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


def keys(what: str) -> list[str]:
    return [f"{what}-key-{at:04d}" for at in range(CLIENTS)]


def test_one_declaration_whatever_the_keys(dividends: DividendTown) -> None:
    round_id = three(dividends)
    desk = Desk(dividends)
    same = Crowd([partial(desk.declare, round_id, "the-same-key")] * CLIENTS)
    assert same.answers == [1] * CLIENTS
    others = Crowd([partial(desk.declare, round_id, key) for key in keys("declare")])
    assert others.refused == {"round_elsewhere": CLIENTS}
    assert rows(dividends, DividendDeclaration) == 1


def test_one_voucher_is_one_funding(dividends: DividendTown) -> None:
    desk = Desk(dividends)
    crowd = Crowd([partial(desk.receive, 100, "FH-1", key) for key in keys("fund")])
    assert len(crowd.answers) == rows(dividends, DividendFunding) == 1
    assert crowd.refused == {"voucher_used": CLIENTS - 1}
    vouchers = Crowd(
        [partial(desk.receive, 100, f"FH-2-{at}", key) for at, key in enumerate(keys("more"))]
    )
    assert len(vouchers.answers) == CLIENTS
    with dividends.books.read() as session:
        assert session.scalar(select(DividendPool.funded_fen)) == 100 * (CLIENTS + 1)


def two_found(town: DividendTown) -> tuple[int, int]:
    """Two rounds that finance found money for, and the pool holds it for one."""
    first = three(town)
    town.agree(town.stake(4, FULL), town.stake(5, FULL), town.stake(6, FULL), number="利联二号")
    (_, second) = town.find(town.today)
    for round_id in (first, second):
        town.declare(round_id)
    posted_on = town.today
    town.wait(7)
    for round_id in (first, second):
        town.check_round(round_id, posted_on=posted_on)
    town.receive(1_200_000)
    for round_id in (first, second):
        town.find_money(round_id)
    return first, second


def test_a_pool_is_never_spoken_for_twice(dividends: DividendTown) -> None:
    """12 000 in the pool, two rounds of 12 000, thirty-two who grant one of them."""
    both = two_found(dividends)
    desk = Desk(dividends)

    def free() -> int:
        with dividends.books.read() as session:
            return funding.free(session, dividends.enterprise_id)

    with watching(free) as seen:
        crowd = Crowd(
            [partial(desk.grant, both[at % 2], key) for at, key in enumerate(keys("grant"))]
        )
    assert len(crowd.answers) == 1
    assert set(crowd.refused) <= {"dividend_above_funding", "round_elsewhere"}
    assert dividends.held("dividend_payable") == -1_200_000
    assert set(seen) <= {0, 1_200_000}


def test_one_payment_whatever_the_keys(dividends: DividendTown, tmp_path: Path) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    desk = Desk(dividends)
    made = Crowd([partial(desk.make_file, round_id, key) for key in keys("file")])
    assert len(made.answers) == rows(dividends, DividendFile) == 1
    assert made.refused == {"round_elsewhere": CLIENTS - 1}
    dividends.send_round(round_id)
    path = tmp_path / "answer.csv"
    path.write_text(dividends.bank_says(round_id), encoding="utf-8")
    crowd = Crowd([partial(desk.answer, round_id, path, key) for key in keys("answer")])
    assert crowd.answers == [1_200_000]
    assert set(crowd.refused) <= {"return_taken_before", "round_elsewhere"}
    assert rows(dividends, DividendReturn) == 1
    assert dividends.held("dividend_payable") == 0
    assert dividends.held("pool_cash") == 0


def test_the_same_answer_under_one_key_is_answered_alike(
    dividends: DividendTown, tmp_path: Path
) -> None:
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    dividends.pay_file(round_id)
    dividends.send_round(round_id)
    path = tmp_path / "answer.csv"
    path.write_text(dividends.bank_says(round_id, {1: "销户"}), encoding="utf-8")
    same = Crowd([partial(Desk(dividends).answer, round_id, path, "the-same-key")] * CLIENTS)
    assert same.answers == [800_000] * CLIENTS
    assert dividends.held("dividend_payable") == -400_000


# --- seen red -----------------------------------------------------------------------------------


def _reserve_after_a_look(session: Session, organisation_id: int, fen: int) -> None:
    """Looks first and moves then: what the conditional UPDATE is there to prevent."""
    pool = session.get_one(DividendPool, organisation_id)
    pool.reserved_fen = pool.reserved_fen + fen


PLANTED = [
    Plant(
        test_a_pool_is_never_spoken_for_twice,
        "enterprises.dividends.funding._reserve",
        _reserve_after_a_look,
        catches=(Exception, pytest.fail.Exception),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
