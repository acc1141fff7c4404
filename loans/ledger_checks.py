"""The loans against the ledger: every balance by loan, every movement once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Select, case, exists, select, union_all
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.findings import Finding
from loans.balances import is_principal
from loans.models import (
    Disbursement,
    Due,
    Loan,
    OpenDue,
    OpenSegment,
    Repayment,
    Reversal,
    Settlement,
)
from loans.routes import owed_by_payer, owed_by_treasury

#: what the loans book from
SOURCES: Final = ("disbursements", "settlements", "repayments", "corrections", "reversals")


def check(session: Session) -> Iterator[Finding]:
    """The lender's accounts are the sums of the loans behind them."""
    yield from _accounts(session)
    yield from _funds(session)
    yield from _in_the_ledger(session)


def _accounts(session: Session) -> Iterator[Finding]:
    """Sub-ledgers equal the ledger, loan by loan."""
    wanted = {
        "loan_principal": select(OpenSegment.loan_id, sum_of(OpenSegment.principal_fen))
        .where(is_principal())
        .group_by(OpenSegment.loan_id),
        "interest_receivable": _dues_by_loan("interest"),
        "penalty_receivable": _dues_by_loan("penalty", "compound"),
        "treasury_interest_receivable": select(Due.loan_id, sum_of(Due.amount_fen))
        .where(Due.bearer == "treasury")
        .group_by(Due.loan_id),
    }
    for kind, query in wanted.items():
        stands = {row[0]: row[1] for row in session.execute(query)}
        # What the treasury has paid of its dues is booked, and read back, by who claims it.
        sources = SOURCES if kind == "treasury_interest_receivable" else None
        booked = ledger.balances_by_subject(session, kind=kind, sources=sources)
        for loan_id in sorted(stands.keys() | booked.keys()):
            if stands.get(loan_id, 0) != booked.get(loan_id, 0):
                yield Finding(
                    "loans.accounts",
                    "postings",
                    f"{kind}, loan_id={loan_id}",
                    f"第{loan_id}号贷款的{ledger.CHART[kind].zh}：分户{stands.get(loan_id, 0)}分，"
                    f"总账{booked.get(loan_id, 0)}分",
                    f"loan {loan_id}, {kind}: {stands.get(loan_id, 0)} fen by the loan, "
                    f"{booked.get(loan_id, 0)} in the ledger",
                )


def _dues_by_loan(*kinds: str) -> Select[int, int]:
    return (
        select(OpenDue.loan_id, sum_of(OpenDue.left_fen))
        .where(OpenDue.kind.in_(kinds))
        .group_by(OpenDue.loan_id)
    )


def _funds(session: Session) -> Iterator[Finding]:
    """The money that went in and out of each lender is what its loans say, to the fen."""
    undone = exists().where(Reversal.disbursement_id == Disbursement.id)
    taken_back = exists().where(Reversal.repayment_id == Repayment.id)
    out = (
        select(Loan.lender_id, -Disbursement.amount_fen)
        .join(Loan, Loan.id == Disbursement.loan_id)
        .where(~undone)
    )
    cash = case(
        (Repayment.kind.in_(("payment", "recovery")), Repayment.amount_fen),
        (Repayment.kind == "refund", -Repayment.amount_fen),
        else_=0,
    )
    back = select(Loan.lender_id, cash).join(Loan, Loan.id == Repayment.loan_id).where(~taken_back)
    moved = union_all(out, back).subquery()
    lender_id, fen = moved.c
    for lender, wanted in session.execute(select(lender_id, sum_of(fen)).group_by(lender_id)):
        # What others pay for the loans' borrowers is booked, and read back, by who pays it.
        booked = ledger.balance(session, owner_id=lender, kind="funds", sources=SOURCES)
        if booked != wanted:
            yield Finding(
                "loans.funds",
                "postings",
                f"funds, organisation_id={lender}",
                f"机构{lender}的清算资金：收付合计{wanted}分，总账{booked}分",
                f"organisation {lender}: {wanted} fen moved by its loans, {booked} in the ledger",
            )


def _in_the_ledger(session: Session) -> Iterator[Finding]:
    sources = {
        "disbursements": select(Disbursement.id, Disbursement.amount_fen),
        # What a correction enters stands in the correction's entry.
        "repayments": select(Repayment.id, Repayment.amount_fen).where(Repayment.correction == 0),
        "settlements": select(Settlement.id, _debits_of_settlement()).join(
            Loan, Loan.id == Settlement.loan_id
        ),
        "reversals": select(Reversal.id, Disbursement.amount_fen).join(
            Disbursement, Disbursement.id == Reversal.disbursement_id
        ),
    }
    for source_kind, query in sources.items():
        happened = {row[0]: row[1] for row in session.execute(query) if row[1]}
        booked = ledger.debits_by_source(session, source_kind=source_kind)
        for key in sorted(happened.keys() | booked.keys()):
            if happened.get(key) != booked.get(key):
                yield Finding(
                    "loans.in_the_ledger",
                    source_kind,
                    f"id={key}",
                    f"{source_kind}第{key}号为{happened.get(key)}分，入账为{booked.get(key)}分",
                    f"{source_kind} {key} is {happened.get(key)} fen, booked as {booked.get(key)}",
                )


def _debits_of_settlement() -> ColumnElement[int]:
    """What a settlement debits: receivables, or, where a revision takes some back, income too."""
    parts = (owed_by_payer(), owed_by_treasury(), -Settlement.amount_fen)
    first, second, third = (case((part > 0, part), else_=0) for part in parts)
    return first + second + third
