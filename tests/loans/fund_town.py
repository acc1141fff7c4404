"""A village fund in the town, as the loans know it: for tests of the mode ``mutual``.

What ``mutual_aid/`` would write down is written by ``loans.funds`` here; tests of the fund itself
use its own front door.
"""

from __future__ import annotations

from typing import Any

import ledger
import loans
from kernel.actor import Actor
from loans import funds
from organisations import Kind
from tests.loans.lists import found_organisation, id_of
from tests.loans.town import DIRECTOR, OFFICER, VILLAGE, Town

#: 5 000 and 10 000 元: the first loan, a later one
FIRST, LATER = 500_000, 1_000_000
#: 6 % a year
FEE = 60_000


def found_fund(town: Town, fen: int = 5_000_000, serial: int = 50, village: str = VILLAGE) -> int:
    """A fund of the village with so much money, without groups; its organisation."""
    code = found_organisation(town, serial, kind=Kind.VILLAGE_FUND)
    lender_id = id_of(town, code)
    with town.books.write("mutual_aid.approve_found", by=town.system) as session:
        funds.open_lender(
            session,
            lender_id=lender_id,
            village_code=village,
            fee_rate_ppm=FEE,
            fee_clause="章程第八条",
        )
        funds.set_lending(session, lender_id=lender_id, lends=True)
        if fen:
            give_money(session, lender_id, fen)
    return lender_id


def give_money(session: Any, lender_id: int, fen: int) -> None:
    """Fiscal money comes in."""
    accounts = [
        ledger.account_id(session, owner_kind="organisations", owner_id=lender_id, kind=kind)
        for kind in ("funds", "mutual_fiscal")
    ]
    on = ledger.open_day(session)
    ledger.post(
        session,
        source_kind="tests",
        source_id=lender_id,
        booking_date=on,
        value_date=on,
        lines=[ledger.Line(accounts[0], fen), ledger.Line(accounts[1], -fen)],
    )


def form_group(town: Town, lender_id: int, group_id: int, *places: int) -> None:
    """A group of these households."""
    ids = list(town.households.values())
    with town.books.write("mutual_aid.group", by=town.system) as session:
        funds.form_group(session, group_id=group_id, lender_id=lender_id)
        for place in places:
            funds.join_group(session, group_id=group_id, household_id=ids[place - 1])


def asked(town: Town, place: int = 1, **changes: Any) -> loans.Asked:
    """A mutual loan that breaks no rule: the first of 5 000 for 12 months at the members' fee."""
    ordinary: dict[str, Any] = {
        "mode": "mutual",
        "amount_fen": FIRST,
        "term_months": 12,
        "annual_rate_ppm": FEE,
        "method": "bullet",
        "every_months": 0,
    }
    return town.asked(place, **{**ordinary, **changes})


def apply(town: Town, lender_id: int, *rows: loans.Asked, by: Actor = OFFICER) -> int:
    """Hand a sheet in at the fund."""
    with town.books.write("loans.apply", by=by) as session:
        return loans.apply_sheet(
            session,
            lender_id=lender_id,
            rows=rows,
            rulebook=town.rulebook,
            keyring=town.keyring,
            on=ledger.open_day(session),
            by=by,
        )


def contracts(town: Town, lender_id: int, *rows: loans.Asked) -> list[str]:
    """From the application to the contract."""
    sheet_id = apply(town, lender_id, *rows)
    town.approve(sheet_id, by=DIRECTOR)
    return town.sign(sheet_id)


def lend(town: Town, lender_id: int, *rows: loans.Asked) -> list[str]:
    """From the application to the money; the contracts' numbers."""
    numbers = contracts(town, lender_id, *rows)
    for number, row in zip(numbers, rows, strict=True):
        town.disburse(number, row.amount_fen)
    return numbers
