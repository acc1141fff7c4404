"""Covered principal: frozen at signing, taken by draws, given back; limits and stops on it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from inspect import signature
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
import loans
from kernel.refusals import Refusal
from loans import cover, cover_checks, covered, limits
from loans.models import CoverExclusion, LendingLimit, Loan, OpenSegment, Position
from loans.refusals import CoverNotLowered, LendingLimitExceeded, LendingStopped
from policy import PartyShare
from tests.loans.bent import treasury
from tests.loans.lists import found_organisation, pooled
from tests.loans.refusing import bent, disburse, draw
from tests.loans.test_changes_renewal import asked as asked_again
from tests.loans.test_changes_renewal import old_loan, renew
from tests.loans.town import FULL, Town
from tests.planted import Plant

#: 30 000 and 20 000 元
THREE, TWO = 3_000_000, 2_000_000
CLAUSE = "专户协议第三条"
TOP_UP = {"exception_reason": "扩大养殖规模"}


def roomy(town: Town, **changes: Any) -> Town:
    """A household may have 100 000 in all, 50 000 of it under cover."""
    more = {"household_total_max_fen": 10_000_000, "amount_max_fen": FULL}
    bent(town, **{**more, **changes})
    return town


def set_limit(town: Town, limit_fen: int | None, *, county: bool = True, **more: Any) -> None:
    scope = ("region", "431022") if county else ("institution", str(town.lender_id))
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_limit(session, scope=scope, limit_fen=limit_fen, clause=CLAUSE, **more)


def set_stop(town: Town, *, stopped: bool) -> None:
    with town.books.write("risk_fund.limit", by=town.system) as session:
        limits.set_stop(session, scope=("region", "431022"), stopped=stopped, clause="熔断")


def used(town: Town) -> list[int]:
    with town.books.read() as session:
        return list(session.scalars(select(LendingLimit.used_fen)))


def caps(town: Town, number: str) -> tuple[int | None, int]:
    """The cap frozen in the contract, and the one in force."""
    with town.books.read() as session:
        frozen = session.scalars(select(Loan.cover_cap_fen).where(Loan.number == number)).one()
    return frozen, town.position(number).cover_cap_fen


def covered_now(town: Town) -> int:
    with town.books.read() as session:
        return covered.covered_of_scope(session, ("region", "43"))


def exclusions(town: Town) -> list[tuple[int, int, str, str]]:
    with town.books.read() as session:
        rows = session.scalars(select(CoverExclusion).order_by(CoverExclusion.id))
        return [(row.was_fen, row.cap_fen, row.reason, row.clause) for row in rows]


# --- frozen at signing ----------------------------------------------------------------------------


def test_a_household_has_one_cap_for_all_its_contracts(town: Town) -> None:
    roomy(town)
    first = town.lend(1)
    second = town.lend(1, amount_fen=THREE, **TOP_UP)
    # 50 000 − 50 000 = 0 is left for the second.
    assert caps(town, first) == (FULL, FULL)
    assert caps(town, second) == (0, 0)
    assert covered_now(town) == FULL
    town.pay(first, TWO, early=True)
    # min(30 000, 50 000) + min(30 000, 0): what was frozen stays frozen.
    assert covered_now(town) == THREE
    (third,) = town.contracts(town.asked(1, amount_fen=2_500_000, **TOP_UP))
    # 50 000 − 30 000 out of the first = 20 000 of the 25 000
    assert caps(town, third) == (TWO, TWO)


def test_what_repaid_is_lowers_what_is_outside_first(town: Town) -> None:
    roomy(town)
    first = town.lend(1, amount_fen=THREE)
    second = town.lend(1, amount_fen=THREE, **TOP_UP)
    assert caps(town, second) == (TWO, TWO)
    assert covered_now(town) == FULL
    town.pay(second, 1_000_000, early=True)
    # 20 000 of the second are out, all of them under its cap.
    assert covered_now(town) == FULL
    town.pay(second, 1, early=True)
    assert covered_now(town) == FULL - 1
    town.pay(first, THREE, early=True)
    assert covered_now(town) == TWO - 1


SEVENTY_THIRTY = (PartyShare("fund", 7_000), PartyShare("bank", 3_000))


@pytest.mark.parametrize(
    "changes",
    [
        {"cover_parts": ()},
        {"cover_parts": ("interest",)},
        {"cover_fund_share_bp": 0},
        {"loss_sharing": (PartyShare("bank", 10_000),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_terms_that_cover_no_principal_freeze_nothing(town: Town, changes: dict[str, Any]) -> None:
    roomy(town, **changes)
    number = town.lend(1)
    assert caps(town, number) == (0, 0)
    # And it takes nothing of the cap of a contract under other terms.
    roomy(town, cover_parts=("principal",), loss_sharing=SEVENTY_THIRTY)
    (second,) = town.contracts(town.asked(1, amount_fen=THREE, **TOP_UP))
    assert caps(town, second) == (THREE, THREE)


def test_a_list_has_what_its_households_leave(town: Town) -> None:
    roomy(town, interest_bearers=treasury())
    code = found_organisation(town)
    town.lend(2, amount_fen=THREE)
    (number,) = town.contracts(pooled(town, code, (1, FULL), (2, FULL), (3, TWO)))
    # min(50 000, 50 000) + min(50 000, 50 000 − 30 000) + min(20 000, 50 000) = 90 000
    assert caps(town, number) == (9_000_000, 9_000_000)
    (own,) = town.contracts(town.asked(3, amount_fen=FULL))
    # The share takes 20 000 of the household's cap.
    assert caps(town, own) == (THREE, THREE)
    town.disburse(number, 12_000_000)
    assert covered_now(town) == 9_000_000 + THREE


# --- limits on covered principal ------------------------------------------------------------------


def test_a_limit_counts_what_is_covered_and_a_top_up_outside_it_passes(town: Town) -> None:
    roomy(town)
    town.lend(1)
    set_limit(town, FULL)
    assert used(town) == [FULL]
    # The limit is used up; the top-up takes nothing of it.
    second = town.lend(1, amount_fen=THREE, **TOP_UP)
    assert used(town) == [FULL]
    (other,) = town.contracts(town.asked(2, amount_fen=100))
    with pytest.raises(LendingLimitExceeded, match=r"^0\.00 yuan is left .* less than 1\.00 "):
        town.disburse(other, 100)
    town.pay(second, THREE, early=True)
    assert used(town) == [FULL]


def test_a_top_up_partly_covered_takes_that_part(town: Town) -> None:
    roomy(town)
    town.lend(1, amount_fen=THREE)
    (second,) = town.contracts(town.asked(1, amount_fen=THREE, **TOP_UP))
    set_limit(town, FULL - 1)
    # 20 000 of the 30 000 would come under cover; 19 999.99 are left.
    with pytest.raises(
        LendingLimitExceeded, match=r"^19999\.99 yuan is left .* less than 20000\.00 "
    ):
        town.disburse(second, THREE)
    town.disburse(second, THREE - 1_000_001)
    assert used(town) == [FULL - 1]
    # What is outside the contract's cap asks nothing of a limit, once the cap is used up.
    set_limit(town, FULL)
    town.disburse(second, 1_000_001)
    assert used(town) == [FULL]


def test_a_full_limit_may_let_a_draw_go_on_outside_the_cover(town: Town) -> None:
    set_limit(town, THREE, when_full="uncovered")
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, TWO)
    assert (used(town), exclusions(town)) == ([TWO], [])
    town.disburse(number, TWO)
    # 10 000 were left, and 20 000 asked: the draw is outside as a whole.
    assert used(town) == [TWO]
    assert exclusions(town) == [(FULL, TWO, "fund_full", CLAUSE)]
    assert caps(town, number) == (FULL, TWO)
    # The cap in force is used up: nothing more is asked of the limit.
    town.disburse(number, 1_000_000)
    assert (used(town), len(exclusions(town))) == ([TWO], 1)
    town.pay(number, THREE, early=True)
    assert used(town) == [TWO]
    town.pay(number, 500_000, early=True)
    assert used(town) == [1_500_000]
    # Another household finds room again.
    town.lend(2, amount_fen=1_500_000)
    assert used(town) == [THREE]


def test_a_sheet_is_taken_row_by_row(town: Town) -> None:
    """What does not fit stays outside; what comes after it and fits is covered."""
    set_limit(town, FULL, when_full="uncovered")
    numbers = town.contracts(*(town.asked(place, amount_fen=THREE) for place in (1, 2, 3)))
    draws = [draw(numbers[0], THREE, "FK1"), draw(numbers[1], TWO + 1, "FK2"),
             draw(numbers[2], TWO, "FK3")]  # fmt: skip
    disburse(town, *draws)
    assert [caps(town, number)[1] for number in numbers] == [THREE, 0, THREE]
    assert used(town) == [FULL]


def test_a_draw_undone_takes_its_exclusion_along(town: Town) -> None:
    set_limit(town, TWO, when_full="uncovered")
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, TWO)
    slip = town.disburse(number, THREE)
    assert caps(town, number) == (FULL, TWO)
    town.reverse(slip)
    assert caps(town, number) == (FULL, FULL)
    assert used(town) == [TWO]
    set_limit(town, FULL, when_full="uncovered")
    town.disburse(number, THREE)
    assert used(town) == [FULL]


def test_a_reversal_never_brings_more_under_cover(town: Town) -> None:
    set_limit(town, TWO, when_full="uncovered")
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, TWO)
    slip = town.disburse(number, TWO)
    town.disburse(number, 1_000_000)
    town.reverse(slip)
    # 30 000 are out; the fund has room for no more than 20 000 of them.
    assert used(town) == [TWO]
    assert caps(town, number) == (FULL, TWO)
    assert exclusions(town) == [(FULL, TWO, "fund_full", CLAUSE)] * 2


def test_a_debt_restored_is_covered_as_before(town: Town) -> None:
    roomy(town)
    first = town.lend(1, amount_fen=THREE)
    second = town.lend(1, amount_fen=THREE, **TOP_UP)
    set_limit(town, FULL)
    payment = town.pay(second, TWO, early=True)
    # 30 000 + min(10 000, 20 000)
    assert used(town) == [FULL - 1_000_000]
    town.lend(2, amount_fen=1_000_000)
    town.undo_payment(payment)
    # No limit refuses what comes back: 50 000 and the other household's 10 000.
    assert used(town) == [FULL + 1_000_000]
    town.reverse(f"{first}-01")
    assert used(town) == [TWO + 1_000_000]


def test_a_draw_entered_late_is_covered_once(town: Town) -> None:
    roomy(town)
    set_limit(town, FULL - 1, when_full="uncovered")
    (number,) = town.contracts(town.asked(1))
    town.disburse(number, TWO)
    town.close_to(date(2016, 6, 3))
    town.disburse(number, 1_000_000, value_date=date(2016, 5, 31))
    assert used(town) == [THREE]
    town.disburse(number, TWO, value_date=date(2016, 6, 1))
    # 20 000 more do not fit under 49 999.99.
    assert used(town) == [THREE]
    assert caps(town, number) == (FULL, THREE)
    town.close_to(date(2016, 6, 30))


# --- stops ----------------------------------------------------------------------------------------


def test_a_stop_lets_nothing_through_covered_or_not(town: Town) -> None:
    roomy(town)
    town.lend(1)
    (second,) = town.contracts(town.asked(1, amount_fen=THREE, **TOP_UP))
    set_stop(town, stopped=True)
    assert used(town) == [FULL]
    # Nothing of it would be under cover.
    with pytest.raises(LendingStopped) as refused:
        town.disburse(second, THREE)
    assert refused.value.clause == "熔断"
    set_stop(town, stopped=False)
    town.disburse(second, THREE)
    # Without a limit the stop is all there is.
    town.lend(2)
    assert used(town) == [2 * FULL]


def test_a_stop_leaves_the_limit_and_a_limit_leaves_the_stop(town: Town) -> None:
    set_limit(town, FULL, when_full="uncovered")
    set_stop(town, stopped=True)
    set_limit(town, 2 * FULL, when_full="uncovered")
    with town.books.read() as session:
        limit = limits.limit_of(session, ("region", "431022"))
        assert limit is not None
        assert (limit.limit_fen, limit.stopped, limit.when_full) == (2 * FULL, True, "uncovered")
        assert limits.limit_of(session, ("region", "43")) is None
    set_limit(town, None, stopped=False)
    town.lend(1)
    assert used(town) == [FULL]


def test_one_limit_that_refuses_is_enough(town: Town) -> None:
    set_limit(town, FULL, when_full="uncovered")
    set_limit(town, THREE, county=False)
    (number,) = town.contracts(town.asked(1))
    with pytest.raises(LendingLimitExceeded):
        town.disburse(number, THREE + 1)
    town.disburse(number, THREE)
    assert used(town) == [THREE, THREE]
    # Lowered below what is used, it refuses the next draw and nothing else.
    set_limit(town, 100, county=False)
    with pytest.raises(LendingLimitExceeded, match=r"^0\.00 yuan is left "):
        town.disburse(number, 1)
    town.pay(number, THREE, early=True)


# --- renewals -------------------------------------------------------------------------------------


def test_a_renewal_covers_no_more_than_the_old_loan_where_the_fund_is_full(town: Town) -> None:
    set_limit(town, TWO, when_full="uncovered")
    (number,) = town.contracts(town.asked(1, term_months=3, annual_rate_ppm=43_500))
    town.disburse(number, TWO)
    town.disburse(number, THREE)
    assert (used(town), caps(town, number)) == ([TWO], (FULL, TWO))
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked_again(town, number))
    renew(town, new)
    # 20 000 were covered and are; 30 000 were not, and the fund is full, whatever it says then.
    assert (used(town), caps(town, new)) == ([TWO], (FULL, TWO))
    assert exclusions(town)[-1] == (FULL, TWO, "fund_full", CLAUSE)


def test_a_renewal_takes_over_the_cover_and_finds_room(town: Town) -> None:
    number = old_loan(town)
    set_limit(town, FULL, stopped=True)
    town.close_to(date(2016, 8, 9))
    (new,) = town.contracts(asked_again(town, number))
    renew(town, new)
    assert (used(town), caps(town, new), exclusions(town)) == ([FULL], (FULL, FULL), [])


# --- decided, older contracts, checks -------------------------------------------------------------


def exclude(town: Town, number: str, cap_fen: int) -> None:
    with town.books.write("risk_fund.decide", by=town.system) as session:
        loans.exclude_from_cover(
            session,
            loan_id=session.scalars(select(Loan.id).where(Loan.number == number)).one(),
            cap_fen=cap_fen,
            clause="代偿审核：超范围使用",
            on=ledger.open_day(session),
        )


def test_less_is_covered_by_decision_and_never_more(town: Town) -> None:
    number = town.lend(1)
    set_limit(town, FULL)
    exclude(town, number, THREE)
    assert (used(town), caps(town, number)) == ([THREE], (FULL, THREE))
    for cap_fen in (THREE, FULL, -1):
        with pytest.raises(CoverNotLowered):
            exclude(town, number, cap_fen)
    exclude(town, number, 0)
    assert used(town) == [0]
    town.pay(number, 100, early=True)
    assert used(town) == [0]


def found_wrong(town: Town) -> list[str]:
    with town.books.read() as session:
        return [finding.check for finding in cover_checks.check(session)]


def test_an_older_contract_has_what_its_terms_say(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "loans.operations.signing.caps_at_signing",
        lambda _session, signed, *, on: [None for _ in signed],
    )
    number = town.lend(1)
    # The migration writes the cap that the frozen terms give; before it did, verify says so.
    assert found_wrong(town) == ["loans.cover"]
    with town.books.write("migrate", by=town.system) as session:
        session.execute(update(Position).values(cover_cap_fen=FULL))
    assert found_wrong(town) == []
    assert covered_now(town) == FULL
    exclude(town, number, TWO)
    assert (found_wrong(town), covered_now(town)) == ([], TWO)


@pytest.mark.damaged("caps and limits are bent on purpose")
def test_a_cap_or_a_limit_that_is_wrong_is_found(town: Town) -> None:
    town.lend(1)
    set_limit(town, FULL)
    with town.books.write("test", by=town.system) as session:
        session.execute(update(LendingLimit).values(used_fen=FULL - 1))
    assert found_wrong(town) == ["loans.limits"]
    with town.books.write("test", by=town.system) as session:
        session.execute(update(LendingLimit).values(used_fen=FULL))
        session.execute(update(Position).values(cover_cap_fen=FULL + 1))
    assert found_wrong(town) == ["loans.cover"]


# --- read -----------------------------------------------------------------------------------------


def pure_cover(session: Session) -> dict[int, int]:
    """The rule of ``loans.cover`` over rows read one by one."""
    out: dict[int, int] = {}
    for segment in session.scalars(select(OpenSegment)):
        if segment.state != "arrears":
            out[segment.loan_id] = out.get(segment.loan_id, 0) + segment.principal_fen
    return {
        position.loan_id: cover.covered_fen(out.get(position.loan_id, 0), position.cover_cap_fen)
        for position in session.scalars(select(Position))
    }


@pytest.mark.parametrize("seed", range(3))
def test_sql_covers_what_the_rule_covers(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    roomy(town)
    set_limit(town, 12_000_000, when_full="uncovered")
    numbers = []
    for place in (1, 2, 3, 1, 2, 3):
        amount_fen = chance.choice([THREE, TWO + 7, 1_234_567])
        numbers += town.contracts(town.asked(place, amount_fen=amount_fen, **TOP_UP))
    for _ in range(25):
        number = chance.choice(numbers)
        fen = chance.choice([100, 333_333, 1_000_001])
        act = chance.choice([town.disburse, town.disburse, paid_early(town)])
        try:
            act(number, fen)
        except LendingLimitExceeded:
            raise
        except Refusal:
            continue
    with town.books.read() as session:
        rows = session.execute(select(Loan.id, covered.covered_of(Loan.id)))
        wanted = pure_cover(session)
        assert {row[0]: row[1] for row in rows} == wanted
        total, out = sum(wanted.values()), outstanding(session)
        assert list(session.execute(covered.covered_by_lender())) == [(town.lender_id, total, out)]
        assert list(session.execute(covered.covered_by_region(9))) == [("431022100", total, out)]
    assert used(town) == [total]
    assert total <= 12_000_000


def paid_early(town: Town) -> Callable[[str, int], object]:
    return lambda number, fen: town.pay(number, fen, early=True)


def outstanding(session: Session) -> int:
    return sum(
        one.principal_fen for one in session.scalars(select(OpenSegment)) if one.state != "arrears"
    )


def read(town: Town, query: Any) -> list[tuple[Any, ...]]:
    with town.books.read() as session:
        return [tuple(row) for row in session.execute(query)]


def test_a_closed_day_keeps_its_cover(town: Town) -> None:
    first, later = date(2016, 5, 30), date(2016, 5, 31)
    roomy(town)
    number = town.lend(1)
    (other,) = town.contracts(town.asked(2, amount_fen=TWO))
    slip = town.disburse(other, TWO)
    town.close_to(first)
    exclude(town, number, THREE)
    town.reverse(slip)
    town.close_to(later)
    town.pay(number, FULL, early=True)
    lender = town.lender_id
    assert read(town, covered.covered_by_lender(day=first)) == [(lender, 7_000_000, 7_000_000)]
    assert read(town, covered.covered_by_lender(day=later)) == [(lender, THREE, FULL)]
    assert read(town, covered.covered_by_region(6, day=later)) == [("431022", THREE, FULL)]
    assert read(town, covered.covered_by_lender()) == []
    assert read(town, covered.disbursed_ever(day=first)) == [(lender, 7_000_000)]
    assert read(town, covered.disbursed_ever()) == [(lender, FULL)]


def test_what_was_ever_paid_out_leaves_lists_and_uncovered_contracts_aside(town: Town) -> None:
    roomy(town, interest_bearers=treasury())
    town.lend(1, amount_fen=TWO)
    (listed,) = town.contracts(pooled(town, found_organisation(town), (2, FULL)))
    town.disburse(listed, FULL)
    roomy(town, cover_parts=())
    town.lend(3, amount_fen=THREE)
    assert read(town, covered.disbursed_ever()) == [(town.lender_id, TWO)]


# --- seen red -------------------------------------------------------------------------------------


def all_under_cover(_outstanding_fen: int, _cap_fen: int) -> int:
    return _outstanding_fen


def lifted_whole(session: Session, one: Any, _disbursement_id: int, *, on: date) -> None:
    loan = one.loan
    cap = update(Position).where(Position.loan_id == loan.id)
    session.execute(cap.values(cover_cap_fen=loan.cover_cap_fen))


def taken_over_whole(session: Session, slip: Any, _given_back: int, *, on: date) -> None:
    loan = slip.one.loan
    limits.move(session, [(loan.lender_id, loan.village_code, slip.amount_fen)])


def nothing_left_outside(_session: Session, _outside: Sequence[object], _on: date) -> None:
    return None


PLANTED = [
    Plant(test_a_household_has_one_cap_for_all_its_contracts,
          "loans.operations.covering.cover_taken", lambda _session, _ids, **_given: {}),
    Plant(test_a_top_up_partly_covered_takes_that_part,
          "loans.operations.covering.covered_fen", all_under_cover,
          catches=(AssertionError, pytest.fail.Exception, Refusal)),
    Plant(test_a_limit_counts_what_is_covered_and_a_top_up_outside_it_passes,
          "loans.operations.repaying.covered_fen", all_under_cover),
    Plant(test_a_debt_restored_is_covered_as_before,
          "loans.operations.correcting.covered_fen", all_under_cover),
    Plant(test_a_full_limit_may_let_a_draw_go_on_outside_the_cover,
          "loans.operations.covering._leave_outside", nothing_left_outside),
    Plant(test_a_draw_undone_takes_its_exclusion_along,
          "loans.operations.reversing.lift", lambda *_, **__: None),
    Plant(test_a_reversal_never_brings_more_under_cover,
          "loans.operations.reversing.lift", lifted_whole),
    Plant(test_a_stop_lets_nothing_through_covered_or_not,
          "loans.limits.Room._here", lambda _room, _lender, _village: []),
    Plant(test_a_renewal_covers_no_more_than_the_old_loan_where_the_fund_is_full,
          "loans.operations.renewing.cover_renewal", taken_over_whole),
    Plant(test_less_is_covered_by_decision_and_never_more,
          "loans.limits.move", lambda _session, _amounts: None),
    Plant(test_a_cap_or_a_limit_that_is_wrong_is_found,
          "loans.cover_checks._caps", lambda _session: iter(())),
    Plant(test_a_closed_day_keeps_its_cover,
          "loans.covered.cap_in_force", lambda _day=None: covered.contract_cap()),
]  # fmt: skip


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = signature(plant.test).parameters
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})
