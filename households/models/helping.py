"""Who helps a household, with what, and the money that comes to its village."""

from __future__ import annotations
