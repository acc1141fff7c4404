"""The queue of proposals: every kind that is ever proposed is seen whole and decided there.

Or on its own room's page, where it takes more than one word; and by somebody who may open the door.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, literal, select

import ledger
import mutual_aid
import organisations
from config.wiring import House
from credit.operations import SHEETS
from enterprises import payment
from households import Household, HouseholdStatus, Person, Status, families, identification
from households.family_lines import cap_group
from households.identification import SheetRow
from mutual_aid.models import FundOpening
from office import payouts
from office.rights import RIGHTS
from organisations import Kind
from risk_fund.claims.record import SUBJECT as CLAIMS
from tests.house.rules import BELOW_THE_EDGES
from tests.planted import Plant
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from web import deciding

#: decided by the command, and on the claim's own page
ELSEWHERE = {SHEETS, CLAIMS}
#: rights of deciding that a room hands on as a variable
BY_VARIABLE = {"subsidies.confirm_account", "enterprises.confirm_account"}
VILLAGE = world.VILLAGE
FUND_CODE = "52431022MA4L00051"


@pytest.fixture
def bureau(opened: House, client: FlaskClient, hire: Hire) -> Bureau:
    return Bureau(client, opened, hire)


# --- every kind -----------------------------------------------------------------------------------


def _proposed(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every call of ``approvals.propose`` below the edges: its module, its named arguments."""
    found = []
    for package in sorted(BELOW_THE_EDGES):
        for file in sorted((root / package).rglob("*.py")):
            module = ".".join(file.relative_to(root).with_suffix("").parts)
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "approvals.propose":
                    given = {one.arg: _value(module, one.value) for one in node.keywords if one.arg}
                    found.append((module, given))
    return found


def _value(module: str, node: ast.expr) -> Any:
    """A constant, or what a name of the module stands for; None where it is computed."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return vars(importlib.import_module(module)).get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_value(module, node.value), node.attr, None)
    return None


def test_every_kind_of_proposal_is_decided_from_the_queue(root: Path) -> None:
    calls = _proposed(root)
    assert len(calls) >= 16
    kinds = {given["subject_kind"] for _module, given in calls}
    assert kinds - set(deciding.VERBS) == ELSEWHERE


def test_whoever_decides_may_open_the_door(root: Path) -> None:
    commands = {given["command"] for _module, given in _proposed(root)} - {None}
    commands |= BY_VARIABLE
    assert {"households.county_decide", "mutual_aid.approve_found"} <= commands
    for command in sorted(commands & RIGHTS.keys()):
        for role in RIGHTS[command]:
            assert role in RIGHTS["proposals.decide"], (command, role)
            assert role in RIGHTS["proposals.read"], (command, role)


# --- one of each ----------------------------------------------------------------------------------


def _hand_in(house: House) -> int:
    """The county's list: two households are lifted out."""
    rows = [SheetRow(one.number, line=line) for line, one in enumerate(world.FAMILIES[:2], 2)]
    with house.books.write("households.county_review", by=world.OFFICE) as session:
        handed = identification.hand_in(
            session, document="宜扶领〔2017〕8号", status=Status.LIFTED, from_on=world.OPEN_DAY,
            rows=rows, on=ledger.open_day(session), by=world.OFFICE,
        )  # fmt: skip
    return handed.proposal_id


def _ask_own_limit(house: House, settled: dict[str, int]) -> tuple[int, int]:
    """The wife of the first family splits off and asks to be counted by herself."""
    origin = settled[world.FAMILIES[0].number]
    with house.books.write("households.family", by=world.REGISTRAR) as session:
        on = ledger.open_day(session)
        other = session.scalars(
            select(Person.id).where(Person.household_id == origin, ~Person.is_head)
        ).one()
        new = families.split(
            session, household_id=origin, number="4310221002010099", members={other: "户主"},
            told=families.Told(on, reason="分户"), on=on, by=world.REGISTRAR,
        )  # fmt: skip
        asked = families.propose_own_limit(
            session, household_id=new, reason="另立门户经营", document="村委会证明3号", on=on,
            by=world.REGISTRAR,
        )  # fmt: skip
    return new, asked.proposal_id


def _propose_fund(house: House) -> int:
    with house.books.write("organisations.register", by=world.OFFICE) as session:
        on = ledger.open_day(session)
        organisation_id = organisations.register(
            session, credit_code=world.credit_code(FUND_CODE), name="示范村扶贫互助社",
            kind=Kind.VILLAGE_FUND, region_code=VILLAGE, regions=house.regions, on=on,
            by=world.OFFICE,
        )  # fmt: skip
    with house.books.write("mutual_aid.found", by=world.OFFICE) as session:
        return mutual_aid.propose_fund(
            session, organisation_id=organisation_id, village_code=VILLAGE,
            registration_no="湘宜民证字第0051号", constitution="2017年4月8日社员大会章程",
            fee_rate_ppm=60_000, stake_unit_fen=20_000, rulebook=house.rulebook,
            on=ledger.open_day(session), by=world.OFFICE,
        )  # fmt: skip


def _waiting(bureau: Bureau) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bureau.get("/proposals", "poverty_office")
    return found


