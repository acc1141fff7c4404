"""What a form takes as typed, what it calls its fields, and where a refused form's links lead."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from kernel.money import parse_yuan, plain_amount
from kernel.refusals import BadValue
from tests.planted import Plant
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from web import labels

LINE = {
    "document_no": "宜财农〔2017〕8号",
    "code": "2130507",
    "level": "county",
    "year": "2017",
    "funder": "宜章县财政局",
    "amount": "500.00",
}


@pytest.fixture
def bureau(opened: House, client: FlaskClient, hire: Hire) -> Bureau:
    return Bureau(client, opened, hire)


def said(page: str) -> str:
    """What the page says on top."""
    found = re.search(r'role="alert">\s*<p>(.*?)</p>', page, re.DOTALL)
    assert found, page
    return unescape(found[1])


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("50,000.00", "50000.00"),
        (" 1,234,567 ", "1234567"),
        ("５０，０００．００", "50000.00"),
        ("５００", "500"),
        ("5,00", "5,00"),
        ("50,000,0", "50,000,0"),
        ("五万", "五万"),
        ("0,500", "0,500"),
        ("", ""),
    ],
)
def test_an_amount_as_pages_show_it_is_the_same_amount(typed: str, plain: str) -> None:
    assert plain_amount(typed) == plain


def test_forms_take_amounts_as_shown_and_the_api_does_not(bureau: Bureau) -> None:
    where = bureau.done("/subsidies/budget", **{**LINE, "amount": "５０,000.00"})
    assert "50,000.00" in bureau.page(where)
    shown = bureau.page("/subsidies/forecast?monthly=100,000&size=50,000.00&term=12&months=1")
    assert 'role="alert"' not in shown
    body = {**LINE, "document_no": "9号", "year": 2017, "amount": "50,000.00"}
    refused = bureau.post("/subsidies/budget", body, status=422)
    assert (refused["code"], refused["field"]) == ("bad_value", "amount")
    assert refused["detail"].startswith("amount的值“50,000.00”")


def test_a_page_names_a_field_as_its_form_does(bureau: Bureau) -> None:
    answer = bureau.fill("/subsidies/budget", **{**LINE, "amount": "五万"})
    assert said(answer.text).startswith("金额的值“五万”不合格式")
    answer = bureau.fill("/subsidies/budget?lang=en", **{**LINE, "amount": "五万"})
    assert said(answer.text).startswith("Amount: '五万' is not valid")
    bureau.client.delete_cookie("fupin_language")
    answer = bureau.fill("/subsidies/budget", **{**LINE, "year": "x"})
    assert said(answer.text) == "年度的值“x”不合格式：预算年度须为四位数字"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("monthly=五万&size=50000&term=36&months=2", "每月发放的值“五万”"),
        ("monthly=50000&size=x&term=36&months=2", "每笔的值“x”"),
        ("monthly=50000&size=50000&term=x&months=2", "期限的值“x”"),
        ("share=70", "自哪一天起的值“”"),
        ("early=200", "每月提前归还比例的值“200”不合格式：比例须在0至100之间"),
    ],
)
def test_the_forecast_names_what_it_refuses(bureau: Bureau, asked: str, words: str) -> None:
    assert said(bureau.page(f"/subsidies/forecast?{asked}", status=422)).startswith(words)


def test_the_api_calls_early_repayment_no_rate(bureau: Bureau) -> None:
    refused = bureau.get("/subsidies/forecast?early=200", status=422)
    assert refused["detail"] == "early的值“200”不合格式：比例须在0至100之间"


@pytest.mark.parametrize(
    ("field", "template", "label"),
    [
        ("value_date", "fund_account.html", "发生日"),
        ("value_date", "loan.html", "发生日"),
        ("amount", "batch.html", "贷款金额（元）"),
        ("lines", "subsidy_claim.html", "改为（元）"),
        ("nonsense", "batch.html", None),
    ],
)
def test_a_label_is_that_of_the_page_first(field: str, template: str, label: str | None) -> None:
    assert labels.label_of(field, template) == label


def test_a_refused_form_links_to_its_page(bureau: Bureau) -> None:
    where = bureau.done("/subsidies/budget", **LINE)
    for command, above in (
        (f"{where}/changes", where),
        ("/subsidies/budget", "/subsidies/budget"),
    ):
        answer = bureau.fill(command, **{**LINE, "amount": "x"})
        assert f'href="{above}?lang=en"' in answer.text
    opened = bureau.client.get(f"{where}/changes?lang=en", headers=bureau.who("finance").headers)
    assert (opened.status_code, opened.headers["Location"]) == (302, f"{where}?lang=en")


def test_what_cannot_be_opened_says_so_in_both_languages(bureau: Bureau) -> None:
    assert "此地址只受理表单提交" in bureau.page("/logout", status=405)
    assert "takes what a form sends" in bureau.page("/logout?lang=en", status=405)
    assert bureau.client.put("/api/v1/subsidies/budget").get_json()["status"] == 405


def test_other_refusals_stay_as_they_are() -> None:
    with pytest.raises(BadValue) as raised:
        parse_yuan("x", field="金额")
    assert labels.on_page(raised.value, "zh") == raised.value.message("zh")


PLANTED = (
    Plant(test_a_page_names_a_field_as_its_form_does, "web.labels.label_of", lambda *_: None),
    Plant(
        test_forms_take_amounts_as_shown_and_the_api_does_not,
        "kernel.money.plain_amount",
        lambda text: text,
    ),
    Plant(test_a_refused_form_links_to_its_page, "web.pages.frame.page_address", lambda path: path),
)


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, bureau: Bureau) -> None:
    plant.prove(bureau=bureau)
