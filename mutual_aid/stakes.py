"""Members' stakes (互助金): they stay the members' own, bear nothing, and come back on leaving."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from loans import mutual
from loans.refusals import AmountNotPositive
from mutual_aid.finding import account, held_on, held_position, member, number_of, open_fund
from mutual_aid.founding import refresh_lending
from mutual_aid.gone import merged_into
from mutual_aid.models import FundMember, MemberLeaving, MemberPosition, MutualMovement, VillageFund
from mutual_aid.refusals import (
    DepositsForbidden,
    FiscalMoneyShort,
    StakeNotWholePortions,
    StakeStillHeld,
    StakeTooSmall,
)
from office import payments
from office.approvals import require_other
from policy import Rulebook

SOURCE = "mutual_movements"


def pay_stake(
    session: Session,
    *,
    fund_id: int,
    household_id: int,
    amount_fen: int,
    channel: str,
    voucher_no: str,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """A member pays stake in, whole portions, never more than the largest; the movement."""
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.money", by)
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if amount_fen % fund.stake_unit_fen:
        raise StakeNotWholePortions(
            field="amount",
            clause=fund.constitution,
            amount=format_yuan(amount_fen),
            unit=format_yuan(fund.stake_unit_fen),
        )
    voucher_id = book_voucher(session, fund, channel, voucher_no, "in", amount_fen, on)
    position = member(session, fund, household_id)
    _require_between(position.stake_fen + position.base_fen + amount_fen, fund, rulebook, on)
    movement = moved(
        fund, "stake", amount_fen, on, voucher_id=voucher_id, member_id=position.member_id
    )
    book(session, fund, movement, ("funds", 0), ("mutual_stakes", household_id))
    session.execute(
        update(MemberPosition)
        .where(MemberPosition.household_id == household_id)
        .values(stake_fen=MemberPosition.stake_fen + amount_fen)
    )
    session.expire_all()
    refresh_lending(session, fund, rulebook, on)
    return movement.id


def _require_between(total_fen: int, fund: VillageFund, rulebook: Rulebook, on: date) -> None:
    rules = rulebook.mutual(on=on, region=fund.village_code)
    if total_fen > rules.stake_max_fen.value:
        raise DepositsForbidden(
            field="amount",
            clause=rules.deposits_forbidden.cite,
            highest=format_yuan(rules.stake_max_fen.value),
            amount=format_yuan(total_fen),
        )
    if total_fen < rules.stake_min_fen.value:
        raise StakeTooSmall(
            field="amount",
            clause=rules.stake_min_fen.cite,
            lowest=format_yuan(rules.stake_min_fen.value),
            amount=format_yuan(total_fen),
        )


def withdraw_stake(
    session: Session,
    *,
    fund_id: int,
    household_id: int,
    channel: str,
    voucher_no: str,
    on: date,
    by: Actor,
) -> int:
    """Pay a household that left its whole stake, by somebody other than who noted the leaving."""
    ledger.require_bookable(session, on)
    fund = open_fund(session, fund_id, "mutual_aid.money", by)
    position = held_position(session, fund, household_id)
    if position.left_on is None or not position.stake_fen:
        raise StakeStillHeld(field="household", number=number_of(session, household_id))
    leaving = session.get_one(MemberLeaving, position.member_id)
    require_other(by, (leaving.noted_by,))
    fen = position.stake_fen
    movement = moved(
        fund,
        "stake_withdrawn",
        fen,
        on,
        voucher_id=pay_out(session, fund, channel, voucher_no, fen, on),
        member_id=position.member_id,
        document=_paid_to(session, household_id),
    )
    book(session, fund, movement, ("mutual_stakes", household_id), ("funds", 0))
    position.stake_fen = 0
    session.flush()
    forget_if_empty(session, position)
    return movement.id


def _paid_to(session: Session, household_id: int) -> str:
    into = merged_into(session, household_id)
    return f"付给并入的农户{into}" if into else ""


def forget_if_empty(session: Session, position: MemberPosition) -> None:
    """Who left and has nothing to come is no member any more, and may join again."""
    if position.left_on is not None and not position.stake_fen:
        session.execute(
            delete(MemberPosition).where(MemberPosition.household_id == position.household_id)
        )
        session.expire_all()


def pay_base(
    session: Session, fund: VillageFund, row: FundMember, rulebook: Rulebook, on: date
) -> None:
    """The fiscal money pays a poor household's base stake: it changes its name, not its place."""
    wanted_fen = rulebook.mutual(on=on, region=fund.village_code).stake_min_fen.value
    # Two that join at once do it one after the other.
    session.execute(
        select(MemberPosition.household_id)
        .where(MemberPosition.fund_id == fund.id)
        .order_by(MemberPosition.household_id)
        .with_for_update()
    ).all()
    held_fen = held_on(session, fund, "mutual_fiscal")
    if held_fen < wanted_fen:
        raise FiscalMoneyShort(
            field="household", held=format_yuan(held_fen), wanted=format_yuan(wanted_fen)
        )
    movement = moved(fund, "base_stake", wanted_fen, on, member_id=row.id)
    book(session, fund, movement, ("mutual_fiscal", 0), ("mutual_base_stakes", row.household_id))
    session.execute(
        update(MemberPosition)
        .where(MemberPosition.household_id == row.household_id)
        .values(base_fen=wanted_fen)
    )
    session.expire_all()


