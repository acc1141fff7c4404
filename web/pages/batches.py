"""批量办理: a file of ratings, applications, disbursements or repayments, checked, then booked.

A file is handed in twice over: first it is read and its control totals are shown, to be compared
with the paper; then the very same content, kept sealed under its hash, is booked in one unit of
work. Whoever confirms confirms what was shown, and a second click does nothing more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import credit
import ledger
import organisations
from kernel import attachments
from kernel.money import format_yuan, parse_rate, typed_yuan
from kernel.refusals import NotFound, Refusal
from loans import files, queries
from loans.forms import FORMS, METHOD_TITLES
from loans.refusals import SheetRefused
from office import rights
from organisations import Kind, Organisation
from web import deeds, exports, scope, uploads
from web.access import needs
from web.api.decisions import scheme_named
from web.context import actor, house, once, reading
from web.deeds import Deed
from web.fields import row_id
from web.pages import forms
from web.words import t

blueprint = Blueprint("batches", __name__, url_prefix="/batches")

_FILE: Final = "batch-file"
#: faults listed on the page
_FAULTS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read: what a person compares with the paper, and how it is booked."""

    rows: int
    total: str | None
    sha256: str
    #: those that are listed, and how many there are in all
    faults: list[dict[str, object]]
    faults_count: int
    unknown: list[str]
    deed: Deed | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A kind of file."""

    kind: str
    title: str
    hint: str
    command: str
    read: Callable[[Path, str, Mapping[str, str]], Read]
    #: what is said when it is booked
    done: Callable[[dict[str, Any]], str]
    #: what is asked beside the file
    beside: tuple[str, ...] = ()


@blueprint.get("")
@needs("loans.apply")
def overview() -> ResponseReturnValue:
    """All kinds of files, and the sheets that wait for their contracts."""
    with reading() as session:
        sheets = queries.sheets(session, by=actor())
    return forms.page(
        "batches.html",
        batches=[batch for batch in BATCHES.values() if rights.may(actor(), batch.command)],
        sheets=sheets,
        request_key=forms.new_key(),
    )


@blueprint.post("/contracts")
@needs("loans.sign")
def sign() -> ResponseReturnValue:
    """Sign the contracts of an approved sheet."""
    sheet_id = row_id(request.form.get("sheet_id"))

    def act() -> ResponseReturnValue:
        answer = once("loans.sign", deeds.sign(sheet_id), key=forms.sent_key(), body=[sheet_id])
        flash(t("已签订合同{count}份", count=len(answer["contracts"])))
        return redirect(url_for("batches.sheet", sheet_id=sheet_id))

    def again(refused: Refusal) -> ResponseReturnValue:
        with reading() as session:
            sheets = queries.sheets(session, by=actor())
        batches = [batch for batch in BATCHES.values() if rights.may(actor(), batch.command)]
        return forms.page(
            "batches.html", refused, batches=batches, sheets=sheets, request_key=forms.new_key()
        )

    return forms.attempt(act, again)


@blueprint.get("/sheets/<int:sheet_id>")
@needs("loans.read")
def sheet(sheet_id: int) -> ResponseReturnValue:
    """The contracts of a sheet, as a list to pay out by."""
    return _sheet(sheet_id)


@blueprint.post("/sheets/<int:sheet_id>/drop")
@needs("loans.sign")
def drop(sheet_id: int) -> ResponseReturnValue:
    """Drop an approved sheet of which nothing was signed."""

    def act() -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        deed = deeds.drop_sheet(sheet_id, reason)
        once("loans.sign", deed, key=forms.sent_key(), body=["drop", sheet_id, reason])
        flash(t("清单已撤销"))
        return redirect(url_for("batches.sheet", sheet_id=sheet_id))

    return forms.attempt(act, lambda refused: _sheet(sheet_id, refused))


def _sheet(sheet_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading() as session:
        every = queries.sheets(session, by=actor(), limit=10_000)
        line = next((one for one in every if one.id == sheet_id), None)
        if line is None:
            raise NotFound(field="sheet_id", what="申请清单")
        contracts = queries.contracts_of_sheet(session, sheet_id)
    may_drop = line.state == "approved" and rights.may(actor(), "loans.sign")
    return forms.page(
        "sheet.html", refused, line=line, sheet_id=sheet_id, contracts=contracts,
        may_drop=may_drop, sent=forms.entries(), request_key=forms.kept_key(),
    )  # fmt: skip


@blueprint.get("/sheets/<int:sheet_id>/disbursements.xlsx")
@needs("loans.read")
def sheet_to_pay(sheet_id: int) -> ResponseReturnValue:
    """A list of disbursements with the contracts of a sheet filled in; vouchers are to be added."""
    with reading() as session:
        seen = {line.id for line in queries.sheets(session, by=actor(), limit=10_000)}
        contracts = queries.contracts_of_sheet(session, sheet_id) if sheet_id in seen else []
    form = FORMS["disbursements"]
    rows = [(number, format_yuan(fen), "转账", "") for number, fen in contracts]
    titles = [column.title for column in form.columns]
    return exports.send_table(form.title, titles, rows, "xlsx")


def _register(batch: Batch) -> None:
    """The routes of one kind; each is its own command."""

    @needs(batch.command)
    def form() -> ResponseReturnValue:
        return _form(batch)

    @needs(batch.command)
    def check() -> ResponseReturnValue:
        return forms.attempt(lambda: _checked(batch), lambda refused: _form(batch, refused))

    @needs(batch.command)
    def book() -> ResponseReturnValue:
        return forms.attempt(lambda: _booked(batch), lambda refused: _form(batch, refused))

    @needs(batch.command)
    def template() -> ResponseReturnValue:
        return _template(batch)

    for method, path, name, view in (
        ("GET", "", "form", form),
        ("POST", "", "check", check),
        ("POST", "/book", "book", book),
        ("GET", "/template.xlsx", "template", template),
    ):
        endpoint = f"{batch.kind}_{name}"
        rule = f"/{batch.kind}{path}"
        blueprint.add_url_rule(rule, endpoint, view, methods=[method])


def _form(batch: Batch, refused: Refusal | None = None) -> ResponseReturnValue:
    rows = refused.rows[:_FAULTS_MAX] if isinstance(refused, SheetRefused) else []
    return forms.page(
        "batch.html",
        refused,
        batch=batch,
        lenders=_lenders(),
        methods=METHOD_TITLES,
        read=None,
        rows=rows,
        chosen=dict(request.form),
        ticket="",
    )


def _checked(batch: Batch) -> ResponseReturnValue:
    with uploads.received() as upload:
        read = batch.read(upload.path, upload.name, request.form)
        name, content = upload.name, upload.path.read_bytes()
    ticket = ""
    if not read.faults:
        with house().books.write(batch.command, by=actor(), reason=name) as session:
            number = attachments.keep(session, house().keyring, name=name, content=content)
        ticket = uploads.ticket(_FILE, number)
    return forms.page(
        "batch.html",
        batch=batch,
        lenders=_lenders(),
        methods=METHOD_TITLES,
        read=read,
        rows=[],
        name=name,
        chosen=dict(request.form),
        ticket=ticket,
        request_key=forms.new_key(),
    )


def _booked(batch: Batch) -> ResponseReturnValue:
    number = uploads.redeem(_FILE, request.form.get("ticket", ""))
    with reading() as session:
        name, content = attachments.content_of(session, house().keyring, number)
    with tempfile.TemporaryDirectory(prefix="fupin-") as folder:
        path = Path(folder) / f"file{Path(name).suffix}"
        path.write_bytes(content)
        read = batch.read(path, name, request.form)
    assert read.deed is not None
    beside = ("lender_id", "scheme", *batch.beside)
    body = [read.sha256, *(request.form.get(name, "") for name in dict.fromkeys(beside))]
    answer = once(batch.command, read.deed, key=forms.sent_key(), body=body)
    flash(batch.done(answer))
    return redirect(url_for("batches.overview"))


def _template(batch: Batch) -> ResponseReturnValue:
    with tempfile.TemporaryFile() as file:
        if batch.kind == "ratings":
            with reading() as session:
                credit.write_template(
                    session,
                    file,
                    scheme=scheme_named(request.args.get("scheme", "hunan-433")),
                    on=ledger.open_day(session),
                    region_digits=scope.own_digits(session, actor()),
                )
        else:
            files.write_template(file, FORMS[batch.kind])
        file.seek(0)
        return exports.send_workbook(f"{batch.title}模板.xlsx", file.read())


def _lenders() -> list[Organisation]:
    """Lenders this person may act for."""
    by = actor()
    with reading() as session:
        found = organisations.listed(
            session, region_digits=scope.own_digits(session, by)[:4], kind=Kind.LENDER
        )
        return [one for one in found if rights.sees(by, institution_id=one.id)]


def _read_ratings(path: Path, name: str, form: Mapping[str, str]) -> Read:
    scheme = scheme_named(form.get("scheme", "hunan-433"))
    with reading() as session:
        file = credit.read_file(
            session, path, scheme=scheme, name=name, on=ledger.open_day(session), by=actor()
        )
    return Read(
        rows=file.rows,
        total=None,
        sha256=uploads.Upload(path, name).sha256(),
        faults=[fault.as_dict() for fault in file.faults[:_FAULTS_MAX]],
        faults_count=len(file.faults),
        unknown=[],
        deed=deeds.rate(scheme, file, accept_good=False),
    )


def _read_applications(path: Path, name: str, form: Mapping[str, str]) -> Read:
    lender_id = row_id(form.get("lender_id"))
    return _read(files.read_applications(path, name=name), lambda f: deeds.apply(lender_id, f))


def _read_list(path: Path, name: str, form: Mapping[str, str]) -> Read:
    """What an organisation asks for, and the households it asks for."""
    lender_id = row_id(form.get("lender_id"))
    method = form.get("method", "")
    header: dict[str, Any] = {
        "organisation_code": form.get("organisation_code", "").strip()[:18],
        "amount_fen": typed_yuan(form.get("amount", ""), field="amount"),
        "term_months": row_id(form.get("term_months")),
        "annual_rate_ppm": parse_rate(form.get("annual_rate", ""), field="annual_rate"),
        "purpose": form.get("purpose", "")[:100],
        "method": method if method in METHOD_TITLES else "interest-only",
        "exception_reason": form.get("exception_reason", "")[:100],
    }
    file = files.read_shares(path, name=name)
    return _read(
        file, lambda _shares: deeds.apply(lender_id, [files.asked_for_list(file, **header)])
    )


def _read_disbursements(path: Path, name: str, _form: Mapping[str, str]) -> Read:
    return _read(files.read_disbursements(path, name=name), deeds.disburse)


def _read_repayments(path: Path, name: str, _form: Mapping[str, str]) -> Read:
    return _read(files.read_repayments(path, name=name), deeds.repay)


def _read(file: files.SheetFile[Any], deed: Callable[[Any], Deed]) -> Read:
    return Read(
        rows=file.count,
        total=format_yuan(file.total_fen),
        sha256=file.sha256,
        faults=[fault.as_dict() for fault in file.faults[:_FAULTS_MAX]],
        faults_count=len(file.faults),
        unknown=file.unknown,
        deed=None if file.faults else deed(file.taken()),
    )


BATCHES: Final = {
    batch.kind: batch
    for batch in (
        Batch(
            "ratings",
            "评级授信",
            "模板已列出本辖区在册户，能由名册答出的项目已填好。",
            "credit.propose",
            _read_ratings,
            lambda answer: t("已提交评级表{count}张，待复核", count=len(answer["sheets"])),
        ),
        Batch(
            "applications",
            "贷款申请",
            "一份清单一次送审；有一笔不合规则，全部不受理。",
            "loans.apply",
            _read_applications,
            lambda answer: t(
                "已受理{count}笔，合计{total}元，待主任审批",
                count=answer["applications"],
                total=answer["total"],
            ),
            ("lender_id",),
        ),
        Batch(
            "shares",
            "统贷统还申请",
            "单位为分户清单上的各户借款；各户份额合计须等于贷款金额。",
            "loans.apply",
            _read_list,
            lambda answer: t("已受理统贷统还申请{total}元，待主任审批", total=answer["total"]),
            (
                "lender_id",
                "organisation_code",
                "amount",
                "term_months",
                "annual_rate",
                "purpose",
                "method",
                "exception_reason",
            ),
        ),
        Batch(
            "disbursements",
            "放款",
            "每笔须有凭证号；全部成功或全部不办。",
            "loans.disburse",
            _read_disbursements,
            lambda answer: t(
                "已放款{count}笔，合计{total}元", count=answer["count"], total=answer["total"]
            ),
        ),
        Batch(
            "repayments",
            "还款",
            "每笔须有凭证号；全部成功或全部不办。",
            "loans.repay",
            _read_repayments,
            lambda answer: t(
                "已入账还款{count}笔，合计{total}元", count=answer["count"], total=answer["total"]
            ),
        ),
    )
}

for _batch in BATCHES.values():
    _register(_batch)
