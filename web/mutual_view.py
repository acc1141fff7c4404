"""What pages, files and API tell of a village fund: money, members, groups, votes, loans, fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import mutual_aid
from households import Household, Person
from households.queries import is_present
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.regions import within
from loans.balances import principal_out
from loans.models import Loan, Position
from mutual_aid import Gone, queries
from mutual_aid.finding import fund_of, vote_of
from mutual_aid.models import (
    FundClosing,
    FundOpening,
    MutualMovement,
    MutualVote,
    PublicList,
    VillageFund,
    VoteResult,
)
from mutual_aid.queries import AgreementLine, Fee, FundLine, MemberLine, Turnover, VoteLine
from mutual_aid.voting import members_on
from office import rights
from organisations import Organisation
from web import scope

READ: Final = "mutual_aid.read"
MOVEMENTS: Final[Mapping[str, str]] = {
    "fiscal": "财政扶持资金",
    "gift": "捐赠",
    "stake": "互助金",
    "base_stake": "财政代缴互助金",
    "stake_withdrawn": "退还互助金",
    "base_returned": "代缴部分转回",
    "running_cost": "运行成本",
    "welfare": "公益支出",
    "fiscal_returned": "交回财政资金",
    "residue": "终止时移交结余",
}
#: movements that take money out of the fund
OUT: Final = frozenset({"stake_withdrawn", "running_cost", "welfare", "fiscal_returned", "residue"})
#: state of a fund -> title
STATES: Final = {"proposed": "待批准", "open": "运行中", "closed": "已终止"}


@dataclass(frozen=True, slots=True)
class FundLoan:
    """A loan of a fund."""

    number: str
    household_id: int
    household_number: str
    head: str
    signed_on: date
    matures_on: date
    amount_fen: int
    outstanding_fen: int
    fee_rate_ppm: int
    state: str
    #: with which its group stands up for it; None: its group's earlier ones are in the books alone
    agreement: AgreementLine | None

    @property
    def agreement_number(self) -> str:
        """Number of the joint agreement; empty where there is none."""
        return self.agreement.number if self.agreement else ""


@dataclass(frozen=True, slots=True)
class FundShown:
    """A fund with everything about it."""

    fund: VillageFund
    name: str
    opened_on: date | None
    closed_on: date | None
    #: account -> what stands on it, on its own side, fen
    accounts: Mapping[str, int]
    members: list[MemberLine]
    #: number of a group -> its households
    groups: Mapping[int, list[MemberLine]]
    votes: list[VoteLine]
    loans: list[FundLoan]
    fee: Fee
    turnover: Turnover
    lists: list[PublicList]
    #: members in whose households nobody is present any more
    gone: list[Gone]

    @property
    def state(self) -> str:
        """proposed, open or closed."""
        return state_of(self.opened_on, self.closed_on)


def state_of(opened_on: date | None, closed_on: date | None) -> str:
    """proposed, open or closed."""
    if closed_on is not None:
        return "closed"
    return "proposed" if opened_on is None else "open"


def lines(session: Session, *, by: Actor, text: str = "", state: str = "") -> list[FundLine]:
    """Funds of the visitor's region, narrowed."""
    scope.own_digits(session, by)
    return [
        one
        for one in queries.funds_listed(session, by=by)
        if (not text or text in one.name or text in one.village_code)
        and (not state or state_of(one.opened_on, one.closed_on) == state)
    ]


def seen(session: Session, fund_id: int, by: Actor) -> VillageFund:
    """A fund of the visitor's region; any other is not found."""
    fund = fund_of(session, fund_id)
    rights.allow(by, READ)
    if not within(fund.village_code, scope.own_digits(session, by)):
        raise NotFound(field="fund_id", what="互助资金")
    return fund


def name_of(session: Session, fund: VillageFund) -> str:
    """What a fund is called."""
    return session.get_one(Organisation, fund.organisation_id).name


