"""Papers as PDF: what stands on them, that nothing on them is markup, and who may have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typst
from click.testing import CliRunner
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

import ledger
from config.wiring import House
from kernel.trail import TrailRow
from loans.documents import Desk, digest_of
from loans.documents.contract import ContractPaper, contract
from loans.documents.parties import Firm, Share
from office import rights
from tests.beginnings import Beginning
from tests.docs.test_glossary import faults_of
from tests.planted import Plant
from tests.web import world
from tests.web.conftest import PASSWORD, Hire, Staff
from web.cli import fupin
from web.papers import PRINTED, READ, plain, render
from web.papers.glyphs import printable

HERE = world.FAMILIES[0]
#: everything that means something to Typst, in what a clerk may type
MARKUP = r'养#sys.inputs *粗* ]) \u{48} $x$ <a> @b `c` _d_ = e //f "#panic("g")'
RARE = "㭎䶮𬭚𫖮"


@dataclass
class Counter:
    """A county with one loan, and its counter."""

    house: House
    client: FlaskClient
    lent: world.Lent
    hire: Hire

    def get(self, path: str, staff: Staff) -> Any:
        return self.client.get(f"/api/v1/loans{path}", headers=staff.headers)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with self.house.books.read() as session:
            on = ledger.open_day(session)
            house = self.house
            yield Desk(session, house.keyring, house.regions, house.calendar, on, world.OFFICER)

    def contract(self) -> ContractPaper:
        with self.desk() as desk:
            return contract(desk, self.lent.number)


@pytest.fixture
def counter(
    opened: House, client: FlaskClient, settled: dict[str, int], hire: Hire, begin: Beginning
) -> Counter:
    """A loan of 50 000 of the first family."""

    def live() -> world.Lent:
        lender_id = world.found_lender(opened)
        return world.lend(opened, HERE, settled[HERE.number], lender_id, purpose="种茶")

    return Counter(opened, client, begin("counter", live), hire)


def text_of(pdf: bytes) -> str:
    """What a PDF says, without the blanks that set it."""
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


# --- what stands on a paper -----------------------------------------------------------------------


def test_a_contract_holds_figures_and_capitals(counter: Counter) -> None:
    answer = counter.get(
        f"/{counter.lent.number}/papers/contract.pdf", counter.hire("loan_officer")
    )
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    said = text_of(answer.data)
    for expected in (
        "小额信贷借款合同",
        counter.lent.number,
        "人民币（大写）伍万元整（小写：￥50,000.00）",
        f"身份证号：{HERE.head_identity}",
        HERE.head,
        "宜章示范农村商业银行",
        "于2017年6月1日签订",
        "罚息年利率7.125%",
        "账簿日：2017年6月1日",
        "均为虚构人员",
        "第1页共",
        digest_of(counter.contract()),
    ):
        assert expected in said, expected


def test_a_slip_is_had_by_its_number(counter: Counter) -> None:
    answer = counter.get(f"/papers/slips/{counter.lent.slip_number}.pdf", counter.hire("checker"))
    said = text_of(answer.data)
    for expected in ("借据号", counter.lent.slip_number, "伍万元整", HERE.head_identity):
        assert expected in said, expected


def test_a_statement_masks_the_number(counter: Counter) -> None:
    answer = counter.get(f"/{counter.lent.number}/papers/interest.pdf", counter.hire("auditor"))
    said = text_of(answer.data)
    assert HERE.head_identity not in said
    assert f"4{'*' * 15}{HERE.head_identity[-2:]}" in said
    assert "尚未结息" in said


@pytest.mark.parametrize(
    ("kind", "code"), [("notice", "nothing_overdue"), ("settled", "loan_not_settled")]
)
def test_a_paper_that_would_not_be_true_is_refused(counter: Counter, kind: str, code: str) -> None:
    answer = counter.get(f"/{counter.lent.number}/papers/{kind}.pdf", counter.hire("loan_officer"))
    assert answer.status_code == 409
    assert answer.get_json()["code"] == code


# --- how it is drawn ------------------------------------------------------------------------------


def test_the_same_data_gives_the_same_bytes(counter: Counter) -> None:
    paper = counter.contract()
    first = render.draw("contract", paper)
    render._compiler.cache_clear()
    assert render.draw("contract", paper) == first


def test_every_face_is_inside_the_file(counter: Counter) -> None:
    pages = PdfReader(BytesIO(render.draw("contract", counter.contract()))).pages
    names = set()
    for page in pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            (inner,) = font.get_object()["/DescendantFonts"]
            described = inner.get_object()["/FontDescriptor"].get_object()
            assert "/FontFile3" in described
            names.add(str(described["/FontName"]).split("+")[-1])
    assert names == {"NotoSerifSC-Regular", "NotoSansSC-Regular"}


def with_words(paper: ContractPaper, words: str) -> ContractPaper:
    """The paper with these words wherever people's words stand."""
    member = paper.parties.member
    assert member is not None
    parties = replace(
        paper.parties,
        member=replace(member, name=words),
        lender=replace(paper.parties.lender, name=words),
    )
    return replace(paper, parties=parties, loan=replace(paper.loan, purpose=words))


