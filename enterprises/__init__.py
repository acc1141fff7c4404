"""Enterprises: who may link up with households, on what terms, and the dividends they pay.

An organisation is recognised, an agreement names its terms and its linked households with their
stakes, and each period of it makes a round of dividends, funded by the enterprise alone.
"""

from enterprises.agreeing import decide_list, propose_agreement, propose_list
from enterprises.asked import Asked, Party, Stake
from enterprises.chains import Chain, end_chain, open_chain
from enterprises.dividends.expected import Arrear, arrears
from enterprises.dividends.reading import declared_sums, funding_sums, paid_cash
from enterprises.dividends.rounds import find_due
from enterprises.frameworks import Framework, Use, sign_framework, use_of
from enterprises.leaving import leave
from enterprises.linked import linked_in, links_on
from enterprises.pledging import Pledge, pledge, release
from enterprises.recognising import (
    Wish,
    decide_recognition,
    propose_recognition,
    withdraw_recognition,
)
from enterprises.sheets import read_list, write_list_template
from enterprises.terms import Linked, Part, Term, split
from enterprises.writing import File, Handed

__all__ = [
    "Arrear",
    "Asked",
    "Chain",
    "File",
    "Framework",
    "Handed",
    "Linked",
    "Part",
    "Party",
    "Pledge",
    "Stake",
    "Term",
    "Use",
    "Wish",
    "arrears",
    "decide_list",
    "decide_recognition",
    "declared_sums",
    "end_chain",
    "find_due",
    "funding_sums",
    "leave",
    "linked_in",
    "links_on",
    "open_chain",
    "paid_cash",
    "pledge",
    "propose_agreement",
    "propose_list",
    "propose_recognition",
    "read_list",
    "release",
    "sign_framework",
    "split",
    "use_of",
    "withdraw_recognition",
    "write_list_template",
]
