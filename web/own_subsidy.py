"""What a household's own page says of the treasury's part: settled, claimed, paid, and when.

Through the lender the money goes to the bank and there is nothing to do; where the household pays
first (先付后补) it is told what has come to which card, what it still waits for and by when.
However late the treasury pays, nothing of it is the household's arrears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

import ledger
from kernel.identity import mask_account
from kernel.vault import Keyring
from loans.routes import HOUSEHOLD
from subsidies import ageing, lifecycle
from subsidies.claims import STAGES, Stage, stages_of
from subsidies.claims.households import CLAWED_BACK, GIVEN_BACK
from subsidies.models import PayoutAccount
from subsidies.payment.accounts import number_of
from web.context import house
from web.explained import rules_of

#: settlements shown at most, the last ones
SHOWN_MAX: Final = 8
_PAID: Final = frozenset({lifecycle.PAID, lifecycle.RECEIPTED})
_OVER: Final = _PAID | {CLAWED_BACK, GIVEN_BACK}
_TITLES: Final = {state: zh for state, (zh, _en) in STAGES.items()}


@dataclass(frozen=True, slots=True)
class OwnStage:
    """The treasury's part of one settlement, as its household sees it."""

    number: str
    from_on: date
    to_on: date
    amount_fen: int
    title: str
    since: date
    #: the last four digits of the card that it came to; empty where it goes elsewhere, or waits
    card: str
    #: paid first by the household, and not refunded yet
    waits: bool
    #: day by which it is to be refunded
    deadline_on: date | None


@dataclass(frozen=True, slots=True)
class OwnSubsidy:
    """All of it, and the last settlements."""

    paid_fen: int
    waiting_fen: int
    #: of what waits, what the household has paid itself
    refund_fen: int
    stages: list[OwnStage]


def own_subsidy(session: Session, household_id: int) -> OwnSubsidy | None:
    """What the treasury bears of a household's interest; None where it never bore any."""
    found = list(stages_of(session, household_id))
    if not found:
        return None
    due = _deadlines(session, household_id)
    waiting = [one for one in found if one.state not in _OVER]
    return OwnSubsidy(
        paid_fen=_sum([one for one in found if one.state in _PAID]),
        waiting_fen=_sum(waiting),
        refund_fen=_sum([one for one in waiting if one.route == HOUSEHOLD]),
        stages=[_stage(session, one, due, house().keyring) for one in found[-SHOWN_MAX:]],
    )


def _sum(stages: Sequence[Stage]) -> int:
    return sum(one.amount_fen for one in stages)


def _deadlines(session: Session, household_id: int) -> dict[tuple[str, date], date | None]:
    day = ledger.last_closed_day(session)
    if day is None:
        return {}
    waiting = ageing.of_household(
        session, household_id, on=day, rules_of=rules_of(session), calendar=house().calendar
    )
    return {(one.number, one.to_on): one.deadline_on for one in waiting}


def _stage(
    session: Session, one: Stage, due: dict[tuple[str, date], date | None], keyring: Keyring
) -> OwnStage:
    own = one.route == HOUSEHOLD
    return OwnStage(
        number=one.number,
        from_on=one.from_on,
        to_on=one.to_on,
        amount_fen=one.amount_fen,
        title=_TITLES[one.state],
        since=one.since,
        card=_card(session, one, keyring) if own and one.state in _PAID else "",
        waits=own and one.state not in _OVER,
        deadline_on=due.get((one.number, one.to_on)),
    )


def _card(session: Session, one: Stage, keyring: Keyring) -> str:
    if one.account_id is None:
        return ""
    account = session.get_one(PayoutAccount, one.account_id)
    return mask_account(number_of(account, keyring))[-4:]
