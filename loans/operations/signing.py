"""Signing: the contract is frozen with the terms in force on the signing day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
import policy
from households.family_lines import Held, hold
from households.refusals import FamilyJustChanged
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.dates import add_months
from kernel.money import MONEY_MAX_FEN
from kernel.refusals import Refusal
from loans import booking, mutual, record
from loans.bearing import Lent, bearer_rows, bearers_of, route_of
from loans.dossier.papers import PaperRules
from loans.dossier.requiring import require_papers
from loans.eligibility import Asked, Facts, Share, age_on
from loans.facts import Wanted, gather
from loans.household_caps import cap_taken
from loans.models import Application, ApplicationSheet, Loan, LoanBearer
from loans.operations.applying import (
    applications_of,
    proposal_of,
    shares_of,
    sheet_of,
)
from loans.operations.covering import Signed, caps_at_signing
from loans.operations.dropping import require_kept
from loans.operations.terms_of_day import TermsOfDay
from loans.record import lots
from loans.refusals import AlreadySigned, SheetNotApproved, SheetRefused
from loans.rows_above import CapTaken, RowsAbove
from office import approvals, rights
from policy import ContractTerms, Rulebook

#: a rule passed with a reason that leaves the contract beside the household's credit line
_BESIDE_LINE = frozenset({"line_too_small", "no_credit_line"})


@dataclass(frozen=True, slots=True)
class _Signing:
    """One application with everything its contract is made of."""

    application: Application
    facts: Facts
    terms: ContractTerms
    number: str


def sign_sheet(
    session: Session,
    *,
    sheet_id: int,
    rulebook: Rulebook,
    papers: PaperRules | None = None,
    on: date,
    by: Actor,
) -> list[str]:
    """Sign the contracts of an approved sheet under the terms of this day; their numbers.

    The rules are looked at again as of the signing day: a line drawn in the meantime, a birthday
    or a new policy document counts.
    """
    ledger.require_bookable(session, on)
    sheet = sheet_of(session, sheet_id)
    rights.allow(by, "loans.sign", region=sheet.region_code, institution_id=sheet.lender_id)
    if approvals.decision_of(session, proposal_of(session, sheet_id)) != "approved":
        raise SheetNotApproved(field="sheet_id", sheet=sheet_id)
    require_kept(session, sheet_id)
    applications = applications_of(session, sheet_id)
    for ids in lots(one.id for one in applications):
        if session.scalar(select(Loan.id).where(Loan.application_id.in_(ids)).limit(1)):
            raise AlreadySigned(field="sheet_id", sheet=sheet_id)
    require_papers(session, papers, [one.id for one in applications], "signing")
    signings = _check_again(session, sheet, applications, rulebook=rulebook, on=on)
    # Whoever drops it waits for the same households.
    require_kept(session, sheet_id)
    loan_ids = _insert_loans(session, sheet, signings, rulebook.digest(), on)
    _insert_bearers(session, loan_ids, signings, rulebook, on)
    record.open_positions(
        session,
        list(zip(loan_ids, [signing.terms for signing in signings], strict=True)),
        on=on,
    )
    booking.open_accounts(session, [sheet.lender_id])
    return [signing.number for signing in signings]


def _check_again(
    session: Session,
    sheet: ApplicationSheet,
    applications: Sequence[Application],
    *,
    rulebook: Rulebook,
    on: date,
) -> list[_Signing]:
    terms = TermsOfDay(rulebook, on)
    everything, held = _asked_again(session, sheet, applications)
    above = RowsAbove()
    refused: list[tuple[int, Refusal]] = []
    signings: list[_Signing] = []
    rows = zip(
        everything, gather(session, [wanted for _, wanted, _ in everything], on=on), strict=True
    )
    for place, ((application, _, asked), known) in enumerate(rows, start=1):
        if isinstance(known, list):
            refused += [(place, refusal) for refusal in known]
            continue
        _require_held(held, known)
        facts = above.with_row(asked, known)
        try:
            answers = terms.answers(asked, facts)
        except Refusal as refusal:
            refused.append((place, refusal))
            continue
        passed = application.exceptions.split(",")
        refused += [(place, a.refusal) for a in answers if a.refusal.code not in passed]
        number = f"XD{on.year}{application.id:07d}"
        signings.append(_Signing(application, facts, terms.of(facts), number))
    if refused:
        raise SheetRefused(refused)
    return signings


def _asked_again(
    session: Session, sheet: ApplicationSheet, applications: Sequence[Application]
) -> tuple[list[tuple[Application, Wanted, Asked]], Held]:
    """Each application with who stands behind it and what it asked for.

    Two lenders that sign for one household, or for one family, do it one after the other, so that
    the second counts what the first has agreed.
    """
    shares = shares_of(session, applications)
    own = {one.household_id for one in applications if one.household_id is not None}
    listed = {household_id for rows in shares.values() for household_id, _ in rows}
    held = hold(session, own | listed)
    numbers = held.numbers
    found = []
    for one in applications:
        number = numbers[one.household_id] if one.household_id is not None else ""
        listed_here = tuple((numbers[key], fen) for key, fen in shares.get(one.id, []))
        wanted = Wanted(
            number,
            borrower_id=one.borrower_id,
            organisation_id=one.organisation_id,
            shares=listed_here,
            renews=one.renews,
            fund_id=sheet.lender_id if one.mode == mutual.MODE else None,
            sheet_id=sheet.id,
        )
        found.append((one, wanted, _asked(one, number, listed_here)))
    return found, held


def _require_held(held: Held, facts: Facts) -> None:
    """Nobody has come to share a household's caps while this waited for it."""
    families = [facts.family, *(one.family for one in facts.sharers)]
    for one in families:
        if one is not None and one.others != held.others[one.household_id]:
            raise FamilyJustChanged(field="household")


