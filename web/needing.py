"""Need for every edge: which round is asked about, its figures by township, and its deeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from households import need
from households.models.families import NeedRound
from households.need import queries
from households.need.operations import COMMAND, ROUND, Need
from households.need.queries import NeedCount
from households.need.sheets import NeedFile, record_file
from kernel.actor import Actor
from kernel.money import round_half_up
from loans import unmet_need
from organisations.models import Organisation
from web.deeds import Deed, deed

NEED: Final = COMMAND
OPEN_ROUND: Final = ROUND
#: answer -> how pages say it
ANSWERS: Final = need.ANSWER_TITLES


@dataclass(frozen=True, slots=True)
class TownshipNeed:
    """A township in a round: what was answered, and what came of it."""

    count: NeedCount
    with_loan: int
    #: the lender that answers for it; blank: nobody was named
    bank: str

    @property
    def rate_ppm(self) -> int | None:
        """应贷尽贷率; None where nobody is in need."""
        return rate_of(self.with_loan, self.count.wants)


def rate_of(with_loan: int, in_need: int) -> int | None:
    """Those in need with a loan, of all in need."""
    return round_half_up(with_loan * 1_000_000, in_need) if in_need else None


def round_asked(session: Session, text: str, on: date) -> NeedRound | None:
    """The round that is named; else the last that has begun, or the first to come."""
    every = queries.rounds(session)
    for one in every:
        if text and text in {str(one.id), one.number}:
            return one
    begun = [one for one in every if one.from_on <= on]
    return begun[0] if begun else (every[-1] if every else None)


def townships(session: Session, one: NeedRound, *, digits: str, on: date) -> list[TownshipNeed]:
    """Every township of a scope in a round."""
    lent = {
        row.township_code: row.with_loan
        for row in unmet_need.need_met(session, one.number, digits=digits, on=on)
    }
    names = bank_names(session, on)
    return [
        TownshipNeed(count, lent.get(count.township_code, 0), names.get(count.township_code, ""))
        for count in queries.counts(session, one.number, digits=digits, on=on)
    ]


def total_of(rows: Sequence[TownshipNeed]) -> TownshipNeed:
    """All of them together."""
    fields = ("households", "wants", "no_need", "not_eligible", "amount_fen")
    sums = {name: sum(getattr(row.count, name) for row in rows) for name in fields}
    return TownshipNeed(NeedCount("", **sums), sum(row.with_loan for row in rows), "")


def bank_names(session: Session, on: date) -> Mapping[str, str]:
    """Township -> name of the lender that answers for it."""
    named = queries.lead_banks(session, on=on)
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(named.values())))
    )
    names = {row.id: row.name for row in rows}
    return {code: names[lender_id] for code, lender_id in named.items()}


def open_round(by: Actor, *, number: str, from_on: date, to_on: date, document: str) -> Deed:
    """Order a round."""
    verb = partial(need.open_round, number=number, from_on=from_on, to_on=to_on, document=document)
    return deed("round_id", by, verb)


def answer(by: Actor, *, number: str, said: Need) -> Deed:
    """Record one household's answer."""
    return deed("answer_id", by, partial(need.answer, number=number, need=said))


def record(by: Actor, file: NeedFile, *, accept_good: bool) -> Deed:
    """Record a sheet that was read."""
    return deed("rows", by, partial(record_file, file=file, accept_good=accept_good))


def name_lead_bank(
    by: Actor, *, township_code: str, lender_id: int, from_on: date, document: str
) -> Deed:
    """Name the lender that answers for a township."""
    verb = partial(
        unmet_need.name_lead_bank,
        township_code=township_code,
        lender_id=lender_id,
        from_on=from_on,
        document=document,
    )
    return deed("lead_bank_id", by, verb)
