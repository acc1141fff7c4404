"""贴息申报表: a claim as it is handed in, by township, by year of signing, and row by row.

The columns are those that counties publish (婺城、景东、莲都): township, village, borrower,
principal, days, rate, subsidy; above them households, loans, principal and subsidy, and the split
by the year in which the loans were signed. Every sum is the sum of the rows. No identity number, no
card, no telephone stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.regions import RegionTree
from loans.models import Loan
from office import rights
from office.models import Person
from organisations.models import Organisation
from policy.values import ROUTES
from subsidies.documents.wan import wan
from subsidies.models import Claim, ClaimRow, ClaimStep

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A loan and settlement on the sheet."""

    nr: int
    township: str
    village: str
    borrower: str
    contract: str
    principal_fen: int
    from_on: date
    #: the last day that bears interest: the sheet prints days as people count them
    until_on: date
    days: int
    annual_rate_ppm: int
    interest_fen: int
    amount_fen: int
    #: 更正 where a later change of the loan made it
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """A line of the summary."""

    title: str
    households: int
    loans: int
    principal_fen: int
    interest_fen: int
    amount_fen: int
    #: the same in 万元, exact to the fen
    amount_wan: str


@dataclass(frozen=True, slots=True)
class Hands:
    """Whose hands a claim went through: 制表、复核、负责人; empty where it has not come so far."""

    maker: str
    checker: str
    submitter: str


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """A claim, ready to be printed."""

    #: open business day
    on: date
    #: what numbers it: claim and version
    number: str
    lender: str
    county: str
    route: str
    route_title: str
    period_from: date
    #: last day of the period
    period_until: date
    drafted_on: date
    #: 2016年第四季度, or the days where the period is no quarter
    period_title: str
    digest: str
    hands: Hands
    by_township: tuple[Group, ...]
    by_vintage: tuple[Group, ...]
    total: Group
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with what its groups go by."""

    row: ClaimRow
    contract: str
    household_id: int | None
    signed_year: int


def claim_sheet(session: Session, *, claim_id: int, regions: RegionTree, by: Actor) -> ClaimSheet:
    """The sheet of one claim, whole, for whoever sees the county and the lender."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFound(what="贴息申报")
    county = ledger.books(session).region_code
    rights.allow(by, "subsidies.read", region=county, institution_id=claim.lender_id)
    found = _rows(session, claim_id)
    names = {code: _names(regions, code) for code in {one.row.village_code for one in found}}
    lender = session.get_one(Organisation, claim.lender_id)
    return ClaimSheet(
        on=ledger.open_day(session),
        number=f"TX{claim.id:06d}-{claim.version}",
        lender=lender.name,
        county=regions.full_name(county),
        route=claim.route,
        route_title=ROUTES[claim.route],
        period_from=claim.period_from,
        period_until=claim.period_to - _ONE_DAY,
        period_title=period_title(claim.period_from, claim.period_to),
        drafted_on=claim.drafted_on,
        digest=claim.digest,
        hands=_hands(session, claim_id),
        by_township=tuple(_grouped(found, lambda one: names[one.row.village_code][0])),
        by_vintage=tuple(_grouped(found, lambda one: f"{one.signed_year}年签订")),
        total=_group("合计", found),
        rows=tuple(_sheet_row(one, *names[one.row.village_code]) for one in found),
    )


def period_title(period_from: date, period_to: date) -> str:
    """A quarter by its name: the one whose last month the period's last day lies in."""
    last = period_to - _ONE_DAY
    if last.month % 3 == 0 and 85 <= (period_to - period_from).days <= 95:
        return f"{last.year}年第{'一二三四'[last.month // 3 - 1]}季度"
    return f"{period_from.isoformat()}至{last.isoformat()}"


def _rows(session: Session, claim_id: int) -> list[_Row]:
    found = session.execute(
        select(ClaimRow, Loan.number, Loan.household_id, Loan.signed_on)
        .join(Loan, Loan.id == ClaimRow.loan_id)
        .where(ClaimRow.claim_id == claim_id)
        .order_by(ClaimRow.nr)
    )
    return [_Row(row, number, household, signed.year) for row, number, household, signed in found]


def _hands(session: Session, claim_id: int) -> Hands:
    """Who took the steps; the last of each counts, the system made what nobody drafted."""
    steps = session.execute(
        select(ClaimStep.state, func.coalesce(Person.name, "系统"))
        .outerjoin(Person, Person.id == ClaimStep.by_person)
        .where(ClaimStep.claim_id == claim_id)
        .order_by(ClaimStep.nr)
    )
    names = {row[0]: row[1] for row in steps}
    return Hands(names.get("drafted", ""), names.get("checked", ""), names.get("submitted", ""))


def _names(regions: RegionTree, code: str) -> tuple[str, str]:
    """Township and village; where an organisation borrows, both may be the county."""
    if code not in regions:
        return code, code
    region = regions.get(code)
    above = regions.ancestors(code)
    return (above[0].name if above else region.name), region.name


def _grouped(found: Sequence[_Row], key: Callable[[_Row], str]) -> Iterable[Group]:
    parts: dict[str, list[_Row]] = {}
    for one in found:
        parts.setdefault(key(one), []).append(one)
    return (_group(title, rows) for title, rows in sorted(parts.items()))


def _group(title: str, found: Sequence[_Row]) -> Group:
    """A loan settled twice, or corrected, is one loan with the principal of its last row."""
    principal = {one.row.loan_id: one.row.principal_fen for one in found}
    amount_fen = sum(one.row.amount_fen for one in found)
    return Group(
        title,
        len({one.household_id or -one.row.loan_id for one in found}),
        len(principal),
        sum(principal.values()),
        sum(one.row.interest_fen for one in found),
        amount_fen,
        wan(amount_fen),
    )


def _sheet_row(one: _Row, township: str, village: str) -> SheetRow:
    row = one.row
    return SheetRow(
        nr=row.nr,
        township=township,
        village=village,
        borrower=row.borrower,
        contract=one.contract,
        principal_fen=row.principal_fen,
        from_on=row.from_on,
        until_on=row.to_on - _ONE_DAY,
        days=(row.to_on - row.from_on).days,
        annual_rate_ppm=row.annual_rate_ppm,
        interest_fen=row.interest_fen,
        amount_fen=row.amount_fen,
        note="更正" if row.revision else "",
    )
