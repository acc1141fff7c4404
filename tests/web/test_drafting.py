"""What a close has settled is drafted as a claim by the close itself, at the terminal too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from config.wiring import House
from subsidies.models import Claim
from tests.planted import Plant
from tests.web import world
from web.cli import fupin


def test_closing_the_settlement_day_drafts_the_claim(
    opened: House, settled: dict[str, int], tmp_path: Path
) -> None:
    vars(opened)["settings"] = replace(opened.settings, reports_dir=tmp_path)
    lender_id = world.found_lender(opened)
    family = world.FAMILIES[0]
    world.lend(opened, family, settled[family.number], lender_id)

    def close(to: str) -> list[int]:
        done = CliRunner().invoke(fupin, ["close-day", "--to", to, "--json"], obj=opened)
        assert done.exit_code == 0, done.output
        drafted: list[int] = json.loads(done.output)["claims_drafted"]
        return drafted

    assert close("2017-06-19") == []
    (claim_id,) = close("2017-06-20")
    with opened.books.read() as session:
        claim = session.get_one(Claim, claim_id)
        # 20 days of 50 000.00 at 4.75 %
        assert (claim.lender_id, claim.total_fen) == (lender_id, 13_194)
    assert close("2017-06-21") == []


PLANT = Plant(
    test_closing_the_settlement_day_drafts_the_claim,
    "web.commands.close_day.draft_after",
    lambda _house, _done: [],
    catches=(ValueError,),
)


def test_planted_bug_turns_red(opened: House, settled: dict[str, int], tmp_path: Path) -> None:
    PLANT.prove(opened=opened, settled=settled, tmp_path=tmp_path)
