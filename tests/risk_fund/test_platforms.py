"""Guarantee platforms: what they may guarantee, for whom, and what a call moves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.refusals import Refusal
from loans.models import Loan
from loans.refusals import AmountNotPositive, LoanUnknown
from office.refusals import NotEntitled, VoucherUsed
from organisations import Kind
from risk_fund import platforms as room
from risk_fund import watch_checks
from risk_fund.models import PlatformUse
from risk_fund.platforms import Given, Money
from risk_fund.refusals import (
    AboveGuarantee,
    CallAboveDebt,
    GuaranteeAboveHeadroom,
    GuaranteeAboveLoan,
    GuaranteeForHousehold,
    GuaranteeGivenBefore,
    GuaranteeLetterMissing,
    GuaranteeUnknown,
    NotGuaranteeCompany,
    PlatformDocumentMissing,
    PlatformNotSet,
    PlatformValueOutOfRange,
    RecoveryAboveCall,
)
from risk_fund.watch_queries import guarantees, platforms
from tests.loans.lists import (
    close_organisation,
    code_of,
    entrusted,
    found_organisation,
    pooled,
)
from tests.loans.town import CHECKER, OFFICER, Town, person
from tests.planted import Plant

FINANCE = person(41, "finance")
#: 10 000 and 20 000 元
ONE, TWO = 1_000_000, 2_000_000
RULE = "宜政办发〔2015〕8号（示范）"


@dataclass
class Platform:
    """A guarantee company with a capital of 10 000 at three times, and a firm that borrows."""

    town: Town
    firm: str = ""
    company: str = ""

    def founded(self) -> Platform:
        self.firm = found_organisation(self.town, 1)
        self.company = found_organisation(self.town, 9, kind=Kind.GUARANTEE_COMPANY)
        self.set(ONE, 3)
        self.letters = count(1)
        self.vouchers = count(1)
        return self

    def do(self, command: str, by: Actor, deed: Callable[[Session, date], Any]) -> Any:
        with self.town.books.write(command, by=by) as session:
            return deed(session, ledger.open_day(session))

    def set(self, capital: int, multiple: int, by: Actor = FINANCE, **more: Any) -> int:
        said = {"credit_code": self.company, "clause": RULE, **more}
        found: int = self.do(
            "risk_fund.platform",
            by,
            lambda session, on: room.set_platform(
                session, capital_fen=capital, multiple=multiple, on=on, by=by, **said
            ),
        )
        return found

    def give(self, number: str, fen: int, by: Actor = OFFICER, **more: str) -> str:
        """Give a guarantee; the letter's number."""
        letter = more.get("letter_no", f"保{next(self.letters):04d}")
        given = Given(number, more.get("credit_code", self.company), fen, letter)
        self.do(
            "risk_fund.guarantee",
            by,
            lambda session, on: room.give(session, given=given, on=on, by=by),
        )
        return letter

    def money(self, letter: str, fen: int, **more: str) -> Money:
        voucher = more.get("voucher_no", f"DC{next(self.vouchers):04d}")
        return Money(letter, fen, "transfer", voucher, more.get("reason", "逾期"))

    def call(self, letter: str, fen: int, by: Actor = CHECKER, **more: str) -> None:
        money = self.money(letter, fen, **more)
        self.do(
            "risk_fund.call_guarantee",
            by,
            lambda session, on: room.call(session, money=money, on=on, by=by),
        )

    def recover(self, letter: str, fen: int, by: Actor = OFFICER, **more: str) -> None:
        money = self.money(letter, fen, **more)
        self.do(
            "risk_fund.return",
            by,
            lambda session, on: room.recover(session, money=money, on=on, by=by),
        )

    def release(self, letter: str, fen: int, by: Actor = CHECKER) -> None:
        self.do(
            "risk_fund.call_guarantee",
            by,
            lambda session, on: room.release(
                session, letter_no=letter, amount_fen=fen, reason="已还清", on=on, by=by
            ),
        )

    def lent(self, place: int = 1, fen: int = TWO, **more: Any) -> str:
        """Money that the firm uses and repays; due on 30 June."""
        late = {"method": "bullet", "every_months": 0, "term_months": 1, "annual_rate_ppm": 43_500}
        asked = entrusted(self.town, self.firm, place, amount_fen=fen, **{**late, **more})
        (number,) = self.town.contracts(asked)
        self.town.disburse(number, fen)
        return number

    def stands(self) -> tuple[int, int, int]:
        """In force, called and not recovered, headroom."""
        with self.town.books.read() as session:
            (one,) = platforms(session, by=FINANCE)
            return one.in_force_fen, one.called_fen, one.headroom_fen

    def booked(self, number: str) -> tuple[int, int]:
        """What the lender has had for a loan, and what is past due and not compensated."""
        with self.town.books.read() as session:
            loan_id = session.scalars(select(Loan.id).where(Loan.number == number)).one()
            return (
                -ledger.balance(session, kind="compensated", subject_id=loan_id),
                room.uncompensated(session, loan_id, ledger.open_day(session)),
            )


