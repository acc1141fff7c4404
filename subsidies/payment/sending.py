"""Sending a payment file, which is never done by its maker, or discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.vault import Keyring
from office import approvals, rights
from policy import Rulebook
from subsidies import budget, lifecycle
from subsidies.claims.steps import allow, claim_of, elsewhere, state_of, take
from subsidies.models import FileDiscard, PaymentLine
from subsidies.payment.funding import budget_year
from subsidies.payment.owed import DESK
from subsidies.refusals.paying import PaymentYearOver

_require_unchanged = DESK.require_unchanged


def send(session: Session, *, claim_id: int, rulebook: Rulebook, on: date, by: Actor) -> str:
    """Hand the file over to the bank; its batch number.

    A file that was made before the treasury's closing day and lies beyond it would be paid from
    the year that is over: it is discarded and made anew, on lines of the new year.
    """
    take(session, "send", claim_id, on=on, by=by)
    file = DESK.file_of(session, claim_id)
    _require_unchanged(session, file)
    conduct = rulebook.conduct(on=on, region=ledger.books(session).region_code)
    if budget_year(on, conduct) != file.budget_year:
        raise PaymentYearOver(
            field="claim_id",
            clause=conduct.subsidy_year_end.cite,
            year=file.budget_year,
            on=on,
            now=budget_year(on, conduct),
        )
    return file.batch_no


def discard(session: Session, *, claim_id: int, reason: str, on: date, by: Actor) -> None:
    """Give up a file that was not sent; its money is free again."""
    approvals.require_reason(reason)
    name = "discard_again" if DESK.answered(session, claim_id) else "discard"
    take(session, name, claim_id, on=on, by=by, reason=reason)
    file = DESK.file_of(session, claim_id)
    session.add(FileDiscard(file_id=file.id, discarded_on=on, reason=reason.strip()))
    for line in lines_of(session, file.id):
        budget.release(session, line_id=line[0], fen=line[1])


def file_content(
    session: Session, *, claim_id: int, keyring: Keyring, by: Actor, form: str = "csv"
) -> tuple[str, bytes]:
    """Name and content of the file that is to be sent, or was; for those who pay alone."""
    claim = claim_of(session, claim_id)
    allow(session, "subsidies.send" if rights.may(by, "subsidies.send") else "subsidies.pay",
          claim.lender_id, by)  # fmt: skip
    state = state_of(session, claim_id)
    if state not in {lifecycle.FILED, lifecycle.SENT}:
        raise elsewhere(claim_id, state)
    file = DESK.file_of(session, claim_id)
    _require_unchanged(session, file)
    return DESK.content(session, file, keyring, form)


def answer_to(
    session: Session, *, claim_id: int, keyring: Keyring, returned: Mapping[int, str]
) -> str:
    """What a bank would answer to the last file of a claim."""
    return DESK.answer_to(session, claim_id, keyring, returned)


def lines_of(session: Session, file_id: int) -> list[tuple[int, int]]:
    """Budget lines of a file and what it takes from each, by their numbers."""
    rows = session.execute(
        select(PaymentLine.line_id, PaymentLine.amount_fen)
        .where(PaymentLine.file_id == file_id)
        .order_by(PaymentLine.line_id)
    )
    return [(row[0], row[1]) for row in rows]
