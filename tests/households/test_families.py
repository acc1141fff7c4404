"""Families live: who comes, who goes, who heads, what splits and merges, a right number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from households import Status, families, family_lines, queries
from households.families import EventKind, Newcomer, Successor, Told, checks
from households.families.refusals import (
    FamilyEventAhead,
    FindingAfterTheEvent,
    HeadHasOneRelation,
    HeadNeedsSuccessor,
    HeadUnchanged,
    HouseholdClosed,
    HouseholdNumberTaken,
    IdentityTaken,
    IdentityUnchanged,
    MemberNamedTwice,
    MergesWithItself,
    NewbornTooOld,
    NobodyGoes,
    NobodyStays,
    NotAMember,
    OwnLimitAsked,
    OwnLimitUnfounded,
    RelationMissing,
    SharesNoCaps,
)
from households.models import HouseholdStatus, Person
from households.models.families import FamilyEvent, FamilyLine
from households.refusals import (
    BornAfterTheDay,
    IdentityWasCorrected,
    PersonInAnotherHousehold,
)
from households.slips import SlipUnknown, issue, look_up
from kernel.actor import Actor
from kernel.refusals import Refusal
from ledger.refusals import DayNotOpen
from office.refusals import NotEntitled, OwnHousehold, SameMakerAndChecker
from tests.conftest import NOON
from tests.households.conftest import DAY, Desk
from tests.households.registers import VILLAGE_CODE, family, head, identity, member
from tests.planted import Plant

OFFICE = Actor(8, "fupinban", frozenset({"poverty_office"}), "431022")


@dataclass
class Village:
    """Households A1 (Zhang, Li, their son), A2 and A3 (couples), and the verbs a test speaks."""

    desk: Desk

    @contextmanager
    def work(self, by: Actor | None = None) -> Iterator[Session]:
        with self.desk.office.books.write("households.family", by=by or self.desk.by) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Session]:
        with self.desk.office.books.read() as session:
            yield session

    def id(self, number: str) -> int:
        with self.look() as session:
            return queries.by_number(session, number, digits="431022").id

    def people(self, number: str) -> dict[str, int]:
        """Name -> row, of who is in a household now."""
        key = self.id(number)
        with self.look() as session:
            rows = session.execute(
                select(Person.name, Person.id).where(
                    Person.household_id == key, Person.left_on.is_(None)
                )
            )
            return {row.name: row.id for row in rows}

    def relations(self, number: str) -> dict[str, str]:
        key = self.id(number)
        with self.look() as session:
            rows = session.execute(
                select(Person.name, Person.relation, Person.is_head).where(
                    Person.household_id == key, Person.left_on.is_(None)
                )
            ).all()
        assert all((row.relation == "户主") == row.is_head for row in rows)
        return {row.name: row.relation for row in rows}

    def findings(self, number: str) -> list[tuple[str, date]]:
        key = self.id(number)
        with self.look() as session:
            return [(row.status, row.from_on) for row in queries.statuses(session, key)]

    def found(self, number: str, status: Status, from_on: date) -> None:
        key = self.id(number)
        with self.work() as session:
            session.add(
                HouseholdStatus(
                    household_id=key, status=status, from_on=from_on, booked_on=DAY, reason="公告"
                )
            )

    def arrive(self, kind: EventKind, number: str, *newcomers: Newcomer, on: date = DAY) -> int:
        key = self.id(number)
        with self.work() as session:
            return families.arrive(
                session,
                kind=kind,
                household_id=key,
                newcomers=newcomers,
                told=Told(on, "户籍证明", "登记"),
                keyring=self.desk.office.keyring,
                on=DAY,
                by=self.desk.by,
            )

    def depart(
        self,
        kind: EventKind,
        number: str,
        *names: str,
        on: date = DAY,
        successor: Successor | None = None,
    ) -> int:
        key, people = self.id(number), self.people(number)
        with self.work() as session:
            return families.depart(
                session,
                kind=kind,
                household_id=key,
                person_ids=[people[name] for name in names],
                told=Told(on),
                on=DAY,
                by=self.desk.by,
                successor=successor,
            )

    def split(
        self,
        number: str,
        new: str,
        members: dict[str, str],
        on: date = DAY,
        successor: Successor | None = None,
        by: Actor | None = None,
    ) -> int:
        key, people = self.id(number), self.people(number)
        with self.work(by) as session:
            return families.split(
                session,
                household_id=key,
                number=new,
                members={people[name]: relation for name, relation in members.items()},
                told=Told(on, reason="成家"),
                on=DAY,
                by=by or self.desk.by,
                successor=successor,
            )

    def merge(self, number: str, into: str, relations: dict[str, str], on: date = DAY) -> int:
        key, goes_on, people = self.id(number), self.id(into), self.people(number)
        with self.work() as session:
            return families.merge(
                session,
                household_id=key,
                into_id=goes_on,
                relations={people[name]: relation for name, relation in relations.items()},
                told=Told(on),
                on=DAY,
                by=self.desk.by,
            )

    def correct(self, person_id: int, number: str) -> int:
        with self.work() as session:
            return families.correct_identity(
                session,
                person_id=person_id,
                number=number,
                told=Told(DAY, "公安户籍证明"),
                keyring=self.desk.office.keyring,
                on=DAY,
                by=self.desk.by,
            )

    def ask_own_limit(self, number: str, by: Actor | None = None, **more: str) -> families.Asked:
        words = {"reason": "婚后独立生产生活", "document": "村委会证明3号"} | more
        key = self.id(number)
        with self.work() as session:
            return families.propose_own_limit(
                session, household_id=key, on=DAY, by=by or self.desk.by, **words
            )

    def decide(self, asked: families.Asked, by: Actor = OFFICE, *, approved: bool = True) -> None:
        with self.work(by) as session:
            families.decide_own_limit(
                session,
                proposal_id=asked.proposal_id,
                approved=approved,
                reason="" if approved else "未独立生产",
                on=DAY,
                by=by,
            )

    def group(self, number: str) -> set[str]:
        """Numbers of those that share a household's caps."""
        key = self.id(number)
        with self.look() as session:
            ids = families.cap_group(session, key)
            return {queries.get(session, one, digits="431022").number for one in ids}

    def refuses(self, refusal: type[Refusal], act: Callable[[], Any]) -> Refusal:
        with pytest.raises(refusal) as caught:
            act()
        assert caught.value.field
        for language in ("zh", "en"):
            assert "{" not in caught.value.message(language)
        return caught.value


