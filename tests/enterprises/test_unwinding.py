"""An agreement is unwound: dividends settled, principal recovered, subsidy ended, then over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from enterprises import leaving
from enterprises.linked import links_on
from enterprises.models import LinkedLoan
from enterprises.refusals import (
    ConversionTwice,
    LoanNotBehindStake,
    NotUnwinding,
    UnwindingConditionsOpen,
    UnwindingDayWrong,
    UnwindingIncomplete,
    UnwindingTwice,
)
from enterprises.unwinding import converting, deciding
from enterprises.unwinding.conditions import Conditions, loans_of, what_is_open
from households import families, queries
from households.families import Told
from kernel.actor import Actor
from kernel.refusals import NotFound
from office.refusals import OwnHousehold, SameMakerAndChecker
from tests.enterprises.dividend_town import DividendTown
from tests.enterprises.test_dividends import refused
from tests.households.registers import identity
from tests.loans.changing import change
from tests.loans.town import FULL, OFFICE, OFFICER
from tests.planted import Plant
from tests.subsidies.offices import REGISTRAR

START = date(2017, 5, 25)


def entrusted(town: DividendTown) -> tuple[int, str, str]:
    """Two households' loans of 50 000 are their stakes, from 25 May 2017 on by quarters."""
    first, second = town.lend(1), town.lend(2)
    agreement_id = town.agree(
        *(
            town.stake(at, FULL, "loan", loan_number=no)
            for at, no in enumerate((first, second), start=1)
        ),
        rhythm_months=3,
        signed_on=START,
        from_on=START,
        to_on=START.replace(year=2018),
    )
    return agreement_id, first, second


def open_of(town: DividendTown, agreement_id: int) -> Conditions:
    """What is still open."""
    with town.books.read() as session:
        return what_is_open(session, agreement_id, town.today)


def test_an_agreement_is_over_when_all_three_conditions_hold(dividends: DividendTown) -> None:
    """Unwound from 24 June 2017: 30 of the quarter's 92 days. 4 000 a year is 1 000 a quarter,
    1 000 x 30 ÷ 92 = 326.087, 326.09 for each.
    """
    agreement_id, first, second = entrusted(dividends)
    # the close has noted 25 August as the next day by then
    assert dividends.find(START) == []
    dividends.unwind(agreement_id, date(2017, 6, 24))
    with dividends.books.read() as session:
        told = loans_of(session, agreement_id, dividends.today)
    assert [(one.loan_number, one.recovered, one.converted) for one in told] == [
        (first, False, False),
        (second, False, False),
    ]
    (round_id,) = dividends.find(date(2017, 6, 24))
    assert open_of(dividends, agreement_id).dividends == 1
    with refused(UnwindingConditionsOpen, principal=2, dividends=1):
        dividends.end(agreement_id)
    dividends.granted(round_id, 65_218)
    assert [row.amount_fen for row in dividends.rows(round_id)] == [32_609, 32_609]
    dividends.paid_out(round_id)
    assert open_of(dividends, agreement_id).dividends == 0
    # one household pays back, the other uses the money itself from now on
    dividends.pay(first, 6_000_000, early=True)
    dividends.convert(agreement_id, second, 2)
    still = open_of(dividends, agreement_id)
    assert (still.principal, still.dividends) == (0, 0)
    assert (still.subsidy, still.hold) == (1, False)
    change(dividends, "unsubsidised", second, why="lent_on")
    assert open_of(dividends, agreement_id).hold
    dividends.end(agreement_id)
    with dividends.books.read() as session:
        assert session.scalars(select(LinkedLoan.loan_id)).all() == []
        assert session.execute(links_on(dividends.today)).all() == []
        eve = dividends.today.fromordinal(dividends.today.toordinal() - 1)
        assert len(session.execute(links_on(eve)).all()) == 2
    with refused(UnwindingTwice):
        dividends.end(agreement_id)


