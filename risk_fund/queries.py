"""The special account's lists: movements and statements.

Each takes ``by`` and shows what lies at the actor's institution.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from office import rights
from office.models import Voucher
from risk_fund.models import (
    FundAccount,
    FundMovement,
    Reconciliation,
    Statement,
)

#: rows of a list at most
PAGE = 50


def _accounts_seen(by: Actor) -> list[ColumnElement[bool]]:
    rights.allow(by, "risk_fund.read")
    wanted: list[ColumnElement[bool]] = []
    if by.institution_ids is not None:
        wanted.append(FundAccount.lender_id.in_(by.institution_ids))
    return wanted


# --- the account ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MovementLine:
    """A movement in a list."""

    id: int
    account_id: int
    kind: str
    source: str
    document_no: str
    amount_fen: int
    value_date: date
    booking_date: date
    voucher_no: str
    remark: str


def movements(
    session: Session,
    *,
    by: Actor,
    account_id: int | None = None,
    kind: str = "",
    text: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[MovementLine]:
    """Movements, the last first; ``text`` in document, voucher or remark; days half-open."""
    query: Select[*tuple[Any, ...]] = (
        select(
            FundMovement.id,
            FundMovement.account_id,
            FundMovement.kind,
            FundMovement.source,
            FundMovement.document_no,
            FundMovement.amount_fen,
            FundMovement.value_date,
            FundMovement.booking_date,
            Voucher.voucher_no,
            FundMovement.remark,
        )
        .join(FundAccount, FundAccount.id == FundMovement.account_id)
        .join(Voucher, Voucher.id == FundMovement.voucher_id)
        .where(*_accounts_seen(by))
    )
    asked = (
        (account_id is not None, FundMovement.account_id == account_id),
        (bool(kind), FundMovement.kind == kind),
        (True, FundMovement.booking_date >= (from_on or date.min)),
        (True, FundMovement.booking_date < (to_on or date.max)),
        (before_id is not None, FundMovement.id < (before_id or 0)),
        (
            bool(text),
            or_(
                FundMovement.document_no.contains(text, autoescape=True),
                FundMovement.remark.contains(text, autoescape=True),
                Voucher.voucher_no.contains(text, autoescape=True),
            ),
        ),
    )
    query = query.where(*(condition for wanted, condition in asked if wanted))
    rows = session.execute(query.order_by(FundMovement.id.desc()).limit(limit))
    return [MovementLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement in a list; ``confirmed_on`` None while it waits."""

    id: int
    account_id: int
    month: date
    version: int
    opening_fen: int
    closing_fen: int
    taken_on: date
    confirmed_on: date | None
    difference_fen: int | None
    unmatched: int | None


def statements(
    session: Session, *, by: Actor, account_id: int | None = None
) -> list[StatementLine]:
    """Every statement, the last month first."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Statement.id,
            Statement.account_id,
            Statement.month,
            Statement.version,
            Statement.opening_fen,
            Statement.closing_fen,
            Statement.taken_on,
            Reconciliation.confirmed_on,
            Reconciliation.difference_fen,
            Reconciliation.unmatched,
        )
        .join(FundAccount, FundAccount.id == Statement.account_id)
        .outerjoin(Reconciliation, Reconciliation.statement_id == Statement.id)
        .where(*_accounts_seen(by))
        .order_by(Statement.month.desc(), Statement.account_id, Statement.version.desc())
    )
    if account_id is not None:
        query = query.where(Statement.account_id == account_id)
    return [StatementLine(*row) for row in session.execute(query)]
