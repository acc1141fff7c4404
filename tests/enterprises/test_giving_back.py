"""Money of a pool that goes back: a surplus to the enterprise, a dividend nobody can have."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

import ledger
from enterprises import dividend_checks, payment, second_hand_checks
from enterprises.dividends import reading, steps, surplus
from enterprises.models import DividendPayment
from enterprises.refusals import (
    DividendNotOwed,
    FundingAmountWrong,
    ReleaseAsked,
    ReleaseUnfounded,
    RoundElsewhere,
    SurplusShort,
)
from enterprises.terms import Term
from kernel.actor import Actor
from office.refusals import (
    NotEntitled,
    OwnHousehold,
    ReasonMissing,
    SameMakerAndChecker,
    VoucherUsed,
)
from tests.enterprises.dividend_town import DividendTown
from tests.enterprises.test_dividends import DUE, FULL, refused, three
from tests.enterprises.test_unwinding import entrusted
from tests.loans.changing import change
from tests.loans.filing import statements
from tests.loans.town import OFFICE, OFFICER
from tests.planted import Plant
from tests.subsidies.offices import REGISTRAR
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE


def ask_back(town: DividendTown, fen: int, by: Actor = FINANCE, **more: Any) -> int:
    """A surplus is asked back; the proposal."""
    plain: dict[str, Any] = {
        "organisation_id": town.enterprise_id, "amount_fen": fen, "reason": "协议到期",
        "payee_account": "180012345678901", "voucher_no": "TH0001",
    }  # fmt: skip
    with town.books.write("enterprises.refund", by=by) as session:
        return surplus.ask_refund(
            session, surplus.Refund(**plain | more), on=ledger.open_day(session), by=by
        )


def grant_back(
    town: DividendTown, proposal_id: int, by: Actor = SECOND_FINANCE, **said: Any
) -> Any:
    """Another person decides it."""
    with town.books.write("enterprises.approve_refund", by=by) as session:
        return surplus.decide_refund(
            session, proposal_id=proposal_id, approved=said.pop("approved", True),
            on=ledger.open_day(session), by=by, **said,
        )  # fmt: skip


def ask_up(
    town: DividendTown, round_id: int, place: int, by: Actor = REGISTRAR, **more: Any
) -> int:
    """A household's dividend is asked to be given up; the proposal."""
    plain: dict[str, Any] = {
        "round_id": round_id, "household_id": town.household(place), "cause": "no_heir",
        "reason": "全户已故，查无继承人", "document_no": "村证〔2017〕3号",
    }  # fmt: skip
    with town.books.write("enterprises.release", by=by) as session:
        return payment.ask_release(
            session, payment.Release(**plain | more), on=ledger.open_day(session), by=by
        )


def give_up(town: DividendTown, proposal_id: int, by: Actor = OFFICE, **said: Any) -> Any:
    """Another person decides it."""
    with town.books.write("enterprises.approve_release", by=by) as session:
        return payment.decide_release(
            session, proposal_id=proposal_id, approved=said.pop("approved", True),
            on=ledger.open_day(session), by=by, **said,
        )  # fmt: skip


def found(town: DividendTown) -> set[str]:
    """The rules that the books break."""
    with town.books.read() as session:
        every = [*dividend_checks.check(session), *second_hand_checks.check(session)]
    return {one.check.removeprefix("enterprises.") for one in every}


# --- a surplus ------------------------------------------------------------------------------------


def test_what_is_granted_or_due_does_not_go_back(dividends: DividendTown) -> None:
    """15 000 paid in, 12 000 due to three households: 3 000 may go back, before and after the
    grant alike.
    """
    round_id = three(dividends)
    dividends.receive(1_500_000)
    with refused(SurplusShort, free="15000.00", owed="12000.00", wanted="3000.01"):
        ask_back(dividends, 300_001)
    proposal_id = ask_back(dividends, 300_000)
    dividends.granted(round_id, 0)
    with refused(SurplusShort, free="3000.00", owed="0.00"):
        ask_back(dividends, 300_001)
    grant_back(dividends, proposal_id)
    assert dividends.held("pool_cash") == 1_200_000
    assert dividends.held("pool_held") == 0
    with dividends.books.read() as session:
        (pool,) = reading.pools(session, by=OFFICE)
    assert (pool.funded_fen, pool.given_back_fen, pool.free_fen) == (1_500_000, 300_000, 0)
    assert dividends.paid_out(round_id).paid_fen == 1_200_000
    assert found(dividends) == set()


