"""One cap for a family line: 50 000 are 50 000 however often a household splits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import credit
import loans
from credit.models import CreditLine
from credit.refusals import LineExceeded
from households.models import Person
from loans.household_caps import cap_taken, cover_taken
from loans.models import Loan, LoanBearer
from loans.refusals import SheetRefused
from office.refusals import OwnHousehold
from tests.loans.bent import treasury
from tests.loans.families import merge, number_of, own_limit, split_off
from tests.loans.lists import found_organisation, pooled
from tests.loans.refusing import bent
from tests.loans.town import DIRECTOR, FULL, Town
from tests.planted import Plant

#: 30 000, 20 000 and 0.01 元
THREE, TWO, FEN = 3_000_000, 2_000_000, 1


def refused(town: Town, *rows: loans.Asked) -> set[str]:
    """The rules that a sheet breaks."""
    with pytest.raises(SheetRefused) as caught:
        town.apply(*rows)
    return {refusal.code for _, refusal in caught.value.rows}


def ask(town: Town, number: str, fen: int, **more: Any) -> loans.Asked:
    return town.asked(1, household_number=number, amount_fen=fen, **more)


def test_who_splits_off_brings_no_second_50_000(town: Town) -> None:
    """30 000 are out to the old household: 20 000 are left for both, and not a fen more."""
    town.lend(1, amount_fen=THREE)
    new = split_off(town, 1, "B1")
    assert refused(town, ask(town, new, TWO + FEN)) == {
        "household_total_above_limit",
        "line_too_small",
    }
    (number,) = town.contracts(ask(town, new, TWO))
    town.disburse(number, TWO)
    for household in (new, number_of(1)):
        assert "household_total_above_limit" in refused(town, ask(town, household, FEN))
    # its neighbour has nothing to do with it
    town.apply(town.asked(2))


def test_the_old_one_counts_what_the_new_one_owes(town: Town) -> None:
    """Nothing was lent before: who comes first has it."""
    new = split_off(town, 1, "B1")
    town.contracts(ask(town, new, FULL))
    # signed and not drawn: the total is taken, the line is not
    assert refused(town, town.asked(1, amount_fen=FEN)) == {"household_total_above_limit"}
    grand = split_off(town, 1, "C1", rated=False)
    assert "household_total_above_limit" in refused(town, ask(town, grand, FEN))


def test_two_of_a_family_on_one_sheet_are_counted_together(town: Town) -> None:
    new = split_off(town, 1, "B1")
    assert refused(town, town.asked(1, amount_fen=THREE), ask(town, new, TWO + FEN)) == {
        "household_total_above_limit"
    }
    first, second = town.contracts(town.asked(1, amount_fen=THREE), ask(town, new, TWO))
    with town.books.read() as session:
        rows = session.execute(select(Loan.number, Loan.amount_fen).order_by(Loan.id)).all()
    assert [tuple(row) for row in rows] == [(first, THREE), (second, TWO)]


def test_two_of_a_family_on_one_list_are_counted_together(town: Town) -> None:
    """30 000 and 20 000.01 of one list, one organisation: more than 50 000 of one family."""
    new = split_off(town, 1, "B1")
    code = found_organisation(town)
    assert list(town.households).index(new) == 6
    wrong = pooled(town, code, (1, THREE), (7, TWO + FEN))
    assert refused(town, wrong) == {"share_total_above_limit"}
    town.contracts(pooled(town, code, (1, THREE), (7, TWO)))
    assert "household_total_above_limit" in refused(town, ask(town, new, FEN))


def test_signing_counts_a_family_that_has_become_one_meanwhile(town: Town) -> None:
    """Both were approved at two neighbours' desks; then one was merged into the other."""
    sheet = town.apply(town.asked(1, amount_fen=THREE))
    town.approve(sheet)
    (number,) = town.contracts(town.asked(2, amount_fen=THREE))
    merge(town, number_of(2), number_of(1))
    with pytest.raises(SheetRefused) as caught:
        town.sign(sheet)
    assert {one.code for _, one in caught.value.rows} == {"household_total_above_limit"}
    # what the merged household signed is drawn and owed as it was
    town.disburse(number, THREE)
    assert refused(town, ask(town, number_of(2), FEN)) == {"household_not_registered"}
    assert "household_total_above_limit" in refused(town, ask(town, number_of(1), TWO + FEN))
    town.contracts(ask(town, number_of(1), TWO))


