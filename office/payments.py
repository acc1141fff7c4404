"""Vouchers: every payment made or received is booked under its number, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from office.models import Voucher
from office.refusals import VoucherMissing, VoucherUsed

#: vouchers looked up per statement, below SQLite's limit on bound values
_LOOKUP = 500


#: institution, channel, voucher number
Key = tuple[int, str, str]


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
    keys = [_key(slip) for slip in slips]
    seen: set[Key] = set()
    for key in keys:
        if not key[2].strip():
            raise VoucherMissing(field="voucher_no")
        if key in seen:
            raise _used(key)
        seen.add(key)
    used = _ids(session, keys)
    if used:
        raise _used(min(used))
    booked = _insert(session, slips, on)
    lost = [key for key in keys if key not in booked]
    if lost:
        # Another clerk was faster; his row is committed by now.
        raise _used(min(lost))
    return [booked[key] for key in keys]


def _used(key: Key) -> VoucherUsed:
    return VoucherUsed(field="voucher_no", channel=key[1], voucher_no=key[2])


def _insert(session: Session, slips: Sequence[VoucherSlip], on: date) -> dict[Key, int]:
    """Ids by key, of those that nobody else has booked.

    In the order of keys, so that two clerks with the same vouchers do not wait for each other.
    """
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    rows = session.execute(
        dialect.insert(Voucher)
        .on_conflict_do_nothing(index_elements=["institution_id", "channel", "voucher_no"])
        .returning(Voucher.id, Voucher.institution_id, Voucher.channel, Voucher.voucher_no),
        [
            {
                "institution_id": slip.institution_id,
                "channel": slip.channel,
                "voucher_no": slip.voucher_no,
                "direction": slip.direction,
                "amount_fen": slip.amount_fen,
                "booked_on": on,
            }
            for slip in sorted(slips, key=_key)
        ],
    )
    return {(row[1], row[2], row[3]): row[0] for row in rows}


def _key(slip: VoucherSlip) -> Key:
    return slip.institution_id, slip.channel, slip.voucher_no


def _ids(session: Session, keys: Sequence[Key]) -> dict[Key, int]:
    key = tuple_(Voucher.institution_id, Voucher.channel, Voucher.voucher_no)
    found: dict[Key, int] = {}
    for start in range(0, len(keys), _LOOKUP):
        rows = session.execute(
            select(Voucher.id, Voucher.institution_id, Voucher.channel, Voucher.voucher_no).where(
                key.in_(keys[start : start + _LOOKUP])
            )
        )
        found.update({(row[1], row[2], row[3]): row[0] for row in rows})
    return found
