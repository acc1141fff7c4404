"""Filing a claim (申请代偿): what is owed and covered, the evidence, the shares, the pledge.

Money is pledged in the unit of work that files the claim, so that it is there when the claim is
paid; a claim that the fund cannot pay is not taken. The loan is locked first: what is counted
stands until the claim is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, func, insert, select
from sqlalchemy.orm import Session

import ledger
import policy
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import sum_of
from kernel.money import format_yuan
from loans import arrears, record
from loans.cover import covered_fen, fund_share_bp
from loans.dossier.requiring import papers_on_file
from loans.models import Allocation, Due, Loan, Repayment
from loans.operations.finding import require_idle
from loans.record import Loaded
from loans.refusals import LoanUnknown
from office import approvals, rights
from policy import FUND, ContractTerms, Rulebook
from risk_fund import accounts
from risk_fund.claims.amounts import Amounts, Basis, coverable
from risk_fund.claims.record import SUBJECT, canonical, digest_of, step
from risk_fund.deadlines import working_days_after
from risk_fund.lifecycle import STATES, WAITS_FOR
from risk_fund.models import (
    Compensation,
    FundAccount,
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
)
from risk_fund.refusals import (
    ClaimAboveCover,
    ClaimUnderWay,
    CollectionEvidenceMissing,
    LenderWithoutFund,
    LoanNotCovered,
    LoanNotOverdueYet,
    NothingUnderCover,
)
from risk_fund.sharing import Part, share, table_of

#: papers of the loan's file that go with a claim: code -> (Chinese, English)
PAPERS: Final = {"contract": ("借款合同", "the contract"), "slip": ("借据", "the slip")}
_COLLECTED: Final = (
    ("contacts", "催收记录（电话、上门）", "a record of collection (call, visit)"),
    ("notices", "催收通知书", "a notice of collection"),
)
_PARTS: Final = {
    "principal_fen": ("本金", "principal"),
    "interest_fen": ("利息", "interest"),
    "penalty_fen": ("罚息", "penalty"),
}
#: kind of due -> the part of a claim that it belongs to
_PART_OF: Final = {
    "principal": "principal_fen",
    "interest": "interest_fen",
    "penalty": "penalty_fen",
    "compound": "penalty_fen",
}


@dataclass(frozen=True, slots=True)
class ClaimAsked:
    """What a lender asks for a loan; None: as much as can be asked."""

    number: str
    principal_fen: int | None = None
    interest_fen: int | None = None
    penalty_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A loan at hand with its terms, and what of it can be claimed."""

    one: Loaded
    terms: ContractTerms
    basis: Basis

    @property
    def most(self) -> Amounts:
        """The most that can be asked."""
        return coverable(self.basis)


def file_claim(
    session: Session,
    asked: ClaimAsked,
    *,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
) -> int:
    """File a claim and pledge the fund's part; the claim's number. It waits for the checker."""
    ledger.require_bookable(session, on)
    loan = _loan(session, asked.number, by)
    account = _account(session, loan)
    counted = count(session, loan.id, on=on)
    _require_none_under_way(session, loan)
    conduct = rulebook.conduct(on=on, region=loan.village_code)
    trigger = conduct.claim_trigger_overdue_days
    days = arrears.overdue_days(session, [loan.id], on=on).get(loan.id, 0)
    if days < trigger.value:
        raise LoanNotOverdueYet(
            field="number", clause=trigger.cite, number=loan.number, days=days, needed=trigger.value
        )
    evidence = _evidence(session, loan, on)
    amounts = _asked(asked, counted)
    table = table_of(counted.terms)
    parts = share(amounts.total_fen, table)
    if not fund_part(parts):
        raise NothingUnderCover(field="number", number=loan.number)
    claim = FundClaim(
        account_id=account.id,
        loan_id=loan.id,
        nr=_next_nr(session, loan.id),
        filed_on=on,
        overdue_days=days,
        **asdict(amounts),
        total_fen=amounts.total_fen,
        review_by=working_days_after(calendar, on, conduct.claim_review_working_days.value),
        basis=canonical(counted.basis.plain()),
        evidence=canonical(evidence),
        clause=table.clause,
        digest="",
    )
    accounts.change(
        session, account, pledged_fen=fund_part(parts), conduct=_of_account(rulebook, account, on)
    )
    _write(session, claim, parts)
    digest = step(session, claim, "filed", on=on, by=by)
    propose_next(session, claim, loan, "filed", digest, on=on, by=by)
    return claim.id


