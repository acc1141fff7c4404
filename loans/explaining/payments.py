"""Why a payment was used as it was; refunds, write-offs, recoveries, credit put to use.

What each due took is the sum of its rows over all corrections. Which order held, and what was due
then, comes from the loan's life lived again.
"""

from __future__ import annotations

from kernel.money import format_yuan
from loans.explaining.case import Answer, Case
from loans.explaining.settlements import correction_facts
from loans.explaining.watching import Step
from loans.models import Correction, Repayment
from loans.record.standing import DueKey, Taker

_RULES = {
    "payment": "按约定顺序冲抵，同类先到期先冲；冲抵合计＋转溢缴款＝还款金额",
    "credit": "日终以溢缴款冲抵已到期未付的款项；冲抵合计＝动用金额",
    "refund": "退还金额不超过退还前的溢缴款；退还前－退还＝退还后",
    "write_off": "核销当日结清利息、罚息、复利，农户所欠全部转为损失；财政应付部分不变",
    "recovery": "核销后收回合计不超过核销金额",
}


def taker_of(row: Repayment) -> Taker:
    """What it is called in the sums."""
    return ("credit", row.value_date) if row.kind == "credit" else ("repayment", row.id)


def taken_by(case: Case, taker: Taker) -> dict[DueKey, int]:
    """What each due took of it, corrections added up; dues oldest first."""
    found = {due: fen for (by, due), fen in case.standing.taken.items() if by == taker and fen}
    return dict(sorted(found.items(), key=lambda item: (item[0][2], item[0][0])))


def repayment(case: Case, row: Repayment) -> Answer:
    """Why a repayment was used the way it was."""
    taker = taker_of(row)
    taken = taken_by(case, taker)
    used_fen = sum(taken.values())
    undone = case.reversals.get(("repayment", row.id))
    # The close puts to use what it finds: after corrections, what its dues take.
    amount_fen = used_fen if row.kind in {"credit", "write_off"} and not undone else row.amount_fen
    told: Answer = {
        "kind": "repayment" if row.kind == "payment" else row.kind,
        "number": case.loan.number,
        "amount": format_yuan(amount_fen),
        "on": row.value_date.isoformat(),
        "booked_on": row.booking_date.isoformat(),
        "early": row.early,
        "order": case.loan.allocation_order.split(","),
        "steps": [_step(case, step) for step in case.watched.steps.get(taker, [])],
        "taken": [
            {"kind": kind, "due_on": due_on.isoformat(), "amount": format_yuan(fen)}
            for (kind, _bearer, due_on), fen in taken.items()
        ],
        "to_credit": format_yuan(0 if undone else _kept_fen(row, used_fen)),
        "rule": _RULES[row.kind],
        "revisions": _changed(case, row),
        "clauses": _clauses(case, taker),
    }
    if undone is not None:
        told["reversed"] = {
            "on": undone.booking_date.isoformat(), "reason": undone.reason
        }  # fmt: skip
    return told | _more(case, row, taker, taken)


def _kept_fen(row: Repayment, used_fen: int) -> int:
    return row.amount_fen - used_fen if row.kind == "payment" else 0


def _step(case: Case, step: Step) -> Answer:
    told: Answer = {
        "brought": format_yuan(step.brought_fen),
        "order": list(step.order),
        "dues": [
            {
                "kind": due.kind,
                "due_on": due.due_on.isoformat(),
                "payable_on": due.payable_on.isoformat(),
                "left": format_yuan(due.left_fen),
            }
            for due in step.dues
        ],
    }
    oldest = min(due.payable_on for due in step.dues)
    limit = case.one.position.principal_first_after_days
    if limit is not None:
        told |= {
            "oldest_payable": oldest.isoformat(),
            "days_late": (step.on - oldest).days,
            "principal_first_after_days": limit,
            "principal_first": step.principal_first,
        }
    return told


def _clauses(case: Case, taker: Taker) -> list[Answer]:
    first = any(step.principal_first for step in case.watched.steps.get(taker, []))
    names = ["allocation_order", *(["principal_first_after_days"] if first else [])]
    return case.clauses(names) if case.watched.steps.get(taker) else []


def _more(case: Case, row: Repayment, taker: Taker, taken: dict[DueKey, int]) -> Answer:
    """What only some kinds have."""
    watched = case.watched
    if row.kind == "payment" and row.early and taker in watched.undue_then:
        return {"undue_principal": format_yuan(watched.undue_then[taker])}
    if row.kind in {"refund", "credit"} and taker in watched.credit_then:
        before_fen = watched.credit_then[taker]
        out_fen = row.amount_fen if row.kind == "refund" else sum(taken.values())
        return {
            "credit_before": format_yuan(before_fen),
            "credit_after": format_yuan(before_fen - out_fen),
        }
    if row.kind == "recovery" and not case.reversals.get(("repayment", row.id)):
        return _recovery(case, row)
    return {}


def _recovery(case: Case, row: Repayment) -> Answer:
    standing = [one for one in case.repayments if ("repayment", one.id) not in case.reversals]
    lost_fen = sum(
        sum(taken_by(case, taker_of(one)).values()) for one in standing if one.kind == "write_off"
    )
    before = [
        one
        for one in standing
        if one.kind == "recovery" and (one.value_date, one.id) < (row.value_date, row.id)
    ]
    before_fen = sum(one.amount_fen for one in before)
    return {
        "written_off": format_yuan(lost_fen),
        "recovered_before": format_yuan(before_fen),
        "left_to_recover": format_yuan(lost_fen - before_fen - row.amount_fen),
    }


def _changed(case: Case, row: Repayment) -> list[Answer]:
    """What corrections changed of its use: which due, by how much, why."""
    by_nr: dict[int, Correction] = {one.nr: one for one in case.corrections}
    same_day = {
        one.id
        for one in case.repayments
        if row.kind == "credit" and one.kind == "credit" and one.value_date == row.value_date
    } or {row.id}
    return [
        {
            "kind": case.due_of[one.due_id].kind,
            "due_on": case.due_of[one.due_id].due_on.isoformat(),
            "difference": format_yuan(one.amount_fen),
            **correction_facts(by_nr.get(one.correction)),
        }
        for one in case.allocations
        if one.repayment_id in same_day and one.correction
    ]
