"""Rules of village funds, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from kernel.money import format_yuan, parse_yuan
from mutual_aid.counting import Counted, carries, fee_parts
from mutual_aid.queries import Turnover
from tests.docs.rules_of_life import RULEBOOK, Row

RULES: Final = RULEBOOK.mutual(on=date(2016, 5, 30), region="431022000000")


def vote(row: Row) -> Row:
    present, voted_for = int(row["present"]), int(row["for"])
    counted = Counted(int(row["members"]), present, voted_for, present - voted_for, 0)
    return {"result": "carried" if carries(counted, RULES) else "lost"}


def fee(row: Row) -> Row:
    parts = fee_parts(parse_yuan(row["taken"], field="cell"), RULES)
    return {"parts": " ".join(format_yuan(fen) for fen in parts)}


def turned(row: Row) -> Row:
    """In 万元, as the press prints them."""
    fiscal, stakes, lent = (int(row[name]) * 1_000_000 for name in ("fiscal", "stakes", "lent"))
    turnover = Turnover(fiscal, stakes, 0, lent)
    tenths = turnover.tenths or 0
    return {"fund": str(turnover.fund_fen // 1_000_000), "times": f"{tenths // 10}.{tenths % 10}"}


MUTUAL: Final[dict[str, Callable[[Row], Row]]] = {
    "fund-vote": vote,
    "fund-fee": fee,
    "fund-turnover": turned,
}

#: table, row, what is bent, how
PLANTS: Final = [
    ("fund-vote", 1, "tests.docs.rules_of_mutual.carries", lambda *_: True),
    (
        "fund-fee",
        0,
        "mutual_aid.counting.split_by_weights",
        lambda total, weights: [total * one // 10_000 for one in weights],
    ),
    (
        "fund-turnover",
        1,
        "mutual_aid.queries.Turnover.tenths",
        property(lambda turned: turned.lent_fen * 10 // turned.fund_fen + 1),
    ),
]

#: table, column, a value that is wrong in its first row
WRONG: Final = [
    ("fund-vote", "result", "lost"),
    ("fund-fee", "parts", "121.67 91.25 30.41 60.84"),
    ("fund-turnover", "fund", "7089"),
]
