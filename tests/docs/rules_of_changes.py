"""Rules of changes, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from kernel.money import format_yuan, parse_share, parse_yuan
from loans import replay
from loans.changes.asked import ChangeAsked, Facts
from loans.changes.rules import broken_rules, extended_until
from loans.replay import Event
from tests.docs.rules_of_life import HOLIDAYS, QUARTERLY, RULEBOOK, Row
from tests.loans.test_changes_rules import LOAN, PLACE

DRAWN: Final = date(2016, 5, 30)


def extension_limit(row: Row) -> Row:
    since = date.fromisoformat(row["matures"]) + timedelta(days=int(row["deferred"]))
    share_bp = parse_share(row["share"], field="cell")
    return {"latest": extended_until(since, int(row["months"]), share_bp).isoformat()}


def deferral(row: Row) -> Row:
    """Whether a loan that matured, or will, may be deferred until a day."""
    on, matures_on = date.fromisoformat(row["decided"]), date.fromisoformat(row["matures"])
    known = {
        "matures_on": matures_on,
        "before_deferral_on": date.fromisoformat(row["first matured"]),
        "drawn_on": date(2019, 1, 1),
    }
    terms = RULEBOOK.contract_terms(on=date(2019, 1, 2), region=PLACE)
    asked = ChangeAsked(
        "XD1",
        "受疫情影响",
        value_date=min(on, matures_on - timedelta(days=1)),
        matures_on=date.fromisoformat(row["until"]),
    )
    facts = Facts(**{**LOAN, **known}, terms=terms)
    conduct = RULEBOOK.conduct(on=on, region=PLACE)
    return {"accepted": "否" if broken_rules("deferral", asked, facts, conduct, on=on) else "是"}


def written_off(row: Row) -> Row:
    """50 000 at 4.75 %, the household's own, with compound interest."""
    terms = replace(QUARTERLY, compounds=True, shares=())
    lost_on = date.fromisoformat(row["written off"])
    back_fen = parse_yuan(row["recovered"], field="cell")
    events = [Event("draw", DRAWN, 1, 5_000_000), Event("write_off", lost_on, 2)]
    if back_fen:
        events.append(Event("recovery", lost_on + timedelta(days=30), 3, back_fen))
    life = replay.replay(
        replay.begin(terms, number="XD1", amount_fen=5_000_000),
        events,
        until=lost_on + timedelta(days=60),
        working_day=HOLIDAYS.is_working_day,
    )
    return {
        "lost": format_yuan(life.lost_fen),
        "left": format_yuan(life.lost_fen - life.recovered_fen),
    }


CHANGED: Final[dict[str, Callable[[Row], Row]]] = {
    "extension-limit": extension_limit,
    "deferral": deferral,
    "written-off": written_off,
}

#: table, column, a value that is wrong in its first row
WRONG: Final = [
    ("extension-limit", "latest", "2018-05-31"),
    ("deferral", "accepted", "否"),
    ("written-off", "lost", "50204.77"),
]
