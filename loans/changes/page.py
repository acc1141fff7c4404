"""A sheet of changes as it is printed: every loan, old terms and new, who proposed, who decided,
what was left out and why; and the changes of one loan. Read back from the record alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from households.models import Household, Person
from kernel.actor import Actor
from kernel.money import format_rate, format_yuan
from kernel.refusals import NotFound
from loans.changes.asked import KINDS, WHYS
from loans.changes.sheets import SUBJECT
from loans.forms import METHOD_TITLES
from loans.grading import GRADE_NAMES
from loans.models import (
    Change,
    ChangeItem,
    ChangeLeftOut,
    ChangeSheet,
    Loan,
    LoanBearer,
    Position,
    Reversal,
)
from loans.record import lots
from office import approvals, rights
from office.models import Decision, Proposal
from office.models import Person as Staff
from organisations.models import Organisation

#: what is moved -> its title on the sheet
TERM_TITLES: Final = {
    "matures_on": "到期日",
    "method": "还款方式",
    "every_months": "周期（月）",
    "annual_rate_ppm": "年利率",
    "subsidised": "财政贴息",
    "outstanding_fen": "贷款余额（元）",
    "grade": "五级分类",
    "borrower_id": "借款人",
}


#: whether the treasury bears interest
SUBSIDISED: Final = {True: "贴息", False: "停止"}


@dataclass(frozen=True, slots=True)
class TermMoved:
    """One thing that a change moves: its title, and how it reads before and after."""

    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Row:
    """A loan on a sheet."""

    number: str
    household_number: str
    #: who signed
    borrower: str
    #: value date asked for; None: the day of the decision
    value_date: date | None
    moved: tuple[TermMoved, ...]
    reason: str
    evidence: str
    check_id: int | None
    #: why a subsidy stops; empty for other kinds
    why: str
    exceptions: tuple[str, ...]
    exception_reason: str
    #: why it was left out; empty where it was not
    left_out: str
    #: the change it became; None where it became none, or is none of the terms
    change_id: int | None
    reversed: bool


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A sheet with everything on it."""

    id: int
    kind: str
    kind_title: str
    lender: str
    region_code: str
    proposal_id: int
    proposed_on: date
    proposed_by: int
    proposer: str
    #: None while it waits; approved or rejected
    decision: str | None
    decided_on: date | None
    decider: str
    decision_reason: str
    digest: str
    rows: tuple[Row, ...]

    @property
    def changed(self) -> int:
        """How many of its loans are changed, or would be."""
        return sum(not row.left_out for row in self.rows)


def sheet_page(session: Session, sheet_id: int, *, by: Actor) -> SheetPage:
    """A sheet inside the actor's scope; any other is not found."""
    sheet = session.get(ChangeSheet, sheet_id)
    if sheet is None or not rights.sees(
        by, region=sheet.region_code, institution_id=sheet.lender_id
    ):
        raise NotFound(field="sheet_id", what="变更清单")
    proposal, decision = _decided(session, sheet_id)
    people = {proposal.proposed_by} | ({decision.decided_by} if decision else set())
    names = {
        row[0]: row[1]
        for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(people)))
    }
    return SheetPage(
        id=sheet.id,
        kind=sheet.kind,
        kind_title=KINDS[sheet.kind],
        lender=session.get_one(Organisation, sheet.lender_id).name,
        region_code=sheet.region_code,
        proposal_id=proposal.id,
        proposed_on=sheet.proposed_on,
        proposed_by=proposal.proposed_by,
        proposer=names.get(proposal.proposed_by, "—"),
        decision=decision.decision if decision else None,
        decided_on=decision.decided_on if decision else None,
        decider=names.get(decision.decided_by, "—") if decision else "",
        decision_reason=decision.reason if decision else "",
        digest=sheet.digest,
        rows=tuple(_rows(session, ChangeItem.sheet_id == sheet_id)),
    )


def _decided(session: Session, sheet_id: int) -> tuple[Proposal, Decision | None]:
    row = session.execute(
        select(Proposal, Decision)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(approvals.about(SUBJECT, sheet_id))
    ).one()
    return row[0], row[1]


