"""The month's statement: read strictly, matched both ways, confirmed by two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ledger
import risk_fund
from kernel.actor import Actor
from kernel.tables import TableHeadersMissing
from office.refusals import NotEntitled, ProposalChanged, ReasonMissing, SameMakerAndChecker
from risk_fund import queries, statement_file
from risk_fund.reconciling import Compared, Item, match
from risk_fund.refusals import (
    DifferenceUnexplained,
    FundAccountUnknown,
    MonthNotOver,
    MonthReconciled,
    StatementFileHasFaults,
    StatementOpeningDiffers,
    StatementSuperseded,
    StatementTakenBefore,
    StatementUnknown,
)
from tests.loans.town import OFFICER
from tests.planted import Plant
from tests.risk_fund.fund import ACCOUNT_NUMBER, CLERK, TREASURER, Fund

MAY = date(2016, 5, 1)
HEAD = "账号,日期,凭证号,摘要,收入,支出,余额"


def row(words: str, balance: str, **said: str) -> str:
    """A line of the bank's file."""
    cells = {"account": ACCOUNT_NUMBER, "day": "", "no": "", "in": "", "out": "", **said}
    return ",".join(
        (cells["account"], cells["day"], cells["no"], words, cells["in"], cells["out"], balance)
    )


def moved(no: str, balance: str, day: str = "2016-05-30", **said: str) -> str:
    """A movement."""
    return row("转账", balance, day=day, no=no, **said)


#: what the town's fund did on 30 May 2016
GOOD = (
    row("期初余额", "0.00"),
    moved("ZH000001", "100000.00", **{"in": "100000.00"}),
    row("期末余额", "100000.00"),
)


class Bank:
    """The bank's files and the finance bureau's desk."""

    def __init__(self, fund: Fund, folder: Path) -> None:
        self.fund = fund
        self.folder = folder

    def write(self, lines: Sequence[str], name: str = "may.csv") -> Path:
        """A file."""
        path = self.folder / name
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        return path

    def take(self, lines: Sequence[str], month: date = MAY, by: Actor = CLERK) -> int:
        """Take it in."""
        with self.fund.town.books.write("risk_fund.statement", by=by) as session:
            return risk_fund.take_statement(
                session,
                account_id=self.fund.account_id,
                month=month,
                path=self.write(lines),
                on=ledger.open_day(session),
                by=by,
            )

    def compare(self, statement_id: int, by: Actor = CLERK) -> Compared:
        """Hold it against the books."""
        with self.fund.town.books.read() as session:
            return risk_fund.compare(session, statement_id, by=by)

    def propose(self, statement_id: int, reason: str = "", by: Actor = CLERK) -> int:
        """Propose the month as reconciled."""
        with self.fund.town.books.write("risk_fund.statement", by=by) as session:
            return risk_fund.propose_reconciliation(
                session,
                statement_id=statement_id,
                reason=reason,
                on=ledger.open_day(session),
                by=by,
            )

    def decide(
        self, proposal_id: int, by: Actor = TREASURER, *, approved: bool = True, reason: str = ""
    ) -> None:
        """Decide it."""
        with self.fund.town.books.write("risk_fund.approve_statement", by=by) as session:
            risk_fund.decide_reconciliation(
                session,
                proposal_id=proposal_id,
                approved=approved,
                on=ledger.open_day(session),
                by=by,
                reason=reason,
            )


@pytest.fixture
def bank(fund: Fund, tmp_path: Path) -> Bank:
    """May is over."""
    fund.close_to(date(2016, 5, 31))
    return Bank(fund, tmp_path)


def test_a_month_that_agrees_is_confirmed_by_two(bank: Bank) -> None:
    statement_id = bank.take(GOOD)
    seen = bank.compare(statement_id)
    assert seen.agrees
    assert (seen.bank_fen, seen.books_fen, len(seen.matches)) == (10_000_000, 10_000_000, 1)
    proposal_id = bank.propose(statement_id)
    with pytest.raises(SameMakerAndChecker):
        bank.decide(proposal_id, CLERK)
    with pytest.raises(ReasonMissing):
        bank.decide(proposal_id, approved=False)
    bank.decide(proposal_id)
    assert bank.compare(statement_id).agrees
    with bank.fund.town.books.read() as session:
        (line,) = queries.statements(session, by=CLERK, account_id=bank.fund.account_id)
    assert (line.month, line.unmatched, line.difference_fen) == (MAY, 0, 0)
    with pytest.raises(MonthReconciled):
        bank.take((*GOOD, ""))
    with pytest.raises(MonthReconciled):
        bank.propose(statement_id)


