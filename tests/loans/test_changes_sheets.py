"""Changes on sheets: two people, one hash, exceptions taken out; what is agreed takes effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

import organisations
from households.models import Person
from kernel.identity import credit_check_character
from kernel.refusals import NotFound
from loans.changes.refusals import (
    ChangeKindUnknown,
    ChangeSheetLenders,
    NothingLeftToChange,
    NotOnChangeSheet,
)
from loans.models import ChangeLeftOut, Loan, PlanRow
from loans.refusals import LoanOver, LoanSheetEmpty, RecoveryAboveLoss, SheetRefused
from office.refusals import (
    AlreadyDecided,
    NotEntitled,
    OwnHousehold,
    ProposalChanged,
    ReasonMissing,
    SameMakerAndChecker,
)
from tests.loans.changing import asked, balance, change, decide, dues, propose, settled
from tests.loans.refusing import bent
from tests.loans.town import CHECKER, DIRECTOR, FULL, OFFICE, OFFICER, Town
from tests.planted import Plant

#: a lender's credit code but for its check character
CODE = "91431022MA4L00002"
#: a loan of 12 months signed on 30 May 2016 may be extended to here
LATEST = date(2018, 5, 30)


def lend(town: Town, place: int = 1, **changes: Any) -> str:
    """12 months, 50 000 at 4.35 %."""
    return town.lend(place, **{"term_months": 12, "annual_rate_ppm": 43_500, **changes})


# --- taking effect --------------------------------------------------------------------------------


def test_an_extended_loan_goes_on_and_its_subsidy_ends_where_it_was_signed_to(town: Town) -> None:
    number = lend(town, term_months=3)
    town.close_to(date(2016, 7, 29))
    change(town, "extension", number, matures_on=date(2016, 11, 30))
    town.close_to(date(2016, 8, 31))
    # Neither due nor overdue on the old maturity.
    assert dues(town, number, "principal") == []
    assert town.position(number).grade == 1
    town.close_to(date(2016, 11, 29))
    assert dues(town, number, "principal") == [("2016-11-30", FULL)]
    assert settled(town, number, "interest") == [
        # 22 days: 50 000 x 4.35 % x 22 / 360 = 132.92, all of it the treasury's
        ("2016-05-30", "2016-06-21", 13_292, 13_292),
        # 92 days: 555.83; of the 70 up to 30 August the treasury bears 422.92
        ("2016-06-21", "2016-09-21", 55_583, 42_292),
        # 70 days: 422.92, the household's
        ("2016-09-21", "2016-11-30", 42_292, 0),
    ]


def test_the_subsidy_runs_on_where_its_document_says_so(town: Town) -> None:
    bent(town, subsidy_in_extension=True)
    number = lend(town, term_months=3)
    town.close_to(date(2016, 7, 29))
    change(town, "extension", number, matures_on=date(2016, 11, 30))
    town.close_to(date(2016, 9, 20))
    assert settled(town, number, "interest")[-1] == ("2016-06-21", "2016-09-21", 55_583, 55_583)


def test_a_plan_is_made_anew_up_to_the_new_maturity(town: Town) -> None:
    number = lend(town, term_months=6, method="equal-principal", every_months=2)
    town.close_to(date(2016, 7, 29))
    # The day after is a Saturday; 50 000 / 3 = 16 666.67
    town.pay(number, 1_666_667)
    town.close_to(date(2016, 8, 14))
    change(town, "extension", number, matures_on=date(2017, 3, 30))
    # The broken part: 33 333.33 x 4.35 % x 16 / 360 = 64.44
    assert settled(town, number, "interest")[-1][:3] == ("2016-07-30", "2016-08-15", 6_444)
    with town.books.read() as session:
        rows = session.execute(
            select(PlanRow.due_on, PlanRow.principal_fen)
            .where(PlanRow.version == 2)
            .order_by(PlanRow.nr)
        ).all()
    # The rest in four over the due dates counted from 30 May: 33 333.33 / 4 = 8333.33
    assert [(day.isoformat(), fen) for day, fen in rows] == [
        ("2016-09-30", 833_333),
        ("2016-11-30", 833_333),
        ("2017-01-30", 833_333),
        ("2017-03-30", 833_334),
    ]


def test_another_way_to_repay_counts_from_its_day(town: Town) -> None:
    number = lend(town)
    town.close_to(date(2016, 8, 29))
    change(town, "plan", number, method="equal-principal", every_months=1)
    # Interest up to that day falls due on it: 21 June to 30 August is 70 days: 422.92
    assert settled(town, number, "interest")[-1][:3] == ("2016-06-21", "2016-08-30", 42_292)
    town.close_to(date(2016, 9, 29))
    # Nine months are left: 50 000 / 9 = 5555.56
    assert dues(town, number, "principal") == [("2016-09-30", 555_556)]


def test_a_list_is_one_sheet_and_its_exceptions_are_named(town: Town) -> None:
    numbers = [lend(town, place) for place in (1, 2, 3)]
    rows = [asked(number, matures_on=date(2017, 11, 30)) for number in numbers]
    sheet_id = propose(town, "extension", *rows)
    # By the day of the decision one of them is paid back.
    town.pay(numbers[1], FULL, early=True)
    town.close_to(date(2016, 6, 1))
    assert decide(town, sheet_id, left_out={numbers[2]: "本人改为还清"}) == 1
    maturities = [town.position(number).matures_on for number in numbers]
    assert maturities == [date(2017, 11, 30), date(2017, 5, 30), date(2017, 5, 30)]
    with town.books.read() as session:
        why = session.scalars(select(ChangeLeftOut.reason).order_by(ChangeLeftOut.item_id)).all()
    assert why == [f"合同{numbers[1]}已到期或已结清", "本人改为还清"]


def test_what_is_lost_leaves_the_books_and_may_be_recovered(town: Town) -> None:
    bent(town, interest_bearers=())
    number = lend(town)
    change(town, "grade", number, grade=5)
    town.close_to(date(2016, 6, 29))
    change(town, "write_off", number)
    assert town.position(number).state == "written_off"
    # Interest to 21 June (22 days) 132.92, to 30 June (9 days) 54.38, and on the unpaid 132.92
    # since 21 June compound interest at 6.525 %: 132.92 x 6.525 % x 9 / 360 = 0.22
    lost_fen = FULL + 13_292 + 5_438 + 22
    left = ("loan_principal", "interest_receivable", "penalty_receivable")
    assert [balance(town, kind) for kind in left] == [0, 0, 0]
    assert balance(town, "write_off_loss") == lost_fen
    recovery = town.pay(number, 1_000_000)
    assert balance(town, "write_off_recovery") == -1_000_000
    assert balance(town, "write_off_loss") == lost_fen
    with pytest.raises(RecoveryAboveLoss):
        town.pay(number, lost_fen)
    # Nothing is earned on it any more.
    town.close_to(date(2016, 9, 21))
    assert settled(town, number, "interest")[-1][1] == "2016-06-30"
    assert town.position(number).state == "written_off"
    town.undo_payment(recovery)
    assert balance(town, "write_off_recovery") == 0


def test_people_grade_worse_than_the_rule_until_it_is_lifted(town: Town) -> None:
    number = lend(town)
    change(town, "grade", number, grade=3)
    town.close_to(date(2016, 5, 30))
    assert town.position(number).grade == 3
    town.close_to(date(2016, 6, 30))
    assert town.position(number).grade == 3
    change(town, "grade", number, grade=1)
    town.close_to(date(2016, 7, 1))
    assert town.position(number).grade == 1


# --- two people -----------------------------------------------------------------------------------


def test_who_proposed_it_does_not_decide_it(town: Town) -> None:
    both = replace(OFFICER, roles=frozenset({"loan_officer", "director"}))
    number = lend(town)
    sheet_id = propose(town, "extension", asked(number, matures_on=LATEST), by=both)
    with pytest.raises(SameMakerAndChecker):
        decide(town, sheet_id, by=both)
    with pytest.raises(NotEntitled):
        decide(town, sheet_id, by=CHECKER)
    assert decide(town, sheet_id) == 1
    with pytest.raises(AlreadyDecided):
        decide(town, sheet_id)


def test_an_officer_of_another_county_proposes_nothing(town: Town) -> None:
    number = lend(town)
    stranger = replace(OFFICER, region_scope="431023")
    with pytest.raises(NotEntitled):
        propose(town, "extension", asked(number, matures_on=LATEST), by=stranger)
    with pytest.raises(NotEntitled):
        propose(town, "extension", asked(number, matures_on=LATEST), by=DIRECTOR)


def test_nobody_decides_on_the_loan_of_the_own_household(town: Town) -> None:
    number = lend(town)
    sheet_id = propose(town, "extension", asked(number, matures_on=LATEST))
    with town.books.read() as session:
        from_household = session.scalars(select(Loan.household_id)).one()
        own = _identity_of(session, from_household)
    with pytest.raises(OwnHousehold):
        decide(town, sheet_id, by=replace(DIRECTOR, identity_index=own))


def _identity_of(session: Any, household_id: int | None) -> bytes:
    found: bytes = session.scalars(
        select(Person.identity_index).where(Person.household_id == household_id)
    ).first()
    return found


def test_what_is_decided_is_what_was_proposed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    number = lend(town)
    sheet_id = propose(town, "extension", asked(number, matures_on=LATEST))
    monkeypatch.setattr("loans.changes.items.row_of", lambda item: {**_row(item), "reason": "?"})
    with pytest.raises(ProposalChanged):
        decide(town, sheet_id)


def _row(item: Any) -> dict[str, Any]:
    names = ("loan_id", "value_date", "asked", "reason", "exceptions")
    return {name: getattr(item, name) for name in names}


def test_a_sheet_sent_back_changes_nothing_and_says_why(town: Town) -> None:
    number = lend(town)
    sheet_id = propose(town, "extension", asked(number, matures_on=LATEST))
    with pytest.raises(ReasonMissing):
        decide(town, sheet_id, approved=False)
    assert decide(town, sheet_id, approved=False, reason="资料不全") == 0
    assert town.position(number).matures_on == date(2017, 5, 30)


# --- refused --------------------------------------------------------------------------------------


def test_every_row_that_breaks_a_rule_is_told_at_once(town: Town) -> None:
    good, late = lend(town, 1), lend(town, 2)
    rows = [
        asked(good, matures_on=LATEST),
        asked("XD0", matures_on=LATEST),
        asked(late, matures_on=date(2018, 5, 31)),
        asked(good, matures_on=LATEST),
        asked(late, matures_on=LATEST, reason=" "),
    ]
    with pytest.raises(SheetRefused) as refused:
        propose(town, "extension", *rows)
    assert [(row, refusal.code) for row, refusal in refused.value.rows] == [
        (2, "loan_unknown"),
        (3, "extension_too_long"),
        (4, "loan_twice_on_sheet"),
        (5, "loan_twice_on_sheet"),
        (5, "reason_missing"),
    ]
    with pytest.raises(SheetRefused):
        propose(town, "extension", asked("XD0", matures_on=LATEST))


def test_an_empty_sheet_an_unknown_kind_an_unknown_sheet(town: Town) -> None:
    with pytest.raises(LoanSheetEmpty):
        propose(town, "extension")
    with pytest.raises(ChangeKindUnknown):
        propose(town, "gift", asked("XD0"))
    with pytest.raises(NotFound):
        decide(town, 77)


def test_a_sheet_holds_the_loans_of_one_lender(town: Town) -> None:
    ours = lend(town)
    town.lender_id = _another_lender(town)
    theirs = lend(town, 2)
    rows = [asked(number, matures_on=LATEST) for number in (ours, theirs)]
    with pytest.raises(ChangeSheetLenders):
        propose(town, "extension", *rows)


def _another_lender(town: Town) -> int:
    with town.books.write("organisations.register", by=OFFICE) as session:
        return organisations.register(
            session,
            credit_code=f"{CODE}{credit_check_character(CODE)}",
            name="宜章村镇银行",
            kind=organisations.Kind.LENDER,
            region_code="431022000000",
            regions=town.regions,
            opened_on=date(2010, 1, 1),
            on=town.today,
            by=OFFICE,
        )


def test_only_what_stands_on_a_sheet_is_left_out_and_with_a_reason(town: Town) -> None:
    number = lend(town)
    sheet_id = propose(town, "extension", asked(number, matures_on=LATEST))
    with pytest.raises(NotOnChangeSheet):
        decide(town, sheet_id, left_out={"XD0": "不符"})
    with pytest.raises(ReasonMissing):
        decide(town, sheet_id, left_out={number: " "})
    with pytest.raises(NothingLeftToChange):
        decide(town, sheet_id, left_out={number: "不符"})
    town.pay(number, FULL, early=True)
    with pytest.raises(NothingLeftToChange) as refused:
        decide(town, sheet_id)
    assert "已到期或已结清" in refused.value.message("zh")


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_what_is_decided_is_what_was_proposed,
        "loans.changes.sheets.items.digest",
        lambda _kind, _rows: "0" * 64,
    ),
    Plant(
        test_nobody_decides_on_the_loan_of_the_own_household,
        "loans.changes.sheets.own_index",
        lambda *_a: set(),
    ),
    Plant(
        test_a_list_is_one_sheet_and_its_exceptions_are_named,
        "loans.changes.sheets.broken_rules",
        lambda *_a, **_k: [],
        catches=(LoanOver, AssertionError),
    ),
    Plant(
        test_people_grade_worse_than_the_rule_until_it_is_lifted,
        "loans.changes.taking._sooner",
        lambda column, _on: column,
    ),
]


@pytest.mark.damaged("a planted bug wrote these books")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.prove(town=town, monkeypatch=monkeypatch)
