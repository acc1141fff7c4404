"""The reads of dividends: rounds, one round with its history, rows, payments, what is paid.

``paid_cash`` is what the figures are taken from: each household's cash by the day the bank's answer
was booked. Everything is a SELECT over recorded rows; who may look is checked where a page asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

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
    DividendRow,
    DividendStep,
)
from enterprises.refusals import HouseholdNotInRound
from households import Household, Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.identity import mask_account
from kernel.vault import Keyring
from office import rights
from office.models import PayoutAccount, Voucher
from office.payouts import number_of
from organisations import Organisation

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
    after_id: int = 0,
    limit: int = 100,
) -> list[RoundTold]:
    """Rounds in the order in which they were found."""
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


# --- rows -----------------------------------------------------------------------------------------


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


def rows_page(
    session: Session,
    round_id: int,
    version: int,
    *,
    on: date,
    by: Actor,
    after_nr: int = 0,
    limit: int = 100,
) -> list[RowTold]:
    """A page of a version's rows, in order; only households of the actor's region."""
    rights.allow(by, READ)
    query = _rows(on).where(
        DividendRow.round_id == round_id,
        DividendRow.version == version,
        DividendRow.nr > after_nr,
        Household.village_code.startswith(by.region_scope, autoescape=True),
    )
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


def _rows(on: date) -> Select[DividendRow, str, str, str, int, date]:
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
    return (
        select(
            DividendRow,
            Household.number,
            Household.village_code,
            func.coalesce(Person.name, ""),
            attempts.scalar_subquery(),
            paid_on.scalar_subquery(),
        )
        .join(Household, Household.id == DividendRow.household_id)
        .outerjoin(
            Person, and_(Person.household_id == Household.id, Person.is_head, is_present(on))
        )
    )


# --- payments -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaymentTold:
    """A row of a payment file."""

    id: int
    nr: int
    household_id: int
    holder: str
    #: the last four digits
    account: str
    bank: str
    amount_fen: int
    attempt: int
    #: paid, returned, or empty while the bank has not answered
    result: str
    reason: str
    bank_no: str


def payments(
    session: Session,
    file_id: int,
    *,
    keyring: Keyring,
    by: Actor,
    after_nr: int = 0,
    limit: int = 100,
) -> list[PaymentTold]:
    """A page of a file's rows, in order."""
    rights.allow(by, READ)
    rows = session.execute(
        select(
            DividendPayment,
            PayoutAccount,
            func.coalesce(DividendReturnRow.result, ""),
            func.coalesce(DividendReturnRow.reason, ""),
            func.coalesce(DividendReturnRow.bank_no, ""),
        )
        .join(PayoutAccount, PayoutAccount.id == DividendPayment.account_id)
        .outerjoin(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .where(DividendPayment.file_id == file_id, DividendPayment.nr > after_nr)
        .order_by(DividendPayment.nr)
        .limit(limit)
    )
    return [
        PaymentTold(
            one.id, one.nr, one.household_id, account.holder,
            mask_account(number_of(account, keyring)), account.bank, one.amount_fen, one.attempt,
            *said,
        )
        for one, account, *said in rows
    ]  # fmt: skip


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

    @property
    def free_fen(self) -> int:
        """Nobody has spoken for it."""
        return self.funded_fen - self.reserved_fen - self.paid_fen


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
