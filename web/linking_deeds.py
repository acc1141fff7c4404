"""What pages and API do with enterprises and agreements: each deed one unit of work, plainly told.

Recognition, counter-securities, chains, frameworks, agreements and their lists, unwinding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import enterprises
import ledger
from config.wiring import House
from enterprises import Asked, Chain, File, Framework, Pledge, Stake, Wish, unwinding
from enterprises.writing import TYPED
from kernel.actor import Actor
from policy import ConductRules
from web.context import actor, house
from web.deeds import Deed


@dataclass(frozen=True, slots=True)
class Acting:
    """A deed under way: where, on which day, by whom."""

    session: Session
    here: House
    on: date
    by: Actor

    @property
    def plainly(self) -> dict[str, Any]:
        """What every verb takes."""
        return {"on": self.on, "by": self.by}

    def conduct(self, on: date | None = None) -> ConductRules:
        """The rules of a day, today's where none is named."""
        region = ledger.books(self.session).region_code
        return self.here.rulebook.conduct(on=on or self.on, region=region)


def deed(name: str, verb: Callable[[Acting], Any]) -> Deed:
    """A verb of the open day; what it answers stands under ``name``."""
    by, here = actor(), house()

    def work(session: Session) -> dict[str, Any]:
        on = ledger.open_day(session)
        return {name: verb(Acting(session, here, on, by)), "on": on.isoformat()}

    return work


# --- recognition ----------------------------------------------------------------------------------


def recognise(wish: Wish) -> Deed:
    """Put a recognition before a second person, by the rules of its first day."""
    return deed(
        "proposal_id",
        lambda one: enterprises.propose_recognition(
            one.session, wish=wish, conduct=one.conduct(wish.from_on), **one.plainly
        ),
    )


def withdraw(recognition_id: int, document_no: str, reason: str) -> Deed:
    """Take a recognition back."""

    def verb(one: Acting) -> int:
        enterprises.withdraw_recognition(
            one.session,
            recognition_id=recognition_id,
            document_no=document_no,
            reason=reason,
            **one.plainly,
        )
        return recognition_id

    return deed("recognition_id", verb)


def pledge(pledged: Pledge) -> Deed:
    """Enter a counter-security."""
    return deed(
        "security_id",
        lambda one: enterprises.pledge(one.session, pledged=pledged, **one.plainly),
    )


def release(security_id: int, document_no: str, reason: str) -> Deed:
    """Give a counter-security back."""

    def verb(one: Acting) -> int:
        enterprises.release(
            one.session,
            security_id=security_id,
            document_no=document_no,
            reason=reason,
            conduct=one.conduct(),
            **one.plainly,
        )
        return security_id

    return deed("security_id", verb)


def open_chain(chain: Chain) -> Deed:
    """Enter a chain."""
    return deed(
        "chain_id", lambda one: enterprises.open_chain(one.session, chain=chain, **one.plainly)
    )


def end_chain(chain_id: int, reason: str) -> Deed:
    """End a chain."""

    def verb(one: Acting) -> int:
        enterprises.end_chain(one.session, chain_id=chain_id, reason=reason, **one.plainly)
        return chain_id

    return deed("chain_id", verb)


def sign_framework(framework: Framework) -> Deed:
    """Enter a framework agreement."""
    return deed(
        "framework_id",
        lambda one: enterprises.sign_framework(one.session, framework=framework, **one.plainly),
    )


# --- agreements -----------------------------------------------------------------------------------


def _handed(handed: enterprises.Handed, stakes: Sequence[Stake]) -> dict[str, Any]:
    return {
        "agreement_id": handed.agreement_id,
        "list_id": handed.list_id,
        "proposal_id": handed.proposal_id,
        "rows": len(stakes),
    }


def agree(asked: Asked, stakes: Sequence[Stake], file: File = TYPED) -> Deed:
    """Hand in an agreement with its first list, by the rules of its signing day."""

    def verb(one: Acting) -> dict[str, Any]:
        handed = enterprises.propose_agreement(
            one.session,
            asked=asked,
            stakes=stakes,
            conduct=one.conduct(asked.signed_on),
            file=file,
            **one.plainly,
        )
        return _handed(handed, stakes)

    return deed("handed", verb)


def join(agreement_id: int, from_on: date, stakes: Sequence[Stake], file: File = TYPED) -> Deed:
    """Hand in a further list of an agreement."""

    def verb(one: Acting) -> dict[str, Any]:
        handed = enterprises.propose_list(
            one.session,
            agreement_id=agreement_id,
            stakes=stakes,
            from_on=from_on,
            conduct=one.conduct(),
            file=file,
            **one.plainly,
        )
        return _handed(handed, stakes)

    return deed("handed", verb)


def leave(agreement_id: int, household_number: str, from_on: date, reason: str) -> Deed:
    """A household leaves an agreement."""

    def verb(one: Acting) -> int:
        enterprises.leave(
            one.session,
            agreement_id=agreement_id,
            household_number=household_number,
            from_on=from_on,
            reason=reason,
            **one.plainly,
        )
        return agreement_id

    return deed("agreement_id", verb)


# --- unwinding ------------------------------------------------------------------------------------


def unwind(agreement_id: int, from_on: date, document_no: str, reason: str) -> Deed:
    """Put the unwinding of an agreement before a second person."""
    return deed(
        "proposal_id",
        lambda one: unwinding.propose_unwinding(
            one.session,
            agreement_id=agreement_id,
            from_on=from_on,
            document_no=document_no,
            reason=reason,
            **one.plainly,
        ),
    )


def convert(
    agreement_id: int, loan_number: str, household_number: str, document_no: str, purpose: str
) -> Deed:
    """Ask that a loan behind a stake become the household's own use."""
    return deed(
        "proposal_id",
        lambda one: unwinding.propose_conversion(
            one.session,
            agreement_id=agreement_id,
            loan_number=loan_number,
            household_number=household_number,
            document_no=document_no,
            purpose=purpose,
            **one.plainly,
        ),
    )


def end_agreement(agreement_id: int, document_no: str) -> Deed:
    """The unwinding is done."""

    def verb(one: Acting) -> int:
        unwinding.end_agreement(
            one.session, agreement_id=agreement_id, document_no=document_no, **one.plainly
        )
        return agreement_id

    return deed("agreement_id", verb)
