"""The chart of accounts: every kind of account, in the words of the trade."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A kind of account. ``subject`` is the table its postings are kept for, if any."""

    code: str
    zh: str
    en: str
    #: ``debit`` or ``credit``: the side on which it normally stands
    side: str
    subject: str | None


_KINDS = (
    AccountKind("loan_principal", "贷款本金", "loan principal", "debit", "loans"),
    AccountKind(
        "interest_receivable", "应收利息", "interest due from households", "debit", "loans"
    ),
    AccountKind(
        "treasury_interest_receivable",
        "应收财政贴息",
        "interest due from the treasury",
        "debit",
        "loans",
    ),
    AccountKind("penalty_receivable", "应收罚息", "penalty interest due", "debit", "loans"),
    AccountKind("interest_income", "利息收入", "interest income", "credit", None),
    AccountKind("penalty_income", "罚息收入", "penalty income", "credit", None),
    AccountKind("household_credit", "溢缴款", "households' credit", "credit", "households"),
    AccountKind(
        "organisation_credit", "单位溢缴款", "organisations' credit", "credit", "organisations"
    ),
    AccountKind("write_off_loss", "贷款核销损失", "loans written off", "debit", "loans"),
    AccountKind(
        "write_off_recovery", "已核销贷款收回", "recovered after write-off", "credit", "loans"
    ),
    AccountKind("funds", "清算资金", "funds in and out", "debit", None),
)

CHART = MappingProxyType({kind.code: kind for kind in _KINDS})
