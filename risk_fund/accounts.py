"""Special accounts (风险补偿金专户): opened, paid into, taken out of, credited with interest.

An account lies at one lender of a county, is closed to everything else and keeps its interest. Each
movement is a voucher, a recorded row and a balanced entry. What stands in it and what of it is
pledged moves by conditional UPDATE, so that no two movements take the same fen; and with it, in the
same unit of work, moves the lender's limit (``risk_fund.limits``). Contributions and withdrawals
are proposed by one person and booked when another agrees.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.actor import Actor
from kernel.money import format_yuan
from loans.refusals import AmountNotPositive, ValueDateInFuture
from office import approvals, rights
from office.payments import VoucherSlip, book_vouchers
from policy import ConductRules, Rulebook
from risk_fund import limits
from risk_fund.models import FundAccount, FundBalance, FundMovement, FundOrder
from risk_fund.refusals import (
    FundAccountIncomplete,
    FundAccountOpen,
    FundAccountUnknown,
    FundBalanceTooSmall,
    FundDocumentMissing,
    FundOrderUnknown,
    FundSourceUnknown,
    WithdrawalAboveContributions,
)
from risk_fund.words import ORDERS, SOURCES

#: channel of the special account's vouchers
CHANNEL: Final = "fund"
#: table of what a proposal is about
SUBJECT: Final = "fund_orders"
OWNER: Final = "fund_accounts"
#: what the special account's side of a movement is booked against
_AGAINST: Final = {
    "contribution": "fund_contributions",
    "withdrawal": "fund_contributions",
    "interest": "fund_interest",
}


@dataclass(frozen=True, slots=True)
class Order:
    """A contribution or withdrawal to be proposed."""

    account_id: int
    #: contribution or withdrawal
    kind: str
    #: one of ``SOURCES``; of a withdrawal, whose money goes back
    source: str
    #: document number (资金文号)
    document_no: str
    amount_fen: int
    #: day the money moved
    value_date: date
    #: number on the bank's voucher
    voucher_no: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money into (above zero) or out of a special account."""

    kind: str
    amount_fen: int
    value_date: date
    voucher_no: str
    source: str = ""
    document_no: str = ""
    remark: str = ""
    order_id: int | None = None


