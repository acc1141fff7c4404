"""贷款: the list, and one loan with its time line, its schedule and the why of every amount."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

import ledger
from kernel.refusals import Refusal
from kernel.regions import scope_digits
from loans import explaining, queries
from loans.changes import WHYS
from loans.eligibility import MODES
from loans.forms import METHOD_TITLES
from loans.page import LoanPage, loan_page
from loans.queries import Filter, LoanLine, ShareLine
from loans.timeline import Event
from office import rights
from policy import ContractTerms, schema, values_of
from subsidies.claims.standing import claimed_of
from web import exports, scope
from web.access import needs
from web.context import actor, house, reading
from web.explained import case_of
from web.fields import row_id
from web.pages import forms
from web.pages.fund_claims import party
from web.pages.fund_loan import fund_card
from web.words import LOAN_STATES, language, t

blueprint = Blueprint("loans", __name__)

PAGE: Final = 50
_LOT: Final = 500

#: what an event is called
EVENTS: Final = {
    "applied": "申请",
    "approved": "审批同意",
    "signed": "签订合同",
    "disbursed": "放款",
    "extension": "展期",
    "deferral": "延期",
    "plan": "变更还款方式",
    "misuse": "认定挪用",
    "unsubsidised": "停止贴息",
    "reversed": "冲正",
    "corrected": "更正",
    "settled": "结息",
    "resettled": "结息更正",
    "repaid": "还款",
    "refunded": "退还溢缴款",
    "written_off": "核销",
    "recovered": "核销后收回",
    "credit_used": "溢缴款抵扣",
    "overridden": "人工认定分类",
    "graded": "分类调整",
}
#: what a due is called, and who bears it
DUES: Final = {"principal": "本金", "interest": "利息", "penalty": "罚息", "compound": "复利"}
BEARERS: Final = {"household": "农户", "treasury": "财政"}
GRADES: Final = {1: "正常", 2: "关注", 3: "次级", 4: "可疑", 5: "损失"}


@blueprint.get("/loans")
@needs("loans.read")
def listed() -> ResponseReturnValue:
    """Loans that this person may see, searched and narrowed."""
    after = row_id(request.args.get("after"))
    with reading() as session:
        found = _found(session, after, PAGE + 1)
        regions = house().regions
        places = regions.children(scope.own_region(session, actor()))
    return forms.page(
        "loans.html",
        rows=[(row, regions.full_name(row.village_code, below=3)) for row in found[:PAGE]],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        first=after == 0,
        places=[(region.code, region.name) for region in places],
        states=LOAN_STATES,
        modes=MODES,
        grades=GRADES,
        asked=_asked(),
    )


@blueprint.get("/loans.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(form: str) -> ResponseReturnValue:
    """The same list as a file."""
    titles = [
        t(title)
        for title in (
            "合同号", "户编号", "借款人", "乡镇村", "机构", "状态", "合同金额（元）",
            "贷款余额（元）", "年利率（%）", "签订日", "到期日", "五级分类", "逾期金额（元）",
            "贷款模式", "用款单位", "户主", "与户主关系",
        )
    ]  # fmt: skip
    with reading() as session:
        rows = (_cells(row) for row in _all(session))
        return exports.send_table(t("贷款清单"), titles, rows, form)


@blueprint.get("/loans/<number>")
@needs("loans.read")
def one(number: str) -> ResponseReturnValue:
    """One loan."""
    return loan_page_of(number)


def loan_page_of(number: str, refused: Refusal | None = None) -> ResponseReturnValue:
    """The page of a loan, with a refusal on top if there is one."""
    by = actor()
    with reading() as session:
        on = ledger.open_day(session)
        page = loan_page(session, number=number, by=by, open_day=on)
        case = case_of(session, number)
        explained = [(event, _why(case, event)) for event in page.events]
        claimed = claimed_of(
            session, {due.settlement_id for due in page.dues if due.settlement_id is not None}
        )
        fund = fund_card(session, number, on=on, overdue=page.line.overdue_fen > 0)
    return forms.page(
        "loan.html",
        refused,
        page=page,
        fund=fund,
        party=party,
        line=page.line,
        on=on,
        village=house().regions.full_name(page.line.village_code, below=3),
        events=explained,
        titles=EVENTS,
        whys=WHYS,
        claimed=claimed,
        dues=DUES,
        bearers=BEARERS,
        grades=GRADES,
        modes=MODES,
        shares=_shares(page),
        method=METHOD_TITLES.get(page.method, page.method),
        terms=_terms(page.terms),
        may_reverse=rights.may(by, "loans.reverse"),
        request_key=forms.kept_key(),
    )


def _why(case: explaining.Case, event: Event) -> explaining.Answer | None:
    """The explanation of an event's amount, where it is computed and not agreed."""
    if event.source_kind == "settlements":
        row = next(row for row in case.settlements if row.id == event.source_id)
        return explaining.settlements.settlement(case, row)
    if event.source_kind == "repayments" and event.kind != "reversed":
        paid = next(row for row in case.repayments if row.id == event.source_id)
        return explaining.payments.repayment(case, paid)
    return None


def _terms(terms: ContractTerms) -> list[tuple[str, str, str]]:
    """What was frozen on the signing day: name, value, clause."""
    lines = schema(ContractTerms)
    return [
        (
            lines[name].zh if language() == "zh" else lines[name].en,
            lines[name].kind.show(sourced.value),
            sourced.cite,
        )
        for name, sourced in values_of(terms).items()
    ]


def _shares(page: LoanPage) -> list[tuple[ShareLine, str]]:
    """The list of households with their villages; no village where this person may not look."""
    regions, by = house().regions, actor()
    return [
        (
            share,
            regions.full_name(share.village_code, below=3)
            if rights.sees(by, region=share.village_code)
            else "",
        )
        for share in page.shares
    ]


def _asked() -> dict[str, str]:
    return {
        name: request.args.get(name, "") for name in ("q", "region", "state", "overdue", "mode")
    }


def _found(session: Session, after: int, limit: int) -> list[LoanLine]:
    asked = _asked()
    if asked["region"]:
        house().regions.get(asked["region"])
    wanted = Filter(
        region_digits=scope_digits(asked["region"]) if asked["region"] else "",
        text=asked["q"][:40],
        state=asked["state"][:20],
        overdue_only=asked["overdue"] == "yes",
        mode=asked["mode"][:20],
    )
    return queries.listed(
        session,
        by=actor(),
        open_day=ledger.open_day(session),
        wanted=wanted,
        after_id=after,
        limit=limit,
    )


def _all(session: Session) -> list[LoanLine]:
    rows: list[LoanLine] = []
    while lot := _found(session, rows[-1].id if rows else 0, _LOT):
        rows += lot
    return rows


def _cells(row: LoanLine) -> list[object]:
    return [
        row.number,
        row.household_number,
        row.borrower,
        house().regions.full_name(row.village_code, below=3),
        row.lender,
        t(LOAN_STATES[row.state]),
        exports.amount(row.amount_fen),
        exports.amount(row.outstanding_fen),
        exports.rate(row.annual_rate_ppm),
        row.signed_on.isoformat(),
        row.matures_on.isoformat(),
        t(GRADES[row.grade]),
        exports.amount(row.overdue_fen),
        t(MODES[row.mode]),
        row.organisation,
        row.head,
        row.relation,
    ]
