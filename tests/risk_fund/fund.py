"""The fund of the town: people of the finance bureau and the verbs a test speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

import ledger
import policy
import risk_fund
from jobs.close import Closer, Program, Step
from kernel.actor import Actor
from loans.models import LendingLimit, Loan
from policy import Rulebook
from policy.documents import Document
from policy.terms import SCHEMAS
from risk_fund.models import FundBalance, FundClaimPosition, FundClaimShare
from tests.loans.filing import COMMON, Desk
from tests.loans.town import CHECKER, OFFICE, OFFICER, Town, person

CLERK = person(21, "finance")
TREASURER = person(22, "finance")
CASHIER = person(23, "finance")
#: 100 000 元
HUNDRED_THOUSAND = 10_000_000
#: offices of a claim after its filing, in order
OFFICES = (CHECKER, OFFICE, CLERK)
ACCOUNT_NUMBER = "8010000000000001"


def county_rules(rulebook: Rulebook, **sections: dict[str, Any]) -> Rulebook:
    """The rulebook with a document of the county that says these values over P1's."""
    like = rulebook.documents["huangping"]
    values = {
        name: {
            key: policy.Sourced(
                SCHEMAS[name][key].kind.read(value), "town", "《县办法》", "条文", default=False
            )
            for key, value in sections.get(name, {}).items()
        }
        for name in SCHEMAS
    }
    document: Document = replace(
        like, id="town", title_zh="县办法", region="431022000000", sections=values
    )
    return replace(rulebook, documents={**rulebook.documents, "town": document})


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
        return risk_fund.Order(**{**ordinary, **changes})

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

    # --- claims -----------------------------------------------------------------------------------

    def rules(self, **sections: dict[str, Any]) -> Fund:
        """A document of the county from now on."""
        self.town.rulebook = county_rules(self.town.rulebook, **sections)
        return self

    def close_to(self, day: date) -> None:
        """Close with the loans' step and the fund's."""
        while self.town.today <= day:
            Closer(self.town.books, self.town.system, self.program, "test", 100).close_day(
                self.town.today
            )

    def program(self, day: date) -> Program:
        """What a close does: the loans, the recoveries, the limits of the day to come."""
        (loans_step,) = self.town.program(day).steps

        def recover(session: Any, day: date, _limit: int) -> int:
            return risk_fund.recover(
                session, day=day, rulebook=self.town.rulebook, calendar=self.town.calendar
            )

        return Program((loans_step, Step("recover", recover, whole=True)), "0" * 64)

    def late(self, place: int = 1, days: int = 4, **changes: Any) -> str:
        """A loan of a month that is so many days overdue; nobody has collected yet."""
        number = self.town.lend(place, **{"term_months": 1, "annual_rate_ppm": 43_500, **changes})
        with self.town.books.read() as session:
            matures_on = session.scalars(select(Loan.matures_on).where(Loan.number == number)).one()
        self.close_to(matures_on + timedelta(days=days - 1))
        return number

    def collect(self, number: str) -> str:
        """Collect, hand over a notice, and put the papers on file."""
        desk = Desk(self.town, COMMON)
        desk.contact(number, "visit", note="无力偿还")
        desk.contact(number, "notice")
        desk.paper(number, "contract")
        desk.paper(number, "slip")
        return number

    def file(self, number: str, by: Actor = OFFICER, **asked: Any) -> int:
        """File a claim."""
        with self.town.books.write("risk_fund.claim", by=by) as session:
            return risk_fund.file_claim(
                session,
                risk_fund.ClaimAsked(number, **asked),
                rulebook=self.town.rulebook,
                calendar=self.town.calendar,
                on=ledger.open_day(session),
                by=by,
            )

    def judge(self, claim_id: int, by: Actor, *, approved: bool = True, reason: str = "") -> str:
        """Decide a claim at the office where it lies."""
        with self.town.books.write("risk_fund.review", by=by) as session:
            return risk_fund.decide_claim(
                session,
                claim_id=claim_id,
                approved=approved,
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
                reason=reason,
            )

    def approve(self, claim_id: int) -> int:
        """Through all offices."""
        for by in OFFICES:
            self.judge(claim_id, by)
        return claim_id

    def withdraw_claim(self, claim_id: int, reason: str = "农户已联系上") -> None:
        """Take it back."""
        with self.town.books.write("risk_fund.claim", by=OFFICER) as session:
            risk_fund.withdraw_claim(
                session,
                claim_id=claim_id,
                reason=reason,
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    def transfer(self, value_date: date | None = None) -> risk_fund.Transfer:
        """Money to or from the lender."""
        return risk_fund.Transfer("transfer", self.voucher(), value_date or self.town.today)

    def pay(self, claim_id: int, by: Actor = CASHIER) -> int:
        """Pay it."""
        transfer, voucher_no = self.transfer(), self.voucher()
        with self.town.books.write("risk_fund.pay", by=by) as session:
            return risk_fund.pay_claim(
                session,
                claim_id=claim_id,
                transfer=transfer,
                fund_voucher_no=voucher_no,
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

    def paid(self, place: int = 1, **asked: Any) -> tuple[str, int]:
        """From a late loan to a paid claim: contract and claim."""
        number = self.collect(self.late(place))
        claim_id = self.approve(self.file(number, **asked))
        self.pay(claim_id)
        return number, claim_id

    def company_pays(self, claim_id: int, party: str) -> int:
        """A guarantee company pays its part."""
        transfer = self.transfer()
        with self.town.books.write("risk_fund.return", by=OFFICER) as session:
            return risk_fund.note_compensation(
                session,
                claim_id=claim_id,
                party=party,
                transfer=transfer,
                on=ledger.open_day(session),
                by=OFFICER,
            )

    def give_back(
        self, fen: int, party: str = "fund", until: date | None = None, by: Actor = OFFICER
    ) -> int:
        """Give recovered money back."""
        transfer, voucher_no = self.transfer(), self.voucher()
        with self.town.books.write("risk_fund.return", by=by) as session:
            return risk_fund.return_recoveries(
                session,
                account_id=self.account_id,
                amount_fen=fen,
                transfer=transfer,
                fund_voucher_no=voucher_no,
                party=party,
                until=until,
                rulebook=self.town.rulebook,
                on=ledger.open_day(session),
                by=by,
            )

    def state(self, claim_id: int) -> str:
        """Where a claim stands."""
        with self.town.books.read() as session:
            return session.get_one(FundClaimPosition, claim_id).state

    def shares(self, claim_id: int) -> dict[str, int]:
        """Party -> fen."""
        with self.town.books.read() as session:
            rows = session.scalars(
                select(FundClaimShare).where(FundClaimShare.claim_id == claim_id)
            )
            return {row.party: row.amount_fen for row in rows}

    def ledger(self, kind: str) -> int:
        """Debits less credits of a kind of account."""
        with self.town.books.read() as session:
            return ledger.balance(session, kind=kind)
