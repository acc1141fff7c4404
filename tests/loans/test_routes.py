"""Who gets the treasury's part, and at which rate it is counted: worked by hand.

50 000 yuan from Monday 30 May 2016, settled on the 20th of the quarter's last month, act/360:
22 days up to 21 June, 92 days up to 21 September.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

import ledger
from loans import explaining
from loans.bearing import Lent, bearer_rows, route_of, shared_rate_ppm
from loans.interest import fits
from loans.ledger_checks import check as ledger_check
from loans.models import Due, Loan, LoanBearer, OpenDue, OpenSegment, Segment, Settlement
from loans.parts import Closed
from loans.payment_checks import check as payment_check
from policy import Bearer
from tests.loans import recomputing
from tests.loans.bent import treasury
from tests.loans.changing import balance, dues, settled
from tests.loans.lists import entrusted, found_organisation
from tests.loans.refusing import bent
from tests.loans.town import OFFICE, Town
from tests.planted import Plant

JUNE, SEPTEMBER = "2016-06-21", "2016-09-21"
#: a county that refunds 70 %
REFUNDED = treasury((None, None, 7_000, None), route="household")
#: 莲都-type: 3 % of everything, whatever the contract's rate
THREE = treasury((None, None, 10_000, None), rate_ppm=30_000)


def route(town: Town, number: str) -> str:
    with town.books.read() as session:
        return session.scalars(select(Loan.subsidy_route).where(Loan.number == number)).one()


def rows(town: Town, number: str) -> list[tuple[str, str, int, int | None, str]]:
    """The frozen bearers: from, to, share, rate, route."""
    with town.books.read() as session:
        found = session.scalars(
            select(LoanBearer)
            .join(Loan, Loan.id == LoanBearer.loan_id)
            .where(Loan.number == number)
            .order_by(LoanBearer.from_on)
        )
        return [
            (r.from_on.isoformat(), r.to_on.isoformat(), r.share_bp, r.rate_ppm, r.route)
            for r in found
        ]


def bearers_of_dues(town: Town) -> set[str]:
    with town.books.read() as session:
        return set(session.scalars(select(Due.bearer)))


def recomputed(town: Town, number: str) -> list[dict[str, Any]]:
    """Every settlement as "why" tells it, reckoned again from that alone."""
    with town.books.read() as session:
        case = explaining.open_case(session, number=number, by=OFFICE, calendar=town.calendar)
        told = [explaining.settlements.settlement(case, row) for row in case.settlements]
    for one in told:
        recomputing.settlement(one)
    return told


def _last_interest(town: Town, number: str) -> dict[str, Any]:
    return [one for one in recomputed(town, number) if one["kind"] == "interest"][-1]


# --- the household pays first -------------------------------------------------------------------


def test_through_the_bank_two_dues_and_only_the_households_is_open(town: Town) -> None:
    bent(town, interest_bearers=treasury((None, None, 7_000, None)))
    number = town.lend(1)
    town.close_to(date(2016, 6, 21))
    # 50 000 × 4.75 % × 22 / 360 = 145.139; × 70 % = 101.597; 145.14 − 101.60 = 43.54
    assert settled(town, number, "interest") == [("2016-05-30", JUNE, 14_514, 10_160)]
    with town.books.read() as session:
        raised = session.execute(select(Due.bearer, Due.amount_fen).order_by(Due.bearer)).all()
        still = session.execute(select(OpenDue.kind, OpenDue.left_fen)).all()
    assert [tuple(row) for row in raised] == [("household", 4_354), ("treasury", 10_160)]
    assert [tuple(row) for row in still] == [("interest", 4_354)]
    assert balance(town, "treasury_interest_receivable") == 10_160
    assert balance(town, "interest_receivable") == 4_354


def test_paid_first_and_refunded_is_one_due_of_the_whole(town: Town) -> None:
    bent(town, interest_bearers=REFUNDED)
    number = town.lend(1)
    assert route(town, number) == "household"
    town.close_to(date(2016, 6, 20))
    # who bears it in the end is the same as through the bank
    assert settled(town, number, "interest") == [("2016-05-30", JUNE, 14_514, 10_160)]
    assert dues(town, number, "interest") == [(JUNE, 14_514)]
    assert bearers_of_dues(town) == {"household"}
    assert balance(town, "interest_receivable") == 14_514
    assert balance(town, "treasury_interest_receivable") == 0
    assert balance(town, "interest_income") == -14_514
    (told,) = recomputed(town, number)
    assert told["route"]["route"] == "household"
    assert (told["route"]["owed"], told["route"]["refunded"]) == ("145.14", "101.60")
    town.pay(number, 14_514)
    assert balance(town, "interest_receivable") == 0
    assert balance(town, "household_credit") == 0


def test_what_is_paid_first_can_be_overdue_and_what_the_treasury_owes_cannot(town: Town) -> None:
    through_bank = town.lend(2)
    bent(town, interest_bearers=treasury((None, None, 10_000, None), route="household"))
    first = town.lend(1)
    # A quarter of which the treasury has paid nothing, and 45 days more.
    town.close_to(date(2016, 8, 5))
    assert town.position(through_bank).grade == 1
    assert dues(town, through_bank, "interest") == [(JUNE, 14_514)]
    # 145.14 of its own were due on 21 June
    assert town.position(first).grade == 2


def test_an_enterprise_pays_first_where_it_repays(town: Town) -> None:
    code = found_organisation(town)
    bent(town, interest_bearers=treasury((None, None, 10_000, None), route="enterprise"))
    (used,) = town.contracts(entrusted(town, code, 1))
    (own,) = town.contracts(town.asked(2))
    assert (route(town, used), route(town, own)) == ("enterprise", "household")
    bent(town, interest_bearers=treasury((None, None, 10_000, None), route="household"))
    (again,) = town.contracts(entrusted(town, code, 3))
    assert route(town, again) == "enterprise"
    assert [row[4] for row in rows(town, again)] == ["enterprise"]


def test_an_enterprise_route_needs_an_organisation(town: Town) -> None:
    number = town.lend(1)
    with town.books.read() as session:
        row = dict(
            session.execute(select(Loan.__table__).where(Loan.number == number)).one()._mapping
        )
    row |= {"id": 99, "number": "XD99", "application_id": 99, "subsidy_route": "enterprise"}
    with (
        pytest.raises(IntegrityError, match="enterprise_fronts_its_own"),
        town.books.write("loans.sign", by=OFFICE) as session,
    ):
        session.execute(insert(Loan).values(**row))


# --- at which rate ------------------------------------------------------------------------------


def test_a_fixed_rate_of_subsidy(town: Town) -> None:
    bent(town, interest_bearers=THREE)
    number = town.lend(1)
    assert rows(town, number) == [("2016-05-30", "2019-05-30", 10_000, 30_000, "lender")]
    town.close_to(date(2016, 9, 21))
    # 50 000 × 3 % × 22 / 360 = 91.667, of 145.139; 50 000 × 3 % × 92 / 360 = 383.333, of 606.944
    assert settled(town, number, "interest") == [
        ("2016-05-30", JUNE, 14_514, 9_167),
        (JUNE, SEPTEMBER, 60_694, 38_333),
    ]
    told = _last_interest(town, number)
    assert told["treasury"]["segments"][0]["annual_rate"] == "3.00"
    assert told["treasury"]["segments"][0]["loan_rate"] == "4.75"
    assert told["treasury"]["keyed"] == "（50000.00×92×3.00×100）÷100÷100÷360"


def test_a_fixed_rate_above_the_contracts_is_the_contracts(town: Town) -> None:
    bent(town, interest_bearers=treasury((None, None, 10_000, None), rate_ppm=50_000))
    number = town.lend(1)
    assert rows(town, number)[0][3] is None
    town.close_to(date(2016, 6, 21))
    assert settled(town, number, "interest") == [("2016-05-30", JUNE, 14_514, 14_514)]


def test_a_policy_of_a_fixed_rate_alone(town: Town) -> None:
    """P0-type: 5 % on the amount of one contract for a year, refunded; the contract at 6.15 %."""
    bent(
        town,
        interest_bearers=(),
        fixed_subsidy_rate_ppm=50_000,
        subsidy_months_max=12,
        rate_reference="none",
    )
    number = town.lend(1, annual_rate_ppm=61_500)
    assert rows(town, number) == [("2016-05-30", "2017-05-30", 10_000, 50_000, "household")]
    town.close_to(date(2017, 6, 21))
    # 50 000 × 6.15 % × 92 / 360 = 785.833; 50 000 × 5 % × 92 / 360 = 638.889; of the last quarter
    # 21 March to 30 May, 70 days: 50 000 × 5 % × 70 / 360 = 486.111
    found = settled(town, number, "interest")
    assert (JUNE, SEPTEMBER, 78_583, 63_889) in found
    assert found[-1] == ("2017-03-21", "2017-06-21", 78_583, 48_611)
    assert (SEPTEMBER, 78_583) in dues(town, number, "interest")
    assert {row["term"] for row in _last_interest(town, number)["clauses"]} >= {
        "fixed_subsidy_rate_ppm"
    }


def test_a_plan_is_shared_at_the_rate_of_the_subsidy(town: Town) -> None:
    bent(town, interest_bearers=THREE)
    number = town.lend(1, method="equal-principal", every_months=3, term_months=12,
                       annual_rate_ppm=43_500)  # fmt: skip
    town.close_to(date(2016, 8, 29))
    # 50 000 × 4.35 % × 92 / 360 = 555.833; 555.83 × 3 / 4.35 = 383.331
    assert settled(town, number, "interest") == [("2016-05-30", "2016-08-30", 55_583, 38_333)]
    (told,) = recomputed(town, number)
    assert told["treasury"]["keyed"] == ("555.83×（50000.00×92×3.00×100）÷100÷（50000.00×92×4.35）")


@pytest.mark.parametrize(
    ("rate_ppm", "rate_cap", "contract_ppm", "shared_ppm"),
    [
        (None, None, 61_500, None),
        (30_000, None, 61_500, 30_000),
        (None, "benchmark", 61_500, 47_500),
        (50_000, "benchmark", 61_500, 47_500),
        (30_000, "benchmark", 61_500, 30_000),
        # nothing is shared above the contract's own rate
        (50_000, "benchmark", 40_000, None),
        (47_500, None, 47_500, None),
        (0, None, 47_500, 0),
    ],
)
def test_the_least_of_what_applies(
    rate_ppm: int | None, rate_cap: str | None, contract_ppm: int, shared_ppm: int | None
) -> None:
    bearer = Bearer("treasury", 10_000, None, "lender", rate_ppm=rate_ppm, rate_cap=rate_cap)
    # the benchmark for one to three years since 24 October 2015
    assert shared_rate_ppm(bearer, contract_ppm, {"benchmark": 47_500}.__getitem__) == shared_ppm


def test_the_reference_is_that_of_the_signing_day_and_the_term(town: Town) -> None:
    bent(
        town,
        interest_bearers=treasury((None, None, 10_000, None), rate_cap="benchmark"),
        rate_reference="none",
        household_total_max_fen=10_000_000,
    )
    (three, one) = town.contracts(
        town.asked(1, annual_rate_ppm=61_500),
        town.asked(2, annual_rate_ppm=61_500, term_months=12),
    )
    # 4.75 % for one to three years, 4.35 % up to one year
    assert rows(town, three)[0][3] == 47_500
    assert rows(town, one)[0][3] == 43_500


def test_rows_of_one_contract_each_with_its_rate(town: Town) -> None:
    terms = town.rulebook.contract_terms(on=date(2016, 5, 30), region="431022100201")
    year = date(2017, 1, 1)
    both = treasury((None, year, 10_000, None), rate_ppm=20_000) + treasury((year, None, 7_000, 9))
    terms = _with(terms, interest_bearers=both)
    lent = Lent(date(2016, 5, 30), date(2017, 5, 30), 43_500)
    found = bearer_rows(terms, lent, [(10**10, 0)], dict[str, int]().__getitem__)
    assert [(row["from_on"], row["rate_ppm"]) for row in found] == [
        (date(2016, 5, 30), 20_000),
        (year, None),
    ]
    assert route_of(terms, organisation=False) == "lender"


def _with(terms: Any, **values: Any) -> Any:
    return replace(
        terms, **{name: replace(getattr(terms, name), value=one) for name, one in values.items()}
    )


@pytest.mark.parametrize("model", [Segment, OpenSegment])
def test_no_rate_is_shared_above_the_segments_own(town: Town, model: Any) -> None:
    """So the product that is shared never outgrows the product that fits."""
    number = town.lend(1)
    row = {
        "loan_id": town.position(number).loan_id, "state": "misused", "from_on": date(2016, 5, 30),
        "principal_fen": 10**10, "rate_ppm": 360_000, "share_bp": 10_000, "cap_fen": 10**10,
        "share_rate_ppm": 360_001,
    }  # fmt: skip
    if model is Segment:
        row |= {"to_on": date(2019, 12, 1), "correction": 0}
    with (
        pytest.raises(IntegrityError, match="share_rate_within_rate"),
        town.books.write("loans.repay", by=OFFICE) as session,
    ):
        session.execute(insert(model).values(**row))


def test_the_largest_shared_product_fits() -> None:
    days = (date(2019, 12, 1) - date(2016, 5, 30)).days
    assert days == 1_280
    largest = Closed(
        "regular", date(2016, 5, 30), date(2019, 12, 1), 10**10, 360_000, 10_000, 10**10, 360_000
    )
    assert fits(10**10, 360_000, days)
    assert largest.treasury_product == largest.product == 10**10 * 360_000 * 1_280 < 2**62


# --- read back ----------------------------------------------------------------------------------


def findings(town: Town) -> set[str]:
    with town.books.read() as session:
        return {one.check for one in (*payment_check(session), *ledger_check(session))}


@pytest.mark.damaged("an open due of the treasury's")
def test_an_open_due_of_the_treasury_is_found(town: Town) -> None:
    town.lend(1)
    town.close_to(date(2016, 6, 21))
    assert findings(town) == set()
    with town.books.write("loans.repay", by=OFFICE) as session:
        due = session.scalars(select(Due).where(Due.bearer == "treasury")).one()
        session.execute(
            insert(OpenDue).values(
                due_id=due.id, loan_id=due.loan_id, kind="interest", payable_on=due.due_on,
                left_fen=due.amount_fen,
            )
        )  # fmt: skip
    assert "loans.open_dues" in findings(town)


@pytest.mark.damaged("a payment of the treasury's that no claim stands behind")
def test_what_the_treasury_pays_is_not_the_loans_matter(town: Town) -> None:
    """Another room books its money on the same account: the loans' check reads its own alone."""
    number = town.lend(1)
    town.close_to(date(2016, 6, 21))
    loan_id = town.position(number).loan_id
    with town.books.write("subsidies.pay", by=town.system) as session:

        def account(kind: str) -> int:
            return ledger.account_id(
                session, owner_kind="organisations", owner_id=town.lender_id, kind=kind
            )

        lines = [
            ledger.Line(account("funds"), 14_514, 0),
            ledger.Line(account("treasury_interest_receivable"), -14_514, loan_id),
        ]
        on = ledger.open_day(session)
        ledger.post(
            session, source_kind="claim_payments", source_id=1, booking_date=on, value_date=on,
            lines=lines,
        )  # fmt: skip
        kind = "treasury_interest_receivable"
        assert ledger.balances_by_subject(session, kind=kind) == {}
        own = ledger.balances_by_subject(session, kind=kind, sources=("settlements",))
        assert own == {loan_id: 14_514}
        found = {one.check for one in ledger_check(session)}
    # The money itself is for whoever books it to prove.
    assert found == set()


# --- seen red -----------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_paid_first_and_refunded_is_one_due_of_the_whole,
        "loans.batch.settling.owed_by_payer",
        lambda: Settlement.household_fen,
    ),
    Plant(
        test_an_enterprise_pays_first_where_it_repays,
        "loans.bearing.paid_first_by",
        lambda *, organisation: "household",
    ),
    Plant(
        test_a_fixed_rate_above_the_contracts_is_the_contracts,
        "loans.bearing.shared_rate_ppm",
        lambda bearer, annual_rate_ppm, references: bearer.rate_ppm,
        catches=(AssertionError, IntegrityError),
    ),
    Plant(
        test_a_policy_of_a_fixed_rate_alone,
        "loans.bearing.bearers_of",
        lambda terms: (terms.interest_bearers.value, terms.interest_bearers),
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
