"""Papers of the subsidies, as data: the claim sheet (贴息申报表), which the letter goes by too."""

from __future__ import annotations

from subsidies.documents.sheet import ClaimSheet, Group, Hands, SheetRow, claim_sheet
from subsidies.documents.wan import wan

__all__ = ["ClaimSheet", "Group", "Hands", "SheetRow", "claim_sheet", "wan"]