@pytest.fixture
def village(desk: Desk) -> Village:
    """Three households, imported."""
    rows = [
        *family("A1", 1),
        member("A1", "张小山", 11, "儿子"),
        *family("A2", 3),
        *family("A3", 5, kind="其他农户", registered_on=""),
    ]
    report = desk.bring(rows)
    assert report.state == "applied"
    return Village(desk)


# --- who comes ------------------------------------------------------------------------------------


def test_a_child_is_born_into_the_household(village: Village) -> None:
    born = date(2017, 1, 1)
    village.arrive(
        EventKind.BIRTH, "A1", Newcomer("张小花", identity(22, "20170101"), "女儿"), on=born
    )
    assert village.relations("A1")["张小花"] == "女儿"
    with village.look() as session:
        child = session.scalars(select(Person).where(Person.name == "张小花")).one()
        assert (child.joined_on, child.sex, child.pinyin) == (born, "female", "zhangxiaohua")
        ((event),) = session.scalars(select(FamilyEvent)).all()
        assert (event.kind, event.happened_on, event.booked_on) == ("birth", born, DAY)
        assert event.document == "户籍证明"


def test_who_marries_in_brings_what_the_register_knew(village: Village) -> None:
    """She leaves A2 and comes into A1: two events, one person, her answers go with her."""
    wife = Newcomer("李秀英", identity(4), "儿媳", {"schooling": "高中"})
    village.refuses(
        PersonInAnotherHousehold, lambda: village.arrive(EventKind.MARRIAGE_IN, "A1", wife)
    )
    village.depart(EventKind.MARRIAGE_OUT, "A2", "李秀英", on=date(2017, 1, 2))
    village.arrive(EventKind.MARRIAGE_IN, "A1", wife, on=date(2017, 1, 2))
    with village.look() as session:
        rows = session.scalars(
            select(Person).where(Person.name == "李秀英", Person.left_on.is_(None))
        ).all()
        mine = next(one for one in rows if one.relation == "儿媳")
        assert mine.schooling == "高中"
        # a marriage joins no caps: she brings no loan
        assert session.scalars(select(FamilyLine)).all() == []


