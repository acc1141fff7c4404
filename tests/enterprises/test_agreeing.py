"""Agreements and their lists: handed in, approved, joined, left; what each is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import enterprises
from enterprises import Party, Stake, Term, queries, refusals
from enterprises.linked import linked_in
from enterprises.models import AgreementHousehold, LinkedLoan, StagedLinkage
from enterprises.refusals import LinkageListRefused
from households.models import Person
from kernel.refusals import BadValue, NotFound, Refusal
from kernel.tables import Sheet, write_xlsx
from loans.models import Position
from loans.refusals import EntrustedUseBanned, HouseholdNotRegistered, LoanFileHasFaults
from office.refusals import (
    AlreadyDecided,
    NotEntitled,
    OwnHousehold,
    ProposalChanged,
    SameMakerAndChecker,
)
from organisations import Kind
from tests.enterprises.desk import EIGHT, REGISTRAR, LinkedTown
from tests.loans.filing import statements
from tests.loans.lists import code_of, entrusted, found_organisation, id_of, pooled
from tests.loans.refusing import everything, newcomer
from tests.loans.town import DIRECTOR, FULL, OFFICE, VILLAGE
from tests.planted import Plant
from tests.risk_fund.fund import county_rules

#: 80 000 元: more than any household was lent
EIGHTY = 8_000_000


def linked_loans(town: LinkedTown) -> dict[str, int]:
    """Contract number to stake, of every loan that is one now."""
    with town.books.read() as session:
        rows = session.execute(select(LinkedLoan.loan_id, LinkedLoan.stake_fen))
        return {str(loan_id): fen for loan_id, fen in rows}


def told(town: LinkedTown, *stakes: Stake, **changes: Any) -> list[tuple[int, type[Refusal]]]:
    """What a list is refused for, row by row; nothing is left behind."""
    before = everything(town.books)
    with pytest.raises(LinkageListRefused) as refused:
        town.hand_in(*stakes, **changes)
    assert everything(town.books) == before
    return [(row, type(refusal)) for row, refusal in refused.value.rows]


# --- handed in and approved --------------------------------------------------------------------


def test_an_agreement_links_its_households_once_it_is_approved(linked: LinkedTown) -> None:
    handed = linked.hand_in(linked.stake(1), linked.stake(2, 3_000_000), linked.work(3))
    assert linked.stands(handed.agreement_id) == ("proposed", 0, 0, 0)
    assert linked_loans(linked) == {}
    linked.decide(handed)
    # 50 000 + 30 000, three households of three people
    assert linked.stands(handed.agreement_id) == ("in_force", 3, 9, EIGHTY)
    assert linked_loans(linked) == {"1": FULL, "2": 3_000_000}
    with linked.books.read() as session:
        page = queries.agreement_page(session, handed.agreement_id)
        assert [party.role for party in page.parties] == [
            "enterprise",
            "household",
            "lender",
            "poverty_office",
        ]
        assert page.terms == [EIGHT]
        assert [(one.nr, one.households, day) for one, day in page.lists] == [(1, 3, linked.today)]
        rows = queries.households_of(session, handed.agreement_id)
        assert [tuple[object, ...]((row[0].nr, row[0].source, row[2], row[3])) for row in rows] == [
            (1, "loan", linked.loan_of(1), None),
            (2, "loan", linked.loan_of(2), None),
            (3, "labour", None, None),
        ]
        assert queries.agreement_of(session, "宜联〔2016〕1号").id == handed.agreement_id
        assert session.scalar(select(func.count()).select_from(StagedLinkage)) == 0


def test_who_is_linked_on_a_day(linked: LinkedTown) -> None:
    first_day = linked.today
    agreement = linked.agree(linked.stake(1), linked.work(2))
    linked.close_to(date(2016, 6, 9))
    linked.leave(agreement, 2, from_on=date(2016, 6, 5))
    with linked.books.read() as session:

        def on(day: date) -> list[tuple[int, int]]:
            rows = session.execute(enterprises.links_on(day)).all()
            return sorted((row.household_id, row.stake_fen) for row in rows)

        assert on(date(2016, 5, 29)) == []
        assert on(first_day) == [(1, FULL), (2, 0)]
        assert on(date(2016, 6, 4)) == [(1, FULL), (2, 0)]
        assert on(date(2016, 6, 5)) == [(1, FULL)]
        # the agreement's last day is 29 May 2019
        assert on(date(2019, 5, 29)) == [(1, FULL)]
        assert on(date(2019, 5, 30)) == []


def test_days_and_stakes_of_a_period(linked: LinkedTown) -> None:
    """The first year, 30 May 2016 to 30 May 2017, is 365 days long."""
    agreement = linked.agree(linked.stake(1), linked.work(1), linked.stake(2), linked.work(3))
    linked.close_to(date(2016, 6, 8))
    linked.decide(linked.join(agreement, linked.stake(4, 1_000_000), from_on=date(2016, 6, 9)))
    linked.leave(agreement, 2, from_on=date(2016, 6, 9))
    linked.leave(agreement, 3, from_on=date(2016, 5, 30))
    year = (date(2016, 5, 30), date(2017, 5, 30))
    with linked.books.read() as session:
        rows = session.execute(enterprises.linked_in(agreement, *year)).all()
        assert [tuple(row) for row in rows] == [
            # household, persons, stake, stake × days, days; two rows of household 1 are one
            (1, 3, FULL, FULL * 365, 365),
            # left after 10 days; household 3 left on the first day and is not there at all
            (2, 3, FULL, FULL * 10, 10),
            # joined on the 11th day
            (4, 3, 1_000_000, 1_000_000 * 355, 355),
        ]


def test_a_rejected_agreement_may_be_handed_in_again_under_its_number(linked: LinkedTown) -> None:
    first = linked.hand_in(linked.stake(1))
    linked.decide(first, approved=False, reason="名单须重核")
    assert linked.stands(first.agreement_id) == ("rejected", 0, 0, 0)
    second = linked.agree(linked.stake(1))
    assert linked.stands(second)[0] == "in_force"
    with linked.books.read() as session:
        assert queries.agreement_of(session, "宜联〔2016〕1号").id == second
        rows = queries.agreements(session, state="rejected")
        assert [row[0].id for row in rows] == [first.agreement_id]
        rows = queries.agreements(
            session, organisation_id=linked.enterprise_id, form="entrusted", on=linked.today
        )
        assert [row[0].id for row in rows] == [first.agreement_id, second]
        assert queries.agreements(session, form="land") == []


def test_a_share_of_an_organisations_loan_is_a_stake(town: LinkedTown) -> None:
    town.recognise()
    town.pledge()
    code = code_of(1)
    (number,) = town.contracts(pooled(town, code, (1, 3_000_000), (2, 2_000_000)))
    one = town.stake(1, 3_000_000, loan_number=number)
    two = town.stake(2, 2_000_000, loan_number=number)
    # nothing was drawn yet
    assert told(town, one) == [(1, refusals.StakeLoanUnfit)]
    town.disburse(number, FULL)
    assert told(town, replace(one, stake_fen=3_000_001)) == [(1, refusals.StakeAboveLoan)]
    assert told(town, town.stake(3, 1, loan_number=number)) == [(1, refusals.StakeLoanUnfit)]
    agreement = town.agree(one, two)
    # one loan, two households, each with its share
    assert town.stands(agreement) == ("in_force", 2, 6, FULL)


def test_a_stake_is_a_loan_of_a_lender_that_signs(linked: LinkedTown) -> None:
    """The agreement names another cooperative than the one that lent; in words alone it names none
    that could be asked. A further list is judged by who signed the agreement.
    """
    other = found_organisation(linked, 88, kind=Kind.LENDER)
    plain, theirs = linked.parties(), id_of(linked, other)
    elsewhere = tuple(
        replace(one, organisation_id=theirs) if one.role == "lender" else one for one in plain
    )
    assert told(linked, linked.stake(1), parties=elsewhere) == [
        (1, refusals.StakeLoanOfOtherLender)
    ]
    in_words = tuple(
        replace(one, organisation_id=None) if one.role == "lender" else one for one in plain
    )
    agreement = linked.agree(linked.stake(1), parties=in_words, number="宜联〔2016〕7号")
    assert linked.stands(agreement)[:2] == ("in_force", 1)
    work_only = linked.agree(linked.work(3), parties=elsewhere, number="宜联〔2016〕8号")
    with pytest.raises(refusals.LinkageListRefused):
        linked.join(work_only, linked.stake(2))


def test_five_parties_and_agreements_without_loans(linked: LinkedTown) -> None:
    five = linked.agree(linked.stake(1), parties=linked.parties("township"))
    without_bank = tuple(one for one in linked.parties("village") if one.role != "lender")
    land = Stake(
        household_number=linked.number_of(2),
        source="land",
        stake_fen=120_000,
        land_mu_hundredths=350,
    )
    four = linked.agree(
        land, linked.work(3), number="宜联〔2016〕2号", form="land", parties=without_bank
    )
    with linked.books.read() as session:
        assert queries.agreement_page(session, five).agreement.parties == 5
        assert queries.agreement_page(session, four).agreement.parties == 4
        (row,) = queries.links_of_household(session, 2)
        assert (row[0].land_mu_hundredths, row[4].number, row[5].id) == (
            350,
            "宜联〔2016〕2号",
            linked.enterprise_id,
        )


def test_ten_years_need_a_reason(linked: LinkedTown) -> None:
    ten: dict[str, Any] = {
        "to_on": date(2026, 5, 30),
        "terms": (
            Term(year_from=1, year_to=3, basis="per_household", amount_fen=300_000),
            Term(year_from=4, year_to=10, basis="per_household", amount_fen=60_000),
        ),
    }
    with pytest.raises(refusals.AgreementTooLong) as refused:
        linked.hand_in(linked.stake(1), **ten)
    assert (refused.value.facts["years"], refused.value.facts["maximum"]) == (10, 3)
    assert "分贷统还" in (refused.value.clause or "")
    agreement = linked.agree(linked.stake(1), **ten, exception_reason="光伏电站收益期20年")
    with linked.books.read() as session:
        page = queries.agreement_page(session, agreement)
        assert page.agreement.exceptions == "agreement_too_long"


# --- a later list, and leaving -----------------------------------------------------------------


def test_a_later_list_joins(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1))
    later = linked.join(agreement, linked.stake(2), linked.work(3))
    assert linked.stands(agreement) == ("in_force", 1, 3, FULL)
    linked.decide(later)
    assert linked.stands(agreement) == ("in_force", 3, 9, 2 * FULL)
    with linked.books.read() as session:
        rows = queries.households_of(session, agreement, list_id=later.list_id, limit=1)
        assert [row[1].number for row in rows] == [linked.number_of(2)]
        after = queries.households_of(
            session, agreement, after=rows[0][0].id, region_digits="431022"
        )
        assert [row[1].number for row in after] == [linked.number_of(3)]


def test_a_rejected_later_list_leaves_the_agreement_as_it_is(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1))
    linked.decide(linked.join(agreement, linked.stake(2)), approved=False, reason="名单有误")
    assert linked.stands(agreement) == ("in_force", 1, 3, FULL)
    linked.decide(linked.join(agreement, linked.stake(2)))
    assert linked.stands(agreement) == ("in_force", 2, 6, 2 * FULL)


def test_who_leaves_takes_the_loan_along(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1), linked.stake(2))
    linked.leave(agreement, 1)
    assert linked.stands(agreement) == ("in_force", 1, 3, FULL)
    other = linked.agree(linked.stake(1), number="宜联〔2016〕2号")
    assert linked.stands(other) == ("in_force", 1, 3, FULL)
    with linked.books.read() as session:
        assert queries.agreement_page(session, agreement).left == 1


def test_no_loan_is_a_stake_twice_for_one_day(linked: LinkedTown) -> None:
    """It left one agreement on 29 August and earned until then: the other is not dated back."""
    start = linked.today
    first = linked.agree(linked.stake(1), linked.stake(2))
    linked.close_to(date(2016, 8, 29))
    linked.leave(first, 1)
    back: dict[str, Any] = {"signed_on": start, "from_on": start, "to_on": start.replace(year=2019)}
    handed = linked.hand_in(linked.stake(1), number="宜联〔2016〕2号", **back)
    with pytest.raises(refusals.LoanLinkedMeanwhile):
        linked.decide(handed)
    other = linked.agree(linked.stake(1), number="宜联〔2016〕3号")
    with linked.books.read() as session:
        days = [
            session.execute(linked_in(key, start, date(2017, 5, 30))).all()[0].linked_days
            for key in (first, other)
        ]
    # 30 May to 29 August, and from 30 August to 30 May: 92 + 273 are the year's 365
    assert days == [92, 273]


def test_a_loan_is_free_when_the_days_of_its_agreement_are_over(linked: LinkedTown) -> None:
    short: dict[str, Any] = {"to_on": date(2016, 8, 30), "rhythm_months": 3}
    linked.agree(linked.stake(1), **short)
    again: dict[str, Any] = {"number": "宜联〔2016〕2号", **short}
    linked.close_to(date(2016, 8, 28))
    assert told(linked, linked.stake(1), **{**again, "to_on": date(2016, 11, 29)}) == [
        (1, refusals.LoanLinkedTwice)
    ]
    linked.close_to(date(2016, 8, 29))
    second = linked.agree(linked.stake(1), **{**again, "to_on": date(2016, 11, 30)})
    assert linked.stands(second) == ("in_force", 1, 3, FULL)


# --- a list as a file --------------------------------------------------------------------------


def sheet_of(path: Path, rows: list[list[str]]) -> Path:
    titles = ["户编号", "入股来源", "入股金额（元）", "贷款合同号（选填）", "土地（亩）"]
    write_xlsx(path, [Sheet(name="联结农户清单", titles=titles, rows=iter(rows))])
    return path


def test_a_list_comes_in_as_a_file(linked: LinkedTown, tmp_path: Path) -> None:
    path = sheet_of(
        tmp_path / "list.xlsx",
        [
            [linked.number_of(1), "扶贫小额贷款", "50000.00", linked.loan_of(1), ""],
            [linked.number_of(2), "土地流转", "1200.50", "", "3.5"],
            [linked.number_of(3), "务工", "", "", ""],
            ["合计", "", "51200.50", "", ""],
        ],
    )
    file = enterprises.read_list(path)
    assert (file.faults, file.count, file.total_fen) == ([], 3, 5_120_050)
    assert file.taken() == [
        linked.stake(1),
        Stake(
            household_number=linked.number_of(2),
            source="land",
            stake_fen=120_050,
            land_mu_hundredths=350,
        ),
        linked.work(3),
    ]
    assert linked.stands(linked.agree(*file.taken()))[1:] == (3, 9, 5_120_050)


def test_every_fault_of_a_file_is_told(linked: LinkedTown, tmp_path: Path) -> None:
    path = sheet_of(
        tmp_path / "list.xlsx",
        [
            [linked.number_of(1), "彩票", "50000.00", "", ""],
            ["", "扶贫小额贷款", "0", "HT-1", "3.555"],
        ],
    )
    file = enterprises.read_list(path)
    assert [(fault.line, fault.title) for fault in file.faults] == [
        (2, "入股来源"),
        (3, "户编号"),
        (3, "入股金额（元）"),
        (3, "土地（亩）"),
    ]
    with pytest.raises(LoanFileHasFaults):
        file.taken()


def test_the_template_is_read_back(tmp_path: Path) -> None:
    enterprises.write_list_template(tmp_path / "template.xlsx")
    file = enterprises.read_list(tmp_path / "template.xlsx")
    assert (file.count, file.unknown, file.faults) == (0, [], [])


def test_a_list_of_hundreds_takes_as_many_statements_as_a_list_of_two(linked: LinkedTown) -> None:
    for number in range(1001, 1301):
        newcomer(linked, number, rated=False)

    def cost(number: str, *stakes: Stake) -> tuple[int, int]:
        with statements(linked) as handing_in:
            handed = linked.hand_in(*stakes, number=number)
        with statements(linked) as approving:
            linked.decide(handed)
        return len(handing_in), len(approving)

    few = cost("宜联〔2016〕1号", linked.stake(1), linked.work(7))
    many = cost("宜联〔2016〕2号", linked.stake(2), *[linked.work(n) for n in range(7, 307)])
    assert many == few
    with linked.books.read() as session:
        assert session.scalar(select(func.count()).select_from(AgreementHousehold)) == 303


# --- what is refused ---------------------------------------------------------------------------


def without(role: str, parties: tuple[Party, ...]) -> tuple[Party, ...]:
    return tuple(one for one in parties if one.role != role)


def asked(**changes: Any) -> Callable[[LinkedTown], object]:
    """A call that hands in an agreement with these changes."""
    return lambda town: town.hand_in(town.stake(1), **changes)


def leave_twice(town: LinkedTown, agreement_id: int) -> None:
    town.leave(agreement_id)
    town.leave(agreement_id)


def term(**changes: Any) -> tuple[Term, ...]:
    return (replace(EIGHT, **changes),)


AT_ONCE: list[tuple[type[Refusal], Callable[[LinkedTown], object]]] = [
    (BadValue, asked(number="")),
    (BadValue, asked(form="charity")),
    (BadValue, asked(principal_repaid_by="nobody")),
    (BadValue, asked(rhythm_months=5)),
    (BadValue, asked(service_fee_bp=10_001)),
    (refusals.AgreementDaysWrong, asked(signed_on=date(2016, 5, 31), from_on=date(2016, 6, 1))),
    (refusals.AgreementDaysWrong, asked(from_on=date(2016, 5, 29), to_on=date(2019, 5, 29))),
    (refusals.AgreementDaysWrong, asked(to_on=date(2016, 5, 30))),
    (refusals.AgreementPeriodsUneven, asked(to_on=date(2019, 5, 29))),
    (refusals.AgreementPeriodsUneven, asked(to_on=date(2016, 11, 30))),
    (refusals.AgreementYearsUncovered, asked(terms=())),
    (refusals.AgreementYearsUncovered, asked(terms=term(year_to=2))),
    (refusals.AgreementYearsUncovered, asked(terms=term() + term(year_from=3))),
    (refusals.AgreementTermBroken, asked(terms=term(rate_ppm=0))),
    (refusals.AgreementTermBroken, asked(terms=term(amount_fen=1))),
    (refusals.AgreementTermBroken, asked(terms=term(basis="per_person"))),
    (refusals.AgreementTermBroken, asked(terms=term(basis="per_moon"))),
    (refusals.AgreementTermBroken, asked(terms=term(cash_bp=10_001))),
    (refusals.AgreementTermBroken, asked(terms=term(year_from=0))),
    (refusals.AgreementPartiesWrong, asked(parties=())),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.hand_in(town.stake(1), parties=town.parties("township", "village")),
    ),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.hand_in(
            town.stake(1), parties=without("lender", town.parties("village"))
        ),
    ),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.hand_in(
            town.stake(1), parties=without("household", town.parties("village"))
        ),
    ),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.hand_in(
            town.stake(1),
            parties=tuple(
                replace(one, organisation_id=town.lender_id) if one.role == "enterprise" else one
                for one in town.parties()
            ),
        ),
    ),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.hand_in(
            town.stake(1),
            parties=tuple(
                replace(one, organisation_id=town.enterprise_id) if one.role == "lender" else one
                for one in town.parties()
            ),
        ),
    ),
    (
        refusals.ProfitShareWithoutStakes,
        lambda town: town.hand_in(
            town.work(1),
            terms=(Term(year_from=1, year_to=3, basis="per_household", profit_share_bp=5_000),),
        ),
    ),
    (refusals.LinkageListEmpty, lambda town: town.hand_in()),
    (NotEntitled, lambda town: town.hand_in(town.stake(1), by=DIRECTOR)),
    (NotFound, lambda town: town.join(999, town.stake(1))),
    (NotFound, lambda town: town.decide(enterprises.Handed(1, 1, 999))),
]


def test_refused_at_once(linked: LinkedTown) -> None:
    before = everything(linked.books)
    for refusal, call in AT_ONCE:
        with pytest.raises(refusal):
            call(linked)
    assert everything(linked.books) == before


REFUSED: list[tuple[type[Refusal], Callable[[LinkedTown], object]]] = [
    (NotEntitled, lambda town: town.decide(town.hand_in(town.stake(1)), by=REGISTRAR)),
    (
        SameMakerAndChecker,
        lambda town: town.decide(town.hand_in(town.stake(1), by=OFFICE), by=OFFICE),
    ),
    (
        refusals.AgreementNumberTaken,
        lambda town: [town.hand_in(town.stake(place)) for place in (1, 2)],
    ),
    (
        refusals.AgreementNotInForce,
        lambda town: town.join(town.hand_in(town.stake(1)).agreement_id, town.stake(2)),
    ),
    (
        refusals.AgreementNotInForce,
        lambda town: town.join(town.agree(town.stake(1)), town.stake(2), from_on=date(2019, 5, 30)),
    ),
    (
        refusals.AgreementPartiesWrong,
        lambda town: town.join(
            town.agree(town.work(1), parties=without("lender", town.parties("village"))),
            town.stake(2),
        ),
    ),
    (
        refusals.EnterpriseReasonMissing,
        lambda town: town.leave(town.agree(town.stake(1)), 1, reason=" "),
    ),
    (refusals.HouseholdNotLinked, lambda town: town.leave(town.agree(town.stake(1)), 2)),
    (
        refusals.HouseholdNotLinked,
        lambda town: town.leave(town.agree(town.stake(1)), 1, household_number="无此户"),
    ),
    (
        refusals.HouseholdNotLinked,
        lambda town: town.leave(town.agree(town.stake(1)), 1, from_on=date(2016, 5, 29)),
    ),
    (
        refusals.HouseholdNotLinked,
        lambda town: town.leave(town.agree(town.stake(1)), 1, from_on=date(2016, 5, 31)),
    ),
    (
        refusals.HouseholdNotLinked,
        lambda town: leave_twice(town, town.agree(town.stake(1))),
    ),
    (
        refusals.HouseholdNotLinked,
        lambda town: town.leave(town.hand_in(town.stake(1)).agreement_id),
    ),
]


@pytest.mark.parametrize(
    ("refusal", "call"), REFUSED, ids=[f"{nr}-{one.code}" for nr, (one, _) in enumerate(REFUSED)]
)
def test_refused(
    refusal: type[Refusal], call: Callable[[LinkedTown], object], linked: LinkedTown
) -> None:
    with pytest.raises(refusal):
        call(linked)


def test_only_a_recognised_enterprise_signs(town: LinkedTown) -> None:
    with pytest.raises(refusals.EnterpriseNotRecognised):
        town.hand_in(town.work(1))
    recognition = town.recognise()
    town.withdraw(recognition)
    with pytest.raises(refusals.EnterpriseNotRecognised):
        town.hand_in(town.work(1))


def test_without_a_counter_security_no_loan_is_a_stake_in_yizhang(town: LinkedTown) -> None:
    town.recognise()
    town.contracts(entrusted(town, code_of(1)))
    with pytest.raises(refusals.CounterSecurityMissing) as refused:
        town.hand_in(town.stake(1))
    assert "反抵押" in (refused.value.clause or "")
    # by work it links up without one, but no later list brings loans either
    agreement = town.agree(town.work(1))
    with pytest.raises(refusals.CounterSecurityMissing):
        town.join(agreement, town.stake(1))


def test_rows_that_do_not_say_where_the_stake_comes_from(linked: LinkedTown) -> None:
    good = linked.stake(1)
    for unclear in (
        replace(good, loan_number=""),
        replace(good, stake_fen=0),
        replace(good, land_mu_hundredths=1),
        replace(good, source="fiscal"),
        replace(linked.work(1), source="land"),
        replace(linked.work(1), source="own"),
        replace(linked.work(1), source="luck"),
        replace(linked.work(1), stake_fen=-1),
    ):
        assert told(linked, good, unclear) == [(2, refusals.StakeSourceUnclear)]


def test_every_broken_row_is_told(linked: LinkedTown) -> None:
    other = id_of(linked, found_organisation(linked, 5))
    assert other
    own_loan, others_loan = linked.loan_of(1), linked.loan_of(2)
    assert told(
        linked,
        # 1: not in the register; 2: above the loan of 50 000; 3: another household's loan
        replace(linked.work(1), household_number="4310221002019999"),
        linked.stake(1, EIGHTY),
        linked.stake(3, 1_000_000, loan_number=others_loan),
        # 4: no such loan; 5: the loan of row 2 again
        linked.stake(4, 1_000_000, loan_number="无此合同"),
        linked.stake(1, 1_000_000, loan_number=own_loan),
        # 6 and 7: twice by work
        linked.work(5),
        linked.work(5),
    ) == [
        (1, HouseholdNotRegistered),
        (2, refusals.StakeAboveLoan),
        (3, refusals.StakeLoanUnfit),
        (4, refusals.StakeLoanUnfit),
        (5, refusals.LoanLinkedTwice),
        (7, refusals.HouseholdLinkedTwice),
    ]


def test_a_stake_above_its_loan_names_both_amounts(linked: LinkedTown) -> None:
    with pytest.raises(LinkageListRefused) as refused:
        # 7.94万 a household, where each was lent 5万
        linked.hand_in(linked.stake(1, 7_940_000))
    assert "79400.00" in refused.value.message("zh")
    assert "50000.00" in refused.value.message("zh")


def test_one_loan_is_a_stake_once(linked: LinkedTown) -> None:
    linked.agree(linked.stake(1, 2_000_000))
    assert told(linked, linked.stake(1, 1_000_000), number="宜联〔2016〕2号") == [
        (1, refusals.LoanLinkedTwice)
    ]


def test_two_lists_with_one_loan_wait_and_the_first_wins(linked: LinkedTown) -> None:
    first = linked.hand_in(linked.stake(1), linked.stake(2))
    second = linked.hand_in(linked.stake(2), linked.stake(3), number="宜联〔2016〕2号")
    linked.decide(first)
    with pytest.raises(refusals.LoanLinkedMeanwhile) as refused:
        linked.decide(second)
    assert refused.value.facts["count"] == 1
    assert linked.stands(second.agreement_id) == ("proposed", 0, 0, 0)


def test_two_later_lists_with_one_household_wait_and_the_first_wins(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1))
    first = linked.join(agreement, linked.work(2))
    second = linked.join(agreement, linked.work(2), linked.work(3))
    linked.decide(first)
    with pytest.raises(refusals.HouseholdsJoinedMeanwhile) as refused:
        linked.decide(second)
    assert refused.value.facts["count"] == 1


def test_who_is_in_an_agreement_does_not_join_it_again(linked: LinkedTown) -> None:
    agreement = linked.agree(linked.stake(1), linked.stake(2))
    linked.leave(agreement, 2)
    with pytest.raises(LinkageListRefused) as refused:
        linked.join(agreement, linked.work(1), linked.stake(2))
    assert [(row, type(one)) for row, one in refused.value.rows] == [
        (1, refusals.HouseholdLinkedTwice),
        (2, refusals.HouseholdLinkedTwice),
    ]


def test_a_loan_repaid_before_the_list_is_approved_refuses_it(linked: LinkedTown) -> None:
    handed = linked.hand_in(linked.stake(1), linked.stake(2))
    with linked.books.read() as session:
        assert session.get_one(Position, 1).state == "active"
    linked.pay(linked.loan_of(1), FULL, early=True)
    with pytest.raises(refusals.StakeNoLongerCovered) as refused:
        linked.decide(handed)
    assert refused.value.facts["count"] == 1


def test_a_loan_used_by_another_enterprise_is_no_stake(linked: LinkedTown) -> None:
    other = id_of(linked, found_organisation(linked, 5))
    linked.recognise(organisation_id=other)
    linked.pledge(organisation_id=other)
    parties = tuple(
        replace(one, organisation_id=other) if one.role == "enterprise" else one
        for one in linked.parties()
    )
    assert told(linked, linked.stake(1), organisation_id=other, parties=parties) == [
        (1, refusals.StakeLoanUnfit)
    ]


def test_after_the_ban_no_loan_is_a_stake(linked: LinkedTown) -> None:
    linked.rulebook = county_rules(linked.rulebook, conduct={"entrusted_use_banned": True})
    assert told(linked, linked.stake(1), linked.work(2)) == [(1, EntrustedUseBanned)]
    linked.agree(linked.work(2))


def test_a_recognition_for_some_villages_links_those_alone(town: LinkedTown) -> None:
    town.recognise(villages=("431022100202",))
    assert told(town, town.work(1)) == [(1, refusals.HouseholdOutsideVillages)]
    town.recognise(villages=("431022100202", VILLAGE), project="茶园二期")
    town.agree(town.work(1))


def test_one_of_a_household_on_the_list_does_not_approve_it(linked: LinkedTown) -> None:
    handed = linked.hand_in(linked.stake(1))
    with linked.books.read() as session:
        index = session.scalar(
            select(Person.identity_index).where(Person.household_id == 1, Person.is_head)
        )
    with pytest.raises(OwnHousehold):
        linked.decide(handed, by=replace(OFFICE, identity_index=index))
    linked.decide(handed, by=replace(OFFICE, identity_index=b"somebody else"))


def test_a_list_is_decided_once_and_as_it_was_handed_in(
    linked: LinkedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = linked.hand_in(linked.stake(1))
    monkeypatch.setattr("enterprises.agreeing.digest", lambda *_: "0" * 64)
    with pytest.raises(ProposalChanged):
        linked.decide(handed)
    monkeypatch.undo()
    linked.decide(handed)
    with pytest.raises(AlreadyDecided):
        linked.decide(handed)


# --- each guard seen red -----------------------------------------------------------------------


def _drop(*_: object) -> None:
    return None


PLANTED = [
    Plant(test_an_agreement_links_its_households_once_it_is_approved, target, bug)
    for target, bug in [("enterprises.linking.link_loans", _drop)]
] + [
    Plant(test_one_loan_is_a_stake_once, "enterprises.lists._loan_faults", lambda *_: iter(())),
    Plant(
        test_a_stake_is_a_loan_of_a_lender_that_signs,
        "enterprises.agreeing.lenders_of",
        lambda *_: frozenset(),
        catches=(pytest.fail.Exception,),
    ),
    Plant(
        test_two_later_lists_with_one_household_wait_and_the_first_wins,
        "enterprises.linking.require_new_households",
        _drop,
    ),
    Plant(
        test_a_loan_is_free_when_the_days_of_its_agreement_are_over,
        "enterprises.linking._free_expired",
        _drop,
        catches=(refusals.LoanLinkedMeanwhile,),
    ),
    Plant(
        test_who_leaves_takes_the_loan_along,
        "enterprises.linking.free",
        _drop,
        catches=(LinkageListRefused,),
    ),
    Plant(test_every_broken_row_is_told, "enterprises.lists._again", lambda *_: iter(())),
    Plant(
        test_one_of_a_household_on_the_list_does_not_approve_it,
        "enterprises.agreeing.own_index",
        lambda *_: (),
    ),
    Plant(
        test_without_a_counter_security_no_loan_is_a_stake_in_yizhang,
        "enterprises.agreeing._check_security",
        _drop,
        catches=(LinkageListRefused,),
    ),
    Plant(test_ten_years_need_a_reason, "enterprises.agreeing.broken_rules", lambda *_: iter(())),
    Plant(
        test_rows_that_do_not_say_where_the_stake_comes_from,
        "enterprises.lists.is_clear",
        lambda _row: True,
        catches=(AssertionError, pytest.fail.Exception, Exception),
    ),
]


@pytest.mark.damaged("a planted bug let in what breaks a rule")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, request: pytest.FixtureRequest) -> None:
    wanted = signature(plant.test).parameters
    plant.prove(**{name: request.getfixturevalue(name) for name in wanted})
