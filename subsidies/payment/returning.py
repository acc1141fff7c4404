"""Taking in the bank's answer: compared to the row with what was sent, then booked at once.

A second time, another claim's or another county's file, a wrong total: nothing is booked. What is
paid leaves its budget lines, and through the lender clears what the treasury owed it loan by loan;
what came back is free on its lines again and stays claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import split_by_weights
from kernel.vault import Keyring
from loans.routes import LENDER
from office.bank_answers import AnswerFile, compare
from office.paying import Booked
from subsidies import budget, lifecycle
from subsidies.claims.steps import claim_of, elsewhere, state_of, take
from subsidies.models import Claim, ClaimRow, PaymentFile, PaymentRow
from subsidies.payment.owed import DESK, unpaid
from subsidies.payment.sending import lines_of
from subsidies.treasury import account as treasury

#: source of the treasury's entry, and of the lender's
SOURCE: Final = "subsidy_bank_returns"
LENDER_SOURCE: Final = "subsidy_payment_rows"


def take_answer(
    session: Session,
    *,
    claim_id: int,
    answer: AnswerFile,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> Booked:
    """Book the bank's answer to the file that was sent for a claim."""
    claim = claim_of(session, claim_id)
    answer.taken()
    file = DESK.file_answered(session, claim_id, answer)
    state = state_of(session, claim_id)
    if state != lifecycle.SENT:
        raise elsewhere(claim_id, state)
    sent = DESK.sent(session, file)
    compare(DESK.head_of(file), answer, sent, keyring=keyring)
    rest_fen = sum(one.amount_fen for one in unpaid(session, claim_id)) - answer.total_fen
    whole = answer.returned_fen == 0 and rest_fen == 0
    take(session, "answer" if whole else "answer_in_part", claim_id, on=on, by=by)
    booked = DESK.keep(session, file, answer, sent, on)
    _book(session, claim, file, booked, on)
    return booked


# --- the books ------------------------------------------------------------------------------------


def _book(session: Session, claim: Claim, file: PaymentFile, booked: Booked, on: date) -> None:
    lines = lines_of(session, file.id)
    paid = split_by_weights(booked.paid_fen, [fen for _line, fen in lines])
    for (line_id, fen), paid_fen in zip(lines, paid, strict=True):
        if paid_fen:
            budget.pay(session, line_id=line_id, fen=paid_fen)
        if fen > paid_fen:
            budget.release(session, line_id=line_id, fen=fen - paid_fen)
    if not booked.paid_fen:
        return
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=booked.return_id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(treasury(session, "subsidy_claimed_payable"), booked.paid_fen),
            *_from_lines(session, [line for line, _fen in lines], paid),
        ],
    )
    if claim.route == LENDER:
        _book_lender(session, claim, file, on)


def _from_lines(
    session: Session, line_ids: Sequence[int], paid: Sequence[int]
) -> list[ledger.Line]:
    account = treasury(session, "budget_paid")
    return [
        ledger.Line(account, -fen, line_id)
        for line_id, fen in zip(line_ids, paid, strict=True)
        if fen
    ]


def _book_lender(session: Session, claim: Claim, file: PaymentFile, on: date) -> None:
    """The lender's own books: money in, and what the treasury owed it cleared loan by loan."""
    ledger.open_accounts(
        session,
        owner_kind="organisations",
        owner_ids=(claim.lender_id,),
        kinds=("funds", "treasury_interest_receivable"),
    )
    ledger.post_many(
        session,
        source_kind=LENDER_SOURCE,
        booking_date=on,
        value_date=on,
        lines=_lender_lines(claim, file),
    )


def _lender_lines(claim: Claim, file: PaymentFile) -> Select[int, int, str, int, int]:
    row_id = (
        select(PaymentRow.id).where(PaymentRow.file_id == file.id, PaymentRow.nr == 1)
    ).scalar_subquery()
    money = select(
        row_id.label("source_id"),
        literal(claim.lender_id).label("owner_id"),
        literal("funds").label("kind"),
        literal(0).label("subject_id"),
        literal(claim.total_fen).label("amount_fen"),
    )
    cleared = (
        select(
            row_id,
            literal(claim.lender_id),
            literal("treasury_interest_receivable"),
            ClaimRow.loan_id,
            -sum_of(ClaimRow.amount_fen),
        )
        .where(ClaimRow.claim_id == claim.id)
        .group_by(ClaimRow.loan_id)
    )
    both = union_all(money, cleared).subquery()
    return select(
        both.c.source_id, both.c.owner_id, both.c.kind, both.c.subject_id, both.c.amount_fen
    )
