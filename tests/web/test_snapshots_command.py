"""``fupin snapshots``: a county hands its closed day in, a prefecture takes it in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings
from config.wiring import House
from web.cli import fupin

COUNTY, PREFECTURE = "431022000000", "431000000000"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A command on the books of a name, which are founded when they are first asked for."""
    houses: dict[str, House] = {}

    def command(name: str, *arguments: str) -> Result:
        if name not in houses:
            houses[name] = House(
                Settings.from_environment(
                    {
                        "FUPIN_DATABASE_URL": f"sqlite:///{tmp_path / name}.db",
                        "FUPIN_KEY_FILE": str(tmp_path / f"{name}.json"),
                        "FUPIN_REPORTS_DIR": str(tmp_path / name),
                    }
                )
            )
            first = ("init", "--region", name, "--first-day", "2016-01-01", "--held")
            assert command(name, *first).exit_code == 0
        return CliRunner().invoke(fupin, arguments, obj=houses[name])

    return command


def test_a_countys_closed_day_reaches_its_prefecture(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "day.json")
    assert run(COUNTY, "snapshots", "export", "--to", file).exit_code == 1  # no day is closed
    assert run(COUNTY, "close-day").exit_code == 0
    told = run(COUNTY, "snapshots", "export", "--to", file, "--json")
    said = json.loads(told.output)
    assert (said["region"], said["on"]) == (COUNTY, "2016-01-01")
    digest = said["digest"]
    taken = run(PREFECTURE, "snapshots", "import", file)
    assert taken.exit_code == 0, taken.output
    assert digest in taken.output
    again = run(PREFECTURE, "snapshots", "import", file)
    assert again.exit_code == 1
    assert "已经导入" in again.output
    # A county never takes in; the other counties of the prefecture are missing.
    assert run(COUNTY, "snapshots", "import", file).exit_code == 1
    listed = run(PREFECTURE, "snapshots", "list", "--json")
    assert listed.exit_code == 1
    by_region = {one["region"]: one for one in json.loads(listed.output)["counties"]}
    assert by_region[COUNTY]["digest"] == digest
    assert sum(one["on"] is None for one in by_region.values()) == len(by_region) - 1
    assert "宜章县" in run(PREFECTURE, "snapshots", "list").output
    assert run(PREFECTURE, "close-day").exit_code == 0
    figures = json.loads(run(PREFECTURE, "indicators", "--json").output)
    assert (figures["region"], figures["persons_poor"]) == (PREFECTURE, 0)
    clean = run(PREFECTURE, "verify")
    assert clean.exit_code == 0, clean.output
