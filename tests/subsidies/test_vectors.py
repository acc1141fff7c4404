"""The published vectors through the real product: signed, paid out, closed day by day, owed.

Each expected amount is typed from the rule; the calculations stand in ``docs/rules.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

import ledger
from loans import arrears
from loans.models import Loan, LoanDay, OpenDue, Settlement
from policy import ContractTerms
from subsidies.models import Entitlement, Exclusion
from tests.loans.bent import BentRulebook
from tests.loans.town import FULL
from tests.subsidies.treasury import TreasuryTown, bend, borne

ONE = timedelta(days=1)
SEVENTY = borne("lender", (7_000, FULL, None))


def owed(town: TreasuryTown, number: str) -> list[int]:
    return [row.amount_fen for row in town.entitlements(number)]


def household_fen(town: TreasuryTown, number: str) -> int:
    """What the household bears of the interest settled."""
    with town.books.read() as session:
        total = session.scalar(
            select(func.sum(Settlement.household_fen))
            .join(Loan, Loan.id == Settlement.loan_id)
            .where(Loan.number == number, Settlement.kind == "interest")
        )
        return total or 0


# --- V1 and V2: one payment at the end ------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "day_count", "fen"),
    [
        (date(2016, 6, 15), "act/360", 2_205_21),
        (date(2016, 6, 15), "act/365", 2_175_00),
        (date(2016, 6, 15), "by-month", 2_175_00),
        # 29 February lies between
        (date(2015, 6, 15), "act/360", 2_211_25),
    ],
)
def test_v1_a_year_at_4_35_percent(
    new_town: TreasuryTown, drawn: date, day_count: str, fen: int
) -> None:
    new_town.found(drawn, households=1)
    bend(new_town, day_count=day_count, settle_on_day=0)
    terms: dict[str, object] = {"term_months": 12, "annual_rate_ppm": 43_500}
    if day_count == "by-month":
        terms |= {"method": "interest-only", "every_months": 12}
    else:
        terms |= {"method": "bullet", "every_months": 0}
    number = new_town.lend(1, **terms)
    new_town.close_to(date(drawn.year + 1, 6, 14))
    assert owed(new_town, number) == [fen]


def test_v2_three_years_in_one_payment(new_town: TreasuryTown) -> None:
    """50 000 at 4.75 %, 1 095 days: 7 223.96."""
    new_town.found(date(2016, 5, 30), households=1)
    bend(new_town, settle_on_day=0)
    number = new_town.lend(1, method="bullet", every_months=0)
    new_town.close_to(date(2019, 5, 29))
    assert owed(new_town, number) == [7_223_96]


# --- V3 and V4: by the quarter --------------------------------------------------------------------


def test_v3_the_same_by_the_quarter_is_a_fen_less(new_town: TreasuryTown) -> None:
    new_town.found(date(2016, 5, 30), households=1)
    number = new_town.lend(1)
    new_town.close_to(date(2019, 5, 29))
    q92, q91, q90 = 606_94, 600_35, 593_75
    years = [q92, q91, q90, q92] * 3
    assert owed(new_town, number) == [145_14, *years[:-1], 461_81]
    assert sum(owed(new_town, number)) == 7_223_95
    assert household_fen(new_town, number) == 0


def test_v4_a_year_at_4_35_percent_by_the_quarter(town: TreasuryTown) -> None:
    number = town.lend(1, term_months=12, annual_rate_ppm=43_500)
    town.close_to(date(2017, 5, 29))
    rows = town.entitlements(number)
    assert [row.amount_fen for row in rows] == [132_92, 555_83, 549_79, 543_75, 422_92]
    assert sum(row.amount_fen for row in rows) == 2_205_21
    assert {(row.route, row.payee_kind, row.payee_id) for row in rows} == {
        ("lender", "organisations", town.lender_id)
    }


# --- V5: a share that changes with the calendar year ----------------------------------------------


@dataclass
class Qingyang(BentRulebook):
    """The county's rule as it ships, here for whoever is registered."""

    def terms_for(self, *, on: date, region: str, household_kind: str) -> ContractTerms:
        return self.contract_terms(on=on, region="341723000000")


