"""Cover and limits read back: what is used is what the loans have under cover, under their caps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

import policy
from kernel.findings import Finding
from loans.cover import contract_cap_fen
from loans.covered import cap_in_force, contract_cap, covered_of_scope
from loans.findings import found, rows
from loans.models import LendingLimit, Loan, LoanShare, Position
from policy import ContractTerms


def check(session: Session) -> Iterator[Finding]:
    """Limits, caps in force, and the caps of contracts that carry none of their own."""
    yield from _limits(session)
    yield from _caps(session)
    yield from _caps_by_terms(session)


def _limits(session: Session) -> Iterator[Finding]:
    for limit in session.scalars(select(LendingLimit)):
        used = covered_of_scope(session, (limit.scope_kind, limit.scope))
        if used != limit.used_fen:
            yield found(
                "limits",
                "lending_limits",
                f"{limit.scope_kind} {limit.scope}",
                f"{limit.scope}的放贷限额已用{limit.used_fen}分，补偿范围内余额合计却为{used}分",
                f"{limit.scope}: {limit.used_fen} fen of the limit used, but {used} are covered",
            )


def _caps(session: Session) -> Iterator[Finding]:
    """The cap in force is the contract's, or the least exclusion that stands."""
    yield from rows(
        session,
        select(Loan.number, Position.cover_cap_fen, cap_in_force())
        .join(Position, Position.loan_id == Loan.id)
        .where(Position.cover_cap_fen != cap_in_force()),
        "cover",
        "positions",
        "合同{0}的补偿本金上限记为{1}分，按合同与调整记录应为{2}分",
        "contract {0}: cover cap noted as {1} fen, by its record {2}",
    )


def _caps_by_terms(session: Session) -> Iterator[Finding]:
    """Of a contract signed before caps were frozen the terms alone say it."""
    query = (
        select(Loan.id, Loan.number, Loan.amount_fen, Loan.mode, Loan.terms, contract_cap())
        .join(Position, Position.loan_id == Loan.id)
        .where(Loan.cover_cap_fen.is_(None))
        .order_by(Loan.id)
        .execution_options(yield_per=1000)
    )
    for loan_id, number, amount_fen, mode, frozen, cap_fen in session.execute(query):
        parts = _shares(session, loan_id) if mode == "pooled" else [(amount_fen, 0)]
        wanted = contract_cap_fen(_thawed(frozen), parts)
        if wanted != cap_fen:
            yield found(
                "cover",
                "positions",
                f"loan_id={loan_id}",
                f"合同{number}的补偿本金上限应为{wanted}分，却为{cap_fen}分",
                f"contract {number}: the terms cover {wanted} fen, not {cap_fen}",
            )


def _shares(session: Session, loan_id: int) -> list[tuple[int, int]]:
    rows = session.scalars(
        select(LoanShare.share_fen)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .where(Loan.id == loan_id)
    )
    return [(fen, 0) for fen in rows]


@lru_cache(maxsize=64)
def _thawed(frozen: str) -> ContractTerms:
    return policy.thaw(ContractTerms, json.loads(frozen))
