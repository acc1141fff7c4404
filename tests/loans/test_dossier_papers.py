"""一户一档: which papers a lender wants, what is missing, and what waits for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import ledger
import loans
from kernel import attachments
from kernel.attachments import Attachment
from kernel.refusals import BadValue, NotFound
from loans.dossier.page import application_file
from loans.dossier.paper_file import load_papers, parse
from loans.dossier.papers import STAGES, PaperRules
from loans.dossier.refusals import (
    PaperListInvalid,
    PaperNotOnFile,
    PapersMissing,
    PaperUnknown,
    ScanTooLarge,
    ScanUnreadable,
)
from loans.dossier.scans import SCAN_MAX_MB, Scan
from loans.models import Application
from loans.models.kept import LoanPaper
from loans.refusals import LoanUnknown
from office.refusals import NotEntitled
from tests.loans.filing import COMMON, JPEG, PDF, Desk, a_list
from tests.loans.town import CHECKER, FULL, OFFICER, Town, person
from tests.planted import Plant

#: an application form that signing waits for, a slip that paying out waits for
STRICT = a_list(
    {"code": "form", "stage": "application", "required": True, "blocks": True},
    {"code": "slip", "stage": "disbursement", "required": True, "blocks": True},
    {"code": "photo", "stage": "signing", "required": True},
    {"code": "receipt", "stage": "collection", "required": True},
)

HEAD = {
    "id": "x", "title_zh": "目录", "title_en": "List", "since": date(2017, 1, 1), "default": True,
}  # fmt: skip
ROW = {"code": "form", "zh": "申请表", "en": "Form", "stage": "application"}


@pytest.fixture
def desk(town: Town) -> Desk:
    """The town under the strict list."""
    return Desk(town, STRICT)


def missing_of(desk: Desk, number: str) -> list[str]:
    return [line.paper.code for line in desk.file(number).papers if line.missing]


# --- the lists ------------------------------------------------------------------------------------


def test_the_list_that_ships_blocks_nothing_and_knows_every_stage() -> None:
    common = COMMON.of("any lender")
    assert not COMMON.block()
    assert {paper.stage for paper in common.papers} == set(STAGES)
    assert common.since == date(2017, 1, 1)


def test_a_lenders_own_list_takes_the_place_of_the_common_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        '[list]\nid="a"\ntitle_zh="甲"\ntitle_en="A"\nsince=2017-01-01\nclause="内部规定"\n'
        '[[paper]]\ncode="one"\nzh="一"\nen="one"\nstage="application"\n',
        encoding="utf-8",
    )
    (tmp_path / "b.toml").write_text(
        '[list]\nid="b"\ntitle_zh="乙"\ntitle_en="B"\nsince=2017-01-01\ndefault=true\n'
        'credit_code="91431022MA4L16HQ8P"\n'
        '[[paper]]\ncode="two"\nzh="二"\nen="two"\nstage="signing"\n',
        encoding="utf-8",
    )
    rules = load_papers(tmp_path)
    assert rules.of("91431022MA4L16HQ8P").paper("two") is not None
    assert rules.of("91431022MA4L16HQ8P").paper("one") is None
    assert rules.of("other").paper("one") is not None


def test_no_folder_asks_for_nothing(tmp_path: Path) -> None:
    assert load_papers(tmp_path / "nowhere").of("any").papers == ()


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({}, ""),
        ({"list": HEAD, "paper": []}, "paper"),
        ({"list": {**HEAD, "default": False}, "paper": [ROW]}, "list"),
        ({"list": {**HEAD, "since": "soon"}, "paper": [ROW]}, "list"),
        ({"list": {**HEAD, "credit_code": "12345"}, "paper": [ROW]}, "list"),
        ({"list": {**HEAD, "title_zh": ""}, "paper": [ROW]}, "list"),
        ({"list": {**HEAD, "colour": "red"}, "paper": [ROW]}, "list"),
        ({"list": HEAD, "paper": [{**ROW, "stage": "lunch"}]}, "paper.form"),
        ({"list": HEAD, "paper": [{**ROW, "code": "Form A"}]}, "paper.Form A"),
        ({"list": HEAD, "paper": [{**ROW, "zh": " 表"}]}, "paper.form"),
        ({"list": HEAD, "paper": [{**ROW, "colour": "red"}]}, "paper.form"),
        ({"list": HEAD, "paper": [{**ROW, "required": 1}]}, "paper.form"),
        ({"list": HEAD, "paper": [ROW, ROW]}, "paper.form"),
        ({"list": HEAD, "paper": [{**ROW, "blocks": True}]}, "paper.form"),
        (
            {
                "list": HEAD,
                "paper": [{**ROW, "stage": "settlement", "required": True, "blocks": True}],
            },
            "paper.form",
        ),
    ],
)
def test_a_list_that_breaks_its_form_is_refused_by_key(raw: dict[str, Any], key: str) -> None:
    with pytest.raises(PaperListInvalid) as refused:
        parse("bad.toml", raw)
    assert refused.value.field == key


def test_two_lists_for_one_lender_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    text = (
        '[list]\nid="a"\ntitle_zh="甲"\ntitle_en="A"\nsince=2017-01-01\ndefault=true\n'
        '[[paper]]\ncode="one"\nzh="一"\nen="one"\nstage="application"\n'
    )
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PaperListInvalid):
        load_papers(tmp_path)
    (tmp_path / "b.toml").write_text("list = ", encoding="utf-8")
    with pytest.raises(PaperListInvalid):
        load_papers(tmp_path)


# --- on file, and missing -------------------------------------------------------------------------


def test_a_file_lacks_what_its_stages_ask_for_and_it_has_not(desk: Desk) -> None:
    number = desk.town.lend()
    # Signed and paid out: the papers of the three stages, and nothing of collection yet.
    assert missing_of(desk, number) == ["form", "slip", "photo"]
    desk.paper(number, "form", scan=Scan("申请表.pdf", PDF))
    desk.paper(number, "photo")
    assert missing_of(desk, number) == ["slip"]
    desk.contact(number, "notice")
    assert missing_of(desk, number) == ["slip", "receipt"]


def test_a_later_row_takes_the_place_of_an_earlier_one(desk: Desk) -> None:
    number = desk.town.lend()
    desk.paper(number, "form")
    desk.paper(number, "form", on_file=False, remark="核档时未见")
    assert "form" in missing_of(desk, number)
    desk.paper(number, "form", scan=Scan("补.pdf", PDF))
    assert "form" not in missing_of(desk, number)
    with desk.town.books.read() as session:
        rows = session.scalars(select(LoanPaper).order_by(LoanPaper.id)).all()
    assert [(row.on_file, row.attachment_id is not None) for row in rows] == [
        (True, False), (False, False), (True, True),
    ]  # fmt: skip


def test_a_scan_is_kept_once_and_sealed(desk: Desk) -> None:
    number = desk.town.lend()
    desk.paper(number, "form", scan=Scan("一.jpg", JPEG))
    desk.paper(number, "photo", scan=Scan("二.jpg", JPEG))
    with desk.town.books.read() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 1
        kept = session.scalars(select(Attachment)).one()
        assert JPEG not in kept.sealed
        assert attachments.content_of(session, desk.town.keyring, kept.id)[1] == JPEG


def test_applications_before_the_list_began_are_asked_for_nothing(town: Town) -> None:
    number = town.lend()
    # Handed in on 30 May 2016; the list that ships asks from 1 January 2017 on.
    assert missing_of(Desk(town, COMMON), number) == []
    assert Desk(town, COMMON).queue("papers") == []


@pytest.mark.parametrize(
    ("scan", "refusal"),
    [
        (Scan("a.exe", b"MZ"), ScanUnreadable),
        (Scan("a.jpg", b""), ScanUnreadable),
        (Scan("a.html", b"<script>"), ScanUnreadable),
        (Scan("a.pdf", PDF + bytes(SCAN_MAX_MB * 1024 * 1024)), ScanTooLarge),
    ],
)
def test_what_is_no_scan_is_refused(desk: Desk, scan: Scan, refusal: type[Exception]) -> None:
    number = desk.town.lend()
    with pytest.raises(refusal):
        desk.paper(number, "form", scan=scan)
    assert "form" in missing_of(desk, number)


def test_papers_that_nobody_lists_or_nobody_noted_are_refused(desk: Desk) -> None:
    number = desk.town.lend()
    with pytest.raises(PaperUnknown):
        desk.paper(number, "passport")
    with pytest.raises(PaperNotOnFile):
        desk.paper(number, "form", on_file=False)
    with pytest.raises(BadValue):
        desk.paper(number, "form", remark="长" * 201)
    with pytest.raises(LoanUnknown):
        desk.paper("XD20160000000", "form")
    with pytest.raises(NotFound):
        desk.application_paper(999, "form")


def test_who_may_note_papers_and_where(desk: Desk) -> None:
    number = desk.town.lend()
    with pytest.raises(NotEntitled):
        Desk(desk.town, STRICT, person(21, "finance")).paper(number, "form")
    stranger = loans_of_another_lender()
    with pytest.raises(LoanUnknown):
        Desk(desk.town, STRICT, stranger).paper(number, "form")
    Desk(desk.town, STRICT, CHECKER).paper(number, "form")


def loans_of_another_lender() -> Any:
    return type(OFFICER)(
        31, "other31", frozenset({"loan_officer"}), "431022", institution_ids=frozenset({999})
    )


# --- what waits for papers ------------------------------------------------------------------------


def application_of(town: Town, sheet_id: int) -> int:
    with town.books.read() as session:
        query = select(Application.id).where(Application.sheet_id == sheet_id)
        return session.scalars(query).one()


def sign(town: Town, sheet_id: int, rules: PaperRules | None) -> str:
    with town.books.write("loans.sign", by=OFFICER) as session:
        (number,) = loans.sign_sheet(
            session,
            sheet_id=sheet_id,
            rulebook=town.rulebook,
            papers=rules,
            on=ledger.open_day(session),
            by=OFFICER,
        )
        return number


def pay_out(town: Town, number: str, rules: PaperRules | None) -> None:
    draw = loans.Draw(number, FULL, "counter", "FK900001")
    with town.books.write("loans.disburse", by=OFFICER) as session:
        loans.disburse_many(
            session,
            draws=[draw],
            papers=rules,
            calendar=town.calendar,
            on=ledger.open_day(session),
            by=OFFICER,
        )


def test_signing_and_paying_out_wait_for_papers_that_block(desk: Desk) -> None:
    town = desk.town
    sheet_id = town.apply(town.asked())
    town.approve(sheet_id)
    application_id = application_of(town, sheet_id)
    with pytest.raises(PapersMissing) as refused:
        sign(town, sheet_id, STRICT)
    assert "资料form" in refused.value.message("zh")
    assert "资料slip" not in refused.value.message("zh"), "the slip comes later"
    assert "资料photo" not in refused.value.message("zh"), "the photograph blocks nothing"
    desk.application_paper(application_id, "form")
    number = sign(town, sheet_id, STRICT)
    with pytest.raises(PapersMissing) as refused:
        pay_out(town, number, STRICT)
    assert "资料slip" in refused.value.message("zh")
    assert town.position(number).drawn_fen == 0
    desk.paper(number, "slip")
    pay_out(town, number, STRICT)
    assert town.position(number).drawn_fen == FULL


def test_a_paper_found_missing_blocks_again(desk: Desk) -> None:
    town = desk.town
    (number,) = town.contracts(town.asked())
    desk.paper(number, "form")
    desk.paper(number, "slip")
    desk.paper(number, "form", on_file=False)
    with pytest.raises(PapersMissing):
        pay_out(town, number, STRICT)


def test_rules_that_hold_nothing_up_hold_nothing_up(town: Town) -> None:
    (number,) = town.contracts(town.asked())
    pay_out(town, number, COMMON)
    assert town.position(number).drawn_fen == FULL


def test_the_papers_of_an_application_stand_by_themselves(desk: Desk) -> None:
    town = desk.town
    sheet_id = town.apply(town.asked())
    application_id = application_of(town, sheet_id)
    with town.books.read() as session:
        found = application_file(session, application_id=application_id, rules=STRICT, by=OFFICER)
        missing = [line.paper.code for line in found.papers if line.missing]
        assert (found.number, missing) == ("", ["form"])
        with pytest.raises(NotFound):
            application_file(
                session,
                application_id=application_id,
                rules=STRICT,
                by=loans_of_another_lender(),
            )


PLANTED = [
    Plant(
        test_signing_and_paying_out_wait_for_papers_that_block,
        "loans.operations.disbursing.require_papers",
        lambda *_: None,
    ),
    Plant(
        test_signing_and_paying_out_wait_for_papers_that_block,
        "loans.operations.signing.require_papers",
        lambda *_: None,
    ),
    Plant(
        test_a_later_row_takes_the_place_of_an_earlier_one,
        "loans.dossier.page._by_id",
        lambda lines: sorted(lines, key=lambda line: line.row.id),
    ),
    Plant(
        test_a_paper_found_missing_blocks_again,
        "loans.dossier.requiring.is_on_file",
        lambda: LoanPaper.on_file,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, desk: Desk) -> None:
    plant.prove(desk=desk)
