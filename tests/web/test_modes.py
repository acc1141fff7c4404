"""What the desks see of the modes of lending: the director's page, refusals, the list of loans."""

from __future__ import annotations

import pytest

from tests.planted import Plant
from tests.web import world
from tests.web.test_lending import HERE, Desks, desks

__all__ = ["desks"]

OTHER = world.FAMILIES[1]


def pooled(company: str, amount: str = "80000.00") -> dict[str, object]:
    """An application for a list: 50 000 and 30 000."""
    return {
        "mode": "pooled", "household_number": "", "organisation_code": company, "amount": amount,
        "shares": [
            {"household_number": HERE.number, "share": "50000.00"},
            {"household_number": OTHER.number, "share": "30000.00"},
        ],
    }  # fmt: skip


def test_the_director_sees_the_whole_list_before_deciding(desks: Desks) -> None:
    company = world.found_company(desks.house)
    taken = desks.post(
        "/loans/applications", desks.officer, desks.asked(**pooled(company))
    ).get_json()
    page = desks.client.get(
        f"/proposals/{taken['proposal_id']}", headers=desks.director.headers
    ).text
    for said in (
        "统贷统还",
        "宜章示范茶业公司",
        HERE.number,
        OTHER.number,
        OTHER.head,
        "30,000.00",
    ):
        assert said in page


def test_the_director_sees_who_uses_the_money_and_that_it_is_a_second_loan(desks: Desks) -> None:
    company = world.found_company(desks.house)
    first = desks.asked(amount="20000.00")
    taken = desks.post("/loans/applications", desks.officer, first).get_json()
    desks.post(
        f"/proposals/{taken['proposal_id']}/decision", desks.director, {"decision": "approved"}
    )
    desks.post("/loans/contracts", desks.officer, {"sheet_id": taken["sheet_id"]})
    second = desks.asked(amount="30000.00", mode="entrusted", organisation_code=company)
    taken = desks.post("/loans/applications", desks.officer, second).get_json()
    page = desks.client.get(
        f"/proposals/{taken['proposal_id']}", headers=desks.director.headers
    ).text
    assert "分贷统还" in page
    assert "宜章示范茶业公司" in page
    # 20 000 agreed and not drawn
    assert "已有20,000.00元" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "80000.01"}, "各户份额合计80000.00元，与贷款金额80000.01元不符"),
        ({"organisation_code": "91431022MA4Q99999X"}, "名册和机构登记中都没有"),
        ({"household_number": HERE.number}, "由单位借款，不填户编号和借款人"),
        ({"shares": []}, "须附分户清单"),
    ],
)
def test_a_list_that_breaks_a_rule_is_refused_by_its_name(
    desks: Desks, changes: dict[str, object], said: str
) -> None:
    company = world.found_company(desks.house)
    body = desks.asked(**{**pooled(company), **changes})
    answer = desks.post("/loans/applications", desks.officer, body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "sheet_refused")
    assert said in answer.get_json()["detail"]


def test_a_list_as_a_file_is_checked_on_its_page(desks: Desks) -> None:
    world.found_company(desks.house)
    headers = desks.officer.headers
    page = desks.client.get("/batches/shares", headers=headers).text
    assert 'name="organisation_code"' in page
    wrong = desks.client.post(
        "/batches/shares", headers=headers, data={"amount": "1.005", "annual_rate": "4.35"}
    )
    assert wrong.status_code == 422
    template = desks.client.get("/batches/shares/template.xlsx", headers=headers)
    assert template.data[:2] == b"PK"


PLANTED = [
    Plant(
        test_the_director_sees_the_whole_list_before_deciding,
        "web.pages.proposals.shares_of",
        lambda _session, _found: {},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, desks: Desks) -> None:
    plant.prove(desks=desks)
