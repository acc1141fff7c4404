"""Damage done by hand to recognitions and agreements is found and named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from enterprises import agreement_checks
from enterprises.models import (
    Agreement,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    AgreementParty,
    AgreementPosition,
    AgreementTerm,
    LinkedLoan,
    Recognition,
)
from office.models import Decision, Proposal
from tests.enterprises.desk import LinkedTown
from tests.loans.town import FULL

pytestmark = pytest.mark.damaged("rows are changed by hand")


def names(town: LinkedTown) -> set[str]:
    with town.books.read() as session:
        findings = list(agreement_checks.check(session))
    return {one.check.removeprefix("enterprises.") for one in findings}


@pytest.fixture
def agreed(linked: LinkedTown) -> LinkedTown:
    """An agreement with two lists, one household gone; another one rejected."""
    agreement = linked.agree(linked.stake(1), linked.stake(2), linked.work(3))
    linked.decide(linked.join(agreement, linked.stake(4)))
    linked.leave(agreement, 2)
    rejected = linked.hand_in(linked.stake(5), number="宜联〔2016〕2号")
    linked.decide(rejected, approved=False, reason="名单须重核")
    assert names(linked) == set()
    return linked


@pytest.mark.parametrize(
    ("model", "values", "wanted"),
    [
        (AgreementHousehold, {"stake_fen": AgreementHousehold.stake_fen + 1}, "agreement_lists"),
        (AgreementHousehold, {"persons": 4}, "agreement_lists"),
        (AgreementList, {"persons": 8}, "agreement_lists"),
        (AgreementList, {"digest": "0" * 64}, "agreement_lists"),
        (AgreementList, {"from_on": date(2016, 6, 1)}, "agreement_lists"),
        (Agreement, {"to_on": date(2020, 5, 30)}, "agreements"),
        (Agreement, {"to_on": date(2019, 5, 29)}, "agreements"),
        (Agreement, {"digest": "0" * 64}, "agreements"),
        (AgreementTerm, {"rate_ppm": 60_000}, "agreements"),
        (AgreementTerm, {"year_to": 2}, "agreements"),
        (AgreementLeaving, {"household_id": 3}, "linked_loans"),
        (AgreementPosition, {"households": 9}, "agreement_positions"),
        (AgreementPosition, {"stake_fen": 1}, "agreement_positions"),
        (LinkedLoan, {"stake_fen": 1}, "linked_loans"),
        (AgreementParty, {"organisation_id": 2}, "agreement_households"),
        (Recognition, {"digest": "0" * 64}, "recognitions"),
    ],
)
def test_a_changed_row(
    model: type[Any], values: dict[str, object], wanted: str, agreed: LinkedTown
) -> None:
    with agreed.back_door() as connection:
        connection.execute(update(model).values(trail_id=model.trail_id, **values))
    assert wanted in names(agreed)


def test_a_stake_above_what_was_drawn(agreed: LinkedTown) -> None:
    with agreed.back_door() as connection:
        connection.execute(text("UPDATE disbursements SET amount_fen = amount_fen - 1"))
    assert "agreement_households" in names(agreed)


def test_a_link_that_is_gone(agreed: LinkedTown) -> None:
    with agreed.back_door() as connection:
        connection.execute(delete(LinkedLoan).where(LinkedLoan.loan_id == 1))
    assert names(agreed) == {"linked_loans"}


def test_a_place_that_is_gone(agreed: LinkedTown) -> None:
    with agreed.back_door() as connection:
        connection.execute(delete(AgreementPosition).where(AgreementPosition.state == "rejected"))
    assert names(agreed) == {"agreement_positions"}


def test_a_rejected_one_put_in_force(agreed: LinkedTown) -> None:
    with agreed.back_door() as connection:
        connection.execute(
            update(AgreementPosition)
            .where(AgreementPosition.state == "rejected")
            .values(
                state="in_force",
                number="宜联〔2016〕2号",
                trail_id=AgreementPosition.trail_id,
            )
        )
    assert names(agreed) == {"agreement_positions"}


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [("agreement_lists", "agreement_approvals"), ("recognitions", "recognition_grants")],
)
def test_decided_by_whoever_proposed(agreed: LinkedTown, subject: str, wanted: str) -> None:
    with agreed.back_door() as connection:
        proposed = (
            Proposal.__table__.select()
            .with_only_columns(Proposal.proposed_by)
            .where(Proposal.id == Decision.proposal_id, Proposal.subject_kind == subject)
            .scalar_subquery()
        )
        connection.execute(
            update(Decision).where(proposed.is_not(None)).values(decided_by=proposed)
        )
    assert wanted in names(agreed)


def test_a_whole_agreement_is_clean_to_its_end(agreed: LinkedTown) -> None:
    """A loan whose agreement is over may be a stake in the next; both stand as they are."""
    short = agreed.agree(
        agreed.stake(6), number="宜联〔2016〕3号", to_on=date(2016, 8, 30), rhythm_months=3
    )
    agreed.close_to(date(2016, 8, 30))
    later = agreed.agree(
        agreed.stake(6), number="宜联〔2016〕4号", to_on=date(2017, 8, 31), rhythm_months=12
    )
    assert agreed.stands(short) == agreed.stands(later) == ("in_force", 1, 3, FULL)
    assert names(agreed) == set()
