"""How families change, and what each says that it needs."""

from __future__ import annotations
