"""What moved in a village fund beside its loans: whose it is, how much, by which voucher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from households import Household
from mutual_aid.models import FundMember, MutualMovement
from office.models import Voucher

#: the fiscal money's own stake changes its name and not its place: nothing comes or goes
INNER: Final = frozenset({"base_stake", "base_returned"})


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A movement with whose it is and its voucher."""

    booked_on: date
    kind: str
    amount_fen: int
    document: str
    vote_id: int | None
    #: None: nobody's own
    household_id: int | None
    household_number: str
    voucher_no: str

    @property
    def is_inner(self) -> bool:
        """Whether no money comes in or goes out."""
        return self.kind in INNER


def lines(session: Session, fund_id: int) -> list[MoneyLine]:
    """Every movement, the latest first."""
    rows = session.execute(
        select(MutualMovement, Household.id, Household.number, Voucher.voucher_no)
        .outerjoin(FundMember, FundMember.id == MutualMovement.member_id)
        .outerjoin(Household, Household.id == FundMember.household_id)
        .outerjoin(Voucher, Voucher.id == MutualMovement.voucher_id)
        .where(MutualMovement.fund_id == fund_id)
        .order_by(MutualMovement.id.desc())
    )
    return [
        MoneyLine(
            booked_on=moved.booked_on,
            kind=moved.kind,
            amount_fen=moved.amount_fen,
            document=moved.document,
            vote_id=moved.vote_id,
            household_id=household_id,
            household_number=number or "",
            voucher_no=voucher_no or "",
        )
        for moved, household_id, number, voucher_no in rows
    ]