@pytest.fixture
def platform(town: Town) -> Platform:
    return Platform(town).founded()


# --- for whom -------------------------------------------------------------------------------------


def test_never_for_money_that_a_household_uses(platform: Platform) -> None:
    (number,) = platform.town.contracts(platform.town.asked(1))
    with pytest.raises(GuaranteeForHousehold) as refused:
        platform.give(number, 1)
    assert "不得要求担保" in refused.value.message("zh")
    assert refused.value.clause
    assert platform.stands() == (0, 0, 3 * ONE)


def test_for_money_that_an_organisation_uses_and_repays(platform: Platform) -> None:
    (listed,) = platform.town.contracts(pooled(platform.town, platform.firm, (2, ONE)))
    letters = [platform.give(platform.lent(), TWO), platform.give(listed, ONE)]
    # 10 000 × 3, and 30 000 in force: full.
    assert platform.stands() == (3 * ONE, 0, 0)
    with platform.town.books.read() as session:
        lines = guarantees(session, by=FINANCE)
        mine = replace(OFFICER, institution_ids=frozenset({99}))
        assert not guarantees(session, by=mine)
    assert [(one.letter_no, one.in_force_fen) for one in lines] == [
        (letters[1], ONE),
        (letters[0], TWO),
    ]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (AmountNotPositive, {"fen": 0}),
        (GuaranteeLetterMissing, {"letter_no": " "}),
        (LoanUnknown, {"number": "无此合同"}),
        (NotGuaranteeCompany, {"credit_code": code_of(1)}),
        (PlatformNotSet, {"credit_code": code_of(8)}),
        (GuaranteeAboveLoan, {"fen": TWO + 1}),
        (NotEntitled, {"by": CHECKER}),
        (NotEntitled, {"by": replace(OFFICER, institution_ids=frozenset({99}))}),
    ],
)
def test_what_a_guarantee_is_refused_for(
    platform: Platform, kind: type[Refusal], changes: dict[str, Any]
) -> None:
    platform.set(10 * ONE, 3)
    found_organisation(platform.town, 8, kind=Kind.GUARANTEE_COMPANY)
    said = {"number": platform.lent(), "fen": ONE, **changes}
    with pytest.raises(kind):
        platform.give(**said)
    assert platform.stands() == (0, 0, 30 * ONE)


