"""Rules of covered principal, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from kernel.money import format_yuan, parse_yuan
from loans.cover import contract_cap_fen, covered_fen
from tests.docs.rules_of_life import RULEBOOK, Row
from tests.loans.test_changes_rules import PLACE


def _fen(text: str) -> int:
    return parse_yuan(text, field="cell")


def covered(row: Row) -> Row:
    """A new contract beside others: its cap, and what is covered once it is drawn whole."""
    terms = RULEBOOK.contract_terms(on=date(2021, 6, 1), region=PLACE)
    cap = replace(terms.cover_principal_max_fen, value=_fen(row["cap"]))
    terms = replace(terms, cover_principal_max_fen=cap)
    others = [
        covered_fen(*map(_fen, part.split(":"))) for part in row["out"].split() if part != "–"
    ]
    amount_fen = _fen(row["amount"])
    cap_fen = contract_cap_fen(terms, [(amount_fen, sum(others))])
    return {
        "caps": format_yuan(cap_fen),
        "covered": format_yuan(sum(others) + covered_fen(amount_fen, cap_fen)),
    }


COVERED: Final[dict[str, Callable[[Row], Row]]] = {"covered": covered}

#: table, column, a value that is wrong in its first row
WRONG: Final = [("covered", "caps", "49999.99")]
