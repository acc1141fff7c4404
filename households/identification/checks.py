"""What ``fupin verify`` reads back of how households were found.

Positions are recomputed from steps, answers and findings; findings stand on a case or a list that
says the same; meetings, ballots, notices and objections keep their rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from households.identification.procedure import KINDS
from households.models import (
    CaseNotice,
    CaseObjection,
    CaseObjectionAnswer,
    CasePosition,
    CaseSheet,
    CaseStep,
    DecidedList,
    DecidedListRow,
    HouseholdStatus,
    IdentificationCase,
    Status,
)
from kernel.database import days_between
from kernel.findings import Finding
from office import approvals

#: check -> (table, Chinese, English)
_SAID = {
    "households.cases.position": (
        "case_positions", "事项位置与已办步骤不符", "the case does not stand where its steps say"
    ),
    "households.cases.steps": (
        "identification_cases", "步骤有缺漏", "a step of the case is missing"
    ),
    "households.cases.sheet": (
        "case_sheets", "名单户数与步骤数不符", "the sheet holds other cases than it says"
    ),
    "households.cases.ballots": (
        "case_steps", "票数多于到会人数，或结果与票数不符",
        "more ballots than people, or a result that the ballots do not give",
    ),
    "households.cases.notice": (
        "case_steps", "公示期未满或异议未答复即办下一步",
        "a step was taken under a running notice or an open objection",
    ),
    "households.cases.notice_days": (
        "case_notices", "公示期自录入之日起不足规定天数",
        "a notice ends before its days, counted from the day it was entered",
    ),
    "households.cases.objection": (
        "case_objections", "异议不在公示期内，或由记录人自己答复",
        "an objection outside its notice, or answered by who noted it",
    ),
    "households.findings.case": (
        "household_statuses", "认定与所依据的事项不符", "the finding is not that of its case"
    ),
    "households.findings.list": (
        "household_statuses", "认定与所依据的审定名单不符", "the finding is not that of its list"
    ),
    "households.lists.written": (
        "decided_lists", "审定名单与写入的认定不符", "a list and what was written of it differ"
    ),
}  # fmt: skip


def check(session: Session) -> Iterator[Finding]:
    """Everything that differs."""
    for name, query in (
        ("households.cases.position", _positions()),
        ("households.cases.steps", _missing_steps()),
        ("households.cases.sheet", _sheets()),
        ("households.cases.ballots", _ballots()),
        ("households.cases.notice", _hurried()),
        ("households.cases.notice_days", _short_notices()),
        ("households.cases.objection", _objections()),
        ("households.findings.case", _findings_of_cases()),
        ("households.findings.list", _findings_of_lists()),
        ("households.lists.written", _lists()),
    ):
        table, zh, en = _SAID[name]
        for key in session.scalars(query):
            yield Finding(check=name, table=table, key=str(key), zh=zh, en=en)


def _upheld() -> Any:
    return exists().where(
        CaseObjection.case_id == IdentificationCase.id,
        CaseObjectionAnswer.objection_id == CaseObjection.id,
        CaseObjectionAnswer.upheld,
    )


def _found(*, risk_removed: bool) -> Any:
    ended = HouseholdStatus.status == Status.RISK_REMOVED
    return exists().where(
        HouseholdStatus.case_id == IdentificationCase.id, ended if risk_removed else ~ended
    )


def _positions() -> Select[Any]:
    """Cases whose position is not the one that the record gives."""
    later = aliased(CaseStep)
    last = and_(
        CaseStep.case_id == IdentificationCase.id,
        ~exists().where(later.case_id == CaseStep.case_id, later.nr > CaseStep.nr),
    )
    state = case(
        (or_(CaseStep.outcome == "refused", _upheld()), "refused"),
        (_found(risk_removed=True), "closed"),
        (and_(_found(risk_removed=False), IdentificationCase.kind == "monitor"), "standing"),
        (_found(risk_removed=False), "closed"),
        else_="open",
    )
    return (
        select(IdentificationCase.id)
        .outerjoin(CaseStep, last)
        .outerjoin(CasePosition, CasePosition.case_id == IdentificationCase.id)
        .where(
            or_(
                CasePosition.case_id.is_(None),
                CasePosition.done.is_distinct_from(CaseStep.nr),
                CasePosition.sheet_id.is_distinct_from(CaseStep.sheet_id),
                CasePosition.household_id != IdentificationCase.household_id,
                CasePosition.procedure != IdentificationCase.procedure,
                CasePosition.state != state,
            )
        )
        .order_by(IdentificationCase.id)
    )


def _missing_steps() -> Select[Any]:
    return (
        select(CaseStep.case_id)
        .group_by(CaseStep.case_id)
        .having(or_(func.count() != func.max(CaseStep.nr), func.min(CaseStep.nr) != 1))
        .order_by(CaseStep.case_id)
    )


def _sheets() -> Select[Any]:
    return (
        select(CaseSheet.id)
        .outerjoin(CaseStep, CaseStep.sheet_id == CaseSheet.id)
        .group_by(CaseSheet.id, CaseSheet.cases)
        .having(func.count(CaseStep.id) != CaseSheet.cases)
        .order_by(CaseSheet.id)
    )


def _ballots() -> Select[Any]:
    ballots = CaseStep.votes_for + CaseStep.votes_against + CaseStep.abstained
    carried = 2 * CaseStep.votes_for > CaseSheet.present
    return (
        select(CaseStep.id)
        .join(CaseSheet, CaseSheet.id == CaseStep.sheet_id)
        .where(
            or_(
                CaseStep.votes_for.is_(None) != CaseSheet.present.is_(None),
                ballots > CaseSheet.present,
                carried != (CaseStep.outcome == "done"),
            )
        )
        .order_by(CaseStep.id)
    )


def _hurried() -> Select[Any]:
    """Steps taken while the notice of the step before ran, or an objection to it stood open."""
    before, held = aliased(CaseStep), aliased(CaseSheet)
    unanswered = exists().where(
        CaseObjection.case_id == CaseStep.case_id,
        CaseObjection.sheet_id == before.sheet_id,
        ~exists().where(
            CaseObjectionAnswer.objection_id == CaseObjection.id,
            CaseObjectionAnswer.answered_on <= held.booked_on,
        ),
    )
    return (
        select(CaseStep.id)
        .join(held, held.id == CaseStep.sheet_id)
        .join(before, and_(before.case_id == CaseStep.case_id, before.nr == CaseStep.nr - 1))
        .join(CaseNotice, CaseNotice.sheet_id == before.sheet_id)
        .where(or_(held.held_on < CaseNotice.to_on, unanswered))
        .order_by(CaseStep.id)
    )


def _short_notices() -> Select[Any]:
    """Notices that were over before their days, counted from the day their sheet was entered."""
    return (
        select(CaseNotice.sheet_id)
        .join(CaseSheet, CaseSheet.id == CaseNotice.sheet_id)
        .where(days_between(CaseSheet.booked_on, CaseNotice.to_on) < CaseNotice.notice_days)
        .order_by(CaseNotice.sheet_id)
    )


def _objections() -> Select[Any]:
    return (
        select(CaseObjection.id)
        .join(CaseNotice, CaseNotice.sheet_id == CaseObjection.sheet_id)
        .outerjoin(CaseObjectionAnswer, CaseObjectionAnswer.objection_id == CaseObjection.id)
        .where(
            or_(
                CaseObjection.raised_on < CaseNotice.from_on,
                CaseObjection.raised_on >= CaseNotice.to_on,
                CaseObjectionAnswer.by_person == CaseObjection.by_person,
            )
        )
        .order_by(CaseObjection.id)
    )


def _findings_of_cases() -> Select[Any]:
    finds = case({kind: row[2].value for kind, row in KINDS.items()}, value=IdentificationCase.kind)
    taken = exists().where(
        CaseStep.case_id == HouseholdStatus.case_id,
        CaseStep.outcome == "done",
        CaseSheet.id == CaseStep.sheet_id,
        CaseSheet.held_on == HouseholdStatus.from_on,
        CaseSheet.booked_on == HouseholdStatus.booked_on,
    )
    ends = and_(HouseholdStatus.status == Status.RISK_REMOVED, IdentificationCase.kind == "monitor")
    says = and_(
        HouseholdStatus.status == finds,
        HouseholdStatus.monitored_kind.is_not_distinct_from(IdentificationCase.monitored_kind),
    )
    return (
        select(HouseholdStatus.id)
        .join(IdentificationCase, IdentificationCase.id == HouseholdStatus.case_id)
        .where(
            or_(
                HouseholdStatus.household_id != IdentificationCase.household_id,
                ~or_(ends, says),
                ~taken,
            )
        )
        .order_by(HouseholdStatus.id)
    )


def _findings_of_lists() -> Select[Any]:
    named = exists().where(
        DecidedListRow.list_id == HouseholdStatus.list_id,
        DecidedListRow.household_id == HouseholdStatus.household_id,
    )
    return (
        select(HouseholdStatus.id)
        .join(DecidedList, DecidedList.id == HouseholdStatus.list_id)
        .where(
            or_(
                HouseholdStatus.status != DecidedList.status,
                HouseholdStatus.from_on != DecidedList.from_on,
                HouseholdStatus.monitored_kind.is_distinct_from(DecidedList.monitored_kind),
                ~named,
            )
        )
        .order_by(HouseholdStatus.id)
    )


def _lists() -> Select[Any]:
    """Lists with other rows than they say, and lists that wrote what nobody else approved."""
    rows = _count(DecidedListRow.list_id)
    written = _count(HouseholdStatus.list_id)
    approved = approvals.by_two("decided_lists", DecidedList.id)
    due = case((approved, DecidedList.households), else_=0)
    return (
        select(DecidedList.id)
        .where(or_(rows != DecidedList.households, written != due))
        .order_by(DecidedList.id)
    )


def _count(column: Any) -> Any:
    return (
        select(func.count())
        .where(column == DecidedList.id)
        .correlate(DecidedList)
        .scalar_subquery()
    )
