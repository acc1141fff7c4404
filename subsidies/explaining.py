"""Why is the subsidy this amount? Answered so that it can be recomputed from the answer alone.

The settlement behind it answers as the loans do (segments, days, balance up to the cap, share,
rate, divisor, rounding, clauses frozen in the contract); on top of that stand who is paid and how,
what of the days bears no subsidy and why, what revisions made of it, and where its money is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.money import format_yuan
from kernel.refusals import NotFound
from loans.dossier.standing import MISUSES
from loans.explaining import Answer, Case, settlements
from loans.explaining.case import case_of
from loans.models import Change, Reversal, Settlement
from loans.models.kept import PostCheck
from loans.parts import Closed
from office import rights
from policy.values import ROUTES
from subsidies.entitlement import LOOKED_THROUGH, REASONS, Stop, left_out_of
from subsidies.lifecycle import TITLES
from subsidies.models import Claim, ClaimRow, ClaimStep, Entitlement

RULE: Final = "应贴息额＝结息中由财政承担的部分；同一期的各次更正相加；当日的更正在日终后计入"


def why(session: Session, *, entitlement_id: int, by: Actor, calendar: HolidayTable) -> Answer:
    """Why an entitlement is what it is."""
    row = session.get(Entitlement, entitlement_id)
    if row is None or not rights.may(by, "subsidies.read"):
        raise NotFound(field="id", what="这笔贴息")
    case = case_of(session, row.loan_id, by=by, calendar=calendar)
    settled = session.get_one(Settlement, row.settlement_id)
    same = _same_period(session, row)
    amount_fen = sum(one.amount_fen for one in same)
    stands = case.standing.settled[settled.kind, settled.to_on]
    return {
        "kind": "subsidy",
        "number": case.loan.number,
        "from": row.from_on.isoformat(),
        "to": row.to_on.isoformat(),
        "amount": format_yuan(amount_fen),
        # A correction of the open day becomes a row at its close.
        "waits_for_close": format_yuan(stands.treasury_fen - amount_fen),
        "rule": RULE,
        "settlement": settlements.settlement(case, settled),
        "left_out": left_out(case, settled),
        "route": {"code": row.route, "title": ROUTES[row.route]},
        "payee": {"kind": row.payee_kind, "id": row.payee_id},
        "clauses": [_clause(case, row)],
        "rows": [_told(one) for one in same],
        "claims": [told for one in same for told in _claims(session, one)],
    }


def left_out(case: Case, settled: Settlement) -> list[Answer]:
    """Segment by segment what bears no subsidy, why, and balance × days."""
    if settled.kind not in LOOKED_THROUGH or not case.bearers:
        return []
    since = case.standing.settled[settled.kind, settled.to_on].from_on
    stop, misuse = _stop_of(case.session, case.loan.id), _misuse_of(case.session, settled)
    found: list[Answer] = []
    for piece in settlements.pieces_of(case, settled.kind, since, settled.to_on):
        reason, part_fen = left_out_of(piece, stop, misuse)
        if part_fen:
            found.append(_piece(piece, reason, part_fen))
    return found


def _piece(piece: Closed, reason: str, part_fen: int) -> Answer:
    days = (piece.to_on - piece.from_on).days
    return {
        "reason": reason,
        "reason_title": REASONS[reason],
        "from": piece.from_on.isoformat(),
        "to": piece.to_on.isoformat(),
        "days": days,
        "balance": format_yuan(part_fen),
        "balance_days": format_yuan(part_fen * days),
        **({"cap": format_yuan(piece.cap_fen)} if reason == "over_cap" else {}),
    }


def _stop_of(session: Session, loan_id: int) -> Stop | None:
    row = session.execute(
        select(Change.value_date, Change.why)
        .where(
            Change.loan_id == loan_id,
            Change.kind == "unsubsidised",
            ~exists().where(Reversal.change_id == Change.id),
        )
        .order_by(Change.value_date, Change.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else Stop(row[0], row[1])


def _misuse_of(session: Session, settled: Settlement) -> str:
    """What the last check before the settlement found of a misuse."""
    found = session.scalar(
        select(PostCheck.use_found)
        .where(
            PostCheck.loan_id == settled.loan_id,
            PostCheck.use_found.in_(MISUSES),
            PostCheck.noted_on <= settled.booked_on,
        )
        .order_by(PostCheck.value_date.desc(), PostCheck.id.desc())
        .limit(1)
    )
    return found or "misused"


def _same_period(session: Session, row: Entitlement) -> Sequence[Entitlement]:
    """The entitlement and the revisions of its settlement."""
    return session.scalars(
        select(Entitlement)
        .join(Settlement, Settlement.id == Entitlement.settlement_id)
        .where(
            Entitlement.loan_id == row.loan_id,
            Entitlement.to_on == row.to_on,
            Settlement.kind
            == select(Settlement.kind).where(Settlement.id == row.settlement_id).scalar_subquery(),
        )
        .order_by(Entitlement.revision)
    ).all()


def _told(row: Entitlement) -> Answer:
    return {
        "id": row.id,
        "revision": row.revision,
        "booked_on": row.booked_on.isoformat(),
        "interest": format_yuan(row.interest_fen),
        "amount": format_yuan(row.amount_fen),
    }


def _clause(case: Case, row: Entitlement) -> Answer:
    """The clause of the share, as it was frozen in the contract."""
    begun = [one for one in case.bearers if one.from_on < row.to_on]
    return {"term": "interest_bearers", "clause": begun[-1].clause if begun else ""}


def _claims(session: Session, row: Entitlement) -> list[Answer]:
    """Every claim that this row stood in, and how far each came."""
    claims = session.scalars(
        select(Claim)
        .join(ClaimRow, ClaimRow.claim_id == Claim.id)
        .where(ClaimRow.entitlement_id == row.id)
        .order_by(Claim.id)
    )
    return [
        {
            "entitlement": row.id,
            "claim": claim.id,
            "period_to": claim.period_to.isoformat(),
            "version": claim.version,
            "steps": [
                {"state": step.state, "title": TITLES[step.state][0], "on": step.on_day.isoformat()}
                for step in session.scalars(
                    select(ClaimStep).where(ClaimStep.claim_id == claim.id).order_by(ClaimStep.nr)
                )
            ],
        }
        for claim in claims
    ]
