"""What agreements with enterprises pay, for the tables of ``docs/rules.md``; see ``test_rules``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final, cast

from enterprises import terms
from enterprises.dividends import rounds
from enterprises.models import Agreement
from enterprises.terms import Basis, Linked, Part, Term
from kernel.dates import add_months
from kernel.money import format_yuan, parse_rate, parse_share, parse_yuan, round_half_up
from tests.docs.rules_of_life import Row

_BASES: Final = {"入股": "rate_on_stake", "每户": "per_household", "每人": "per_person"}
_TERM: Final = re.compile(
    r"(\d+)–(\d+)年(入股|每户|每人)([0-9.]+)(%?)(?:，现金([0-9.]+)%)?(?:，分成([0-9.]+)%)?"
)
#: where a table says nothing of days, all of them count
_YEAR: Final = 365


def _yuan(text: str) -> int:
    return parse_yuan(text, field="cell")


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    assert found, text
    first, last, basis, value, percent, cash, share = found.groups()
    assert bool(percent) == (basis == "入股"), text
    return Term(
        year_from=int(first),
        year_to=int(last),
        basis=cast("Basis", _BASES[basis]),
        rate_ppm=parse_rate(value, field="cell") if percent else 0,
        amount_fen=0 if percent else _yuan(value),
        cash_bp=parse_share(cash or "100", field="cell"),
        profit_share_bp=parse_share(share or "0", field="cell"),
    )


def _linked(nr: int, stake: str, persons: str = "1", days: int = _YEAR) -> Linked:
    stake_fen = _yuan(stake)
    return Linked(
        household_id=nr,
        persons=int(persons),
        stake_fen=stake_fen,
        stake_days=stake_fen * days,
        linked_days=days,
    )


def _split(agreed: str, nr: int, months: int, linked: list[Linked], **more: int) -> list[Part]:
    every = [_term(one) for one in agreed.split("；")]
    held = terms.term_in(every, terms.year_of(months, nr))
    return terms.split(held, linked, rhythm_months=months, period_days=_YEAR, **more)


def of_a_period(row: Row) -> Row:
    """A household's dividend of one period, in cash and re-invested."""
    linked = _linked(1, row["stake"], row["persons"])
    (part,) = _split(row["terms"], int(row["period"]), int(row["months"]), [linked])
    return {
        "dividend": format_yuan(part.amount_fen),
        "cash": format_yuan(part.cash_fen),
        "re-invested": format_yuan(part.reinvested_fen),
    }


def of_all_periods(row: Row) -> Row:
    """A household's dividends over the whole agreement."""
    months, linked = int(row["months"]), _linked(1, row["stake"])
    count = int(row["years"]) * 12 // months
    parts = [_split(row["terms"], nr, months, [linked])[0] for nr in range(1, count + 1)]
    return {
        "cash": format_yuan(sum(part.cash_fen for part in parts)),
        "re-invested": format_yuan(sum(part.reinvested_fen for part in parts)),
    }


def with_profit(row: Row) -> Row:
    """Floors and a share of the profit, of a year."""
    linked = [_linked(nr, stake) for nr, stake in enumerate(row["stakes"].split(), start=1)]
    parts = _split(
        row["terms"],
        1,
        12,
        linked,
        profit_fen=_yuan(row["profit"]),
        service_fee_bp=parse_share(row["fee"], field="cell"),
    )
    return {"dividends": " ".join(format_yuan(part.amount_fen) for part in parts)}


def for_some_days(row: Row) -> Row:
    """A household that joined late or left early."""
    linked = _linked(1, row["stake"], days=int(row["linked"]))
    (part,) = _split(row["terms"], 1, int(row["months"]), [linked])
    return {"dividend": format_yuan(part.amount_fen)}


def periods(row: Row) -> Row:
    """A period's days, its year of the agreement, and the day it falls due."""
    from_on, months, nr = date.fromisoformat(row["from"]), int(row["months"]), int(row["nr"])
    period = terms.period_of(from_on, months, nr)
    return {
        "period": f"{period.start}→{period.end}",
        "year": str(terms.year_of(months, nr)),
        "due": str(terms.due_on(period, in_advance=row["in advance"] == "是")),
    }


