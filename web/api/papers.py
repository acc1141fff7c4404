"""Papers of a loan over the API, as PDF."""

from __future__ import annotations

from flask import Response

from web.api.routes import Routes
from web.context import actor, house
from web.papers.answering import send
from web.papers.printing import make

routes = Routes("papers", "单据 · contracts, slips, notices, certificates, statements as PDF")


@routes.get("/loans/<number>/papers/contract.pdf", command="loans.print", media="application/pdf")
def contract(number: str) -> Response:
    """借款合同。The contract, with the whole identity number; the printing is recorded."""
    return send(make(house(), "contract", number, by=actor()))


@routes.get("/loans/papers/slips/<slip_number>.pdf", command="loans.print", media="application/pdf")
def slip(slip_number: str) -> Response:
    """借据。The slip of one disbursement, with the whole number; the printing is recorded."""
    return send(make(house(), "slip", slip_number, by=actor()))


@routes.get("/loans/<number>/papers/interest.pdf", command="loans.read", media="application/pdf")
def interest(number: str) -> Response:
    """利息计算单。Every settlement, to be reckoned again with a pocket calculator."""
    return send(make(house(), "interest", number, by=actor()))


@routes.get("/loans/<number>/papers/notice.pdf", command="loans.read", media="application/pdf")
def notice(number: str) -> Response:
    """逾期贷款催收通知书。What is past due, with a receipt to sign."""
    return send(make(house(), "notice", number, by=actor()))


@routes.get("/loans/<number>/papers/settled.pdf", command="loans.read", media="application/pdf")
def settled(number: str) -> Response:
    """贷款结清证明。That nothing is owed any more."""
    return send(make(house(), "settled", number, by=actor()))
