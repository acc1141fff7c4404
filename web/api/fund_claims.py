"""Claims on the fund over the API: from what could be claimed to what was paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import ledger
from kernel.money import format_yuan
from risk_fund import ClaimAsked, Transfer, claim_queries
from risk_fund.claims.preview import preview
from risk_fund.explaining import why_claim
from web import fund_data, funding
from web.api import fund_claims_schemas as schemas
from web.api.fund_schemas import FundMoved
from web.api.routes import Routes, do_once
from web.context import actor, house, reading

routes = Routes("fund_claims", "代偿 · claims on the fund, and the debt held in shares")

_DECISION = {
    "body": schemas.FundDecision, "answers": schemas.FundClaimState, "status": 201, "keyed": True,
}  # fmt: skip


@routes.get(
    "/fund/claims",
    command="risk_fund.read",
    query=schemas.FundClaimsQuery,
    answers=schemas.FundClaimsAnswer,
)
def claims(query: dict[str, Any]) -> dict[str, Any]:
    """代偿申请清单。Claims, the last first."""
    limit = query["limit"]
    with reading() as session:
        found = claim_queries.claims(
            session,
            by=actor(),
            on=ledger.open_day(session),
            state=query["state"],
            text=query["q"],
            overdue_only=query["late"],
            before_id=query["before"],
            limit=limit + 1,
        )
    return {
        "items": [fund_data.claim(row) for row in found[:limit]],
        "before": found[limit - 1].id if len(found) > limit else None,
    }


@routes.get("/loans/<number>/claimable", command="risk_fund.read", answers=schemas.ClaimableAnswer)
def claimable(number: str) -> dict[str, Any]:
    """这笔贷款能否申请代偿、还缺什么。What a claim of this loan would be, and what is missing."""
    with reading() as session:
        told = preview(
            session,
            number=number,
            rulebook=house().rulebook,
            on=ledger.open_day(session),
            by=actor(),
        )
    most = told.most
    return {
        "number": told.number,
        "ready": told.is_ready,
        "overdue_days": told.overdue_days,
        "needed_days": told.needed_days,
        "missing": [zh for zh, _en in told.evidence.missing],
        "principal": None if most is None else format_yuan(most.principal_fen),
        "interest": None if most is None else format_yuan(most.interest_fen),
        "penalty": None if most is None else format_yuan(most.penalty_fen),
        "shares": [fund_data.share(one.party, one.share_bp, one.amount_fen) for one in told.parts],
        "under_way": None if told.under_way is None else told.under_way[0],
    }


@routes.get("/loans/<number>/debt", command="risk_fund.read", answers=schemas.FundDebtAnswer)
def debt(number: str) -> dict[str, Any]:
    """一笔债由谁按份持有。One debt, and who holds it."""
    with reading() as session:
        on = ledger.open_day(session)
        return fund_data.debt(claim_queries.debt_of(session, number=number, on=on, by=actor()))


@routes.post(
    "/fund/claims",
    command="risk_fund.claim",
    body=schemas.FundClaimBody,
    answers=schemas.FundClaimFiled,
    status=201,
    keyed=True,
)
def file(body: dict[str, Any]) -> dict[str, Any]:
    """申请代偿，冻结补偿金承担部分。File a claim; the fund's part is pledged."""
    return do_once("risk_fund.claim", funding.file_claim(ClaimAsked(**body)), body=body)


@routes.get(
    "/fund/claims/<int:claim_id>", command="risk_fund.read", answers=schemas.FundClaimAnswer
)
def claim(claim_id: int) -> dict[str, Any]:
    """一件代偿申请。A claim with its shares and steps."""
    with reading() as session:
        told = why_claim(session, claim_id=claim_id, by=actor())
        on = ledger.open_day(session)
        (line,) = claim_queries.claims(
            session, by=actor(), on=on, before_id=claim_id + 1, text=told.number, limit=1
        )
        steps = claim_queries.steps_of(session, claim_id)
    return fund_data.claim(line) | {
        "shares": [fund_data.share(s.party, s.share_bp, s.amount_fen) for s in told.shares],
        "steps": steps,
        "clause": told.clause,
        "cover_clause": told.cover_clause,
        "digest": told.digest,
    }


@routes.post("/fund/claims/<int:claim_id>/check", command="risk_fund.check_claim", **_DECISION)
def check(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """复核。The cooperative's checker."""
    return _judge("risk_fund.check_claim", body, claim_id)


@routes.post("/fund/claims/<int:claim_id>/review", command="risk_fund.review", **_DECISION)
def review(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """扶贫办审核。The poverty office."""
    return _judge("risk_fund.review", body, claim_id)


@routes.post("/fund/claims/<int:claim_id>/approve", command="risk_fund.approve", **_DECISION)
def approve(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """财政局批准。The finance bureau."""
    return _judge("risk_fund.approve", body, claim_id)


def _judge(command: str, body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    approved = body["decision"] == "approved"
    deed = funding.judge(claim_id, command, approved=approved, reason=body["reason"])
    return do_once(command, deed, body={"claim_id": claim_id, **body})


@routes.post(
    "/fund/claims/<int:claim_id>/withdrawal",
    command="risk_fund.claim",
    body=schemas.FundWithdrawalBody,
    answers=schemas.FundClaimState,
    status=201,
    keyed=True,
)
def withdraw(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """撤回申请。The lender takes its claim back."""
    deed = funding.withdraw(claim_id, body["reason"])
    return do_once("risk_fund.claim", deed, body={"claim_id": claim_id, **body})


@routes.post(
    "/fund/claims/<int:claim_id>/payment",
    command="risk_fund.pay",
    body=schemas.FundPaymentBody,
    answers=FundMoved,
    status=201,
    keyed=True,
)
def pay(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """代偿支付。Pay the fund's part."""
    deed = funding.pay(claim_id, _transfer(body), body["fund_voucher_no"])
    return do_once("risk_fund.pay", deed, body=_plain(claim_id, body))


@routes.post(
    "/fund/claims/<int:claim_id>/companies",
    command="risk_fund.return",
    body=schemas.CompanyPaymentBody,
    answers=schemas.FundCompanyPaid,
    status=201,
    keyed=True,
)
def company_paid(body: dict[str, Any], claim_id: int) -> dict[str, Any]:
    """登记担保机构代偿。A guarantee company has paid its part."""
    deed = funding.company_paid(claim_id, body["party"], _transfer(body))
    return do_once("risk_fund.return", deed, body=_plain(claim_id, body))


def _transfer(body: dict[str, Any]) -> Transfer:
    return Transfer(body["channel"], body["voucher_no"], body["value_date"])


def _plain(claim_id: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"claim_id": claim_id} | {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in body.items()
    }
