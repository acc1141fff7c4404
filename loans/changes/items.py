"""A change asked for as it is written down: old terms and new, in canonical JSON, under one hash.

What stood when it was proposed is written beside what is asked, so that the sheet says for ever
what was changed into what, and the second person decides on both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from kernel.refusals import Refusal
from loans.changes.asked import ChangeAsked, Facts
from loans.models import ChangeItem
from loans.record import Loaded
from office import approvals

#: what a kind moves: name -> how it stands, how it is asked for
_Moved = Mapping[str, tuple[object, object]]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _maturity(asked: ChangeAsked, facts: Facts, _one: Loaded) -> _Moved:
    return {"matures_on": (_day(facts.matures_on), _day(asked.matures_on))}


def _plan(asked: ChangeAsked, facts: Facts, _one: Loaded) -> _Moved:
    return {
        "method": (facts.method, asked.method),
        "every_months": (facts.every_months, asked.every_months),
    }


def _misuse(_asked: ChangeAsked, _facts: Facts, one: Loaded) -> _Moved:
    terms = one.course.terms
    return {"annual_rate_ppm": (terms.pricing.annual_rate_ppm, terms.misuse_rate_ppm)}


def _unsubsidised(_asked: ChangeAsked, _facts: Facts, _one: Loaded) -> _Moved:
    return {"subsidised": (True, False)}


def _write_off(_asked: ChangeAsked, _facts: Facts, one: Loaded) -> _Moved:
    return {"outstanding_fen": (one.course.principal_fen, 0)}


def _grade(asked: ChangeAsked, facts: Facts, _one: Loaded) -> _Moved:
    now = max(facts.grade_by_rule, facts.override)
    return {"grade": (now, max(facts.grade_by_rule, asked.grade))}


def _borrower(asked: ChangeAsked, facts: Facts, _one: Loaded) -> _Moved:
    return {"borrower_id": (facts.borrower_id, asked.borrower_id)}


_MOVED: Final[Mapping[str, Callable[[ChangeAsked, Facts, Loaded], _Moved]]] = {
    "extension": _maturity,
    "deferral": _maturity,
    "plan": _plan,
    "misuse": _misuse,
    "unsubsidised": _unsubsidised,
    "write_off": _write_off,
    "grade": _grade,
    "borrower": _borrower,
}


def written(kind: str, asked: ChangeAsked, facts: Facts, one: Loaded) -> str:
    """Old terms, new terms, and what else was said, as canonical JSON."""
    moved = _MOVED[kind](asked, facts, one)
    said: dict[str, object] = {
        "from": {name: old for name, (old, _) in moved.items()},
        "to": {name: new for name, (_, new) in moved.items()},
    }
    if kind == "grade":
        said["grade"] = asked.grade
    if asked.why:
        said["why"] = asked.why
    if asked.evidence.strip():
        said["evidence"] = asked.evidence.strip()
    if asked.check_id is not None:
        said["check_id"] = asked.check_id
    if asked.exception_reason.strip():
        said["exception_reason"] = asked.exception_reason.strip()
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(item: ChangeItem, number: str) -> ChangeAsked:
    """What was asked for, from its row."""
    said: dict[str, Any] = json.loads(item.asked)
    to = said["to"]
    matures_on = to.get("matures_on")
    return ChangeAsked(
        number=number,
        reason=item.reason,
        value_date=item.value_date,
        matures_on=None if matures_on is None else date.fromisoformat(matures_on),
        method=to.get("method", ""),
        every_months=to.get("every_months", 0),
        evidence=said.get("evidence", ""),
        check_id=said.get("check_id"),
        why=said.get("why", ""),
        grade=said.get("grade", 0),
        borrower_id=to.get("borrower_id"),
        exception_reason=said.get("exception_reason", ""),
    )


def digest(kind: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """What a sheet is frozen by: its kind, and every column of its items."""
    return approvals.digest_of(
        [
            kind,
            [
                [
                    row["loan_id"],
                    _day(row["value_date"]),
                    row["asked"],
                    row["reason"],
                    row["exceptions"],
                ]
                for row in rows
            ],
        ]
    )


def row_of(item: ChangeItem) -> dict[str, Any]:
    """An item's columns, as they were digested."""
    names = ("loan_id", "value_date", "asked", "reason", "exceptions")
    return {name: getattr(item, name) for name in names}


def first_words(refusals: Sequence[Refusal]) -> str:
    """Why a loan is left out, in the words of the rules it breaks."""
    return "；".join(refusal.message("zh") for refusal in refusals)
