"""Stress (压力测试): what a bad year would cost the fund, and how long it lasts.

``chain`` is the arithmetic of one loan's months, ``drawing`` draws numbers of loans, ``runs`` lives
a portfolio out, ``outcome`` says what came of it: pure, and the same for the same seed. ``history``
and ``portfolio`` read the books, ``assumed`` holds what they cannot say, ``asking`` puts it
together, ``telling`` says it. Nothing is written.
"""

from risk_fund.stress.asking import StressAsked, Stressed, ask
from risk_fund.stress.outcome import Outcome, stress
from risk_fund.stress.telling import as_data

__all__ = ["Outcome", "StressAsked", "Stressed", "as_data", "ask", "stress"]
