"""Figures with their parts and rows, and printed figures beside the books'."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient

import ledger
from config.wiring import House
from indicators.definitions import FIGURES
from tests.web import linkage_world as told
from tests.web import world
from tests.web.bureau import Bureau
from tests.web.conftest import Hire
from tests.web.linkage_world import Linked, linked
from web.figures import COUNTER_TITLES, GROUPS
from web.reconciled import day_of
from web.words import money

__all__ = ["linked"]


@pytest.fixture
def bureau(client: FlaskClient, opened: House, hire: Hire) -> Bureau:
    """The desks of the county."""
    return Bureau(client, opened, hire)


def closed(linked: Linked) -> date:
    """The last closed day."""
    with linked.house.books.read() as session:
        day = ledger.last_closed_day(session)
    assert day is not None
    return day


def test_every_part_of_a_ratio_has_a_name() -> None:
    """Every counter above or below a line is a figure of its own, or is named."""
    own = {figure.counter for figure in FIGURES.values() if not figure.over}
    parts = {
        part for figure in FIGURES.values() if figure.over for part in (figure.counter, figure.over)
    }
    assert parts - own == set(COUNTER_TITLES)
    shown = [name for _key, _title, names in GROUPS for name in names]
    assert len(shown) == len(set(shown))


def test_each_level_shows_the_figures_of_its_last_closed_day(
    bureau: Bureau, linked: Linked
) -> None:
    """Three households of a village are linked: its book, its township and the county say so."""
    on = closed(linked).isoformat()
    for code, place in ((world.COUNTY, "431022101000"), ("431022101000", world.VILLAGE)):
        page = bureau.page(f"/levels/{code}", "poverty_office")
        figure = re.search(r'data-figure="households_linked">.*?</div>', page, re.DOTALL)
        assert figure is not None
        assert f"/dashboard/households_linked?region={code}&amp;on={on}" in figure[0]
        assert ">3<" in figure[0]
        row = re.search(rf'data-figures="{place}".*?</tr>', page, re.DOTALL)
        assert row is not None
        assert f"/dashboard/loans_disbursed?region={place}&amp;on={on}" in row[0]
    book = bureau.page(f"/levels/{world.VILLAGE}", "poverty_office")
    assert f"/dashboard/loans_count?region={world.VILLAGE}&amp;on={on}" in book
    # The figures are those of the dashboard, fen for fen, and of the last closed day alone.
    told = bureau.get(f"/indicators?region={world.VILLAGE}&on={on}", "poverty_office")
    assert f">{money(told['loans_disbursed'])}</a>" in book
    early = bureau.page(f"/levels/{world.VILLAGE}?on=2017-01-01", "poverty_office")
    assert 'id="figures"' not in early
    # A lender's own people see the figures, and no way to the rows of others.
    bureau.who("director", "own", institution_id=1)
    own = bureau.page(f"/levels/{world.VILLAGE}", "director", "own")
    assert 'data-figure="loans_count"' in own
    assert "/dashboard/loans_count?" not in own
    for code in (world.COUNTY, "431022101000", world.VILLAGE):
        assert bureau.file(f"/levels/{code}.pdf", "poverty_office")[:4] == b"%PDF"
        workbook = BytesIO(bureau.file(f"/levels/{code}.xlsx", "poverty_office"))
        with zipfile.ZipFile(workbook) as parts:
            names = parts.read("xl/workbook.xml").decode()
            cells = b"".join(parts.read(one) for one in parts.namelist()).decode(errors="ignore")
        assert "贷款贴息分红" in names
        assert "利益联结户数" in cells


def test_rows_of_a_figure_are_kept_as_a_file_with_the_heads(bureau: Bureau, linked: Linked) -> None:
    del linked
    file = bureau.file("/dashboard/households_linked/rows.csv", "poverty_office")
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[0] == "户编号,户主,地区,计入"
    heads = [(line.split(",")[0], line.split(",")[1], line.split(",")[3]) for line in lines[1:]]
    assert heads == [(one.number, one.head, "1") for one in world.FAMILIES[:3]]
    enterprises = bureau.page("/dashboard/enterprises_linked", "poverty_office")
    assert re.search(r'href="/enterprises/\d+"', enterprises)
    # A lender's own people see figures, and not the rows of others.
    bureau.who("director", "own", institution_id=1)
    bureau.page("/dashboard/households_linked", "director", "own", status=403)


def test_printed_figures_stand_beside_the_books_and_the_pairs_with_their_reason(
    bureau: Bureau, linked: Linked
) -> None:
    on = closed(linked)
    page = bureau.page("/reconciliation", "auditor")
    # 34 500 were printed of January 2017; three households of two are linked on 1 June.
    row = re.search(r'data-print="persons_linked" data-verdict-of="(\w+)".*?</tr>', page, re.S)
    assert row is not None
    assert row[1] == "another_day"
    assert "34,500" in row[0] or "44,500" in row[0]
    assert ">6</a>" in row[0]
    assert "26680人已分红是我们的解读" in page
    pair = re.search(r'data-pair="yizhang-\w[\w-]*".*?</div>', page, re.S)
    assert pair is not None
    assert "32016000 / 34500 = 928.00" in page
    told_by_api = bureau.get(f"/reconciliation?region={world.COUNTY}&on={on}", "auditor")
    prints = {(one["figure"], one["printed"]): one for one in told_by_api["prints"]}
    assert prints["persons_linked", "34500"]["computed"] == "6"
    # 6 − 34 500
    assert prints["persons_linked", "34500"]["difference"] == "-34494"
    assert any("32016000 / 34500 = 928.00" in one["arithmetic"] for one in told_by_api["pairs"])
    file = bureau.file("/reconciliation.csv?q=联结人数", "auditor").decode("utf-8-sig")
    assert file.count("\n") == 3
    assert "-34494" in file
    none = bureau.page("/reconciliation?verdict=same", "auditor")
    assert 'data-print="' not in none


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2016-12", date(2016, 12, 31)), ("2016-02", date(2016, 2, 29)),
        ("2017-01-15", date(2017, 1, 15)), ("2019-04", None),
    ],
)  # fmt: skip
def test_a_print_is_held_against_its_months_last_close(as_of: str, day: date | None) -> None:
    assert day_of(as_of, date(2017, 6, 1)) == day


def test_a_figures_missing_denominator_is_named_on_its_card(bureau: Bureau, linked: Linked) -> None:
    """4 054.14 + 2 432.49 + 1 001.02 = 7 487.65 to six people: 1 247.9416…, 1 247.94 each."""
    linked.granted()
    linked.town.paid_out(linked.round_id)
    linked.close_to(linked.town.today)
    page = bureau.page("/dashboard", "auditor")
    card = re.search(r'data-figure="dividend_per_person_paid">.*?data-printed', page, re.S)
    assert card is not None
    assert "1,247.94" in card[0]
    assert "已付分红 <b>7,487.65</b> ÷ 已分红人数 <b>6</b>" in card[0]
    rows = bureau.page("/dashboard/dividend_per_person_paid", "auditor")
    assert "/dashboard/persons_paid" in rows
    assert told.AMOUNTS[0].replace("4", "4,", 1) in rows
