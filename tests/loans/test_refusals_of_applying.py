"""Every rule of an application is refused under its own name; a bad row keeps its sheet out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from households.models import Status
from kernel.refusals import Refusal
from loans import eligibility, household_caps, refusals
from loans.models import Application
from loans.refusals import SheetRefused
from policy import HouseholdKindNotCovered
from tests.loans.refusing import Call, Case, apply, bent, everything, newcomer
from tests.loans.town import FULL, Town
from tests.planted import Plant

# --- applying: rules of a row -------------------------------------------------------------------


def asks(**changes: Any) -> Case:
    return lambda town: lambda: apply(town, town.asked(1, **changes))


def asks_for_a_household(**more: Any) -> Case:
    def case(town: Town) -> Call:
        name = newcomer(town, 90, **more)
        return lambda: apply(town, replace(town.asked(1), household_number=name))

    return case


def asks_while_another_is_out(town: Town) -> Call:
    town.lend(1, amount_fen=3_000_000)
    return lambda: apply(town, town.asked(1, amount_fen=2_000_001))


def asks_while_another_is_agreed(town: Town) -> Call:
    town.contracts(town.asked(1, amount_fen=3_000_000))
    return lambda: apply(town, town.asked(1, amount_fen=2_000_001))


def asks_for_more_than_the_line_has_left(town: Town) -> Call:
    bent(town, household_total_max_fen=10_000_000)
    town.lend(1, amount_fen=3_000_000)
    return lambda: apply(town, town.asked(1, amount_fen=2_000_001))


def asks_twice(town: Town) -> Call:
    return lambda: apply(town, town.asked(1), town.asked(1))


ROWS: list[tuple[str, type[Refusal], str, bool, Case]] = [
    # name, refusal, field, whether a clause stands behind it, case
    ("nothing", refusals.AmountNotPositive, "amount", False, asks(amount_fen=0)),
    ("less than nothing", refusals.AmountNotPositive, "amount", False, asks(amount_fen=-1)),
    ("a fen too much", refusals.AmountAboveLimit, "amount", True, asks(amount_fen=FULL + 1)),
    ("above the total, out", refusals.HouseholdTotalAboveLimit, "amount", True,
     asks_while_another_is_out),
    ("above the total, agreed", refusals.HouseholdTotalAboveLimit, "amount", True,
     asks_while_another_is_agreed),
    ("above the line", refusals.LineTooSmall, "amount", True,
     asks_for_more_than_the_line_has_left),
    ("no line", refusals.NoCreditLine, "household", True, asks_for_a_household(rated=False)),
    ("too old", refusals.BorrowerAgeOutOfRange, "borrower", True,
     # 66 on the day: born a day too early for 65
     asks_for_a_household(born_on=date(1950, 5, 30))),
    ("too young", refusals.BorrowerAgeOutOfRange, "borrower", True,
     asks_for_a_household(born_on=date(1998, 5, 31))),
    # 0.01 % above the one-year benchmark of 4.35 % in force since 2015-10-24
    ("rate", refusals.RateAboveCap, "annual_rate", True,
     asks(term_months=12, annual_rate_ppm=43_600)),
    ("no term", refusals.TermTooLong, "term_months", True, asks(term_months=0)),
    ("a month too long", refusals.TermTooLong, "term_months", True, asks(term_months=37)),
    ("collateral", refusals.CollateralAsked, "collateral", True, asks(collateral=True)),
    ("guarantee", refusals.GuaranteeAsked, "guarantee", True, asks(guarantee=True)),
    ("wedding", refusals.PurposeBanned, "use", True, asks(use="wedding")),
    ("method", refusals.MethodUnfit, "method", False, asks(method="balloon")),
    ("rhythm", refusals.MethodUnfit, "method", False, asks(every_months=2)),
    ("instalments beyond the term", refusals.MethodUnfit, "method", False,
     asks(method="equal-principal", term_months=6, every_months=7)),
    ("unknown", refusals.HouseholdNotRegistered, "household", False,
     asks(household_number="4310221002019999")),
    ("removed", refusals.HouseholdNotRegistered, "household", False,
     asks_for_a_household(status=Status.REMOVED, rated=False)),
    ("kind not served", HouseholdKindNotCovered, "household_kind", True,
     asks_for_a_household(status=Status.MONITORED)),
    ("stranger", refusals.BorrowerNotMember, "borrower", False,
     asks(borrower_identity="431099197001010015")),
    ("twice", refusals.HouseholdAppliesTwice, "household", False, asks_twice),
]  # fmt: skip


@pytest.mark.parametrize(
    ("refusal", "field", "clause", "case"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_a_row_that_breaks_a_rule_keeps_the_whole_sheet_out(
    town: Town, refusal: type[Refusal], field: str, clause: bool, case: Case
) -> None:
    call = case(town)
    before = everything(town.books)
    with pytest.raises(SheetRefused) as caught:
        call()
    found = [one for _, one in caught.value.rows if type(one) is refusal]
    assert found, [type(one).__name__ for _, one in caught.value.rows]
    assert found[0].field == field
    assert bool(found[0].clause) is clause
    assert everything(town.books) == before


def test_every_broken_rule_of_a_sheet_is_told(town: Town) -> None:
    with pytest.raises(SheetRefused) as caught:
        apply(
            town,
            town.asked(1),
            town.asked(2, amount_fen=FULL + 1, collateral=True),
            town.asked(3, use="housing"),
        )
    told = [(number, type(one).__name__) for number, one in caught.value.rows]
    # The line is 50 000 too, and the household's total.
    assert (2, "AmountAboveLimit") in told
    assert (2, "CollateralAsked") in told
    assert (3, "PurposeBanned") in told
    assert not any(number == 1 for number, _ in told)


# --- what holds in principle --------------------------------------------------------------------


def test_the_age_rule_is_passed_with_a_reason_by_someone_entitled_and_is_counted(
    town: Town,
) -> None:
    name = newcomer(town, 90, born_on=date(1950, 5, 30))
    asked = replace(town.asked(1), household_number=name, exception_reason="子女共同经营")
    sheet_id = town.apply(asked)
    with town.books.read() as session:
        row = session.scalars(select(Application)).one()
        assert (row.exceptions, row.exception_reason) == (
            "borrower_age_out_of_range", "子女共同经营",
        )  # fmt: skip
    town.approve(sheet_id)
    assert len(town.sign(sheet_id)) == 1


def test_a_reason_does_not_pass_a_flat_rule(town: Town) -> None:
    with pytest.raises(SheetRefused) as caught:
        apply(town, town.asked(1, amount_fen=FULL + 1, exception_reason="确有需要"))
    assert {type(one) for _, one in caught.value.rows} >= {refusals.AmountAboveLimit}


# --- agreed and never drawn ---------------------------------------------------------------------


def test_a_contract_that_ran_out_undrawn_no_longer_counts(town: Town) -> None:
    """Nobody can draw on it after its maturity; the household may borrow again."""
    town.contracts(town.asked(1, term_months=1, annual_rate_ppm=43_500))
    town.close_to(date(2016, 6, 28))
    with pytest.raises(SheetRefused):
        apply(town, town.asked(1))
    town.close_to(date(2016, 6, 29))
    assert town.today == date(2016, 6, 30)
    apply(town, town.asked(1))


# --- seen red -----------------------------------------------------------------------------------

EXPOSURE = household_caps.exposure
PLANTED = [
    Plant(
        test_a_contract_that_ran_out_undrawn_no_longer_counts,
        "loans.facts.exposure",
        lambda _on: EXPOSURE(date.min),
        catches=(SheetRefused,),
    ),
    Plant(
        test_a_reason_does_not_pass_a_flat_rule,
        "loans.eligibility.broken",
        lambda rule, refusal: eligibility.Answer(refusal, True),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
