"""Thirty-two clients at once on one family: it has one 50 000, however many sign, draw and split.

Proofs 1 and 3 where a family line is concerned. FUPIN_PROOF_ROUNDS does not apply: one crowd each.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select

import ledger
import loans
from credit.models import CreditLine
from households import families
from households.families import Told
from households.models.families import FamilyLine
from kernel.refusals import Refusal
from loans.models import Loan
from tests.loans.bent import BentRulebook
from tests.loans.families import REGISTRAR, number_of, own_limit, people_of, split_off
from tests.loans.town import OFFICER, VILLAGE, Town
from tests.planted import Plant
from tests.properties.crowd import CLIENTS, Crowd, is_held_up
from tests.register import enter_household

pytestmark = pytest.mark.slow

#: 10 000 元
TEN = 1_000_000
OLD = f"{VILLAGE}0099"
FIRST_DAY = date(2016, 5, 30)


@pytest.fixture
def clan(new_town: Town) -> Town:
    """A household of one more than there are clients."""
    town = new_town.found(FIRST_DAY, households=3)
    with town.books.write("households.import", by=town.system) as session:
        town.households[OLD] = enter_household(
            session, VILLAGE, 99, on=FIRST_DAY, members=CLIENTS + 1
        )
    town.rate([OLD])
    return town


def split_all(town: Town) -> Crowd[int]:
    """Everybody but the head goes, each at a desk of their own."""
    goers = people_of(town, OLD)[1:]

    def split(goer: int, number: str) -> int:
        with town.books.write("households.family", by=REGISTRAR) as session:
            on = ledger.open_day(session)
            return families.split(
                session,
                household_id=town.households[OLD],
                number=number,
                members={goer: "户主"},
                told=Told(on),
                on=on,
                by=REGISTRAR,
            )

    names = [f"S{place:02d}" for place in range(1, CLIENTS + 1)]
    crowd = Crowd([partial(split, goer, name) for goer, name in zip(goers, names, strict=True)])
    town.households |= dict(zip(names, crowd.answers, strict=False))
    return crowd


def branches(town: Town) -> list[str]:
    """Those who split off, all rated best."""
    crowd = split_all(town)
    assert len(crowd.answers) == CLIENTS
    names = [name for name in town.households if name.startswith("S")]
    town.rate(names)
    return names


def sheets_of(town: Town, names: list[str]) -> list[int]:
    """An approved sheet of 10 000 for each."""
    sheets = []
    for name in names:
        sheet = town.apply(town.asked(1, household_number=name, amount_fen=TEN))
        town.approve(sheet)
        sheets.append(sheet)
    return sheets


def test_thirty_two_split_off_at_once_and_are_one_line(clan: Town) -> None:
    crowd = split_all(clan)
    assert (len(crowd.answers), crowd.refused) == (CLIENTS, {})
    old = clan.households[OLD]
    with clan.books.read() as session:
        rows = session.scalars(select(FamilyLine)).all()
        assert len(rows) == CLIENTS + 1
        assert {(row.line_id, row.cap_id) for row in rows} == {(old, old)}


def test_one_goer_splits_off_once(clan: Town) -> None:
    """Thirty-two desks with the same person and the same number: one household."""
    goer = people_of(clan, OLD)[-1]

    def split() -> int:
        with clan.books.write("households.family", by=REGISTRAR) as session:
            return families.split(
                session,
                household_id=clan.households[OLD],
                number="S1",
                members={goer: "户主"},
                told=Told(FIRST_DAY),
                on=FIRST_DAY,
                by=REGISTRAR,
            )

    crowd = Crowd([split] * CLIENTS)
    assert len(crowd.answers) == 1
    assert crowd.refused == {"person_left_already": CLIENTS - 1}


def test_thirty_two_branches_sign_for_one_50_000(clan: Town) -> None:
    """Each asks for 10 000 and was approved; five contracts are signed."""
    sheets = sheets_of(clan, branches(clan))
    crowd = Crowd([partial(clan.sign, sheet) for sheet in sheets])
    fit = min(5, CLIENTS)
    assert len(crowd.answers) == fit
    assert crowd.refused == ({"sheet_refused": CLIENTS - fit} if fit < CLIENTS else {})
    with clan.books.read() as session:
        assert session.scalar(select(func.sum(Loan.amount_fen))) == fit * TEN


def test_thirty_two_branches_draw_on_one_line(clan: Town) -> None:
    """Contracts for 10 000 each, for a total that is no bound here; five are drawn."""
    bent = BentRulebook(clan.rulebook)
    bent.bend({"household_total_max_fen": 1_000_000_000})
    clan.rulebook = bent  # type: ignore[assignment]
    names = branches(clan)
    numbers = clan.contracts(
        *(clan.asked(1, household_number=name, amount_fen=TEN) for name in names)
    )
    crowd = Crowd([partial(clan.disburse, one, TEN, f"FD{one}") for one in numbers])
    fit = min(5, CLIENTS)
    assert len(crowd.answers) == fit
    assert crowd.refused == ({"line_exceeded": CLIENTS - fit} if fit < CLIENTS else {})
    with clan.books.read() as session:
        assert session.scalar(select(func.sum(CreditLine.used_fen))) == fit * TEN


def test_two_families_that_become_one_do_not_both_sign(clan: Town) -> None:
    """While X is merged into A, A signs 30 000 and Y, which split off from X, 30 000: both wait,
    and neither may count the other alone.
    """
    young = split_off(clan, 2, "Y2")
    sheets = []
    for number in (number_of(1), young):
        sheet = clan.apply(clan.asked(1, household_number=number, amount_fen=3 * TEN))
        clan.approve(sheet)
        sheets.append(sheet)
    relations = dict.fromkeys(people_of(clan, number_of(2)), "其他")

    def sign(sheet: int) -> list[str] | Refusal:
        with clan.books.write("loans.sign", by=OFFICER) as session:
            try:
                return loans.sign_sheet(
                    session, sheet_id=sheet, rulebook=clan.rulebook, on=FIRST_DAY, by=OFFICER
                )
            except Refusal as refusal:
                session.rollback()
                return refusal

    with ThreadPoolExecutor(2) as pool:
        with clan.books.write("households.family", by=REGISTRAR) as session:
            families.merge(
                session,
                household_id=clan.households[number_of(2)],
                into_id=clan.households[number_of(1)],
                relations=relations,
                told=Told(FIRST_DAY),
                on=FIRST_DAY,
                by=REGISTRAR,
            )
            signing = [pool.submit(_knock, sign, sheet) for sheet in sheets]
            assert all(is_held_up(clan.books, one) for one in signing)
        answers = [one.result() for one in signing]
    with clan.books.read() as session:
        signed = session.scalar(select(func.coalesce(func.sum(Loan.amount_fen), 0)))
    assert (signed or 0) <= 3 * TEN
    told = {one.code for one in answers if isinstance(one, Refusal)}
    assert told <= {"sheet_refused", "family_just_changed"}
    assert told
    # whoever is told to try again does so
    retried = [clan_sign for clan_sign in (_try(clan, sheet) for sheet in sheets) if clan_sign]
    with clan.books.read() as session:
        assert session.scalar(select(func.sum(Loan.amount_fen))) == 3 * TEN
    assert len(retried) <= 1


def _knock(act: object, sheet: int) -> list[str] | Refusal:
    try:
        return act(sheet)  # type: ignore[operator,no-any-return]
    except Refusal as refusal:
        return refusal


def _try(town: Town, sheet: int) -> list[str]:
    try:
        return town.sign(sheet)
    except Refusal:
        return []


def test_limits_of_its_own_are_decided_once(clan: Town) -> None:
    """Thirty-two desks ask for one household: one question stands."""
    split_off(clan, 1, "B1")

    def ask() -> int:
        with clan.books.write("households.propose_own_limit", by=REGISTRAR) as session:
            return families.propose_own_limit(
                session,
                household_id=clan.households["B1"],
                reason="独立生产",
                document="证明",
                on=FIRST_DAY,
                by=REGISTRAR,
            ).own_limit_id

    crowd = Crowd([ask] * CLIENTS)
    assert len(crowd.answers) == 1
    assert crowd.refused == {"own_limit_asked": CLIENTS - 1}


__all__ = ["own_limit"]

PLANTED = [
    Plant(
        test_two_families_that_become_one_do_not_both_sign,
        "loans.operations.signing._require_held",
        lambda *_: None,
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant, clan: Town) -> None:
    if clan.books.engine.dialect.name == "postgresql":
        plant.prove(clan=clan)
