"""Paying a claim: the file, the bank's answer, what came back, the receipt, what is paid back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

import ledger
from kernel.refusals import NotFound
from office.models import Voucher
from office.payment_files import not_held
from office.refusals import (
    NotEntitled,
    ReasonMissing,
    SameMakerAndChecker,
    VoucherMissing,
    VoucherUsed,
)
from office.refusals.paying import (
    EncodingUnknown,
    NameNotHeld,
    PayeeUnknown,
    PaymentFileDiscarded,
    PaymentRowsChanged,
    PaymentRowsRefused,
    PayoutAccountMissing,
    PayoutAccountUnchanged,
    PayoutHolderMissing,
    RemarkTooLong,
    ReturnFileHasFaults,
    ReturnOfAnotherFile,
    ReturnRowDiffers,
    ReturnTakenBefore,
    ReturnTotalDiffers,
)
from subsidies import claims, clawback, figures, payment
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    BudgetUse,
    PaymentFile,
    PaymentRow,
    PayoutAccount,
)
from subsidies.refusals import BudgetExceeded, BudgetLineUnknown
from subsidies.refusals.claiming import (
    ClaimElsewhere,
    ClawbackDiffers,
    NothingToTakeBack,
    RouteUnknown,
)
from subsidies.refusals.paying import (
    BudgetLineOfOtherYear,
    BudgetLinesDiffer,
    BudgetLinesOfTwoCodes,
    BudgetShortOfFunds,
    NothingToPay,
    PaymentNotReturned,
    PaymentYearOver,
)
from tests.loans.bent import BentRulebook, treasury
from tests.loans.town import OFFICER, person
from tests.planted import Plant
from tests.subsidies.offices import Offices
from tests.subsidies.test_claims import NEXT_FEN, ONE_LOAN_FEN, SEPTEMBER, settled
from tests.subsidies.treasury import AUDITOR, FINANCE, SECOND_FINANCE

LENDER_ACCOUNT = "123456789012"
#: cards with a right check digit
CARDS = ("6228480402564890018", "6222021234567890128", "6217001234567890129", "6228481234567890128")


def lender_paid(offices: Offices, loans: int = 2) -> tuple[int, int]:
    """A claim through the lender, granted, and the line it can be paid from."""
    settled(offices, loans)
    line_id = offices.fund()
    offices.bank(LENDER_ACCOUNT)
    return offices.approved(), line_id


def refunded(offices: Offices, loans: int = 3, cards: int = 3) -> tuple[int, int]:
    """A claim whose households are refunded on their cards, granted, and its line."""
    bent = BentRulebook(offices.rulebook)
    to_cards = tuple(
        replace(one, route="household") for one in treasury((None, None, 10_000, None))
    )
    bent.bend({"interest_bearers": to_cards})
    offices.rulebook = bent  # type: ignore[assignment]
    for number in settled(offices, loans):
        offices.pay(number, ONE_LOAN_FEN)
    for place in range(1, cards + 1):
        offices.give_card(place, luhn(place))
    line_id = offices.fund()
    return offices.approved(route="household"), line_id


def luhn(place: int) -> str:
    """A card number of a place, its check digit right."""
    body = f"622848040256489{place:03d}"
    digits = [int(one) for one in reversed(body)]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits))
    return f"{body}{-total % 10}"


def use(offices: Offices, line_id: int) -> tuple[int, int]:
    """Committed and paid of a line."""
    with offices.books.read() as session:
        found = session.get_one(BudgetUse, line_id)
        return found.committed_fen, found.paid_fen


def figures_of(offices: Offices) -> tuple[int, ...]:
    """Accrued, claimed, paid, to recover, as of today."""
    with offices.books.read() as session:
        rows = figures.by_place(ledger.open_day(session)).subquery()
        return tuple(
            session.execute(
                select(*(func.coalesce(func.sum(rows.c[name]), 0) for name in figures.FIGURES))
            ).one()
        )


# --- through the lender ---------------------------------------------------------------------------


def test_a_claim_through_the_lender_is_paid_and_receipted(offices: Offices) -> None:
    claim_id, line_id = lender_paid(offices)
    offices.make_file(claim_id)
    assert use(offices, line_id) == (2 * ONE_LOAN_FEN, 0)
    batch = f"431022-{claim_id:06d}-01"
    assert offices.send(claim_id) == batch
    content = offices.content(claim_id).decode("gb18030").splitlines()
    assert content == [
        f"批次号,{batch},笔数,1,总金额,290.28",
        "序号,户名,账号,开户行,金额,项目代码,摘要",
        f"1,宜章示范农商行,{LENDER_ACCOUNT},宜章农商行营业部,290.28,2130506,贷款贴息",
    ]
    lines = offices.content(claim_id, "txt").decode("gb18030").splitlines()
    assert lines[2] == f"1|宜章示范农商行|{LENDER_ACCOUNT}|宜章农商行营业部|290.28|2130506|贷款贴息"
    assert figures_of(offices) == (2 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 0, 0)
    booked = offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert (booked.paid_fen, booked.returned_fen) == (2 * ONE_LOAN_FEN, 0)
    assert offices.state(claim_id) == "paid"
    assert use(offices, line_id) == (0, 2 * ONE_LOAN_FEN)
    assert offices.balance("budget_paid", line_id) == -2 * ONE_LOAN_FEN
    assert offices.balance("subsidy_claimed_payable") == 0
    assert offices.balance("treasury_interest_receivable") == 0
    assert figures_of(offices) == (2 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 0)
    with pytest.raises(VoucherMissing):
        offices.receipt(claim_id, voucher_no=" ")
    offices.receipt(claim_id, voucher_no="SK1")
    assert offices.state(claim_id) == "receipted"
    with offices.books.read() as session:
        (voucher,) = session.scalars(select(Voucher).where(Voucher.voucher_no == "SK1"))
        assert (voucher.amount_fen, voucher.direction) == (2 * ONE_LOAN_FEN, "in")


def test_a_voucher_receipts_one_claim(offices: Offices) -> None:
    claim_id, _line = lender_paid(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    offices.receipt(claim_id, voucher_no="SK1")
    offices.close_to(date(2016, 9, 20))
    other = offices.sent(SEPTEMBER)
    offices.take_answer(other, offices.answer_file(other))
    with pytest.raises(VoucherUsed):
        offices.receipt(other, voucher_no="SK1")
    assert offices.state(other) == "paid"


def test_approval_file_and_sending_are_not_one_persons(offices: Offices) -> None:
    claim_id, _line = lender_paid(offices)
    with pytest.raises(SameMakerAndChecker):
        offices.make_file(claim_id, by=replace(FINANCE, account="another"))
    with pytest.raises(SameMakerAndChecker):
        offices.make_file(claim_id, by=person(OFFICER.person_id, "finance"))
    offices.make_file(claim_id)
    with pytest.raises(SameMakerAndChecker):
        offices.send(claim_id, by=replace(SECOND_FINANCE, account="another"))
    offices.send(claim_id)


def test_the_file_is_shown_to_those_who_pay_alone(offices: Offices) -> None:
    claim_id, _line = lender_paid(offices)
    with offices.books.read() as session, pytest.raises(ClaimElsewhere):
        payment.file_content(session, claim_id=claim_id, keyring=offices.keyring, by=FINANCE)
    offices.make_file(claim_id)
    for stranger in (OFFICER, AUDITOR):
        with offices.books.read() as session, pytest.raises(NotEntitled):
            payment.file_content(session, claim_id=claim_id, keyring=offices.keyring, by=stranger)


@pytest.mark.damaged("a row of a payment file is changed behind the books' back")
def test_a_payment_changed_after_it_was_made_is_not_sent(offices: Offices) -> None:
    claim_id, _line = lender_paid(offices)
    offices.make_file(claim_id)
    offices.tamper_payment()
    with pytest.raises(PaymentRowsChanged):
        offices.send(claim_id)
    assert offices.state(claim_id) == "filed"


def test_a_file_is_discarded_and_made_again(offices: Offices) -> None:
    claim_id, line_id = lender_paid(offices)
    offices.make_file(claim_id)
    answer = offices.answer_file(claim_id)
    with pytest.raises(ReasonMissing):
        offices.discard(claim_id, reason="")
    offices.discard(claim_id)
    assert (offices.state(claim_id), use(offices, line_id)) == ("approved", (0, 0))
    with pytest.raises(PaymentFileDiscarded):
        offices.take_answer(claim_id, answer)
    # who discards has not granted it, and who granted it makes no file
    with pytest.raises(SameMakerAndChecker):
        offices.make_file(claim_id, by=FINANCE)
    offices.make_file(claim_id)
    assert offices.send(claim_id) == f"431022-{claim_id:06d}-02"
    assert titles(offices, claim_id)[-5:] == [
        "已核准", "已制付款文件", "付款文件已作废", "已制付款文件", "已送银行"
    ]  # fmt: skip


def titles(offices: Offices, claim_id: int) -> list[str]:
    """What a claim's history says."""
    with offices.books.read() as session:
        return [one.title for one in claims.page(session, claim_id, by=AUDITOR).steps]