def test_who_comes_is_told_rightly(village: Village) -> None:
    newborn = Newcomer("张小花", identity(22, "20170101"), "女儿")
    arrive = village.arrive
    village.refuses(NewbornTooOld, lambda: arrive(EventKind.BIRTH, "A1", newborn))
    village.refuses(
        BornAfterTheDay, lambda: arrive(EventKind.BIRTH, "A1", newborn, on=date(2016, 12, 31))
    )
    village.refuses(
        FamilyEventAhead, lambda: arrive(EventKind.BIRTH, "A1", newborn, on=date(2017, 1, 4))
    )
    village.refuses(NobodyGoes, lambda: arrive(EventKind.MOVED_IN, "A1"))
    second_head = replace(newborn, relation="户主")
    village.refuses(HeadHasOneRelation, lambda: arrive(EventKind.MOVED_IN, "A1", second_head))
    with pytest.raises(ValueError, match="nobody comes by"):
        arrive(EventKind.DEATH, "A1", newborn)
    with pytest.raises(ValueError, match="nobody goes by"):
        village.depart(EventKind.BIRTH, "A1", "张大山")


def test_an_event_is_booked_on_the_open_day(village: Village) -> None:
    """The close of a day waits for it, and counts it; on another day nothing is recorded."""
    key, people = village.id("A1"), village.people("A1")
    with pytest.raises(DayNotOpen), village.work() as session:
        families.depart(
            session,
            kind=EventKind.MOVED_AWAY,
            household_id=key,
            person_ids=[people["张小山"]],
            told=Told(DAY),
            on=date(2017, 1, 4),
            by=village.desk.by,
        )
    asked: dict[str, Any] = {
        "household_id": key,
        "reason": "成家",
        "document": "证明",
        "on": date(2017, 1, 4),
    }
    with pytest.raises(DayNotOpen), village.work() as session:
        families.propose_own_limit(session, by=village.desk.by, **asked)


# --- who goes, who heads --------------------------------------------------------------------------


def test_the_head_dies_and_somebody_comes_after(village: Village) -> None:
    people = village.people("A1")
    wife, son = people["李秀英"], people["张小山"]
    village.refuses(HeadNeedsSuccessor, lambda: village.depart(EventKind.DEATH, "A1", "张大山"))
    village.refuses(
        RelationMissing,
        lambda: village.depart(EventKind.DEATH, "A1", "张大山", successor=Successor(wife)),
    )
    village.refuses(
        HeadHasOneRelation,
        lambda: village.depart(
            EventKind.DEATH, "A1", "张大山", successor=Successor(wife, {son: "户主"})
        ),
    )
    village.depart(EventKind.DEATH, "A1", "张大山", successor=Successor(wife, {son: "儿子"}))
    assert village.relations("A1") == {"李秀英": "户主", "张小山": "儿子"}
    with village.look() as session:
        kinds = list(session.scalars(select(FamilyEvent.kind).order_by(FamilyEvent.id)))
        assert kinds == ["death", "new_head"]
        assert queries.head(session, village.id("A1"), on=DAY).name == "李秀英"


def test_who_is_not_the_head_goes_without_more(village: Village) -> None:
    village.depart(EventKind.MOVED_AWAY, "A1", "张小山", "李秀英")
    assert village.relations("A1") == {"张大山": "户主"}


def test_the_last_one_takes_the_household_along(village: Village) -> None:
    assert village.findings("A2") == [("registered", date(2014, 6, 1))]
    village.depart(EventKind.MOVED_AWAY, "A2", "张大山", "李秀英")
    assert village.findings("A2")[-1] == ("closed", DAY)
    key = village.id("A2")
    with village.look() as session:
        assert not queries.registered(session, key, on=DAY)
        assert queries.registered(session, key, on=date(2017, 1, 2))
        assert queries.policy_kind(session, key, on=DAY) == "general"
    newborn = Newcomer("张小花", identity(22, "20170101"), "女儿")
    village.refuses(HouseholdClosed, lambda: village.arrive(EventKind.MOVED_IN, "A2", newborn))


