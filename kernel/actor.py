"""Who acts. Every operation takes ``by: Actor``; nothing reads the user from the air.

An actor is a person acting through an account. Rights hang on roles, sight on scope: a region's
digits (2, 4, 6, 9 or 12 of them, see ``kernel.regions``) and, for staff of a lender, an
institution. Four eyes compares ``person_id``, never the account.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work. ``person_id`` 0 is the system itself, which proposes and never approves."""

    person_id: int
    account: str
    roles: frozenset[str]
    #: digits of the region this person sees: 2, 4, 6, 9 or 12
    region_scope: str
    #: ids of the organisations whose rows this person sees; None: every institution of the region
    institution_ids: frozenset[int] | None = None
    #: blind index of the person's identity number, to recognise a borrower's own household
    identity_index: bytes | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind this actor."""
        return self.person_id == 0


def system_actor(region_scope: str) -> Actor:
    """The system as actor: timetable, close, imports of the house's own data."""
    return Actor(0, "system", frozenset({"system"}), region_scope)
