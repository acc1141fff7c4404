"""A claim of thousands of rows takes as many statements as one of two: no query a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from tests.subsidies.offices import Offices
from tests.subsidies.test_paying import luhn, refunded


class Counting:
    """How many statements each step of a claim took."""

    def __init__(self, offices: Offices) -> None:
        self.counted: dict[str, int] = {}
        self._seen = 0
        event.listen(offices.books.engine, "before_cursor_execute", self._one)

    def _one(self, *_: object) -> None:
        self._seen += 1

    def __call__(self, name: str, step: Callable[..., object], *asked: object) -> object:
        before = self._seen
        answer = step(*asked)
        self.counted[name] = self._seen - before
        return answer


def steps_of_a_claim(offices: Offices, loans: int) -> dict[str, int]:
    """Return a granted claim and take it through every step again, counting."""
    old, _line = refunded(offices, loans, loans)
    offices.return_claim(old)
    counting = Counting(offices)
    claim_id = counting("draft", lambda: offices.draft(route="household"))
    assert isinstance(claim_id, int)
    counting("check", offices.check, claim_id)
    counting("submit", offices.submit, claim_id)
    counting("recompute", offices.recompute, claim_id)
    counting("confirm", offices.confirm, claim_id)
    counting("notice", offices.post_notice, claim_id)
    offices.wait(7)
    counting("approve", offices.grant, claim_id)
    counting("file", offices.make_file, claim_id)
    counting("send", offices.send, claim_id)
    counting("answer", offices.take_answer, claim_id, offices.answer_file(claim_id, {1: "销户"}))
    offices.give_card(1, luhn(50))
    counting("again", offices.make_file, claim_id)
    return counting.counted


@pytest.mark.parametrize("loans", [2, 6])
def test_more_rows_take_no_more_statements(offices: Offices, loans: int) -> None:
    counted = steps_of_a_claim(offices, loans)
    most = {"draft": 29, "file": 37, "answer": 36, "again": 37}
    assert {name: n for name, n in counted.items() if n > most.get(name, 23)} == {}
