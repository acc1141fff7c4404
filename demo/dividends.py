"""Dividends in the demo: what fell due is declared, checked, funded, approved, and paid to all.

A step on each working day; two people of an office take the steps that watch each other. Each
enterprise pays in from an account of its own, whose number is made up like that of the documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import organisations
from demo.desks import DESKS, AtDesks, Step
from enterprises import payment
from enterprises.dividends import declaring, funding, lifecycle
from enterprises.dividends.steps import agreement_of, declaration_of
from enterprises.models import DividendPosition
from kernel.actor import Actor

#: how the numbers of enterprises' accounts begin, which no bank gave
_PAYER: Final = "800100"


class Dividends(AtDesks):
    """Puts the way of a round on the agenda."""

    def declare(self, on: date) -> None:
        """What fell due is declared; the rest follows, a step on each working day."""
        rounds = self._do("enterprises.declare", DESKS.office, self._declare_due, on)
        if not rounds:
            return
        conduct = self._house.rulebook.conduct(on=on, region=self._county.region)
        over = on + timedelta(days=conduct.dividend_notice_days.value)
        day = self._house.calendar.roll_forward(over)

        def check(session: Session, day: date, by: Actor) -> None:
            for round_id in rounds:
                declaring.check(
                    session, round_id=round_id, posted_on=on, conduct=conduct, on=day, by=by
                )

        self._at(day, "enterprises.check", DESKS.registrar, check)
        for command, login, step in self._steps(rounds):
            day = self._later(day, command, login, step)

    def _declare_due(self, session: Session, on: date, by: Actor) -> list[int]:
        due = session.scalars(
            select(DividendPosition.round_id)
            .where(DividendPosition.state == lifecycle.DUE)
            .order_by(DividendPosition.round_id)
        ).all()
        for round_id in due:
            declared = declaring.Declared(document_no=f"演示分红方案〔{on.year}〕{round_id}号")
            declaring.declare(session, round_id=round_id, declared=declared, on=on, by=by)
        return list(due)

    def _steps(self, rounds: Sequence[int]) -> Iterator[tuple[str, str, Step]]:
        """From the enterprises' money to the villages' signed lists."""

        def approve(session: Session, on: date, by: Actor) -> None:
            for round_id in rounds:
                funding.approve(session, round_id=round_id, on=on, by=by)

        def make_files(session: Session, on: date, by: Actor) -> None:
            for round_id in rounds:
                payment.make_file(
                    session, round_id=round_id, keyring=self._house.keyring, on=on, by=by
                )

        def send(session: Session, on: date, by: Actor) -> None:
            for round_id in rounds:
                payment.send(session, round_id=round_id, on=on, by=by)

        def receipts(session: Session, on: date, by: Actor) -> None:
            for round_id in rounds:
                payment.confirm_receipt(
                    session, round_id=round_id, document_no=f"签收表{round_id}", on=on, by=by
                )

        yield "enterprises.fund", DESKS.finance, partial(self._fund, rounds)
        yield "enterprises.approve", DESKS.second_office, approve
        yield "enterprises.pay", DESKS.finance, make_files
        yield "enterprises.send", DESKS.second_finance, send
        yield "enterprises.bank_return", DESKS.finance, partial(self._answers, rounds)
        yield "enterprises.receipt", DESKS.registrar, receipts

    def _fund(self, rounds: Sequence[int], session: Session, on: date, by: Actor) -> None:
        """Each enterprise pays in from an account of its own what it declared."""
        for round_id in rounds:
            declaration = declaration_of(session, round_id)
            owner = organisations.get(session, agreement_of(session, round_id).organisation_id)
            funded = funding.Funded(
                organisation_id=owner.id,
                amount_fen=declaration.cash_fen,
                payer_code=owner.credit_code,
                payer_account=f"{_PAYER}{owner.id:06d}",
                voucher_no=f"FH{round_id:06d}",
            )
            funding.receive(session, funded, on=on, by=by)
            funding.find_money(session, round_id=round_id, on=on, by=by)

    def _answers(self, rounds: Sequence[int], session: Session, on: date, by: Actor) -> None:
        """The bank's files come back: everybody was paid."""
        for round_id in rounds:
            path = self._maker.folder / f"分红回单-{round_id}.csv"
            answer = payment.answer_to(
                session, round_id=round_id, keyring=self._house.keyring, returned={}
            )
            path.write_text(answer, encoding="utf-8")
            payment.take_answer(
                session,
                round_id=round_id,
                answer=payment.read_answer(path),
                keyring=self._house.keyring,
                on=on,
                by=by,
            )
            path.unlink()
