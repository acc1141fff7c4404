"""Rules of family lines, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from households.family_lines import lines_of
from kernel.money import format_yuan, parse_yuan
from tests.docs.rules_of_life import Row


def line(row: Row) -> Row:
    """``B←A``: B split off from A; ``A→B``: A was merged into B; ``×``: it counts no more."""
    joined = [
        (_number(one[0]), _number(one[2]), not one.endswith("×")) for one in row["links"].split()
    ]
    found = lines_of(joined)
    line_id, cap_id = found[_number(row["household"])]
    kin = "".join(_letter(one) for one in sorted(found) if found[one][0] == line_id)
    together = "".join(_letter(one) for one in sorted(found) if found[one][1] == cap_id)
    owed = dict(zip("ABCD", row["owed"].split(), strict=False))
    taken = sum(parse_yuan(owed[one], field="cell") for one in together)
    left = max(0, parse_yuan(row["cap"], field="cell") - taken)
    return {"kin": kin, "together": together, "left": format_yuan(left)}


def _number(letter: str) -> int:
    return ord(letter) - ord("A") + 1


def _letter(number: int) -> str:
    return chr(ord("A") + number - 1)


FAMILIES: Final[dict[str, Callable[[Row], Row]]] = {"family-line": line}

#: table, row, what is bent, how
PLANTS: Final = [
    (
        "family-line",
        0,
        "tests.docs.rules_of_families.lines_of",
        lambda joined: {one: (one, one) for link in joined for one in link[:2]},
    ),
]

#: table, column, a value that is wrong in its first row
WRONG: Final = [("family-line", "left", "50000.00")]
