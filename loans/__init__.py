"""Loans: from application to closing. The plan, the interest, the payment, the grade.

Verbs take a session, the open business day and the actor; a sheet may hold one row or thousands.
"""

from loans.batch import close_chunk, review_all_overdue
from loans.changes import ChangeAsked, decide_changes, propose_changes
from loans.dossier.forms import CheckMade, ContactMade, LifeTold, PaperNoted, WayProposed
from loans.dossier.operations import make_check, make_contact, note_paper, propose_way, tell_life
from loans.dossier.scans import Scan
from loans.eligibility import Asked, Share
from loans.limits import limit_of, set_limit, set_stop
from loans.operations import (
    Draw,
    Payment,
    Refund,
    Renewal,
    apply_sheet,
    decide_sheet,
    disburse_many,
    drop_sheet,
    exclude_from_cover,
    refund,
    renew,
    repay_many,
    reverse_change,
    reverse_disbursement,
    reverse_repayment,
    sign_sheet,
)

__all__ = [
    "Asked",
    "ChangeAsked",
    "CheckMade",
    "ContactMade",
    "Draw",
    "LifeTold",
    "PaperNoted",
    "Payment",
    "Refund",
    "Renewal",
    "Scan",
    "Share",
    "WayProposed",
    "apply_sheet",
    "close_chunk",
    "decide_changes",
    "decide_sheet",
    "disburse_many",
    "drop_sheet",
    "exclude_from_cover",
    "limit_of",
    "make_check",
    "make_contact",
    "note_paper",
    "propose_changes",
    "propose_way",
    "refund",
    "renew",
    "repay_many",
    "reverse_change",
    "reverse_disbursement",
    "reverse_repayment",
    "review_all_overdue",
    "set_limit",
    "set_stop",
    "sign_sheet",
    "tell_life",
]
