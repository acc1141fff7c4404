"""What cannot be told of a loan."""

from __future__ import annotations

from kernel.refusals import Refusal


class WhatIfUnclear(Refusal):
    """A question of what would be names a payment, a policy or a day."""

    zh = "请写明：还款金额（repay）、政策（policy）或一直不还到哪一天（unpaid_until）"
    en = "say what if: repay, policy or unpaid_until"


class DaysNotClosed(Refusal):
    """Figures of two days are compared when both are closed."""

    zh = "{start}和{end}须是先后两个已日结的日子"
    en = "{start} and {end} must be two closed days, one after the other"
