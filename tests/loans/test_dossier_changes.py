"""The file and the changes of a loan together: what one finds, the other answers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from households.models import Person
from loans.dossier import deeds
from loans.dossier.refusals import BorrowerNoPerson
from tests.loans.changing import change
from tests.loans.filing import Desk, a_list
from tests.loans.lists import found_organisation, pooled
from tests.loans.town import FULL, OFFICER, Town

LIST = a_list({"code": "form", "stage": "application", "required": True})


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town on 30 May 2016."""
    return Desk(town, LIST)


def test_the_change_for_misuse_answers_the_finding(desk: Desk) -> None:
    number = desk.town.lend()
    key = desk.check(number, "misused", note="用于建房", misused_fen=FULL)
    (line,) = desk.queue("misuse")
    change(desk.town, "misuse", number, evidence="现场核查", check_id=line.source_id)
    assert line.source_id == key
    assert desk.queue("misuse") == []
    assert desk.file(number).finding is None
    with desk.town.books.read() as session:
        found = deeds.deeds_of(session, number=number, by=OFFICER)
    kinds = [deed.kind for deed in found.deeds]
    assert kinds[-3:] == ["check", "change_proposed", "changed"]
    assert found.deeds[-1].person_id != found.deeds[-2].person_id


def test_another_borrower_answers_a_death(desk: Desk) -> None:
    town = desk.town
    number = town.lend()
    desk.life(number, "died")
    assert number in desk.due("life")
    with town.books.read() as session:
        heir = session.scalars(
            select(Person.id).where(Person.household_id == 1, ~Person.is_head)
        ).first()
    change(town, "borrower", number, borrower_id=heir)
    assert desk.due("life") == {}
    assert desk.file(number).away == ""


def test_an_extension_asks_for_another_way(desk: Desk) -> None:
    town = desk.town
    number = town.lend(term_months=3, annual_rate_ppm=43_500)
    # Matures on 30 August 2016; on 2 July that is 59 days away, and 31 August 60.
    town.close_to(date(2016, 7, 1))
    desk.way(number, "extend", date(2016, 8, 30))
    assert desk.due("maturing") == {}
    change(town, "extension", number, matures_on=date(2016, 8, 31))
    assert desk.due("maturing") == {number: "2016-08-31"}


def test_where_an_organisation_borrows_the_file_is_the_organisations(desk: Desk) -> None:
    town = desk.town
    (number,) = town.contracts(pooled(town, found_organisation(town), (1, FULL), (2, FULL)))
    (line,) = desk.queue("papers")
    assert (line.number, line.household_id, line.papers) == (number, None, ("form",))
    assert line.borrower
    with pytest.raises(BorrowerNoPerson):
        desk.life(number, "died")
    desk.paper(number, "form")
    assert desk.queue("papers") == []