def test_the_head_changes_while_all_stay(village: Village) -> None:
    people = village.people("A1")

    def crown(successor: Successor) -> None:
        key = village.id("A1")
        with village.work() as session:
            families.new_head(
                session, household_id=key, successor=successor, told=Told(DAY), on=DAY,
                by=village.desk.by,
            )  # fmt: skip

    village.refuses(HeadUnchanged, lambda: crown(Successor(people["张大山"])))
    village.refuses(NotAMember, lambda: crown(Successor(9_999)))
    crown(Successor(people["张小山"], {people["张大山"]: "父亲", people["李秀英"]: "母亲"}))
    assert village.relations("A1") == {"张小山": "户主", "张大山": "父亲", "李秀英": "母亲"}


def test_only_who_is_there_on_the_day_goes(village: Village) -> None:
    key, people = village.id("A1"), village.people("A1")
    stranger = village.people("A2")["李秀英"]

    def go(*ids: int, on: date = DAY) -> None:
        with village.work() as session:
            families.depart(
                session, kind=EventKind.MOVED_AWAY, household_id=key, person_ids=ids,
                told=Told(on), on=DAY, by=village.desk.by,
            )  # fmt: skip

    village.refuses(NobodyGoes, go)
    village.refuses(NotAMember, lambda: go(stranger))
    village.refuses(MemberNamedTwice, lambda: go(people["张小山"], people["张小山"]))
    early = village.refuses(FamilyEventAhead, lambda: go(people["张小山"], on=date(2014, 5, 31)))
    assert early.facts["earliest"] == date(2014, 6, 1)


# --- splitting ------------------------------------------------------------------------------------


def test_a_son_has_a_household_of_his_own(village: Village) -> None:
    village.found("A1", Status.LIFTED, date(2016, 12, 31))
    village.found("A1", Status.MONITORED, date(2017, 1, 1))
    village.split("A1", "b1", {"张小山": "户主"})
    assert village.relations("A1") == {"张大山": "户主", "李秀英": "配偶"}
    assert village.relations("B1") == {"张小山": "户主"}
    # what the old one was found to be, from the day of the split: lifted, and watched beside it
    assert village.findings("B1") == [("lifted", DAY), ("monitored", DAY)]
    with village.look() as session:
        new = queries.by_number(session, "B1", digits="431022")
        assert new.village_code == VILLAGE_CODE
        assert (new.bank_account_sealed, new.phone_sealed) == (None, None)
        assert queries.policy_kind(session, new.id, on=DAY) == "monitored"
    assert village.group("A1") == village.group("B1") == {"A1", "B1"}
    assert village.group("A2") == {"A2"}


def test_a_split_leaves_and_takes_somebody(village: Village) -> None:
    split = village.split
    village.refuses(NobodyGoes, lambda: split("A1", "B1", {}))
    village.refuses(
        NobodyStays,
        lambda: split("A1", "B1", {"张大山": "户主", "李秀英": "配偶", "张小山": "儿子"}),
    )
    village.refuses(HeadHasOneRelation, lambda: split("A1", "B1", {"张小山": "儿子"}))
    village.refuses(RelationMissing, lambda: split("A1", "B1", {"张小山": " "}))
    village.refuses(HouseholdNumberTaken, lambda: split("A1", "A2", {"张小山": "户主"}))
    village.refuses(HeadNeedsSuccessor, lambda: split("A1", "B1", {"张大山": "户主"}))
    village.found("A1", Status.LIFTED, date(2017, 1, 2))
    later = village.refuses(
        FindingAfterTheEvent,
        lambda: split("A1", "B1", {"张小山": "户主"}, on=date(2017, 1, 1)),
    )
    assert later.facts["status"] == "脱贫"
    with pytest.raises(NotEntitled):
        split("A1", "B1", {"张小山": "户主"}, by=OFFICE)


def test_the_head_may_be_the_one_who_goes(village: Village) -> None:
    people = village.people("A1")
    after = Successor(people["李秀英"], {people["张小山"]: "儿子"})
    village.split("A1", "B1", {"张大山": "户主"}, successor=after)
    assert village.relations("A1") == {"李秀英": "户主", "张小山": "儿子"}
    assert village.relations("B1") == {"张大山": "户主"}