def test_what_is_owed_is_one_question_however_many_rounds(dividends: DividendTown) -> None:
    """Quarters of 50 000 at 8 %, 60.01 % of it in cash: 1 000.00, and 600.10 of it, four times.

    A household's 4 000.00 in cash were declared with 1 234.56 on top; a year paid in advance has
    been paid, and its settlement promises nothing.
    """
    rate = Term(year_from=1, year_to=1, basis="rate_on_stake", rate_ppm=80_000, cash_bp=6_001)
    dividends.agree(dividends.stake(1, FULL), number="甲", term=rate, rhythm_months=3, years=1)
    dividends.agree(dividends.stake(2, FULL), number="乙")
    ahead = Term(year_from=1, year_to=1, basis="per_household", amount_fen=100_000)
    dividends.agree(
        dividends.stake(3, FULL), number="丙", term=ahead, in_advance=True, years=1,
    )  # fmt: skip
    before = dividends.find(DUE)
    with dividends.books.read() as session:
        yearly, prepaid = (
            one for number in "乙丙" for one in before
            if steps.agreement_of(session, one).number == number
        )  # fmt: skip
    dividends.declare(yearly, extra_fen=123_456)
    dividends.granted(prepaid, 100_000)
    dividends.paid_out(prepaid)
    dividends.settle_prepaid(prepaid)
    with dividends.books.read() as session:
        session.connection()
        with statements(dividends) as noted:
            found = surplus.owed(session, dividends.enterprise_id)
    assert found == 4 * 60_010 + 400_000 + 123_456
    assert len(noted) == 1


def test_a_surplus_that_was_spoken_for_meanwhile_stays(dividends: DividendTown) -> None:
    """Asked for when 12 000 of 24 000 were free; a round of 8 000 falls due before it is decided:
    two wishes for 12 000 and 12 000 cannot both be met either.
    """
    three(dividends)
    dividends.receive(2_400_000)
    first, second = ask_back(dividends, 1_200_000), ask_back(dividends, 100, voucher_no="TH0002")
    grant_back(dividends, first)
    with refused(SurplusShort, free="12000.00", owed="12000.00"):
        grant_back(dividends, second)
    assert dividends.held("pool_cash") == 1_200_000


def test_a_surplus_goes_back_by_two_people_with_a_reason(dividends: DividendTown) -> None:
    dividends.receive(500_000)
    with refused(FundingAmountWrong):
        ask_back(dividends, 0)
    with refused(ReasonMissing):
        ask_back(dividends, 100, reason=" ")
    with refused(NotEntitled):
        ask_back(dividends, 100, by=REGISTRAR)
    proposal_id = ask_back(dividends, 100)
    with refused(SameMakerAndChecker):
        grant_back(dividends, proposal_id, by=FINANCE)
    assert grant_back(dividends, proposal_id, approved=False, reason="留作下期") is None
    assert dividends.held("pool_cash") == 500_000
    grant_back(dividends, ask_back(dividends, 100))
    again = ask_back(dividends, 100)
    with refused(VoucherUsed):
        grant_back(dividends, again)


# --- a dividend nobody can have -------------------------------------------------------------------


def sent_back(town: DividendTown) -> int:
    """Three households with 4 000 each; the second one's payment came back."""
    round_id = three(town)
    town.granted(round_id, 1_200_000)
    town.paid_out(round_id, {2: "死亡"})
    return round_id


def test_a_dividend_nobody_can_have_is_free_in_the_pool_again(dividends: DividendTown) -> None:
    """Then nothing of the round is owed: it is paid, and the village signs for it."""
    round_id = sent_back(dividends)
    assert dividends.round_state(round_id) == "part_paid"
    assert dividends.held("pool_held") == 0
    give_up(dividends, ask_up(dividends, round_id, 2))
    assert dividends.round_state(round_id) == "paid"
    assert dividends.held("dividend_payable") == 0
    assert dividends.held("pool_held") == -400_000
    with dividends.books.read() as session:
        (pool,) = reading.pools(session, by=OFFICE)
        rows = reading.rows_page(
            session, round_id, 1, on=dividends.today, by=OFFICE, only="released"
        )
        unpaid = reading.rows_page(
            session, round_id, 1, on=dividends.today, by=OFFICE, only="unpaid"
        )
        (row,) = rows
        cash = session.execute(reading.paid_cash()).all()
    assert (pool.reserved_fen, pool.free_fen) == (0, 400_000)
    assert (row.row.household_id, row.released_on) == (dividends.household(2), dividends.today)
    assert unpaid == []
    assert [one[0] for one in cash] == [dividends.household(1), dividends.household(3)]
    dividends.sign_for(round_id)
    # and may go back to the enterprise, or pay the next round
    grant_back(dividends, ask_back(dividends, 400_000))
    assert found(dividends) == set()


