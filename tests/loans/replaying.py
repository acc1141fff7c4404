"""Random lives for the pure engine: contracts and events by dice, and what a life comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any, cast

from kernel.money import MONEY_MAX_FEN
from loans import replay
from loans.course import Course, Share, Terms
from loans.interest import surcharged_rate_ppm
from loans.parts import EARNED_ON
from loans.replay import Event, Life
from loans.schedule import Method, Pricing
from tests.slow_model import life as slow
from tests.slow_model.contract import Contract
from tests.slow_model.random_contract import random_contract
from tests.slow_model.random_life import Habits, in_force, random_life, weekdays

FIRST_DAY = date(2016, 5, 30)
DAYS = 730
#: the day after the last close
LAST_DAY = date(2018, 5, 30)
#: many events in a short time, so that they meet
BUSY = Habits(payment=3_000, payment_of_dues=9_000, draw=2_500, plan=500, misuse=250, refund=2_000)
_KINDS = {"early": "early_payment", "write-off": "write_off"}
_SURCHARGES_BP = (5_000, 3_000, 4_321, 10_000, 7_777)


@dataclass(frozen=True)
class Dice:
    """A contract and what happens to it, accepted from first to last."""

    contract: Contract
    told: tuple[slow.Event, ...]
    refused: tuple[tuple[tuple[slow.Event, ...], date], ...]

    @property
    def events(self) -> list[Event]:
        """As the engine takes them; no two changes of one kind on one day, whose order counts."""
        return [event_of(event, place) for place, event in enumerate(self.told)]


def thrown(seed: int) -> Dice:
    """The same dice, the same life."""
    rng = Random(seed)
    contract = random_contract(rng, FIRST_DAY)
    lived = random_life(rng, contract, FIRST_DAY, DAYS, weekdays, BUSY)
    refused = [
        (tuple(in_force([*lived.entries[:place], entry])), entry.entered)
        for place, entry in lived.refused
    ]
    return Dice(contract, tuple(in_force(lived.entries)), tuple(refused))


def in_any_order(events: Sequence[Event]) -> bool:
    """Whether no day has two changes of one rank, of which the later entered counts."""
    ranks = [
        (event.on, replay.RANKS[event.kind]) for event in events if event.kind in replay.CHANGES
    ]
    return len(ranks) == len(set(ranks))


def event_of(event: slow.Event, place: int) -> Event:
    kind = _KINDS.get(event.kind, event.kind)
    if event.plan is not None:
        method, every, settle_on = event.plan
        return Event(
            kind,
            event.on,
            place,
            method=cast("Method", method),
            every_months=every,
            settle_on_day=settle_on,
        )
    if event.matures is not None:
        return Event(kind, event.on, place, matures_on=event.matures)
    return Event(kind, event.on, place, event.fen)


def terms_of(contract: Contract) -> Terms:
    rate_ppm = int(contract.rate * 1_000_000)

    def surcharge(rate: Fraction) -> int:
        wanted = int(rate * 1_000_000)
        return next(bp for bp in _SURCHARGES_BP if surcharged_rate_ppm(rate_ppm, bp) == wanted)

    last = len(contract.shares) - 1
    return Terms(
        signed_on=FIRST_DAY,
        matures_on=contract.matures,
        pricing=Pricing(rate_ppm, contract.convention),  # type: ignore[arg-type]
        method=contract.method,  # type: ignore[arg-type]
        every_months=contract.every,
        settle_on_day=contract.settle_on,
        day_base=contract.base,
        overdue_surcharge_bp=surcharge(contract.penalty_rate),
        misuse_surcharge_bp=surcharge(contract.misuse_rate),
        compounds=contract.compound,
        allocation_order=tuple(contract.order),
        principal_first_after_days=contract.principal_first_after,
        shares=tuple(
            Share(
                start,
                end,
                int(share * 10_000),
                MONEY_MAX_FEN if cap is None else cap,
                contract.subsidy_in_extension and place == last,
                _lower(contract.shared_rate, contract.rate),
            )
            for place, (start, end, share, cap) in enumerate(contract.shares)
        ),
        revolving=contract.revolving,
        refunded=contract.refunded,
    )


def _lower(shared: Fraction | None, rate: Fraction) -> int | None:
    """The rate that is shared, where it is below the contract's."""
    return int(shared * 1_000_000) if shared is not None and shared < rate else None


def begun(contract: Contract) -> Life:
    return replay.begin(terms_of(contract), number="XD20160000001", amount_fen=contract.amount)


def lived(contract: Contract, events: Iterable[Event], until: date = LAST_DAY) -> Life:
    """The whole life, by the engine."""
    return replay.replay(begun(contract), events, until=until, working_day=weekdays)


def lived_day_by_day(contract: Contract, events: Sequence[Event]) -> Life:
    """The same, event by event and every night by itself, whether anything happens or not."""
    life = begun(contract)
    day = FIRST_DAY
    while day < LAST_DAY:
        for event in sorted((one for one in events if one.on == day), key=lambda e: e.place):
            life.apply(event)
        life.course.night(day, working_day=weekdays(day))
        day = date.fromordinal(day.toordinal() + 1)
    return life


def stands(life: Life) -> dict[str, Any]:
    """All that the books know of a life; the order of events and the numbers of rows are lost."""
    course = life.course
    return {
        "balances": dict(course.open),
        "segments": sorted(_segment(one) for one in course.closed),
        "settled": _settled(course),
        "settled to": {kind: course.settled_to[kind] for kind in EARNED_ON},
        "dues": _sums((due.kind, due.bearer, due.due_on, due.amount_fen) for due in course.raised),
        "left": _sums((due.kind, due.due_on, due.left_fen) for due in course.dues),
        "payable": sorted({(d.kind, d.due_on, d.payable_on) for d in course.dues}),
        "taken": _sums(
            (one.due.kind, one.due.bearer, one.due.due_on, one.fen) for one in course.taken
        ),
        "credit": course.credit_fen,
        "plan": (course.plan, course.plan_event_on, course.plan_from_on),
        "terms": course.terms,
        "counted": (life.drawn_fen, life.lost_fen, life.recovered_fen, life.last_event),
    }


def _segment(one: Any) -> tuple[Any, ...]:
    return (
        one.state, one.from_on, one.to_on, one.principal_fen,
        one.rate_ppm, one.share_bp, one.cap_fen,
        -1 if one.share_rate_ppm is None else one.share_rate_ppm,
    )  # fmt: skip


def _settled(course: Course) -> dict[tuple[str, date], tuple[int, int, int]]:
    found: dict[tuple[str, date], tuple[int, int, int]] = {}
    for one in course.settlements:
        product, amount, treasury = found.get((one.kind, one.to_on), (0, 0, 0))
        found[one.kind, one.to_on] = (
            product + one.product, amount + one.amount_fen, treasury + one.treasury_fen,
        )  # fmt: skip
    return found


def _sums(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for *key, fen in rows:
        found[tuple(key)] += fen
    return {key: fen for key, fen in found.items() if fen}
