"""The forms of the loans' sheets: their columns, what a cell may say, and the words on paper.

Four sheets: applications (贷款申请清单), the list of households for which an organisation borrows
(分户清单), disbursements (放款清单), repayments (还款清单). A form knows its titles and their
aliases, how each cell is read (``loans.cells``), what an empty one means, and what may stand on it
once. The names of methods, uses and channels are here, for papers and pages alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from kernel.identity import mask_identity
from kernel.refusals import Refusal
from kernel.tables import bare_header
from loans.cells import (
    YES_NO,
    Read,
    amount,
    bad,
    credit_code,
    day,
    identity,
    months,
    number,
    one_of,
    rate,
    words,
    yes,
)
from loans.eligibility import MODES, Asked, Share
from loans.operations import Draw, Payment
from loans.refusals import (
    HouseholdAppliesTwice,
    LoanTwiceOnSheet,
    VoucherTwiceOnSheet,
)
from office.refusals import VoucherMissing
from policy import PURPOSES

Row = TypeVar("Row")

#: method -> its name on papers
METHOD_TITLES: Final[Mapping[str, str]] = {
    "interest-only": "按期付息到期还本",
    "equal-principal": "等额本金",
    "equal-installment": "等额本息",
    "bullet": "到期一次还本付息",
}
#: months between settlements or instalments where the sheet leaves them out
RHYTHMS: Final[Mapping[str, int]] = {
    "interest-only": 3,
    "equal-principal": 1,
    "equal-installment": 1,
    "bullet": 0,
}
#: what the money is for -> its name on papers; the policy may ban all but the first
USE_TITLES: Final[Mapping[str, str]] = {"production": "生产经营", **PURPOSES}
#: how money is paid out or comes in -> its name on papers
CHANNELS: Final[Mapping[str, str]] = {
    "counter": "柜面",
    "transfer": "转账",
    "deduction": "代扣",
    "mobile": "手机银行",
    "village_point": "助农服务点",
}

_OTHER_METHODS: Final = {
    "分期付息到期还本": "interest-only",
    "按月付息到期还本": "interest-only",
    "按季付息到期还本": "interest-only",
    "按季结息到期还本": "interest-only",
    "等额本金还款": "equal-principal",
    "等额本息还款": "equal-installment",
    "一次性还本付息": "bullet",
    "利随本清": "bullet",
}
#: modes of which a sheet holds an application a line; a list of households is a sheet by itself
_HOUSEHOLD_MODES: Final = {key: title for key, title in MODES.items() if key != "pooled"}
_OTHER_MODES: Final = {"自贷自用": "credit", "自主经营": "credit", "委托帮扶": "entrusted"}
_OTHER_CHANNELS: Final = {"柜台": "counter", "现金": "counter", "银行转账": "transfer"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form: its title on paper, how a cell is read, what an empty one means."""

    key: str
    title: str
    read: Read
    needed: bool = True
    blank: object = None
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    note: str = ""
    width: int = 14
    mask: Callable[[str], str] | None = None

    def value(self, text: str) -> object:
        """What a cell says; a refusal where it says it wrongly."""
        if text:
            return self.read(text, self.title)
        if not self.needed:
            return self.blank
        if self.key == "voucher_no":
            raise VoucherMissing(field=self.title)
        raise bad(text, self.title, "不能为空", "must not be empty")