def test_the_county_s_list_is_seen_household_by_household_and_decided(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    proposal_id = _hand_in(bureau.house)
    page = bureau.page(f"/proposals/{proposal_id}", "poverty_office")
    for family in world.FAMILIES[:2]:
        assert family.number in page
        assert family.head in page
    assert world.FAMILIES[2].number not in page
    assert "2017-06-01" in page
    bureau.done(f"/proposals/{proposal_id}", "poverty_office", decision="approved")
    with bureau.house.books.read() as session:
        lifted = session.scalars(
            select(HouseholdStatus.household_id).where(HouseholdStatus.status == "lifted")
        ).all()
    assert sorted(lifted) == sorted(settled[one.number] for one in world.FAMILIES[:2])


def test_a_list_sent_back_needs_its_reason_and_finds_nothing(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    proposal_id = _hand_in(bureau.house)
    answer = bureau.fill(f"/proposals/{proposal_id}", "poverty_office", decision="rejected")
    assert answer.status_code == 409 or "理由" in answer.text
    # Neither button: no decision, and above all no sending back.
    for neither in ("", "yes"):
        answer = bureau.fill(
            f"/proposals/{proposal_id}", "poverty_office", decision=neither, reason="漏户"
        )
        assert "请选择同意或退回" in answer.text
    bureau.done(f"/proposals/{proposal_id}", "poverty_office", decision="rejected", reason="漏户")
    with bureau.house.books.read() as session:
        lifted = session.scalar(select(func.count()).where(HouseholdStatus.status == "lifted"))
    assert lifted == 0
    assert settled


def test_a_limit_of_its_own_names_both_households(bureau: Bureau, settled: dict[str, int]) -> None:
    new, proposal_id = _ask_own_limit(bureau.house, settled)
    page = bureau.page(f"/proposals/{proposal_id}", "poverty_office")
    for said in ("4310221002010099", world.FAMILIES[0].number, "村委会证明3号", "另立门户经营"):
        assert said in page
    body = {"decision": "approved"}
    # the finance bureau decides other things
    bureau.post(f"/proposals/{proposal_id}/decision", body, "finance", status=403)
    bureau.post(f"/proposals/{proposal_id}/decision", body, "poverty_office")
    with bureau.house.books.read() as session:
        assert cap_group(session, new) == {new}


def test_a_village_fund_shows_its_papers_and_begins(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    assert settled
    fund_id = _propose_fund(bureau.house)
    (waits,) = _waiting(bureau)
    page = bureau.page(f"/proposals/{waits['id']}", "poverty_office")
    for said in ("示范村扶贫互助社", "湘宜民证字第0051号", "2017年4月8日社员大会章程", "6.00%"):
        assert said in page
    bureau.post(f"/proposals/{waits['id']}/decision", {"decision": "approved"}, "poverty_office")
    with bureau.house.books.read() as session:
        assert session.get(FundOpening, fund_id) is not None
    assert _waiting(bureau) == []


def test_an_account_noted_for_a_dividend_is_confirmed_by_the_poverty_office(
    bureau: Bureau, settled: dict[str, int]
) -> None:
    household_id = settled[world.FAMILIES[0].number]
    noted = payouts.AccountNoted(
        payouts.HOUSEHOLDS, household_id, "王大山", "6217000000000000012", "宜章农商行", "销户换卡"
    )
    with bureau.house.books.write("enterprises.account", by=world.REGISTRAR) as session:
        proposal_id = payment.note_account(
            session, noted, keyring=bureau.house.keyring, on=ledger.open_day(session),
            by=world.REGISTRAR,
        )  # fmt: skip
    page = bureau.page(f"/proposals/{proposal_id}", "poverty_office")
    assert "王大山" in page
    assert "6217000000000000012" not in page
    body = {"decision": "approved"}
    bureau.post(f"/proposals/{proposal_id}/decision", body, "checker", status=403)
    bureau.post(f"/proposals/{proposal_id}/decision", body, "poverty_office")
    with bureau.house.books.read() as session:
        wanted = select(literal(payouts.HOUSEHOLDS), Household.id).where(
            Household.id == household_id
        )
        (account,) = session.scalars(payouts.in_force(wanted))
    assert account.holder == "王大山"


# --- planted --------------------------------------------------------------------------------------


def _without(kind: str) -> dict[str, Any]:
    return {one: verb for one, verb in deciding.VERBS.items() if one != kind}


PLANTED = [
    Plant(
        test_every_kind_of_proposal_is_decided_from_the_queue,
        "web.deciding.VERBS",
        _without("decided_lists"),
    ),
    Plant(
        test_whoever_decides_may_open_the_door,
        "tests.web.test_deciding.RIGHTS",
        {**RIGHTS, "proposals.decide": ("checker", "director", "finance")},
    ),
    Plant(
        test_the_county_s_list_is_seen_household_by_household_and_decided,
        "web.people_proposals.CONTENTS",
        {},
    ),
    Plant(
        test_a_list_sent_back_needs_its_reason_and_finds_nothing,
        "web.deciding.VERBS",
        _without("decided_lists"),
    ),
    Plant(
        test_a_limit_of_its_own_names_both_households,
        "web.deciding.VERBS",
        _without("own_limits"),
    ),
    Plant(
        test_a_village_fund_shows_its_papers_and_begins,
        "web.deciding.VERBS",
        _without("village_funds"),
    ),
    Plant(
        test_an_account_noted_for_a_dividend_is_confirmed_by_the_poverty_office,
        "web.deciding.VERBS",
        _without("payout_accounts"),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, bureau: Bureau, settled: dict[str, int], root: Path
) -> None:
    plant.prove(bureau=bureau, settled=settled, root=root)