def test_a_file_that_came_back_whole_says_so(offices: Offices) -> None:
    """Until the bank has paid somebody: then part of it came back."""
    claim_id, _line = refunded(offices, loans=2, cards=2)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {1: "其他", 2: "其他"}))
    assert titles(offices, claim_id)[-1] == "全部退票"
    with offices.books.read() as session:
        assert [one.title for one in claims.listed(session, by=AUDITOR)] == ["全部退票"]
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {1: "其他"}))
    assert titles(offices, claim_id)[-4:] == ["全部退票", "已制付款文件", "已送银行", "部分退票"]
    with offices.books.read() as session:
        assert [one.title for one in claims.listed(session, by=AUDITOR)] == ["部分退票"]
    with pytest.raises(ClaimElsewhere):
        offices.discard(claim_id)


# --- budget lines and years -----------------------------------------------------------------------


def test_lines_are_chosen_or_proposed_by_who_funds(offices: Offices) -> None:
    claim_id, line_id = lender_paid(offices)
    other = offices.fund(10_000)
    total = 2 * ONE_LOAN_FEN
    take = payment.FromLine
    with pytest.raises(BudgetLinesDiffer):
        offices.make_file(claim_id, lines=[take(line_id, total - 1)])
    with pytest.raises(BudgetLinesDiffer):
        offices.make_file(claim_id, lines=[take(line_id, total + 1), take(other, -1)])
    with pytest.raises(BudgetLineUnknown):
        offices.make_file(claim_id, lines=[take(99, total)])
    with pytest.raises(BudgetExceeded):
        offices.make_file(claim_id, lines=[take(other, total)])
    with pytest.raises(BudgetLineOfOtherYear):
        offices.make_file(claim_id, lines=[take(offices.fund(year=2017), total)])
    assert use(offices, other) == (0, 0)
    offices.make_file(claim_id, lines=[take(line_id, total - 10_000), take(other, 10_000)])
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert (use(offices, line_id), use(offices, other)) == ((0, total - 10_000), (0, 10_000))


