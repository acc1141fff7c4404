"""Need: who wants a loan and has none, the lead bank's list, 应贷尽贷率."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from households import need
from households.models import Household
from households.models.families import NeedAnswer
from households.need import Need
from households.need import queries as reads
from households.need.refusals import (
    LeadBankNotTownship,
    LeadBankUnchanged,
    NeedAmountUnfit,
    NeedAnswerUnknown,
    NeedOutsideRound,
    NeedReasonMissing,
    NeedRoundDaysUnfit,
    NeedRoundTaken,
    NeedSheetHasFaults,
)
from kernel.refusals import NotFound, Refusal
from kernel.tables import open_table, write_csv
from ledger.refusals import DayNotOpen
from loans import unmet_need
from loans.refusals import LenderNotInBusiness
from loans.unmet_need import NeedMet
from office.refusals import NotEntitled
from organisations import Kind
from tests.loans.lists import close_organisation, found_organisation, id_of, pooled
from tests.loans.town import FULL, OFFICE, OFFICER, Town, person
from tests.planted import Plant

REGISTRAR = person(15, "registrar")
TOWNSHIP = "431022100000"
DAY = date(2016, 5, 30)
ROUND = "2016-1"


@contextmanager
def work(town: Town) -> Iterator[Session]:
    with town.books.write("households.need", by=REGISTRAR) as session:
        yield session


def open_round(town: Town, number: str = ROUND, **more: Any) -> int:
    days = {"from_on": DAY, "to_on": date(2016, 7, 1)} | more
    with work(town) as session:
        return need.open_round(session, number=number, on=town.today, by=OFFICE, **days)


def say(town: Town, place: int, answer: str, **more: Any) -> None:
    key = list(town.households.values())[place - 1]
    one = Need(key, answer, more.pop("answered_on", town.today), **more)
    with work(town) as session:
        need.answer(session, number=ROUND, need=one, on=town.today, by=REGISTRAR)


def queue(town: Town, **more: Any) -> list[int]:
    """Places of those who wait."""
    with town.books.read() as session:
        found = unmet_need.unmet_need(session, ROUND, digits="431022", on=town.today, **more)
        places = list(town.households.values())
        return [places.index(one.household_id) + 1 for one in found]


def met(town: Town, day: date | None = None) -> list[NeedMet]:
    with town.books.read() as session:
        return unmet_need.need_met(session, ROUND, digits="431022", on=day or town.today)


def lead(town: Town, lender_id: int, township: str = TOWNSHIP, on: date = DAY) -> None:
    with work(town) as session:
        unmet_need.name_lead_bank(
            session, township_code=township, lender_id=lender_id, from_on=on, on=town.today,
            by=OFFICE,
        )  # fmt: skip


def refuses(refusal: type[Refusal], act: Any) -> Refusal:
    with pytest.raises(refusal) as caught:
        act()
    assert caught.value.field
    assert all("{" not in caught.value.message(language) for language in ("zh", "en"))
    return caught.value


def test_who_wants_a_loan_waits_until_money_is_paid_out(town: Town) -> None:
    """Four of six want one. One owes from before the round, one is lent to, one through a list: one
    waits; 3 of 4 are 75 %.
    """
    old = town.lend(1)
    town.close_to(date(2016, 5, 31))
    open_round(town, from_on=date(2016, 6, 1))
    for place in (1, 2, 3, 4):
        say(town, place, "wants", amount_fen=FULL, purpose="养殖")
    say(town, 5, "no_need", reason="外出务工")
    assert queue(town) == [2, 3, 4]
    (signed,) = town.contracts(town.asked(2))
    assert queue(town) == [2, 3, 4]
    town.disburse(signed, FULL)
    (listed,) = town.contracts(pooled(town, found_organisation(town), (3, FULL)))
    slip = town.disburse(listed, FULL)
    assert queue(town) == [4]
    assert met(town) == [NeedMet(TOWNSHIP, 4, 3)]
    assert met(town)[0].rate_ppm == 750_000
    # a draw that was undone was none; who pays off what it owed from before is in need again
    town.reverse(slip)
    assert queue(town) == [3, 4]
    town.pay(old, FULL + 100_000, early=True)
    assert queue(town) == [1, 3, 4]


def test_the_last_answer_of_a_round_holds(town: Town) -> None:
    open_round(town)
    say(town, 1, "wants")
    say(town, 1, "not_eligible", reason="年龄超限")
    say(town, 2, "no_need", reason="已有存款")
    say(town, 2, "wants", amount_fen=2_000_000)
    assert queue(town) == [2]
    with town.books.read() as session:
        ((count),) = reads.counts(session, ROUND, digits="431022", on=town.today)
        assert (count.township_code, count.households) == (TOWNSHIP, 6)
        assert (count.wants, count.no_need, count.not_eligible) == (1, 0, 1)
        assert (count.unanswered, count.amount_fen) == (4, 2_000_000)
        (line,) = reads.answers(session, ROUND, digits="431022", on=town.today)
        assert (line.amount_fen, line.answer, line.head) == (2_000_000, "wants", "王三")
        everybody = reads.answers(session, ROUND, digits="431022", on=town.today, answer=None)
        assert [one.answer for one in everybody] == ["not_eligible", "wants"]


def test_a_closed_day_knows_what_was_answered_by_then(town: Town) -> None:
    open_round(town)
    say(town, 1, "wants")
    town.close_to(DAY)
    say(town, 2, "wants", answered_on=DAY)

    def in_need(day: date) -> int:
        with town.books.read() as session:
            return len(session.scalars(select(Household.id).where(need.is_in_need(day))).all())

    assert (in_need(DAY), in_need(town.today)) == (1, 2)
    # a new round begins with nobody asked
    open_round(town, "2016-2", from_on=date(2016, 5, 31))
    assert (in_need(DAY), in_need(town.today)) == (1, 0)


def test_a_township_has_a_lead_bank_and_its_list(town: Town) -> None:
    open_round(town)
    say(town, 1, "wants")
    say(town, 2, "wants")
    assert queue(town, lender_id=town.lender_id) == []
    lead(town, town.lender_id)
    assert queue(town, lender_id=town.lender_id) == [1, 2]
    assert queue(town, lender_id=town.lender_id, limit=1) == [1]
    first = next(iter(town.households))
    assert queue(town, after=("431022100201", first)) == [2]
    with town.books.read() as session:
        assert reads.lead_banks(session, on=DAY) == {TOWNSHIP: town.lender_id}
        assert reads.lead_banks(session, on=date(2016, 5, 29)) == {}
    refuses(LeadBankUnchanged, lambda: lead(town, town.lender_id))
    refuses(LeadBankNotTownship, lambda: lead(town, town.lender_id, "431022100201"))
    fund = found_organisation(town, 7, kind=Kind.VILLAGE_FUND)
    refuses(LenderNotInBusiness, lambda: lead(town, id_of(town, fund)))
    gone = found_organisation(town, 8, kind=Kind.LENDER)
    close_organisation(town, gone)
    refuses(LenderNotInBusiness, lambda: lead(town, id_of(town, gone)))


def test_rounds_and_answers_that_are_refused(town: Town) -> None:
    open_round(town)
    refuses(NeedRoundTaken, lambda: open_round(town))
    refuses(NeedRoundDaysUnfit, lambda: open_round(town, "2", to_on=DAY))
    refuses(NeedReasonMissing, lambda: say(town, 1, "no_need", reason=" "))
    refuses(NeedReasonMissing, lambda: say(town, 1, "not_eligible"))
    refuses(NeedAnswerUnknown, lambda: say(town, 1, "maybe"))
    refuses(NeedAmountUnfit, lambda: say(town, 1, "wants", amount_fen=0))
    refuses(NeedAmountUnfit, lambda: say(town, 1, "no_need", reason="无", amount_fen=1))
    refuses(NeedOutsideRound, lambda: say(town, 1, "wants", answered_on=date(2016, 5, 29)))
    refuses(NeedOutsideRound, lambda: say(town, 1, "wants", answered_on=date(2016, 5, 31)))
    with pytest.raises(NotFound), work(town) as session:
        need.answer(session, number="1999", need=Need(1, "wants", DAY), on=town.today, by=REGISTRAR)
    abroad = replace(REGISTRAR, region_scope="431023")
    with pytest.raises(NotFound), work(town) as session:
        need.answer(session, number=ROUND, need=Need(1, "wants", DAY), on=town.today, by=abroad)
    with pytest.raises(NotEntitled), work(town) as session:
        need.open_round(
            session, number="3", from_on=DAY, to_on=date(2016, 7, 1), on=DAY, by=OFFICER
        )


def sheet(tmp_path: Path, *rows: list[str]) -> Path:
    path = tmp_path / "需求.csv"
    titles = ["户编号", "户主", "是否有需求", "原因", "需求金额", "用途", "答复日期"]
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, titles, rows)
    return path


def test_what_is_asked_and_answered_is_booked_on_the_open_day(town: Town) -> None:
    """The close of a day waits for it, and counts it."""
    open_round(town)
    key, late = next(iter(town.households.values())), date(2016, 5, 31)
    one = Need(key, "wants", DAY)
    acts: tuple[Callable[[Session], object], ...] = (
        lambda session: need.open_round(
            session, number="2", from_on=DAY, to_on=late, on=late, by=OFFICE
        ),
        lambda session: need.answer(session, number=ROUND, need=one, on=late, by=REGISTRAR),
        lambda session: need.record(session, number=ROUND, needs=[one], on=late, by=REGISTRAR),
        lambda session: unmet_need.name_lead_bank(
            session, township_code=TOWNSHIP, lender_id=town.lender_id, from_on=DAY, on=late,
            by=OFFICE,
        ),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(DayNotOpen), work(town) as session:
            act(session)


def test_a_sheet_is_read_whole_and_every_fault_is_told(town: Town, tmp_path: Path) -> None:
    open_round(town)
    one, two, three, four, five, *_ = town.households
    path = sheet(
        tmp_path,
        [one, "王二", "有需求", "", "30000.00", "养鸡", "2016-05-30"],
        [two, "王三", "无需求", "", "", "", "2016-05-30"],
        ["XX", "", "有需求", "", "", "", "2016-05-30"],
        [one, "", "有需求", "", "", "", "2016-05-30"],
        [three, "", "也许", "", "", "", "2016-05-30"],
        [four, "", "有需求", "", "多", "", "2016-05-30"],
        [four, "", "有需求", "", "", "", "昨天"],
        [five, "王二", "有需求", "", "", "", "2016-05-30"],
    )
    with town.books.read() as session:
        file = need.read_file(
            session, path, number=ROUND, name="需求.csv", on=town.today, by=REGISTRAR
        )
    assert file.rows == 8
    assert [(fault.line, fault.title, fault.refusal.code) for fault in file.faults] == [
        (3, "原因", "need_reason_missing"),
        (4, "户编号", "need_household_unknown"),
        (5, "户编号", "need_twice_on_sheet"),
        (6, "需求意愿", "need_answer_unknown"),
        (7, "需求金额", "amount_not_numeric"),
        (8, "户编号", "need_twice_on_sheet"),
        (8, "答复日期", "date_malformed"),
        (9, "户主", "need_head_differs"),
    ]

    def take(**more: bool) -> int:
        with work(town) as session:
            return need.record_file(session, file, on=town.today, by=REGISTRAR, **more)

    refuses(NeedSheetHasFaults, take)
    assert take(accept_good=True) == 1
    assert queue(town) == [1]


def test_the_template_names_the_households(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    with town.books.read() as session:
        need.write_template(session, path, on=town.today, digits="431022")
    with open_table(path, {"户编号": "number", "户主": "head"}, needed=["number"]) as table:
        rows = [cells[:2] for _, cells in table]
    assert rows[0] == [next(iter(town.households)), "王二"]
    assert len(rows) == 6


LAST = reads.last_answer_id


def _first_answer_id(round_id: int, _day: date) -> ScalarSelect[int]:
    return (
        select(func.min(NeedAnswer.id))
        .where(NeedAnswer.household_id == Household.id, NeedAnswer.round_id == round_id)
        .correlate(Household)
        .scalar_subquery()
    )


PLANTED = [
    Plant(
        test_who_wants_a_loan_waits_until_money_is_paid_out,
        "loans.unmet_need.has_loan",
        lambda _since: Household.id < 0,
    ),
    Plant(
        test_the_last_answer_of_a_round_holds,
        "households.need.queries.last_answer_id",
        _first_answer_id,
    ),
    Plant(
        test_a_closed_day_knows_what_was_answered_by_then,
        "households.need.queries.last_answer_id",
        lambda round_id, _day: LAST(round_id, date(9999, 1, 1)),
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, town: Town) -> None:
    plant.prove(town=town)
