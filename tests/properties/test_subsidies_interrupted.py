"""Drafting, paying and booking the bank's answer, killed at every point and resumed (proof 4)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import ledger
from kernel.unit_of_work import Books
from subsidies import claims, payment
from tests.databases import Maker
from tests.properties.interrupted import every_interruption
from tests.properties.test_subsidies_once import Desk
from tests.subsidies.conftest import new_offices, offices
from tests.subsidies.offices import Offices
from tests.subsidies.test_claims import settled
from tests.subsidies.test_paying import refunded

__all__ = ["new_offices", "offices"]

pytestmark = pytest.mark.slow


def test_a_draft_killed_anywhere_is_made_once(
    offices: Offices, databases_of_this_process: Maker
) -> None:
    settled(offices)

    def work(books: Books) -> None:
        def draft(session: Session) -> list[int]:
            return claims.draft_due(
                session,
                rulebook=offices.rulebook,
                calendar=offices.calendar,
                on=ledger.open_day(session),
                by=offices.system,
            )

        # No key: the job looks for what has no claim, whoever killed it.
        with books.write("subsidies.draft", by=offices.system) as session:
            draft(session)

    assert every_interruption(databases_of_this_process, offices.books, work) > 15


def test_a_payment_file_killed_anywhere_is_made_once(
    offices: Offices, databases_of_this_process: Maker
) -> None:
    claim_id, _line = refunded(offices)

    def work(books: Books) -> None:
        Desk(replace(offices, books=books)).make_file(claim_id, "make-the-file")

    assert every_interruption(databases_of_this_process, offices.books, work) > 15


def test_an_answer_killed_anywhere_is_booked_once(
    offices: Offices, databases_of_this_process: Maker, tmp_path: Path
) -> None:
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    path = tmp_path / "answer.csv"
    path.write_text(offices.answer_file(claim_id, {2: "销户"}), encoding="utf-8")

    def work(books: Books) -> None:
        Desk(replace(offices, books=books)).answer(claim_id, path, "the-banks-answer")

    assert payment.read_answer(path).faults == []
    assert every_interruption(databases_of_this_process, offices.books, work) > 15
