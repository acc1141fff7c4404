"""From the application to the contract: checked, decided by someone else, signed and frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from households import families
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.money import format_yuan
from kernel.refusals import NotFound, Refusal
from kernel.vault import Keyring
from loans import mutual
from loans.eligibility import Asked, Facts, check_mode
from loans.facts import gather, is_fund, is_open_lender, wanted_by
from loans.models import Application, ApplicationSheet, LoanShare
from loans.operations.terms_of_day import TermsOfDay
from loans.record import lots
from loans.refusals import (
    HouseholdAppliesTwice,
    LenderNotInBusiness,
    LenderUnfitForMode,
    LoanSheetEmpty,
    SheetRefused,
)
from loans.rows_above import RowsAbove
from office import approvals, rights
from policy import Rulebook

SUBJECT = "application_sheets"


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
    check_lender(session, rows, lender_id)
    checked = _checked(session, rows, lender_id, rulebook=rulebook, keyring=keyring, on=on, by=by)
    sheet = ApplicationSheet(
        lender_id=lender_id,
        region_code=common_region([code for one in checked for code in one.places]),
        applied_on=on,
        applications=len(rows),
        total_fen=sum(asked.amount_fen for asked in rows),
        digest=approvals.digest_of([digested(one.row, one.shares) for one in checked]),
    )
    session.add(sheet)
    session.flush()
    _insert(session, sheet.id, checked)
    joint = {one.facts.household_id: one.facts.fund for one in checked}
    groups = {key: fund.group_id for key, fund in joint.items() if key and fund and fund.group_id}
    if groups:
        mutual.agree_jointly(session, sheet.id, groups, on=on)
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


def check_lender(session: Session, rows: Sequence[Asked], lender_id: int) -> None:
    """A village fund lends in its own mode, and nobody else does; its groups are held meanwhile."""
    of_fund = [asked.mode == mutual.MODE for asked in rows]
    if any(is_fund(session, lender_id) != one for one in of_fund):
        raise LenderUnfitForMode(field="mode")
    if any(of_fund):
        mutual.hold_groups(session, lender_id, [asked.household_number for asked in rows])


@dataclass(frozen=True, slots=True)
class _Checked:
    """An application that may be taken in, with the rules passed with a reason."""

    asked: Asked
    facts: Facts
    passed: list[str]

    @property
    def places(self) -> list[str]:
        """Where everybody on it lives."""
        return [self.facts.village_code, *(one.village_code for one in self.facts.sharers)]

    @property
    def shares(self) -> list[tuple[int, int]]:
        """Household and share."""
        return [(one.household_id, one.share_fen) for one in self.facts.sharers]

    @property
    def row(self) -> dict[str, Any]:
        """The application's columns, without its sheet."""
        asked, facts = self.asked, self.facts
        return {
            "mode": asked.mode,
            "household_id": facts.household_id,
            "borrower_id": facts.borrower_id,
            "organisation_id": facts.organisation_id,
            "exposure_fen": facts.exposure_fen,
            "amount_fen": asked.amount_fen,
            "term_months": asked.term_months,
            "annual_rate_ppm": asked.annual_rate_ppm,
            "purpose": asked.purpose,
            "use": asked.use,
            "method": asked.method,
            "every_months": asked.every_months,
            "exception_reason": asked.exception_reason,
            "exceptions": ",".join(self.passed),
            "revolving": asked.revolving,
            "renews": asked.renews,
        }


