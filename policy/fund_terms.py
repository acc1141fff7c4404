"""Contract terms of a village fund's loans: the place's, with the fund's own rules put in."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from policy.mutual import MutualRules
from policy.sourced import Sourced
from policy.terms import ContractTerms
from policy.values import HOUSEHOLD_KINDS

V = TypeVar("V")


def terms_of_fund(terms: ContractTerms, rules: MutualRules, *, first: bool) -> ContractTerms:
    """The terms of a fund's loan: what the place says of every loan, with the fund's own rules.

    No rating, no cap by a published rate (the members decide the fee), no subsidy, no cover.
    """
    amount = rules.amount_first_max_fen if first else rules.amount_later_max_fen
    fee = rules.fee_rate_max_ppm
    return replace(
        terms,
        household_kinds=_like(fee, tuple(HOUSEHOLD_KINDS), "社员户，不论是否建档立卡"),
        rating_required=_like(fee, False, "互助资金借款不以评级授信为条件"),
        amount_max_fen=amount,
        household_total_max_fen=amount,
        term_max_months=rules.term_max_months,
        rate_reference=_like(fee, "none", "占用费率由社员大会确定"),
        rate_bands=_like(fee, (), "占用费率由社员大会确定"),
        interest_bearers=_like(fee, (), "互助资金借款不贴息"),
        fixed_subsidy_rate_ppm=_like(fee, 0, "互助资金借款不贴息"),
        cover_parts=_like(fee, (), "互助资金借款不在风险补偿范围"),
        cover_principal_max_fen=_like(fee, 0, "互助资金借款不在风险补偿范围"),
        cover_fund_share_bp=_like(fee, 0, "互助资金借款不在风险补偿范围"),
        loss_sharing=None,
        fund_sharing=None,
        extension_by_vote=rules.extension_by_vote,
    )


def _like(rule: Sourced[int], value: V, clause: str) -> Sourced[V]:
    """A value that follows from what a fund is, under the document that speaks of it."""
    return Sourced(value, rule.document, rule.cited_as, clause, default=True)
