"""The treasury in a county of dice: claims of whatever was lived, a fund that may be full, lifts.

The same steps as in the demo county, but what the doors refuse is counted and not the end: a claim
that comes to less than nothing, a budget that runs out, a contract corrected while its claim is
under way. Now and then finance returns a claim and the next version is drafted by hand; where the
fuse has blown, two people let lending go on after a while.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.desks import DESKS, Agenda, Step, Task
from demo.treasury import Treasury
from jobs.drafting import draft_claims
from kernel.actor import Actor
from loans.models import LendingLimit
from risk_fund.lifting import ask_lift, decide_lift
from subsidies import claims
from subsidies.lifecycle import SENT

#: (days after the opening, fen): lending soon stands against the fund's limit
CONTRIBUTIONS: Final = ((6, 1_500_000), (180, 1_000_000), (400, 1_000_000))
#: a year's budget line, fen
LINE_FEN: Final = 600_000
#: of a hundred claims: how many finance returns
_RETURNS: Final = 25
#: of a thousand days with a stop: how often it is lifted
_LIFTS: Final = 60
_LIFT_DAYS: Final = 60

#: tries something and counts what became of it, by name
Attempt = Callable[[str, Callable[[], None]], None]


def contributions(opens_on: date) -> tuple[tuple[date, int], ...]:
    """Days and amounts of a county that opens on a day."""
    return tuple((opens_on + timedelta(days=days), fen) for days, fen in CONTRIBUTIONS)


class DiceTreasury(Treasury):
    """The treasury's work, tried."""

    def __init__(self, maker: Agenda, dice: Random, attempt: Attempt) -> None:
        super().__init__(maker)
        self._dice = dice
        self._attempt = attempt

    def line_fen(self) -> int:
        """So little that it may run out."""
        return LINE_FEN

    def day(self, on: date) -> None:
        """Where lending is stopped, it may be let go on."""
        with self._house.books.read() as session:
            stopped = session.execute(
                select(LendingLimit.scope_kind, LendingLimit.scope)
                .where(LendingLimit.stopped)
                .order_by(LendingLimit.scope_kind, LendingLimit.scope)
            ).all()
        for kind, scope in stopped:
            if self._dice.randrange(1000) < _LIFTS:
                self._lift((kind, scope), on)

    def _lift(self, scope: tuple[str, str], on: date) -> None:
        conduct = self._house.rulebook.conduct(on=on, region=self._county.region)
        until_on = on + timedelta(days=min(_LIFT_DAYS, conduct.fuse_lift_days.value) - 1)

        def ask(session: Session, on: date, by: Actor) -> int:
            return ask_lift(
                session,
                scope=scope,
                until_on=until_on,
                reason="已逐笔清收，恢复放款",
                conduct=conduct,
                on=on,
                by=by,
            )

        def work() -> None:
            proposal_id = self._do("risk_fund.lift_fuse", DESKS.office, ask, on)
            self._do(
                "risk_fund.approve_lift",
                DESKS.finance,
                lambda session, on, by: decide_lift(
                    session,
                    proposal_id=proposal_id,
                    approved=True,
                    conduct=conduct,
                    on=on,
                    by=by,
                ),
                on,
            )

        self._attempt("lift", work)

    def _claim(self) -> Task:
        def task(on: date) -> None:
            for claim_id in draft_claims(self._house):
                self._try("subsidies.check", self._lender.checker, self._check(claim_id), on)
                self._follow(claim_id, on)

        return lambda on: self._attempt("draft", lambda: task(on))

    def _at(self, day: date, command: str, login: str, step: Step) -> None:
        self._maker.put(day, lambda on: self._try(command, login, step, on))

    def _try(self, command: str, login: str, step: Step, on: date) -> None:
        self._attempt(command, lambda: self._quietly(command, login, step, on))

    def _quietly(self, command: str, login: str, step: Step, on: date) -> None:
        self._do(command, login, step, on)

    def _recompute(self, claim_id: int) -> Step:
        """What was corrected since the draft may differ."""
        return lambda session, on, by: claims.recompute_claim(
            session, claim_id=claim_id, on=on, by=by
        )

    def _confirm(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.confirm(
            session, claim_id=claim_id, on=on, by=by, reason="已逐行核对"
        )

    def _approve(self, claim_id: int) -> Step:
        """Now and then it goes back, and the next version is drafted and goes its way."""
        approve = super()._approve(claim_id)
        if self._dice.randrange(100) >= _RETURNS:
            return approve

        def send_back(session: Session, on: date, by: Actor) -> None:
            claims.return_claim(session, claim_id=claim_id, reason="明细待核", on=on, by=by)
            claim = claims.claim_of(session, claim_id)
            period_to, route = claim.period_to, claim.route
            tomorrow = self._house.calendar.next_working_day(on)
            self._maker.put(tomorrow, lambda on: self._again(route, period_to, on))

        return send_back

    def _answer(self, claim_id: int) -> Step:
        """Of a file that never went out, for want of money, the bank says nothing."""
        answer = super()._answer(claim_id)

        def step(session: Session, on: date, by: Actor) -> None:
            if claims.state_of(session, claim_id) == SENT:
                answer(session, on, by)

        return step

    def _again(self, route: str, period_to: date, on: date) -> None:
        drafted: list[int] = []

        def draft(session: Session, on: date, by: Actor) -> None:
            drafted.append(
                claims.draft(
                    session,
                    lender_id=self._lender.organisation_id,
                    route=route,
                    period_to=period_to,
                    rulebook=self._house.rulebook,
                    calendar=self._house.calendar,
                    on=on,
                    by=by,
                )
            )

        self._try("subsidies.draft", self._lender.officer, draft, on)
        for claim_id in drafted:
            self._try("subsidies.check", self._lender.checker, self._check(claim_id), on)
            self._follow(claim_id, on)
