"""The worked tables of ``docs/rules.md``, executed row by row.

A comment ``<!-- rule: name -->`` stands above each table that is executed; ``EXECUTED`` names the
function that computes a row. A function gets the cells of a row by their English heading and
returns what the program makes of the columns left of the calculation; that must equal what is
typed right of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel import calendar, day_count, money
from kernel.money import format_rate, format_yuan, parse_rate, parse_share, parse_yuan
from loans import allocation, grading, interest, shares
from loans.allocation import OpenDue
from loans.dossier import checking, promises
from loans.dossier.promises import Promise
from loans.eligibility import Asked, Share
from loans.interest import Bearing, Slice
from tests.docs.rules_of_changes import CHANGED
from tests.docs.rules_of_changes import WRONG as WRONG_CHANGES
from tests.docs.rules_of_cover import COVERED
from tests.docs.rules_of_cover import WRONG as WRONG_COVER
from tests.docs.rules_of_families import FAMILIES
from tests.docs.rules_of_families import PLANTS as FAMILY_PLANTS
from tests.docs.rules_of_families import WRONG as WRONG_FAMILIES
from tests.docs.rules_of_fund import FUNDED
from tests.docs.rules_of_fund import PLANTS as FUND_PLANTS
from tests.docs.rules_of_fund import WRONG as WRONG_FUND
from tests.docs.rules_of_identification import IDENTIFIED
from tests.docs.rules_of_identification import PLANTS as IDENTIFIED_PLANTS
from tests.docs.rules_of_identification import WRONG as WRONG_IDENTIFIED
from tests.docs.rules_of_life import LIVED, WRONG
from tests.docs.rules_of_linkage import LINKED
from tests.docs.rules_of_linkage import PLANTS as LINKAGE_PLANTS
from tests.docs.rules_of_linkage import WRONG as WRONG_LINKAGE
from tests.docs.rules_of_mutual import MUTUAL
from tests.docs.rules_of_mutual import PLANTS as MUTUAL_PLANTS
from tests.docs.rules_of_mutual import WRONG as WRONG_MUTUAL
from tests.docs.rules_of_routes import ROUTED
from tests.docs.rules_of_routes import WRONG as WRONG_ROUTES
from tests.docs.rules_of_subsidies import SUBSIDISED
from tests.docs.rules_of_subsidies import WRONG as WRONG_SUBSIDIES
from tests.docs.rules_of_watch import PLANTS as WATCH_PLANTS
from tests.docs.rules_of_watch import WATCHED
from tests.docs.rules_of_watch import WRONG as WRONG_WATCH
from tests.planted import Plant
from web.commands import schedule as command

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
HOLIDAYS = calendar.load(ROOT / "config" / "calendar")
RULE_2023 = ((0, 2), (90, 3), (270, 4), (360, 5))

Row = dict[str, str]
_BLOCK = re.compile(r"<!-- rule: ([a-z-]+) -->\n((?:\|.*\n)+)")


def tables() -> dict[str, list[Row]]:
    return {name: list(_rows(block)) for name, block in _BLOCK.findall(TEXT)}


def _rows(block: str) -> Iterator[Row]:
    heads, _rule, *lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()
    ]
    for line in lines:
        yield dict(zip(map(_english, heads), line, strict=True))


def _english(heading: str) -> str:
    """The first English words of a bilingual heading, in ASCII."""
    return re.sub(r"（.*）|`", "", re.sub(r"^[^a-z]*", "", heading)).strip()


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _yuan(text: str) -> int:
    fen = parse_yuan(text.removeprefix("-"), field="cell")
    return -fen if text.startswith("-") else fen


def _slices(text: str) -> list[Slice]:
    found = []
    for part in text.split("；"):
        days, balance, rate = part.split()
        start, end = map(_day, days.split("→"))
        found.append(Slice(start, end, _yuan(balance), parse_rate(rate[1:], field="cell")))
    return found


def _quoted(after: str) -> list[list[str]]:
    """The words of the `…；…` that follows a heading line."""
    match = re.search(rf"{after}：`(.*)`", TEXT)
    assert match is not None
    return [part.split() for part in match[1].split("；")]


def rounding(row: Row) -> Row:
    numerator, denominator = int(row["numerator"]), int(row["denominator"])
    return {
        "half-up": str(money.round_half_up(numerator, denominator)),
        "half-even": str(money.round_half_even(numerator, denominator)),
    }


def split(row: Row) -> Row:
    parts = money.split_by_weights(_yuan(row["total"]), [int(w) for w in row["weights"].split()])
    return {"result": " ".join(map(format_yuan, parts))}


def day_counts(row: Row) -> Row:
    months = None if row["whole months"] == "–" else int(row["whole months"])
    convention = next(known for known in day_count.DAY_COUNTS if known == row["day count"])
    got = day_count.year_fraction(_day(row["from"]), _day(row["to"]), convention, regular=months)
    typed = sum(Fraction(term) for term in row["result"].split("+"))
    return {"result": row["result"] if Fraction(*got) == typed else str(Fraction(*got))}


def product_sum(row: Row) -> Row:
    product = interest.product_sum(_slices(row["slices"]))
    return {"interest": format_yuan(interest.interest_fen(product, int(row["base"])))}


def penalty(row: Row) -> Row:
    surcharge_bp = parse_share(row["surcharge"], field="cell")
    rate_ppm = interest.surcharged_rate_ppm(parse_rate(row["rate"], field="cell"), surcharge_bp)
    start = date(2020, 1, 1)
    end = start + timedelta(days=int(row["days"]))
    product = Slice(start, end, _yuan(row["principal"]), rate_ppm).product
    return {
        "penalty rate": format_rate(rate_ppm),
        "penalty": format_yuan(interest.interest_fen(product, 360)),
    }


def bearers(row: Row) -> Row:
    bearings = [
        Bearing(
            payer,
            _day(days.split("→")[0]),
            _day(days.split("→")[1]),
            parse_share(share, field="cell"),
            _yuan(cap.removeprefix("≤")),
        )
        for payer, days, share, cap in _quoted("the rule of Qingyang")
    ]
    borne = interest.split_interest(_slices(row["slices"]), bearings, int(row["base"]))
    ((_payer, treasury_fen),) = borne.parts
    return {
        "interest": format_yuan(borne.interest_fen),
        "treasury": format_yuan(treasury_fen),
        "household": format_yuan(borne.household_fen),
    }


def plan(row: Row) -> Row:
    words = row["options of fupin schedule"].split()
    lines = CliRunner().invoke(command.schedule, words).stdout.splitlines()
    cells = [line.split() for line in lines[1:]]
    return {
        "totals": " ".join(line[5] for line in cells[:-1]),
        "interest": cells[-1][3],
    }


def allocate(row: Row) -> Row:
    dues = [
        OpenDue(int(number), bucket, _day(due_on), _yuan(fen))
        for number, bucket, due_on, fen in _quoted("dues")
    ]
    done = allocation.allocate(_yuan(row["payment"]), dues, row["order"].split())
    return {
        "paid": " ".join(f"{paid.due_id}:{format_yuan(paid.fen)}" for paid in done.paid),
        "left": format_yuan(done.remainder_fen),
    }


def overdue(row: Row) -> Row:
    due_on, on = HOLIDAYS.roll_forward(_day(row["nominal due"])), _day(row["close of"])
    days = grading.overdue_days(due_on, on)
    change = grading.next_change_on(due_on, on, RULE_2023)
    return {
        "due": due_on.isoformat(),
        "days overdue": str(days),
        "grade": str(grading.grade(days, RULE_2023)),
        "next change": change.isoformat() if change else "–",
    }


def cap_left(row: Row) -> Row:
    parts = [tuple(map(_yuan, part.split(":"))) for part in row["parts"].split()]
    left_fen = shares.cap_left(_yuan(row["cap"]), [(fen, taken_fen) for fen, taken_fen in parts])
    return {"left": format_yuan(left_fen)}


def share_list(row: Row) -> Row:
    listed = tuple(Share("", _yuan(part)) for part in row["shares"].split())
    asked = Asked("", _yuan(row["amount"]), 12, 0, "", mode="pooled", shares=listed)
    return {"accepted": "否" if list(shares.sum_rule(asked)) else "是"}


def check_due(row: Row) -> Row:
    if row["checked"] == "—":
        due = checking.first_due(_day(row["drawn"]), int(row["days"]))
    else:
        due = checking.next_due(_day(row["checked"]), int(row["months"]))
    return {"due": due.isoformat()}


def promise(row: Row) -> Row:
    given = Promise(_day(row["given"]), _day(row["promised"]), _yuan(row["amount"]))
    paid = [cell.split(":") for cell in row["paid"].split()]
    payments = [(_day(day), _yuan(fen)) for day, fen in paid]
    return {"state": promises.state_of(given, payments, _day(row["on"]))}


EXECUTED: dict[str, Callable[[Row], Row]] = {
    "rounding": rounding,
    "split": split,
    "day-count": day_counts,
    "product-sum": product_sum,
    "penalty": penalty,
    "bearers": bearers,
    "plan": plan,
    "allocation": allocate,
    "overdue": overdue,
    "cap-left": cap_left,
    "share-list": share_list,
    "check-due": check_due,
    "promise": promise,
    **LIVED,
    **CHANGED,
    **COVERED,
    **ROUTED,
    **SUBSIDISED,
    **FUNDED,
    **WATCHED,
    **LINKED,
    **MUTUAL,
    **FAMILIES,
    **IDENTIFIED,
}

CASES = [(name, row) for name, rows in tables().items() for row in rows]


def test_every_marked_table_is_executed_and_has_rows() -> None:
    assert set(tables()) == set(EXECUTED)
    assert TEXT.count("<!-- rule:") == len(EXECUTED)
    assert all(len(rows) >= 3 for rows in tables().values())


def test_every_table_with_a_result_is_marked() -> None:
    """A table that shows a calculation is executed; the others only tell."""
    calculated = [line for line in TEXT.splitlines() if "算式 calculation" in line]
    assert len(calculated) == len(EXECUTED)


@pytest.mark.parametrize(
    ("name", "row"), CASES, ids=[f"{n}-{i}" for i, (n, _r) in enumerate(CASES)]
)
def test_row(name: str, row: Row) -> None:
    keys = list(row)
    typed = {key: row[key] for key in keys[keys.index("calculation") + 1 :]}
    assert EXECUTED[name](row) == typed


PLANTED = [
    Plant(
        test_row,
        "kernel.money.round_half_up",
        lambda n, d: n // d,
        {"name": "rounding", "row": tables()["rounding"][0]},
    ),
    Plant(
        test_row,
        "loans.interest.round_half_up",
        lambda n, d: n // d,
        {"name": "product-sum", "row": tables()["product-sum"][0]},
    ),
    Plant(
        test_row,
        "loans.grading.overdue_days",
        lambda due_on, on: (on - due_on).days + 1,
        {"name": "overdue", "row": tables()["overdue"][1]},
    ),
    Plant(
        test_row,
        "loans.parts.Terms.penalty_rate_ppm",
        property(lambda terms: terms.pricing.annual_rate_ppm),
        {"name": "heavier", "row": tables()["heavier"][0]},
    ),
    Plant(
        test_row,
        "loans.parts.Terms.order_on",
        lambda terms, _day, _oldest: terms.allocation_order,
        {"name": "principal-first", "row": tables()["principal-first"][1]},
    ),
    Plant(
        test_row,
        "loans.course.Course._pay_early",
        lambda _course, left_fen, _on: left_fen,
        {"name": "entered-late", "row": tables()["entered-late"][0]},
    ),
    Plant(
        test_row,
        "loans.cover.cap_left",
        lambda cap_fen, parts: sum(min(fen, cap_fen) for fen, _ in parts),
        {"name": "covered", "row": tables()["covered"][1]},
    ),
    *(
        Plant(test_row, target, bug, {"name": name, "row": tables()[name][place]})
        for name, place, target, bug in (
            *FUND_PLANTS,
            *WATCH_PLANTS,
            *LINKAGE_PLANTS,
            *MUTUAL_PLANTS,
            *FAMILY_PLANTS,
            *IDENTIFIED_PLANTS,
        )
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("rounding", "half-up", "2"),
        ("split", "result", "0.33 0.33 0.34"),
        ("day-count", "result", "21/360"),
        ("product-sum", "interest", "2205.20"),
        ("penalty", "penalty", "890.62"),
        ("bearers", "household", "0.01"),
        ("plan", "totals", "132.92"),
        ("allocation", "left", "0.01"),
        ("overdue", "grade", "2"),
        ("cap-left", "left", "49999.99"),
        ("share-list", "accepted", "否"),
        ("check-due", "due", "2016-06-30"),
        ("promise", "state", "broken"),
        *WRONG,
        *WRONG_CHANGES,
        *WRONG_COVER,
        *WRONG_ROUTES,
        *WRONG_SUBSIDIES,
        *WRONG_FUND,
        *WRONG_WATCH,
        *WRONG_LINKAGE,
        *WRONG_MUTUAL,
        *WRONG_FAMILIES,
        *WRONG_IDENTIFIED,
    ],
)
def test_a_wrong_value_in_any_table_is_noticed(name: str, column: str, value: str) -> None:
    with pytest.raises(AssertionError):
        test_row(name, tables()[name][0] | {column: value})
