"""The verbs of the loans: apply, decide, sign, disburse, reverse, repay.

Each takes a sheet of one or more; the counter's single loan is a sheet of one. Every rule is a
pure function, every fact is fetched for the whole sheet at once.
"""

from loans.operations.applying import apply_sheet, decide_sheet
from loans.operations.covering import exclude_from_cover
from loans.operations.disbursing import Draw, disburse_many
from loans.operations.dropping import drop_sheet
from loans.operations.refunding import Refund, refund
from loans.operations.renewing import Renewal, renew
from loans.operations.repaying import Payment, repay_many, use_credits
from loans.operations.reversing import (
    reverse_change,
    reverse_disbursement,
    reverse_repayment,
)
from loans.operations.signing import sign_sheet

__all__ = [
    "Draw",
    "Payment",
    "Refund",
    "Renewal",
    "apply_sheet",
    "decide_sheet",
    "disburse_many",
    "drop_sheet",
    "exclude_from_cover",
    "refund",
    "renew",
    "repay_many",
    "reverse_change",
    "reverse_disbursement",
    "reverse_repayment",
    "sign_sheet",
    "use_credits",
]