def _loan(session: Session, number: str, by: Actor) -> Loan:
    rights.allow(by, "risk_fund.claim")
    loan = session.scalar(select(Loan).where(Loan.number == number))
    # A loan of another bank is as unknown as one that is not there.
    if loan is None or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id):
        raise LoanUnknown(field="number", number=number[:40])
    return loan


def _account(session: Session, loan: Loan) -> FundAccount:
    account = session.scalar(select(FundAccount).where(FundAccount.lender_id == loan.lender_id))
    if account is None:
        raise LenderWithoutFund(field="number", number=loan.number)
    return account


def count(
    session: Session, loan_id: int, *, on: date, claim_id: int = 0, lock: bool = True
) -> Counted:
    """Lock a loan and count what can be claimed; without what the claim itself was paid for.

    ``lock`` is False where nothing will be written.
    """
    one = record.load(session, [loan_id], lock=lock)[loan_id]
    require_idle(session, [one])
    terms = policy.thaw(ContractTerms, json.loads(one.loan.terms))
    earlier = _earlier(session, loan_id, claim_id)
    owed = arrears.owed(session, [loan_id], on=on)[loan_id]
    cap_fen = one.position.cover_cap_fen + earlier.principal_fen
    if not fund_share_bp(terms) or not (cap_fen or earlier.total_fen):
        raise LoanNotCovered(
            field="number", clause=terms.cover_principal_max_fen.cite, number=one.loan.number
        )
    basis = Basis(
        outstanding_fen=owed.principal_fen,
        covered_fen=covered_fen(owed.principal_fen, cap_fen),
        principal_due_fen=owed.principal_due_fen,
        interest_fen=owed.interest_fen,
        penalty_fen=owed.penalty_fen,
        compound_fen=owed.compound_fen,
        parts=terms.cover_parts.value,
        earlier=earlier,
    )
    return Counted(one, terms, basis)


def _earlier(session: Session, loan_id: int, claim_id: int) -> Amounts:
    """What other claims of the loan were paid for and has not been repaid since.

    What repayments took of principal fills the first claim's principal, then the next one's that
    was paid before them; so with interest and penalty. All of it together is never less than what
    the parties still hold: nothing is paid for twice.
    """
    claims = session.scalars(
        select(FundClaim)
        .join(FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id)
        .where(
            FundClaim.loan_id == loan_id,
            FundClaim.id != claim_id,
            FundClaimPosition.state == "paid",
        )
        .order_by(FundClaim.nr)
    ).all()
    held = dict.fromkeys(_PARTS, 0)
    left: dict[str, int] = {}
    for claim in claims:
        repaid = _repaid_since(session, claim)
        left = left or dict(repaid)
        for name in _PARTS:
            asked_fen: int = getattr(claim, name)
            back_fen = min(asked_fen, repaid[name], left[name])
            held[name] += asked_fen - back_fen
            left[name] -= back_fen
    return Amounts(**held)


def _repaid_since(session: Session, claim: FundClaim) -> dict[str, int]:
    """What money that came after the fund had paid a claim took of the loan's dues, by part."""
    rows = session.execute(
        select(Due.kind, sum_of(Allocation.amount_fen))
        .join(Allocation, Allocation.due_id == Due.id)
        .join(Repayment, Repayment.id == Allocation.repayment_id)
        .join(Compensation, and_(Compensation.claim_id == claim.id, Compensation.party == FUND))
        .where(
            Repayment.loan_id == claim.loan_id,
            Repayment.kind == "payment",
            Repayment.id > Compensation.repayments_before,
        )
        .group_by(Due.kind)
    )
    found = dict.fromkeys(_PARTS, 0)
    for kind, fen in rows:
        found[_PART_OF[kind]] += fen
    return found


