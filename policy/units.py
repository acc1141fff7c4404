"""Whole numbers of a policy document, with the unit they are shown in."""

from __future__ import annotations

from typing import Final

from policy.values import counted

MONTHS: Final = counted("个月")
DAYS: Final = counted("天")
WORKING_DAYS: Final = counted("个工作日")
YEARS: Final = counted("周岁")
FULL_YEARS: Final = counted("年")
TIMES: Final = counted("次")
MULTIPLE: Final = counted("倍")