@dataclass(frozen=True, slots=True)
class Form(Generic[Row]):
    """A kind of sheet: its columns, how a row is made of them, what may stand on it once."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    make: Callable[[Mapping[str, Any]], Row]
    #: keys that stand once together, the title to tell it under, the refusal of the second
    once: tuple[tuple[tuple[str, ...], str, Callable[[Mapping[str, Any]], Refusal]], ...]

    def headers(self) -> dict[str, str]:
        """Bare titles and their aliases, to keys."""
        return {
            bare_header(title): column.key
            for column in self.columns
            for title in (column.title, *column.aliases)
        }


# --- the four forms ------------------------------------------------------------------------------


def _asked(values: Mapping[str, Any]) -> Asked:
    every = values["every_months"]
    rhythm = RHYTHMS[values["method"]] if every is None else every
    return Asked(**{**values, "every_months": rhythm})


def _voucher_again(values: Mapping[str, Any]) -> Refusal:
    channel = CHANNELS[values["channel"]]
    return VoucherTwiceOnSheet(field="凭证号", channel=channel, voucher_no=values["voucher_no"])


def _loan_again(values: Mapping[str, Any]) -> Refusal:
    return LoanTwiceOnSheet(field="合同号", number=values["number"])


def _household_again(values: Mapping[str, Any]) -> Refusal:
    return HouseholdAppliesTwice(field="户编号", number=values["household_number"])


_YUAN: Final = "元，最多两位小数，如50000.00"
_CONTRACT: Final = Column("number", "合同号", number, aliases=("合同编号",), width=18)
_CHANNEL: Final = Column(
    "channel",
    "渠道",
    one_of(CHANNELS, _OTHER_CHANNELS),
    aliases=("收付渠道",),
    choices=tuple(CHANNELS.values()),
)
_VOUCHER: Final = Column(
    "voucher_no",
    "凭证号",
    number,
    aliases=("凭证编号", "凭证号码"),
    note="每张凭证在本机构、本渠道只能记账一次",
    width=20,
)
_VALUE_DATE: Final = Column(
    "value_date",
    "起息日（选填）",
    day,
    needed=False,
    aliases=("起息日", "计息日", "业务日期"),
    note="如2017-06-21，不晚于营业日；不填为营业日当天；更早的按起息日重算，差额记入当天",
)
_PAPERS_ONCE: Final = (
    (("number",), "合同号", _loan_again),
    (("channel", "voucher_no"), "凭证号", _voucher_again),
)

#: why a rule that holds in principle may be passed
EXCEPTION: Final = Column(
    "exception_reason",
    "例外理由",
    words,
    needed=False,
    blank="",
    note="原则上的规定可凭理由由主任审批通过",
    width=24,
)

APPLICATIONS: Final = Form(
    "applications",
    "贷款申请清单",
    (
        Column("household_number", "户编号", number, aliases=("户号", "编号"), width=18),
        Column(
            "borrower_identity",
            "借款人身份证号（选填）",
            identity,
            needed=False,
            blank="",
            aliases=("身份证号", "借款人身份证号码"),
            note="不填则由户主签约",
            width=22,
            mask=mask_identity,
        ),
        Column("amount_fen", "金额（元）", amount, aliases=("申请金额", "贷款金额"), note=_YUAN),
        Column("term_months", "期限（月）", months(1), aliases=("贷款期限",), width=10),
        Column(
            "annual_rate_ppm",
            "年利率（%）",
            rate,
            aliases=("利率",),
            note="百分数，最多四位小数，如4.35",
            width=10,
        ),
        Column("purpose", "用途", words, aliases=("贷款用途",), note="农户的原话", width=20),
        Column(
            "use",
            "用途类别",
            one_of(USE_TITLES, {}),
            needed=False,
            blank="production",
            choices=tuple(USE_TITLES.values()),
            note="不填为生产经营",
        ),
        Column(
            "method",
            "还款方式",
            one_of(METHOD_TITLES, _OTHER_METHODS),
            choices=tuple(METHOD_TITLES.values()),
            width=20,
        ),
        Column(
            "every_months",
            "结息周期（月）",
            months(0),
            needed=False,
            aliases=("还款周期",),
            note="不填：按期付息为3，分期还款为1，到期一次还本付息为0",
        ),
        Column(
            "collateral",
            "抵押质押（是/否）",
            yes,
            needed=False,
            blank=False,
            choices=tuple(YES_NO),
            note="不填为否",
        ),
        Column(
            "guarantee",
            "担保（是/否）",
            yes,
            needed=False,
            blank=False,
            choices=tuple(YES_NO),
            note="不填为否",
        ),
        EXCEPTION,
        Column(
            "mode",
            "贷款模式",
            one_of(_HOUSEHOLD_MODES, _OTHER_MODES),
            needed=False,
            blank="credit",
            aliases=("模式",),
            choices=tuple(_HOUSEHOLD_MODES.values()),
            note="不填为信用式；分贷统还须填用款单位；统贷统还另用分户清单",
        ),
        Column(
            "organisation_code",
            "用款单位统一社会信用代码",
            credit_code,
            needed=False,
            blank="",
            aliases=("用款单位", "用款单位信用代码"),
            note="分贷统还填写：由该单位使用并统一归还",
            width=24,
        ),
        Column(
            "revolving",
            "随用随贷（是/否）",
            yes,
            needed=False,
            blank=False,
            choices=tuple(YES_NO),
            note="是：额度和期限内随借随还；不填为否",
        ),
        Column(
            "renews",
            "续贷的原合同号（选填）",
            number,
            needed=False,
            blank="",
            aliases=("原合同号", "续贷合同号"),
            note="无还本续贷填写：新合同签订后归还该合同的本金",
            width=18,
        ),
    ),
    _asked,
    ((("household_number",), "户编号", _household_again),),
)

SHARES: Final = Form(
    "shares",
    "分户清单",
    (
        Column("household_number", "户编号", number, aliases=("户号", "编号"), width=18),
        Column("amount_fen", "份额（元）", amount, aliases=("金额", "贷款金额"), note=_YUAN),
    ),
    lambda values: Share(values["household_number"], values["amount_fen"]),
    ((("household_number",), "户编号", _household_again),),
)

DISBURSEMENTS: Final = Form(
    "disbursements",
    "放款清单",
    (
        _CONTRACT,
        Column("amount_fen", "金额（元）", amount, aliases=("放款金额",), note=_YUAN),
        _CHANNEL,
        _VOUCHER,
        _VALUE_DATE,
    ),
    lambda values: Draw(**values),
    _PAPERS_ONCE,
)

REPAYMENTS: Final = Form(
    "repayments",
    "还款清单",
    (
        _CONTRACT,
        Column("amount_fen", "金额（元）", amount, aliases=("还款金额",), note=_YUAN),
        _CHANNEL,
        _VOUCHER,
        Column(
            "early",
            "提前还本（是/否）",
            yes,
            needed=False,
            blank=False,
            choices=tuple(YES_NO),
            note="是：还清到期款项后的余款提前还本；否或不填：余款留作该户的溢缴款",
        ),
        Column(
            "payer",
            "付款人（选填）",
            number,
            needed=False,
            blank="",
            aliases=("付款单位", "付款人"),
            note="单位填统一社会信用代码，农户填户编号；不填为合同约定的还款人",
            width=24,
        ),
        _VALUE_DATE,
    ),
    lambda values: Payment(**values),
    _PAPERS_ONCE,
)

FORMS: Final[Mapping[str, Form[Any]]] = {
    form.kind: form for form in (APPLICATIONS, SHARES, DISBURSEMENTS, REPAYMENTS)
}
