"""The three offices at work on a claim: a town that can take every step from draft to receipt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.orm import Session

import ledger
from households.models import Household, Person, RegisterChange
from households.reading import identity_place, secret_place
from kernel import seals
from kernel.actor import Actor
from kernel.append_only import append_only_tables, protect, unprotect
from kernel.database import Base
from kernel.seals import table_of
from policy import ConductRules
from policy.sharing import PartyShare
from subsidies import budget, claims, payment
from subsidies.models import Claim, ClaimRow, Entitlement, PaymentRow
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

    def fund(
        self,
        fen: int = 100_000_000,
        *,
        level: str = "county",
        year: int = 2016,
        code: str = "2130506",
    ) -> int:
        """A budget line of a year."""
        entered = budget.LineEntered(
            f"宜财农指〔{year}〕{next(self._vouchers)}号", code, level, year, "县财政局", fen
        )
        with self.books.write("subsidies.budget", by=FINANCE) as session:
            on = ledger.open_day(session)
            entry = budget.enter_line(session, entered, on=on, by=FINANCE)
        if entry.proposal_id is not None:
            self.decide_budget(entry.proposal_id)
        return entry.line_id

    def decide_budget(self, proposal_id: int, by: Actor = SECOND_FINANCE) -> None:
        """Another of finance agrees to an amount of a budget line."""
        with self.books.write("subsidies.approve_budget", by=by) as session:
            on = ledger.open_day(session)
            budget.decide_change(session, proposal_id=proposal_id, approved=True, on=on, by=by)

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
        self.decide_account(proposal_id, by=other)

    def decide_account(self, proposal_id: int, by: Actor = CHECKER) -> None:
        """Confirm an account."""
        with self.books.write("subsidies.confirm_account", by=by) as session:
            on = ledger.open_day(session)
            payment.decide_account(session, proposal_id=proposal_id, approved=True, on=on, by=by)

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
            return payment.send(
                session,
                claim_id=claim_id,
                rulebook=self.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

    def discard(self, claim_id: int, by: Actor = SECOND_FINANCE, reason: str = "账号有误") -> None:
        """Give the file up."""
        with self.books.write("subsidies.pay", by=by) as session:
            on = ledger.open_day(session)
            payment.discard(session, claim_id=claim_id, reason=reason, on=on, by=by)

    def ask_give_back(self, row_id: int, reason: str = "无继承人", by: Actor = FINANCE) -> int:
        """Ask that a returned row be given up."""
        with self.books.write("subsidies.give_back", by=by) as session:
            on = ledger.open_day(session)
            return payment.ask_give_back(
                session, payment_row_id=row_id, reason=reason, on=on, by=by
            )

    def decide_give_back(self, proposal_id: int, by: Actor = SECOND_FINANCE) -> int | None:
        """Grant it."""
        with self.books.write("subsidies.approve_give_back", by=by) as session:
            on = ledger.open_day(session)
            return payment.decide_give_back(
                session, proposal_id=proposal_id, approved=True, on=on, by=by
            )

    def share_funding(self, *shares: tuple[str, int]) -> None:
        """From now on these levels fund the subsidies."""
        straight, rulebook = self.rulebook.conduct, copy(self.rulebook)
        parts = tuple(PartyShare(party, share_bp) for party, share_bp in shares)

        def conduct(*, on: date, region: str) -> ConductRules:
            rules = straight(on=on, region=region)
            return replace(rules, subsidy_funding=replace(rules.subsidy_funding, value=parts))

        vars(rulebook)["conduct"] = conduct
        self.rulebook = rulebook

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

    def take_answer(self, claim_id: int, said: str, by: Actor = SECOND_FINANCE) -> payment.Booked:
        """Take the bank's file in."""
        with NamedTemporaryFile(suffix=".csv") as file:
            file.write(said.encode("gb18030"))
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
        """A claim that finance has granted, after its week of notice."""
        claim_id = self.noticed(period_to, route)
        self.wait(7)
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

    # --- the register and the database's back door ------------------------------------------------

    def household(self, place: int) -> int:
        """Id of the household at a place."""
        return list(self.households.values())[place - 1]

    def give_card(self, place: int, number: str, bank: str = "宜章农商行") -> None:
        """The register learns a household's card, as an import would write it."""
        with self.books.write("households.import", by=self.system) as session:
            household = session.get_one(Household, self.household(place))
            sealed = secret_place("bank_account", household.number)
            household.bank_name = bank
            household.bank_account_sealed = self.keyring.seal(number, place=sealed)
            household.bank_account_index = self.keyring.blind_index(number, kind="bank_account")
            self._seal(session, Household, household.id, household.id)

    def rename_head(self, place: int, name: str) -> None:
        """The register learns how the head of a household is called."""
        with self.books.write("households.import", by=self.system) as session:
            head = session.scalars(
                select(Person).where(Person.household_id == self.household(place), Person.is_head)
            ).one()
            head.name = name
            self._seal(session, Person, head.id, head.household_id)

    def _seal(self, session: Session, entity: type[Base], row_id: int, household_id: int) -> None:
        session.flush()
        session.add(
            RegisterChange(
                household_id=household_id,
                person_id=row_id if entity is Person else None,
                what="changed",
                booked_on=ledger.open_day(session),
                fields="{}",
                seal=seals.seals(session, entity, [row_id])[row_id],
            )
        )

    def identity_index_of(self, place: int) -> bytes:
        """The blind index of a head's identity number."""
        with self.books.read() as session:
            return session.scalars(
                select(Person.identity_index).where(
                    Person.household_id == self.household(place), Person.is_head
                )
            ).one()

    def secrets(self) -> list[str]:
        """Every identity number of the town, in clear."""
        with self.books.read() as session:
            people = session.scalars(select(Person)).all()
            return [
                self.keyring.open(one.identity_sealed, place=identity_place(one.identity_index))
                for one in people
            ]

    @contextmanager
    def unguarded(self) -> Iterator[Connection]:
        """A connection to which nothing is refused: no trigger, no foreign key."""
        with self.books.engine.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                driver: Any = connection.connection.dbapi_connection
                driver.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if sqlite:
                    unprotect(connection, append_only_tables())
                else:
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                yield connection
                if sqlite:
                    protect(connection, append_only_tables())
        self.books.engine.dispose()

    def tamper(self, claim_id: int) -> None:
        """Somebody changes the first row of a claim."""
        table = table_of(ClaimRow)
        with self.unguarded() as connection:
            connection.execute(
                update(table)
                .where(table.c.claim_id == claim_id, table.c.nr == 1)
                .values(amount_fen=table.c.amount_fen + 1)
            )

    def tamper_payment(self) -> None:
        """Somebody changes what is paid."""
        table = table_of(PaymentRow)
        with self.unguarded() as connection:
            connection.execute(update(table).values(amount_fen=table.c.amount_fen + 1))

    def tamper_entitlements(self, *, plus_fen: int) -> None:
        """Somebody makes every entitlement larger."""
        table = table_of(Entitlement)
        with self.unguarded() as connection:
            connection.execute(update(table).values(amount_fen=table.c.amount_fen + plus_fen))

    def hide_entitlement(self) -> None:
        """Somebody takes one away."""
        table = table_of(Entitlement)
        with self.unguarded() as connection:
            last = select(func.max(table.c.id)).scalar_subquery()
            connection.execute(delete(table).where(table.c.id == last))
