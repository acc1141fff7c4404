"""``fupin verify``: the books recomputed from their rows, and everything that differs named.

The trail's chain and every digest in it, the triggers that guard the record, then each room's own
checks, all at one moment of the books. Without the key the chain cannot be checked, which is a
finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

import credit.checks
import enterprises.checks
import households.checks
import indicators.checks
import jobs.checks
import ledger
import loans.checks
import loans.replay_checks
import mutual_aid.checks
import organisations.checks
import risk_fund.checks
import subsidies.checks
from config.wiring import House
from jobs.models import Closing
from jobs.snapshot import one_moment
from kernel import trail
from kernel.append_only import append_only_tables, guarded_tables
from kernel.findings import Finding
from kernel.trail import Mac
from kernel.vault import KeyFileUnusable

Check = Callable[[Session], Iterator[Finding]]

#: the rooms' checks, from the ground up
ROOM_CHECKS: tuple[Check, ...] = (
    ledger.check,
    organisations.checks.check,
    households.checks.check,
    credit.checks.check,
    loans.checks.check,
    subsidies.checks.check,
    risk_fund.checks.check,
    enterprises.checks.check,
    mutual_aid.checks.check,
    indicators.checks.check,
    jobs.checks.check,
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found, and what is only worth knowing."""

    findings: list[Finding]
    notes: list[str]

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return {
            "clean": not self.findings,
            "findings": [finding.as_dict() for finding in self.findings],
            "notes": self.notes,
        }


def run(house: House, root: str | None = None) -> Verification:
    """Check everything; ``root`` is one that a closing report printed."""
    with one_moment(house.opened) as connection, Session(connection) as session:
        ledger.books(session)
        chain = partial(trail.check, mac=_mac(house), expected_root=root)
        findings = list(_ask("kernel.trail", chain, session))
        for check in (_unguarded, *ROOM_CHECKS):
            findings += _ask(check.__module__, check, session)
        # A corrected loan is lived again, and a life knows holidays.
        replayed = partial(loans.replay_checks.check, calendar=house.calendar)
        findings += _ask(loans.replay_checks.__name__, replayed, session)
        return Verification(findings, list(_notes(session, house)))


def _ask(name: str, check: Check, session: Session) -> Iterator[Finding]:
    """What a check finds; one that breaks on damaged rows has found something as well."""
    savepoint = session.begin_nested()
    try:
        yield from check(session)
    except Exception as broken:  # noqa: BLE001 - damage takes any form, and the rest is still asked
        yield Finding(
            "jobs.verify",
            "*",
            name,
            f"核对{name}因数据损坏无法完成：{broken!r}",
            f"the check {name} broke on what it read: {broken!r}",
        )
    finally:
        savepoint.rollback()


def _mac(house: House) -> Mac | None:
    try:
        return house.keyring.mac
    except KeyFileUnusable:
        return None


def _unguarded(session: Session) -> Iterator[Finding]:
    guarded = guarded_tables(session.connection())
    for table in append_only_tables():
        if table not in guarded:
            yield Finding(
                "kernel.append_only",
                table,
                "*",
                f"表{table}缺少防改触发器",
                f"the triggers that keep {table} from being changed are missing",
            )


def _notes(session: Session, house: House) -> Iterator[str]:
    last = session.scalars(select(Closing).order_by(Closing.day.desc()).limit(1)).first()
    if last is not None and last.rulebook_digest != house.rulebook.digest():
        yield f"规则集自{last.day}日终后有变动 · the policy documents changed after {last.day}"
