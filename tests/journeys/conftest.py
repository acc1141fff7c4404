"""The county of the web's tests, its desks, and the two ways on which money goes out and in."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from config.wiring import House
from tests.journeys.ways import Api, County, Pages, Way
from tests.web import world
from tests.web.conftest import Hire, app, client, hire, house, opened, settled

__all__ = ["app", "client", "hire", "house", "opened", "settled"]

WAYS = {"api": Api, "pages": Pages}


@pytest.fixture
def county(opened: House, client: FlaskClient, settled: dict[str, int], hire: Hire) -> County:
    """Three rated households of one village, a lender, a tea company, and people at desks."""
    lender_id = world.found_lender(opened)
    ids = {one.number: settled[one.number] for one in world.FAMILIES[:3]}
    world.confirm(opened, world.rate(opened, world.VILLAGE, list(ids.values())))
    return County(
        house=opened,
        client=client,
        households=ids,
        lender_id=lender_id,
        company=world.found_company(opened),
        officer=hire("loan_officer", institution_id=lender_id),
        director=hire("director", institution_id=lender_id),
        finance=hire("finance"),
        administrator=hire("administrator"),
    )


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, county: County) -> Way:
    """Through the API, and through the pages."""
    made: Way = WAYS[request.param](county)
    return made