def test_limits_of_its_own_by_two_people(town: Town) -> None:
    town.lend(1)
    new = split_off(town, 1, "B1")
    assert "household_total_above_limit" in refused(town, ask(town, new, FEN))
    own_limit(town, new)
    (number,) = town.contracts(ask(town, new, FULL))
    town.disburse(number, FULL)
    with town.books.read() as session:
        used = list(session.scalars(select(CreditLine.used_fen).where(CreditLine.used_fen > 0)))
    assert used == [FULL, FULL]


# --- the line -------------------------------------------------------------------------------------


def test_a_line_leaves_what_the_others_have_not_drawn(town: Town) -> None:
    """Lines of 50 000 each; contracts of 50 000 that were signed while they had limits of their
    own cannot both be drawn once the two are one family: 50 000 are drawn in all.
    """
    first, second = town.contracts(town.asked(1), town.asked(2))
    merge(town, number_of(2), number_of(1))
    town.disburse(first, THREE)
    with town.books.read() as session:
        line = credit.queries.line(session, town.households[number_of(2)], on=town.today)
        assert line is not None
        assert (line.used_fen, line.family_used_fen, line.available_fen) == (0, THREE, TWO)
    with pytest.raises(LineExceeded) as caught:
        town.disburse(second, TWO + FEN)
    assert caught.value.facts["available"] == "20000.00"
    town.disburse(second, TWO)
    with pytest.raises(LineExceeded):
        town.disburse(first, FEN)


def test_a_family_draws_in_one_sheet_what_one_line_leaves(town: Town) -> None:
    """Both lines are untouched before the statement: 30 000 and 20 000.01 are 0.01 too much."""
    first, second = town.contracts(town.asked(1), town.asked(2))
    merge(town, number_of(2), number_of(1))
    alone = town.contracts(town.asked(3))[0]

    def draw(*amounts: tuple[str, int]) -> None:
        from_counter = [
            loans.Draw(number, fen, "counter", f"T{number}{fen}") for number, fen in amounts
        ]
        with town.books.write("loans.disburse", by=town.system) as session:
            loans.disburse_many(
                session,
                draws=from_counter,
                rulebook=town.rulebook,
                calendar=town.calendar,
                on=town.today,
                by=replace(DIRECTOR, roles=frozenset({"loan_officer"})),
            )

    with pytest.raises(LineExceeded):
        draw((first, THREE), (second, TWO + FEN), (alone, FULL))
    draw((first, THREE), (second, TWO), (alone, FULL))
    with town.books.read() as session:
        used = session.scalars(
            select(CreditLine.used_fen).where(CreditLine.used_fen > 0).order_by(CreditLine.used_fen)
        )
        assert list(used) == [TWO, THREE, FULL]


# --- caps frozen at signing -----------------------------------------------------------------------


def caps(town: Town) -> list[tuple[int, int]]:
    """(cap on subsidised principal, cap on covered principal) of each contract, in order."""
    with town.books.read() as session:
        rows = session.execute(
            select(LoanBearer.cap_fen, Loan.cover_cap_fen)
            .select_from(Loan)
            .outerjoin(LoanBearer, LoanBearer.loan_id == Loan.id)
            .order_by(Loan.id)
        )
        return [(row[0] or 0, row[1] or 0) for row in rows]


def generous(town: Town) -> None:
    """50 000 are subsidised, 30 000 covered; the total is no bound here, nor is the line."""
    bent(
        town,
        interest_bearers=treasury((None, None, 10_000, FULL)),
        cover_principal_max_fen=THREE,
        household_total_max_fen=100 * FULL,
        rating_required=False,
    )


