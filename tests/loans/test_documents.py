"""What the papers of a loan say: figures typed from the rules, numbers masked, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.trail import TrailRow
from loans import documents
from loans.documents import Desk, digest_of
from loans.documents.contract import ContractPaper
from loans.documents.notice import OverdueLine
from loans.documents.parties import Firm
from loans.documents.refusals import LoanNotSettled, NothingOverdue
from loans.documents.settled import PaidLine
from loans.models import Loan
from loans.models.papers import PrintedPaper
from loans.refusals import DisbursementUnknown, LoanUnknown
from office.refusals import NotEntitled
from tests.loans.bent import treasury
from tests.loans.refusing import bent
from tests.loans.town import OFFICER, VILLAGE, Town, person
from tests.planted import Plant
from tests.register import identity_number

AUDITOR = person(15, "auditor")
#: the head of the first household, as tests/register.py makes them
HEAD = identity_number(date(1970, 1, 1), 1, 0)


@contextmanager
def at_desk(town: Town, by: Actor = OFFICER) -> Iterator[Desk]:
    """The desk of somebody who may write down what was printed."""
    with town.books.write("loans.print", by=by) as session:
        yield Desk(session, town.keyring, town.regions, town.calendar, town.today, by)


def contract_of(town: Town, number: str) -> ContractPaper:
    with at_desk(town) as desk:
        return documents.print_contract(desk, number)


# --- 借款合同 -----------------------------------------------------------------------------


def test_a_contract_says_what_was_signed(town: Town) -> None:
    """50 000 at 4.75 % for three years, signed on 30 May 2016 under 国开办发〔2014〕78号."""
    number = town.lend()
    paper = contract_of(town, number)
    assert paper.loan.number == number
    assert (paper.loan.signed_on, paper.loan.matures_on) == (date(2016, 5, 30), date(2019, 5, 30))
    assert paper.loan.amount_fen == 5_000_000
    assert paper.parties.lender == Firm("宜章示范农商行", "91431022MA4L16HQ8P")
    member = paper.parties.member
    assert member is not None
    assert (member.name, member.head, member.relation) == ("王二", "王二", "户主")
    assert member.identity == HEAD
    assert member.invented
    assert member.household_number == f"{VILLAGE}0001"
    assert paper.parties.organisation is None
    # 4.75 % × 1.5 and × 2
    assert (paper.overdue.surcharge_bp, paper.overdue.rate_ppm) == (5_000, 71_250)
    assert (paper.misuse.surcharge_bp, paper.misuse.rate_ppm) == (10_000, 95_000)
    assert "银发〔2003〕251号" in paper.overdue.cite
    (bearer,) = paper.bearers
    assert (bearer.from_on, bearer.to_on) == (date(2016, 5, 30), date(2019, 5, 30))
    assert (bearer.share_bp, bearer.cap_fen) == (10_000, 5_000_000)
    assert "国开办发〔2014〕78号" in bearer.clause
    assert paper.allocation == "罚息、复利、利息、本金"
    assert {"单笔限额", "计息基础", "结息日"} <= {term.title for term in paper.terms}


def test_a_contract_prints_the_plan_of_its_signing_day(town: Town) -> None:
    """Settled on the 20th: 22 days 145.14, then 92, 91, 90 days, at last 70 days 461.81."""
    plan = contract_of(town, town.lend()).plan
    assert [row.interest_fen for row in plan[:4]] == [14_514, 60_694, 60_035, 59_375]
    assert (plan[0].due_on, plan[0].days) == (date(2016, 6, 21), 22)
    assert (plan[-1].due_on, plan[-1].days, plan[-1].interest_fen) == (
        date(2019, 5, 30),
        70,
        46_181,
    )
    assert plan[-1].principal_fen == 5_000_000
    # the rounded rows together: 7 223.95
    assert sum(row.interest_fen for row in plan) == 722_395


def test_a_contract_says_the_same_whenever_it_is_printed(town: Town) -> None:
    number = town.lend()
    first = contract_of(town, number)
    town.close_to(date(2016, 7, 1))
    town.pay(number, 1_000_000, early=True)
    later = contract_of(town, number)
    assert later.on == date(2016, 7, 2)
    assert replace(later, on=first.on) == first


def test_a_borrower_who_is_not_the_head_stands_with_the_relation(town: Town) -> None:
    other = identity_number(date(1970, 1, 1), 1, 1)
    (number,) = town.contracts(town.asked(borrower_identity=other))
    member = contract_of(town, number).parties.member
    assert member is not None
    assert (member.name, member.relation, member.head) == ("李二", "其他", "王二")
    assert member.identity == other


# --- 借据 -------------------------------------------------------------------------------


def test_each_draw_has_its_slip(town: Town) -> None:
    (number,) = town.contracts(town.asked())
    slips = [town.disburse(number, 2_000_000), town.disburse(number, 3_000_000)]
    with at_desk(town) as desk:
        assert documents.slips_of(desk, number) == slips
        papers = [documents.print_slip(desk, slip) for slip in slips]
    assert [(paper.nr, paper.amount_fen) for paper in papers] == [(1, 2_000_000), (2, 3_000_000)]
    assert papers[1].value_date == date(2016, 5, 30)
    assert papers[1].channel == "柜面"
    assert papers[1].reversed_on is None
    assert papers[1].parties.member is not None
    assert papers[1].parties.member.identity == HEAD


def test_a_slip_that_was_undone_says_so(town: Town) -> None:
    (number,) = town.contracts(town.asked())
    slip = town.disburse(number, 2_000_000)
    town.reverse(slip, "户名有误")
    with at_desk(town) as desk:
        paper = documents.print_slip(desk, slip)
    assert (paper.reversed_on, paper.reversed_reason) == (date(2016, 5, 30), "户名有误")


# --- 催收通知书, 结清证明 ----------------------------------------------------------------------


def overdue(town: Town) -> str:
    """50 000 at 4.35 % for a year, unpaid on 22 June 2017."""
    number = town.lend(term_months=12, annual_rate_ppm=43_500)
    town.close_to(date(2017, 6, 21))
    return number


def test_a_notice_lists_what_is_past_due(town: Town) -> None:
    """30 May 2017 is 端午: payable on the 31st, one more day at 4.35 %, 6.04: the treasury's.

    Penalty at 6.525 % from then to 21 June: 50 000 × 6.525 % × 21 ÷ 360 = 190.3125.
    """
    number = overdue(town)
    with at_desk(town, AUDITOR) as desk:
        paper = documents.notice(desk, number)
    due, payable, settled = date(2017, 5, 30), date(2017, 5, 31), date(2017, 6, 21)
    assert paper.dues == (
        OverdueLine("本金", due, payable, 22, 5_000_000, 5_000_000),
        OverdueLine("罚息", settled, settled, 1, 19_031, 19_031),
    )
    assert [(total.kind, total.left_fen) for total in paper.totals] == [
        ("本金", 5_000_000),
        ("罚息", 19_031),
    ]
    assert (paper.overdue_fen, paper.overdue_days_max) == (5_019_031, 22)
    assert (paper.outstanding_fen, paper.penalty_rate_ppm) == (5_000_000, 65_250)
    assert shown_identity(paper) == f"{HEAD[0]}{'*' * 15}{HEAD[-2:]}"


def test_who_owes_nothing_past_due_gets_no_notice(town: Town) -> None:
    number = town.lend()
    with at_desk(town) as desk, pytest.raises(NothingOverdue) as refused:
        documents.notice(desk, number)
    assert refused.value.facts == {"number": number}


def test_a_certificate_says_what_was_paid(town: Town) -> None:
    """Paid on 22 June: one more day of penalty, 50 000 × 6.525 % ÷ 360 = 9.0625.

    The treasury bore the interest to maturity, in four quarters and a rest: 132.92 + 555.83 +
    549.79 + 543.75 + 422.92 = 2 205.21, and 6.04 for the holiday on which nobody could pay.
    """
    number = overdue(town)
    town.pay(number, 5_100_000)
    with at_desk(town, AUDITOR) as desk:
        paper = documents.settled(desk, number)
    assert paper.settled_on == date(2017, 6, 22)
    assert (paper.drawn_fen, paper.drawn_on) == (5_000_000, date(2016, 5, 30))
    assert paper.paid == (
        PaidLine("本金", 5_000_000, 0),
        PaidLine("利息", 0, 220_521 + 604),
        PaidLine("罚息", 19_031 + 906, 0),
    )
    # what was paid, less what it was used for
    assert paper.credit_fen == 5_100_000 - 5_000_000 - 19_031 - 906
    assert shown_identity(paper) == f"{HEAD[0]}{'*' * 15}{HEAD[-2:]}"


def test_a_loan_that_is_owed_gets_no_certificate(town: Town) -> None:
    number = town.lend()
    with at_desk(town) as desk, pytest.raises(LoanNotSettled) as refused:
        documents.settled(desk, number)
    assert refused.value.facts == {"number": number}


# --- 利息计算单 ----------------------------------------------------------------------------


def shared_loan(town: Town) -> str:
    """The treasury bears 70 % on the first 20 000; 10 000 were paid back early on 5 July 2016."""
    shares = treasury((None, None, 7_000, 2_000_000))
    bent(town, interest_bearers=shares, compound_interest=False)
    number = town.lend()
    town.close_to(date(2016, 7, 4))
    town.pay(number, 1_000_000, early=True)
    town.close_to(date(2016, 9, 21))
    return number


def test_a_household_can_reckon_its_statement_again(town: Town) -> None:
    """From what is printed alone, with a pocket calculator."""
    number = shared_loan(town)
    with at_desk(town) as desk:
        paper = documents.interest(desk, number)
    assert [line.why["amount"] for line in paper.settlements[:1]] == ["145.14"]
    for line in paper.settlements:
        why = line.why
        product = sum(
            Decimal(row["balance"]) * row["days"] * Decimal(row["annual_rate"])
            for row in why["segments"]
        )
        assert cents(product / 100 / 360) == Decimal(why["amount"])
        part = sum(
            Decimal(row["balance"]) * row["days"] * Decimal(row["annual_rate"])
            * Decimal(row["share"])
            for row in why["treasury"]["segments"]
        )  # fmt: skip
        assert cents(part / 100 / 100 / 360) == Decimal(why["treasury"]["amount"])
        rest = Decimal(why["amount"]) - Decimal(why["treasury"]["amount"])
        assert rest == Decimal(why["household"])
        assert sum(due.amount_fen for due in line.dues) == Decimal(why["amount"]) * 100
    assert paper.amount_fen == paper.treasury_fen + paper.household_fen


def test_a_statement_sums_up_and_shows_the_payments(town: Town) -> None:
    """22 days of 50 000, 145.14, of which the treasury bears 70 % on 20 000: 40.64.

    The payment takes the household's 104.50 first and 9 895.50 of the principal: then 14 days of
    50 000 and 78 of 40 104.50 at 4.75 %, 505.10; the treasury's 70 % on 20 000, 92 days: 169.94.
    """
    number = shared_loan(town)
    with at_desk(town) as desk:
        paper = documents.interest(desk, number)
    assert paper.amount_fen == 14_514 + 50_510
    assert paper.treasury_fen == 4_064 + 16_994
    assert paper.household_fen == 14_514 + 50_510 - 4_064 - 16_994
    (payment,) = paper.payments
    assert (payment.value_date, payment.amount_fen) == (date(2016, 7, 5), 1_000_000)
    # the household's 104.50 of 21 June was past due and comes first
    assert [(used.kind, used.amount_fen) for used in payment.used if used.kind == "利息"] == [
        ("利息", 14_514 - 4_064)
    ]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- who may see what -----------------------------------------------------------------


def shown_identity(paper: Any) -> str:
    member = paper.parties.member
    assert member is not None
    return str(member.identity)


def test_the_whole_number_takes_the_right_to_print_it(town: Town) -> None:
    number = town.lend()
    with at_desk(town) as desk:
        (slip,) = documents.slips_of(desk, number)
    with at_desk(town, AUDITOR) as desk:
        with pytest.raises(NotEntitled):
            documents.print_contract(desk, number)
        with pytest.raises(NotEntitled):
            documents.print_slip(desk, slip)
        assert "*" in shown_identity(documents.interest(desk, number))


def test_outside_the_scope_there_is_no_paper(town: Town) -> None:
    number = town.lend()
    stranger = replace(OFFICER, region_scope="431202")
    with at_desk(town) as desk:
        (slip,) = documents.slips_of(desk, number)
    with at_desk(town, stranger) as desk:
        for gather in (documents.interest, documents.notice, documents.settled):
            with pytest.raises(LoanUnknown):
                gather(desk, number)
        with pytest.raises(LoanUnknown):
            documents.print_contract(desk, number)
        with pytest.raises(DisbursementUnknown):
            documents.print_slip(desk, slip)
        with pytest.raises(DisbursementUnknown):
            documents.print_slip(desk, "XD20160000001-99")


def test_printing_a_whole_number_is_recorded(town: Town) -> None:
    number = town.lend()
    paper = contract_of(town, number)
    with at_desk(town) as desk:
        (slip,) = documents.slips_of(desk, number)
        documents.print_slip(desk, slip)
        documents.interest(desk, number)
    with town.books.read() as session:
        rows = session.scalars(select(PrintedPaper).order_by(PrintedPaper.id)).all()
        commands = session.scalars(select(TrailRow.command)).all()
        assert [(row.kind, row.slip_number) for row in rows] == [("contract", ""), ("slip", slip)]
        assert rows[0].digest == digest_of(paper)
        assert rows[0].printed_on == date(2016, 5, 30)
        assert session.scalar(select(func.count()).select_from(PrintedPaper)) == 2
    assert commands.count("loans.print") == 2


def test_the_digest_tells_papers_apart_and_no_identity_number(town: Town) -> None:
    """All else of a contract stands in the books in clear: the number could be tried out."""
    paper = contract_of(town, town.lend())
    assert digest_of(replace(paper, day_base=365)) != digest_of(paper)
    assert digest_of(replace(paper, on=date(2016, 5, 31))) != digest_of(paper)
    member = paper.parties.member
    assert member is not None
    masked = replace(member, identity=f"{HEAD[0]}{'*' * 15}{HEAD[-2:]}")
    with_mask = replace(paper, parties=replace(paper.parties, member=masked))
    assert digest_of(with_mask) == digest_of(paper)
    other = replace(member, name="王三")
    assert digest_of(replace(paper, parties=replace(paper.parties, member=other))) != digest_of(
        paper
    )


# --- each guard seen red --------------------------------------------------------------


def _unmasked(number: str) -> str:
    return number


def _all_dues(_desk: Desk, _loan: object) -> tuple[OverdueLine, ...]:
    day = date(2016, 5, 30)
    return (OverdueLine("本金", day, day, 1, 1, 1),)


def _found_anywhere(desk: Desk, number: str) -> tuple[None, Loan]:
    return None, desk.session.scalars(select(Loan).where(Loan.number == number)).one()


def _no_record(*_: object) -> None:
    return None


def _everybody(*_: object, **__: object) -> None:
    return None


PLANTED = [
    Plant(
        test_the_whole_number_takes_the_right_to_print_it,
        "loans.documents.parties.rights.allow",
        _everybody,
    ),
    Plant(
        test_a_notice_lists_what_is_past_due,
        "loans.documents.parties.mask_identity",
        _unmasked,
    ),
    Plant(
        test_who_owes_nothing_past_due_gets_no_notice,
        "loans.documents.notice._overdue",
        _all_dues,
    ),
    Plant(
        test_a_loan_that_is_owed_gets_no_certificate,
        "loans.documents.settled.LoanNotSettled",
        NothingOverdue,
        catches=(AssertionError, NothingOverdue),
    ),
    Plant(test_printing_a_whole_number_is_recorded, "loans.documents.printing._record", _no_record),
    Plant(
        test_the_digest_tells_papers_apart_and_no_identity_number,
        "loans.documents.digest.mask_identity",
        _unmasked,
    ),
    Plant(
        test_outside_the_scope_there_is_no_paper,
        "loans.documents.slip.find",
        catches=(NotEntitled,),
        bug=_found_anywhere,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