def _asked(application: Application, number: str, shares: Sequence[tuple[str, int]]) -> Asked:
    return Asked(
        household_number=number,
        amount_fen=application.amount_fen,
        term_months=application.term_months,
        annual_rate_ppm=application.annual_rate_ppm,
        purpose=application.purpose,
        use=application.use,
        method=application.method,
        every_months=application.every_months,
        exception_reason=application.exception_reason,
        mode=application.mode,
        revolving=application.revolving,
        renews=application.renews,
        shares=tuple(Share(household, fen) for household, fen in shares),
    )


def _insert_loans(
    session: Session,
    sheet: ApplicationSheet,
    signings: Sequence[_Signing],
    rulebook_digest: str,
    on: date,
) -> list[int]:
    frozen: dict[int, str] = {}
    rows = []
    covers = caps_at_signing(
        session,
        [Signed(one.terms, one.facts, one.application.amount_fen) for one in signings],
        on=on,
    )
    for signing, cover_cap_fen in zip(signings, covers, strict=True):
        terms = signing.terms
        if id(terms) not in frozen:
            frozen[id(terms)] = json.dumps(policy.freeze(terms), ensure_ascii=False, sort_keys=True)
        row = _loan_row(sheet, signing, frozen[id(terms)], rulebook_digest, on)
        rows.append({**row, "cover_cap_fen": cover_cap_fen})
    try:
        return insert_many(session, Loan, rows)
    except IntegrityError as error:
        # Another clerk signed the sheet a moment ago: an application has one contract.
        raise AlreadySigned(field="sheet_id", sheet=sheet.id) from error


