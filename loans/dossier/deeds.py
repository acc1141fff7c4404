"""Who did what on one loan, and when, each with its place in the trail (尽职免责).

A deed is a recorded row of the loan and the unit of work that wrote it: the command, the person
with account and roles, the time, the reason given, the row's position in the chain and its MAC.
The chain is keyed and its daily root printed on the closing report, so that a printed list can be
held against the books years later. What the close does by itself is no deed of anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, Select, Text, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.attachments import Attachment
from kernel.database import BigInt
from kernel.trail import TrailRow
from loans.models import (
    Application,
    ApplicationSheet,
    BorrowerChange,
    Change,
    ChangeItem,
    ChangeLeftOut,
    ChangeSheet,
    Disbursement,
    GradeOverride,
    Loan,
    Repayment,
    Reversal,
)
from loans.models.kept import Contact, LifeEvent, LoanPaper, PostCheck, Way
from loans.models.papers import PrintedPaper
from loans.operations.applying import SUBJECT
from loans.refusals import LoanUnknown
from office import approvals, rights
from office.models import Decision, Proposal, Voucher
from office.models import Person as Staff

#: what was done -> its name on pages
DEED_TITLES: Final = {
    "applied": "受理申请",
    "decided": "审批",
    "signed": "签订合同",
    "printed": "打印合同、借据",
    "disbursed": "放款",
    "payment": "还款入账",
    "refund": "退还溢缴款",
    "write_off": "核销",
    "recovery": "核销后收回",
    "reversed": "冲正",
    "change_proposed": "提出变更",
    "change_left_out": "变更未同意",
    "changed": "变更生效",
    "grade_set": "人工调整分类",
    "borrower_changed": "变更借款人",
    "paper": "资料归档",
    "paper_missing": "注明资料缺失",
    "check": "贷后检查",
    "contact": "催收",
    "life": "登记借款人情况",
    "way": "拟定到期去向",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody did."""

    kind: str
    #: the day it counts for
    on: date
    #: slip number, voucher, code of a paper or of what was found, ...
    detail: str
    amount_fen: int
    #: SHA-256 of the scan; empty where there is none
    sha256: str
    remark: str
    command: str
    person_id: int
    person: str
    account: str
    roles: str
    reason: str
    done_at: datetime
    position: int
    mac: str


@dataclass(frozen=True, slots=True)
class Deeds:
    """What everybody, or one person, did on a loan."""

    number: str
    deeds: Sequence[Deed]
    #: everybody who did something on it: (person, name)
    people: Sequence[tuple[int, str]]


def deeds_of(session: Session, *, number: str, by: Actor, person_id: int | None = None) -> Deeds:
    """What was done on a loan, the oldest first; by one person where asked."""
    rights.allow(by, "loans.read")
    loan = session.scalar(select(Loan).where(Loan.number == number))
    if loan is None or not rights.sees(by, region=loan.village_code, institution_id=loan.lender_id):
        raise LoanUnknown(field="number", number=number[:40])
    written = union_all(*_written(loan.id, loan.application_id)).subquery()
    rows = session.execute(
        select(
            written.c.kind,
            written.c.day,
            written.c.detail,
            written.c.fen,
            func.coalesce(Attachment.sha256, ""),
            written.c.remark,
            TrailRow.command,
            TrailRow.person_id,
            func.coalesce(Staff.name, ""),
            TrailRow.account,
            TrailRow.roles,
            TrailRow.reason,
            TrailRow.ended_at,
            TrailRow.position,
            TrailRow.mac,
        )
        .join(TrailRow, TrailRow.id == written.c.trail_id)
        .outerjoin(Staff, Staff.id == TrailRow.person_id)
        .outerjoin(Attachment, Attachment.id == written.c.attachment_id)
        .order_by(TrailRow.position, written.c.kind, written.c.id)
    )
    deeds = [Deed(*row) for row in rows]
    people = {deed.person_id: deed.person or deed.account for deed in deeds}
    return Deeds(
        loan.number,
        [deed for deed in deeds if person_id is None or deed.person_id == person_id],
        sorted(people.items()),
    )


def _row(
    kind: Any,
    table: Any,
    day: Any,
    *,
    detail: Any = "",
    fen: Any = 0,
    remark: Any = "",
    attachment: Any = None,
) -> Select[Any]:
    """A recorded row in the one form that all kinds share."""
    return select(
        _text(kind).label("kind"),
        cast(day, Date).label("day"),
        _text(detail).label("detail"),
        (cast(literal(fen), BigInt) if isinstance(fen, int) else fen).label("fen"),
        _text(remark).label("remark"),
        (cast(null(), BigInt) if attachment is None else attachment).label("attachment_id"),
        table.trail_id.label("trail_id"),
        cast(_key_of(table), BigInt).label("id"),
    )


def _key_of(table: Any) -> Any:
    return next(iter(table.__table__.primary_key.columns))


def _text(value: Any) -> Any:
    return cast(literal(value) if isinstance(value, str) else value, Text)


