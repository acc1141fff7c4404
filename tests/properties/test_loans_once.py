"""Thirty-two clients at once on the loans' commands: each thing once, nothing overspent.

Proofs 1, 2 and 3 for disbursing, repaying and reversing. FUPIN_PROOF_ROUNDS makes the run longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
import loans
from credit.models import CreditLine
from kernel.actor import Actor
from kernel.idempotency import RequestKeyMalformed, RequestKeyReused
from kernel.trail import TrailRow
from loans import Draw, Payment, limits
from loans.models import Disbursement, LendingLimit, OpenSegment, Repayment, Reversal
from loans.refusals import DrawAboveContract
from office import payments
from tests.loans.bent import BentRulebook
from tests.loans.town import CHECKER, OFFICER, Town, person
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, watching

ROUNDS = int(os.environ.get("FUPIN_PROOF_ROUNDS", "3"))
FIRST_DAY = date(2016, 5, 30)

pytestmark = pytest.mark.slow


@pytest.fixture
def crowded(new_town: Town) -> Town:
    """As many households as there are clients, each with a contract of 10 000."""
    town = new_town.found(FIRST_DAY, households=CLIENTS)
    bent = BentRulebook(town.rulebook)
    bent.bend({"household_total_max_fen": 1_000_000_000})
    town.rulebook = bent  # type: ignore[assignment]
    return town


def contracts(town: Town) -> list[str]:
    return town.contracts(
        *(town.asked(place, amount_fen=1_000_000) for place in range(1, CLIENTS + 1))
    )


class Clerk:
    """The three commands under a client's key, as the API sends them."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def disburse(self, number: str, fen: int, voucher: str, key: str, by: Actor = OFFICER) -> Any:
        draw = Draw(number, fen, "counter", voucher)

        def work(session: Session) -> list[list[Any]]:
            on = ledger.open_day(session)
            return [
                [*one]
                for one in loans.disburse_many(
                    session, draws=[draw], calendar=self.town.calendar, on=on, by=by
                )
            ]

        return self._once("loans.disburse", work, key, [number, fen, voucher], by)

    def repay(self, number: str, fen: int, voucher: str, key: str) -> Any:
        payment = Payment(number, fen, "counter", voucher, True)

        def work(session: Session) -> list[int]:
            on = ledger.open_day(session)
            return loans.repay_many(
                session, payments_in=[payment], calendar=self.town.calendar, on=on, by=OFFICER
            )

        return self._once("loans.repay", work, key, [number, fen, voucher], OFFICER)

    def reverse(self, slip: str, key: str) -> Any:
        def work(session: Session) -> str:
            on = ledger.open_day(session)
            loans.reverse_disbursement(
                session,
                slip_number=slip,
                reason="重复",
                calendar=self.town.calendar,
                on=on,
                by=CHECKER,
            )
            return slip

        return self._once("loans.reverse", work, key, [slip], CHECKER)

    def _once(
        self, command: str, work: Callable[[Session], Any], key: str, body: object, by: Actor
    ) -> Any:
        return self.town.books.once(command, work, by=by, key=key, body=body)


def rows(town: Town, entity: type[Any]) -> int:
    with town.books.read() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


def commands(town: Town, command: str) -> int:
    with town.books.read() as session:
        query = select(func.count()).select_from(TrailRow).where(TrailRow.command == command)
        return session.scalar(query) or 0


# --- the same key -------------------------------------------------------------------------------


def test_the_same_key_has_one_effect_and_one_answer(crowded: Town) -> None:
    clerk, numbers = Clerk(crowded), contracts(crowded)
    for turn, number in enumerate(numbers[:ROUNDS]):
        out = [
            Crowd([partial(clerk.disburse, number, 1_000_000, f"FK{turn}", f"disburse{turn}")]
                  * CLIENTS),
            Crowd([partial(clerk.repay, number, 500, f"HK{turn}", f"repay-{turn:03d}")]
                  * CLIENTS),
        ]  # fmt: skip
        for crowd in out:
            assert not crowd.refused
            assert all(answer == crowd.answers[0] for answer in crowd.answers)
        assert out[0].answers[0] == [[f"{number}-01", 1_000_000]]
    assert rows(crowded, Disbursement) == rows(crowded, Repayment) == ROUNDS
    assert commands(crowded, "loans.disburse") == commands(crowded, "loans.repay") == ROUNDS


def test_the_same_key_reverses_once(crowded: Town) -> None:
    clerk, numbers = Clerk(crowded), contracts(crowded)
    for number in numbers[:ROUNDS]:
        slip = crowded.disburse(number, 1_000_000)
        crowd = Crowd([partial(clerk.reverse, slip, f"reverse-{slip}")] * CLIENTS)
        assert not crowd.refused
        assert crowd.answers == [slip] * CLIENTS
    assert rows(crowded, Reversal) == commands(crowded, "loans.reverse") == ROUNDS


