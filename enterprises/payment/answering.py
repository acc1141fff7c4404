"""Taking in the bank's answer to a round's file: compared to the row, then booked at once.

Batch, count, total and every row have to be those of the file that waits for its answer; a second
time, another round's or another county's file, a wrong total: nothing is booked. What is paid
leaves the enterprise's pool and is owed no more; what came back stays owed, and spoken for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from enterprises import batch
from enterprises.dividends import lifecycle
from enterprises.dividends.funding import pay_out
from enterprises.dividends.steps import elsewhere, lock, take
from enterprises.models import (
    DividendFile,
    DividendFileDiscard,
    DividendPayment,
    DividendReturn,
    DividendReturnRow,
)
from enterprises.payment.owed import last_file, unpaid_fen
from enterprises.payment.sending import head_of
from kernel.actor import Actor
from kernel.vault import Keyring
from office.bank_answers import Answered, AnswerFile, Sent, compare
from office.models import PayoutAccount
from office.refusals.paying import PaymentFileDiscarded, ReturnOfAnotherFile, ReturnTakenBefore

#: source of the pool's entry
SOURCE: Final = "dividend_returns"


@dataclass(frozen=True, slots=True)
class Booked:
    """What a bank's answer came to."""

    return_id: int
    paid_fen: int
    returned_fen: int


def take_answer(
    session: Session, *, round_id: int, answer: AnswerFile, keyring: Keyring, on: date, by: Actor
) -> Booked:
    """Book the bank's answer to the file that was sent for a round."""
    rows = answer.taken()
    state = lock(session, round_id).state
    file = _file_of(session, round_id, state, answer)
    sent = _sent(session, file.id)
    compare(head_of(file), answer, sent, keyring=keyring)
    returned_fen = sum(row.amount_fen for row in rows if row.result == "returned")
    whole = returned_fen == 0 and unpaid_fen(session, round_id) == answer.total_fen
    taken = take(session, "answer" if whole else "answer_in_part", round_id, on=on, by=by)
    booked = DividendReturn(
        file_id=file.id,
        received_on=on,
        paid_fen=answer.total_fen - returned_fen,
        returned_fen=returned_fen,
        digest=answer.sha256,
    )
    session.add(booked)
    session.flush()
    _write(session, booked.id, rows, sent)
    if booked.paid_fen:
        _book(session, taken.agreement.organisation_id, booked, on)
    return Booked(booked.id, booked.paid_fen, returned_fen)


def _write(session: Session, return_id: int, rows: list[Answered], sent: dict[int, Sent]) -> None:
    session.execute(
        insert(DividendReturnRow),
        [
            {
                "payment_id": sent[row.nr].id,
                "return_id": return_id,
                "result": row.result,
                "reason": row.reason,
                "bank_no": row.bank_no,
            }
            for row in rows
        ],
    )


def _book(session: Session, organisation_id: int, booked: DividendReturn, on: date) -> None:
    pay_out(session, organisation_id, booked.paid_fen)
    ledger.post_many(
        session,
        source_kind=SOURCE,
        booking_date=on,
        value_date=on,
        lines=batch.payment_lines(booked.id, organisation_id, booked.paid_fen),
        owner_kind=batch.OWNER_KIND,
    )


def _file_of(session: Session, round_id: int, state: str, answer: AnswerFile) -> DividendFile:
    """The file that waits for this answer."""
    (batch_no, *others) = sorted(answer.batches) or [""]
    before = session.scalar(select(DividendReturn.id).where(DividendReturn.digest == answer.sha256))
    if before is not None:
        raise ReturnTakenBefore(field="file", batch_no=batch_no)
    named = session.scalar(select(DividendFile).where(DividendFile.batch_no == batch_no))
    if named is None or named.round_id != round_id or others:
        last = last_file(session, round_id)
        raise ReturnOfAnotherFile(
            field="file",
            batch_no=(others[0] if others else batch_no)[:40],
            expected="—" if last is None else last.batch_no,
        )
    answered = select(DividendReturn.id).where(DividendReturn.file_id == named.id)
    if session.scalar(answered) is not None:
        raise ReturnTakenBefore(field="file", batch_no=batch_no)
    if session.get(DividendFileDiscard, named.id) is not None:
        raise PaymentFileDiscarded(field="file", batch_no=batch_no)
    if state != lifecycle.SENT:
        raise elsewhere(round_id, state)
    return named


def _sent(session: Session, file_id: int) -> dict[int, Sent]:
    rows = session.execute(
        select(DividendPayment, PayoutAccount)
        .join(PayoutAccount, PayoutAccount.id == DividendPayment.account_id)
        .where(DividendPayment.file_id == file_id)
    )
    return {row.nr: Sent(row.id, row.amount_fen, account) for row, account in rows}
