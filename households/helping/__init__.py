"""Help: the ten measures, paired helpers and their visits, special funds and industry projects.

What may be told is dated data (``measures``); sheets come in through ``forms``; the verbs write
(``noting`` measures and visits, ``pairing`` helpers, ``funds``, ``projects``); ``queries`` reads
one household's help, ``figures`` what it adds up to. Rights: ``households.help``,
``households.special_funds``.
"""

from __future__ import annotations

from households.helping.forms import MEASURES, PAIRS, PROJECTS, VISITS
from households.helping.funds import FundEntered, UseEntered, enter_fund, take_back, use_fund
from households.helping.measures import HelpRules, Measure, ShareRule, load_measures
from households.helping.noting import note_measures, note_visits, withdraw
from households.helping.pairing import end_pair, pair
from households.helping.projects import enter_projects, list_households

__all__ = [
    "MEASURES",
    "PAIRS",
    "PROJECTS",
    "VISITS",
    "FundEntered",
    "HelpRules",
    "Measure",
    "ShareRule",
    "UseEntered",
    "end_pair",
    "enter_fund",
    "enter_projects",
    "list_households",
    "load_measures",
    "note_measures",
    "note_visits",
    "pair",
    "take_back",
    "use_fund",
    "withdraw",
]
