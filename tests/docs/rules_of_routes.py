"""Rate and route of the subsidy, for the tables of ``docs/rules.md``; see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from kernel.money import format_rate, format_yuan, parse_rate
from loans import replay
from loans.bearing import shared_rate_ppm
from loans.parts import Share
from loans.replay import Event
from loans.routes import ENTERPRISE, HOUSEHOLD, LENDER
from loans.schedule import Pricing
from policy import Bearer
from tests.docs.rules_of_life import QUARTERLY, Row

_ROUTES: Final = {"经由机构": LENDER, "先付后补": HOUSEHOLD, "企业垫付": ENTERPRISE}
_DRAWN, _SETTLED = date(2016, 6, 21), date(2016, 9, 21)


def _rate(text: str) -> int | None:
    return None if text == "–" else parse_rate(text, field="cell")


def routed(row: Row) -> Row:
    """50 000 yuan for the quarter of 92 days, all of its interest the treasury's."""
    contract_ppm, reference = parse_rate(row["contract"], field="cell"), _rate(row["reference"])
    bearer = Bearer(
        "treasury", 10_000, None, LENDER, rate_ppm=_rate(row["fixed"]),
        rate_cap=None if reference is None else "benchmark",
    )  # fmt: skip
    shared_ppm = shared_rate_ppm(bearer, contract_ppm, lambda _name: reference or 0)
    terms = replace(
        QUARTERLY,
        pricing=Pricing(contract_ppm, "act/360"),
        shares=(Share(_DRAWN, date(2019, 5, 30), 10_000, 5_000_000, False, shared_ppm),),
        refunded=_ROUTES[row["route"]] != LENDER,
    )
    life = replay.begin(terms, number="1", amount_fen=5_000_000)
    draw = Event("draw", _DRAWN, 1, 5_000_000)
    course = replay.replay(life, [draw], until=_SETTLED, working_day=lambda _day: True).course
    (settled,) = course.settlements
    owed_fen = sum(due.amount_fen for due in course.raised if due.bearer == "household")
    return {
        "shared": format_rate(contract_ppm if shared_ppm is None else shared_ppm),
        "subsidy": format_yuan(settled.treasury_fen),
        "owed": format_yuan(owed_fen),
        "refunded": format_yuan(owed_fen - settled.household_fen),
    }


ROUTED: Final[dict[str, Callable[[Row], Row]]] = {"subsidy-route": routed}

#: table, column, a value that is wrong in its first row
WRONG: Final = [("subsidy-route", "owed", "0.01")]
