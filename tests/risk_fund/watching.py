"""A town whose closes go through the fuse, with neighbours in other villages and townships."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import credit
import ledger
import loans
import risk_fund
from credit.scheme_file import load_schemes
from jobs.close import Closer, Program, Step
from kernel.actor import Actor
from loans.models import LendingLimit
from policy import ConductRules
from policy.values import GradeThreshold
from risk_fund.fuse import Scope
from risk_fund.models import FuseBalance, FuseEvent
from tests.loans.town import BEST, CHECKER, CONFIG, OFFICER, Town, person
from tests.register import enter_household

POVERTY = person(31, "poverty_office")
FINANCE = person(32, "finance")
#: a village of the next township, and the next village of the town's own
NEXT_TOWNSHIP, NEXT_VILLAGE = "431022101201", "431022100202"
#: so that a test need not live three months: bad from the second day on
GRADES = tuple(GradeThreshold(grade, days) for grade, days in ((2, 1), (3, 2), (4, 270), (5, 360)))
#: a loan that is due on 30 June 2016 and never paid is graded 3 at this close
BAD_ON = date(2016, 7, 2)
LATE = {"annual_rate_ppm": 43_500, "method": "bullet", "every_months": 0, "term_months": 1}


@dataclass
class Watch:
    """The town, and the rules that its closes go by."""

    town: Town
    threshold_ppm: int = 30_000
    scopes: tuple[str, ...] = ("bank", "township", "village")
    lift_days: int = 90

    def conduct(self, day: date) -> ConductRules:
        """The rules of the day, with these."""
        rules = self.town.rulebook.conduct(on=day, region="431022000000")
        return replace(
            rules,
            grading=replace(rules.grading, value=GRADES),
            fuse_bad_ratio_ppm=replace(rules.fuse_bad_ratio_ppm, value=self.threshold_ppm),
            fuse_scopes=replace(rules.fuse_scopes, value=self.scopes),
            fuse_lift_days=replace(rules.fuse_lift_days, value=self.lift_days),
        )

    def close_to(self, day: date) -> None:
        """Close every day up to and including ``day``, the fuse after the grades."""
        self.closer().close_to(day)

    def closer(self, *more: Step) -> Closer:
        """The close; ``more``: steps after the fuse."""

        def program(day: date) -> Program:
            def grade(session: Session, day: date, limit: int) -> int:
                return loans.close_chunk(
                    session,
                    day=day,
                    conduct=self.conduct(day),
                    calendar=self.town.calendar,
                    limit=limit,
                )

            def fuse(session: Session, day: date, _limit: int) -> int:
                risk_fund.close_fuse(session, day, self.conduct(day))
                return 0

            steps = (Step("loans", grade), Step("fuse", fuse, whole=True), *more)
            return Program(steps, "0" * 64)

        return Closer(self.town.books, self.town.system, program, "test", 100)

    def neighbour(self, village: str) -> int:
        """One more household with a line, in another village; its place in the town."""
        number = len(self.town.households) + 1
        name = f"{village}{number:04d}"
        town = self.town
        with town.books.write("households.import", by=town.system) as session:
            household_id = enter_household(
                session, village, number, on=town.today, keyring=town.keyring
            )
            town.households[name] = household_id
        with town.books.write("credit.propose", by=OFFICER) as session:
            proposed = credit.propose(
                session,
                scheme=load_schemes(CONFIG / "ratings")["hunan-433"],
                village_code=village,
                entries=[credit.Entry(household_id, BEST)],
                on=ledger.open_day(session),
                by=OFFICER,
            )
        with town.books.write("credit.confirm", by=CHECKER) as session:
            credit.decide(
                session,
                proposal_id=proposed.proposal_id,
                approved=True,
                validity_months=120,
                on=ledger.open_day(session),
                by=CHECKER,
            )
        return len(town.households)

    def goes_bad(self, place: int, fen: int) -> str:
        """A loan that nobody will pay; its number."""
        return self.town.lend(place, **{**LATE, "amount_fen": fen})

    def ask(self, scope: Scope, until: date, by: Actor = POVERTY, reason: str = "已清收") -> int:
        """Ask for a lift; the proposal."""
        with self.town.books.write("risk_fund.lift_fuse", by=by) as session:
            on = ledger.open_day(session)
            return risk_fund.ask_lift(
                session,
                scope=scope,
                until_on=until,
                reason=reason,
                conduct=self.conduct(on),
                on=on,
                by=by,
            )

    def decide(
        self, proposal_id: int, by: Actor = FINANCE, *, approved: bool = True, reason: str = ""
    ) -> None:
        """Decide it."""
        with self.town.books.write("risk_fund.approve_lift", by=by) as session:
            on = ledger.open_day(session)
            risk_fund.decide_lift(
                session,
                proposal_id=proposal_id,
                approved=approved,
                conduct=self.conduct(on),
                on=on,
                by=by,
                reason=reason,
            )

    def events(self) -> list[tuple[Any, ...]]:
        """(event, scope, day, bad, outstanding, until) of every event, in order of writing."""
        with self.town.books.read() as session:
            rows = session.execute(
                select(
                    FuseEvent.event,
                    FuseEvent.scope,
                    FuseEvent.on_day,
                    FuseEvent.bad_fen,
                    FuseEvent.outstanding_fen,
                    FuseEvent.until_on,
                ).order_by(FuseEvent.id)
            )
            return [tuple(row) for row in rows]

    def stopped(self) -> set[str]:
        """Scopes in which lending is stopped."""
        with self.town.books.read() as session:
            return set(session.scalars(select(LendingLimit.scope).where(LendingLimit.stopped)))

    def balances(self) -> dict[tuple[int, str], tuple[int, int]]:
        """What the fuse keeps."""
        with self.town.books.read() as session:
            return {
                (row.lender_id, row.village_code): (row.bad_fen, row.outstanding_fen)
                for row in session.scalars(select(FuseBalance))
            }

    @property
    def bank(self) -> Scope:
        """The town's lender."""
        return ("institution", str(self.town.lender_id))
