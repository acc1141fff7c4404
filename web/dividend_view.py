"""What pages and API tell of a round of dividends: where it stands, who may do what, its money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from enterprises.dividends import lifecycle, reading
from enterprises.dividends.declaring import term_of
from enterprises.dividends.expected import expected_fen
from enterprises.dividends.funding import free
from enterprises.dividends.reading import RoundPage
from enterprises.dividends.steps import agreement_of, allow, makers, round_of
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendFile,
    DividendFileDiscard,
    DividendReturn,
    DividendRound,
)
from enterprises.payment.owed import unpaid
from enterprises.terms import Term
from households import Household
from kernel.actor import Actor
from kernel.identity import mask_account
from kernel.refusals import NotFound
from kernel.regions import within
from kernel.vault import Keyring
from office import payouts, rights
from office.models import PayoutAccount
from office.models import Person as Staff
from office.payouts import HOUSEHOLDS
from office.refusals import NotEntitled
from policy import ConductRules
from web import scope
from web.context import house
from web.enterprise_view import READ, words_of

STATES: Final[Mapping[str, str]] = {state: zh for state, (zh, _en) in lifecycle.TITLES.items()}
#: what rows are narrowed to -> title
ONLY: Final = {
    "unpaid": "未付的",
    "returned": "银行退票的",
    "paid": "已付的",
    "released": "退回专户的",
}
#: states in which a household may still be owed
_OWING: Final = frozenset(
    {lifecycle.APPROVED, lifecycle.FILED, lifecycle.SENT, lifecycle.PART_PAID}
)


@dataclass(frozen=True, slots=True)
class FileShown:
    """A payment file and what became of it."""

    file: DividendFile
    answer: DividendReturn | None
    #: why it was given up; empty: it was not
    discarded: str


@dataclass(frozen=True, slots=True)
class ReturnedTold:
    """A household whose payment the bank sent back, and what was done about it."""

    household_id: int
    household_number: str
    holder: str
    #: the last four digits
    account: str
    bank: str
    amount_fen: int
    attempts: int
    reason: str
    #: another account holds by now
    corrected: bool
    #: proposal of another account that waits
    waits: int | None


@dataclass(frozen=True, slots=True)
class RoundShown:
    """A round as page and API show it."""

    page: RoundPage
    round: DividendRound
    agreement: Agreement
    term: Term
    #: what the terms promise at least: as it was declared, else as of today
    expected_fen: int
    #: what the enterprise's pool holds and nobody has spoken for
    free_fen: int
    #: steps that the visitor may take now, as ``lifecycle.MOVES`` names them
    moves: list[str]
    #: names of those who took the steps
    names: Mapping[int, str]
    files: list[FileShown]
    returned: list[ReturnedTold]
    #: days that the list hangs in the village
    notice_days: int
    #: the enterprise has yet to be settled with for the period it paid in advance
    may_settle: bool

    @property
    def declared(self) -> DividendDeclaration | None:
        """The version that counts."""
        version = self.page.told.version
        return next((one for one in self.page.declarations if one.version == version), None)


def shown(session: Session, round_id: int, on: date, *, by: Actor, keyring: Keyring) -> RoundShown:
    """One round."""
    seen(session, round_id, by)
    page = reading.round_page(session, round_id, by=by)
    found, agreement = round_of(session, round_id), agreement_of(session, round_id)
    return RoundShown(
        page=page,
        round=found,
        agreement=agreement,
        term=term_of(session, agreement, found.nr),
        expected_fen=_floors(session, page, found, agreement),
        free_fen=free(session, agreement.organisation_id),
        moves=moves(session, page, agreement, by),
        names=names_of(session, page),
        files=_files(session, page),
        returned=_returned(session, page, by, keyring),
        notice_days=conduct(on, agreement.region_code).dividend_notice_days.value,
        may_settle=_may_settle(session, page, found, agreement, on, by),
    )


def _floors(session: Session, page: RoundPage, found: DividendRound, agreement: Agreement) -> int:
    """What was declared stays, whoever leaves a prepaid period since."""
    if page.told.state in lifecycle.UNDECLARED:
        return expected_fen(session, found, agreement)
    (declared,) = (one for one in page.declarations if one.version == page.told.version)
    return declared.floors_fen


def seen(session: Session, round_id: int, by: Actor) -> Agreement:
    """The agreement of a round of the visitor's county; any other round is not found."""
    rights.allow(by, READ)
    agreement = agreement_of(session, round_id)
    if not within(agreement.region_code, scope.own_digits(session, by)[:6]):
        raise NotFound(field="round_id", what="分红期次")
    return agreement