def test_v5_the_household_pays_the_rest(new_town: TreasuryTown) -> None:
    """青阳: 100 % of what arises in 2023, 70 % of what arises in 2024; 3.45 %, by the quarter."""
    new_town.found(date(2023, 10, 1), households=1)
    new_town.rulebook = Qingyang(new_town.rulebook)  # type: ignore[assignment]
    number = new_town.lend(1, term_months=12, annual_rate_ppm=34_500)
    # The rest of each quarter falls due the day after its 20th, and is paid on that day.
    for due_on, rest_fen in (
        (date(2024, 3, 21), 115_00),
        (date(2024, 6, 21), 132_25),
        (date(2024, 9, 21), 132_25),
    ):
        new_town.close_to(due_on - ONE)
        new_town.pay(number, rest_fen)
    new_town.close_to(date(2024, 9, 30))
    assert owed(new_town, number) == [388_13, 321_04, 308_58, 308_58, 33_54]
    assert sum(owed(new_town, number)) == 1_359_87
    assert household_fen(new_town, number) == 393_88


def test_v5_as_one_settlement(new_town: TreasuryTown) -> None:
    new_town.found(date(2023, 10, 1), households=1)
    new_town.rulebook = Qingyang(new_town.rulebook)  # type: ignore[assignment]
    new_town.rulebook.bend({"settle_on_day": 0})  # type: ignore[attr-defined]
    number = new_town.lend(
        1, term_months=12, annual_rate_ppm=34_500, method="bullet", every_months=0
    )
    new_town.close_to(date(2024, 9, 30))
    assert owed(new_town, number) == [1_359_88]
    assert household_fen(new_town, number) == 393_87


# --- V7: penalty is nobody's subsidy --------------------------------------------------------------


@pytest.mark.parametrize(("surcharge_bp", "fen"), [(5_000, 890_63), (3_000, 771_88)])
def test_v7_penalty_bears_no_subsidy(new_town: TreasuryTown, surcharge_bp: int, fen: int) -> None:
    """50 000 overdue for 90 days from 15 June 2017, at 7.125 % or 6.175 %."""
    new_town.found(date(2016, 6, 15), households=1)
    bend(new_town, overdue_surcharge_bp=surcharge_bp, settle_on_day=0, rate_reference="none")
    number = new_town.lend(1, term_months=12, method="bullet", every_months=0)
    new_town.close_to(date(2017, 9, 12))
    new_town.pay(number, 2 * FULL)
    new_town.close_to(date(2017, 9, 13))
    with new_town.books.read() as session:
        penalty = session.scalars(select(Settlement).where(Settlement.kind == "penalty")).one()
        assert (penalty.amount_fen, penalty.treasury_fen) == (fen, 0)
        left_out = session.execute(
            select(Exclusion.reason, Exclusion.principal_days).where(
                Exclusion.settlement_id == penalty.id
            )
        ).all()
        assert [tuple(row) for row in left_out] == [("overdue", FULL * 90)]
        # The year's interest was the treasury's; nothing came on top of it.
        assert session.scalars(select(Entitlement.to_on)).all() == [date(2017, 6, 15)]


# --- a treasury that pays late --------------------------------------------------------------------


def test_a_quarter_paid_45_days_late_changes_nothing_for_the_household(
    new_town: TreasuryTown,
) -> None:
    """70 % are the treasury's. The household pays its 30 % on the day; the treasury does not.

    22 days to 20 June: 145.14, of which 101.60 (101.5972) are the treasury's and 43.54 are left.
    """
    new_town.found(date(2016, 5, 30), households=1)
    bend(new_town, interest_bearers=SEVENTY)
    number = new_town.lend(1)
    new_town.close_to(date(2016, 6, 20))
    assert owed(new_town, number) == [101_60]
    new_town.pay(number, 43_54)
    new_town.close_to(date(2016, 6, 21) + 45 * ONE)
    with new_town.books.read() as session:
        loan_id = session.scalars(select(Loan.id)).one()
        assert session.scalars(select(OpenDue)).all() == []
        assert arrears.overdue_days(session, [loan_id], on=ledger.open_day(session)) == {}
        days = session.scalars(select(LoanDay).order_by(LoanDay.on_day)).all()
        assert {(d.overdue_principal_fen, d.overdue_interest_fen, d.grade) for d in days} == {
            (0, 0, 1)
        }
        kinds = set(session.scalars(select(Settlement.kind)))
        assert kinds == {"interest"}
        # What is late is the treasury's, and stands where the bank sees it.
        late_fen = ledger.balance(session, kind="treasury_interest_receivable", subject_id=loan_id)
        assert late_fen == 101_60
    new_town.close_to(date(2016, 9, 20))
    # 92 days: 606.94, of which 424.86 (424.861…) are the treasury's, as if nothing had been late.
    assert owed(new_town, number) == [101_60, 424_86]
    assert household_fen(new_town, number) == 43_54 + (606_94 - 424_86)
