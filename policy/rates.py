"""Reference rates: the central bank's benchmark lending rates and the LPR, as published.

A series is a list of publications, each with its day and its rates by tenor. The rate of a
contract is that of the last publication on or before the signing day; it stays with the contract.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

from policy.documents import invalid
from policy.files import read_toml
from policy.refusals import NoRatePublished
from policy.values import DAY, RATE, REFERENCES, TENORS, FormBroken, table

_HEAD: Final = {"id", "title_zh", "title_en"}
_HEAD_MORE: Final = {"sources", "note"}


@dataclass(frozen=True, slots=True)
class Publication:
    """The rates published on one day, which hold until the next."""

    published_on: date
    #: tenor → ppm
    rates: dict[str, int]
    clause: str
    default: bool
    note: str


@dataclass(frozen=True, slots=True)
class RateSeries:
    """One reference rate over the years, oldest publication first."""

    id: str
    title_zh: str
    title_en: str
    note: str
    publications: tuple[Publication, ...]
    file: str

    def on(self, day: date) -> Publication:
        """The last publication on or before ``day``."""
        index = bisect_right(self.publications, day, key=lambda row: row.published_on)
        if index == 0:
            raise NoRatePublished(
                field="signed_on", on=day, series=self.title_en, series_zh=self.title_zh
            )
        return self.publications[index - 1]


def load_series(path: Path) -> RateSeries:
    """A series from its file: known tenors, every one in every row, days strictly rising."""
    raw = read_toml(path, invalid)
    try:
        whole = table(raw, {"series", "publication"}, set())
        head = table(whole["series"], _HEAD, _HEAD_MORE)
    except FormBroken as error:
        raise invalid(path.name, "series", error.zh, error.en) from error
    rows = whole["publication"]
    if not isinstance(rows, list) or not rows or head["id"] not in REFERENCES:
        raise invalid(
            path.name,
            "publication",
            "须有至少一行，且序列须为已知的参照利率",
            "a known series with a row at least",
        )
    publications = tuple(_publication(path.name, index, row) for index, row in enumerate(rows))
    days = [row.published_on for row in publications]
    if any(one >= two for one, two in pairwise(days)):
        raise invalid(
            path.name, "publication", "公布日须逐行递增", "days of publication rise from row to row"
        )
    return RateSeries(
        id=cast("str", head["id"]),
        title_zh=str(head["title_zh"]),
        title_en=str(head["title_en"]),
        note=str(head.get("note", "")),
        publications=publications,
        file=path.name,
    )


def _publication(file: str, index: int, raw: object) -> Publication:
    key = f"publication[{index}]"
    try:
        row = table(raw, {"on", "rates"}, {"clause", "default", "note"})
        rates = table(row["rates"], set(), set(TENORS))
        clause, default = row.get("clause", ""), row.get("default", False)
        if not rates or not (clause or default is True) or not isinstance(default, bool):
            raise FormBroken(
                "须有利率，并写明来源（clause）或标明为默认值（default = true）",
                "rates, and a clause or default = true",
            )
        return Publication(
            published_on=DAY.read(row["on"]),
            rates={tenor: RATE.read(rate) for tenor, rate in rates.items()},
            clause=str(clause),
            default=default,
            note=str(row.get("note", "")),
        )
    except FormBroken as error:
        raise invalid(file, key, error.zh, error.en) from error
