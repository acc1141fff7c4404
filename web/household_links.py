"""What links a household with enterprises: its stakes, its dividends, each payment of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from enterprises import payment
from enterprises.asked import FORMS, SOURCES
from enterprises.dividends import reading
from enterprises.dividends.household import HouseholdPayment, payments_of
from enterprises.dividends.reading import RowTold
from enterprises.models import Agreement, AgreementHousehold, DividendRound
from enterprises.queries import links_of_household
from households.families import with_merged
from kernel.actor import Actor
from kernel.vault import Keyring
from office import rights
from organisations import Organisation

READ: Final = "enterprises.read"
#: what a page calls forms of agreements, sources of stakes, and reasons of the bank
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "forms": FORMS,
    "sources": SOURCES,
    "reasons": {code: zh for code, (zh, _en) in payment.REASONS.items()},
}


@dataclass(frozen=True, slots=True)
class Link:
    """A stake of the household in an agreement."""

    stake: AgreementHousehold
    agreement: Agreement
    organisation: Organisation
    #: contract behind the stake; empty where none
    loan_number: str
    left_on: date | None

    def stands(self, on: date) -> bool:
        """Whether it holds on a day."""
        ended = self.left_on is not None and self.left_on <= on
        return self.stake.from_on <= on < self.agreement.to_on and not ended


@dataclass(frozen=True, slots=True)
class Dividend:
    """What a round brings the household, and every attempt to pay it."""

    told: RowTold
    round: DividendRound
    agreement: Agreement
    organisation: str
    payments: list[HouseholdPayment]

    @property
    def paid_fen(self) -> int:
        """What the bank has paid of it."""
        return sum(one.amount_fen for one in self.payments if one.result == "paid")


@dataclass(frozen=True, slots=True)
class Linked:
    """All of it."""

    links: list[Link]
    dividends: list[Dividend]

    @property
    def paid_fen(self) -> int:
        """All cash that came, ever."""
        return sum(one.paid_fen for one in self.dividends)

    @property
    def reinvested_fen(self) -> int:
        """Stakes out of dividends that were not paid out."""
        return sum(one.told.row.reinvested_fen for one in self.dividends)


def linked(
    session: Session, household_id: int, *, on: date, by: Actor, keyring: Keyring
) -> Linked | None:
    """The links of a household and of those merged into it; None for who may not know."""
    if not rights.may(by, READ):
        return None
    ids = with_merged(session, household_id)
    links = [
        Link(row[0], row[4], row[5], row[2] or "", row[3])
        for one in ids
        for row in links_of_household(session, one)
    ]
    tries: dict[tuple[int, int], list[HouseholdPayment]] = {}
    for one_try in payments_of(session, ids, keyring=keyring):
        tries.setdefault((one_try.round_id, one_try.household_id), []).append(one_try)
    names = {link.agreement.id: link.organisation.name for link in links}
    rows = [row for one in ids for row in reading.household_rows(session, one, on=on, by=by)]
    return Linked(links, [_dividend(session, row, names, tries) for row in rows])


def _dividend(
    session: Session,
    told: RowTold,
    names: Mapping[int, str],
    tries: Mapping[tuple[int, int], list[HouseholdPayment]],
) -> Dividend:
    found = session.get_one(DividendRound, told.row.round_id)
    agreement = session.get_one(Agreement, found.agreement_id)
    name = names.get(agreement.id) or session.get_one(Organisation, agreement.organisation_id).name
    payments = tries.get((found.id, told.row.household_id), [])
    return Dividend(told, found, agreement, name, payments)
