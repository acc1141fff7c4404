"""Rules of how households are found, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from households import standing
from households.identification import Meeting, SheetRow, Step, Vote, load_lines
from households.identification.rates import Rate
from households.identification.refusals import VoteWithoutQuorum
from households.identification.voting import outcomes_of
from households.models import STATUS_TITLES
from tests.docs.rules_of_life import Row

LINES = load_lines(Path(__file__).parents[2] / "config" / "lines" / "poverty-lines.toml")
_STEP: Final = Step("vote", "票决", "vote", "x", "village", vote=True, quorum=(2, 3))
_STATUS: Final = {title: status for status, title in STATUS_TITLES.items()}


def _rate(row: Row) -> Rate:
    return Rate(row["rate"], int(row["numerator"]), int(row["denominator"]))


def found_rate(row: Row) -> Row:
    return {"per million": str(_rate(row).ppm)}


def exit_limit(row: Row) -> Row:
    limit = LINES.limit(row["rate"], date(2019, 1, 1))
    assert limit is not None
    return {"kept": "yes" if limit.met_by(_rate(row)) else "no"}


def ballot(row: Row) -> Row:
    eligible, present = int(row["eligible"]), int(row["present"])
    vote = Vote(int(row["for"]), 0, 0)
    try:
        (outcome,) = outcomes_of(_STEP, [SheetRow("1", vote=vote)], Meeting(eligible, present))
    except VoteWithoutQuorum as refused:
        return {"result": f"void {refused.facts['needed']}"}
    return {"result": "carried" if outcome == "done" else "lost"}


def stands(row: Row) -> Row:
    findings = [_STATUS[word] for word in row["findings"].split("、")]
    last = standing.in_force(findings)
    return {
        "standing": standing.standing(findings),
        "watched": "yes" if standing.watched(findings) else "no",
        "in force": STATUS_TITLES[last] if last else "–",
    }


IDENTIFIED: Final[dict[str, Callable[[Row], Row]]] = {
    "found-rate": found_rate,
    "exit-limit": exit_limit,
    "ballot": ballot,
    "standing": stands,
}

#: (table, row, target, bug)
PLANTS: Final = (
    ("found-rate", 5, "households.identification.rates.round_half_up", lambda n, d: n // d),
    ("exit-limit", 3, "households.identification.rates.Limit.met_by",
     lambda limit, rate: (rate.ppm or 0) <= limit.ppm),
    ("ballot", 1, "households.identification.procedure.Vote.carried",
     lambda vote, present: 2 * vote.votes_for >= present),
    ("ballot", 2, "households.identification.voting.require_quorum", lambda *_, **__: None),
    ("standing", 2, "households.standing._last_place", lambda *_: -1),
)  # fmt: skip

#: (table, column, a wrong result)
WRONG: Final = (
    ("found-rate", "per million", "1"),
    ("exit-limit", "kept", "perhaps"),
    ("ballot", "result", "tied"),
    ("standing", "in force", "富裕"),
)