def open_account(
    session: Session,
    *,
    lender_id: int,
    number: str,
    name: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Open the special account of the county at a lender; its number. It begins with nothing."""
    region = ledger.books(session).region_code
    rights.allow(by, "risk_fund.open", region=region)
    lender = organisations.lender_on(session, lender_id, on)
    if not number.strip() or not name.strip():
        raise FundAccountIncomplete(field="number")
    taken = select(FundAccount.id).where(
        (FundAccount.lender_id == lender_id) | (FundAccount.number == number.strip())
    )
    # The first limit of a lender waits for its draws in flight: before the day's row is shared.
    conduct = rulebook.conduct(on=on, region=region)
    if session.scalar(taken) is None:
        limits.found(session, lender_id, conduct)
    ledger.require_bookable(session, on)
    if session.scalar(taken) is not None:
        raise FundAccountOpen(field="number", name=lender.name)
    account = FundAccount(
        region_code=region,
        lender_id=lender_id,
        number=number.strip(),
        name=name.strip(),
        opened_on=on,
    )
    session.add(account)
    session.flush()
    session.add(
        FundBalance(
            account_id=account.id,
            balance_fen=0,
            pledged_fen=0,
            contributed_fen=0,
            multiple=conduct.multiple_max.value,
        )
    )
    session.flush()
    return account.id


def find(session: Session, account_id: int, by: Actor, command: str) -> FundAccount:
    """The account, for an actor who may do the command with it."""
    account = session.get(FundAccount, account_id)
    rights.allow(by, command)
    if account is None or not rights.sees(
        by, region=account.region_code, institution_id=account.lender_id
    ):
        raise FundAccountUnknown(field="account_id", number=account_id)
    return account


# --- contributions and withdrawals, by two people -------------------------------------------------


def propose_order(session: Session, order: Order, *, on: date, by: Actor) -> int:
    """Put a contribution or withdrawal before a second person; the proposal's number."""
    ledger.require_bookable(session, on)
    account = find(session, order.account_id, by, "risk_fund.contribute")
    _check(order, on)
    row = FundOrder(**asdict(order), proposed_on=on)
    session.add(row)
    session.flush()
    return approvals.propose(
        session,
        command="risk_fund.approve_contribution",
        subject_kind=SUBJECT,
        subject_id=row.id,
        digest=_digest(row),
        summary=f"{ORDERS[row.kind]}{format_yuan(row.amount_fen)}元（{row.document_no}）",
        region_code=account.region_code,
        institution_id=account.lender_id,
        on=on,
        by=by,
    )


def _check(order: Order, on: date) -> None:
    if order.kind not in ORDERS:
        raise FundOrderUnknown(field="kind", kind=order.kind[:40])
    if order.source not in SOURCES:
        raise FundSourceUnknown(field="source", source=order.source[:40])
    if order.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if not order.document_no.strip():
        raise FundDocumentMissing(field="document_no")
    require_past(order.value_date, on)


def require_past(value_date: date, on: date) -> None:
    """Refuse a day that has not come."""
    if value_date > on:
        raise ValueDateInFuture(field="value_date", day=value_date, open_day=on)


def _digest(row: FundOrder) -> str:
    return approvals.digest_of(
        {
            "account": row.account_id,
            "kind": row.kind,
            "source": row.source,
            "document_no": row.document_no,
            "amount_fen": row.amount_fen,
            "value_date": row.value_date.isoformat(),
            "voucher_no": row.voucher_no,
            "remark": row.remark,
        }
    )


def decide_order(
    session: Session,
    *,
    proposal_id: int,
    approved: bool,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    reason: str = "",
) -> int | None:
    """Decide as a second person; the movement's number, None where it is rejected."""
    ledger.require_bookable(session, on)
    row = session.get_one(
        FundOrder, approvals.subject_of(session, proposal_id, SUBJECT, "专户收支申请")
    )
    approvals.decide(
        session,
        proposal_id=proposal_id,
        digest=_digest(row),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if not approved:
        return None
    out = row.kind == "withdrawal"
    movement = Movement(
        row.kind,
        -row.amount_fen if out else row.amount_fen,
        row.value_date,
        row.voucher_no,
        row.source,
        row.document_no,
        row.remark,
        row.id,
    )
    account = session.get_one(FundAccount, row.account_id)
    return book(session, account, movement, rulebook=rulebook, on=on)


def book_interest(
    session: Session,
    *,
    account_id: int,
    amount_fen: int,
    value_date: date,
    voucher_no: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Book the interest that the bank credited; it stays in the fund."""
    ledger.require_bookable(session, on)
    account = find(session, account_id, by, "risk_fund.interest")
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    require_past(value_date, on)
    movement = Movement("interest", amount_fen, value_date, voucher_no)
    return book(session, account, movement, rulebook=rulebook, on=on)


# --- movements and balances -----------------------------------------------------------------------


def book(
    session: Session, account: FundAccount, movement: Movement, *, rulebook: Rulebook, on: date
) -> int:
    """Book a contribution, withdrawal or interest: voucher, balance, limit, row and entry."""
    row = record(session, account, movement, on=on)
    contributed = movement.amount_fen if movement.kind in ORDERS else 0
    change(
        session,
        account,
        balance_fen=movement.amount_fen,
        contributed_fen=contributed,
        conduct=rulebook.conduct(on=on, region=account.region_code),
    )
    against = account_of(session, account, _AGAINST[movement.kind])
    cash = account_of(session, account, "fund_cash")
    post(
        session,
        row,
        [ledger.Line(cash, row.amount_fen), ledger.Line(against, -row.amount_fen)],
    )
    return row.id


def record(session: Session, account: FundAccount, movement: Movement, *, on: date) -> FundMovement:
    """Write a movement down under its voucher."""
    (voucher_id,) = book_vouchers(
        session,
        [
            VoucherSlip(
                account.lender_id,
                CHANNEL,
                movement.voucher_no,
                "in" if movement.amount_fen > 0 else "out",
                abs(movement.amount_fen),
            )
        ],
        on=on,
    )
    row = FundMovement(
        account_id=account.id,
        kind=movement.kind,
        source=movement.source,
        document_no=movement.document_no,
        amount_fen=movement.amount_fen,
        value_date=movement.value_date,
        booking_date=on,
        voucher_id=voucher_id,
        remark=movement.remark,
        order_id=movement.order_id,
    )
    session.add(row)
    session.flush()
    return row


def account_of(session: Session, account: FundAccount, kind: str) -> int:
    """A ledger account of the special account."""
    return ledger.account_id(session, owner_kind=OWNER, owner_id=account.id, kind=kind)


def lender_account(session: Session, lender_id: int, kind: str) -> int:
    """A ledger account of the lender's own books."""
    return ledger.account_id(session, owner_kind="organisations", owner_id=lender_id, kind=kind)


def post(session: Session, row: FundMovement, lines: list[ledger.Line]) -> None:
    """Book the special account's side of a movement."""
    ledger.post(
        session,
        source_kind="fund_movements",
        source_id=row.id,
        booking_date=row.booking_date,
        value_date=row.value_date,
        lines=lines,
    )


def change(
    session: Session,
    account: FundAccount,
    *,
    balance_fen: int = 0,
    pledged_fen: int = 0,
    contributed_fen: int = 0,
    conduct: ConductRules,
) -> None:
    """Move what stands in the account and what is pledged, and with it the lender's limit.

    One conditional UPDATE: nothing goes below zero, and no more is pledged than is there.
    """
    balance = FundBalance.balance_fen + balance_fen
    pledged = FundBalance.pledged_fen + pledged_fen
    contributed = FundBalance.contributed_fen + contributed_fen
    moved = session.execute(
        update(FundBalance)
        .where(
            FundBalance.account_id == account.id, pledged >= 0, pledged <= balance, contributed >= 0
        )
        .values(balance_fen=balance, pledged_fen=pledged, contributed_fen=contributed)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        _refuse(session, account, pledged_fen - balance_fen, -contributed_fen)
    limits.follow(session, account, conduct)


def _refuse(session: Session, account: FundAccount, wanted_fen: int, withdrawn_fen: int) -> None:
    stands = session.get_one(FundBalance, account.id, populate_existing=True)
    free_fen = stands.balance_fen - stands.pledged_fen
    if free_fen < wanted_fen:
        raise FundBalanceTooSmall(
            field="amount", free=format_yuan(free_fen), amount=format_yuan(wanted_fen)
        )
    raise WithdrawalAboveContributions(
        field="amount",
        amount=format_yuan(withdrawn_fen),
        contributed=format_yuan(stands.contributed_fen),
    )
