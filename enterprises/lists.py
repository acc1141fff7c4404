"""A list of linked households (户名单): judged row by row, written whole or not at all.

The rows are staged, and one SELECT gives every row with what the books know of its household and
its loan; the rules are then asked of each row, and all broken ones are told together. So a list of
ten thousand households takes as many statements as a list of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from enterprises.asked import SOURCES, Stake
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementParty,
    LinkedLoan,
    StagedLinkage,
)
from enterprises.refusals import (
    HouseholdLinkedTwice,
    HouseholdOutsideVillages,
    LinkageListEmpty,
    LinkageListRefused,
    LoanLinkedTwice,
    StakeAboveLoan,
    StakeLoanOfOtherLender,
    StakeLoanUnfit,
    StakeSourceUnclear,
)
from households.models import Household, HouseholdStatus, Person, Status
from kernel.database import trail_id_of
from kernel.money import MONEY_MAX_FEN, format_yuan
from kernel.refusals import Refusal
from loans.models import Loan, LoanShare, Position
from loans.refusals import EntrustedUseBanned, HouseholdNotRegistered
from policy import ConductRules

#: modes of loans that may be a stake
_STAKE_MODES: Final = frozenset({"credit", "entrusted", "pooled"})
#: statuses after which a household is on the register no more
_GONE: Final = frozenset({Status.REMOVED, Status.CLOSED})
#: hundredths of a mu: 十万亩
LAND_MAX: Final = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A row with what the books know of its household and its loan."""

    nr: int
    household_number: str
    loan_number: str
    stake_fen: int
    source: str
    land_mu_hundredths: int
    household_id: int | None
    village_code: str | None
    #: what it is on the day; None where it never was registered
    status: str | None
    #: members present
    persons: int
    loan_id: int | None
    lender_id: int | None
    loan_mode: str | None
    #: who uses the loan; None where the household does
    loan_user_id: int | None
    loan_state: str | None
    #: what of the loan was drawn, or of an organisation's loan the household's share of it
    principal_fen: int | None
    #: whether it is the household's own loan or share
    loan_is_own: bool
    #: number of the agreement that the loan is a stake in
    linked_in: str | None
    #: whether the household is in this agreement already
    is_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a list is judged by."""

    organisation_id: int
    #: the agreement it joins; None where the agreement is new
    agreement_id: int | None
    #: villages of the recognition; none: the whole county
    villages: frozenset[str]
    conduct: ConductRules
    on: date
    #: lenders that sign, from the register; none: the agreement names its lender in words alone
    lenders: frozenset[int] = frozenset()


def judged(session: Session, rows: Sequence[Stake], setting: Setting) -> list[Known]:
    """Every row with its facts, in order; or all that is wrong with the list."""
    if not rows:
        raise LinkageListEmpty(field="list")
    unclear = [
        (nr, StakeSourceUnclear(field="list", number=row.household_number[:40]))
        for nr, row in enumerate(rows, start=1)
        if not is_clear(row)
    ]
    if unclear:
        raise LinkageListRefused(list(unclear))
    known = _known(session, rows, setting)
    refused = [(one.nr, refusal) for one in known for refusal in _faults(one, setting)]
    refused += list(_again(known))
    if refused:
        raise LinkageListRefused(sorted(refused, key=lambda pair: pair[0]))
    return known


def lenders_of(session: Session, agreement_id: int) -> frozenset[int]:
    """The lenders that signed an agreement, where they are named from the register."""
    rows = session.scalars(
        select(AgreementParty.organisation_id).where(
            AgreementParty.agreement_id == agreement_id,
            AgreementParty.role == "lender",
            AgreementParty.organisation_id.is_not(None),
        )
    )
    return frozenset(row for row in rows if row is not None)


def is_clear(row: Stake) -> bool:
    """Whether a row says where the stake comes from, and no more than that."""
    with_loan, with_land = row.loan_number != "", row.land_mu_hundredths > 0
    return (
        row.source in SOURCES
        and 0 <= row.stake_fen <= MONEY_MAX_FEN
        and 0 <= row.land_mu_hundredths <= LAND_MAX
        and with_loan == (row.source == "loan")
        and with_land == (row.source == "land")
        and (row.stake_fen > 0 or row.source in {"land", "labour"})
    )


def _faults(one: Known, setting: Setting) -> Iterator[Refusal]:
    number = one.household_number
    if one.household_id is None or one.status is None or one.status in _GONE:
        yield HouseholdNotRegistered(field="household", number=number)
        return
    if one.is_in:
        yield HouseholdLinkedTwice(field="household", number=number)
    if setting.villages and one.village_code not in setting.villages:
        yield HouseholdOutsideVillages(field="household", number=number)
    if one.source == "loan":
        yield from _loan_faults(one, setting)


def _loan_faults(one: Known, setting: Setting) -> Iterator[Refusal]:
    number, loan = one.household_number, one.loan_number
    ban = setting.conduct.entrusted_use_banned
    if ban.value:
        yield EntrustedUseBanned(field="loan", clause=ban.cite)
    fits = (
        one.loan_is_own
        and one.loan_mode in _STAKE_MODES
        and one.loan_state == "active"
        and one.loan_user_id in {None, setting.organisation_id}
    )
    if not fits:
        yield StakeLoanUnfit(field="loan", number=number, loan=loan)
        return
    if setting.lenders and one.lender_id not in setting.lenders:
        yield StakeLoanOfOtherLender(field="loan", number=number, loan=loan)
    if one.linked_in is not None:
        yield LoanLinkedTwice(field="loan", number=number, loan=loan)
    principal_fen = one.principal_fen or 0
    if one.stake_fen > principal_fen:
        yield StakeAboveLoan(
            field="stake",
            number=number,
            loan=loan,
            stake=format_yuan(one.stake_fen),
            principal=format_yuan(principal_fen),
        )


def _again(known: Sequence[Known]) -> Iterator[tuple[int, Refusal]]:
    """A household has one row for each source, and for each loan."""
    seen: set[tuple[str, str, str]] = set()
    for one in known:
        key = (one.household_number, one.source, one.loan_number)
        if key in seen:
            twice = LoanLinkedTwice if one.source == "loan" else HouseholdLinkedTwice
            facts = {"number": one.household_number}
            if one.source == "loan":
                facts["loan"] = one.loan_number
            yield one.nr, twice(field="list", **facts)
        seen.add(key)


def _known(session: Session, rows: Sequence[Stake], setting: Setting) -> list[Known]:
    """The staged rows with their facts: three statements for any number of rows."""
    work = trail_id_of(session)
    _stage(session, rows, work)
    staged = StagedLinkage
    share, linked = aliased(LoanShare), aliased(LinkedLoan)
    pooled = Loan.mode == "pooled"
    found = session.execute(
        select(
            staged.nr,
            staged.household_number,
            staged.loan_number,
            staged.stake_fen,
            staged.source,
            staged.land_mu_hundredths,
            Household.id.label("household_id"),
            Household.village_code,
            _status(setting.on).label("status"),
            _present(setting.on).label("persons"),
            Loan.id.label("loan_id"),
            Loan.lender_id,
            Loan.mode.label("loan_mode"),
            Loan.organisation_id.label("loan_user_id"),
            Position.state.label("loan_state"),
            case((pooled, share.share_fen), else_=Position.drawn_fen).label("principal_fen"),
            func.coalesce(
                case((pooled, share.household_id), else_=Loan.household_id) == Household.id,
                False,
            ).label("loan_is_own"),
            Agreement.number.label("linked_in"),
            _is_in(setting).label("is_in"),
        )
        .outerjoin(Household, Household.number == staged.household_number)
        .outerjoin(Loan, and_(Loan.number == staged.loan_number, staged.loan_number != ""))
        .outerjoin(Position, Position.loan_id == Loan.id)
        .outerjoin(
            share,
            and_(share.application_id == Loan.application_id, share.household_id == Household.id),
        )
        .outerjoin(linked, and_(linked.loan_id == Loan.id, linked.household_id == Household.id))
        .outerjoin(
            Agreement, and_(Agreement.id == linked.agreement_id, Agreement.to_on > setting.on)
        )
        .where(staged.work_id == work)
        .order_by(staged.nr)
    ).all()
    session.execute(delete(staged).where(staged.work_id == work))
    return [Known(**row._asdict()) for row in found]


def _stage(session: Session, rows: Sequence[Stake], work: int) -> None:
    session.execute(
        insert(StagedLinkage),
        [
            {
                "work_id": work,
                "nr": nr,
                "household_number": row.household_number,
                "loan_number": row.loan_number,
                "stake_fen": row.stake_fen,
                "source": row.source,
                "land_mu_hundredths": row.land_mu_hundredths,
            }
            for nr, row in enumerate(rows, start=1)
        ],
    )


def _status(on: date) -> ScalarSelect[str]:
    return (
        select(HouseholdStatus.status)
        .where(HouseholdStatus.household_id == Household.id, HouseholdStatus.from_on <= on)
        .order_by(HouseholdStatus.from_on.desc(), HouseholdStatus.id.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


def _present(on: date) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Person)
        .where(
            Person.household_id == Household.id,
            Person.joined_on <= on,
            func.coalesce(Person.left_on, date.max) > on,
        )
        .correlate(Household)
        .scalar_subquery()
    )


def _is_in(setting: Setting) -> ColumnElement[bool]:
    """On an approved list of this agreement; who left does not come back."""
    member, approval = aliased(AgreementHousehold), aliased(AgreementApproval)
    return (
        exists()
        .where(
            member.agreement_id == (setting.agreement_id or 0),
            member.household_id == Household.id,
            approval.list_id == member.list_id,
        )
        .correlate(Household)
    )
