"""信用式、分贷统还、统贷统还 from the application to the closing, through the API and the pages.

All loans are signed and drawn on 1 June 2017 for three months at 4.35 %, settle on 20 June and
mature on 1 September, a Friday. Interest by actual days over 360:
50 000 × 4.35 % × 20 ÷ 360 = 120.83 (1 to 21 June) and × 72 ÷ 360 = 435.00 (to 1 September);
30 000: 72.50 and 261.00; 80 000: 193.33 and 696.00. Up to 50 000 a household the treasury bears
all of it under 国开办发〔2014〕78号 (by default), so the borrower owes the principal alone.
"""

from __future__ import annotations

from datetime import date

import pytest

import ledger
from households import slips
from loans.household_caps import cap_taken
from loans.operations.paying_party import Party
from tests.journeys.ways import Api, County, Pages, Way
from tests.planted import Plant
from tests.web import world

EVE, MATURITY = date(2017, 8, 31), date(2017, 9, 1)
CODE = "482109375512"


def own_page(county: County, family: world.Family) -> str:
    """What a household sees on its phone."""
    with county.house.books.write(slips.COMMAND, by=world.OFFICER) as session:
        slips.issue(
            session,
            county.house.keyring,
            household_id=county.households[family.number],
            on=ledger.open_day(session),
            by=world.OFFICER,
            new_code=lambda: CODE,
        )
    data = {"code": CODE, "last_four": family.head_identity[-4:]}
    return county.client.post("/mine", data=data).text


def test_a_household_borrows_on_its_rating_and_pays_a_day_late(county: County, way: Way) -> None:
    """信用式."""
    (number,) = way.contracts([(county.numbers[0], "50000.00")])
    way.pay_out([(number, "50000.00")])
    way.close_to(EVE)
    loan = county.loan(number)
    line = loan["line"]
    assert (line["mode"], line["organisation"], line["borrower"]) == ("credit", "", "王大山")
    assert (line["head"], line["relation"]) == ("王大山", "户主")
    dues = [(due["kind"], due["bearer"], due["due_on"], due["left"]) for due in loan["dues"]]
    assert dues == [
        ("interest", "treasury", "2017-06-21", None),
        ("interest", "treasury", "2017-09-01", None),
        ("principal", "household", "2017-09-01", "50000.00"),
    ]
    # Not paid on the day: one day late costs one day of 4.35 % × 1.5 = 6.525 %.
    way.close_to(MATURITY)
    assert county.loan(number)["line"]["overdue"] == "50000.00"
    # 50 000 × 6.525 % × 1 ÷ 360 = 9.0625
    way.take_in([(number, "50009.06")])
    way.close_to(date(2017, 9, 2))
    line = county.loan(number)["line"]
    assert (line["state"], line["outstanding"], line["overdue"]) == ("settled", "0.00", "0.00")
    assert county.settled(number) == [
        ("interest", 12_083, 12_083, 0),
        ("interest", 43_500, 43_500, 0),
        ("penalty", 906, 0, 906),
    ]
    assert county.payers(number) == {"households"}
    # 50 009.06 in, 50 000.00 out; 120.83 + 435.00 of the treasury
    assert county.balances() == {
        "funds": 906,
        "treasury_interest_receivable": 55_583,
        "interest_income": -55_583,
        "penalty_income": -906,
    }
    figures = county.figures(date(2017, 9, 2))
    assert figures["loans_count"] == figures["households_borrowing"] == 1
    assert (figures["loans_disbursed"], figures["loans_outstanding"]) == ("50000.00", "0.00")
    assert (figures["loans_entrusted_count"], figures["loans_pooled_count"]) == (0, 0)
    assert number in county.page("/loans?state=settled&mode=credit", county.officer)


def test_households_borrow_and_the_company_uses_and_repays(county: County, way: Way) -> None:
    """分贷统还: a whole village on one sheet, and one list of payments by the company."""
    first, second = county.numbers[:2]
    asked = [(first, "50000.00"), (second, "30000.00")]
    numbers = way.contracts(asked, county.company)
    way.pay_out([(numbers[0], "50000.00"), (numbers[1], "30000.00")])
    page = county.page(f"/loans/{numbers[0]}", county.officer)
    assert "由宜章示范茶业公司使用并统一归还" in page
    phone = own_page(county, world.FAMILIES[0])
    assert "由宜章示范茶业公司使用，并由该单位负责归还" in phone
    assert "50,000.00" in phone
    way.close_to(EVE)
    figures = county.figures(EVE)
    assert figures["loans_count"] == figures["households_borrowing"] == 2
    assert figures["loans_entrusted_count"] == 2
    assert figures["loans_outstanding"] == figures["outstanding_entrusted"] == "80000.00"
    # The company is the contract's payer; it may be named all the same.
    way.take_in([(numbers[0], "50000.00"), (numbers[1], "30000.00")], county.company)
    way.close_to(MATURITY)
    for number in numbers:
        line = county.loan(number)["line"]
        assert (line["state"], line["mode"]) == ("settled", "entrusted")
        assert line["organisation"] == "宜章示范茶业公司"
        assert county.payers(number) == {"organisations"}
    assert county.settled(numbers[1]) == [
        ("interest", 7_250, 7_250, 0),
        ("interest", 26_100, 26_100, 0),
    ]
    # 120.83 + 435.00 + 72.50 + 261.00 = 889.33
    assert county.balances() == {
        "treasury_interest_receivable": 88_933,
        "interest_income": -88_933,
    }
    figures = county.figures(MATURITY)
    assert (figures["disbursed_entrusted"], figures["outstanding_entrusted"]) == (
        "80000.00", "0.00",
    )  # fmt: skip
    assert figures["households_with_balance"] == 0


