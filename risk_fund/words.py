"""The fund's words: whose money, kinds of movements. States of claims: ``risk_fund.lifecycle``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: whose money a contribution is
SOURCES: Final[Mapping[str, str]] = {
    "central": "中央财政",
    "province": "省级财政",
    "city": "市级财政",
    "county": "县级财政",
    "township": "乡镇",
    "village": "村集体",
    "social": "社会资金",
}
#: what two people order
ORDERS: Final[Mapping[str, str]] = {"contribution": "出资", "withdrawal": "退回出资"}
#: movements of a special account
MOVEMENTS: Final[Mapping[str, str]] = {
    **ORDERS,
    "interest": "专户利息",
    "compensation": "代偿支出",
    "recovery": "追偿款返还",
}
