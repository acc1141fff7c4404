"""Why is it this amount? Every figure of a loan answers, so that it can be reckoned again."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema

from loans import explaining
from loans.explaining import Answer
from loans.page import schedule_of
from web.api.lending_schemas import Why
from web.api.routes import Routes
from web.context import actor, house, reading
from web.explained import case_of, rules_of
from web.fields import Day

routes = Routes("why", "为什么是这个数 · every amount, so that it can be reckoned again")


class StatementQuery(Schema):
    """From a day to a day, both included; without them: everything up to the open day."""

    start = Day(data_key="from")
    end = Day(data_key="to")


@routes.get("/settlements/<int:settlement_id>/why", command="loans.read", answers=Why)
def settlement(settlement_id: int) -> Answer:
    """结息依据：分段、积数、舍入、条款、更正。Why interest, penalty or compound interest is so."""
    with reading() as session:
        return explaining.why_settlement(
            session, settlement_id=settlement_id, by=actor(), calendar=house().calendar
        )


@routes.get("/repayments/<int:repayment_id>/why", command="loans.read", answers=Why)
def repayment(repayment_id: int) -> Answer:
    """还款冲抵依据；退还、核销、收回亦同。Why a payment was used the way it was."""
    with reading() as session:
        return explaining.why_repayment(
            session, repayment_id=repayment_id, by=actor(), calendar=house().calendar
        )


@routes.get("/dues/<int:due_id>/why", command="loans.read", answers=Why)
def due(due_id: int) -> Answer:
    """应还款项的由来与冲抵。Why a due is what it is, and what was paid of it."""
    with reading() as session:
        return explaining.why_due(session, due_id=due_id, by=actor(), calendar=house().calendar)


@routes.get("/loans/<number>/grade/why", command="loans.read", answers=Why)
def grade(number: str) -> Answer:
    """分类依据：逾期天数、当日门槛、人工认定。Why a loan stands graded as it does."""
    with reading() as session:
        return explaining.why_grade(
            session,
            number=number,
            by=actor(),
            calendar=house().calendar,
            rules=rules_of(session),
        )


@routes.get("/loans/<number>/balance/why", command="loans.read", answers=Why)
def balance(number: str) -> Answer:
    """余额、逾期金额、应计利息、溢缴款的由来。Why balance, arrears, accrued interest, credit."""
    with reading() as session:
        return explaining.balances.balance(case_of(session, number))


@routes.get("/loans/<number>/plan/why", command="loans.read", answers=Why)
def plan(number: str) -> Answer:
    """还款计划逐期依据。Why each row of the plan is what it is."""
    with reading() as session:
        case = case_of(session, number)
        return explaining.plans.plan(case, schedule_of(case.one))


@routes.get("/loans/<number>/statement", command="loans.read", query=StatementQuery, answers=Why)
def statement(query: dict[str, Any], number: str) -> Answer:
    """对账单：逐笔结息、还款、余额，可用计算器核对。What was settled and paid, to be checked."""
    with reading() as session:
        case = case_of(session, number)
        start: date = query.get("start", case.loan.signed_on)
        end: date = query.get("end", case.on)
        return explaining.statement(case, start=start, end=end)
