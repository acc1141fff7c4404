"""Signing: the contract is frozen with the terms in force on the signing day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
import policy
from households.models import Household
from kernel.actor import Actor
from kernel.database import insert_many
from kernel.dates import add_months
from kernel.money import MONEY_MAX_FEN
from kernel.refusals import Refusal
from loans import booking
from loans.eligibility import Asked, Facts, age_on
from loans.facts import Wanted, gather
from loans.models import FAR, Application, ApplicationSheet, Loan, LoanBearer, Position
from loans.operations.applying import TermsOfDay, applications_of, proposal_of, sheet_of
from loans.record import lots
from loans.refusals import AlreadySigned, BearersOverlap, SheetNotApproved, SheetRefused
from office import approvals, rights
from policy import ContractTerms, Rulebook


@dataclass(frozen=True, slots=True)
class _Signing:
    """One application with everything its contract is made of."""

    application: Application
    facts: Facts
    terms: ContractTerms
    number: str


def sign_sheet(
    session: Session, *, sheet_id: int, rulebook: Rulebook, on: date, by: Actor
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
    applications = applications_of(session, sheet_id)
    for ids in lots(one.id for one in applications):
        if session.scalar(select(Loan.id).where(Loan.application_id.in_(ids)).limit(1)):
            raise AlreadySigned(field="sheet_id", sheet=sheet_id)
    signings = _check_again(session, applications, rulebook=rulebook, on=on)
    loan_ids = _insert_loans(session, sheet, signings, rulebook.digest(), on)
    _insert_bearers(session, loan_ids, signings, on)
    _insert_positions(session, loan_ids, on)
    booking.open_accounts(session, [sheet.lender_id])
    return [signing.number for signing in signings]


def _check_again(
    session: Session, applications: Sequence[Application], *, rulebook: Rulebook, on: date
) -> list[_Signing]:
    terms = TermsOfDay(rulebook, on)
    numbers = _household_numbers(session, [one.household_id for one in applications])
    wanted = [
        Wanted(numbers[one.household_id], borrower_id=one.borrower_id) for one in applications
    ]
    refused: list[tuple[int, Refusal]] = []
    signings: list[_Signing] = []
    rows = zip(applications, gather(session, wanted, on=on), strict=True)
    for place, (application, facts) in enumerate(rows, start=1):
        try:
            if isinstance(facts, Refusal):
                raise facts
            asked = _asked(application, numbers[application.household_id])
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


def _household_numbers(session: Session, household_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for ids in lots(household_ids):
        rows = session.execute(select(Household.id, Household.number).where(Household.id.in_(ids)))
        found.update({row[0]: row[1] for row in rows})
    return found


def _asked(application: Application, number: str) -> Asked:
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
    for signing in signings:
        terms = signing.terms
        if id(terms) not in frozen:
            frozen[id(terms)] = json.dumps(policy.freeze(terms), ensure_ascii=False, sort_keys=True)
        rows.append(_loan_row(sheet, signing, frozen[id(terms)], rulebook_digest, on))
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
        "household_id": application.household_id,
        "borrower_id": application.borrower_id,
        "payer_kind": "households",
        "payer_id": application.household_id,
        "village_code": facts.village_code,
        "household_kind": facts.household_kind,
        "borrower_age_years": age_on(facts.borrower_born_on, on),
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
        "uses_line": terms.rating_required.value,
        "policy": terms.amount_max_fen.document,
        "rulebook_digest": rulebook_digest,
        "terms": frozen,
    }


def _insert_bearers(
    session: Session, loan_ids: Sequence[int], signings: Sequence[_Signing], on: date
) -> None:
    rows = [
        {"loan_id": loan_id, **row}
        for loan_id, signing in zip(loan_ids, signings, strict=True)
        for row in _bearer_rows(signing.terms, on)
    ]
    if rows:
        session.execute(insert(LoanBearer), rows)


def _bearer_rows(terms: ContractTerms, on: date) -> list[dict[str, object]]:
    """The treasury's stretches of days, cut to the contract and to the longest subsidy."""
    last = add_months(on, terms.subsidy_months_max.value)
    rows: list[dict[str, object]] = []
    end = on
    for bearer in terms.interest_bearers.value:
        start = max(on, bearer.arises_from or on)
        until = min(last, bearer.arises_to or FAR)
        if not bearer.share_bp or start >= until:
            continue
        if rows and start < end:
            raise BearersOverlap(field="interest_bearers", clause=terms.interest_bearers.cite)
        end = until
        cap_fen = bearer.principal_cap_fen
        rows.append(
            {
                "from_on": start,
                "to_on": until,
                "share_bp": bearer.share_bp,
                "cap_fen": MONEY_MAX_FEN if cap_fen is None else cap_fen,
                "route": bearer.route,
                "clause": terms.interest_bearers.cite,
            }
        )
    return rows


def _insert_positions(session: Session, loan_ids: Sequence[int], on: date) -> None:
    session.execute(
        insert(Position),
        [
            {
                "loan_id": loan_id,
                "state": "signed",
                "drawn_fen": 0,
                "drawn_on": FAR,
                "interest_settled_to": on,
                "penalty_settled_to": on,
                "plan_version": 0,
                "settle_event_on": FAR,
                "plan_event_on": FAR,
                "share_event_on": FAR,
                "review_on": FAR,
                "next_event_on": FAR,
                "grade": 1,
            }
            for loan_id in loan_ids
        ],
    )
