"""Need: a round asks every household; what it answered is recorded, and the last answer holds.

A round is opened by the poverty office. Answers come singly or by the sheet; whoever needs no loan,
or may have none, is told why. The lead bank (主责任银行) of a township gets its list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from households import queries
from households.models.families import LeadBank, NeedAnswer, NeedRound
from households.need.refusals import (
    LeadBankNotTownship,
    LeadBankUnchanged,
    NeedAmountUnfit,
    NeedAnswerUnknown,
    NeedOutsideRound,
    NeedReasonMissing,
    NeedRoundDaysUnfit,
    NeedRoundTaken,
)
from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.regions import TOWNSHIP, level
from office import rights

WANTS, NO_NEED, NOT_ELIGIBLE = "wants", "no_need", "not_eligible"
#: answer -> its name
ANSWER_TITLES: Final = {WANTS: "有需求", NO_NEED: "无需求", NOT_ELIGIBLE: "不符合"}
COMMAND: Final = "households.need"
ROUND: Final = "households.need_round"


@dataclass(frozen=True, slots=True)
class Need:
    """What a household answers."""

    household_id: int
    answer: str
    answered_on: date
    reason: str = ""
    amount_fen: int | None = None
    purpose: str = ""


def open_round(
    session: Session,
    *,
    number: str,
    from_on: date,
    to_on: date,
    document: str = "",
    on: date,
    by: Actor,
) -> int:
    """Order a round; its id."""
    rights.allow(by, ROUND)
    ledger.require_bookable(session, on)
    if from_on >= to_on:
        raise NeedRoundDaysUnfit(field="to_on", from_on=from_on, to_on=to_on)
    number = number.strip()
    row = NeedRound(
        number=number, from_on=from_on, to_on=to_on, document=document.strip(), booked_on=on
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise NeedRoundTaken(field="number", number=number) from error
    return row.id


def round_of(session: Session, number: str) -> NeedRound:
    """A round by its number."""
    row = session.scalar(select(NeedRound).where(NeedRound.number == number.strip()))
    if row is None:
        raise NotFound(field="round", what="需求摸排轮次")
    return row


def answer(session: Session, *, number: str, need: Need, on: date, by: Actor) -> int:
    """Record one household's answer in a round; its id."""
    household = queries.get(session, need.household_id, digits=by.region_scope)
    rights.allow(by, COMMAND, region=household.village_code)
    ledger.require_bookable(session, on)
    one = round_of(session, number)
    check(need, one, on)
    row = NeedAnswer(**_row(need, one, on))
    session.add(row)
    session.flush()
    return row.id


def record(session: Session, *, number: str, needs: Sequence[Need], on: date, by: Actor) -> int:
    """Record a sheet's answers, which were read in the actor's scope; how many."""
    rights.allow(by, COMMAND)
    ledger.require_bookable(session, on)
    one = round_of(session, number)
    for need in needs:
        check(need, one, on)
    if needs:
        session.execute(insert(NeedAnswer), [_row(need, one, on) for need in needs])
    return len(needs)


def check(need: Need, one: NeedRound, on: date) -> None:
    """The rules of an answer."""
    if need.answer not in ANSWER_TITLES:
        choices = "、".join(ANSWER_TITLES.values())
        raise NeedAnswerUnknown(field="answer", answer=need.answer[:20], choices=choices)
    if need.answer != WANTS and not need.reason.strip():
        raise NeedReasonMissing(field="reason", answer=ANSWER_TITLES[need.answer])
    if need.amount_fen is not None and (need.answer != WANTS or need.amount_fen <= 0):
        raise NeedAmountUnfit(field="amount")
    if not one.from_on <= need.answered_on < one.to_on or need.answered_on > on:
        raise NeedOutsideRound(
            field="answered_on",
            day=need.answered_on,
            number=one.number,
            from_on=one.from_on,
            to_on=one.to_on,
        )


def name_lead_bank(
    session: Session,
    *,
    township_code: str,
    lender_id: int,
    from_on: date,
    document: str = "",
    on: date,
    by: Actor,
) -> int:
    """Name the lender that answers for a township from a day on; the id of the row.

    That it lends and is in business is asked by whoever knows organisations
    (``loans.unmet_need``).
    """
    rights.allow(by, ROUND, region=township_code)
    ledger.require_bookable(session, on)
    if level(township_code) != TOWNSHIP:
        raise LeadBankNotTownship(field="township", region=township_code)
    row = LeadBank(
        township_code=township_code,
        lender_id=lender_id,
        from_on=from_on,
        document=document.strip(),
        booked_on=on,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise LeadBankUnchanged(field="from_on", from_on=from_on) from error
    return row.id


def _row(need: Need, one: NeedRound, on: date) -> dict[str, object]:
    return {
        "round_id": one.id,
        "household_id": need.household_id,
        "answer": need.answer,
        "reason": need.reason.strip(),
        "amount_fen": need.amount_fen,
        "purpose": need.purpose.strip(),
        "answered_on": need.answered_on,
        "booked_on": on,
    }