def test_a_company_guarantees_a_contract_once_and_a_letter_is_used_once(
    platform: Platform,
) -> None:
    one, two = platform.lent(1), platform.lent(2)
    letter = platform.give(one, ONE // 2)
    with pytest.raises(GuaranteeGivenBefore):
        platform.give(one, ONE // 2)
    with pytest.raises(GuaranteeGivenBefore):
        platform.give(two, ONE // 2, letter_no=letter)
    assert platform.stands()[0] == ONE // 2


def test_two_companies_together_stand_for_no_more_than_the_contract(platform: Platform) -> None:
    second = found_organisation(platform.town, 8, kind=Kind.GUARANTEE_COMPANY)
    platform.set(10 * ONE, 3, credit_code=second)
    number = platform.lent()
    platform.give(number, ONE)
    with pytest.raises(GuaranteeAboveLoan) as refused:
        platform.give(number, ONE + 1, credit_code=second)
    assert "20000.01" in refused.value.message("zh")
    platform.give(number, ONE, credit_code=second)


# --- how much -------------------------------------------------------------------------------------


def test_capital_times_multiple_and_not_a_fen_more(platform: Platform) -> None:
    """10 000 × 3 = 30 000: 20 000 are in force, 10 000.01 is too much, 10 000 fits."""
    platform.give(platform.lent(1), TWO)
    other = platform.lent(2)
    with pytest.raises(GuaranteeAboveHeadroom) as refused:
        platform.give(other, ONE + 1)
    assert "剩余10000.00元，不足10000.01元" in refused.value.message("zh")
    platform.give(other, ONE)
    assert platform.stands() == (3 * ONE, 0, 0)


def test_a_capital_cut_below_what_is_in_force_lets_nothing_more_through(
    platform: Platform,
) -> None:
    platform.give(platform.lent(1), TWO)
    platform.set(ONE // 2, 3)
    # 5 000 × 3 = 15 000 less 20 000.
    assert platform.stands() == (TWO, 0, -500_000)
    with pytest.raises(GuaranteeAboveHeadroom) as refused:
        platform.give(platform.lent(2), 1)
    assert "剩余0.00元" in refused.value.message("zh")


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (PlatformValueOutOfRange, {"capital": -1}),
        (PlatformValueOutOfRange, {"multiple": 0}),
        (PlatformValueOutOfRange, {"multiple": 101}),
        (PlatformDocumentMissing, {"clause": " "}),
        (NotGuaranteeCompany, {"credit_code": code_of(1)}),
        (NotEntitled, {"by": OFFICER}),
        (NotEntitled, {"by": replace(FINANCE, region_scope="431021")}),
    ],
)
def test_what_a_platform_is_refused_for(
    platform: Platform, kind: type[Refusal], changes: dict[str, Any]
) -> None:
    with pytest.raises(kind):
        platform.set(**{"capital": ONE, "multiple": 3, **changes})


def test_a_company_out_of_business_guarantees_nothing(platform: Platform) -> None:
    number = platform.lent()
    close_organisation(platform.town, platform.company)
    with pytest.raises(NotGuaranteeCompany):
        platform.give(number, 1)


def test_many_clerks_at_once_do_not_pass_the_headroom(platform: Platform) -> None:
    """Twelve letters of 5 000 at once over a headroom of 30 000: six are given."""
    town = platform.town
    asked = [pooled(town, platform.firm, (place, 500_000)) for place in range(1, 7)] * 2
    numbers = [town.contracts(one)[0] for one in asked]
    gate, given = threading.Barrier(len(numbers)), []
    told: list[Refusal] = []

    def clerk(number: str, letter: str) -> None:
        gate.wait()
        try:
            given.append(platform.give(number, 500_000, letter_no=letter))
        except GuaranteeAboveHeadroom as refusal:
            told.append(refusal)

    threads = [
        threading.Thread(target=clerk, args=(number, f"同{nr}"))
        for nr, number in enumerate(numbers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(given), len(told)) == (6, 6)
    assert platform.stands() == (3 * ONE, 0, 0)


# --- called, recovered, released ------------------------------------------------------------------


def overdue(platform: Platform) -> tuple[str, str]:
    """A loan of 20 000 past due since 30 June with 15 000 guaranteed; number and letter."""
    number = platform.lent()
    letter = platform.give(number, 1_500_000)
    with pytest.raises(CallAboveDebt):
        platform.call(letter, 1)
    platform.town.close_to(date(2016, 7, 1))
    return number, letter


def test_a_call_pays_the_lender_and_weighs_on_the_headroom(platform: Platform) -> None:
    """10 000 × 3 − 15 000 = 15 000 before; called 6 000: (10 000 − 6 000) × 3 − 9 000 = 3 000."""
    number, letter = overdue(platform)
    # The principal of 20 000, and 31 days of interest at 4.35 %: 20 000 × 31 × 4.35 % ÷ 360.
    # 74.916… is 74.92; how much of it the treasury bears, the policy says: all of it.
    assert platform.booked(number) == (0, TWO)
    platform.call(letter, 600_000)
    assert platform.stands() == (900_000, 600_000, 300_000)
    assert platform.booked(number) == (600_000, TWO - 600_000)
    with pytest.raises(AboveGuarantee) as refused:
        platform.call(letter, 900_001)
    assert "尚有9000.00元" in refused.value.message("zh")


def test_nobody_is_paid_twice_for_one_debt(platform: Platform) -> None:
    second = found_organisation(platform.town, 8, kind=Kind.GUARANTEE_COMPANY)
    platform.set(10 * ONE, 3, credit_code=second)
    number, letter = overdue(platform)
    platform.call(letter, 1_500_000)
    other = platform.give(number, 500_000, credit_code=second)
    platform.town.pay(number, 300_000)
    # The payment takes two days' penalty first: 20 000 × 2 × 4.35 % × 1.5 ÷ 360 = 7.25; so of the
    # principal 20 000 − 2 992.75 = 17 007.25 are left, 15 000 of them compensated.
    with pytest.raises(CallAboveDebt) as refused:
        platform.call(other, 200_726)
    assert "2007.25" in refused.value.message("zh")
    platform.call(other, 200_725)


def test_what_is_recovered_goes_back_and_so_does_the_headroom(platform: Platform) -> None:
    number, letter = overdue(platform)
    platform.call(letter, 600_000)
    platform.recover(letter, 400_000)
    # (10 000 − 2 000) × 3 − 9 000 = 15 000
    assert platform.stands() == (900_000, 200_000, 1_500_000)
    assert platform.booked(number)[0] == 200_000
    with pytest.raises(RecoveryAboveCall):
        platform.recover(letter, 200_001)
    with pytest.raises(AmountNotPositive):
        platform.recover(letter, 0)
    platform.recover(letter, 200_000)
    assert platform.booked(number)[0] == 0


def test_a_released_guarantee_stands_for_nothing(platform: Platform) -> None:
    letter = platform.give(platform.lent(), TWO)
    platform.release(letter, 500_000)
    assert platform.stands() == (1_500_000, 0, 1_500_000)
    with pytest.raises(AboveGuarantee):
        platform.release(letter, 1_500_001)
    platform.release(letter, 1_500_000)
    assert platform.stands() == (0, 0, 3 * ONE)


def test_a_voucher_is_booked_once_and_a_letter_must_be_known(platform: Platform) -> None:
    _number, letter = overdue(platform)
    platform.call(letter, 1, voucher_no="DC9")
    with pytest.raises(VoucherUsed):
        platform.call(letter, 1, voucher_no="DC9")
    for deed in (platform.call, platform.recover, platform.release):
        with pytest.raises(GuaranteeUnknown):
            deed("没有", 1)
    assert platform.stands()[1] == 1


def test_who_gives_does_not_call_or_release(platform: Platform) -> None:
    _number, letter = overdue(platform)
    for deed in (platform.call, platform.release):
        with pytest.raises(NotEntitled):
            deed(letter, 1, by=OFFICER)
    with pytest.raises(NotEntitled):
        platform.call(letter, 1, by=replace(CHECKER, institution_ids=frozenset({99})))


# --- verify ---------------------------------------------------------------------------------------


@pytest.mark.damaged("what is in force is bent on purpose")
@pytest.mark.parametrize("column", ["in_force_fen", "called_fen", "capital_fen", "multiple"])
def test_verify_finds_a_bent_platform(platform: Platform, column: str) -> None:
    platform.give(platform.lent(), ONE)
    with platform.town.books.write("test.bend", by=platform.town.system) as session:
        assert list(watch_checks.check(session)) == []
        session.execute(update(PlatformUse).values({column: getattr(PlatformUse, column) + 1}))
    with platform.town.books.read() as session:
        (found,) = watch_checks.check(session)
    assert found.table == "guarantee_platform_uses"


_MOVED = room._moved

PLANTED = [
    Plant(
        test_never_for_money_that_a_household_uses,
        "risk_fund.platforms.GuaranteeForHousehold",
        GuaranteeUnknown,
        catches=(Refusal, KeyError),
    ),
    Plant(
        test_capital_times_multiple_and_not_a_fen_more,
        "risk_fund.platforms._take",
        lambda session, company, fen: session.execute(_MOVED(company.id, in_force_fen=fen)),
    ),
    Plant(
        test_nobody_is_paid_twice_for_one_debt,
        "risk_fund.platforms.ledger.balance",
        lambda *_, **__: 0,
    ),
    Plant(
        test_a_call_pays_the_lender_and_weighs_on_the_headroom,
        "risk_fund.platforms._moved",
        lambda organisation_id, in_force_fen=0, called_fen=0: _MOVED(
            organisation_id, in_force_fen=in_force_fen
        ),
        catches=(AssertionError, Refusal),
    ),
    Plant(
        test_two_companies_together_stand_for_no_more_than_the_contract,
        "risk_fund.platforms._require_within_loan",
        lambda session, loan, amount_fen: None,
    ),
]


@pytest.mark.damaged("a bug may leave what verify would not pass")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, platform: Platform) -> None:
    plant.prove(platform=platform)
