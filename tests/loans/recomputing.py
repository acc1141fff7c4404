"""Every amount of an explanation, reckoned again from the printed answer alone.

Knows the words of the answers (JSON, as the API gives it) and arithmetic, and nothing of ours: no
import of the product, no look at a table. A wrong segment, rate, order or sum stops it.
"""

from __future__ import annotations

import itertools
from datetime import date
from fractions import Fraction
from typing import Any

Answer = dict[str, Any]


def fen(text: str) -> int:
    whole = Fraction(text) * 100
    assert whole.denominator == 1, text
    return int(whole)


def half_up(value: Fraction) -> int:
    sign = -1 if value < 0 else 1
    return sign * int((2 * abs(value) + 1) // 2)


def days_between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def _product(piece: Answer) -> Fraction:
    """Balance × days × rate, in fen a year."""
    days = int(piece["days"])
    return fen(piece["balance"]) * days * Fraction(piece["annual_rate"]) / 100


def _pieces_hold(answer: Answer) -> None:
    pieces = answer["segments"]
    for piece in pieces:
        assert days_between(piece["from"], piece["to"]) == piece["days"] > 0
        assert answer["from"] <= piece["from"] < piece["to"] <= answer["to"]
        if "balance_days" in piece:
            assert fen(piece["balance"]) * piece["days"] == fen(piece["balance_days"])
        if "surcharge" in piece:
            raised = Fraction(piece["contract_rate"]) * (100 + Fraction(piece["surcharge"])) / 100
            # Four decimals of a per cent, half up.
            assert Fraction(half_up(raised * 10_000), 10_000) == Fraction(piece["annual_rate"])
    for state in {piece["state"] for piece in pieces}:
        same = [piece for piece in pieces if piece["state"] == state]
        for before, after in itertools.pairwise(same):
            assert before["to"] <= after["from"], "no day is counted twice"


def settlement(answer: Answer) -> None:
    """Interest, penalty or compound interest."""
    _revisions(answer)
    amount = fen(answer["amount"])
    treasury = fen(answer["treasury"]["amount"])
    assert fen(answer["household"]) == amount - treasury
    assert days_between(answer["from"], answer["to"]) == answer["days"]
    if not answer["segments"]:
        assert amount == 0
        return
    _pieces_hold(answer)
    if "year_fraction" in answer:
        part = Fraction(answer["year_fraction"])
        counted = fen(answer["balance"]) * Fraction(answer["annual_rate"]) / 100 * part
    else:
        counted = sum(map(_product, answer["segments"]), Fraction(0)) / answer["day_base"]
    assert half_up(counted) == amount, answer
    assert min(amount, _treasury(answer, amount)) == treasury, answer
    _routed(answer["route"], amount, treasury)


def _routed(route: Answer, amount: int, treasury: int) -> None:
    """Paid first and refunded, or the treasury's part left out of what is owed."""
    refunded = 0 if route["route"] == "lender" else treasury
    assert fen(route["refunded"]) == refunded
    assert fen(route["owed"]) == amount - treasury + refunded


def _treasury(answer: Answer, amount: int) -> int:
    shared = answer["treasury"]["segments"]
    if not shared:
        return 0
    if "year_fraction" not in answer:
        borne = sum((_product(p) * Fraction(p["share"]) / 100 for p in shared), Fraction(0))
        return half_up(borne / answer["day_base"])
    part = sum((_product(p) * Fraction(p["share"]) / 100 for p in shared), Fraction(0))
    whole = sum(map(_product, answer["segments"]), Fraction(0))
    return half_up(amount * part / whole)


def _revisions(answer: Answer) -> None:
    rows = answer["revisions"]
    before = 0
    for row in rows:
        assert fen(row["was"]) == before
        before += fen(row["difference"])
        assert fen(row["is"]) == before
        assert fen(row["treasury"]) + fen(row["household"]) == fen(row["difference"])
        if row["revision"]:
            assert row["cause"]
            assert row["reason"]
            assert row["value_date"] <= row["booked_on"]
    if rows:
        assert before == fen(answer["amount"])
        assert sum(fen(row["treasury"]) for row in rows) == fen(answer["treasury"]["amount"])
        asked = [row for row in rows if row["id"] == answer["row"]["id"]]
        assert [row["difference"] for row in asked] == [answer["row"]["amount"]]
    else:
        assert answer["row"]["amount"] == answer["amount"]


def _taken(rows: list[Answer]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["kind"], row["due_on"]
        found[key] = found.get(key, 0) + fen(row["amount"])
    return {key: each for key, each in found.items() if each}


def repayment(answer: Answer) -> None:
    """What a payment, or credit put to use, paid: in which order, of what was due."""
    taken, amount = _taken(answer["taken"]), fen(answer["amount"])
    if answer.get("reversed"):
        assert not taken
        assert fen(answer["to_credit"]) == 0
        return
    if answer["kind"] == "credit" and not amount:
        assert answer["revisions"], "undone by a correction"
        assert not answer["steps"]
        return
    if answer["kind"] in ("repayment", "credit"):
        _used(answer, taken, amount)
    if answer["kind"] == "refund":
        assert not taken
    if answer["kind"] in ("refund", "credit"):
        assert fen(answer["credit_before"]) - amount == fen(answer["credit_after"]) >= 0
    if answer["kind"] == "write_off":
        assert sum(taken.values()) == amount
    if answer["kind"] == "recovery":
        left = fen(answer["written_off"]) - fen(answer["recovered_before"]) - amount
        assert left == fen(answer["left_to_recover"]) >= 0


def _used(answer: Answer, taken: dict[tuple[str, str], int], amount: int) -> None:
    wanted: dict[tuple[str, str], int] = {}
    left = amount
    for step in answer["steps"]:
        assert fen(step["brought"]) == left
        for due in _in_order(step, answer):
            part = min(left, fen(due["left"]))
            if part:
                key = due["kind"], due["due_on"]
                wanted[key] = wanted.get(key, 0) + part
                left -= part
    if left and "undue_principal" in answer:
        assert answer["early"]
        part = min(left, fen(answer["undue_principal"]))
        key = "principal", answer["on"]
        wanted[key] = wanted.get(key, 0) + part
        left -= part
    assert {key: each for key, each in wanted.items() if each} == taken, answer
    assert fen(answer["to_credit"]) == left, answer


def _in_order(step: Answer, answer: Answer) -> list[Answer]:
    order = list(answer["order"])
    if "principal_first_after_days" in step:
        oldest = min(due["payable_on"] for due in step["dues"])
        assert oldest == step["oldest_payable"]
        assert days_between(oldest, answer["on"]) == step["days_late"]
        first = step["days_late"] > step["principal_first_after_days"]
        if first:
            order = ["principal", *(kind for kind in order if kind != "principal")]
        assert step["principal_first"] == (order != answer["order"])
    assert step["order"] == order
    return sorted(step["dues"], key=lambda due: (order.index(due["kind"]), due["due_on"]))


def grade(answer: Answer) -> None:
    """Days overdue against thresholds, and the grade that people set."""
    for change in answer["changes"]:
        assert _graded(change) == change["grade"], change
        if "oldest_unpaid_due" in change:
            late = days_between(change["oldest_unpaid_due"], change["on"])
            assert late == change["overdue_days"]
    oldest = answer["oldest_unpaid_due"]
    if oldest is not None:
        late = max(0, days_between(oldest, answer["last_closed"]))
        assert late == answer["overdue_days"]
    if answer["changes"]:
        assert answer["grade"] == answer["changes"][-1]["grade"]
    else:
        assert answer["grade"] == 1


def _graded(told: Answer) -> int:
    days = told["overdue_days"]
    over = [int(row["grade"]) for row in told["thresholds"] if days > row["days_over"]]
    return max([1, *over, *([int(told["override"]["grade"])] if "override" in told else [])])


def balance(answer: Answer) -> None:
    """Movements, what is overdue, what is accrued, the credit."""
    stands = 0
    for move in answer["movements"]:
        stands += fen(move["amount"])
        assert fen(move["balance"]) == stands >= 0
    assert stands == fen(answer["amount"])
    principal = [row for row in answer["standing"] if row["state"] != "arrears"]
    assert sum(fen(row["balance"]) for row in principal) == stands
    late = answer["overdue"]
    for due in late["dues"]:
        assert fen(due["due"]) - fen(due["paid"]) == fen(due["left"]) > 0
        assert days_between(due["payable_on"], answer["on"]) == due["days_late"] > 0
    assert sum(fen(due["left"]) for due in late["dues"]) == fen(late["amount"])
    stands = 0
    for move in answer["credit"]["movements"]:
        stands += fen(move["amount"])
        assert fen(move["balance"]) == stands >= 0
    assert stands == fen(answer["credit"]["amount"])
    _accrued(answer["accrued"])


def _accrued(told: Answer) -> None:
    amount = fen(told["amount"])
    if "year_fraction" in told:
        part = Fraction(told["year_fraction"])
        counted = fen(told["balance"]) * Fraction(told["annual_rate"]) / 100 * part
    else:
        counted = sum(map(_product, told["segments"]), Fraction(0)) / told["day_base"]
    assert half_up(counted) == amount
    shared = sum((_shared(p) for p in told["segments"]), Fraction(0))
    if "year_fraction" in told:
        whole = sum(map(_product, told["segments"]), Fraction(0))
        borne = half_up(amount * shared / whole) if whole else 0
    else:
        borne = half_up(shared / told["day_base"])
    assert min(amount, borne) == fen(told["treasury"])
    assert amount - fen(told["treasury"]) == fen(told["household"])


def _shared(piece: Answer) -> Fraction:
    part = min(fen(piece["balance"]), fen(piece["cap"]))
    return (
        part * int(piece["days"]) * Fraction(piece["share_rate"]) / 100
        * Fraction(piece["share"]) / 100
    )  # fmt: skip


def plan(answer: Answer) -> None:
    """Each row: interest of its balance and part of a year; principal by the method."""
    rows = answer["rows"]
    left = fen(answer["amount"])
    level = half_up(_level(answer)) if answer["method"] == "equal-installment" and rows else None
    if level is not None:
        assert level == fen(answer["level_payment"])
    for place, row in enumerate(rows):
        assert fen(row["balance"]) == left
        rate = Fraction(row["annual_rate"]) / 100 * Fraction(row["year_fraction"])
        assert half_up(left * rate) == fen(row["interest"])
        last = place == len(rows) - 1
        assert fen(row["principal"]) == _part(answer, row, left, level, last=last)
        left -= fen(row["principal"])
    assert left == 0


def _level(answer: Answer) -> Fraction:
    grown, divisor = Fraction(1), Fraction(0)
    for row in answer["rows"]:
        factor = 1 + Fraction(row["annual_rate"]) / 100 * Fraction(row["year_fraction"])
        divisor = divisor * factor + 1
        grown *= factor
    return fen(answer["amount"]) * grown / divisor


def _part(answer: Answer, row: Answer, left: int, level: int | None, *, last: bool) -> int:
    if last:
        return left
    if level is not None:
        return min(level - fen(row["interest"]), left)
    if answer["method"] == "equal-principal":
        return min(half_up(Fraction(fen(answer["amount"]), len(answer["rows"]))), left)
    return 0


def due(answer: Answer) -> None:
    """What fell due, less what was paid of it."""
    paid = sum(fen(row["amount"]) for row in answer["paid"])
    if answer["bearer"] == "treasury":
        assert paid == fen(answer["left"]) == 0, "claimed elsewhere"
        return
    assert fen(answer["amount"]) - paid == fen(answer["left"]) >= 0
    if answer["due_kind"] == "principal":
        assert sum(fen(part["amount"]) for part in answer["parts"]) == fen(answer["amount"])
