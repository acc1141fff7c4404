"""信用式、分贷统还、统贷统还: who borrows, who uses the money, for whom; what each is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from inspect import signature
from typing import Any

import pytest
from sqlalchemy import literal, select

import loans
from households.models import Person, Status
from kernel.refusals import Refusal
from loans import refusals, shares
from loans.balances import principal_out
from loans.models import Application, Loan, LoanBearer, LoanShare, Position
from loans.operations.applying import sheet_of
from loans.refusals import SheetRefused
from office.refusals import OwnHousehold
from organisations import Kind
from tests.loans.bent import treasury
from tests.loans.lists import (
    close_organisation,
    code_of,
    entrusted,
    found_organisation,
    id_of,
    pooled,
)
from tests.loans.refusing import apply, bent, everything, newcomer
from tests.loans.town import DIRECTOR, FULL, VILLAGE, Town
from tests.planted import Plant

#: 30 000 and 20 000 元
THREE, TWO = 3_000_000, 2_000_000


def loan_of(town: Town, number: str) -> Loan:
    with town.books.read() as session:
        found = session.scalars(select(Loan).where(Loan.number == number)).one()
        session.expunge(found)
        return found


def caps_of(town: Town, number: str) -> list[int]:
    """The caps on subsidised principal of a contract."""
    with town.books.read() as session:
        rows = session.scalars(
            select(LoanBearer.cap_fen)
            .join(Loan, Loan.id == LoanBearer.loan_id)
            .where(Loan.number == number)
        )
        return list(rows)


def told(town: Town, *rows: loans.Asked) -> list[Refusal]:
    """What a sheet is refused for; nothing is left behind."""
    before = everything(town.books)
    with pytest.raises(SheetRefused) as caught:
        apply(town, *rows)
    assert everything(town.books) == before
    return [refusal for _, refusal in caught.value.rows]


# --- who stands where ---------------------------------------------------------------------------


def test_money_lent_to_a_household_for_an_organisation_is_the_households_loan(town: Town) -> None:
    code = found_organisation(town)
    (number,) = town.contracts(entrusted(town, code))
    loan, user = loan_of(town, number), id_of(town, code)
    assert (loan.mode, loan.organisation_id) == ("entrusted", user)
    assert (loan.payer_kind, loan.payer_id) == ("organisations", user)
    assert loan.household_id == town.households[f"{VILLAGE}0001"]
    assert loan.village_code == VILLAGE
    # On the household's line and in its total: nothing is left of 50 000 for a second loan.
    assert loan.uses_line
    second = told(town, town.asked(1, amount_fen=1))
    assert {type(one) for one in second} >= {refusals.HouseholdTotalAboveLimit}


def test_money_lent_to_an_organisation_for_a_list_is_the_organisations_loan(town: Town) -> None:
    code = found_organisation(town)
    (number,) = town.contracts(pooled(town, code, (1, FULL), (2, THREE), (3, 1)))
    loan, user = loan_of(town, number), id_of(town, code)
    assert (loan.household_id, loan.borrower_id, loan.borrower_age_years) == (None, None, None)
    assert (loan.organisation_id, loan.payer_kind, loan.payer_id) == (user, "organisations", user)
    assert loan.village_code == "431022000000"
    assert loan.household_kind == "registered"
    # 50 000.00 + 30 000.00 + 0.01
    assert loan.amount_fen == 8_000_001
    assert not loan.uses_line
    with town.books.read() as session:
        rows = session.execute(
            select(LoanShare.household_id, LoanShare.share_fen)
            .where(LoanShare.application_id == loan.application_id)
            .order_by(LoanShare.household_id)
        )
        ids = list(town.households.values())
        assert [tuple(row) for row in rows] == [(ids[0], FULL), (ids[1], THREE), (ids[2], 1)]


def test_a_list_needs_no_line_and_a_share_counts_in_the_households_total(town: Town) -> None:
    code = found_organisation(town)
    unrated = newcomer(town, 90, rated=False)
    place = list(town.households).index(unrated) + 1
    town.contracts(pooled(town, code, (1, THREE), (place, FULL)))
    # 30 000 of the household's 50 000 are taken: 20 000 may follow, not a fen more.
    (broken,) = told(town, town.asked(1, amount_fen=TWO + 1))
    assert isinstance(broken, refusals.HouseholdTotalAboveLimit)
    assert "50000.01" in broken.message("zh")
    apply(town, town.asked(1, amount_fen=TWO))


def test_an_organisation_from_elsewhere_is_counted_in_the_whole_county(town: Town) -> None:
    """At home in 长沙, outside these books."""
    code = found_organisation(town, region="430102000000")
    (number,) = town.contracts(pooled(town, code, (1, FULL)))
    assert loan_of(town, number).village_code == "431022000000"


def test_an_organisation_of_a_village_is_counted_there(town: Town) -> None:
    home = "431022101201"
    code = found_organisation(town, region=home, kind=Kind.CO_OPERATIVE)
    (number,) = town.contracts(pooled(town, code, (1, FULL)))
    assert loan_of(town, number).village_code == home


def test_the_organisation_may_guarantee_and_nobody_may_ask_a_household_to(town: Town) -> None:
    code = found_organisation(town)
    apply(town, entrusted(town, code, 1, guarantee=True))
    apply(town, pooled(town, code, (2, FULL), guarantee=True))
    (broken,) = told(town, town.asked(3, guarantee=True))
    assert isinstance(broken, refusals.GuaranteeAsked)


def test_a_whole_list_of_one_kind_stands_under_its_terms_and_a_mixed_one_is_registered() -> None:
    assert shares.kind_of_list(["lifted", "lifted"]) == "lifted"
    assert shares.kind_of_list(["lifted", "registered"]) == "registered"
    assert shares.kind_of_list(["lifted", "fallen_back"]) == "registered"


# --- four eyes ----------------------------------------------------------------------------------


def test_nobody_decides_on_a_list_with_the_own_household(town: Town) -> None:
    sheet_id = town.apply(pooled(town, found_organisation(town), (1, FULL), (2, FULL)))
    with town.books.read() as session:
        member = session.scalars(
            select(Person).where(Person.household_id == 2, ~Person.is_head)
        ).first()
        assert member is not None
        index = member.identity_index
    # A member of the second household works at the bank, as a director.
    with pytest.raises(OwnHousehold):
        town.approve(sheet_id, by=replace(DIRECTOR, identity_index=index))
    town.approve(sheet_id)


def test_the_decision_is_on_the_shares_too(town: Town) -> None:
    """Frozen with the digest of the sheet."""
    code = found_organisation(town)
    one = town.apply(pooled(town, code, (1, THREE), (2, TWO)))
    other = town.apply(pooled(town, code, (1, TWO), (2, THREE)))
    first, second = _digests(town, one, other)
    assert first != second


def _digests(town: Town, *sheet_ids: int) -> list[str]:
    with town.books.read() as session:
        return [sheet_of(session, one).digest for one in sheet_ids]


# --- refused ------------------------------------------------------------------------------------


def test_what_is_given_goes_with_the_mode(town: Town) -> None:
    code = found_organisation(town)
    wrong = [
        town.asked(1, mode="unheard_of"),
        town.asked(2, organisation_code=code),
        town.asked(3, mode="entrusted"),
        replace(pooled(town, code, (4, FULL)), household_number=f"{VILLAGE}0004"),
        replace(pooled(town, code, (5, FULL)), shares=()),
        entrusted(town, code, 6, shares=(loans.Share(f"{VILLAGE}0006", FULL),)),
        replace(pooled(town, code, (1, FULL)), organisation_code=""),
    ]
    found = told(town, *wrong)
    assert [type(one).__name__ for one in found] == ["ModeUnfit"] * 7
    fields = ["mode", "organisation", "organisation", "household", "shares", "shares",
              "organisation"]  # fmt: skip
    assert [one.field for one in found] == fields


@pytest.mark.parametrize("mode", ["entrusted", "pooled"])
def test_who_uses_the_money_is_registered_and_in_business(town: Town, mode: str) -> None:
    ask: Any = entrusted if mode == "entrusted" else lambda t, code: pooled(t, code, (1, FULL))
    (unknown,) = told(town, ask(town, code_of(77)))
    assert isinstance(unknown, refusals.PayerUnknown)
    assert unknown.field == "organisation"
    office = found_organisation(town, 2, kind=Kind.OFFICE)
    (unfit,) = told(town, ask(town, office))
    assert isinstance(unfit, refusals.PayerUnfit)
    code = found_organisation(town, 3)
    sheet_id = town.apply(ask(town, code))
    town.approve(sheet_id)
    close_organisation(town, code)
    (closed,) = told(town, ask(town, code))
    assert isinstance(closed, refusals.PayerUnfit)
    with pytest.raises(SheetRefused) as caught:
        town.sign(sheet_id)
    assert [type(one) for _, one in caught.value.rows] == [refusals.PayerUnfit]


def test_every_broken_rule_of_a_list_is_told_with_its_household(town: Town) -> None:
    code = found_organisation(town)
    town.lend(2, amount_fen=THREE)
    monitored = newcomer(town, 92, status=Status.MONITORED)
    places = {"total": 2, "kind": list(town.households).index(monitored) + 1}
    asked = pooled(
        town, code, (1, FULL + 1), (places["total"], TWO + 1), (places["kind"], 100), (3, 0),
        (4, FULL), (4, 1), amount_fen=FULL,
    )  # fmt: skip
    found = [(type(one).__name__, one.message("zh")) for one in told(town, asked)]
    names = [name for name, _ in found]
    assert sorted(set(names)) == [
        "HouseholdAppliesTwice",
        "ShareAboveLimit",
        "ShareKindNotServed",
        "ShareNotPositive",
        "ShareTotalAboveLimit",
        "SharesDoNotAddUp",
    ]
    # 50 000.01 + 20 000.01 + 1.00 + 0 + 50 000.00 + 0.01 against 50 000
    (adds,) = [zh for name, zh in found if name == "SharesDoNotAddUp"]
    assert "120001.03元" in adds
    assert "50000.00元" in adds
    # 30 000 out and 20 000.01 more
    totals = [zh for name, zh in found if name == "ShareTotalAboveLimit"]
    assert any(f"{VILLAGE}0002" in zh and "50000.01元" in zh for zh in totals)


def test_a_list_with_a_stranger_is_refused_with_every_number(town: Town) -> None:
    listed = (loans.Share("4310221002018888", TWO), loans.Share("4310221002019999", THREE))
    asked = replace(pooled(town, found_organisation(town), (1, FULL)), shares=listed)
    found = told(town, asked)
    assert [type(one) for one in found] == [refusals.HouseholdNotRegistered] * 2
    assert ["8888" in found[0].message("zh"), "9999" in found[1].message("zh")] == [True, True]


def test_a_household_stands_once_on_a_sheet_be_it_as_borrower_or_on_a_list(town: Town) -> None:
    code = found_organisation(town)
    (again,) = told(town, town.asked(1, amount_fen=TWO), pooled(town, code, (1, TWO), (2, TWO)))
    assert isinstance(again, refusals.HouseholdAppliesTwice)
    assert again.field == "shares"


# --- 户贷企用 -------------------------------------------------------------------------------------


def test_a_loan_used_by_an_enterprise_can_be_signed_to_the_eve_of_the_ban(new_town: Town) -> None:
    """The ban is of 1 January 2018, by default."""
    town = new_town.found(date(2017, 12, 31))
    code = found_organisation(town)
    waiting = town.apply(entrusted(town, code, 2))
    town.approve(waiting)
    (number,) = town.contracts(entrusted(town, code, 1))
    assert loan_of(town, number).signed_on == date(2017, 12, 31)
    town.close_to(date(2017, 12, 31))
    (banned,) = told(town, entrusted(town, code, 3))
    assert isinstance(banned, refusals.EntrustedUseBanned)
    assert "停止户贷企用" in (banned.clause or "")
    # Approved before, signed after: refused all the same.
    with pytest.raises(SheetRefused) as caught:
        town.sign(waiting)
    assert [type(one) for _, one in caught.value.rows] == [refusals.EntrustedUseBanned]


def test_from_the_ban_on_an_old_one_is_only_repaid(new_town: Town) -> None:
    town = new_town.found(date(2017, 12, 30))
    code = found_organisation(town)
    (number,) = town.contracts(entrusted(town, code, 1))
    town.disburse(number, THREE)
    town.close_to(date(2017, 12, 30))
    town.disburse(number, 1_000_000)
    town.close_to(date(2017, 12, 31))
    with pytest.raises(refusals.EntrustedUseBanned) as banned:
        town.disburse(number, 1_000_000)
    assert "停止户贷企用" in (banned.value.clause or "")
    # Without the rules of the day nobody pays out on it at all.
    town.rulebook = None  # type: ignore[assignment]
    with pytest.raises(ValueError, match="rules of the day"):
        town.disburse(number, 1_000_000)
    town.pay(number, THREE, early=True)


def test_a_contract_that_revolves_has_no_plan(town: Town) -> None:
    found = told(town, town.asked(1, revolving=True, method="equal-principal", every_months=1))
    assert {type(one) for one in found} == {refusals.RevolvingNeedsNoPlan}
    (number,) = town.contracts(town.asked(1, revolving=True, amount_fen=THREE))
    assert loan_of(town, number).revolving
    town.disburse(number, THREE)
    town.pay(number, THREE, early=True)
    # Repaid whole, and may be drawn again: it still takes 30 000 of the household's 50 000.
    (broken,) = told(town, town.asked(1, amount_fen=TWO + 1))
    assert isinstance(broken, refusals.HouseholdTotalAboveLimit)


def test_the_use_alone_is_refused_too_and_a_list_is_not(new_town: Town) -> None:
    town = new_town.found(date(2018, 1, 1))
    found = told(town, town.asked(1, use="enterprise_use", exception_reason="企业代用"))
    assert refusals.EntrustedUseBanned in {type(one) for one in found}
    apply(town, pooled(town, found_organisation(town), (1, FULL)))


# --- one cap, and top-ups -----------------------------------------------------------------------


def topped_up(town: Town) -> None:
    """A household may have 100 000 in all, as from 2021 on; one contract 50 000."""
    bent(town, household_total_max_fen=10_000_000, amount_max_fen=FULL,
         interest_bearers=treasury((None, None, 10_000, FULL)))  # fmt: skip


def test_a_top_up_beside_a_full_loan_has_no_share_of_the_treasury(town: Town) -> None:
    topped_up(town)
    first = town.lend(1)
    assert caps_of(town, first) == [FULL]
    reason = "扩大养殖规模"
    sheet_id = town.apply(town.asked(1, exception_reason=reason))
    with town.books.read() as session:
        row = session.scalars(select(Application).where(Application.sheet_id == sheet_id)).one()
        # What the director is shown: a second loan beside 50 000, beyond the line.
        assert (row.exposure_fen, row.exceptions) == (FULL, "line_too_small")
    town.approve(sheet_id)
    (second,) = town.sign(sheet_id)
    # 50 000 − 50 000 = 0: no row at all
    assert caps_of(town, second) == []
    # Beside the line: it can be drawn though nothing is left of the line.
    assert not loan_of(town, second).uses_line
    town.disburse(second, FULL)


def test_what_the_other_loans_leave_of_the_cap(town: Town) -> None:
    topped_up(town)
    first = town.lend(1, amount_fen=THREE)
    (second,) = town.contracts(town.asked(1, amount_fen=TWO))
    # 50 000 − 30 000 = 20 000
    assert caps_of(town, second) == [TWO]
    town.pay(first, 1_000_000, early=True)
    (third,) = town.contracts(town.asked(1, amount_fen=1_000_000, exception_reason="追加"))
    # 50 000 − 20 000 out − 20 000 agreed = 10 000
    assert caps_of(town, third) == [1_000_000]


def test_a_top_up_beyond_the_line_needs_a_reason_and_a_second_person(town: Town) -> None:
    topped_up(town)
    town.lend(1)
    (small,) = told(town, town.asked(1, amount_fen=1))
    assert isinstance(small, refusals.LineTooSmall)
    # A first loan beyond the line stays refused, whatever the reason.
    bent(town, household_total_max_fen=10_000_000, amount_max_fen=6_000_000)
    (flat,) = told(town, town.asked(2, amount_fen=FULL + 1, exception_reason="追加"))
    assert isinstance(flat, refusals.LineTooSmall)


def test_without_room_for_more_than_one_loan_the_line_is_flat(town: Town) -> None:
    """Until 2021 a household's total is the amount of one loan: 50 000."""
    town.lend(1, amount_fen=THREE)
    found = told(town, town.asked(1, amount_fen=TWO + 1, exception_reason="追加"))
    assert {type(one) for one in found} == {
        refusals.HouseholdTotalAboveLimit, refusals.LineTooSmall,
    }  # fmt: skip


