"""What the house knows of households that ask for loans, for a whole sheet in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, and_, case, or_, select
from sqlalchemy.orm import Session

from credit.models import CreditLine
from households.models import Household, HouseholdStatus, Person, Status
from kernel.database import sum_of
from kernel.refusals import Refusal
from kernel.vault import Keyring
from loans.balances import principal_out
from loans.eligibility import Asked, Facts
from loans.models import Loan, Position
from loans.record import LOT
from loans.refusals import BorrowerNotMember, HouseholdNotRegistered
from organisations.models import Kind, Organisation

#: what the register calls a household -> what the policy calls it
POLICY_KIND = {
    Status.REGISTERED: "registered",
    Status.FALLEN_BACK: "fallen_back",
    Status.LIFTED: "lifted",
    Status.MONITORED: "monitored",
    Status.NEEDS_HELP: "needs_help",
}


@dataclass(frozen=True, slots=True)
class _Household:
    id: int
    village_code: str
    status: str | None
    exposure_fen: int
    line_available_fen: int | None


def is_open_lender(session: Session, lender_id: int, on: date) -> bool:
    """Whether an organisation lends, and is in business on a day."""
    found = session.get(Organisation, lender_id)
    return (
        found is not None
        and found.kind in {Kind.LENDER, Kind.VILLAGE_FUND}
        and found.opened_on <= on
        and (found.closed_on is None or on < found.closed_on)
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks: a household by its number, and the member by identity, by id, or the head."""

    household_number: str
    identity_index: bytes | None = None
    borrower_id: int | None = None


def wanted_by(asked: Asked, keyring: Keyring) -> Wanted:
    """Who stands behind an application as it was handed in."""
    identity = asked.borrower_identity
    index = keyring.blind_index(identity, kind="identity") if identity else None
    return Wanted(asked.household_number, index)


def gather(session: Session, wanted: Sequence[Wanted], *, on: date) -> list[Facts | Refusal]:
    """Facts for each, or the refusal where there are none."""
    numbers = sorted({one.household_number for one in wanted})
    households: dict[str, _Household] = {}
    for start in range(0, len(numbers), LOT):
        households |= _households(session, numbers[start : start + LOT], on)
    people = _people(session, sorted(found.id for found in households.values()), on)
    return [_facts(one, households, people) for one in wanted]


def _facts(
    wanted: Wanted, households: dict[str, _Household], people: dict[int, list[Person]]
) -> Facts | Refusal:
    number = wanted.household_number
    household = households.get(number)
    if household is None or household.status in {None, Status.REMOVED}:
        return HouseholdNotRegistered(field="household", number=number)
    members = people.get(household.id, [])
    borrower = next((one for one in members if _is_borrower(one, wanted)), None)
    if borrower is None:
        return BorrowerNotMember(field="borrower", number=number)
    return Facts(
        household_id=household.id,
        village_code=household.village_code,
        household_kind=POLICY_KIND[Status(household.status or "")],
        borrower_id=borrower.id,
        borrower_born_on=borrower.born_on,
        exposure_fen=household.exposure_fen,
        line_available_fen=household.line_available_fen,
    )


def _is_borrower(member: Person, wanted: Wanted) -> bool:
    if wanted.borrower_id is not None:
        return member.id == wanted.borrower_id
    if wanted.identity_index is not None:
        return member.identity_index == wanted.identity_index
    return member.is_head


def _households(session: Session, numbers: Sequence[str], on: date) -> dict[str, _Household]:
    rows = session.execute(
        select(
            Household.number,
            Household.id,
            Household.village_code,
            _status_on(on),
            _exposure(on),
            CreditLine.limit_fen - CreditLine.used_fen,
        )
        .outerjoin(
            CreditLine,
            and_(
                CreditLine.household_id == Household.id,
                CreditLine.valid_from <= on,
                CreditLine.valid_to > on,
                CreditLine.limit_fen > 0,
            ),
        )
        .where(Household.number.in_(numbers))
    )
    return {row[0]: _Household(*row[1:]) for row in rows}


def _status_on(on: date) -> ScalarSelect[str]:
    return (
        select(HouseholdStatus.status)
        .where(HouseholdStatus.household_id == Household.id, HouseholdStatus.from_on <= on)
        .order_by(HouseholdStatus.from_on.desc(), HouseholdStatus.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


def _exposure(on: date) -> ScalarSelect[int]:
    """Principal out, and agreed and still to be drawn before maturity, at every lender."""
    undrawn = case((Loan.matures_on > on, Loan.amount_fen - Position.drawn_fen), else_=0)
    return (
        select(sum_of(principal_out(Loan.id) + undrawn))
        .join(Position, Position.loan_id == Loan.id)
        .where(
            Loan.household_id == Household.id,
            or_(Position.state == "signed", Position.state == "active"),
        )
        .correlate(Household)
        .scalar_subquery()
    )


def _people(session: Session, household_ids: Sequence[int], on: date) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {}
    for start in range(0, len(household_ids), LOT):
        rows = session.scalars(
            select(Person).where(
                Person.household_id.in_(household_ids[start : start + LOT]),
                Person.joined_on <= on,
                or_(Person.left_on.is_(None), Person.left_on > on),
            )
        )
        for person in rows:
            found.setdefault(person.household_id, []).append(person)
    return found