def test_differences_are_listed_both_ways(bank: Bank) -> None:
    """The bank has interest the books have not; the books have a payment the bank has not."""
    fund = bank.fund
    fund.contribute(500_000, value_date=date(2016, 5, 31), voucher_no="LATE")
    lines = (
        row("期初余额", "0.00"),
        moved("ZH000001", "100000.00", **{"in": "100,000.00".replace(",", "")}),
        moved("JX01", "100012.34", "2016-05-31", **{"in": "12.34"}),
        row("期末余额", "100012.34"),
    )
    statement_id = bank.take(lines)
    seen = bank.compare(statement_id)
    assert [(one.voucher_no, one.amount_fen) for one in seen.bank_only] == [("JX01", 1_234)]
    assert [(one.voucher_no, one.amount_fen) for one in seen.books_only] == [("LATE", 500_000)]
    # 100 012.34 − 105 000.00
    assert (seen.difference_fen, seen.unmatched) == (-498_766, 2)
    with pytest.raises(DifferenceUnexplained):
        bank.propose(statement_id)
    proposal_id = bank.propose(statement_id, "利息待入账，5月31日出资银行次日入账")
    # the interest is booked after all: what was proposed does not stand any more
    with fund.town.books.write("risk_fund.interest", by=CLERK) as session:
        risk_fund.book_interest(
            session,
            account_id=fund.account_id,
            amount_fen=1_234,
            value_date=date(2016, 5, 31),
            voucher_no="JX01",
            rulebook=fund.town.rulebook,
            on=ledger.open_day(session),
            by=CLERK,
        )
    with pytest.raises(ProposalChanged):
        bank.decide(proposal_id)
    bank.decide(bank.propose(statement_id, "5月31日出资银行次日入账"))
    confirmed = bank.compare(statement_id)
    assert [one.voucher_no for one in confirmed.books_only] == ["LATE"]
    # June: the bank has the contribution on its first day
    fund.close_to(date(2016, 6, 30))
    june = (
        row("期初余额", "100012.34"),
        moved("LATE", "105012.34", "2016-06-01", **{"in": "5000.00"}),
        row("期末余额", "105012.34"),
    )
    seen = bank.compare(bank.take(june, date(2016, 6, 1)))
    assert seen.agrees
    assert len(seen.matches) == 1


def test_a_corrected_statement_takes_the_place(bank: Bank) -> None:
    first = bank.take((row("期初余额", "0.00"), row("期末余额", "0.00")))
    proposal_id = bank.propose(first, "银行漏列")
    second = bank.take(GOOD)
    with pytest.raises(StatementSuperseded):
        bank.decide(proposal_id)
    with pytest.raises(StatementSuperseded):
        bank.propose(first, "银行漏列")
    bank.decide(bank.propose(second))


def test_the_same_file_is_taken_once(bank: Bank) -> None:
    bank.take(GOOD)
    with pytest.raises(StatementTakenBefore):
        bank.take(GOOD)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        # a running balance that does not follow
        ((GOOD[0], moved("ZH000001", "100000.01", **{"in": "100000.00"}), GOOD[2]), "余额应为"),
        # a closing balance that is not the last line's
        ((*GOOD[:2], row("期末余额", "99999.99")), "余额应为"),
        # an opening balance that the first line does not follow from
        ((row("期初余额", "1.00"), *GOOD[1:]), "余额应为"),
        # another account's row
        (
            (GOOD[0], moved("ZH000001", "100000.00", account="99", **{"in": "100000.00"}), GOOD[2]),
            "不是本专户",
        ),
        (GOOD[1:], "第一行须为期初余额"),
        (GOOD[:2], "缺少期末余额"),
        ((*GOOD, GOOD[1]), "期末余额须为最后一行"),
        ((GOOD[0], GOOD[0], *GOOD[1:]), "期初余额须为第一行"),
        # another month, both amounts, none, no voucher, three decimals
        ((GOOD[0], moved("Z", "100000.00", "2016-06-01", **{"in": "100000.00"}), GOOD[2]), "月份"),
        (
            (GOOD[0], moved("Z", "100000.00", **{"in": "100000.00", "out": "1.00"}), GOOD[2]),
            "只填一项",
        ),
        ((GOOD[0], moved("Z", "0.00"), GOOD[2]), "只填一项"),
        ((GOOD[0], moved("", "100000.00", **{"in": "100000.00"}), GOOD[2]), "不能为空"),
        ((GOOD[0], moved("Z", "1.001", **{"in": "100000.00"}), GOOD[2]), "1.001"),
        ((GOOD[0], moved("Z", "1.00", "2016-05-32", **{"in": "1.00"}), GOOD[2]), "日期"),
    ],
)
def test_a_file_with_a_fault_is_not_taken(bank: Bank, lines: tuple[str, ...], word: str) -> None:
    with pytest.raises(StatementFileHasFaults) as refused:
        bank.take(lines)
    assert word in refused.value.message("zh")


