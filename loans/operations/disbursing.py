"""Paying out: one draw, one slip (借据)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import credit
import ledger
from kernel.actor import Actor
from kernel.calendar import HolidayTable
from kernel.database import trail_id_of
from kernel.money import format_yuan
from loans import booking, mutual, record
from loans.dossier.papers import PaperRules
from loans.dossier.requiring import require_papers
from loans.eligibility import entrusted_use_ban
from loans.models import Disbursement, Loan
from loans.operations.correcting import (
    Cause,
    Counted,
    correct,
    is_last,
    noted,
    require_value_date,
)
from loans.operations.covering import Slip, cover_draws
from loans.operations.finding import borrowing_household, find_by_number, require_idle
from loans.refusals import (
    AmountNotPositive,
    DrawAboveContract,
    DrawBeforeSigning,
    LoanOver,
    MisusedLoanNotDrawn,
    PlanLoanDrawnOnce,
    RenewedByRenewalAlone,
)
from loans.replay import Event
from office import payments, rights
from policy import Rulebook


@dataclass(frozen=True, slots=True)
class Draw:
    """Money to be paid out on a contract, against a voucher."""

    number: str
    amount_fen: int
    channel: str
    voucher_no: str
    #: interest counts from this day (起息日); None: the open day
    value_date: date | None = None


def disburse_many(
    session: Session,
    *,
    draws: Sequence[Draw],
    calendar: HolidayTable,
    rulebook: Rulebook | None = None,
    papers: PaperRules | None = None,
    on: date,
    by: Actor,
) -> list[tuple[str, int]]:
    """Pay out; (slip number, fen) of each, in order.

    The rules of the day are asked for by loans that an organisation uses: from the day of the ban
    these are only repaid. Whoever gives no rulebook pays out none of them.

    Raises the refusal of the first row that breaks a rule; nothing is paid then. A draw that is
    not the last event of its loan is entered by living the loan again.
    """
    ledger.require_bookable(session, on)
    ids = find_by_number(session, [draw.number for draw in draws])
    loaded = record.load(session, ids.values())
    for draw in draws:
        _check(draw, loaded[ids[draw.number]], on, by)
    _require_use_allowed([one.loan for one in loaded.values()], rulebook, on)
    files = [one.loan.application_id for one in loaded.values()]
    require_papers(session, papers, files, "disbursement")
    require_idle(session, loaded.values())
    # Vouchers, limits, lines: the order in which every payment, out or in, takes its locks.
    slips = insert_draws(session, draws, ids, loaded, on)
    pairs = _pairs(draws, ids, loaded)
    mutual.pay_out(session, [(one.loan, draw.amount_fen) for draw, one in pairs])
    covered = _cover(session, pairs, slips, on)
    credit.draw_lines(
        session,
        select(borrowing_household(), Disbursement.amount_fen)
        .join(Disbursement, Disbursement.loan_id == Loan.id)
        .where(Disbursement.trail_id == trail_id_of(session), Loan.uses_line),
        on=on,
    )
    late = [pair for pair in pairs if not is_last(pair[1], _event(pair[0], on), on)]
    for pair, fen in zip(pairs, covered, strict=True):
        if pair in late:
            _draw_late(session, *pair, fen, on, calendar)
    draw_now([pair for pair in pairs if pair not in late], on)
    record.write(session, [one for draw, one in pairs if (draw, one) not in late], on=on)
    booking.book_disbursements(session, on)
    if late:
        booking.book_settlements(session, on)
    return slips


def _cover(
    session: Session,
    pairs: Sequence[tuple[Draw, record.Loaded]],
    slips: Sequence[tuple[str, int]],
    on: date,
) -> list[int]:
    """What each draw puts under cover; a village fund's money is outside cover and limits."""
    of_county = [
        (place, Slip(one, slip, fen))
        for place, ((_, one), (slip, fen)) in enumerate(zip(pairs, slips, strict=True))
        if one.loan.mode != mutual.MODE
    ]
    covered = [0] * len(pairs)
    taken = cover_draws(session, [slip for _, slip in of_county], on=on)
    for (place, _), fen in zip(of_county, taken, strict=True):
        covered[place] = fen
    return covered


def _event(draw: Draw, on: date) -> Event:
    return Event("draw", draw.value_date or on, 0, draw.amount_fen)


