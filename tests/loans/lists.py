"""Organisations of the town, and what is asked through them: for the tests of the modes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import ledger
import loans
import organisations
from kernel.identity import credit_check_character
from organisations import Kind
from tests.loans.town import OFFICE, Town

COUNTY = "431022000000"
#: an office that registers organisations of the whole province
PROVINCE = replace(OFFICE, region_scope="43")


def code_of(serial: int) -> str:
    """A credit code of nobody."""
    first = f"91431022MA4Q{serial:05d}"
    return first + credit_check_character(first)


def found_organisation(
    town: Town,
    serial: int = 1,
    *,
    kind: str = Kind.ENTERPRISE,
    region: str = COUNTY,
    opened_on: date = date(2010, 1, 1),
) -> str:
    """An organisation; its credit code."""
    code = code_of(serial)
    with town.books.write("organisations.register", by=PROVINCE) as session:
        organisations.register(
            session,
            credit_code=code,
            name=f"宜章示范茶业公司{serial}",
            kind=kind,
            region_code=region,
            regions=town.regions,
            opened_on=opened_on,
            on=ledger.open_day(session),
            by=PROVINCE,
        )
    return code


def close_organisation(town: Town, code: str) -> None:
    """It goes out of business today."""
    with town.books.write("organisations.register", by=PROVINCE) as session:
        found = organisations.by_credit_code(session, code)
        on = ledger.open_day(session)
        organisations.change(session, organisation_id=found.id, closed_on=on, on=on, by=PROVINCE)


def id_of(town: Town, code: str) -> int:
    """Its id."""
    with town.books.read() as session:
        return organisations.by_credit_code(session, code).id


def entrusted(town: Town, code: str, place: int = 1, **changes: Any) -> loans.Asked:
    """A household asks for money that an organisation uses and repays."""
    return town.asked(place, mode="entrusted", organisation_code=code, **changes)


def pooled(town: Town, code: str, *shares: tuple[int, int], **changes: Any) -> loans.Asked:
    """An organisation asks for a list of households: (place, share in fen)."""
    numbers = list(town.households)
    listed = tuple(loans.Share(numbers[place - 1], fen) for place, fen in shares)
    ordinary: dict[str, Any] = {
        "household_number": "",
        "amount_fen": sum(fen for _, fen in shares),
        "mode": "pooled",
        "organisation_code": code,
        "shares": listed,
    }
    return town.asked(1, **{**ordinary, **changes})
