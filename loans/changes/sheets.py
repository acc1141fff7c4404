"""Changes on a sheet: proposed by one person, decided by another, in force at once.

Every loan of a sheet is checked when it is proposed, and again on the day of the decision: one that
breaks a rule by then is left out with the rule's words, and the director may leave out others with
a reason of his own. One loan is a sheet of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.money import format_yuan
from kernel.refusals import NotFound, Refusal
from kernel.vault import Keyring
from loans import record
from loans.changes import items
from loans.changes.asked import COMMANDS, KINDS, OWN_COMMANDS, ChangeAsked
from loans.changes.finding import find, named
from loans.changes.gathering import Known, facts_of, gather
from loans.changes.refusals import (
    ChangeKindUnknown,
    ChangeSheetLenders,
    NothingLeftToChange,
    NotOnChangeSheet,
)
from loans.changes.rules import broken_rules
from loans.changes.taking import Agreed, event_of, rehearse, take_effect
from loans.models import ChangeItem, ChangeLeftOut, ChangeSheet
from loans.operations.applying import common_region, own_index
from loans.operations.finding import require_idle
from loans.record import Loaded
from loans.refusals import LoanSheetEmpty, SheetRefused
from loans.replay import CHANGES
from office import approvals, rights
from office.refusals import ReasonMissing
from policy import ConductRules, Rulebook

SUBJECT = "change_sheets"


def commands_of(kind: str) -> tuple[str, str]:
    """The commands that proposing and deciding a kind take."""
    if kind not in KINDS:
        raise ChangeKindUnknown(field="kind", kind=kind[:20])
    return OWN_COMMANDS.get(kind, COMMANDS)


class Judge:
    """The rules of a day, for loans of many villages."""

    def __init__(
        self, session: Session, rulebook: Rulebook, calendar: HolidayTable, on: date
    ) -> None:
        self._session = session
        self._rulebook = rulebook
        self._calendar = calendar
        self.on = on
        self._conduct: dict[str, ConductRules] = {}

    def conduct(self, village_code: str) -> ConductRules:
        """The conduct rules of a village, looked up once."""
        if village_code not in self._conduct:
            self._conduct[village_code] = self._rulebook.conduct(on=self.on, region=village_code)
        return self._conduct[village_code]

    def judged(
        self, kind: str, asked: ChangeAsked, one: Loaded, known: Known
    ) -> tuple[Agreed, list[Refusal], list[str]]:
        """A change with its facts, the rules it breaks, and those passed with a reason."""
        conduct = self.conduct(one.loan.village_code)
        facts = facts_of(one, asked, known, conduct, on=self.on)
        answers = broken_rules(kind, asked, facts, conduct, on=self.on)
        excused = bool(asked.exception_reason.strip())
        passed = [a.refusal.code for a in answers if a.in_principle and excused]
        refused = [a.refusal for a in answers if a.refusal.code not in passed]
        if not refused and kind in CHANGES:
            refused = self._rehearsed(kind, asked, one, facts)
        return Agreed(0, asked, facts, one, conduct), refused, list(dict.fromkeys(passed))

    def _rehearsed(
        self, kind: str, asked: ChangeAsked, one: Loaded, facts: object
    ) -> list[Refusal]:
        event = event_of(kind, asked, facts, self.on)  # type: ignore[arg-type]
        try:
            rehearse(self._session, one, event, on=self.on, calendar=self._calendar)
        except Refusal as refusal:
            return [refusal]
        return []


def propose(
    session: Session,
    *,
    kind: str,
    rows: Sequence[ChangeAsked],
    rulebook: Rulebook,
    calendar: HolidayTable,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> int:
    """Put changes of one kind before the director; the sheet's id.

    Raises ``SheetRefused`` with every row that breaks a rule; then nothing is taken in.
    """
    command, decision = commands_of(kind)
    ledger.require_bookable(session, on)
    rights.allow(by, command)
    if not rows:
        raise LoanSheetEmpty
    rows = named(session, rows, keyring)
    loaded, refused = find(session, rows)
    for one in loaded.values():
        loan = one.loan
        rights.allow(by, command, region=loan.village_code, institution_id=loan.lender_id)
    lenders = {one.loan.lender_id for one in loaded.values()}
    if len(lenders) > 1:
        raise ChangeSheetLenders(field="rows")
    written, broken = _checked(
        kind,
        rows,
        loaded,
        Judge(session, rulebook, calendar, on),
        gather(session, loaded.values(), rows),
    )
    if refused + broken:
        raise SheetRefused(sorted(refused + broken, key=itemgetter(0)))
    return _hand_in(session, kind, decision, loaded, written, on, by)


def _hand_in(
    session: Session,
    kind: str,
    decision: str,
    loaded: Mapping[str, Loaded],
    written: Sequence[dict[str, object]],
    on: date,
    by: Actor,
) -> int:
    """The sheet, its items, and the proposal with their digest."""
    sheet = ChangeSheet(
        kind=kind,
        lender_id=next(one.loan.lender_id for one in loaded.values()),
        region_code=common_region([one.loan.village_code for one in loaded.values()]),
        proposed_on=on,
        loans=len(written),
        digest=items.digest(kind, written),
    )
    session.add(sheet)
    session.flush()
    session.execute(insert(ChangeItem), [{"sheet_id": sheet.id, **row} for row in written])
    out_fen = sum(one.course.principal_fen for one in loaded.values())
    approvals.propose(
        session,
        command=decision,
        subject_kind=SUBJECT,
        subject_id=sheet.id,
        digest=sheet.digest,
        summary=_summary(kind, list(loaded), out_fen),
        region_code=sheet.region_code,
        institution_id=sheet.lender_id,
        on=on,
        by=by,
    )
    return sheet.id


def _summary(kind: str, numbers: Sequence[str], out_fen: int) -> str:
    what = (
        f"合同{numbers[0]}{KINDS[kind]}" if len(numbers) == 1 else f"{KINDS[kind]}{len(numbers)}笔"
    )
    return f"{what}，贷款余额{format_yuan(out_fen)}元"


def _checked(
    kind: str,
    rows: Sequence[ChangeAsked],
    loaded: Mapping[str, Loaded],
    judge: Judge,
    known: Known,
) -> tuple[list[dict[str, object]], list[tuple[int, Refusal]]]:
    """The items' columns, and every rule that a row breaks."""
    written: list[dict[str, object]] = []
    refused: list[tuple[int, Refusal]] = []
    for place, asked in enumerate(rows, start=1):
        if asked.number not in loaded:
            continue
        one = loaded[asked.number]
        if not asked.reason.strip():
            refused.append((place, ReasonMissing(field="reason")))
        agreed, broken, passed = judge.judged(kind, asked, one, known)
        refused += [(place, refusal) for refusal in broken]
        written.append(
            {
                "loan_id": one.loan.id,
                "value_date": asked.value_date,
                "asked": items.written(kind, asked, agreed.facts, one),
                "reason": asked.reason.strip(),
                "exceptions": ",".join(passed),
            }
        )
    return written, refused


