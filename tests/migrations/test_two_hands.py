"""The third revision, up and down, on books that the program of the second wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, case, func, select, text

import migrations
from indicators import Figures
from jobs.program import ENTITLEMENT, snapshot
from kernel.dates import ONE_DAY
from kernel.money import format_yuan
from kernel.regions import RegionTree
from loans.models import LendingLimit, OpenDue, Position, Settlement
from migrations.refusals import RowsOfLaterVersion
from subsidies.models import Entitlement
from tests.conftest import Clock
from tests.loans.conftest import ground, holidays, new_town, regions, rulebook
from tests.loans.town import Town
from tests.migrations import lived_books
from tests.migrations.lived_books import LIVED
from tests.migrations.old_books import Old, blank, closing, opened, verify
from tests.migrations.opening_books import Table
from tests.planted import Plant

__all__ = ["blank", "ground", "holidays", "new_town", "regions", "rulebook", "verify"]

#: tables whose rows are running state that the revision moves
MOVED = ("lending_limits", "open_dues", "open_segments", "positions")


@pytest.fixture
def old(blank: Engine) -> Old:
    """The frozen books, at the revision that wrote them."""
    tables = lived_books.read()
    lived_books.write(blank, tables)
    return Old(blank, tables, LIVED)


# --- up -------------------------------------------------------------------------------------------


def test_nothing_recorded_changes_and_everything_verifies(
    old: Old, verify: Callable[[], None]
) -> None:
    old.migrate_keeping_all_but(*MOVED)
    verify()


def test_only_who_repays_owes(old: Old) -> None:
    """Two dues of households were open; what the treasury owes of each contract is on record."""
    old.migrate()
    with old.engine.connect() as connection:
        open_dues = connection.execute(select(OpenDue.due_id, OpenDue.left_fen)).all()
        borne = connection.scalar(select(func.sum(Settlement.treasury_fen)))
    assert {tuple(row) for row in open_dues} == {(101, 636), (105, 152_500)}
    assert borne == treasury_of(old)


def treasury_of(old: Old) -> int:
    """What the treasury was to pay as the books before had it: its open dues."""
    columns = old.tables["open_dues"]["columns"]
    bearer, left = columns.index("bearer"), columns.index("left_fen")
    return sum(row[left] for row in old.tables["open_dues"]["rows"] if row[bearer] == "treasury")


def with_terms(tables: dict[str, Table], changes: dict[int, dict[str, object]]) -> None:
    """Other frozen terms for some contracts: rows that the trail would not know."""
    columns = tables["loans"]["columns"]
    ident, terms = columns.index("id"), columns.index("terms")
    for row in tables["loans"]["rows"]:
        frozen = json.loads(row[terms])
        for name, value in changes.get(row[ident], {}).items():
            frozen[name]["value"] = value
        row[terms] = json.dumps(frozen, ensure_ascii=False, separators=(",", ":"))


def test_under_cover_is_what_the_frozen_terms_say(blank: Engine) -> None:
    """The caps of contracts 3, 5, 6 and 9 differ; of the list of 9 each share is cut by itself.

    Out at the second revision: 306 261.58; contract 3 15 699.96, 5 15 599.99, 6 8 324.99, 9
    51 173.55. Under cover: 10 000, nothing, nothing, 9 600 + 20 000 + 20 000 = 49 600. So of all
    5 699.96 + 15 599.99 + 8 324.99 + 1 573.55 = 31 198.49 is outside, of the lists the last.
    """
    tables = lived_books.read()
    with_terms(
        tables,
        {
            3: {"cover_principal_max_fen": "10000.00"},
            5: {"cover_parts": ["interest"]},
            6: {"cover_fund_share_bp": "0"},
            9: {"cover_principal_max_fen": "20000.00"},
        },
    )
    lived_books.write(blank, tables)
    Old(blank, tables, LIVED).migrate()
    with blank.connect() as connection:
        caps: dict[int, int] = {
            row.loan_id: row.cover_cap_fen
            for row in connection.execute(select(Position.loan_id, Position.cover_cap_fen))
        }
        limits = {
            row.scope: (row.used_fen, row.limit_fen, row.when_full)
            for row in connection.execute(select(LendingLimit.__table__))
        }
    # Where nothing was changed the whole amount is under cover: each is below 50 000.
    assert (caps[1], caps[2], caps[21]) == (2_890_000, 3_350_000, 670_000)
    assert (caps[3], caps[5], caps[6], caps[9]) == (1_000_000, 0, 0, 4_960_000)
    assert limits == {
        "1": (30_626_158 - 3_119_849, 500_000_000, "stop"),
        "431022": (30_626_158 - 3_119_849, 900_000_000, "stop"),
        "431022000000": (13_141_654 - 157_355, 0, "stop"),
    }


def test_a_migration_while_a_day_is_closed_is_refused(old: Old) -> None:
    old.refuse_while_closing("2020-09-28")


# --- the first close ------------------------------------------------------------------------------


@pytest.fixture
def closed(
    old: Old, new_town: Town, clock: Clock, regions: RegionTree
) -> Callable[[], Callable[[date], Figures]]:
    """Migrate and close the open day with the house's own steps; asks for figures of a day."""
    return closing(
        opened(
            old, new_town, clock, datetime(2020, 7, 2, 4, tzinfo=UTC), ENTITLEMENT, snapshot(10)
        ),
        regions,
    )


