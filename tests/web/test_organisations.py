"""机构名录 in the browser: who is in it, entering an enterprise, and going on from there."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire) -> Bureau:
    """The desks of the county."""
    return Bureau(client, opened, hire)


CODE = world.credit_code("91431022MA4Q00007")


def enter(bureau: Bureau, **changed: str) -> str:
    form = {
        "which": "register",
        "kind": "enterprise",
        "name": "宜章示范果业公司",
        "credit_code": CODE,
        "region_code": world.COUNTY,
        "opened_on": "",
    }
    return bureau.fill("/organisations", "poverty_office", **(form | changed)).text


def test_an_enterprise_that_is_entered_can_be_put_forward(bureau: Bureau) -> None:
    empty = bureau.page("/enterprises", "poverty_office")
    assert "机构名录中没有企业或合作社" in empty
    assert "/organisations?kind=enterprise#register" in empty
    at = bureau.done(
        "/organisations", "poverty_office", kind="enterprise", name="宜章示范果业公司",
        credit_code=CODE.lower(), region_code=world.COUNTY, opened_on="2010-03-01",
    )  # fmt: skip
    assert re.fullmatch(r"/enterprises/\d+", at)
    its_own = bureau.page(at, "poverty_office")
    assert "申请认定" in its_own
    assert CODE in its_own
    for query, there in (("q=果业", True), (f"q={CODE[-6:]}", True), ("kind=lender", False)):
        listed = bureau.page(f"/organisations?{query}", "auditor")
        assert ("宜章示范果业公司" in listed) is there, query
        # An auditor looks and does not enter.
        assert 'id="register"' not in listed
    file = bureau.file("/organisations.csv", "poverty_office").decode("utf-8-sig")
    assert f"宜章示范果业公司,{CODE},企业,宜章县,2010-03-01," in file
    english = bureau.page("/organisations?lang=en", "poverty_office")
    assert "Directory of organisations" in english


def test_a_village_fund_is_founded_from_the_directory(bureau: Bureau) -> None:
    at = bureau.done(
        "/organisations", "poverty_office", kind="village_fund", name="白石渡村互助资金",
        credit_code=CODE, region_code=world.VILLAGE,
    )  # fmt: skip
    assert at == "/organisations?kind=village_fund"
    assert "白石渡村互助资金" in bureau.page("/mutual", "poverty_office")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "校验码相符"),
        ({"name": "果"}, "机构名称须为2至100字"),
        ({"opened_on": "2018-01-01"}, "日期有误"),
        ({"region_code": "430102000000"}, ""),
        ({"kind": "家庭农场"}, "没有“家庭农场”这类机构"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    bureau: Bureau, changed: dict[str, str], said: str
) -> None:
    page = enter(bureau, **changed)
    assert said in page
    assert "宜章示范果业公司" in page or "name" in changed or "region_code" in changed
    assert "宜章示范果业公司" not in bureau.file("/organisations.csv", "poverty_office").decode()


def test_a_code_is_entered_once(bureau: Bureau) -> None:
    enter(bureau)
    again = enter(bureau, name="另一家公司")
    assert "统一社会信用代码已由“宜章示范果业公司”登记" in again