def test_the_company_borrows_for_a_list_of_households(county: County, way: Way) -> None:
    """统贷统还: the company's loan, in figures of its own; a household sees its share."""
    shares = [(county.numbers[0], "50000.00"), (county.numbers[1], "30000.00")]
    number = way.contract_of_list(shares, "80000.00")
    way.pay_out([(number, "80000.00")])
    listed = county.loan(number)["shares"]
    assert [(one["household_number"], one["share"]) for one in listed] == shares
    page = county.page(f"/loans/{number}", county.officer)
    assert "由宜章示范茶业公司为2户借款并归还" in page
    assert "30,000.00" in page
    phone = own_page(county, world.FAMILIES[1])
    assert "不是您户的欠款" in phone
    assert "30,000.00" in phone
    card = county.page(f"/households/{county.households[county.numbers[1]]}", county.officer)
    assert number in card
    with county.house.books.read() as session:
        ids = list(county.households.values())
        # What the shares take of each household's 50 000 of subsidised principal.
        taken = cap_taken(session, ids, on=ledger.open_day(session))
    assert taken == {ids[0]: 5_000_000, ids[1]: 3_000_000}
    way.close_to(EVE)
    loan = county.loan(number)
    line = loan["line"]
    assert (line["household_id"], line["household_number"], line["head"]) == (None, "", "")
    assert (line["borrower"], line["mode"], line["outstanding"]) == (
        "宜章示范茶业公司", "pooled", "80000.00",
    )  # fmt: skip
    figures = county.figures(EVE)
    assert figures["loans_count"] == figures["households_borrowing"] == 0
    assert (figures["loans_disbursed"], figures["loans_outstanding"]) == ("0.00", "0.00")
    assert (figures["loans_pooled_count"], figures["households_in_pooled"]) == (1, 2)
    assert (figures["disbursed_pooled"], figures["outstanding_pooled"]) == (
        "80000.00", "80000.00",
    )  # fmt: skip
    way.take_in([(number, "80000.00")])
    way.close_to(MATURITY)
    assert county.loan(number)["line"]["state"] == "settled"
    assert county.payers(number) == {"organisations"}
    # 80 000 × 4.35 % × 20 ÷ 360 = 193.33 and × 72 ÷ 360 = 696.00
    assert county.settled(number) == [
        ("interest", 19_333, 19_333, 0),
        ("interest", 69_600, 69_600, 0),
    ]
    assert county.balances() == {
        "treasury_interest_receivable": 88_933,
        "interest_income": -88_933,
    }
    figures = county.figures(MATURITY)
    assert (figures["disbursed_pooled"], figures["outstanding_pooled"]) == ("80000.00", "0.00")
    assert county.page("/loans?mode=pooled", county.officer).count(number) > 0
    assert number not in county.page("/loans?mode=credit", county.officer)


def test_who_stands_in_no_register_pays_nothing(county: County) -> None:
    """A payer unknown to the register: refused, books untouched."""
    way = Api(county)
    (number,) = way.contracts([(county.numbers[0], "50000.00")])
    way.pay_out([(number, "50000.00")])
    stranger = world.credit_code("91431022MA4Q99999")
    row = {
        "number": number, "amount": "1.00", "channel": "transfer", "voucher_no": "HK1",
        "payer": stranger,
    }  # fmt: skip
    headers = {**county.officer.headers, "Idempotency-Key": "a-strangers-money"}
    answer = county.client.post("/api/v1/loans/repayments", headers=headers, json={"rows": [row]})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "payer_unknown")
    assert stranger in answer.get_json()["detail"]
    assert county.loan(number)["line"]["outstanding"] == "50000.00"
    # Another household of the register may bring it.
    way.take_in([(number, "1.00")], county.numbers[1])
    assert county.payers(number) == {"households"}


PLANTED = [
    Plant(
        test_households_borrow_and_the_company_uses_and_repays,
        "loans.operations.repaying.parties",
        lambda _session, named: [Party("households", 1) for _ in named],
    ),
    Plant(
        test_the_company_borrows_for_a_list_of_households,
        "web.own.shares_of_household",
        lambda _session, _household_id: [],
    ),
    Plant(
        test_who_stands_in_no_register_pays_nothing,
        "loans.operations.paying_party._registered",
        lambda _session, names: {name: Party("households", 1) for name in names},
        catches=(AssertionError, KeyError),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, county: County) -> None:
    plant.prove(county=county, way=Pages(county))
