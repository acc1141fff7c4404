"""An approved sheet of which nothing was signed is dropped, on its page and over the API."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.planted import Plant
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire, settled: dict[str, int]) -> Bureau:
    """The desks of the county, with its families."""
    assert settled
    return Bureau(client, opened, hire)


def approved(bureau: Bureau, family: world.Family, key: int, lender: int) -> int:
    """A sheet of one application that was approved."""
    world.confirm(bureau.house, world.rate(bureau.house, family.village, [key]))
    sheet = world.ask(bureau.house, family, lender, 36, "种茶")
    world.approve(bureau.house, sheet)
    return sheet


def test_an_approved_sheet_is_dropped_once_and_with_a_reason(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    lender = world.found_lender(bureau.house)
    first, second = world.FAMILIES[:2]
    sheet = approved(bureau, first, settled[first.number], lender)
    bureau.who("loan_officer", institution_id=lender)
    path = f"/batches/sheets/{sheet}"
    assert "撤销清单" in bureau.page(path, "loan_officer")
    assert "撤销清单" not in bureau.page(path, "auditor")
    bare = bureau.fill(f"{path}/drop", "loan_officer", which="drop", reason=" ")
    assert bare.status_code == 422
    assert 'aria-invalid="true"' in bare.text
    assert bureau.fill(f"{path}/drop", "finance", reason="x").status_code == 403
    bureau.done(f"{path}/drop", "loan_officer", reason="申请人外出")
    page = bureau.page(path, "loan_officer")
    assert "已撤销" in page
    assert f"{path}/drop" not in page
    again = bureau.fill(f"{path}/drop", "loan_officer", which="drop", reason="再来")
    assert again.status_code == 409
    other = approved(bureau, second, settled[second.number], lender)
    body = {"reason": "申请人外出"}
    told = bureau.post(f"/loans/sheets/{other}/drop", body, "loan_officer", key="drop-it-once")
    assert told == {"sheet_id": other, "dropped_on": "2017-06-01"}
    same = bureau.post(f"/loans/sheets/{other}/drop", body, "loan_officer", key="drop-it-once")
    assert same == told
    twice = bureau.post(f"/loans/sheets/{other}/drop", body, "loan_officer", status=409)
    assert twice["code"] == "sheet_dropped"
    bureau.page("/batches/sheets/999", "loan_officer", status=404)


PLANTED = [
    Plant(
        test_an_approved_sheet_is_dropped_once_and_with_a_reason,
        "web.pages.batches.deeds.drop_sheet",
        lambda sheet_id, _reason: lambda _session: {"sheet_id": sheet_id, "dropped_on": ""},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, bureau: Bureau, settled: dict[str, int]) -> None:
    plant.prove(bureau=bureau, settled=settled)
