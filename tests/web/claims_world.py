"""A claim in its county through the web: three loans, one corrected after the claim was drafted.

Each loan is 50 000.00 at 4.75 % from 1 June 2017, settled on the 20th: 20 days, 131.94 that the
treasury bears. After the claim was submitted, a payment of 20 000.00 comes to light that was made
on 11 June: 10 days of 50 000.00 and 10 of 30 000.00 are 105.56, so one row claims 26.38 too much.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

import pytest

import ledger
import loans
from config.wiring import House
from jobs import program
from kernel.actor import Actor
from tests.beginnings import Beginning
from tests.loans.bent import BentRulebook
from tests.subsidies.offices import Offices
from tests.subsidies.treasury import borne
from tests.web import world

#: day after the last that the quarter's settlement counts
PERIOD_TO = date(2017, 6, 21)
#: what each loan's row claims, and what the corrected one comes to
ROW, CORRECTED = "131.94", "105.56"
#: 3 × 131.94, and less the 26.38 that one row claimed too much
FIRST_TOTAL, SECOND_TOTAL = "395.82", "369.44"
LENDERS_ACCOUNT = "6222020000000000018"
#: of the first three families
CARDS = ("6222020000000000026", "6222020000000000034", "6222020000000000042")


@dataclass
class Claimed:
    """The county, its loans and its desks behind the scenes."""

    house: House
    offices: Offices
    #: contracts, in the order of the families
    numbers: list[str]
    claim_id: int

    def close_to(self, day: date) -> None:
        """Close as the house closes."""
        program.close_to(self.house, day)

    def correct(self) -> str:
        """The payment that comes to light; the contract it was made on."""
        number = self.numbers[1]
        late = loans.Payment(
            number, 2_000_000, "counter", "HK1", early=True, value_date=date(2017, 6, 11)
        )
        _pay(self.house, [late])
        return number

    def next_version(self) -> int:
        """The cooperative's corrected claim, through the poverty office, its notice over."""
        claim_id = self.offices.draft(PERIOD_TO)
        self.offices.check(claim_id)
        self.offices.submit(claim_id)
        assert not self.offices.recompute(claim_id).differing
        self.offices.confirm(claim_id)
        self.offices.post_notice(claim_id)
        # A week: it hangs from 22 to 28 June.
        self.close_to(date(2017, 6, 28))
        return claim_id


def live(
    house: House, settled: dict[str, int], system: Actor, route: str = "lender"
) -> tuple[list[str], int, int]:
    """Three loans, a quarter settled, a claim that the treasury has been asked for."""
    lender_id = world.found_lender(house)
    straight = house.rulebook
    if route != "lender":
        bent = BentRulebook(straight)
        bent.bend({"interest_bearers": borne(route, (10_000, 5_000_000, None))})
        vars(house)["rulebook"] = bent
    numbers = [
        world.lend(house, family, settled[family.number], lender_id).number
        for family in world.FAMILIES[:3]
    ]
    vars(house)["rulebook"] = straight
    program.close_to(house, date(2017, 6, 20))
    if route != "lender":
        # Paid first: the households owe all of it, and are refunded what they have paid.
        _pay(house, [loans.Payment(one, 13_194, "counter", f"LX{one}") for one in numbers])
    offices = offices_of(house, settled, system, lender_id)
    for place, card in enumerate(CARDS, start=1):
        offices.give_card(place, card)
    return numbers, lender_id, offices.submitted(PERIOD_TO, route)


def _pay(house: House, payments: list[loans.Payment]) -> None:
    with house.books.write("loans.repay", by=world.OFFICER) as session:
        loans.repay_many(
            session,
            payments_in=payments,
            calendar=house.calendar,
            on=ledger.open_day(session),
            by=world.OFFICER,
        )


def offices_of(house: House, settled: dict[str, int], system: Actor, lender_id: int) -> Offices:
    """The verbs of the offices over a house's books."""
    return Offices(
        house.books,
        system,
        house.keyring,
        house.rulebook,
        house.calendar,
        house.regions,
        lender_id=lender_id,
        households=dict(settled),
    )


@pytest.fixture
def claimed(opened: House, settled: dict[str, int], system: Actor, begin: Beginning) -> Claimed:
    """A claim through the lender that was submitted on 21 June 2017."""
    told = begin("claimed", lambda: live(opened, settled, system))
    return _claimed(opened, settled, system, told)


@pytest.fixture
def refunded(opened: House, settled: dict[str, int], system: Actor, begin: Beginning) -> Claimed:
    """The same where the households pay first and are refunded."""
    told = begin("refunded", lambda: live(opened, settled, system, "household"))
    return _claimed(opened, settled, system, told)


def _claimed(
    house: House, settled: dict[str, int], system: Actor, told: tuple[list[str], int, int]
) -> Claimed:
    numbers, lender_id, claim_id = told
    offices = offices_of(house, settled, system, lender_id)
    return Claimed(house, offices, list(numbers), claim_id)


def bank_says(content: bytes, *, returned: dict[int, str] | None = None) -> bytes:
    """What a bank answers to a payment file: everybody paid but for some, each with the reason."""
    head, _titles, *rows = csv.reader(io.StringIO(content.decode("gb18030"), newline=""))
    batch_no, count, total = head[1], head[3], head[5]
    text = io.StringIO(newline="")
    said = csv.writer(text)
    said.writerow(("批次号", "序号", "户名", "账号", "金额", "结果", "原因", "流水号"))
    for nr, holder, number, _bank, amount, _code, _remark in rows:
        why = (returned or {}).get(int(nr), "")
        said.writerow(
            (batch_no, nr, holder, number, amount, "失败" if why else "成功", why,
             "" if why else f"LS{nr}")
        )  # fmt: skip
    said.writerow(("合计", count, "", "", total, "", "", ""))
    return text.getvalue().encode("gb18030")
