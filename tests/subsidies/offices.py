"""The three offices at work on a claim: a town that can take every step from draft to receipt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

import ledger
from kernel.actor import Actor
from subsidies import budget, claims, payment
from subsidies.models import Claim
from tests.loans.town import CHECKER, DIRECTOR, OFFICER, person
from tests.subsidies.treasury import (
    FINANCE,
    OFFICE,
    SECOND_FINANCE,
    SECOND_OFFICE,
    TreasuryTown,
)

REGISTRAR = person(26, "registrar")
#: end of the first quarter that the town settles
JUNE = date(2016, 6, 21)


@dataclass
class Offices(TreasuryTown):
    """Verbs of a claim, each as its own unit of work, by whoever usually does it."""

    def draft(
        self,
        period_to: date = JUNE,
        *,
        route: str = "lender",
        by: Actor = OFFICER,
        left_out: Mapping[str, str] | None = None,
        taking_again: Collection[str] = (),
    ) -> int:
        """Draft by hand."""
        with self.books.write("subsidies.draft", by=by) as session:
            return claims.draft(
                session,
                lender_id=self.lender_id,
                route=route,
                period_to=period_to,
                rulebook=self.rulebook,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=by,
                left_out=left_out,
                taking_again=taking_again,
            )

    def draft_due(self) -> list[int]:
        """Draft as the job does."""
        with self.books.write("subsidies.draft", by=self.system) as session:
            return claims.draft_due(
                session,
                rulebook=self.rulebook,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=self.system,
            )

    def check(self, claim_id: int, by: Actor = CHECKER) -> None:
        """The checker's step."""
        with self.books.write("subsidies.check", by=by) as session:
            claims.check_claim(session, claim_id=claim_id, on=ledger.open_day(session), by=by)

    def submit(self, claim_id: int, by: Actor = DIRECTOR) -> None:
        """The director's step."""
        with self.books.write("subsidies.submit", by=by) as session:
            claims.submit(
                session,
                claim_id=claim_id,
                rulebook=self.rulebook,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=by,
            )

    def recompute(self, claim_id: int, by: Actor = OFFICE) -> claims.Recomputed:
        """The poverty office's computation."""
        with self.books.write("subsidies.recompute", by=by) as session:
            on = ledger.open_day(session)
            return claims.recompute_claim(session, claim_id=claim_id, on=on, by=by)

    def confirm(self, claim_id: int, by: Actor = SECOND_OFFICE, reason: str = "") -> None:
        """The poverty office's second person."""
        with self.books.write("subsidies.confirm", by=by) as session:
            on = ledger.open_day(session)
            claims.confirm(session, claim_id=claim_id, on=on, by=by, reason=reason)

    def post_notice(self, claim_id: int, by: Actor = OFFICE, number: str = "") -> str:
        """Put the list up."""
        with self.books.write("subsidies.notice", by=by) as session:
            return claims.post_notice(
                session,
                claim_id=claim_id,
                place="县政府门户网站，电话见公示栏",
                rulebook=self.rulebook,
                on=ledger.open_day(session),
                by=by,
                number=number,
            )

    def object_to(self, claim_id: int, nr: int | None = None, by: Actor = REGISTRAR) -> int:
        """Somebody objects."""
        with self.books.write("subsidies.object", by=by) as session:
            return claims.object_to(
                session,
                claim_id=claim_id,
                nr=nr,
                raised_by="村民",
                words="此户贷款未用于生产",
                on=ledger.open_day(session),
                by=by,
            )

    def answer(self, objection_id: int, *, upheld: bool, by: Actor = OFFICE) -> None:
        """The office answers."""
        with self.books.write("subsidies.answer", by=by) as session:
            claims.answer(
                session,
                objection_id=objection_id,
                upheld=upheld,
                words="经核实",
                on=ledger.open_day(session),
                by=by,
            )

    def grant(self, claim_id: int, by: Actor = FINANCE) -> None:
        """Finance grants it."""
        with self.books.write("subsidies.approve", by=by) as session:
            claims.approve(
                session,
                claim_id=claim_id,
                rulebook=self.rulebook,
                calendar=self.calendar,
                on=ledger.open_day(session),
                by=by,
            )

    def return_claim(
        self, claim_id: int, by: Actor = SECOND_FINANCE, reason: str = "明细有误"
    ) -> None:
        """Send it back."""
        with self.books.write("subsidies.return", by=by) as session:
            on = ledger.open_day(session)
            claims.return_claim(session, claim_id=claim_id, reason=reason, on=on, by=by)

    def withdraw(self, claim_id: int, by: Actor = OFFICER, reason: str = "漏报") -> None:
        """The cooperative takes it back."""
        with self.books.write("subsidies.withdraw", by=by) as session:
            on = ledger.open_day(session)
            claims.withdraw(session, claim_id=claim_id, reason=reason, on=on, by=by)

    # --- paying -----------------------------------------------------------------------------------

    def fund(self, fen: int = 100_000_000, *, level: str = "county", year: int = 2016) -> int:
        """A budget line of a year."""
        entered = budget.LineEntered(
            f"宜财农指〔{year}〕{next(self._vouchers)}号", "2130506", level, year, "县财政局", fen
        )
        with self.books.write("subsidies.budget", by=FINANCE) as session:
            on = ledger.open_day(session)
            return budget.enter_line(session, entered, on=on, by=FINANCE)

    def bank(
        self,
        number: str,
        payee: tuple[str, int] | None = None,
        *,
        holder: str = "宜章示范农商行",
        by: Actor = OFFICER,
        other: Actor = CHECKER,
    ) -> None:
        """Note and confirm an account; the lender's unless told otherwise."""
        kind, payee_id = payee or ("organisations", self.lender_id)
        noted = payment.AccountNoted(kind, payee_id, holder, number, "宜章农商行营业部", "首次登记")
        with self.books.write("subsidies.account", by=by) as session:
            on = ledger.open_day(session)
            proposal_id = payment.note_account(session, noted, keyring=self.keyring, on=on, by=by)
        with self.books.write("subsidies.confirm_account", by=other) as session:
            on = ledger.open_day(session)
            payment.decide_account(session, proposal_id=proposal_id, approved=True, on=on, by=other)

    def make_file(self, claim_id: int, by: Actor = SECOND_FINANCE, **options: object) -> int:
        """Make the next payment file."""
        with self.books.write("subsidies.pay", by=by) as session:
            return payment.make_file(
                session,
                claim_id=claim_id,
                rulebook=self.rulebook,
                keyring=self.keyring,
                on=ledger.open_day(session),
                by=by,
                **options,  # type: ignore[arg-type]
            )

    def send(self, claim_id: int, by: Actor = FINANCE) -> str:
        """Send it."""
        with self.books.write("subsidies.send", by=by) as session:
            return payment.send(session, claim_id=claim_id, on=ledger.open_day(session), by=by)

    def content(self, claim_id: int, form: str = "csv") -> bytes:
        """What the bank gets."""
        with self.books.read() as session:
            return payment.file_content(
                session, claim_id=claim_id, keyring=self.keyring, by=FINANCE, form=form
            )[1]

    def answer_file(self, claim_id: int, returned: Mapping[int, str] | None = None) -> str:
        """The bank's answer: everybody paid but for some rows, each with its reason."""
        with self.books.read() as session:
            return payment.answer_to(
                session, claim_id=claim_id, keyring=self.keyring, returned=returned or {}
            )

    def take_answer(self, claim_id: int, text: str, by: Actor = SECOND_FINANCE) -> payment.Booked:
        """Take the bank's file in."""
        with NamedTemporaryFile(suffix=".csv") as file:
            file.write(text.encode("gb18030"))
            file.flush()
            answer = payment.read_answer(Path(file.name))
        with self.books.write("subsidies.bank_return", by=by) as session:
            return payment.take_answer(
                session,
                claim_id=claim_id,
                answer=answer,
                keyring=self.keyring,
                on=ledger.open_day(session),
                by=by,
            )

    def receipt(self, claim_id: int, by: Actor = OFFICER, voucher_no: str | None = None) -> None:
        """The cooperative confirms."""
        with self.books.write("subsidies.receipt", by=by) as session:
            payment.confirm_receipt(
                session,
                claim_id=claim_id,
                on=ledger.open_day(session),
                by=by,
                voucher_no=self._voucher("SK") if voucher_no is None else voucher_no,
            )

    # --- several steps at once --------------------------------------------------------------------

    def submitted(self, period_to: date = JUNE, route: str = "lender") -> int:
        """A claim that the treasury has been asked for."""
        claim_id = self.draft(period_to, route=route)
        self.check(claim_id)
        self.submit(claim_id)
        return claim_id

    def noticed(self, period_to: date = JUNE, route: str = "lender") -> int:
        """A claim whose list hangs."""
        claim_id = self.submitted(period_to, route)
        self.recompute(claim_id)
        self.confirm(claim_id)
        self.post_notice(claim_id)
        return claim_id

    def approved(self, period_to: date = JUNE, route: str = "lender") -> int:
        """A claim that finance has granted, after its ten days of notice."""
        claim_id = self.noticed(period_to, route)
        self.wait(10)
        self.grant(claim_id)
        return claim_id

    def sent(self, period_to: date = JUNE, route: str = "lender") -> int:
        """A claim whose payment file is at the bank."""
        claim_id = self.approved(period_to, route)
        self.make_file(claim_id)
        self.send(claim_id)
        return claim_id

    def wait(self, days: int) -> None:
        """Close so many days."""
        self.close_to(date.fromordinal(self.today.toordinal() + days - 1))

    # --- reads ------------------------------------------------------------------------------------

    def state(self, claim_id: int) -> str:
        """Where a claim stands."""
        with self.books.read() as session:
            return claims.state_of(session, claim_id)

    def claim(self, claim_id: int) -> Claim:
        """The claim."""
        with self.books.read() as session:
            found = claims.claim_of(session, claim_id)
            session.expunge(found)
            return found

    def balance(self, kind: str, subject_id: int | None = None) -> int:
        """What an account of a kind holds."""
        with self.books.read() as session:
            return ledger.balance(session, kind=kind, subject_id=subject_id)
