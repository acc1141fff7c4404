"""Every figure with its definition, and how it is computed from the counters: pure arithmetic.

Counts are whole numbers, money a string with two decimals, a ratio a string with four ("0.4395"), a
multiple one with two ("7.82"), each rounded once, half up. A zero denominator gives None: nothing
lent has no average. Figures of the compensation fund are those of its special accounts, which are a
county's: a region below the county has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from indicators.definition import Definition, count, ratio_of
from indicators.people_definitions import PEOPLE
from indicators.refusals import FigureUnknown
from kernel.money import format_yuan, round_half_up

_FIGURES = (
    count(
        "households_registered",
        "建档立卡户数",
        "registered households",
        "当日终了在册的户：曾经建档且未被清退，已脱贫户仍计在内",
    ),
    count("persons_registered", "建档立卡人数", "registered people", "在册户的全部家庭成员"),
    count(
        "households_rated",
        "已评级户数",
        "rated households",
        "在册户中，评级已复核确认、在有效期内的户，不论得分",
    ),
    count(
        "households_credited",
        "有效授信户数",
        "credited households",
        "在册户中，授信额度大于零的户",
    ),
    count(
        "households_borrowing", "获贷户数", "borrowing households", "在册户中，曾经放款且未冲正的户"
    ),
    count(
        "households_with_balance",
        "有贷款余额户数",
        "households with a balance",
        "在册户中，尚欠本金的户",
    ),
    ratio_of(
        "rating_coverage",
        "评级授信覆盖面",
        "rating coverage",
        "已评级户数 ÷ 建档立卡户数",
        "households_rated",
        "households_registered",
    ),
    ratio_of(
        "effective_credit_rate",
        "有效授信率",
        "effective credit rate",
        "有效授信户数 ÷ 已评级户数",
        "households_credited",
        "households_rated",
    ),
    ratio_of(
        "effective_credit_rate_of_registered",
        "有效授信率（占建档立卡户）",
        "effective credit rate of registered",
        "有效授信户数 ÷ 建档立卡户数",
        "households_credited",
        "households_registered",
    ),
    ratio_of(
        "borrowing_rate",
        "户贷率",
        "borrowing rate",
        "获贷户数 ÷ 建档立卡户数",
        "households_borrowing",
        "households_registered",
    ),
    count("loans_count", "累计贷款笔数", "loans, cumulative", "有放款且未冲正的合同数"),
    Definition(
        "loans_disbursed",
        "money",
        "累计发放金额",
        "disbursed, cumulative",
        "放款合计，减去已冲正的放款",
        "disbursed_fen",
    ),
    Definition(
        "loans_outstanding", "money", "贷款余额", "outstanding", "尚未归还的本金", "outstanding_fen"
    ),
    Definition(
        "average_loan",
        "average",
        "笔均金额",
        "average loan",
        "累计发放金额 ÷ 累计贷款笔数",
        "disbursed_fen",
        "loans_count",
    ),
    Definition(
        "overdue_principal",
        "money",
        "逾期本金",
        "overdue principal",
        "农户应还未还的到期本金",
        "overdue_principal_fen",
    ),
    Definition(
        "overdue_interest",
        "money",
        "欠息",
        "overdue interest",
        "农户应还未还的到期利息和罚息；财政应付的贴息不计",
        "overdue_interest_fen",
    ),
    Definition(
        "overdue_balance",
        "money",
        "逾期贷款余额",
        "balance of overdue loans",
        "本金或利息逾期的贷款的全部余额",
        "overdue_balance_fen",
    ),
    ratio_of(
        "overdue_ratio",
        "逾期率",
        "overdue ratio",
        "逾期贷款余额 ÷ 贷款余额",
        "overdue_balance_fen",
        "outstanding_fen",
    ),
    Definition(
        "bad_balance",
        "money",
        "不良贷款余额",
        "balance of bad loans",
        "五级分类为次级、可疑、损失的贷款的全部余额",
        "bad_balance_fen",
    ),
    ratio_of(
        "bad_ratio",
        "不良率",
        "bad loan ratio",
        "不良贷款余额 ÷ 贷款余额",
        "bad_balance_fen",
        "outstanding_fen",
    ),
    Definition(
        "credit_lines", "money", "授信总额", "credit lines", "在册户的授信额度合计", "line_fen"
    ),
    count(
        "loans_entrusted_count",
        "其中分贷统还笔数",
        "of them entrusted loans",
        "累计贷款笔数中，由用款单位使用并统一归还的",
    ),
    Definition(
        "disbursed_entrusted",
        "money",
        "其中分贷统还发放金额",
        "disbursed on entrusted loans",
        "累计发放金额中，由用款单位使用并统一归还的",
        "disbursed_entrusted_fen",
    ),
    Definition(
        "outstanding_entrusted",
        "money",
        "其中分贷统还余额",
        "outstanding on entrusted loans",
        "贷款余额中，由用款单位使用并统一归还的",
        "outstanding_entrusted_fen",
    ),
    count(
        "loans_pooled_count",
        "统贷统还笔数",
        "pooled loans",
        "单位为分户清单借款的合同数，放款且未冲正；单列，不计入其他贷款指标",
    ),
    Definition(
        "disbursed_pooled",
        "money",
        "统贷统还发放金额",
        "disbursed on pooled loans",
        "单位为分户清单借款的放款合计，减去已冲正的；单列，不计入其他贷款指标",
        "disbursed_pooled_fen",
    ),
    Definition(
        "outstanding_pooled",
        "money",
        "统贷统还余额",
        "outstanding on pooled loans",
        "单位为分户清单借款尚未归还的本金；单列，不计入其他贷款指标",
        "outstanding_pooled_fen",
    ),
    count(
        "households_in_pooled",
        "统贷统还惠及户数",
        "households in pooled loans",
        "在册户中，在已放款的分户清单上有份额的户；不计入获贷户数",
    ),
    Definition(
        "fund_balance",
        "money",
        "风险补偿金专户余额",
        "balance of the compensation fund",
        "专户存入减去支出的余额，含已受理代偿尚未支付的部分；专户设在县，县以下地区无此数",
        "fund_balance_fen",
    ),
    Definition(
        "leverage_cumulative",
        "multiple",
        "累计放大倍数",
        "leverage, cumulative",
        "设有专户的贷款机构累计发放的有风险补偿的贷款（统贷统还除外）÷ 累计出资；县以下地区无此数",
        "fund_disbursed_fen",
        "fund_contributed_fen",
    ),
    Definition(
        "leverage_outstanding",
        "multiple",
        "在保放大倍数",
        "leverage, outstanding",
        "风险补偿范围内的本金余额 ÷ 专户余额减去已受理代偿；县以下地区无此数",
        "fund_covered_fen",
        "fund_free_fen",
    ),
    Definition(
        "headroom_cumulative",
        "money",
        "累计可放空间",
        "headroom, cumulative",
        "放大倍数上限 × 累计出资 − 累计发放；为负即已超出；县以下地区无此数",
        "fund_headroom_cumulative_fen",
    ),
    Definition(
        "headroom_outstanding",
        "money",
        "在保可放空间",
        "headroom, outstanding",
        "放大倍数上限 ×（专户余额 − 已受理代偿）− 风险补偿范围内的本金余额；县以下地区无此数",
        "fund_headroom_outstanding_fen",
    ),
    Definition(
        "subsidy_accrued",
        "money",
        "应付贴息累计",
        "subsidy accrued",
        "已结息各期财政应承担的利息，不减已申报后下调的部分（另列待追回）",
        "subsidy_accrued_fen",
    ),
    Definition(
        "subsidy_claimed",
        "money",
        "已申报贴息累计",
        "subsidy claimed",
        "应付贴息中已向扶贫办申报且未被退回的",
        "subsidy_claimed_fen",
    ),
    Definition(
        "subsidy_paid",
        "money",
        "已拨付贴息累计",
        "subsidy paid",
        "已申报贴息中银行回单已确认付到收款人的",
        "subsidy_paid_fen",
    ),
    Definition(
        "subsidy_to_recover",
        "money",
        "待追回贴息",
        "subsidy to recover",
        "已申报的贴息因更正下调、尚未由以后的申报抵扣或追回的",
        "subsidy_to_recover_fen",
    ),
)

Value = int | str | None

#: every figure by name, in the order they are shown
FIGURES: Mapping[str, Definition] = MappingProxyType(
    {figure.name: figure for figure in (*_FIGURES, *PEOPLE)}
)


def definition(name: str) -> Definition:
    """The definition of a figure."""
    try:
        return FIGURES[name]
    except KeyError:
        raise FigureUnknown(field="figure", figure=name[:60]) from None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a region at the close of a day."""

    region: str
    on: date
    #: below the county without those of the fund, and without those told from a later day on
    counters: Mapping[str, int]

    def value(self, name: str) -> Value:
        """A figure as it leaves the house."""
        figure = definition(name)
        above = self.counters.get(figure.counter)
        if above is None:
            return None
        if figure.kind == "count":
            return above
        if figure.kind == "money":
            return format_yuan(above)
        below = self.counters.get(figure.over)
        if not below:
            return None
        if figure.kind == "average":
            return format_yuan(round_half_up(above, below))
        return multiple(above, below) if figure.kind == "multiple" else ratio(above, below)

    def as_dict(self) -> dict[str, Value]:
        """Region, day and every figure, in their order."""
        head: dict[str, Value] = {"region": self.region, "on": self.on.isoformat()}
        return head | {name: self.value(name) for name in FIGURES}

    def gap(self, name: str, target_ppm: int) -> int:
        """How many more of the counter above the line reach the target; 0 where it is reached."""
        figure = definition(name)
        wanted = -(-target_ppm * self.counters[figure.over] // 1_000_000)
        return max(0, wanted - self.counters[figure.counter])


def ratio(above: int, below: int) -> str:
    """A fraction of one with four decimals, half up."""
    whole, rest = divmod(round_half_up(above * 10_000, below), 10_000)
    return f"{whole}.{rest:04d}"


def multiple(above: int, below: int) -> str:
    """How many times one goes into the other, with two decimals, half up."""
    whole, rest = divmod(round_half_up(above * 100, below), 100)
    return f"{whole}.{rest:02d}"
