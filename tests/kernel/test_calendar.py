"""Working days: the shipped table, where it ends, and files that contradict themselves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kernel import calendar
from kernel.calendar import HolidayTable, HolidayTableEnds, HolidayTableInvalid
from tests.planted import Plant

SHIPPED = Path(__file__).parents[2] / "config" / "calendar"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2016, 5, 30), True),  # a Monday
        (date(2016, 5, 28), False),  # a Saturday
        (date(2016, 10, 7), False),  # a Friday of the National Day week
        (date(2016, 10, 8), True),  # the Saturday worked for it
        (date(2016, 2, 14), True),  # the Sunday worked for the Spring Festival
        (date(2017, 1, 27), False),  # New Year's Eve of 2017
        (date(2015, 9, 3), False),  # the 70th anniversary, of that year only
        (date(2016, 9, 2), True),
        (date(2004, 1, 1), False),
        (date(2026, 12, 31), True),
    ],
)
def test_the_shipped_table(day: date, works: bool) -> None:
    assert calendar.load(SHIPPED).is_working_day(day) is works


def test_every_year_has_its_statutory_days() -> None:
    table = calendar.load(SHIPPED)
    for year in range(2004, 2027):
        assert not table.is_working_day(date(year, 1, 1))
        assert not any(table.is_working_day(date(year, 10, day)) for day in (1, 2, 3))
        worked = sum(
            table.is_working_day(date(year, 1, 1) + timedelta(days=offset))
            for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
        )
        # 104 or 105 weekend days and 10 or 11 statutory days (13 from 2025) leave 247 to 252
        assert 246 <= worked <= 252, year


def test_a_due_date_moves_to_the_next_working_day() -> None:
    table = calendar.load(SHIPPED)
    assert table.roll_forward(date(2016, 10, 1)) == date(2016, 10, 8)
    assert table.roll_forward(date(2016, 5, 30)) == date(2016, 5, 30)
    assert table.next_working_day(date(2016, 5, 30)) == date(2016, 5, 31)
    assert table.next_working_day(date(2016, 9, 30)) == date(2016, 10, 8)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_outside_the_table_is_a_refusal_that_names_its_last_day(day: date) -> None:
    with pytest.raises(HolidayTableEnds, match="2026-12-31") as refused:
        calendar.load(SHIPPED).is_working_day(day)
    assert str(day.year) in refused.value.message("zh")


def test_rolling_past_the_end_is_refused_too() -> None:
    with pytest.raises(HolidayTableEnds):
        calendar.load(SHIPPED).next_working_day(date(2026, 12, 31))


GOOD = """
source = "test"
off = [{ first = 2030-01-01, last = 2030-01-03, name = "元旦" }]
worked = [2030-01-05]
"""


def test_a_county_adds_a_year_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "2030.toml").write_text(GOOD, encoding="utf-8")
    table = calendar.load(tmp_path)
    assert not table.is_working_day(date(2030, 1, 3))
    assert table.is_working_day(date(2030, 1, 5))
    assert table == HolidayTable(
        date(2030, 1, 1),
        date(2030, 12, 31),
        frozenset(date(2030, 1, day) for day in (1, 2, 3)),
        frozenset({date(2030, 1, 5)}),
    )


def test_next_year_is_taken_in_after_the_same_checks(tmp_path: Path) -> None:
    folder = tmp_path / "calendar"
    folder.mkdir()
    (folder / "2029.toml").write_text("off = []\nworked = []\n", encoding="utf-8")
    arrived = tmp_path / "2030.toml"
    arrived.write_text(GOOD.replace("2030-01-05", "2030-01-04"), encoding="utf-8")
    with pytest.raises(HolidayTableInvalid):
        calendar.add_year(folder, arrived)
    assert calendar.load(folder).last == date(2029, 12, 31)
    arrived.write_text(GOOD, encoding="utf-8")
    assert calendar.add_year(folder, arrived).last == date(2030, 12, 31)
    assert sorted(path.name for path in folder.iterdir()) == ["2029.toml", "2030.toml"]
    with pytest.raises(HolidayTableInvalid, match="2031"):
        calendar.add_year(folder, arrived)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("worked = [2030-01-05]", ""),  # a key is missing
        ("2030-01-05", "2030-01-04"),  # a Friday cannot be worked in exchange
        ("2030-01-05", "2031-01-04"),  # another year
        ("2030-01-05", "2030-01-05, 2030-01-05"),  # twice
        ("2030-01-05", "'2030-01-05'"),  # text
        ("2030-01-05", "2030-01-05T00:00:00"),  # an instant
        ("last = 2030-01-03", "last = 2029-12-30"),  # backwards
        ("last = 2030-01-03", "last = 2031-01-03"),  # into the next year
        ("last = 2030-01-03", "last = 2030-01-05"),  # off and worked at once
        ("first = 2030-01-01,", ""),
        ("first = 2030-01-01", "first = 20300101"),
        ("off = [{", "off = ["),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    (tmp_path / "2030.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(HolidayTableInvalid) as refused:
        calendar.load(tmp_path)
    assert refused.value.facts["file"] == "2030.toml"


def test_a_gap_between_the_years_is_refused(tmp_path: Path) -> None:
    for year in ("2030", "2032"):
        text = GOOD.replace("2030", year).replace("worked = [2032-01-05]", "worked = []")
        (tmp_path / f"{year}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(HolidayTableInvalid, match="2031"):
        calendar.load(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HolidayTableInvalid):
        calendar.load(tmp_path)


PLANTED = [
    Plant(
        test_the_shipped_table,
        "kernel.calendar.HolidayTable.is_working_day",
        lambda table, day: day not in table.off,
        {"day": date(2016, 5, 28), "works": False},
    ),
    Plant(
        test_the_shipped_table,
        "kernel.calendar.HolidayTable.is_working_day",
        lambda _table, day: day.weekday() < 5,
        {"day": date(2016, 10, 8), "works": True},
    ),
    Plant(
        test_a_due_date_moves_to_the_next_working_day,
        "kernel.calendar.HolidayTable.roll_forward",
        lambda _table, day: day,
    ),
    Plant(
        test_next_year_is_taken_in_after_the_same_checks,
        "kernel.calendar._read",
        lambda _file: (frozenset(), frozenset()),
    ),
    Plant(
        test_rolling_past_the_end_is_refused_too,
        "kernel.calendar.HolidayTable.is_working_day",
        lambda _table, day: day.weekday() < 5,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, tmp_path: Path) -> None:
    plant.prove(tmp_path=tmp_path)