def test_what_looks_like_markup_is_printed_as_it_stands(counter: Counter) -> None:
    said = text_of(render.draw("contract", with_words(counter.contract(), MARKUP)))
    assert said.count("".join(MARKUP.split())) >= 3


def test_rare_characters_of_names_are_printed(counter: Counter) -> None:
    said = text_of(render.draw("contract", with_words(counter.contract(), f"王{RARE}")))
    assert f"借款用途：王{RARE}" in said
    assert "U+" not in said


def test_what_no_face_has_is_told_by_its_number(counter: Counter) -> None:
    """An emoji, a character outside the faces, and a mark that would turn the line around."""
    said = text_of(render.draw("contract", with_words(counter.contract(), "王🎋\U00030000\u202e")))
    assert "借款用途：王〔U+1F38B〕〔U+30000〕〔U+202E〕" in said
    assert "请手写补正" in said


def test_faces_know_their_characters() -> None:
    assert printable(f"王{RARE}，￥1,000.00（‰）□＝×÷≈") == f"王{RARE}，￥1,000.00（‰）□＝×÷≈"
    assert printable("a\nb") == "a〔U+000A〕b"


@pytest.mark.parametrize("mode", ["entrusted", "pooled"])
def test_an_organisation_stands_beside_or_in_place_of_the_household(
    counter: Counter, mode: str
) -> None:
    paper = counter.contract()
    firm = Firm("宜章县莽山茶业有限公司", "91431022MA4L00009X")
    pooled = mode == "pooled"
    parties = replace(
        paper.parties,
        mode=mode,
        organisation=firm,
        member=None if pooled else paper.parties.member,
        shares=(Share(HERE.number, HERE.head, 5_000_000),) if pooled else (),
    )
    said = text_of(render.draw("contract", replace(paper, parties=parties)))
    role = "借款人（乙方）" if pooled else "用款人（丙方）"
    assert f"{role}：{firm.name}" in said
    assert (f"身份证号：{HERE.head_identity}" in said) == (not pooled)
    assert (HERE.number in said.split("附件一")[-1]) == pooled