def test_the_others_of_a_round_are_paid_without_it(dividends: DividendTown) -> None:
    """Given up before the first file: the file holds the two others, and the round is paid."""
    round_id = three(dividends)
    dividends.granted(round_id, 1_200_000)
    give_up(dividends, ask_up(dividends, round_id, 2, cause="no_account"))
    assert dividends.round_state(round_id) == "approved"
    assert dividends.paid_out(round_id).paid_fen == 800_000
    assert dividends.round_state(round_id) == "paid"
    with dividends.books.read() as session:
        paid = session.scalars(select(DividendPayment.household_id)).all()
    assert sorted(paid) == [dividends.household(1), dividends.household(3)]
    assert found(dividends) == set()


def test_giving_up_takes_its_cause_paper_and_two_people(dividends: DividendTown) -> None:
    round_id = three(dividends)
    with refused(RoundElsewhere):
        ask_up(dividends, round_id, 2)
    dividends.granted(round_id, 1_200_000)
    with refused(DividendNotOwed):
        ask_up(dividends, round_id, 4)
    with refused(ReleaseUnfounded):
        ask_up(dividends, round_id, 2, cause="lazy")
    with refused(ReleaseUnfounded):
        ask_up(dividends, round_id, 2, document_no="")
    with refused(ReleaseUnfounded):
        ask_up(dividends, round_id, 2, reason=" ")
    with refused(NotEntitled):
        ask_up(dividends, round_id, 2, by=OFFICER)
    proposal_id = ask_up(dividends, round_id, 2)
    with refused(ReleaseAsked):
        ask_up(dividends, round_id, 2)
    with refused(NotEntitled):
        give_up(dividends, proposal_id, by=FINANCE)
    with refused(OwnHousehold):
        give_up(dividends, proposal_id, by=kin(dividends, 2))
    # what is on its way to the bank may be paid yet
    dividends.pay_file(round_id)
    with refused(RoundElsewhere):
        give_up(dividends, proposal_id)
    dividends.discard_round(round_id)
    assert give_up(dividends, proposal_id, approved=False, reason="有继承人") is None
    other = ask_up(dividends, round_id, 2)
    give_up(dividends, other)
    with refused(DividendNotOwed):
        ask_up(dividends, round_id, 2)


def test_who_was_paid_meanwhile_is_not_given_up(dividends: DividendTown) -> None:
    round_id = sent_back(dividends)
    proposal_id = ask_up(dividends, round_id, 2)
    dividends.correct_account(2, "190000000000002")
    dividends.paid_out(round_id)
    with refused(RoundElsewhere):
        give_up(dividends, proposal_id)


def kin(town: DividendTown, place: int) -> Actor:
    """Somebody of the poverty office who lives in a household."""
    index = town.identity_index_of(place)
    return Actor(99, "kin", frozenset({"poverty_office"}), "431022", identity_index=index)


# --- verify ---------------------------------------------------------------------------------------


class Change(NamedTuple):
    """What somebody changes, and the rule that finds it."""

    sql: str
    rule: str

    def __str__(self) -> str:
        return f"{self.rule}-{self.sql[:50]}"


MONEY = [
    Change("UPDATE pool_refunds SET amount_fen = amount_fen + 1", "refunds"),
    Change("UPDATE pool_refunds SET amount_fen = amount_fen + 1", "booked"),
    Change("DELETE FROM pool_refunds", "pools"),
    Change("UPDATE dividend_pools SET given_back_fen = 0", "pools"),
    Change("UPDATE decisions SET decided_by = (SELECT proposed_by FROM proposals"
           " WHERE proposals.id = proposal_id)", "refunds"),
    Change("UPDATE decisions SET decision = 'rejected'", "releases"),
    Change("UPDATE dividend_releases SET amount_fen = amount_fen - 1", "releases"),
    Change("UPDATE dividend_releases SET amount_fen = amount_fen - 1", "booked"),
    Change("UPDATE dividend_releases SET household_id = household_id + 1", "releases"),
    Change("UPDATE dividend_return_rows SET result = 'paid', reason = ''", "releases"),
    Change("DELETE FROM dividend_releases", "households"),
]  # fmt: skip


