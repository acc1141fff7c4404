"""Tables of the interest subsidies, in the order in which money goes its way.

*Budget*: lines with a document number, their changes, and what of them is used. *Entitlement*: what
the treasury owes for each settlement of a loan, with what was left out and why. *Claims*: rows
frozen by a hash, and the steps of a claim through three offices. *Payment*: files, the bank's
answers, what is paid back. All of it is recorded and never changes; what stands now (uses of a
line, where a claim stands, which claim holds an entitlement) is running state, recomputable.
"""

from __future__ import annotations

from office.models import PayoutAccount
from subsidies.models.budget import BudgetChange, BudgetLine, BudgetUse
from subsidies.models.claimed import (
    Claim,
    ClaimDifference,
    ClaimLeftOut,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Notice,
    Objection,
    ObjectionAnswer,
)
from subsidies.models.entitled import Entitlement, EntitlementClaim, Exclusion, SubsidyRun
from subsidies.models.paid import (
    BankReturn,
    BankReturnRow,
    Clawback,
    FileDiscard,
    GiveBackAsked,
    GivenBack,
    PaymentFile,
    PaymentLine,
    PaymentRow,
    Receipt,
    RevisionOffset,
)

__all__ = [
    "BankReturn",
    "BankReturnRow",
    "BudgetChange",
    "BudgetLine",
    "BudgetUse",
    "Claim",
    "ClaimDifference",
    "ClaimLeftOut",
    "ClaimPosition",
    "ClaimRow",
    "ClaimStep",
    "Clawback",
    "Entitlement",
    "EntitlementClaim",
    "Exclusion",
    "FileDiscard",
    "GiveBackAsked",
    "GivenBack",
    "Notice",
    "Objection",
    "ObjectionAnswer",
    "PaymentFile",
    "PaymentLine",
    "PaymentRow",
    "PayoutAccount",
    "Receipt",
    "RevisionOffset",
    "SubsidyRun",
]
