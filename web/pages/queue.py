"""工作台: what of the loans' files is due today, counted by kind, and the list of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from loans.dossier import queue
from loans.dossier.forms import LIFE_TITLES, USE_FOUND_TITLES, WAY_TITLES
from loans.dossier.kinds import KIND_TITLES, Asked
from loans.dossier.queue import Mark, QueueLine
from loans.dossier.refusals import QueueUnknown
from office import approvals, rights
from web import dossier, exports, scope
from web.access import needs
from web.context import actor, house, reading
from web.pages import forms
from web.words import language, t

blueprint = Blueprint("queue", __name__)

PAGE: Final = 50
_LOT: Final = 500
_MARK: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,15})", re.ASCII)

#: what the day of a line is called
DAY_TITLES: Final[Mapping[str, str]] = {
    "maturing": "到期日",
    "uncollected": "逾期起始日",
    "promises": "承诺日",
    "misuse": "检查日",
    "life": "发生日",
    "checks": "应检查日",
    "papers": "签订日",
    "applications": "申请日",
}
#: what the amount of a line is called
AMOUNT_TITLES: Final[Mapping[str, str]] = {
    "maturing": "贷款余额",
    "uncollected": "逾期金额",
    "promises": "承诺金额",
    "misuse": "挪用金额",
    "life": "贷款余额",
    "checks": "贷款余额",
    "papers": "贷款余额",
    "applications": "申请金额",
}
#: what clears a line
HINTS: Final[Mapping[str, str]] = {
    "maturing": "登记到期去向及办理日后消除",
    "uncollected": "登记催收后消除",
    "promises": "登记下一次催收后消除",
    "misuse": "办理挪用变更，或复查用途相符后消除",
    "life": "登记到期去向后消除",
    "checks": "登记贷后检查后消除",
    "papers": "资料归档后消除",
    "applications": "资料归档后消除",
}


@blueprint.get("/queue")
@needs("loans.read")
def overview() -> ResponseReturnValue:
    """How much of each kind waits."""
    region = request.args.get("region", "")
    with reading() as session:
        asked = dossier.asked(session, region=region)
        counts = queue.counts(session, asked)
        places = house().regions.children(scope.own_region(session, actor()))
        proposals = (
            len(approvals.waiting(session, actor()))
            if rights.may(actor(), "proposals.decide")
            else None
        )
    return forms.page(
        "queue.html",
        kinds=[(kind, title, HINTS[kind], counts[kind]) for kind, title in KIND_TITLES.items()],
        proposals=proposals,
        places=[(place.code, place.name) for place in places],
        region=region,
        on=asked.on,
    )


@blueprint.get("/queue/<kind>")
@needs("loans.read")
def listed(kind: str) -> ResponseReturnValue:
    """The lines of a kind, the oldest first."""
    _known(kind)
    after = _mark(request.args.get("after", ""))
    with reading() as session:
        asked = _asked(session)
        rows, following = dossier.lines(session, kind, asked, after=after, limit=PAGE)
        total = queue.count(session, kind, asked)
        places = house().regions.children(scope.own_region(session, actor()))
    return forms.page(
        "queue_list.html",
        kind=kind,
        title=KIND_TITLES[kind],
        hint=HINTS[kind],
        day_title=DAY_TITLES[kind],
        amount_title=AMOUNT_TITLES[kind],
        rows=[
            (row, house().regions.full_name(row.village_code, below=3), said(row)) for row in rows
        ],
        total=total,
        on=asked.on,
        following=None if following is None else f"{following.due_on}.{following.id}",
        first=after is None,
        places=[(place.code, place.name) for place in places],
        asked=_sent(),
    )


@blueprint.get("/queue/<kind>.<any(xlsx, csv):form>")
@needs("exports.read")
def exported(kind: str, form: str) -> ResponseReturnValue:
    """The same list as a file."""
    _known(kind)
    titles = [
        t(title)
        for title in (
            "合同号", "户编号", "借款人", "乡镇村", "机构", DAY_TITLES[kind], "情况",
            AMOUNT_TITLES[kind], "贷款余额", "到期日",
        )
    ]  # fmt: skip
    with reading() as session:
        rows = (_cells(row) for row in _all(session, kind, _asked(session)))
        return exports.send_table(t(KIND_TITLES[kind]), titles, rows, form)


def said(row: QueueLine) -> str:
    """What stands behind a line, in words."""
    if row.papers:
        return _papers(row.papers)
    known: dict[str, str] = {**USE_FOUND_TITLES, **LIFE_TITLES, **WAY_TITLES}
    return t(known[row.detail]) if row.detail else ""


def _papers(codes: Any) -> str:
    """Names of missing papers; a code that several lists hold has the first one's name."""
    names: dict[str, str] = {}
    for one in house().papers.lists.values():
        for paper in one.papers:
            names.setdefault(paper.code, paper.zh if language() == "zh" else paper.en)
    return ("、" if language() == "zh" else ", ").join(names[code] for code in codes)


def _known(kind: str) -> None:
    if kind not in KIND_TITLES:
        raise QueueUnknown(field="kind", kind=kind[:40])


def _mark(text: str) -> Mark | None:
    found = _MARK.fullmatch(text)
    try:
        return Mark(date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _sent() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "region")}


def _asked(session: Session) -> Asked:
    sent = _sent()
    return dossier.asked(session, region=sent["region"], text=sent["q"])


def _all(session: Session, kind: str, asked: Asked) -> Iterator[QueueLine]:
    mark: Mark | None = None
    while True:
        rows, mark = dossier.lines(session, kind, asked, after=mark, limit=_LOT)
        yield from rows
        if mark is None:
            return


def _cells(row: QueueLine) -> list[object]:
    return [
        row.number,
        row.household_number,
        row.borrower,
        house().regions.full_name(row.village_code, below=3),
        row.lender,
        row.due_on.isoformat(),
        said(row),
        exports.amount(row.amount_fen),
        exports.amount(row.outstanding_fen),
        row.matures_on.isoformat() if row.matures_on else "",
    ]
