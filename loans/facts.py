"""What the house knows of households that ask for loans, for a whole sheet in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

import ledger
from credit.models import CreditLine
from credit.queries import others_used
from households.family_lines import others_sharing
from households.models import Household, Person, Status
from households.models.families import FamilyLine
from households.standing import last_status
from kernel.refusals import Refusal
from kernel.regions import scope_digits, within
from kernel.vault import Keyring
from loans import mutual
from loans.eligibility import Asked, Facts, Sharer
from loans.families import Family
from loans.household_caps import exposure, held_shares
from loans.record import lots
from loans.refusals import (
    BorrowerNotMember,
    HouseholdNotRegistered,
    PayerUnfit,
    PayerUnknown,
)
from loans.renewals import Renewed, own_loan, renewed_of
from loans.shares import kind_of_list
from organisations.models import Kind, Organisation

#: what the register calls a household -> what the policy calls it
POLICY_KIND = {
    Status.REGISTERED: "registered",
    Status.FALLEN_BACK: "fallen_back",
    Status.LIFTED: "lifted",
    Status.MONITORED: "monitored",
    Status.NEEDS_HELP: "needs_help",
}
#: of no programme, and yet of a village
GENERAL = "general"
#: kinds of organisations that may use the money of loans and repay them
_USERS = frozenset({Kind.ENTERPRISE, Kind.CO_OPERATIVE})


@dataclass(frozen=True, slots=True)
class _Household:
    number: str
    id: int
    village_code: str
    status: str | None
    exposure_fen: int
    held_shares_fen: int
    line_available_fen: int | None
    cap_id: int
    others: int

    @property
    def family(self) -> Family:
        """What it shares its caps by."""
        return Family(self.id, self.cap_id, self.others)

    @property
    def is_registered(self) -> bool:
        """Ever registered, neither removed nor gone."""
        return self.status not in {None, Status.REMOVED, Status.CLOSED}

    @property
    def kind(self) -> str:
        """What the policy calls it; one that was never registered comes to a village fund alone."""
        return POLICY_KIND[Status(self.status or "")] if self.is_registered else GENERAL


def is_open_lender(session: Session, lender_id: int, on: date) -> bool:
    """Whether an organisation lends, and is in business on a day."""
    found = session.get(Organisation, lender_id)
    return (
        found is not None
        and found.kind in {Kind.LENDER, Kind.VILLAGE_FUND}
        and found.opened_on <= on
        and (found.closed_on is None or on < found.closed_on)
    )


def is_fund(session: Session, lender_id: int) -> bool:
    """Whether a lender is a village's fund."""
    found = session.get(Organisation, lender_id)
    return found is not None and found.kind == Kind.VILLAGE_FUND


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks: a household by its number, and the member by identity, by id, or the head; who
    uses the money, by credit code or id; or an organisation, for households with their shares.
    """

    household_number: str
    identity_index: bytes | None = None
    borrower_id: int | None = None
    organisation_code: str = ""
    organisation_id: int | None = None
    #: household number and share, fen
    shares: tuple[tuple[str, int], ...] = ()
    #: number of the contract to be renewed, and the lender asked
    renews: str = ""
    lender_id: int | None = None
    #: the village fund asked (互助式)
    fund_id: int | None = None
    #: the sheet it stands on already
    sheet_id: int | None = None

    @property
    def numbers(self) -> list[str]:
        """Every household on it."""
        own = [self.household_number] if self.household_number else []
        return own + [number for number, _ in self.shares]


def wanted_by(asked: Asked, keyring: Keyring, lender_id: int) -> Wanted:
    """Who stands behind an application as it was handed in."""
    identity = asked.borrower_identity
    return Wanted(
        asked.household_number,
        keyring.blind_index(identity, kind="identity") if identity else None,
        organisation_code=asked.organisation_code,
        shares=tuple((share.household_number, share.share_fen) for share in asked.shares),
        renews=asked.renews,
        lender_id=lender_id,
        fund_id=lender_id if asked.mode == mutual.MODE else None,
    )


#: facts, or every refusal where there are none
Found = Facts | list[Refusal]


def gather(session: Session, wanted: Sequence[Wanted], *, on: date) -> list[Found]:
    """Facts for each, or the refusals where there are none."""
    households: dict[str, _Household] = {}
    for numbers in lots(number for one in wanted for number in one.numbers):
        households |= _households(session, numbers, on)
    borrowing = {one.household_number for one in wanted}
    ids = sorted(found.id for found in households.values() if found.number in borrowing)
    people = _people(session, ids, on)
    users = _organisations(session, wanted)
    old = renewed_of(session, [one.renews for one in wanted if one.renews], on=on)
    found: list[Found] = []
    for one in wanted:
        try:
            user = _user(one, users, on)
        except Refusal as refusal:
            found.append([refusal])
            continue
        if one.shares:
            assert user is not None
            found.append(_list_facts(session, one, user, households))
        else:
            found.append(_facts(one, user, households, people))
        if one.renews:
            found[-1] = _without_old(found[-1], one, old.get(one.renews))
    return _with_fund(session, wanted, found, on)


def _with_fund(
    session: Session, wanted: Sequence[Wanted], found: list[Found], on: date
) -> list[Found]:
    """The same with what is known of the village fund that is asked; a sheet asks one lender.

    What a fund lends is no programme loan: neither in the household's total nor bound by it.
    """
    asked = next((one for one in wanted if one.fund_id is not None), None)
    if asked is None or asked.fund_id is None:
        return found
    ids = [
        one.household_id
        for one in found
        if not isinstance(one, list) and one.household_id is not None
    ]
    known = mutual.facts_of(session, asked.fund_id, ids, on=on, sheet_id=asked.sheet_id)
    return [
        one
        if isinstance(one, list) or one.household_id is None
        else replace(one, exposure_fen=0, held_shares_fen=0, fund=known[one.household_id])
        for one in found
    ]


def _without_old(found: Found, wanted: Wanted, old: Renewed | None) -> Found:
    """Exposure and line as they are without the contract to be renewed."""
    if isinstance(found, list):
        return found
    try:
        old = own_loan(
            wanted.renews,
            old,
            household_id=found.household_id,
            organisation_id=found.organisation_id,
            lender_id=wanted.lender_id,
        )
    except Refusal as refusal:
        return [refusal]
    left_fen = found.line_available_fen
    return replace(
        found,
        exposure_fen=found.exposure_fen - old.committed_fen,
        line_available_fen=(
            left_fen + old.outstanding_fen if left_fen is not None and old.uses_line else left_fen
        ),
        renewed=old,
    )


def _facts(
    wanted: Wanted,
    user: Organisation | None,
    households: dict[str, _Household],
    people: dict[int, list[Person]],
) -> Found:
    number = wanted.household_number
    household = households.get(number)
    of_fund = wanted.fund_id is not None
    if household is None or not (household.is_registered or of_fund):
        return [HouseholdNotRegistered(field="household", number=number)]
    members = people.get(household.id, [])
    borrower = next((one for one in members if _is_borrower(one, wanted)), None)
    if borrower is None:
        return [BorrowerNotMember(field="borrower", number=number)]
    return Facts(
        household_id=household.id,
        village_code=household.village_code,
        household_kind=household.kind,
        borrower_id=borrower.id,
        borrower_born_on=borrower.born_on,
        exposure_fen=household.exposure_fen,
        held_shares_fen=household.held_shares_fen,
        line_available_fen=household.line_available_fen,
        organisation_id=None if user is None else user.id,
        family=household.family,
    )


def _list_facts(
    session: Session, wanted: Wanted, user: Organisation, households: dict[str, _Household]
) -> Found:
    """Facts of an organisation that borrows for a list; or every household not on the register."""
    unknown: list[Refusal] = []
    sharers: list[Sharer] = []
    for number, share_fen in wanted.shares:
        one = households.get(number)
        if one is None or not one.is_registered:
            unknown.append(HouseholdNotRegistered(field="shares", number=number))
            continue
        committed_fen = one.exposure_fen + one.held_shares_fen
        place, kind, family = one.village_code, one.kind, one.family
        sharers.append(Sharer(one.id, number, place, kind, committed_fen, share_fen, family))
    if unknown:
        return unknown
    return Facts(
        household_id=None,
        village_code=_place(session, user),
        household_kind=kind_of_list(sharer.household_kind for sharer in sharers),
        borrower_id=None,
        borrower_born_on=None,
        exposure_fen=0,
        held_shares_fen=0,
        line_available_fen=None,
        organisation_id=user.id,
        sharers=tuple(sharers),
    )


def _place(session: Session, user: Organisation) -> str:
    """Where an organisation's loan is counted: at its home, or in the whole of these books."""
    own = ledger.books(session).region_code
    return user.region_code if within(user.region_code, scope_digits(own)) else own


