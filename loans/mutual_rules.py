"""Whether a household may have a loan of its village's fund. Pure: request, facts, rules; answers.

The terms of a fund's loan are checked like any other's (``loans.eligibility``); these are the rules
that only a fund has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kernel.money import format_rate
from kernel.refusals import Refusal
from loans.refusals import (
    FeeRateDiffers,
    FundDoesNotLend,
    FundOfAnotherVillage,
    JointGroupOwes,
    JointGroupSize,
    NoJointGroup,
)
from policy import MutualRules


@dataclass(frozen=True, slots=True)
class FundFacts:
    """What the loans know of a fund, and of the household's group in it."""

    #: it is open, and its stakes are enough
    lends: bool
    village_code: str
    fee_rate_ppm: int
    #: who decided the fee
    fee_clause: str
    #: None: the household is in no group of this fund
    group_id: int | None = None
    #: households of the group
    members: int = 0
    #: contract or application of the group that is not paid off; empty: none
    open_number: str = ""
    #: loans of this fund that the household has had
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class FundAsked:
    """What is asked of a fund."""

    household_number: str
    village_code: str
    annual_rate_ppm: int


def broken_fund_rules(
    asked: FundAsked, fund: FundFacts, rules: MutualRules
) -> Iterator[tuple[Refusal, bool]]:
    """Every rule that is broken, with whether it holds in principle alone."""
    number = asked.household_number
    if not fund.lends:
        yield FundDoesNotLend(field="lender_id"), False
        return
    if asked.village_code != fund.village_code:
        yield FundOfAnotherVillage(field="household", number=number), False
    if asked.annual_rate_ppm != fund.fee_rate_ppm:
        yield (
            FeeRateDiffers(
                field="annual_rate",
                clause=fund.fee_clause,
                rate=format_rate(asked.annual_rate_ppm),
                decided=format_rate(fund.fee_rate_ppm),
            ),
            False,
        )
    yield from _group(number, fund, rules)


def _group(number: str, fund: FundFacts, rules: MutualRules) -> Iterator[tuple[Refusal, bool]]:
    if fund.group_id is None:
        yield NoJointGroup(field="household", number=number), False
        return
    lowest, highest = rules.group_members_min, rules.group_members_max
    if not lowest.value <= fund.members <= highest.value:
        rule = lowest if fund.members < lowest.value else highest
        refusal = JointGroupSize(
            field="household",
            clause=rule.cite,
            lowest=lowest.value,
            highest=highest.value,
            members=fund.members,
        )
        yield refusal, rule.in_principle
    if fund.open_number and rules.group_pays_first.value:
        rule_first = rules.group_pays_first
        owes = JointGroupOwes(field="household", clause=rule_first.cite, number=fund.open_number)
        yield owes, rule_first.in_principle
