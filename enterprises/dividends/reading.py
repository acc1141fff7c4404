"""The reads of dividends: rounds, one round with its history, rows, payments, what is paid.

``paid_cash`` is what the figures are taken from: each household's cash by the day the bank's answer
was booked. Everything is a SELECT over recorded rows; who may look is checked where a page asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from enterprises.dividends.rows import (
    RowTold,
    file_of,
    household_rows,
    payments,
    row_of,
    rows_page,
)
from enterprises.dividends.steps import round_of, steps_of
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendFile,
    DividendFunding,
    DividendPayment,
    DividendPool,
    DividendPosition,
    DividendReceipt,
    DividendReturn,
    DividendReturnRow,
    DividendRound,
    DividendStep,
)
from kernel.actor import Actor
from kernel.database import sum_of
from office import rights
from office.models import Voucher
from organisations import Organisation

__all__ = [
    "FundingTold",
    "PoolTold",
    "RoundPage",
    "RoundTold",
    "RowTold",
    "declared_sums",
    "file_of",
    "funding_sums",
    "fundings",
    "household_rows",
    "paid_cash",
    "payments",
    "pools",
    "round_page",
    "rounds",
    "row_of",
    "rows_page",
]

READ = "enterprises.read"


def paid_cash() -> Select[int, date, int]:
    """Household, booked day and fen of all cash that was paid, ever; a row for each household,
    round and day.
    """
    return (
        select(
            DividendPayment.household_id.label("household_id"),
            DividendReturn.received_on.label("booked_on"),
            DividendPayment.amount_fen.label("amount_fen"),
        )
        .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .join(DividendReturn, DividendReturn.id == DividendReturnRow.return_id)
        .where(DividendReturnRow.result == "paid")
    )


def declared_sums() -> Select[int, date, int, int]:
    """Organisation, day, amount and cash of every version that was declared."""
    return (
        select(
            Agreement.organisation_id,
            DividendDeclaration.declared_on,
            DividendDeclaration.amount_fen,
            DividendDeclaration.cash_fen,
        )
        .join(DividendRound, DividendRound.id == DividendDeclaration.round_id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
    )


def funding_sums() -> Select[int, date, int]:
    """Organisation, day and fen of every payment into a pool."""
    return select(
        DividendFunding.organisation_id, DividendFunding.funded_on, DividendFunding.amount_fen
    )


# --- rounds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundTold:
    """A round on a list."""

    id: int
    organisation_id: int
    organisation: str
    agreement_id: int
    agreement_number: str
    nr: int
    revision: int
    period_from: date
    counted_to: date
    due_on: date
    state: str
    version: int
    #: of the version that counts; 0 before the first
    rows: int
    amount_fen: int
    cash_fen: int
    reinvested_fen: int


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round with everything that happened to it."""

    told: RoundTold
    declarations: list[DividendDeclaration]
    steps: list[DividendStep]
    files: list[DividendFile]
    returns: list[DividendReturn]
    receipt: DividendReceipt | None


def rounds(
    session: Session,
    *,
    by: Actor,
    organisation_id: int | None = None,
    agreement_id: int | None = None,
    state: str = "",
    text: str = "",
    after_id: int = 0,
    limit: int = 100,
) -> list[RoundTold]:
    """Rounds in the order in which they were found; ``text`` of a name or an agreement's number."""
    rights.allow(by, READ)
    query = _told().where(
        DividendRound.id > after_id,
        Agreement.region_code.startswith(by.region_scope[:6], autoescape=True),
    )
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    if agreement_id is not None:
        query = query.where(Agreement.id == agreement_id)
    if state:
        query = query.where(DividendPosition.state == state)
    if text:
        named = Organisation.name.contains(text, autoescape=True)
        query = query.where(or_(named, Agreement.number.contains(text, autoescape=True)))
    rows = session.execute(query.order_by(DividendRound.id).limit(limit))
    return [RoundTold(*row) for row in rows]


