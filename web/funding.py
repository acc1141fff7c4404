"""What pages and API both do with the fund: each deed one unit of work with a plain answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

import ledger
import risk_fund
from kernel.refusals import BadValue
from risk_fund import ClaimAsked, Order, Transfer
from risk_fund.claims.record import find
from risk_fund.lifecycle import STATES, WAITS_FOR
from risk_fund.refusals import FundClaimNotInState
from web.context import actor, house
from web.deeds import Deed
from web.uploads import Upload


def _deed(name: str, verb: Callable[[Session, date], Any]) -> Deed:
    """A verb of the open day; its number is the answer under ``name``."""

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        return {name: verb(session, on), "booked_on": on.isoformat()}

    return work


_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


def month_of(text: str) -> date:
    """The first day of a month like 2017-05."""
    found = _MONTH.fullmatch(text)
    if found is None or found[1] == "0000":
        raise BadValue(
            field="month", name="month", value=text[:20], rule_zh="月份，如2017-05",
            rule_en="a month like 2017-05",
        )  # fmt: skip
    return date(int(found[1]), int(found[2]), 1)


# --- the account ----------------------------------------------------------------------------------


def open_account(lender_id: int, number: str, name: str) -> Deed:
    """Open a lender's special account."""
    by, rulebook = actor(), house().rulebook
    return _deed(
        "account_id",
        lambda session, on: risk_fund.open_account(
            session, lender_id=lender_id, number=number, name=name, rulebook=rulebook, on=on, by=by
        ),
    )


def order(asked: Order) -> Deed:
    """Ask for a contribution or withdrawal."""
    by = actor()
    return _deed(
        "proposal_id", lambda session, on: risk_fund.propose_order(session, asked, on=on, by=by)
    )


def interest(account_id: int, amount_fen: int, value_date: date, voucher_no: str) -> Deed:
    """Book the bank's interest."""
    by, rulebook = actor(), house().rulebook
    return _deed(
        "movement_id",
        lambda session, on: risk_fund.book_interest(
            session,
            account_id=account_id,
            amount_fen=amount_fen,
            value_date=value_date,
            voucher_no=voucher_no,
            rulebook=rulebook,
            on=on,
            by=by,
        ),
    )


def statement(account_id: int, month: date, file: Upload) -> Deed:
    """Take a month's statement in."""
    by = actor()
    return _deed(
        "statement_id",
        lambda session, on: risk_fund.take_statement(
            session,
            account_id=account_id,
            month=month,
            path=file.path,
            on=on,
            by=by,
            name=file.name,
        ),
    )


def reconcile(statement_id: int, reason: str) -> Deed:
    """Propose a month as reconciled."""
    by = actor()
    return _deed(
        "proposal_id",
        lambda session, on: risk_fund.propose_reconciliation(
            session, statement_id=statement_id, reason=reason, on=on, by=by
        ),
    )


def give_back(
    account_id: int, amount_fen: int, transfer: Transfer, fund_voucher_no: str, party: str
) -> Deed:
    """Give back what was recovered for a party."""
    by, rulebook = actor(), house().rulebook
    return _deed(
        "return_id",
        lambda session, on: risk_fund.return_recoveries(
            session,
            account_id=account_id,
            amount_fen=amount_fen,
            transfer=transfer,
            fund_voucher_no=fund_voucher_no,
            party=party,
            rulebook=rulebook,
            on=on,
            by=by,
        ),
    )


# --- claims ---------------------------------------------------------------------------------------


def file_claim(asked: ClaimAsked) -> Deed:
    """File a claim."""
    by, here = actor(), house()
    return _deed(
        "claim_id",
        lambda session, on: risk_fund.file_claim(
            session, asked, rulebook=here.rulebook, calendar=here.calendar, on=on, by=by
        ),
    )


def judge(claim_id: int, command: str, *, approved: bool, reason: str) -> Deed:
    """Decide a claim at the office where it lies, which must be the command's."""
    by, rulebook = actor(), house().rulebook

    def verb(session: Session, on: date) -> str:
        _, _, position = find(session, claim_id, by, "risk_fund.read")
        waits = WAITS_FOR.get(position.state)
        if waits is None or waits.command != command:
            raise FundClaimNotInState(
                field="claim_id",
                number=claim_id,
                state=STATES[position.state],
                verb_zh="办理这一步",
                verb_en="taken to this step",
            )
        return risk_fund.decide_claim(
            session,
            claim_id=claim_id,
            approved=approved,
            rulebook=rulebook,
            on=on,
            by=by,
            reason=reason,
        )

    return _deed("state", verb)


def withdraw(claim_id: int, reason: str) -> Deed:
    """Take a claim back."""
    by, rulebook = actor(), house().rulebook

    def verb(session: Session, on: date) -> str:
        risk_fund.withdraw_claim(
            session, claim_id=claim_id, reason=reason, rulebook=rulebook, on=on, by=by
        )
        return "withdrawn"

    return _deed("state", verb)


def pay(claim_id: int, transfer: Transfer, fund_voucher_no: str) -> Deed:
    """Pay an approved claim."""
    by, rulebook = actor(), house().rulebook
    return _deed(
        "movement_id",
        lambda session, on: risk_fund.pay_claim(
            session,
            claim_id=claim_id,
            transfer=transfer,
            fund_voucher_no=fund_voucher_no,
            rulebook=rulebook,
            on=on,
            by=by,
        ),
    )


def company_paid(claim_id: int, party: str, transfer: Transfer) -> Deed:
    """Note that a guarantee company has paid its part."""
    by = actor()
    return _deed(
        "compensation_id",
        lambda session, on: risk_fund.note_compensation(
            session, claim_id=claim_id, party=party, transfer=transfer, on=on, by=by
        ),
    )