def test_nobody_slips_out_of_an_agreement_that_is_unwound(dividends: DividendTown) -> None:
    """Leaving would free the loan, and with it the conditions, by one person's word."""
    agreement_id, _first, _second = entrusted(dividends)
    dividends.find(START)
    dividends.unwind(agreement_id, date(2017, 6, 24))
    before = open_of(dividends, agreement_id)
    with refused(UnwindingTwice), dividends.books.write("leave", by=REGISTRAR) as session:
        leaving.leave(
            session,
            agreement_id=agreement_id,
            household_number=next(iter(dividends.households)),
            from_on=dividends.today,
            reason="自愿退出",
            on=dividends.today,
            by=REGISTRAR,
        )
    assert open_of(dividends, agreement_id) == before


def test_an_unwinding_has_its_days_paper_and_persons(dividends: DividendTown) -> None:
    agreement_id, first, _second = entrusted(dividends)
    with refused(NotUnwinding):
        dividends.end(agreement_id)
    with refused(NotUnwinding):
        dividends.convert(agreement_id, first, 1)
    with refused(UnwindingDayWrong, start=START):
        dividends.unwind(agreement_id, date(2017, 5, 24))
    with refused(UnwindingDayWrong):
        dividends.unwind(agreement_id, date(2018, 5, 25))
    with (
        refused(UnwindingIncomplete),
        dividends.books.write("enterprises.unwind", by=OFFICER) as session,
    ):
        deciding.propose_unwinding(
            session, agreement_id=agreement_id, from_on=START, document_no=" ", reason="清退",
            on=dividends.today, by=OFFICER,
        )  # fmt: skip
    with dividends.books.write("enterprises.unwind", by=OFFICE) as session:
        proposal_id = deciding.propose_unwinding(
            session, agreement_id=agreement_id, from_on=date(2017, 6, 1), document_no="9号",
            reason="清退", on=dividends.today, by=OFFICE,
        )  # fmt: skip
    with (
        refused(SameMakerAndChecker),
        dividends.books.write("enterprises.approve_unwind", by=OFFICE) as session,
    ):
        deciding.decide_unwinding(
            session, proposal_id=proposal_id, approved=True, on=dividends.today, by=OFFICE
        )
    dividends.unwind(agreement_id, date(2017, 6, 1))
    with refused(UnwindingTwice):
        dividends.unwind(agreement_id, date(2017, 6, 2))
    with refused(LoanNotBehindStake):
        dividends.convert(agreement_id, first, 2)
    dividends.convert(agreement_id, first, 1)
    with refused(ConversionTwice):
        dividends.convert(agreement_id, first, 1)
    with refused(UnwindingConditionsOpen):
        dividends.end(agreement_id)


def test_a_rejected_conversion_may_be_asked_again(dividends: DividendTown) -> None:
    agreement_id, first, _second = entrusted(dividends)
    dividends.unwind(agreement_id, date(2017, 6, 1))
    with dividends.books.write("enterprises.unwind", by=OFFICER) as session:
        proposal_id = converting.propose_conversion(
            session, agreement_id=agreement_id, loan_number=first,
            household_number=next(iter(dividends.households)), document_no="1", purpose="养牛",
            on=dividends.today, by=OFFICER,
        )  # fmt: skip
    with dividends.books.write("enterprises.approve_unwind", by=OFFICE) as session:
        converting.decide_conversion(
            session, proposal_id=proposal_id, approved=False, on=dividends.today, by=OFFICE,
            reason="无产业",
        )  # fmt: skip
    assert open_of(dividends, agreement_id).principal == 2
    dividends.convert(agreement_id, first, 1)
    assert open_of(dividends, agreement_id).principal == 1
    with (
        pytest.raises(NotFound),
        dividends.books.write("enterprises.approve_unwind", by=OFFICE) as session,
    ):
        converting.decide_conversion(
            session, proposal_id=999, approved=True, on=dividends.today, by=OFFICE
        )