def test_the_same_key_for_something_else_is_refused(crowded: Town) -> None:
    clerk, (number, other, *_) = Clerk(crowded), contracts(crowded)
    clerk.disburse(number, 1_000, "FK1", "a-key-of-mine")
    again: list[Callable[[str], object]] = [
        lambda key: clerk.disburse(number, 1_001, "FK1", key),
        lambda key: clerk.disburse(other, 1_000, "FK1", key),
        lambda key: clerk.disburse(number, 1_000, "FK1", key, person(99, "loan_officer")),
        lambda key: clerk.repay(number, 1_000, "FK1", key),
    ]
    for other_request in again:
        with pytest.raises(RequestKeyReused):
            other_request("a-key-of-mine")
    assert rows(crowded, Disbursement) == 1


@pytest.mark.parametrize("key", ["k" * 65, "k" * 7, "", "kkkk kkkk", "密钥密钥密钥密钥"])
def test_a_key_that_is_none_is_refused(town: Town, key: str) -> None:
    (number,) = town.contracts(town.asked(1))
    with pytest.raises(RequestKeyMalformed):
        Clerk(town).disburse(number, 1_000, "FK1", key)
    assert rows(town, Disbursement) == 0


def test_a_refused_command_gives_its_key_back(town: Town) -> None:
    (number,) = town.contracts(town.asked(1))
    clerk = Clerk(town)
    with pytest.raises(DrawAboveContract):
        clerk.disburse(number, 5_000_001, "FK1", "disburse-1")
    assert clerk.disburse(number, 5_000_000, "FK1", "disburse-1") == [[f"{number}-01", 5_000_000]]


# --- another key, the same voucher --------------------------------------------------------------


def test_one_voucher_under_many_keys_pays_one_loan(crowded: Town) -> None:
    """Every client pays another loan, so that nothing but the voucher stands between them."""
    clerk, numbers = Clerk(crowded), contracts(crowded)
    for turn in range(ROUNDS):
        knocks = [
            partial(clerk.disburse, number, 1_000, f"FK{turn}", f"key-{turn}-{at:03d}")
            for at, number in enumerate(numbers)
        ]
        crowd = Crowd(knocks)
        assert len(crowd.answers) == 1
        assert crowd.refused == {"voucher_used": CLIENTS - 1}
    assert rows(crowded, Disbursement) == ROUNDS


def test_one_voucher_under_many_keys_is_taken_in_once(crowded: Town) -> None:
    clerk, numbers = Clerk(crowded), contracts(crowded)
    for number in numbers:
        crowded.disburse(number, 1_000_000)
    for turn in range(ROUNDS):
        knocks = [
            partial(clerk.repay, number, 100, f"HK{turn}", f"key-{turn}-{at:03d}")
            for at, number in enumerate(numbers)
        ]
        crowd = Crowd(knocks)
        assert len(crowd.answers) == 1
        assert crowd.refused == {"voucher_used": CLIENTS - 1}
    assert rows(crowded, Repayment) == ROUNDS