# --- the decision ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parted:
    """The items of a sheet on the day of its decision."""

    agreed: list[Agreed]
    #: item -> why it is left out
    out: dict[int, str]
    exceptions: bool = False
    #: the first rule that is broken now
    first: tuple[str, Refusal] | None = None


def decide(
    session: Session,
    *,
    sheet_id: int,
    approved: bool,
    rulebook: Rulebook,
    calendar: HolidayTable,
    on: date,
    by: Actor,
    reason: str = "",
    left_out: Mapping[str, str] | None = None,
) -> int:
    """Approve or send back a sheet, as somebody other than who proposed it; how many are changed.

    ``left_out``: contract number -> why the director takes it out.
    """
    ledger.require_bookable(session, on)
    sheet = sheet_of(session, sheet_id)
    rows = items_of(session, sheet_id)
    loans = record.load(session, [item.loan_id for item in rows], lock=approved)
    approvals.decide(
        session,
        proposal_id=approvals.proposal_of(session, SUBJECT, sheet_id).id,
        digest=items.digest(sheet.kind, [items.row_of(item) for item in rows]),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
        identity_indexes=own_index(session, by, _households(list(loans.values()))),
    )
    if not approved:
        return 0
    require_idle(session, loans.values())
    judge = Judge(session, rulebook, calendar, on)
    parted = _part(session, sheet.kind, rows, loans, judge, dict(left_out or {}))
    if not parted.agreed:
        raise _nothing_left(parted, rows, loans)
    if parted.exceptions:
        rights.allow(by, "loans.except", region=sheet.region_code, institution_id=sheet.lender_id)
    insert_out = [
        {"item_id": item_id, "decided_on": on, "reason": why} for item_id, why in parted.out.items()
    ]
    if insert_out:
        session.execute(insert(ChangeLeftOut), insert_out)
    take_effect(session, sheet.kind, parted.agreed, on=on, calendar=calendar)
    return len(parted.agreed)


