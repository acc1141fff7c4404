"""What the terms promise for many rounds at once: ``batch.floors``, of a query of rounds.

Each round's period, rhythm and term of its year are columns here, where one round's are numbers;
that both say the same is a test's.
"""

from __future__ import annotations

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    literal,
    select,
)

from enterprises.batch import half_up
from enterprises.linked import linked_by_round
from enterprises.models import Agreement, AgreementTerm, DividendRound
from kernel.database import days_between, sum_of
from kernel.money import RATE_MAX_PPM, SHARE_MAX_BP


def promised(round_ids: Select[int]) -> CTE:
    """``round_id`` and ``fen``: what the terms promise all households of each round at least.

    ``cash_fen`` is the part of it that is paid out. A round in which nobody was linked has no row.
    """
    links = linked_by_round(round_ids).subquery()
    floors = (
        select(links.c.round_id, AgreementTerm.cash_bp, _floor(links).label("floor_fen"))
        .join(DividendRound, DividendRound.id == links.c.round_id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(AgreementTerm, and_(AgreementTerm.agreement_id == Agreement.id, _of_its_year()))
        .subquery()
    )
    fen = sum_of(floors.c.floor_fen)
    cash_fen = half_up(fen * floors.c.cash_bp, literal(SHARE_MAX_BP, BigInteger))
    return (
        select(floors.c.round_id, fen.label("fen"), cash_fen.label("cash_fen"))
        # one term holds in a round's year
        .group_by(floors.c.round_id, floors.c.cash_bp)
        .cte("promised")
    )


def _of_its_year() -> ColumnElement[bool]:
    """The term holds in the year of the agreement that the round's period lies in."""
    year = (DividendRound.nr - 1) * Agreement.rhythm_months // 12 + 1
    return and_(AgreementTerm.year_from <= year, AgreementTerm.year_to >= year)


def _floor(links: Subquery) -> ColumnElement[int]:
    """A household's floor, as ``terms.floor_of`` has it."""
    days = days_between(DividendRound.period_from, DividendRound.period_to)
    of_year = days * (12 // Agreement.rhythm_months)
    heads = case((AgreementTerm.basis == "per_person", links.c.persons), else_=1)
    return case(
        (
            AgreementTerm.basis == "rate_on_stake",
            half_up(links.c.stake_days * AgreementTerm.rate_ppm, of_year * RATE_MAX_PPM),
        ),
        else_=half_up(heads * links.c.linked_days * AgreementTerm.amount_fen, of_year),
    )