def test_the_first_close_takes_what_was_settled_before(
    old: Old, closed: Callable[[], Callable[[date], Figures]], verify: Callable[[], None]
) -> None:
    """Days closed before keep their figures; a second close takes nothing twice."""
    figures = closed()
    first = lived_books.TODAY
    with old.engine.connect() as connection:
        count, fen, before = connection.execute(
            select(
                func.count(),
                func.sum(Settlement.treasury_fen),
                func.sum(case((Settlement.booked_on < first, Settlement.treasury_fen), else_=0)),
            ).where(Settlement.treasury_fen != 0)
        ).one()
        assert connection.scalar(select(func.count(Entitlement.id))) == count
        assert set(connection.scalars(select(Entitlement.booked_on))) == {first}
    assert before == treasury_of(old)
    assert figures(first).value("subsidy_accrued") == format_yuan(int(fen))
    assert figures(first - ONE_DAY).value("subsidy_accrued") == "0.00"
    verify()
    closed()
    with old.engine.connect() as connection:
        now = connection.scalar(select(func.sum(Settlement.treasury_fen)))
    assert figures(first + ONE_DAY).value("subsidy_accrued") == format_yuan(int(now or 0))
    verify()
    with pytest.raises(RowsOfLaterVersion):
        migrations.downgrade(old.engine, LIVED)


# --- down -----------------------------------------------------------------------------------------


def test_down_and_up_again(old: Old, verify: Callable[[], None]) -> None:
    old.migrate_back_and_again()
    verify()


BARS = {
    "budget_lines": "INSERT INTO budget_lines (id, document_no, code, level, year, funder,"
    " amount_fen, entered_on, trail_id) VALUES (1, '文号', '213', 'county', 2020, '县财政', 1,"
    " '2020-09-29', 1)",
    "fund_accounts": "INSERT INTO fund_accounts (id, region_code, lender_id, number, name,"
    " opened_on, trail_id) VALUES (1, '431022000000', 1, '1', '专户', '2020-09-29', 1)",
    "loan_changes": "INSERT INTO loan_changes (id, loan_id, item_id, kind, value_date,"
    " booking_date, matures_on, method, every_months, settle_on_day, clause, why, trail_id)"
    " SELECT 99, loan_id, NULL, 'unsubsidised', value_date, booking_date, matures_on, method,"
    " every_months, settle_on_day, clause, 'status', trail_id FROM loan_changes WHERE id = 1",
    "lending_limits": "UPDATE lending_limits SET limit_fen = NULL",
}


@pytest.mark.parametrize("table", BARS)
def test_what_the_old_version_cannot_hold_bars_the_way_back(old: Old, table: str) -> None:
    old.migrate()
    with old.engine.begin() as connection:
        connection.execute(text(BARS[table]))
    old.refuse_the_way_back(table)
    # All the way down nothing is kept, and nothing bars it.
    migrations.downgrade(old.engine)
    assert migrations.current(old.engine) is None


# --- planted bugs ---------------------------------------------------------------------------------


def nothing(*_: object, **__: object) -> None:
    """Left out."""


PLANTED = [
    Plant(test_only_who_repays_owes, "migrations.hands.take_out_treasury", nothing),
    Plant(test_under_cover_is_what_the_frozen_terms_say, "migrations.hands.count_covered", nothing),
    Plant(test_under_cover_is_what_the_frozen_terms_say, "migrations.hands.fill_cover", nothing),
    Plant(test_down_and_up_again, "migrations.hands.put_treasury_back", nothing),
    Plant(
        test_nothing_recorded_changes_and_everything_verifies,
        "migrations.changing.protect",
        nothing,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, request: pytest.FixtureRequest, verify: Callable[[], None]
) -> None:
    asked = [name for name in ("old", "blank") if name in plant.test.__code__.co_varnames]
    plant.prove(**{name: request.getfixturevalue(name) for name in asked}, verify=verify)
