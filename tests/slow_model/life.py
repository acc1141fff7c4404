"""A loan's life as a list of events: each day's events in their fixed order, then its close.

To reverse an event is to live again without it; to enter one with an earlier value date is to live
again with it. Nothing is remembered from one life to the next.

An event that no rule allows on its day ends the life with ``Impossible``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.slow_model import changes
from tests.slow_model.contract import Contract
from tests.slow_model.loan import SlowLoan
from tests.slow_model.plan import ONE

IsWorking = Callable[[date], bool]

#: the order inside a day; extension and deferral are one kind of change
ORDER = (
    "draw",
    "extension",
    "deferral",
    "plan",
    "misuse",
    "unsubsidised",
    "payment",
    "early",
    "refund",
    "write-off",
    "recovery",
)


@dataclass(frozen=True)
class Event:
    """Something that happens to a loan, with value of a day."""

    kind: str
    on: date
    #: draws, payments, refunds, recoveries
    fen: int = 0
    #: extensions and deferrals: the new maturity
    matures: date | None = None
    #: another plan: method, months of its rhythm, settlement day or 0
    plan: tuple[str, int, int] | None = None


class Impossible(Exception):
    """An event that the rules do not allow on its day."""


def live(
    contract: Contract, events: Iterable[Event], until: date, is_working: IsWorking
) -> SlowLoan:
    """Every close before ``until``, and the events of that day itself."""
    events = list(events)
    if any(event.on > until for event in events):
        raise Impossible("an event of the future")
    loan = SlowLoan(contract)
    for _day, lived in closes(contract, events, until - ONE, is_working):
        loan = lived
    spend_day(loan, [event for event in events if event.on == until], until)
    return loan


def closes(
    contract: Contract, events: Iterable[Event], last: date, is_working: IsWorking
) -> Iterator[tuple[date, SlowLoan]]:
    """The loan after each close, from the day of the first event to ``last``. One loan, living."""
    events = list(events)
    loan = SlowLoan(contract)
    day = min((event.on for event in events), default=last + ONE)
    while day <= last:
        spend_day(loan, [event for event in events if event.on == day], day)
        close_day(loan, day, is_working)
        yield day, loan
        day += ONE


def close_day(loan: SlowLoan, on: date, is_working: IsWorking) -> None:
    """24:00 of a day: the credit, then everything that the contract says."""
    loan.credit = loan.use_credit(loan.credit, on)
    loan.close(on, is_working(on))


def spend_day(loan: SlowLoan, events: list[Event], on: date) -> None:
    """The events of one day, in the order of their kinds, whatever the order of entry."""
    for kind in ORDER:
        ours = [event for event in events if event.kind == kind]
        if ours and loan.written_off_on is not None and kind != "recovery":
            raise Impossible(f"{kind} after the write-off")
        if ours and not loan.drawn and kind != "draw":
            raise Impossible(f"{kind} before the first draw")
        if kind in ("payment", "early"):
            if ours:
                # Several of one kind are as one.
                loan.credit += loan.pay(sum(event.fen for event in ours), on, kind == "early")
            continue
        for event in ours:
            _DO[kind](loan, event)


def _must(condition: bool, rule: str) -> None:
    if not condition:
        raise Impossible(rule)


def _draw(loan: SlowLoan, event: Event) -> None:
    terms = loan.contract
    _must(event.on < terms.matures, "a draw at or after the maturity")
    _must(loan.misused_from is None, "a draw after misuse")
    _must(not loan.over, "a draw of a loan that is over")
    if terms.by_plan:
        _must(not loan.drawn and event.fen == terms.amount, "a plan loan is drawn once and whole")
    used = loan.principal if terms.revolving else loan.drawn
    _must(used + event.fen <= terms.amount, "a draw above the contract")
    loan.draw(event.fen, event.on)


def _extend(loan: SlowLoan, event: Event) -> None:
    assert event.matures is not None
    _must(not loan.over, "more time for a loan that is over")
    _must(event.on < loan.contract.matures, "more time after the maturity")
    _must(event.matures > loan.contract.matures, "a maturity that is not later")
    changes.extend(loan, event.matures, event.on)


def _replan(loan: SlowLoan, event: Event) -> None:
    assert event.plan is not None
    _must(not loan.over, "a plan for a loan that is over")
    _must(event.on < loan.contract.matures, "a plan after the maturity")
    changes.replan(loan, *event.plan, event.on)


def _misuse(loan: SlowLoan, event: Event) -> None:
    _must(not loan.over, "misuse of a loan that is over")
    _must(loan.misused_from is None, "misuse found twice")
    changes.misuse(loan, event.on)


def _unsubsidise(loan: SlowLoan, event: Event) -> None:
    _must(not loan.over, "a stop of the subsidy of a loan that is over")
    _must(loan.unsubsidised_from is None, "a subsidy stopped twice")
    _must(bool(loan.contract.shares), "a stop of no subsidy")
    changes.unsubsidise(loan, event.on)


def _refund(loan: SlowLoan, event: Event) -> None:
    _must(event.fen <= loan.credit, "a refund above the credit")
    loan.credit -= event.fen


def _write_off(loan: SlowLoan, event: Event) -> None:
    _must(bool(loan.principal or loan.owed), "a write-off of nothing")
    changes.write_off(loan, event.on)


def _recover(loan: SlowLoan, event: Event) -> None:
    loan.recovered += event.fen
    _must(loan.recovered <= sum(loan.losses.values()), "more recovered than was written off")


_DO: dict[str, Callable[[SlowLoan, Event], None]] = {
    "draw": _draw,
    "extension": _extend,
    "deferral": _extend,
    "plan": _replan,
    "misuse": _misuse,
    "unsubsidised": _unsubsidise,
    "refund": _refund,
    "write-off": _write_off,
    "recovery": _recover,
}