def kin_of_the_first(town: DividendTown) -> Actor:
    """One of the office who once belonged to the first household, under a number that was wrong."""
    household_id = next(iter(town.households.values()))
    with town.books.write("households.family", by=REGISTRAR) as session:
        person = queries.members(session, household_id, on=town.today)[1]
        kin = replace(OFFICE, identity_index=person.identity_index)
        families.correct_identity(
            session, person_id=person.id, number=identity(77), told=Told(town.today),
            keyring=town.keyring, on=town.today, by=REGISTRAR,
        )  # fmt: skip
    return kin


def test_kin_neither_decide_an_unwinding_nor_end_it(dividends: DividendTown) -> None:
    """As for an agreement, its lists and its dividends; not even to say no."""
    agreement_id, _first, _second = entrusted(dividends)
    kin, on = kin_of_the_first(dividends), date(2017, 6, 1)
    with dividends.books.write("enterprises.unwind", by=OFFICER) as session:
        proposal_id = deciding.propose_unwinding(
            session, agreement_id=agreement_id, from_on=on, document_no="9号", reason="清退",
            on=dividends.today, by=OFFICER,
        )  # fmt: skip
    for approved in (True, False):
        with (
            refused(OwnHousehold),
            dividends.books.write("enterprises.approve_unwind", by=kin) as session,
        ):
            deciding.decide_unwinding(
                session, proposal_id=proposal_id, approved=approved, on=dividends.today, by=kin,
                reason="再议",
            )  # fmt: skip
    with dividends.books.write("enterprises.approve_unwind", by=OFFICE) as session:
        deciding.decide_unwinding(
            session, proposal_id=proposal_id, approved=True, on=dividends.today, by=OFFICE
        )
    with refused(OwnHousehold):
        dividends.end(agreement_id, by=kin)
    with refused(UnwindingConditionsOpen):
        dividends.end(agreement_id)


def test_kin_turn_no_loan_over(dividends: DividendTown) -> None:
    """Somebody of the office once belonged to the household, under a number that was wrong."""
    agreement_id, first, _second = entrusted(dividends)
    dividends.unwind(agreement_id, date(2017, 6, 1))
    kin = kin_of_the_first(dividends)
    with dividends.books.write("enterprises.unwind", by=OFFICER) as session:
        proposal_id = converting.propose_conversion(
            session, agreement_id=agreement_id, loan_number=first,
            household_number=next(iter(dividends.households)), document_no="1", purpose="养牛",
            on=dividends.today, by=OFFICER,
        )  # fmt: skip
    with (
        refused(OwnHousehold),
        dividends.books.write("enterprises.approve_unwind", by=kin) as session,
    ):
        converting.decide_conversion(
            session, proposal_id=proposal_id, approved=True, on=dividends.today, by=kin
        )


def test_a_day_before_a_dividend_that_was_found_is_refused(dividends: DividendTown) -> None:
    agreement_id, _first, _second = entrusted(dividends)
    dividends.find(date(2017, 8, 25))
    with refused(UnwindingDayWrong, settled=date(2017, 8, 25)):
        dividends.unwind(agreement_id, date(2017, 8, 24))


def _nobody(*_: object) -> set[bytes]:
    return set()


PLANTED = [
    *(
        Plant(
            test_kin_neither_decide_an_unwinding_nor_end_it,
            f"enterprises.unwinding.{module}.own_index",
            _nobody,
            catches=(Exception, pytest.fail.Exception),
        )
        for module in ("deciding", "conditions")
    ),
    Plant(
        test_an_agreement_is_over_when_all_three_conditions_hold,
        "enterprises.unwinding.deciding.cut_calendar",
        lambda session, agreement, until: None,
        catches=(Exception,),
    ),
    Plant(
        test_an_agreement_is_over_when_all_three_conditions_hold,
        "enterprises.unwinding.conditions.linking.end",
        lambda session, agreement_id: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, dividends: DividendTown) -> None:
    plant.prove(dividends=dividends)
