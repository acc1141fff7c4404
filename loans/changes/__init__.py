"""Changes of a loan (变更), decided by two people, singly or as a list.

``rules`` says purely which rules a change breaks, ``sheets`` puts changes before a second person,
``taking`` has what was decided take effect, ``page`` is the printed sheet. The contract is never
edited: what it said stays readable on the sheet that changed it.
"""

from loans.changes.asked import KINDS, WHYS, ChangeAsked
from loans.changes.sheets import decide as decide_changes
from loans.changes.sheets import propose as propose_changes

__all__ = ["KINDS", "WHYS", "ChangeAsked", "decide_changes", "propose_changes"]
