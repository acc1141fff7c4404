"""A village that finds its households through the web: what each step takes."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from config.wiring import House
from households.models import Household
from kernel.actor import Actor
from tests.register import enter_household
from tests.web import world
from tests.web.desk import Desk

PROCEDURE: Final = "identify-2014"
STEPS: Final = f"/identification/steps/{PROCEDURE}"
#: answers of a household in hardship
ANSWERS: Final = {
    "net_income_per_person": "2,100.00", "workers": "1", "pupils": "2", "dropped_out": "no",
    "chronically_ill": "1", "gravely_ill_or_disabled": "yes", "house": "c", "durable_goods": "no",
    "savings": "0", "safe_water": "yes", "road": "no",
}  # fmt: skip


def strangers(house: House, system: Actor, *places: int) -> list[str]:
    """Households that nobody has found to be anything; their numbers."""
    numbers = []
    with house.books.write("households.import", by=system) as session:
        for place in places:
            key = enter_household(
                session, world.VILLAGE, place, on=world.OPEN_DAY, status=None,
                keyring=house.keyring,
            )  # fmt: skip
            numbers.append(session.get_one(Household, key).number)
    return numbers


def minutes() -> tuple[BytesIO, str]:
    """A photograph of the meeting."""
    return BytesIO(b"\x89PNG minutes"), "会议记录.png"


def ballots(number: str, yes: int, no: int, neither: int) -> dict[str, str]:
    """How a household's ballots fell, as the form takes it."""
    return {
        f"for-{number}": str(yes),
        f"against-{number}": str(no),
        f"abstain-{number}": str(neither),
    }


def to_the_notice(village: Desk, township: Desk, numbers: list[str], **votes: Any) -> int:
    """From the application to the township's list that hangs; the sheet."""
    village.done("/identification/new", kind="identify", numbers=" ".join(numbers))
    village.done(f"{STEPS}/group_proposal", pick=numbers)
    vote = {"eligible": "30", "present": "20", "document": "会纪1号", "papers": minutes()}
    sent = {key: value for one in numbers for key, value in ballots(one, 15, 3, 2).items()}
    village.done(f"{STEPS}/village_vote", pick=numbers, **vote, **(sent | votes))
    for number in numbers:
        key = household_id(village, number)
        village.done(f"/households/{key}/survey", surveyed_on="2017-06-01", **ANSWERS)
    village.done(f"{STEPS}/village_review", pick=numbers)
    place = "村务公开栏，0735-3720000"
    answer = township.done(
        f"{STEPS}/township_review", pick=numbers, document="白政〔2017〕9号", place=place
    )
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def household_id(desk: Desk, number: str) -> int:
    """A household by its number."""
    (row,) = desk.get(f"/api/v1/households?q={number}").get_json()["items"]
    return int(row["id"])
