"""The reads of payments: the rows of a file, what the bank sent back, a payee's accounts.

Numbers of accounts are shown by their last four digits. Who may look at the claim may look at its
payments; a payee's accounts are for those who note or confirm them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.identity import mask_account
from kernel.refusals import NotFound
from kernel.vault import Keyring
from office import rights
from office.models import Decision, Proposal
from office.paying import PaymentTold
from organisations import Organisation
from subsidies.claims.reading import READ, seen
from subsidies.models import (
    BankReturnRow,
    BudgetLine,
    Claim,
    FileDiscard,
    GiveBackAsked,
    GivenBack,
    PaymentFile,
    PaymentLine,
    PaymentRow,
    PayoutAccount,
)
from subsidies.payment import giving_back
from subsidies.payment.accounts import SUBJECT, Payee, number_of, place_of_payee
from subsidies.payment.owed import DESK


@dataclass(frozen=True, slots=True)
class ReturnedTold:
    """What the bank sent back and nothing has come of yet."""

    payment: PaymentTold
    #: proposal of another account that waits for a second person
    account_waits: int | None
    #: another account was confirmed since
    corrected: bool
    #: proposal to give it back that waits for a second person
    give_back_waits: int | None


@dataclass(frozen=True, slots=True)
class LineTold:
    """What a file takes from a budget line."""

    document_no: str
    code: str
    level: str
    year: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class AccountTold:
    """An account that was noted of a payee."""

    id: int
    holder: str
    #: the last four digits
    account: str
    bank: str
    noted_on: date
    reason: str
    #: register, waiting, approved or rejected
    state: str
    proposal_id: int | None


# --- files ----------------------------------------------------------------------------------------


def file_of(session: Session, claim_id: int, nr: int, *, by: Actor) -> PaymentFile:
    """A payment file of a claim that the actor may look at."""
    rights.allow(by, READ)
    found = session.scalar(
        select(PaymentFile)
        .join(Claim, Claim.id == PaymentFile.claim_id)
        .join(Organisation, Organisation.id == Claim.lender_id)
        .where(PaymentFile.claim_id == claim_id, PaymentFile.nr == nr, seen(by))
    )
    if found is None:
        raise NotFound(field="nr", what="付款文件")
    return found


def lines_of_files(session: Session, claim_id: int) -> dict[int, list[LineTold]]:
    """File -> the budget lines it is paid from."""
    rows = session.execute(
        select(
            PaymentLine.file_id, BudgetLine.document_no, BudgetLine.code, BudgetLine.level,
            BudgetLine.year, PaymentLine.amount_fen,
        )
        .join(BudgetLine, BudgetLine.id == PaymentLine.line_id)
        .join(PaymentFile, PaymentFile.id == PaymentLine.file_id)
        .where(PaymentFile.claim_id == claim_id)
        .order_by(PaymentLine.file_id, BudgetLine.id)
    )  # fmt: skip
    found: dict[int, list[LineTold]] = {}
    for file_id, document_no, code, level, year, fen in rows:
        found.setdefault(file_id, []).append(LineTold(document_no, code, level, year, fen))
    return found


def discarded(session: Session, claim_id: int) -> dict[int, str]:
    """File that was given up -> why."""
    rows = session.execute(
        select(FileDiscard.file_id, FileDiscard.reason)
        .join(PaymentFile, PaymentFile.id == FileDiscard.file_id)
        .where(PaymentFile.claim_id == claim_id)
    )
    return {row[0]: row[1] for row in rows}


def payments(
    session: Session, file: PaymentFile, *, keyring: Keyring, after_nr: int = 0, limit: int = 100
) -> list[PaymentTold]:
    """A page of a file's rows, in order."""
    which = and_(PaymentRow.file_id == file.id, PaymentRow.nr > after_nr)
    return DESK.told(session, which, keyring=keyring, limit=limit)


def returned(session: Session, claim_id: int, *, keyring: Keyring, by: Actor) -> list[ReturnedTold]:
    """What the bank sent back of a claim, and where its correction stands."""
    rights.allow(by, READ)
    later = aliased(PaymentRow)
    which = and_(
        PaymentRow.claim_id == claim_id,
        BankReturnRow.result == "returned",
        ~exists().where(GivenBack.payment_row_id == PaymentRow.id),
        ~exists().where(
            later.claim_id == PaymentRow.claim_id,
            later.payee_kind == PaymentRow.payee_kind,
            later.payee_id == PaymentRow.payee_id,
            later.attempt > PaymentRow.attempt,
        ),
    )
    return [_returned(session, one) for one in DESK.told(session, which, keyring=keyring)]


def _returned(session: Session, one: PaymentTold) -> ReturnedTold:
    tried = session.get_one(PaymentRow, one.id).account_id
    noted = session.execute(
        select(Proposal.id, func.coalesce(Decision.decision, ""))
        .join(PayoutAccount, PayoutAccount.id == Proposal.subject_id)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(
            Proposal.subject_kind == SUBJECT,
            PayoutAccount.payee_kind == one.payee_kind,
            PayoutAccount.payee_id == one.payee_id,
            PayoutAccount.id > tried,
            or_(Decision.decision.is_(None), Decision.decision == "approved"),
        )
        .order_by(Proposal.id)
    ).all()
    asked = session.scalar(
        select(Proposal.id)
        .join(GiveBackAsked, GiveBackAsked.id == Proposal.subject_id)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(
            Proposal.subject_kind == giving_back.SUBJECT,
            GiveBackAsked.payment_row_id == one.id,
            Decision.decision.is_(None),
        )
        .limit(1)
    )
    waiting = [proposal_id for proposal_id, decision in noted if not decision]
    return ReturnedTold(
        one,
        account_waits=waiting[0] if waiting else None,
        corrected=len(waiting) < len(noted),
        give_back_waits=asked,
    )


# --- accounts -------------------------------------------------------------------------------------


def accounts(session: Session, payee: Payee, *, keyring: Keyring, by: Actor) -> list[AccountTold]:
    """Everything noted of a payee, the latest first, with what a second person said."""
    region, institution_id = place_of_payee(session, *payee)
    rights.allow(by, "subsidies.account", region=region, institution_id=institution_id)
    rows = session.execute(
        select(PayoutAccount, Proposal.id, Decision.decision)
        .outerjoin(
            Proposal,
            and_(Proposal.subject_kind == SUBJECT, Proposal.subject_id == PayoutAccount.id),
        )
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(PayoutAccount.payee_kind == payee[0], PayoutAccount.payee_id == payee[1])
        .order_by(PayoutAccount.id.desc())
    )
    return [
        AccountTold(
            account.id, account.holder, mask_account(number_of(account, keyring)), account.bank,
            account.noted_on, account.reason,
            (decision or "waiting") if account.reason else "register", proposal_id,
        )
        for account, proposal_id, decision in rows
    ]  # fmt: skip
