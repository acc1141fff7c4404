"""The town of the loans, with a village fund in it."""

from __future__ import annotations

import pytest

from tests.beginnings import Beginning
from tests.loans.conftest import ground, holidays, new_town, regions, rulebook, town
from tests.loans.town import Town
from tests.mutual_aid.fund import Fund

__all__ = ["ground", "holidays", "new_town", "regions", "rulebook", "town"]


@pytest.fixture
def fund(town: Town, begin: Beginning) -> Fund:
    """A fund of 50 000 fiscal money, with a group of the first four households."""
    made = Fund(town)

    def live() -> tuple[int, int]:
        made.found().group(1, 2, 3, 4)
        return made.id, made.lender_id

    made.id, made.lender_id = begin("fund", live)
    for _ in range(50):
        # The vouchers that the beginning has used.
        made.voucher()
    return made