def test_a_family_has_one_cap_on_subsidy_and_one_on_cover(town: Town) -> None:
    """20 000 to the old one: 30 000 of the subsidised 50 000 and 10 000 of the covered 30 000 are
    left for the new one, which borrows 40 000; then nothing is.
    """
    generous(town)
    town.lend(1, amount_fen=TWO)
    new = split_off(town, 1, "B1", rated=False)
    town.contracts(ask(town, new, 4_000_000))
    town.contracts(town.asked(1, amount_fen=TWO))
    assert caps(town) == [(FULL, TWO), (THREE, 1_000_000), (0, 0)]


def test_two_of_a_family_on_one_sheet_share_the_caps_in_order(town: Town) -> None:
    """20 000 and 40 000 signed at once are frozen as if one after the other."""
    generous(town)
    new = split_off(town, 1, "B1", rated=False)
    town.contracts(town.asked(1, amount_fen=TWO), ask(town, new, 4_000_000), town.asked(2))
    assert caps(town) == [(FULL, TWO), (THREE, 1_000_000), (FULL, THREE)]


def test_what_is_taken_is_asked_of_each_and_told_of_all(town: Town) -> None:
    generous(town)
    town.lend(1, amount_fen=TWO)
    new = split_off(town, 1, "B1", rated=False)
    ids = [town.households[one] for one in (number_of(1), new, number_of(2))]
    with town.books.read() as session:
        for taken in (cap_taken, cover_taken):
            assert taken(session, ids, on=town.today) == {ids[0]: TWO, ids[1]: TWO}


# --- who may not decide ---------------------------------------------------------------------------


def test_kin_never_approve(town: Town) -> None:
    """The old household's head does not decide on the loan of who split off, nor the other way."""
    new = split_off(town, 1, "B1")
    own_limit(town, new)
    sheet = town.apply(ask(town, new, FULL))
    with town.books.read() as session:
        index = session.scalar(
            select(Person.identity_index).where(
                Person.household_id == town.households[number_of(1)], Person.is_head
            )
        )
    kin = replace(DIRECTOR, identity_index=index)
    with pytest.raises(OwnHousehold):
        town.approve(sheet, kin)
    town.approve(sheet)


def _alone(_session: Session, household_ids: Any, **_more: Any) -> dict[int, int]:
    return dict.fromkeys(household_ids, 0)


class _Forgetful:
    """Rows are held against what stands already, and not against each other."""

    def __init__(self, taken: dict[int, int] | None = None) -> None:
        self._taken = taken or {}

    def with_row(self, _asked: Any, facts: Any) -> Any:
        return facts

    def of(self, household_id: int, _family: Any) -> int:
        return self._taken.get(household_id, 0)

    def take(self, _family: Any, _fen: int) -> None:
        pass


PLANTED = [
    Plant(
        test_two_of_a_family_on_one_sheet_are_counted_together,
        "loans.operations.applying.RowsAbove",
        _Forgetful,
    ),
    Plant(
        test_two_of_a_family_on_one_sheet_share_the_caps_in_order,
        "loans.operations.signing.CapTaken",
        _Forgetful,
    ),
    Plant(
        test_two_of_a_family_on_one_sheet_share_the_caps_in_order,
        "loans.operations.covering.CapTaken",
        _Forgetful,
    ),
    Plant(
        test_a_family_has_one_cap_on_subsidy_and_one_on_cover,
        "loans.operations.signing.cap_taken",
        _alone,
    ),
    Plant(
        test_a_line_leaves_what_the_others_have_not_drawn,
        "credit.lines.is_alone",
        lambda household_id: household_id > 0,
    ),
    Plant(
        test_a_family_draws_in_one_sheet_what_one_line_leaves,
        "credit.lines._others_wanted",
        lambda _wanted: 0,
    ),
    Plant(
        test_kin_never_approve,
        "households.families.own_index",
        lambda *_: set(),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