def conduct(on: date, region_code: str) -> ConductRules:
    """The conduct rules of a day."""
    return house().rulebook.conduct(on=on, region=region_code)


def moves(session: Session, page: RoundPage, agreement: Agreement, by: Actor) -> list[str]:
    """The steps that somebody may take of a round now."""
    told = page.told
    kept = told.version > 0 and told.cash_fen == 0
    # a release is decided as a proposal
    skipped = {"approve" if kept else "approve_kept", "release"}
    if told.cash_fen == 0:
        skipped |= {"file"}
    return [
        name
        for name, move in lifecycle.MOVES.items()
        if told.state in move.comes_from
        and name not in skipped
        and by.person_id not in makers(page.steps, move.other_than)
        and _may(session, move.command, agreement, by)
    ]


def _may(session: Session, command: str, agreement: Agreement, by: Actor) -> bool:
    if not rights.may(by, command):
        return False
    try:
        allow(session, command, agreement, by)
    except NotEntitled:
        return False
    return True


def _may_settle(
    session: Session,
    page: RoundPage,
    found: DividendRound,
    agreement: Agreement,
    on: date,
    by: Actor,
) -> bool:
    later = session.scalar(
        select(DividendRound.id).where(
            DividendRound.agreement_id == agreement.id,
            DividendRound.nr == found.nr,
            DividendRound.revision > found.revision,
        )
    )
    over = agreement.in_advance and on >= found.counted_to and later is None
    settled = page.told.state in lifecycle.SETTLED
    return over and settled and _may(session, "enterprises.declare", agreement, by)


def names_of(session: Session, page: RoundPage) -> dict[int, str]:
    """Who took the steps of a round."""
    ids = {step.by_person for step in page.steps}
    return {
        row[0]: row[1]
        for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    }


def _files(session: Session, page: RoundPage) -> list[FileShown]:
    answers = {one.file_id: one for one in page.returns}
    found = []
    for file in page.files:
        discard = session.get(DividendFileDiscard, file.id)
        found.append(FileShown(file, answers.get(file.id), discard.reason if discard else ""))
    return found


def _returned(session: Session, page: RoundPage, by: Actor, keyring: Keyring) -> list[ReturnedTold]:
    """Households of the visitor's region whose last payment came back and was not made good."""
    if page.told.state not in _OWING:
        return []
    back = [one for one in unpaid(session, page.told.id) if one.last_reason]
    ids = [one.payee[1] for one in back]
    numbers = {
        row.id: row
        for row in session.execute(
            select(Household.id, Household.number, Household.village_code).where(
                Household.id.in_(ids)
            )
        )
    }
    found = []
    for one in back:
        household = numbers[one.payee[1]]
        if not within(household.village_code, by.region_scope):
            continue
        tried = session.get_one(PayoutAccount, one.last_account_id)
        corrected, waits = _corrected(session, household.id, tried.id)
        found.append(
            ReturnedTold(
                household.id, household.number, tried.holder,
                mask_account(payouts.number_of(tried, keyring)), tried.bank, one.amount_fen,
                one.attempts, one.last_reason or "", corrected, waits,
            )
        )  # fmt: skip
    return found


def _corrected(session: Session, household_id: int, tried_id: int) -> tuple[bool, int | None]:
    """Whether another account holds than the one that was tried, and the proposal of one."""
    noted = payouts.noted_of(session, (HOUSEHOLDS, household_id))
    words = words_of(session, payouts.SUBJECT, [one.id for one in noted if one.id > tried_id])
    waits = [word.proposal_id for word in words.values() if word.state == "waiting"]
    return any(word.state == "approved" for word in words.values()), waits[-1] if waits else None