def _checked(
    session: Session,
    rows: Sequence[Asked],
    lender_id: int,
    *,
    rulebook: Rulebook,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> list[_Checked]:
    """Each application with its facts and the rules passed with a reason; or all refusals."""
    terms = TermsOfDay(rulebook, on)
    refused: list[tuple[int, Refusal]] = []
    checked: list[_Checked] = []
    seen: set[int] = set()
    above = RowsAbove()
    fit: list[tuple[int, Asked]] = []
    for number, asked in enumerate(rows, start=1):
        try:
            check_mode(asked)
            fit.append((number, asked))
        except Refusal as refusal:
            refused.append((number, refusal))
    found = gather(session, [wanted_by(asked, keyring, lender_id) for _, asked in fit], on=on)
    for (number, asked), known in zip(fit, found, strict=True):
        if isinstance(known, list):
            refused += [(number, refusal) for refusal in known]
            continue
        facts = above.with_row(asked, known)
        try:
            for place in {facts.village_code, *(one.village_code for one in facts.sharers)}:
                rights.allow(by, "loans.apply", region=place)
            answers = terms.answers(asked, facts)
        except Refusal as refusal:
            refused.append((number, refusal))
            continue
        refused += [(number, again) for again in _again(asked, facts, seen)]
        passed = [a.refusal.code for a in answers if a.in_principle and asked.exception_reason]
        refused += [(number, a.refusal) for a in answers if a.refusal.code not in passed]
        checked.append(_Checked(asked, facts, list(dict.fromkeys(passed))))
    if refused:
        raise SheetRefused(sorted(refused, key=itemgetter(0)))
    return checked


def _again(asked: Asked, facts: Facts, seen: set[int]) -> Iterator[Refusal]:
    """A household stands once on a sheet, be it as a borrower or on a list."""
    numbers = [asked.household_number] if facts.household_id is not None else []
    numbers += [sharer.number for sharer in facts.sharers]
    for household_id, number in zip(facts.household_ids, numbers, strict=True):
        if household_id in seen:
            field = "household" if facts.household_id is not None else "shares"
            yield HouseholdAppliesTwice(field=field, number=number)
        seen.add(household_id)


def digested(row: Mapping[str, Any], shares: Sequence[tuple[int, int]]) -> dict[str, object]:
    """What the director decides on. What an ordinary application does not have is left out, so
    that the digest of a sheet handed in before such columns existed stays what it was.
    """
    content: dict[str, object] = {name: row[name] for name in _DIGESTED}
    content |= {name: row[name] for name, plain in _UNUSUAL.items() if row[name] != plain}
    if shares:
        content["shares"] = [list(share) for share in sorted(shares)]
    return content


#: columns of every application that are decided on
_DIGESTED = (
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
#: columns that are decided on where they do not say what they ordinarily say
_UNUSUAL: Mapping[str, object] = {
    "mode": "credit",
    "organisation_id": None,
    "exposure_fen": 0,
    "revolving": False,
    "renews": "",
}


def _insert(session: Session, sheet_id: int, checked: Sequence[_Checked]) -> None:
    ids = insert_many(session, Application, [{"sheet_id": sheet_id, **one.row} for one in checked])
    shares = [
        {"application_id": application_id, "household_id": household_id, "share_fen": fen}
        for application_id, one in zip(ids, checked, strict=True)
        for household_id, fen in one.shares
    ]
    if shares:
        session.execute(insert(LoanShare), shares)


def common_region(codes: Sequence[str]) -> str:
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
    shares = shares_of(session, applications)
    columns = (*_DIGESTED, *_UNUSUAL)
    content = [
        digested({name: getattr(one, name) for name in columns}, shares.get(one.id, []))
        for one in applications
    ]
    households = {one.household_id for one in applications if one.household_id is not None}
    households |= {household_id for rows in shares.values() for household_id, _ in rows}
    if any(one.mode == mutual.MODE for one in applications):
        households |= mutual.signers_of(session, sheet)
    approvals.decide(
        session,
        proposal_id=proposal_of(session, sheet_id),
        digest=approvals.digest_of(content),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own_index(session, by, sorted(households)),
    )


def own_index(session: Session, by: Actor, household_ids: Sequence[int]) -> set[bytes]:
    """The decider's own identity index if one of the households is of the decider's family."""
    return families.own_index(session, by.identity_index, household_ids)


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


def shares_of(
    session: Session, applications: Sequence[Application]
) -> dict[int, list[tuple[int, int]]]:
    """The lists of organisations' applications: household and share, by application."""
    found: dict[int, list[tuple[int, int]]] = {}
    for ids in lots(one.id for one in applications if one.household_id is None):
        rows = session.execute(
            select(LoanShare.application_id, LoanShare.household_id, LoanShare.share_fen)
            .where(LoanShare.application_id.in_(ids))
            .order_by(LoanShare.application_id, LoanShare.household_id)
        )
        for application_id, household_id, share_fen in rows:
            found.setdefault(application_id, []).append((household_id, share_fen))
    return found


def proposal_of(session: Session, sheet_id: int) -> int:
    """The proposal that a sheet was put before the director with."""
    return approvals.proposal_of(session, SUBJECT, sheet_id).id
