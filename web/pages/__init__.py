"""The pages, by audience: the desks of the staff, and the household's own page."""

from __future__ import annotations

from typing import Final

from flask import Flask

from web.pages import (
    batches,
    budget,
    changes,
    corrections,
    dashboard,
    desk,
    dossier,
    enterprises,
    enterprises_agreements,
    enterprises_chains,
    enterprises_dividends,
    enterprises_money,
    forecast,
    frame,
    fund,
    fund_claims,
    fund_recoveries,
    fund_statements,
    grades,
    helping,
    households,
    imports,
    levels,
    loans,
    notices,
    own,
    papers,
    proposals,
    queue,
    special_funds,
    subsidies,
    subsidies_claim,
    subsidies_money,
    watch,
    whatif,
    why,
)

_AUDIENCES: Final = (
    desk,
    dashboard,
    queue,
    households,
    levels,
    helping,
    special_funds,
    loans,
    changes,
    why,
    corrections,
    whatif,
    grades,
    dossier,
    proposals,
    imports,
    batches,
    own,
    papers,
    watch,
    forecast,
    budget,
    subsidies,
    subsidies_claim,
    subsidies_money,
    notices,
    fund,
    fund_statements,
    fund_claims,
    fund_recoveries,
    enterprises,
    enterprises_agreements,
    enterprises_chains,
    enterprises_dividends,
    enterprises_money,
)


def register(app: Flask) -> None:
    """Mount the pages and what stands around each of them."""
    frame.register(app)
    for audience in _AUDIENCES:
        app.register_blueprint(audience.blueprint)
