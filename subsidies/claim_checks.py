"""Claims read back: rows, places, steps and books say the same.

* the rows of a claim are those that were frozen, and come to its totals;
* a payment file holds the rows it was made with: as many, of that sum, to those accounts;
* it stands where its last step brought it, and every step is one that the lifecycle allows;
* what was submitted, paid, given back and clawed back stands in the ledger once, to the fen;
* what takes back what was given back is offset, once and whole, and nothing else is;
* a clawback is what the entitlements that it holds come to;
* what the lenders' books cleared of the treasury's dues is what they were paid, loan by loan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, exists, func, select, union_all
from sqlalchemy.orm import Session

import ledger
from kernel.database import sum_of
from kernel.digests import canonical_cells, digest_lines
from kernel.findings import Finding
from loans.routes import LENDER
from subsidies import clawback, lifecycle, offsetting
from subsidies.claims import booking
from subsidies.claims.freezing import COLUMNS
from subsidies.claims.steps import COURSE
from subsidies.models import (
    BankReturn,
    Claim,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Clawback,
    Entitlement,
    EntitlementClaim,
    GivenBack,
    PaymentFile,
    RevisionOffset,
)
from subsidies.payment import giving_back, returning
from subsidies.payment.owed import DESK


def check(session: Session) -> Iterator[Finding]:
    """Everything that is written of a claim, recomputed."""
    yield from _frozen(session)
    yield from _files(session)
    yield from _places(session)
    yield from _in_the_ledger(session)
    yield from _claimed_payable(session)
    yield from _cleared(session)
    yield from _clawed_back(session)
    yield from _offset(session)


def _frozen(session: Session) -> Iterator[Finding]:
    """Digest, count and total of every claim's rows."""
    lines = (
        select(
            ClaimRow.claim_id,
            ClaimRow.nr,
            ClaimRow.amount_fen,
            canonical_cells([getattr(ClaimRow, name) for name in COLUMNS]).label("line"),
        )
        .order_by(ClaimRow.claim_id, ClaimRow.nr)
        .subquery()
    )
    rows = session.execute(
        select(
            lines.c.claim_id,
            func.count(),
            sum_of(lines.c.amount_fen),
            digest_lines(lines.c.line, lines.c.nr),
        ).group_by(lines.c.claim_id)
    )
    found = {row[0]: (row[1], row[2], row[3]) for row in rows}
    for claim in session.scalars(select(Claim).order_by(Claim.id)):
        wanted = (claim.rows, claim.total_fen, claim.digest)
        if found.get(claim.id) != wanted:
            yield _finding(
                "frozen",
                "subsidy_claim_rows",
                f"claim_id={claim.id}",
                f"第{claim.id}号申报的明细（笔数、合计分、摘要）为{found.get(claim.id)}，"
                f"冻结时为{wanted}",
                f"the rows of claim {claim.id} (count, fen, digest) are {found.get(claim.id)}, "
                f"frozen were {wanted}",
            )


def _files(session: Session) -> Iterator[Finding]:
    """Rows, sum and digest of every payment file, from its rows and the accounts they go to."""
    for file, count, fen in DESK.changed(session):
        yield _finding(
            "files",
            "subsidy_payment_files",
            f"id={file.id}",
            f"付款文件{file.batch_no}现有{count}笔、{fen}分，与制作时的"
            f"{file.rows}笔、{file.total_fen}分或其校验值不符",
            f"payment file {file.batch_no} holds {count} rows of {fen} fen; made with"
            f" {file.rows} of {file.total_fen}, or of another digest",
        )


def _places(session: Session) -> Iterator[Finding]:
    """Every claim's steps follow one another, and its place is the last one's."""
    went = COURSE.went(session)
    places = _by_key(session, select(ClaimPosition.claim_id, ClaimPosition.state))
    for claim_id in session.scalars(select(Claim.id).order_by(Claim.id)):
        states = went.get(claim_id, [])
        if not COURSE.allows(lifecycle.DRAFTED, states) or places.get(claim_id) != states[-1]:
            path = "→".join(states)
            yield _finding(
                "places",
                "subsidy_claim_positions",
                f"claim_id={claim_id}",
                f"第{claim_id}号申报经历{path}，记录所处环节为{places.get(claim_id)}",
                f"claim {claim_id} went {path} and is said to be {places.get(claim_id)}",
            )


def _in_the_ledger(session: Session) -> Iterator[Finding]:
    """Each document that moves money is booked once, to the fen."""
    documents: dict[str, Select[int, int]] = {
        booking.SOURCE: select(ClaimStep.id, Claim.total_fen)
        .join(Claim, Claim.id == ClaimStep.claim_id)
        .where(ClaimStep.state.in_((lifecycle.SUBMITTED, lifecycle.RETURNED))),
        returning.SOURCE: select(BankReturn.id, BankReturn.paid_fen).where(BankReturn.paid_fen > 0),
        giving_back.SOURCE: select(GivenBack.id, GivenBack.amount_fen),
        clawback.SOURCE: select(Clawback.id, Clawback.amount_fen),
        offsetting.SOURCE: select(RevisionOffset.entitlement_id, RevisionOffset.amount_fen),
    }
    for source, query in documents.items():
        wanted = _by_key(session, query)
        booked = ledger.debits_by_source(session, source_kind=source)
        for key in sorted(wanted.keys() | booked.keys()):
            if wanted.get(key) != booked.get(key):
                yield _finding(
                    "booked",
                    "entries",
                    f"{source} {key}",
                    f"{source}第{key}号为{wanted.get(key)}分，入账{booked.get(key)}分",
                    f"{source} {key} is {wanted.get(key)} fen, booked as {booked.get(key)}",
                )


