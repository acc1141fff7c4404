"""Families live: birth, death, marriage, splitting, merging, moving, a new head, a right number.

Each verb records one event, changes the register's rows by it, and seals them. Loans stay with the
household that signed; what two households share of the caps is in ``lines``.
"""

from __future__ import annotations

from households.families.identities import correct_identity, present_people
from households.families.members import Newcomer, Successor, arrive, depart, new_head
from households.families.own_limits import Asked, decide_own_limit, propose_own_limit
from households.families.parting import merge, split
from households.families.recording import Told
from households.family_lines import cap_group, cap_groups, own_index, with_merged
from households.models.families import EVENT_TITLES, EventKind

__all__ = [
    "EVENT_TITLES",
    "Asked",
    "EventKind",
    "Newcomer",
    "Successor",
    "Told",
    "arrive",
    "cap_group",
    "cap_groups",
    "correct_identity",
    "decide_own_limit",
    "depart",
    "merge",
    "new_head",
    "own_index",
    "present_people",
    "propose_own_limit",
    "split",
    "with_merged",
]
