"""What was given back and what a correction takes off it, in every order: nothing is lowered twice.

One household's refund of 145.14 goes back to the budget for good; a repayment entered late lowers
the same quarter by 15.83. Whatever comes first, nothing of it is owed, spent or to be recovered.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, literal, select

import ledger
from kernel.database import Base
from kernel.seals import table_of
from loans.models import Loan
from subsidies import claim_checks, given_up, offsetting
from subsidies.claims.households import GIVEN_BACK, stages_of
from subsidies.given_up import Part
from subsidies.models import (
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentRow,
    RevisionOffset,
)
from tests.planted import Plant
from tests.subsidies.offices import Offices
from tests.subsidies.test_figures import moved, of
from tests.subsidies.test_paying import figures_of, refunded
from tests.subsidies.test_taken_back import LESS_FEN, ONE_LOAN_FEN, SEPTEMBER, owed_back

#: two of three refunds of 145.14 are paid; the third goes back
REST_FEN = 2 * ONE_LOAN_FEN
ONE = timedelta(days=1)

Rows = dict[type[Base], list[dict[str, object]]]


class Third:
    """The third household, whose refund the bank sent back."""

    def __init__(self, offices: Offices) -> None:
        self.offices = offices
        self.claim_id, self.line_id = refunded(offices)
        with offices.books.read() as session:
            self.household_id = offices.household(3)
            self.number = session.scalars(
                select(Loan.number).where(Loan.household_id == self.household_id)
            ).one()

    def returned(self) -> None:
        """The bank pays two, and sends the third back."""
        self.offices.make_file(self.claim_id)
        self.offices.send(self.claim_id)
        said = self.offices.answer_file(self.claim_id, {3: "死亡"})
        self.offices.take_answer(self.claim_id, said)
        with self.offices.books.read() as session:
            query = select(PaymentRow.id).where(PaymentRow.payee_id == self.household_id)
            self.row_id = session.scalars(query).one()

    def give_back(self) -> None:
        """One of finance asks, another agrees."""
        self.offices.decide_give_back(self.offices.ask_give_back(self.row_id))

    def correct(self) -> int:
        """10 000 were repaid on 9 June, and are entered late; the payment."""
        paid = self.offices.pay(self.number, 1_000_000, early=True, value_date=date(2016, 6, 9))
        self.offices.wait(1)
        return paid


def spent(offices: Offices) -> tuple[int, int, int]:
    """Expense, owed and claimed of the treasury."""
    kinds = ("subsidy_expense", "subsidy_payable", "subsidy_claimed_payable")
    return tuple(offices.balance(kind) for kind in kinds)  # type: ignore[return-value]


def offsets(offices: Offices) -> list[int]:
    with offices.books.read() as session:
        query = select(RevisionOffset.amount_fen).order_by(RevisionOffset.entitlement_id)
        return list(session.scalars(query))


def sums_up(offices: Offices) -> None:
    """Two refunds are paid, nothing else is owed; each day moves what lies between its figures."""
    assert figures_of(offices) == (REST_FEN, REST_FEN, REST_FEN, 0)
    assert spent(offices) == (REST_FEN, 0, 0)
    assert offices.balance("budget_paid") == -REST_FEN
    assert offsets(offices) == [LESS_FEN]
    assert owed_back(offices) == []
    before: tuple[int, ...] = (0, 0, 0, 0)
    day = date(2016, 6, 1)
    while day < offices.today:
        now = of(offices, day)
        assert moved(offices, day) == tuple(b - a for a, b in zip(before, now, strict=True)), day
        assert now[0] >= now[1] >= now[2] >= 0, day
        with offices.books.read() as session:
            expense = ledger.balance(session, kind="subsidy_expense", until=day)
        assert now[0] - now[3] == expense, day
        before, day = now, day + ONE


def test_given_back_and_corrected_afterwards(offices: Offices) -> None:
    third = Third(offices)
    third.returned()
    third.give_back()
    assert spent(offices) == (REST_FEN, 0, 0)
    third.correct()
    sums_up(offices)


def test_corrected_and_given_back_afterwards(offices: Offices) -> None:
    third = Third(offices)
    third.returned()
    third.correct()
    # Claimed whole and still unpaid: 15.83 of it are to be taken off some day.
    assert figures_of(offices) == (3 * ONE_LOAN_FEN, 3 * ONE_LOAN_FEN, REST_FEN, LESS_FEN)
    assert spent(offices) == (3 * ONE_LOAN_FEN - LESS_FEN, LESS_FEN, -ONE_LOAN_FEN)
    third.give_back()
    offices.wait(1)
    sums_up(offices)


def test_corrected_before_the_bank_answers(offices: Offices) -> None:
    third = Third(offices)
    third.correct()
    third.returned()
    third.give_back()
    offices.wait(1)
    sums_up(offices)


def test_both_on_one_day(offices: Offices) -> None:
    third = Third(offices)
    third.returned()
    offices.pay(third.number, 1_000_000, early=True, value_date=date(2016, 6, 9))
    third.give_back()
    offices.wait(1)
    sums_up(offices)


def test_a_claim_that_held_the_revision_lets_go_of_it(offices: Offices) -> None:
    """September's claim takes 15.83 off; June's refund is given back; September's is withdrawn."""
    third = Third(offices)
    third.returned()
    third.correct()
    offices.close_to(date(2016, 9, 20))
    # 40 000 for 92 days: 485.56; 50 000: 606.94, twice, not paid yet by the households
    offices.pay(third.number, 48_556)
    offices.close_to(SEPTEMBER)
    claim_id = offices.draft(SEPTEMBER, route="household")
    assert offices.claim(claim_id).total_fen == 48_556 - LESS_FEN
    third.give_back()
    assert offsets(offices) == []
    offices.withdraw(claim_id)
    assert offsets(offices) == [LESS_FEN]
    claim_id = offices.draft(SEPTEMBER, route="household")
    assert offices.claim(claim_id).total_fen == 48_556
    offices.wait(1)
    # 2 × 606.94 + 485.56 are owed beside the two refunds that were paid.
    assert spent(offices) == (REST_FEN + 2 * 60_694 + 48_556, -2 * 60_694 - 48_556, 0)