def test_sheets_with_the_same_vouchers_in_any_order_do_not_wait_in_a_circle(crowded: Town) -> None:
    numbers = contracts(crowded)
    names = [f"FK{at}" for at in range(4)]

    def pay_out(at: int) -> int:
        mine = numbers[4 * at : 4 * at + 4]
        order = names if at % 2 else names[::-1]
        draws = [Draw(n, 100, "batch", v) for n, v in zip(mine, order, strict=True)]
        with crowded.books.write("loans.disburse", by=OFFICER) as session:
            on = ledger.open_day(session)
            return len(
                loans.disburse_many(
                    session, draws=draws, calendar=crowded.calendar, on=on, by=OFFICER
                )
            )

    crowd = Crowd([partial(pay_out, at) for at in range(CLIENTS // 4)])
    assert crowd.answers == [4]
    assert crowd.refused == {"voucher_used": CLIENTS // 4 - 1}


def test_a_slip_is_reversed_once_under_many_keys(crowded: Town) -> None:
    clerk, (number, *_) = Clerk(crowded), contracts(crowded)
    for _ in range(ROUNDS):
        slip = crowded.disburse(number, 1_000_000)
        knocks = [partial(clerk.reverse, slip, f"key-{slip}-{at}") for at in range(CLIENTS)]
        crowd = Crowd(knocks)
        assert crowd.answers == [slip]
        assert crowd.refused == {"event_already_reversed": CLIENTS - 1}


def test_a_sheet_is_signed_once(crowded: Town) -> None:
    sheet_id = crowded.apply(crowded.asked(1), crowded.asked(2))
    crowded.approve(sheet_id)
    crowd = Crowd([partial(crowded.sign, sheet_id)] * CLIENTS)
    assert len(crowd.answers) == 1
    assert crowd.refused == {"already_signed": CLIENTS - 1}


# --- overspending -------------------------------------------------------------------------------


def principal_out(session: Session) -> int:
    return session.scalar(select(func.coalesce(func.sum(OpenSegment.principal_fen), 0))) or 0


def line_used(town: Town) -> int:
    with town.books.read() as session:
        return session.scalars(
            select(CreditLine.used_fen).where(CreditLine.household_id == 1)
        ).one()


def test_no_one_draws_beyond_a_line(crowded: Town) -> None:
    """A line of 50 000 and thirty-two contracts of 7 000: seven fit, 49 000."""
    numbers = [crowded.contracts(crowded.asked(1, amount_fen=700_000))[0] for _ in range(CLIENTS)]
    vouchers = count(1)
    for _ in range(ROUNDS):
        names = {number: f"FK{next(vouchers)}" for number in numbers}
        with watching(lambda: line_used(crowded)) as seen:
            crowd = Crowd(
                [partial(crowded.disburse, number, 700_000, name)
                 for number, name in names.items()]
            )  # fmt: skip
        assert len(crowd.answers) == 7
        assert crowd.refused == {"line_exceeded": CLIENTS - 7}
        assert max([*seen, line_used(crowded)]) == 4_900_000
        with crowded.books.read() as session:
            assert principal_out(session) == 4_900_000
        Crowd([partial(crowded.reverse, slip) for slip in crowd.answers])
        assert line_used(crowded) == 0


def limit_used(town: Town) -> int:
    with town.books.read() as session:
        return session.scalars(select(LendingLimit.used_fen)).one()


def test_no_one_lends_beyond_a_limit(crowded: Town) -> None:
    """A limit of 77 777 for the county and contracts of 10 000: seven fit."""
    numbers, vouchers = contracts(crowded), count(1)
    with crowded.books.write("risk_fund.limit", by=crowded.system) as session:
        limits.set_limit(session, scope=("region", "431022"), limit_fen=7_777_700, clause="专户")
    for _ in range(ROUNDS):
        names = {number: f"FK{next(vouchers)}" for number in numbers}
        with watching(lambda: limit_used(crowded)) as seen:
            crowd = Crowd(
                [partial(crowded.disburse, number, 1_000_000, name)
                 for number, name in names.items()]
            )  # fmt: skip
        assert len(crowd.answers) == 7
        assert crowd.refused == {"lending_limit_exceeded": len(numbers) - 7}
        assert max([*seen, limit_used(crowded)]) == 7_000_000
        with crowded.books.read() as session:
            assert principal_out(session) == 7_000_000
        back = {slip: f"HK{next(vouchers)}" for slip in crowd.answers[:3]}
        Crowd(
            [partial(crowded.pay, slip[:-3], 1_000_000, early=True, voucher_no=name)
             for slip, name in back.items()]
        )  # fmt: skip
        assert limit_used(crowded) == 4_000_000
        Crowd([partial(crowded.reverse, slip) for slip in crowd.answers[3:]])
        assert limit_used(crowded) == 0
        # Three contracts are settled for good.
        numbers = [n for n in numbers if crowded.position(n).state == "signed"]


# --- seen red -----------------------------------------------------------------------------------


def any_voucher(session: Session, slips: Any, *, on: date) -> list[int]:
    changed = [
        payments.VoucherSlip(
            one.institution_id, one.channel, uuid4().hex, one.direction, one.amount_fen
        )
        for one in slips
    ]
    return ORIGINAL_VOUCHERS(session, changed, on=on)


ORIGINAL_VOUCHERS = payments.book_vouchers
PLANTED = [
    Plant(
        test_the_same_key_has_one_effect_and_one_answer,
        "kernel.idempotency.claim",
        lambda _session, _key, _digest: None,
    ),
    Plant(
        test_one_voucher_under_many_keys_pays_one_loan,
        "office.payments.book_vouchers",
        any_voucher,
    ),
    Plant(
        test_one_voucher_under_many_keys_is_taken_in_once,
        "office.payments.book_vouchers",
        any_voucher,
    ),
    Plant(
        test_no_one_draws_beyond_a_line,
        "credit.draw_lines",
        lambda _session, _demands, *, on: 0,
    ),
    Plant(
        test_no_one_lends_beyond_a_limit,
        "loans.limits.hold",
        lambda session, _places: limits.Room(session, {}),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, crowded: Town) -> None:
    plant.prove(crowded=crowded)
