"""How a household is found: surveys, cases and their steps, review rounds, samples, villages."""

from __future__ import annotations
