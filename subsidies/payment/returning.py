"""Taking in the bank's answer: compared to the row with what was sent, then booked at once.

Batch, count, total and every row have to be those of the file that waits for its answer; a second
time, another claim's or another county's file, a wrong total: nothing is booked. What is paid
leaves its budget lines, and through the lender clears what the treasury owed it loan by loan; what
came back is free on its lines again and stays claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import split_by_weights
from kernel.vault import Keyring
from loans.routes import LENDER
from office.bank_answers import AnswerFile, Sent, compare
from office.refusals.paying import PaymentFileDiscarded, ReturnOfAnotherFile, ReturnTakenBefore
from subsidies import budget, lifecycle
from subsidies.claims.steps import claim_of, elsewhere, state_of, take
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    Claim,
    ClaimRow,
    FileDiscard,
    PaymentFile,
    PaymentRow,
    PayoutAccount,
)
from subsidies.payment.owed import last_file, unpaid
from subsidies.payment.sending import head_of, lines_of
from subsidies.treasury import account as treasury

#: source of the treasury's entry, and of the lender's
SOURCE: Final = "subsidy_bank_returns"
LENDER_SOURCE: Final = "subsidy_payment_rows"


@dataclass(frozen=True, slots=True)
class Booked:
    """What a bank's answer came to."""

    return_id: int
    paid_fen: int
    returned_fen: int


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
    rows = answer.taken()
    file = _file_of(session, claim, answer)
    sent = _sent(session, file.id)
    compare(head_of(file), answer, sent, keyring=keyring)
    returned_fen = sum(row.amount_fen for row in rows if row.result == "returned")
    rest_fen = sum(one.amount_fen for one in unpaid(session, claim_id)) - answer.total_fen
    whole = returned_fen == 0 and rest_fen == 0
    take(session, "answer" if whole else "answer_in_part", claim_id, on=on, by=by)
    booked = BankReturn(
        file_id=file.id,
        received_on=on,
        paid_fen=answer.total_fen - returned_fen,
        returned_fen=returned_fen,
        digest=answer.sha256,
    )
    session.add(booked)
    session.flush()
    session.execute(
        insert(BankReturnRow),
        [
            {
                "payment_row_id": sent[row.nr].id,
                "return_id": booked.id,
                "result": row.result,
                "reason": row.reason,
                "bank_no": row.bank_no,
            }
            for row in rows
        ],
    )
    _book(session, claim, file, booked, on)
    return Booked(booked.id, booked.paid_fen, returned_fen)


def _file_of(session: Session, claim: Claim, answer: AnswerFile) -> PaymentFile:
    """The file that waits for this answer."""
    (batch_no, *others) = sorted(answer.batches) or [""]
    before = session.scalar(select(BankReturn.id).where(BankReturn.digest == answer.sha256))
    if before is not None:
        raise ReturnTakenBefore(field="file", batch_no=batch_no)
    named = session.scalar(select(PaymentFile).where(PaymentFile.batch_no == batch_no))
    state = state_of(session, claim.id)
    if named is None or named.claim_id != claim.id or others:
        expected = last_file(session, claim.id).batch_no if _has_file(session, claim.id) else "—"
        stray = others[0] if others else batch_no
        raise ReturnOfAnotherFile(field="file", batch_no=stray[:40], expected=expected)
    answered = select(BankReturn.id).where(BankReturn.file_id == named.id)
    if session.scalar(answered) is not None:
        raise ReturnTakenBefore(field="file", batch_no=batch_no)
    if session.get(FileDiscard, named.id) is not None:
        raise PaymentFileDiscarded(field="file", batch_no=batch_no)
    if state != lifecycle.SENT:
        raise elsewhere(claim.id, state)
    return named


def _has_file(session: Session, claim_id: int) -> bool:
    query = select(func.count()).select_from(PaymentFile).where(PaymentFile.claim_id == claim_id)
    return bool(session.scalar(query))


def _sent(session: Session, file_id: int) -> dict[int, Sent]:
    rows = session.execute(
        select(PaymentRow, PayoutAccount)
        .join(PayoutAccount, PayoutAccount.id == PaymentRow.account_id)
        .where(PaymentRow.file_id == file_id)
    )
    return {row.nr: Sent(row.id, row.amount_fen, account) for row, account in rows}


# --- the books ------------------------------------------------------------------------------------


def _book(session: Session, claim: Claim, file: PaymentFile, booked: BankReturn, on: date) -> None:
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
        source_id=booked.id,
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