def test_every_fault_is_told(bank: Bank) -> None:
    path = bank.write((GOOD[0], moved("", "1.00"), moved("Z", "x"), GOOD[2]))
    file = statement_file.read_statement(path, account_number=ACCOUNT_NUMBER, month=MAY)
    assert [fault.line for fault in file.faults] == [3, 4, 5]


def test_a_file_without_a_column_is_refused(bank: Bank) -> None:
    path = bank.folder / "cut.csv"
    path.write_text("账号,日期,余额\n1,2016-05-30,1.00\n", encoding="utf-8")
    with pytest.raises(TableHeadersMissing):
        statement_file.read_statement(path, account_number=ACCOUNT_NUMBER, month=MAY)


def test_the_template_is_readable(bank: Bank) -> None:
    path = bank.folder / "empty.xlsx"
    statement_file.write_template(path)
    file = statement_file.read_statement(path, account_number=ACCOUNT_NUMBER, month=MAY)
    assert len(file.faults) == 2


def test_a_month_opens_with_what_the_last_one_closed(bank: Bank) -> None:
    bank.take(GOOD)
    bank.fund.close_to(date(2016, 6, 30))
    with pytest.raises(StatementOpeningDiffers):
        bank.take((row("期初余额", "1.00"), row("期末余额", "1.00")), date(2016, 6, 1))


def test_a_month_that_is_not_over_waits(bank: Bank) -> None:
    with pytest.raises(MonthNotOver):
        bank.take(GOOD, date(2016, 6, 1))


def test_who_may(bank: Bank) -> None:
    with pytest.raises(NotEntitled):
        bank.take(GOOD, by=OFFICER)
    statement_id = bank.take(GOOD)
    with pytest.raises(StatementUnknown):
        bank.compare(99)
    with pytest.raises(StatementUnknown):
        bank.propose(99)
    with pytest.raises(StatementUnknown):
        bank.compare(statement_id, replace(OFFICER, institution_ids=frozenset({99})))
    with pytest.raises(FundAccountUnknown):
        bank.take((*GOOD, ""), by=replace(CLERK, region_scope="431023"))


def test_movements_are_listed_and_searched(bank: Bank) -> None:
    fund = bank.fund
    fund.interest(100)
    fund.contribute(200, source="province", document_no="湘财〔2016〕1号")

    def found(**wanted: Any) -> list[int]:
        with fund.town.books.read() as session:
            return [one.amount_fen for one in queries.movements(session, by=CLERK, **wanted)]

    assert found() == [200, 100, 10_000_000]
    assert found(kind="interest") == [100]
    assert found(text="湘财") == [200]
    assert found(from_on=date(2016, 6, 1)) == [200, 100]
    assert found(to_on=date(2016, 6, 1), account_id=fund.account_id) == [10_000_000]
    assert found(before_id=2) == [10_000_000]
    with fund.town.books.read() as session:
        other = replace(OFFICER, institution_ids=frozenset({99}))
        assert queries.movements(session, by=other) == []
        assert queries.statements(session, by=other) == []


def test_matching_is_once_each() -> None:
    def item(key: int, no: str, fen: int) -> Item:
        return Item(key, MAY, no, fen, "")

    lines = [item(1, "A", 5), item(2, "A", 5), item(3, "B", 5), item(4, "A", 6)]
    movements = [item(11, "A", 5), item(12, "B", -5), item(13, "A", 6)]
    assert match(lines, movements) == [(1, 11), (4, 13)]


PLANTED = [
    Plant(
        test_matching_is_once_each,
        "tests.risk_fund.test_reconciling.match",
        lambda lines, movements: [(one.key, movements[0].key) for one in lines],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
