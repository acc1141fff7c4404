"""Whose subsidy should be stopped: listed where the contract's terms ask for it, decided by two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import ledger
from households.models import HouseholdStatus, Status
from policy import Rulebook
from subsidies.queries import NoLongerServed, no_longer_served
from tests.loans import changing
from tests.planted import Plant
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import OFFICE

NAME = "subsidy_status_at_settlement"
CHANGED_ON = date(2016, 6, 10)


def asking(straight: Rulebook) -> Rulebook:
    """The same documents, with the general rule asking for the status at settlement."""
    trade = straight.documents["trade"]
    contract = dict(trade.sections["contract"])
    contract[NAME] = replace(contract[NAME], value=True)
    changed = replace(trade, sections={**trade.sections, "contract": contract})
    return Rulebook({**straight.documents, "trade": changed}, straight.series)


def removed(offices: Offices, place: int) -> None:
    """The household is struck off the register from 10 June on."""
    offices.close_to(max(CHANGED_ON, offices.today) - timedelta(days=1))
    with offices.books.write("households.change", by=offices.system) as session:
        session.add(
            HouseholdStatus(
                household_id=offices.household(place),
                status=Status.REMOVED,
                from_on=CHANGED_ON,
                booked_on=ledger.open_day(session),
                reason="识别不准",
            )
        )


def listed(offices: Offices, **changes: Any) -> list[NoLongerServed]:
    with offices.books.read() as session:
        return no_longer_served(
            session,
            rulebook=offices.rulebook,
            on=ledger.open_day(session),
            by=replace(OFFICE, **changes),
        )


def test_who_is_served_no_more_is_listed_until_the_subsidy_is_stopped(offices: Offices) -> None:
    """From 10 June on nothing is borne: 11 of 22 days, 72.57 of 145.14 (``test_figures``)."""
    offices.rulebook = asking(offices.rulebook)
    first, _second = offices.lend(1), offices.lend(2)
    offices.close_to(date(2016, 6, 20))
    assert listed(offices) == []
    removed(offices, 1)
    (one,) = listed(offices)
    assert (one.number, one.kind, one.kind_title, one.since) == (
        first,
        "general",
        "其他农户",
        CHANGED_ON,
    )
    assert listed(offices, region_scope="431023") == []
    assert listed(offices, institution_ids=frozenset({offices.lender_id + 1})) == []
    changing.change(offices, "unsubsidised", first, why="status", value_date=one.since)
    assert listed(offices) == []
    offices.close_to(offices.today)
    assert [row.amount_fen for row in offices.entitlements(first)] == [145_14, -72_57]


def test_where_no_document_asks_nobody_is_listed(offices: Offices) -> None:
    offices.lend(1)
    removed(offices, 1)
    assert listed(offices) == []


def test_a_contract_that_does_not_ask_is_not_listed(offices: Offices) -> None:
    """Signed before the rule: its frozen terms hold."""
    offices.lend(1)
    offices.rulebook = asking(offices.rulebook)
    removed(offices, 1)
    assert listed(offices) == []


PLANTED = [
    Plant(
        test_a_contract_that_does_not_ask_is_not_listed,
        "subsidies.queries._served",
        lambda _terms: frozenset(),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
