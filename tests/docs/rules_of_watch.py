"""Rules of the watch, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from kernel.money import format_yuan, parse_share, parse_yuan
from risk_fund.fuse import Standing, blows, ratio_ppm
from risk_fund.stress.chain import Lives
from risk_fund.stress.history import NOTHING, History, matrix_of
from risk_fund.watch_queries import Platform
from tests.docs.rules_of_life import Row


def _yuan(text: str) -> int:
    return parse_yuan(text, field="cell", maximum=10**15)


def fuse(row: Row) -> Row:
    standing = None
    if row["before"] == "blown":
        standing = Standing("blown")
    elif row["before"].startswith("lifted"):
        standing = Standing("lifted", date.fromisoformat(row["before"].split()[1]))
    does = blows(
        standing,
        bad_fen=_yuan(row["bad"]),
        outstanding_fen=_yuan(row["outstanding"]),
        threshold_ppm=parse_share(row["threshold"], field="cell") * 100,
        on=date.fromisoformat(row["close"]),
    )
    return {"blows": "yes" if does else "no"}


def guarantee_headroom(row: Row) -> Row:
    amounts = [_yuan(row[name]) for name in ("capital", "force", "called")]
    capital, force, called = amounts
    one = Platform(0, "", "", capital, int(row["multiple"]), force, called, "", date(2017, 1, 31))
    fen = one.headroom_fen
    return {"headroom": f"-{format_yuan(-fen)}" if fen < 0 else format_yuan(fen)}


def stress_claims(row: Row) -> Row:
    lives = Lives(matrix_of(NOTHING), [float(row["factor"])] * 30)
    found = lives.claims(int(row["grade"]), int(row["months"]))[:4]
    return {"claimed": " ".join(str(int(chance * 1_000_000 + 0.5)) for chance in found)}


def stress_chance(row: Row) -> Row:
    seen, late = int(row["seen"]), int(row["late"])
    counts = {**NOTHING.counts, "1": (0, seen - late, late, 0, 0, 0)}
    return {"chance": str(matrix_of(History(None, None, counts)).rows[0][2])}


WATCHED: Final[dict[str, Callable[[Row], Row]]] = {
    "fuse": fuse,
    "guarantee-headroom": guarantee_headroom,
    "stress-claims": stress_claims,
    "stress-chance": stress_chance,
}

WRONG: Final = [
    ("fuse", "blows", "no"),
    ("guarantee-headroom", "headroom", "65000000.01"),
    ("stress-claims", "claimed", "0 1500 600 241"),
    ("stress-chance", "chance", "3001"),
]

#: (table, place of the row, target, bug)
PLANTS: Final[list[tuple[str, int, str, object]]] = [
    (
        "fuse",
        1,
        "risk_fund.fuse.reached",
        lambda *, bad_fen, outstanding_fen, threshold_ppm: (
            ratio_ppm(bad_fen, outstanding_fen) >= threshold_ppm
        ),
    ),
    ("stress-claims", 3, "risk_fund.stress.chain.worsened", lambda row, _own, _factor: tuple(
        one / 1_000_000 for one in row)),
    ("stress-chance", 1, "risk_fund.stress.history._mixed", lambda _seen, row, _prior: row),
]  # fmt: skip
