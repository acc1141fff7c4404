"""Rules of the risk-compensation fund, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from kernel.money import format_yuan, parse_share, parse_yuan, round_half_up
from policy import PartyShare
from risk_fund import sharing
from risk_fund.claims.amounts import Amounts, Basis, coverable
from risk_fund.deadlines import working_days_after
from risk_fund.leverage import Leverage, fund_needed_fen
from risk_fund.sharing import Part, Table
from tests.docs.rules_of_life import HOLIDAYS, Row


def _yuan(text: str) -> int:
    fen = parse_yuan(text.removeprefix("-"), field="cell", maximum=10**15)
    return -fen if text.startswith("-") else fen


def _said(fen: int) -> str:
    return f"-{format_yuan(-fen)}" if fen < 0 else format_yuan(fen)


def _parties(text: str) -> tuple[PartyShare, ...]:
    words = [] if text == "–" else text.split()
    return tuple(
        PartyShare(party, parse_share(share, field="cell"))
        for party, share in zip(words[::2], words[1::2], strict=True)
    )


def _told(parts: list[Part]) -> str:
    return " ".join(f"{p.party.split('/')[-1]} {_said(p.amount_fen)}" for p in parts) or "–"


def loss_sharing(row: Row) -> Row:
    table = Table(_parties(row["table"]), _parties(row["levels"]), "")
    parts = sharing.share(_yuan(row["loss"]), table)
    return {
        "parties": _told([part for part in parts if not part.is_level]),
        "inside": _told([part for part in parts if part.is_level]),
    }


def recovered(row: Row) -> Row:
    """Payments in order; what goes beyond the claim adds up."""
    table = Table(_parties(row["table"]), (), "")
    repaid_fen = beyond_fen = 0
    told = []
    for payment in row["payments"].split():
        split = sharing.recover(_yuan(row["claim"]), repaid_fen, _yuan(payment), table)
        repaid_fen += _yuan(payment)
        beyond_fen += split.beyond_fen
        told.append(" ".join(f"{party} {_said(fen)}" for party, fen in split.parts.items()))
    return {"parts": "；".join(told), "beyond": _said(beyond_fen)}


def leverage(row: Row) -> Row:
    one = Leverage(_yuan(row["lent"]), _yuan(row["fund"]), int(row["multiple"]))
    return {
        "leverage": one.text,
        "headroom": _said(one.headroom_fen),
        "needed": _said(fund_needed_fen(one.lent_fen, one.multiple)),
    }


def claimable(row: Row) -> Row:
    earlier = [] if row["earlier"] == "–" else [_yuan(part) for part in row["earlier"].split()]
    basis = Basis(
        _yuan(row["outstanding"]),
        _yuan(row["covered"]),
        _yuan(row["due"]),
        _yuan(row["interest"]),
        _yuan(row["penalty"]),
        _yuan(row["compound"]),
        tuple(row["parts"].split()),
        Amounts(*earlier) if earlier else Amounts(0, 0, 0),
    )
    most = coverable(basis)
    told = (most.principal_fen, most.interest_fen, most.penalty_fen)
    return {"principal/interest/penalty": " ".join(_said(fen) for fen in told)}


def working_days(row: Row) -> Row:
    start = date.fromisoformat(row["from"])
    return {"latest": working_days_after(HOLIDAYS, start, int(row["days"])).isoformat()}


FUNDED: Final[dict[str, Callable[[Row], Row]]] = {
    "loss-sharing": loss_sharing,
    "recovered": recovered,
    "leverage": leverage,
    "claimable": claimable,
    "working-days": working_days,
}


def _by_rounding(total: int, weights: list[int]) -> list[int]:
    return [round_half_up(total * weight, sum(weights)) for weight in weights]


#: (table, column, a wrong value of its first row)
WRONG: Final = [
    ("loss-sharing", "inside", "county 17811.72 township 10687.04 village 7124.68"),
    ("recovered", "parts", "fund 6999.99 bank 3000.01"),
    ("leverage", "leverage", "7.81"),
    ("claimable", "principal/interest/penalty", "50000.00 606.94 890.63"),
    ("working-days", "latest", "2016-07-12"),
]

#: (table, place of the row, target, bug)
PLANTS: Final[list[tuple[str, int, str, object]]] = [
    ("loss-sharing", 4, "risk_fund.sharing.split_by_weights", _by_rounding),
    ("recovered", 2, "risk_fund.sharing.recovered_fen", lambda _claim, repaid: repaid),
    ("leverage", 5, "risk_fund.leverage.round_half_up", lambda n, d: n // d),
    ("claimable", 3, "risk_fund.claims.amounts.round_half_up", lambda n, d: n // d),
    ("working-days", 1, "risk_fund.deadlines._is_worked", lambda _calendar, day: day.weekday() < 5),
]
