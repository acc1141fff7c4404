"""Legal persons: the code is checked, branches form a tree, changes are recorded and sealed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

import organisations
from kernel.actor import Actor
from kernel.identity import CreditCodeInvalid, credit_check_character
from kernel.refusals import Refusal
from kernel.regions import RegionTree, UnknownRegion
from kernel.unit_of_work import Books
from office.refusals import NotEntitled
from organisations import Kind, Organisation, checks
from organisations.refusals import (
    CreditCodeTaken,
    OrganisationClosed,
    OrganisationDaysInvalid,
    OrganisationKindUnknown,
    OrganisationNotLender,
    ParentIsBelow,
)

DAY = date(2017, 1, 3)
YIZHANG = "431022000000"


def code(number: int) -> str:
    first17 = f"91431022{number:09d}"
    return first17 + credit_check_character(first17)


@pytest.fixture(scope="module")
def regions() -> RegionTree:
    folder = Path(__file__).parents[2] / "config" / "regions"
    return RegionTree.load(folder / "hunan.csv")


@pytest.fixture
def clerk() -> Actor:
    return Actor(7, "yang", frozenset({"poverty_office"}), "431022")


def enter(
    session: Session, regions: RegionTree, by: Actor, number: int, parent: int | None = None
) -> int:
    return organisations.register(
        session,
        credit_code=code(number),
        name=f"宜章农商行{number}号支行",
        kind=Kind.LENDER,
        region_code=YIZHANG,
        regions=regions,
        parent_id=parent,
        opened_on=date(2014, 1, 1),
        on=DAY,
        by=by,
    )


def test_a_subtree_is_the_institution_and_all_below(
    books: Books, regions: RegionTree, clerk: Actor
) -> None:
    with books.write("organisations.register", by=clerk) as session:
        head = enter(session, regions, clerk, 1)
        branch = enter(session, regions, clerk, 2, head)
        counter = enter(session, regions, clerk, 3, branch)
        other = enter(session, regions, clerk, 4)
    with books.read() as session:
        assert organisations.subtree_ids(session, head) == {head, branch, counter}
        assert organisations.subtree_ids(session, other) == {other}
        listed = organisations.listed(session, region_digits="431022", kind=Kind.LENDER, on=DAY)
        assert len(listed) == 4
        assert organisations.listed(session, region_digits="431023") == []
    with (
        pytest.raises(ParentIsBelow),
        books.write("organisations.register", by=clerk) as session,
    ):
        organisations.change(session, organisation_id=head, parent_id=counter, on=DAY, by=clerk)


def test_changes_are_recorded_and_closing_closes(
    books: Books, regions: RegionTree, clerk: Actor
) -> None:
    with books.write("organisations.register", by=clerk) as session:
        bank = enter(session, regions, clerk, 1)
    with books.write("organisations.register", by=clerk) as session:
        changed = organisations.change(
            session, organisation_id=bank, name=" 宜章 农商行 ", closed_on=DAY, on=DAY, by=clerk
        )
        assert changed == {"name": ["宜章农商行1号支行", "宜章 农商行"], "closed_on": [None, DAY]}
        again = organisations.change(
            session, organisation_id=bank, name="宜章 农商行", closed_on=DAY, on=DAY, by=clerk
        )
        assert again == {}
    with books.read() as session:
        assert organisations.lender_on(session, bank, date(2017, 1, 2)).id == bank
        with pytest.raises(OrganisationClosed):
            organisations.lender_on(session, bank, DAY)
        assert list(checks.check(session)) == []


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"credit_code": "91350100M000100Y44"}, CreditCodeInvalid),
        ({"credit_code": code(1)}, CreditCodeTaken),
        ({"kind": "bank"}, OrganisationKindUnknown),
        ({"region_code": "431022999999"}, UnknownRegion),
        ({"region_code": "431023000000"}, NotEntitled),
        ({"opened_on": date(2017, 1, 4)}, OrganisationDaysInvalid),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_stays(
    books: Books,
    regions: RegionTree,
    clerk: Actor,
    given: dict[str, object],
    rule: type[Refusal],
) -> None:
    with books.write("organisations.register", by=clerk) as session:
        enter(session, regions, clerk, 1)
    right = {
        "credit_code": code(9),
        "name": "某公司",
        "kind": "enterprise",
        "region_code": YIZHANG,
        "opened_on": DAY,
    }
    with pytest.raises(rule), books.write("organisations.register", by=clerk) as session:
        organisations.register(
            session,
            regions=regions,
            on=DAY,
            by=clerk,
            **(right | given),  # type: ignore[arg-type]
        )
    with books.read() as session:
        assert len(organisations.listed(session, region_digits="43")) == 1


def test_a_registrar_may_not_register_banks(books: Books, regions: RegionTree) -> None:
    registrar = Actor(8, "li", frozenset({"registrar"}), "431022")
    with (
        pytest.raises(NotEntitled),
        books.write("organisations.register", by=registrar) as session,
    ):
        enter(session, regions, registrar, 1)


def test_an_enterprise_is_no_lender(books: Books, regions: RegionTree, clerk: Actor) -> None:
    with books.write("organisations.register", by=clerk) as session:
        company = enter(session, regions, clerk, 1)
        organisations.change(
            session, organisation_id=company, kind=Kind.ENTERPRISE, on=DAY, by=clerk
        )
        with pytest.raises(OrganisationNotLender):
            organisations.lender_on(session, company, DAY)


@pytest.mark.damaged("an organisation's name is changed behind the register's back")
def test_a_row_changed_behind_the_register_is_found(
    books: Books, regions: RegionTree, clerk: Actor
) -> None:
    with books.write("organisations.register", by=clerk) as session:
        bank = enter(session, regions, clerk, 1)
    with books.write("x", by=clerk) as session:
        session.execute(update(Organisation).values(name="假名银行"))
    with books.read() as session:
        findings = list(checks.check(session))
    assert [(f.table, f.key) for f in findings] == [("organisations", str(bank))]
