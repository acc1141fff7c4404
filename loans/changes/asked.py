"""What is asked for, and what the house knows of the loan it is asked for. Pure.

Eight kinds of changes pass over a sheet. Five of them are events of the loan's life and are
replayed like payments; a write-off is one too, among the payments; a grade and a borrower change
nothing of what is owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from policy import ContractTerms

#: kind -> its name on papers
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "extension": "展期",
        "deferral": "延期还款",
        "plan": "还款方式变更",
        "misuse": "挪用认定",
        "unsubsidised": "停止贴息",
        "write_off": "核销",
        "grade": "分类调整",
        "borrower": "变更借款人",
    }
)
#: kinds that move the maturity
MATURITY: Final = frozenset({"extension", "deferral"})
#: the command that proposing a kind takes, and the one that deciding takes
COMMANDS: Final = ("loans.change", "loans.approve_change")
OWN_COMMANDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "write_off": ("loans.write_off", "loans.approve_write_off"),
        "unsubsidised": ("loans.stop_subsidy", "loans.approve_stop_subsidy"),
    }
)
#: why a subsidy stops
WHYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "falsified": "弄虚作假",
        "lent_on": "转借他人",
        "off_purpose": "改变用途",
        "status": "不再符合条件",
        "other": "其他",
    }
)


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """A change of one loan; what its kind does not need stays empty."""

    number: str
    #: why
    reason: str
    #: in force from this day; None: the day of the decision
    value_date: date | None = None
    #: extension, deferral: the new maturity
    matures_on: date | None = None
    #: plan: how it is repaid from then on
    method: str = ""
    every_months: int = 0
    #: misuse: what the finding rests on, and the post-lending check behind it
    evidence: str = ""
    check_id: int | None = None
    #: unsubsidised: why the treasury stops, a key of ``WHYS``; further words stand in the reason
    why: str = ""
    #: grade: no better than this; 1 lifts
    grade: int = 0
    #: borrower: the member, by identity number
    borrower_identity: str = ""
    #: the same by id, where it is known
    borrower_id: int | None = None
    #: why a rule that holds in principle is to be passed
    exception_reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is to answer for a loan."""

    id: int
    #: belongs to the loan's household on the day
    belongs: bool
    born_on: date
    died: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows of a loan, as of the day."""

    number: str
    state: str
    amount_fen: int
    drawn_fen: int
    drawn_on: date
    term_months: int
    signed_matures_on: date
    matures_on: date
    method: str
    every_months: int
    revolving: bool
    misused: bool
    #: somebody besides the household bears interest by contract
    subsidised: bool
    unsubsidised: bool
    #: oldest unpaid due of the household that is payable before today
    overdue_since: date | None
    #: what payments could not use
    credit_fen: int
    #: extensions that stand
    extensions: int
    #: contracts that this one renews, one after the other
    renewals: int
    #: days by which deferrals that stand have moved the maturity
    deferred_days: int
    #: maturity before the first deferral that stands; the present one where there is none
    before_deferral_on: date
    grade_by_rule: int
    #: override in force; 1: none
    override: int
    household_number: str | None
    borrower_id: int | None
    #: whether the check named is of this loan and found misuse; None: none is named
    check_finds_misuse: bool | None
    member: Member | None
    terms: ContractTerms
    #: days that the members of a village fund voted to let the loan run on to
    voted_until: frozenset[date] = frozenset()

    def overdue_days(self, on: date) -> int:
        """Days overdue on a day; a due payable today is none."""
        return 0 if self.overdue_since is None else (on - self.overdue_since).days
