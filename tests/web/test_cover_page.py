"""What a loan's page and answer say of its cover, and why no more of it is covered."""

from __future__ import annotations

from typing import Any

import pytest

from loans import limits
from tests.planted import Plant
from tests.web import world
from tests.web.test_lending import Desks, desks

__all__ = ["desks"]


def cover(desks: Desks, number: str) -> dict[str, Any]:
    found: dict[str, Any] = desks.get(f"/loans/{number}", desks.officer)["cover"]
    return found


def pay_out(desks: Desks, number: str, amount: str, voucher_no: str) -> None:
    row = {"number": number, "amount": amount, "channel": "counter", "voucher_no": voucher_no}
    answer = desks.post("/loans/disbursements", desks.officer, {"rows": [row]})
    assert answer.status_code < 300, answer.text


def test_a_loan_says_what_of_it_is_covered_and_why_not_more(desks: Desks) -> None:
    house = desks.house
    with house.books.write("risk_fund.limit", by=world.desk(9, "admin")) as session:
        limits.set_limit(
            session,
            scope=("region", "4310"),
            limit_fen=2_000_000,
            clause="专户协议第三条",
            when_full="uncovered",
        )
    number = desks.contract()
    assert cover(desks, number) == {
        "covered": "0.00", "uncovered": "0.00", "cap": "50000.00", "outside": [],
    }  # fmt: skip
    pay_out(desks, number, "20000.00", "FK1")
    pay_out(desks, number, "30000.00", "FK2")
    found = cover(desks, number)
    assert (found["covered"], found["uncovered"], found["cap"]) == (
        "20000.00", "30000.00", "20000.00",
    )  # fmt: skip
    (row,) = found["outside"]
    assert (row["reason"], row["cap"], row["clause"]) == (
        "fund_full", "20000.00", "专户协议第三条",
    )  # fmt: skip
    page = desks.client.get(f"/loans/{number}", headers=desks.officer.headers).text
    for said in (
        "20,000.00元在风险补偿范围内",
        "30,000.00元不在",
        "补偿金额度已满",
        "专户协议第三条",
    ):
        assert said in page


PLANTED = [
    Plant(
        test_a_loan_says_what_of_it_is_covered_and_why_not_more,
        "loans.cover_page._later",
        lambda _session, _loan_id: iter(()),
        catches=(AssertionError, pytest.fail.Exception, ValueError),
    )
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, desks: Desks) -> None:
    plant.prove(desks=desks)
