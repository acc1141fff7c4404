"""What the county decided on paper: a file in, another person's decision, findings."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from households import identification
from households.applying import seal_new_rows
from households.families.refusals import HouseholdClosed
from households.identification.lists import HandedIn
from households.identification.refusals import (
    FoundOtherwiseLater,
    ListRowsUnreadable,
    MonitoredKindDoesNotFit,
    MonitoredKindMissing,
    StatusDoesNotFollow,
    StepNeedsDocument,
)
from households.models import DecidedList, Household, HouseholdStatus, Status
from households.refusals import RegisteredAfterTheDay, StatusAlreadySo
from kernel.refusals import NotFound, Refusal
from kernel.seals import table_of
from kernel.tables import Sheet, write_xlsx
from office.refusals import (
    AlreadyDecided,
    NotEntitled,
    OwnHousehold,
    ReasonMissing,
    SameMakerAndChecker,
)
from tests.households.county import AUDITOR, CLERK, OFFICE, SECOND, THIRD, TODAY, Office, person
from tests.properties.crowd import Crowd

END = date(2016, 12, 20)


def hand_in(office: Office, *places: int, by: Any = OFFICE, **changes: Any) -> HandedIn:
    """Hand in a list of households lifted out, with changes."""
    told: dict[str, Any] = {
        "document": "宜扶办〔2016〕18号",
        "status": Status.LIFTED,
        "from_on": END,
        "rows": office.rows(*places),
        "on": office.today,
    }
    with office.books.write("households.hand_in", by=by) as session:
        return identification.hand_in(session, by=by, **(told | changes))


def decide(office: Office, list_id: int, *, approved: bool = True, by: Any = SECOND,
           reason: str = "") -> int:  # fmt: skip
    with office.books.write("households.decide_list", by=by) as session:
        return identification.decide_list(
            session, list_id=list_id, approved=approved, on=office.today, by=by, reason=reason
        )


def find(office: Office, status: Status, from_on: date, *places: int, **more: Any) -> None:
    """Both steps of a list."""
    one = hand_in(office, *places, status=status, from_on=from_on, **more)
    decide(office, one.list_id)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_file_lifts_its_households_when_another_decides(
    office: Office, tmp_path: Path, suffix: str
) -> None:
    office.found(Status.REGISTERED, Status.FALLEN_BACK, Status.REGISTERED)
    one, two, _three = office.numbers()
    path = tmp_path / f"2016年脱贫名单{suffix}"
    if suffix == ".xlsx":
        write_xlsx(path, [Sheet("名单", ("户编号", "户主"), [[one, "王二"], [two, "王三"]])])
    else:
        path.write_text(f"户编号,户主\n{one},王二\n\n{two},王三\n", encoding="gb18030")
    with office.books.write("households.hand_in", by=OFFICE) as session:
        handed = identification.hand_in_file(
            session, office.keyring, path, document="宜扶办〔2016〕18号", status=Status.LIFTED,
            from_on=END, on=TODAY, by=OFFICE,
        )  # fmt: skip
    assert handed.households == 2
    assert office.findings(1) == []
    assert decide(office, handed.list_id) == 2
    assert [office.findings(place) for place in (1, 2, 3)] == [
        [("lifted", END)], [("lifted", END)], [],
    ]  # fmt: skip
    with office.books.read() as session:
        (line,) = identification.queries.lists(session)
        rows = identification.queries.list_households(session, handed.list_id, digits="431022")
    assert (line.one.document, line.decision, line.one.attachment_id is None) == (
        "宜扶办〔2016〕18号", "approved", False,
    )  # fmt: skip
    assert [number for _line, number, _village in rows] == [one, two]


def test_who_hands_in_does_not_decide_and_nobody_decides_twice(office: Office) -> None:
    office.found(Status.REGISTERED, Status.REGISTERED)
    handed = hand_in(office, 1)
    with pytest.raises(SameMakerAndChecker):
        decide(office, handed.list_id, by=OFFICE)
    with pytest.raises(NotEntitled):
        decide(office, handed.list_id, by=CLERK)
    with pytest.raises(NotEntitled):
        decide(office, handed.list_id, by=AUDITOR)
    with pytest.raises(NotFound):
        decide(office, 99)
    decide(office, handed.list_id)
    with pytest.raises(AlreadyDecided):
        decide(office, handed.list_id, by=THIRD)


def test_a_list_that_is_turned_down_writes_nothing(office: Office) -> None:
    office.found(Status.REGISTERED)
    handed = hand_in(office, 1)
    with pytest.raises(ReasonMissing):
        decide(office, handed.list_id, approved=False)
    assert decide(office, handed.list_id, approved=False, reason="名单未公示") == 0
    assert office.findings() == []


def test_nobody_decides_about_their_own_household(office: Office) -> None:
    office.found(Status.REGISTERED)
    handed = hand_in(office, 1)
    kin = dataclasses.replace(SECOND, identity_index=office.member(1))
    with pytest.raises(OwnHousehold):
        decide(office, handed.list_id, by=kin)


@pytest.mark.parametrize(
    ("standing", "status", "more", "rule"),
    [
        (Status.REGISTERED, Status.REGISTERED, {}, StatusAlreadySo),
        (Status.LIFTED, Status.LIFTED, {}, StatusAlreadySo),
        (None, Status.LIFTED, {}, StatusDoesNotFollow),
        (Status.REMOVED, Status.LIFTED, {}, StatusDoesNotFollow),
        (Status.REGISTERED, Status.FALLEN_BACK, {}, StatusDoesNotFollow),
        (Status.LIFTED, Status.REGISTERED, {}, StatusDoesNotFollow),
        (None, Status.REMOVED, {}, StatusDoesNotFollow),
        (Status.LIFTED, Status.RISK_REMOVED, {}, StatusDoesNotFollow),
        (Status.MONITORED, Status.MONITORED, {"monitored_kind": "sudden"}, StatusAlreadySo),
        (Status.NEEDS_HELP, Status.NEEDS_HELP, {}, StatusAlreadySo),
        (Status.REGISTERED, Status.MONITORED, {"monitored_kind": "edge"}, StatusDoesNotFollow),
        (Status.LIFTED, Status.MONITORED, {"monitored_kind": "edge"}, MonitoredKindDoesNotFit),
        (Status.LIFTED, Status.MONITORED, {}, MonitoredKindMissing),
        (Status.REGISTERED, Status.LIFTED, {"monitored_kind": "edge"}, MonitoredKindMissing),
        (Status.REGISTERED, Status.LIFTED, {"document": " "}, StepNeedsDocument),
        (Status.REGISTERED, Status.LIFTED, {"from_on": date(2016, 12, 31)}, RegisteredAfterTheDay),
        (Status.REGISTERED, Status.LIFTED, {"from_on": date(2013, 12, 31)}, StatusDoesNotFollow),
        (Status.REGISTERED, Status.LIFTED, {"round_id": 3}, NotFound),
        (Status.REGISTERED, Status.LIFTED, {"by": CLERK}, NotEntitled),
        (Status.REGISTERED, Status.LIFTED, {"by": person(40, "poverty_office", "431022100")},
         NotEntitled),
    ],
)  # fmt: skip
def test_lists_that_cannot_be(
    office: Office,
    standing: Status | None,
    status: Status,
    more: dict[str, Any],
    rule: type[Refusal],
) -> None:
    office.found(standing)
    with pytest.raises(rule):
        hand_in(office, status=status, **more)
    with office.books.read() as session:
        assert session.scalar(select(func.count()).select_from(DecidedList)) == 0


def test_every_turn_of_a_household_s_life(office: Office) -> None:
    """Registered 2014, lifted, fallen back, lifted, watched, risk removed, removed, readmitted."""
    office.found(Status.REGISTERED)
    turns = [
        (Status.LIFTED, {}), (Status.FALLEN_BACK, {}), (Status.LIFTED, {}),
        (Status.MONITORED, {"monitored_kind": "unstable"}), (Status.RISK_REMOVED, {}),
        (Status.NEEDS_HELP, {}), (Status.REMOVED, {}), (Status.REGISTERED, {}),
    ]  # fmt: skip
    for place, (status, more) in enumerate(turns):
        find(office, status, date(2016, 1, 1) + timedelta(days=place), **more)
    assert [status for status, _day in office.findings()] == [turn[0] for turn in turns]


def test_what_happened_between_handing_in_and_deciding_counts(office: Office) -> None:
    office.found(Status.REGISTERED)
    first, second = hand_in(office, 1), hand_in(office, 1)
    decide(office, first.list_id)
    with pytest.raises(StatusAlreadySo):
        decide(office, second.list_id)
    assert office.findings() == [("lifted", END)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",,1,2,3,通过", "没有户编号"),
        ("H1,,1,2,x,", "整数"),
        ("H1,,1,,,", "整数"),
        ("H1,,,,,也许", "通过 或 不通过"),
        (f"H1,{'长' * 201},,,,", "超过200个字"),
    ],
)
def test_lines_that_cannot_be_taken(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(f"户编号,说明,同意,反对,弃权,结果\n{line}\n", encoding="utf-8")
    with pytest.raises(ListRowsUnreadable, match="1 lines") as refused:
        identification.read_sheet(path)
    assert said in refused.value.message("zh")


BENEATH = [
    (Status.LIFTED, Status.REMOVED, date(2016, 6, 1)),
    (Status.LIFTED, Status.LIFTED, date(2015, 12, 20)),
    (Status.REMOVED, Status.LIFTED, date(2015, 12, 20)),
]


@pytest.mark.parametrize(("stands", "status", "from_on"), BENEATH)
def test_no_finding_goes_in_beneath_a_later_one(
    office: Office, stands: Status, status: Status, from_on: date
) -> None:
    """Lifted from 2016-12-20, it was not removed in June, nor lifted a year before as well."""
    office.found(Status.REGISTERED)
    find(office, stands, END, 1)
    with pytest.raises(FoundOtherwiseLater) as refused:
        find(office, status, from_on, 1)
    assert "2016-12-20" in refused.value.message("zh")
    find(office, Status.NEEDS_HELP, from_on, 1)
    assert set(office.findings()) == {("needs_help", from_on), (stands, END)}


def test_nothing_is_registered_before_it_was(office: Office) -> None:
    office.found(Status.REGISTERED)
    with pytest.raises(FoundOtherwiseLater):
        find(office, Status.REGISTERED, date(2013, 6, 1), 1)


def test_nothing_is_found_of_a_household_that_is_no_more(office: Office) -> None:
    office.found(Status.REGISTERED, Status.REGISTERED)
    key = office.ids[office.numbers(1)[0]]
    with office.books.write("households.family", by=CLERK) as session:
        session.add(
            HouseholdStatus(
                household_id=key, status=Status.CLOSED, from_on=date(2016, 5, 1),
                booked_on=TODAY, reason="迁出",
            )
        )  # fmt: skip
    for status in (Status.REGISTERED, Status.NEEDS_HELP):
        with pytest.raises(HouseholdClosed):
            find(office, status, END, 1, 2)


@pytest.mark.slow
def test_of_two_lists_at_once_one_is_decided(office: Office) -> None:
    """Eight lists lift one household, each from another day, before anybody decides."""
    office.found(Status.REGISTERED)
    lists = [hand_in(office, 1, from_on=date(2016, 12, day)).list_id for day in range(1, 9)]
    crowd = Crowd([partial(decide, office, one) for one in lists])
    # The later days may follow on the earlier ones no more than the other way round.
    assert len(crowd.answers) == 1
    assert set(crowd.refused) <= {"status_already_so", "found_otherwise_later"}
    assert [status for status, _day in office.findings()] == ["lifted"]


def test_a_list_of_thousands_takes_few_statements(office: Office) -> None:
    office.found()
    with office.books.write("households.import", by=office.system) as session:
        table = table_of(Household)
        session.execute(
            insert(table),
            [{"number": f"N{i}", "village_code": "431022100201"} for i in range(5000)],
        )
        ids = session.scalars(select(Household.id).order_by(Household.id)).all()
        seal_new_rows(session, TODAY)
        session.execute(
            insert(table_of(HouseholdStatus)),
            [
                {
                    "household_id": i, "status": "registered", "from_on": date(2014, 1, 1),
                    "booked_on": TODAY, "reason": "建档立卡",
                }
                for i in ids
            ],
        )  # fmt: skip
    seen: list[str] = []
    event.listen(
        office.books.engine, "before_cursor_execute",
        lambda _c, _cursor, statement, *_: seen.append(statement),
    )  # fmt: skip
    rows = identification.of_numbers(f"N{i}" for i in range(5000))
    handed = hand_in(office, rows=rows)
    assert decide(office, handed.list_id) == 5000
    # Ten pieces of five hundred are read and ten are written; the findings are one statement.
    assert sum("household_statuses" in one and one.startswith("INSERT") for one in seen) == 1
    assert len(seen) < 60