def _rows(session: Session, which: Any) -> list[Row]:
    found = session.execute(
        select(ChangeItem, Loan, Household.number, Person.name, ChangeLeftOut.reason, Change.id,
               Reversal.id)
        .join(Loan, Loan.id == ChangeItem.loan_id)
        .outerjoin(Household, Household.id == Loan.household_id)
        .outerjoin(Person, Person.id == Loan.borrower_id)
        .outerjoin(ChangeLeftOut, ChangeLeftOut.item_id == ChangeItem.id)
        .outerjoin(Change, Change.item_id == ChangeItem.id)
        .outerjoin(Reversal, Reversal.change_id == Change.id)
        .where(which)
        .order_by(ChangeItem.id)
    ).all()  # fmt: skip
    said = {row[0].id: json.loads(row[0].asked) for row in found}
    names = _names(session, said.values())
    return [
        Row(
            number=loan.number,
            household_number=household or "",
            borrower=borrower or "",
            value_date=item.value_date,
            moved=_moved(said[item.id], names),
            reason=item.reason,
            evidence=said[item.id].get("evidence", ""),
            check_id=said[item.id].get("check_id"),
            why=WHYS.get(said[item.id].get("why", ""), ""),
            exceptions=tuple(code for code in item.exceptions.split(",") if code),
            exception_reason=said[item.id].get("exception_reason", ""),
            left_out=left_out or "",
            change_id=change_id,
            reversed=reversal_id is not None,
        )
        for item, loan, household, borrower, left_out, change_id, reversal_id in found
    ]


def _names(session: Session, said: Any) -> dict[int, str]:
    """Names of the people who were, or are to be, borrowers."""
    ids = {
        one[side]["borrower_id"]
        for one in said
        for side in ("from", "to")
        if one[side].get("borrower_id") is not None
    }
    found: dict[int, str] = {}
    for lot in lots(ids):
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(lot)))
        found.update({row[0]: row[1] for row in rows})
    return found


def _moved(said: Mapping[str, Any], names: Mapping[int, str]) -> tuple[TermMoved, ...]:
    return tuple(
        TermMoved(
            TERM_TITLES[name],
            _shown(name, said["from"][name], names),
            _shown(name, said["to"][name], names),
        )
        for name in TERM_TITLES
        if name in said["to"]
    )


def _shown(name: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None:
        return "—"
    if name == "method":
        return METHOD_TITLES.get(value, str(value))
    if name == "annual_rate_ppm":
        return f"{format_rate(value)}%"
    if name == "subsidised":
        return SUBSIDISED[value]
    if name == "outstanding_fen":
        return format_yuan(value)
    if name == "grade":
        return GRADE_NAMES[value]
    return names.get(value, "—") if name == "borrower_id" else str(value)


# --- lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet in a list."""

    id: int
    kind: str
    kind_title: str
    lender: str
    proposed_on: date
    proposer: str
    loans: int
    #: waiting, approved or rejected
    state: str


def listed(
    session: Session, *, by: Actor, before_id: int | None = None, limit: int = 50
) -> list[SheetLine]:
    """Sheets inside the actor's scope, the last first."""
    query = (
        select(ChangeSheet, Organisation.name, Staff.name, Decision.decision)
        .join(Organisation, Organisation.id == ChangeSheet.lender_id)
        .join(Proposal, approvals.about(SUBJECT, ChangeSheet.id))
        .outerjoin(Staff, Staff.id == Proposal.proposed_by)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(ChangeSheet.region_code.startswith(by.region_scope, autoescape=True))
        .order_by(ChangeSheet.id.desc())
        .limit(limit)
    )
    if by.institution_ids is not None:
        query = query.where(ChangeSheet.lender_id.in_(by.institution_ids))
    if before_id is not None:
        query = query.where(ChangeSheet.id < before_id)
    return [
        SheetLine(
            sheet.id,
            sheet.kind,
            KINDS[sheet.kind],
            lender,
            sheet.proposed_on,
            proposer or "—",
            sheet.loans,
            decision or "waiting",
        )
        for sheet, lender, proposer, decision in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class LoanChange:
    """A change of one loan, on its own page: the sheet, what became of it, old terms and new."""

    sheet_id: int
    kind_title: str
    proposed_on: date
    #: waiting, approved, rejected, left_out or reversed
    state: str
    row: Row


def changes_of_loan(session: Session, loan_id: int) -> Sequence[LoanChange]:
    """Every change that was asked for, oldest first; the terms before stay readable here."""
    heads = session.execute(
        select(ChangeSheet, Decision.decision)
        .join(ChangeItem, ChangeItem.sheet_id == ChangeSheet.id)
        .join(Proposal, approvals.about(SUBJECT, ChangeSheet.id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(ChangeItem.loan_id == loan_id)
        .order_by(ChangeItem.id)
    ).all()
    rows = _rows(session, ChangeItem.loan_id == loan_id)
    return [
        LoanChange(sheet.id, KINDS[sheet.kind], sheet.proposed_on, _state(decision, row), row)
        for (sheet, decision), row in zip(heads, rows, strict=True)
    ]


def _state(decision: str | None, row: Row) -> str:
    if row.reversed:
        return "reversed"
    if row.left_out:
        return "left_out"
    return decision or "waiting"


def is_subsidised(session: Session, loan_id: int) -> bool:
    """Whether the contract has the treasury bear interest, and nobody has stopped it."""
    bears = exists().where(LoanBearer.loan_id == loan_id)
    stands = select(Position.loan_id).where(
        Position.loan_id == loan_id, ~Position.unsubsidised, bears
    )
    return session.scalar(stands) is not None
