"""From the application to the contract: checked, decided by someone else, signed and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from households.models import Person
from kernel.actor import Actor
from kernel.money import format_yuan
from kernel.refusals import NotFound, Refusal
from kernel.vault import Keyring
from loans.eligibility import Answer, Asked, Facts, broken_rules
from loans.facts import gather, is_open_lender, wanted_by
from loans.models import Application, ApplicationSheet
from loans.record import lots
from loans.refusals import (
    HouseholdAppliesTwice,
    LenderNotInBusiness,
    LoanSheetEmpty,
    SheetRefused,
)
from office import approvals, rights
from office.models import Proposal
from policy import ContractTerms, Rulebook

SUBJECT = "application_sheets"


class TermsOfDay:
    """Terms of a day, looked up once per village and kind."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self._rulebook = rulebook
        self._on = on
        self._known: dict[tuple[str, str], ContractTerms] = {}

    def of(self, facts: Facts) -> ContractTerms:
        """The contract terms that a household stands under."""
        key = (facts.village_code, facts.household_kind)
        if key not in self._known:
            self._known[key] = self._rulebook.terms_for(
                on=self._on, region=facts.village_code, household_kind=facts.household_kind
            )
        return self._known[key]

    def answers(self, asked: Asked, facts: Facts) -> list[Answer]:
        """Every rule that an application breaks."""
        terms = self.of(facts)
        # A term beyond the longest is told as such, and its rate held to the last band.
        months = min(max(1, asked.term_months), terms.term_max_months.value)
        cap = self._rulebook.rate_cap_ppm(self._on, months, terms)
        return broken_rules(asked, facts, terms, cap, on=self._on)


def apply_sheet(
    session: Session,
    *,
    lender_id: int,
    rows: Sequence[Asked],
    rulebook: Rulebook,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> int:
    """Take in one or more applications and put them before the director; the sheet's id.

    Raises ``SheetRefused`` with every row that breaks a rule; then nothing is taken in.
    """
    ledger.require_bookable(session, on)
    rights.allow(by, "loans.apply", institution_id=lender_id)
    if not rows:
        raise LoanSheetEmpty
    if not is_open_lender(session, lender_id, on):
        raise LenderNotInBusiness(field="lender_id", lender=lender_id)
    checked = _checked(session, rows, rulebook=rulebook, keyring=keyring, on=on, by=by)
    content = [_content(asked, facts, passed) for asked, facts, passed in checked]
    sheet = ApplicationSheet(
        lender_id=lender_id,
        region_code=_common_region([facts.village_code for _, facts, _ in checked]),
        applied_on=on,
        applications=len(rows),
        total_fen=sum(asked.amount_fen for asked in rows),
        digest=approvals.digest_of(content),
    )
    session.add(sheet)
    session.flush()
    session.execute(insert(Application), [{"sheet_id": sheet.id, **row} for row in content])
    approvals.propose(
        session,
        command="loans.approve",
        subject_kind=SUBJECT,
        subject_id=sheet.id,
        digest=sheet.digest,
        summary=f"贷款申请{sheet.applications}笔，合计{format_yuan(sheet.total_fen)}元",
        region_code=sheet.region_code,
        institution_id=lender_id,
        on=on,
        by=by,
    )
    return sheet.id


def _checked(
    session: Session,
    rows: Sequence[Asked],
    *,
    rulebook: Rulebook,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> list[tuple[Asked, Facts, list[str]]]:
    """Each application with its facts and the rules passed with a reason; or all refusals."""
    terms = TermsOfDay(rulebook, on)
    refused: list[tuple[int, Refusal]] = []
    checked: list[tuple[Asked, Facts, list[str]]] = []
    seen: set[int] = set()
    found = gather(session, [wanted_by(asked, keyring) for asked in rows], on=on)
    for number, (asked, facts) in enumerate(zip(rows, found, strict=True), start=1):
        try:
            if isinstance(facts, Refusal):
                raise facts
            rights.allow(by, "loans.apply", region=facts.village_code)
            if facts.household_id in seen:
                raise HouseholdAppliesTwice(field="household", number=asked.household_number)
            seen.add(facts.household_id)
            answers = terms.answers(asked, facts)
        except Refusal as refusal:
            refused.append((number, refusal))
            continue
        passed = [a.refusal.code for a in answers if a.in_principle and asked.exception_reason]
        refused += [(number, a.refusal) for a in answers if a.refusal.code not in passed]
        checked.append((asked, facts, passed))
    if refused:
        raise SheetRefused(refused)
    return checked


def _content(asked: Asked, facts: Facts, passed: list[str]) -> dict[str, object]:
    return {
        "household_id": facts.household_id,
        "borrower_id": facts.borrower_id,
        "amount_fen": asked.amount_fen,
        "term_months": asked.term_months,
        "annual_rate_ppm": asked.annual_rate_ppm,
        "purpose": asked.purpose,
        "use": asked.use,
        "method": asked.method,
        "every_months": asked.every_months,
        "exception_reason": asked.exception_reason,
        "exceptions": ",".join(passed),
    }


def _common_region(codes: Sequence[str]) -> str:
    """The smallest region that holds all of these villages."""
    for digits in (12, 9, 6, 4, 2):
        heads = {code[:digits] for code in codes}
        if len(heads) == 1:
            return heads.pop().ljust(12, "0")
    return "0" * 12


def decide_sheet(
    session: Session,
    *,
    sheet_id: int,
    approved: bool,
    on: date,
    by: Actor,
    reason: str = "",
) -> None:
    """Approve or reject a sheet, as somebody other than who handed it in."""
    sheet = sheet_of(session, sheet_id)
    applications = applications_of(session, sheet_id)
    if any(one.exceptions for one in applications):
        rights.allow(by, "loans.except", region=sheet.region_code, institution_id=sheet.lender_id)
    content = [{name: getattr(one, name) for name in _CONTENT_COLUMNS} for one in applications]
    approvals.decide(
        session,
        proposal_id=proposal_of(session, sheet_id),
        digest=approvals.digest_of(content),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=_own_index(session, by, [one.household_id for one in applications]),
    )


_CONTENT_COLUMNS = (
    "household_id",
    "borrower_id",
    "amount_fen",
    "term_months",
    "annual_rate_ppm",
    "purpose",
    "use",
    "method",
    "every_months",
    "exception_reason",
    "exceptions",
)


def _own_index(session: Session, by: Actor, household_ids: Sequence[int]) -> set[bytes]:
    """The decider's own identity index if it is found among the households' people."""
    if by.identity_index is None:
        return set()
    for ids in lots(household_ids):
        own = session.scalar(
            select(Person.id).where(
                Person.household_id.in_(ids), Person.identity_index == by.identity_index
            )
        )
        if own is not None:
            return {by.identity_index}
    return set()


def sheet_of(session: Session, sheet_id: int) -> ApplicationSheet:
    """A sheet by its number."""
    sheet = session.get(ApplicationSheet, sheet_id)
    if sheet is None:
        raise NotFound(field="sheet_id", what="申请清单")
    return sheet


def applications_of(session: Session, sheet_id: int) -> Sequence[Application]:
    """The applications of a sheet, in its order."""
    return session.scalars(
        select(Application).where(Application.sheet_id == sheet_id).order_by(Application.id)
    ).all()


def proposal_of(session: Session, sheet_id: int) -> int:
    """The proposal that a sheet was put before the director with."""
    return session.scalars(
        select(Proposal.id).where(Proposal.subject_kind == SUBJECT, Proposal.subject_id == sheet_id)
    ).one()
