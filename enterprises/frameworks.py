"""Framework agreements (合作框架协议): what several institutions promise to lend, and have lent.

What counts towards it is what these institutions, branches included, have paid out since the
signing day: of loans used by organisations (分贷统还、统贷统还), and of all loans. Which of the two
the agreement means, its own words say; both are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises.models import FrameworkAgreement, FrameworkInstitution
from enterprises.refusals import (
    EnterpriseDocumentMissing,
    FrameworkIncomplete,
    FrameworkNameTaken,
)
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.refusals import NotFound
from loans.models import Disbursement, Loan, Reversal
from office import rights

COMMAND = "enterprises.framework"
#: largest promise, fen: 10万亿元
AMOUNT_MAX_FEN = 10**15
#: modes in which an organisation uses the money
_USED_BY_ORGANISATIONS = ("entrusted", "pooled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework agreement as it is entered."""

    name: str
    signed_on: date
    #: day after the last
    to_on: date
    amount_fen: int
    document_no: str
    institution_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How far a framework agreement is used."""

    framework_id: int
    institutions: int
    amount_fen: int
    #: paid out of loans that organisations use
    organisations_fen: int
    #: paid out of all loans
    all_fen: int


def sign_framework(session: Session, *, framework: Framework, on: date, by: Actor) -> int:
    """Enter a framework agreement; its number."""
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    _check(framework, on)
    name = framework.name.strip()
    if session.scalar(select(exists().where(FrameworkAgreement.name == name))):
        raise FrameworkNameTaken(field="name", name=name)
    for institution_id in framework.institution_ids:
        organisations.get(session, institution_id)
    row = FrameworkAgreement(
        name=name,
        signed_on=framework.signed_on,
        to_on=framework.to_on,
        amount_fen=framework.amount_fen,
        document_no=framework.document_no.strip(),
        booked_on=on,
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(FrameworkInstitution),
        [
            {"framework_id": row.id, "institution_id": institution_id}
            for institution_id in framework.institution_ids
        ],
    )
    return row.id


def use_of(session: Session, framework_id: int, on: date) -> Use:
    """What was lent under a framework agreement up to and including a day of the books."""
    framework = session.get(FrameworkAgreement, framework_id)
    if framework is None:
        raise NotFound(field="framework_id", what="框架协议")
    signed = select(FrameworkInstitution.institution_id).where(
        FrameworkInstitution.framework_id == framework_id
    )
    institutions = session.scalars(signed).all()
    lenders = frozenset[int]().union(
        *(organisations.subtree_ids(session, one) for one in institutions)
    )
    return Use(
        framework_id=framework_id,
        institutions=len(institutions),
        amount_fen=framework.amount_fen,
        organisations_fen=_lent(session, framework, lenders, on, _USED_BY_ORGANISATIONS),
        all_fen=_lent(session, framework, lenders, on, ()),
    )


def _lent(
    session: Session,
    framework: FrameworkAgreement,
    lenders: frozenset[int],
    on: date,
    modes: Sequence[str],
) -> int:
    """Paid out from the signing day on and not undone by the day, by the books' days."""
    undone = exists().where(
        Reversal.disbursement_id == Disbursement.id, Reversal.booking_date <= on
    )
    query = (
        select(sum_of(Disbursement.amount_fen))
        .join(Loan, Loan.id == Disbursement.loan_id)
        .where(
            Loan.lender_id.in_(sorted(lenders)),
            Disbursement.value_date >= framework.signed_on,
            Disbursement.value_date < framework.to_on,
            Disbursement.booking_date <= on,
            ~undone,
        )
    )
    if modes:
        query = query.where(Loan.mode.in_(modes))
    return session.scalar(query) or 0


def _check(framework: Framework, on: date) -> None:
    ids = framework.institution_ids
    whole = (
        framework.name.strip()
        and ids
        and len(set(ids)) == len(ids)
        and framework.signed_on <= on
        and framework.signed_on < framework.to_on
        and 1 <= framework.amount_fen <= AMOUNT_MAX_FEN
    )
    if not whole:
        raise FrameworkIncomplete(field="name")
    if not framework.document_no.strip():
        raise EnterpriseDocumentMissing(field="document_no")