def _claimed_payable(session: Session) -> Iterator[Finding]:
    """What the treasury was asked for and has not paid or had given back."""
    asked = _sum(
        session,
        select(sum_of(Claim.total_fen))
        .join(ClaimPosition, ClaimPosition.claim_id == Claim.id)
        .where(ClaimPosition.state.in_(sorted(lifecycle.CLAIMED))),
    )
    paid = _sum(session, select(sum_of(BankReturn.paid_fen)))
    given = _sum(session, select(sum_of(GivenBack.amount_fen)))
    booked = -ledger.balance(session, kind="subsidy_claimed_payable")
    if booked != asked - paid - given:
        yield _finding(
            "claimed_payable",
            "postings",
            "subsidy_claimed_payable",
            f"已申报应付贴息{booked}分，按申报、拨付、退回应为{asked - paid - given}分",
            f"{booked} fen of claimed subsidies in the ledger, by the claims "
            f"{asked - paid - given}",
        )


def _cleared(session: Session) -> Iterator[Finding]:
    """Loan by loan: what a lender was paid of the treasury's dues, less what it paid back."""
    answered = (
        select(PaymentFile.claim_id)
        .join(BankReturn, BankReturn.file_id == PaymentFile.id)
        .where(BankReturn.paid_fen > 0)
    )
    paid = (
        select(ClaimRow.loan_id, (-ClaimRow.amount_fen).label("fen"))
        .join(Claim, Claim.id == ClaimRow.claim_id)
        .where(Claim.route == LENDER, Claim.id.in_(answered))
    )
    back = (
        select(Entitlement.loan_id, -Entitlement.amount_fen)
        .join(EntitlementClaim, EntitlementClaim.entitlement_id == Entitlement.id)
        .where(EntitlementClaim.clawback_id.is_not(None), Entitlement.route == LENDER)
    )
    both = union_all(paid, back).subquery()
    fen = sum_of(both.c.fen)
    wanted = _by_key(session, select(both.c.loan_id, fen).group_by(both.c.loan_id).having(fen != 0))
    booked = ledger.balances_by_subject(
        session,
        kind="treasury_interest_receivable",
        sources=(returning.LENDER_SOURCE, clawback.LENDER_SOURCE),
    )
    for loan_id in sorted(wanted.keys() | booked.keys()):
        if wanted.get(loan_id) != booked.get(loan_id):
            yield _finding(
                "cleared",
                "postings",
                f"loan_id={loan_id}",
                f"第{loan_id}号贷款的应收财政贴息冲减{booked.get(loan_id)}分，"
                f"按拨付明细应为{wanted.get(loan_id)}分",
                f"of loan {loan_id}'s dues from the treasury {booked.get(loan_id)} fen are "
                f"cleared, by what was paid {wanted.get(loan_id)}",
            )


def _clawed_back(session: Session) -> Iterator[Finding]:
    """A clawback is the sum of the entitlements that it holds, turned round."""
    fen = sum_of(Entitlement.amount_fen)
    rows = session.execute(
        select(Clawback.id, Clawback.amount_fen, -fen)
        .outerjoin(EntitlementClaim, EntitlementClaim.clawback_id == Clawback.id)
        .outerjoin(Entitlement, Entitlement.id == EntitlementClaim.entitlement_id)
        .group_by(Clawback.id, Clawback.amount_fen)
        .having(Clawback.amount_fen != -fen)
        .order_by(Clawback.id)
    )
    for clawback_id, paid_fen, held_fen in rows:
        yield _finding(
            "clawed_back",
            "entitlement_claims",
            f"clawback_id={clawback_id}",
            f"第{clawback_id}号追回{paid_fen}分，所含贴息合计{held_fen}分",
            f"clawback {clawback_id} is {paid_fen} fen, the entitlements it holds {held_fen}",
        )


def _offset(session: Session) -> Iterator[Finding]:
    """Every revision of what was given back that stands in nothing else, turned round."""
    held = exists().where(EntitlementClaim.entitlement_id == Entitlement.id)
    due = select(Entitlement.id, -Entitlement.amount_fen)
    wanted = _by_key(session, due.where(~held, offsetting.of_given_back()))
    noted = select(RevisionOffset.entitlement_id, RevisionOffset.amount_fen)
    found = _by_key(session, noted)
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            yield _finding(
                "offset",
                "subsidy_revision_offsets",
                f"entitlement_id={key}",
                f"第{key}号贴息更正的是已退回预算的部分，冲抵记为{found.get(key)}分，应为{wanted.get(key)}分",
                f"entitlement {key} takes back what was given back: {found.get(key)} fen are "
                f"offset, should be {wanted.get(key)}",
            )


def _by_key(session: Session, query: Select[Any, Any]) -> Mapping[Any, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


def _sum(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0


def _finding(rule: str, table: str, key: str, zh: str, en: str) -> Finding:
    return Finding(f"subsidies.{rule}", table, key, zh, en)
