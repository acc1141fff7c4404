"""Taking in the bank's answer to a round's file: compared to the row, then booked at once.

A second time, another round's or another county's file, a wrong total: nothing is booked. What is
paid leaves the enterprise's pool and is owed no more; what came back stays owed, and spoken for.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import ledger
from enterprises import batch
from enterprises.dividends import lifecycle
from enterprises.dividends.funding import pay_out
from enterprises.dividends.steps import elsewhere, lock, take
from enterprises.payment.owed import DESK, unpaid_fen
from kernel.actor import Actor
from kernel.vault import Keyring
from office.bank_answers import AnswerFile, compare
from office.paying import Booked

#: source of the pool's entry
SOURCE: Final = "dividend_returns"


def take_answer(
    session: Session, *, round_id: int, answer: AnswerFile, keyring: Keyring, on: date, by: Actor
) -> Booked:
    """Book the bank's answer to the file that was sent for a round."""
    answer.taken()
    state = lock(session, round_id).state
    file = DESK.file_answered(session, round_id, answer)
    if state != lifecycle.SENT:
        raise elsewhere(round_id, state)
    sent = DESK.sent(session, file)
    compare(DESK.head_of(file), answer, sent, keyring=keyring)
    whole = answer.returned_fen == 0 and unpaid_fen(session, round_id) == answer.total_fen
    taken = take(session, "answer" if whole else "answer_in_part", round_id, on=on, by=by)
    booked = DESK.keep(session, file, answer, sent, on)
    if booked.paid_fen:
        _book(session, taken.agreement.organisation_id, booked, on)
    return booked


def _book(session: Session, organisation_id: int, booked: Booked, on: date) -> None:
    pay_out(session, organisation_id, booked.paid_fen)
    ledger.post_many(
        session,
        source_kind=SOURCE,
        booking_date=on,
        value_date=on,
        lines=batch.payment_lines(booked.return_id, organisation_id, booked.paid_fen),
        owner_kind=batch.OWNER_KIND,
    )