def return_base(session: Session, fund: VillageFund, position: MemberPosition, on: date) -> None:
    """The base stake of a household that leaves is fiscal money again."""
    movement = moved(fund, "base_returned", position.base_fen, on, member_id=position.member_id)
    book(
        session,
        fund,
        movement,
        ("mutual_base_stakes", position.household_id),
        ("mutual_fiscal", 0),
    )


def moved(
    fund: VillageFund,
    kind: str,
    amount_fen: int,
    on: date,
    *,
    voucher_id: int | None = None,
    member_id: int | None = None,
    document: str = "",
    vote_id: int | None = None,
    of_account: str = "",
) -> MutualMovement:
    """A movement of a fund's money on the open day, to be booked."""
    return MutualMovement(
        fund_id=fund.id,
        kind=kind,
        of_account=of_account,
        member_id=member_id,
        amount_fen=amount_fen,
        voucher_id=voucher_id,
        booked_on=on,
        value_on=on,
        document=document,
        vote_id=vote_id,
    )


def book_voucher(
    session: Session,
    fund: VillageFund,
    channel: str,
    voucher_no: str,
    direction: str,
    amount_fen: int,
    on: date,
) -> int:
    """The voucher of a payment; before every other lock, as in the loans."""
    slip = payments.VoucherSlip(fund.organisation_id, channel, voucher_no, direction, amount_fen)
    return payments.book_vouchers(session, [slip], on=on)[0]


def pay_out(
    session: Session, fund: VillageFund, channel: str, voucher_no: str, fen: int, on: date
) -> int:
    """The voucher of money that leaves a fund, which has it; refused where it has not."""
    voucher_id = book_voucher(session, fund, channel, voucher_no, "out", fen, on)
    mutual.take_money(session, fund.organisation_id, fen)
    return voucher_id


def book(
    session: Session,
    fund: VillageFund,
    movement: MutualMovement,
    debit: tuple[str, int],
    credit: tuple[str, int],
) -> None:
    """A movement and its entry: (account, subject) debited and credited."""
    session.add(movement)
    session.flush()
    (to, to_whom), (of, of_whom) = debit, credit
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=movement.id,
        booking_date=movement.booked_on,
        value_date=movement.value_on,
        lines=[
            ledger.Line(account(session, fund, to), movement.amount_fen, to_whom),
            ledger.Line(account(session, fund, of), -movement.amount_fen, of_whom),
        ],
    )
