"""What a claim's page and the API tell: the claim, the names behind it, money, ages, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
import organisations
from indicators import treasury
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import format_yuan
from kernel.refusals import Refusal
from kernel.regions import in_scope
from office import rights
from organisations import Organisation
from policy import ConductRules
from subsidies import ageing, budget, claims, clawback, figures, lifecycle
from subsidies.ageing import AgeLine
from subsidies.budget import LineStanding
from subsidies.claims import choices
from subsidies.claims.office_steps import conduct_of
from subsidies.claims.reading import ClaimPage, LeftOutTold
from subsidies.models import BankReturn, ClaimDifference, PaymentFile
from subsidies.payment import accounts, funding, reading
from subsidies.payment.accounts import ORGANISATIONS, Payee
from subsidies.payment.funding import FromLine
from subsidies.payment.owed import unpaid
from subsidies.payment.reading import LineTold, ReturnedTold
from web.context import house
from web.explained import rules_of

#: figures in the order in which money goes its way -> title, and what it counts
FIGURE_TITLES: Final = {
    "accrued": ("应贴息", "已结息各期中由财政承担的利息"),
    "claimed": ("已申报", "已申报且未退回的部分"),
    "paid": ("已拨付", "银行已付的部分"),
    "to_recover": ("待收回", "申报之后调减、尚未收回的部分"),
}
#: by whom ages are asked -> title
GROUP_TITLES: Final = {"lender": "机构", "township": "乡镇", "village": "村", "payee": "收款人"}
AGE_TITLES: Final = ageing.CLASS_TITLES


@dataclass(frozen=True, slots=True)
class Totals:
    """The four figures of what somebody sees, as of the last closed day."""

    on: date | None
    accrued_fen: int = 0
    claimed_fen: int = 0
    paid_fen: int = 0
    to_recover_fen: int = 0

    def as_data(self) -> dict[str, str]:
        """For JSON and pages."""
        return {name: format_yuan(getattr(self, f"{name}_fen")) for name in FIGURE_TITLES}


@dataclass(frozen=True, slots=True)
class Age:
    """A line of ages with the name of whom it is about."""

    name: str
    #: through the lender or straight to whoever repays; empty where lines are not kept apart by it
    route: str
    line: AgeLine


@dataclass(frozen=True, slots=True)
class Money:
    """How a claim may be paid: what is owed, from which lines, on which account."""

    owed_fen: int
    payees: int
    year: int
    lines: list[LineStanding]
    proposed: dict[int, int]
    #: why the policy's shares propose nothing
    short: Refusal | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What the recomputation says otherwise of a contract."""

    row: ClaimDifference
    number: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """A payment file with its budget lines and what became of it."""

    file: PaymentFile
    answer: BankReturn | None
    lines: list[LineTold]
    #: why it was given up; empty: it was not
    discarded: str


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim as page and API show it."""

    page: ClaimPage
    differences: list[Difference]
    files: list[FileShown]
    returned: list[ReturnedTold]
    #: what a next version leaves out unless it is taken again
    kept_out: list[LeftOutTold]
    #: contracts corrected since the last close, while that may still change what is claimed
    corrected: Sequence[str]


def totals(session: Session, by: Actor) -> Totals:
    """The figures inside somebody's scope: of the county's villages from the snapshots of the last
    closed day; of one lender, which the snapshots do not keep apart, from the rows behind them.
    """
    rights.allow(by, "subsidies.read")
    day = ledger.last_closed_day(session)
    if day is None:
        return Totals(None)
    if by.institution_ids is None:
        found = treasury.last_subsidies(session, day)
        mine = [sums for village, sums in found.items() if village.startswith(by.region_scope)]
        return Totals(day, *(sum(column) for column in zip(*mine, strict=True)))
    places = figures.by_place(day).subquery()
    query = select(*(sum_of(places.c[name]) for name in figures.FIGURES)).where(
        in_scope(places.c.village_code, by.region_scope),
        places.c.lender_id.in_(sorted(by.institution_ids)),
    )
    return Totals(day, *(int(fen or 0) for fen in session.execute(query).one()))


def ages(session: Session, group: str, by: Actor) -> list[Age]:
    """What the treasury owes, by age, as of the last closed day."""
    day = ledger.last_closed_day(session)
    if day is None:
        return []
    lines = ageing.by(
        session, group, on=day, actor=by, rules_of=rules_of(session), calendar=house().calendar
    )
    names = _names_of_keys(session, group, lines, day)
    by_route = group == "lender"
    return [Age(names(line.key), str(line.key[1]) if by_route else "", line) for line in lines]


def _names_of_keys(session: Session, group: str, lines: list[AgeLine], day: date) -> Any:
    if group == "lender":
        ids = {int(str(line.key[0])) for line in lines}
        rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
        names = {row[0]: row[1] for row in session.execute(rows)}
        return lambda key: names[key[0]]
    if group == "payee":
        payees: list[Payee] = [(str(line.key[0]), int(str(line.key[1]))) for line in lines]
        called = accounts.names_of(session, payees, on=day)
        return lambda key: called.get((key[0], key[1]), "—")
    regions = house().regions
    return lambda key: regions.full_name(str(key[0]).ljust(12, "0"), below=3)


def shown(session: Session, claim_id: int, by: Actor) -> ClaimShown:
    """A claim with the names behind what happened to it."""
    page = claims.page(session, claim_id, by=by)
    numbers = choices.numbers_of(session, [one.loan_id for one in page.differences])
    lines = reading.lines_of_files(session, claim_id)
    gone = reading.discarded(session, claim_id)
    return ClaimShown(
        page,
        [Difference(one, numbers[one.loan_id]) for one in page.differences],
        [
            FileShown(one.file, one.answer, lines.get(one.file.id, []), gone.get(one.file.id, ""))
            for one in page.files
        ],
        reading.returned(session, claim_id, keyring=house().keyring, by=by),
        *_next_of(session, page),
    )


def _next_of(session: Session, page: ClaimPage) -> tuple[list[LeftOutTold], Sequence[str]]:
    """What a next version would start from, and what no version holds yet."""
    claim = claims.claim_of(session, page.listed.id)
    over = page.listed.state not in lifecycle.ALIVE
    early = page.listed.state not in lifecycle.CLAIMED and page.next_id is None
    return (
        claims.kept_out(session, claim) if over and page.next_id is None else [],
        claims.corrected_since_close(session, claim) if early else [],
    )


def money_of(session: Session, claim_id: int, by: Actor) -> Money:
    """What a payment file of the claim would hold, and what it could be paid from."""
    on = ledger.open_day(session)
    conduct = conduct_of(session, house().rulebook, on)
    year = funding.budget_year(on, conduct)
    owed = unpaid(session, claim_id)
    total_fen = sum(one.amount_fen for one in owed)
    proposed, short = _proposed(session, total_fen, year, conduct)
    return Money(
        total_fen,
        len(owed),
        year,
        budget.lines(session, by=by, year=year),
        {one.line_id: one.amount_fen for one in proposed},
        short,
    )


def _proposed(
    session: Session, total_fen: int, year: int, conduct: ConductRules
) -> tuple[list[FromLine], Refusal | None]:
    try:
        found = funding.propose_lines(session, total_fen=total_fen, year=year, conduct=conduct)
    except Refusal as refused:
        return [], refused
    return found, None


def lender_account(session: Session, page: ClaimPage, by: Actor) -> reading.AccountTold | None:
    """The account that a claim through the lender is paid on; None where there is none yet."""
    if not rights.may(by, "subsidies.account"):
        return None
    payee = (ORGANISATIONS, page.listed.lender_id)
    for one in reading.accounts(session, payee, keyring=house().keyring, by=by):
        if one.state in {"register", "approved"}:
            return one
    return None


def owed_back(session: Session, by: Actor) -> list[tuple[clawback.OwedBack, str, str]]:
    """Who owes the treasury what, inside somebody's scope: with the lender's and payer's names."""
    rights.allow(by, "subsidies.read")
    found = []
    for one in clawback.owed_back(session):
        lender = organisations.get(session, one.lender_id)
        if rights.sees(by, region=lender.region_code, institution_id=one.lender_id):
            found.append((one, lender.name))
    payers = [(one.payer_kind, one.payer_id) for one, _lender in found]
    called = accounts.names_of(session, payers, on=ledger.open_day(session))
    return [(one, lender, called.get((one.payer_kind, one.payer_id), "—")) for one, lender in found]
