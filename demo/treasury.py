"""The treasury's two hands in the demo: a special account, and claims from draft to receipt.

Contributions come in on the county's days (the days are made up, and so is every document number).
Claims are drafted by the job as each period ends, and go through three offices a step a day: the
cooperative checks and submits; the poverty office recomputes, confirms and publishes; finance
approves, makes the payment file, sends it; the bank's file says that all is paid; the cooperative
confirms the receipt. Two people of an office take the steps that watch each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

import risk_fund
from demo.desks import DESKS, Agenda, AtDesks, Step, Task
from demo.staff import Lender
from jobs.drafting import draft_claims
from kernel.actor import Actor
from kernel.dates import ONE_DAY
from subsidies import budget, claims, payment
from subsidies.budget import LineEntered
from subsidies.claims.periods import rhythm_of

#: numbers that no bank gave: the special account's, and the lender's own for what it is paid
FUND_ACCOUNT: Final = "800100201412"
LENDER_ACCOUNT: Final = "800100201411"
#: a project code as such codes look
CODE: Final = "2130506"
#: of what was lent, how much a year's line holds: more than a year's interest
_LINE_PERCENT: Final = 6
_PLACE: Final = "县政府门户网站、各村公开栏（演示）"


class Treasury(AtDesks):
    """Puts the treasury's work on the demo's agenda."""

    def __init__(self, maker: Agenda) -> None:
        super().__init__(maker)
        # Desks of one lender: its first does the paper work with the treasury.
        self._lender: Lender = next(iter(maker.lenders.values()))
        self._account_id = 0

    def plan(self) -> None:
        """Everything whose day is known beforehand."""
        for nth, (day, fen) in enumerate(self._county.contributions):
            self._maker.put(day, self._contribution(nth, fen))
        for day, year in self._years():
            self._maker.put(day, self._budget(year))
        for day in self._period_ends():
            self._maker.put(day, self._claim())

    def line_fen(self) -> int:
        """What a year's budget line holds."""
        return self._county.lent_fen * _LINE_PERCENT // 100

    def _years(self) -> Iterator[tuple[date, int]]:
        """The budget of a year is entered when lending begins, then on its first working day."""
        first = self._county.contributions[0][0]
        for year in range(first.year, self._county.closes_on.year + 1):
            day = first if year == first.year else self._house.calendar.next_working_day(
                date(year, 1, 1)
            )  # fmt: skip
            if day <= self._county.closes_on:
                yield day, year

    def _period_ends(self) -> Iterator[date]:
        """First working day on or after each end of a claim period."""
        day = self._county.contributions[0][0]
        while day <= self._county.closes_on:
            conduct = self._house.rulebook.conduct(on=day, region=self._county.region)
            end = rhythm_of(conduct).holding(day).end
            start = self._house.calendar.roll_forward(end)
            if start <= self._county.closes_on:
                yield start
            day = end + ONE_DAY

    # --- the special account ----------------------------------------------------------------------

    def _contribution(self, nth: int, fen: int) -> Task:
        """One of finance proposes it, the other agrees."""

        def task(on: date) -> None:
            if not self._account_id:
                self._account_id = self._do("risk_fund.open", DESKS.finance, self._open, on)
            order = risk_fund.Order(
                account_id=self._account_id,
                kind="contribution",
                source="county",
                document_no=f"演示财农〔{on.year}〕{nth + 1}号",
                amount_fen=fen,
                value_date=on,
                voucher_no=f"BC{on:%Y%m%d}",
            )
            proposal_id = self._do(
                "risk_fund.contribute",
                DESKS.finance,
                lambda session, on, by: risk_fund.propose_order(session, order, on=on, by=by),
                on,
            )
            self._do(
                "risk_fund.approve_contribution",
                DESKS.second_finance,
                lambda session, on, by: risk_fund.decide_order(
                    session,
                    proposal_id=proposal_id,
                    approved=True,
                    rulebook=self._house.rulebook,
                    on=on,
                    by=by,
                ),
                on,
            )

        return task

    def _open(self, session: Session, on: date, by: Actor) -> int:
        return risk_fund.open_account(
            session,
            lender_id=self._lender.organisation_id,
            number=FUND_ACCOUNT,
            name="宜章县扶贫小额信贷风险补偿金专户（演示）",
            rulebook=self._house.rulebook,
            on=on,
            by=by,
        )

    # --- the budget and the lender's account ------------------------------------------------------

    def _budget(self, year: int) -> Task:
        """One of finance enters the year's line, the other agrees to its amount."""

        def task(on: date) -> None:
            line = LineEntered(
                document_no=f"演示财农指〔{year}〕1号",
                code=CODE,
                level="county",
                year=year,
                funder="县财政局（演示）",
                amount_fen=self.line_fen(),
            )
            entry = self._do(
                "subsidies.budget",
                DESKS.finance,
                lambda session, on, by: budget.enter_line(session, line, on=on, by=by),
                on,
            )
            assert entry.proposal_id is not None, "a county that lends has a budget"
            proposal_id = entry.proposal_id
            self._do(
                "subsidies.approve_budget",
                DESKS.second_finance,
                lambda session, on, by: budget.decide_change(
                    session, proposal_id=proposal_id, approved=True, on=on, by=by
                ),
                on,
            )
            if year == self._county.contributions[0][0].year:
                self._note_account(on)

        return task

    def _note_account(self, on: date) -> None:
        """Where the lender is paid: noted by its officer, confirmed by its checker."""
        noted = payment.AccountNoted(
            "organisations",
            self._lender.organisation_id,
            self._lender.name,
            LENDER_ACCOUNT,
            self._lender.name,
            "首次登记",
        )
        proposal_id = self._do(
            "subsidies.account",
            self._lender.officer,
            lambda session, on, by: payment.note_account(
                session, noted, keyring=self._house.keyring, on=on, by=by
            ),
            on,
        )
        self._do(
            "subsidies.confirm_account",
            self._lender.checker,
            lambda session, on, by: payment.decide_account(
                session, proposal_id=proposal_id, approved=True, on=on, by=by
            ),
            on,
        )

    # --- claims -----------------------------------------------------------------------------------

    def _claim(self) -> Task:
        """The job drafts; whatever it drafted goes its way, a step on each working day."""

        def task(on: date) -> None:
            for claim_id in draft_claims(self._house):
                self._do("subsidies.check", self._lender.checker, self._check(claim_id), on)
                self._follow(claim_id, on)

        return task

    def _follow(self, claim_id: int, on: date) -> None:
        """Submitted, recomputed, confirmed and published; the rest waits for the notice's end."""
        steps: list[tuple[str, str, Step]] = [
            ("subsidies.submit", self._lender.director, self._submit(claim_id)),
            ("subsidies.recompute", DESKS.office, self._recompute(claim_id)),
            ("subsidies.confirm", DESKS.second_office, self._confirm(claim_id)),
            ("subsidies.notice", DESKS.office, self._notice(claim_id)),
        ]
        day = on
        for command, login, step in steps:
            day = self._later(day, command, login, step)
        conduct = self._house.rulebook.conduct(on=day, region=self._county.region)
        over = day + timedelta(days=conduct.subsidy_notice_days.value)
        day = self._house.calendar.roll_forward(over)
        self._at(day, "subsidies.approve", DESKS.finance, self._approve(claim_id))
        paying: list[tuple[str, str, Step]] = [
            ("subsidies.pay", DESKS.second_finance, self._file(claim_id)),
            ("subsidies.send", DESKS.finance, self._send(claim_id)),
            ("subsidies.bank_return", DESKS.second_finance, self._answer(claim_id)),
            ("subsidies.receipt", self._lender.officer, self._receipt(claim_id)),
        ]
        for command, login, step in paying:
            day = self._later(day, command, login, step)

    def _check(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.check_claim(session, claim_id=claim_id, on=on, by=by)

    def _submit(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.submit(
            session,
            claim_id=claim_id,
            rulebook=self._house.rulebook,
            calendar=self._house.calendar,
            on=on,
            by=by,
        )

    def _recompute(self, claim_id: int) -> Step:
        def step(session: Session, on: date, by: Actor) -> None:
            found = claims.recompute_claim(session, claim_id=claim_id, on=on, by=by)
            if found.differing:
                raise AssertionError(f"the demo's claim differs: {found.differing[:3]}")

        return step

    def _confirm(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.confirm(session, claim_id=claim_id, on=on, by=by)

    def _notice(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.post_notice(
            session,
            claim_id=claim_id,
            place=_PLACE,
            rulebook=self._house.rulebook,
            on=on,
            by=by,
        )

    def _approve(self, claim_id: int) -> Step:
        return lambda session, on, by: claims.approve(
            session,
            claim_id=claim_id,
            rulebook=self._house.rulebook,
            calendar=self._house.calendar,
            on=on,
            by=by,
        )

    def _file(self, claim_id: int) -> Step:
        return lambda session, on, by: payment.make_file(
            session,
            claim_id=claim_id,
            rulebook=self._house.rulebook,
            keyring=self._house.keyring,
            on=on,
            by=by,
        )

    def _send(self, claim_id: int) -> Step:
        return lambda session, on, by: payment.send(
            session, claim_id=claim_id, rulebook=self._house.rulebook, on=on, by=by
        )

    def _answer(self, claim_id: int) -> Step:
        """The bank's file comes back: everybody was paid; it is taken in."""

        def step(session: Session, on: date, by: Actor) -> None:
            path = self._maker.folder / f"回盘-{claim_id}-{on}.csv"
            said = payment.answer_to(
                session, claim_id=claim_id, keyring=self._house.keyring, returned={}
            )
            path.write_bytes(said.encode("gb18030"))
            answer = payment.read_answer(path)
            payment.take_answer(
                session,
                claim_id=claim_id,
                answer=answer,
                keyring=self._house.keyring,
                on=on,
                by=by,
            )
            path.unlink()

        return step

    def _receipt(self, claim_id: int) -> Step:
        return lambda session, on, by: payment.confirm_receipt(
            session, claim_id=claim_id, on=on, by=by, voucher_no=f"TX{claim_id:06d}"
        )
