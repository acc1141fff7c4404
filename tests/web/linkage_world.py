"""An enterprise with three linked households and one round of dividends that has fallen due.

Stakes of 50 000.00, 30 000.00 and 12 345.67 earn 8 % a year, paid in advance: the first year is
1 June 2017 to 1 June 2018, 365 days. The floors are 4 000.00, 2 400.00 and 12 345.67 × 8 % =
987.6536, rounded 987.65; together 7 387.65.

100.00 given on top is split over the stakes, all with the same days: of 10 000 fen × 50 000 ÷
92 345.67 = 5 414.44, 10 000 × 30 000 ÷ 92 345.67 = 3 248.66 and 10 000 × 12 345.67 ÷ 92 345.67 =
1 336.90, cut to 5 414 + 3 248 + 1 336 = 9 998; the two fen left go to the largest remainders, the
third's .90 and the second's .66. So 54.14, 32.49 and 13.37.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from config.wiring import House
from enterprises.terms import Term
from jobs import program
from kernel.actor import Actor
from tests.beginnings import Beginning
from tests.enterprises.dividend_town import ACCOUNT, CODE, DividendTown
from tests.web import world

__all__ = ["ACCOUNT", "CODE"]

RATE = Term(year_from=1, year_to=3, basis="rate_on_stake", rate_ppm=80_000)
STAKES = (5_000_000, 3_000_000, 1_234_567)
CARDS = ("6222020000000000026", "6222020000000000034", "6222020000000000042")
NEW_CARD = "6222020000000000059"
FLOORS = ("4000.00", "2400.00", "987.65")
FLOOR_TOTAL = "7387.65"
#: what is given on top, and each household's part of it
EXTRA, EXTRAS = "100.00", ("54.14", "32.49", "13.37")
#: floor and part: 4 000.00 + 54.14, 2 400.00 + 32.49, 987.65 + 13.37
AMOUNTS = ("4054.14", "2432.49", "1001.02")
TOTAL = "7487.65"
DUE_ON = date(2017, 6, 1)


@dataclass
class Linked:
    """The county, its enterprise and its desks behind the scenes."""

    house: House
    town: DividendTown
    agreement_id: int
    round_id: int

    @property
    def enterprise_id(self) -> int:
        """The enterprise."""
        return self.town.enterprise_id

    def close_to(self, day: date) -> None:
        """Close as the house closes."""
        program.close_to(self.house, day)

    def granted(self) -> None:
        """From the declaration to the grant, 8 000.00 paid in, by the desks behind."""
        self.town.declare(self.round_id, extra_fen=10_000)
        posted_on = self.town.today
        self.close_to(date(2017, 6, 8))
        self.town.check_round(self.round_id, posted_on=posted_on)
        self.town.receive(800_000)
        self.town.find_money(self.round_id)
        self.town.grant_round(self.round_id)


def town_of(house: House, settled: dict[str, int], system: Actor) -> DividendTown:
    """The verbs of the town over a house's books."""
    return DividendTown(
        house.books,
        system,
        house.keyring,
        house.rulebook,
        house.calendar,
        house.regions,
        households=dict(settled),
    )


def live(house: House, settled: dict[str, int], system: Actor) -> tuple[int, int, int, int]:
    """A recognised enterprise, an agreement signed on 1 June 2017, and its first round."""
    town = town_of(house, settled, system)
    town.lender_id = world.found_lender(house)
    town.enterprise_id = town.settle_in()
    town.recognise(town.enterprise_id)
    for place, card in enumerate(CARDS, start=1):
        town.give_card(place, card)
    stakes = [town.stake(place, fen) for place, fen in enumerate(STAKES, start=1)]
    agreement_id = town.agree(
        *stakes,
        term=RATE,
        in_advance=True,
        signed_on=DUE_ON,
        from_on=DUE_ON,
        to_on=date(2020, 6, 1),
    )
    program.close_to(house, DUE_ON)
    return town.lender_id, town.enterprise_id, agreement_id, 1


@pytest.fixture
def linked(opened: House, settled: dict[str, int], system: Actor, begin: Beginning) -> Linked:
    """The round stands on 2 June 2017 and waits for the enterprise's declaration."""
    told = begin("linked", lambda: live(opened, settled, system))
    town = town_of(opened, settled, system)
    town.lender_id, town.enterprise_id, agreement_id, round_id = told
    return Linked(opened, town, agreement_id, round_id)
