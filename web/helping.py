"""What pages and API both do with help: one unit of work, a plain answer each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households import helping
from households.helping.finding import FileSlip
from households.helping.forms import MeasureRow, PairRow, ProjectRow, VisitRow
from households.helping.funds import FundEntered, UseEntered
from households.sheets import SheetFile, SheetForm
from organisations.models import Organisation
from web.context import actor, house
from web.deeds import Deed, deed

HELP: Final = "households.help"
FUNDS: Final = "households.special_funds"

#: kind of sheet -> its form
FORMS: Final[dict[str, SheetForm[Any]]] = {
    form.kind: form for form in (helping.MEASURES, helping.PAIRS, helping.VISITS, helping.PROJECTS)
}


def note_measures(rows: Sequence[MeasureRow], file: FileSlip | None = None) -> Deed:
    """Record measures."""
    by, here = actor(), house()
    return deed(
        "rows", by, partial(helping.note_measures, rows=rows, rules=here.help_rules, file=file)
    )


def pair(rows: Sequence[PairRow], file: FileSlip | None = None) -> Deed:
    """Pair helpers with households."""
    by, here = actor(), house()
    return deed("rows", by, partial(helping.pair, rows=rows, keyring=here.keyring, file=file))


def note_visits(rows: Sequence[VisitRow], file: FileSlip | None = None) -> Deed:
    """Record visits."""
    by = actor()
    return deed("rows", by, partial(helping.note_visits, rows=rows, file=file))


def enter_projects(rows: Sequence[ProjectRow], file: FileSlip | None = None) -> Deed:
    """Enter projects with their villages."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        codes = {row.credit_code for row in rows if row.credit_code}
        known = session.execute(
            select(Organisation.credit_code, Organisation.id).where(
                Organisation.credit_code.in_(codes)
            )
        )
        count = helping.enter_projects(
            session,
            rows,
            regions=here.regions,
            organisations={row.credit_code: row.id for row in known},
            on=ledger.open_day(session),
            by=by,
            file=file,
        )
        return {"rows": count}

    return work


def take_sheet(kind: str, file: SheetFile[Any]) -> Deed:
    """Take a sheet in, whole."""
    deeds: dict[str, Callable[[Any, FileSlip], Deed]] = {
        "measures": note_measures,
        "pairs": pair,
        "visits": note_visits,
        "projects": enter_projects,
    }
    return deeds[kind](file.taken(), FileSlip(file.name, file.sha256))


def end_pair(pair_id: int, *, to_on: date, reason: str) -> Deed:
    """End a pair."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        helping.end_pair(session, pair_id, to_on=to_on, reason=reason, on=on, by=by)
        return {"pair_id": pair_id}

    return work


def withdraw(kind: str, row_id: int, *, reason: str) -> Deed:
    """Withdraw a measure, a visit, a project's household."""
    by = actor()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        helping.withdraw(session, kind, row_id, reason=reason, on=on, by=by)
        return {"kind": kind, "id": row_id}

    return work


def list_households(project_id: int, numbers: Sequence[str], *, from_on: date) -> Deed:
    """List households that a project covers."""
    by = actor()
    verb = partial(helping.list_households, project_id=project_id, numbers=numbers, from_on=from_on)
    return deed("rows", by, verb)


def enter_fund(fund: FundEntered) -> Deed:
    """Enter a special fund."""
    by = actor()
    return deed("fund_id", by, partial(helping.enter_fund, fund=fund))


def use_fund(use: UseEntered) -> Deed:
    """Give part of a fund to a purpose."""
    by = actor()
    return deed("use_id", by, partial(helping.use_fund, use=use))


def take_back(use_id: int, *, reason: str) -> Deed:
    """Take a use back."""
    by = actor()
    return deed("use_id", by, partial(helping.take_back, use_id=use_id, reason=reason))