def draw_now(pairs: Sequence[tuple[Draw, record.Loaded]], on: date) -> None:
    """Run each draw of the open day through its loan's course."""
    for draw, one in pairs:
        one.course.draw(draw.amount_fen, on)
        one.position.drawn_fen += draw.amount_fen
        one.position.state = "active"
        noted(one, _event(draw, on))


def _draw_late(
    session: Session,
    draw: Draw,
    one: record.Loaded,
    covered_fen: int,
    on: date,
    calendar: HolidayTable,
) -> None:
    day = draw.value_date or on
    correct(
        session,
        one,
        record.events_of(session, one.loan.id),
        Cause("late_draw", day, f"补记{day.isoformat()}放款"),
        on=on,
        calendar=calendar,
        counted=Counted(draw.amount_fen, covered_fen),
    )


def _pairs(
    draws: Sequence[Draw], ids: dict[str, int], loaded: dict[int, record.Loaded]
) -> list[tuple[Draw, record.Loaded]]:
    return [(draw, loaded[ids[draw.number]]) for draw in draws]


def _check(draw: Draw, one: record.Loaded, on: date, by: Actor) -> None:
    loan, position = one.loan, one.position
    rights.allow(by, "loans.disburse", region=loan.village_code, institution_id=loan.lender_id)
    if draw.amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    require_value_date(draw.value_date or on, on)
    if draw.value_date is not None and draw.value_date < loan.signed_on:
        raise DrawBeforeSigning(field="value_date", number=loan.number, signed_on=loan.signed_on)
    if loan.renews_id is not None:
        raise RenewedByRenewalAlone(field="number", number=loan.number)
    if not is_last(one, _event(draw, on), on):
        # What stood on its day is asked of the life lived again.
        return
    if position.state in {"settled", "written_off"} or on >= position.matures_on:
        raise LoanOver(field="number", number=loan.number)
    if position.misused:
        raise MisusedLoanNotDrawn(field="number", number=loan.number)
    used_fen = one.course.principal_fen if loan.revolving else position.drawn_fen
    left_fen = loan.amount_fen - used_fen
    if draw.amount_fen > left_fen:
        raise DrawAboveContract(
            field="amount",
            number=loan.number,
            left=format_yuan(left_fen),
            amount=format_yuan(draw.amount_fen),
        )
    if one.course.terms.by_plan and draw.amount_fen != loan.amount_fen:
        raise PlanLoanDrawnOnce(field="amount", number=loan.number)


def _require_use_allowed(contracts: Sequence[Loan], rulebook: Rulebook | None, on: date) -> None:
    """Nothing more is drawn on a loan used by an enterprise once that is banned."""
    for region in sorted({one.village_code for one in contracts if one.mode == "entrusted"}):
        if rulebook is None:
            raise ValueError("loans used by organisations are drawn under the rules of the day")
        for answer in entrusted_use_ban(rulebook.conduct(on=on, region=region)):
            raise answer.refusal


def insert_draws(
    session: Session,
    draws: Sequence[Draw],
    ids: dict[str, int],
    loaded: dict[int, record.Loaded],
    on: date,
) -> list[tuple[str, int]]:
    """Vouchers and rows of draws; (slip number, fen) of each, in order."""
    vouchers = payments.book_vouchers(
        session,
        [
            payments.VoucherSlip(
                one.loan.lender_id, draw.channel, draw.voucher_no, "out", draw.amount_fen
            )
            for draw, one in _pairs(draws, ids, loaded)
        ],
        on=on,
    )
    numbers = _last_numbers(session, list(ids.values()))
    rows, slips = [], []
    for draw, voucher_id in zip(draws, vouchers, strict=True):
        loan_id = ids[draw.number]
        nr = numbers[loan_id] = numbers.get(loan_id, 0) + 1
        slip_number = f"{draw.number}-{nr:02d}"
        slips.append((slip_number, draw.amount_fen))
        rows.append(
            {
                "loan_id": loan_id,
                "nr": nr,
                "slip_number": slip_number,
                "amount_fen": draw.amount_fen,
                "value_date": draw.value_date or on,
                "booking_date": on,
                "voucher_id": voucher_id,
            }
        )
    session.execute(insert(Disbursement), rows)
    return slips


def _last_numbers(session: Session, loan_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in record.lots(loan_ids):
        rows = session.execute(
            select(Disbursement.loan_id, func.max(Disbursement.nr))
            .where(Disbursement.loan_id.in_(ids))
            .group_by(Disbursement.loan_id)
        )
        found.update({row[0]: row[1] for row in rows})
    return found
