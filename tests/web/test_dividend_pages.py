"""Dividends in the browser as clerks go wrong: what is said, whose turn it is, what is found."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.web import linkage_world as told
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from tests.web.linkage_world import Linked, linked
from tests.web.test_enterprises import AGREEMENT, OFFICE, listed

__all__ = ["linked"]


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire) -> Bureau:
    """The desks of the county."""
    return Bureau(client, opened, hire)


def said(page: str) -> str:
    """The refusal on top of a page."""
    found = re.search(r'<div class="said no"[^>]*>\s*<p>(.*?)</p>', page, re.S)
    assert found is not None
    return found[1]


def test_rounds_pools_and_arrears_are_searched_by_the_enterprise(
    bureau: Bureau, linked: Linked
) -> None:
    linked.close_to(date(2017, 6, 10))
    every = bureau.file("/enterprises/dividends.csv", OFFICE).decode("utf-8-sig")
    here = every.splitlines()[1].split(",")[1]
    for query, there in ((here[2:6], True), ("别家公司", False)):
        page = bureau.page(f"/enterprises/dividends?q={query}", OFFICE)
        assert ("data-round=" in page) is there
        assert ("data-arrear=" in page) is there
        file = bureau.file(f"/enterprises/dividends/arrears.csv?q={query}", OFFICE)
        assert (told.FLOOR_TOTAL in file.decode("utf-8-sig")) is there
        rounds = bureau.file(f"/enterprises/dividends.csv?q={query}", OFFICE).decode("utf-8-sig")
        assert (here in rounds) is there


def test_a_round_says_whose_turn_it_is(bureau: Bureau, linked: Linked) -> None:
    path = f"/enterprises/dividends/{linked.round_id}"
    waiting = bureau.page(path)
    # The registrar or the poverty office enters what the enterprise declares; finance waits.
    assert "下一步由建档立卡专干、扶贫办（乡村振兴局）办理；您的账号没有可办事项" in waiting
    assert "没有可办事项" not in bureau.page(path, "registrar")
    assert "Next: registrar, poverty office; there is nothing" in bureau.page(f"{path}?lang=en")
    linked.granted()
    assert "下一步由财政局办理" in bureau.page(f"{path}?lang=zh", "auditor")
    linked.town.paid_out(linked.round_id)
    assert "下一步由建档立卡专干办理" in bureau.page(path, "auditor")


def test_what_is_typed_wrong_at_a_round_is_told_at_the_round(
    bureau: Bureau, linked: Linked
) -> None:
    path = f"/enterprises/{linked.enterprise_id}/fundings"
    form = {
        "which": "fund", "round_id": str(linked.round_id), "amount": "8000元",
        "payer_code": told.CODE, "payer_account": told.ACCOUNT, "voucher_no": "JC1",
        "channel": "transfer",
    }  # fmt: skip
    wrong = bureau.fill(path, **form)
    assert wrong.status_code == 422
    assert "缴存金额的值“8000元”不合格式" in said(wrong.text)
    assert f'data-state="{bureau.get(told_path(linked))["round"]["state"]}"' in wrong.text
    assert bureau.done(path, **form | {"amount": "8,000.00"}).endswith(told_path(linked))
    twice = bureau.fill(path, **form | {"amount": "8,000.00"})
    assert "凭证JC1（渠道转账）已入账" in said(twice.text)
    english = bureau.fill(f"{path}?lang=en", **form | {"amount": "8,000.00"})
    assert "transfer" in said(english.text).lower()


def told_path(linked: Linked) -> str:
    return f"/enterprises/dividends/{linked.round_id}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value-1": "1500元"}, "收益条款的值“1500元”不合格式"),
        ({"first-1": "一"}, "收益条款的值“一”不合格式"),
        ({"file": (BytesIO(b""), "名单.csv")}, "文件是空的"),
    ],
)
def test_an_agreement_typed_wrong_is_told_in_the_forms_words(
    bureau: Bureau, linked: Linked, changes: dict[str, Any], sentence: str
) -> None:
    form: dict[str, Any] = {"file": listed("x,自有资金,1.00,,"), **AGREEMENT, **changes}
    refused = bureau.fill(f"/enterprises/{linked.enterprise_id}/agreements", OFFICE, **form)
    assert sentence in said(refused.text)


def test_a_bank_s_own_words_for_paid_and_returned_are_understood(
    bureau: Bureau, linked: Linked
) -> None:
    linked.granted()
    path = told_path(linked)
    bureau.done(f"{path}/file", "finance", encoding="gb18030", remark="")
    bureau.done(f"{path}/send", "finance", "another")
    form = bureau.file(f"{path}/bank-return.csv").decode("utf-8-sig")
    first, *rows, last = form.strip().splitlines()
    words = ["退票,销户,", *("交易成功,," for _ in rows[1:])]
    answers = [row.removesuffix(",,") + word for row, word in zip(rows, words, strict=True)]
    answer = "\r\n".join([first, *answers, last]).encode("gb18030")
    bureau.done(f"{path}/bank-return", "finance", file=(BytesIO(answer), "回盘.csv"))
    assert bureau.get(path)["round"]["state"] == "part_paid"
