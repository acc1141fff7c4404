"""The register on any day: who counts, who moved, who is found, what a card shows."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from households import Status, card, families, queries
from households.families.refusals import FamilyEventAhead
from households.models import Person
from households.refusals import PersonLeftAlready
from kernel.refusals import NotFound
from kernel.regions import RegionTree
from kernel.vault import Keyring
from tests.households.conftest import DAY, Desk
from tests.households.registers import VILLAGE_CODE, family, head, identity, member
from tests.register import find_household

HERE = "431022"


def household_id(desk: Desk, number: str) -> int:
    with desk.office.books.read() as session:
        return queries.by_number(session, number, digits=HERE).id


def find(desk: Desk, number: str, status: Status, from_on: date) -> None:
    key = household_id(desk, number)
    with desk.office.books.write("households.county_decide", by=desk.by) as session:
        find_household(session, key, status, from_on, on=DAY)


def counted(desk: Desk, on: date) -> tuple[int, int]:
    with desk.office.books.read() as session:
        found = queries.counts_by_village(session, digits=HERE, on=on)
    assert [count.village_code for count in found] in ([], [VILLAGE_CODE])
    return sum(c.households for c in found), sum(c.persons for c in found)


def test_registered_on_a_day_is_ever_registered_and_not_removed(desk: Desk) -> None:
    desk.bring([*family("A1", 1), *family("A2", 3, registered_on="2015-01-01"),
                *family("A3", 5, kind="其他农户", registered_on="")])  # fmt: skip
    find(desk, "A1", Status.LIFTED, date(2016, 12, 31))
    find(desk, "A2", Status.REMOVED, date(2016, 6, 1))
    # the day before, the day of, later: A3 was never registered, A1 stays when lifted out
    assert counted(desk, date(2014, 5, 31)) == (0, 0)
    assert counted(desk, date(2014, 6, 1)) == (1, 2)
    assert counted(desk, date(2015, 1, 1)) == (2, 4)
    assert counted(desk, date(2016, 5, 31)) == (2, 4)
    assert counted(desk, date(2016, 6, 1)) == (1, 2)
    assert counted(desk, date(2017, 1, 3)) == (1, 2)
    find(desk, "A2", Status.REGISTERED, date(2016, 9, 1))
    assert counted(desk, date(2016, 9, 1)) == (2, 4)


def test_what_a_household_is_to_a_policy_goes_by_the_day(desk: Desk) -> None:
    desk.bring(family("A1", 1))
    find(desk, "A1", Status.LIFTED, date(2015, 12, 31))
    find(desk, "A1", Status.FALLEN_BACK, date(2016, 6, 30))
    key = household_id(desk, "A1")
    with desk.office.books.read() as session:
        kinds = [
            queries.policy_kind(session, key, on=day)
            for day in (date(2014, 5, 31), date(2014, 6, 1), date(2015, 12, 31), date(2016, 6, 30))
        ]
    assert kinds == ["general", "registered", "lifted", "registered"]


def test_a_person_leaves_once_and_counts_to_the_day_before(desk: Desk) -> None:
    desk.bring(family("A1", 1))
    with desk.office.books.read() as session:
        wife = session.scalars(select(Person.id).where(Person.relation == "配偶")).one()

    def leave(on: date) -> None:
        with desk.office.books.write("households.change", by=desk.by) as session:
            families.depart(
                session,
                kind=families.EventKind.MARRIAGE_OUT,
                household_id=household_id(desk, "A1"),
                person_ids=[wife],
                told=families.Told(on, reason="婚嫁"),
                on=DAY,
                by=desk.by,
            )

    with pytest.raises(FamilyEventAhead):
        leave(date(2017, 1, 4))
    leave(date(2016, 5, 1))
    assert counted(desk, date(2016, 4, 30)) == (1, 2)
    assert counted(desk, date(2016, 5, 1)) == (1, 1)
    with pytest.raises(PersonLeftAlready):
        leave(date(2016, 5, 1))
    with desk.office.books.read() as session:
        moved = queries.movements(session, digits=HERE, on=date(2016, 5, 1))
        assert (moved.statuses, moved.joined, moved.left) == ({}, 0, 1)
        start = queries.movements(session, digits=HERE, on=date(2014, 6, 1))
        assert (start.statuses, start.joined, start.left) == ({"registered": 1}, 2, 0)


def test_people_are_found_by_name_pinyin_and_number_in_scope_only(
    desk: Desk, keyring: Keyring
) -> None:
    desk.bring([head("A1", "曾小山", 1), member("A1", "欧阳秀", 2)])
    index = keyring.blind_index(identity(2), kind="identity")
    with desk.office.books.read() as session:
        for text in ("曾小", "zengxiao", "zxs", " 曾 小山"):
            ((person, household),) = queries.by_name(session, text, digits=HERE, on=DAY)
            assert (person.name, household.number) == ("曾小山", "A1")
        assert queries.by_name(session, "zeng", digits="431023", on=DAY) == []
        assert queries.by_name(session, "%", digits=HERE, on=DAY) == []
        assert queries.by_name(session, "", digits=HERE, on=DAY) == []
        assert [p.name for p in queries.by_identity(session, index, digits=HERE)] == ["欧阳秀"]
        assert queries.by_identity(session, index, digits="431023") == []
        assert queries.by_number(session, " a1 ", digits=HERE).number == "A1"
        with pytest.raises(NotFound):
            queries.by_number(session, "A1", digits="431022102")


def test_a_card_shows_the_household_and_no_secret(
    desk: Desk, regions: RegionTree, keyring: Keyring
) -> None:
    desk.bring(
        family("A1", 1, phone="13812345678", bank_account="6222020200012345670", cause="因病")
    )
    key = household_id(desk, "A1")
    with desk.office.books.read() as session:
        shown = card.card(session, key, on=DAY, digits=HERE, regions=regions, keyring=keyring)
        assert (shown.village, shown.status) == ("白石渡镇高龙桥村", "建档立卡")
        assert (shown.phone, shown.bank_account) == ("138******78", "***************5670")
        assert shown.answers["人均纯收入"] == "2800.00"
        assert shown.answers["主要致贫原因"] == "因病"
        assert shown.members[0].identity == "4***************" + identity(1)[-2:]
        assert [m.relation for m in shown.members] == ["户主", "配偶"]
        assert card.notice_name(queries.head(session, key, on=DAY)) == "张**"
        with pytest.raises(NotFound):
            card.card(session, key, on=DAY, digits="4301", regions=regions, keyring=keyring)
    text = repr(shown)
    for secret in (identity(1), identity(2), "13812345678", "6222020200012345670"):
        assert secret not in text
