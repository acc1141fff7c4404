"""Who brings the money: the contract's payer, or whoever else is named.

A payer is named by an organisation's unified social credit code or a household's number. Payer and
borrower need not be the same: an organisation that uses the money of many households' loans repays
them all on one sheet (统还). Nothing is taken from somebody who stands in no register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from households.models import Household
from loans.models import Loan
from loans.record import lots
from loans.refusals import PayerUnknown
from organisations.models import Organisation

#: characters of a unified social credit code; a household's number may have as many and comes next
_CODE_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Party:
    """Who pays: a table and an id in it, as a contract and a repayment name them."""

    #: ``households`` or ``organisations``
    kind: str
    id: int


def payer_of(loan: Loan) -> Party:
    """Who repays a contract unless somebody else is named."""
    return Party(loan.payer_kind, loan.payer_id)


def parties(session: Session, named: Sequence[tuple[str, Loan]]) -> list[Party]:
    """Who brings each payment, given (who is named, contract); an empty name: the contract's payer.

    Two statements at most for each five hundred names. The first name found in no register is
    refused.
    """
    known = _registered(session, {name for name, _ in named if name})
    found = []
    for name, loan in named:
        if name and name not in known:
            raise PayerUnknown(field="payer", payer=name[:40])
        found.append(known[name] if name else payer_of(loan))
    return found


def _registered(session: Session, names: set[str]) -> dict[str, Party]:
    found: dict[str, Party] = {}
    for codes in lots(name for name in names if len(name) == _CODE_LENGTH):
        rows = session.execute(
            select(Organisation.credit_code, Organisation.id).where(
                Organisation.credit_code.in_(codes)
            )
        )
        found |= {code: Party("organisations", key) for code, key in rows}
    for numbers in lots(name for name in names if name not in found):
        rows = session.execute(
            select(Household.number, Household.id).where(Household.number.in_(numbers))
        )
        found |= {number: Party("households", key) for number, key in rows}
    return found


def names_of(session: Session, found: Sequence[Party]) -> dict[Party, str]:
    """What papers call them: an organisation's name, a household's number."""
    called: dict[Party, str] = {}
    for kind, table, column in (
        ("organisations", Organisation, Organisation.name),
        ("households", Household, Household.number),
    ):
        for ids in lots(one.id for one in found if one.kind == kind):
            rows = session.execute(select(table.id, column).where(table.id.in_(ids)))
            called |= {Party(kind, key): name for key, name in rows}
    return called