def shown(session: Session, fund_id: int, on: date, *, by: Actor) -> FundShown:
    """One fund."""
    fund = seen(session, fund_id, by)
    opening, closing = session.get(FundOpening, fund_id), session.get(FundClosing, fund_id)
    members = queries.members_of(session, fund_id)
    return FundShown(
        fund=fund,
        name=session.get_one(Organisation, fund.organisation_id).name,
        opened_on=opening.opened_on if opening else None,
        closed_on=closing.closed_on if closing else None,
        accounts=accounts(session, fund),
        members=members,
        groups=_groups(members),
        votes=queries.votes_of(session, fund_id),
        loans=loans_of(session, fund, on),
        fee=queries.fee_until(session, fund.organisation_id, on),
        turnover=queries.turnover(session, fund_id, until=on),
        lists=list(
            session.scalars(
                select(PublicList)
                .where(PublicList.fund_id == fund_id)
                .order_by(PublicList.month_from.desc(), PublicList.version.desc())
            )
        ),
        gone=mutual_aid.gone(session, fund_id, on),
    )


def accounts(session: Session, fund: VillageFund) -> dict[str, int]:
    """What stands on each account of a fund; those with nothing left out."""
    found = {}
    for kind in queries.ACCOUNTS:
        fen = ledger.balance(session, kind=kind, owner_id=fund.organisation_id)
        if fen:
            found[kind] = fen if ledger.CHART[kind].side == "debit" else -fen
    return found


def _groups(members: list[MemberLine]) -> dict[int, list[MemberLine]]:
    found: dict[int, list[MemberLine]] = {}
    for one in members:
        if one.group_nr is not None:
            found.setdefault(one.group_nr, []).append(one)
    return dict(sorted(found.items()))


def loans_of(session: Session, fund: VillageFund, on: date) -> list[FundLoan]:
    """Every loan of a fund, the latest first, with its joint agreement."""
    agreements = {
        one.loan_number: one for one in queries.agreements_of(session, fund.organisation_id)
    }
    rows = session.execute(
        select(
            Loan.number, Household.id, Household.number, Person.name, Loan.signed_on,
            Position.matures_on, Loan.amount_fen, principal_out(Loan.id), Loan.annual_rate_ppm,
            Position.state,
        )
        .join(Position, Position.loan_id == Loan.id)
        .join(Household, Household.id == Loan.household_id)
        .join(Person, (Person.household_id == Household.id) & Person.is_head & is_present(on))
        .where(Loan.lender_id == fund.organisation_id)
        .order_by(Loan.id.desc())
    )  # fmt: skip
    return [FundLoan(*row[:10], agreements.get(row[0])) for row in rows]


def movements(session: Session, fund_id: int) -> list[MutualMovement]:
    """What moved beside the loans, ever, the latest first."""
    found = queries.movements_of(session, fund_id, from_on=date.min, to_on=date.max)
    return list(reversed(found))


# --- one vote -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoteShown:
    """A vote with its ballots, by household."""

    vote: MutualVote
    result: VoteResult | None
    fund: VillageFund
    fund_name: str
    #: households that may vote, each with its ballot; empty: none yet
    ballots: list[tuple[Household, str, str]]
    #: what it is about, where it is a loan
    loan_number: str
    #: account -> what is left on it, where the fund is to end, fen
    left: Mapping[str, int]


def vote(session: Session, vote_id: int, on: date, *, by: Actor) -> VoteShown:
    """One vote of a fund of the visitor's region."""
    found = vote_of(session, vote_id)
    fund = seen(session, found.fund_id, by)
    given = queries.ballots_of(session, vote_id)
    may = members_on(session, fund.id, found.held_on)
    rows = session.execute(
        select(Household, Person.name)
        .join(Person, (Person.household_id == Household.id) & Person.is_head & is_present(on))
        .where(Household.id.in_(may))
        .order_by(Household.number)
    )
    loan = session.get(Loan, found.subject_id) if found.subject_kind == "loans" else None
    return VoteShown(
        vote=found,
        result=session.get(VoteResult, vote_id),
        fund=fund,
        fund_name=session.get_one(Organisation, fund.organisation_id).name,
        ballots=[(row[0], row[1], given.get(row[0].id, "")) for row in rows],
        loan_number=loan.number if loan else "",
        left=mutual_aid.left_of(session, fund) if found.subject == "closing" else {},
    )
