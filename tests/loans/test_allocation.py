"""Allocation: order as data, the oldest first, nothing lost and nothing paid twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans import allocation
from loans.allocation import Allocation, OpenDue, Paid
from loans.refusals import PaymentNotPositive
from tests.planted import Plant
from tests.slow_model import interest as slow

ORDER = ("penalty", "interest", "principal")
JUNE, SEPTEMBER = date(2016, 6, 21), date(2016, 9, 21)

DUES = (
    OpenDue(1, "interest", JUNE, 14_514),
    OpenDue(2, "interest", SEPTEMBER, 60_694),
    OpenDue(3, "principal", JUNE, 100_000),
    OpenDue(4, "penalty", SEPTEMBER, 500),
)


def test_buckets_in_order_and_the_oldest_first() -> None:
    """500.00 = 5.00 penalty + 145.14 + 349.86 of the 606.94 interest."""
    assert allocation.allocate(50_000, DUES, ORDER) == Allocation(
        (Paid(4, "penalty", 500), Paid(1, "interest", 14_514), Paid(2, "interest", 34_986)), 0
    )


def test_another_order_is_other_data() -> None:
    """Principal before interest: all 500.00 on the 1000.00 of principal."""
    order = ("principal", "interest", "penalty")
    assert allocation.allocate(50_000, DUES, order).paid == (Paid(3, "principal", 50_000),)


def test_what_no_due_wants_is_left() -> None:
    """145.14 + 606.94 + 1000.00 + 5.00 = 1757.08 of 2000.00 leaves 242.92."""
    done = allocation.allocate(200_000, DUES, ORDER)
    assert done.remainder_fen == 24_292
    assert [paid.due_id for paid in done.paid] == [4, 1, 2, 3]


@pytest.mark.parametrize("fen", [0, -1])
def test_a_payment_of_nothing_is_refused(fen: int) -> None:
    with pytest.raises(PaymentNotPositive) as refused:
        allocation.allocate(fen, DUES, ORDER)
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("dues", "order"),
    [
        (DUES, ("interest", "principal")),  # the penalty would stay unpaid in silence
        (DUES, (*ORDER, "interest")),
        ((OpenDue(1, "interest", JUNE, -1),), ORDER),
    ],
)
def test_an_order_that_forgets_a_bucket_is_an_error(
    dues: Sequence[OpenDue], order: Sequence[str]
) -> None:
    with pytest.raises(ValueError, match="order"):
        allocation.allocate(1, dues, order)


RAW_DUES = st.lists(
    st.tuples(st.sampled_from(ORDER), st.integers(0, 40), st.integers(0, 30)), max_size=8
)


@given(st.integers(1, 150), RAW_DUES, st.permutations(ORDER))
def test_against_the_slow_model(
    payment: int, raw: list[tuple[str, int, int]], order: list[str]
) -> None:
    dues = [
        OpenDue(index, bucket, JUNE + timedelta(days=day), fen)
        for index, (bucket, day, fen) in enumerate(raw)
    ]
    done = allocation.allocate(payment, dues, order)
    got, left = slow.pay(payment, [(d.id, d.bucket, d.due_on, d.open_fen) for d in dues], order)
    assert {paid.due_id: paid.fen for paid in done.paid} == {k: v for k, v in got.items() if v}
    assert done.remainder_fen == left
    assert sum(paid.fen for paid in done.paid) + done.remainder_fen == payment


PLANTED = [
    Plant(
        test_against_the_slow_model,
        "loans.allocation.in_order",
        lambda dues, _order: sorted(dues, key=lambda due: (due.due_on, due.id)),
    ),
    Plant(
        test_buckets_in_order_and_the_oldest_first,
        "loans.allocation.in_order",
        lambda dues, order: sorted(dues, key=lambda due: (order.index(due.bucket), -due.id)),
    ),
    Plant(test_what_no_due_wants_is_left, "loans.allocation.min", max),
    Plant(test_against_the_slow_model, "loans.allocation.min", max),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
