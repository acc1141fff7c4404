"""Members by sheet, and member households that are there no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

import ledger
import mutual_aid
from households import families
from households.families import Told
from households.models import Person
from kernel.refusals import NotFound, Refusal
from loans.refusals import HouseholdStillBound
from mutual_aid import checks, queries, refusals
from mutual_aid.models import MutualMovement
from mutual_aid.sheets import Joining
from mutual_aid.voting import members_on
from office.refusals import NotEntitled
from tests.loans.town import OFFICER, Town
from tests.mutual_aid.fund import FIRST, KEEPER, STAKE, Fund
from tests.planted import Plant


def number(fund: Fund, place: int) -> str:
    return list(fund.town.households)[place - 1]


def row(fund: Fund, place: int, fen: int = STAKE, **more: str) -> Joining:
    """A household that pays one portion."""
    plain: dict[str, str] = {"voucher_no": f"RS{place:04d}"}
    return Joining(household_number=number(fund, place), stake_fen=fen, **{**plain, **more})


def join_all(fund: Fund, *rows: Joining) -> list[int]:
    found: list[int] = fund.do(mutual_aid.join_many, rules=True, fund_id=fund.id, rows=rows)
    return found


def told(fund: Fund, *rows: Joining) -> list[tuple[int, type[Refusal]]]:
    with pytest.raises(refusals.MembersRefused) as caught:
        join_all(fund, *rows)
    return [(nr, type(one)) for nr, one in caught.value.rows]


# --- by sheet -------------------------------------------------------------------------------------


def test_a_list_of_members_is_taken_in_whole(town: Town, tmp_path: Path) -> None:
    """Two pay 100.00 and 300.00, the third's base stake is paid by the fiscal money."""
    fund = Fund(town).found()
    path = tmp_path / "社员名册.csv"
    path.write_text(
        "户编号,缴纳方,互助金（元）,渠道,凭证号\n"
        f"{number(fund, 1)},农户,100.00,,RS0001\n"
        f"{number(fund, 2)},,300.00,,RS0002\n"
        f"{number(fund, 3)},财政,,,\n",
        encoding="utf-8-sig",
    )
    members = join_all(fund, *mutual_aid.read_members(path).taken())
    assert len(members) == 3
    with town.books.read() as session:
        lines = {line.household_number: line for line in queries.members_of(session, fund.id)}
        assert list(checks.check(session)) == []
    assert [
        (lines[number(fund, at)].stake_fen, lines[number(fund, at)].base_fen) for at in (1, 2, 3)
    ] == [(10_000, 0), (30_000, 0), (0, 10_000)]


def test_every_broken_row_of_a_list_is_told_and_nothing_taken_in(fund: Fund) -> None:
    stranger = Joining(household_number="4310221002019999")
    assert told(
        fund,
        row(fund, 5),
        row(fund, 1),
        stranger,
        row(fund, 6, STAKE + 1),
        row(fund, 6, voucher_no=" "),
        row(fund, 5, voucher_no="RS0099"),
    ) == [
        (2, refusals.FundMemberAlready),
        (3, NotFound),
        (4, refusals.StakeNotWholePortions),
        (5, refusals.FundPaperMissing),
        (6, refusals.FundMemberAlready),
    ]
    assert told(fund) == []
    with fund.town.books.read() as session:
        assert len(queries.members_of(session, fund.id)) == 4
    with pytest.raises(NotEntitled):
        fund.do(mutual_aid.join_many, OFFICER, rules=True, fund_id=fund.id, rows=[row(fund, 5)])
    join_all(fund, row(fund, 5))


def test_an_empty_workbook_is_read_back(fund: Fund, tmp_path: Path) -> None:
    path = tmp_path / "社员名册.xlsx"
    mutual_aid.write_members_template(path)
    assert mutual_aid.read_members(path).rows == []


# --- gone -----------------------------------------------------------------------------------------


def merge(fund: Fund, place: int, into: int) -> None:
    """One household becomes part of another."""
    with fund.town.books.write("households.family", by=KEEPER) as session:
        on = ledger.open_day(session)
        people = session.scalars(
            select(Person.id).where(
                Person.household_id == fund.household(place), Person.left_on.is_(None)
            )
        )
        families.merge(
            session, household_id=fund.household(place), into_id=fund.household(into),
            relations=dict.fromkeys(people, "其他"), told=Told(on, reason="并户"), on=on,
            by=KEEPER,
        )  # fmt: skip


def test_nobody_speaks_for_a_household_that_was_merged(fund: Fund) -> None:
    """Four members, one merged into another: three may vote; it leaves once the group is free, and
    its stake is paid to the household it joined.
    """
    (loan,) = fund.lend(fund.asked(1))
    merge(fund, 4, 5)
    with fund.town.books.read() as session:
        (left,) = mutual_aid.gone(session, fund.id, fund.town.today)
    assert (left.household_id, left.into_number) == (fund.household(4), number(fund, 5))
    assert (left.stake_fen, left.base_fen) == (STAKE, 0)
    vote_id = fund.open_vote("other")
    with pytest.raises(refusals.BallotOfNonMember):
        fund.do(mutual_aid.cast, vote_id=vote_id, ballots={fund.household(4): "for"})
    with fund.town.books.read() as session:
        (vote,) = queries.votes_of(session, fund.id)
    assert vote.eligible == 3
    with pytest.raises(HouseholdStillBound):
        fund.leave(4)
    fund.town.pay(loan, FIRST, early=True)
    fund.leave(4)
    fund.withdraw(4)
    with fund.town.books.read() as session:
        assert mutual_aid.gone(session, fund.id, fund.town.today) == []
        paid = session.scalars(
            select(MutualMovement.document).where(MutualMovement.kind == "stake_withdrawn")
        ).all()
        assert list(checks.check(session)) == []
    assert paid == [f"付给并入的农户{number(fund, 5)}"]
    fund.join(5)


PLANTED = [
    Plant(
        test_every_broken_row_of_a_list_is_told_and_nothing_taken_in,
        "mutual_aid.sheets.pay_stake",
        lambda *_args, **_more: None,
    ),
    Plant(
        test_nobody_speaks_for_a_household_that_was_merged,
        "mutual_aid.voting.speaking_on",
        members_on,
        catches=(pytest.fail.Exception,),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, fund: Fund) -> None:
    plant.prove(fund=fund)