def test_a_file_is_paid_from_lines_of_one_project_code(offices: Offices) -> None:
    """The bank's file books every row under one code."""
    settled(offices, 2)
    short = offices.fund(ONE_LOAN_FEN)
    other = offices.fund(ONE_LOAN_FEN, code="2130507")
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.approved()
    both = [payment.FromLine(line_id, ONE_LOAN_FEN) for line_id in (short, other)]
    with pytest.raises(BudgetLinesOfTwoCodes) as refused:
        offices.make_file(claim_id, lines=both)
    assert refused.value.field == "lines"
    with pytest.raises(BudgetShortOfFunds):
        offices.make_file(claim_id)
    # Two lines of the other code hold it together; the oldest line's code does not.
    more = offices.fund(ONE_LOAN_FEN, code="2130507")
    offices.make_file(claim_id)
    assert [use(offices, line_id) for line_id in (short, other, more)] == [
        (0, 0), (ONE_LOAN_FEN, 0), (ONE_LOAN_FEN, 0)
    ]  # fmt: skip


def test_each_level_pays_its_share_from_its_oldest_line(offices: Offices) -> None:
    """60 % province, 40 % county of 290.28: 174.168 and 116.112 → 174.17 and 116.11."""
    settled(offices)
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.approved()
    offices.share_funding(("province", 6_000), ("county", 4_000))
    small = offices.fund(10_000, level="province")
    with pytest.raises(BudgetShortOfFunds) as refused:
        offices.make_file(claim_id)
    assert refused.value.facts["needed"] == "174.17"
    large, county = offices.fund(level="province"), offices.fund()
    offices.make_file(claim_id)
    assert [use(offices, one)[0] for one in (small, large, county)] == [10_000, 7_417, 11_611]


