"""Which papers are on file and which are missing, for many loans at once; and the refusal.

``require_papers`` is what signing and paying out call: papers belong to the application, so that
both ask alike. Without rules, or with rules that hold nothing up, nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Text,
    and_,
    cast,
    false,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from loans.dossier.papers import STAGES, PaperRules
from loans.dossier.refusals import PapersMissing
from loans.models import FAR, Application, ApplicationSheet, Loan, Position
from loans.models.kept import Contact, LoanPaper, PostCheck
from loans.record import lots
from organisations.models import Organisation

#: stages that every contract has passed
_BEFORE_CONTRACT = ("application", "investigation", "approval")


@dataclass(frozen=True, slots=True)
class _File:
    """An application with what is on file of it."""

    applied_on: date
    credit_code: str
    name: str
    on_file: frozenset[str]


def require_papers(
    session: Session, rules: PaperRules | None, application_ids: Iterable[int], stage: str
) -> None:
    """Refuse a stage of loans whose lender waits for papers that are not there."""
    if rules is None or not rules.block():
        return
    for ids in lots(application_ids):
        for one in _files(session, ids).values():
            blocking = rules.of(one.credit_code).blocking(one.on_file, stage, one.applied_on)
            if blocking:
                zh, en = STAGES[stage]
                raise PapersMissing(
                    field="papers",
                    what=one.name,
                    stage_zh=zh,
                    stage_en=en,
                    papers_zh="、".join(paper.zh for paper in blocking),
                    papers_en=", ".join(paper.en for paper in blocking),
                )


def _files(session: Session, application_ids: Sequence[int]) -> Mapping[int, _File]:
    on_file = papers_on_file(session, application_ids)
    rows = session.execute(
        select(Application.id, ApplicationSheet.applied_on, Organisation.credit_code, Loan.number)
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == ApplicationSheet.lender_id)
        .outerjoin(Loan, Loan.application_id == Application.id)
        .where(Application.id.in_(application_ids))
        .order_by(Application.id)
    )
    return {
        key: _File(applied_on, code, number or f"SQ{key}", frozenset(on_file.get(key, ())))
        for key, applied_on, code, number in rows
    }


def papers_on_file(session: Session, application_ids: Sequence[int]) -> dict[int, set[str]]:
    """Codes of the papers on file, by application."""
    rows = session.execute(
        select(LoanPaper.application_id, LoanPaper.paper).where(
            LoanPaper.application_id.in_(application_ids), is_on_file()
        )
    )
    found: dict[int, set[str]] = {}
    for application_id, paper in rows:
        found.setdefault(application_id, set()).add(paper)
    return found


def is_on_file() -> ColumnElement[bool]:
    """Of a ``LoanPaper``: it is the last row of its paper, and says that it is there."""
    later = aliased(LoanPaper)
    replaced = (
        select(later.id)
        .where(
            later.application_id == LoanPaper.application_id,
            later.paper == LoanPaper.paper,
            later.id > LoanPaper.id,
        )
        .correlate(LoanPaper)
        .exists()
    )
    return and_(LoanPaper.on_file, ~replaced)


class Wanted:
    """The required papers of all lists as a table to ask with, beside ``Organisation`` (lender)."""

    def __init__(self, rules: PaperRules) -> None:
        rows = [
            (one.credit_code, one.since, paper.stage, paper.code)
            for one in rules.lists.values()
            for paper in one.required()
        ]
        self._own = [code for code in rules.lists if code]
        self.empty = not rows
        self.table: CTE = union_all(
            *(
                select(
                    cast(literal(code), Text).label("credit_code"),
                    cast(literal(since), Date).label("since"),
                    cast(literal(stage), Text).label("stage"),
                    cast(literal(paper), Text).label("paper"),
                )
                for code, since, stage, paper in rows or [("", FAR, "", "")]
            )
        ).cte("wanted")

    def asked_of(self, applied_on: Any) -> ColumnElement[bool]:
        """The row is one that this lender's list asks of an application of that day."""
        if self.empty:
            return false()
        wanted = self.table.c
        common = and_(wanted.credit_code == "", Organisation.credit_code.not_in(self._own))
        whose = or_(wanted.credit_code == Organisation.credit_code, common)
        return and_(whose, wanted.since <= applied_on)

    def not_on_file(self, application_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The row's paper is missing from the file of an application."""
        there = (
            select(LoanPaper.id)
            .where(
                LoanPaper.application_id == application_id,
                LoanPaper.paper == self.table.c.paper,
                is_on_file(),
            )
            .correlate(application_id.class_, self.table)
        )
        return ~there.exists()

    def reached(self) -> ColumnElement[bool]:
        """The loan (``Loan``, ``Position``) has come to the row's stage."""
        stage = self.table.c.stage
        checked = select(PostCheck.id).where(PostCheck.loan_id == Loan.id).correlate(Loan)
        notified = (
            select(Contact.id)
            .where(Contact.loan_id == Loan.id, Contact.kind == "notice")
            .correlate(Loan)
        )
        return or_(
            stage.in_((*_BEFORE_CONTRACT, "signing")),
            and_(stage == "disbursement", Position.drawn_on != FAR),
            and_(stage == "post_lending", checked.exists()),
            and_(stage == "collection", notified.exists()),
            and_(stage == "settlement", Position.state == "settled"),
        )

    def before_contract(self) -> ColumnElement[bool]:
        """The row's stage is one that an application without a contract has come to."""
        return self.table.c.stage.in_(_BEFORE_CONTRACT)
