"""What is taken back of what nobody has had yet, and refunds of interest that never came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, false, select
from sqlalchemy.orm import Session

from kernel.seals import table_of
from loans.models import Loan
from subsidies import claim_checks, clawback
from subsidies.models import EntitlementClaim, PaymentLine, PaymentRow
from subsidies.payment.funding import FromLine
from subsidies.refusals.claiming import NoSubsidyToClaim, NothingToTakeBack
from tests.loans.bent import BentRulebook, treasury
from tests.loans.full_lives import out_of_the_ordinary
from tests.planted import Plant
from tests.subsidies.offices import JUNE, Offices
from tests.subsidies.test_claims import settled
from tests.subsidies.test_paying import (
    LENDER_ACCOUNT,
    back,
    claw,
    figures_of,
    lender_paid,
    refunded,
)

#: 50 000 at 4.75 % for 22 days; repaid 10 000 from 9 June on it is 1 583 fen less:
#: 1 000 000 × 12 days (9 to 20 June) × 0.0475 / 360 = 1 583.3
ONE_LOAN_FEN, LESS_FEN = 14_514, 1_583
SEPTEMBER = date(2016, 9, 21)


def correct(offices: Offices, number: str) -> None:
    """10 000 were repaid on 9 June, and are entered late."""
    offices.pay(number, 1_000_000, early=True, value_date=date(2016, 6, 9))
    offices.wait(1)


def owed_back(offices: Offices) -> list[int]:
    with offices.books.read() as session:
        return [one.amount_fen for one in clawback.owed_back(session)]


def test_nobody_pays_back_what_has_not_come(offices: Offices) -> None:
    """Of a claim that is asked for and unpaid nothing is owed back; once it is paid, it is."""
    (number,) = settled(offices, 1)
    line_id = offices.fund()
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.noticed()
    correct(offices, number)
    assert owed_back(offices) == []
    with pytest.raises(NothingToTakeBack):
        claw(offices, back(offices, line_id))
    assert figures_of(offices) == (ONE_LOAN_FEN, ONE_LOAN_FEN, 0, LESS_FEN)
    offices.wait(6)
    offices.grant(claim_id)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert owed_back(offices) == [LESS_FEN]
    claw(offices, back(offices, line_id))
    less = ONE_LOAN_FEN - LESS_FEN
    assert figures_of(offices) == (less, less, less, 0)


def test_what_was_given_back_is_asked_of_nobody(offices: Offices) -> None:
    """The third household's refund went back to the budget; a correction lowers it afterwards."""
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {3: "死亡"}))
    with offices.books.read() as session:
        row = session.scalars(select(PaymentRow).where(PaymentRow.nr == 3)).one()
        row_id, household_id = row.id, row.payee_id
        number = session.scalars(select(Loan.number).where(Loan.household_id == household_id)).one()
    offices.decide_give_back(offices.ask_give_back(row_id))
    correct(offices, number)
    assert owed_back(offices) == []
    # The next quarter of 40 000, 92 days, is refunded whole: 4 000 000 × 92 × 0.0475 / 360
    offices.close_to(date(2016, 9, 20))
    offices.pay(number, 48_556)
    offices.close_to(date(2016, 9, 21))
    claim_id = offices.draft(SEPTEMBER, route="household")
    assert offices.claim(claim_id).total_fen == 48_556


def test_interest_that_was_written_off_is_refunded_to_nobody(offices: Offices) -> None:
    """The household was to pay first and never did; the loss is the lender's."""
    bent = BentRulebook(offices.rulebook)
    to_cards = [replace(one, route="household") for one in treasury((None, None, 10_000, None))]
    bent.bend({"interest_bearers": tuple(to_cards)})
    offices.rulebook = bent  # type: ignore[assignment]
    (number,) = settled(offices, 1)
    lost = out_of_the_ordinary(offices, number, "write_off", 1)
    with pytest.raises(NoSubsidyToClaim):
        offices.draft(JUNE, route="household")
    # Written off by mistake; the interest is paid after all.
    offices.undo_payment(lost)
    offices.pay(number, ONE_LOAN_FEN)
    claim_id = offices.draft(JUNE, route="household")
    assert offices.claim(claim_id).total_fen == ONE_LOAN_FEN


def test_a_line_that_is_named_twice_is_taken_from_once(offices: Offices) -> None:
    claim_id, line_id = lender_paid(offices)
    rest_fen = 2 * ONE_LOAN_FEN - 100
    offices.make_file(claim_id, lines=[FromLine(line_id, 100), FromLine(line_id, rest_fen)])
    with offices.books.read() as session:
        (line,) = session.scalars(select(PaymentLine)).all()
    assert (line.line_id, line.amount_fen) == (line_id, 2 * ONE_LOAN_FEN)


@pytest.mark.damaged("what a clawback holds was let go")
def test_a_households_clawback_without_its_rows_is_found(offices: Offices) -> None:
    claim_id, line_id = refunded(offices, loans=1, cards=1)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    with offices.books.read() as session:
        number = session.scalars(select(Loan.number)).one()
    correct(offices, number)
    payer = {"payer_kind": "households", "payer_id": offices.household(1)}
    claw(offices, back(offices, line_id, route="household", **payer))
    held = table_of(EntitlementClaim)
    with offices.unguarded() as connection:
        connection.execute(delete(held).where(held.c.clawback_id.is_not(None)))
    with offices.books.read() as session:
        assert {one.check for one in claim_checks.check(session)} == {"subsidies.clawed_back"}


def _always(_one: object, held: type[EntitlementClaim]) -> object:
    return held.claim_id.is_not(None)


def _nothing(_session: Session) -> list[object]:
    return []


PLANTED = [
    Plant(test_nobody_pays_back_what_has_not_come, "subsidies.clawback._is_paid", _always),
    Plant(
        test_what_was_given_back_is_asked_of_nobody,
        "subsidies.offsetting.of_given_back",
        false,
        catches=(Exception,),
    ),
    Plant(
        test_a_line_that_is_named_twice_is_taken_from_once,
        "subsidies.payment.funding.joined",
        lambda lines: lines,
        catches=(Exception,),
    ),
    Plant(
        test_a_households_clawback_without_its_rows_is_found,
        "subsidies.claim_checks._clawed_back",
        _nothing,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
