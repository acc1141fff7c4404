"""The rows of a dividend round as people look at them, and the rows of its payment files.

One row is what a household gets of a round, how often its payment was tried and whether the bank
has paid it. Only households inside the reader's region are told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from enterprises.models import (
    DividendFile,
    DividendPayment,
    DividendPosition,
    DividendRelease,
    DividendReturn,
    DividendReturnRow,
    DividendRow,
)
from enterprises.payment.owed import DESK, is_released
from enterprises.refusals import HouseholdNotInRound
from households import Household, Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.vault import Keyring
from office import rights
from office.paying import PaymentTold

READ = "enterprises.read"


@dataclass(frozen=True, slots=True)
class RowTold:
    """What one household gets of a round, and whether it has it."""

    row: DividendRow
    household_number: str
    village_code: str
    head: str
    #: attempts made to pay it
    attempts: int
    #: day it was paid; None while it was not
    paid_on: date | None
    #: day it went back into the pool, as one that can never be paid; None: it did not
    released_on: date | None


def rows_page(
    session: Session,
    round_id: int,
    version: int,
    *,
    on: date,
    by: Actor,
    text: str = "",
    village: str = "",
    only: str = "",
    after_nr: int = 0,
    limit: int = 100,
) -> list[RowTold]:
    """A page of a version's rows, in order; only households of the actor's region.

    ``text``: part of the head's name or the household's number; ``village``: digits of a place;
    ``only``: ``unpaid``, ``paid``, ``returned`` for those whose last payment came back, or
    ``released`` for those that were given up.
    """
    rights.allow(by, READ)
    query = _rows(on).where(
        DividendRow.round_id == round_id,
        DividendRow.version == version,
        DividendRow.nr > after_nr,
        Household.village_code.startswith(by.region_scope, autoescape=True),
    )
    if text:
        query = query.where(
            or_(
                Household.number == text,
                Person.name.contains(text, autoescape=True),
            )
        )
    if village:
        query = query.where(Household.village_code.startswith(village, autoescape=True))
    if only:
        query = query.where(_narrowed(only))
    found = session.execute(query.order_by(DividendRow.nr).limit(limit))
    return [RowTold(*row) for row in found]


def household_rows(session: Session, household_id: int, *, on: date, by: Actor) -> list[RowTold]:
    """Every dividend of a household, the latest round first."""
    household = session.get(Household, household_id)
    if household is None:
        raise HouseholdNotInRound(field="household_id")
    rights.allow(by, READ, region=household.village_code)
    query = (
        _rows(on)
        .join(DividendPosition, DividendPosition.round_id == DividendRow.round_id)
        .where(
            DividendRow.household_id == household_id,
            DividendRow.version == DividendPosition.version,
        )
    )
    found = session.execute(query.order_by(DividendRow.round_id.desc()))
    return [RowTold(*row) for row in found]


def row_of(
    session: Session, round_id: int, version: int, household_id: int, *, on: date, by: Actor
) -> RowTold:
    """One household's row of a version."""
    rights.allow(by, READ)
    query = _rows(on).where(
        DividendRow.round_id == round_id,
        DividendRow.version == version,
        DividendRow.household_id == household_id,
        Household.village_code.startswith(by.region_scope, autoescape=True),
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound(field="household_id", what="分红明细")
    return RowTold(*found)


def _narrowed(only: str) -> ColumnElement[bool]:
    """Of a row: what became of its payments."""
    mine = and_(
        DividendPayment.round_id == DividendRow.round_id,
        DividendPayment.household_id == DividendRow.household_id,
        DividendReturnRow.payment_id == DividendPayment.id,
    )
    paid = exists().where(mine, DividendReturnRow.result == "paid")
    if only == "paid":
        return paid
    if only == "released":
        return is_released()
    unpaid = and_(DividendRow.cash_fen > 0, ~paid, ~is_released())
    if only == "returned":
        return and_(unpaid, exists().where(mine, DividendReturnRow.result == "returned"))
    return unpaid


def _rows(on: date) -> Select[DividendRow, str, str, str, int, date, date]:
    mine = (
        DividendPayment.round_id == DividendRow.round_id,
        DividendPayment.household_id == DividendRow.household_id,
    )
    attempts = select(func.count(DividendPayment.id)).where(*mine).correlate(DividendRow)
    paid_on = (
        select(func.max(DividendReturn.received_on))
        .join(DividendReturnRow, DividendReturnRow.return_id == DividendReturn.id)
        .join(DividendPayment, DividendPayment.id == DividendReturnRow.payment_id)
        .where(*mine, DividendReturnRow.result == "paid")
        .correlate(DividendRow)
    )
    released_on = (
        select(DividendRelease.released_on)
        .where(
            DividendRelease.round_id == DividendRow.round_id,
            DividendRelease.household_id == DividendRow.household_id,
        )
        .correlate(DividendRow)
    )
    return (
        select(
            DividendRow,
            Household.number,
            Household.village_code,
            func.coalesce(Person.name, ""),
            attempts.scalar_subquery(),
            paid_on.scalar_subquery(),
            released_on.scalar_subquery(),
        )
        .join(Household, Household.id == DividendRow.household_id)
        .outerjoin(
            Person, and_(Person.household_id == Household.id, Person.is_head, is_present(on))
        )
    )


# --- payments -------------------------------------------------------------------------------------


def file_of(session: Session, round_id: int, nr: int, *, by: Actor) -> DividendFile:
    """A payment file of a round by its number."""
    rights.allow(by, READ)
    found = session.scalar(
        select(DividendFile).where(DividendFile.round_id == round_id, DividendFile.nr == nr)
    )
    if found is None:
        raise NotFound(field="nr", what="付款文件")
    return found


def payments(
    session: Session,
    file_id: int,
    *,
    keyring: Keyring,
    by: Actor,
    after_nr: int = 0,
    limit: int = 100,
) -> list[PaymentTold]:
    """A page of a file's rows, in order; only households of the actor's region."""
    rights.allow(by, READ)
    region = Household.village_code.startswith(by.region_scope, autoescape=True)
    which = and_(
        DividendPayment.file_id == file_id,
        DividendPayment.nr > after_nr,
        DividendPayment.household_id.in_(select(Household.id).where(region)),
    )
    return DESK.told(session, which, keyring=keyring, limit=limit)