def _require_none_under_way(session: Session, loan: Loan) -> None:
    row = session.execute(
        select(FundClaim.nr, FundClaimPosition.state)
        .join(FundClaimPosition, FundClaimPosition.claim_id == FundClaim.id)
        .where(FundClaimPosition.open_loan_id == loan.id)
    ).first()
    if row is not None:
        raise ClaimUnderWay(field="number", number=loan.number, nr=row[0], state=STATES[row[1]])


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that the lender has collected, and what is missing of it."""

    #: None where the loan is not overdue
    collected: arrears.Collection | None
    #: codes of the papers on file
    papers: frozenset[str]
    #: (Chinese, English)
    missing: tuple[tuple[str, str], ...]

    def plain(self) -> dict[str, object]:
        """For JSON."""
        assert self.collected is not None
        return {
            "since": self.collected.since.isoformat(),
            "contacts": [_told(one) for one in self.collected.contacts],
            "notices": [_told(one) for one in self.collected.notices],
            "papers": sorted(self.papers),
        }


def gather(session: Session, loan: Loan, on: date) -> Evidence:
    """The evidence as it stands."""
    collected = arrears.collection(session, [loan.id], on=on).get(loan.id)
    on_file = papers_on_file(session, [loan.application_id]).get(loan.application_id, set())
    missing = [(zh, en) for name, zh, en in _COLLECTED if not getattr(collected, name, ())]
    missing += [titles for code, titles in PAPERS.items() if code not in on_file]
    return Evidence(collected, frozenset(on_file), tuple(missing))


def _evidence(session: Session, loan: Loan, on: date) -> dict[str, object]:
    """What shows that the lender has collected; refused by the names of all that is missing."""
    found = gather(session, loan, on)
    if found.missing:
        raise CollectionEvidenceMissing(
            field="evidence",
            number=loan.number,
            missing_zh="、".join(zh for zh, _ in found.missing),
            missing_en=", ".join(en for _, en in found.missing),
        )
    return found.plain()


def _told(one: arrears.Step) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "on": one.value_date.isoformat(),
        "met": one.met,
        "notice": one.notice_number,
    }


def _asked(asked: ClaimAsked, counted: Counted) -> Amounts:
    """The amounts of the claim: what is asked, where it can be."""
    most = counted.most
    chosen: dict[str, int] = {}
    for name, (zh, en) in _PARTS.items():
        wanted, limit = getattr(asked, name), getattr(most, name)
        chosen[name] = limit if wanted is None else wanted
        if not 0 <= chosen[name] <= limit:
            raise ClaimAboveCover(
                field=name.removesuffix("_fen"),
                clause=counted.terms.cover_parts.cite,
                part_zh=zh,
                part_en=en,
                asked=format_yuan(chosen[name]) if chosen[name] >= 0 else "-",
                most=format_yuan(limit),
            )
    return Amounts(**chosen)


def fund_part(parts: Sequence[Part]) -> int:
    """What the fund bears."""
    return sum(part.amount_fen for part in parts if part.party == FUND)


def _of_account(rulebook: Rulebook, account: FundAccount, on: date) -> policy.ConductRules:
    return rulebook.conduct(on=on, region=account.region_code)


def _next_nr(session: Session, loan_id: int) -> int:
    last = select(func.coalesce(func.max(FundClaim.nr), 0)).where(FundClaim.loan_id == loan_id)
    return (session.scalar(last) or 0) + 1


def _write(session: Session, claim: FundClaim, parts: Sequence[Part]) -> None:
    shares = [
        FundClaimShare(
            claim_id=0, party=part.party, nr=part.nr, share_bp=part.share_bp,
            amount_fen=part.amount_fen,
        )
        for part in parts
    ]  # fmt: skip
    claim.digest = digest_of(claim, shares)
    session.add(claim)
    session.flush()
    session.execute(insert(FundClaimShare), [{"claim_id": claim.id, **asdict(p)} for p in parts])
    session.add(
        FundClaimPosition(
            claim_id=claim.id,
            state="filed",
            open_loan_id=claim.loan_id,
            repaid_fen=0,
            recovered_fen=0,
        )
    )
    session.flush()


def propose_next(
    session: Session, claim: FundClaim, loan: Loan, state: str, digest: str, *, on: date, by: Actor
) -> None:
    """Put the claim before the next office, if one has to decide it."""
    waits = WAITS_FOR.get(state)
    if waits is None:
        return
    approvals.propose(
        session,
        command=waits.command,
        subject_kind=SUBJECT,
        subject_id=claim.id,
        digest=digest,
        summary=f"代偿申请：合同{loan.number}，{format_yuan(claim.total_fen)}元",
        region_code=loan.village_code,
        institution_id=loan.lender_id,
        on=on,
        by=by,
    )
