"""What the two villages of the small demo hold on its last day, asked of its books."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from households import levels
from households.helping import figures as help_figures
from households.helping import project_figures
from households.models import CaseObjection, CaseObjectionAnswer, CasePosition
from households.models.families import LeadBank, NeedAnswer
from households.models.helping import HelperPair, HelperVisit, HouseholdMeasure
from kernel.regions import RegionTree, scope_digits
from loans import mutual
from loans.models import JointAgreement, Loan
from mutual_aid.models import FeeSharing, MemberPosition, PublicList, VillageFund, VoteResult

REGION = "431022000000"
LAST = date(2015, 3, 31)


def check(house: House) -> None:
    """Everything that the pages show."""
    with house.books.read() as session:
        _check_fund(session)
        _check_need(session)
        _check_help(session)
        _check_money(session)
        _check_cases(session)
        _check_papers(session, house.regions)


def _check_fund(session: Session) -> None:
    """5 000.00 for 90 days at 6 %, over 360: 75.00, set apart 40 : 30 : 10 : 20."""
    first = session.scalars(
        select(VillageFund).join(Loan, Loan.lender_id == VillageFund.organisation_id)
    ).first()
    assert first is not None
    assert session.scalar(select(func.count()).select_from(VillageFund)) == 2
    lent = session.scalars(select(Loan).where(Loan.mode == mutual.MODE).order_by(Loan.id)).all()
    assert [loan.amount_fen for loan in lent] == [500_000, 400_000, 300_000]
    assert session.scalar(select(func.count()).select_from(JointAgreement)) == 3
    owner = first.organisation_id
    assert -ledger.balance(session, kind="interest_income", owner_id=owner) == 7_500
    shared = session.scalars(select(FeeSharing)).one()
    parts = shared.running_fen, shared.capital_fen, shared.welfare_fen, shared.reserve_fen
    assert parts == (3_000, 2_250, 750, 1_500)
    paid_in = select(MemberPosition.stake_fen).where(MemberPosition.fund_id == first.id)
    stakes = sum(session.scalars(paid_in))
    out = 400_000 + 300_000
    assert ledger.balance(session, kind="funds", owner_id=owner) == 5_000_000 + stakes - out + 7_500
    # One meeting in each fund, and the sharing; the extension is not counted yet.
    assert session.scalar(select(func.count()).select_from(VoteResult)) == 3
    posted = select(PublicList.month_from).where(PublicList.fund_id == first.id)
    assert list(session.scalars(posted.order_by(PublicList.month_from))) == [
        date(2014, 12, 1), date(2015, 1, 1), date(2015, 2, 1),
    ]  # fmt: skip


def _check_need(session: Session) -> None:
    rows = session.execute(
        select(NeedAnswer.answer, func.count(), func.min(func.length(NeedAnswer.reason)))
        .group_by(NeedAnswer.answer)
        .order_by(NeedAnswer.answer)
    ).all()
    assert [row[0] for row in rows] == ["no_need", "not_eligible", "wants"]
    # Who wants nothing, or may have nothing, says why.
    assert rows[0][2] > 0
    assert rows[1][2] > 0
    assert session.scalar(select(func.count()).select_from(LeadBank)) == 2


def _check_help(session: Session) -> None:
    first = select(func.min(HelperPair.household_id)).scalar_subquery()
    measures = session.scalars(
        select(HouseholdMeasure.measure).where(HouseholdMeasure.household_id == first)
    )
    assert len(set(measures)) == 10
    pairs = session.scalar(select(func.count()).select_from(HelperPair))
    visited = session.scalar(select(func.count(func.distinct(HelperVisit.pair_id))))
    assert pairs == visited


def _check_money(session: Session) -> None:
    """7 000 000 of 9 300 000 to industry, 5 000 000 of it linked."""
    told = help_figures.share_report(session, None, year=2015, on=LAST)
    assert told.industry.numerator_fen * 100 >= told.industry.denominator_fen * 70
    assert told.linked.numerator_fen * 100 >= told.linked.denominator_fen * 70
    assert (told.funds_fen, told.given_fen) == (1_000_000_000, 930_000_000)
    projects = project_figures.projects_total(session, digits=scope_digits(REGION))
    assert (projects.projects, projects.villages) == (3, 2)


def _check_cases(session: Session) -> None:
    rows = session.execute(
        select(CasePosition.done, CasePosition.state, func.count())
        .group_by(CasePosition.done, CasePosition.state)
        .order_by(CasePosition.done, CasePosition.state)
    )
    # Three are proposed, one of each list was voted down, one list hangs, one is with the county.
    assert [tuple(row) for row in rows] == [
        (1, "open", 3), (2, "refused", 2), (4, "open", 3), (5, "open", 3),
    ]  # fmt: skip
    assert session.scalar(select(func.count()).select_from(CaseObjection)) == 2
    assert session.scalar(select(func.count()).select_from(CaseObjectionAnswer)) == 1


def _check_papers(session: Session, regions: RegionTree) -> None:
    """Lists of the county and steps of the villages, in the order of their days."""
    township = min(session.scalars(select(VillageFund.village_code)))[:9].ljust(12, "0")
    papers = levels.township_file(session, township, regions=regions, on=LAST).papers
    days = [one.held_on for one in papers]
    # Three lists of the county; 5 steps of one village, 4 of the other, and two proposals there.
    assert days == sorted(days)
    assert len(days) == 3 + 5 + 4 + 2
