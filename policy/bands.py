"""Which tenor of a reference rate goes with a term, as a policy document gives it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from policy.values import TENORS, WHOLE, FormBroken, Kind, one_of, rows_of, table


@dataclass(frozen=True, slots=True)
class RateBand:
    """Terms up to so many months are capped by this tenor of the reference rate."""

    up_to_months: int
    tenor: str


def _read_band(raw: object) -> RateBand:
    row = table(raw, {"up_to_months", "tenor"}, set())
    return RateBand(WHOLE.read(row["up_to_months"]), one_of(TENORS).read(row["tenor"]))


def _read_bands(raw: object) -> tuple[RateBand, ...]:
    rows = rows_of(_read_band)(raw)
    months = [row.up_to_months for row in rows]
    if any(one >= two for one, two in pairwise([0, *months])):
        raise FormBroken("期限档须逐档增大", "terms rise from band to band")
    return rows


BAND_ROWS: Final = Kind[tuple[RateBand, ...]](
    "bands",
    _read_bands,
    lambda rows: [{"up_to_months": r.up_to_months, "tenor": r.tenor} for r in rows],
    lambda rows: "；".join(f"{r.up_to_months}个月以内按{TENORS[r.tenor]}" for r in rows) or "无",
)
