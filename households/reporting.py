"""The report on a staged file: what is new, changed and refused, counted and listed.

Counts are always whole; lists stop at ``LISTED_MAX``. Nothing in a report holds a secret: values
of identity numbers, phones and accounts are masked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from households import applying, comparing
from households.differences import Difference, household_differences, person_differences
from households.form import BY_KEY, shown
from households.models import STATUS_TITLES, Household, Person, Status
from households.staging import ImportBatch, ImportFinding, StagedHousehold, StagedPerson
from kernel.vault import Keyring

#: changes and findings that a report lists in full
LISTED_MAX: Final = 1_000

#: what a file can say of a household's status
STATUSES: Final = (Status.REGISTERED, Status.LIFTED, Status.MONITORED, Status.NEEDS_HELP)
_OTHER_TITLES: Final = {"is_head": "是否户主", "born_on": "出生日期"}


@dataclass
class Report:
    """What a file says, and what became of it."""

    file: str
    #: staged, applied
    state: str = "staged"
    rows: int = 0
    households: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, object]] = field(default_factory=list)
    findings_count: int = 0
    questions: list[dict[str, object]] = field(default_factory=list)
    changes: list[dict[str, object]] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return dict(vars(self))

    @property
    def clean(self) -> bool:
        """Whether no household is refused."""
        return self.findings_count == 0


def report_on(session: Session, keyring: Keyring, batch: ImportBatch, on: date) -> Report:
    """The report on a judged batch, but for questions and columns that nobody knows."""
    found = select(ImportFinding).where(ImportFinding.batch_id == batch.id)
    listed = session.scalars(found.order_by(ImportFinding.line, ImportFinding.id).limit(LISTED_MAX))
    return Report(
        file=batch.file_name,
        rows=_count(session, select(StagedPerson.id).where(StagedPerson.batch_id == batch.id)),
        households=_household_counts(session, batch, on),
        people=_person_counts(session, batch),
        findings=[_shown(finding) for finding in listed],
        findings_count=_count(session, found),
        changes=_changes(session, keyring, batch, on),
    )


def _count(session: Session, query: Any) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _household_counts(session: Session, batch: ImportBatch, on: date) -> dict[str, int]:
    refused = select(ImportFinding.number).where(ImportFinding.batch_id == batch.id).distinct()
    stated = select(StagedHousehold.id).where(
        StagedHousehold.batch_id == batch.id, comparing.good(batch.id, StagedHousehold.number)
    )
    new = _count(session, comparing.new_households(batch.id))
    changed = _count(session, _changed_numbers(batch, on))
    return {
        "new": new,
        "changed": changed,
        "unchanged": _count(session, stated) - new - changed,
        "refused": _count(session, refused),
    }


def _person_counts(session: Session, batch: ImportBatch) -> dict[str, int]:
    changed = _count(session, comparing.changed_people(batch))
    return {
        "new": _count(session, comparing.joining_people(batch.id)),
        "changed": changed,
        "unchanged": _count(session, comparing.matched_people(batch)) - changed,
        "left": _count(session, comparing.leaving_people(batch.id)),
    }


def _changed_numbers(batch: ImportBatch, on: date) -> CompoundSelect[str]:
    """SQL: numbers of households of the register that the file changes in any way."""
    joining = comparing.joining_people(batch.id).join(
        Household, Household.number == StagedPerson.number
    )
    parts = [
        comparing.changed_households(batch),
        comparing.changed_people(batch),
        comparing.leaving_people(batch.id),
        joining,
        *(applying.new_statuses(batch.id, status, on) for status in STATUSES),
    ]
    return union(*(part.with_only_columns(Household.number).order_by(None) for part in parts))


def _changes(
    session: Session, keyring: Keyring, batch: ImportBatch, on: date
) -> list[dict[str, object]]:
    """The changes field by field, in the titles of the form; at most ``LISTED_MAX`` of them."""
    listed: list[dict[str, object]] = []
    for chunks in (
        household_differences(session, batch, keyring),
        person_differences(session, batch, keyring),
    ):
        for chunk in chunks:
            listed += [_described(difference) for difference in chunk]
            if len(listed) >= LISTED_MAX:
                return listed[:LISTED_MAX]
    listed += _membership_changes(session, batch)
    listed += _status_changes(session, batch, on)
    return listed[:LISTED_MAX]


def _membership_changes(session: Session, batch: ImportBatch) -> list[dict[str, object]]:
    joining = session.execute(
        comparing.joining_people(batch.id)
        .join(Household, Household.number == StagedPerson.number)
        .with_only_columns(StagedPerson.line, Household.number, StagedPerson.name)
        .order_by(StagedPerson.line)
        .limit(LISTED_MAX)
    )
    leaving = session.execute(
        comparing.leaving_people(batch.id)
        .with_only_columns(StagedHousehold.line, Household.number, Person.name)
        .limit(LISTED_MAX)
    )
    return [
        _change(line, number, name, {"成员": change})
        for rows, change in ((joining, ["不在册", "在册"]), (leaving, ["在册", "离户"]))
        for line, number, name in rows
    ]


def _status_changes(session: Session, batch: ImportBatch, on: date) -> list[dict[str, object]]:
    listed = []
    for status in STATUSES:
        rows = session.execute(
            applying.new_statuses(batch.id, status, on)
            .add_columns(Household.number, StagedHousehold.line)
            .limit(LISTED_MAX)
        )
        title = STATUS_TITLES[status]
        listed += [
            _change(row.line, row.number, "", {"户类型": [None, f"{title} {row.from_on}"]})
            for row in rows
        ]
    return listed


def _change(line: int, number: str, person: str, fields: object) -> dict[str, object]:
    return {"line": line, "number": number, "person": person, "fields": fields}


def _described(difference: Difference) -> dict[str, object]:
    fields = {
        _title(column): [None if value is None else shown(column, value) for value in values]
        for column, values in difference.fields.items()
    }
    return _change(difference.line, difference.number, difference.person, fields)


def _title(column: str) -> str:
    known = BY_KEY.get(column)
    return known.title if known else _OTHER_TITLES.get(column, column)


def _shown(finding: ImportFinding) -> dict[str, object]:
    names = ("line", "number", "field", "rule", "value", "message")
    return {name: getattr(finding, name) for name in names}
