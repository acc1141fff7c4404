"""What help adds up to: measures by kind, special money and how it is shared.

Each share is told with its numerator and denominator. *Industry share* = given to industry ÷ given
at all; *linked share* = industry money linked with poor households ÷ industry money. The limits
are those of the rule in force; without a rule there is nothing to hold them against.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from households.helping.measures import HelpRules, ShareRule
from households.helping.noting import standing_rows
from households.models import Household
from households.models.helping import (
    FundUse,
    HouseholdMeasure,
    IndustryProject,
    SpecialFund,
    SpecialFundUse,
)
from kernel.refusals import NotFound
from kernel.regions import in_scope

_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class MeasureCount:
    """One measure: whom it reached."""

    code: str
    title: str
    #: rows; one household may have several
    times: int
    households: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of money, and the limit that it is held against."""

    name: str
    numerator_fen: int
    denominator_fen: int
    #: at least so much; None: no rule is in force
    limit_bp: int | None

    @property
    def kept(self) -> bool | None:
        """Whether the limit is kept, exactly; None: nothing to say."""
        if self.limit_bp is None or not self.denominator_fen:
            return None
        return self.numerator_fen * _WHOLE_BP >= self.limit_bp * self.denominator_fen

    @property
    def missing_fen(self) -> int:
        """How much more would keep it, the denominator as it is."""
        if self.limit_bp is None:
            return 0
        needed = -(-self.limit_bp * self.denominator_fen // _WHOLE_BP)
        return max(0, needed - self.numerator_fen)


@dataclass(frozen=True, slots=True)
class ShareReport:
    """How a year's special money is shared."""

    year: int
    rule: ShareRule | None
    #: what documents brought
    funds_fen: int
    #: what of it was given to purposes
    given_fen: int
    #: purpose -> given, fen
    purposes: dict[str, int]
    industry: Share
    linked: Share


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund and what is left of it."""

    id: int
    year: int
    document_no: str
    level: str
    title: str
    amount_fen: int
    used_fen: int

    @property
    def free_fen(self) -> int:
        """Not given to a purpose yet."""
        return self.amount_fen - self.used_fen


@dataclass(frozen=True, slots=True)
class UseLine:
    """A use of a fund, with the project it goes to."""

    id: int
    purpose: str
    project: str
    amount_fen: int
    linked: bool
    used_on: date
    document: str
    #: the use it takes back
    reverses_id: int | None
    #: taken back by another row
    taken_back: bool


def measure_counts(
    session: Session, rules: HelpRules, *, digits: str, on: date, year: int | None = None
) -> list[MeasureCount]:
    """Each measure of the list, with the households of a scope that it reached."""
    told = select(
        HouseholdMeasure.measure,
        func.count().label("times"),
        func.count(func.distinct(HouseholdMeasure.household_id)).label("households"),
        func.coalesce(func.sum(HouseholdMeasure.amount_fen), 0).label("amount_fen"),
    ).join(Household, Household.id == HouseholdMeasure.household_id)
    told = told.where(
        in_scope(Household.village_code, digits),
        HouseholdMeasure.from_on <= on,
        standing_rows("measure"),
    )
    if year is not None:
        told = told.where(HouseholdMeasure.year == year)
    found = {row.measure: row for row in session.execute(told.group_by(HouseholdMeasure.measure))}
    titles = rules.titles()
    return [
        MeasureCount(
            code,
            titles.get(code, code),
            found[code].times if code in found else 0,
            found[code].households if code in found else 0,
            int(found[code].amount_fen) if code in found else 0,
        )
        for code in [*titles, *sorted(set(found) - set(titles))]
    ]


# --- special funds --------------------------------------------------------------------------------


def share_report(session: Session, rule: ShareRule | None, *, year: int, on: date) -> ShareReport:
    """How the special money of a year is shared, by the uses booked by a day."""
    funds = session.scalar(
        select(func.coalesce(func.sum(SpecialFund.amount_fen), 0)).where(
            SpecialFund.year == year, SpecialFund.booked_on <= on
        )
    )
    linked = func.coalesce(func.sum(case((FundUse.linked, FundUse.amount_fen), else_=0)), 0)
    rows = session.execute(
        select(FundUse.purpose, func.sum(FundUse.amount_fen).label("fen"), linked.label("linked"))
        .join(SpecialFund, SpecialFund.id == FundUse.fund_id)
        .where(SpecialFund.year == year, FundUse.booked_on <= on)
        .group_by(FundUse.purpose)
        .order_by(FundUse.purpose)
    ).all()
    purposes = {row.purpose: int(row.fen) for row in rows}
    given, industry = sum(purposes.values()), purposes.get("industry", 0)
    linked_fen = sum(int(row.linked) for row in rows)
    return ShareReport(
        year=year,
        rule=rule,
        funds_fen=int(funds or 0),
        given_fen=given,
        purposes=purposes,
        industry=Share("industry", industry, given, rule.industry_bp if rule else None),
        linked=Share("linked", linked_fen, industry, rule.linked_bp if rule else None),
    )


def years(session: Session) -> list[int]:
    """Years that have special funds, the last first."""
    rows = select(SpecialFund.year).distinct().order_by(SpecialFund.year.desc())
    return list(session.scalars(rows))


def funds(session: Session, *, year: int | None = None) -> list[FundLine]:
    """The funds and what is left of them, by year and document."""
    query = select(SpecialFund, SpecialFundUse.used_fen).join(
        SpecialFundUse, SpecialFundUse.fund_id == SpecialFund.id
    )
    if year is not None:
        query = query.where(SpecialFund.year == year)
    rows = session.execute(query.order_by(SpecialFund.year.desc(), SpecialFund.document_no))
    return [_fund_line(fund, used) for fund, used in rows]


def fund(session: Session, fund_id: int) -> FundLine:
    """One fund."""
    found = session.get(SpecialFund, fund_id)
    if found is None:
        raise NotFound(field="fund_id", what="专项资金")
    return _fund_line(found, session.get_one(SpecialFundUse, fund_id).used_fen)


def _fund_line(fund: SpecialFund, used_fen: int) -> FundLine:
    return FundLine(
        fund.id, fund.year, fund.document_no, fund.level, fund.title, fund.amount_fen, used_fen
    )


def uses(session: Session, fund_id: int) -> list[UseLine]:
    """What was given from a fund, in order."""
    back = select(FundUse.reverses_id).where(FundUse.reverses_id.is_not(None))
    rows = session.execute(
        select(FundUse, IndustryProject.name, FundUse.id.in_(back).label("taken_back"))
        .outerjoin(IndustryProject, IndustryProject.id == FundUse.project_id)
        .where(FundUse.fund_id == fund_id)
        .order_by(FundUse.id)
    )
    return [
        UseLine(
            use.id,
            use.purpose,
            project or "",
            use.amount_fen,
            use.linked,
            use.used_on,
            use.document,
            use.reverses_id,
            bool(taken_back),
        )
        for use, project, taken_back in rows
    ]