def _loan_row(
    sheet: ApplicationSheet, signing: _Signing, frozen: str, rulebook_digest: str, on: date
) -> dict[str, object]:
    application, facts, terms = signing.application, signing.facts, signing.terms
    day_count = terms.day_count.value
    return {
        "number": signing.number,
        "application_id": application.id,
        "lender_id": sheet.lender_id,
        "mode": application.mode,
        "household_id": application.household_id,
        "borrower_id": application.borrower_id,
        "organisation_id": application.organisation_id,
        "payer_kind": "organisations" if application.organisation_id else "households",
        "payer_id": application.organisation_id or application.household_id,
        "village_code": facts.village_code,
        "household_kind": facts.household_kind,
        "borrower_age_years": (
            None if facts.borrower_born_on is None else age_on(facts.borrower_born_on, on)
        ),
        "signed_on": on,
        "matures_on": add_months(on, application.term_months),
        "amount_fen": application.amount_fen,
        "term_months": application.term_months,
        "annual_rate_ppm": application.annual_rate_ppm,
        "method": application.method,
        "every_months": application.every_months,
        "settle_on_day": (
            terms.settle_on_day.value if application.method == "interest-only" else 0
        ),
        "day_count": day_count,
        "day_base": 365 if day_count == "act/365" else 360,
        "overdue_surcharge_bp": terms.overdue_surcharge_bp.value,
        "allocation_order": ",".join(terms.allocation_order.value),
        "purpose": application.purpose,
        "revolving": application.revolving,
        "renews_id": None if facts.renewed is None else facts.renewed.loan_id,
        "subsidy_route": route_of(terms, organisation=application.organisation_id is not None),
        "uses_line": _uses_line(application, terms),
        "policy": terms.amount_max_fen.document,
        "rulebook_digest": rulebook_digest,
        "terms": frozen,
    }


def _uses_line(application: Application, terms: ContractTerms) -> bool:
    """Draws go on the household's line, unless it was passed over with a reason; an organisation
    that borrows for a list needs none.
    """
    passed = _BESIDE_LINE.intersection(application.exceptions.split(","))
    return terms.rating_required.value and application.household_id is not None and not passed


def _insert_bearers(
    session: Session,
    loan_ids: Sequence[int],
    signings: Sequence[_Signing],
    rulebook: Rulebook,
    on: date,
) -> None:
    households = {key for signing in signings for key in signing.facts.household_ids}
    subsidised = any(bearers_of(signing.terms)[0] for signing in signings)
    # The contracts of this sheet are not drawn on and have no bearers yet: they take nothing.
    # What is renewed ends where its renewal begins.
    old = [one.facts.renewed.loan_id for one in signings if one.facts.renewed is not None]
    taken = CapTaken(
        cap_taken(session, sorted(households), on=on, without=old) if subsidised else {}
    )
    rows = []
    for loan_id, signing in zip(loan_ids, signings, strict=True):
        own = bearer_rows(
            signing.terms,
            _lent(signing, on),
            _parts(signing.facts, taken),
            partial(_reference, signing, rulebook, on),
        )
        rows += [{"loan_id": loan_id, **row} for row in own]
        cap_fen = max((row["cap_fen"] for row in own), default=0)
        for family, fen in signing.facts.parts(signing.application.amount_fen):
            taken.take(family, min(fen, cap_fen))
    if rows:
        session.execute(insert(LoanBearer), rows)


def _lent(signing: _Signing, on: date) -> Lent:
    application = signing.application
    return Lent(
        signed_on=on,
        matures_on=add_months(on, application.term_months),
        annual_rate_ppm=application.annual_rate_ppm,
        organisation=application.organisation_id is not None,
    )


def _reference(signing: _Signing, rulebook: Rulebook, on: date, reference: str) -> int:
    return rulebook.reference_ppm(reference, on, signing.application.term_months, signing.terms)


def _parts(facts: Facts, taken: CapTaken) -> list[tuple[int, int]]:
    """Of each household: the principal that may be subsidised at most, and what its other loans
    take of the cap.
    """
    if facts.household_id is not None:
        return [(MONEY_MAX_FEN, taken.of(facts.household_id, facts.family))]
    return [(one.share_fen, taken.of(one.household_id, one.family)) for one in facts.sharers]
