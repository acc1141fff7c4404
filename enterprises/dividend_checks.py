"""Dividends read back: rounds, rows and places say the same; then the money (``dividend_money``).

* every period that has fallen due has its round, and the calendar stands at the next;
* the rows of a version are those that were declared; each floor is what the pure terms say of its
  stake and days, and what goes beyond is its part of the declared profit, by the largest remainder
  over the stakes and days that the version was split by;
* the rows that count are of everybody who was linked, as the lists say, and so are those sums;
* a round stands where its last step brought it, by steps that the lifecycle allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, or_, select, union
from sqlalchemy.orm import Session

import ledger
from enterprises import batch, dividend_money, terms
from enterprises.batch import Case, SplitBase
from enterprises.dividend_money import finding
from enterprises.dividends import lifecycle
from enterprises.dividends.declaring import term_of
from enterprises.dividends.rounds import due_by, round_at
from enterprises.dividends.steps import COURSE
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementList,
    DividendCalendar,
    DividendDeclaration,
    DividendPosition,
    DividendRound,
    DividendRow,
    Unwinding,
    UnwindingApproval,
)
from enterprises.terms import Linked
from kernel.findings import Finding


def check(session: Session) -> Iterator[Finding]:
    """Everything that is written of a dividend, recomputed."""
    yield from _rounds(session)
    yield from _frozen(session)
    yield from _split(session)
    yield from _split_by(session)
    yield from _linked(session)
    yield from _places(session)
    yield from dividend_money.check(session)


# --- rounds ---------------------------------------------------------------------------------------


def _rounds(session: Session) -> Iterator[Finding]:
    """Of each agreement in force: the periods due by the last closed day, and the next."""
    closed = ledger.last_closed_day(session)
    found: dict[int, set[tuple[object, ...]]] = {}
    for row in session.scalars(select(DividendRound).where(DividendRound.revision == 0)):
        place = (row.nr, row.period_from, row.period_to, row.counted_to, row.due_on)
        found.setdefault(row.agreement_id, set()).add(place)
    calendars = {row.agreement_id: row for row in session.scalars(select(DividendCalendar))}
    for agreement, approved_on, until in session.execute(_in_force()).all():
        if closed is None or approved_on > closed:
            continue
        due = list(due_by(agreement, 1, until, closed))
        wanted = {(nr, p.start, p.end, to, day) for nr, p, to, day in due}
        if found.get(agreement.id, set()) != wanted:
            yield finding(
                "rounds",
                "dividend_rounds",
                f"agreement_id={agreement.id}",
                f"协议{agreement.number}应有{len(wanted)}期分红，记录的期次与协议不符",
                f"agreement {agreement.number} has come to {len(wanted)} rounds, others are noted",
            )
        yield from _calendar(agreement, until, len(due) + 1, calendars.get(agreement.id))


def _calendar(
    agreement: Agreement, until: Any, next_nr: int, stands: DividendCalendar | None
) -> Iterator[Finding]:
    coming = round_at(agreement, next_nr, until)
    wanted = (next_nr, coming[3] if coming else None)
    if stands is None or (stands.next_nr, stands.next_due_on) != wanted:
        yield finding(
            "calendar",
            "dividend_calendar",
            f"agreement_id={agreement.id}",
            f"协议{agreement.number}的下一期应为{wanted}",
            f"the next round of agreement {agreement.number} is {wanted}",
        )


def _in_force() -> Select[Any, Any, Any]:
    return (
        select(Agreement, AgreementApproval.approved_on, Unwinding.from_on)
        .join(AgreementList, AgreementList.agreement_id == Agreement.id)
        .join(AgreementApproval, AgreementApproval.list_id == AgreementList.id)
        .outerjoin(UnwindingApproval, UnwindingApproval.agreement_id == Agreement.id)
        .outerjoin(Unwinding, Unwinding.id == UnwindingApproval.unwinding_id)
        .where(AgreementList.nr == 1)
        .order_by(Agreement.id)
    )


# --- rows -----------------------------------------------------------------------------------------


def _frozen(session: Session) -> Iterator[Finding]:
    """Digest, count and totals of every version's rows."""
    every = select(DividendDeclaration).order_by(
        DividendDeclaration.round_id, DividendDeclaration.version
    )
    for one in session.scalars(every):
        stands = batch.stand(session, one.round_id, one.version)
        wanted = batch.Totals(
            one.rows, one.amount_fen, one.cash_fen, one.reinvested_fen, one.digest
        )
        if stands != wanted:
            yield finding(
                "frozen",
                "dividend_rows",
                f"round_id={one.round_id}, version={one.version}",
                f"第{one.round_id}号分红第{one.version}稿的明细为{stands}，申报时为{wanted}",
                f"the rows of round {one.round_id}, version {one.version} are {stands}, declared"
                f" were {wanted}",
            )