def _households(loans: Sequence[Loaded]) -> list[int]:
    return sorted({one.loan.household_id for one in loans if one.loan.household_id is not None})


def _part(
    session: Session,
    kind: str,
    rows: Sequence[ChangeItem],
    loans: Mapping[int, Loaded],
    judge: Judge,
    left_out: dict[str, str],
) -> _Parted:
    """What is decided of each item: changed, left out by the director, or by a rule."""
    asked = {item.id: items.read(item, loans[item.loan_id].loan.number) for item in rows}
    for number, why in left_out.items():
        if all(one.number != number for one in asked.values()):
            raise NotOnChangeSheet(field="left_out", number=number[:40])
        if not why.strip():
            raise ReasonMissing(field="left_out")
    known = gather(session, loans.values(), list(asked.values()))
    parted = _Parted([], {})
    for item in rows:
        one, wanted = loans[item.loan_id], asked[item.id]
        if wanted.number in left_out:
            parted.out[item.id] = left_out[wanted.number].strip()
            continue
        agreed, broken, passed = judge.judged(kind, wanted, one, known)
        # What was not passed when it was proposed was not put before the director.
        broken += (
            [] if set(passed) <= set(item.exceptions.split(",")) else _again(agreed, judge, kind)
        )
        if broken:
            parted.out[item.id] = items.first_words(broken)
            parted.first = parted.first or (wanted.number, broken[0])
            continue
        parted.exceptions = parted.exceptions or bool(item.exceptions)
        agreed.item_id = item.id
        parted.agreed.append(agreed)
    return parted


def _again(agreed: Agreed, judge: Judge, kind: str) -> list[Refusal]:
    answers = broken_rules(kind, agreed.asked, agreed.facts, agreed.conduct, on=judge.on)
    return [answer.refusal for answer in answers]


def _nothing_left(
    parted: _Parted, rows: Sequence[ChangeItem], loans: Mapping[int, Loaded]
) -> NothingLeftToChange:
    if parted.first is None:
        number = loans[rows[0].loan_id].loan.number
        why = parted.out[rows[0].id]
        return NothingLeftToChange(field="left_out", number=number, why_zh=why, why_en=why)
    number, first = parted.first
    return NothingLeftToChange(
        field="sheet_id", number=number, why_zh=first.message("zh"), why_en=first.message("en")
    )


def sheet_of(session: Session, sheet_id: int) -> ChangeSheet:
    """A sheet by its number."""
    sheet = session.get(ChangeSheet, sheet_id)
    if sheet is None:
        raise NotFound(field="sheet_id", what="变更清单")
    return sheet


def items_of(session: Session, sheet_id: int) -> Sequence[ChangeItem]:
    """The items of a sheet, in its order."""
    return session.scalars(
        select(ChangeItem).where(ChangeItem.sheet_id == sheet_id).order_by(ChangeItem.id)
    ).all()
