"""What pages and API both do with the file behind a loan: read it, add to it, ask the queue.

Each deed is one unit of work with a plain answer, as in ``web.deeds``. Rules of papers and
deadlines of the day come from the house and arrive below as arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

import ledger
import loans
from kernel import attachments
from kernel.refusals import NotFound
from kernel.regions import scope_digits
from loans.dossier import page, queue, scans
from loans.dossier.kinds import Asked, Deadlines
from loans.dossier.queue import Mark, QueueLine
from loans.dossier.scans import SCAN_MAX_MB, Scan
from web import scope
from web.context import actor, house
from web.deeds import Deed, deed
from web.uploads import clean_name

#: one more byte than a scan may have tells that it is too large
_READ_MAX = SCAN_MAX_MB * 1024 * 1024 + 1


def deadlines(session: Session) -> Deadlines:
    """As the conduct rules of the open day give them."""
    on, region = ledger.open_day(session), ledger.books(session).region_code
    return Deadlines.of(house().rulebook.conduct(on=on, region=region))


def sent_scan(field: str = "file") -> Scan | None:
    """The scan of this request, if there is one."""
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    return Scan(clean_name(file.filename), file.stream.read(_READ_MAX))


def asked(session: Session, *, region: str = "", text: str = "") -> Asked:
    """The queue of whoever asks, narrowed."""
    if region:
        house().regions.get(region)
    own = scope.own_digits(session, actor())
    return Asked(
        by=actor(),
        on=ledger.open_day(session),
        deadlines=deadlines(session),
        papers=house().papers,
        region_digits=max(own, scope_digits(region), key=len) if region else own,
        text=text[:40],
    )


def lines(
    session: Session, kind: str, wanted: Asked, *, after: Mark | None, limit: int
) -> tuple[Sequence[QueueLine], Mark | None]:
    """A page of a list, and the mark behind which the next one begins."""
    found = queue.listed(session, kind, wanted, after=after, limit=limit + 1)
    return found[:limit], found[limit - 1].mark if len(found) > limit else None


def file_of(session: Session, number: str) -> page.Dossier:
    """The file of a contract that this visitor may see."""
    return page.dossier_of(
        session,
        number=number,
        rules=house().papers,
        deadlines=deadlines(session),
        by=actor(),
        on=ledger.open_day(session),
    )


def application_of(session: Session, application_id: int) -> page.ApplicationFile:
    """The file of an application that this visitor may see."""
    return page.application_file(
        session, application_id=application_id, rules=house().papers, by=actor()
    )


def send_scan(session: Session, application_id: int, attachment_id: int) -> Response:
    """A scan of a file, to be kept and not shown as a page of ours."""
    if not page.attachment_belongs(
        session, application_id=application_id, attachment_id=attachment_id
    ):
        raise NotFound(field="attachment_id", what="附件")
    name, content = attachments.content_of(session, house().keyring, attachment_id)
    response = Response(content, mimetype=scans.media_type(content))
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


# --- deeds ----------------------------------------------------------------------------------------


def note_paper(
    noted: loans.PaperNoted, *, number: str | None = None, application_id: int | None = None
) -> Deed:
    """Put a paper on file, or find it missing."""
    by, here = actor(), house()
    verb = partial(
        loans.note_paper,
        noted=noted,
        rules=here.papers,
        keyring=here.keyring,
        number=number,
        application_id=application_id,
    )
    return deed("id", by, verb)


def make_check(number: str, made: loans.CheckMade) -> Deed:
    """Record a check after lending."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        row = loans.make_check(
            session,
            made,
            number=number,
            every_months=deadlines(session).check_every_months,
            keyring=here.keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {"id": row.id, "next_due_on": row.next_due_on.isoformat()}

    return work


def make_contact(number: str, made: loans.ContactMade) -> Deed:
    """Record a step of collection."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        row = loans.make_contact(
            session,
            made,
            number=number,
            keyring=here.keyring,
            on=ledger.open_day(session),
            by=by,
        )
        return {"id": row.id, "notice_number": row.notice_number}

    return work


def tell_life(number: str, told: loans.LifeTold) -> Deed:
    """Record what became of the borrower."""
    by, here = actor(), house()
    return deed("id", by, partial(loans.tell_life, told=told, number=number, keyring=here.keyring))


def propose_way(number: str, wanted: loans.WayProposed) -> Deed:
    """Propose how the loan shall end."""
    by = actor()
    return deed("id", by, partial(loans.propose_way, proposed=wanted, number=number))
