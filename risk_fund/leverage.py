"""How far the fund is levered (放大倍数), pure: two ratios, two headrooms, each named.

* *cumulative* (累计放大倍数), as the press reports: lending ever disbursed ÷ contributions ever
  paid in. Money that was withdrawn again is not paid in.
* *outstanding* (在保放大倍数), which controls lending: covered principal out ÷ balance less what
  is pledged.

Headroom (可放空间) is the multiple times the fund less the lending; below zero it is a breach.
Ratios have two decimals, half up; where there is no fund there is no ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernel.money import round_half_up


@dataclass(frozen=True, slots=True)
class Leverage:
    """One of the two, with everything it is made of."""

    lent_fen: int
    fund_fen: int
    multiple: int

    @property
    def hundredths(self) -> int | None:
        """Lending ÷ fund in hundredths, half up; None where there is no fund."""
        return ratio_hundredths(self.lent_fen, self.fund_fen)

    @property
    def headroom_fen(self) -> int:
        """What may still be lent under the multiple; below zero: by how much it is exceeded."""
        return self.multiple * self.fund_fen - self.lent_fen

    @property
    def text(self) -> str:
        """The ratio with two decimals; a dash where there is none."""
        return ratio_text(self.hundredths)


def ratio_hundredths(lent_fen: int, fund_fen: int) -> int | None:
    """Lending ÷ fund, in hundredths."""
    return None if fund_fen <= 0 else round_half_up(100 * lent_fen, fund_fen)


def ratio_text(hundredths: int | None) -> str:
    """782 is "7.82"."""
    return "—" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def limit_fen(multiple: int, free_fen: int) -> int:
    """Most covered principal that may be out over what is free in an account."""
    return multiple * free_fen


def fund_needed_fen(lent_fen: int, multiple: int) -> int:
    """The smallest fund over which so much may be lent."""
    return -(-lent_fen // multiple)
