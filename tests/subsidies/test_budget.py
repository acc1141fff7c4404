"""Budget lines: amounts by two people, spoken for and paid; never below nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from office import approvals
from office.refusals import NotEntitled, SameMakerAndChecker
from subsidies import budget, checks
from subsidies.budget import Entry, LineEntered
from subsidies.models import BudgetChange, BudgetLine, BudgetUse
from subsidies.refusals import (
    BudgetAmountBelowZero,
    BudgetChangeUndocumented,
    BudgetChangeZero,
    BudgetExceeded,
    BudgetLevelUnknown,
    BudgetLineIncomplete,
    BudgetLineTwice,
    BudgetLineUnknown,
    BudgetNotCommitted,
    BudgetNotPaid,
    BudgetYearOutOfRange,
)
from tests.loans.town import OFFICER
from tests.planted import Plant
from tests.subsidies.treasury import AUDITOR, FINANCE, SECOND_FINANCE, TreasuryTown

MILLION = 100_000_000
LINE = LineEntered("湘财预〔2016〕12号", "2130505", "province", 2016, "湖南省财政厅", MILLION)


def asked(town: TreasuryTown, line: LineEntered = LINE, by: Actor = FINANCE) -> Entry:
    with town.books.write("subsidies.budget", by=by) as session:
        return budget.enter_line(session, line, on=ledger.open_day(session), by=by)


def entered(town: TreasuryTown, line: LineEntered = LINE, by: Actor = FINANCE) -> int:
    """A line with its first amount on it."""
    entry = asked(town, line, by)
    assert entry.proposal_id is not None
    decided(town, entry.proposal_id)
    return entry.line_id


def move(town: TreasuryTown, verb: Callable[..., None], line_id: int, fen: int) -> None:
    with town.books.write("subsidies.pay", by=FINANCE) as session:
        verb(session, line_id=line_id, fen=fen)


def stands(town: TreasuryTown, line_id: int) -> tuple[int, int, int, int]:
    with town.books.read() as session:
        one = budget.line(session, line_id, by=AUDITOR)
        assert budget.free_fen(session, line_id) == one.free_fen
        return one.amount_fen, one.committed_fen, one.paid_fen, one.free_fen


def proposed(town: TreasuryTown, line_id: int, fen: int, document_no: str = "调整1号") -> int:
    with town.books.write("subsidies.budget", by=FINANCE) as session:
        return budget.propose_change(
            session,
            line_id=line_id,
            amount_fen=fen,
            document_no=document_no,
            reason="年中调整",
            on=ledger.open_day(session),
            by=FINANCE,
        )


def decided(
    town: TreasuryTown, proposal_id: int, *, approved: bool = True, by: Actor = SECOND_FINANCE
) -> None:
    with town.books.write("subsidies.approve_budget", by=by) as session:
        budget.decide_change(
            session,
            proposal_id=proposal_id,
            approved=approved,
            on=ledger.open_day(session),
            by=by,
            reason="" if approved else "依据不足",
        )


def test_a_line_is_told_with_what_is_left_of_it(town: TreasuryTown) -> None:
    line_id = entered(town)
    with town.books.read() as session:
        (one,) = budget.lines(session, by=AUDITOR, year=2016)
        assert budget.lines(session, by=AUDITOR, year=2017) == []
    assert one.as_data() == {
        "id": line_id,
        "document_no": "湘财预〔2016〕12号",
        "code": "2130505",
        "level": "province",
        "year": 2016,
        "funder": "湖南省财政厅",
        "entered_on": "2016-05-30",
        "amount": "1000000.00",
        "committed": "0.00",
        "paid": "0.00",
        "free": "1000000.00",
    }


def test_nobody_alone_makes_money_available(town: TreasuryTown) -> None:
    """A new line holds nothing until another of finance agrees to its first amount."""
    entry = asked(town)
    assert entry.proposal_id is not None
    assert stands(town, entry.line_id) == (0, 0, 0, 0)
    with pytest.raises(BudgetExceeded):
        move(town, budget.reserve, entry.line_id, 1)
    with town.books.read() as session:
        (proposal,) = approvals.waiting(session, SECOND_FINANCE)
        assert proposal.summary == "预算指标湘财预〔2016〕12号（2130505）下达1000000.00元"
        assert budget.waiting(session, by=AUDITOR) == {entry.line_id}
    with pytest.raises(SameMakerAndChecker):
        decided(town, entry.proposal_id, by=FINANCE)
    decided(town, entry.proposal_id)
    assert stands(town, entry.line_id) == (MILLION, 0, 0, MILLION)
    with town.books.read() as session:
        assert budget.waiting(session, by=AUDITOR) == frozenset()
        # The line itself never carries an amount; its change does, under the line's document.
        assert session.get_one(BudgetLine, entry.line_id).amount_fen == 0
        (change,) = budget.changes_of(session, entry.line_id, by=AUDITOR)
        assert (change.amount_fen, change.document_no) == (MILLION, LINE.document_no)


def test_a_first_amount_that_is_turned_down_leaves_an_empty_line(town: TreasuryTown) -> None:
    entry = asked(town)
    assert entry.proposal_id is not None
    decided(town, entry.proposal_id, approved=False)
    assert stands(town, entry.line_id) == (0, 0, 0, 0)
    decided(town, proposed(town, entry.line_id, 700, document_no=LINE.document_no))
    assert stands(town, entry.line_id) == (700, 0, 0, 700)


def test_a_line_without_an_amount_asks_for_none(town: TreasuryTown) -> None:
    entry = asked(town, LineEntered("1号", "1", "county", 2016, "县财政局", 0))
    assert entry.proposal_id is None
    assert stands(town, entry.line_id) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (LineEntered("", "1", "county", 2016, "县财政局", 1), BudgetLineIncomplete),
        (LineEntered("1号", " ", "county", 2016, "县财政局", 1), BudgetLineIncomplete),
        (LineEntered("1号", "1", "village", 2016, "村", 1), BudgetLevelUnknown),
        (LineEntered("1号", "1", "county", 1999, "县财政局", 1), BudgetYearOutOfRange),
        (LineEntered("1号", "1", "county", 2016, "县财政局", -1), BudgetAmountBelowZero),
        (LINE, BudgetLineTwice),
    ],
)
def test_what_no_budget_takes_in(
    town: TreasuryTown, line: LineEntered, refusal: type[Refusal]
) -> None:
    entered(town)
    with pytest.raises(refusal):
        entered(town, line)


def test_only_finance_enters_a_line(town: TreasuryTown) -> None:
    with pytest.raises(NotEntitled):
        entered(town, by=OFFICER)


def test_money_goes_from_free_to_committed_to_paid_and_back(town: TreasuryTown) -> None:
    line_id = entered(town)
    with town.books.write("subsidies.pay", by=FINANCE) as session:
        budget.reserve(session, line_id=line_id, fen=300)
        budget.release(session, line_id=line_id, fen=100)
        budget.pay(session, line_id=line_id, fen=150)
        use = session.get_one(BudgetUse, line_id)
        assert (use.committed_fen, use.paid_fen) == (50, 150)
        budget.take_back(session, line_id=line_id, fen=150)
        budget.release(session, line_id=line_id, fen=50)
    assert stands(town, line_id) == (MILLION, 0, 0, MILLION)


@pytest.mark.parametrize(
    ("verb", "fen", "refusal"),
    [
        (budget.reserve, MILLION + 1, BudgetExceeded),
        (budget.release, 1, BudgetNotCommitted),
        (budget.pay, 1, BudgetNotCommitted),
        (budget.take_back, 1, BudgetNotPaid),
    ],
)
def test_no_move_goes_below_nothing(
    town: TreasuryTown, verb: Callable[..., None], fen: int, refusal: type[Refusal]
) -> None:
    line_id = entered(town)
    with pytest.raises(refusal):
        move(town, verb, line_id, fen)
    with pytest.raises(BudgetLineUnknown):
        move(town, verb, line_id + 1, fen)
    assert stands(town, line_id) == (MILLION, 0, 0, MILLION)


def test_a_change_is_in_force_once_another_person_says_so(town: TreasuryTown) -> None:
    line_id = entered(town)
    proposal_id = proposed(town, line_id, 500)
    assert stands(town, line_id)[0] == MILLION
    with pytest.raises(SameMakerAndChecker):
        decided(town, proposal_id, by=FINANCE)
    decided(town, proposal_id)
    assert stands(town, line_id)[0] == MILLION + 500
    decided(town, proposed(town, line_id, -MILLION), approved=False)
    assert stands(town, line_id)[0] == MILLION + 500
    with town.books.read() as session:
        assert [one.amount_fen for one in budget.changes_of(session, line_id, by=AUDITOR)] == [
            MILLION,
            500,
            -MILLION,
        ]


def test_a_line_is_not_cut_below_what_is_spoken_for(town: TreasuryTown) -> None:
    line_id = entered(town, LineEntered("1号", "1", "county", 2016, "县财政局", 1_000))
    with town.books.write("subsidies.pay", by=FINANCE) as session:
        budget.reserve(session, line_id=line_id, fen=600)
        budget.release(session, line_id=line_id, fen=600)
    proposal_id = proposed(town, line_id, -1_001)
    with pytest.raises(BudgetExceeded):
        decided(town, proposal_id)
    decided(town, proposed(town, line_id, -1_000))
    assert stands(town, line_id) == (0, 0, 0, 0)


def test_what_no_change_is(town: TreasuryTown) -> None:
    line_id = entered(town)
    with pytest.raises(BudgetChangeZero):
        proposed(town, line_id, 0)
    with pytest.raises(BudgetChangeUndocumented):
        proposed(town, line_id, 1, document_no=" ")
    with pytest.raises(BudgetLineUnknown):
        proposed(town, line_id + 1, 1)
    with pytest.raises(NotFound):
        decided(town, 99)


def test_what_was_changed_after_it_was_proposed_is_not_decided(town: TreasuryTown) -> None:
    """The digest covers line, amount, document, day and reason."""
    line_id = entered(town)
    proposal_id = proposed(town, line_id, 500)
    with town.books.read() as session:
        waiting = approvals.waiting(session, SECOND_FINANCE)
        assert [one.id for one in waiting] == [proposal_id]
        assert waiting[0].summary == "预算指标湘财预〔2016〕12号（2130505）追加5.00元"


def test_32_clerks_never_pass_the_line_together(town: TreasuryTown) -> None:
    """1 000 fen, 32 clerks of 70 each: 14 get it (980), 18 are refused; so it goes back."""
    line_id = entered(town, LineEntered("1号", "1", "county", 2016, "县财政局", 1_000))
    barrier = Barrier(32)

    def clerk(_: int) -> bool:
        barrier.wait()
        try:
            move(town, budget.reserve, line_id, 70)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(32) as pool:
        got = list(pool.map(clerk, range(32)))
    assert sum(got) == 14
    assert stands(town, line_id) == (1_000, 980, 0, 20)

    def gives_back(_: int) -> bool:
        barrier.wait()
        try:
            move(town, budget.release, line_id, 70)
        except BudgetNotCommitted:
            return False
        return True

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(gives_back, range(32))) == 14
    assert stands(town, line_id) == (1_000, 0, 0, 1_000)


@pytest.mark.damaged("a use of a line is changed by hand")
@pytest.mark.parametrize("column", ["amount_fen", "committed_fen", "paid_fen"])
def test_a_use_that_nothing_bears_out_is_found(town: TreasuryTown, column: str) -> None:
    line_id = entered(town)
    with town.books.write("test.damage", by=FINANCE) as session:
        session.execute(
            update(BudgetUse)
            .where(BudgetUse.line_id == line_id)
            .values({column: getattr(BudgetUse, column) + 7})
        )
    with town.books.read() as session:
        found = [one.check for one in checks.check(session)]
        assert session.scalars(select(BudgetUse.line_id)).all() == [line_id]
    assert found == ["subsidies.budget"]


def _alone(
    session: Session, line: BudgetLine, change: BudgetChange, *_: object, **__: object
) -> int:
    """The first amount is on the line at once."""
    session.flush()
    session.execute(
        update(BudgetUse).where(BudgetUse.line_id == line.id).values(amount_fen=change.amount_fen)
    )
    return 1


PLANTED = [
    Plant(test_nobody_alone_makes_money_available, "subsidies.budget._propose", _alone),
    Plant(test_nobody_alone_makes_money_available, "subsidies.budget.FIRST", "追加"),
    Plant(
        test_a_change_is_in_force_once_another_person_says_so,
        "subsidies.budget._move",
        lambda *_args, **_changes: None,
    ),
    Plant(
        test_what_was_changed_after_it_was_proposed_is_not_decided,
        "subsidies.budget.format_yuan",
        str,
    ),
]


@pytest.mark.damaged("a planted bug forgot a change")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: TreasuryTown) -> None:
    plant.prove(town=town)