def _told() -> Select[*tuple[Any, ...]]:
    declared = DividendDeclaration
    return (
        select(
            DividendRound.id,
            Agreement.organisation_id,
            Organisation.name,
            Agreement.id,
            Agreement.number,
            DividendRound.nr,
            DividendRound.revision,
            DividendRound.period_from,
            DividendRound.counted_to,
            DividendRound.due_on,
            DividendPosition.state,
            DividendPosition.version,
            func.coalesce(declared.rows, 0),
            func.coalesce(declared.amount_fen, 0),
            func.coalesce(declared.cash_fen, 0),
            func.coalesce(declared.reinvested_fen, 0),
        )
        .select_from(DividendRound)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .outerjoin(
            declared,
            and_(
                declared.round_id == DividendRound.id,
                declared.version == DividendPosition.version,
            ),
        )
    )


def round_page(session: Session, round_id: int, *, by: Actor) -> RoundPage:
    """One round, its versions, steps, files, answers and receipt."""
    rights.allow(by, READ)
    round_of(session, round_id)
    told = session.execute(_told().where(DividendRound.id == round_id)).one()
    files = session.scalars(
        select(DividendFile).where(DividendFile.round_id == round_id).order_by(DividendFile.nr)
    ).all()
    return RoundPage(
        told=RoundTold(*told),
        declarations=list(
            session.scalars(
                select(DividendDeclaration)
                .where(DividendDeclaration.round_id == round_id)
                .order_by(DividendDeclaration.version)
            )
        ),
        steps=list(steps_of(session, round_id)),
        files=list(files),
        returns=list(
            session.scalars(
                select(DividendReturn)
                .where(DividendReturn.file_id.in_([file.id for file in files]))
                .order_by(DividendReturn.id)
            )
        ),
        receipt=session.get(DividendReceipt, round_id),
    )


# --- pools ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoolTold:
    """What an enterprise has paid in, and what became of it."""

    organisation_id: int
    organisation: str
    funded_fen: int
    reserved_fen: int
    paid_fen: int
    declared_fen: int
    given_back_fen: int

    @property
    def free_fen(self) -> int:
        """Nobody has spoken for it."""
        return self.funded_fen - self.reserved_fen - self.paid_fen - self.given_back_fen


@dataclass(frozen=True, slots=True)
class FundingTold:
    """A payment into a pool."""

    id: int
    funded_on: date
    amount_fen: int
    voucher_no: str
    payer_code: str
    payer_account: str


def pools(session: Session, *, by: Actor) -> list[PoolTold]:
    """Every pool, by the enterprise's name."""
    rights.allow(by, READ)
    declared = (
        select(Agreement.organisation_id, sum_of(DividendDeclaration.amount_fen).label("fen"))
        .join(DividendRound, DividendRound.agreement_id == Agreement.id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .join(
            DividendDeclaration,
            and_(
                DividendDeclaration.round_id == DividendRound.id,
                DividendDeclaration.version == DividendPosition.version,
            ),
        )
        .group_by(Agreement.organisation_id)
        .subquery()
    )
    rows = session.execute(
        select(
            DividendPool.organisation_id,
            Organisation.name,
            DividendPool.funded_fen,
            DividendPool.reserved_fen,
            DividendPool.paid_fen,
            func.coalesce(declared.c.fen, 0),
            DividendPool.given_back_fen,
        )
        .join(Organisation, Organisation.id == DividendPool.organisation_id)
        .outerjoin(declared, declared.c.organisation_id == DividendPool.organisation_id)
        .where(Organisation.region_code.startswith(by.region_scope[:6], autoescape=True))
        .order_by(Organisation.name, Organisation.id)
    )
    return [PoolTold(*row) for row in rows]


def fundings(session: Session, organisation_id: int, *, by: Actor) -> list[FundingTold]:
    """Everything an enterprise has paid in, the latest first."""
    rights.allow(by, READ)
    rows = session.execute(
        select(
            DividendFunding.id,
            DividendFunding.funded_on,
            DividendFunding.amount_fen,
            Voucher.voucher_no,
            DividendFunding.payer_code,
            DividendFunding.payer_account,
        )
        .join(Voucher, Voucher.id == DividendFunding.voucher_id)
        .where(DividendFunding.organisation_id == organisation_id)
        .order_by(DividendFunding.id.desc())
    )
    return [FundingTold(*row) for row in rows]
