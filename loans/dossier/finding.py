"""What every verb of the file begins with: find the loan, judge the day, the choice, the words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.models import Household
from kernel import attachments
from kernel.actor import Actor
from kernel.refusals import BadValue, NotFound
from kernel.vault import Keyring
from loans.dossier import scans, standing
from loans.dossier.refusals import BeforeDisbursement, DayNotCome
from loans.dossier.scans import Scan
from loans.models import Application, ApplicationSheet, Loan, Position
from loans.models.kept import LifeEvent
from loans.refusals import LoanUnknown
from office import rights
from organisations.models import Organisation

#: the longest of each kind of text
_LONGEST: Final = {"note": 500, "remark": 200, "met": 60, "reported_by": 60}


def loan(session: Session, number: str, by: Actor, command: str) -> tuple[Loan, Position]:
    """A contract and where it stands, locked; one outside the actor's scope is unknown."""
    rights.allow(by, command)
    row = session.execute(
        select(Loan, Position)
        .join(Position, Position.loan_id == Loan.id)
        .where(Loan.number == number)
        .with_for_update(of=Position)
    ).one_or_none()
    if row is None or not rights.sees(
        by, region=row[0].village_code, institution_id=row[0].lender_id
    ):
        raise LoanUnknown(field="number", number=number[:40])
    return row[0], row[1]


def file_of(
    session: Session, number: str | None, application_id: int | None, by: Actor
) -> tuple[int, int | None, str]:
    """Application, contract where there is one, and the lender's credit code."""
    query = (
        select(
            Application.id,
            Loan.id,
            Organisation.credit_code,
            ApplicationSheet.lender_id,
            Household.village_code,
            ApplicationSheet.region_code,
        )
        .join(ApplicationSheet, ApplicationSheet.id == Application.sheet_id)
        .join(Organisation, Organisation.id == ApplicationSheet.lender_id)
        .outerjoin(Household, Household.id == Application.household_id)
        .outerjoin(Loan, Loan.application_id == Application.id)
    )
    wanted = Application.id == application_id if number is None else Loan.number == number
    row = session.execute(query.where(wanted)).one_or_none()
    if row is None or not rights.sees(by, region=row[4] or row[5], institution_id=row[3]):
        if number is None:
            raise NotFound(field="application_id", what="贷款申请")
        raise LoanUnknown(field="number", number=number[:40])
    return row[0], row[1], row[2]


def life_of(session: Session, loan_id: int) -> str | None:
    """The last thing known of the borrower's life."""
    kind = select(standing.last_life_event(LifeEvent.kind)).where(Loan.id == loan_id)
    return session.scalar(kind)


def require_past(day: date, on: date) -> None:
    """What is noted has happened."""
    if day > on:
        raise DayNotCome(field="value_date", day=day, on=on)


def require_paid_out(found: Loan, position: Position, day: date, on: date) -> None:
    """A day from the first disbursement up to the business day."""
    require_past(day, on)
    if day < position.drawn_on:
        raise BeforeDisbursement(field="value_date", number=found.number, day=day)


def choice(field: str, value: str, titles: Mapping[str, str]) -> None:
    """One of the names of a closed list."""
    if value not in titles:
        raise BadValue(
            field=field,
            name=field,
            value=value[:40],
            rule_zh=f"只能是 {'、'.join(titles)} 之一",
            rule_en=f"one of {', '.join(titles)}",
        )


def words(field: str, text: str, *, needed: bool = False) -> str:
    """A text of bounded length without control characters."""
    clean = text.strip()
    longest = _LONGEST[field]
    if len(clean) > longest or any(ord(c) < 32 and c not in "\r\n\t" for c in clean):
        raise BadValue(
            field=field,
            name=field,
            value=clean[:40],
            rule_zh=f"最多{longest}字，不含控制字符",
            rule_en=f"at most {longest} printable characters",
        )
    if needed and not clean:
        raise BadValue(
            field=field, name=field, value="", rule_zh="必须填写", rule_en="must be filled in"
        )
    return clean


def keep(session: Session, keyring: Keyring, scan: Scan | None) -> int | None:
    """Keep a scan; its id."""
    if scan is None:
        return None
    scans.check(scan)
    return attachments.keep(session, keyring, name=scan.name, content=scan.content)
