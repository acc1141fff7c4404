"""Splits of losses and recoveries over any table: nothing is lost, nobody ends with another's."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

import policy
from policy import PartyShare
from risk_fund.leverage import Leverage, fund_needed_fen, limit_fen
from risk_fund.sharing import Table, recover, share, table_of
from tests.planted import Plant
from tests.policy.test_sharing import HENAN, HUANGPING, SHIPPED, YIZHANG

FEN = st.integers(0, 10**12)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of two to six parties, the fund among them, with up to four levels."""
    return Table(draw(_rows("fund", 6)), draw(_rows("county", 4) | st.just(())), "")


@st.composite
def _rows(draw: st.DrawFn, first: str, most: int) -> tuple[PartyShare, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=most - 1)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    names = [first, *(f"guarantee:{nr}" for nr in range(1, len(shares)))]
    order = draw(st.permutations(range(len(shares))))
    return tuple(PartyShare(names[at], shares[at]) for at in order)


@given(FEN, tables())
def test_parts_add_up_and_are_near_their_shares(total: int, table: Table) -> None:
    parts = share(total, table)
    outer = [part for part in parts if not part.is_level]
    inner = [part for part in parts if part.is_level]
    assert sum(part.amount_fen for part in outer) == total
    fund_fen = next(part.amount_fen for part in outer if part.party == "fund")
    assert not table.levels or sum(part.amount_fen for part in inner) == fund_fen
    for part, whole_fen in [(p, total) for p in outer] + [(p, fund_fen) for p in inner]:
        assert abs(part.amount_fen * 10_000 - whole_fen * part.share_bp) < 10_000
        assert part.amount_fen >= 0


@given(st.integers(1, 10**10), tables(), st.lists(st.integers(-(10**9), 10**10), max_size=12))
def test_recoveries_add_up_to_one_split(claim_fen: int, table: Table, payments: list[int]) -> None:
    """However many payments and undoings: each party has its part of all that was recovered."""
    repaid_fen = 0
    held: dict[str, int] = {}
    for payment in payments:
        split = recover(claim_fen, repaid_fen, payment, table)
        assert split.amount_fen + split.beyond_fen == payment
        for party, fen in split.parts.items():
            held[party] = held.get(party, 0) + fen
        repaid_fen += payment
    counted = min(max(repaid_fen, 0), claim_fen)
    wanted = {part.party: part.amount_fen for part in share(counted, table)}
    assert held == {party: wanted[party] for party in held}


@given(st.integers(1, 10**10), tables())
def test_who_has_all_back_has_what_they_bore(claim_fen: int, table: Table) -> None:
    whole = recover(claim_fen, 0, claim_fen, table)
    assert whole.parts == {part.party: part.amount_fen for part in share(claim_fen, table)}
    assert whole.beyond_fen == 0


def test_the_table_of_a_contract() -> None:
    def of(on: date, region: str) -> list[tuple[str, int]]:
        table = table_of(SHIPPED.contract_terms(on=on, region=region))
        return [(row.party, row.share_bp) for row in (*table.parties, *table.levels)]

    assert of(date(2016, 5, 30), YIZHANG) == [("fund", 7_000), ("bank", 3_000)]
    assert of(date(2016, 5, 30), HUANGPING)[2:] == [
        ("county", 5_000),
        ("township", 3_000),
        ("village", 2_000),
    ]
    assert of(date(2018, 1, 1), HENAN)[2] == ("fund", 3_000)
    assert policy.FUND == "fund"


@given(st.integers(1, 10**12), st.integers(1, 100))
def test_headroom_and_need_agree(lent_fen: int, multiple: int) -> None:
    """The fund that is needed leaves room, and one fen less does not."""
    needed_fen = fund_needed_fen(lent_fen, multiple)
    assert Leverage(lent_fen, needed_fen, multiple).headroom_fen >= 0
    less = Leverage(lent_fen, needed_fen - 1, multiple)
    assert less.headroom_fen < 0
    assert less.headroom_fen == limit_fen(multiple, needed_fen - 1) - lent_fen


PLANTED = [
    Plant(
        test_recoveries_add_up_to_one_split,
        "risk_fund.sharing.recovered_fen",
        lambda claim_fen, repaid_fen: min(repaid_fen, claim_fen),
        catches=(AssertionError, ValueError, KeyError),
    ),
    Plant(
        test_headroom_and_need_agree,
        "tests.risk_fund.test_sharing.fund_needed_fen",
        lambda lent_fen, multiple: lent_fen // multiple,
    ),
]


def test_planted_bugs_turn_red() -> None:
    for plant in PLANTED:
        plant.prove()
