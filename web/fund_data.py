"""The fund as data: what API and command line print, every amount a string of yuan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kernel.money import format_share, format_yuan
from risk_fund import AccountFigures, Leverage, total_of
from risk_fund.claim_queries import ClaimLine, Debt, DueBack
from risk_fund.explaining import WhyLeverage
from risk_fund.queries import MovementLine
from risk_fund.reconciling import Compared, Item


def leverage(one: Leverage) -> dict[str, Any]:
    """A ratio with its operands."""
    return {
        "ratio": None if one.hundredths is None else one.text,
        "lent": format_yuan(one.lent_fen),
        "fund": format_yuan(one.fund_fen),
        "multiple": one.multiple,
        "headroom": format_yuan(one.headroom_fen),
    }


def account(one: AccountFigures) -> dict[str, Any]:
    """An account, or the sum of several."""
    return {
        "account_id": one.account_id,
        "lender_id": one.lender_id,
        "lender": one.lender,
        "number": one.number,
        "balance": format_yuan(one.balance_fen),
        "pledged": format_yuan(one.pledged_fen),
        "contributed": format_yuan(one.contributed_fen),
        "covered": format_yuan(one.covered_fen),
        "clause": one.clause,
        "leverage_cumulative": leverage(one.cumulative),
        "leverage_outstanding": leverage(one.outstanding),
    }


def fund(found: Sequence[AccountFigures], day: date | None) -> dict[str, Any]:
    """Every account and their sum."""
    return {
        "on": None if day is None else day.isoformat(),
        "accounts": [account(one) for one in found],
        "total": account(total_of(found)),
    }


def why(told: WhyLeverage) -> dict[str, Any]:
    """An account's leverage with every operand."""
    return {
        "account": account(told.figures),
        "contributions": [
            {"name": one.source, "amount": format_yuan(one.amount_fen)} for one in told.sources
        ],
        "movements": [{"name": kind, "amount": format_yuan(fen)} for kind, fen in told.movements],
        "limit": None if told.limit_fen is None else format_yuan(told.limit_fen),
        "stopped": told.stopped,
        "when_full": told.when_full,
    }


def movement(row: MovementLine) -> dict[str, Any]:
    """A movement."""
    names = ("id", "kind", "source", "document_no", "value_date", "booking_date", "voucher_no")
    told = {name: getattr(row, name) for name in names}
    return told | {"amount": format_yuan(row.amount_fen), "remark": row.remark}


def statement(told: Compared) -> dict[str, Any]:
    """A statement against the books."""
    return {
        "statement_id": told.statement_id,
        "account_id": told.account_id,
        "month": f"{told.month:%Y-%m}",
        "bank": format_yuan(told.bank_fen),
        "books": format_yuan(told.books_fen),
        "difference": format_yuan(told.difference_fen),
        "matched": len(told.matches),
        "bank_only": [_item(one) for one in told.bank_only],
        "books_only": [_item(one) for one in told.books_only],
    }


def _item(one: Item) -> dict[str, Any]:
    return {
        "key": one.key,
        "on_day": one.on_day,
        "voucher_no": one.voucher_no,
        "amount": format_yuan(one.amount_fen),
        "words": one.words,
    }


def claim(row: ClaimLine) -> dict[str, Any]:
    """A claim in a list."""
    names = ("id", "number", "nr", "lender", "borrower", "state", "filed_on", "overdue_days")
    told = {name: getattr(row, name) for name in (*names, "review_by")}
    for name in ("principal", "interest", "penalty", "total", "fund", "recovered"):
        told[name] = format_yuan(getattr(row, f"{name}_fen"))
    return told


def share(party: str, share_bp: int, amount_fen: int) -> dict[str, Any]:
    """What a party bears."""
    return {"party": party, "share": format_share(share_bp), "amount": format_yuan(amount_fen)}


def debt(told: Debt) -> dict[str, Any]:
    """One debt and who holds it."""
    return {
        "number": told.number,
        "total": format_yuan(told.total_fen),
        "lender": format_yuan(told.lender_fen),
        "held": [
            {
                "party": one.party,
                "paid": format_yuan(one.paid_fen),
                "recovered": format_yuan(one.recovered_fen),
                "held": format_yuan(one.amount_fen),
            }
            for one in told.held
        ],
    }


def due_back(one: DueBack, on: date) -> dict[str, Any]:
    """A part of a recovery that has not gone back."""
    names = ("recovery_id", "claim_id", "account_id", "number", "lender", "party", "booked_on")
    told = {name: getattr(one, name) for name in (*names, "return_by")}
    return told | {"amount": format_yuan(one.amount_fen), "late": one.is_late(on)}
