"""Who of a round is still to be paid, and the files made for it so far."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from enterprises.models import (
    DividendFile,
    DividendFileDiscard,
    DividendPayment,
    DividendPosition,
    DividendRelease,
    DividendReturn,
    DividendReturnRow,
    DividendRow,
)
from kernel.database import sum_of
from office.paying import Desk, Payable
from office.payouts import HOUSEHOLDS

#: the files made for rounds; dividends carry no project code
DESK: Final = Desk(
    key="round_id",
    file=DividendFile,
    payment=DividendPayment,
    discarded=DividendFileDiscard,
    answer=DividendReturn,
    answer_row=DividendReturnRow,
    payment_key="payment_id",
    code=lambda _file: "",
    remark=lambda file, _payment: file.remark,
)


def counts() -> ColumnElement[bool]:
    """Of a row and a position: it is of the version that counts, and something is paid out."""
    return and_(
        DividendPosition.round_id == DividendRow.round_id,
        DividendPosition.version == DividendRow.version,
        DividendRow.cash_fen > 0,
    )


def _is_paid() -> ColumnElement[bool]:
    """Of a row: the bank has paid it."""
    tried = aliased(DividendPayment)
    return exists().where(
        tried.round_id == DividendRow.round_id,
        tried.household_id == DividendRow.household_id,
        DividendReturnRow.payment_id == tried.id,
        DividendReturnRow.result == "paid",
    )


def is_released() -> ColumnElement[bool]:
    """Of a row: two people gave it up, as one that can never be paid."""
    return exists().where(
        DividendRelease.round_id == DividendRow.round_id,
        DividendRelease.household_id == DividendRow.household_id,
    )


def unpaid(session: Session, round_id: int) -> list[Payable]:
    """Every household of a round that is owed something and was not paid."""
    last, later = aliased(DividendPayment), aliased(DividendPayment)
    rows = session.execute(
        select(
            DividendRow.household_id,
            DividendRow.cash_fen,
            func.coalesce(last.attempt, 0),
            last.account_id,
            DividendReturnRow.reason,
        )
        .join(DividendPosition, counts())
        .outerjoin(
            last,
            and_(
                last.round_id == DividendRow.round_id,
                last.household_id == DividendRow.household_id,
                ~exists().where(
                    later.round_id == last.round_id,
                    later.household_id == last.household_id,
                    later.attempt > last.attempt,
                ),
            ),
        )
        .outerjoin(DividendReturnRow, DividendReturnRow.payment_id == last.id)
        .where(DividendRow.round_id == round_id, ~_is_paid(), ~is_released())
        .order_by(DividendRow.nr)
    )
    return [
        Payable((HOUSEHOLDS, key), fen, tries, last_id, why)
        for key, fen, tries, last_id, why in rows
    ]


def unpaid_fen(session: Session, round_id: int) -> int:
    """What households of a round are owed and were not paid."""
    query = unpaid_by_round().where(DividendRow.round_id == round_id)
    return session.scalar(query.with_only_columns(query.selected_columns.fen)) or 0


def unpaid_by_round() -> Select[int, int]:
    """``round_id`` and ``fen``: what households are owed and were not paid."""
    return (
        select(DividendRow.round_id, sum_of(DividendRow.cash_fen).label("fen"))
        .join(DividendPosition, counts())
        .where(~_is_paid(), ~is_released())
        .group_by(DividendRow.round_id)
    )


def payees_of(round_id: int) -> Select[str, int]:
    """Every household that is paid something by a round."""
    return (
        select(literal(HOUSEHOLDS), DividendRow.household_id)
        .join(DividendPosition, counts())
        .where(DividendRow.round_id == round_id)
    )
