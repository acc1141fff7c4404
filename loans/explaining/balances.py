"""Why a loan stands where it stands today: balance, overdue amount, credit, interest accrued.

Each is a list of movements with what it comes to after each, or of dues with what is left of each.
"""

from __future__ import annotations

from datetime import date

from kernel.day_count import actual_fraction
from kernel.money import format_rate, format_share, format_yuan
from loans.explaining.case import Answer, Case
from loans.explaining.payments import taken_by, taker_of
from loans.explaining.settlements import STATES, shared_rate_ppm
from loans.models import Repayment
from loans.parts import Closed
from loans.record.standing import DueKey, Taker

#: what brings a balance up or down
MOVES = {
    "draw": "放款",
    "payment": "还款",
    "credit": "溢缴款抵扣",
    "write_off": "核销",
}


def balance(case: Case) -> Answer:
    """Principal out, what is overdue, what is accrued and not due, and the credit, as of today."""
    course = case.one.course
    return {
        "kind": "balance",
        "number": case.loan.number,
        "on": case.on.isoformat(),
        "amount": format_yuan(course.principal_fen),
        "movements": _movements(case),
        "standing": [
            {
                "state": state,
                "state_title": STATES[state],
                "balance": format_yuan(stretch.principal_fen),
                "annual_rate": format_rate(stretch.rate_ppm),
                "since": stretch.from_on.isoformat(),
            }
            for state, stretch in sorted(course.open.items())
        ],
        "rule": "贷款余额＝放款合计－已还、已核销本金；逾期未付利息不是本金",
        "overdue": overdue(case),
        "accrued": accrued(case),
        "credit": credit(case),
    }


def _movements(case: Case) -> list[Answer]:
    moved: list[tuple[date, int, str, int]] = [
        (row.value_date, 0, "draw", row.amount_fen)
        for row in case.draws
        if ("draw", row.id) not in case.reversals
    ]
    for row in _takers(case):
        fen = sum(
            fen for due, fen in taken_by(case, taker_of(row)).items() if due[0] == "principal"
        )
        if fen:
            moved.append((row.value_date, row.id, row.kind, -fen))
    stands_fen = 0
    told: list[Answer] = []
    for on, _id, kind, fen in sorted(moved, key=lambda one: one[:2]):
        stands_fen += fen
        told.append(
            {
                "on": on.isoformat(),
                "kind": kind,
                "title": MOVES[kind],
                "amount": format_yuan(fen),
                "balance": format_yuan(stands_fen),
            }
        )
    return told


def _takers(case: Case) -> list[Repayment]:
    """Repayments that took part in paying, the uses of credit of one close once."""
    found: list[Repayment] = []
    seen: set[Taker] = set()
    for row in case.repayments:
        taker = taker_of(row)
        if taker not in seen:
            seen.add(taker)
            found.append(row)
    return found


def overdue(case: Case) -> Answer:
    """What the household should have paid before today and has not."""
    left = [
        (key, payable_on, left_fen)
        for key, (payable_on, left_fen) in sorted(
            case.standing.open_dues.items(), key=lambda item: (item[0][2], item[0][0])
        )
        if key[1] == "household" and payable_on < case.on
    ]
    return {
        "amount": format_yuan(sum(fen for _key, _day, fen in left)),
        "rule": f"应还日早于{case.on.isoformat()}而未付清的款项合计",
        "dues": [_left(case, key, payable_on, fen) for key, payable_on, fen in left],
    }


def _left(case: Case, key: DueKey, payable_on: date, left_fen: int) -> Answer:
    kind, _bearer, due_on = key
    return {
        "kind": kind,
        "due_on": due_on.isoformat(),
        "payable_on": payable_on.isoformat(),
        "days_late": (case.on - payable_on).days,
        "due": format_yuan(case.standing.dues[key]),
        "paid": format_yuan(case.standing.dues[key] - left_fen),
        "left": format_yuan(left_fen),
    }


def due(case: Case, due_id: int) -> Answer:
    """Why a due is what it is: where it comes from, and what was paid of it by whom."""
    key = (row := case.due_of[due_id]).kind, row.bearer, row.due_on
    amount_fen = case.standing.dues[key]
    paid = [(taker, fen) for (taker, due_key), fen in case.standing.taken.items() if due_key == key]
    settled = case.standing.settled.get((row.kind, row.due_on))
    return {
        "kind": "due",
        "due_kind": row.kind,
        "bearer": row.bearer,
        "number": case.loan.number,
        "due_on": row.due_on.isoformat(),
        "amount": format_yuan(amount_fen),
        "parts": [] if settled else _principal_parts(case, row.due_on, amount_fen),
        "settlement_id": next(
            (
                one.id
                for one in case.settlements
                if settled and (one.kind, one.to_on) == (row.kind, row.due_on)
            ),
            None,
        ),
        "paid": [{**_payer(case, taker), "amount": format_yuan(fen)} for taker, fen in paid if fen],
        "left": format_yuan(case.standing.open_dues.get(key, (row.due_on, 0))[1]),
        "rule": (
            "未付＝应付－各笔已冲抵"
            if row.bearer == "household"
            else "由财政按申报拨付贷款机构，不向还款人收取，也不由还款冲抵"
        ),
    }