def test_paid_after_the_closing_day_it_falls_into_next_year(offices: Offices) -> None:
    """The treasury closes on 20 December: paid on the 29th, it is of 2017 and says 跨年."""
    settled(offices, 1)
    offices.bank(LENDER_ACCOUNT)
    offices.fund()
    next_year = offices.fund(year=2017)
    offices.close_to(date(2016, 12, 20))
    claim_id = offices.approved(date(2016, 12, 21))
    offices.make_file(claim_id)
    with offices.books.read() as session:
        file = session.scalars(select(PaymentFile)).one()
        row = session.scalars(select(PaymentRow)).one()
    assert (file.budget_year, file.crosses_year, row.remark) == (2017, True, "跨年贴息")
    assert use(offices, next_year)[0] > 0


def test_on_the_closing_day_it_is_still_this_years(offices: Offices) -> None:
    settled(offices, 1)
    offices.bank(LENDER_ACCOUNT)
    offices.fund()
    claim_id = offices.noticed()
    offices.close_to(date(2016, 12, 19))
    offices.grant(claim_id)
    offices.make_file(claim_id)
    with offices.books.read() as session:
        file = session.scalars(select(PaymentFile)).one()
    assert (file.made_on, file.budget_year, file.crosses_year) == (date(2016, 12, 20), 2016, False)


def test_a_file_that_lies_beyond_the_closing_day_is_made_anew(offices: Offices) -> None:
    settled(offices, 1)
    offices.bank(LENDER_ACCOUNT)
    this_year, next_year = offices.fund(), offices.fund(year=2017)
    claim_id = offices.noticed()
    offices.close_to(date(2016, 12, 19))
    offices.grant(claim_id)
    offices.make_file(claim_id)
    offices.close_to(date(2016, 12, 20))
    with pytest.raises(PaymentYearOver):
        offices.send(claim_id)
    offices.discard(claim_id)
    offices.make_file(claim_id)
    offices.send(claim_id)
    assert (use(offices, this_year), use(offices, next_year)) == ((0, 0), (ONE_LOAN_FEN, 0))


# --- names and encodings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "held"),
    [
        ("王二", "gbk", True),
        # 㛃 is in no GBK table, GB18030 has it in four bytes
        ("王㛃", "gbk", False),
        ("王㛃", "gb18030", True),
        ("王𬭎", "gbk", False),
        ("王𬭎", "utf-8", True),
        ("王·二", "gbk", True),
        # what would break the form, or run in a spreadsheet
        ("王|二", "utf-8", False),
        ("王,二", "utf-8", False),
        ("王\n二", "utf-8", False),
        ("=1+1", "utf-8", False),
        ("王\ud800", "utf-8", False),
    ],
)
def test_a_name_is_held_or_not(text: str, encoding: str, held: bool) -> None:
    assert (not_held(text, encoding) is None) is held


def test_a_name_that_the_bank_cannot_hold_is_told_before_anything_is_made(
    offices: Offices,
) -> None:
    claim_id, line_id = refunded(offices)
    offices.rename_head(2, "王㛃")
    with pytest.raises(PaymentRowsRefused) as refused:
        offices.make_file(claim_id, encoding="gbk")
    ((row, why),) = refused.value.rows
    assert (row, why.code, why.facts["text"]) == (2, "name_not_held", "王㛃")
    assert "U+36C3" in why.message("zh")
    assert (offices.state(claim_id), use(offices, line_id)) == ("approved", (0, 0))
    with pytest.raises(EncodingUnknown):
        offices.make_file(claim_id, encoding="big5")
    with pytest.raises(RemarkTooLong):
        offices.make_file(claim_id, remark="二季度贴息")
    with pytest.raises(NameNotHeld):
        offices.make_file(claim_id, remark="贴㛃", encoding="gbk")
    offices.make_file(claim_id, encoding="gb18030", remark="二季贴息")
    offices.send(claim_id)
    assert "王㛃" in offices.content(claim_id).decode("gb18030")


def test_who_cannot_be_paid_yet_waits_for_another_file(offices: Offices) -> None:
    claim_id, _line = refunded(offices, loans=3, cards=2)
    with pytest.raises(PaymentRowsRefused) as refused:
        offices.make_file(claim_id)
    ((row, why),) = refused.value.rows
    assert (row, type(why)) == (3, PayoutAccountMissing)
    offices.make_file(claim_id, ready_only=True)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert offices.state(claim_id) == "part_paid"
    assert figures_of(offices) == (3 * ONE_LOAN_FEN, 3 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 0)
    with pytest.raises(NothingToPay):
        offices.make_file(claim_id, ready_only=True)
    offices.give_card(3, luhn(3))
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert offices.state(claim_id) == "paid"


