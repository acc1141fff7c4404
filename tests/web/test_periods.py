"""A claim's period and its hands in the language of the page."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.wiring import House
from tests.web.bureau import Bureau
from tests.web.claims_world import Claimed, claimed
from tests.web.conftest import Hire
from web.periods import period_name

__all__ = ["claimed"]


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        # The settlement of 20 December to that of 20 March is the first quarter.
        (date(2016, 12, 21), date(2017, 3, 21), "2017年第一季度", "2017 Q1"),
        (date(2017, 6, 1), date(2017, 6, 21), "2017-06-01至2017-06-20", "2017-06-01 to 2017-06-20"),
    ],
)
def test_a_period_is_named_in_both_languages(
    app: Flask, start: date, end: date, zh: str, en: str
) -> None:
    with app.test_request_context("/"):
        assert period_name(start, end) == zh
    with app.test_request_context("/?lang=en"):
        assert period_name(start, end) == en


def test_an_english_claim_names_its_period_and_hands_in_english(
    claimed: Claimed, opened: House, client: FlaskClient, hire: Hire
) -> None:
    bureau = Bureau(client, opened, hire)
    page = bureau.page(f"/subsidies/claims/{claimed.claim_id}?lang=en")
    assert "至2017-06-20" not in page
    assert "to 2017-06-20" in page
    assert "系统" not in page
