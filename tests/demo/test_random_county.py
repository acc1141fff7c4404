"""A county of dice lives two years, and every loan of it stands as the slow model says.

The county is made through the front doors, by the same demo that ``fupin demo random:SEED`` makes;
the model reads the contracts and the events that were not undone, and lives them by itself.

FUPIN_PROOF_COUNTIES: how many seeds, from 1 on. The short proof lives one county on each database,
of either kind: seed 1 begins in 2016, seed 2 in 2020.
"""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.money import MONEY_MAX_FEN
from loans import record, replay
from loans.models import Loan, LoanBearer, Position
from tests.demo.test_make import house_at, run
from tests.loans.readings import Reading, same, told
from tests.slow_model.contract import Contract
from tests.slow_model.life import Event, live
from tests.slow_model.plan import half_up

COUNTIES = int(os.environ.get("FUPIN_PROOF_COUNTIES", "0"))
PPM = 1_000_000

#: the product's word for an event -> the model's
WORDS = {"early_payment": "early", "write_off": "write-off"}


@pytest.mark.slow
@pytest.mark.parametrize("nth", range(max(COUNTIES, 1)))
def test_every_loan_of_a_county_of_dice_stands_as_the_model_says(
    nth: int, blank_database_url: str, tmp_path: Path
) -> None:
    house = house_at(blank_database_url, tmp_path)
    short = 2 if house.engine.dialect.name == "postgresql" else 1
    seed = nth + 1 if COUNTIES else short
    try:
        lived = run(house, "demo", f"random:{seed}")
        assert lived.exit_code == 0, lived.output
        counts = {what: int(times) for times, what in re.findall(r"(\d+)  (\S.*)", lived.output)}
        assert counts["undo"] > 10
        assert counts["pay"] > 50
        with house.books.read() as session:
            # Where too many loans turn bad, the fuse stops lending before more are drawn.
            assert compare(session, house) > 10
        verified = run(house, "verify")
        assert verified.exit_code == 0, verified.output
    finally:
        house.engine.dispose()


def compare(session: Session, house: House) -> int:
    """Every loan against the model; how many had been drawn."""
    reading = Reading(session)
    today = ledger.open_day(session)
    lived = 0
    for loan in session.scalars(select(Loan).order_by(Loan.id)):
        events = [_event(event) for event in record.events_of(session, loan.id)]
        if not events:
            continue
        lived += 1
        model = live(_contract(session, loan), events, today, house.calendar.is_working_day)
        same(reading.loan(loan.number, today), told(model, today), loan.number)
    return lived


def _event(event: replay.Event) -> Event:
    change = event.kind in {"extension", "deferral"}
    return Event(
        WORDS.get(event.kind, event.kind),
        event.on,
        event.amount_fen,
        event.matures_on if change else None,
        (event.method, event.every_months, event.settle_on_day) if event.kind == "plan" else None,
    )


def _contract(session: Session, loan: Loan) -> Contract:
    """The contract as the model reads it, from what was signed."""
    position = session.get_one(Position, loan.id)
    bearers = select(LoanBearer).where(LoanBearer.loan_id == loan.id)
    rows = session.scalars(bearers.order_by(LoanBearer.from_on)).all()
    return Contract(
        amount=loan.amount_fen,
        matures=loan.matures_on,
        rate=Fraction(loan.annual_rate_ppm, PPM),
        penalty_rate=_surcharged(loan.annual_rate_ppm, loan.overdue_surcharge_bp),
        method=loan.method,
        every=loan.every_months,
        settle_on=loan.settle_on_day,
        convention=loan.day_count,
        order=loan.allocation_order.split(","),
        shares=[
            (
                row.from_on,
                row.to_on,
                Fraction(row.share_bp, 10_000),
                None if row.cap_fen == MONEY_MAX_FEN else row.cap_fen,
            )
            for row in rows
        ],
        misuse_rate=_surcharged(loan.annual_rate_ppm, position.misuse_surcharge_bp),
        compound=position.compounds,
        revolving=loan.revolving,
        subsidy_in_extension=any(row.runs_on for row in rows),
        principal_first_after=position.principal_first_after_days,
        shared_rate=next((Fraction(row.rate_ppm, PPM) for row in rows if row.rate_ppm), None),
        refunded=loan.subsidy_route != "lender",
    )


def _surcharged(rate_ppm: int, surcharge_bp: int) -> Fraction:
    return Fraction(half_up(Fraction(rate_ppm * (10_000 + surcharge_bp), 10_000)), PPM)
