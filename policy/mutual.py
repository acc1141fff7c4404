"""Rules of village funds (贫困村互助资金): a section of its own beside those of the programmes.

A fund lends its members' and the village's own money, so that what a programme says of its loans
(rating, cap on the rate, subsidy, cover) does not hold for it: ``policy.fund_terms`` puts the
fund's rules in their place, and the loan freezes them on its signing day like any other terms. The
rest goes by the day of the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

from kernel.money import SHARE_MAX_BP
from policy.refusals import PolicyContradicts
from policy.sourced import Sourced, line
from policy.units import DAYS, MONTHS
from policy.values import MONEY, RATE, SHARE, TRUTH, counted, one_of

_HOUSEHOLDS: Final = counted("户")
#: who gets what is left of a fund that ends
RECEIVERS: Final[Mapping[str, str]] = MappingProxyType(
    {"treasury": "财政（经乡镇交回）", "village": "村集体公益事业"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualRules:
    """What village funds go by."""

    # of their loans: frozen on the signing day with the contract's terms
    amount_first_max_fen: Annotated[
        Sourced[int], line(MONEY, "首次借款限额", "largest first loan of a household")
    ]
    amount_later_max_fen: Annotated[
        Sourced[int], line(MONEY, "再次借款限额", "largest later loan of a household")
    ]
    term_max_months: Annotated[Sourced[int], line(MONTHS, "借款最长期限", "longest term")]
    # what the members decide within
    fee_rate_min_ppm: Annotated[
        Sourced[int], line(RATE, "占用费率下限（年）", "lowest usage fee a year")
    ]
    fee_rate_max_ppm: Annotated[
        Sourced[int], line(RATE, "占用费率上限（年）", "highest usage fee a year")
    ]
    stake_min_fen: Annotated[
        Sourced[int], line(MONEY, "每户互助金下限", "smallest stake of a household")
    ]
    stake_max_fen: Annotated[
        Sourced[int], line(MONEY, "每户互助金上限", "largest stake of a household")
    ]
    stakes_total_min_fen: Annotated[
        Sourced[int] | None,
        line(MONEY, "互助金总额下限", "stakes of all members before it lends", optional=True),
    ]
    base_stake_by_fiscal: Annotated[
        Sourced[bool],
        line(TRUTH, "贫困户基准互助金由财政资金代缴", "fiscal money pays a poor member's stake"),
    ]
    deposits_forbidden: Annotated[Sourced[bool], line(TRUTH, "不得吸收存款", "no deposits")]
    dividends_forbidden: Annotated[
        Sourced[bool], line(TRUTH, "不得向社员分红", "no dividends to members")
    ]
    # groups with joint liability
    group_members_min: Annotated[
        Sourced[int], line(_HOUSEHOLDS, "联保小组最少户数", "fewest households of a group")
    ]
    group_members_max: Annotated[
        Sourced[int], line(_HOUSEHOLDS, "联保小组最多户数", "most households of a group")
    ]
    group_pays_first: Annotated[
        Sourced[bool],
        line(TRUTH, "前贷还清后小组方可再借", "a group's next loan after the earlier ones"),
    ]
    extension_by_vote: Annotated[
        Sourced[bool], line(TRUTH, "展期须经社员表决", "an extension takes a vote")
    ]
    # votes
    vote_present_min_bp: Annotated[
        Sourced[int], line(SHARE, "到会户数占社员户数至少", "members present at a vote, at least")
    ]
    vote_for_above_bp: Annotated[
        Sourced[int], line(SHARE, "赞成票须超过到会户数的", "votes for, of those present, above")
    ]
    # the fee that is taken
    fee_running_bp: Annotated[
        Sourced[int], line(SHARE, "占用费用于运行成本", "of the fee for running cost")
    ]
    fee_capital_bp: Annotated[
        Sourced[int], line(SHARE, "占用费转入本金（公积金）", "of the fee into the fund")
    ]
    fee_welfare_bp: Annotated[
        Sourced[int], line(SHARE, "占用费用于公益（公益金）", "of the fee for the village's good")
    ]
    fee_reserve_bp: Annotated[
        Sourced[int], line(SHARE, "占用费提取亏损准备金", "of the fee against losses")
    ]
    # what is left when the fund ends
    residue_fiscal_to: Annotated[
        Sourced[str], line(one_of(RECEIVERS), "终止时剩余财政资金归", "fiscal money left goes to")
    ]
    residue_gifts_to: Annotated[
        Sourced[str], line(one_of(RECEIVERS), "终止时剩余捐赠资金归", "gifts left go to")
    ]
    residue_fee_to: Annotated[
        Sourced[str],
        line(one_of(RECEIVERS), "终止时剩余占用费积累归", "what was set apart of the fee goes to"),
    ]
    list_due_days: Annotated[
        Sourced[int], line(DAYS, "月度公示于次月内不迟于", "the month's list is posted within")
    ]


def check_bounds(rules: MutualRules, on: date) -> None:
    """Bounds are in order, and the fee is shared whole."""
    pairs = (
        (rules.amount_first_max_fen, rules.amount_later_max_fen),
        (rules.fee_rate_min_ppm, rules.fee_rate_max_ppm),
        (rules.stake_min_fen, rules.stake_max_fen),
        (rules.group_members_min, rules.group_members_max),
    )
    for low, high in pairs:
        if low.value > high.value:
            raise PolicyContradicts(
                on=on,
                rule_zh=f"{low.document}与{high.document}的上下限颠倒",
                rule_en=f"bounds of {low.document} and {high.document} are crossed",
            )
    shares = (
        rules.fee_running_bp, rules.fee_capital_bp, rules.fee_welfare_bp, rules.fee_reserve_bp,
    )  # fmt: skip
    if sum(one.value for one in shares) != SHARE_MAX_BP:
        raise PolicyContradicts(
            on=on,
            rule_zh=f"{shares[0].document}的占用费分配合计不是100%",
            rule_en=f"the shares of the fee in {shares[0].document} do not come to 100 %",
        )