def _payer(case: Case, taker: Taker) -> Answer:
    kind, which = taker
    for row in case.repayments:
        if (kind == "repayment" and row.id == which) or (
            kind == "credit" and row.kind == "credit" and row.value_date == which
        ):
            return {"repayment_id": row.id, "by": row.kind, "on": row.value_date.isoformat()}
    return {"by": kind}


def _principal_parts(case: Case, due_on: date, amount_fen: int) -> list[Answer]:
    """Principal falls due by a plan, at maturity, early as it is paid, or as it is written off."""
    parts: list[Answer] = []
    taken = 0
    for row in case.repayments:
        key = ("principal", "household", due_on)
        fen = case.standing.taken.get((taker_of(row), key), 0)
        early = row.early and taker_of(row) in case.watched.undue_then
        if fen and row.value_date == due_on and (early or row.kind == "write_off"):
            why = "early" if early else "write_off"
            parts.append({"why": why, "repayment_id": row.id, "amount": format_yuan(fen)})
            taken += fen
    if rest_fen := amount_fen - taken:
        by_plan = case.watched.terms.by_plan
        why = "plan" if by_plan else "maturity"
        parts.insert(0, {"why": why, "amount": format_yuan(rest_fen)})
    return parts


def accrued(case: Case) -> Answer:
    """Interest of the household that has run and is not due: as if it were settled today."""
    course, on = case.one.course, case.on
    twin = course.twin()
    fixed: Answer = {}
    if course.terms.by_plan and "regular" in course.open:
        since = course.settled_to["interest"]
        part, whole = actual_fraction(since, max(since, on), course.terms.pricing.day_count)
        fixed = {
            "balance": format_yuan(course.not_due_fen(on)),
            "annual_rate": format_rate(course.terms.pricing.annual_rate_ppm),
            "year_fraction": f"{part}/{whole}",
        }
        twin.settle_broken(on)
    elif not course.terms.by_plan:
        twin.settle("interest", on)
    amount_fen = sum(settled.amount_fen for settled in twin.settlements)
    treasury_fen = sum(settled.treasury_fen for settled in twin.settlements)
    pieces = [
        piece
        for piece in [*course.unsettled, *twin.closed]
        if piece.state == "regular" and amount_fen
    ]
    return {
        "amount": format_yuan(amount_fen),
        "treasury": format_yuan(treasury_fen),
        "household": format_yuan(amount_fen - treasury_fen),
        "day_base": case.loan.day_base,
        "segments": [_accrued_piece(piece) for piece in pieces],
        **fixed,
        "rule": "假定今日结息；算法与结息相同，尚未入账",
    }


def _accrued_piece(piece: Closed) -> Answer:
    return {
        "from": piece.from_on.isoformat(),
        "to": piece.to_on.isoformat(),
        "days": (piece.to_on - piece.from_on).days,
        "balance": format_yuan(piece.principal_fen),
        "annual_rate": format_rate(piece.rate_ppm),
        "share_rate": format_rate(shared_rate_ppm(piece)),
        "share": format_share(piece.share_bp),
        "cap": format_yuan(piece.cap_fen),
    }


def credit(case: Case) -> Answer:
    """What payments could not use, what was put to use of it and what was refunded."""
    stands_fen = 0
    told: list[tuple[date, str, int]] = []
    for row in _takers(case):
        if ("repayment", row.id) in case.reversals:
            continue
        used_fen = sum(taken_by(case, taker_of(row)).values())
        fen = {
            "payment": row.amount_fen - used_fen,
            "credit": -used_fen,
            "refund": -row.amount_fen,
        }.get(row.kind, 0)
        if fen:
            told.append((row.value_date, row.kind, fen))
    # The close comes after all that people do on its day.
    order = ("payment", "refund", "credit")
    told.sort(key=lambda one: (one[0], order.index(one[1])))
    movements: list[Answer] = []
    for on, kind, fen in told:
        stands_fen += fen
        movements.append(
            {
                "on": on.isoformat(),
                "kind": kind,
                "amount": format_yuan(fen),
                "balance": format_yuan(stands_fen),
            }
        )
    return {"amount": format_yuan(case.one.course.credit_fen), "movements": movements}
