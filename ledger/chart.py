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
    # the treasury's own books: what it owes of the interest, what is claimed, what it has paid
    AccountKind("subsidy_expense", "财政贴息支出", "interest subsidies", "debit", None),
    AccountKind("subsidy_payable", "应付贴息", "subsidies owed", "credit", None),
    AccountKind("subsidy_claimed_payable", "已申报应付贴息", "subsidies claimed", "credit", None),
    AccountKind("budget_paid", "财政拨付", "paid from budget lines", "credit", "budget_lines"),
    # a special account of the risk-compensation fund
    AccountKind("fund_cash", "风险补偿金专户存款", "money of the fund", "debit", None),
    AccountKind("fund_contributions", "补偿金出资", "contributions to the fund", "credit", None),
    AccountKind("fund_interest", "专户利息", "interest of the fund", "credit", None),
    AccountKind("fund_compensation", "代偿债权", "paid for borrowers", "debit", "loans"),
    # what a lender has had from those who share its losses, and owes them of what it recovers
    AccountKind("compensated", "已获代偿", "compensation received", "credit", "loans"),
    AccountKind("recovery_payable", "应返还追偿款", "recoveries to give back", "credit", "loans"),
    # an enterprise's pool for dividends, and what it keeps as stakes
    AccountKind("pool_cash", "分红专户存款", "money for dividends", "debit", None),
    AccountKind("pool_held", "待分配分红资金", "dividends not yet granted", "credit", None),
    AccountKind("dividend_payable", "应付分红", "dividends owed", "credit", "households"),
    AccountKind(
        "enterprise_retained", "企业留用转增", "kept by the enterprise as stakes", "debit", None
    ),
    AccountKind("reinvested_stakes", "转增股金", "re-invested stakes", "credit", "households"),
    # a village fund's own money; what it holds is its ``funds``, its fee is ``interest_income``
    AccountKind("mutual_fiscal", "财政扶持资金", "fiscal money of a village fund", "credit", None),
    AccountKind("mutual_gifts", "捐赠资金", "gifts to a village fund", "credit", None),
    AccountKind("mutual_stakes", "社员互助金", "members' stakes", "credit", "households"),
    AccountKind(
        "mutual_base_stakes", "财政代缴互助金", "stakes paid by the fiscal money", "credit",
        "households",
    ),
    AccountKind("mutual_fee_shared", "已分配占用费", "usage fee set apart", "debit", None),
    AccountKind("mutual_running", "运行成本费", "for running cost", "credit", None),
    AccountKind("mutual_capital", "公积金", "fee put into the fund", "credit", None),
    AccountKind("mutual_welfare", "公益金", "for the village's good", "credit", None),
    AccountKind("mutual_reserve", "亏损准备金", "against losses", "credit", None),
)  # fmt: skip

CHART = MappingProxyType({kind.code: kind for kind in _KINDS})
