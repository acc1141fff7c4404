"""尽职免责: what each person did on a loan, with its place in the trail."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from sqlalchemy import select

from kernel.trail import TrailRow
from loans.dossier import deeds
from loans.dossier.deeds import Deeds
from loans.dossier.page import attachment_belongs
from loans.dossier.scans import Scan
from loans.models.kept import LoanPaper
from loans.refusals import LoanUnknown
from tests.loans.filing import COMMON, JPEG, PDF, Desk
from tests.loans.town import CHECKER, DIRECTOR, OFFICER, Town, person
from tests.planted import Plant


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town on 30 May 2016."""
    return Desk(town, COMMON)


def deeds_of(town: Town, number: str, person_id: int | None = None) -> Deeds:
    with town.books.read() as session:
        return deeds.deeds_of(session, number=number, by=OFFICER, person_id=person_id)


def test_everybodys_deeds_are_told_with_their_proof(desk: Desk) -> None:
    town = desk.town
    number = town.lend(1)
    town.lend(2)  # somebody else's loan
    desk.paper(number, "contract", scan=Scan("合同.pdf", PDF), remark="原件")
    Desk(town, COMMON, CHECKER).check(number, "misused", note="建房", misused_fen=100)
    desk.contact(number, "notice")
    desk.life(number, "moved_away")
    desk.way(number, "sue", date(2016, 12, 31))
    town.close_to(date(2016, 6, 20))  # a settlement day: the close's own doing
    town.pay(number, 100, early=True)
    found = deeds_of(town, number)
    assert [(deed.kind, deed.person_id, deed.detail) for deed in found.deeds] == [
        ("applied", OFFICER.person_id, ""),
        ("decided", DIRECTOR.person_id, "approved"),
        ("signed", OFFICER.person_id, number),
        ("disbursed", OFFICER.person_id, f"{number}-01"),
        ("paper", OFFICER.person_id, "contract"),
        ("check", CHECKER.person_id, "misused"),
        ("contact", OFFICER.person_id, "CS20160000001-01"),
        ("life", OFFICER.person_id, "moved_away"),
        ("way", OFFICER.person_id, "sue"),
        ("payment", OFFICER.person_id, "HK000003"),
    ]
    paper = found.deeds[4]
    assert paper.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (paper.remark, paper.command, paper.roles) == (
        "原件", "loans.note_paper", "loan_officer",
    )  # fmt: skip
    with town.books.read() as session:
        chain = {row.position: row for row in session.scalars(select(TrailRow))}
    for deed in found.deeds:
        row = chain[deed.position]
        assert (row.mac, row.command, row.ended_at) == (deed.mac, deed.command, deed.done_at)


def test_one_persons_deeds_alone(desk: Desk) -> None:
    number = desk.town.lend()
    found = deeds_of(desk.town, number, DIRECTOR.person_id)
    assert [deed.kind for deed in found.deeds] == ["decided"]
    assert [key for key, _name in found.people] == [OFFICER.person_id, DIRECTOR.person_id]


def test_what_was_undone_is_told_too(desk: Desk) -> None:
    town = desk.town
    (number,) = town.contracts(town.asked())
    slip = town.disburse(number, 1_000_000)
    town.reverse(slip, "放错合同")
    last = deeds_of(town, number).deeds[-1]
    assert (last.kind, last.person_id, last.remark) == ("reversed", CHECKER.person_id, "放错合同")


def test_a_loan_outside_the_scope_tells_nothing(desk: Desk) -> None:
    number = desk.town.lend()
    stranger = type(OFFICER)(
        31, "other31", frozenset({"loan_officer"}), "431022", institution_ids=frozenset({999})
    )
    with desk.town.books.read() as session, pytest.raises(LoanUnknown):
        deeds.deeds_of(session, number=number, by=stranger)
    with desk.town.books.read() as session, pytest.raises(LoanUnknown):
        deeds.deeds_of(session, number="XD20160000000", by=person(11, "auditor"))


def test_a_scan_belongs_to_the_file_it_was_put_in(desk: Desk) -> None:
    first, second = desk.town.lend(1), desk.town.lend(2)
    desk.paper(first, "contract", scan=Scan("合同.pdf", PDF))
    desk.contact(second, "visit", scan=Scan("照片.jpg", JPEG))
    with desk.town.books.read() as session:
        papers = session.scalars(select(LoanPaper)).all()
        assert papers[0].attachment_id is not None
        pdf, jpeg = papers[0].attachment_id, papers[0].attachment_id + 1
        one = papers[0].application_id

        def belongs(application_id: int, attachment_id: int) -> bool:
            return attachment_belongs(
                session, application_id=application_id, attachment_id=attachment_id
            )

        assert belongs(one, pdf)
        assert not belongs(one, jpeg)
        assert belongs(one + 1, jpeg)
        assert not belongs(one + 1, pdf)


PLANTED = [
    Plant(
        test_everybodys_deeds_are_told_with_their_proof,
        "loans.dossier.deeds._kept",
        lambda loan_id, application_id: [],
    ),
    Plant(
        test_what_was_undone_is_told_too,
        "loans.dossier.deeds._moved",
        lambda loan_id: [],
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk) -> None:
    plant.prove(desk=desk)