# --- the bank's answer ----------------------------------------------------------------------------

Bend = Callable[[str], str]


def edit(line: int, cell: int, value: str) -> Bend:
    """Change one cell of the bank's file."""

    def bend(said: str) -> str:
        lines = [one.split(",") for one in said.splitlines()]
        lines[line][cell] = value
        return "\n".join(",".join(one) for one in lines)

    return bend


def drop_row(said: str) -> str:
    """The last payment is missing, and the bank's own total says so."""
    head, first, second, _third, _total = said.splitlines()
    return f"{head}\n{first}\n{second}\n合计,2,,,290.28,,,"


def total_missing(said: str) -> str:
    return "\n".join(said.splitlines()[:-1])


def another_county(said: str) -> str:
    return said.replace("431022-", "431023-")


def two_batches(said: str) -> str:
    return edit(2, 0, "431022-000001-09")(said)


@pytest.mark.parametrize(
    ("bend", "refusal"),
    [
        (edit(1, 4, "145.15"), ReturnTotalDiffers),
        (edit(4, 4, "435.43"), ReturnTotalDiffers),
        (edit(4, 1, "2"), ReturnTotalDiffers),
        (drop_row, ReturnTotalDiffers),
        (total_missing, ReturnFileHasFaults),
        (another_county, ReturnOfAnotherFile),
        (two_batches, ReturnOfAnotherFile),
        (edit(1, 1, "7"), ReturnRowDiffers),
        (edit(1, 1, "2"), ReturnFileHasFaults),
        (edit(1, 1, "-1"), ReturnFileHasFaults),
        (edit(1, 2, "王五"), ReturnRowDiffers),
        (edit(1, 3, LENDER_ACCOUNT), ReturnRowDiffers),
        (edit(1, 3, "12345"), ReturnFileHasFaults),
        (edit(1, 4, "145.141"), ReturnFileHasFaults),
        (edit(1, 4, "1.4514e2"), ReturnFileHasFaults),
        (edit(1, 5, "大概成功"), ReturnFileHasFaults),
        (edit(1, 5, "失败"), ReturnFileHasFaults),
        (edit(4, 1, "三"), ReturnFileHasFaults),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_booked(
    offices: Offices, bend: Bend, refusal: type[Exception]
) -> None:
    claim_id, line_id = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    said = offices.answer_file(claim_id)
    with pytest.raises(refusal):
        offices.take_answer(claim_id, bend(said))
    assert (offices.state(claim_id), use(offices, line_id)) == ("sent", (3 * ONE_LOAN_FEN, 0))
    assert offices.balance("budget_paid") == 0
    with offices.books.read() as session:
        assert session.scalar(select(func.count()).select_from(BankReturn)) == 0
    offices.take_answer(claim_id, said)
    assert offices.state(claim_id) == "paid"


def test_two_wrong_amounts_that_add_up_are_seen(offices: Offices) -> None:
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    said = edit(2, 4, "145.13")(edit(1, 4, "145.15")(offices.answer_file(claim_id)))
    with pytest.raises(ReturnRowDiffers) as refused:
        offices.take_answer(claim_id, said)
    assert refused.value.facts["what_en"] == "amount"


def test_an_answer_is_taken_once_and_for_its_own_claim(offices: Offices) -> None:
    claim_id, _line = lender_paid(offices)
    offices.make_file(claim_id)
    said = offices.answer_file(claim_id)
    with pytest.raises(ClaimElsewhere):
        offices.take_answer(claim_id, said)
    offices.send(claim_id)
    offices.close_to(date(2016, 9, 20))
    other = offices.sent(SEPTEMBER)
    with pytest.raises(ReturnOfAnotherFile):
        offices.take_answer(other, said)
    offices.take_answer(claim_id, said)
    with pytest.raises(ReturnTakenBefore):
        offices.take_answer(claim_id, said)
    # the same answer with another line end is another file of the same batch
    with pytest.raises(ReturnTakenBefore):
        offices.take_answer(claim_id, said.replace("\r\n", "\n"))
    assert offices.balance("budget_paid") == -2 * ONE_LOAN_FEN


def test_faults_of_a_file_are_told_by_line_and_account_numbers_masked(
    offices: Offices, tmp_path: Path
) -> None:
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    said = edit(2, 5, "?")(edit(1, 3, "622848")(offices.answer_file(claim_id)))
    path = tmp_path / "回盘.csv"
    path.write_text(said, encoding="utf-8")
    answer = payment.read_answer(path)
    assert [(one.line, one.title, one.value) for one in answer.faults] == [
        (2, "账号", "**2848"), (3, "结果", "?")
    ]  # fmt: skip
    assert answer.as_dict()["rows"] == 1


# --- what came back -------------------------------------------------------------------------------


def test_a_returned_payment_is_corrected_and_tried_again(offices: Offices) -> None:
    claim_id, line_id = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    booked = offices.take_answer(claim_id, offices.answer_file(claim_id, {2: "户名不符"}))
    assert (booked.paid_fen, booked.returned_fen) == (2 * ONE_LOAN_FEN, ONE_LOAN_FEN)
    assert offices.state(claim_id) == "part_paid"
    assert use(offices, line_id) == (0, 2 * ONE_LOAN_FEN)
    assert offices.balance("subsidy_claimed_payable") == -ONE_LOAN_FEN
    with offices.books.read() as session:
        (told,) = claims.rows_of(session, claim_id, by=AUDITOR, only="bank_returned")
        assert (told.result, told.reason) == ("returned", "name_differs")
        stages = list(claims.stages_of(session, offices.household(2)))
        assert [(one.state, one.reason) for one in stages] == [("bank_returned", "name_differs")]
    with pytest.raises(PaymentRowsRefused) as refused:
        offices.make_file(claim_id)
    assert type(refused.value.rows[0][1]) is PayoutAccountUnchanged
    payee = ("households", offices.household(2))
    with pytest.raises(SameMakerAndChecker):
        offices.bank(CARDS[0], payee, holder="王三", other=person(OFFICER.person_id, "checker"))
    # noted and not confirmed: the card that holds is still the old one
    with pytest.raises(PaymentRowsRefused):
        offices.make_file(claim_id)
    offices.bank(CARDS[0], payee, holder="王三")
    offices.make_file(claim_id)
    offices.send(claim_id)
    content = offices.content(claim_id).decode("gb18030").splitlines()
    assert content[2:] == [f"1,王三,{CARDS[0]},宜章农商行营业部,145.14,2130506,贷款贴息"]
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert offices.state(claim_id) == "paid"
    with offices.books.read() as session:
        attempts = session.scalars(
            select(PaymentRow.attempt)
            .where(PaymentRow.payee_id == offices.household(2))
            .order_by(PaymentRow.attempt)
        ).all()
        paid = session.scalars(
            select(BankReturnRow.result).where(BankReturnRow.result == "paid")
        ).all()
    assert (attempts, len(paid)) == ([1, 2], 3)
    assert use(offices, line_id) == (0, 3 * ONE_LOAN_FEN)


def test_the_registers_new_card_is_taken_before_its_old_one(offices: Offices) -> None:
    claim_id, _line = refunded(offices, loans=1, cards=1)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {1: "销户"}))
    offices.give_card(1, luhn(77))
    offices.make_file(claim_id)
    offices.send(claim_id)
    assert luhn(77) in offices.content(claim_id).decode("gb18030")