def test_what_is_revised_upward_afterwards_is_a_new_entitlement(offices: Offices) -> None:
    """The correction was wrong: its 15.83 come back as something to claim, and nothing more."""
    third = Third(offices)
    third.returned()
    third.give_back()
    paid = third.correct()
    offices.undo_payment(paid)
    offices.wait(1)
    assert figures_of(offices) == (REST_FEN + LESS_FEN, REST_FEN, REST_FEN, 0)
    assert spent(offices) == (REST_FEN + LESS_FEN, -LESS_FEN, 0)
    # And lowered again it takes off the new one first: nothing more is offset.
    third.correct()
    assert offsets(offices) == [LESS_FEN]
    assert spent(offices) == (REST_FEN, 0, 0)
    assert owed_back(offices) == []


def test_a_draft_books_what_was_missed(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    """Books of an earlier release know no offset: the next claim takes nothing off all the same."""
    third = Third(offices)
    third.returned()
    third.give_back()
    monkeypatch.setattr("subsidies.batch.offset_booked", _nothing)
    third.correct()
    assert offsets(offices) == []
    offices.close_to(date(2016, 9, 20))
    offices.pay(third.number, 48_556)
    offices.close_to(SEPTEMBER)
    claim_id = offices.draft(SEPTEMBER, route="household")
    assert offices.claim(claim_id).total_fen == 48_556
    assert offsets(offices) == [LESS_FEN]


def test_the_household_sees_both_as_given_back(offices: Offices) -> None:
    third = Third(offices)
    third.returned()
    third.give_back()
    third.correct()
    with offices.books.read() as session:
        told = [(one.amount_fen, one.state) for one in stages_of(session, third.household_id)]
    assert told == [(ONE_LOAN_FEN, GIVEN_BACK), (-LESS_FEN, GIVEN_BACK)]


@pytest.mark.damaged("an offset is gone")
def test_an_offset_that_is_missing_is_found(offices: Offices) -> None:
    test_given_back_and_corrected_afterwards(offices)
    with offices.unguarded() as connection:
        connection.execute(table_of(RevisionOffset).delete())
    with offices.books.read() as session:
        found = {one.check for one in claim_checks.check(session)}
    assert found == {"subsidies.offset", "subsidies.booked"}


# --- the statement says what the rule says --------------------------------------------------------


def histories(count: int) -> list[list[Part]]:
    """Settlements as they may be revised: never below nothing in sum, the first above it."""
    chance = random.Random(20261122)
    made: list[list[Part]] = []
    while len(made) < count:
        parts: list[Part] = []
        for nr in range(chance.randint(1, 5)):
            left = sum(part.amount_fen for part in parts)
            fen = chance.choice((10, 20, 30, 50)) * (-1 if nr and chance.random() < 0.6 else 1)
            if left + fen < 0:
                continue
            state = chance.choice(("given", "given", "held", "free"))
            parts.append(Part(fen, given_back=state == "given", held=state in {"given", "held"}))
        made.append(parts)
    return made


@pytest.mark.damaged("rows that no loan stands behind")
def test_the_statement_offsets_what_the_rule_says(offices: Offices) -> None:
    made = histories(400)
    wanted: list[int] = []
    rows: Rows = {Entitlement: [], EntitlementClaim: [], PaymentRow: [], GivenBack: []}
    for loan_id, parts in enumerate(made, start=1):
        flags = given_up.offset(parts)
        for revision, (part, flag) in enumerate(zip(parts, flags, strict=True)):
            key = loan_id * 10 + revision
            _put(rows, key, loan_id, revision, part)
            if flag:
                wanted.append(key)
    with offices.unguarded() as connection:
        for model, values in rows.items():
            connection.execute(insert(table_of(model)), values)
    with offices.books.read() as session:
        query = select(Entitlement.id).where(offsetting.unclaimed(), offsetting.of_given_back())
        assert sorted(session.scalars(query)) == wanted
    assert len(wanted) > 30


def _put(rows: Rows, key: int, loan: int, nr: int, one: Part) -> None:
    june, trail = date(2016, 6, 21), {"trail_id": 1}
    rows[Entitlement].append(
        {
            "id": key, "settlement_id": key, "loan_id": loan, "lender_id": 1,
            "village_code": "431022100201", "route": "household", "payee_kind": "households",
            "payee_id": loan, "from_on": date(2016, 5, 30), "to_on": june, "revision": nr,
            "booked_on": june, "interest_fen": one.amount_fen, "amount_fen": one.amount_fen,
            **trail,
        }
    )  # fmt: skip
    if not one.held:
        return
    rows[EntitlementClaim].append({"entitlement_id": key, "claim_id": key, **trail})
    if one.given_back:
        rows[PaymentRow].append(
            {
                "id": key, "file_id": key, "nr": 1, "claim_id": key, "payee_kind": "households",
                "payee_id": loan, "attempt": 1, "account_id": 1, "amount_fen": 1, "remark": "",
                **trail,
            }
        )  # fmt: skip
        rows[GivenBack].append(
            {
                "id": key, "payment_row_id": key, "given_on": june, "amount_fen": 1,
                "reason": "销户", **trail,
            }
        )  # fmt: skip


def _never(_parts: Sequence[Part], _nr: int) -> bool:
    return False


def _nothing(*_args: object, **_options: object) -> int:
    return 0


PLANTED = [
    Plant(test, target, bug, catches=(Exception,))
    for test, target, bug in (
        (test_given_back_and_corrected_afterwards, "subsidies.batch.offset_booked", _nothing),
        (
            test_corrected_and_given_back_afterwards,
            "subsidies.payment.giving_back.offset",
            _nothing,
        ),
        (
            test_a_claim_that_held_the_revision_lets_go_of_it,
            "subsidies.claims.steps.offset",
            _nothing,
        ),
        (
            test_given_back_and_corrected_afterwards,
            "subsidies.figures._is_offset",
            lambda *_: literal(False),
        ),
        (test_the_statement_offsets_what_the_rule_says, "subsidies.given_up._is_offset", _never),
    )
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