@pytest.mark.damaged("a row of the record is changed behind the books' back")
@pytest.mark.parametrize("change_made", MONEY, ids=str)
def test_what_was_changed_of_money_is_named(dividends: DividendTown, change_made: Change) -> None:
    round_id = sent_back(dividends)
    give_up(dividends, ask_up(dividends, round_id, 2))
    grant_back(dividends, ask_back(dividends, 100_000))
    assert found(dividends) == set()
    with dividends.unguarded() as connection:
        connection.exec_driver_sql(change_made.sql)
    assert change_made.rule in found(dividends)


UNWOUND = [
    Change("UPDATE unwindings SET from_on = '2017-06-25'", "unwindings"),
    Change("UPDATE unwindings SET digest = replace(digest, 'a', 'b')", "unwindings"),
    Change("DELETE FROM decisions", "unwindings"),
    Change("DELETE FROM decisions", "conversions"),
    Change("UPDATE loan_conversions SET household_id = household_id + 1", "conversions"),
    Change("DELETE FROM unwinding_approvals", "ends"),
    Change("UPDATE agreement_ends SET ended_on = '2017-06-01'", "ends"),
    Change("DELETE FROM loan_conversion_grants", "ends"),
    Change("UPDATE dividend_positions SET state = 'sent'", "ends"),
]


@pytest.mark.damaged("a row of the record is changed behind the books' back")
@pytest.mark.parametrize("change_made", UNWOUND, ids=str)
def test_what_was_changed_of_an_unwinding_is_named(
    dividends: DividendTown, change_made: Change
) -> None:
    """As it is lived in ``test_unwinding``: one loan repaid, one turned over, then over."""
    over(dividends)
    assert found(dividends) == set()
    with dividends.unguarded() as connection:
        connection.exec_driver_sql(change_made.sql)
    assert change_made.rule in found(dividends)


def over(town: DividendTown) -> None:
    """An agreement that was unwound to its end, and the day after."""
    agreement_id, first, second = entrusted(town)
    town.unwind(agreement_id, DUE)
    (round_id,) = town.find(DUE)
    # 4 000 a year is 1 000 a quarter: 1 000 x 7 days ÷ 92 = 76.087, 76.09 for each
    town.granted(round_id, 15_218)
    town.paid_out(round_id)
    town.pay(first, 6_000_000, early=True)
    town.convert(agreement_id, second, 2)
    change(town, "unsubsidised", second, why="lent_on")
    town.end(agreement_id)
    town.wait(1)


PLANTED = [
    Plant(
        test_what_is_granted_or_due_does_not_go_back,
        "enterprises.dividends.surplus.owed",
        lambda _session, _organisation_id: 0,
    ),
    Plant(
        test_what_is_owed_is_one_question_however_many_rounds,
        "enterprises.dividends.promised.half_up",
        lambda numerator, divisor: numerator // divisor + 1,
    ),
    Plant(
        test_a_surplus_that_was_spoken_for_meanwhile_stays,
        "enterprises.dividends.surplus._take_out",
        lambda _session, _organisation_id, _fen: None,
    ),
    Plant(
        test_a_dividend_nobody_can_have_is_free_in_the_pool_again,
        "enterprises.payment.releasing._book",
        lambda *_: None,
    ),
    Plant(
        test_giving_up_takes_its_cause_paper_and_two_people,
        "enterprises.payment.releasing._require_new",
        lambda *_: None,
    ),
    *(
        Plant(
            test,
            f"enterprises.second_hand_checks.{name}",
            lambda _session: iter(()),
            arguments={"change_made": next(one for one in changes if one.rule == rule)},
        )
        for test, changes, name, rule in (
            (test_what_was_changed_of_money_is_named, MONEY, "_refunds", "refunds"),
            (test_what_was_changed_of_money_is_named, MONEY, "_releases", "releases"),
            (test_what_was_changed_of_an_unwinding_is_named, UNWOUND, "_unwindings", "unwindings"),
            (
                test_what_was_changed_of_an_unwinding_is_named,
                UNWOUND,
                "_conversions",
                "conversions",
            ),
            (test_what_was_changed_of_an_unwinding_is_named, UNWOUND, "_ends", "ends"),
        )
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
