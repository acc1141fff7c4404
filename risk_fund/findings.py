"""How the fund's checks say what they found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.findings import Finding


def found(check: str, table: str, key: str, zh: str, en: str) -> Finding:
    """A finding of the fund."""
    return Finding(f"risk_fund.{check}", table, key, zh, en)


def differences(
    check: str, table: str, key: str, kept: Mapping[Any, Any], counted: Mapping[Any, Any]
) -> Iterator[Finding]:
    """A finding for each key under which two ways of counting do not say the same."""
    for one in sorted(kept.keys() | counted.keys()):
        stands, should = kept.get(one), counted.get(one)
        if stands != should:
            yield found(
                check,
                table,
                f"{key}={one}",
                f"账上为{stands}，重算为{should}",
                f"{stands} stands, recomputed it is {should}",
            )
