"""The household's own page: light, without script, and alike for every wrong guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from config.wiring import House
from households import need, slips
from jobs import program
from tests.beginnings import Beginning
from tests.web import linkage_world as told
from tests.web import world
from tests.web.linkage_world import Linked, linked

__all__ = ["linked"]

CODE = "482109375512"
HERE = world.FAMILIES[0]
#: what a page may weigh, all of it
WHOLE_MAX = 50_000


@dataclass
class Phone:
    """A household with a loan of 50 000.00 and its slip, and a phone to look with."""

    client: FlaskClient
    house: House
    lent: world.Lent

    def give_slip(self) -> None:
        with self.house.books.write(slips.COMMAND, by=world.OFFICER) as session:
            slips.issue(
                session,
                self.house.keyring,
                household_id=self.lent.household_id,
                on=ledger.open_day(session),
                by=world.OFFICER,
                new_code=lambda: CODE,
            )

    def look(self, code: str = CODE, last_four: str = HERE.head_identity[-4:]) -> TestResponse:
        return self.client.post("/mine", data={"code": code, "last_four": last_four})


@pytest.fixture
def phone(opened: House, client: FlaskClient, settled: dict[str, int], begin: Beginning) -> Phone:
    """The household and its slip."""

    def live() -> world.Lent:
        lent = world.lend(opened, HERE, settled[HERE.number], world.found_lender(opened))
        Phone(client, opened, lent).give_slip()
        return lent

    return Phone(client, opened, begin("phone", live))


def test_a_household_sees_its_application_its_loan_and_the_next_payment(phone: Phone) -> None:
    page = phone.look().text
    assert phone.lent.number in page
    assert "50,000.00" in page
    assert "已签约" in page
    # Drawn on 1 June 2017, settled on the 20th of June, due on the day after.
    assert "2017-06-21" in page
    # The treasury bears all of it under P1 for a registered household.
    assert "财政贴息" in page


def test_a_guess_is_told_nothing_not_even_what_was_wrong(phone: Phone) -> None:
    right_code = phone.look(last_four="0000")
    wrong_code = phone.look(code="482109375513")
    assert right_code.status_code == wrong_code.status_code == 404
    assert right_code.data == wrong_code.data
    assert HERE.number not in right_code.text


def test_guesses_run_out_and_the_counter_is_kept_in_the_database(phone: Phone) -> None:
    assert [phone.look(last_four="0000").status_code for _ in range(6)] == [404] * 5 + [429]
    # Even the right four are no longer answered today.
    assert phone.look().status_code == 429


def test_one_source_cannot_try_on_and_on(phone: Phone) -> None:
    statuses = [phone.look(code=f"{number:012d}").status_code for number in range(40)]
    assert statuses.count(404) == slips.STANDARD.source.misses
    assert set(statuses[30:]) == {429}


def test_the_page_needs_no_script_no_cookie_and_little_data(phone: Phone) -> None:
    answer = phone.look()
    with phone.client.get("/static/own.css") as style:
        weight = len(answer.data) + len(style.data)
    assert weight < WHOLE_MAX
    assert "<script" not in answer.text
    assert "/static/vendor" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_says_that_the_people_of_a_demo_are_invented(phone: Phone) -> None:
    for page in (phone.look().text, phone.client.get("/mine").text):
        assert "演示账套，人员均为虚构" in page
        assert "431099" in page


def test_no_digit_of_an_identity_number_is_shown_back(phone: Phone) -> None:
    page = phone.look().text
    assert HERE.head_identity not in page
    assert HERE.head_identity[-4:] not in page


def test_a_principal_past_due_is_shown_as_overdue(
    opened: House, client: FlaskClient, settled: dict[str, int]
) -> None:
    """A month from 1 June 2017 ends on Saturday 1 July: payable on Monday, late after it."""
    lent = world.lend(opened, HERE, settled[HERE.number], world.found_lender(opened), months=1)
    phone = Phone(client, opened, lent)
    phone.give_slip()
    program.close_to(opened, date(2017, 7, 2))
    assert "现在应还" in phone.look().text
    program.close_to(opened, date(2017, 7, 3))
    page = phone.look().text
    assert "已逾期" in page
    assert "2017-07-03" in page
    assert "50,000.00" in page


# --- standing, need, dividends --------------------------------------------------------------------


def test_a_household_sees_how_it_stands_what_it_asked_for_and_what_it_was_paid(
    linked: Linked, client: FlaskClient
) -> None:
    """4 000.00 of floor and 54.14 of what was given on top came to the first; the second's came
    back; and the first wants a loan of 30 000.00 still.
    """
    linked.granted()
    house, first, second = linked.house, linked.town.household(1), linked.town.household(2)
    linked.town.paid_out(linked.round_id, {second: "closed"})
    with house.books.write("households.need", by=world.REGISTRAR) as session:
        on = ledger.open_day(session)
        need.open_round(
            session, number="2017-1", from_on=on, to_on=date(2017, 12, 31),
            document="宜扶办〔2017〕12号", on=on, by=world.OFFICE,
        )  # fmt: skip
        wish = need.Need(
            household_id=first, answer="wants", reason="", amount_fen=3_000_000, purpose="养牛",
            answered_on=on,
        )  # fmt: skip
        need.answer(session, number="2017-1", need=wish, on=on, by=world.REGISTRAR)
    pages = {}
    for place, code in ((first, CODE), (second, "482109375520")):
        with house.books.write(slips.COMMAND, by=world.OFFICER) as session:
            slips.issue(
                session, house.keyring, household_id=place, on=ledger.open_day(session),
                by=world.OFFICER, new_code=partial(str, code),
            )  # fmt: skip
        family = world.FAMILIES[[first, second].index(place)]
        answer = client.post("/mine", data={"code": code, "last_four": family.head_identity[-4:]})
        assert answer.status_code == 200
        assert len(answer.data) < WHOLE_MAX
        pages[place] = answer.text
    assert "未脱贫" in pages[first]
    assert "有需求 30,000.00" in pages[first]
    assert f"{told.AMOUNTS[0][:1]},{told.AMOUNTS[0][1:]}" in pages[first]
    assert f"已付到尾号{told.CARDS[0][-4:]}的卡" in pages[first]
    assert told.CARDS[0] not in pages[first]
    assert "银行退回，请到村里更正银行卡" in pages[second]
    assert "入股30,000.00元" in pages[second]