def drawn_from(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, paper: object) -> bytes:
    """A paper drawn with a template of our own."""
    inside = folder / "inside"
    inside.mkdir()
    (folder / "secret.txt").write_text("secret", "utf-8")
    (inside / "contract.typ").write_text(source, "utf-8")
    monkeypatch.setattr(render, "FOLDER", inside)
    render._compiler.cache_clear()
    try:
        return render.draw("contract", paper)
    finally:
        render._compiler.cache_clear()


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.txt", "/../secret.txt"])
def test_a_template_reads_nothing_outside_its_folder(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with pytest.raises(typst.TypstError):
        drawn_from(tmp_path, monkeypatch, f'#read("{path}")', counter.contract())


def test_a_template_that_warns_makes_no_paper(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        '#set document(date: datetime(year: 2017, month: 6, day: 1))\n#text(font: "Nowhere")[x]'
    )
    with pytest.raises(render.PaperBroken, match="nowhere"):
        drawn_from(tmp_path, monkeypatch, source, counter.contract())


def test_no_template_uses_a_shunned_word() -> None:
    for template in render.FOLDER.glob("*.typ"):
        assert list(faults_of(template.read_text("utf-8"))) == [], template.name


def test_every_kind_has_its_template() -> None:
    # A loan's papers, the sheet of a subsidy claim (tests/subsidies/test_documents.py), and the
    # levels, the county's drawn like a township's (tests/web/test_level_pages.py).
    kinds = {*READ, *PRINTED, "claim", "card", "book", "file"}
    assert {file.stem for file in render.FOLDER.glob("*.typ")} == {*kinds, "lib"}


def test_units_become_words() -> None:
    @dataclass
    class Sample:
        amount_fen: int
        rate_ppm: int
        share_bp: int
        missing_fen: int | None

    assert {one.name for one in fields(Sample)} == set(plain.plain(Sample(1, 2, 3, None)))  # type: ignore[call-overload]
    assert plain.plain(Sample(14_050, 47_500, 7_000, None)) == {
        "amount_fen": {"figures": "140.50", "capitals": "壹佰肆拾元零伍角整", "digits": "14050"},
        "rate_ppm": {"year": "4.75", "month": "3.958333"},
        "share_bp": "70",
        "missing_fen": None,
    }


# --- who may have it ------------------------------------------------------------------------------


def test_the_trail_keeps_who_printed_a_whole_number(counter: Counter) -> None:
    officer = counter.hire("loan_officer")
    for _ in range(2):
        counter.get(f"/{counter.lent.number}/papers/contract.pdf", officer)
    counter.get(f"/{counter.lent.number}/papers/interest.pdf", officer)
    with counter.house.books.read() as session:
        rows = session.scalars(select(TrailRow).where(TrailRow.command == "loans.print")).all()
        assert [row.reason for row in rows] == [f"借款合同{counter.lent.number}"] * 2


@pytest.mark.parametrize("role", ["auditor", "finance", "poverty_office"])
def test_a_whole_number_is_for_the_lender_alone(counter: Counter, role: str) -> None:
    staff = counter.hire(role)
    for path in (
        f"/{counter.lent.number}/papers/contract.pdf",
        f"/papers/slips/{counter.lent.slip_number}.pdf",
    ):
        assert counter.get(path, staff).status_code == 403


def test_outside_the_scope_no_paper_is_found(counter: Counter) -> None:
    staff = counter.hire("loan_officer", region_scope="431202")
    for path in (
        f"/{counter.lent.number}/papers/contract.pdf",
        f"/papers/slips/{counter.lent.slip_number}.pdf",
        f"/{counter.lent.number}/papers/interest.pdf",
    ):
        answer = counter.get(path, staff)
        assert answer.status_code == 404, path
    assert counter.lent.number not in counter.get(
        f"/papers/slips/{counter.lent.slip_number}.pdf", staff
    ).get_data(as_text=True).replace(counter.lent.slip_number, "")


def test_the_card_offers_what_there_is(counter: Counter) -> None:
    def card(staff: Staff) -> str:
        page = counter.client.get(f"/loans/{counter.lent.number}", headers=staff.headers)
        return str(page.get_data(as_text=True))

    director = counter.hire("director")
    seen = card(director)
    for path in (
        f"/loans/{counter.lent.number}/papers/contract.pdf",
        f"/loans/papers/slips/{counter.lent.slip_number}.pdf",
        f"/loans/{counter.lent.number}/papers/interest.pdf",
    ):
        assert f'href="{path}"' in seen
        answer = counter.client.get(path, headers=director.headers)
        assert answer.data.startswith(b"%PDF")
    assert "notice.pdf" not in seen
    assert "settled.pdf" not in seen
    watched = card(counter.hire("auditor"))
    assert "interest.pdf" in watched
    assert "contract.pdf" not in watched
    assert "papers/slips" not in watched


def test_a_paper_is_written_at_the_terminal(counter: Counter, tmp_path: Path) -> None:
    clerk = counter.hire("loan_officer")
    target = tmp_path / "合同.pdf"

    def run(login: str, kind: str) -> Any:
        words = ["loans", "paper", kind, counter.lent.number, "--out", str(target)]
        acting = ["--as", login, "--password-stdin"]
        entered = f"{PASSWORD}\n"
        return CliRunner().invoke(fupin, [*words, *acting], obj=counter.house, input=entered)

    done = run(clerk.login, "contract")
    assert done.exit_code == 0, done.output
    assert "伍万元整" in text_of(target.read_bytes())
    target.unlink()
    assert run(clerk.login, "settled").exit_code == 1
    assert run(counter.hire("finance").login, "contract").exit_code == 1
    assert not target.exists()


# --- each guard seen red --------------------------------------------------------------------------


def _as_markup(kind: str, paper: Any) -> bytes:
    """A template that reads people's words as its own."""
    words = paper.loan.purpose
    source = f'#set text(font: "Noto Serif SC")\n#eval("{words}", mode: "markup")'
    made = render._compiler().compile(input=source.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


_REAL: Callable[[str, object], bytes] = render.draw


def _with_the_hour(kind: str, paper: Any, _calls: list[int] = []) -> bytes:  # noqa: B006
    _calls.append(1)
    return _REAL(kind, replace(paper, loan=replace(paper.loan, purpose=str(len(_calls)))))


PLANTED = [
    Plant(
        test_what_looks_like_markup_is_printed_as_it_stands,
        "web.papers.render.draw",
        _as_markup,
        catches=(AssertionError, RuntimeError),
    ),
    Plant(test_the_same_data_gives_the_same_bytes, "web.papers.render.draw", _with_the_hour),
    Plant(
        test_what_no_face_has_is_told_by_its_number,
        "web.papers.plain.printable",
        str,
        catches=(AssertionError, RuntimeError),
    ),
    Plant(
        test_faces_know_their_characters,
        "web.papers.glyphs.characters",
        lambda: frozenset(map(chr, range(0x110000))),
    ),
    Plant(test_units_become_words, "web.papers.plain.capital_amount", str),
    Plant(
        test_the_card_offers_what_there_is,
        "web.pages.papers.rights.may",
        lambda _by, _command: True,
    ),
    Plant(
        test_a_whole_number_is_for_the_lender_alone,
        "office.rights.RIGHTS",
        {**rights.RIGHTS, "loans.print": rights.RIGHTS["loans.read"]},
        {"role": "auditor"},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, counter: Counter) -> None:
    plant.prove(counter=counter)