def test_what_cannot_be_paid_is_given_back_by_two(offices: Offices) -> None:
    claim_id, line_id = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {3: "死亡"}))
    with offices.books.read() as session:
        rows = {one.nr: one.id for one in session.scalars(select(PaymentRow))}
    with pytest.raises(PaymentNotReturned):
        offices.ask_give_back(rows[1])
    with pytest.raises(ReasonMissing):
        offices.ask_give_back(rows[3], reason=" ")
    proposal = offices.ask_give_back(rows[3])
    with pytest.raises(SameMakerAndChecker):
        offices.decide_give_back(proposal, by=replace(FINANCE, account="another"))
    offices.decide_give_back(proposal)
    assert offices.state(claim_id) == "paid"
    assert use(offices, line_id) == (0, 2 * ONE_LOAN_FEN)
    assert offices.balance("subsidy_claimed_payable") == 0
    assert offices.balance("subsidy_expense") == 2 * ONE_LOAN_FEN
    # what went back to the budget is neither owed nor claimed any more
    assert figures_of(offices) == (2 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 2 * ONE_LOAN_FEN, 0)
    with offices.books.read() as session:
        assert [one.state for one in claims.stages_of(session, offices.household(3))] == [
            "given_back"
        ]
    # an account is not decided on by the number of another proposal
    with pytest.raises(NotFound):
        offices.decide_account(proposal)
    with pytest.raises(PaymentNotReturned):
        offices.ask_give_back(rows[3])
    offices.receipt(claim_id, voucher_no="")