def test_the_cap_of_a_list_is_the_sum_of_what_its_households_leave(town: Town) -> None:
    topped_up(town)
    code = found_organisation(town)
    town.lend(2, amount_fen=THREE)
    (number,) = town.contracts(pooled(town, code, (1, FULL), (2, FULL), (3, TWO)))
    # min(50 000, 50 000 − 0) + min(50 000, 50 000 − 30 000) + min(20 000, 50 000 − 0) = 90 000
    assert caps_of(town, number) == [9_000_000]
    # And a share takes of the cap of the household's own next loan: 50 000 − 20 000.
    (own,) = town.contracts(town.asked(3, amount_fen=FULL))
    assert caps_of(town, own) == [THREE]


def test_what_is_left_of_a_cap() -> None:
    cap = FULL
    assert shares.cap_left(cap, [(10**10, 0)]) == FULL
    assert shares.cap_left(cap, [(10**10, THREE)]) == TWO
    assert shares.cap_left(cap, [(10**10, FULL)]) == 0
    assert shares.cap_left(cap, [(10**10, FULL + 1)]) == 0
    assert shares.cap_left(cap, [(FULL, 0), (TWO, 0), (100, FULL)]) == 7_000_000
    assert shares.cap_left(cap, []) == 0


# --- seen red -----------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_what_the_other_loans_leave_of_the_cap,
        "loans.operations.signing.cap_taken",
        lambda _session, _ids, **_given: {},
    ),
    Plant(
        test_what_is_left_of_a_cap,
        "loans.shares.cap_left",
        lambda cap, parts: sum(max(0, cap - taken) for _, taken in parts),
    ),
    Plant(
        test_a_loan_used_by_an_enterprise_can_be_signed_to_the_eve_of_the_ban,
        "loans.operations.terms_of_day.entrusted_use_ban",
        lambda _conduct: [],
    ),
    Plant(
        test_from_the_ban_on_an_old_one_is_only_repaid,
        "loans.operations.disbursing.entrusted_use_ban",
        lambda _conduct: [],
    ),
    Plant(
        test_a_contract_that_revolves_has_no_plan,
        "loans.household_caps.owed",
        lambda _on: principal_out(Loan.id) + Loan.amount_fen - Position.drawn_fen,
    ),
    Plant(
        test_every_broken_rule_of_a_list_is_told_with_its_household,
        "loans.shares.sum_rule",
        lambda _asked: [],
    ),
    Plant(
        test_a_list_needs_no_line_and_a_share_counts_in_the_households_total,
        "loans.facts.held_shares",
        lambda _on: literal(0),
        catches=(AssertionError, pytest.fail.Exception, TypeError, AttributeError),
    ),
    Plant(
        test_nobody_decides_on_a_list_with_the_own_household,
        "loans.operations.applying.shares_of",
        lambda _session, _applications: {},
        catches=(AssertionError, pytest.fail.Exception, Refusal),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = signature(plant.test).parameters
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})
