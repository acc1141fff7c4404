"""Tables of the loans, in two kinds.

What was agreed and what happened is recorded and never changes: application sheets, contracts with
their frozen terms and bearers of interest, plan rows, disbursements, closed segments, settlements,
dues, repayments and their allocations, reversals, grades, day-end figures. What stands now is
running state, recomputable from the record: positions, open segments, open dues, credits, limits.

A *segment* is a stretch of days on which balance, rate, state and the treasury's share of a loan
did not change. Changing any of them closes the open segment and opens the next; a settlement closes
it too. Interest, penalty and "why" read closed segments alone, and a quiet loan writes nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from loans.models.agreed import (
    Application,
    ApplicationSheet,
    Loan,
    LoanBearer,
    LoanShare,
    PlanRow,
    SheetDrop,
)
from loans.models.changed import (
    BorrowerChange,
    Change,
    ChangeItem,
    ChangeLeftOut,
    ChangeSheet,
    GradeOverride,
)
from loans.models.cover import CoverExclusion
from loans.models.happened import (
    Allocation,
    Correction,
    Disbursement,
    Due,
    GradeChange,
    LoanDay,
    Repayment,
    Reversal,
    Segment,
    Settlement,
)
from loans.models.mutual import (
    ExtensionPermit,
    JointAgreement,
    JointGroup,
    JointMember,
    JointSigner,
    MutualLender,
)
from loans.models.papers import PrintedPaper
from loans.models.running import LendingLimit, LoanCredit, OpenDue, OpenSegment, Position

#: stands for "never" in columns that hold a day to come
FAR: Final = date(9999, 12, 31)

__all__ = [
    "FAR",
    "Allocation",
    "Application",
    "ApplicationSheet",
    "BorrowerChange",
    "Change",
    "ChangeItem",
    "ChangeLeftOut",
    "ChangeSheet",
    "Correction",
    "CoverExclusion",
    "Disbursement",
    "Due",
    "ExtensionPermit",
    "GradeChange",
    "GradeOverride",
    "JointAgreement",
    "JointGroup",
    "JointMember",
    "JointSigner",
    "LendingLimit",
    "Loan",
    "LoanBearer",
    "LoanCredit",
    "LoanDay",
    "LoanShare",
    "MutualLender",
    "OpenDue",
    "OpenSegment",
    "PlanRow",
    "Position",
    "PrintedPaper",
    "Repayment",
    "Reversal",
    "Segment",
    "Settlement",
    "SheetDrop",
]
