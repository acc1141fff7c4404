"""Who borrows how much, when and from whom: the county's lending as a plan, before anyone asks.

Pure and deterministic. Numbers of loans and the sum come out exactly; every loan stays within its
household's line, its borrower is of age on the signing day, and its last day is a working day where
it falls into the demo's time, so that it is repaid on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from demo.county import County
from demo.people import Family, Member
from kernel.calendar import HolidayTable
from kernel.dates import add_months

#: whole hundreds of yuan
_STEP_FEN = 10_000
_LEAST_FEN = 300_000
#: of a hundred borrowers: how many have each line, the largest line first
_LINES = ((5_000_000, 62), (3_000_000, 36), (1_000_000, 2))
_SHORT_MONTHS, _LONG_MONTHS = 12, 36
#: of a hundred loans: those for a year
_SHORT = 9
#: from the opening of the books to the first session
_FIRST = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that may borrow."""

    family: Family
    lender: str
    line_fen: int
    #: first day of its first rating
    rated_on: date


@dataclass(frozen=True, slots=True)
class Sitting:
    """A lending session of a lender: its days, one step a day."""

    lender: str
    apply_on: date
    decide_on: date
    #: contracts are signed and paid out
    sign_on: date


@dataclass(frozen=True, slots=True)
class Planned:
    """A loan to be asked for."""

    family: Family
    borrower: Member
    amount_fen: int
    term_months: int


def sittings(county: County, lender: str, nth: int, calendar: HolidayTable) -> list[Sitting]:
    """A lender's sessions, the first four weeks after the books open."""
    found: list[Sitting] = []
    day = county.opens_on + _FIRST + timedelta(days=2 * nth)
    while True:
        apply_on = calendar.next_working_day(day)
        decide_on = calendar.next_working_day(apply_on + timedelta(days=1))
        sign_on = calendar.next_working_day(decide_on + timedelta(days=1))
        if sign_on >= county.closes_on:
            return found
        found.append(Sitting(lender, apply_on, decide_on, sign_on))
        day += timedelta(days=county.session_days)


def plan(
    county: County,
    candidates: Iterable[Candidate],
    meetings: Mapping[str, Sequence[Sitting]],
    calendar: HolidayTable,
) -> list[tuple[Sitting, list[Planned]]]:
    """Every session with its loans, in the order of the days."""
    chance = Random(county.seed + 1)  # noqa: S311  (a plan to be repeated, not a secret)
    chosen = _choose(county, candidates, chance)
    amounts = _amounts(county, chosen, chance)
    wanted = dict(zip((one.family.number for one in chosen), amounts, strict=True))
    planned = []
    for lender, own in meetings.items():
        queue = [one for one in chosen if one.lender == lender]
        for sitting, borrowers in _seat(county, queue, own):
            loans = [_planned(one, sitting, wanted, chance, calendar, county) for one in borrowers]
            planned.append((sitting, loans))
    return sorted(planned, key=lambda one: (one[0].apply_on, one[0].lender))


def of_age(family: Family, first: date, last: date) -> Member | None:
    """Who signs: the head, or the first working member between 18 and 65 on all these days."""
    for member in family.members:
        young = add_months(member.born_on, 18 * 12) > first
        old = add_months(member.born_on, 65 * 12) <= last
        if not young and not old and (member.relation == "户主" or member.works):
            return member
    return None


def _choose(county: County, candidates: Iterable[Candidate], chance: Random) -> list[Candidate]:
    """The borrowers: those who will be paid a dividend, so many of each size, then the others."""
    able = [
        one
        for one in candidates
        if of_age(one.family, county.opens_on, county.closes_on) is not None
    ]
    chosen: list[Candidate] = []
    for size, count in county.linkage.paid if county.linkage else ():
        chosen += _by_line([one for one in able if len(one.family.members) == size], count, chance)
    taken = {one.family.number for one in chosen}
    rest = [one for one in able if one.family.number not in taken]
    others = _by_line(rest, county.loans - len(chosen), chance)
    # Who was rated first is asked first.
    return [*_as_rated(chosen, chance), *_as_rated(others, chance)]


def _as_rated(chosen: list[Candidate], chance: Random) -> list[Candidate]:
    chance.shuffle(chosen)
    return sorted(chosen, key=lambda one: one.rated_on)


def _by_line(able: Sequence[Candidate], count: int, chance: Random) -> list[Candidate]:
    """So many of each line; where one has too few, the others help out."""
    chosen: list[Candidate] = []
    share = 0
    for line_fen, percent in _LINES:
        share += percent
        pool = [one for one in able if one.line_fen == line_fen]
        chance.shuffle(pool)
        chosen += pool[: count * share // 100 - len(chosen)]
    taken = {one.family.number for one in chosen}
    rest = [one for one in able if one.family.number not in taken]
    chosen += rest[: count - len(chosen)]
    if len(chosen) < count:
        raise ValueError(f"{len(chosen)} households can borrow, {count} are wanted")
    return chosen


def _amounts(county: County, chosen: Sequence[Candidate], chance: Random) -> list[int]:
    """An amount for each, within its line; they add up to the county's sum."""
    amounts = []
    for one in chosen:
        whole = chance.randrange(100) < 62
        part = 100 if whole else chance.randrange(60, 100)
        amounts.append(max(_LEAST_FEN, one.line_fen * part // 100 // _STEP_FEN * _STEP_FEN))
    missing = county.lent_fen - sum(amounts)
    step = _STEP_FEN if missing > 0 else -_STEP_FEN
    while missing:
        before = missing
        for place, one in enumerate(chosen):
            if missing and _LEAST_FEN <= amounts[place] + step <= one.line_fen:
                amounts[place] += step
                missing -= step
        if missing == before:
            raise ValueError(f"the lines cannot hold {county.lent_fen} fen")
    return amounts


def _seat(
    county: County, queue: list[Candidate], meetings: Sequence[Sitting]
) -> Iterable[tuple[Sitting, list[Candidate]]]:
    """The borrowers of each session at the county's pace; the last session takes the rest."""
    total, served = len(queue), 0
    for sitting in meetings:
        last = sitting is meetings[-1]
        goal = total if last else total * _share(county, sitting.sign_on) // 10_000
        ready = [one for one in queue if one.rated_on < sitting.apply_on]
        seated = ready[: max(0, goal - served)]
        if last and len(seated) < total - served:
            raise ValueError(f"{total - served} borrowers are left at {sitting.lender}")
        taken = {one.family.number for one in seated}
        queue = [one for one in queue if one.family.number not in taken]
        served += len(seated)
        if seated:
            yield sitting, seated


def _share(county: County, day: date) -> int:
    """How much of the lending is done by a day, in basis points."""
    start, done = county.opens_on, 0
    for until, share in county.pace:
        if day <= until:
            return done + (share - done) * (day - start).days // (until - start).days
        start, done = until, share
    return done


def _planned(
    one: Candidate,
    sitting: Sitting,
    wanted: Mapping[str, int],
    chance: Random,
    calendar: HolidayTable,
    county: County,
) -> Planned:
    borrower = of_age(one.family, county.opens_on, county.closes_on)
    assert borrower is not None
    loan = Planned(one.family, borrower, wanted[one.family.number], _LONG_MONTHS)
    ends = add_months(sitting.sign_on, _SHORT_MONTHS)
    # A loan that is to be a stake is not over before the first agreements.
    kept = county.linkage is not None and ends <= county.linkage.first_from
    short = chance.randrange(100) < _SHORT and not kept
    if short and (ends > county.closes_on or calendar.is_working_day(ends)):
        return replace(loan, term_months=_SHORT_MONTHS)
    return loan
