"""The loans of a village fund in the demo: one sheet of a group, of which the first is repaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

import loans
from demo.desks import DESKS, Agenda, AtDesks
from demo.lending import of_age
from demo.people import Family
from kernel.actor import Actor
from kernel.dates import add_months
from kernel.money import round_half_up

#: fen, months
LOANS: Final = ((500_000, 3), (400_000, 12), (300_000, 6))
#: usage fee of a year
FEE_PPM: Final = 60_000


@dataclass
class FundState:
    """What later days must know of earlier ones."""

    serial: int
    fund_id: int = 0
    organisation_id: int = 0
    vouchers: int = 0
    contracts: list[str] = field(default_factory=list)

    def voucher(self) -> str:
        """The fund's next voucher."""
        self.vouchers += 1
        return f"HZ{self.serial}{self.vouchers:05d}"


class FundLoans(AtDesks):
    """Lends to a group at the fund's own desks."""

    def __init__(self, maker: Agenda, group: Sequence[Family], now: FundState) -> None:
        super().__init__(maker)
        self._group, self._now = group, now

    def apply(self, on: date) -> None:
        """Asked for by one sheet; decided and lent on the two working days after."""
        rows = [self._wish(one, *loan) for one, loan in zip(self._group, LOANS, strict=False)]
        sheet_id = self._do(
            "loans.apply",
            DESKS.keeper,
            lambda session, on, by: loans.apply_sheet(
                session,
                lender_id=self._now.organisation_id,
                rows=rows,
                rulebook=self._house.rulebook,
                keyring=self._house.keyring,
                on=on,
                by=by,
            ),
            on,
        )

        def decide(session: Session, on: date, by: Actor) -> None:
            loans.decide_sheet(session, sheet_id=sheet_id, approved=True, on=on, by=by)

        day = self._later(on, "loans.approve", DESKS.chair, decide)
        lent_on = self._house.calendar.next_working_day(day)
        self._maker.put(lent_on, partial(self._lend, sheet_id))

    def _wish(self, family: Family, fen: int, months: int) -> loans.Asked:
        borrower = of_age(family, self._county.opens_on, self._county.closes_on)
        assert borrower is not None
        return loans.Asked(
            household_number=family.number,
            amount_fen=fen,
            term_months=months,
            annual_rate_ppm=FEE_PPM,
            purpose=family.purpose,
            method="bullet",
            every_months=0,
            borrower_identity=borrower.identity_number,
            mode="mutual",
        )

    def _lend(self, sheet_id: int, on: date) -> None:
        self._now.contracts = self._do(
            "loans.sign",
            DESKS.keeper,
            lambda session, on, by: loans.sign_sheet(
                session, sheet_id=sheet_id, rulebook=self._house.rulebook, on=on, by=by
            ),
            on,
        )
        draws = [
            loans.Draw(number, fen, "counter", self._now.voucher())
            for number, (fen, _months) in zip(self._now.contracts, LOANS, strict=False)
        ]
        self._do(
            "loans.disburse",
            DESKS.keeper,
            lambda session, on, by: loans.disburse_many(
                session,
                draws=draws,
                calendar=self._house.calendar,
                rulebook=self._house.rulebook,
                papers=self._house.papers,
                on=on,
                by=by,
            ),
            on,
        )
        due_on = self._house.calendar.roll_forward(add_months(on, LOANS[0][1]))
        self._maker.put(due_on, partial(self._repay, on))

    def _repay(self, lent_on: date, on: date) -> None:
        """The first loan and its fee by actual days over 360."""
        fen = LOANS[0][0]
        fee = round_half_up(fen * FEE_PPM * (on - lent_on).days, 360 * 1_000_000)
        paid = [loans.Payment(self._now.contracts[0], fen + fee, "counter", self._now.voucher())]
        self._do(
            "loans.repay",
            DESKS.keeper,
            lambda session, on, by: loans.repay_many(
                session, payments_in=paid, calendar=self._house.calendar, on=on, by=by
            ),
            on,
        )
