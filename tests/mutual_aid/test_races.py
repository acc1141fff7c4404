"""Thirty-two clerks at once: one group, one household, one ballot, one fund's money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select

import ledger
import mutual_aid
from kernel.refusals import Refusal
from loans.models import Application, Disbursement
from mutual_aid.models import (
    FundMember,
    FundPlace,
    MutualBallot,
    MutualGroup,
    MutualMovement,
    MutualVote,
)
from tests.loans.town import Town
from tests.mutual_aid.fund import FIRST, KEEPER, STAKE, TELLER, Fund
from tests.properties.crowd import CLIENTS, Crowd

pytestmark = pytest.mark.slow


def rows_of(fund: Fund, entity: Any, *where: Any) -> int:
    with fund.town.books.read() as session:
        return session.scalar(select(func.count()).select_from(entity).where(*where)) or 0


def test_two_loans_to_one_group_at_once_are_one(fund: Fund) -> None:
    """Four households of one group, eight clerks for each: one sheet is taken in."""

    def knock(place: int) -> Callable[[], int]:
        return lambda: fund.apply(fund.asked(place))

    crowd = Crowd([knock(at % 4 + 1) for at in range(CLIENTS)])
    assert len(crowd.answers) == 1
    assert crowd.refused == {"sheet_refused": CLIENTS - 1}
    assert rows_of(fund, Application) == 1


def test_a_member_leaves_or_a_loan_is_applied_for_and_never_both(fund: Fund) -> None:
    """Half of the clerks apply for the first household, half let the fourth leave."""

    def apply() -> str:
        fund.apply(fund.asked(1))
        return "applied"

    def leave() -> str:
        fund.leave(4)
        return "left"

    crowd = Crowd([apply if at % 2 else leave for at in range(CLIENTS)])
    assert len(crowd.answers) == 1
    applied = crowd.answers == ["applied"]
    assert rows_of(fund, Application) == int(applied)
    if applied:
        assert crowd.refused == {
            "sheet_refused": CLIENTS // 2 - 1, "household_still_bound": CLIENTS // 2,
        }  # fmt: skip
    else:
        # A group of three borrows nothing.
        assert crowd.refused == {
            "sheet_refused": CLIENTS // 2, "fund_member_unknown": CLIENTS // 2 - 1,
        }  # fmt: skip


def test_a_ballot_is_cast_once(fund: Fund) -> None:
    vote_id = fund.open_vote("other")

    def cast(choice: str) -> Callable[[], None]:
        ballots = {fund.household(1): choice}
        return lambda: fund.do(mutual_aid.cast, vote_id=vote_id, ballots=ballots)

    crowd = Crowd([cast("for" if at % 2 else "against") for at in range(CLIENTS)])
    assert crowd.refused == {"ballot_twice": CLIENTS - 1}
    assert rows_of(fund, MutualBallot) == 1


def test_no_ballot_comes_in_while_they_are_counted(fund: Fund) -> None:
    """A clerk counts three ballots; before that is written another brings the fourth."""
    vote_id = fund.open_vote("other")
    early = {fund.household(place): "for" for place in (1, 2, 3)}
    fund.do(mutual_aid.cast, vote_id=vote_id, ballots=early)
    met: list[str] = []

    def cast() -> None:
        try:
            fund.do(mutual_aid.cast, vote_id=vote_id, ballots={fund.household(4): "against"})
        except Refusal as refusal:
            met.append(refusal.code)

    late = Thread(target=cast)
    with fund.town.books.write("mutual_aid.count", by=KEEPER) as session:
        mutual_aid.count(
            session, vote_id=vote_id, rulebook=fund.town.rulebook,
            on=ledger.open_day(session), by=KEEPER,
        )  # fmt: skip
        late.start()
        late.join(timeout=2)
    late.join()
    assert met == ["vote_is_counted"]
    assert rows_of(fund, MutualBallot) == 3


def test_a_household_joins_once(fund: Fund) -> None:
    def join() -> None:
        fund.join(5, stake=0)

    crowd = Crowd([join] * CLIENTS)
    assert crowd.refused == {"fund_member_already": CLIENTS - 1}
    assert rows_of(fund, FundMember, FundMember.household_id == fund.household(5)) == 1


def test_a_stake_is_paid_out_once(fund: Fund) -> None:
    fund.leave(4)
    crowd = Crowd([lambda: fund.withdraw(4)] * CLIENTS)
    assert len(crowd.answers) == 1
    assert crowd.refused == {"fund_member_unknown": CLIENTS - 1}
    assert rows_of(fund, MutualMovement, MutualMovement.kind == "stake_withdrawn") == 1


def test_a_fund_is_never_overdrawn(town: Town) -> None:
    """5 100.00 are there; four contracts of 5 000.00 are drawn at once: one is paid."""
    fund = Fund(town).found(fen=470_000)
    fund.group(1, 2, 3, 4)
    numbers = fund.contracts(*(fund.asked(place) for place in (1, 2, 3, 4)))

    def draw(at: int) -> Callable[[], str]:
        return lambda: town.disburse(numbers[at % 4], FIRST, f"FK{at:06d}")

    crowd = Crowd([draw(at) for at in range(CLIENTS)])
    assert len(crowd.answers) == 1
    assert rows_of(fund, Disbursement) == 1
    assert fund.balance("funds") == STAKE


def test_votes_opened_at_once_have_each_their_number(fund: Fund) -> None:
    crowd = Crowd([lambda: fund.open_vote("other")] * 8)
    assert not crowd.refused
    with fund.town.books.read() as session:
        numbers = session.scalars(select(MutualVote.nr).order_by(MutualVote.nr)).all()
    assert numbers == list(range(1, 9))


def test_two_groups_formed_at_once_have_each_their_number(new_town: Town) -> None:
    fund = Fund(new_town.found(date(2016, 5, 30), households=8)).found()
    fund.join(*range(1, 9))
    crowd = Crowd([lambda: fund.group(1, 2, 3, 4), lambda: fund.group(5, 6, 7, 8)])
    assert not crowd.refused
    with fund.town.books.read() as session:
        assert sorted(session.scalars(select(MutualGroup.nr))) == [1, 2]


def test_a_vote_is_carried_out_once(fund: Fund) -> None:
    vote_id = fund.voted("fee_rate", 70_000)

    def carry() -> None:
        fund.do(mutual_aid.set_fee, TELLER, rules=True, vote_id=vote_id)

    crowd = Crowd([carry] * CLIENTS)
    assert crowd.refused == {"vote_carried_out": CLIENTS - 1}


def test_one_village_gets_one_fund(town: Town) -> None:
    funds = [Fund(town) for _ in range(6)]
    for at, one in enumerate(funds):
        one.id = one.propose(serial=50 + at)
    crowd = Crowd([lambda one=one: one.decide(one.id) for one in funds])  # type: ignore[misc]
    assert crowd.refused == {"village_has_fund": 5}
    assert rows_of(funds[0], FundPlace) == 1
