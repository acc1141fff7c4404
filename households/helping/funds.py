"""Special funds (财政专项扶贫资金) by their documents, and what each gives to a purpose.

A fund is entered by its document; a use gives part of it to a purpose, industry money to a project
and marked where poor households share in what it builds. What is given never passes the fund: one
conditional UPDATE. A use that was wrong is taken back by an entry against it. No money moves here:
it moves in the treasury's books, by these documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from households.helping.refusals import (
    FundPurposeUnknown,
    FundUseAmount,
    FundUseTakenBack,
    FundUseUndocumented,
    LinkedIsIndustry,
    SpecialFundExceeded,
    SpecialFundIncomplete,
    SpecialFundTwice,
)
from households.models.helping import (
    FUND_LEVELS,
    PURPOSES,
    FundUse,
    IndustryProject,
    SpecialFund,
    SpecialFundUse,
)
from households.refusals import RegisteredAfterTheDay
from kernel.actor import Actor
from kernel.money import format_yuan
from kernel.refusals import NotFound
from office import rights
from office.refusals import ReasonMissing

COMMAND: Final = "households.special_funds"


@dataclass(frozen=True, slots=True)
class FundEntered:
    """A fund as its document gives it."""

    year: int
    document_no: str
    #: central, province, city or county
    level: str
    title: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class UseEntered:
    """What a document gives from a fund to a purpose."""

    fund_id: int
    purpose: str
    amount_fen: int
    used_on: date
    document: str
    #: poor households share in what it builds
    linked: bool = False
    project_id: int | None = None


def enter_fund(session: Session, fund: FundEntered, *, on: date, by: Actor) -> int:
    """Enter a fund; its number."""
    _allow(session, on, by)
    document_no, title = fund.document_no.strip(), fund.title.strip()
    known = fund.level in FUND_LEVELS and 2000 <= fund.year <= 2199
    if not (known and document_no and title and fund.amount_fen > 0):
        raise SpecialFundIncomplete(field="document_no")
    twin = select(SpecialFund.id).where(
        SpecialFund.document_no == document_no, SpecialFund.level == fund.level
    )
    if session.scalar(twin) is not None:
        level = FUND_LEVELS[fund.level]
        raise SpecialFundTwice(field="document_no", document_no=document_no, level=level)
    row = SpecialFund(
        year=fund.year,
        document_no=document_no,
        level=fund.level,
        title=title,
        amount_fen=fund.amount_fen,
        booked_on=on,
    )
    session.add(row)
    session.flush()
    session.add(SpecialFundUse(fund_id=row.id, amount_fen=fund.amount_fen, used_fen=0))
    session.flush()
    return row.id


def use_fund(session: Session, use: UseEntered, *, on: date, by: Actor) -> int:
    """Give part of a fund to a purpose; the number of the use."""
    _allow(session, on, by)
    fund = _fund(session, use.fund_id)
    _check(session, use, on)
    _move(session, fund, use.amount_fen)
    row = FundUse(
        fund_id=fund.id,
        purpose=use.purpose,
        project_id=use.project_id,
        amount_fen=use.amount_fen,
        linked=use.linked,
        used_on=use.used_on,
        document=use.document.strip(),
        reverses_id=None,
        booked_on=on,
    )
    session.add(row)
    session.flush()
    return row.id


def take_back(session: Session, use_id: int, *, reason: str, on: date, by: Actor) -> int:
    """Take a use back, whole; the number of the entry against it."""
    _allow(session, on, by)
    use = session.get(FundUse, use_id)
    if use is None:
        raise NotFound(field="use_id", what="资金安排")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    fund = _fund(session, use.fund_id)
    # The fund's row is taken first: two who take back the same use follow each other.
    _move(session, fund, 0)
    twin = session.scalar(select(FundUse.id).where(FundUse.reverses_id == use_id))
    if use.reverses_id is not None or twin is not None:
        raise FundUseTakenBack(field="use_id")
    _move(session, fund, -use.amount_fen)
    row = FundUse(
        fund_id=fund.id,
        purpose=use.purpose,
        project_id=use.project_id,
        amount_fen=-use.amount_fen,
        linked=use.linked,
        used_on=on,
        document=reason.strip(),
        reverses_id=use.id,
        booked_on=on,
    )
    session.add(row)
    session.flush()
    return row.id


def _allow(session: Session, on: date, by: Actor) -> None:
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)


def _check(session: Session, use: UseEntered, on: date) -> None:
    if use.purpose not in PURPOSES:
        choices = "、".join(PURPOSES.values())
        raise FundPurposeUnknown(field="purpose", purpose=use.purpose[:40], choices=choices)
    if use.amount_fen <= 0:
        raise FundUseAmount(field="amount")
    if use.purpose != "industry" and (use.linked or use.project_id is not None):
        raise LinkedIsIndustry(field="linked")
    if not use.document.strip():
        raise FundUseUndocumented(field="document")
    if use.used_on > on:
        raise RegisteredAfterTheDay(field="used_on", title="安排日期", on=on)
    if use.project_id is not None and session.get(IndustryProject, use.project_id) is None:
        raise NotFound(field="project_id", what="产业项目")


def _fund(session: Session, fund_id: int) -> SpecialFund:
    found = session.get(SpecialFund, fund_id)
    if found is None:
        raise NotFound(field="fund_id", what="专项资金")
    return found


def _move(session: Session, fund: SpecialFund, fen: int) -> None:
    """One conditional UPDATE: what is spoken for stays within the fund."""
    used = SpecialFundUse.used_fen
    moved = session.execute(
        update(SpecialFundUse)
        .where(
            SpecialFundUse.fund_id == fund.id,
            used + fen <= SpecialFundUse.amount_fen,
            used + fen >= 0,
        )
        .values(used_fen=used + fen),
        execution_options={"synchronize_session": False},
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        now = session.get_one(SpecialFundUse, fund.id, populate_existing=True)
        raise SpecialFundExceeded(
            field="amount",
            document_no=fund.document_no,
            free=format_yuan(now.amount_fen - now.used_fen),
            amount=format_yuan(fen),
        )
    session.expire_all()
