"""Whether the figures of the treasury and of dividends are what the ledger says at a day's close.

* In each special account lies what its postings of ``fund_cash`` come to, and was paid in what
  those of ``fund_contributions`` do.
* What is accrued less what is to be recovered is what the treasury has booked as spent on
  subsidies; what is paid is what it has booked out of the budget.
* What households were paid in dividends is what the bank's answers have booked out of what they
  were owed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import ledger
from indicators import fund_states, people, treasury
from indicators.models import FUND_STATE, SUBSIDY_COUNTERS


@dataclass(frozen=True, slots=True)
class Tie:
    """A figure and what the ledger has for it."""

    table: str
    of: str
    zh: str
    en: str
    figure: int
    booked: int


def untied(session: Session, day: date) -> Iterator[Tie]:
    """The figures of a closed day that are not the ledger's."""
    for tie in (*_funds(session, day), *_subsidies(session, day), _dividends(session, day)):
        if tie.figure != tie.booked:
            yield tie


def _funds(session: Session, day: date) -> Iterator[Tie]:
    for one in fund_states.accounts(session, day, inclusive=True):
        stated = dict(zip(FUND_STATE, one.last or (0,) * len(FUND_STATE), strict=True))
        for name, kind, sign, zh, en in (
            ("balance_fen", "fund_cash", 1, "专户余额", "the balance of a special account"),
            ("contributed_fen", "fund_contributions", -1, "累计出资", "what was contributed"),
        ):
            booked = ledger.balance(session, kind=kind, owner_id=one.id, until=day)
            yield Tie("fund_days", str(one.id), zh, en, stated[name], sign * booked)


def _subsidies(session: Session, day: date) -> Iterator[Tie]:
    last = treasury.last_subsidies(session, day).values()
    sums = {name: sum(row[nr] for row in last) for nr, name in enumerate(SUBSIDY_COUNTERS)}
    owed = sums["accrued_fen"] - sums["to_recover_fen"]
    spent = ledger.balance(session, kind="subsidy_expense", until=day)
    zh, en = "应付贴息减待追回", "subsidy accrued less what is to be recovered"
    yield Tie("subsidy_days", "treasury", zh, en, owed, spent)
    paid = -ledger.balance(session, kind="budget_paid", until=day)
    zh, en = "已拨付贴息", "subsidy paid"
    yield Tie("subsidy_days", "treasury", zh, en, sums["paid_fen"], paid)


def _dividends(session: Session, day: date) -> Tie:
    last = people.last_of_villages(session, day).values()
    figure = sum(row["dividends_paid_fen"] for row in last)
    booked = ledger.balance(
        session, kind="dividend_payable", until=day, sources=("dividend_returns",)
    )
    zh, en = "已付分红", "dividends paid"
    return Tie("village_standing_days", "dividends", zh, en, figure, booked)
