"""What a demo county is to look like: its size, its days, its pace of lending.

``YIZHANG_2017`` answers to the published figures of 宜章县: 20 410 households with 76 115 people,
8 971 loans of 351 750 000.00 yuan in all, to the end of January 2017, over a compensation fund of
45 000 000.00 at one lending bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: age and labour are told as of this day, the register's
REGISTERED_ON = date(2014, 11, 3)


@dataclass(frozen=True, slots=True)
class County:
    """The size and the calendar of a demo."""

    #: name on the command line and in the books
    name: str
    #: 12-digit code
    region: str
    #: how many townships take part, in the order of their codes; 0: all
    townships: int
    households: int
    persons: int
    #: households with one loan each
    loans: int
    #: what they draw in all, fen; a multiple of 100 yuan
    lent_fen: int
    #: first business day of the books
    opens_on: date
    #: last closed day
    closes_on: date
    #: (up to this day, share of the loans signed by then in basis points), the days rising
    pace: tuple[tuple[date, int], ...]
    #: days from one lending session of a desk to the next
    session_days: int
    #: (day, fen) paid into the special account of the compensation fund, the days rising; where
    #: there is none, no fund stands behind the loans and no subsidy is claimed
    contributions: tuple[tuple[date, int], ...] = ()
    seed: int = 431_022


YIZHANG_2017 = County(
    name="yizhang-2017",
    region="431022000000",
    townships=0,
    households=20_410,
    persons=76_115,
    loans=8_971,
    lent_fen=35_175_000_000,
    opens_on=REGISTERED_ON,
    closes_on=date(2017, 1, 31),
    pace=(
        (date(2014, 12, 31), 500),
        (date(2015, 12, 31), 5_200),
        (date(2017, 1, 31), 10_000),
    ),
    session_days=14,
    # The amounts were reported; the days of both Januaries, and that of the first, are ours.
    contributions=(
        (date(2014, 12, 1), 2_500_000_000),
        (date(2015, 1, 15), 1_000_000_000),
        (date(2016, 1, 15), 1_000_000_000),
    ),
)

#: the same at a hundredth of the size and a quarter of the time
SMALL = County(
    name="yizhang-small",
    region="431022000000",
    townships=2,
    households=120,
    persons=448,
    loans=40,
    lent_fen=156_000_000,
    opens_on=REGISTERED_ON,
    closes_on=date(2015, 3, 31),
    pace=((date(2014, 12, 31), 5_000), (date(2015, 3, 31), 10_000)),
    session_days=14,
    contributions=((date(2014, 12, 1), 12_000_000), (date(2015, 1, 15), 8_000_000)),
)

DEMOS = {county.name: county for county in (YIZHANG_2017, SMALL)}
