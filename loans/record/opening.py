"""Where a loan stands on its signing day: nothing drawn, the terms as they were signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kernel.lots import lots
from loans.models import FAR, Loan, Position
from policy import ContractTerms


def open_positions(
    session: Session, signed: Sequence[tuple[int, ContractTerms]], *, on: date
) -> None:
    """Write down where contracts stand that were signed on ``on``."""
    terms_of = dict(signed)
    for ids in lots(terms_of):
        rows = session.execute(
            select(
                Loan.id,
                Loan.matures_on,
                Loan.method,
                Loan.every_months,
                Loan.settle_on_day,
                func.coalesce(Loan.cover_cap_fen, 0),
            ).where(Loan.id.in_(ids))
        )
        session.execute(
            insert(Position),
            [
                {
                    "loan_id": loan_id,
                    "matures_on": matures_on,
                    "method": method,
                    "every_months": every_months,
                    "settle_on_day": settle_on_day,
                    "cover_cap_fen": cover_cap_fen,
                    **_terms(terms_of[loan_id]),
                    **_untouched(on),
                }
                for loan_id, matures_on, method, every_months, settle_on_day, cover_cap_fen in rows
            ],
        )


def _terms(terms: ContractTerms) -> dict[str, object]:
    first = terms.principal_first_after_days
    return {
        "misuse_surcharge_bp": terms.misuse_surcharge_bp.value,
        "compounds": terms.compound_interest.value,
        "principal_first_after_days": None if first is None else first.value,
    }


def _untouched(on: date) -> dict[str, object]:
    return {
        "state": "signed",
        "misused": False,
        "unsubsidised": False,
        "last_event_on": on,
        "last_event_rank": 0,
        "drawn_fen": 0,
        "drawn_on": FAR,
        "interest_settled_to": on,
        "penalty_settled_to": on,
        "compound_settled_to": on,
        "plan_from_on": FAR,
        "plan_version": 0,
        "settle_event_on": FAR,
        "plan_event_on": FAR,
        "share_event_on": FAR,
        "review_on": FAR,
        "next_event_on": FAR,
        "grade": 1,
        "correction": 0,
    }