def test_a_file_is_no_way_round(village: Village) -> None:
    """The register comes in anew, and the son stands in a household of his own."""
    rows = [*family("A1", 1), head("B1", "张小山", 11), *family("A2", 3)]
    assert village.desk.bring(rows).state == "applied"
    assert village.relations("B1") == {"张小山": "户主"}
    assert village.group("B1") == {"A1", "B1"}
    assert village.group("A2") == {"A2"}


# --- one family line ------------------------------------------------------------------------------


def test_a_line_is_shared_along_splits_and_mergers(village: Village) -> None:
    """A1 -> B1 -> C1 by splits; A2 is merged into B1: one line of four."""
    people = village.people("A1")
    after = Successor(people["李秀英"])
    village.arrive(EventKind.MOVED_IN, "A1", Newcomer("张小妹", identity(24), "女儿"))
    people = village.people("A1")
    after = Successor(people["李秀英"])
    village.split(
        "A1", "B1", {"张大山": "户主", "张小山": "儿子", "张小妹": "女儿"}, successor=after
    )
    village.split("B1", "C1", {"张小妹": "户主"})
    assert village.group("C1") == {"A1", "B1", "C1"}
    village.merge("A2", "B1", {"张大山": "兄弟", "李秀英": "弟媳"})
    assert village.group("A2") == village.group("A1") == {"A1", "A2", "B1", "C1"}
    # B1 gets limits of its own from A1: what hangs on B1 stays with it
    village.decide(village.ask_own_limit("B1"))
    assert village.group("A1") == {"A1"}
    assert village.group("A2") == village.group("C1") == {"A2", "B1", "C1"}
    with village.look() as session:
        lines_now = {row.line_id for row in session.scalars(select(FamilyLine))}
    # kin they stay
    assert lines_now == {village.id("A1")}


@pytest.mark.parametrize("released", [False, True])
def test_a_son_takes_the_household_he_came_from_in_again(village: Village, released: bool) -> None:
    """A11 splits off from A1, perhaps with limits of its own; then A1 is merged into it."""
    village.split("A1", "A11", {"张小山": "户主"})
    if released:
        village.decide(village.ask_own_limit("A11"))
    village.merge("A1", "A11", {"张大山": "父亲", "李秀英": "母亲"})
    assert village.relations("A11") == {"张小山": "户主", "张大山": "父亲", "李秀英": "母亲"}
    assert village.group("A11") == village.group("A1") == {"A1", "A11"}
    with village.look() as session:
        assert family_lines.with_merged(session, village.id("A11")) == [
            village.id("A11"), village.id("A1"),
        ]  # fmt: skip
        assert list(checks.check(session)) == []


def test_own_limits_take_a_second_person_who_is_no_kin(village: Village) -> None:
    village.refuses(SharesNoCaps, lambda: village.ask_own_limit("A1"))
    village.split("A1", "B1", {"张小山": "户主"})
    village.refuses(SharesNoCaps, lambda: village.ask_own_limit("A1"))
    village.refuses(OwnLimitUnfounded, lambda: village.ask_own_limit("B1", reason=" "))
    village.refuses(OwnLimitUnfounded, lambda: village.ask_own_limit("B1", document=""))
    asked = village.ask_own_limit("B1")
    village.refuses(OwnLimitAsked, lambda: village.ask_own_limit("B1"))
    with pytest.raises(NotEntitled):
        village.decide(asked, village.desk.by)
    both = replace(village.desk.by, roles=frozenset({"registrar", "poverty_office"}))
    with pytest.raises(SameMakerAndChecker):
        village.decide(asked, both)
    index = village.desk.office.keyring.blind_index(identity(1), kind="identity")
    with pytest.raises(OwnHousehold):
        # the old household's head, for the household of his son
        village.decide(asked, replace(OFFICE, identity_index=index))
    village.decide(asked, approved=False)
    assert village.group("B1") == {"A1", "B1"}
    village.decide(village.ask_own_limit("B1"))
    assert village.group("B1") == {"B1"}
    village.refuses(SharesNoCaps, lambda: village.ask_own_limit("B1"))


