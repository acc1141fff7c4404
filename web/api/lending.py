"""Loans over the API: apply, decide, sign, pay out, take in, undo; look, and ask why."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

import ledger
import loans
from kernel.regions import scope_digits
from loans import files, queries
from loans.files import SheetFile
from loans.forms import RHYTHMS
from loans.page import LoanPage, loan_page
from loans.queries import Filter
from web import deeds, uploads
from web.api import paging
from web.api.lending_schemas import (
    Applications,
    Contracts,
    Disbursed,
    Draws,
    LenderForm,
    ListForm,
    LoanAnswer,
    LoanRow,
    LoansQuery,
    NoForm,
    Payments,
    Reason,
    Repaid,
    Reversed,
    SheetDropAnswer,
    SheetTaken,
    SheetToSign,
)
from web.api.routes import Routes, do_once
from web.api.schedule import ScheduleRow
from web.commands.schedule import as_data
from web.context import actor, reading

routes = Routes("loans", "贷款 · from the application to the closing")


def _as_asked(rows: list[dict[str, Any]]) -> list[loans.Asked]:
    return [_one_asked(row) for row in rows]


def _one_asked(row: dict[str, Any]) -> loans.Asked:
    shares = tuple(loans.Share(**share) for share in row.pop("shares", ()))
    return loans.Asked(**{"every_months": RHYTHMS[row["method"]], **row, "shares": shares})


@routes.post(
    "/loans/applications",
    command="loans.apply",
    body=Applications,
    answers=SheetTaken,
    status=201,
    keyed=True,
)
def apply(sheet: dict[str, Any]) -> dict[str, Any]:
    """受理贷款申请（一张清单，一次送审）。Take in a sheet of applications and propose it."""
    deed = deeds.apply(sheet["lender_id"], _as_asked(sheet["rows"]))
    return do_once("loans.apply", deed, body=_sent())


@routes.post(
    "/loans/applications/file",
    command="loans.apply",
    form=LenderForm,
    answers=SheetTaken,
    status=201,
    keyed=True,
)
def apply_file(form: dict[str, Any]) -> dict[str, Any]:
    """受理申请清单文件（xlsx、csv）。The same from a file."""
    with uploads.received() as upload:
        file = files.read_applications(upload.path, name=upload.name)
    deed = deeds.apply(form["lender_id"], file.taken())
    return do_once("loans.apply", deed, body=[form["lender_id"], file.sha256])


@routes.post(
    "/loans/applications/list",
    command="loans.apply",
    form=ListForm,
    answers=SheetTaken,
    status=201,
    keyed=True,
)
def apply_list(form: dict[str, Any]) -> dict[str, Any]:
    """受理统贷统还申请：分户清单文件（xlsx、csv）。An organisation asks for a list."""
    file = _read(files.read_shares)
    header = {name: value for name, value in form.items() if name != "lender_id"}
    asked = files.asked_for_list(file, **header)
    deed = deeds.apply(form["lender_id"], [asked])
    return do_once("loans.apply", deed, body=[sorted(request.form.items()), file.sha256])


@routes.post(
    "/loans/contracts",
    command="loans.sign",
    body=SheetToSign,
    answers=Contracts,
    status=201,
    keyed=True,
)
def sign(asked: dict[str, Any]) -> dict[str, Any]:
    """签订已批清单的合同。Sign the contracts of an approved sheet."""
    return do_once("loans.sign", deeds.sign(asked["sheet_id"]), body=_sent())


@routes.post(
    "/loans/sheets/<int:sheet_id>/drop",
    command="loans.sign",
    body=Reason,
    answers=SheetDropAnswer,
    status=201,
    keyed=True,
)
def drop(asked: dict[str, Any], sheet_id: int) -> dict[str, Any]:
    """撤销已批未签的清单。Drop an approved sheet of which nothing was signed."""
    deed = deeds.drop_sheet(sheet_id, asked["reason"])
    return do_once("loans.sign", deed, body=["drop", sheet_id, _sent()])


@routes.post(
    "/loans/disbursements",
    command="loans.disburse",
    body=Draws,
    answers=Disbursed,
    status=201,
    keyed=True,
)
def disburse(asked: dict[str, Any]) -> dict[str, Any]:
    """放款（一份清单全部成功或全部不办）。Pay out, all rows or none."""
    deed = deeds.disburse([loans.Draw(**row) for row in asked["rows"]])
    return do_once("loans.disburse", deed, body=_sent())


@routes.post(
    "/loans/disbursements/file",
    command="loans.disburse",
    form=NoForm,
    answers=Disbursed,
    status=201,
    keyed=True,
)
def disburse_file(_form: dict[str, Any]) -> dict[str, Any]:
    """放款清单文件。The same from a file."""
    file = _read(files.read_disbursements)
    return do_once("loans.disburse", deeds.disburse(file.taken()), body=[file.sha256])


@routes.post(
    "/loans/repayments",
    command="loans.repay",
    body=Payments,
    answers=Repaid,
    status=201,
    keyed=True,
)
def repay(asked: dict[str, Any]) -> dict[str, Any]:
    """还款（一份清单全部成功或全部不办）。Take payments in, all rows or none."""
    deed = deeds.repay([loans.Payment(**row) for row in asked["rows"]])
    return do_once("loans.repay", deed, body=_sent())


@routes.post(
    "/loans/repayments/file",
    command="loans.repay",
    form=NoForm,
    answers=Repaid,
    status=201,
    keyed=True,
)
def repay_file(_form: dict[str, Any]) -> dict[str, Any]:
    """还款清单文件。The same from a file."""
    file = _read(files.read_repayments)
    return do_once("loans.repay", deeds.repay(file.taken()), body=[file.sha256])


@routes.post(
    "/loans/disbursements/<slip_number>/reversal",
    command="loans.reverse",
    body=Reason,
    answers=Reversed,
    status=201,
    keyed=True,
)
def reverse(asked: dict[str, Any], slip_number: str) -> dict[str, Any]:
    """冲正一笔放款。Undo a disbursement that nothing has followed."""
    deed = deeds.reverse(slip_number, asked["reason"])
    return do_once("loans.reverse", deed, body=[slip_number, _sent()])


@routes.get("/loans", command="loans.read", query=LoansQuery, answers=paging.page_of(LoanRow))
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """贷款清单。Loans, a page at a time."""
    limit = query["limit"]
    with reading() as session:
        found = queries.listed(
            session,
            by=actor(),
            open_day=ledger.open_day(session),
            wanted=_filter(query),
            after_id=paging.after(query.get("cursor")),
            limit=limit + 1,
        )
    last = found[limit - 1].id if len(found) > limit else None
    return paging.page(found, limit, last)


@routes.get("/loans/<number>", command="loans.read", answers=LoanAnswer)
def one(number: str) -> dict[str, Any]:
    """一笔贷款：经过、应还、余额。One loan with its time line and dues."""
    with reading() as session:
        found = _page(session, number)
        return {name: getattr(found, name) for name in LoanAnswer().fields}


@routes.get("/loans/<number>/schedule", command="loans.read", answers=ScheduleRow(many=True))
def schedule(number: str) -> list[dict[str, Any]]:
    """还款计划。The plan of a loan."""
    with reading() as session:
        return [dict(as_data(row)) for row in _page(session, number).schedule]


def _page(session: Session, number: str) -> LoanPage:
    return loan_page(session, number=number, by=actor(), open_day=ledger.open_day(session))


def _filter(query: dict[str, Any]) -> Filter:
    region = query.get("region")
    return Filter(
        region_digits=scope_digits(region) if region else "",
        text=query["q"],
        state=query["state"],
        overdue_only=query["overdue"],
        mode=query["mode"],
    )


def _read(reader: Any) -> SheetFile[Any]:
    with uploads.received() as upload:
        found: SheetFile[Any] = reader(upload.path, name=upload.name)
    return found


def _sent() -> Any:
    """The body as it came: what makes two requests the same."""
    return request.get_json()
