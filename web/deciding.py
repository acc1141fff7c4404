"""Deciding what another person has proposed: which verb it is, the proposal's subject says.

One table of subjects for pages and API. A kind of proposal that is not in it is decided where its
own room shows it, step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

import credit
import enterprises
import loans
import mutual_aid
import risk_fund
from config.wiring import House
from enterprises import payment as dividend_payment
from enterprises import unwinding
from enterprises.dividends import surplus
from enterprises.payment.releasing import SUBJECT as RELEASES
from enterprises.recognising import SUBJECT as RECOGNITIONS
from enterprises.unwinding.converting import SUBJECT as CONVERSIONS
from enterprises.unwinding.deciding import SUBJECT as UNWINDINGS
from enterprises.writing import SUBJECT as AGREEMENT_LISTS
from households import families, identification
from households.family_lines import OWN_LIMITS
from households.identification.lists import SUBJECT as DECIDED_LISTS
from kernel.actor import Actor
from kernel.refusals import NotFound
from loans.changes.sheets import SUBJECT as CHANGES
from loans.operations.applying import SUBJECT as APPLICATIONS
from mutual_aid.founding import SUBJECT as VILLAGE_FUNDS
from office.models import Proposal
from policy import ConductRules
from risk_fund import accounts, reconciling
from risk_fund.lifting import SUBJECT as LIFTS
from risk_fund.lifting import decide_lift
from subsidies import budget, payment
from subsidies.payment import giving_back
from subsidies.payment.accounts import SUBJECT as ACCOUNTS


@dataclass(frozen=True, slots=True)
class Said:
    """A second person's word on a proposal."""

    session: Session
    here: House
    proposal: Proposal
    approved: bool
    reason: str
    on: date
    by: Actor

    @property
    def word(self) -> dict[str, Any]:
        """What every verb of deciding takes."""
        return {
            "proposal_id": self.proposal.id,
            "approved": self.approved,
            "reason": self.reason,
            "on": self.on,
            "by": self.by,
        }

    @property
    def conduct(self) -> ConductRules:
        """The conduct rules of the day where it was proposed."""
        return self.here.rulebook.conduct(on=self.on, region=self.proposal.region_code)


def decide(said: Said) -> None:
    """Decide a proposal of any kind that is decided by one word."""
    verb = VERBS.get(said.proposal.subject_kind)
    if said.proposal.command == "credit.confirm":
        verb = _rating
    if verb is None:
        raise NotFound(field="proposal_id", what="送审事项")
    verb(said)


def _rating(said: Said) -> None:
    validity_months = said.conduct.rating_validity_months.value
    credit.decide(said.session, validity_months=validity_months, **said.word)


def _changes(said: Said) -> None:
    loans.decide_changes(
        said.session,
        sheet_id=said.proposal.subject_id,
        approved=said.approved,
        reason=said.reason,
        rulebook=said.here.rulebook,
        calendar=said.here.calendar,
        on=said.on,
        by=said.by,
    )


def _applications(said: Said) -> None:
    loans.decide_sheet(
        said.session,
        sheet_id=said.proposal.subject_id,
        approved=said.approved,
        reason=said.reason,
        on=said.on,
        by=said.by,
    )


def _decided_list(said: Said) -> None:
    identification.decide_list(
        said.session,
        list_id=said.proposal.subject_id,
        approved=said.approved,
        reason=said.reason,
        on=said.on,
        by=said.by,
    )


def _village_fund(said: Said) -> None:
    mutual_aid.decide_fund(
        said.session,
        fund_id=said.proposal.subject_id,
        approved=said.approved,
        reason=said.reason,
        rulebook=said.here.rulebook,
        on=said.on,
        by=said.by,
    )


def _order(said: Said) -> None:
    risk_fund.decide_order(said.session, rulebook=said.here.rulebook, **said.word)


def _lift(said: Said) -> None:
    decide_lift(said.session, conduct=said.conduct, **said.word)


VERBS: Final[Mapping[str, Callable[[Said], object]]] = MappingProxyType(
    {
        CHANGES: _changes,
        APPLICATIONS: _applications,
        ACCOUNTS: lambda said: payment.decide_account(said.session, **said.word),
        giving_back.SUBJECT: lambda said: payment.decide_give_back(said.session, **said.word),
        budget.CHANGES: lambda said: budget.decide_change(said.session, **said.word),
        accounts.SUBJECT: _order,
        reconciling.SUBJECT: lambda said: reconciling.decide_reconciliation(
            said.session, **said.word
        ),
        LIFTS: _lift,
        DECIDED_LISTS: _decided_list,
        OWN_LIMITS: lambda said: families.decide_own_limit(said.session, **said.word),
        VILLAGE_FUNDS: _village_fund,
        RECOGNITIONS: lambda said: enterprises.decide_recognition(said.session, **said.word),
        AGREEMENT_LISTS: lambda said: enterprises.decide_list(said.session, **said.word),
        surplus.SUBJECT: lambda said: surplus.decide_refund(said.session, **said.word),
        RELEASES: lambda said: dividend_payment.decide_release(said.session, **said.word),
        UNWINDINGS: lambda said: unwinding.decide_unwinding(said.session, **said.word),
        CONVERSIONS: lambda said: unwinding.decide_conversion(said.session, **said.word),
    }
)