def test_kin_stay_kin(village: Village) -> None:
    """Limits of their own or not, and under whatever number a person is known."""
    village.split("A1", "B1", {"张小山": "户主"})
    village.decide(village.ask_own_limit("B1"))
    keyring = village.desk.office.keyring
    old, new = identity(1), identity(31)
    village.correct(village.people("A1")["张大山"], new)
    for number in (old, new):
        index = keyring.blind_index(number, kind="identity")
        with village.look() as session:
            ids = {village.id("A1"), village.id("B1")}
            assert family_lines.kin_of(session, index) == ids
            assert families.own_index(session, index, [village.id("B1")]) == {index}
            assert families.own_index(session, index, [village.id("A2")]) == set()


# --- merging --------------------------------------------------------------------------------------


def test_a_merged_household_is_no_more_and_its_people_are_of_the_other(village: Village) -> None:
    village.refuses(MergesWithItself, lambda: village.merge("A2", "A2", {}))
    village.refuses(RelationMissing, lambda: village.merge("A2", "A1", {"张大山": "兄弟"}))
    village.merge("A2", "A1", {"张大山": "兄弟", "李秀英": "弟媳"})
    assert village.people("A2") == {}
    assert village.findings("A2") == [("registered", date(2014, 6, 1)), ("closed", DAY)]
    with village.look() as session:
        members = queries.members(session, village.id("A1"), on=DAY)
        assert [one.relation for one in members] == ["户主", "配偶", "儿子", "兄弟", "弟媳"]
    assert village.group("A1") == {"A1", "A2"}
    # a merger is for good
    village.refuses(SharesNoCaps, lambda: village.ask_own_limit("A1"))
    village.refuses(HouseholdClosed, lambda: village.merge("A2", "A3", {}))


# --- a right number -------------------------------------------------------------------------------


def test_a_corrected_number_finds_as_the_old_one_did(village: Village) -> None:
    keyring = village.desk.office.keyring
    son = village.people("A1")["张小山"]
    village.refuses(IdentityUnchanged, lambda: village.correct(son, identity(11)))
    village.refuses(IdentityTaken, lambda: village.correct(son, identity(3)))
    right = identity(32, "19790505")
    village.correct(son, right)
    with village.look() as session:
        row = session.get_one(Person, son)
        assert (row.born_on, row.sex) == (date(1979, 5, 5), "female")
        for number in (identity(11), right):
            index = keyring.blind_index(number, kind="identity")
            found = queries.by_identity(session, index, digits="431022")
            assert [one.id for one in found] == [son]
            assert families.present_people(session, [index]) == {index: son}
    change = _last_change(village, son)
    assert '"identity_number":["4' in change
    assert right not in change
    assert identity(11) not in change
    # the wrong number does not come back, neither by hand nor by a file
    again = Newcomer("张小山", identity(11), "侄子")
    village.refuses(IdentityWasCorrected, lambda: village.arrive(EventKind.MOVED_IN, "A2", again))
    report = village.desk.bring([head("A9", "张小山", 11)])
    assert report.state == "staged"
    assert [one["rule"] for one in report.findings] == ["identity_was_corrected"]


def _last_change(village: Village, person_id: int) -> str:
    with village.look() as session:
        key = village.id("A1")
        changes = [one for one in queries.history(session, key) if one.person_id == person_id]
        return changes[-1].fields


# --- slips ----------------------------------------------------------------------------------------


def test_who_lives_elsewhere_looks_no_longer_into_the_old_household(village: Village) -> None:
    keyring, key = village.desk.office.keyring, village.id("A1")

    def opens(code: str) -> bool:
        with village.work() as session:
            try:
                found = look_up(
                    session, keyring, code=code, last_four=identity(11)[-4:], source="10.0.0.1",
                    now=NOON,
                )  # fmt: skip
            except SlipUnknown:
                return False
            return found == key

    def slip() -> str:
        with village.work() as session:
            return issue(session, keyring, household_id=key, on=DAY, by=village.desk.by)

    code = slip()
    assert opens(code)
    village.split("A1", "B1", {"张小山": "户主"})
    assert not opens(code)
    # nor by the next slip: it answers to who is there
    assert not opens(slip())


# --- the caps follow the head ---------------------------------------------------------------------


def _stranger_with_a_son_of_a1(village: Village, number: str = "B1") -> None:
    """A file brings a household headed by a stranger, and in it the son who left A1."""
    report = village.desk.bring(
        [
            *family("A1", 1),
            head(number, "陈大海", 31, kind="其他农户", registered_on=""),
            member(number, "张小山", 11, "亲属"),
        ]
    )
    assert (report.state, report.people["left"]) == ("applied", 1)


