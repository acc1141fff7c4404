"""The special accounts over the API: figures, money in and out, statements, what goes back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import ledger
from risk_fund import Order, Transfer, claim_queries, compare, queries
from risk_fund.explaining import why_leverage
from risk_fund.figures import seen_figures
from web import fund_data, funding, uploads
from web.api import fund_schemas as schemas
from web.api.routes import Routes, do_once
from web.context import actor, house, reading

routes = Routes("fund", "风险补偿金 · special accounts, leverage, reconciliation, recoveries")


def _day(session: Session, query: dict[str, Any]) -> date | None:
    day: date | None = query.get("on")
    if day is not None:
        ledger.require_closed(session, day)
    return day


@routes.get("/fund", command="risk_fund.read", query=schemas.FundQuery, answers=schemas.FundAnswer)
def figures(query: dict[str, Any]) -> dict[str, Any]:
    """各专户余额、放大倍数与尚可放大。Accounts, both leverages, both headrooms."""
    with reading() as session:
        day, on = _day(session, query), ledger.open_day(session)
        found = seen_figures(session, rulebook=house().rulebook, on=on, by=actor(), day=day)
    return fund_data.fund(found, day)


@routes.post(
    "/fund/accounts",
    command="risk_fund.open",
    body=schemas.FundAccountBody,
    answers=schemas.FundAccountOpened,
    status=201,
    keyed=True,
)
def open_account(body: dict[str, Any]) -> dict[str, Any]:
    """开立专户。Open a lender's special account."""
    return do_once("risk_fund.open", funding.open_account(**body), body=body)


@routes.get(
    "/fund/accounts/<int:account_id>/why",
    command="risk_fund.read",
    query=schemas.FundQuery,
    answers=schemas.WhyFund,
)
def why(query: dict[str, Any], account_id: int) -> dict[str, Any]:
    """放大倍数的算式。Why the leverage is what it is."""
    with reading() as session:
        told = why_leverage(
            session,
            account_id=account_id,
            rulebook=house().rulebook,
            on=ledger.open_day(session),
            by=actor(),
            day=_day(session, query),
        )
    return fund_data.why(told)


@routes.get(
    "/fund/accounts/<int:account_id>/movements",
    command="risk_fund.read",
    query=schemas.MovementsQuery,
    answers=schemas.MovementsAnswer,
)
def movements(query: dict[str, Any], account_id: int) -> dict[str, Any]:
    """专户流水。Movements of an account, the last first."""
    limit = query["limit"]
    with reading() as session:
        found = queries.movements(
            session,
            by=actor(),
            account_id=account_id,
            kind=query["kind"],
            text=query["q"],
            from_on=query.get("start"),
            to_on=query.get("end"),
            before_id=query["before"],
            limit=limit + 1,
        )
    return {
        "items": [fund_data.movement(row) for row in found[:limit]],
        "before": found[limit - 1].id if len(found) > limit else None,
    }


@routes.post(
    "/fund/accounts/<int:account_id>/orders",
    command="risk_fund.contribute",
    body=schemas.FundOrderBody,
    answers=schemas.FundProposed,
    status=201,
    keyed=True,
)
def order(body: dict[str, Any], account_id: int) -> dict[str, Any]:
    """出资或退回，由另一人在待办中决定。A contribution or withdrawal, decided as a proposal."""
    deed = funding.order(Order(account_id=account_id, **body))
    return do_once("risk_fund.contribute", deed, body=_plain(account_id, body))


@routes.post(
    "/fund/accounts/<int:account_id>/interest",
    command="risk_fund.interest",
    body=schemas.FundInterestBody,
    answers=schemas.FundMoved,
    status=201,
    keyed=True,
)
def interest(body: dict[str, Any], account_id: int) -> dict[str, Any]:
    """专户利息入账。Book the bank's interest."""
    deed = funding.interest(account_id, **body)
    return do_once("risk_fund.interest", deed, body=_plain(account_id, body))


def _plain(key: int, body: dict[str, Any]) -> dict[str, Any]:
    """What makes two requests the same."""
    return {"of": key} | {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in body.items()
    }


# --- statements -----------------------------------------------------------------------------------


@routes.post(
    "/fund/accounts/<int:account_id>/statements",
    command="risk_fund.statement",
    form=schemas.StatementForm,
    answers=schemas.StatementTaken,
    status=201,
    keyed=True,
)
def take_statement(form: dict[str, Any], account_id: int) -> dict[str, Any]:
    """导入某月银行对账单。Take a month's statement in."""
    month = funding.month_of(form["month"])
    with uploads.received() as file:
        deed = funding.statement(account_id, month, file)
        body = [account_id, month.isoformat(), file.sha256()]
        return do_once("risk_fund.statement", deed, body=body)


@routes.get(
    "/fund/statements/<int:statement_id>",
    command="risk_fund.read",
    answers=schemas.StatementAnswer,
)
def statement(statement_id: int) -> dict[str, Any]:
    """对账单与账面的比对。A statement against the books."""
    with reading() as session:
        return fund_data.statement(compare(session, statement_id, by=actor()))


@routes.post(
    "/fund/statements/<int:statement_id>/reconciliation",
    command="risk_fund.statement",
    body=schemas.ReconciliationBody,
    answers=schemas.FundProposed,
    status=201,
    keyed=True,
)
def reconcile(body: dict[str, Any], statement_id: int) -> dict[str, Any]:
    """提交对账，由另一人在待办中确认。Propose a month as reconciled."""
    deed = funding.reconcile(statement_id, body["reason"])
    return do_once("risk_fund.statement", deed, body=_plain(statement_id, body))


# --- recoveries -----------------------------------------------------------------------------------


@routes.get(
    "/fund/recoveries",
    command="risk_fund.read",
    query=schemas.FundRecoveriesQuery,
    answers=schemas.FundRecoveriesAnswer,
)
def recoveries(query: dict[str, Any]) -> dict[str, Any]:
    """应返还追偿款。What is to go back, the oldest deadline first."""
    with reading() as session:
        on = ledger.open_day(session)
        found = claim_queries.due_back(session, by=actor(), on=on, late_only=query["late"])
    return {"items": [fund_data.due_back(one, on) for one in found]}


@routes.post(
    "/fund/accounts/<int:account_id>/returns",
    command="risk_fund.return",
    body=schemas.FundReturnBody,
    answers=schemas.FundReturned,
    status=201,
    keyed=True,
)
def give_back(body: dict[str, Any], account_id: int) -> dict[str, Any]:
    """返还追偿款。Give back what was recovered for a party."""
    transfer = Transfer(body["channel"], body["voucher_no"], body["value_date"])
    deed = funding.give_back(
        account_id, body["amount_fen"], transfer, body["fund_voucher_no"], body["party"]
    )
    return do_once("risk_fund.return", deed, body=_plain(account_id, body))