def test_a_give_back_that_is_tried_again_meanwhile_is_refused(offices: Offices) -> None:
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id, {3: "其他"}))
    with offices.books.read() as session:
        (row,) = [one.id for one in session.scalars(select(PaymentRow)) if one.nr == 3]
    proposal = offices.ask_give_back(row)
    offices.make_file(claim_id)
    with pytest.raises(ClaimElsewhere):
        offices.decide_give_back(proposal)
    offices.discard(claim_id)
    assert offices.state(claim_id) == "part_paid"
    with pytest.raises(PaymentNotReturned):
        offices.decide_give_back(proposal)


def test_an_account_is_somebodys_and_has_a_right_number(offices: Offices) -> None:
    for noted, refusal in (
        (payment.AccountNoted("people", 1, "王二", CARDS[0], "农商行", "更正"), PayeeUnknown),
        (payment.AccountNoted("households", 99, "王二", CARDS[0], "农商行", "更正"), PayeeUnknown),
        (
            payment.AccountNoted("households", 1, "", CARDS[0], "农商行", "更正"),
            PayoutHolderMissing,
        ),
        (payment.AccountNoted("households", 1, "王二", CARDS[0], "农商行", ""), ReasonMissing),
    ):
        with (
            pytest.raises(refusal),
            offices.books.write("subsidies.account", by=OFFICER) as session,
        ):
            payment.note_account(
                session, noted, keyring=offices.keyring, on=ledger.open_day(session), by=OFFICER
            )


def test_no_account_stands_in_clear(offices: Offices) -> None:
    claim_id, _line = refunded(offices)
    offices.make_file(claim_id)
    with offices.books.read() as session:
        for account in session.scalars(select(PayoutAccount)):
            shown = f"{account.number!r} {account.number_index!r} {account.holder} {account.bank}"
            assert "622848040256489" not in shown


# --- what is owed back ----------------------------------------------------------------------------


def paid_too_much(offices: Offices) -> tuple[str, int, int]:
    """A paid claim of which one loan's part was too large by 14 514 − 12 931 = 1 583 fen."""
    claim_id, line_id = lender_paid(offices)
    with offices.books.read() as session:
        number = claims.rows_of(session, claim_id, by=AUDITOR)[0].number
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    offices.pay(number, 1_000_000, early=True, value_date=date(2016, 6, 9))
    offices.wait(1)
    return number, claim_id, line_id


def back(offices: Offices, line_id: int, **changes: object) -> clawback.Back:
    ordinary: dict[str, object] = {
        "lender_id": offices.lender_id,
        "route": "lender",
        "payer_kind": "organisations",
        "payer_id": offices.lender_id,
        "amount_fen": 1_583,
        "channel": "transfer",
        "voucher_no": "ZH1",
        "line_id": line_id,
        "reason": "补记还款",
    }
    return clawback.Back(**{**ordinary, **changes})  # type: ignore[arg-type]


def claw(offices: Offices, one: clawback.Back) -> int:
    with offices.books.write("subsidies.clawback", by=FINANCE) as session:
        return clawback.claw_back(session, one, on=ledger.open_day(session), by=FINANCE)


def test_what_was_paid_too_much_is_paid_back(offices: Offices) -> None:
    _number, _claim, line_id = paid_too_much(offices)
    total = 2 * ONE_LOAN_FEN
    assert figures_of(offices) == (total, total, total, 1_583)
    with offices.books.read() as session:
        (owed,) = clawback.owed_back(session)
        assert (owed.amount_fen, owed.rows, owed.payer_kind) == (1_583, 1, "organisations")
        assert clawback.owed_back(session, lender_id=99) == []
    for one, refusal in (
        (back(offices, line_id, amount_fen=1_582), ClawbackDiffers),
        (back(offices, line_id, payer_id=99), NothingToTakeBack),
        (back(offices, line_id, route="post"), RouteUnknown),
        (back(offices, line_id, reason=" "), ReasonMissing),
        (back(offices, line_id, voucher_no=""), VoucherMissing),
    ):
        with pytest.raises(refusal):
            claw(offices, one)
    claw(offices, back(offices, line_id))
    less = total - 1_583
    assert figures_of(offices) == (less, less, less, 0)
    assert use(offices, line_id) == (0, less)
    assert offices.balance("budget_paid", line_id) == -less
    assert offices.balance("subsidy_payable") == 0
    assert offices.balance("treasury_interest_receivable") == 0
    with pytest.raises(NothingToTakeBack):
        claw(offices, back(offices, line_id, voucher_no="ZH2"))


