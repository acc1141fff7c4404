"""The town of the loans' tests, on which the proofs are done."""

from __future__ import annotations

from tests.loans.conftest import holidays, new_town, regions, rulebook, town

__all__ = ["holidays", "new_town", "regions", "rulebook", "town"]
