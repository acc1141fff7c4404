"""单据: the papers of a loan, from the card on its page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, url_for

from loans.page import LoanPage
from office import rights
from web.access import needs
from web.context import actor, house
from web.papers import PRINTED, READ
from web.papers.answering import send
from web.papers.printing import make

blueprint = Blueprint("papers", __name__)


@dataclass(frozen=True, slots=True)
class Link:
    """A paper that can be had now."""

    title: str
    #: slip number, where there may be several
    detail: str
    address: str


@blueprint.get("/loans/<number>/papers/contract.pdf")
@needs("loans.print")
def contract(number: str) -> Response:
    """The contract."""
    return send(make(house(), "contract", number, by=actor()))


@blueprint.get("/loans/papers/slips/<slip_number>.pdf")
@needs("loans.print")
def slip(slip_number: str) -> Response:
    """The slip of one disbursement."""
    return send(make(house(), "slip", slip_number, by=actor()))


@blueprint.get("/loans/<number>/papers/<any(interest, notice, settled):kind>.pdf")
@needs("loans.read")
def read(number: str, kind: str) -> Response:
    """A paper with a masked number."""
    return send(make(house(), kind, number, by=actor()))


@blueprint.app_template_global("papers_of")
def papers_of(page: LoanPage) -> list[Link]:
    """What the card on a loan's page offers this person."""
    number = page.line.number
    found: list[Link] = []
    if rights.may(actor(), "loans.print"):
        found.append(Link(PRINTED["contract"].title, "", url_for("papers.contract", number=number)))
        found += [
            Link(PRINTED["slip"].title, slip, url_for("papers.slip", slip_number=slip))
            for slip in (event.detail for event in page.events if event.kind == "disbursed")
        ]
    offered = {"interest": True, "notice": bool(page.line.overdue_fen)}
    offered["settled"] = page.line.state == "settled"
    found += [
        Link(READ[kind].title, "", url_for("papers.read", number=number, kind=kind))
        for kind, there in offered.items()
        if there
    ]
    return found