def _split(session: Session) -> Iterator[Finding]:
    """Row by row from its own stake and days, over the numbers that the version was split by."""
    declared = (
        select(DividendDeclaration, DividendRound, Agreement)
        .join(DividendRound, DividendRound.id == DividendDeclaration.round_id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
    )
    for one, found, agreement in session.execute(declared).all():
        case = Case(found, agreement, term_of(session, agreement, found.nr))
        base = SplitBase(one.stake_days, one.floors_fen)
        above_fen = batch.above(case, base, profit_fen=one.profit_fen, extra_fen=one.extra_fen)
        rows = session.scalars(
            select(DividendRow)
            .where(DividendRow.round_id == found.id, DividendRow.version == one.version)
            .execution_options(yield_per=1000)
        )
        sums = _Recomputed()
        for row in rows:
            sums.take(case, row, above_fen, one.stake_days)
        if not sums.fits(base, above_fen, whole=found.revision == 0):
            yield finding(
                "terms",
                "dividend_rows",
                f"round_id={one.round_id}, version={one.version}",
                f"第{one.round_id}号分红有{sums.wrong}户明细与条款不符，"
                f"保底{sums.floors_fen}分，应为{one.floors_fen}分，"
                f"超出保底的部分{sums.profit_fen}分，应为{above_fen}分",
                f"{sums.wrong} rows of round {one.round_id} are not the terms'; floors are"
                f" {sums.floors_fen} fen, not {one.floors_fen}; beyond them are"
                f" {sums.profit_fen} fen, not {above_fen}",
            )


@dataclass
class _Recomputed:
    """The rows of a version, one after the other."""

    #: rows that the pure terms say otherwise
    wrong: int = 0
    floors_fen: int = 0
    profit_fen: int = 0
    stake_days: int = 0
    #: of each row what was cut off it, its household, and the fen it got for that
    cut: list[tuple[int, int, int]] = field(default_factory=list)

    def take(self, case: Case, row: DividendRow, above_fen: int, stake_days: int) -> None:
        """Add a row up, and hold it against the terms."""
        part, rest = divmod(above_fen * row.stake_days, stake_days) if stake_days else (0, 0)
        self.cut.append((-rest, row.household_id, row.profit_fen - part))
        self.floors_fen += row.floor_fen
        self.profit_fen += row.profit_fen
        self.stake_days += row.stake_days
        self.wrong += not _by_terms(case, row)

    def fits(self, base: SplitBase, above_fen: int, *, whole: bool) -> bool:
        """Whether it is the split. A later round of the period holds only those who fell short."""
        got = [fen for _rest, _household, fen in sorted(self.cut)]
        by_remainder = {0, 1}.issuperset(got) and got == sorted(got, reverse=True)
        sums = (self.floors_fen, self.profit_fen)
        wanted = (base.floors_fen, above_fen)
        within = all(mine <= all_of for mine, all_of in zip(sums, wanted, strict=True))
        adds_up = sums == wanted if whole else within
        return not self.wrong and by_remainder and adds_up and self.stake_days <= base.stake_days


def _by_terms(case: Case, row: DividendRow) -> bool:
    """Floor, amount and cash of a row are the pure terms'."""
    linked = Linked(
        household_id=row.household_id,
        persons=row.persons,
        stake_fen=row.stake_fen,
        stake_days=row.stake_days,
        linked_days=row.linked_days,
    )
    floor_fen = terms.floor_of(
        case.term,
        linked,
        rhythm_months=case.agreement.rhythm_months,
        period_days=case.period_days,
    )
    return (row.floor_fen, row.amount_fen, row.cash_fen) == (
        floor_fen,
        row.floor_fen + row.profit_fen - row.before_fen,
        terms.cash_of(row.amount_fen, case.term.cash_bp),
    )


def _linked(session: Session) -> Iterator[Finding]:
    """The rows that count are of everybody who was linked, as linked; nobody was left out.

    Of what is paid in advance nobody knows then who will stay: that is settled afterwards.
    """
    declared = (
        select(DividendRound, Agreement, DividendPosition.version)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(DividendPosition, DividendPosition.round_id == DividendRound.id)
        .where(
            DividendRound.revision == 0,
            ~Agreement.in_advance,
            DividendPosition.state.not_in(sorted(lifecycle.UNDECLARED)),
        )
        .order_by(DividendRound.id)
    )
    for found, agreement, version in session.execute(declared).all():
        case = Case(found, agreement, term_of(session, agreement, found.nr))
        for household_id in session.scalars(_unlike(case, version)):
            yield finding(
                "linked",
                "dividend_rows",
                f"round_id={found.id}, household_id={household_id}",
                f"第{found.id}号分红中农户{household_id}的明细与联结名单不符，或有遗漏",
                f"round {found.id} does not have household {household_id} as it is linked",
            )


def _split_by(session: Session) -> Iterator[Finding]:
    """What a version that counts was split by is what the lists say, where nobody may leave since.

    Beneath a round that is paid in advance one may, until it is settled.
    """
    declared = (
        select(DividendDeclaration, DividendRound, Agreement)
        .join(DividendRound, DividendRound.id == DividendDeclaration.round_id)
        .join(Agreement, Agreement.id == DividendRound.agreement_id)
        .join(
            DividendPosition,
            and_(
                DividendPosition.round_id == DividendDeclaration.round_id,
                DividendPosition.version == DividendDeclaration.version,
            ),
        )
        .where(
            or_(DividendRound.revision > 0, ~Agreement.in_advance),
            DividendPosition.state.not_in(sorted(lifecycle.UNDECLARED)),
        )
        .order_by(DividendRound.id)
    )
    for one, found, agreement in session.execute(declared).all():
        told = batch.base_of(session, Case(found, agreement, term_of(session, agreement, found.nr)))
        if told != SplitBase(one.stake_days, one.floors_fen):
            yield finding(
                "split_by",
                "dividend_declarations",
                f"round_id={one.round_id}, version={one.version}",
                f"第{one.round_id}号分红按{one.stake_days}分·天、保底{one.floors_fen}分分配，"
                f"联结名单为{told.stake_days}分·天、{told.floors_fen}分",
                f"round {one.round_id} was split by {one.stake_days} fen-days and floors of"
                f" {one.floors_fen} fen; by the lists {told.stake_days} and {told.floors_fen}",
            )


def _unlike(case: Case, version: int) -> Select[int]:
    """Households whose row is not what the lists say of them, or that have one too many or few."""
    told = batch.floors(case)
    names = ("persons", "stake_fen", "stake_days", "linked_days", "floor_fen")
    rows = (
        select(DividendRow.household_id, *(getattr(DividendRow, name) for name in names))
        .where(DividendRow.round_id == case.round.id, DividendRow.version == version)
        .cte("rows_told")
    )
    differs = or_(*(told.c[name] != rows.c[name] for name in names))
    lost = and_(rows.c.household_id.is_(None), told.c.floor_fen > 0)
    of_lists = (
        select(told.c.household_id)
        .outerjoin(rows, rows.c.household_id == told.c.household_id)
        .where(or_(differs, lost))
    )
    strange = select(rows.c.household_id).where(
        rows.c.household_id.not_in(select(told.c.household_id))
    )
    return select(union(of_lists, strange).subquery("unlike").c[0])


# --- steps ----------------------------------------------------------------------------------------


def _places(session: Session) -> Iterator[Finding]:
    """Every round's steps follow one another, and its place is the last one's."""
    went = COURSE.went(session)
    places = {
        row.round_id: (row.state, row.version) for row in session.scalars(select(DividendPosition))
    }
    for round_id in session.scalars(select(DividendRound.id).order_by(DividendRound.id)):
        states = went.get(round_id, [])
        if not COURSE.allows(lifecycle.DUE, states) or places.get(round_id) != (
            states[-1],
            states.count(lifecycle.DECLARED),
        ):
            path = "→".join(states)
            yield finding(
                "places",
                "dividend_positions",
                f"round_id={round_id}",
                f"第{round_id}号分红经历{path}，记录所处环节为{places.get(round_id)}",
                f"round {round_id} went {path} and is said to be {places.get(round_id)}",
            )
