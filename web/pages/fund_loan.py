"""风险补偿 on a loan's page: its claims, and the one debt held in shares once the fund has paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from office import rights
from risk_fund import claim_queries
from risk_fund.claim_queries import ClaimLine, Debt
from risk_fund.lifecycle import NEXT, STATES
from web.context import actor


@dataclass(frozen=True, slots=True)
class FundCard:
    """What a loan's page says of the fund beside the cover."""

    claims: Sequence[ClaimLine]
    #: None as long as nobody has paid for the household
    debt: Debt | None
    #: whether this person may ask the fund for it
    may_claim: bool

    def title(self, claim: ClaimLine) -> str:
        """A claim's state in Chinese."""
        return STATES[claim.state]


def fund_card(session: Session, number: str, *, on: date, overdue: bool) -> FundCard:
    """The card of a loan that the visitor may see."""
    by = actor()
    if not rights.may(by, "risk_fund.read"):
        return FundCard((), None, may_claim=False)
    found = claim_queries.claims(session, by=by, on=on, text=number)
    claims = [one for one in found if one.number == number]
    debt = None
    if any(one.state == "paid" for one in claims):
        debt = claim_queries.debt_of(session, number=number, on=on, by=by)
    under_way = any(NEXT[one.state] for one in claims)
    may = overdue and not under_way and rights.may(by, "risk_fund.claim")
    return FundCard(claims, debt, may_claim=may)
