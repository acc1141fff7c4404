"""The rows behind a figure, each with its name and the page it opens into.

``indicators`` tells numbers and amounts alone; names and pages are those of the rooms that keep
them. A household's row says its head where the visitor may read households; a payment's row leads
to the household's page, at that payment, and to the round it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from flask import url_for
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from enterprises.models import DividendFile, DividendPayment, DividendReturn, DividendReturnRow
from households import Household, Person
from households.queries import is_present
from indicators.rows import Page, Row
from mutual_aid.models import VillageFund
from organisations import Organisation
from web.context import house
from web.words import t

#: kind of row -> what its number is called
NUMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "households": "户编号",
        "loans": "合同号",
        "entitlements": "合同号",
        "movements": "凭证号",
        "enterprises": "企业",
        "payments": "户编号",
        "villages": "村",
        "village_funds": "互助资金",
        "populations": "来源",
        "checks": "文件",
        "regions": "地区",
    }
)
#: kinds whose rows have a household's head to name
OF_HOUSEHOLDS: Final = frozenset({"households", "payments"})


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of a figure as a page shows it."""

    id: int
    number: str
    #: where the number leads; empty where it leads nowhere
    address: str
    name: str
    place: str
    amount: int
    #: of a payment: what it is, and the page of its round
    more: str
    more_address: str


def shown(session: Session, page: Page, *, on: date, open_on: date, names: bool) -> list[RowShown]:
    """The rows of a page; ``names`` whether heads of households may be told."""
    more = _payments(session, page) if page.kind == "payments" else {}
    heads = _heads(session, page, open_on) if names and page.kind in OF_HOUSEHOLDS else {}
    titles = _TITLES.get(page.kind, _none)(session, [row.id for row in page.rows])
    found = []
    for row in page.rows:
        said, there = more.get(row.id, ("", ""))
        found.append(
            RowShown(
                id=row.id,
                number=titles.get(row.id, _number(page.kind, row)),
                address=_address(page.kind, row, on),
                name=heads.get(row.household_id or 0, ""),
                place=house().regions.full_name(row.village_code, below=2),
                amount=row.amount,
                more=said,
                more_address=there,
            )
        )
    return found


def _number(kind: str, row: Row) -> str:
    if kind in {"villages", "regions"}:
        return house().regions.get(row.village_code).name
    return row.number


def _address(kind: str, row: Row, on: date) -> str:
    if kind in {"loans", "entitlements"}:
        return url_for("loans.one", number=row.number)
    if kind == "households":
        return url_for("households.card", household_id=row.household_id)
    if kind == "payments":
        return url_for(
            "households.card", household_id=row.household_id, _anchor=f"payment-{row.id}"
        )
    if kind == "enterprises":
        return url_for("enterprises.one", organisation_id=row.id)
    if kind == "village_funds":
        return url_for("mutual.one", fund_id=row.id)
    if kind in {"villages", "regions"}:
        return url_for("dashboard.show", region=row.village_code, on=on)
    return ""


def _payments(session: Session, page: Page) -> dict[int, tuple[str, str]]:
    """Payment -> what is said of it, and the page of its round."""
    rows = session.execute(
        select(
            DividendPayment.id, DividendPayment.round_id, DividendPayment.attempt,
            DividendFile.batch_no, DividendReturn.received_on, Household.number,
        )
        .join(DividendFile, DividendFile.id == DividendPayment.file_id)
        .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .join(DividendReturn, DividendReturn.id == DividendReturnRow.return_id)
        .join(Household, Household.id == DividendPayment.household_id)
        .where(DividendPayment.id.in_([row.id for row in page.rows]))
    )  # fmt: skip
    return {
        row[0]: (
            t("{day}付讫，批次{batch}", day=row[4].isoformat(), batch=row[3]),
            url_for("enterprises_dividends.one", round_id=row[1], q=row[5], _anchor="rows"),
        )
        for row in rows
    }


def _heads(session: Session, page: Page, open_on: date) -> dict[int, str]:
    ids = [row.household_id for row in page.rows]
    rows = session.execute(
        select(Person.household_id, func.min(Person.name))
        .where(and_(Person.household_id.in_(ids), Person.is_head, is_present(open_on)))
        .group_by(Person.household_id)
    )
    return {row[0]: row[1] for row in rows}


def _enterprises(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def _funds(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(VillageFund.id, Organisation.name)
        .join(Organisation, Organisation.id == VillageFund.organisation_id)
        .where(VillageFund.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def _none(_session: Session, _ids: Sequence[int]) -> dict[int, str]:
    return {}


_TITLES: Final[Mapping[str, Callable[[Session, Sequence[int]], dict[int, str]]]] = MappingProxyType(
    {"enterprises": _enterprises, "village_funds": _funds}
)