def _organisations(session: Session, wanted: Sequence[Wanted]) -> dict[str | int, Organisation]:
    """The organisations named, by credit code and by id."""
    codes = {one.organisation_code for one in wanted if one.organisation_code}
    ids = {one.organisation_id for one in wanted if one.organisation_id is not None}
    if not codes and not ids:
        return {}
    found: dict[str | int, Organisation] = {}
    rows = session.scalars(
        select(Organisation).where(
            or_(Organisation.credit_code.in_(codes), Organisation.id.in_(ids))
        )
    )
    for one in rows:
        found[one.credit_code] = found[one.id] = one
    return found


def _user(wanted: Wanted, users: dict[str | int, Organisation], on: date) -> Organisation | None:
    """Who uses the money and repays it: an enterprise or co-operative in business on the day."""
    key = wanted.organisation_code or wanted.organisation_id
    if not key:
        return None
    user = users.get(key)
    if user is None:
        raise PayerUnknown(field="organisation", payer=str(key)[:20])
    open_on_day = user.opened_on <= on and (user.closed_on is None or on < user.closed_on)
    if user.kind not in _USERS or not open_on_day:
        raise PayerUnfit(field="organisation", name=user.name)
    return user


def _is_borrower(member: Person, wanted: Wanted) -> bool:
    if wanted.borrower_id is not None:
        return member.id == wanted.borrower_id
    if wanted.identity_index is not None:
        return member.identity_index == wanted.identity_index
    return member.is_head


def _households(session: Session, numbers: Sequence[str], on: date) -> dict[str, _Household]:
    """Each with what it, and whoever shares its caps, has already; one statement."""
    rows = session.execute(
        select(
            Household.number,
            Household.id,
            Household.village_code,
            last_status(on),
            exposure(on),
            held_shares(on),
            CreditLine.limit_fen - CreditLine.used_fen - others_used(Household.id),
            func.coalesce(FamilyLine.cap_id, Household.id),
            others_sharing(),
        )
        .outerjoin(FamilyLine, FamilyLine.household_id == Household.id)
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
    return {row[0]: _Household(*row) for row in rows}


def _people(session: Session, household_ids: Sequence[int], on: date) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {}
    for ids in lots(household_ids):
        rows = session.scalars(
            select(Person).where(
                Person.household_id.in_(ids),
                Person.joined_on <= on,
                or_(Person.left_on.is_(None), Person.left_on > on),
            )
        )
        for person in rows:
            found.setdefault(person.household_id, []).append(person)
    return found
