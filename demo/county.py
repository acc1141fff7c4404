"""What a demo county is to look like: its size, its days, its pace of lending.

``YIZHANG_2017`` answers to the published figures of 宜章县: 20 410 households with 76 115 people,
8 971 loans of 351 750 000.00 yuan in all, to the end of January 2017, over a compensation fund of
45 000 000.00 at one lending bank; 26 085 people lifted out before 2016 and 15 415 in 2016; 34 500
people of 10 101 households linked to 112 enterprises, 26 680 of whom were paid 32 016 000.00.
``LIUYANG_2016`` answers to those of 浏阳市. Days, and whatever the prints leave open, are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: age and labour are told as of this day, the register's
REGISTERED_ON = date(2014, 11, 3)


@dataclass(frozen=True, slots=True)
class Listed:
    """A county's list of a day: households that are found to be something else from then on."""

    #: working day on which the list is handed in, which is the day of effect
    day: date
    #: lifted, removed or registered (which takes in again who was removed)
    status: str
    people: int
    #: how many households; 0: as many as these people make
    households: int = 0
    #: number of the review round it comes out of, from 1; 0: none
    review: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sampling check of the county's findings came to."""

    day: date
    people: int
    wrong: int
    villages: int


@dataclass(frozen=True, slots=True)
class Linkage:
    """Who is linked to enterprises, and who of them was paid."""

    enterprises: int
    #: people of all linked households
    persons: int
    #: (people in the household, how many such borrowers were paid a dividend)
    paid: tuple[tuple[int, int], ...]
    #: what each of them was paid, fen
    each_fen: int
    #: households linked by work or land, which have no loan
    without_loan: int
    #: with loans drawn before this day: a year's agreement from it, paid when the year is over
    first_from: date
    #: with loans drawn before this day: an agreement from it, paid in advance
    second_from: date
    #: all others: an agreement from it, of which nothing was due yet
    third_from: date


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
    #: how many households in a hundred have 1 … 8 people; the mean is brought to the county's
    sizes: tuple[int, ...] = (10, 16, 21, 23, 15, 10, 3, 2)
    #: findings, the days rising
    lists: tuple[Listed, ...] = ()
    #: villages found poor before the books begin
    poor_villages: int = 0
    #: (day, how many of them exit), the days rising
    exits: tuple[tuple[date, int], ...] = ()
    #: people living in its villages, poor or not; 0: not told
    rural_people: int = 0
    linkage: Linkage | None = None
    sample: Sample | None = None
    #: two of its villages have a fund, a round of need, help and cases under way
    village_life: bool = False
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
    # Enough households of three and of four, so that those who were paid are among the borrowers.
    sizes=(8, 12, 40, 18, 8, 6, 4, 4),
    lists=(
        Listed(date(2014, 12, 29), "lifted", 8_285),
        Listed(date(2015, 12, 28), "lifted", 17_800),
        Listed(date(2016, 12, 26), "lifted", 15_415),
    ),
    poor_villages=84,
    exits=((date(2016, 12, 26), 17),),
    # Derived: 34 615 left are 6.47 % of it.
    rural_people=535_000,
    linkage=Linkage(
        enterprises=112,
        persons=34_500,
        paid=((3, 5_336), (4, 2_668)),
        each_fen=400_000,
        without_loan=1_130,
        first_from=date(2016, 1, 4),
        second_from=date(2016, 12, 1),
        third_from=date(2017, 1, 26),
    ),
    village_life=True,
)

LIUYANG_2016 = County(
    name="liuyang-2016",
    region="430181000000",
    townships=0,
    households=16_442,
    persons=50_228,
    loans=3_590,
    lent_fen=8_120_000_000,
    opens_on=date(2015, 11, 2),
    closes_on=date(2016, 12, 31),
    # All of it was lent in 2016.
    pace=((date(2015, 12, 31), 0), (date(2016, 12, 31), 10_000)),
    session_days=28,
    sizes=(17, 22, 25, 18, 10, 5, 2, 1),
    lists=(
        Listed(date(2015, 12, 28), "lifted", 28_664 - 10_117, 9_016 - 3_058),
        Listed(date(2016, 12, 26), "lifted", 10_117, 3_058),
    ),
    poor_villages=33,
    seed=430_181,
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
    lists=(
        Listed(date(2014, 12, 29), "lifted", 60, 16),
        Listed(date(2015, 1, 26), "removed", 12),
        Listed(date(2015, 3, 30), "registered", 12),
    ),
    poor_villages=2,
    exits=((date(2015, 3, 30), 1),),
    rural_people=3_200,
    linkage=Linkage(
        enterprises=3,
        persons=185,
        paid=((3, 6), (4, 8)),
        each_fen=400_000,
        without_loan=4,
        first_from=REGISTERED_ON,
        second_from=date(2015, 3, 2),
        third_from=date(2015, 3, 30),
    ),
    village_life=True,
)


@dataclass(frozen=True, slots=True)
class Prefecture:
    """Counties whose books hold what was reviewed, and the prefecture that takes their days in."""

    name: str
    region: str
    #: people removed as not qualifying, in two rounds, and taken in again in a third
    removed: int
    readmitted: int
    #: people and villages that were looked at again, and how many people were found wrongly
    checked: int
    wrong: int
    villages: int
    #: first business day of the counties' books
    counties_open_on: date
    #: last closed day, theirs and the prefecture's
    closes_on: date
    #: days of the three rounds' lists
    rounds: tuple[date, date, date]
    #: people to a household, in hundredths
    household_size: int = 365
    seed: int = 431_200

    @property
    def opens_on(self) -> date:
        """The prefecture's own books know one day, that of the counties' files."""
        return self.closes_on


HUAIHUA_2015 = Prefecture(
    name="huaihua-2015",
    region="431200000000",
    removed=75_811,
    readmitted=38_571,
    # 99.61 % were found right; how many were looked at was not printed.
    checked=10_000,
    wrong=39,
    villages=1_237,
    counties_open_on=date(2015, 10, 12),
    closes_on=date(2015, 12, 31),
    rounds=(date(2015, 10, 26), date(2015, 11, 23), date(2015, 12, 21)),
)

PREFECTURES = {HUAIHUA_2015.name: HUAIHUA_2015}
DEMOS = {county.name: county for county in (YIZHANG_2017, SMALL, LIUYANG_2016)}
