"""Vouchers: every payment made or received is booked under its number, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from office.models import Voucher
from office.refusals import VoucherMissing, VoucherUsed

#: vouchers looked up per statement, below SQLite's limit on bound values
_LOOKUP = 500


@dataclass(frozen=True, slots=True)
class VoucherSlip:
    """A voucher to be booked."""

    institution_id: int
    channel: str
    voucher_no: str
    direction: str
    amount_fen: int


def book_vouchers(session: Session, slips: Sequence[VoucherSlip], *, on: date) -> list[int]:
    """Book vouchers, in order; their ids. One used before, or twice here, is refused.

    The unique key of the table holds where two clerks race; the look-up names the voucher.
    """
    keys = [(slip.institution_id, slip.channel, slip.voucher_no) for slip in slips]
    seen: set[tuple[int, str, str]] = set()
    for key in keys:
        if not key[2].strip():
            raise VoucherMissing(field="voucher_no")
        if key in seen:
            raise VoucherUsed(field="voucher_no", channel=key[1], voucher_no=key[2])
        seen.add(key)
    used = _ids(session, keys)
    if used:
        _, channel, number = min(used)
        raise VoucherUsed(field="voucher_no", channel=channel, voucher_no=number)
    session.execute(
        insert(Voucher),
        [
            {
                "institution_id": slip.institution_id,
                "channel": slip.channel,
                "voucher_no": slip.voucher_no,
                "direction": slip.direction,
                "amount_fen": slip.amount_fen,
                "booked_on": on,
            }
            for slip in slips
        ],
    )
    booked = _ids(session, keys)
    return [booked[key] for key in keys]


def _ids(session: Session, keys: Sequence[tuple[int, str, str]]) -> dict[tuple[int, str, str], int]:
    key = tuple_(Voucher.institution_id, Voucher.channel, Voucher.voucher_no)
    found: dict[tuple[int, str, str], int] = {}
    for start in range(0, len(keys), _LOOKUP):
        rows = session.execute(
            select(Voucher.id, Voucher.institution_id, Voucher.channel, Voucher.voucher_no).where(
                key.in_(keys[start : start + _LOOKUP])
            )
        )
        found.update({(row[1], row[2], row[3]): row[0] for row in rows})
    return found
