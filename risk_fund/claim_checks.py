"""Claims read back: what was asked could be asked, is shared as the table says, and was decided.

* a claim's hash, and the one of each of its steps, is that of the claim as it stands;
* its amounts are within what its own basis allows, its shares are the split of its total;
* its steps follow each other, each by another person; where it stands is its last step;
* what was paid is the party's share, its voucher, and the movement of the special account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

import ledger
from kernel.findings import Finding
from loans.models import Loan
from office.models import Voucher
from risk_fund.claims.amounts import basis_from, coverable
from risk_fund.claims.record import digest_of
from risk_fund.findings import differences, found
from risk_fund.lifecycle import NEXT
from risk_fund.models import (
    Compensation,
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
    FundClaimStep,
    FundMovement,
)
from risk_fund.sharing import share
from risk_fund.tables import table_from


def check(session: Session) -> Iterator[Finding]:
    """Every claim."""
    shares: dict[int, list[FundClaimShare]] = {}
    for row in session.scalars(select(FundClaimShare)):
        shares.setdefault(row.claim_id, []).append(row)
    steps: dict[int, list[FundClaimStep]] = {}
    for one in session.scalars(select(FundClaimStep).order_by(FundClaimStep.nr)):
        steps.setdefault(one.claim_id, []).append(one)
    for claim in session.scalars(select(FundClaim)):
        yield from _claim(claim, shares.get(claim.id, []))
        yield from _steps(claim, steps.get(claim.id, []), shares.get(claim.id, []))
        position = session.get(FundClaimPosition, claim.id)
        yield from _stands(claim, position, steps.get(claim.id, []))
    yield from _paid(session)


def _found(claim: FundClaim, zh: str, en: str) -> Finding:
    return found("claims", "fund_claims", f"id={claim.id}", zh, en)


def _claim(claim: FundClaim, shares: list[FundClaimShare]) -> Iterator[Finding]:
    if claim.digest != digest_of(claim, shares):
        yield _found(claim, "内容与其哈希不符", "it is not what its hash says")
    most = coverable(basis_from(json.loads(claim.basis)))
    within = (
        claim.principal_fen <= most.principal_fen
        and claim.interest_fen <= most.interest_fen
        and claim.penalty_fen <= most.penalty_fen
    )
    if not within:
        yield _found(claim, "超过可代偿金额", "it is above what could be claimed")
    kept = {row.party: row.amount_fen for row in shares}
    split = {part.party: part.amount_fen for part in share(claim.total_fen, table_from(shares))}
    if kept != split:
        yield _found(claim, f"分担为{kept}，重算为{split}", f"shared as {kept}, should be {split}")


def _steps(
    claim: FundClaim, steps: list[FundClaimStep], shares: list[FundClaimShare]
) -> Iterator[Finding]:
    states = [one.state for one in steps]
    follows = states[:1] == ["filed"] and all(
        later in NEXT[earlier] for earlier, later in pairwise(states)
    )
    if not follows or [one.nr for one in steps] != list(range(1, len(steps) + 1)):
        yield _found(claim, f"步骤不连续：{states}", f"its steps do not follow: {states}")
    deciders = [one.by_person for one in steps if one.state != "withdrawn"]
    if len(set(deciders)) != len(deciders):
        yield _found(claim, "同一人经手两步", "one person took two of its steps")
    digest = digest_of(claim, shares)
    if any(one.digest != digest for one in steps):
        yield _found(claim, "步骤所依据的内容已变", "a step was taken on other content")


def _stands(
    claim: FundClaim, position: FundClaimPosition | None, steps: list[FundClaimStep]
) -> Iterator[Finding]:
    last = steps[-1].state if steps else ""
    opened = claim.loan_id if NEXT.get(last) else None
    if position is None or (position.state, position.open_loan_id) != (last, opened):
        yield _found(claim, "当前状态与最后一步不符", "it does not stand where its last step says")


def _paid(session: Session) -> Iterator[Finding]:
    """What a party paid is its share, by its voucher, and once in the ledger."""
    rows = session.execute(
        select(Compensation.id, Compensation.amount_fen)
        .join(FundClaim, FundClaim.id == Compensation.claim_id)
        .join(Loan, Loan.id == FundClaim.loan_id)
        .join(Voucher, Voucher.id == Compensation.voucher_id)
        .outerjoin(
            FundClaimShare,
            (FundClaimShare.claim_id == Compensation.claim_id)
            & (FundClaimShare.party == Compensation.party),
        )
        .outerjoin(FundMovement, FundMovement.id == Compensation.movement_id)
        .where(
            or_(
                FundClaimShare.amount_fen.is_distinct_from(Compensation.amount_fen),
                Voucher.amount_fen != Compensation.amount_fen,
                Voucher.direction != "in",
                Voucher.institution_id != Loan.lender_id,
                (Compensation.party == "fund")
                & FundMovement.amount_fen.is_distinct_from(-Compensation.amount_fen),
                (Compensation.party == "fund")
                & FundMovement.account_id.is_distinct_from(FundClaim.account_id),
            )
        )
    )
    for key, fen in rows:
        yield found(
            "compensations",
            "fund_compensations",
            f"id={key}",
            f"代偿{fen}分与分担、凭证或专户支出不符",
            f"{fen} fen paid are not the share, the voucher or the movement",
        )
    state = {
        row[0]: row[1]
        for row in session.execute(
            select(FundClaimPosition.claim_id, FundClaimPosition.state == "paid")
        )
    }
    paid = set(session.scalars(select(Compensation.claim_id).where(Compensation.party == "fund")))
    for claim_id, said in sorted(state.items()):
        if bool(said) != (claim_id in paid):
            yield found(
                "compensations",
                "fund_claims",
                f"id={claim_id}",
                "状态与代偿支付不符",
                "its state is not what was paid",
            )
    amounts = session.execute(select(Compensation.id, Compensation.amount_fen))
    booked = ledger.debits_by_source(session, source_kind="fund_compensations")
    yield from differences(
        "compensations", "fund_compensations", "id", {r[0]: r[1] for r in amounts}, booked
    )
