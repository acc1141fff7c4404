"""The enterprises read back: recognitions, agreements and their lists, dividends and unwinding."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from enterprises import agreement_checks, dividend_checks, second_hand_checks
from kernel.findings import Finding


def check(session: Session) -> Iterator[Finding]:
    """Everything the enterprises promise, read back."""
    yield from agreement_checks.check(session)
    yield from dividend_checks.check(session)
    yield from second_hand_checks.check(session)