def test_or_taken_off_the_next_claim(offices: Offices) -> None:
    _number, _claim, line_id = paid_too_much(offices)
    first = 2 * ONE_LOAN_FEN
    offices.close_to(date(2016, 9, 20))
    claim_id = offices.sent(SEPTEMBER)
    # 40 000 × 92 days and 50 000 × 92 days at 4.75 %: 48 555.6 and 60 694.4; less 1 583
    assert offices.claim(claim_id).total_fen == 48_556 + NEXT_FEN - 1_583
    with pytest.raises(NothingToTakeBack):
        claw(offices, back(offices, line_id))
    accrued = first + 48_556 + NEXT_FEN
    assert figures_of(offices) == (accrued, accrued, first, 1_583)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    all_of_it = accrued - 1_583
    assert figures_of(offices) == (all_of_it, all_of_it, all_of_it, 0)
    assert offices.balance("treasury_interest_receivable") == 0


def test_a_household_pays_back_what_it_was_refunded(offices: Offices) -> None:
    claim_id, line_id = refunded(offices, loans=1, cards=1)
    with offices.books.read() as session:
        number = claims.rows_of(session, claim_id, by=AUDITOR)[0].number
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    before = offices.balance("funds")
    offices.pay(number, 1_000_000, early=True, value_date=date(2016, 6, 9))
    offices.wait(1)
    payer = ("households", offices.household(1))
    claw(
        offices,
        back(offices, line_id, route="household", payer_kind=payer[0], payer_id=payer[1]),
    )
    assert offices.balance("funds") == before + 1_000_000
    assert use(offices, line_id) == (0, ONE_LOAN_FEN - 1_583)


# --- a treasury that is late ----------------------------------------------------------------------


def test_a_quarter_paid_45_days_late_changes_nothing_for_the_household(offices: Offices) -> None:
    """Due on 21 June, paid on 5 August: no due, no overdue day, no worse grade."""
    (number,) = settled(offices, 1)
    offices.fund()
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.noticed()
    before = offices.position(number)
    offices.close_to(date(2016, 8, 4))
    offices.grant(claim_id)
    offices.make_file(claim_id)
    offices.send(claim_id)
    offices.take_answer(claim_id, offices.answer_file(claim_id))
    after = offices.position(number)
    assert offices.today == date(2016, 8, 5)
    assert (after.grade, after.state, after.drawn_fen) == (before.grade, before.state, 5_000_000)
    assert offices.balance("interest_receivable") == offices.balance("penalty_receivable") == 0
    with offices.books.read() as session:
        (stage,) = claims.stages_of(session, offices.household(1))
    assert (stage.state, stage.since) == ("paid", date(2016, 8, 5))


PLANTED = [
    Plant(
        test_two_wrong_amounts_that_add_up_are_seen,
        "office.bank_answers.compare_row",
        lambda row, known, keyring: None,
    ),
    Plant(
        test_a_payment_changed_after_it_was_made_is_not_sent,
        "subsidies.payment.sending._require_unchanged",
        lambda session, file: None,
    ),
    Plant(
        test_paid_after_the_closing_day_it_falls_into_next_year,
        "subsidies.payment.funding.budget_year",
        lambda on, conduct: on.year,
    ),
    Plant(
        test_a_returned_payment_is_corrected_and_tried_again,
        "office.payouts.MUST_CHANGE",
        frozenset(),
    ),
    Plant(
        test_what_was_paid_too_much_is_paid_back,
        "subsidies.clawback.budget.take_back",
        lambda session, *, line_id, fen: None,
        catches=(Exception,),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
@pytest.mark.damaged("with a bug planted")
def test_planted_bug_turns_red(plant: Plant, offices: Offices) -> None:
    plant.prove(offices=offices)
