"""Rules of the treasury's part, for the tables of ``docs/rules.md``: see ``test_rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from kernel.money import format_yuan, parse_rate, parse_share, parse_yuan
from loans import grading, replay
from loans.interest import interest_fen
from loans.parts import Closed, Share
from loans.replay import Event
from loans.schedule import Pricing
from subsidies import ageing, entitlement, given_up
from subsidies.given_up import Part
from tests.docs.rules_of_life import HOLIDAYS, QUARTERLY, RULEBOOK, Row

COUNTY: Final = "431022000000"
_STATES: Final = {"未到期": "regular", "逾期": "overdue", "挪用": "misused"}


def _segment(text: str) -> Closed:
    """`days balance @rate state share ≤cap (of rate)`; the last three where anything is shared."""
    days, balance, rate, state, *shared = text.split()
    start, end = (date.fromisoformat(day) for day in days.split("→"))
    share_bp, cap_fen, own_ppm = 0, 0, None
    if shared:
        share_bp = parse_share(shared[0], field="cell")
        cap_fen = parse_yuan(shared[1].removeprefix("≤"), field="cell")
    if len(shared) == 3:
        own_ppm = parse_rate(shared[2].removeprefix("按"), field="cell")
    return Closed(
        _STATES[state],
        start,
        end,
        parse_yuan(balance, field="cell"),
        parse_rate(rate[1:], field="cell"),
        share_bp,
        cap_fen,
        own_ppm,
    )


def owed(row: Row) -> Row:
    pieces = [_segment(text) for text in row["segments"].split("；")]
    base = int(row["base"])
    amount_fen = interest_fen(sum(piece.product for piece in pieces), base)
    fen = entitlement.treasury_fen(amount_fen, pieces, base, fixed=False)
    left = entitlement.exclusions(pieces)
    return {
        "interest": format_yuan(amount_fen),
        "subsidy": format_yuan(fen),
        "household": format_yuan(amount_fen - fen),
        "left out": "；".join(
            f"{entitlement.REASONS[reason]} {format_yuan(days)}" for reason, days in left.items()
        )
        or "–",
    }


def owed_by_quarter(row: Row) -> Row:
    """A loan lived to its end, nobody paying early: the treasury's part of each settlement."""
    days, rate = row["loan"].split()
    start, end = (date.fromisoformat(day) for day in days.split("→"))
    shares = tuple(_share(text, start, end) for text in row["shares"].split("；"))
    terms = replace(
        QUARTERLY,
        signed_on=start,
        matures_on=end,
        pricing=Pricing(parse_rate(rate[1:], field="cell"), "act/360"),
        settle_on_day=20 if row["settled"] == "按季" else 0,
        method="interest-only" if row["settled"] == "按季" else "bullet",
        every_months=3 if row["settled"] == "按季" else 0,
        shares=shares,
    )
    life = replay.replay(
        replay.begin(terms, number="XD1", amount_fen=5_000_000),
        [Event("draw", start, 1, 5_000_000)],
        until=end,
        working_day=HOLIDAYS.is_working_day,
    )
    settled = [one for one in life.course.settlements if one.kind == "interest"]
    return {
        "subsidies": " ".join(format_yuan(one.treasury_fen) for one in settled),
        "sum": format_yuan(sum(one.treasury_fen for one in settled)),
        "household": format_yuan(sum(one.household_fen for one in settled)),
    }


def _share(text: str, start: date, end: date) -> Share:
    days, share = text.split()
    since, until = days.split("→")
    return Share(
        date.fromisoformat(since) if since else start,
        date.fromisoformat(until) if until else end,
        parse_share(share, field="cell"),
        5_000_000,
    )


def paid_late(row: Row) -> Row:
    """50 000 at 4.75 %, borne by the treasury; the quarter to 20 June is paid so many days late."""
    due_on = date(2016, 6, 21)
    on = due_on + timedelta(days=int(row["late"]))
    life = replay.replay(
        replay.begin(QUARTERLY, number="XD1", amount_fen=5_000_000),
        [Event("draw", date(2016, 5, 30), 1, 5_000_000)],
        until=max(on, date(2016, 9, 21)),
        working_day=HOLIDAYS.is_working_day,
    )
    dues = life.course.dues
    over = grading.overdue_days(min((due.payable_on for due in dues), default=on), on)
    rules = RULEBOOK.conduct(on=date(2016, 6, 20), region=COUNTY)
    last = ageing.deadline(due_on, rules, HOLIDAYS)
    assert last is not None
    return {
        "age": ageing.CLASS_TITLES[ageing.class_of(int(row["late"]))],
        "over": "是" if last < on else "否",
        "owes": format_yuan(sum(due.left_fen for due in dues)),
        "days overdue": str(over),
        "next": format_yuan(life.course.settlements[1].treasury_fen),
    }


def given_back(row: Row) -> Row:
    """The parts of a settlement in the order of their revisions, and what became of each."""
    cells = row["parts"].split()
    fens = [parse_yuan(cell.rstrip("退付抵").lstrip("-"), field="cell") for cell in cells]
    fens = [-fen if cell[0] == "-" else fen for fen, cell in zip(fens, cells, strict=True)]
    parts = [
        Part(fen, given_back=cell[-1] == "退", held=cell[-1] in "退付抵")
        for fen, cell in zip(fens, cells, strict=True)
    ]
    offset = [
        part.amount_fen
        for part, is_offset in zip(parts, given_up.offset(parts), strict=True)
        if is_offset
    ]
    given_fen = sum(part.amount_fen for part in parts if part.given_back)
    paid_fen = sum(fen for fen, cell in zip(fens, cells, strict=True) if cell[-1] in "付抵")
    expense_fen = sum(fens) - given_fen - sum(offset)
    return {
        "offset": " ".join(format_yuan(fen) for fen in offset) or "–",
        "expense": format_yuan(expense_fen),
        "paid": format_yuan(paid_fen),
        "still owed": format_yuan(expense_fen - paid_fen),
    }


SUBSIDISED: Final[dict[str, Callable[[Row], Row]]] = {
    "subsidy": owed,
    "subsidy-quarters": owed_by_quarter,
    "treasury-late": paid_late,
    "subsidy-given-back": given_back,
}

#: table, column, a value that is wrong in its first row
WRONG: Final = [
    ("subsidy", "subsidy", "2205.20"),
    ("subsidy-quarters", "sum", "7223.96"),
    ("treasury-late", "over", "是"),
    ("subsidy-given-back", "expense", "100.00"),
]
