"""The fund of the town: people of the finance bureau and the verbs a test speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import ledger
import risk_fund
from kernel.actor import Actor
from loans.models import LendingLimit
from risk_fund.models import FundBalance
from tests.loans.town import Town, person

CLERK = person(21, "finance")
TREASURER = person(22, "finance")
CASHIER = person(23, "finance")
#: 100 000 元
HUNDRED_THOUSAND = 10_000_000
ACCOUNT_NUMBER = "8010000000000001"


@dataclass
class Fund:
    """A special account at the town's lender."""

    town: Town
    account_id: int = 0
    _vouchers: Iterator[int] = field(default_factory=lambda: count(1))

    def opened(self, fen: int = HUNDRED_THOUSAND) -> Fund:
        """Open the account and pay into it."""
        self.account_id = self.open()
        if fen:
            self.contribute(fen)
        return self

    def open(self, number: str = ACCOUNT_NUMBER, by: Actor = CLERK) -> int:
        """Open an account at the town's lender."""
        with self.town.books.write("risk_fund.open", by=by) as session:
            return risk_fund.open_account(
                session,
                lender_id=self.town.lender_id,
                number=number,
                name="宜章县扶贫小额信贷风险补偿金专户",
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

    def voucher(self) -> str:
        """The next number on the bank's vouchers."""
        return f"ZH{next(self._vouchers):06d}"

    def order(self, fen: int, kind: str = "contribution", **changes: Any) -> risk_fund.Order:
        """An order that breaks no rule, with changes."""
        ordinary: dict[str, object] = {
            "account_id": self.account_id,
            "kind": kind,
            "source": "county",
            "document_no": "宜财农〔2016〕12号",
            "amount_fen": fen,
            "value_date": self.town.today,
            "voucher_no": self.voucher(),
        }
        return risk_fund.Order(**{**ordinary, **changes})  # type: ignore[arg-type]

    def propose(self, order: risk_fund.Order, by: Actor = CLERK) -> int:
        """Propose it."""
        with self.town.books.write("risk_fund.contribute", by=by) as session:
            return risk_fund.propose_order(session, order, on=ledger.open_day(session), by=by)

    def decide(
        self, proposal_id: int, by: Actor = TREASURER, *, approved: bool = True, reason: str = ""
    ) -> int | None:
        """Decide it."""
        with self.town.books.write("risk_fund.approve_contribution", by=by) as session:
            return risk_fund.decide_order(
                session,
                proposal_id=proposal_id,
                approved=approved,
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
                reason=reason,
            )

    def contribute(self, fen: int, **changes: Any) -> int:
        """Pay in; the movement."""
        movement_id = self.decide(self.propose(self.order(fen, **changes)))
        assert movement_id is not None
        return movement_id

    def withdraw(self, fen: int, **changes: Any) -> int:
        """Take out; the movement."""
        movement_id = self.decide(self.propose(self.order(fen, "withdrawal", **changes)))
        assert movement_id is not None
        return movement_id

    def interest(self, fen: int, value_date: date | None = None, by: Actor = CLERK) -> int:
        """Credit interest."""
        with self.town.books.write("risk_fund.interest", by=by) as session:
            return risk_fund.book_interest(
                session,
                account_id=self.account_id,
                amount_fen=fen,
                value_date=value_date or ledger.open_day(session),
                voucher_no=self.voucher(),
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

    @property
    def balance(self) -> tuple[int, int, int]:
        """Balance, pledged, contributed."""
        with self.town.books.read() as session:
            row = session.get_one(FundBalance, self.account_id)
            return row.balance_fen, row.pledged_fen, row.contributed_fen

    @property
    def limit(self) -> LendingLimit:
        """The lender's limit."""
        with self.town.books.read() as session:
            row = session.get_one(LendingLimit, ("institution", str(self.town.lender_id)))
            session.expunge(row)
            return row

    def figures(self, day: date | None = None) -> risk_fund.AccountFigures:
        """The account's figures, now or at a close."""
        with self.town.books.read() as session:
            (one,) = risk_fund.figures(
                session, rulebook=self.town.rulebook, on=self.town.today, day=day
            )
            return one