def _written(loan_id: int, application_id: int) -> list[Select[Any]]:
    """Every recorded row that a person writes about a loan."""
    return [
        *_agreed(loan_id, application_id),
        *_moved(loan_id),
        *_changed(loan_id),
        *_kept(loan_id, application_id),
    ]


def _agreed(loan_id: int, application_id: int) -> list[Select[Any]]:
    own_sheet = (
        select(Application.sheet_id).where(Application.id == application_id).scalar_subquery()
    )
    return [
        _row(
            "applied",
            Application,
            ApplicationSheet.applied_on,
            fen=Application.amount_fen,
            remark=Application.exception_reason,
        )
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .where(Application.id == application_id),
        _row(
            "decided",
            Decision,
            Decision.decided_on,
            detail=Decision.decision,
            remark=Decision.reason,
        )
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(approvals.about(SUBJECT, own_sheet)),
        _row("signed", Loan, Loan.signed_on, detail=Loan.number, fen=Loan.amount_fen).where(
            Loan.id == loan_id
        ),
        _row("printed", PrintedPaper, PrintedPaper.printed_on, detail=PrintedPaper.kind).where(
            PrintedPaper.loan_id == loan_id
        ),
    ]


def _moved(loan_id: int) -> list[Select[Any]]:
    """Money out and in, and what of it was undone."""
    undone = [
        select(table.id).where(table.loan_id == loan_id)
        for table in (Disbursement, Repayment, Change)
    ]
    return [
        _row(
            "disbursed",
            Disbursement,
            Disbursement.value_date,
            detail=Disbursement.slip_number,
            fen=Disbursement.amount_fen,
        ).where(Disbursement.loan_id == loan_id),
        # A credit put to use is the close's doing.
        _row(
            Repayment.kind,
            Repayment,
            Repayment.value_date,
            detail=func.coalesce(Voucher.voucher_no, ""),
            fen=Repayment.amount_fen,
        )
        .outerjoin(Voucher, Voucher.id == Repayment.voucher_id)
        .where(Repayment.loan_id == loan_id, Repayment.kind != "credit"),
        _row("reversed", Reversal, Reversal.booking_date, remark=Reversal.reason).where(
            or_(
                Reversal.disbursement_id.in_(undone[0]),
                Reversal.repayment_id.in_(undone[1]),
                Reversal.change_id.in_(undone[2]),
            )
        ),
    ]


def _changed(loan_id: int) -> list[Select[Any]]:
    """Changes proposed, decided, left out."""
    return [
        _row(
            "change_proposed",
            ChangeItem,
            ChangeSheet.proposed_on,
            detail=ChangeSheet.kind,
            remark=ChangeItem.reason,
        )
        .join(ChangeSheet, ChangeSheet.id == ChangeItem.sheet_id)
        .where(ChangeItem.loan_id == loan_id),
        _row(
            "change_left_out",
            ChangeLeftOut,
            ChangeLeftOut.decided_on,
            remark=ChangeLeftOut.reason,
        )
        .join(ChangeItem, ChangeItem.id == ChangeLeftOut.item_id)
        .where(ChangeItem.loan_id == loan_id),
        _row("changed", Change, Change.value_date, detail=Change.kind, remark=Change.clause).where(
            Change.loan_id == loan_id
        ),
        _row(
            "grade_set", GradeOverride, GradeOverride.booking_date, remark=GradeOverride.reason
        ).where(GradeOverride.loan_id == loan_id),
        _row(
            "borrower_changed",
            BorrowerChange,
            BorrowerChange.booking_date,
            remark=BorrowerChange.reason,
        ).where(BorrowerChange.loan_id == loan_id),
    ]


def _kept(loan_id: int, application_id: int) -> list[Select[Any]]:
    """Papers, checks, contacts, events and ways."""
    there = case((LoanPaper.on_file, "paper"), else_="paper_missing")
    return [
        _row(
            there,
            LoanPaper,
            LoanPaper.noted_on,
            detail=LoanPaper.paper,
            remark=LoanPaper.remark,
            attachment=LoanPaper.attachment_id,
        ).where(LoanPaper.application_id == application_id),
        _row(
            "check",
            PostCheck,
            PostCheck.value_date,
            detail=PostCheck.use_found,
            fen=PostCheck.misused_fen,
            remark=PostCheck.note,
            attachment=PostCheck.attachment_id,
        ).where(PostCheck.loan_id == loan_id),
        _row(
            "contact",
            Contact,
            Contact.value_date,
            detail=func.coalesce(Contact.notice_number, Contact.kind),
            fen=Contact.promised_fen,
            remark=Contact.note,
            attachment=Contact.attachment_id,
        ).where(Contact.loan_id == loan_id),
        _row(
            "life",
            LifeEvent,
            LifeEvent.value_date,
            detail=LifeEvent.kind,
            remark=LifeEvent.note,
            attachment=LifeEvent.attachment_id,
        ).where(LifeEvent.loan_id == loan_id),
        _row("way", Way, Way.planned_on, detail=Way.way, remark=Way.note).where(
            Way.loan_id == loan_id
        ),
    ]