def _heads(village: Village, number: str, name: str) -> None:
    key, people = village.id(number), village.people(number)
    others = {one: "亲属" for who, one in people.items() if who != name}
    with village.work() as session:
        families.new_head(
            session,
            household_id=key,
            successor=Successor(people[name], others),
            told=Told(DAY),
            on=DAY,
            by=village.desk.by,
        )


def test_who_came_by_a_file_and_heads_later_brings_the_caps_along(village: Village) -> None:
    """The stranger heads first: no link. Once the son of A1 heads, A1's caps are the household's;
    two persons may decide otherwise, as of any that split off.
    """
    _stranger_with_a_son_of_a1(village)
    assert village.group("B1") == {"B1"}
    _heads(village, "B1", "张小山")
    assert village.group("A1") == village.group("B1") == {"A1", "B1"}
    village.decide(village.ask_own_limit("B1"))
    assert village.group("B1") == {"B1"}
    # to and fro writes no second link
    _heads(village, "B1", "陈大海")
    _heads(village, "B1", "张小山")
    assert village.group("B1") == {"B1"}
    with village.look() as session:
        assert list(checks.check(session)) == []


def test_a_corrected_number_is_no_way_round(village: Village) -> None:
    _stranger_with_a_son_of_a1(village)
    village.correct(village.people("B1")["张小山"], identity(41))
    _heads(village, "B1", "张小山")
    assert village.group("B1") == {"A1", "B1"}


def test_nor_is_a_third_household_or_a_split_between(village: Village) -> None:
    _stranger_with_a_son_of_a1(village)
    village.split("B1", "B2", {"张小山": "户主"})
    assert village.group("A1") == {"A1", "B1", "B2"}


def test_a_file_that_names_another_head_links_as_well(village: Village) -> None:
    _stranger_with_a_son_of_a1(village)
    village.desk.bring(
        [
            head("B1", "张小山", 11, kind="其他农户", registered_on=""),
            member("B1", "陈大海", 31, "亲属"),
        ]
    )
    assert village.group("B1") == {"A1", "B1"}


PLANTED = [
    *(
        Plant(test, "households.family_heads.link_heads", lambda *_told, **_more: None)
        for test in (
            test_who_came_by_a_file_and_heads_later_brings_the_caps_along,
            test_a_corrected_number_is_no_way_round,
            test_nor_is_a_third_household_or_a_split_between,
            test_a_file_that_names_another_head_links_as_well,
        )
    ),
    Plant(test_kin_stay_kin, "households.family_lines.kin_of", lambda _s, _i: set()),
    Plant(
        test_who_lives_elsewhere_looks_no_longer_into_the_old_household,
        "households.slips.end",
        lambda *_: None,
    ),
    Plant(
        test_a_son_has_a_household_of_his_own,
        "households.families.parting._copy_findings",
        lambda *_: None,
    ),
    Plant(
        test_a_split_leaves_and_takes_somebody,
        "households.families.recording.refuse_later_findings",
        lambda *_: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, village: Village) -> None:
    plant.prove(village=village)


@pytest.mark.damaged("links without the lines that follow from them")
def test_lines_that_do_not_follow_the_links_turn_red(village: Village) -> None:
    Plant(
        test_a_line_is_shared_along_splits_and_mergers,
        "households.family_lines.rebuild",
        lambda *_: None,
    ).prove(village=village)
    with village.look() as session:
        found = {one.check for one in checks.check(session)}
    assert found == {"households.family_line"}


@pytest.mark.damaged("a household that was merged has people again; an event that did not happen")
def test_verify_reads_events_and_mergers_back(village: Village) -> None:
    village.merge("A2", "A1", {"张大山": "兄弟", "李秀英": "弟媳"})
    with village.look() as session:
        assert list(checks.check(session)) == []
    ended = village.id("A2")
    with village.work() as session:
        gone = session.scalars(
            select(Person).where(Person.household_id == ended).order_by(Person.id)
        ).first()
        assert gone is not None
        gone.identity_index, gone.left_on = b"nobody", None
    with village.look() as session:
        found = sorted(one.check for one in checks.check(session))
    assert found == ["households.family_event", "households.merged"]
