"""A village fund in the town: its keepers, its members, and the verbs a test speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select

import ledger
import loans
import mutual_aid
from kernel.actor import Actor
from loans.models import Loan
from mutual_aid.models import FundMember, VillageFund
from organisations import Kind
from tests.loans.lists import found_organisation, id_of
from tests.loans.town import DIRECTOR, OFFICE, OFFICER, VILLAGE, Town, person

KEEPER = person(31, "registrar")
TELLER = person(32, "registrar")
BUREAU = person(33, "poverty_office")
#: 5 000 and 10 000 元: the first loan, a later one
FIRST, LATER = 500_000, 1_000_000
#: 100 元
STAKE = 10_000
#: 6 % a year
FEE = 60_000


@dataclass
class Fund:
    """A fund of the town's village."""

    town: Town
    id: int = 0
    lender_id: int = 0
    _vouchers: Iterator[int] = field(default_factory=lambda: count(1))

    # --- founding ---

    def propose(self, serial: int = 50, village: str = VILLAGE, **changes: Any) -> int:
        """Put a fund before a second person; its number."""
        if not self.lender_id:
            code = found_organisation(self.town, serial, kind=Kind.VILLAGE_FUND)
            self.lender_id = id_of(self.town, code)
        ordinary: dict[str, Any] = {
            "organisation_id": self.lender_id,
            "village_code": village,
            "registration_no": "宜民登字第1号",
            "constitution": "章程第八条",
            "fee_rate_ppm": FEE,
            "stake_unit_fen": STAKE,
        }
        with self.town.books.write("mutual_aid.found", by=OFFICE) as session:
            return mutual_aid.propose_fund(
                session,
                **{**ordinary, **changes},
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=OFFICE,
            )

    def decide(self, fund_id: int, by: Actor = BUREAU, **more: Any) -> None:
        """Let it begin."""
        with self.town.books.write("mutual_aid.approve_found", by=by) as session:
            mutual_aid.decide_fund(
                session,
                fund_id=fund_id,
                approved=more.pop("approved", True),
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
                **more,
            )

    def found(self, fen: int = 5_000_000, serial: int = 50, village: str = VILLAGE) -> Fund:
        """Open, with so much fiscal money."""
        self.id = self.propose(serial, village)
        self.decide(self.id)
        if fen:
            self.take_in(fen)
        return self

    # --- one verb each ---

    def do(self, verb: Any, by: Actor = KEEPER, *, rules: bool = False, **more: Any) -> Any:
        """Any verb of the room, today."""
        if rules:
            more["rulebook"] = self.town.rulebook
        with self.town.books.write(f"mutual_aid.{verb.__name__}", by=by) as session:
            return verb(session, **more, on=ledger.open_day(session), by=by)

    def take_in(self, fen: int, kind: str = "fiscal", by: Actor = OFFICE) -> int:
        """Money comes in."""
        return int(
            self.do(
                mutual_aid.take_in, by, rules=True, fund_id=self.id, kind=kind, amount_fen=fen,
                document="宜财农〔2016〕8号", channel="transfer", voucher_no=self.voucher(),
            )
        )  # fmt: skip

    def household(self, place: int) -> int:
        """A household's id."""
        return list(self.town.households.values())[place - 1]

    def join(self, *places: int, stake: int = STAKE, **more: Any) -> None:
        """Members, each with a stake."""
        for place in places:
            self.do(
                mutual_aid.join, rules=True, fund_id=self.id, household_id=self.household(place),
                **more,
            )  # fmt: skip
            if stake and more.get("base_by") != "fiscal":
                self.pay(place, stake)

    def pay(self, place: int, fen: int) -> int:
        """A stake comes in."""
        return int(
            self.do(
                mutual_aid.pay_stake, rules=True, fund_id=self.id,
                household_id=self.household(place), amount_fen=fen, channel="counter",
                voucher_no=self.voucher(),
            )
        )  # fmt: skip

    def leave(self, place: int, by: Actor = KEEPER) -> None:
        """A member leaves."""
        self.do(
            mutual_aid.leave, by, rules=True, fund_id=self.id, household_id=self.household(place),
            reason="外出务工",
        )  # fmt: skip

    def withdraw(self, place: int, by: Actor = TELLER) -> int:
        """Its stake is paid out."""
        return int(
            self.do(
                mutual_aid.withdraw_stake, by, fund_id=self.id,
                household_id=self.household(place), channel="counter", voucher_no=self.voucher(),
            )
        )  # fmt: skip

    def group(self, *places: int) -> int:
        """A group of members; who is none joins first."""
        with self.town.books.read() as session:
            known = set(session.scalars(select(FundMember.household_id)))
        self.join(*(place for place in places if self.household(place) not in known))
        return int(
            self.do(
                mutual_aid.form_group, rules=True, fund_id=self.id,
                household_ids=[self.household(place) for place in places],
            )
        )  # fmt: skip

    def leave_group(self, place: int) -> None:
        """A member leaves its group."""
        self.do(
            mutual_aid.leave_group, fund_id=self.id, household_id=self.household(place),
            reason="不愿联保",
        )  # fmt: skip

    def open_vote(self, subject: str, figure: int = 0, **more: Any) -> int:
        """Put a question; a spending is for running costs."""
        if subject == "spending":
            more.setdefault("spent_on", "running_cost")
        return int(
            self.do(
                mutual_aid.open_vote, rules=True, fund_id=self.id, subject=subject,
                question="是否同意", figure=figure, **more,
            )
        )  # fmt: skip

    def count(self, vote_id: int, by: Actor = KEEPER, **more: Any) -> bool:
        """Count it."""
        return bool(self.do(mutual_aid.count, by, rules=True, vote_id=vote_id, **more))

    def voted(self, subject: str, figure: int = 0, **more: Any) -> int:
        """A vote that everybody is for, counted."""
        vote_id = self.open_vote(subject, figure, **more)
        with self.town.books.read() as session:
            on = ledger.open_day(session)
            members = mutual_aid.voting.members_on(session, self.id, on)
        ballots = dict.fromkeys(sorted(members), "for")
        self.do(mutual_aid.cast, vote_id=vote_id, ballots=ballots)
        assert self.count(vote_id)
        return vote_id

    def spend(self, vote_id: int, by: Actor = TELLER) -> int:
        """Pay out what was voted for."""
        return int(
            self.do(
                mutual_aid.spend, by, vote_id=vote_id, document="会计误工费", channel="counter",
                voucher_no=self.voucher(),
            )
        )  # fmt: skip

    # --- loans ---

    def asked(self, place: int = 1, **changes: Any) -> loans.Asked:
        """A loan that breaks no rule: the first of 5 000 for 12 months at the members' fee."""
        ordinary: dict[str, Any] = {
            "mode": "mutual",
            "amount_fen": FIRST,
            "term_months": 12,
            "annual_rate_ppm": FEE,
            "method": "bullet",
            "every_months": 0,
        }
        return self.town.asked(place, **{**ordinary, **changes})

    def apply(self, *rows: loans.Asked, lender_id: int = 0, by: Actor = OFFICER) -> int:
        """Hand a sheet in at the fund."""
        with self.town.books.write("loans.apply", by=by) as session:
            return loans.apply_sheet(
                session,
                lender_id=lender_id or self.lender_id,
                rows=rows,
                rulebook=self.town.rulebook,
                keyring=self.town.keyring,
                on=ledger.open_day(session),
                by=by,
            )

    def contracts(self, *rows: loans.Asked) -> list[str]:
        """From the application to the contract."""
        sheet_id = self.apply(*rows)
        self.town.approve(sheet_id, by=DIRECTOR)
        return self.town.sign(sheet_id)

    def lend(self, *rows: loans.Asked) -> list[str]:
        """From the application to the money; the contracts' numbers."""
        numbers = self.contracts(*rows)
        for number, row in zip(numbers, rows, strict=True):
            self.town.disburse(number, row.amount_fen)
        return numbers

    def loan(self, number: str) -> Loan:
        """A contract."""
        with self.town.books.read() as session:
            found = session.scalars(select(Loan).where(Loan.number == number)).one()
            session.expunge(found)
            return found

    def balance(self, kind: str, until: date | None = None) -> int:
        """What stands on one of its accounts, in the direction in which it normally stands."""
        with self.town.books.read() as session:
            fen = ledger.balance(session, kind=kind, owner_id=self.lender_id, until=until)
        return fen if ledger.CHART[kind].side == "debit" else -fen

    def row(self) -> VillageFund:
        """The fund."""
        with self.town.books.read() as session:
            found = session.get_one(VillageFund, self.id)
            session.expunge(found)
            return found

    def voucher(self) -> str:
        """The next number."""
        return f"HZ{next(self._vouchers):06d}"
