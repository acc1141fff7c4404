"""Printing a paper with a whole identity number is itself recorded: who, when, what it said."""

from __future__ import annotations

from loans.documents.contract import ContractPaper, contract
from loans.documents.digest import digest_of
from loans.documents.parties import Desk, find
from loans.documents.slip import SlipPaper, slip
from loans.models.papers import PrintedPaper


def print_contract(desk: Desk, number: str) -> ContractPaper:
    """A contract, and the record that it was printed."""
    paper = contract(desk, number)
    _record(desk, paper, "contract", "")
    return paper


def print_slip(desk: Desk, slip_number: str) -> SlipPaper:
    """A slip, and the record that it was printed."""
    paper = slip(desk, slip_number)
    _record(desk, paper, "slip", slip_number)
    return paper


def _record(desk: Desk, paper: ContractPaper | SlipPaper, kind: str, slip_number: str) -> None:
    _line, loan = find(desk, paper.loan.number)
    desk.session.add(
        PrintedPaper(
            loan_id=loan.id,
            kind=kind,
            slip_number=slip_number,
            printed_on=desk.on,
            digest=digest_of(paper),
        )
    )
    desk.session.flush()