def of_a_county(row: Row) -> Row:
    """Households of so many people, one fixed sum each; what it is per person."""
    groups = [one.split("×") for one in row["households"].split("；")]
    linked = [_linked(nr, "0", persons) for persons, count in groups for nr in range(int(count))]
    total_fen = sum(part.amount_fen for part in _split(row["terms"], 1, 12, linked))
    paid = sum(one.persons for one in linked)
    per = {"linked": int(row["linked persons"]), "paid": paid}
    return {
        "total": format_yuan(total_fen),
        "paid persons": str(paid),
        **{f"per {who}": format_yuan(round_half_up(total_fen, n)) for who, n in per.items()},
    }


def settled(row: Row) -> Row:
    """What a period paid in advance is settled by, once it is over."""
    linked = [_linked(nr, stake) for nr, stake in enumerate(row["stakes"].split(), start=1)]
    parts = _split(
        row["terms"], 1, int(row["months"]), linked,
        profit_fen=_yuan(row["profit"]), service_fee_bp=parse_share(row["fee"], field="cell"),
    )  # fmt: skip
    before = [_yuan(one) for one in row["before"].split()]
    short = [max(part.amount_fen - fen, 0) for part, fen in zip(parts, before, strict=True)]
    return {"settled": " ".join(map(format_yuan, short))}


def cut(row: Row) -> Row:
    """A period of an agreement that is unwound within it."""
    agreement = Agreement(
        from_on=date.fromisoformat(row["from"]),
        to_on=add_months(date.fromisoformat(row["from"]), 12),
        rhythm_months=int(row["months"]),
        in_advance=False,
    )
    found = rounds.round_at(agreement, int(row["nr"]), date.fromisoformat(row["until"]))
    if found is None:
        return {"counted": "无", "due": "无", "dividend": "0.00"}
    _nr, period, counted_to, due_on = found
    days = (counted_to - period.start).days
    floor_fen = terms.floor_of(
        _term(row["terms"]),
        _linked(1, row["stake"], days=days),
        rhythm_months=agreement.rhythm_months,
        period_days=(period.end - period.start).days,
    )
    return {
        "counted": f"{period.start}→{counted_to}",
        "due": str(due_on),
        "dividend": format_yuan(floor_fen),
    }


LINKED: Final[dict[str, Callable[[Row], Row]]] = {
    "dividend-period": of_a_period,
    "dividend-agreement": of_all_periods,
    "dividend-profit": with_profit,
    "dividend-days": for_some_days,
    "dividend-due": periods,
    "dividend-county": of_a_county,
    "dividend-settlement": settled,
    "dividend-cut": cut,
}

#: table, column, a value that is wrong in its first row
WRONG: Final = [
    ("dividend-period", "dividend", "1300.01"),
    ("dividend-agreement", "cash", "25000.00"),
    ("dividend-profit", "dividends", "8800.00 5280.00 3520.00"),
    ("dividend-days", "dividend", "4000.00"),
    ("dividend-due", "due", "2016-08-31"),
    ("dividend-county", "per linked", "1200.00"),
    ("dividend-settlement", "settled", "11600.00 11600.00"),
    ("dividend-cut", "dividend", "1000.00"),
]

#: table, row, what is bent, how
PLANTS: Final = [
    ("dividend-period", 0, "enterprises.terms.floor_of", lambda *_, **__: 260_000),
    ("dividend-period", 2, "enterprises.terms.cash_of", lambda fen, _bp: fen),
    ("dividend-agreement", 1, "enterprises.terms.year_of", lambda _months, _nr: 1),
    ("dividend-profit", 1, "enterprises.terms.profit_above", lambda *_, **more: more["profit_fen"]),
    (
        "dividend-profit",
        3,
        "enterprises.terms.split_by_weights",
        lambda total, weights: [0, 0, total],
    ),
    ("dividend-days", 0, "enterprises.terms.round_half_up", lambda n, d: n // d),
    ("dividend-settlement", 0, "enterprises.terms.profit_above", lambda *_, **__: 0),
    ("dividend-cut", 0, "enterprises.dividends.rounds.min", lambda _until, to_on: to_on),
]
