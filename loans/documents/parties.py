"""Who stands on a paper, and what every paper says of its loan.

A paper names both parties: the lender, and the member of the household who signed (or, where an
organisation borrows for a list of households, the organisation with its list). An organisation that
uses the money and repays it stands beside the household. The identity number is masked unless the
paper needs the whole one, which takes the right to print it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import organisations
from households import queries as register
from households.card import identity_of
from households.models import Household, Person
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.identity import mask_identity
from kernel.regions import RegionTree
from kernel.vault import Keyring
from loans.dossier.standing import borrower_id
from loans.eligibility import MODES
from loans.forms import METHOD_TITLES
from loans.models import Loan, LoanShare
from loans.queries import LoanLine, line_of
from office import rights

#: the right to see, and to print, a whole identity number
COMMAND: Final = "loans.print"
#: the county part of invented people's numbers, which was never given to anyone
INVENTED: Final = "431099"
MODE_TITLES: Final = MODES


@dataclass(frozen=True, slots=True)
class Desk:
    """At hand when a paper is made out: the books, their open day, and who asks."""

    session: Session
    keyring: Keyring
    regions: RegionTree
    calendar: HolidayTable
    on: date
    by: Actor


@dataclass(frozen=True, slots=True)
class Member:
    """The member of a household who signed."""

    name: str
    #: masked, or whole where the paper needs it
    identity: str
    #: an invented person of a demonstration
    invented: bool
    #: relation to the head; 户主 for the head
    relation: str
    head: str
    household_number: str
    village: str


@dataclass(frozen=True, slots=True)
class Firm:
    """A legal person."""

    name: str
    credit_code: str


@dataclass(frozen=True, slots=True)
class Share:
    """A household's share of what an organisation borrowed for a list."""

    household_number: str
    head: str
    share_fen: int


@dataclass(frozen=True, slots=True)
class Parties:
    """Who the paper is between."""

    mode: str
    mode_title: str
    lender: Firm
    #: None where an organisation borrows
    member: Member | None
    #: uses the money and repays it; borrows where there is no member
    organisation: Firm | None
    shares: tuple[Share, ...]

    @property
    def borrower(self) -> str:
        """Who owes."""
        if self.member is not None:
            return self.member.name
        assert self.organisation is not None
        return self.organisation.name


@dataclass(frozen=True, slots=True)
class Agreed:
    """What every paper says of its loan."""

    number: str
    signed_on: date
    matures_on: date
    term_months: int
    amount_fen: int
    annual_rate_ppm: int
    purpose: str
    method: str
    method_title: str


def find(desk: Desk, number: str) -> tuple[LoanLine, Loan]:
    """A loan of the actor's scope; unknown outside it."""
    line = line_of(desk.session, number=number, by=desk.by, open_day=desk.on)
    return line, desk.session.get_one(Loan, line.id)


def agreed(loan: Loan) -> Agreed:
    """The loan as it was signed."""
    return Agreed(
        number=loan.number,
        signed_on=loan.signed_on,
        matures_on=loan.matures_on,
        term_months=loan.term_months,
        amount_fen=loan.amount_fen,
        annual_rate_ppm=loan.annual_rate_ppm,
        purpose=loan.purpose,
        method=loan.method,
        method_title=METHOD_TITLES[loan.method],
    )


def parties(desk: Desk, loan: Loan, *, whole: bool = False) -> Parties:
    """Both parties. ``whole``: as they signed, with the whole identity number, for who may print
    it; else as they stand now, who answers for the loan after a change of borrower included.
    """
    if whole:
        rights.allow(desk.by, COMMAND, region=loan.village_code, institution_id=loan.lender_id)
    return Parties(
        mode=loan.mode,
        mode_title=MODE_TITLES[loan.mode],
        lender=_firm(desk.session, loan.lender_id),
        member=None if loan.borrower_id is None else _member(desk, loan, whole=whole),
        organisation=(
            None if loan.organisation_id is None else _firm(desk.session, loan.organisation_id)
        ),
        shares=_shares(desk, loan),
    )


def _firm(session: Session, organisation_id: int) -> Firm:
    found = organisations.get(session, organisation_id)
    return Firm(found.name, found.credit_code)


def _member(desk: Desk, loan: Loan, *, whole: bool) -> Member:
    now = select(borrower_id()).where(Loan.id == loan.id)
    person = desk.session.get_one(
        Person, loan.borrower_id if whole else desk.session.scalars(now).one()
    )
    household = desk.session.get_one(Household, loan.household_id)
    number = identity_of(person, desk.keyring)
    return Member(
        name=person.name,
        identity=number if whole else mask_identity(number),
        invented=number.startswith(INVENTED),
        relation=person.relation,
        head=register.head(desk.session, household.id, on=loan.signed_on).name,
        household_number=household.number,
        village=_village(desk.regions, loan.village_code),
    )


def _village(regions: RegionTree, code: str) -> str:
    """County, township and village."""
    return regions.full_name(code) if code in regions else code


def _shares(desk: Desk, loan: Loan) -> tuple[Share, ...]:
    rows = desk.session.execute(
        select(Household.number, Person.name, LoanShare.share_fen)
        .join(LoanShare, LoanShare.household_id == Household.id)
        .join(Person, Person.household_id == Household.id)
        .where(
            LoanShare.application_id == loan.application_id,
            Person.is_head,
            register.is_present(loan.signed_on),
        )
        .order_by(Household.number)
    )
    return tuple(Share(*row) for row in rows)
