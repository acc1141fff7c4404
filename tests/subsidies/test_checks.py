"""Damage done by hand is found and named."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, insert, select, text, update

from kernel.findings import Finding
from subsidies import checks
from subsidies.models import (
    BudgetUse,
    Entitlement,
    EntitlementClaim,
    Exclusion,
    SubsidyRun,
)
from tests.loans.town import FULL
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import bend, borne

pytestmark = pytest.mark.damaged("rows are changed by hand")


def found(offices: Offices) -> list[Finding]:
    with offices.books.read() as session:
        return list(checks.check(session))


@pytest.fixture
def settled(offices: Offices) -> Offices:
    """A quarter settled: 30 000 of 50 000 under the cap, 22 days; and claimed."""
    bend(offices, interest_bearers=borne("lender", (10_000, 3_000_000, None)))
    offices.lend(1)
    offices.close_to(date(2016, 6, 20))
    offices.submitted()
    assert found(offices) == []
    return offices


def names(offices: Offices) -> set[str]:
    return {one.check.removeprefix("subsidies.") for one in found(offices)}


def test_an_entitlement_of_another_amount(settled: Offices) -> None:
    with settled.back_door() as connection:
        connection.execute(update(Entitlement).values(amount_fen=Entitlement.amount_fen + 1))
    assert names(settled) >= {"entitlements", "runs"}


def test_an_entitlement_for_somebody_else(settled: Offices) -> None:
    with settled.back_door() as connection:
        connection.execute(update(Entitlement).values(payee_kind="households"))
    assert names(settled) == {"entitlements"}


def test_an_entitlement_that_is_gone(settled: Offices) -> None:
    with settled.back_door() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(delete(EntitlementClaim))
        connection.execute(text("DELETE FROM subsidy_claim_rows"))
        connection.execute(delete(Entitlement))
    assert names(settled) >= {"entitlements", "runs"}


def test_a_reason_that_is_gone(settled: Offices) -> None:
    with settled.back_door() as connection:
        connection.execute(delete(Exclusion))
    (one,) = found(settled)
    assert one.check == "subsidies.exclusions"
    # 20 000 for 22 days
    assert str((FULL - 3_000_000) * 22) in one.en


def test_a_run_that_does_not_add_up(settled: Offices) -> None:
    with settled.back_door() as connection:
        connection.execute(update(SubsidyRun).values(amount_fen=SubsidyRun.amount_fen * 2))
    assert names(settled) == {"runs", "expense"}


def test_a_claim_that_holds_what_it_never_froze(settled: Offices) -> None:
    with settled.books.engine.begin() as connection:
        connection.execute(delete(EntitlementClaim))
    assert names(settled) == {"held"}


def test_a_line_without_its_use(settled: Offices) -> None:
    line_id = settled.fund()
    assert found(settled) == []
    with settled.books.engine.begin() as connection:
        connection.execute(delete(BudgetUse).where(BudgetUse.line_id == line_id))
    assert names(settled) == {"budget"}


def test_a_reason_that_nothing_bears_out(settled: Offices) -> None:
    with settled.books.read() as session:
        one = session.scalars(select(Exclusion)).one()
    with settled.back_door() as connection:
        connection.execute(
            insert(Exclusion).values(
                settlement_id=one.settlement_id,
                reason="overdue",
                loan_id=one.loan_id,
                principal_days=1,
                trail_id=one.trail_id,
            )
        )
    assert names(settled) == {"exclusions"}
