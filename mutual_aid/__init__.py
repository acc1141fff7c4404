"""Village funds: members, stakes, groups with joint liability, votes, and the fund's own money.

The loans of a fund are loans of ``loans/`` in the mode ``mutual``, outside cover, subsidy and the
county's lending figures. A fund takes no deposits and pays no dividends.
"""

from mutual_aid.books import month_list, post_list
from mutual_aid.carrying import permit_extension
from mutual_aid.counting import Counted
from mutual_aid.ending import RESIDUES, close_fund, hand_over, left_of
from mutual_aid.founding import decide_fund, propose_fund, set_fee
from mutual_aid.gone import Gone, gone
from mutual_aid.membership import form_group, join, join_group, leave, leave_group
from mutual_aid.money import share_fee, spend, take_in
from mutual_aid.sheets import Joining, join_many, read_members, write_members_template
from mutual_aid.stakes import pay_stake, withdraw_stake
from mutual_aid.voting import cast, count, open_vote

__all__ = [
    "RESIDUES",
    "Counted",
    "Gone",
    "Joining",
    "cast",
    "close_fund",
    "count",
    "decide_fund",
    "form_group",
    "gone",
    "hand_over",
    "join",
    "join_group",
    "join_many",
    "leave",
    "leave_group",
    "left_of",
    "month_list",
    "open_vote",
    "pay_stake",
    "permit_extension",
    "post_list",
    "propose_fund",
    "read_members",
    "set_fee",
    "share_fee",
    "spend",
    "take_in",
    "withdraw_stake",
    "write_members_template",
]
