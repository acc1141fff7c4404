"""Thirty-two clients at once: one loan is a stake once, one number one agreement's, one household
joins once.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import func, select

from enterprises.models import AgreementPosition, LinkedLoan
from tests.enterprises.desk import LinkedTown
from tests.loans.town import FULL
from tests.properties.crowd import CLIENTS, Crowd

pytestmark = pytest.mark.slow


def test_one_loan_is_a_stake_once(linked: LinkedTown) -> None:
    stake = linked.stake(1)
    handed = [linked.hand_in(stake, number=f"宜联{nr}号") for nr in range(1, CLIENTS + 1)]
    crowd = Crowd([partial(linked.decide, one) for one in handed])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"loan_linked_meanwhile": CLIENTS - 1}
    with linked.books.read() as session:
        assert session.scalar(select(func.sum(LinkedLoan.stake_fen))) == FULL
        assert Counter(session.scalars(select(AgreementPosition.state))) == {
            "in_force": 1,
            "proposed": CLIENTS - 1,
        }


def test_one_number_is_one_agreements(linked: LinkedTown) -> None:
    work = linked.work(1)
    crowd = Crowd([partial(linked.hand_in, work) for _ in range(CLIENTS)])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"agreement_number_taken": CLIENTS - 1}


def test_one_household_joins_once(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1))
    handed = [linked.join(agreement, linked.work(2)) for _ in range(CLIENTS)]
    crowd = Crowd([partial(linked.decide, one) for one in handed])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"households_joined_meanwhile": CLIENTS - 1}
    assert linked.stands(agreement) == ("in_force", 2, 6, FULL)


def test_a_recognition_is_granted_once_for_its_days(town: LinkedTown) -> None:
    proposals = [town.ask() for _ in range(CLIENTS)]
    crowd = Crowd([partial(town.grant, one) for one in proposals])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"recognition_overlaps": CLIENTS - 1}
